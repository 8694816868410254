"""Every rule against its case pages: `tests/rules/<area>/<name>.md`, prose that runs.

A heading begins a case. A case begins with the least valid package of SCORM 1.2 and changes it: a fenced block whose
info string ends in a path replaces or adds that file; a line "In `file`, `these words` become `those`." changes some
words of it; a line "remove: path" takes a file away. The last block is the exact report, empty when there is none.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from lxml import etree
from test_package import ZIP_RULES
from xsd import scorm12_schema

from coursepack.package import MANIFEST, open_package
from coursepack.problems import Report
from coursepack.rules import RULES, judge

HERE = Path(__file__).parent
LEAST = {
    path.relative_to(HERE / "packages/scorm12").as_posix(): path.read_text(encoding="utf-8")
    for path in (HERE / "packages/scorm12").rglob("*")
    if path.is_file()
}
CHANGE = re.compile(r"In `([^`]+)`, `([^`]+)` becomes? `([^`]*)`\.")


@dataclass
class Case:
    rule: str
    title: str
    files: dict[str, str] = field(default_factory=lambda: dict(LEAST))
    report: str | None = None

    def __str__(self) -> str:
        return f"{self.rule}: {self.title}"


def read_cases(page: Path) -> list[Case]:
    cases: list[Case] = []
    lines = iter(page.read_text(encoding="utf-8").splitlines())
    for line in lines:
        if line.startswith("## "):
            cases.append(Case(f"{page.parent.name}/{page.stem}", line[3:]))
        elif line.startswith("remove: "):
            del cases[-1].files[line[8:]]
        elif match := CHANGE.fullmatch(line):
            name, old, new = match.groups()
            assert old in cases[-1].files[name], f"{page.name}: {old!r} is not in {name}"
            cases[-1].files[name] = cases[-1].files[name].replace(old, new)
        elif line.startswith("In "):
            raise AssertionError(f"{page.name}: not understood: {line}")
        elif line.startswith("```"):
            body = "".join(f"{inner}\n" for inner in iter(lambda: next(lines), "```"))
            if line == "```report":
                cases[-1].report = body.rstrip("\n")
            else:
                cases[-1].files[line.split(maxsplit=1)[1]] = body
    return cases


CASES = [case for page in sorted((HERE / "rules").glob("*/*.md")) for case in read_cases(page)]
each_case = pytest.mark.parametrize("case", CASES, ids=str)


def report_on(files: dict[str, str], folder: Path) -> str:
    path = folder / "package.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    with open_package(path) as package:
        return str(Report.of(judge(package)))


@each_case
def test_the_report_of_a_case_is_exact(case: Case, tmp_path: Path) -> None:
    assert report_on(case.files, tmp_path) == case.report


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_has_a_failing_and_a_passing_case(name: str) -> None:
    if name in ZIP_RULES:
        return
    reports = [case.report or "" for case in CASES if case.rule == name]
    assert any(f" {RULES[name].severity} {name}: " in report for report in reports), "no failing case"
    assert any(f" {name}: " not in report for report in reports), "no passing case"


def test_every_case_page_and_every_zip_case_belongs_to_a_rule() -> None:
    assert {case.rule for case in CASES} | set(ZIP_RULES) == set(RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_a_rule_says_what_why_and_how_to_mend(rule) -> None:
    what, _, why = rule.text.partition("\n\n")
    assert what.endswith(".")
    assert why.count(".") >= 2


def test_a_fatal_problem_ends_the_run(tmp_path: Path) -> None:
    files = {MANIFEST: "<html/>", "index.html": "<p>no title, no language", "Thumbs.db": ""}
    report = report_on(files, tmp_path)
    assert [line.split(": ")[1] for line in report.splitlines()] == [
        "fatal scorm12/wrong-root",
        "warning container/junk-file",
    ]


def test_one_rule_tells_at_most_a_hundred_problems(tmp_path: Path) -> None:
    pages = "".join(f'<img src="{n}.png">' for n in range(500))
    index = LEAST["index.html"].replace("<h1>", f"{pages}<h1>")
    lines = report_on({**LEAST, "index.html": index}, tmp_path).splitlines()
    assert len(lines) == 101
    assert lines[-1] == "package.zip: warning pages/missing-reference: There are more than 100 of these."


def test_a_folder_and_its_zip_get_the_same_report(tmp_path: Path) -> None:
    index = LEAST["index.html"].replace("<h1>", '<img src="gone.png"><h1>')
    folder = tmp_path / "package"
    for name, text in {**LEAST, "index.html": index}.items():
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    with open_package(folder) as package:
        of_folder = str(Report.of(judge(package)))
    assert of_folder == report_on({**LEAST, "index.html": index}, tmp_path)
    assert of_folder == "index.html:10: warning pages/missing-reference: 'gone.png' is not in the package."


def test_the_least_package_is_clean_and_valid_by_the_official_schemas() -> None:
    with open_package(HERE / "packages/scorm12") as package:
        assert judge(package) == []
    schema = scorm12_schema()
    assert schema.validate(etree.fromstring(LEAST[MANIFEST].encode()).getroottree()), schema.error_log


def test_what_the_official_schemas_refuse_the_rules_report_too() -> None:
    schema = scorm12_schema()
    refused = []
    for case in CASES:
        try:
            tree = etree.fromstring(case.files[MANIFEST].encode()).getroottree()
        except (KeyError, etree.XMLSyntaxError):
            continue
        if not schema.validate(tree):
            refused.append(case)
    assert [str(case) for case in refused if not case.report] == []
    # The schemas refuse whole kinds of fault, so a judge that accepts everything would be seen here.
    assert {"scorm12/duplicate-identifier", "scorm12/wrong-order"} <= {case.rule for case in refused}
