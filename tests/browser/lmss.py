"""LMSs as single ones are: Moodle, and those that a profile describes by its quirks. Some in every run, all in a long one.

`COURSEPACK_LMSS=all pytest tests/browser/test_hostile_lms.py` tries all.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml
from conftest import STAND_INS, TOP

Json = dict[str, Any]
Target = Literal["scorm12", "scorm2004"]

PROFILES = TOP / "src/coursepack/profiles/data"

_ELEMENTS = {
    "scorm12": {
        "state": "cmi.suspend_data",
        "status": "cmi.core.lesson_status",
        "score": "cmi.core.score.raw",
    },
    "scorm2004": {
        "state": "cmi.suspend_data",
        "status": "cmi.completion_status",
        "success": "cmi.success_status",
        "score": "cmi.score.raw",
    },
}
_SAVED12 = {"state": "suspendData", "status": "status", "score": "score"}


@dataclass(frozen=True)
class PeculiarLms:
    """An LMS that is launched by the options that it always has, and what is read of what it keeps."""

    name: str
    target: Target
    quirks: tuple[str, ...] = ()
    settings: Json = field(default_factory=dict)

    @property
    def is_moodle(self) -> bool:
        return self.name.startswith("moodle")

    @property
    def lms(self) -> str:
        """The page of the stand-in."""
        return ("moodle" if self.is_moodle else "quirky") + ("2004" if self.target == "scorm2004" else "")

    @property
    def options(self) -> Json:
        return {"settings": self.settings} if self.is_moodle else {"quirks": list(self.quirks)}

    def read(self, saved: Json, name: str) -> str:
        """A value of the latest attempt: state, status, success or score."""
        if self.is_moodle:
            values = next(iter(saved["attempts"][-1].values()), {}) if saved.get("attempts") else {}
        elif self.target == "scorm12":
            return str(saved.get(_SAVED12[name]) or "")
        else:
            values = saved.get("values", {})
        return str(values.get(_ELEMENTS[self.target][name]) or "")

    def state(self, saved: Json) -> str:
        return self.read(saved, "state")

    def __str__(self) -> str:
        return f"{self.name}-{self.target}"


def _profiled() -> list[PeculiarLms]:
    """What profiles say, where a course of that version is launched at all."""
    script = (STAND_INS / "quirks.js").read_text("utf-8")
    played = set(re.findall(r'^  "?([\w-]+)"?: \{$', script, re.MULTILINE))
    lmss = []
    for path in sorted(PROFILES.glob("*.yaml")):
        quirks = tuple(yaml.safe_load(path.read_text("utf-8")).get("quirks") or ())
        absent: dict[Target, str] = {"scorm12": "only-api-2004", "scorm2004": "only-api-12"}
        for target, missing in absent.items():
            if played.intersection(quirks) and missing not in quirks and path.stem != "moodle":
                lmss.append(PeculiarLms(path.stem, target, quirks))
    return lmss


MOODLES = [PeculiarLms("moodle", "scorm12"), PeculiarLms("moodle", "scorm2004")]
_SHARE = {"ilias-scorm12", "openedx-scorm2004", "forma-scorm12", "chamilo-scorm12", "frappe-scorm2004"}
LMSS = [
    *MOODLES,
    *(each for each in _profiled() if os.environ.get("COURSEPACK_LMSS") == "all" or str(each) in _SHARE),
]
