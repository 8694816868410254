"""What is claimed of a course on each clause, from `claims.yaml` and what the check found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from coursepack.problems import Problem
from coursepack.release.accessibility.contents import Contents, contents
from coursepack.release.accessibility.standards import Clause, Criterion, Guidelines, Norm, guidelines, norm
from coursepack.release.handover import Handover

Status = Literal["built", "checked", "author", "untried", "inapplicable"]
"""built: nothing else can be built. checked: tried by tests. author: only the author knows. untried: in parts only."""

STATUSES: tuple[Status, ...] = get_args(Status)

NEW = "new"
"""The words of a clause on which nothing is claimed yet."""


@dataclass(frozen=True, slots=True)
class Row:
    """A requirement: a clause of the norm, a criterion of the guidelines, or both.

    `claim` and `say` name its words; `by` are the rules and tests that hold the claim. `faults` are what the check
    found in the course against it: it is then not met, whatever its status.
    """

    clause: Clause | None
    criterion: Criterion | None
    claim: str
    status: Status
    say: str
    by: tuple[str, ...] = ()
    faults: tuple[Problem, ...] = ()

    @property
    def is_met(self) -> bool:
        """Whether it is claimed to be met."""
        return self.status in ("built", "checked") and not self.faults


@dataclass(frozen=True, slots=True)
class Assessment:
    """The rows of a course, and the versions of the standards that they follow."""

    norm: Norm
    guidelines: Guidelines
    contents: Contents
    rows: tuple[Row, ...]

    @property
    def faulty(self) -> tuple[Row, ...]:
        """The rows in which the check found something."""
        return tuple(row for row in self.rows if row.faults)


def assess(handover: Handover, version: Norm | None = None) -> Assessment:
    """The rows in the order of WCAG, then what only the norm asks for, then documents."""
    chosen, known = version or norm(), guidelines()
    has = contents(handover.course, handover.packages)
    places = list(_places(chosen, known, has))
    return Assessment(
        chosen, known, has, tuple(_row(clause, criterion, has, handover) for clause, criterion in places)
    )


def _places(
    chosen: Norm, known: Guidelines, has: Contents
) -> Iterator[tuple[Clause | None, Criterion | None]]:
    web = [clause for clause in chosen.clauses if clause.is_web]
    repeated = {clause.wcag: clause for clause in web if clause.wcag}
    for number, criterion in known.criteria.items():
        yield repeated.get(number), criterion
    for clause in web:
        if clause.wcag not in known.criteria:
            yield clause, None
    documents = [clause for clause in chosen.clauses if not clause.is_web]
    # A chapter of one kind of thing that the course does not have is one row.
    for clause in documents if has.has(["documents"]) else documents[:1]:
        yield clause, known.criteria.get(clause.wcag)


def _row(clause: Clause | None, criterion: Criterion | None, has: Contents, handover: Handover) -> Row:
    claim = clause.claim if clause else criterion.number if criterion else ""
    entries = claims().get(claim, {"status": "untried", "say": NEW})
    for entry in entries if isinstance(entries, list) else [entries]:
        if has.has(entry.get("with", ())):
            break
    faults = entry.get("faults", ())
    return Row(
        clause,
        criterion,
        claim,
        entry["status"],
        entry.get("say", entry["status"]),
        tuple(entry.get("by", ())),
        tuple(problem for problem in handover.report if problem.rule in faults),
    )


@cache
def claims() -> Mapping[str, Any]:
    """The contents of `claims.yaml`."""
    found: Mapping[str, Any] = yaml.load(
        Path(__file__).with_name("claims.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader
    )
    return found
