"""The accessibility of a course: the statement that the law asks for, the conformance table, and the same as EARL."""

from __future__ import annotations

from collections.abc import Iterator

from coursepack.release.accessibility import conformance, earl, statement
from coursepack.release.accessibility.rows import assess
from coursepack.release.handover import LANGUAGES, Document, Handover

__all__ = ["documents"]


def documents(handover: Handover) -> Iterator[Document]:
    """Statement and table in each language, and the assertions for programs."""
    assessment = assess(handover)
    for language in LANGUAGES:
        yield from statement.documents(handover, assessment, language)
        yield from conformance.documents(handover, assessment, language)
    yield earl.document(handover, assessment)
