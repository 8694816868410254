"""The accessibility statement, the conformance table and EARL: nothing is claimed that nothing holds."""

from __future__ import annotations

import ast
import datetime
import json
import re
import shutil
import string
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from small import a_page, questions, write_small

from coursepack.course.theme import Theme, style
from coursepack.languages.messages import problem_names
from coursepack.reading.rules import RULES as COURSE_RULES
from coursepack.reading.source import read_folder
from coursepack.release import accessibility
from coursepack.release.accessibility import standards
from coursepack.release.accessibility.rows import Row, assess, claims
from coursepack.release.accessibility.standards import guidelines, norm
from coursepack.release.handover import LANGUAGES, Handover
from coursepack.release.layout import words
from coursepack.rules import RULES

ROOT = Path(__file__).resolve().parents[2]
DATE = datetime.date(2026, 12, 1)
STATEMENT = """\
accessibility:
  conformance: partial
  assessed: 2026-11-20
  method: Prövad av Åsa & <Bo> med {date} och **fetstil**.
  shortcomings:
    - {what: Ljudet i <film 2> brusar., why: Mikrofonen var trasig.}
  email: kurs@example.org
  phone: 08-123 45 67
"""
VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\n{text}\n"
FILM = """\
```video
src: media/h264.mp4
title: En film
captions: media/film.vtt
transcript: media/text.vtt
described: {described}
```
"""
SOUND = """\
```audio
src: media/aac.m4a
title: Ett ljud
transcript: media/text.vtt
```
"""
PICTURE = """\
```image
src: media/bild.svg
alt: Ett hus
```
"""


def handover(folder: Path, pages: str = "Text.\n", head: str = "", said: str = "Hej.") -> Handover:
    """A course of a page."""
    course = write_small(
        folder,
        [a_page("sida", pages)],
        head=head,
        files={
            "media/film.vtt": VTT.format(text=said),
            "media/text.vtt": VTT.format(text="<v Bild>Ett hus.</v>"),
            "media/fil.txt": "Text.",
            "media/bild.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M1 1h1"/></svg>',
        },
    )
    for name in ("h264.mp4", "aac.m4a"):
        shutil.copy(ROOT / "tests/films" / name, course / "media")
    shutil.copy(course / "media/h264.mp4", course / "media/syn.mp4")
    found, report = read_folder(course)
    assert found is not None, report
    return Handover(found, course, (), report, DATE)


def documents(given: Handover) -> dict[str, str]:
    return {each.name: each.data.decode() for each in accessibility.documents(given)}


def rows(given: Handover) -> dict[str, Row]:
    """Each row by the number of its criterion or clause."""
    return {
        (row.criterion.number if row.criterion else row.clause.number if row.clause else ""): row
        for row in assess(given).rows
        if row.clause is None or row.clause.is_web
    }


# What holds the claims


def held() -> Iterator[tuple[str, str]]:
    for claim, entries in claims().items():
        for entry in entries if isinstance(entries, list) else [entries]:
            for name in (*entry.get("by", ()), *entry.get("faults", ())):
                yield claim, name


def test_every_rule_and_test_that_holds_a_claim_exists() -> None:
    rules = {*RULES, *COURSE_RULES, *problem_names()}
    missing = []
    for claim, name in held():
        path, _, test = name.partition("::")
        if not test:
            missing += [(claim, name)] * (name not in rules)
            continue
        tests = {
            node.name
            for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8")))
            if isinstance(node, ast.FunctionDef)
        }
        missing += [(claim, name)] * (test not in tests or not test.startswith("test_"))
    assert missing == []


def test_what_is_said_to_be_held_is_held_by_something() -> None:
    bare = [
        claim
        for claim, entries in claims().items()
        for entry in (entries if isinstance(entries, list) else [entries])
        if entry["status"] in ("built", "checked") and not entry.get("by")
    ]
    assert bare == []


