"""A package with a largest size: its films become so small that it fits, and the worst is as good as it can be."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from strategies import PAGE, MakeCourse, fence
from test_conversion import course_of, media  # noqa: F401

import coursepack
from coursepack.building.ceiling import _WHOLE
from coursepack.cli import main
from coursepack.media.cache import MediaCache
from coursepack.media.fit import Film, Point, least, shared
from coursepack.outputs.plain import quality
from coursepack.problems import CourseError

pytestmark = pytest.mark.long

# Of very different difficulty: what does not move, what moves evenly, and noise.
_STILL = "testsrc=size=160x90:rate=12:duration=1,trim=end_frame=1,loop=11:1:0"
_MOVING = "testsrc2=size=160x90:rate=12:duration=1"
_NOISE = "color=gray:size=160x90:rate=12:duration=1,noise=alls={strength}:allf=t"
PICTURES = {
    "a-still": _STILL,
    "b-moving": _MOVING,
    "c-noise": _NOISE.format(strength=20),
    "d-noise": _NOISE.format(strength=60),
    "e-life": "life=size=160x90:rate=12:ratio=0.4:seed=1,trim=duration=1",
    "f-mandelbrot": "mandelbrot=size=160x90:rate=12,trim=duration=1",
    "g-bars": "smptebars=size=160x90:rate=12:duration=1,rotate=t",
    "h-turning": f"{_MOVING},rotate=t",
    "i-cells": "cellauto=size=160x90:rate=12:rule=110:seed=1,trim=duration=1",
    "j-small": "testsrc2=size=80x46:rate=12:duration=1",
}


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Ten finished films; the first have sound."""
    folder = tmp_path_factory.mktemp("films")
    found = {}
    for name, pictures in PICTURES.items():
        path = folder / f"{name}.mp4"
        sound = ["-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", "-b:a", "48k"] if name < "d" else []
        subprocess.run(
            [*("ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"{pictures},format=yuv420p"), *sound,
             *("-c:v", "libx264", "-crf", "16", "-movflags", "+faststart", "-fflags", "+bitexact", str(path))],
            check=True,
        )  # fmt: skip
        found[path.name] = path
    return found


def course(make_course: MakeCourse, films: Mapping[str, Path], head: str = "") -> Path:
    blocks = [
        fence("video", {"src": f"media/{name}", "title": name, "captions": "media/film.vtt", "transcript": "media/film.vtt", "described": {"not-needed": "All is said."}, "poster": "media/poster.svg"})
        for name in films
    ]  # fmt: skip
    return course_of(make_course, films, "\n".join(blocks), head)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the tests have measured and converted."""
    return tmp_path_factory.mktemp("cache")


def some(films: Mapping[str, Path], *letters: str) -> dict[str, Path]:
    return {name: path for name, path in films.items() if name[0] in letters}


def whole(size: int, ssim: float = 1.0) -> Point:
    return Point(size, ssim, None)


# How the bytes are shared

EASY = Film.of(whole(1000), [[Point(100, 0.9, (640, 360)), Point(500, 0.99, (640, 360))]])
HARD = Film.of(whole(8000), [[Point(400, 0.6, (640, 360)), Point(4000, 0.9, (640, 360))]])


def test_without_need_no_film_becomes_smaller() -> None:
    assert shared([EASY, HARD], 9000) == [EASY.whole, HARD.whole]


def test_the_worst_film_is_as_good_as_it_can_be() -> None:
    easy, hard = shared([EASY, HARD], 4100)
    # The easy one is better than that with its fewest bytes.
    assert (easy.size, easy.ssim) == (100, 0.9)
    assert (hard.size, hard.ssim) == (4000, pytest.approx(0.9, abs=1e-6))


def test_films_that_could_be_worse_are_equal() -> None:
    easy, hard = shared([EASY, HARD], 6000)
    assert easy.ssim == pytest.approx(hard.ssim, abs=1e-6)
    assert 5990 <= easy.size + hard.size <= 6000


def test_what_is_left_goes_where_it_gains_most() -> None:
    """The worst film cannot be better, and of the others one gains more by the byte."""
    worst = Film.of(whole(100, 0.5), [])
    steep = Film.of(whole(900), [[Point(100, 0.6, (640, 360)), Point(500, 0.95, (640, 360))]])
    flat = Film.of(whole(900), [[Point(100, 0.6, (640, 360)), Point(890, 0.61, (640, 360))]])
    chosen = shared([worst, steep, flat], 700)
    assert chosen[0] == worst.whole
    assert chosen[1].size > 490
    assert chosen[2].size < 110


def test_fewer_pixels_are_chosen_where_they_are_better() -> None:
    film = Film.of(
        whole(10_000),
        [
            [Point(2000, 0.7, (1280, 720)), Point(5000, 0.97, (1280, 720))],
            [Point(500, 0.8, (640, 360)), Point(1500, 0.9, (640, 360))],
        ],
    )
    assert film.least == Point(500, 0.8, (640, 360))
    assert shared([film], 1500)[0].pixels == (640, 360)
    assert shared([film], 4900)[0].pixels == (1280, 720)


@given(
    st.lists(
        st.lists(st.tuples(st.integers(100, 5000), st.floats(0.3, 0.99)), min_size=1, max_size=6),
        min_size=1,
        max_size=6,
    ),
    st.floats(0, 1),
)
def test_no_share_is_too_large_and_none_beats_the_worst(
    measured: list[list[tuple[int, float]]], share: float
) -> None:
    films = [
        Film.of(whole(4000), [[Point(size, ssim, (640, 360)) for size, ssim in points]])
        for points in measured
    ]
    smallest = least(films)
    budget = smallest + int(share * (4000 * len(films) - smallest))
    chosen = shared(films, budget)
    assert sum(point.size for point in chosen) <= budget
    assert all(point.size <= 4000 for point in chosen)
    worst = min(point.ssim for point in chosen)
    equal = [
        film.whole if budget // len(films) >= 4000 else _at(film, budget // len(films)) for film in films
    ]
    if None not in equal:
        assert worst >= min(point.ssim for point in equal if point) - 1e-6


def _at(film: Film, size: int) -> Point | None:
    """The best that a film can be with so many bytes."""
    steps = (film.reaching(ssim / 1000) for ssim in range(1001))
    return max((point for point in steps if point.size <= size), key=lambda point: point.ssim, default=None)


# Packages


def test_the_list_of_media_tells_what_each_film_became(
    films: Mapping[str, Path], make_course: MakeCourse, tmp_path: Path, cache: Path
) -> None:
    two = some(films, "a", "b")
    folder = course(make_course, two)
    most = int(coursepack.build_package(folder, "web", tmp_path / "free").size * 0.9) // 1000
    with (folder / "course.yaml").open("a") as definition:
        definition.write(f"packages: [{{id: full}}, {{id: small, max-size: {most}kB}}]\n")

    def listed(*options: str) -> str:
        arguments = ["media", str(folder), "--cache", str(cache), *options]
        return CliRunner().invoke(main, arguments).stdout

    assert '"fitted"' not in listed("--json")
    (small,) = (
        each
        for each in coursepack.build_packages(folder, ["web"], tmp_path / "out", cache=cache)
        if each.variant == "small"
    )
    fitted = {
        medium["file"]: packed
        for medium in json.loads(listed("--json"))["media"]
        for packed in medium["packed"]
        if packed["how"] == "fitted"
    }
    assert {src: each["film"] for src, each in fitted.items()} == {
        film.src: film._asdict() for film in small.films
    }
    assert all(each["packages"] == ["small"] for each in fitted.values())
    assert f"small: {small.films[0].width} × {small.films[0].height}, " in listed()


@pytest.mark.soak
def test_ten_films_fit_and_the_worst_beats_equal_shares(
    films: Mapping[str, Path], make_course: MakeCourse, tmp_path: Path, cache: Path
) -> None:
    folder = course(make_course, films)
    most = int(coursepack.build_package(folder, "web", tmp_path / "free").size * 0.7)
    steps: list[tuple[str, int, int]] = []
    built = coursepack.build_package(
        folder, "web", tmp_path / "out", cache=cache, max_size=most, progress=lambda *step: steps.append(step)
    )
    assert 0.97 * most <= built.size <= most
    assert built.report.ok
    before = {f"media/{name}": path.stat().st_size for name, path in films.items()}
    assert [film.src for film in built.films] == list(before)
    assert all(film.size <= before[film.src] for film in built.films)
    with zipfile.ZipFile(built.path) as package:
        assert {film.src: film.size for film in built.films} == {
            name: package.getinfo(name).file_size for name in before
        }
    # Each film that is larger than an equal share, with that many bytes.
    share = sum(film.size for film in built.films) // len(films)
    larger = {src: size for src, size in before.items() if size > share}
    kept = MediaCache(cache)
    equal = []
    for src in larger:
        path = films[src.partition("/")[2]]
        task = kept.fitting(path, _WHOLE, share, _WHOLE)
        kept.make(task, path, lambda done: None)
        found = kept.fitted(task)
        assert found
        equal.append(found[1])
    worst = min(film.ssim for film in built.films if film.ssim)
    assert worst > min(equal) + 0.03
    for step in ("measuring films", "making films smaller"):
        counted = [(done, total) for name, done, total in steps if name == step]
        assert counted[0][0] == 0
        assert counted[-1][0] == counted[-1][1] > 0


def test_an_impossible_size_is_told_with_the_least_that_is_possible(
    films: Mapping[str, Path], make_course: MakeCourse, tmp_path: Path, cache: Path
) -> None:
    folder = course(make_course, some(films, "a", "f", "g"))
    with pytest.raises(CourseError) as caught:
        coursepack.build_package(folder, "web", tmp_path / "out", cache=cache, max_size=60_000)
    (problem,) = caught.value.report.errors
    assert problem.rule == "package/ceiling-too-low"
    told = re.fullmatch(r"the package 'full' has at least (0\.\d\d) MB; it may have 0.06 MB", problem.message)
    assert told
    assert not list((tmp_path / "out").glob("*.zip"))
    possible = round(float(told[1]) * 1_000_000)
    built = coursepack.build_package(folder, "web", tmp_path / "out", cache=cache, max_size=possible)
    assert built.size <= possible
    # It is not told far too large.
    with pytest.raises(CourseError):
        coursepack.build_package(folder, "web", tmp_path / "out", cache=cache, max_size=possible - 15_000)


def test_what_fits_is_not_measured(
    films: Mapping[str, Path], make_course: MakeCourse, tmp_path: Path
) -> None:
    folder = course(make_course, some(films, "a", "f"))
    free = coursepack.build_package(folder, "web", tmp_path / "free")
    limited = coursepack.build_package(
        folder, "web", tmp_path / "limited", cache=tmp_path / "cache", max_size=free.size
    )
    assert limited.path.read_bytes() == free.path.read_bytes()
    assert [film.ssim for film in limited.films] == [None, None]
    # What became of each film is noted for `coursepack media`, and nothing else was made.
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".measured"] * 2


@pytest.fixture
def two(films: Mapping[str, Path], make_course: MakeCourse, tmp_path: Path, cache: Path) -> Two:
    """A course with two films, and most bytes of a package that is to be smaller."""
    folder = course(make_course, some(films, "f", "g"))
    return Two(folder, coursepack.build_package(folder, "web", tmp_path / "free").size - 15_000)


class Two(NamedTuple):
    folder: Path
    most: int


def test_another_build_gives_the_same_bytes(two: Two, tmp_path: Path, cache: Path) -> None:
    first, second, third = (
        coursepack.build_package(two.folder, "web", tmp_path / name, cache=kept, max_size=two.most)
        for name, kept in (("a", cache), ("b", tmp_path / "new"), ("c", cache))
    )
    assert first.path.read_bytes() == second.path.read_bytes() == third.path.read_bytes()
    assert first.films == second.films == third.films


def test_neither_processors_nor_memory_change_the_bytes(two: Two, tmp_path: Path) -> None:
    """Each build has an empty cache. What has been in its memory before is what glibc is told to write there."""
    other = tmp_path / "other"
    shutil.copytree(two.folder, other)

    def built(name: str, jobs: str, processors: set[int], fill: str) -> list[bytes]:
        command = [
            sys.executable,
            "-m",
            "coursepack",
            "build",
            str(two.folder),
            str(other),
            "--target",
            "web",
        ]
        command += ["--out", str(tmp_path / name), "--cache", str(tmp_path / f"{name}-cache")]
        command += ["--jobs", jobs, "--max-size", f"{two.most / 1000}kB"]
        environment = {**os.environ, "MALLOC_PERTURB_": fill}
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, processors)
        try:
            subprocess.run(command, check=True, env=environment, capture_output=True)
        finally:
            os.sched_setaffinity(0, before)
        return [path.read_bytes() for path in sorted((tmp_path / name).rglob("*.zip"))]

    processors = os.sched_getaffinity(0)
    one, another = built("one", "1", {min(processors)}, "37"), built("another", "2", processors, "90")
    assert len(one) == 2
    assert one == another


def test_a_build_that_is_up_to_date_does_nothing(
    two: Two, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, age: Callable[[Path], None]
) -> None:
    age(two.folder)

    def build(most: int | None) -> coursepack.Built:
        return coursepack.build_package(two.folder, "web", tmp_path / "out", cache=cache, max_size=most)

    first = build(two.most)
    with monkeypatch.context() as changed:
        changed.setattr("coursepack.building.pipeline.build", lambda *_: pytest.fail("it was built"))
        again = build(two.most)
    assert again.films == first.films
    assert again.as_dict() == first.as_dict()
    # Another size is another package.
    assert build(None).size > two.most


def test_a_changed_word_encodes_nothing_anew(
    two: Two, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = coursepack.build_package(two.folder, "web", tmp_path / "a", cache=cache, max_size=two.most)
    made = len(list(cache.glob("*.mp4")))
    (two.folder / PAGE).write_text("Word.\n\n" + (two.folder / PAGE).read_text("utf-8"), "utf-8")
    second = coursepack.build_package(two.folder, "web", tmp_path / "b", cache=cache, max_size=two.most)
    assert second.path.read_bytes() != first.path.read_bytes()
    assert len(list(cache.glob("*.mp4"))) == made


def test_damaged_entries_are_made_again(two: Two, tmp_path: Path) -> None:
    def build(out: str) -> bytes:
        cache = tmp_path / "own"
        return coursepack.build_package(
            two.folder, "web", tmp_path / out, cache=cache, max_size=two.most
        ).path.read_bytes()

    first = build("a")
    entries = sorted((tmp_path / "own").glob("*[!n]"))
    assert {path.suffix for path in entries} == {".mp4", ".measured"}
    for path in entries:
        path.write_bytes(path.read_bytes()[:-2])
    assert build("b") == first


def test_what_a_course_uses_is_not_pruned(two: Two, tmp_path: Path) -> None:
    own = tmp_path / "own"
    coursepack.build_package(two.folder, "web", tmp_path / "out", cache=own, max_size=two.most)
    kept = sorted(own.iterdir())
    assert {path.suffix for path in kept} == {".mp4", ".json", ".measured"}

    def prune() -> list[Path]:
        for path in own.iterdir():
            os.utime(path, (1, 1))
        command = ["cache", str(two.folder), "--cache", str(own), "--prune"]
        assert CliRunner().invoke(main, command).exit_code == 0
        return sorted(own.iterdir())

    assert prune() == kept
    (two.folder / PAGE).write_text("No film.\n", "utf-8")
    assert prune() == []


def test_the_smaller_of_two_sizes_counts(
    films: Mapping[str, Path], make_course: MakeCourse, tmp_path: Path, cache: Path
) -> None:
    head = "packages: [{id: full}, {id: small, max-size: 40 kB}]\n"
    folder = course(make_course, some(films, "f"), head)
    result = CliRunner().invoke(
        main,
        ["build", str(folder), "--target", "web", "--out", str(tmp_path / "out"), "--cache", str(cache), "--max-size", "0.0625MB", "--language", "en"],
    )  # fmt: skip
    assert result.exit_code == 1
    assert "the package 'small' has at least" in result.output
    assert "it may have 0.04 MB" in result.output


def test_each_of_several_courses_has_the_largest_size(make_course: MakeCourse, tmp_path: Path) -> None:
    folders = [str(make_course(name=name)) for name in ("one", "two")]
    command = [
        "build",
        *folders,
        "--target",
        "web",
        "--out",
        str(tmp_path / "out"),
        "--max-size",
        "1kB",
        "--json",
    ]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 1
    problems = [
        [each["rule"] for each in course["problems"]] for course in json.loads(result.stdout)["courses"]
    ]
    assert problems == [["package/ceiling-too-low"]] * 2


def test_the_report_says_what_each_film_got(two: Two, tmp_path: Path, cache: Path) -> None:
    def run(*options: str) -> str:
        result = CliRunner().invoke(
            main,
            ["build", str(two.folder), "--target", "web", "--target", "scorm12", "--out", str(tmp_path / "out"),
             "--cache", str(cache), "--max-size", f"{two.most / 1000:.3f}kB", *options],
        )  # fmt: skip
        assert result.exit_code == 0, result.output
        return result.stdout

    first, second = json.loads(run("--json"))["packages"]
    assert max(first["size"], second["size"]) <= two.most
    assert first["films"] == second["films"]
    assert [list(film) for film in first["films"]] == [["src", "width", "height", "size", "rate", "ssim"]] * 2
    film = first["films"][0]
    assert film["rate"] == round(film["size"] * 8)
    lines = [line for line in run("--language", "sv").splitlines() if "media/f-mandelbrot.mp4" in line]
    # Once, though two packages have it.
    (line,) = lines
    word = "mycket bra" if film["ssim"] >= 0.98 else "bra" if film["ssim"] >= 0.95 else "godtagbar"
    assert f"160 × 90, {round(film['rate'] / 1000)} kbit/s" in line
    assert f"{word} (SSIM 0,{int(film['ssim'] * 1000):03d})" in line


@pytest.mark.parametrize(
    ("ssim", "word"),
    [(0.9801, "very_good"), (0.9799, "good"), (0.95, "good"), (0.9, "fair"), (0.899, "poor")],
)
def test_a_figure_has_a_word(ssim: float, word: str) -> None:
    assert quality(ssim) == word


@pytest.mark.parametrize("size", ["100", "100 MiB", "-1MB", "MB"])
def test_a_size_has_a_unit(make_course: MakeCourse, size: str) -> None:
    result = CliRunner().invoke(main, ["build", str(make_course()), f"--max-size={size}"])
    assert result.exit_code == 2
    assert "is not a size like 100MB" in result.output


def test_a_film_with_fewer_bytes_has_fewer_pixels(
    make_course: MakeCourse, tmp_path: Path, cache: Path
) -> None:
    """What moves at 1280 by 720 pixels is better with 640 by 360 when there are few bytes."""
    path = tmp_path / "large.mp4"
    subprocess.run(
        [*("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=8:duration=0.5,rotate=t/4,format=yuv420p"),
         *("-c:v", "libx264", "-crf", "12", "-preset", "fast", "-movflags", "+faststart", str(path))],
        check=True,
    )  # fmt: skip
    folder = course(make_course, {"large.mp4": path})
    with pytest.raises(CourseError) as caught:
        coursepack.build_package(folder, "web", tmp_path / "out", cache=cache, max_size=40_000)
    told = re.search(r"at least ([\d.]+) MB", str(caught.value))
    assert told
    most = round(float(told[1]) * 1_000_000)
    built = coursepack.build_package(folder, "web", tmp_path / "out", cache=cache, max_size=most)
    (film,) = built.films
    assert (film.width, film.height) == (640, 360)
    with zipfile.ZipFile(built.path) as package:
        assert 'width="640" height="360"' in package.read("index.html").decode()


def test_sounds_become_smaller_only_when_films_do_not_suffice(
    films: Mapping[str, Path], make_course: MakeCourse, tmp_path: Path, cache: Path
) -> None:
    loud = tmp_path / "loud.m4a"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "anoisesrc=duration=3", "-ac", "2", "-c:a", "aac", "-b:a", "160k", "-movflags", "+faststart", "-fflags", "+bitexact", str(loud)], check=True)  # fmt: skip
    folder = course(make_course, some(films, "e"))
    page = folder / PAGE
    sound = fence("audio", {"src": "media/loud.m4a", "title": "Loud", "transcript": "media/film.vtt"})
    page.write_text(page.read_text("utf-8") + "\n" + sound, "utf-8")
    (folder / "media/loud.m4a").write_bytes(loud.read_bytes())
    free = coursepack.build_package(folder, "web", tmp_path / "free").size

    def sound_of(most: int) -> int:
        built = coursepack.build_package(folder, "web", tmp_path / "out", cache=cache, max_size=most)
        assert built.size <= most
        with zipfile.ZipFile(built.path) as package:
            return package.getinfo("media/loud.m4a").file_size

    film = films["e-life.mp4"].stat().st_size
    assert sound_of(free - film // 2) == loud.stat().st_size
    # Without any film it would be this small.
    assert sound_of(free - film) < 0.6 * loud.stat().st_size


def test_without_the_extra_a_package_that_is_too_large_says_what_to_install(
    two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(CourseError) as caught:
        coursepack.build_package(two.folder, "web", tmp_path / "out", max_size=two.most)
    assert {problem.rule for problem in caught.value.report} == {"media/unconverted"}
    assert all("pip install 'coursepack[media]'" in problem.hint for problem in caught.value.report)


@pytest.mark.parametrize("step", ["measuring films", "making films smaller"])
def test_a_build_that_is_killed_leaves_nothing_half_done(
    two: Two, tmp_path: Path, cache: Path, step: str
) -> None:
    own = tmp_path / "own"
    script = f"""\
import os, signal
from coursepack import build_package
def progress(step, done, total):
    if step == {step!r} and done:
        os.kill(os.getpid(), signal.SIGKILL)
build_package({str(two.folder)!r}, "web", {str(tmp_path / "out")!r}, max_size={two.most}, cache={str(own)!r}, progress=progress)
"""
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=False).returncode < 0
    assert not list((tmp_path / "out").glob("*.zip"))
    built = coursepack.build_package(two.folder, "web", tmp_path / "out", max_size=two.most, cache=own)
    other = coursepack.build_package(two.folder, "web", tmp_path / "other", max_size=two.most, cache=cache)
    assert built.path.read_bytes() == other.path.read_bytes()


def test_a_film_that_cannot_be_read_to_its_end_is_an_error_at_its_place(
    films: Mapping[str, Path], make_course: MakeCourse, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.mp4"
    whole_ = films["e-life.mp4"].read_bytes()
    # Its index is whole, and half of its pictures are noise.
    cut.write_bytes(whole_[:5000] + bytes(len(whole_) - 5000))
    folder = course(make_course, {"cut.mp4": cut})
    with pytest.raises(CourseError) as caught:
        coursepack.build_package(folder, "web", tmp_path / "out", max_size=150_000)
    (problem,) = caught.value.report.errors
    assert problem.rule == "media/not-convertible"
    assert str(problem.location) == "pages/p1-c1-s1.md:2:6"
