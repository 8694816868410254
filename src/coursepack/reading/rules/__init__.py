"""The rules for courses: what only shows once files have been read. A module for each value that is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coursepack.reading.rules.rule import Rule

RULES: dict[str, Rule[Any]]
"""Every rule by name; gathered when it is first asked for."""


def __getattr__(name: str) -> dict[str, Rule[Any]]:
    if name != "RULES":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from coursepack.reading.rules import (
        captions,
        completion,
        covers,
        documents,
        pages,
        people,
        pictures,
        playables,
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
        playables,
        captions,
        documents,
        people,
        covers,
        texts,
        translations,
        sizes,
    )
    rules = {rule.name: rule for module in modules for rule in rules_of(module)}
    globals()["RULES"] = rules
    return rules