def test_a_fault_is_a_finding_that_a_course_can_be_released_with() -> None:
    """An error stops the release, so that it can be no shortcoming of one."""
    severities = {name: rule.severity for name, rule in COURSE_RULES.items()}
    for claim, entries in claims().items():
        for entry in entries if isinstance(entries, list) else [entries]:
            for name in entry.get("faults", ()):
                assert severities.get(name, "warning") != "error", (claim, name)


# The standards


def test_the_guidelines_have_the_criteria_of_their_levels() -> None:
    # WCAG 2.2 has 31 criteria of level A, as 4.1.1 is gone, and 24 of level AA.
    levels = Counter(criterion.level for criterion in guidelines().criteria.values())
    assert levels == {"A": 31, "AA": 24}
    url = guidelines().criteria["2.4.11"].url
    assert url == "https://www.w3.org/TR/WCAG22/#focus-not-obscured-minimum"
    assert guidelines().criteria["2.2.2"].url.endswith("#pause-stop-hide")
    assert guidelines().criteria["3.3.4"].url.endswith("#error-prevention-legal-financial-data")


def test_the_norm_has_wcag_2_1_as_its_clauses_for_the_web() -> None:
    web = [clause for clause in norm().clauses if clause.is_web and clause.number.startswith("9.")]
    # 30 criteria of level A, 20 of level AA, and that all of them hold together.
    assert len(web) == 51
    for clause in web:
        assert clause.number in ("9.4.1.1", "9.6") or clause.number == f"9.{clause.wcag}"
    new = set(guidelines().criteria) - {clause.wcag for clause in web}
    # https://www.w3.org/TR/WCAG22/#new-features-in-wcag-2-2
    assert new == {"2.4.11", "2.5.7", "2.5.8", "3.2.6", "3.3.7", "3.3.8"}


def test_another_project_knows_the_same_clauses() -> None:
    """axe-core names those that it looks at in the tags of its rules."""
    script = (ROOT / "player/node_modules/axe-core/axe.js").read_text("utf-8")
    known = set(re.findall(r"EN-(9\.[\d.]+)", script))
    assert len(known) > 15
    # 2.1.3 is of level AAA, and 2.5.8 of WCAG 2.2, which this version of the norm does not have.
    assert known - {"9.2.1.3", "9.2.5.8"} <= {clause.number for clause in norm().clauses}


def test_a_version_of_the_norm_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(standards.__file__).parent / "standards"
    shutil.copy(folder / "wcag-2.2.yaml", tmp_path)
    known = yaml.safe_load((folder / f"{standards.NORM}.yaml").read_text("utf-8"))
    known["name"] = "EN 301 549 V9.9.9"
    known["clauses"]["9.2.4.11"] = {"wcag": "2.4.11"}
    known["clauses"]["5.99"] = {"name": "Something new"}
    known["clauses"]["7.9"] = {"name": "Moved", "claim": "7.3"}
    (tmp_path / "en-9.yaml").write_text(yaml.safe_dump(known, sort_keys=False), "utf-8")
    monkeypatch.setattr(standards, "_FOLDER", tmp_path)
    newer = norm("en-9")
    given = handover(tmp_path / "course")
    found = {row.clause.number: row for row in assess(given, newer).rows if row.clause}
    assert found["9.2.4.11"].status == "checked"
    assert (found["5.99"].status, found["5.99"].say) == ("untried", "new")
    assert found["7.9"].claim == "7.3"
    monkeypatch.setattr("coursepack.release.accessibility.rows.norm", lambda: newer)
    written = documents(given)
    assert "Ny i standarden. Ingen har prövat den än." in written["conformance.sv.html"]
    assert "EN 301 549 V9.9.9" in written["conformance.en.html"]


# Words


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from leaves(each, (*path, name))
    else:
        yield path, value


