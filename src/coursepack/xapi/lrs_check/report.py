"""The result of a check: rows, and what it left in the LRS."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from coursepack.problems import Message

Verdict = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True, init=False)
class Row:
    """A line of the table.

    `name`, `seen` and `ask` are English; `title`, `says` and `advises` are the same as templates with values, for
    other languages. `ask` is what the host of the LRS should change, or empty.
    """

    title: Message
    verdict: Verdict
    says: Message
    advises: Message

    def __init__(
        self, name: str | Message, verdict: Verdict, seen: str | Message, ask: str | Message = ""
    ) -> None:
        title, says, advises = (
            each if isinstance(each, Message) else Message(each) for each in (name, seen, ask)
        )
        for field, value in zip(self.__slots__, (title, verdict, says, advises), strict=True):
            object.__setattr__(self, field, value)

    @property
    def name(self) -> str:
        """What was checked."""
        return str(self.title)

    @property
    def seen(self) -> str:
        """What the LRS did."""
        return str(self.says)

    @property
    def ask(self) -> str:
        """What the host should change."""
        return str(self.advises)

    def as_dict(self) -> dict[str, str]:
        """The row as plain values for JSON."""
        return {"name": self.name, "verdict": self.verdict, "seen": self.seen, "ask": self.ask}


@dataclass(frozen=True, slots=True)
class Written:
    """What the check left in the LRS, by the account `name` of `home_page`. Statements are voided (part 2, 2.3.2)."""

    name: str
    home_page: str
    activity: str
    registration: str
    statements: int
    voided: int
    documents: int
    """State documents that could not be deleted."""

    def as_dict(self) -> dict[str, str | int]:
        """The values for JSON; the account of the actor as text."""
        values = asdict(self)
        return {"actor": f"{values.pop('name')} of {values.pop('home_page')}", **values}


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
            "written": self.written.as_dict() if self.written else None,
        }
