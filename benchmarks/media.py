"""Measures what films and sounds cost: encoding beside FFmpeg's own program, and builds of courses that hold them.

Needs the extra `media`, and the system's `ffmpeg`, which makes the films; run by hand: python benchmarks/media.py
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from run import COURSEPACK, MIB, Command, Row, Use, lasting, pairs, report, run

from coursepack.course.rungs import RUNGS, Rung

TOP = Path(__file__).resolve().parents[1]
SECONDS, LONG = 4, 30
COURSES = 10

# Moves everywhere at once, with the grain of a sensor: what a hand-held camera records, as far as an encoder sees.
CAMERA = "-f lavfi -i mandelbrot=size=1920x1080:rate=30:maxiter=400,noise=alls=6:allf=t,format=yuv420p"
NOISE = "-f lavfi -i anoisesrc=color=pink:amplitude=0.1:sample_rate=48000"
LARGE = "-f lavfi -i testsrc2=size=3840x2160:rate=25:duration=3.3,noise=alls=20:allf=t,format=yuv420p"

# The same filters, settings and number of threads as in media/encode.py.
SAME = (
    "-vf bwdif=deint=interlaced,scale=1280:720:flags=bicubic+accurate_rnd+full_chroma_int,format=yuv420p "
    "-c:v libx264 -profile:v high -preset medium -crf 23 -maxrate 1500000 -bufsize 3000000 -threads 1 "
    "-force_key_frames expr:gte(t,n_forced*2) -c:a aac -b:a 128k -movflags +faststart"
)

_COURSE = """\
id: bench
title: Bench
description: A course.
language: en
version: 1.0.0
publisher: Bench
licence: CC BY 4.0
minutes: 1
parts: [{id: p1, title: One, chapters: [{id: c1, title: One, pages: [{id: film, title: Film, minutes: 1}]}]}]
"""
_FILM = """\
```video
src: media/{name}
title: A film
captions: media/film.vtt
transcript: media/film.vtt
described: {{not-needed: All is said.}}
```
"""
_WORDS = "WEBVTT\n\n00:00.500 --> 00:02.000\n<v Kim>Hello.\n"

_OWN_MEMORY = """\
import resource
from coursepack.cli import main
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def ffmpeg(*words: str | Path) -> Command:
    """A command of the system's FFmpeg."""
    return ["ffmpeg", "-y", "-v", "error", "-nostdin", *map(str, words)]


def make(path: Path, *words: str) -> Path:
    """A film or a sound."""
    subprocess.run(ffmpeg(*words, path), check=True)
    return path


def camera(folder: Path, seconds: float = SECONDS) -> Path:
    """A film as a telephone records it: 1080p, 30 frames and 20 Mbit a second."""
    encoder = "-c:v libx264 -preset veryfast -b:v 20M -maxrate 25M -bufsize 25M -g 30 -c:a aac -ac 2"
    return make(folder / "camera.mov", *CAMERA.split(), *NOISE.split(), "-t", str(seconds), *encoder.split())


def write_course(folder: Path, film: Path, name: str = "") -> Path:
    """A course of one page with one film."""
    name = name or film.name
    (folder / "pages").mkdir(parents=True)
    (folder / "media").mkdir()
    (folder / "course.yaml").write_text(_COURSE, "utf-8")
    (folder / "pages/film.md").write_text(_FILM.format(name=name), "utf-8")
    (folder / "media/film.vtt").write_text(_WORDS, "utf-8")
    (folder / "media" / name).hardlink_to(film)
    return folder


def convert(source: Path, target: Path, rung: Rung, is_film: bool) -> Command:
    """Our conversion alone, in a process of its own as in a build."""
    script = (
        "from pathlib import Path; from coursepack.media.process import convert; "
        "from coursepack.course.rungs import Rung; "
        f"convert(Path({str(source)!r}), Path({str(target)!r}), {rung!r}, {is_film})"
    )
    return [sys.executable, "-c", script]


def encoding_rows(work: Path, film: Path, count: int) -> Iterator[Row]:
    """One film and one sound, beside the same work by FFmpeg's own program."""
    measure = ffmpeg("-i", film, "-vn", "-af", "ebur128=peak=true", "-f", "null", "-")
    encode = ffmpeg("-i", film, *SAME.split(), work / "peer.mp4")

    def peer(*commands: Command) -> Use:
        uses = [run(command) for command in commands]
        return Use(
            sum(each.seconds for each in uses),
            max(each.peak for each in uses),
            sum(each.wall for each in uses),
        )

    peaks = []

    def ours() -> Use:
        used = run(convert(film, work / "ours.mp4", RUNGS["standard"], True))
        peaks.append(used.peak / MIB)
        return used

    ratio, spread, seconds = pairs(count, lambda: peer(measure, encode), ours)
    yield Row("a film of a telephone, encoded", ratio, "x ffmpeg", 1.1, 1.0, f"{spread}; {seconds:.1f} s")
    yield Row("memory for that", max(peaks), "MiB", 512)


