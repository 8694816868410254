"""The table of standards that packages are written for."""

from __future__ import annotations

from coursepack.targets.scorm12 import SCORM12
from coursepack.targets.target import Target

__all__ = ["TARGETS", "Target"]

TARGETS: dict[str, Target] = {target.name: target for target in (SCORM12,)}
