"""The table of standards that packages are written for."""

from __future__ import annotations

from coursepack.targets.cmi5 import CMI5
from coursepack.targets.scorm12 import SCORM12
from coursepack.targets.scorm2004 import SCORM2004, SCORM2004_3RD
from coursepack.targets.target import Target
from coursepack.targets.web import WEB
from coursepack.targets.xapi import XAPI

__all__ = ["TARGETS", "Target"]

TARGETS: dict[str, Target] = {
    target.name: target for target in (SCORM12, SCORM2004, XAPI, CMI5, WEB, SCORM2004_3RD)
}
