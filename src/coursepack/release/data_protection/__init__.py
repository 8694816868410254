"""The data protection sheet: every item that is processed, where, how long and why, for the packages of a release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from coursepack.course.blocks.question import Question
from coursepack.languages import authors
from coursepack.release.data_protection.items import Item, items, recipient, settings
from coursepack.release.handover import LANGUAGES, Document, Handover
from coursepack.release.layout import about, other_page, sheet, words
from coursepack.release.paragraphs import Paragraph, definition_in, paragraph
from coursepack.targets import TARGETS
from coursepack.version import __version__

__all__ = ["documents"]

NAME = "data-protection"

_TABLES = {
    "lms": ("lms",),
    "lrs": ("lrs", "every", "state"),
    "device": ("device", "tab"),
    "read": ("read",),
}
"""The tables of the sheet, and the places of the items in each."""

_WRITTEN = ("fill-in", "numeric")
"""Questions whose answers learners write."""


class Fields(NamedTuple):
    """The fields of an item, and what they hold, in the packages `who`."""

    who: str
    fields: tuple[str, ...]
    holds: tuple[str, ...]


class Shown(NamedTuple):
    """An item as the sheet shows it."""

    name: str
    fields: tuple[Fields, ...]
    lasts: Paragraph
    why: str


def documents(handover: Handover) -> Iterator[Document]:
    """The sheet in each language."""
    for language in LANGUAGES:
        yield Document(f"{NAME}.{language}.html", _sheet(handover, language).encode())


def _sheet(handover: Handover, language: str) -> str:
    t = words(NAME, language)
    definition = definition_in(handover, language)
    has = settings(handover.course)
    targets = list(dict.fromkeys(package.target for package in handover.packages)) or list(TARGETS)
    tables = {
        name: rows
        for name, places in _TABLES.items()
        if (rows := _rows(handover, targets, places, language, t))
    }
    return sheet(
        NAME,
        language,
        **about(definition),
        **other_page(NAME, language),
        told=" ".join(_told(targets, has, t)),
        tables=tables,
        nevers=list(_nevers(handover, has, t)),
        packages=_packages(handover, targets, language, t),
        log=paragraph(t["log"]),
        facts=list(_facts(handover, targets, has, t)),
        compared=t["compared"].format(version=__version__),
    )


def _told(targets: Sequence[str], has: frozenset[str], t: Mapping[str, Any]) -> Iterator[str]:
    """What the verdict goes on with."""
    who = {recipient(target) for target in targets}
    yield t["kept"]["lrs" if "lrs" in who else "lms" if "lms" in who else "nobody"]
    if who - {"nobody"}:
        told = {
            (False, False): "nothing",
            (True, False): "score",
            (False, True): "answers",
            (True, True): "both",
        }
        yield t["reported"][told["graded" in has, "answers" in has]]
    if "lrs" in who:
        yield t["events"]
    yield t["helped"]


def _rows(
    handover: Handover, targets: Sequence[str], places: Sequence[str], language: str, t: Mapping[str, Any]
) -> tuple[Shown, ...]:
    """The items of a table, each once, with the fields of each package."""
    has = settings(handover.course)
    found: dict[str, dict[str, Item]] = {}
    for target in targets:
        for item in items(target, has, handover.course.definition.id):
            if item.at in places:
                found.setdefault(item.name, {})[target] = item
    # What only one standard has comes with its kind.
    order = {name: at for at, name in enumerate(t["items"])}
    shown = []
    for name, by_target in sorted(found.items(), key=lambda each: order[each[0]]):
        longest = [each.state for each in handover.packages if each.target in by_target]
        texts = t["items"][name]
        shown.append(
            Shown(
                texts["name"],
                tuple(_fields(by_target, targets, language, t)),
                paragraph(t["lasts"][next(iter(by_target.values())).lasts]),
                texts["why"].format(longest=max(longest, default=0)),
            )
        )
    return tuple(shown)


def _fields(
    by_target: Mapping[str, Item], targets: Sequence[str], language: str, t: Mapping[str, Any]
) -> Iterator[Fields]:
    """The fields of an item, once for all packages in which they are the same."""
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for target, item in by_target.items():
        groups.setdefault((item.fields, item.holds), []).append(target)
    titles = authors(language)["titles"]
    for (fields, holds), members in groups.items():
        names = [titles.get(TARGETS[each].title, TARGETS[each].title) for each in members]
        yield Fields(t["all"] if len(members) == len(targets) else ", ".join(names), fields, holds)


def _nevers(handover: Handover, has: frozenset[str], t: Mapping[str, Any]) -> Iterator[str]:
    """What is never kept, as far as the course has it."""
    address = handover.course.definition.feedback
    left_out = {"films"} if "plays" not in has else set()
    for name, text in t["nevers"].items():
        if name not in left_out and (name != "mail" or address):
            yield text.format(address=address)


def _packages(
    handover: Handover, targets: Sequence[str], language: str, t: Mapping[str, Any]
) -> list[dict[str, str]]:
    """A row for each target."""
    titles = authors(language)["titles"]
    rows = []
    for target in targets:
        title = TARGETS[target].title
        who = recipient(target)
        names = [package.path.name for package in handover.packages if package.target == target]
        rows.append(
            {
                "title": titles.get(title, title),
                "files": ", ".join(names),
                "recipient": t["recipients"][who],
                "difference": t["differences"][who],
            }
        )
    return rows


def _facts(
    handover: Handover, targets: Sequence[str], has: frozenset[str], t: Mapping[str, Any]
) -> Iterator[tuple[str, Paragraph]]:
    """The entries of the record (Regulation (EU) 2016/679, article 30.1)."""
    who = {recipient(target) for target in targets}
    names = [
        *(("id",) if who - {"nobody"} else ()),
        *(("name",) if "certificate" in has and who - {"nobody"} else ()),
        "progress",
        *(("score",) if "graded" in has else ()),
        "answers",
        "time",
        *(("media",) if "media" in has and "lrs" in who else ()),
    ]
    categories = ", ".join(t["categories"][name] for name in names)
    is_written = "answers" in has and any(
        isinstance(block, Question) and block.type in _WRITTEN
        for page in handover.course.pages
        for block in page.blocks
    )
    kinds = {"lms": "days", "lrs": "lrs", "nobody": "learner"}
    values = {
        "categories": categories[0].upper() + categories[1:],
        "erasure": " ".join(
            t["device_erasure"][kinds[each]] for each in ("lms", "lrs", "nobody") if each in who
        ),
        "measures": t["measures"]["open" if "lrs" in who else "closed"],
    }
    for name, fact in t["facts"].items():
        text = fact["text"]
        if name == "special":
            text = t["specials"]["written" if is_written else "none"]
        yield fact["name"], paragraph(text, **values)
