"""The first page of a release: what there is, and for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from coursepack.languages import authors, format_of
from coursepack.release import sums
from coursepack.release.handover import LANGUAGES, Document, Handover
from coursepack.release.layout import about, sheet, words
from coursepack.result import Built


def index(handover: Handover, sheets: Mapping[str, Sequence[Document]]) -> Iterator[Document]:
    """`index.html` in the main language of the course, if sheets are in it, and a page for each other language."""
    definition = handover.course.definition
    names = {
        language: f"index.{language}.html" if number else "index.html"
        for number, language in enumerate(sorted(LANGUAGES, key=lambda each: each != definition.language))
    }
    for language, name in names.items():
        others = [(code, href) for code, href in names.items() if code != language]
        page = sheet(
            "index",
            language,
            **about(definition),
            date=format_of(language).date(handover.date),
            other={"language": others[0][0], "href": others[0][1]},
            packages=[_package(each, language) for each in handover.packages],
            groups=list(_groups(sheets, language)),
            sums=sums.NAME,
            folder=f"{definition.id}-{definition.version}",
        )
        yield Document(name, page.encode())


def _package(built: Built, language: str) -> dict[str, str]:
    titles = authors(language)["titles"]
    return {
        "name": built.path.name,
        "href": f"{built.path.parent.name}/{built.path.name}",
        "title": titles.get(built.title, built.title),
        "variant": built.variant,
        "size": format_of(language).size(built.size),
    }


def _groups(sheets: Mapping[str, Sequence[Document]], language: str) -> Iterator[dict[str, Any]]:
    """The documents of each sheet that are in a language, or in none."""
    groups = words("index", language)["groups"]
    for name, documents in sheets.items():
        yield {**groups[name], "files": in_language([document.name for document in documents], language)}


def in_language(names: Sequence[str], language: str) -> Sequence[str]:
    """The documents that are in a language, or in none; all, if they are in another one only."""
    return [each for each in names if language_of(each) in (None, language)] or names


def language_of(name: str) -> str | None:
    """The language of a document by its name, such as `administrator.sv.html`; None if it has none."""
    found = PurePosixPath(name).suffixes[-2:-1]
    code = found[0].removeprefix(".") if found else ""
    return code if code in LANGUAGES else None
