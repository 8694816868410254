"""One thing of each kind that docs/extending.md describes is added to a copy of the project, by touching those files alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[1]
CHOSEN = ("src", "templates", "docs", "tests", "course_source", "player", "tools")

Change = str | tuple[str, ...]
"""A new file's text, a text after `+` that is added to a file, or texts in a file, each followed by what replaces it."""

PROFILE = {
    "src/coursepack/profiles/data/campus.yaml": """\
name: campus
title: Campus
facts:
  - id: no-cmi5
    what:
      en: Campus takes SCORM only.
      sv: Campus tar bara SCORM.
    test:
      standards: [SCORM 1.2, SCORM 2004]
    severity: error
    source: https://campus.example/help
    date: 2026-11
"""
}
LANGUAGE = {
    "src/coursepack/languages/da/strings.json": (ROOT / "src/coursepack/languages/en/strings.json")
    .read_text("utf-8")
    .replace('"language_name": "English"', '"language_name": "Dansk"')
    .replace('"menu": "Menu"', '"menu": "Menuen"')
}
RULE = {
    "src/coursepack/rules/web.py": '''+

@rule("warning", spec="HTML 16.2")
def moving_text(package: Package) -> Iterator[Finding]:
    """The page has text that moves.

    Nobody can read it in their own time. Replace the `marquee` element by a paragraph.
    """
    if b"<marquee" in package.read(WEB_PAGE, MAX_MANIFEST):
        yield "There is a marquee.", Location(WEB_PAGE)
''',
    "src/coursepack/languages/sv/findings/web.yaml": """+
moving-text:
  what: Sidan har text som rör sig.
  text: |
    Ingen kan läsa den i sin egen takt. Ersätt elementet `marquee` med ett stycke.
  messages:
    "There is a marquee.": Det finns en marquee.
""",
    "tests/rules/web/moving-text.md": """\
# web/moving-text

Text that moves.

## A marquee

In `index.html`, `<p>Nothing` becomes `<p><marquee>News</marquee>Nothing`.

```report
index.html: warning web/moving-text: There is a marquee.
```

## The least package

```report
```
""",
}
COURSE_RULE = {
    "src/coursepack/reading/rules/structure.py": '''+

@rule("course", "warning")
def shouted_title(course: Draft) -> Iterator[Finding]:
    """The title of the course is in capital letters.

    A screen reader may spell it, and everybody reads it slowly. Write it in small letters.
    """
    if course.definition.title.isupper():
        yield "The title shouts.", course.at("title")
''',
    "src/coursepack/languages/sv/findings/course.yaml": """+
shouted-title:
  what: Kursens titel är skriven med versaler.
  text: |
    En skärmläsare kan bokstavera den, och alla läser den långsamt. Skriv den med gemener.
  messages:
    "The title shouts.": Titeln ropar.
""",
    "tests/course_rules/course/shouted-title.md": """\
# course/shouted-title

A title in capital letters.

## Capital letters

In `course.yaml`, `Least course` becomes `LEAST COURSE`.

```report
course.yaml:2:8: warning course/shouted-title: The title shouts.
```

## The least course

```report
```
""",
}
BLOCK = {
    "src/coursepack/course/blocks/quotation.py": '''\
"""Quotation: somebody else's words, and whose they are."""

from __future__ import annotations

from typing import ClassVar

from coursepack.course.blocks.block import DataBlock, TextWithMath


class Quotation(DataBlock):
    """The words as they were said, and by whom."""

    type: ClassVar[str] = "quotation"

    words: TextWithMath
    by: TextWithMath
''',
    "src/coursepack/course/blocks/__init__.py": (
        '    "math": "Math",\n',
        '    "math": "Math",\n    "quotation": "Quotation",\n',
    ),
    "templates/blocks/quotation.html": (
        '<figure class="block"><blockquote><p>{{ b.words }}</p></blockquote><figcaption>{{ b.by }}</figcaption></figure>\n'
    ),
    "tests/showcase/pages/quotation.md": """\
# Ord från en brandman

```quotation
words: Gå ut först, och ring sedan.
by: En brandman
```
""",
    "tests/showcase/translations/en/pages/quotation.md": """\
# Words of a firefighter

```quotation
words: Get out first, then call.
by: A firefighter
```
""",
}
TARGET = {
    "src/coursepack/targets/catalogue.py": '''\
"""Catalogue: a list of what can be opened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from coursepack.course.variant import Variant
from coursepack.targets.target import Files, Target


def extras(variant: Variant, files: Mapping[str, bytes | Path]) -> Files:
    """The manifest."""
    return {"catalogue.json": json.dumps([unit.launch for unit in variant.units]).encode()}


CATALOGUE = Target(
    name="catalogue",
    title="Catalogue",
    adapter="catalogue",
    unit="activity",
    manifest="catalogue.json",
    state_limit=None,
    extras=extras,
)
''',
    "src/coursepack/targets/__init__.py": (
        '    "web": _Row("web", "WEB"),\n',
        '    "web": _Row("web", "WEB"),\n    "catalogue": _Row("catalogue", "CATALOGUE", is_usual=False),\n',
    ),
    "player/src/entry/catalogue.js": """\
import { start } from "../start.js";

start(() => window.catalogue || null);
""",
    "src/coursepack/rules/catalogue.py": '''\
"""Rules for packages of the catalogue: none yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coursepack.package import Package

LMS_CALLS: tuple[str, ...] = ("catalogue",)


def launch_files(package: Package) -> tuple[str, ...]:
    """The start page."""
    return ("index.html",)
''',
    "src/coursepack/rules/standards.py": (
        "STANDARDS = (\n",
        'STANDARDS = (\n    Standard("catalogue", "catalogue", lambda package: package.declared_target == "catalogue"),\n',
    ),
}
FORMAT = {
    "src/coursepack/outputs/rules.py": '''\
"""The names of the rules that found something."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def rules(results: Iterable[Any]) -> str:
    """A line for each."""
    return "\\n".join(sorted({problem.rule for each in results for problem in each.report}))
''',
    "src/coursepack/cli/check.py": (
        *('FORMATS = ("text", ', 'FORMATS = ("text", "rules", '),
        '    if form == "sarif":\n',
        '    if form == "rules":\n        from coursepack.outputs.rules import rules\n\n        return rules(results)\n    if form == "sarif":\n',
    ),
}
COMMAND = {
    "src/coursepack/cli/count.py": '''\
"""`coursepack count`."""

from __future__ import annotations

import click


@click.command()
@click.argument("course", type=click.Path())
def count(course: str) -> None:
    """Count the pages of COURSE."""
    from coursepack.reading.source import read_course

    click.echo(len(read_course(course).pages))
''',
    "src/coursepack/cli/__init__.py": (
        '    "check",\n',
        '    "check",\n    "count",\n',
    ),
}
ADDED: Mapping[str, tuple[int, Mapping[str, Change]]] = {
    "A profile of an LMS": (1, PROFILE),
    "A language": (1, LANGUAGE),
    "A rule for packages": (3, RULE),
    "A rule for courses": (3, COURSE_RULE),
    "A block": (5, BLOCK),
    "A target": (5, TARGET),
    "An output format": (2, FORMAT),
    "A command": (2, COMMAND),
}
NAMES = {
    "A profile of an LMS": "campus",
    "A language": "da",
    "A rule for packages": "moving-text",
    "A rule for courses": "shouted-title",
    "A block": "quotation",
    "A target": "catalogue",
    "An output format": "rules",
    "A command": "count",
}

