"""A standard that nobody has heard of is added to a copy of the sources: one Python file, one line of the table, one adapter.

Everything else must carry it without knowing it.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import NODE_MODULES, TOP, Launch, served

pytestmark = pytest.mark.long

PYTHON_FILE = '''\
"""Sixth: a list of what can be opened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from coursepack.targets.target import Files, Target
from coursepack.course.variant import Variant


def extras(variant: Variant, files: Mapping[str, bytes | Path]) -> Files:
    """The manifest."""
    opened = {unit.launch: unit.title for unit in variant.units}
    return {"sixth.json": json.dumps({"id": variant.id, "open": opened, "files": sorted(files)}).encode()}


SIXTH = Target(
    name="sixth",
    title="Sixth",
    adapter="sixth",
    unit="opening",
    manifest="sixth.json",
    state_limit=None,
    extras=extras,
    connects="https://sixth.example",
)
'''
TABLE_LINE = '    "sixth": _Row("sixth", "SIXTH"),\n'
ADAPTER = """\
// Keeps everything in one value of the window's storage, as the imaginary standard wants it.
import { start } from "../start.js";

function sixth({ localStorage }) {
  const happened = [];
  const keep = (how, state, location, result) =>
    localStorage.setItem("sixth", JSON.stringify({ how, state, location, result, happened }));
  return {
    async open() {
      const { state = null, location = "" } = JSON.parse(localStorage.getItem("sixth") || "{}");
      return { state, location, status: state ? "incomplete" : "none", mode: "normal", mastery: null };
    },
    record(happening) { happened.push(happening); },
    async save(...given) { keep("saved", ...given); return null; },
    finish(...given) { keep("finished", ...given); },
  };
}

start(() => sixth(window));
"""
BUILD = """\
import json, sys
from coursepack import build_package
built = build_package(sys.argv[1], "sixth", sys.argv[2])
print(json.dumps([str(built.path), built.title, built.unit, [p.rule for p in built.report if p.rule != "course/empty-part"]]))
"""


@pytest.fixture(scope="module")
def sixth(first_part: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The example course's package for the sixth standard, and the problems in it."""
    top = tmp_path_factory.mktemp("sixth")
    shutil.copytree(TOP / "src", top / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(TOP / "templates", top / "templates", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(TOP / "player/src", top / "player/src")
    targets = top / "src/coursepack/targets"
    (targets / "sixth.py").write_text(PYTHON_FILE, "utf-8")
    table = (targets / "__init__.py").read_text("utf-8")
    last = "is_usual=False),\n"
    added = table.replace(last, last + TABLE_LINE)
    assert len(added.splitlines()) == len(table.splitlines()) + 1
    (targets / "__init__.py").write_text(added, "utf-8")
    (top / "player/src/entry/sixth.js").write_text(ADAPTER, "utf-8")
    for name in ("build.js", "smaller.js", "package.json"):
        shutil.copy(TOP / "player" / name, top / "player")
    (top / "player/node_modules").symlink_to(NODE_MODULES)
    subprocess.run(["node", "build.js"], cwd=top / "player", check=True, capture_output=True)
    told = subprocess.run(
        [sys.executable, "-c", BUILD, first_part, top / "out"],
        env={**os.environ, "PYTHONPATH": str(top / "src")},
        check=True,
        capture_output=True,
        text=True,
    )
    path, title, unit, wrong = json.loads(told.stdout)
    assert (title, unit) == ("Sixth", "opening")
    return Path(path), wrong


@pytest.mark.soak
def test_the_package_of_a_sixth_standard(sixth: tuple[Path, list[str]]) -> None:
    path, wrong = sixth
    assert path.name == "se-forsta-agera_full_sixth_sv_v0.1.0.zip"
    # Whoever adds rules for it tells the check how to detect it; until then the check says that it has none.
    assert wrong == ["container/unknown-standard"]
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert names[0] == "sixth.json"
        manifest = json.loads(archive.read("sixth.json"))
        document, script = (archive.read(name).decode() for name in ("index.html", "player.js"))
    assert manifest["id"] == "se-forsta-agera"
    assert list(manifest["open"]) == ["index.html"]
    assert {*manifest["files"], "sixth.json"} == set(names)
    assert "connect-src https://sixth.example" in document
    assert '<meta name="generator" content="coursepack sixth">' in document
    assert '"sixth"' in script


@pytest.mark.soak
@pytest.mark.browser
def test_a_course_of_a_sixth_standard_saves_through_its_adapter(
    launch: Launch, sixth: tuple[Path, list[str]], tmp_path: Path, pages: list[str]
) -> None:
    with zipfile.ZipFile(sixth[0]) as archive:
        archive.extractall(tmp_path)
    with served(tmp_path) as address:
        learner = launch(None, address=address)
        for page in pages[1:3]:
            learner.go(page)
        learner.settle()
        kept = json.loads(learner.course.evaluate("localStorage.sixth"))
        assert (kept["how"], kept["location"]) == ("saved", pages[2])
        assert kept["result"]["progress"] == 3 / len(pages)
        assert [each["page"] for each in kept["happened"]] == pages[:3]
        learner.page.goto("about:blank")
        beside = learner.page.context.new_page()
        beside.goto(f"{address}/package/player.js")
        # What a page does as it goes may be seen elsewhere only after the next one has come.
        learner.until(lambda: json.loads(beside.evaluate("localStorage.sixth"))["how"] == "finished")
        learner.page.goto(f"{address}/package/index.html")
        learner.wait("document.querySelector('[data-save]')?.dataset.state === 'yes'")
        assert learner.now == pages[2]


# Only the modules of a standard name it.

NAMED = re.compile(r"scorm|xapi|cmi5|tincan|imsmanifest", re.IGNORECASE)
OWN_ROOMS = {
    *(
        "targets",
        "rules",
        "xapi",
        "detection.py",
        "profiles",
        "inspection",
        "repair",
        "outputs",
        "preview",
        "rehearsal",
    ),
}
"""Where the standards live: what is written for them, and what checks, shows, mends, answers or asks as they say, or
stands in for an LMS."""
LISTS = {
    # The default of a function, and the help of an option.
    "building/build.py": {"build_package"},
    "cli/build.py": {"build"},
    "cli/preview.py": {"preview"},
    # The name of a rule.
    "building/pipeline.py": {"_COURSE_RULES"},
    # What manifests are called, in packages of strangers too.
    "package.py": {"MANIFEST", "MANIFESTS", "_NAME_BY_ROOT", "_ROOT_TAG"},
    # The name of a library.
    "release/provenance.py": {"LIBRARIES"},
}
"""Where a standard may be named all the same: as data."""


def naming(node: ast.AST, around: str = "") -> Iterator[str]:
    """The assignments and functions inside which code, not a docstring, names a standard."""
    if isinstance(node, ast.FunctionDef):
        around = node.name
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        around = node.targets[0].id
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        word = (
            child.value
            if isinstance(child, ast.Constant)
            else getattr(child, "id", getattr(child, "attr", ""))
        )
        if NAMED.search(str(word)):
            yield around
        yield from naming(child, around)


def test_no_shared_python_code_names_a_standard() -> None:
    top = TOP / "src/coursepack"
    found: dict[str, set[str]] = {}
    for path in sorted(top.rglob("*.py")):
        place = path.relative_to(top)
        if place.parts[0] not in OWN_ROOMS:
            names = set(naming(ast.parse(path.read_text("utf-8"))))
            found |= {place.as_posix(): names} if names else {}
    assert found == LISTS


def test_no_shared_script_names_a_standard() -> None:
    source = TOP / "player/src"
    comments = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
    found = [
        path.name
        for path in source.rglob("*.*s")
        if path.relative_to(source).parts[0] not in ("lms", "entry")
        and NAMED.search(comments.sub("", path.read_text("utf-8")))
    ]
    assert found == []
