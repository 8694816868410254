"""Every rule against its case pages: `tests/rules/<area>/<name>.md`, prose that runs.

A heading begins a case. A case begins with the least valid package of the area, in tests/packages (of SCORM 1.2 where
the area is no standard), or with that of the standard that a line "from: standard" names first, and changes it: a fenced
block whose info string ends in a path replaces or adds that file; a line "In `file`, `these words` become `those`."
changes some words of it (`\\r\\n` is an end of line); a line "remove: path" takes a file away; a line "size: path 6 MB" adds a file of that size. The
last block is the exact report, empty when there is none.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import islice
from pathlib import Path

import pytest
from lxml import etree
from test_package import ZIP_RULES
from xsd import scorm12_schema, scorm2004_schema

from coursepack.checking import check
from coursepack.package import MANIFEST, open_package
from coursepack.problems import Report
from coursepack.rules import RULES, check_package
from coursepack.rules.rule import rules_of
from coursepack.rules.standards import STANDARDS, standard_of

HERE = Path(__file__).parent
Files = Mapping[str, Mapping[str, str]]


def files_of(top: Path) -> Files:
    """The files of each folder in a folder."""
    return {
        folder.name: {
            # As it is: the lines of some files end in CR LF.
            path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8")
            for path in folder.rglob("*")
            if path.is_file()
        }
        for folder in sorted(top.iterdir())
    }


LEAST_OF = files_of(HERE / "packages")
LEAST = LEAST_OF["scorm12"]
CHANGE = re.compile(r"In `([^`]+)`, `([^`]+)` becomes? `([^`]*)`\.")
MADE = re.compile(r"(film|font|picture|text): (\S+) (\d+) (?:s|kB|px)")
GROW = re.compile(r"grow: (\S+) (\d+) MB")
COPY = re.compile(r"copy: (\S+) (\S+)")
SIZE = re.compile(r"size: (\S+) (\d+) MB")


@dataclass
class Case:
    rule: str
    title: str
    files: dict[str, str] = field(default_factory=dict)
    megabytes: dict[str, int] = field(default_factory=dict)
    made: dict[str, tuple[str, int]] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)
    grown: dict[str, int] = field(default_factory=dict)
    examined: dict[str, str] = field(default_factory=dict)
    with_media: bool = False
    report: str | None = None

    def __str__(self) -> str:
        return f"{self.rule}: {self.title}"


def read_cases(page: Path, least_of: Files = LEAST_OF, default: Mapping[str, str] = LEAST) -> list[Case]:
    """The cases of a page. What they begin with is `least_of` their area, or the default."""
    cases: list[Case] = []
    lines = iter(page.read_text(encoding="utf-8").splitlines())
    for line in lines:
        if line.startswith("## "):
            least = least_of.get(page.parent.name, default)
            cases.append(Case(f"{page.parent.name}/{page.stem}", line[3:], dict(least)))
        elif line.startswith("from: "):
            cases[-1].files = dict(least_of[line[6:]])
        elif line == "extra: media":
            cases[-1].with_media = True
        elif line.startswith("remove: "):
            del cases[-1].files[line[8:]]
        elif match := SIZE.fullmatch(line):
            cases[-1].megabytes[match[1]] = int(match[2])
        elif match := MADE.fullmatch(line):
            cases[-1].made[match[2]] = (match[1], int(match[3]))
        elif match := COPY.fullmatch(line):
            cases[-1].copies[match[1]] = match[2]
        elif match := GROW.fullmatch(line):
            cases[-1].grown[match[1]] = int(match[2])
        elif match := CHANGE.fullmatch(line):
            name, old, new = match.groups()
            assert old in cases[-1].files[name], f"{page.name}: {old!r} is not in {name}"
            cases[-1].files[name] = (
                cases[-1].files[name].replace(old, new.replace("\\r", "\r").replace("\\n", "\n"))
            )
        elif line.startswith("In "):
            raise AssertionError(f"{page.name}: not understood: {line}")
        elif line.startswith("```"):
            ticks = line[: len(line) - len(line.lstrip("`"))]
            body = "".join(f"{inner}\n" for inner in iter(partial(next, lines), ticks))
            if line == "```report":
                cases[-1].report = body.rstrip("\n")
            elif line.startswith("```examined "):
                cases[-1].examined[line.split()[1]] = body
            else:
                cases[-1].files[line.split(maxsplit=1)[1]] = body
    return cases


CASES = [case for page in sorted((HERE / "rules").glob("*/*.md")) for case in read_cases(page)]
each_case = pytest.mark.parametrize("case", CASES, ids=str)


def report_of_files(files: dict[str, str], folder: Path) -> Report:
    path = folder / "package.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    with open_package(path) as package:
        return Report.of(check_package(package))


def report_on(files: dict[str, str], folder: Path) -> str:
    return str(report_of_files(files, folder))


def report_of_case(case: Case, folder: Path) -> Report:
    # Made only now, so that no large text lies in memory for the whole run.
    large = {name: "\n" * megabytes * 1024 * 1024 for name, megabytes in case.megabytes.items()}
    return report_of_files({**case.files, **large}, folder)


@each_case
def test_the_report_of_a_case_is_exact(case: Case, tmp_path: Path) -> None:
    assert str(report_of_case(case, tmp_path)) == case.report


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


# What does not threaten import, start or result, by what it does threaten.
OTHER_CATEGORIES = {
    "accessibility": {
        "pages/autoplay",
        "pages/missing-alternative",
        "pages/missing-captions",
        "pages/missing-language",
        "pages/missing-page-title",
        "pages/no-main-heading",
        "pages/untitled-frame",
        "pages/zoom-forbidden",
    },
    "privacy": {
        "pages/remote-font",
        "pages/remote-frame",
        "pages/remote-medium",
        "pages/remote-reference",
        "pages/remote-style",
        "pages/tracking",
        "web/late-policy",
        "web/missing-policy",
        "web/open-policy",
    },
    "security": {"container/privileged-file", "scripts/leaked-credentials", "scripts/leaked-key"},
}


@pytest.mark.parametrize("category", OTHER_CATEGORIES)
def test_a_category_has_its_rules_and_no_other(category: str) -> None:
    assert {name for name, rule in RULES.items() if rule.category == category} == OTHER_CATEGORIES[category]


def test_a_problem_is_of_its_rules_category(tmp_path: Path) -> None:
    index = LEAST["index.html"].replace("<h1>", '<img src="style.css"><h1>')
    (problem,) = report_of_files({**LEAST, "index.html": index}, tmp_path)
    assert (problem.rule, problem.severity, problem.category) == (
        "pages/missing-alternative",
        "warning",
        "accessibility",
    )


def test_a_fatal_problem_ends_the_run(tmp_path: Path) -> None:
    files = {MANIFEST: "<html/>", "index.html": "<p>no title, no language", "Thumbs.db": ""}
    report = report_on(files, tmp_path)
    assert [line.split(": ")[1] for line in report.splitlines()] == [
        "fatal scorm12/wrong-root",
        "note container/junk-file",
    ]


def test_one_rule_tells_at_most_a_hundred_problems(tmp_path: Path) -> None:
    pages = "".join(f'<img alt="" src="{n}.png">' for n in range(500))
    index = LEAST["index.html"].replace("<h1>", f"{pages}<h1>")
    lines = report_on({**LEAST, "index.html": index}, tmp_path).splitlines()
    assert len(lines) == 101
    assert lines[-1] == "package.zip: warning pages/missing-reference: There are more than 100 of these."


def test_of_a_long_name_in_a_message_beginning_and_ending_are_seen(tmp_path: Path) -> None:
    name = f"media/{'a' * 100}-one.mp4"
    manifest = LEAST[MANIFEST].replace("</resource>", f'<file href="{name}"/></resource>')
    (line,) = report_on({**LEAST, MANIFEST: manifest}, tmp_path).splitlines()
    cut = f"media/{'a' * 33}...{'a' * 30}-one.mp4"
    assert len(cut) == 80
    assert line == f"imsmanifest.xml:20: note scorm12/missing-file: '{cut}' is not in the package."


def test_a_folder_and_its_zip_get_the_same_report(tmp_path: Path) -> None:
    index = LEAST["index.html"].replace("<h1>", '<img alt="" src="gone.png"><h1>')
    folder = tmp_path / "package"
    for name, text in {**LEAST, "index.html": index}.items():
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    with open_package(folder) as package:
        of_folder = str(Report.of(check_package(package)))
    assert of_folder == report_on({**LEAST, "index.html": index}, tmp_path)
    assert of_folder == "index.html:10: warning pages/missing-reference: 'gone.png' is not in the package."


@pytest.mark.parametrize("name", sorted(LEAST_OF))
def test_a_least_package_is_clean(name: str) -> None:
    assert str(check(HERE / "packages" / name)) == ""


def test_every_standard_with_rules_has_a_least_package() -> None:
    areas = {standard.module: standard for standard in STANDARDS if rules_of(standard.rules)}
    assert sorted(areas) == sorted(LEAST_OF)
    for area, standard in areas.items():
        with open_package(HERE / "packages" / area) as package:
            assert standard_of(package) == standard


@cache
def schema_of(area: str, edition: int) -> etree.XMLSchema:
    return scorm12_schema() if area == "scorm12" else scorm2004_schema(edition)


def schema_for(area: str, manifest: str) -> etree.XMLSchema:
    """The official schema for a manifest of an area. For the second edition it is the third's, since there is none."""
    return schema_of(area, 3 if "2004 3rd" in manifest or "1.3<" in manifest else 4)


