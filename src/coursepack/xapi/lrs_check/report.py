"""The result of a check: rows, and what it left in the LRS."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Verdict = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. `ask` is what the host of the LRS should change, or empty."""

    name: str
    verdict: Verdict
    seen: str
    ask: str = ""

    def as_dict(self) -> dict[str, str]:
        """The row as plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Written:
    """What the check left in the LRS. Statements cannot be deleted, only voided (part 2, 2.3.2)."""

    actor: str
    activity: str
    registration: str
    statements: int
    voided: int
    documents: int
    """State documents that could not be deleted."""


@dataclass(frozen=True, slots=True)
class LrsReport:
    """The result of a check."""

    endpoint: str
    origin: str
    rows: tuple[Row, ...]
    written: Written | None = None

    @property
    def works(self) -> bool:
        """Whether packages work with this LRS: no row fails."""
        return not any(row.verdict == "fail" for row in self.rows)

    @property
    def warned(self) -> bool:
        """Whether any row is a warning."""
        return any(row.verdict == "warn" for row in self.rows)

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        return {
            "ok": self.works,
            "endpoint": self.endpoint,
            "origin": self.origin,
            "rows": [row.as_dict() for row in self.rows],
            "written": asdict(self.written) if self.written else None,
        }
