"""What can be wrong with a course folder, in words: a YAML file an area, and `shared.yaml` for what several areas have.

An entry says in English and Swedish, as a rule's docstring does, what the mistake is, why it matters and how to mend
it, and how its messages and hints read in Swedish. CONTRIBUTING tells how to add one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coursepack.problems import Severity

_HERE = Path(__file__).parent
_SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One kind of mistake. `text` holds its explanation by language, `en` and `sv`.

    `messages` and `hints` are English sentences and the Swedish ones that they become, with `{0}`, `{1}` where values
    stand.
    """

    name: str
    severity: Severity
    text: Mapping[str, str]
    messages: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)


def mistake(name: str) -> Mistake | None:
    """The mistake of a name, or None when there is none."""
    area, _, fault = name.partition("/")
    return _area(area).get(fault) if area in _areas() else None


def mistakes() -> Mapping[str, Mistake]:
    """Every mistake by name, by area."""
    return {each.name: each for area in _areas() for each in _area(area).values()}


@cache
def _areas() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _HERE.glob("*.yaml") if path.stem != _SHARED))


@cache
def _area(area: str) -> Mapping[str, Mistake]:
    shared = {name: entry for name, entry in _entries(_SHARED).items() if area in entry["areas"]}
    return {
        name: Mistake(
            f"{area}/{name}",
            entry.get("severity", "error"),
            {language: entry[language].strip() for language in ("en", "sv")},
            entry["messages"],
            entry.get("hints", {}),
        )
        for name, entry in {**_entries(area), **shared}.items()
    }


@cache
def _entries(file: str) -> Mapping[str, dict[str, Any]]:
    import yaml

    entries: dict[str, dict[str, Any]] = yaml.safe_load((_HERE / f"{file}.yaml").read_text("utf-8"))
    return entries
