"""Facts with a shelf life: the marks in texts, which learners do not see."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result
from strategies import COURSE, PAGE, MakeCourse
from test_markdown import CONTEXT, markup
from translated import write_translated

from coursepack import build_package
from coursepack.cli import main
from coursepack.course.claims import after
from coursepack.reading.facts import Mark, take_marks, without_marks
from coursepack.reading.markdown import PageText, read_page, render_text
from coursepack.reading.yaml_validation import read_yaml


def read(text: str) -> PageText:
    return read_page(text, "p1.md", "p1", CONTEXT)


def html_of(text: str) -> str:
    page = read(text)
    assert page.problems == []
    return "".join(markup(block) for block in page.blocks)


def places(marks: list[Mark]) -> list[tuple[str | None, str, str]]:
    return [(mark.passage, mark.target, str(mark.place)) for mark in marks]


CHOICE = """```choice
id: q
question: "[375 cases](fact:JM6) were reported. What does it mean?"
answers:
  - {id: a, text: "More is found, [§ 4 [1]](fact:LAW@2026-04-30)", right: true}
  - {id: b, text: Nothing}
```
"""


@pytest.mark.parametrize(
    "text",
    [
        "The [fine is 100](fact:LAW).",
        "The **[fine](fact:LAW@2026-04-30) is** 100.",
        "The [fine *is*](fact:LAW) 100.",
        "A [word [in brackets]](fact:LAW).",
        "Text.\n\n## A [heading about prostitution](fact:LAW)",
        "- one\n- [two](fact:LAW)",
        "| a | b |\n| --- | --- |\n| [1](fact:LAW) | 2 |",
        "> [Words](fact:LAW)\n>\n> — Somebody",
        "Text.[^1]\n\n[^1]: A [note](fact:LAW)",
        "::: note\n[Two](fact:LAW) of three\n:::",
        "::: note [Two](fact:LAW) of three\nText.\n:::",
        "::: table [Cases](fact:LAW) in a year\n| a |\n| --- |\n| 1 |\n:::",
        "::: tabs\n## [One](fact:LAW)\nText.\n## Two\nText.\n:::",
        "::: checklist\n- [One](fact:LAW)\n- Two\n:::",
        "::: cards\n## [One](fact:LAW)\n[Text](fact:LAW)\n:::",
        "<b>Bold</b> and [two](fact:LAW)",
        "[Two lines\nof a passage](fact:LAW)",
    ],
)  # fmt: skip
def test_a_mark_leaves_the_page_as_it_would_be_without_it(text: str) -> None:
    bare, marks = without_marks(text)
    assert marks
    assert html_of(text) == html_of(bare)
    assert len(read(text).marks) == len(marks)


def test_a_passage_can_have_links_and_terms_in_it() -> None:
    text = "[Call [112](tel:112) in a [fire](term:fire)](fact:sos), see [two](page:p2).\n"
    assert html_of(text) == html_of("Call [112](tel:112) in a [fire](term:fire), see [two](page:p2).\n")
    assert places(read(text).marks) == [("Call 112 in a fire", "sos", "p1.md:1:46")]


def test_code_is_shown_as_it_is_written() -> None:
    page = read("Write `[passage](fact:LAW)`.\n\n::: code\n```\n[passage](fact:LAW)\n```\n:::\n")
    assert page.marks == page.problems == []
    assert "".join(map(markup, page.blocks)).count("[passage](fact:LAW)") == 2


def test_marks_know_their_places_and_what_they_say() -> None:
    page = read("One [a *b*](fact:LAW), [c](fact:LAW)\nand [d](fact:LAW@2026-04-30).\n\n- [e](fact:LAW)\n")
    assert places(page.marks) == [
        ("a b", "LAW", "p1.md:1:13"),
        ("c", "LAW", "p1.md:1:28"),
        ("d", "LAW@2026-04-30", "p1.md:2:9"),
        ("e", "LAW", "p1.md:4:7"),
    ]
    assert [(mark.source, mark.written_day, mark.page) for mark in page.marks[1:3]] == [
        ("LAW", None, "p1"),
        ("LAW", "2026-04-30", "p1"),
    ]


def test_the_fields_of_a_block_can_have_marks() -> None:
    page = read(f"Text.\n\n{CHOICE}")
    assert page.problems == []
    question = page.blocks[1]
    assert question.question == "375 cases were reported. What does it mean?"
    assert question.answers[0].text == "More is found, § 4 [1]"
    assert places(page.marks) == [
        ("375 cases", "JM6", "p1.md:5:24"),
        ("§ 4 [1]", "LAW@2026-04-30", "p1.md:7:45"),
    ]


def test_marks_of_yaml_are_found_in_texts_of_several_lines() -> None:
    text = "- text: >-\n    One\n    [two](fact:A) and\n    [three](fact:A)\n- [x, 'a [b](fact:B)']\n"
    source, _ = read_yaml(text, "glossary.yaml", 1)
    marks = list(take_marks(source, text))
    assert source.data == [{"text": "One two and three"}, ["x", "a b"]]
    assert places(marks) == [
        ("two", "A", "glossary.yaml:3:11"),
        ("three", "A", "glossary.yaml:4:13"),
        ("b", "B", "glossary.yaml:5:14"),
    ]


def test_a_transcript_can_have_marks() -> None:
    body, marks, problems = render_text("Call [112](fact:sos).\n", "media/a.md")
    assert body == "<p>Call 112.</p>\n"
    assert places(marks) == [("112", "sos", "media/a.md:1:12")]
    assert problems == []


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("[](fact:LAW)", "LAW"),
        ("passage](fact:LAW)", "LAW"),
        ("[a [passage](fact:LAW)", None),
        ("[the [passage](fact:LAW) here](https://example.org)", "LAW"),
        ("![alt [a](fact:LAW)](media/a.svg)", "LAW"),
        ("::: note passage](fact:LAW)\nText.\n:::", "LAW"),
        ('```reflection\nid: r\nquestion: "[](fact:LAW)"\n```', "LAW"),
    ],
)
def test_a_mark_without_a_passage_is_found(text: str, target: str | None) -> None:
    found = [mark.target for mark in read(f"Text.\n\n{text}\n").marks if mark.passage == ""]
    assert found == ([] if target is None else [target])


def test_text_without_marks_is_the_same_text() -> None:
    assert without_marks("a [b](page:c) fact: d") == ("a [b](page:c) fact: d", [])


# When a fact is due


@pytest.mark.parametrize(
    ("day", "period", "due"),
    [
        ("2026-04-30", "12 months", "2027-04-30"),
        ("2024-02-29", "1 year", "2025-02-28"),
        ("2026-08-31", "6 months", "2027-02-28"),
        ("2026-12-31", "1 month", "2027-01-31"),
        ("2026-12-31", "90 days", "2027-03-31"),
        ("2026-12-31", "2 weeks", "2027-01-14"),
        ("2026-12-31", "9999 years", "9999-12-31"),
    ],
)
def test_a_fact_holds_for_its_period(day: str, period: str, due: str) -> None:
    assert str(after(date.fromisoformat(day), period)) == due


COURSE_WITH_FACTS = {
    PAGE: "Text of [two parts](fact:OLD) and [a year](fact:LAW).\n\n" + CHOICE,
    "sources.yaml": (
        "LAW: {title: The law}\nJM6: {title: The statistics, checked: 2026-06-01}\n"
        "OLD: {title: A study, checked: 2020-01-31, valid: 1 month}\n"
    ),
    "contacts.yaml": '- {id: sos, name: SOS Alarm, phone: "112", checked: 2026-10-01, valid: 2 years}\n',
}


def facts(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["facts", *map(str, arguments)])


def listed(*arguments: object) -> dict[str, Any]:
    schema = (
        importlib.resources.files("coursepack.inventory").joinpath("facts.schema.json").read_text("utf-8")
    )
    result = facts(*arguments, "--json")
    told: dict[str, Any] = json.loads(result.stdout)
    jsonschema.Draft202012Validator(json.loads(schema)).validate(told)
    assert result.exit_code == (0 if told["ok"] else 1)
    return told


def test_what_was_never_checked_comes_first_then_what_is_due(make_course: MakeCourse) -> None:
    told = listed(make_course(COURSE_WITH_FACTS))
    assert told["today"] == "2026-12-01"
    assert [(each["passage"], each["checked"], each["due"], each["overdue"]) for each in told["facts"]] == [
        ("a year", None, None, False),
        ("two parts", "2020-01-31", "2020-02-29", True),
        ("§ 4 [1]", "2026-04-30", "2027-04-30", False),
        ("375 cases", "2026-06-01", "2027-06-01", False),
        ("112", "2026-10-01", "2028-10-01", False),
    ]
    assert told["facts"][1] == {
        "passage": "two parts",
        "page": "p1-c1-s1",
        "file": PAGE,
        "line": 1,
        "column": 21,
        "source": "OLD",
        "title": "A study",
        "checked": "2020-01-31",
        "due": "2020-02-29",
        "overdue": True,
    }
    assert [problem["rule"] for problem in told["problems"]] == ["fact/overdue", "fact/unchecked"]


def test_a_whole_page_rests_on_a_source(make_course: MakeCourse) -> None:
    course = make_course(
        {
            "course.yaml": COURSE.replace("minutes: 1}", "minutes: 1, facts: [LAW@2026-04-30]}")
            + "facts: {valid: 2 years}\n",
            "sources.yaml": "LAW: {title: The law}\n",
        }
    )
    (fact,) = listed(course)["facts"]
    assert (fact["passage"], fact["page"], fact["file"]) == (None, "p1-c1-s1", "course.yaml")
    assert fact["due"] == "2028-04-30"
    assert "course.yaml:" in facts(course).stdout
    assert "(the whole page p1-c1-s1)" in facts(course).stdout


def test_what_is_due_by_a_day_is_listed_alone(make_course: MakeCourse) -> None:
    course = make_course(COURSE_WITH_FACTS)
    assert [each["passage"] for each in listed(course, "--due", "2027-04-30")["facts"]] == [
        "a year",
        "two parts",
        "§ 4 [1]",
    ]
    assert [each["passage"] for each in listed(course, "--due", "2027-04-29")["facts"]] == [
        "a year",
        "two parts",
    ]
    assert facts(course, "--due", "soon").exit_code == 2


def test_facts_are_grouped_by_what_is_looked_up_at_once(make_course: MakeCourse) -> None:
    changes = {PAGE: "The [fine](fact:LAW) is [100](fact:LAW).\n", "sources.yaml": "LAW: {title: The law}\n"}
    course = make_course({"course.yaml": f"{COURSE}dates: {{law: 2025-11-30}}\n", **changes})
    assert facts(course).stdout.splitlines() == [
        "Facts: 2; overdue: 2; never checked: 0",
        "",
        "Overdue since 2026-11-30, checked 2025-11-30: LAW, The law",
        f"  {PAGE}:1:12: fine",
        f"  {PAGE}:1:31: 100",
    ]
    assert facts(course, "--language", "sv").stdout.splitlines()[2:4] == [
        "Borde ha kontrollerats senast 2026-11-30, kontrollerat 2025-11-30: LAW, The law",
        f"  {PAGE}:1:12: fine",
    ]


def test_a_course_with_errors_lists_them_instead(make_course: MakeCourse) -> None:
    course = make_course({PAGE: "The [fine](fact:LAW).\n"})
    assert [problem["rule"] for problem in listed(course)["problems"]] == ["fact/unknown-source"]
    assert listed(course)["facts"] == []
    assert "fact/unknown-source" in facts(course).stdout


def test_translations_have_facts_of_their_own(tmp_path: Path) -> None:
    course = write_translated(tmp_path)
    page = course / "translations/en/pages/p1-c1-s1.md"
    page.write_text(page.read_text("utf-8") + "\nCall [112](fact:sos).\n", "utf-8")
    assert [(each["passage"], each["file"]) for each in listed(course)["facts"]] == [
        ("112", "contacts.yaml"),
        ("112", "translations/en/contacts.yaml"),
        ("112", "translations/en/pages/p1-c1-s1.md"),
    ]


def test_a_package_is_the_same_with_marks_and_without(make_course: MakeCourse, tmp_path: Path) -> None:
    marked = make_course(COURSE_WITH_FACTS, "marked")
    bare = {name: without_marks(text)[0] for name, text in COURSE_WITH_FACTS.items()}
    built = [
        build_package(folder, "web", tmp_path / "out" / folder.name).path.read_bytes()
        for folder in (marked, make_course(bare, "bare"))
    ]
    assert built[0] == built[1]


def test_a_build_warns_when_a_day_has_passed_and_nothing_else_has_changed(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: Callable[[Path], None]
) -> None:
    course = make_course(
        {PAGE: "The [fine](fact:LAW).\n", "sources.yaml": "LAW: {title: L, checked: 2026-01-01}\n"}
    )
    age(course)
    # The times of a package are those of the clock's build: only the day is another one.
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    found = []
    for day in (date(2026, 12, 1), date(2027, 1, 1), date(2027, 1, 2)):
        for module in ("building.cache", "reading.source"):
            monkeypatch.setattr(f"coursepack.{module}.today", lambda day=day: day)
        built = build_package(course, "web", tmp_path / "out")
        found.append(([problem.rule for problem in built.report], built.path.read_bytes()))
    assert [rules for rules, _ in found] == [[], [], ["fact/overdue"]]
    assert len({data for _, data in found}) == 1
