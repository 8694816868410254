"""`coursepack plan`: the tasks of a build, for programs that run them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from strategies import COURSE, PAGE, SVG, VTT, MakeCourse, fence
from test_cluster import FILM, FILMS, course, film_fields, packages, picture

from coursepack import build_package, build_packages
from coursepack.cli import main
from coursepack.media import process
from coursepack.media.failures import ConversionError

ROOT = Path(__file__).resolve().parents[1]


def plan(*words: object) -> Result:
    return CliRunner().invoke(main, ["plan", *map(str, words), "--language", "en"])


def planned(*words: object) -> dict[str, Any]:
    result = plan(*words, "--json")
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


@pytest.fixture
def folders(make_course: MakeCourse, extra: None) -> list[Path]:
    """Two courses that share a film."""
    return [
        course(make_course, "fire", {"media/film.mp4": FILM, "media/a.tiff": picture(1)}),
        course(make_course, "water", {"media/same.mp4": FILM}),
    ]


def test_the_tasks_of_two_courses_are_each_listed_once(folders: list[Path], tmp_path: Path) -> None:
    fire, water = folders
    found = planned(fire, water, "--cache", tmp_path / "cache")
    assert (found["ok"], found["cache"]) == (True, str(tmp_path / "cache"))
    assert [(each["course"], each["ok"]) for each in found["courses"]] == [
        (str(fire), True),
        (str(water), True),
    ]
    film, of_picture, build_fire, build_water = found["tasks"]
    assert (film["kind"], film["inputs"], film["cached"]) == (
        "convert",
        [str(water / "media/same.mp4")],
        False,
    )
    assert (of_picture["kind"], of_picture["inputs"]) == ("picture", [str(fire / "media/a.tiff")])
    assert (build_fire["id"], build_fire["depends"]) == (f"build {fire}", [film["id"], of_picture["id"]])
    assert (build_water["kind"], build_water["inputs"]) == ("build", [str(water)])
    assert (build_water["depends"], build_water["output"]) == ([film["id"]], None)
    assert not (tmp_path / "cache").exists()


def test_when_all_tasks_are_done_a_build_converts_nothing(
    folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    tasks = [each for each in planned(*folders, "--cache", cache)["tasks"] if each["kind"] != "build"]
    for each in tasks:
        result = plan(*folders, "--cache", cache, "--run", each["id"])
        assert (result.exit_code, result.stdout) == (0, "")
        assert (cache / each["output"]).is_file()
        assert plan(*folders, "--cache", cache, "--run", each["id"]).exit_code == 0
    assert [each["cached"] for each in planned(*folders, "--cache", cache)["tasks"]] == [
        True,
        True,
        None,
        None,
    ]

    def never(*_given: object) -> None:
        raise AssertionError

    monkeypatch.setattr(process, "convert", never)
    monkeypatch.setattr(process, "convert_picture", never)
    for folder in folders:
        assert build_package(folder, "web", tmp_path / "out", cache=cache).report.ok


def test_the_text_has_a_line_for_each_task(
    folders: list[Path], tmp_path: Path, make_course: MakeCourse
) -> None:
    plain = make_course(name="plain")
    cache = tmp_path / "cache"
    film, of_picture, *_ = (each["id"] for each in planned(folders[0], "--cache", cache)["tasks"])
    plan(folders[0], "--cache", cache, "--run", film)
    assert plan(folders[0], plain, "--cache", cache).stdout == (
        f"{folders[0]}:\n  {film}  media/film.mp4: done\n  {of_picture}  media/a.tiff: not done\n"
        f"{plain}:\n  nothing to convert\n"
    )


def test_pictures_of_films_are_tasks_too(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, extra: None
) -> None:
    """The key pictures of a film that a package shows as text, and the poster of a moving picture."""
    blocks = fence("video", film_fields("media/film.mp4")) + "\n![Colours](media/a.gif)\n"
    head = COURSE + "packages: [{id: full}, {id: text, rung: text}]\n"
    moving = (FILMS / "moving.gif").read_bytes()
    files = {"course.yaml": head, PAGE: blocks, "media/film.mp4": FILM, "media/film.vtt": VTT}
    more = {"media/a.gif": moving, "media/poster.svg": SVG}
    folder, cache = make_course({**files, **more}), tmp_path / "cache"
    *tasks, build = planned(folder, "--cache", cache)["tasks"]
    assert {(each["kind"], Path(each["inputs"][0]).name) for each in tasks} == {
        ("convert", "film.mp4"),
        ("convert", "a.gif"),
        ("poster", "a.gif"),
        ("stills", "film.mp4"),
    }
    assert build["depends"] == [each["id"] for each in tasks]
    for each in tasks:
        assert plan(folder, "--cache", cache, "--run", each["id"]).exit_code == 0
        assert (cache / each["output"]).is_file()

    def never(*_given: object) -> None:
        raise AssertionError

    monkeypatch.setattr("coursepack.media.process._run", never)
    built = build_packages(folder, ["web"], tmp_path / "out", cache=cache)
    assert [each.report.ok for each in built] == [True, True]


def test_a_package_with_a_largest_size_is_named(folders: list[Path], tmp_path: Path) -> None:
    with (folders[1] / "course.yaml").open("a") as definition:
        definition.write("packages: [{id: full}, {id: small, max-size: 1MB}]\n")
    found = planned(*folders, "--cache", tmp_path / "cache")
    assert [each["limited"] for each in found["courses"]] == [[], ["small"]]
    *_, said = plan(*folders, "--cache", tmp_path / "cache").stdout.splitlines()
    assert said.startswith("  small has a largest size: ")


def test_a_task_that_fails_says_where_the_file_is_named(
    make_course: MakeCourse, monkeypatch: pytest.MonkeyPatch, extra: None
) -> None:
    def cut_short(*_given: object) -> None:
        raise ConversionError("cut-short")

    monkeypatch.setattr(process, "convert", cut_short)
    folder = course(make_course, "cut", {"media/film.mp4": FILM})
    (task, _) = planned(folder)["tasks"]
    result = plan(folder, "--run", task["id"])
    assert result.exit_code == 1
    assert result.stdout.startswith(
        "pages/p1-c1-s1.md:4:6: error media/not-convertible: 'media/film.mp4': is cut short\n"
    )
    assert json.loads(plan(folder, "--run", task["id"], "--json").stdout)["ok"] is False


def test_a_course_with_errors_has_no_tasks_and_the_others_have(
    folders: list[Path], make_course: MakeCourse, tmp_path: Path
) -> None:
    broken = make_course({PAGE: "See [there](page:nowhere).\n"}, name="broken")
    result = plan(folders[1], broken, "--cache", tmp_path / "cache", "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["ok"]) == (1, False)
    assert [each["kind"] for each in found["tasks"]] == ["convert", "build"]
    assert found["courses"][1]["problems"][0]["rule"] == "page/dangling-link"
    assert "page/dangling-link" in plan(folders[1], broken, "--cache", tmp_path / "cache").stdout


def test_a_task_that_is_not_there_is_a_wrong_command(make_course: MakeCourse) -> None:
    result = plan(make_course(), "--run", "0" * 64)
    assert (result.exit_code, "There is no task" in result.stderr) == (2, True)


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("snakemake"), reason="there is no snakemake on PATH")
def test_the_snakefile_of_the_documentation_builds_what_is_missing(
    make_course: MakeCourse, tmp_path: Path, extra: None
) -> None:
    text = (ROOT / "docs/media.md").read_text("utf-8")
    found = re.search(r"```python\n(import json\n.*?rule build:.*?)```", text, re.DOTALL)
    assert found
    (tmp_path / "Snakefile").write_text(found[1], "utf-8")
    for name in ("fire", "water"):
        shutil.move(course(make_course, name, {"media/film.mp4": FILM}), tmp_path / "courses" / name)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

    def run() -> str:
        command = ["snakemake", "--cores", "2"]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
        ).stderr

    # One film, two courses, and all.
    assert "4 of 4 steps" in run()
    assert len(packages(tmp_path / "build")) == 10
    assert "Nothing to be done" in run()
    (tmp_path / "courses/fire" / PAGE).write_text("Other words.\n", "utf-8")
    assert "2 of 2 steps" in run()