@pytest.mark.parametrize("name", ["accessibility-statement", "conformance"])
def test_both_languages_say_the_same(name: str) -> None:
    swedish, english = (dict(leaves(words(name, language))) for language in ("sv", "en"))
    assert list(swedish) == list(english)
    for path, text in swedish.items():
        holes, others = (
            sorted(field for _, field, _, _ in string.Formatter().parse(each) if field)
            for each in (text, english[path])
        )
        assert holes == others, path
        assert text.count("**") == english[path].count("**"), path
        assert text.strip(), path


def test_every_claim_has_its_words_and_no_others() -> None:
    said = {
        (claim, entry.get("say", entry["status"]))
        for claim, entries in claims().items()
        for entry in (entries if isinstance(entries, list) else [entries])
    }
    for language in LANGUAGES:
        t = words("conformance", language)
        assert {(claim, say) for claim, hows in t["hows"].items() for say in hows} == said
        assert set(t["plain"]) == set(claims())


def test_every_clause_has_one_row_and_its_words(tmp_path: Path) -> None:
    given = handover(tmp_path)
    found = assess(given).rows
    numbers = [(row.clause and row.clause.number, row.criterion and row.criterion.number) for row in found]
    assert len(set(numbers)) == len(numbers)
    assert {row.clause.number for row in found if row.clause and row.clause.is_web} == {
        clause.number for clause in norm().clauses if clause.is_web
    }
    assert {row.criterion for row in found if row.criterion} == set(guidelines().criteria.values())
    assert {row.claim for row in found} <= set(claims())


# Rows depend on the course


def test_a_course_of_text_has_neither_film_nor_questions(tmp_path: Path) -> None:
    found = rows(handover(tmp_path))
    inapplicable = {number for number, row in found.items() if row.status == "inapplicable"}
    assert {"1.2.1", "1.2.2", "1.2.3", "1.2.5", "1.4.2", "3.3.1", "3.3.4", "7.1.1", "7.3"} <= inapplicable
    assert found["1.1.1"].status == "built"
    assert found["1.4.1"].status == "checked"
    assert "10" not in {row.clause.number for row in found.values() if row.clause}


def test_pictures_are_for_their_author_to_judge(tmp_path: Path) -> None:
    found = rows(handover(tmp_path, PICTURE))
    for number in ("1.1.1", "1.4.1", "1.4.3", "1.4.5", "1.4.11"):
        assert found[number].status == "author", number


def test_a_decorative_picture_says_nothing(tmp_path: Path) -> None:
    text = PICTURE.replace("alt: Ett hus", "decorative: true")
    assert rows(handover(tmp_path, text))["1.1.1"].status == "built"


@pytest.mark.parametrize(
    ("described", "say", "played"),
    [
        ("media/syn.mp4", "described", "checked"),
        ("{not-needed: Rösten säger allt.}", "undescribed", "author"),
    ],
)
def test_a_film_has_captions_and_its_author_answers_for_its_description(
    tmp_path: Path, described: str, say: str, played: str
) -> None:
    given = handover(tmp_path, FILM.format(described=described), said="En liten mening.")
    found = rows(given)
    assert found["1.2.2"].status == "checked"
    assert (found["1.2.5"].status, found["1.2.5"].say) == ("author", say)
    assert found["7.2.1"].status == played
    assert {found[number].status for number in ("7.1.2", "7.1.4", "7.1.5")} == {"untried"}
    assert found["2.3.1"].status == "author"
    assert "(1 film, 0 min 1 s)" in documents(given)["conformance.sv.html"]


def test_a_sound_has_a_text_version(tmp_path: Path) -> None:
    found = rows(handover(tmp_path, SOUND))
    assert (found["1.2.1"].status, found["1.2.2"].status) == ("author", "inapplicable")
    assert found["1.4.2"].status == "built"


