"""What a release says of its course in a word or a sentence: how accessible it is, and whether it replaces another."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from coursepack.release.accessibility.rows import assess
from coursepack.release.accessibility.statement import Level, level
from coursepack.release.handover import Document, Handover


class Compliance(NamedTuple):
    """How far the course complies, `unknown` without a statement, and the number of known shortcomings."""

    level: Level
    shortcomings: int


class Update(NamedTuple):
    """The verdict on replacing the older `version`, a sentence in each language. `name` is that of its pages."""

    name: str
    version: str
    sentences: Mapping[str, str]


def compliance(handover: Handover) -> Compliance:
    """What the statement says: shortcomings that the author names, and each fault that the check found."""
    statement, assessment = handover.course.definition.accessibility, assess(handover)
    faults = {problem.rule for row in assessment.faulty for problem in row.faults}
    named = len(statement.shortcomings) if statement else 0
    return Compliance(level(statement, assessment), named + len(faults))


def updates(documents: Iterable[Document]) -> Iterator[Update]:
    """The verdicts of the documents that tell what has changed."""
    for each in documents:
        if each.name.endswith(".json"):
            told = json.loads(each.data)
            yield Update(
                each.name.removesuffix(".json"), told["old"]["version"], told["verdict"]["sentences"]
            )
