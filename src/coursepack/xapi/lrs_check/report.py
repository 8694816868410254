"""What a trial of an LRS comes to: the rows of its table, and what it has left behind."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Verdict = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `ask` is what the host could change; empty where all is well."""

    name: str
    verdict: Verdict
    seen: str
    ask: str = ""

    def as_dict(self) -> dict[str, str]:
        """The row as plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Written:
    """What the trial has left in the LRS; statements cannot be removed, only voided (part 2, 2.3.2)."""

    actor: str
    activity: str
    registration: str
    statements: int
    voided: int
    documents: int
    """State documents that could not be deleted."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What was found. A package works when no row fails."""

    endpoint: str
    origin: str
    rows: tuple[Row, ...]
    written: Written | None = None

    @property
    def works(self) -> bool:
        """Whether a package would work with this LRS."""
        return not any(row.verdict == "fail" for row in self.rows)

    @property
    def warned(self) -> bool:
        """Whether something could be better."""
        return any(row.verdict == "warn" for row in self.rows)

    def as_dict(self) -> dict[str, Any]:
        """The trial as plain values for JSON."""
        return {
            "ok": self.works,
            "endpoint": self.endpoint,
            "origin": self.origin,
            "rows": [row.as_dict() for row in self.rows],
            "written": asdict(self.written) if self.written else None,
        }
