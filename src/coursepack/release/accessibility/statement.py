"""The accessibility statement that the Swedish act (2018:1937) asks for, after the model of the supervising agency.

Whoever gives the course to learners publishes it, and fills in what is bold.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from coursepack.course.model import Accessibility, Definition
from coursepack.languages import format_of
from coursepack.outputs.texts import explained
from coursepack.release.accessibility.rows import Assessment, Row
from coursepack.release.handover import Document, Handover
from coursepack.release.layout import about, other_page, sheet, words
from coursepack.release.paragraphs import Paragraph, Run, definition_in, paragraph
from coursepack.version import __version__

NAME = "accessibility-statement"
REPORT = "https://www.digg.se/tdosanmalan"
"""Where shortcomings are reported to the agency, unless the course says otherwise."""

Level = Literal["full", "partial", "none", "unknown"]


class Section(NamedTuple):
    """A heading, and the paragraphs under it. The first section has the heading of the statement."""

    heading: str
    paragraphs: tuple[Paragraph, ...]


def level(statement: Accessibility | None, assessment: Assessment) -> Level:
    """How far the course complies. What the check found weighs more than what the author says."""
    if statement is None:
        return "unknown"
    if statement.conformance == "full" and assessment.faulty:
        return "partial"
    return statement.conformance


def found(rows: Iterable[Row], language: str, places: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each thing that the check found against these rows, in a sentence, and how often."""
    rules = Counter(problem.rule for row in rows for problem in row.faults)
    for rule, number in sorted(rules.items()):
        known = explained(rule, language)
        yield known.what.rstrip(".") if known else rule, _counted(places, number)


def shortcomings(handover: Handover, assessment: Assessment, language: str) -> tuple[Paragraph, ...]:
    """What is not accessible: what the author says, and what the check found."""
    t = words(NAME, language)
    definition = definition_in(handover, language)
    named = definition.accessibility.shortcomings if definition.accessibility else ()
    lang = "" if definition.language == language else definition.language
    told = [
        Paragraph(
            (
                Run(each.what, lang=lang),
                *(paragraph(f" {t['because']}", why=Run(each.why, lang=lang)).runs if each.why else ()),
            ),
            is_item=True,
        )
        for each in named
    ]
    told += [
        Paragraph(
            (Run(t["found"].format(version=definition.version, what=what, number=number)),), is_item=True
        )
        for what, number in found(assessment.faulty, language, t["places"])
    ]
    return tuple(told) or (paragraph(t["nothing"]),)


def documents(handover: Handover, assessment: Assessment, language: str) -> Iterator[Document]:
    """The statement in a language, as HTML and as text."""
    t = words(NAME, language)
    definition = definition_in(handover, language)
    sections = list(_sections(handover, definition, assessment, language, t))
    before = [
        paragraph(t["before"]["why"]),
        *([] if definition.accessibility else [paragraph(t["before"]["nobody"])]),
    ]
    table = f"conformance.{language}.html"
    html = sheet(
        NAME,
        language,
        **about(definition),
        **other_page(NAME, language),
        before=[paragraph(t["before"]["what"]), *before],
        table=table,
        sections=sections,
    )
    yield Document(f"{NAME}.{language}.html", html.encode())
    yield Document(f"{NAME}.{language}.txt", _text(before, table, sections, t).encode())


def _sections(
    handover: Handover, definition: Definition, assessment: Assessment, language: str, t: Mapping[str, Any]
) -> Iterator[Section]:
    statement = definition.accessibility
    lang = "" if definition.language == language else definition.language
    date = format_of(language).date
    version = definition.version

    def own(text: str) -> Run:
        return Run(text, lang=lang)

    def said(name: str, **values: str | Run) -> Paragraph:
        return paragraph(t[name], **values)

    reached = level(statement, assessment)
    yield Section(
        t["heading"].format(title=definition.title),
        (
            said("intro", title=own(definition.title)),
            said("made_by", publisher=own(definition.publisher), version=version),
        ),
    )
    yield Section(
        t["how"],
        (
            paragraph(t["levels"][reached]),
            said("standard", standard=statement.standard if statement else assessment.norm.name),
        ),
    )
    yield Section(t["cannot"], (said("other_form"), said("answer")))
    yield Section(t["report"], (said("report_what"), said("contact"), *_reached(statement, t)))
    authority = statement and statement.supervision
    yield Section(
        t["supervision"],
        (
            said("supervision_who", authority=t["authority"]),
            Paragraph((Run(f"{t['report_link']} "), Run(authority or REPORT, href=authority or REPORT))),
        ),
    )
    yield Section(t["not_accessible"], shortcomings(handover, assessment, language))
    yield Section(t["untried"], (said("untried_what"),))
    burden, outside = (statement.burden, statement.outside) if statement else (None, None)
    for name, text in (("burden", burden), ("outside", outside)):
        yield Section(t[name], (Paragraph((own(text),)) if text else said(f"no_{name}"),))
    updated = statement.updated or statement.assessed if statement else handover.date
    yield Section(
        t["tested"],
        (
            *((said("by_maker"), Paragraph((own(statement.method),))) if statement else ()),
            said("by_build", version=__version__),
            said("by_you"),
            said("assessed", date=date(statement.assessed)) if statement else said("not_assessed"),
            said("published", version=version, date=date(definition.dates.published or handover.date)),
            said("updated", date=date(updated)),
        ),
    )


def _reached(statement: Accessibility | None, t: Mapping[str, Any]) -> Iterator[Paragraph]:
    """Where whoever made the course is reached."""
    if statement is None:
        return
    yield paragraph(t["maker"])
    addresses = ((statement.email, "mailto:"), (statement.phone, "tel:"), (statement.web, ""))
    for value, scheme in addresses:
        if value:
            number = re.sub(r"[ -]", "", value) if scheme == "tel:" else value
            yield Paragraph((Run(value, href=f"{scheme}{number}"),), is_item=True)


def _counted(forms: Mapping[str, str], number: int) -> str:
    return forms["one" if number == 1 else "many"].format(n=number)


def _text(before: Iterable[Paragraph], table: str, sections: Sequence[Section], t: Mapping[str, Any]) -> str:
    """The statement as plain text: headings are underlined, and what is to be filled in is in brackets."""
    first, *others = sections
    blocks = [_heading(first.heading, "=")]
    blocks += [t["before"]["what_text"], *map(_line, before)]
    blocks += [f"{t['before']['table']} {table}", *map(_line, first.paragraphs)]
    for section in others:
        blocks.append(_heading(section.heading, "-"))
        items = [_line(each) for each in section.paragraphs]
        blocks.append("\n\n".join(items).replace("\n\n- ", "\n- "))
    return "\n\n".join(blocks) + "\n"


def _heading(text: str, sign: str) -> str:
    return f"{text}\n{sign * len(text)}"


def _line(each: Paragraph) -> str:
    runs = (f"[{run.text}]" if run.is_open else run.text for run in each.runs)
    return ("- " if each.is_item else "") + "".join(runs)
