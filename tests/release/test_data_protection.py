"""The data protection sheet: what it says follows from the packages and the settings of the course."""

from __future__ import annotations

import datetime
import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small import a_page, questions, write_small

from coursepack import build_packages
from coursepack.reading.source import read_folder
from coursepack.release import data_protection
from coursepack.release.data_protection.items import items, recipient
from coursepack.release.handover import LANGUAGES, Handover
from coursepack.release.layout import words
from coursepack.targets import TARGETS

ROOT = Path(__file__).resolve().parents[2]
ALL = {"graded", "judged", "answers", "media", "certificate", "translations", "plays", "versions"}
WRITTEN = "\n```fill-in\nid: skriven\nquestion: Vad?\nanswers:\n  - {text: ett, right: true}\n```\n"


def handover(folder: Path, head: str = "", *targets: str, text: str = "") -> Handover:
    """A course of a page with a question, as packages for some targets."""
    source = write_small(folder / "course", [a_page("sida", questions((1,)) + text)], head=head)
    packages = build_packages(source, targets or ("scorm12",), folder / "out")
    course, report = read_folder(source)
    assert course is not None
    return Handover(course, source, tuple(packages), report, datetime.date(2026, 12, 1))


def sheets(given: Handover) -> dict[str, str]:
    return {each.name: each.data.decode() for each in data_protection.documents(given)}


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from leaves(each, (*path, name))
    else:
        yield path, value


def test_both_languages_say_the_same() -> None:
    swedish, english = (dict(leaves(words("data-protection", language))) for language in ("sv", "en"))
    assert list(swedish) == list(english)
    for path, text in swedish.items():
        holes, others = (
            sorted(name for _, name, _, _ in string.Formatter().parse(each) if name)
            for each in (text, english[path])
        )
        assert holes == others, path
        assert text.strip(), path


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_says_what_it_processes(target: str) -> None:
    t = words("data-protection", "en")
    assert recipient(target) in t["recipients"]
    for item in items(target, ALL):
        assert item.name in t["items"]
        assert item.lasts in t["lasts"]
        assert item.fields


def test_no_words_are_left_over() -> None:
    t = words("data-protection", "en")
    every = [item for target in TARGETS for item in items(target, ALL)]
    assert {item.name for item in every} == set(t["items"])
    assert {item.lasts for item in every} == set(t["lasts"])


@pytest.mark.parametrize("target", ["scorm12", "scorm2004"])
def test_the_documentation_names_every_element(target: str) -> None:
    told = (ROOT / f"docs/{target}.md").read_text("utf-8")
    missing = []
    for item in items(target, ALL):
        for name in item.fields if item.at in ("lms", "read") else ():
            *_, last = name.split(".")
            # A list of elements has the beginning once.
            if f"`{name}`" not in told and not re.search(rf"`\.?(\w+\.n\.)?{last}`", told):
                missing.append(name)
    assert missing == []


