"""The rules for courses that need the contents of files. A module for each kind of value that is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coursepack.reading.rules.rule import Rule

RULES: dict[str, Rule[Any]]
"""All rules by name; collected on first access."""


def __getattr__(name: str) -> dict[str, Rule[Any]]:
    if name != "RULES":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from coursepack.reading.rules import (
        animations,
        captions,
        chapters,
        completion,
        covers,
        documents,
        examinations,
        facts,
        origins,
        pages,
        people,
        pictures,
        playables,
        posters,
        readability,
        sizes,
        structure,
        texts,
        translations,
    )
    from coursepack.reading.rules.rule import rules_of

    modules = (
        structure,
        completion,
        pages,
        pictures,
        animations,
        playables,
        posters,
        origins,
        captions,
        chapters,
        examinations,
        documents,
        people,
        covers,
        texts,
        facts,
        translations,
        readability,
        sizes,
    )
    rules = {rule.name: rule for module in modules for rule in rules_of(module)}
    globals()["RULES"] = rules
    return rules
