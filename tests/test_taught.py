"""Who reads only the example course can answer its questions: for each, a sentence that teaches the answer is named."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from lxml import html

from coursepack.course.blocks.question import GradedQuestion
from coursepack.reading.source import read_course
from coursepack.result import Built

HERE = Path(__file__).parent
TAUGHT: dict[str, dict[str, dict[str, str]]] = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))
    for path in sorted((HERE / "example/taught").glob("*.yaml"))
}
QUESTIONS = [(part, question) for part, questions in TAUGHT.items() for question in questions]


@pytest.fixture(scope="module")
def questions(sample: Path) -> Mapping[str, list[str]]:
    """The questions with a right answer, by part."""
    course = read_course(sample)
    pages = {page.entry.id: page for page in course.pages}
    return {
        part.id: [
            question.id
            for entry in part.pages
            for question in pages[entry.id].questions
            if isinstance(question, GradedQuestion)
        ]
        for part in course.definition.parts
    }


@pytest.fixture(scope="module")
def document(sample_built: Built) -> html.HtmlElement:
    with zipfile.ZipFile(sample_built.path) as package:
        return html.document_fromstring(package.read("index.html").decode())


def test_each_question_has_its_sentence(questions: Mapping[str, list[str]]) -> None:
    assert {part: sorted(named) for part, named in TAUGHT.items()} == {
        part: sorted(asked) for part, asked in questions.items() if asked
    }


@pytest.mark.parametrize(("part", "question"), QUESTIONS, ids=[question for _, question in QUESTIONS])
def test_the_sentence_is_read_before_the_question(
    part: str, question: str, document: html.HtmlElement
) -> None:
    named = TAUGHT[part][question]
    # The course in its other language follows.
    asked, *_ = document.xpath("//form[@data-q=$question]", question=question)
    # What questions say, themselves or in their feedback, does not count; nor what screen readers add to a link.
    read = asked.xpath(
        "preceding::text()[ancestor::section[@id=$page]][not(ancestor::form[@data-q] or ancestor::*[@class='sr'])]",
        page=named["page"],
    )
    assert words(named["sentence"]) in words("".join(read))


def words(text: str) -> str:
    """The text without what hyphenation and layout put between its words."""
    return " ".join(text.replace("\u00ad", "").split())