@pytest.mark.parametrize(
    "name", ["format", "mark", "state", "location", "at", "answered", "played", "time", "sent"]
)
def test_the_documentation_names_every_field_of_the_document(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs/xapi.md").read_text("utf-8")


def test_the_days_are_those_of_the_player() -> None:
    script = (ROOT / "player/src/lms/scorm/left-sessions.js").read_text("utf-8")
    (days,) = re.findall(r"LONGEST_KEPT = (\d+) \* 86400000", script)
    for language in LANGUAGES:
        t = words("data-protection", language)
        assert f" {days} " in t["lasts"]["days"]
        assert f" {days} " in t["device_erasure"]["days"]


def test_only_the_packages_of_the_release_are_told_of(tmp_path: Path) -> None:
    web = sheets(handover(tmp_path / "web", "", "web"))["data-protection.sv.html"]
    assert "Det som sparas sparas på deltagarens egen enhet." in web
    for other in ("cmi.", "lärplattformen skriver", "LRS", "Rapporterna"):
        assert other not in web.partition("<main")[2].replace("ett LRS och enheten verkligen", "").replace(
            "leverantören av lärplattformen eller LRS", ""
        ).replace("I lärplattformen eller LRS", "").replace("Leverantören av lärplattformen eller LRS", ""), (
            other
        )
    scorm = sheets(handover(tmp_path / "scorm", "", "scorm12"))["data-protection.en.html"]
    assert "kept in your LMS and on the learner’s own device" in scorm
    assert "experienced" not in scorm
    lrs = sheets(handover(tmp_path / "lrs", "", "cmi5"))["data-protection.en.html"]
    assert "they also show when each page was opened" in lrs
    assert "cmi.core" not in lrs


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("", "Rapporterna visar varken svar eller resultat."),
        ("report: {answers: true}", "Rapporterna visar deltagarens svar."),
        (
            "final-check: {page: sida, mastery: 60}\nstatus: both",
            "Rapporterna visar resultatet på provet, men inga svar.",
        ),
        (
            "final-check: {page: sida, mastery: 60}\nstatus: both\nreport: {answers: true}",
            "Rapporterna visar resultatet på provet och deltagarens svar.",
        ),
    ],
)
def test_the_verdict_says_what_reports_show(tmp_path: Path, head: str, told: str) -> None:
    text = sheets(handover(tmp_path, head))["data-protection.sv.html"]
    assert told in text
    assert ("cmi.interactions.n.student_response" in text) == ("answers" in head)
    assert ("cmi.core.score.raw" in text) == ("mastery" in head)
    assert ("cmi.core.student_name" in text) is False


def test_a_certificate_reads_the_name(tmp_path: Path) -> None:
    text = sheets(handover(tmp_path, "certificate: true"))["data-protection.en.html"]
    assert "cmi.core.student_name" in text
    assert "name (read)" in text


def test_written_answers_that_are_reported_are_warned_of(tmp_path: Path) -> None:
    reported = "report: {answers: true}"
    warned = "säg till deltagarna att inte skriva om sig själva"
    assert warned in sheets(handover(tmp_path / "a", reported, text=WRITTEN))["data-protection.sv.html"]
    assert warned not in sheets(handover(tmp_path / "b", text=WRITTEN))["data-protection.sv.html"]
    assert warned not in sheets(handover(tmp_path / "c", reported))["data-protection.sv.html"]


def test_the_state_has_the_length_that_the_build_knows(tmp_path: Path) -> None:
    given = handover(tmp_path)
    (package,) = given.packages
    longer = replace(given, packages=(package, package._replace(state=777)))
    assert f"högst {package.state} tecken" in sheets(given)["data-protection.sv.html"]
    assert "högst 777 tecken" in sheets(longer)["data-protection.sv.html"]


def test_mail_is_told_of_where_the_course_has_an_address(tmp_path: Path) -> None:
    assert (
        "kurs@example.org"
        in sheets(handover(tmp_path / "a", "feedback: kurs@example.org"))["data-protection.sv.html"]
    )
    assert "E-post" not in sheets(handover(tmp_path / "b"))["data-protection.sv.html"]


def test_the_record_says_what_the_controller_fills_in(tmp_path: Path) -> None:
    text = sheets(handover(tmp_path))["data-protection.sv.html"]
    record = text.partition("artikel 30")[2]
    open_facts = re.findall(r'<dt>([^<]*)</dt>\s*<dd>(?:(?!</dd>).)*<b class="fill">', record, re.DOTALL)
    # Regulation (EU) 2016/679, article 30.1 a to g, and the legal basis of article 6.
    assert {
        "Personuppgiftsansvarig",
        "Dataskyddsombud",
        "Rättslig grund",
        "Mottagare",
        "Tredje land",
        "Gallring",
    } <= {*open_facts}
    for name in ("Ändamål", "Registrerade", "Uppgifter", "Skydd"):
        assert f"<dt>{name}</dt>" in record


def test_the_same_release_has_the_same_bytes(tmp_path: Path) -> None:
    given = handover(tmp_path, "", "scorm12", "xapi", "web")
    assert list(data_protection.documents(given)) == list(data_protection.documents(given))
