"""The table of standards that packages are written for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from coursepack.targets.target import Target

__all__ = ["TARGETS", "USUAL_TARGETS"]


class _Row(NamedTuple):
    """A target's module and its name there; `is_usual` when it is built by default."""

    module: str
    value: str
    is_usual: bool = True


_ROWS = {
    "scorm12": _Row("scorm12", "SCORM12"),
    "scorm2004": _Row("scorm2004", "SCORM2004"),
    "xapi": _Row("xapi", "XAPI"),
    "cmi5": _Row("cmi5", "CMI5"),
    "web": _Row("web", "WEB"),
    # For systems that do not support the 4th edition.
    "scorm2004-3rd": _Row("scorm2004", "SCORM2004_3RD", is_usual=False),
}


class _Targets(Mapping[str, "Target"]):
    """All targets by name, each imported on first access: a build with nothing to do needs none."""

    def __getitem__(self, name: str) -> Target:
        row = _ROWS[name]
        target: Target = getattr(import_module(f"{__name__}.{row.module}"), row.value)
        return target

    def __contains__(self, name: object) -> bool:
        # Mapping.__contains__ would import the target.
        return name in _ROWS

    def __iter__(self) -> Iterator[str]:
        return iter(_ROWS)

    def __len__(self) -> int:
        return len(_ROWS)


TARGETS: Mapping[str, Target] = _Targets()
USUAL_TARGETS = tuple(name for name, row in _ROWS.items() if row.is_usual)
"""The targets that are built by default."""