# What is beside the files that are counted.
DOCUMENTATION: Mapping[str, Change] = {
    "docs/profiles.md": ("| `canvas` |", "| `campus` | Campus | standards |\n| `canvas` |"),
    "docs/blocks/quotation.md": """\
# quotation

````markdown
```quotation
words: Gå ut först, och ring sedan.
by: En brandman
```
````

`words` are quoted, and `by` says whose they are.
""",
    "docs/blocks/index.md": (
        "| [contact]",
        "| [quotation](quotation.md) | somebody else's words |\n| [contact]",
    ),
    "docs/sv/blocks/quotation.md": """\
# quotation: ett citat

````markdown
```quotation
words: Gå ut först, och ring sedan.
by: En brandman
```
````

`words` är citatet, och `by` säger vems det är.
""",
    "docs/sv/blocks/index.md": (
        "| [contact]",
        "| [quotation](quotation.md) | vad någon annan har sagt |\n| [contact]",
    ),
    "README.md": (
        "| `coursepack explain",
        "| `coursepack count COURSE` | counts pages |\n| `coursepack explain",
    ),
}


def change(top: Path, name: str, changed: Change) -> None:
    path = top / name
    if isinstance(changed, tuple):
        text = path.read_text("utf-8")
        for old, new in zip(changed[::2], changed[1::2], strict=True):
            assert text.count(old) == 1, f"{name}: {old!r}"
            text = text.replace(old, new)
        path.write_text(text, "utf-8")
    elif changed.startswith("+"):
        path.write_text(path.read_text("utf-8") + changed[1:], "utf-8")
    else:
        assert not path.exists(), name
        path.parent.mkdir(exist_ok=True)
        path.write_text(changed, "utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with one more of everything."""
    top = tmp_path_factory.mktemp("project")
    ignored = shutil.ignore_patterns("__pycache__", "node_modules", "_build", ".*_cache")
    for path in ROOT.iterdir():
        if path.name in CHOSEN:
            shutil.copytree(path, top / path.name, ignore=ignored)
        elif path.is_file() and not path.name.startswith("."):
            shutil.copy(path, top)
    for files in (*(files for _, files in ADDED.values()), DOCUMENTATION):
        for name, changed in files.items():
            change(top, name, changed)
    (top / "player/node_modules").symlink_to(ROOT / "player/node_modules")
    subprocess.run(["node", "build.js", "catalogue.js"], cwd=top / "player", check=True, capture_output=True)
    return top


def run(project: Path, *arguments: str | Path, status: int = 0, cwd: Path | None = None) -> str:
    """Runs the copy's Python, and returns what it printed."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd or project,
        env={**os.environ, "PYTHONPATH": str(project / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def coursepack(project: Path, *arguments: str | Path, status: int = 0) -> str:
    return run(project, "-m", "coursepack", *arguments, status=status)


@pytest.fixture
def marquee(project: Path, tmp_path: Path) -> Path:
    """A web edition whose text moves."""
    folder = tmp_path / "site"
    shutil.copytree(project / "tests/packages/web", folder)
    page = folder / "index.html"
    page.write_text(page.read_text("utf-8").replace("<p>", "<p><marquee>News</marquee>"), "utf-8")
    return folder


@pytest.mark.parametrize("kind", ADDED)
def test_the_documentation_lists_the_files(kind: str) -> None:
    goal, files = ADDED[kind]
    section = (
        (ROOT / "docs/extending.md").read_text("utf-8").partition(f"\n## {kind}\n")[2].partition("\n## ")[0]
    )
    listed = "\n".join(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))
    area = "course" if kind == "A rule for courses" else "web"
    for hole, word in (("<name>", NAMES[kind]), ("<area>", area), ("<value>", "structure")):
        listed = listed.replace(hole, word)
    assert listed.split("\n") == list(files)
    assert len(files) <= goal


def test_a_profile(project: Path) -> None:
    printed = coursepack(project, "check", "tests/packages/cmi5", "--for", "campus", status=1)
    assert "error for-campus/no-cmi5: Campus takes SCORM only" in printed


def test_a_rule(project: Path, marquee: Path) -> None:
    assert "warning web/moving-text: There is a marquee." in coursepack(project, "check", marquee)
    assert "web/moving-text: Det finns en marquee." in coursepack(
        project, "check", marquee, "--language", "sv"
    )
    assert "The page has text that moves." in coursepack(project, "explain", "web/moving-text")


def test_a_rule_for_courses(project: Path, tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(project / "templates/starter/sv", course)
    file = course / "course.yaml"
    file.write_text(re.sub("(?m)^title: .*", "title: SLUTA", file.read_text("utf-8")), "utf-8")
    assert "warning course/shouted-title: The title shouts." in coursepack(project, "check", course)
    assert "course/shouted-title: Titeln ropar." in coursepack(project, "check", course, "--language", "sv")
    assert "The title of the course is in capital letters." in coursepack(
        project, "explain", "course/shouted-title"
    )


def test_a_language(project: Path, marquee: Path, tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(project / "templates/starter/sv", course)
    file = course / "course.yaml"
    file.write_text(file.read_text("utf-8").replace("language: sv", "language: da"), "utf-8")
    command = ("build", course, "--target", "web", "--out", tmp_path / "out", "--language", "da", "--json")
    (built,) = json.loads(coursepack(project, *command))["packages"]
    page = Path(built["folder"], "index.html").read_text("utf-8")
    assert '<html lang="da"' in page
    assert "Menuen" in page
    assert "There is a marquee." in coursepack(project, "check", marquee, "--language", "da")


def test_an_output_format(project: Path, marquee: Path) -> None:
    assert coursepack(project, "check", marquee, "--format", "rules") == "web/moving-text\n"


def test_a_command(project: Path) -> None:
    assert "count " in coursepack(project, "--help")
    assert coursepack(project, "count", "templates/starter/sv") == "2\n"


def test_a_block_and_a_target(project: Path, tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(project / "templates/starter/sv", course)
    page = course / "pages/p1-c1-s1.md"
    page.write_text(
        page.read_text("utf-8") + "\n```quotation\nwords: Gå ut.\nby: En brandman\n```\n", "utf-8"
    )
    told = json.loads(
        coursepack(project, "build", course, "--target", "catalogue", "--out", tmp_path / "out", "--json")
    )
    (built,) = told["packages"]
    assert (built["title"], built["problems"]) == ("Catalogue", [])
    with zipfile.ZipFile(built["path"]) as archive:
        assert json.loads(archive.read("catalogue.json")) == ["index.html"]
        assert "<blockquote><p>Gå ut.</p></blockquote>" in archive.read("index.html").decode()
        assert "catalogue" in archive.read("player.js").decode()
    assert f"{built['path']}: catalogue, made by coursepack" in coursepack(project, "check", built["path"])


@pytest.mark.soak
def test_the_tests_that_would_miss_a_file_pass(project: Path) -> None:
    chosen = "moving-text or shouted-title or quotation or campus or catalogue or web or languages or every or nothing or documentation or imports or readme"
    files = ("layers", "docs", "rules", "course_rules", "swedish", "profiles")
    printed = run(
        project,
        *("-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-k", chosen),
        *(f"tests/test_{name}.py" for name in files),
    )
    assert " passed" in printed
