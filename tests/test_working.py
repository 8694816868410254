"""Packages that work: a warning is for what threatens import, start or result, so most of them have none."""

from __future__ import annotations

from pathlib import Path

import pytest
from strategies import write_course
from test_detection import LEAST, WORKING, changed, written
from test_mending import packaged

from coursepack import build_packages
from coursepack.checking import check
from coursepack.problems import Report

# How many of 132 packages in use were found to do it; one where nobody counted.
PACKAGES = 132
FOUND_IN = {
    "files that are not declared": 56,
    "a schema that is not there": 18,
    "what systems leave behind": 12,
    "an identifier with blanks and commas": 11,
    "no schema": 8,
    "no schemaversion": 7,
    "a byte order mark": 6,
    "no resource that is a SCO": 4,
    "a mark before tincan.xml": 2,
    "no namespace": 2,
    "a declared file that is not there": 2,
    "another namespace of cmi5": 2,
}

PAGE = LEAST["scorm12"]["index.html"]
HEADING = "<h1>The least course</h1>"
assert HEADING in PAGE


def with_page(old: str, new: str, **files: str) -> dict[str, str]:
    assert old in PAGE
    return {**LEAST["scorm12"], "index.html": PAGE.replace(old, new), **files}


# What LMSs and learners bear: each alone, and all together in one package.
HARMLESS = {
    "a handler of unload beside another": with_page("<body>", '<body onunload="leave()">'),
    "blanks in a name": {**LEAST["scorm12"], "more of it.txt": ""},
    "an encoding that is not said, in ASCII": with_page('<meta charset="utf-8">', ""),
    "an icon that is not there": with_page("<title>", '<link rel="icon" href="favicon.ico"><title>'),
    "a stylesheet that is not there": with_page('href="style.css"', 'href="looks.css"'),
    "a picture of a style that is not there": with_page("<title>", "<style>b { background: url(b.png) }</style><title>"),
    "an icon from the top of the server": with_page("<title>", '<link rel="icon" href="/favicon.ico"><title>'),
    "a page of a library, half of it missing": {
        **LEAST["scorm12"],
        "lib/demo.html": '<!doctype html><html lang="en"><script src="gone.js"></script><img src="gone.png">',
    },
    "no language, no title, no alternative": {
        **LEAST["scorm12"],
        "index.html": PAGE.replace(' lang="en"', "")
        .replace("<title>The least course</title>", "")
        .replace(HEADING, '<img src="style.css"><h2>The least course</h2>'),
    },
    "fonts, styles, pictures and frames of other servers": with_page(
        "<title>",
        '<link rel="stylesheet" href="https://fonts.test/a.css"><style>@font-face { src: url(https://fonts.test/a.woff2) }'
        "</style><title>",
    )
    | {"b.html": '<!doctype html><html lang="en"><img alt="" src="https://cdn.test/a.png"><iframe title="A" src="https://film.test/">'},
    "a picture by http": with_page(HEADING, f'<img alt="" src="http://cdn.test/a.png">{HEADING}'),
    "a function that reaches for the LMS's document": {
        **LEAST["scorm12"],
        "more.js": 'function log() { parent.document.title = "x"; }',
    },
    "metadata in the wrong place": changed(
        "scorm12", ("<resources>", "<resources><metadata><schema>ADL SCORM</schema></metadata>")
    ),
    "prerequisites that LMSs ignore": changed(
        "scorm12",
        (
            "<title>The least item</title>",
            '<title>The least item</title><adlcp:prerequisites type="aicc_script">item</adlcp:prerequisites>',
        ),
    ),
    "a shared resource without a scormtype": changed(
        "scorm12",
        ("</resources>", '<resource identifier="more" type="webcontent"><file href="style.css"/></resource></resources>'),
    ),
    "SCORM and xAPI in one": {**LEAST["scorm12"], "tincan.xml": LEAST["xapi"]["tincan.xml"]},
    "sequencing": changed(
        "scorm2004",
        (
            "<imsss:deliveryControls",
            "<imsss:rollupRules><imsss:rollupRule><imsss:rollupConditions><imsss:rollupCondition condition=\"completed\"/>"
            "</imsss:rollupConditions><imsss:rollupAction action=\"completed\"/></imsss:rollupRule></imsss:rollupRules>"
            "<imsss:deliveryControls",
        ),
    ),
    "an activity of a type of its own": {
        **LEAST["xapi"],
        "tincan.xml": LEAST["xapi"]["tincan.xml"].replace("activities/course", "activities/lesson-of-ours"),
    },
}  # fmt: skip


def function(path: Path) -> Report:
    return check(path).of_category("function")


def rules_of(report: Report) -> list[str]:
    return [f"{problem.severity} {problem.rule}" for problem in report if problem.severity != "note"]


@pytest.mark.parametrize("files", HARMLESS.values(), ids=HARMLESS)
def test_what_threatens_nothing_is_no_warning(files: dict[str, str], tmp_path: Path) -> None:
    path = written(files, tmp_path / "package.zip")
    assert rules_of(function(path)) == []
    assert check(path).problems != ()


def test_a_package_with_all_that_is_common_has_no_warning(tmp_path: Path) -> None:
    page = (
        '<html><head><link rel="icon" href="/favicon.ico"><link rel="stylesheet" href="looks.css">'
        '<script src="player.js"></script><style>b { background: url(b.png) }</style></head>'
        '<body onunload="leave()"><img src="style.css"><h2>Course</h2></body></html>'
    )
    files = changed(
        "scorm12",
        ("<?xml", "\ufeff<?xml"),
        ("<resources>", "<resources><metadata><schema>ADL SCORM</schema></metadata>"),
        ('"item"', '"2 Fire, safety (new)"'),
        ('<file href="style.css"/>', '<file href="gone.css"/>'),
    )
    files |= {"index.html": page, ".DS_Store": "", "media/a film.txt": "", "lib/demo.html": page}
    assert rules_of(function(written(files, tmp_path / "package.zip"))) == []


def test_at_most_a_third_of_what_works_has_a_warning(tmp_path: Path) -> None:
    assert set(FOUND_IN) <= set(WORKING)
    # A package with two of them counts twice, so that this is more than have one.
    warned = sum(
        FOUND_IN.get(name, 1)
        for name, files in WORKING.items()
        if function(written(files, tmp_path / "package.zip")).warnings
    )
    assert 0 < warned <= PACKAGES / 3


@pytest.mark.parametrize("version", ["1.2", "2004 3rd Edition", "2004 4th Edition"])
@pytest.mark.parametrize(
    "options",
    [{"organization": "The makers", "identifier": "kurs"}, {"organization": "", "identifier": "00"}, {}],
    ids=["full", "as for H5P", "by itself"],
)
def test_what_the_packager_makes_has_no_warning(
    version: str, options: dict[str, object], tmp_path: Path
) -> None:
    report = check(packaged(tmp_path, version, **options))
    assert rules_of(report.of_category("function")) == []
    assert report.notes != ()


def test_what_is_built_here_has_no_warning_of_any_category(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "course")
    for built in build_packages(folder, out=tmp_path / "out"):
        assert rules_of(check(built.path)) == []
