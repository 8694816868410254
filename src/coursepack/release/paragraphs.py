"""Paragraphs of sheets: what is to be filled in, and the author's own words in their language."""

from __future__ import annotations

import re
from typing import NamedTuple

from coursepack.course.model import Definition
from coursepack.release.handover import Handover


class Run(NamedTuple):
    """A piece of text. `lang`: the language of the author's own words; `href`: where a link leads."""

    text: str
    is_open: bool = False
    """To be filled in."""
    lang: str = ""
    href: str = ""


class Paragraph(NamedTuple):
    """A paragraph, or an item of a list."""

    runs: tuple[Run, ...]
    is_item: bool = False


def definition_in(handover: Handover, language: str) -> Definition:
    """The course's definition in a language that it has, or in its main language."""
    courses = (handover.course, *handover.course.editions)
    return next(
        (each.definition for each in courses if each.definition.language == language),
        handover.course.definition,
    )


def paragraph(template: str, **values: str | Run) -> Paragraph:
    """A text in which what is to be filled in is between two asterisks."""
    runs: list[Run] = []
    for number, piece in enumerate(template.split("**")):
        for text in re.split(r"(\{\w+\})", piece):
            value = values.get(text[1:-1], text) if text.startswith("{") else text
            run = value if isinstance(value, Run) else Run(value)
            if run.text:
                runs.append(run._replace(is_open=number % 2 == 1))
    return Paragraph(tuple(runs))
