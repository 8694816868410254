"""`coursepack rehearse` without a browser: what it refuses, and how."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coursepack.cli import main
from coursepack.rehearsal import SCENARIOS
from coursepack.rehearsal.rehearse import Rehearsal, State

MANIFEST = """<manifest identifier="m" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
 xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"><metadata><schema>ADL SCORM</schema>
<schemaversion>1.2</schemaversion></metadata><organizations default="o"><organization identifier="o">
<title>Small</title><item identifier="i" identifierref="r"><title>Small</title></item></organization></organizations>
<resources><resource identifier="r" type="webcontent" adlcp:scormtype="sco" href="index.html"/></resources></manifest>"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["rehearse", *map(str, arguments), "--language", "en"])


def test_the_help_names_the_scenarios_that_there_are() -> None:
    assert SCENARIOS == ("completes", "resumes", "killed", "narrow", "network")
    told = " ".join(run("--help").stdout.split())
    assert "completes, resumes, killed, narrow, network" in told


@pytest.mark.parametrize("name", ["gone.zip", "gone"])
def test_a_package_that_is_not_there_is_a_wrong_command_line(name: str, tmp_path: Path) -> None:
    result = run(tmp_path / name)
    assert result.exit_code == 2
    assert f"Path '{tmp_path / name}' does not exist" in result.stderr


def test_an_lms_or_a_scenario_that_there_is_not_is_a_wrong_command_line(tmp_path: Path) -> None:
    result = run(tmp_path, "--as", "mooddle")
    assert result.exit_code == 2
    assert "there is no 'mooddle'. Did you mean 'moodle'?" in result.stderr
    assert run(tmp_path, "--only", "sleeps").exit_code == 2


def test_what_cannot_be_launched_is_refused_with_the_reason(tmp_path: Path) -> None:
    broken, empty, folder = tmp_path / "broken.zip", tmp_path / "empty.zip", tmp_path / "folder"
    broken.write_bytes(b"PK\x03\x04 and then nothing")
    with zipfile.ZipFile(empty, "w") as zipped:
        zipped.writestr("index.txt", "")
    folder.mkdir()
    for path in (broken, empty, folder):
        result = run(path)
        assert result.exit_code == 2, path
        assert f"{path} cannot be rehearsed: " in result.stderr
        assert isinstance(result.exception, SystemExit)


def test_a_browser_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "imsmanifest.xml").write_text(MANIFEST, "utf-8")
    (tmp_path / "index.html").write_text("<h1>Small</h1>", "utf-8")
    # A process of its own: Playwright takes one for each browser.
    told = subprocess.run(
        [sys.executable, "-m", "coursepack", "rehearse", "--language", "en", tmp_path],
        env={**os.environ, "COURSEPACK_CHROMIUM": str(tmp_path / "gone")},
        capture_output=True,
        text=True,
    )
    assert told.returncode == 2
    assert "There is no Chromium that starts" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize(
    ("states", "worst"),
    [
        (["ok", "ok"], "ok"),
        (["ok", "unfinished"], "unfinished"),
        (["unfinished", "warned"], "warned"),
        (["failed", "warned"], "failed"),
        # Of what there is no LMS for, nothing is known.
        (["impossible", "ok"], "unfinished"),
        (["impossible", "impossible"], "unfinished"),
    ],
)
def test_the_worst_outcome_is_that_of_all(states: list[State], worst: str) -> None:
    found = Rehearsal("p", "", "", "", outcomes=dict(zip(SCENARIOS, states, strict=False)))
    assert found.state == worst