def test_questions_can_be_answered_wrong(tmp_path: Path) -> None:
    found = rows(handover(tmp_path, questions((1,))))
    assert {found[number].status for number in ("3.3.1", "3.3.2", "3.3.3", "3.3.4")} == {"checked"}
    assert found["3.3.4"].say == "checked"
    handed = "final-check: {page: sida, feedback: after}\n"
    assert rows(handover(tmp_path / "other", questions((1,)), handed))["3.3.4"].say == "handed-in"


def test_documents_have_a_row_for_each_clause(tmp_path: Path) -> None:
    text = "```download\nsrc: media/fil.txt\ntitle: Att spara\n```\n"
    given = handover(tmp_path, text)
    found = [row for row in assess(given).rows if row.clause and not row.clause.is_web]
    assert len(found) == sum(not clause.is_web for clause in norm().clauses)
    assert {row.status for row in found} == {"author"}
    assert "10.1.1.1" in documents(given)["conformance.en.html"]
    bare = [row for row in assess(handover(tmp_path / "bare")).rows if row.clause and not row.clause.is_web]
    assert [row.status for row in bare] == ["inapplicable"]


def test_nobody_has_tried_screen_readers_and_telephones(tmp_path: Path) -> None:
    """As docs/browsers.md says."""
    told = (ROOT / "docs/browsers.md").read_text("utf-8")
    assert "**Not tested**: Safari itself" in told
    given = handover(tmp_path, head=STATEMENT)
    found = rows(given)
    assert {found[number].status for number in ("4.1.2", "4.1.3", "9.6")} == {"untried"}
    for reader in ("NVDA", "JAWS", "VoiceOver", "TalkBack"):
        assert reader in told
        assert reader in documents(given)["accessibility-statement.sv.txt"]


# What the check found


def test_what_the_check_found_is_a_shortcoming_whatever_the_author_says(tmp_path: Path) -> None:
    full = "accessibility: {conformance: full, assessed: 2026-11-20, method: Prövad., email: a@example.org}\n"
    said = "En mycket lång rad som ingen hinner läsa på en sekund, hur fort den än läser."
    given = handover(tmp_path, FILM.format(described="{not-needed: Nej.}"), full, said)
    assert "captions/fast-cue" in {problem.rule for problem in given.report}
    row = rows(given)["1.2.2"]
    assert not row.is_met
    assert "captions/fast-cue" in {problem.rule for problem in row.faults}
    written = documents(given)
    statement = written["accessibility-statement.sv.txt"]
    assert "Utbildningen är delvis förenlig med lagen." in statement
    assert "En undertext har fler än 17 tecken per sekund" in statement
    assert "varje film har undertexter med läsbar längd" not in written["conformance.sv.html"]
    assert "Kontrollen hittade brister i 1 rad." in written["conformance.sv.html"]
    outcomes = {each["earl:test"]["@id"].rpartition("#")[2]: each for each in assertions(written)}
    assert outcome(outcomes["captions-prerecorded"]) == "earl:failed"


def test_without_faults_the_author_s_word_counts(tmp_path: Path) -> None:
    full = "accessibility: {conformance: full, assessed: 2026-11-20, method: Prövad., email: a@example.org}\n"
    written = documents(handover(tmp_path, head=full))
    assert "Utbildningen är helt förenlig med lagen." in written["accessibility-statement.sv.txt"]
    assert "The course is fully compliant with the act." in written["accessibility-statement.en.html"]


# The statement


def test_the_statement_has_what_the_agency_asks_for(tmp_path: Path) -> None:
    """Contents by the agency's page on statements: name, service, compliance, shortcomings, dates, method, contact, report."""
    text = documents(handover(tmp_path, head=STATEMENT))["accessibility-statement.sv.txt"]
    for wanted in (
        "[Er organisation] står bakom utbildningen Prov.",
        "Utbildningen är delvis förenlig med lagen.",
        "- Ljudet i <film 2> brusar. Skäl: Mikrofonen var trasig.",
        "Senaste bedömningen gjordes den 20 november 2026.",
        "Redogörelsen uppdaterades senast den 20 november 2026.",
        "Prövad av Åsa & <Bo> med {date} och **fetstil**.",
        "[er adress för tillgänglighet]",
        "- kurs@example.org\n- 08-123 45 67",
        "Anmäl: https://www.digg.se/tdosanmalan",
        "Oskäligt betungande anpassning (12 § lagen)",
        "Innehåll som inte omfattas av lagen (9 §)",
    ):
        assert wanted in text, wanted


