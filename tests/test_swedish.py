"""The judge speaks Swedish: every rule, and every finding of the case pages."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
import yaml
from test_rules import CASES

from coursepack.languages.words import translated
from coursepack.outputs.texts import explained
from coursepack.problems import Location, Problem
from coursepack.rules import RULES

FOLDER = Path(__file__).parents[1] / "src/coursepack/rules/sv"
AREAS = sorted({name.partition("/")[0] for name in RULES})
LINE = re.compile(
    r"(?P<file>[^:]*)(?::\d+)*: (?P<severity>fatal|error|warning|note) (?P<rule>[\w/-]+): (?P<message>.*)"
)


@pytest.mark.parametrize("area", AREAS)
def test_every_rule_of_an_area_has_its_words(area: str) -> None:
    entries = yaml.safe_load((FOLDER / f"{area}.yaml").read_text("utf-8"))
    assert list(entries) == [name.partition("/")[2] for name in RULES if name.startswith(f"{area}/")]
    for name, entry in entries.items():
        assert set(entry) <= {"what", "text", "messages", "hints"}, name
        assert entry["what"].endswith("."), name
        assert len(entry["text"].split()) > 3, name
        for english, swedish in [*entry["messages"].items(), *(entry.get("hints") or {}).items()]:
            fields = [
                sorted(f for _, f, _, _ in string.Formatter().parse(t) if f) for t in (english, swedish)
            ]
            assert fields[0] == fields[1], f"{name}: {english}"


@pytest.mark.parametrize("area", AREAS)
def test_every_finding_of_the_case_pages_is_told_in_swedish(area: str) -> None:
    untold = []
    for case in CASES:
        lines = (case.report or "").splitlines()
        for number, line in enumerate(lines):
            found = LINE.fullmatch(line)
            if not found or not found["rule"].startswith(f"{area}/"):
                continue
            hint = (
                lines[number + 1].strip()
                if lines[number + 1 :] and lines[number + 1].startswith("    ")
                else ""
            )
            english = Problem(found["rule"], "error", found["message"], Location(""), hint)
            swedish = translated(english, "sv")
            if swedish.message == english.message:
                untold.append(f"{case}: {english.message}")
            if hint and swedish.hint == hint:
                untold.append(f"{case}: hint: {hint}")
    assert untold == []


def test_a_list_that_is_cut_ends_in_swedish() -> None:
    english = Problem(
        "container/junk-file", "warning", "No part of a course: 'a', 'b', 'c' and 4 more.", Location("x")
    )
    assert "'a', 'b', 'c' och 4 till" in translated(english, "sv").message


def test_english_is_left_as_it_is() -> None:
    problem = Problem("scorm12/missing-title", "error", "The item has no title.", Location("x"))
    assert translated(problem, "en") is problem


def test_a_rule_in_english_says_what_its_docstring_says() -> None:
    for rule in RULES.values():
        words = explained(rule.name, "en")
        assert words
        assert f"{words.what}\n\n{words.text}" == rule.text
