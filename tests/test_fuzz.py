"""A hundred spoilt packages: no command fails on one. `make soak` spoils more."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

import fuzz
import pytest

from coursepack.checking import CheckResult
from coursepack.problems import Location, PackageError, Problem, Report

pytestmark = pytest.mark.long

SEED = 1


@pytest.mark.parametrize("count", [100, pytest.param(300, marks=pytest.mark.soak)])
def test_no_command_fails_on_a_spoilt_package(count: int) -> None:
    outcome = fuzz.fuzz(count, SEED)
    assert outcome.failures == {}
    assert outcome.count == count
    # Inputs that are all refused at the door, or all whole, would prove nothing.
    assert len(outcome.rules) > count / 3
    assert outcome.rules["container/damaged-zip"] < count / 2


def test_an_input_depends_on_its_seed_and_number_alone(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        for number in range(30):
            fuzz.make(SEED, number, tmp_path / name)
    one, other = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).glob("*.zip")}
        for name in ("one", "other")
    )
    assert one == other
    assert len(set(one.values())) == len(one) > 20


def test_nothing_is_written_beside_an_input(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    for number in range(400):
        path = fuzz.make(SEED, number, inner)
        assert list(inner.iterdir()) == [path]
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    assert list(tmp_path.iterdir()) == [inner]


def problem(**changes: Any) -> Problem:
    """A good one, but for the changes."""
    fields = {
        "rule": "container/duplicate-name",
        "severity": "warning",
        "says": "There are 2.",
        "location": Location("a.html", 1, 1),
        "advises": "Zip anew.",
    }
    return Problem(**{**fields, **changes})


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        (problem(), ""),
        (problem(rule="container/no-such-rule"), "No rule is 'container/no-such-rule'."),
        (problem(severity="grave"), "No severity or no message"),
        (problem(says=""), "No severity or no message"),
        (problem(says="a\x1b[2J"), "Not printable"),
        (problem(advises="a\nb"), "Not printable"),
        (problem(location=Location("a\u202e.html")), "Not printable"),
        (problem(location=Location("a.html", 0)), "No such place"),
        (problem(location=Location("a.html", 1, 0)), "No such place"),
    ],
)
def test_the_oracle_tells_a_bad_problem_from_a_good_one(found: Problem, fault: str) -> None:
    faults = fuzz.faults_in(CheckResult(Path("a.zip"), ("SCORM 1.2",), "", Report((found,))))
    assert [fault] == [one[: len(fault)] for one in faults] if fault else faults == []


def sound(folder: Path) -> Path:
    """A package that nothing was done to."""
    path = folder / "sound.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in fuzz.bases()[0].items():
            archive.writestr(name, data)
    return path


def fails(*_: object, **__: object) -> str:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    "command", ["check_path", "page", "junit", "sarif", "as_json", "facts_as_text", "mend", "diff"]
)
def test_the_oracle_sees_a_command_that_fails(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sound(tmp_path)
    assert fuzz.faults_of(path)[0] == []
    monkeypatch.setattr(fuzz, command, fails)
    faults, _ = fuzz.faults_of(path)
    assert faults
    assert all("ZeroDivisionError" in fault for fault in faults)


@pytest.mark.parametrize("form", ["page", "system_lines", "facts_as_text"])
def test_the_oracle_sees_a_form_that_would_steer_a_terminal(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sound(tmp_path)
    told = ["a", "\x1b[2J"]
    monkeypatch.setattr(fuzz, form, lambda *_: told if form == "system_lines" else "\n".join(told))
    assert set(fuzz.faults_of(path)[0]) == {"Not printable: '\\x1b[2J'"}


def test_the_oracle_sees_what_is_left_of_a_package_that_was_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(_: Path, target: Path) -> None:
        target.write_bytes(b"PK")
        raise PackageError(Report((problem(),)))

    path = sound(tmp_path)
    monkeypatch.setattr(fuzz, "mend", refuses)
    assert fuzz.faults_of(path)[0] == ["Something is left of what was refused."]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("kinds", "maker"), [(("SCORM\x1b",), ""), ((), "a\0b")])
def test_the_oracle_sees_what_would_steer_a_terminal(kinds: tuple[str, ...], maker: str) -> None:
    (fault,) = fuzz.faults_in(CheckResult(Path("a.zip"), kinds, maker, Report()))
    assert fault.startswith("Not printable")
