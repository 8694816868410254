"""Lets a build fail at each of its calls that write, in turn, and looks at what it leaves.

By hand: `.venv/bin/python tests/faults.py` tries every point for all targets; `tests/faults.py edited kill 17` one again,
whose folder is then kept in `build/faults`.

A point is one call: a write, a file or folder made, renamed, linked or removed. There a build is told that the disk is
broken once (`error`) or full from now on (`full`), or is killed (`kill`). Then no package may be half of something, nothing
may be left lying about, and the next build must make what it would have made without.
"""

from __future__ import annotations

import argparse
import builtins
import errno
import io
import itertools
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from strategies import COURSE, PAGE, QUESTION, write_course

import coursepack.building.pipeline
import coursepack.cli
from coursepack import TARGETS, build_packages
from coursepack.out_folder import HIDDEN

KEPT = Path(__file__).resolve().parents[1] / "build/faults"
ACTIONS = ("error", "full", "kill")
TWO = COURSE + "          - {id: p1-c1-s2, title: Second, minutes: 1}\n"
FILES = {
    PAGE: "Text.\n\n" + QUESTION.format(id="q") + "\n```download\nsrc: media/plan.csv\ntitle: A plan\n```\n",
    "media/plan.csv": "a,b\n" * 9,
}

# What takes room on a disk; the rest goes on when it is full.
_TAKES_ROOM = ("write", "open", "mkdir", "link", "symlink")
_REMOVES = ("unlink", "rmdir")

_open = io.open


class Faults:
    """Counts the calls of this process that write, and strikes at one of them."""

    def __init__(self, action: str = "", at: int = -1) -> None:
        self.action, self.at = action, at
        self.names: list[str] = []

    def strike(self, name: str, half: Callable[[], object] = lambda: None) -> None:
        """Notes a call. At the point it does half of it, where that can be, and fails."""
        now = len(self.names)
        self.names.append(name)
        if now == self.at or (self.action == "full" and now > self.at >= 0 and name in _TAKES_ROOM):
            half()
            if self.action == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            code = errno.ENOSPC if self.action == "full" else errno.EIO
            raise OSError(code, os.strerror(code))

    def install(self) -> None:
        """Puts itself before the system's calls, for good."""
        for name in (
            "replace",
            "rename",
            "link",
            "symlink",
            "unlink",
            "remove",
            "mkdir",
            "rmdir",
            "fsync",
            "truncate",
        ):
            setattr(os, name, self._before(name, getattr(os, name)))
        os.open = self._opening(os.open)
        io.open = builtins.open = self._file

    def _before(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def struck(*given: Any, **more: Any) -> Any:
            self.strike({"remove": "unlink"}.get(name, name))
            return call(*given, **more)

        return struck

    def _opening(self, call: Callable[..., int]) -> Callable[..., int]:
        def struck(path: Any, flags: int, *given: Any, **more: Any) -> int:
            if flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR):
                self.strike("open")
            return call(path, flags, *given, **more)

        return struck

    def _file(self, file: Any, mode: str = "r", buffering: int = -1, *given: Any, **more: Any) -> Any:
        if not set(mode) & set("wax+"):
            return _open(file, mode, buffering, *given, **more)
        if not isinstance(file, int):
            self.strike("open")
        raw = _File(self, file, mode.replace("b", "").replace("t", ""))
        if buffering == 0:
            return raw
        whole = (io.BufferedRandom if "+" in mode else io.BufferedWriter)(raw)
        return whole if "b" in mode else io.TextIOWrapper(whole, *given, **more)


