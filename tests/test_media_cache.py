"""`coursepack cache`: what is in the cache of converted media, and what may be deleted from it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from strategies import PAGE, SVG, VTT, MakeCourse, fence

from coursepack import build_package
from coursepack.cli import main
from coursepack.media.cache import encoder
from coursepack.media.examinations import Examinations
from coursepack.media.looks import Looks

FILMS = Path(__file__).parent / "films"
DAY = 86_400
KEY = "0123456789abcdef" * 4
OTHER = "fedcba9876543210" * 4


Put = Callable[..., list[Path]]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Puts an entry into a cache that a build used so many days ago."""

    def make(folder: Path, key: str, days: float, size: int = 1000) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        files = [folder / f"{key}.json", folder / f"{key}.mp4"]
        files[0].write_text("[]")
        files[1].write_bytes(bytes(size - 2))
        for path in files:
            os.utime(path, (time.time() - days * DAY,) * 2)
        return files

    return make


def cache(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["cache", *map(str, arguments)])


def told(*arguments: object) -> dict[str, Any]:
    result = cache(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def film_course(make_course: MakeCourse, name: str, film: str = "hevc.mp4") -> Path:
    fields = {
        "src": "media/film.mp4",
        "title": "Film",
        "captions": "media/film.vtt",
        "transcript": "media/film.md",
        "described": {"not-needed": "The voice tells all."},
        # One that is taken from the film would be another entry.
        "poster": "media/poster.svg",
    }
    return make_course(
        {
            PAGE: fence("video", fields),
            "media/film.mp4": (FILMS / film).read_bytes(),
            "media/film.vtt": VTT,
            "media/film.md": "A voice.\n",
            "media/poster.svg": SVG,
        },
        name,
    )


def grow_old(folder: Path) -> None:
    for path in folder.iterdir():
        os.utime(path, (time.time() - 3 * DAY,) * 2)


def test_the_cache_is_told_in_numbers(tmp_path: Path, put: Put) -> None:
    folder = tmp_path / "cache"
    put(folder, KEY, 40), put(folder, OTHER, 2, 2000)
    (folder / "notes.txt").write_text("x" * 500)
    oldest = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 40 * DAY))
    found = told("--cache", folder)
    assert found == {
        "ok": True,
        "problems": [],
        "folder": str(folder),
        "entries": 2,
        "size": 3000,
        "oldest": oldest,
        "examined": {"entries": 0, "size": 0},
        "removed": {"entries": 0, "size": 0},
        "recent": {"entries": 0, "size": 0},
    }
    shown = cache("--cache", folder, "--language", "en").stdout
    assert shown == f"{folder}\n  2 files, 3.0 kB; the oldest was last used on {oldest}\n"
    swedish = cache("--cache", folder, "--language", "sv").stdout
    assert swedish == f"{folder}\n  2 filer, 3,0 kB; den äldsta användes senast {oldest}\n"


def test_a_cache_that_is_not_there_is_empty(tmp_path: Path, make_course: MakeCourse) -> None:
    course = make_course()
    found = told(course)
    assert (found["entries"], found["oldest"]) == (0, None)
    assert found["folder"] == str(tmp_path / ".coursepack/media")
    assert not (tmp_path / ".coursepack").exists()
    assert cache(tmp_path / "nothing").exit_code == 2


def test_what_is_older_is_deleted_and_nothing_else(tmp_path: Path, put: Put) -> None:
    folder = tmp_path / "cache"
    put(folder, KEY, 31), put(folder, OTHER, 29)
    foreign = ["precious.mp4", f"{KEY}.txt", f"{KEY}.mp4.bak", f"x{KEY}.json", KEY.upper() + ".mp4"]
    for name in foreign:
        (folder / name).write_text("precious")
    (folder / f"{'0' * 64}.mp4").symlink_to(tmp_path / "elsewhere")
    (folder / f"{'1' * 64}.mp4").mkdir()
    for name in names(folder):
        if OTHER not in name:
            os.utime(folder / name, (0, 0), follow_symlinks=False)
    found = told("--cache", folder, "--prune", "--older-than", 30)
    assert found["removed"] == {"entries": 1, "size": 1000}
    assert (found["entries"], found["size"]) == (1, 1000)
    left = [*foreign, f"{'0' * 64}.mp4", f"{'1' * 64}.mp4", f"{OTHER}.json", f"{OTHER}.mp4"]
    assert names(folder) == sorted(left)