def test_what_is_to_be_filled_in_is_bold_and_in_brackets(tmp_path: Path) -> None:
    for head in (STATEMENT, ""):
        written = documents(handover(tmp_path / str(len(head)), head=head))
        for language in LANGUAGES:
            html, text = (written[f"accessibility-statement.{language}.{kind}"] for kind in ("html", "txt"))
            bold = re.findall(r'<b class="fill">(.*?)</b>', html)
            # The text says the first of them in its own words.
            assert bold[1:] == re.findall(r"\[(.*?)\]", text)
            assert len(bold) > 6


def test_a_course_without_a_statement_is_to_be_assessed(tmp_path: Path) -> None:
    given = handover(tmp_path)
    written = documents(given)
    text = written["accessibility-statement.sv.txt"]
    assert "[helt, delvis eller inte förenlig: välj]" in text
    assert "[Bedöm den själva, eller be om en bedömning.]" in text
    assert "Senaste bedömningen gjordes den [datum]." in text
    assert "Inte bedömd av författaren." in written["conformance.sv.html"]
    assert not any(each["earl:mode"]["@id"] == "earl:manual" for each in assertions(written))


def test_the_author_s_words_keep_their_language_and_are_no_markup(tmp_path: Path) -> None:
    written = documents(handover(tmp_path, head=STATEMENT))
    html = written["accessibility-statement.en.html"]
    assert '<span lang="sv">Ljudet i &lt;film 2&gt; brusar.</span>' in html
    assert '<span lang="sv">Prövad av Åsa &amp; &lt;Bo&gt; med {date} och **fetstil**.</span>' in html
    assert 'href="tel:081234567"' in html
    assert 'lang="sv">Ljudet' not in written["accessibility-statement.sv.html"]


def test_a_translated_course_speaks_each_language(sample: Path) -> None:
    course, report = read_folder(sample)
    assert course is not None
    written = documents(Handover(course, sample, (), report, DATE))
    english = course.editions[0].definition
    assert english.accessibility
    assert english.accessibility.shortcomings[0].what in written["accessibility-statement.en.txt"]
    assert 'lang="sv"' not in written["accessibility-statement.en.html"].partition("<main")[2]


# EARL


def assertions(written: Mapping[str, str]) -> list[dict[str, Any]]:
    graph = json.loads(written["earl.json"])["@graph"]
    return [each for each in graph if each["@type"] == "earl:Assertion"]


def outcome(assertion: Mapping[str, Any]) -> str:
    return str(assertion["earl:result"]["earl:outcome"]["@id"])


def test_earl_says_the_same_as_the_table(tmp_path: Path) -> None:
    given = handover(tmp_path, PICTURE, STATEMENT)
    written = documents(given)
    document = json.loads(written["earl.json"])
    nodes = {each["@id"]: each for each in document["@graph"] if "@id" in each}
    # EARL 1.0 Schema, 2.7 and 2.8.
    outcomes = {f"earl:{name}" for name in ("passed", "failed", "cantTell", "inapplicable", "untested")}
    modes = {f"earl:{name}" for name in ("automatic", "manual", "semiAuto", "undisclosed", "unknownMode")}
    for each in assertions(written):
        for name in ("assertedBy", "subject", "test"):
            assert each[f"earl:{name}"]["@id"] in nodes
        assert each["earl:mode"]["@id"] in modes
        assert outcome(each) in outcomes
    by_builder = [each for each in assertions(written) if each["earl:assertedBy"]["@id"] == "_:coursepack"]
    assert len(by_builder) == len(assess(given).rows)
    told = Counter(map(outcome, by_builder))
    statuses = Counter(row.status for row in assess(given).rows)
    assert told["earl:passed"] == statuses["built"] + statuses["checked"]
    assert told["earl:cantTell"] == statuses["author"]
    assert told["earl:untested"] == statuses["untried"]
    (own,) = [each for each in assertions(written) if each["earl:mode"]["@id"] == "earl:manual"]
    assert own["earl:assertedBy"]["@id"] == "_:publisher"
    assert outcome(own) == "earl:failed"


