"""The standards by version: `standards/*.yaml` as values.

A new version of EN 301 549 is a new file. A clause on which nothing is claimed yet is shown as not fully tried.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

NORM = "en-301-549-3.2.1"
"""The version by which courses are assessed: the one that directive (EU) 2016/2102 refers to."""
GUIDELINES = "wcag-2.2"

_FOLDER = Path(__file__).parent / "standards"


class Criterion(NamedTuple):
    """A success criterion of WCAG. `level` is A or AA, `url` its place in the standard."""

    number: str
    level: str
    name: str
    url: str


class Clause(NamedTuple):
    """A clause of EN 301 549. `wcag` is the number of the criterion that it repeats, `claim` what is claimed of it.

    `is_web` is False for the clauses for documents that are not web pages.
    """

    number: str
    name: str
    level: str
    wcag: str
    claim: str
    is_web: bool = True


@dataclass(frozen=True, slots=True)
class Guidelines:
    """A version of WCAG: its criteria by number, in their order."""

    name: str
    url: str
    criteria: Mapping[str, Criterion]


@dataclass(frozen=True, slots=True)
class Norm:
    """A version of EN 301 549: its clauses in their order."""

    name: str
    url: str
    clauses: tuple[Clause, ...]


@cache
def guidelines(version: str = GUIDELINES) -> Guidelines:
    """A version of WCAG by the name of its file."""
    found = _read(version)
    url = found["url"]
    criteria = {
        number: Criterion(number, each["level"], each["name"], f"{url}#{_anchor(each['name'])}")
        for number, each in found["criteria"].items()
    }
    return Guidelines(found["name"], url, criteria)


@cache
def norm(version: str = NORM) -> Norm:
    """A version of EN 301 549 by the name of its file."""
    found = _read(version)
    return Norm(
        found["name"],
        found["url"],
        tuple(
            Clause(
                number,
                each.get("name", ""),
                each.get("level", ""),
                each.get("wcag", ""),
                each.get("claim") or each.get("wcag") or number,
                is_web,
            )
            for name, is_web in (("clauses", True), ("documents", False))
            for number, each in found[name].items()
        ),
    )


def _read(version: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.load(
        (_FOLDER / f"{version}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader
    )
    return found


def _anchor(name: str) -> str:
    """WCAG's ids of headings: the name's words with hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