def build_rows(work: Path, film: Path, count: int) -> Iterator[Row]:
    """Builds of a course with that film, anew and from the cache."""
    out, cache = work / "out", work / "cache"
    course = write_course(work / "course", film)
    finished = write_course(work / "finished", work / "ours.mp4")

    def build(source: Path) -> Use:
        shutil.rmtree(out, ignore_errors=True)
        options = ["--out", str(out), "--cache", str(cache), "--target", "scorm12"]
        return run([COURSEPACK, "build", str(source), *options])

    def cold() -> Use:
        shutil.rmtree(cache, ignore_errors=True)
        return build(course)

    def encoded() -> Use:
        return run(convert(film, work / "again.mp4", RUNGS["standard"], True))

    ratio, spread, seconds = pairs(count, encoded, cold)
    yield Row("a build that converts it", ratio, "x encoding alone", 1.25, None, f"{spread}; {seconds:.1f} s")
    ratio, spread, seconds = pairs(3 * count, lambda: build(finished), lambda: build(course))
    yield Row(
        "the same with what was converted before",
        ratio,
        "x finished file",
        1.15,
        1.05,
        f"{spread}; {seconds:.2f} s",
    )


def course_rows(work: Path, count: int) -> Iterator[Row]:
    """Ten courses with a small film each, by one process and by two."""
    folder = work / "ten"
    folder.mkdir()
    films = [
        make(
            folder / f"{number}.avi",
            *f"-f lavfi -i testsrc2=duration=2:size=320x180:rate={10 + number} -c:v mpeg4".split(),
        )
        for number in range(COURSES)
    ]
    courses = [write_course(folder / f"course-{number}", film) for number, film in enumerate(films)]

    def build(jobs: int, *, is_cold: bool) -> Use:
        shutil.rmtree(folder / "out", ignore_errors=True)
        if is_cold:
            shutil.rmtree(folder / "cache", ignore_errors=True)
        options = ["--out", str(folder / "out"), "--cache", str(folder / "cache"), "--target", "scorm12"]
        return run([COURSEPACK, "build", *map(str, courses), *options, "--jobs", str(jobs)])

    ratio, spread, seconds = pairs(
        count, lasting(lambda: build(1, is_cold=True)), lasting(lambda: build(2, is_cold=True))
    )
    yield Row(
        "ten courses, two at once", ratio, "x one at a time", 0.9, 0.6, f"{spread}; {seconds:.1f} s pass"
    )
    ratio, spread, seconds = pairs(count, lambda: build(2, is_cold=True), lambda: build(2, is_cold=False))
    yield Row(
        "ten courses again, two at once", ratio, "x the first time", 0.6, None, f"{spread}; {seconds:.1f} s"
    )


def memory_rows(work: Path) -> Iterator[Row]:
    """The memory of the build itself while it converts a film of a gigabyte."""
    film = make(work / "large.avi", *LARGE.split(), "-c:v", "rawvideo")
    size = film.stat().st_size
    course = write_course(work / "large", film)
    film.unlink()
    options = ["--out", work / "large-out", "--cache", work / "large-cache", "--target", "scorm12"]
    command = [sys.executable, "-c", _OWN_MEMORY, "build", str(course), *map(str, options)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    peak = int(told.split()[-1]) / MIB
    yield Row("memory of a build, film of a gigabyte", peak, "MiB", 100, 80, f"{size / 1e9:.2f} GB")


def sizes(work: Path) -> str:
    """What each rung costs in MB a minute: films and sounds of the example course, and a film like a camera's."""
    media = TOP / "course_source/media"
    sources = [*sorted(media.glob("*.mp4")), *sorted(media.glob("*.m4a")), camera(work, LONG)]
    head = ["file", "length", *RUNGS]
    lines = [f"| {' | '.join(head)} |", "| --- " * len(head) + "|"]
    for source in sources:
        minutes = _seconds(source) / 60
        told = []
        for rung in RUNGS.values():
            target = work / "sized"
            run(convert(source, target, rung, source.suffix != ".m4a"))
            told.append(f"{target.stat().st_size / 1e6 / minutes:.1f}")
        lines.append(f"| {source.name} | {60 * minutes:.0f} s | {' | '.join(told)} |")
    return "\n".join(lines)


def _seconds(path: Path) -> float:
    command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Measures everything; exit 1 when a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="paired runs of each row (default 3)")
    parser.add_argument("--json", type=Path, help="write the rows to this file, too")
    parser.add_argument("--sizes", action="store_true", help="only print what each rung costs in MB a minute")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="coursepack-bench-") as name:
        work = Path(name)
        if given.sizes:
            print(sizes(work))
            return
        film = camera(work)
        rows = [
            *encoding_rows(work, film, given.runs),
            *build_rows(work, film, given.runs),
            *course_rows(work, given.runs),
            *memory_rows(work),
        ]
    report(rows, given.json)


if __name__ == "__main__":
    main()