def test_the_same_release_has_the_same_bytes(tmp_path: Path) -> None:
    given = handover(tmp_path, PICTURE, STATEMENT)
    assert list(accessibility.documents(given)) == list(accessibility.documents(given))
    names = [each.name for each in accessibility.documents(given)]
    assert sorted(names) == sorted(
        [
            *(
                f"accessibility-statement.{language}.{kind}"
                for language in LANGUAGES
                for kind in ("html", "txt")
            ),
            *(f"conformance.{language}.html" for language in LANGUAGES),
            "earl.json",
        ]
    )


# What the player's code does not do


SCRIPTS = {
    path.relative_to(ROOT / "player/src").as_posix(): path.read_text("utf-8")
    for path in sorted((ROOT / "player/src").rglob("*.js"))
}


def listening(pattern: str) -> set[tuple[str, str]]:
    """Each script that names an event, with the event."""
    return {
        (name, found)
        for name, script in SCRIPTS.items()
        for found in re.findall(rf"""["'](?:on)?({pattern})["']|\.on({pattern})\b""", script)
        for found in [next(filter(None, found))]
    }


def test_no_script_needs_a_gesture_or_a_movement() -> None:
    assert listening(r"touch\w+|gesture\w+|drag\w*|drop|pointermove|mousemove|wheel|device\w+") == set()


def test_nothing_is_done_before_the_pointer_is_let_go() -> None:
    # It only takes down where the learner is, so that lines do not move away from there.
    assert listening(r"pointerdown|mousedown") == {("blocks/playable.js", "pointerdown")}


def test_no_style_blinks() -> None:
    styles = [*(ROOT / "templates").rglob("*.css"), ROOT / "templates/index.html"]
    assert len(styles) > 5
    for path in styles:
        found = re.findall(r"animation[\w-]*:[^;}]*", path.read_text("utf-8"))
        assert not [each for each in found if re.search(r"infinite|iteration-count|\s\d+\s*$", each)], path


def style_of_packages() -> str:
    blocks = [path.stem for path in (ROOT / "templates/blocks").glob("*.html")]
    return style(Theme(), None, {}, blocks)


def test_no_motion_of_a_style_lasts_five_seconds() -> None:
    """WCAG 2.2.2."""
    whole = style_of_packages()
    values = dict(re.findall(r"(--[\w-]+):([^;}]*)", whole))
    seen = 0
    for value in re.findall(r"\b(?:animation|transition)[\w-]*:([^;}]*)", whole):
        written = re.sub(r"var\((--[\w-]+)\)", lambda found: values[found[1]], value)
        for one in re.split(r",(?![^(]*\))", written):
            # How long, and how late it begins.
            lasts = sum(
                float(number) / (1000 if unit == "ms" else 1)
                for number, unit in re.findall(r"(?<![\w.])([\d.]+)(m?s)\b", one)
            )
            assert lasts < 5, value
            seen += lasts > 0
    assert seen > 3


def test_no_style_shows_anything_because_the_pointer_is_there() -> None:
    """WCAG 1.4.13."""
    rules = re.findall(r"[^{}]*:hover[^{}]*\{[^{}]*\}", style_of_packages())
    assert len(rules) > 3
    for rule in rules:
        assert not re.search(r"[{;\s](display|visibility|opacity|content|(max-)?height)\s*:", rule), rule
