"""Every quirk of an LMS that a course meets while it runs is played by a stand-in, so that the tests run over it."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

TOP = Path(__file__).parents[1]
STAND_INS = TOP / "templates/preview"
QUIRKS = TOP / "src/coursepack/profiles/quirks.yaml"

# How packages are read and served; checked in them.
OF_PACKAGES = {
    "flat-file-lookup",
    "no-range",
    "first-manifest-in-zip",
    "schemaversion-list",
    "csp-self",
}


def played() -> set[str]:
    """Names of the quirks that stand-ins play."""
    single = re.findall(r'^  "?([\w-]+)"?: \{$', (STAND_INS / "quirks.js").read_text("utf-8"), re.MULTILINE)
    moodle = (STAND_INS / "moodle.js").read_text("utf-8")
    listed = moodle[moodle.index("static QUIRKS = [") : moodle.index("];")]
    return {*single, *re.findall(r'"([\w-]+)"', listed)}


def known() -> set[str]:
    """Names of those that an LMS for SCORM may have. What the server of a package's files does is played there."""
    quirks = yaml.safe_load(QUIRKS.read_text("utf-8"))
    return {
        name
        for name, about in quirks.items()
        if any(standard.startswith("SCORM") for standard in about["standards"])
        and about.get("simulated") != "server"
    }


def test_every_quirk_of_an_lms_for_scorm_has_a_stand_in() -> None:
    assert played() == known() - OF_PACKAGES
