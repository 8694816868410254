"""What a build returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursepack.problems import Location, Problem, Report


@dataclass(frozen=True, slots=True)
class Built:
    """A package that was built and judged. Sizes in bytes; `state`: characters of resume state at most.

    `folder` holds the same files unpacked, for targets that are published rather than imported. `units` counts
    what can be launched, `unit` is the standard's word for one. `state_limit` is None where there is none.
    `completions` tells the completion rule in one sentence by language, `en` and `sv`.
    """

    path: Path
    folder: Path | None
    variant: str
    target: str
    title: str
    units: int
    unit: str
    size: int
    unpacked: int
    files: int
    state: int
    state_limit: int | None
    completions: Mapping[str, str]
    new_slots: int
    report: Report

    @property
    def completion(self) -> str:
        """The completion rule in one English sentence."""
        return self.completions["en"]

    def as_dict(self) -> dict[str, Any]:
        """The package as plain values for JSON."""
        names = ("completion" if name == "completions" else name for name in self.__slots__)
        return {
            **{name: getattr(self, name) for name in names if name not in ("path", "folder", "report")},
            "path": self.path.as_posix(),
            "folder": self.folder and self.folder.as_posix(),
            "ok": self.report.ok,
            "problems": [problem.as_dict() for problem in self.report],
        }


def report_of(fields: Mapping[str, Any]) -> Report:
    """The report that `asdict` made plain."""
    return Report(tuple(Problem(**{**p, "location": Location(**p["location"])}) for p in fields["problems"]))


def built_of(fields: Mapping[str, Any]) -> Built:
    """The package that `asdict` made plain."""
    folder = fields["folder"] and Path(fields["folder"])
    return Built(
        **{**fields, "path": Path(fields["path"]), "folder": folder, "report": report_of(fields["report"])}
    )
