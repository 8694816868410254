"""Findings in Swedish: every rule and problem has its words, and every finding of the tests' packages and courses."""

from __future__ import annotations

import errno
import pickle
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import yaml
from test_course_rules import CASES as COURSE_CASES
from test_course_rules import report_of_course
from test_layers import SRC
from test_package import ZIP_CASES
from test_rules import CASES, Case, report_of_case

from coursepack.checking import check
from coursepack.course.blocks.formula import read_math
from coursepack.languages.messages import problem_names, translated, words_of
from coursepack.outputs.texts import explained
from coursepack.package import parse_xml
from coursepack.problems import (
    Count,
    Location,
    Message,
    Names,
    Number,
    Problem,
    Quoted,
    Reason,
    Report,
    listed,
    nearest,
    parts,
    quoted,
)
from coursepack.reading.rules import RULES as COURSE_RULES
from coursepack.result import report_fields, report_of
from coursepack.rules import RULES

HERE = Path(__file__).parent
FOLDER = SRC / "languages/sv/findings"
COURSES = sorted(path.parent for path in (HERE / "courses").glob("*/expected.txt"))
AREAS = sorted({name.partition("/")[0] for name in RULES})
PLACE = Location("x")


def swedish(message: str | Message, hint: str | Message = "", rule: str = "x/x") -> tuple[str, str]:
    told = translated(Problem(rule, "error", message, PLACE, hint), "sv")
    return told.message, told.hint


