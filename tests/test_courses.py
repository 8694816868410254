"""Several courses are built at once, and one that cannot be built costs no other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from strategies import COURSE, PAGE, MakeCourse

from coursepack import PackageError, build_courses, build_package
from coursepack.cli import main

TARGETS = ("scorm12", "web")


@pytest.fixture
def folders(make_course: MakeCourse) -> list[Path]:
    """Three courses, of which the second is wrong."""
    return [
        make_course(name="fire/course_source"),
        make_course({PAGE: "See [there](page:nowhere).\n"}, name="broken/course_source"),
        make_course({"course.yaml": COURSE.replace("id: least", "id: other")}, name="water/course_source"),
    ]


def packages(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*.zip"))}


def test_a_course_with_errors_costs_no_other(folders: list[Path], tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    built = build_courses(folders, TARGETS, tmp_path / "out", progress=lambda *step: steps.append(step))
    assert [course.folder for course in built] == folders
    assert [len(course.packages) for course in built] == [2, 0, 2]
    assert [course.report.ok for course in built] == [True, False, True]
    assert [problem.rule for problem in built[1].report] == ["page/dangling-link"]
    assert steps == [("building courses", done, 3) for done in range(4)]
    assert list(packages(tmp_path / "out")) == [
        "fire/course_source/least_full_scorm12_en_v1.0.0.zip",
        "fire/course_source/least_full_web_en_v1.0.0.zip",
        "water/course_source/other_full_scorm12_en_v1.0.0.zip",
        "water/course_source/other_full_web_en_v1.0.0.zip",
    ]


def test_a_package_has_the_bytes_that_it_has_alone(folders: list[Path], tmp_path: Path) -> None:
    build_courses([folders[0], folders[2]], TARGETS, tmp_path / "out", jobs=2)
    alone = build_package(folders[0], "scorm12", tmp_path / "alone").path.read_bytes()
    found = packages(tmp_path / "out")
    assert found["fire/course_source/least_full_scorm12_en_v1.0.0.zip"] == alone
    again = build_courses([folders[0], folders[2]], TARGETS, tmp_path / "out", jobs=1)
    assert packages(tmp_path / "out") == found
    assert {package.new_slots for course in again for package in course.packages} == {0}


def test_a_course_that_is_named_twice_is_built_once_where_one_is_built(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    folder = make_course()
    built = build_courses([folder, folder.parent / "course/../course"], ["web"], tmp_path / "out")
    assert len(built) == 1
    assert list(packages(tmp_path / "out")) == ["least_full_web_en_v1.0.0.zip"]


def test_a_target_that_does_not_exist_is_told_before_anything_is_built(
    folders: list[Path], tmp_path: Path
) -> None:
    with pytest.raises(PackageError):
        build_courses(folders, ["scorm21"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def python_that(tmp_path: Path, does: str) -> str:
    """A Python in whose place `does` runs first, a line of shell."""
    path = tmp_path / "python"
    path.write_text(f'#!/bin/sh\n{does}\nexec "{sys.executable}" "$@"\n', "utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_process_that_is_killed_gets_another_try(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = python_that(tmp_path, f'mkdir "{tmp_path}/first" 2>/dev/null && kill -9 $$')
    monkeypatch.setattr(sys, "executable", once)
    (built,) = build_courses([make_course()], ["web"], tmp_path / "out")
    assert (tmp_path / "first").is_dir()
    assert len(built.packages) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize(("does", "code"), [("kill -9 $$", -9), ("exit 3", 3)])
def test_a_process_that_ends_without_a_result_is_a_problem(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str, code: int
) -> None:
    monkeypatch.setattr(sys, "executable", python_that(tmp_path, does))
    folder = make_course()
    (built,) = build_courses([folder], ["web"], tmp_path / "out")
    assert built.packages == ()
    assert str(built.report) == (
        f"{folder}: fatal package/crashed: the build of {str(folder)!r} ended unexpectedly ({code})"
    )


# The system gives a signal to any thread of a process, and only the main one acts on it.
HEARD_BY_ANOTHER = """
import threading, time
from pathlib import Path
def hear():
    while not Path({begun!r}).exists():
        time.sleep(0.01)
    # The main thread waits by then, or soon.
    time.sleep(0.2)
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)
threading.Thread(target=hear, daemon=True).start()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("thread", ["", HEARD_BY_ANOTHER], ids=["any", "another"])
def test_no_process_is_left_after_ctrl_c(thread: str, folders: list[Path], tmp_path: Path) -> None:
    slow = python_that(tmp_path, f': > "{tmp_path}/begun"; exec sleep 600')
    script = f"""
import signal, sys
# What a shell starts in the background ignores SIGINT.
signal.signal(signal.SIGINT, signal.default_int_handler)
{thread.format(begun=f"{tmp_path}/begun")}
sys.executable = {slow!r}
from coursepack import build_courses
build_courses({list(map(str, folders))!r}, ["web"], {str(tmp_path / "out")!r}, jobs=2)
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        while not (tmp_path / "begun").exists():
            assert process.poll() is None
        if not thread:
            os.kill(process.pid, signal.SIGINT)
        try:
            _, told = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert b"KeyboardInterrupt" in told
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["build", *words, "--language", "en"])
    return result.exit_code, result.stdout + result.stderr * (not result.stdout)


def test_the_command_builds_all_courses_and_fails_for_one(folders: list[Path], tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    code, told = run(*map(str, folders), "--target", "web", "--out", out)
    assert code == 1
    fire, broken, water = (told.index(f"{folder}:\n") for folder in folders)
    assert fire < told.index("least_full_web") < broken < told.index("page/dangling-link") < water
    assert run(str(folders[0]), str(folders[2]), "--target", "web", "--out", out)[0] == 0


def test_the_command_s_json_has_an_entry_for_each_course(folders: list[Path], tmp_path: Path) -> None:
    code, told = run(*map(str, folders), "--target", "web", "--out", str(tmp_path / "out"), "--json")
    result = json.loads(told)
    assert (code, result["ok"]) == (1, False)
    assert [course["course"] for course in result["courses"]] == [folder.as_posix() for folder in folders]
    assert [course["ok"] for course in result["courses"]] == [True, False, True]
    assert [len(course["packages"]) for course in result["courses"]] == [1, 0, 1]
    assert result["courses"][1]["problems"][0]["rule"] == "page/dangling-link"


def test_a_part_is_of_one_course(folders: list[Path]) -> None:
    code, told = run(*map(str, folders), "--part", "p1")
    assert code == 2
    assert "--part is for one course." in told
