"""What the Makefile calls, run on a Makefile of the test's own."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAKEFILE = """\
setup-good:
\t@echo set up
good last: setup-good
\t@echo $@ was made
setup-bad bad:
\t@false
setup-asks:
\t@read answer; echo "was answered $$answer"
# Each ends only when the other has begun.
here there: setup-good
\t@echo $@ >>begun; until [ $$(wc -l <begun) -eq 2 ]; do sleep 0.05; done; echo $@ has met
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/run-parts", tmp_path / "tools")
    (tmp_path / "Makefile").write_text(MAKEFILE, "utf-8")
    return tmp_path


def run_parts(project: Path, *parts: str) -> tuple[int, str, list[tuple[str, str]]]:
    """The exit status, all that was printed, and the outcome of each part in the lines at its end."""
    done = subprocess.run([project / "tools/run-parts", *parts], capture_output=True, text=True)
    summary = done.stdout.rstrip().rpartition("\n\n")[2]
    return done.returncode, done.stdout, re.findall(r"^(\S+) +(passed|FAILED) +\d+ s$", summary, re.MULTILINE)


def test_parts_that_pass_are_told_with_their_times(project: Path) -> None:
    status, printed, told = run_parts(project, "setup-good", "good", "last")
    assert (status, told) == (0, [("setup-good", "passed"), ("good", "passed"), ("last", "passed")])
    assert printed.count("set up") == 1


def test_a_part_that_fails_fails_the_run_when_the_others_are_done(project: Path) -> None:
    status, printed, told = run_parts(project, "setup-good", "bad", "last")
    assert (status, told) == (1, [("setup-good", "passed"), ("bad", "FAILED"), ("last", "passed")])
    assert "last was made" in printed


def test_parts_of_one_stage_run_at_once_and_print_one_after_the_other(project: Path) -> None:
    status, printed, told = run_parts(project, "setup-good", "here,bad,there", "last")
    assert (status, told[0], told[-1]) == (1, ("setup-good", "passed"), ("last", "passed"))
    assert sorted(told[1:-1]) == [("bad", "FAILED"), ("here", "passed"), ("there", "passed")]
    assert "== here\nhere has met\n" in printed
    assert "== there\nthere has met\n" in printed
    assert printed.count("set up") == 1


def test_a_setup_beside_other_parts_can_ask(project: Path) -> None:
    done = subprocess.run(
        [project / "tools/run-parts", "setup-asks,good", "last"],
        capture_output=True,
        text=True,
        input="yes\n",
    )
    assert done.returncode == 0
    assert "was answered yes" in done.stdout


def test_nothing_follows_a_setup_that_fails_beside_other_parts(project: Path) -> None:
    status, printed, told = run_parts(project, "setup-bad,good", "last")
    assert (status, sorted(told)) == (1, [("good", "passed"), ("setup-bad", "FAILED")])
    assert "last was made" not in printed


@pytest.mark.parametrize(
    "end_by",
    [lambda pid: os.killpg(pid, signal.SIGINT), lambda pid: os.kill(pid, signal.SIGTERM)],
    ids=["Ctrl-C", "kill"],
)
def test_nothing_runs_on_when_it_is_ended(project: Path, end_by: Callable[[int], None]) -> None:
    end, held = os.pipe()
    # The tests may run where Ctrl-C is ignored, as what a script puts into the background does; that would be inherited.
    process = subprocess.Popen(
        ["env", "--default-signal=INT", project / "tools/run-parts", "setup-good", "here,bad"],
        stdout=subprocess.DEVNULL,
        pass_fds=[held],
        start_new_session=True,
    )
    os.close(held)
    while not (project / "begun").exists():
        time.sleep(0.01)
    end_by(process.pid)
    assert process.wait(timeout=30) == 130
    # It ends with the last process that has inherited it.
    assert select.select([end], [], [], 30)[0], "something runs on"
    os.close(end)


def test_nothing_is_run_on_half_a_setup(project: Path) -> None:
    status, printed, told = run_parts(project, "setup-bad", "last")
    assert (status, told) == (1, [("setup-bad", "FAILED")])
    assert "last was made" not in printed


def test_nothing_is_set_up_after_half_a_setup(project: Path) -> None:
    status, _, told = run_parts(project, "setup-good", "setup-bad", "last")
    assert (status, told) == (1, [("setup-good", "passed"), ("setup-bad", "FAILED")])


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("check", ["setup-check", "lint,types,player", "unit"]),
        ("test", ["setup-check", "setup-test,lint,types,player,docs", "pytest"]),
    ],
)
def test_make_runs_every_part(target: str, parts: list[str]) -> None:
    done = subprocess.run(
        ["make", "-n", "--no-print-directory", target], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["tools/run-parts", *parts]


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """A repository of version 1.2.3 with the release script, one commit and a changelog without a section for it."""
    for folder in ("tools", ".venv/bin"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "tools/release", tmp_path / "tools")
    python = tmp_path / ".venv/bin/python"
    python.write_text('#!/bin/sh\n[ "$1" = -c ] && echo 1.2.3\n', "utf-8")
    python.chmod(0o755)
    (tmp_path / ".gitignore").write_text("/.venv\n", "utf-8")
    (tmp_path / "CHANGELOG.md").write_text("## Unreleased\n", "utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "First")
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True)


def release(folder: Path) -> str:
    done = subprocess.run([folder / "tools/release"], capture_output=True, text=True)
    assert done.returncode == 1
    return done.stdout + done.stderr


def test_a_release_is_made_of_a_commit(released: Path) -> None:
    (released / "new.txt").write_text("", "utf-8")
    assert "changes that are not committed" in release(released)


def test_a_tagged_release_has_its_section_in_the_changelog(released: Path) -> None:
    assert "a trial" in release(released)
    git(released, "tag", "-a", "-m", "1.2.3", "v1.2.3")
    assert "CHANGELOG.md has no section '## 1.2.3 - <date>'." in release(released)
    (released / "CHANGELOG.md").write_text("## Unreleased\n\n## 1.2.3 - 2027-01-31\n", "utf-8")
    git(released, "commit", "-aqm", "Release")
    git(released, "tag", "-af", "-m", "1.2.3", "v1.2.3")
    printed = release(released)
    assert "version 1.2.3, commit" in printed
    assert "a trial" not in printed
    assert "The build failed." in printed