class _File(io.FileIO):
    def __init__(self, faults: Faults, *given: Any) -> None:
        super().__init__(*given)
        self.faults = faults

    def write(self, data: Any) -> int:
        self.faults.strike("write", lambda: super(_File, self).write(memoryview(data)[: len(data) // 2]))
        return super().write(data)


# What is built


def first(work: Path) -> None:
    """A course that was never built."""
    write_course(work / "course", FILES)


def edited(work: Path) -> None:
    """One that was built, and has a page more since."""
    first(work)
    _build(work)
    write_course(work / "course", {"course.yaml": TWO, "pages/p1-c1-s2.md": "Second.\n"})


def reworded(work: Path) -> None:
    """One that was built, and has other words since: they are renewed in the earlier packages."""
    first(work)
    _age(work / "course")
    _build(work)
    # The first build wrote the lock.
    _age(work / "course")
    _build(work)
    page = work / "course" / PAGE
    page.write_text(page.read_text("utf-8").replace("Text.", "Other text."), "utf-8")
    os.utime(page, (2, 2))


def meddled(work: Path) -> None:
    """One that was built, and its web edition has lost a file since."""
    reworded(work)
    _build(work)
    next((work / "out").glob("*/player.js")).unlink()


CASES = {each.__name__: each for each in (first, edited, reworded, meddled)}


def _age(folder: Path) -> None:
    for path in folder.rglob("*"):
        os.utime(path, (1, 1))


def _build(work: Path) -> None:
    os.chdir(work)
    build_packages("course", _targets, "out")


_targets: tuple[str, ...] = tuple(TARGETS)

Results = dict[str, bytes | dict[str, bytes]]


def results(out: Path) -> Results:
    """All that stands in a folder of packages, by name."""
    names = sorted(os.listdir(out)) if out.exists() else []
    return {
        name: _unpacked(out / name) if (out / name).is_dir() else (out / name).read_bytes()
        for name in names
        if name != HIDDEN
    }


def _unpacked(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def unfinished(work: Path) -> list[str]:
    """What is not whole, and would have been cleared away."""
    return [
        str(path.relative_to(work))
        for folder in (work / "out" / HIDDEN, work / "course", work / "out")
        if folder.exists()
        for path in folder.iterdir()
        if path.name.startswith(".") and path.name != HIDDEN
    ]


# A build that fails


@dataclass(frozen=True)
class Ended:
    """How a build ended: its exit code, negative for a signal, and what it printed; the calls it made, or None."""

    code: int
    printed: str
    names: list[str] | None


def build(work: Path, action: str = "", at: int = -1) -> Ended:
    """Builds as the command does, in a copy of this process, with a fault at a point."""
    told, calls = work / "told", work / "calls"
    child = os.fork()
    if child == 0:
        code = 99
        try:
            os.chdir(work)
            handle = os.open(told, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
            os.dup2(handle, 1)
            os.dup2(handle, 2)
            faults = Faults(action, at)
            with _open(calls, "w", encoding="utf-8") as noted:
                faults.install()
                try:
                    chosen = [word for name in _targets for word in ("--target", name)]
                    coursepack.cli.main(["build", "course", "--out", "out", *chosen])
                except SystemExit as end:
                    code = int(end.code or 0)
                except BaseException:
                    traceback.print_exc()
                noted.write("\n".join(faults.names))
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    printed = told.read_text("utf-8")
    names = calls.read_text("utf-8").split() or None
    told.unlink()
    calls.unlink()
    return Ended(os.waitstatus_to_exitcode(status), printed, names)


def wrongs(work: Path, ended: Ended, action: str, name: str, old: Results, new: Results) -> Iterator[str]:
    """What is wrong with a folder after a build that met a fault at a call, and after one more build."""
    if "Traceback" in ended.printed or ended.code not in (
        (-signal.SIGKILL, 0, 1) if action == "kill" else (0, 1)
    ):
        yield f"it ended with {ended.code}: {ended.printed[-2000:]}"
    now = results(work / "out")
    if ended.code == 1 and "cannot be " not in ended.printed:
        yield f"it failed without a reason: {ended.printed}"
    if ended.code == 0 and now != new:
        yield "it ended well, and its packages are not what they should be"
    for each, content in now.items():
        if content not in (old.get(each), new.get(each)):
            yield f"{each} is neither the old one nor the new one"
    gone = old.keys() - now.keys()
    if gone and action != "kill":
        yield f"{', '.join(gone)}: neither the old one nor the new one is there"
    left = unfinished(work)
    if left and action != "kill" and name not in _REMOVES:
        yield f"it left {left}"
    again = build(work)
    if again.code or "Traceback" in again.printed:
        yield f"the next build ended with {again.code}: {again.printed[-2000:]}"
    if results(work / "out") != new:
        yield "the next build's packages are not what they should be"
    left = unfinished(work)
    if left:
        yield f"the next build left {left}"


def run(
    case: str, actions: tuple[str, ...], points: range | None, told: Callable[[str], object]
) -> tuple[int, int]:
    """Tries the points of a case, all when not given; how many there were, and at how many something was wrong."""
    with tempfile.TemporaryDirectory(prefix="coursepack-faults-") as place:
        kept, work = Path(place, "kept"), Path(place, "work")
        # Once beforehand, so that every copy of this process has all libraries.
        edited(Path(place, "other"))
        # Stamps hold the course's whole path: it is always built at the same one.
        work.mkdir()
        CASES[case](work)
        shutil.copytree(work, kept)
        names = build(work).names or []
        new, old = results(work / "out"), results(kept / "out")
        assert len(names) > 10, names
        tried = wrong = 0
        for at, action in itertools.product(points or range(len(names)), actions):
            shutil.rmtree(work)
            shutil.copytree(kept, work)
            ended = build(work, action, at)
            found = list(wrongs(work, ended, action, names[at] if at < len(names) else "", old, new))
            tried += 1
            if found:
                wrong += 1
                told(f"{case} {action} {at} ({names[at]}): {'; '.join(found)}")
            if points and len(points) == 1:
                shutil.copytree(work, KEPT, dirs_exist_ok=True)
        return tried, wrong


def main() -> None:
    """Exit 1 when something was wrong."""
    global _targets
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("case", nargs="?", choices=CASES)
    parser.add_argument("action", nargs="?", choices=ACTIONS)
    parser.add_argument("point", nargs="?", type=int)
    parser.add_argument("--targets", default=",".join(TARGETS))
    parser.add_argument("--two", action="store_true", help="have two processes write, as with many bytes")
    given = parser.parse_args()
    _targets = tuple(given.targets.split(","))
    if given.two:
        coursepack.building.pipeline._MANY_BYTES = 0
    points = None if given.point is None else range(given.point, given.point + 1)
    actions = (given.action,) if given.action else ACTIONS
    tried = wrong = 0
    for case in [given.case] if given.case else CASES:
        more = run(case, actions, points, lambda line: print(line, flush=True))
        tried, wrong = tried + more[0], wrong + more[1]
    print(f"{tried} builds with a fault, {wrong} of them wrong")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