def test_leftovers_of_killed_builds_are_deleted_and_those_of_running_ones_stay(
    tmp_path: Path, put: Put
) -> None:
    folder = tmp_path / "cache"
    put(folder, KEY, 0)
    for name, days in ((".coursepack-0123456789abcdef.mp4", 2), (".coursepack-fedcba9876543210.mp4", 0.5)):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, (time.time() - days * DAY,) * 2)
    told("--cache", folder, "--prune", "--older-than", 1)
    assert names(folder) == [".coursepack-fedcba9876543210.mp4", f"{KEY}.json", f"{KEY}.mp4"]


def test_what_no_course_uses_is_deleted(
    make_course: MakeCourse, tmp_path: Path, put: Put, extra: None
) -> None:
    course, folder = film_course(make_course, "course"), tmp_path / ".coursepack/media"
    build_package(course, "web", tmp_path / "out")
    used = names(folder)
    put(folder, KEY, 3)
    grow_old(folder)
    found = told(course, "--prune")
    assert (found["removed"], names(folder)) == ({"entries": 1, "size": 1000}, used)
    # An edited film has another entry.
    (course / "media/film.mp4").write_bytes((FILMS / "mpeg4.mp4").read_bytes())
    found = told(course, "--prune")
    assert (found["removed"]["entries"], names(folder)) == (1, [])


def test_another_course_beside_the_cache_keeps_its_films(
    make_course: MakeCourse, tmp_path: Path, extra: None
) -> None:
    one, other = film_course(make_course, "one"), film_course(make_course, "other", "mpeg4.mp4")
    folder = tmp_path / ".coursepack/media"
    for course in (one, other):
        build_package(course, "web", tmp_path / f"out-{course.name}")
    grow_old(folder)
    assert told(one, "--prune")["removed"]["entries"] == 0
    # A cache that was named can be anybody's: its courses must be named too.
    assert told(one, other, "--cache", folder, "--prune")["removed"]["entries"] == 0
    assert told(one, "--cache", folder, "--prune")["removed"]["entries"] == 1


def test_nothing_is_deleted_when_a_course_has_errors(
    make_course: MakeCourse, tmp_path: Path, put: Put, extra: None
) -> None:
    course = make_course()
    make_course({"course.yaml": "id: x\n"}, "broken")
    put(tmp_path / ".coursepack/media", KEY, 3)
    result = cache(course, "--prune")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == str(tmp_path / "broken")
    assert len(names(tmp_path / ".coursepack/media")) == 2
    failed = json.loads(cache(course, "--prune", "--json").stdout)
    assert (failed["ok"], failed["course"]) == (False, str(tmp_path / "broken"))
    # By age, no course is read.
    assert (
        told("--cache", tmp_path / ".coursepack/media", "--prune", "--older-than", 2)["removed"]["entries"]
        == 1
    )


def test_without_the_extra_nothing_is_taken_for_unused(
    make_course: MakeCourse, tmp_path: Path, put: Put
) -> None:
    course = make_course()
    put(tmp_path / ".coursepack/media", KEY, 3)
    result = cache(course, "--prune")
    assert (result.exit_code, "coursepack[media]" in result.stderr) == (2, True)
    assert len(names(tmp_path / ".coursepack/media")) == 2


def test_what_a_build_uses_now_is_not_deleted(
    make_course: MakeCourse, tmp_path: Path, put: Put, extra: None
) -> None:
    """A build that has found an entry reads it until its packages are written."""
    course, folder = film_course(make_course, "course"), tmp_path / "cache"
    build_package(course, "web", tmp_path / "out", cache=folder)
    grow_old(folder)
    made = names(folder)
    build_package(course, "web", tmp_path / "again", cache=folder)
    unrelated = make_course(name="unrelated")
    found = told(unrelated, "--cache", folder, "--prune")
    assert (found["removed"]["entries"], found["recent"]["entries"], names(folder)) == (0, 1, made)
    assert "not deleted" in cache(unrelated, "--cache", folder, "--prune", "--language", "en").stdout
    assert told("--cache", folder, "--prune", "--older-than", 1)["removed"]["entries"] == 0
    grow_old(folder)
    assert told("--cache", folder, "--prune", "--older-than", 1)["removed"]["entries"] == 1


