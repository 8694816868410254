"""The conformance table: what is claimed on each clause, row by row, and how it is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from coursepack.languages import format_of
from coursepack.release.accessibility.rows import NEW, STATUSES, Assessment, Row
from coursepack.release.accessibility.statement import NAME as STATEMENT
from coursepack.release.accessibility.statement import found, level, shortcomings
from coursepack.release.handover import Document, Handover
from coursepack.release.layout import about, other_page, sheet, words
from coursepack.release.paragraphs import definition_in
from coursepack.version import __version__

NAME = "conformance"

_SIGNS = {
    "built": "ok",
    "checked": "ok",
    "author": "note",
    "untried": "warning",
    "inapplicable": "unknown",
}


class Shown(NamedTuple):
    """A row as the table shows it. `also` is the clause of the norm and the level."""

    number: str
    plain: str
    name: str
    also: str
    status: str
    sign: str
    how: str
    by: tuple[str, ...]


class Group(NamedTuple):
    """The rows under one heading."""

    id: str
    title: str
    rows: tuple[Shown, ...]


def documents(handover: Handover, assessment: Assessment, language: str) -> Iterator[Document]:
    """The table in a language."""
    t = words(NAME, language)
    definition = definition_in(handover, language)
    statement = definition.accessibility
    date = format_of(language).date
    numbers = Counter(row.status for row in assessment.rows if not row.faults)
    met = sum(row.is_met for row in assessment.rows)
    counts = [
        {"sign": "ok", "text": t["counts"]["met"].format(n=met)},
        {"sign": "warning", "text": t["counts"]["untried"].format(n=numbers["untried"])},
        {"sign": "note", "text": t["counts"]["author"].format(n=numbers["author"])},
        {"sign": "unknown", "text": t["counts"]["inapplicable"].format(n=numbers["inapplicable"])},
    ]
    faulty = len(assessment.faulty)
    known = t["known"]["none" if not faulty else "one" if faulty == 1 else "many"].format(n=faulty)
    groups = list(_groups(assessment, language, t))
    html = sheet(
        NAME,
        language,
        **about(definition),
        **other_page(NAME, language),
        norm=assessment.norm,
        guidelines=assessment.guidelines,
        verdict=t["verdicts"]["untried"].format(level=t["levels"][level(statement, assessment)], known=known),
        verdict_sign="warning",
        counts=counts,
        meanings=[(name, t["meanings"][name].format(version=__version__)) for name in STATUSES],
        groups=groups,
        held=[row for group in groups for row in group.rows if row.by],
        shortcomings=shortcomings(handover, assessment, language),
        assessed=statement
        and {
            "by": t["by_author"].format(date=date(statement.assessed)),
            "method": statement.method,
            "lang": "" if definition.language == language else definition.language,
        },
        built=t["by_build"].format(version=__version__, date=date(handover.date)),
        statement=f"{STATEMENT}.{language}.html",
    )
    yield Document(f"{NAME}.{language}.html", html.encode())


def _groups(assessment: Assessment, language: str, t: Mapping[str, Any]) -> Iterator[Group]:
    order = ("1", "2", "3", "4", "video", "other", "documents")
    rows = sorted(assessment.rows, key=lambda row: order.index(_group(row)))
    for name, members in groupby(rows, _group):
        shown = tuple(_shown(row, assessment, language, t) for row in members)
        yield Group(f"g-{name}", t["groups"][name], shown)


def _group(row: Row) -> str:
    if row.clause and not row.clause.is_web:
        return "documents"
    if row.criterion:
        return row.criterion.number[0]
    number = row.clause.number if row.clause else ""
    return "video" if number.startswith("7.") else "other"


def _shown(row: Row, assessment: Assessment, language: str, t: Mapping[str, Any]) -> Shown:
    clause, criterion = row.clause, row.criterion
    is_document = clause is not None and not clause.is_web
    number = (
        clause.number if clause and (is_document or not criterion) else criterion.number if criterion else ""
    )
    level = (clause.level if clause else "") or (criterion.level if criterion else "")
    also = []
    if criterion and not is_document:
        also.append(
            f"EN {clause.number}" if clause else t["only_new"].format(wcag=assessment.guidelines.name)
        )
    if level:
        also.append(t["level"].format(level=level))
    # A clause for documents is about the same as the criterion that it repeats.
    about = criterion.number if criterion else row.claim
    is_broken = bool(row.faults)
    return Shown(
        number,
        t["plain"].get(about, ""),
        (clause.name if clause else "") or (criterion.name if criterion else ""),
        " · ".join(also),
        "author" if is_broken else row.status,
        "error" if is_broken else _SIGNS[row.status],
        explanation(row, assessment, language, t),
        row.by,
    )


def explanation(row: Row, assessment: Assessment, language: str, t: Mapping[str, Any]) -> str:
    """How the status of a row is known, and what the check found against it."""
    if row.say == NEW:
        return str(t["not_judged"])
    how = str(t["hows"][row.claim][row.say]).format(**_numbers(assessment, t))
    if not row.faults:
        return how
    places = {"one": "1", "many": "{n}"}
    told = "; ".join(f"{what} ({times})" for what, times in found([row], language, places))
    faults = t["faults"].format(found=told)
    # What was tried does not hold for this course.
    return faults if row.status == "checked" else f"{how} {faults}"


def _numbers(assessment: Assessment, t: Mapping[str, Any]) -> dict[str, str]:
    """The numbers of contents in words, and the length of all films."""
    numbers = assessment.contents.numbers
    told = {
        name: forms["one" if numbers[name] == 1 else "many"].format(n=numbers[name])
        for name, forms in t["numbers"].items()
    }
    minutes, seconds = divmod(round(assessment.contents.seconds), 60)
    return {**told, "length": f"{minutes} min {seconds} s"}