def sentences() -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every list of sentences and what they are in Swedish, with the name of what it is for."""
    for name in (*RULES, *COURSE_RULES, *problem_names()):
        words = words_of(name, "sv")
        assert words, name
        yield name, words.messages
        yield name, words.hints
    yield "all", yaml.safe_load((FOLDER / "values.yaml").read_text("utf-8"))["messages"]


def holes(sentence: str) -> list[str]:
    return sorted(re.findall(r"\{\d\}", sentence))


def test_a_sentence_has_the_same_values_in_both_languages() -> None:
    for name, pairs in sentences():
        for english, other in pairs.items():
            assert holes(english) == [f"{{{number}}}" for number in range(len(holes(english)))], name
            assert holes(other) == holes(english), f"{name}: {english}"
            assert other != english, name


@pytest.mark.parametrize("area", AREAS)
def test_every_rule_of_an_area_has_its_words(area: str) -> None:
    entries = yaml.safe_load((FOLDER / f"{area}.yaml").read_text("utf-8"))
    names = [name.partition("/")[2] for name in RULES if name.startswith(f"{area}/")]
    assert list(entries)[: len(names)] == names
    for name in names:
        entry = entries[name]
        assert set(entry) <= {"what", "text", "messages", "hints"}, name
        assert entry["what"].endswith("."), name
        assert len(entry["text"].split()) > 3, name


def untold(report: Report) -> list[str]:
    """The sentences of a report that are the same in Swedish, or lose a value there."""
    found = []
    for problem in report:
        told = translated(problem, "sv")
        for english, words, other in (
            (problem.message, problem.says, told.message),
            (problem.hint, problem.advises, told.hint),
        ):
            lost = [value for value in words.values if isinstance(value, Quoted) and str(value) not in other]
            if english and (english == other or lost or re.search(r"\{\d\}", other)):
                found.append(f"{problem.rule}: {english}")
    return found


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_finding_of_the_case_pages_is_told_in_swedish(case: Case, tmp_path: Path) -> None:
    assert untold(report_of_case(case, tmp_path)) == []


@pytest.mark.parametrize("case", COURSE_CASES, ids=str)
def test_a_finding_of_the_case_pages_of_courses_is_told_in_swedish(case: Case, tmp_path: Path) -> None:
    assert untold(report_of_course(case, tmp_path)) == []


@pytest.mark.parametrize("rule", ZIP_CASES)
def test_a_finding_of_a_zip_is_told_in_swedish(rule: str, tmp_path: Path) -> None:
    for data, _ in ZIP_CASES[rule]:
        path = tmp_path / "package.zip"
        path.write_bytes(data)
        assert untold(check(path)) == []


@pytest.mark.parametrize("course", COURSES, ids=lambda path: path.name)
def test_a_problem_of_a_wrong_course_is_told_in_swedish(course: Path) -> None:
    report = check(course)
    assert report.problems
    assert untold(report) == []


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (Message("Did you mean {0}?", Quoted("a' and 3 more")), "Menar du \"a' and 3 more\"?"),
        (Message("There are more than {0} of these.", 100), "Det finns fler än 100 sådana."),
        (Message("Known: {0}.", Names("'a', 'b', 'c'", 4)), "De som finns: 'a', 'b', 'c' och 4 till."),
        (Message("Known: {0}.", Names("'a'", 0)), "De som finns: 'a'."),
        (Message("Known: {0}.", Count(12345)), "De som finns: 12\xa0345."),
        (Message("Known: {0}.", Number("-66.5")), "De som finns: \N{MINUS SIGN}66,5."),
        (Message("{0}: {1}", "a", Count(1000)), "a: 1\xa0000"),
        (Message("{0}", parts("Nobody wrote it.", Message("Known: {0}.", Count(1000)))), "Nobody wrote it.; De som finns: 1\xa0000."),
        (Message("Known: {0}.", parts(Message("Did you mean {0}?", Quoted("a")), joint=", ")), "De som finns: Menar du 'a'?."),
        (Message("Known: {0}.", Reason("it is a link")), "De som finns: den är en länk."),
        (Message("Known: {0}.", Reason("something new")), "De som finns: something new."),
        # What an author wrote is never taken for our words.
        (Message("Known: {0}.", Quoted("it is a link")), "De som finns: 'it is a link'."),
        (Message("Known: {0}.", Quoted("{0}")), "De som finns: '{0}'."),
        (Message("This nobody has written."), "This nobody has written."),
        (Message("Did you mean 'x'?"), "Did you mean 'x'?"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_swedish_writes_it(message: Message, expected: str) -> None:
    assert swedish(message)[0] == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOENT, "det finns ingen sådan fil eller mapp"),
        (errno.EACCES, "du saknar behörighet"),
        (errno.ENOSPC, "disken är full"),
        (errno.EPIPE, "systemet svarar ”as this system says it”"),
    ],
)
def test_what_the_system_says_is_known_by_its_number(number: int, expected: str) -> None:
    reason = Reason.of(OSError(number, "as this system says it"))
    assert swedish(Message("Known: {0}.", reason))[0] == f"De som finns: {expected}."


# What people do to a manifest by hand, and what cuts it short.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "filen är tom"),
        ("<a><b></a>", "en sluttagg hör inte ihop med sin starttagg"),
        ("<a>Q & A</a>", "ett ensamt & ska skrivas &amp;"),
        ("<a>&#xZ;</a>", "numret efter &#x är inte hexadecimalt"),
        ("<a>&#z;</a>", "numret efter &# är inte skrivet med siffror"),
        ("<a>&#x0;</a>", "texten har ett tecken som inte får stå i XML"),
        ("<a><!-- </a>", "en kommentar är inte avslutad"),
        ("<a><![CDATA[ </a>", "ett avsnitt med CDATA är inte avslutat med ]]>"),
        ("<a><?php ", "en instruktion, <?, är inte avslutad med ?>"),
        ("<a><? b?></a>", "efter <? fattas ett namn"),
        ("<?xml encoding='utf-8'?><a/>", "XML-deklarationen saknar version"),
        ("<?xml version='1.0' ><a/>", "XML-deklarationen är inte avslutad med ?>"),
        ("<?xml version='1.0' standalone='ja'?><a/>", "standalone i XML-deklarationen kan bara vara yes eller no"),
        ("<a:b:c/>", "ett namn har mer än ett kolon, eller kolonet först eller sist"),
        # An odd address of a namespace, which the parser tells of first, is not why.
        ("<a xmlns='http://x y/%'>&</a>", "ett ensamt & ska skrivas &amp;"),
    ],
)  # fmt: skip
def test_what_a_parser_says_of_xml_is_in_swedish(text: str, expected: str) -> None:
    _, fault = parse_xml(text)
    assert fault
    assert swedish(fault.message, rule="container/malformed-manifest")[0].endswith(f": {expected}.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id: a\n%b\n", "en rad kan inte börja med %"),
        ("%YAML b\n---\nid: a\n", "raden med %YAML har ingen version som går att läsa"),
        ("id: !a!b c\n", "en tagg börjar med något som inte är känt"),
        ("id: |0\n  a\n", "efter | eller > kan inte 0 stå"),
        ('id: "\\xZZ"\n', "efter \\x, \\u eller \\U ska hexadecimala siffror stå"),
    ],
)
def test_what_a_parser_says_of_yaml_is_in_swedish(text: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "course.yaml").write_text(text, "utf-8")
    told = [translated(problem, "sv").message for problem in check(tmp_path).problems]
    assert told[0] == f"är inte YAML: {expected}"


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\left( a", r"\left och \right hör inte ihop"),
        (r"a_b_c", "två index följer på varandra"),
        (r"a^b^c", "två exponenter följer på varandra"),
        (r"\frac", "något saknas i slutet av formeln"),
    ],
)
def test_what_a_converter_says_of_a_formula_is_in_swedish(latex: str, expected: str) -> None:
    _, (told, *_) = read_math(latex)
    assert swedish(told, rule="page/bad-math")[0] == f"formeln går inte att läsa som LaTeX: {expected}"


def test_words_that_are_not_known_are_quoted_as_a_parser_s() -> None:
    message = Message("It is not well-formed XML: {0}.", Reason("something new", "libxml2 1"))
    told, _ = swedish(message, rule="container/malformed-manifest")
    assert told.endswith(": läsaren säger ”something new”.")


def test_a_sentence_may_read_otherwise_with_a_word_of_ours() -> None:
    assert swedish(Message("{0} has no identifier.", "item"), rule="scorm12/missing-identifier")[0] == (
        "Objektet saknar identifierare."
    )


def test_english_is_left_as_it_is() -> None:
    problem = Problem("scorm12/missing-title", "error", "The item has no title.", PLACE)
    assert translated(problem, "en") is problem


def test_a_rule_in_english_says_what_its_docstring_says() -> None:
    for rule in RULES.values():
        words = explained(rule.name, "en")
        assert words
        assert f"{words.what}\n\n{words.text}" == rule.text


# Messages


@pytest.mark.parametrize(
    ("message", "template", "text"),
    [
        (Message("a"), "a", "a"),
        (Message("a {0}"), "a {0}", "a {0}"),
        (Message("{0} of {1}", 1, Count(2000)), "{0} of {1}", "1 of 2,000"),
        (Message("{1} and {0}", 1, 2), "{0} and {1}", "2 and 1"),
        (Message("the {0} is {1}", Quoted("{1}"), 5), "the {0} is {1}", "the '{1}' is 5"),
        (Message("{0}: {1}", Quoted("b"), Message("is {0}", 4)), "{0}: is {1}", "'b': is 4"),
        (Message("{0} are {1}", listed(["a", "b", "c"]), Message("there")), "{0} and {1} and {2} are there", "a and b and c are there"),
        (Message("{0}", Names("'a', 'b'", 2)), "{0}", "'a', 'b' and 2 more"),
        (Message("{0}", Number("1.5")), "{0}", "1.5"),
        (Message("{0} {1}", 1, parts("a", Message("is {0}", 4))), "{0} {1}", "1 a; is 4"),
        (Message("{0}", Reason.of(OSError(13, "Permission denied"))), "{0}", "Permission denied"),
        (Message("{0}", Reason.of(OSError("it is not a file"))), "{0}", "it is not a file"),
        (Message("{0} {1}", quoted("a"), quoted(None)), "{0} {1}", "'a' None"),
        (nearest("pag", ["page", "part"]), "Did you mean {0}?", "Did you mean 'page'?"),
        (nearest("x", ["b", "a"]), "Known: {0}.", "Known: a, b."),
        (nearest("x", []), "", ""),
    ],
)  # fmt: skip
def test_a_message_is_a_template_with_its_values(message: Message, template: str, text: str) -> None:
    assert message.template == template
    assert str(message) == text
    assert bool(message) == bool(text)


PROBLEM = Problem(
    "a/b",
    "warning",
    Message(
        "{0} {1} {2} {3} {4} {5} {6} {7}",
        *("a", 1, Quoted("b"), Count(2), Names("'c'", 3), Reason("d"), Number("0.5")),
        parts("e", Message("f {0}", Quoted("g"))),
    ),
    Location("x.md", 3),
    "Mend it.",
)


def test_a_problem_is_a_value() -> None:
    again = Problem(PROBLEM.rule, PROBLEM.severity, PROBLEM.says, PROBLEM.location, PROBLEM.advises)
    assert again == PROBLEM
    assert hash(again) == hash(PROBLEM)
    assert pickle.loads(pickle.dumps(PROBLEM)) == PROBLEM
    assert asdict(PROBLEM)["location"] == {"file": "x.md", "line": 3, "column": None}
    assert replace(PROBLEM, severity="note") == Problem(
        PROBLEM.rule, "note", PROBLEM.says, PROBLEM.location, PROBLEM.advises
    )
    assert replace(PROBLEM, advises="").hint == ""
    assert PROBLEM.at(PLACE).location == PLACE
    assert PROBLEM.at(PROBLEM.location) == PROBLEM


def test_a_report_can_be_kept_as_plain_values() -> None:
    import json

    report = Report.of([PROBLEM, PROBLEM.at(PLACE)])
    assert report_of(json.loads(json.dumps(report_fields(report)))) == report


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        ("<manifest><a></manifest>", "en sluttagg hör inte ihop med sin starttagg"),
        ("<manifest><a>", "filen tar slut innan ett element är avslutat"),
        ("<manifest>Mat & dryck</manifest>", "ett ensamt & ska skrivas &amp;"),
        ("<manifest><x:a/></manifest>", "ett prefix är inte deklarerat"),
        ('<manifest identifier="a" identifier="b"/>', "ett attribut står två gånger i en tagg"),
        ("<manifest a=b/>", "ett attributs värde saknar citattecken"),
        ("<manifest/><manifest/>", "något står efter det yttersta elementet"),
    ],
)
def test_why_a_manifest_is_no_xml_is_told_in_swedish(manifest: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "imsmanifest.xml"
    path.write_text(manifest)
    (problem,) = (one for one in check(path) if one.rule == "container/malformed-manifest")
    assert translated(problem, "sv").message == f"Det är inte välformad XML: {told}."


def test_what_a_parser_says_cannot_steer_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "imsmanifest.xml"
    path.write_text("<manifest><a\u202eb></manifest>", encoding="utf-8")
    assert all("\u202e" not in str(problem) for problem in check(path))