def test_courses_with_several_caches_must_choose_one(make_course: MakeCourse, tmp_path: Path) -> None:
    result = cache(make_course(), make_course(name="below/course"))
    assert (result.exit_code, "--cache" in result.stderr) == (2, True)


def test_an_age_alone_deletes_nothing(tmp_path: Path, put: Put) -> None:
    put(tmp_path / "cache", KEY, 40)
    assert cache("--cache", tmp_path / "cache", "--older-than", 30).exit_code == 2
    assert len(names(tmp_path / "cache")) == 2


def test_what_was_found_in_films_is_told_and_deleted_with_them(
    make_course: MakeCourse, tmp_path: Path, extra: None
) -> None:
    course, folder = film_course(make_course, "course", "h264.mp4"), tmp_path / ".coursepack/media"
    film = course / "media/film.mp4"
    Examinations(folder).made(film, lambda done: None)
    examined = folder / "examined"
    foreign = examined / "notes.json"
    foreign.write_text("x")
    used = names(examined)
    assert len(used) == 3
    found = told(course)
    size = sum((examined / name).stat().st_size for name in used) - 1
    assert (found["entries"], found["examined"]) == (0, {"entries": 2, "size": size})
    assert "2 files about films and sounds" in cache(course, "--language", "en").stdout

    grow_old(examined)
    assert told(course, "--prune")["removed"]["entries"] == 0
    # An edited film has other findings. Its path stays the same.
    film.write_bytes((FILMS / "late.mp4").read_bytes())
    Examinations(folder).made(film, lambda done: None)
    grow_old(examined)
    assert told(course, "--prune")["removed"]["entries"] == 1
    assert len(names(examined)) == 3
    # Looking them up is a use, and nothing is read for it.
    Examinations(folder).known(film)
    assert told("--cache", folder, "--prune", "--older-than", 2)["removed"]["entries"] == 0
    grow_old(examined)
    assert told("--cache", folder, "--prune", "--older-than", 2)["removed"]["entries"] == 2
    assert names(examined) == ["notes.json"]


def test_what_is_known_of_foreign_films_is_told_and_deleted_with_them(
    make_course: MakeCourse, tmp_path: Path, extra: None
) -> None:
    """What a build has to know of a film that browsers do not open, of which FFmpeg tells it."""
    course, folder = film_course(make_course, "course", "mpeg4.mp4"), tmp_path / ".coursepack/media"
    film = course / "media/film.mp4"
    (folder / "looks").mkdir(parents=True)
    first = Looks(folder).at(film)
    Looks(folder).at(FILMS / "hevc.mp4")
    size = sum(path.stat().st_size for path in (folder / "looks").iterdir())
    found = told(course)
    assert (found["entries"], found["examined"]) == (0, {"entries": 2, "size": size})

    grow_old(folder / "looks")
    assert told(course, "--prune")["removed"]["entries"] == 1
    assert len(names(folder / "looks")) == 1
    # Looking it up is a use.
    assert Looks(folder).at(film) == first
    assert told("--cache", folder, "--prune", "--older-than", 2)["removed"]["entries"] == 0
    grow_old(folder / "looks")
    assert told("--cache", folder, "--prune", "--older-than", 2)["removed"]["entries"] == 1
    assert names(folder / "looks") == []


def test_where_and_by_what_an_encoder_was_installed_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, extra: None
) -> None:
    """Machines that share a cache have their environments in other folders, which the scripts in them name."""
    here = encoder("av")
    record = (distribution("av").read_text("RECORD") or "").splitlines()
    elsewhere = [line for line in record if "/bin/" not in line and "INSTALLER" not in line]
    assert len(elsewhere) < len(record)
    (library,) = (line for line in record if "/libx264-" in line)
    other = library.replace("sha256=", "sha256=x")

    def key(lines: list[str]) -> str:
        (tmp_path / "RECORD").write_text("\n".join(lines))
        with monkeypatch.context() as changed:
            changed.setattr("coursepack.media.cache.distribution", lambda _: Distribution.at(tmp_path))
            return encoder.__wrapped__("av")

    assert key(elsewhere) == here
    assert key([other if line == library else line for line in record]) != here
