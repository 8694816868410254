"""The claims of a course as a list for reviewers: what is due first comes first."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from coursepack.course.claims import Claim
from coursepack.inspection.terminal import LEAST_WIDTH, wrapped
from coursepack.languages import ENGLISH, authors

_INDENT = "  "


def due_by(claims: Iterable[Claim], day: datetime.date | None = None) -> list[Claim]:
    """The claims that are due by a day, or all; those that were never checked first, then the oldest."""
    found = [claim for claim in claims if day is None or claim.due is None or claim.due <= day]
    return sorted(found, key=_order)


def _order(claim: Claim) -> tuple[Any, ...]:
    return (*_check(claim), claim.place.sort_key)


def _check(claim: Claim) -> tuple[datetime.date, datetime.date, str]:
    """What is looked up at once: a source, for what was checked on the same day."""
    first = datetime.date.min
    return claim.due or first, claim.checked or first, claim.source


def claim_dict(claim: Claim, today: datetime.date) -> dict[str, Any]:
    """A claim as plain values for JSON."""
    return {
        "passage": claim.passage,
        "page": claim.page or None,
        "file": claim.place.file,
        "line": claim.place.line,
        "column": claim.place.column,
        "source": claim.source,
        "title": claim.title,
        "checked": claim.checked and str(claim.checked),
        "due": claim.due and str(claim.due),
        "overdue": claim.is_overdue(today),
    }


def lines(
    claims: Sequence[Claim], today: datetime.date, width: int = 80, language: str = ENGLISH
) -> Iterator[str]:
    """The lines, wrapped to `width` columns (at least 40): each source with what rests on it. `claims` are in order."""
    words = authors(language)["facts"]
    width = max(width, LEAST_WIDTH)
    overdue = sum(claim.is_overdue(today) for claim in claims)
    unchecked = sum(claim.checked is None for claim in claims)
    yield from wrapped(words["sum"].format(facts=len(claims), overdue=overdue, unchecked=unchecked), width)
    for _, group in groupby(claims, _check):
        same = list(group)
        first = same[0]
        kind = "unchecked" if first.checked is None else "overdue" if first.is_overdue(today) else "due"
        told = words[kind].format(due=first.due, checked=first.checked)
        yield ""
        yield from wrapped(f"{told}: {first.source}, {first.title}", width, "", _INDENT)
        for claim in same:
            passage = words["page"].format(page=claim.page) if claim.passage is None else claim.passage
            yield from wrapped(f"{claim.place}: {passage}", width, _INDENT, _INDENT * 2)