@pytest.mark.parametrize("area", ["scorm12", "scorm2004"])
def test_a_least_package_is_valid_by_the_official_schemas(area: str) -> None:
    manifest = LEAST_OF[area][MANIFEST]
    schema = schema_for(area, manifest)
    assert schema.validate(etree.fromstring(manifest.encode()).getroottree()), schema.error_log


@pytest.mark.parametrize(
    ("area", "telling"),
    [
        ("scorm12", {"duplicate-identifier", "wrong-order"}),
        ("scorm2004", {"duplicate-identifier", "wrong-order", "wrong-value", "wrong-sequencing-rule"}),
    ],
)
def test_what_the_official_schemas_refuse_the_rules_report_too(area: str, telling: set[str]) -> None:
    refused = []
    for case in CASES:
        manifest = case.files.get(MANIFEST, "")
        if not case.rule.startswith(f"{area}/"):
            continue
        try:
            tree = etree.fromstring(manifest.encode()).getroottree()
        except etree.XMLSyntaxError:
            continue
        if not schema_for(area, manifest).validate(tree):
            refused.append(case)
    assert [str(case) for case in refused if not case.report] == []
    # The schemas refuse whole kinds of fault, so a validator that accepts everything would fail here.
    assert telling <= {case.rule.partition("/")[2] for case in refused}


