"""A language is a folder: what stands in it is used, and nothing else has to change."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from strategies import COURSE, PAGE, MakeCourse

from coursepack import check
from coursepack.cli import main
from coursepack.languages import author_codes, codes, format_of

ROOT = Path(__file__).resolve().parents[1]

NUMBER = """\
```numeric
id: warm
question: How warm is it?
min: -2
max: 2.5
```
"""


def test_a_language_is_added_by_adding_a_folder(make_course: MakeCourse, tmp_path: Path) -> None:
    library = tmp_path / "library"
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src/coursepack", library / "coursepack", ignore=skip)
    shutil.copytree(ROOT / "templates", library / "coursepack/templates", ignore=skip)
    added = library / "coursepack/languages/se"
    shutil.copytree(library / "coursepack/languages/en", added)
    words = json.loads((added / "strings.json").read_text("utf-8"))
    words["page"] |= {"menu": "Fállu", "language_name": "Davvisámegiella"}
    words["completion"]["all-core-pages"] = "{course} gearggai."
    words["verbs"]["completed"] = "geargat"
    words["format"] |= {"decimal": "·", "between": "{low} – {high}", "date": "{year}/{day} {month}"}
    (added / "strings.json").write_text(json.dumps(words), "utf-8")
    for_authors = json.loads((added / "authors.json").read_text("utf-8"))
    for_authors["terminal"]["error"] = "meattáhus"
    (added / "authors.json").write_text(json.dumps(for_authors), "utf-8")

    def coursepack(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "coursepack", *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": str(library)},
            cwd=tmp_path,
            text=True,
            capture_output=True,
            check=False,
        )

    course = COURSE.replace("language: en", "language: se\ndates: {reviewed: 2026-02-06}")
    folder = make_course({"course.yaml": course, PAGE: NUMBER})
    done = coursepack("build", folder, "--target", "xapi", "--out", "out", "--language", "se")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "  The course gearggai.\n" in done.stdout
    (package,) = (tmp_path / "out").glob("*_se_v1.0.0.zip")
    with zipfile.ZipFile(package) as archive:
        page = archive.read("index.html").decode()
        statements = archive.read("statements.js").decode()
    assert '<html lang="se" dir="ltr">' in page
    for wanted in ("Fállu", "The course gearggai.", "2026/6 February", "\u22122 – 2·5"):
        assert wanted in page
    assert '"display":{"en":"completed","se":"geargat"}' in statements

    # What is known of an LMS is a sentence for each language, and English where this one has none.
    checked = coursepack("check", package, "--for", "totara", "--language", "se")
    assert "    Source: " in checked.stdout, checked.stderr
    (folder / "course.yaml").write_text(course.replace("minutes: 1", "minutes: x"), "utf-8")
    assert "meattáhus course/" in coursepack("check", folder, "--language", "se").stdout
    assert '"se"' in coursepack("schema", "course").stdout


def test_a_translation_into_a_language_without_words_is_an_error(make_course: MakeCourse) -> None:
    course = COURSE.replace("language: en", "language: en\ntranslations: [sv, fr]")
    assert str(check(make_course({"course.yaml": course})).errors[0]) == (
        "course.yaml:5:20: error course/unknown-language: the player has no words in the language 'fr'. "
        f"It has them in: {', '.join(codes())}"
    )


@pytest.mark.parametrize("code", sorted(set(codes()) - set(author_codes())))
def test_authors_read_english_where_a_language_has_no_words_for_them(
    make_course: MakeCourse, tmp_path: Path, code: str
) -> None:
    folder = make_course({PAGE: ":::steps\nNo steps.\n:::\n", "pages/unused.md": "Text.\n"})

    def told(*arguments: str | Path) -> tuple[int, str]:
        done = CliRunner().invoke(main, [str(argument) for argument in arguments])
        return done.exit_code, done.output

    for command in (
        ("check", folder),
        ("check", folder, "--format", "html"),
        ("build", folder, "--out", tmp_path / "out"),
        ("explain", "page/dangling-term"),
        ("explain", "scorm12/missing-title"),
        ("state", "0.0", folder),
    ):
        assert told(*command, "--language", code) == told(*command, "--language", "en"), command


def test_a_language_has_the_form_of_its_own() -> None:
    """English: Chicago Manual of Style. Swedish: Svenska skrivregler. Finnish: Kielitoimiston ohjepankki."""
    day = datetime.date(2026, 12, 1)
    told = {
        code: (form.date(day), form.number("-1,234.5"), form.size(2_340_000), form.quoted("a"))
        for code in ("en", "sv", "fi")
        for form in (format_of(code),)
    }
    assert told == {
        "en": ("1 December 2026", "\u22121,234.5", "2.3 MB", "“a”"),
        "sv": ("1 december 2026", "\u22121\u00a0234,5", "2,3 MB", "”a”"),
        "fi": ("1. joulukuuta 2026", "\u22121\u00a0234,5", "2,3 Mt", "”a”"),
    }


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", ["Åre", "ärlig", "idé", "idea", "öl", "zon"]),
        ("sv", ["idé", "idea", "zon", "Åre", "ärlig", "öl"]),
        ("fi", ["idé", "idea", "zon", "Åre", "ärlig", "öl"]),
    ],
)
def test_words_are_sorted_by_the_alphabet_of_the_language(code: str, expected: list[str]) -> None:
    words = ["öl", "Åre", "zon", "ärlig", "idé", "idea"]
    assert sorted(words, key=format_of(code).sort_key) == expected


@pytest.mark.parametrize(
    ("items", "expected"), [(["a"], "a"), (["a", "b"], "a och b"), (["a", "b", "c"], "a, b och c")]
)
def test_a_list_has_a_conjunction_before_its_last_item(items: list[str], expected: str) -> None:
    assert format_of("sv").listed(items) == expected
