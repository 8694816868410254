"""Measures coursepack beside `zip -0`, `cp -r` and `python -c pass`, in ratios of processor time."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn

from coursepack.course.lock import Lock, longest_state, read_lock
from coursepack.course.theme import Theme, style
from coursepack.resources import templates_dir

HERE = Path(__file__).resolve().parent
PLAYER = HERE.parent / "templates/player"
COURSEPACK = str(Path(sys.executable).with_name("coursepack"))
MIB = 1024
# Code that is compiled is kept, as it is wherever coursepack is installed.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

Command = list[str]


@dataclass(frozen=True)
class Row:
    """One figure beside what it may be at most, and what it should be."""

    name: str
    value: float
    unit: str
    limit: float
    aim: float | None = None
    spread: str = ""

    @property
    def verdict(self) -> str:
        """Whether the aim, only the limit, or neither is met."""
        if self.value > self.limit:
            return "too much"
        return "limit" if self.aim is not None and self.value > self.aim else "aim"


@dataclass(frozen=True)
class Use:
    """What a process used: seconds of processor (user and system), KiB of memory at its peak, seconds in all."""

    seconds: float
    peak: int
    wall: float


def run(command: Command, cwd: Path | None = None) -> Use:
    """Runs a command to its end. Raises when it fails."""
    began = time.perf_counter()
    child = subprocess.Popen(
        command, cwd=cwd, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert child.stderr is not None
    told = child.stderr.read()
    # wait4 and not RUSAGE_CHILDREN: the peak of this child alone.
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{command} failed: {told.decode(errors='replace')}")
    return Use(used.ru_utime + used.ru_stime, used.ru_maxrss, time.perf_counter() - began)


def lasting(measure: Callable[[], Use]) -> Callable[[], Use]:
    """The same, but counted in the time that passes: for what is done side by side."""

    def measured() -> Use:
        used = measure()
        return Use(used.wall, used.peak, used.wall)

    return measured


def pairs(count: int, peer: Callable[[], Use], ours: Callable[[], Use]) -> tuple[float, str, float]:
    """Median of the ratios of neighbouring runs, their range, and our median in seconds.

    Each pair runs in the other order than the one before, so that a machine that grows busier favours none.
    """
    ratios, seconds = [], []
    for number in range(count):
        if number % 2:
            mine = ours().seconds
            other = peer().seconds
        else:
            other = peer().seconds
            mine = ours().seconds
        ratios.append(mine / other)
        seconds.append(mine)
    return statistics.median(ratios), f"{min(ratios):.2f}-{max(ratios):.2f}", statistics.median(seconds)


class Bench:
    """One reference course on disk with all that is measured on it."""

    def __init__(self, work: Path, name: str, *options: str) -> None:
        self.work = work / name
        self.course, self.out, self.unpacked = self.work / "course", self.work / "out", self.work / "unpacked"
        self.work.mkdir()
        subprocess.run([sys.executable, HERE / "reference.py", self.course, *options], check=True)
        # Before what is measured: the lock is written, and nothing is so young that it could still change.
        self.build()
        with zipfile.ZipFile(self.package) as package:
            package.extractall(self.unpacked)

    @property
    def package(self) -> Path:
        return next(self.out.glob("*.zip"))

    def build(self, *targets: str) -> Use:
        """A build for one target, or for those named, into what the output folder holds."""
        chosen = [word for name in targets or ("scorm12",) for word in ("--target", name)]
        return run([COURSEPACK, "build", str(self.course), "--out", str(self.out), *chosen])

    def cold(self) -> Use:
        """A build into a new folder."""
        shutil.rmtree(self.out)
        return self.build()

    def five(self) -> Use:
        """A build for five targets into a new folder."""
        shutil.rmtree(self.out)
        return self.build("scorm12", "scorm2004", "xapi", "cmi5", "web")

    def edited(self) -> Use:
        """A build after one page was changed."""
        page = sorted((self.course / "pages").iterdir())[7]
        with page.open("a", encoding="utf-8") as file:
            file.write("\nEn mening till.\n")
        # An editor is not that quick: a file this young counts as unfinished.
        time.sleep(0.05)
        return self.build()

    def diff(self) -> Use:
        """A comparison of the package with one in which a page is another."""
        old = self.work / "old.zip"
        shutil.copyfile(self.package, old)
        self.edited()
        return run([COURSEPACK, "diff", str(old), str(self.package)])

    def zip(self) -> Use:
        """`zip -0qr` of the unpacked package."""
        made = self.work / "peer.zip"
        made.unlink(missing_ok=True)
        return run(["zip", "-0qr", str(made), "."], self.unpacked)

    def copy(self) -> Use:
        """`cp -r` of the unpacked package."""
        made = self.work / "peer"
        shutil.rmtree(made, ignore_errors=True)
        return run(["cp", "-r", str(self.unpacked), str(made)])

    def report(self) -> dict[str, object]:
        """What `coursepack build --json` tells of the package."""
        command = [COURSEPACK, "build", str(self.course), "--out", str(self.out), "--json"]
        command += ["--target", "scorm12"]
        told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        return dict(told["packages"][0])


def build_rows(work: Path, count: int) -> Iterator[Row]:
    """Time and memory of builds, and what of the package is not content."""
    one = Bench(work, "one")
    yield _ratio("cold build, check included", count, one.zip, one.cold, 1.2, 0.9)
    yield _ratio("nothing changed", count, one.zip, one.build, 0.25, 0.12)
    yield _ratio("one page edited", count, one.zip, one.edited, 1.05)
    one_and_five = (lasting(one.cold), lasting(one.five))
    yield _ratio("five targets, time that passes", count, *one_and_five, 1.6, unit="x one target")
    one.cold()
    yield Row(
        "diff of two packages", statistics.median(one.diff().seconds for _ in range(count)), "s", 1, 0.6
    )
    peak = statistics.median(one.cold().peak for _ in range(3)) / MIB
    yield Row("peak memory", peak, "MiB", 96, 64)
    yield Row("cp -r, to compare", pairs(count, one.zip, one.copy)[0], "x zip -0", 1)
    yield Row("beside content and media", _overhead(one) / 1000, "kB", 150)
    state = float(str(one.report()["state"]))
    slots = read_lock(one.course).slots
    progress = longest_state(Lock(tuple(slot for slot in slots if slot[0] != "media")))
    yield Row("resume state, 40 pages and 20 questions", progress, "characters", 64, 40)
    # Only what room is left is given to them.
    yield Row("the same, with the places of 8 films and sounds", state, "characters", 128, 96)
    shutil.rmtree(one.work)

    pages = Bench(work, "pages", "--pages", "10")
    yield _ratio("ten times the pages", count, pages.zip, pages.cold, 1.5, 0.95)
    more = statistics.median(pages.cold().peak for _ in range(3)) / MIB - peak
    yield Row("memory for ten times the pages", more, "MiB", 24)
    shutil.rmtree(pages.work)

    both = Bench(work, "both", "--pages", "10", "--questions", "10")
    yield _ratio("ten times the questions, too", count, both.zip, both.cold, 2, 1.5)
    yield Row(
        "resume state, 400 pages and 200 questions", float(str(both.report()["state"])), "characters", 400
    )
    shutil.rmtree(both.work)

    media = Bench(work, "media", "--media", "10")
    yield _ratio("ten times the media", max(3, count // 3), media.zip, media.cold, 0.75, 0.55)
    more = statistics.median(media.cold().peak for _ in range(3)) / MIB - peak
    yield Row("memory for ten times the media", more, "MiB", 1)
    shutil.rmtree(media.work)


def start_rows(count: int) -> Iterator[Row]:
    """How long the command line takes to begin."""
    nothing = [sys.executable, "-c", "pass"]
    ratio, spread, _ = pairs(3 * count, lambda: run(nothing), lambda: run([COURSEPACK, "--help"]))
    yield Row("coursepack --help", ratio, "x python -c pass", 6, 4, spread)


def player_rows() -> Iterator[Row]:
    """What every package carries."""
    for name, bundle, limit in (
        ("script for SCORM 1.2, gzipped", "scorm12", 24),
        ("script for SCORM 2004, gzipped", "scorm2004", 24),
        ("script for xAPI and cmi5, gzipped", "lrs", 24),
        ("what comes after it for xAPI, gzipped", "xapi", 7.5),
        ("what comes after it for cmi5, gzipped", "cmi5", 7.5),
        ("script for the web, gzipped", "web", 24),
        ("what comes after it in every package, gzipped", "later", 12),
    ):
        yield _packed(name, (PLAYER / f"{bundle}.js").read_bytes(), limit)
    blocks = [path.stem for path in (templates_dir() / "blocks").glob("*.html")]
    yield _packed("style with every block, gzipped", style(Theme(), None, {}, blocks).encode(), 14)


def _packed(name: str, text: bytes, limit: float) -> Row:
    return Row(name, len(gzip.compress(text, 9)) / 1000, "kB", limit)


def _ratio(
    name: str,
    count: int,
    peer: Callable[[], Use],
    ours: Callable[[], Use],
    limit: float,
    aim: float | None = None,
    unit: str = "x zip -0",
) -> Row:
    ratio, spread, seconds = pairs(count, peer, ours)
    return Row(name, ratio, unit, limit, aim, f"{spread}; {seconds * 1000:.0f} ms")


def _overhead(bench: Bench) -> int:
    """Bytes of the zip that are neither media nor what the author wrote, the text deflated as the zip does."""
    with zipfile.ZipFile(bench.package) as package:
        media = sum(
            entry.compress_size for entry in package.infolist() if entry.filename.startswith("media/")
        )
    texts = [path.read_bytes() for path in sorted(bench.course.rglob("*")) if path.suffix in (".md", ".vtt")]
    return bench.package.stat().st_size - media - len(zlib.compress(b"".join(texts), 6))


def table(rows: list[Row]) -> str:
    """The rows for people to read."""
    lines = [("", "measured", "unit", "limit", "aim", "reached", "range of the runs; median")]
    lines += [
        (
            row.name,
            f"{row.value:.2f}",
            row.unit,
            f"{row.limit:g}",
            "" if row.aim is None else f"{row.aim:g}",
            row.verdict,
            row.spread,
        )
        for row in rows
    ]
    widths = [max(len(line[at]) for line in lines) for at in range(7)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def report(rows: list[Row], path: Path | None) -> NoReturn:
    """Prints the rows, writes them to `path` as JSON, and exits with 1 when a limit is passed."""
    if path:
        told = [{**asdict(row), "reached": row.verdict} for row in rows]
        path.write_text(json.dumps(told, indent=2) + "\n", "utf-8")
    print(table(rows))
    sys.exit(any(row.verdict == "too much" for row in rows))


def main() -> None:
    """Measures everything; exit 1 when a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9, help="paired runs of each row (default 9)")
    parser.add_argument("--json", type=Path, help="write the rows to this file, too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="coursepack-bench-") as work:
        rows = [*start_rows(given.runs), *player_rows(), *build_rows(Path(work), given.runs)]
    report(rows, given.json)


if __name__ == "__main__":
    main()
