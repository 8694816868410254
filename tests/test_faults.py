"""A build that meets a fault at any of its calls that write leaves nothing half done. `make soak` tries more builds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import faults
import pytest
from strategies import write_course

pytestmark = pytest.mark.long

HERE = Path(__file__).resolve().parent


@pytest.mark.share(1)
@pytest.mark.parametrize("action", faults.ACTIONS)
def test_a_fault_at_any_call_leaves_packages_whole_and_the_next_build_right(
    tmp_path: Path, action: str
) -> None:
    # In a process of its own: it goes on in copies of itself, which pytest's threads would not outlive.
    command = [sys.executable, HERE / "faults.py", "edited", action, "--targets", "web"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    *lines, last = done.stdout.splitlines()
    assert lines == []
    tried, _, wrong = last.partition(" builds with a fault, ")
    assert (int(tried) > 30, wrong) == (True, "0 of them wrong")
    assert done.returncode == 0


OLD: faults.Results = {"a.zip": b"old", "web": {"index.html": b"old", "player.js": b"old"}}
NEW: faults.Results = {"a.zip": b"new", "web": {"index.html": b"new", "player.js": b"new"}}


def place(folder: Path, content: faults.Results, *unfinished: str) -> None:
    for name, each in content.items():
        files = (
            {f"out/{name}/{inner}": data for inner, data in each.items()}
            if isinstance(each, dict)
            else {f"out/{name}": each}
        )
        for path, data in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
    for name in unfinished:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


REFUSED = faults.Ended(1, "a.zip: fatal package/unwritable: cannot be written: Input/output error", [])
WELL = faults.Ended(0, "", [])


@pytest.mark.parametrize(
    ("ended", "now", "unfinished", "told"),
    [
        (REFUSED, OLD, [], []),
        (REFUSED, {**OLD, "web": NEW["web"]}, [], []),
        (WELL, NEW, [], []),
        (faults.Ended(1, "Traceback (most recent call last)", []), OLD, [], ["it ended with 1", "it failed without a reason"]),
        (faults.Ended(2, "cannot be written", []), OLD, [], ["it ended with 2"]),
        (faults.Ended(1, "", []), OLD, [], ["it failed without a reason"]),
        (WELL, OLD, [], ["it ended well, and its packages"]),
        (REFUSED, {**OLD, "a.zip": b"ne"}, [], ["a.zip is neither"]),
        (REFUSED, {**OLD, "web": {"index.html": b"new", "player.js": b"old"}}, [], ["web is neither"]),
        (REFUSED, {"a.zip": b"old"}, [], ["web: neither"]),
        (REFUSED, {**OLD, ".a.zip.part": b"old"}, [], [".a.zip.part is neither", "it left"]),
        (REFUSED, OLD, ["out/.coursepack/.coursepack-1"], ["it left"]),
        (REFUSED, OLD, ["course/.coursepack-1"], ["it left"]),
    ],
)  # fmt: skip
def test_the_oracle_sees_what_a_build_leaves(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ended: faults.Ended,
    now: faults.Results,
    unfinished: list[str],
    told: list[str],
) -> None:
    write_course(tmp_path / "course")
    place(tmp_path, now, *unfinished)

    def mends(work: Path) -> faults.Ended:
        for path in [*work.rglob(".*coursepack-*"), work / "out/.a.zip.part"]:
            path.unlink(missing_ok=True)
        place(work, NEW)
        return WELL

    monkeypatch.setattr(faults, "build", mends)
    found = list(faults.wrongs(tmp_path, ended, "error", "write", OLD, NEW))
    assert [one[: len(start)] for one, start in zip(found, told, strict=True)] == told


@pytest.mark.parametrize(
    ("after", "told"), [("fails", "the next build ended with 1"), ("does nothing", "the next build's packages"), ("leaves", "the next build left")]
)  # fmt: skip
def test_the_oracle_sees_a_next_build_that_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: str, told: str
) -> None:
    write_course(tmp_path / "course")
    place(tmp_path, OLD)

    def builds(work: Path) -> faults.Ended:
        if after != "does nothing":
            place(work, NEW)
        if after == "leaves":
            place(work, {}, "out/.coursepack/.coursepack-1")
        return REFUSED if after == "fails" else WELL

    monkeypatch.setattr(faults, "build", builds)
    (found,) = faults.wrongs(tmp_path, REFUSED, "error", "write", OLD, NEW)
    assert found.startswith(told)


STRIKING = """
import os, sys
from pathlib import Path
import faults
def act(place):
    os.mkdir(place / "folder")
    with open(place / "folder/a", "wb") as file:
        file.write(b"ab" * 4)
    os.truncate(place / "folder/a", 6)
    os.replace(place / "folder/a", place / "c")
    os.link(place / "c", place / "d")
    (place / "d").unlink()
    os.close(os.open(place / "e", os.O_CREAT | os.O_WRONLY))
seen = faults.Faults(sys.argv[2], int(sys.argv[3]))
seen.install()
try:
    act(Path(sys.argv[1]))
except OSError as error:
    print(error.strerror)
print(*seen.names)
"""
CALLS = "mkdir open write truncate replace link unlink open".split()


@pytest.mark.parametrize("at", range(len(CALLS)))
def test_a_fault_strikes_the_call_that_is_meant(tmp_path: Path, at: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STRIKING, tmp_path, "error", str(at)],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"Input/output error\n{' '.join(CALLS[: at + 1])}\n"
    if CALLS[at] == "write":
        assert (tmp_path / "folder/a").read_bytes() == b"abab"
    assert os.path.lexists(tmp_path / "folder") == (at > 0)