def edits(element: etree._Element) -> Iterator[tuple[str, Callable[[etree._Element], object]]]:
    """Ways to spoil an element; each takes a copy of it."""
    name = etree.QName(element).localname
    if element.getparent() is not None:
        yield f"{name} dropped", lambda copy: copy.getparent().remove(copy)
        yield f"{name} doubled", lambda copy: copy.addnext(deepcopy(copy))
        yield f"{name} renamed", lambda copy: setattr(copy, "tag", f"{copy.tag}s")
    for key in map(str, element.attrib):
        yield f"{name}/@{key} dropped", lambda copy, key=key: copy.attrib.pop(key)
        yield f"{name}/@{key} emptied", lambda copy, key=key: copy.set(key, "")
        yield f"{name}/@{key} renamed", lambda copy, key=key: copy.set(f"{key}s", copy.attrib.pop(key))


def test_whatever_is_spoilt_the_rules_see_what_the_official_schemas_see(tmp_path: Path) -> None:
    manifest = LEAST_OF["scorm2004"][MANIFEST]
    schema = schema_for("scorm2004", manifest)
    root = etree.fromstring(manifest.encode())
    refused, unseen = 0, []
    for number, element in enumerate(root.iter()):
        for name, edit in edits(element):
            spoilt = deepcopy(root)
            edit(next(islice(spoilt.iter(), number, None)))
            if not schema.validate(spoilt.getroottree()):
                refused += 1
                text = etree.tostring(spoilt, encoding="unicode")
                if not report_on({**LEAST_OF["scorm2004"], MANIFEST: text}, tmp_path):
                    unseen.append(name)
    assert refused > 50
    assert unseen == []
