"""The code base is as documented: layers, public names, the files of a block, complete catalogues, no private words."""

from __future__ import annotations

import ast
import importlib
import json
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from showcase import EN, PAGES, blocks, write_showcase

import coursepack
from coursepack.course.blocks import CONTAINERS, DATA_BLOCKS, sections
from coursepack.course.blocks.callout import KINDS
from coursepack.rules import RULES

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src/coursepack"

# The table of the layers, from the top one down.
_TABLE = (ROOT / "docs/architecture.md").read_text("utf-8").partition("| layer |")[2].partition("\n\n")[0]
LAYERS = [set(re.findall(r"`(\w+)`", row.split("|")[1])) for row in reversed(_TABLE.splitlines()[2:])]
LAYER = {name: number for number, names in enumerate(LAYERS) for name in names}


def modules() -> dict[str, Path]:
    """The path of every module by its name below `coursepack`."""
    found = {}
    for path in SRC.rglob("*.py"):
        parts = path.relative_to(SRC).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


def imports(path: Path) -> Iterator[str]:
    """What a module imports, including imports inside functions and for types only."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            assert node.module
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole.removeprefix("coursepack.") in MODULES else node.module


MODULES = modules()
OURS = {
    name: {
        inner
        for imported in imports(path)
        if (inner := imported.removeprefix("coursepack.")) in MODULES and imported.startswith("coursepack.")
    }
    for name, path in MODULES.items()
}


def top_level(module: str) -> str:
    return module.partition(".")[0]


def part(module: str) -> str:
    """The top-level module or package; in the packages that have several parts, the part."""
    divided = {"course", "reading", "building", "xapi", "languages"}
    return ".".join(module.split(".")[: 1 + (top_level(module) in divided)])


def test_every_module_has_a_layer() -> None:
    assert {top_level(name) for name in MODULES if name} == set(LAYER)


@pytest.mark.parametrize("name", sorted(name for name in MODULES if name))
def test_imports_go_down_only(name: str) -> None:
    above = [other for other in OURS[name] if other and LAYER[top_level(other)] > LAYER[top_level(name)]]
    assert above == []


@pytest.mark.parametrize(
    ("importer", "never"),
    [
        ("rules", {"course", "targets", "reading", "building"}),
        ("targets", {"rules", "reading", "building", "package"}),
        ("archive", {"package", "rules"}),
        ("package", {"building", "targets", "course"}),
        ("course", {"reading"}),
    ],
)
def test_modules_do_not_import_what_they_must_not_know(importer: str, never: set[str]) -> None:
    known = {
        top_level(other)
        for name, others in OURS.items()
        if importer in (top_level(name), part(name))
        for other in others
    }
    assert known & never == set()


def test_only_build_imports_the_cache() -> None:
    assert {name for name, others in OURS.items() if "building.cache" in others} == {"building.build"}


def test_blocks_import_only_blocks_languages_and_problems() -> None:
    known = {
        part(other) for name, others in OURS.items() if part(name) == "course.blocks" for other in others
    }
    assert known == {"course.blocks", "languages", "problems"}


def test_no_two_modules_import_each_other_in_a_circle() -> None:
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " > ".join((*way, name))
        if name not in done:
            for other in OURS[name]:
                visit(other, (*way, name))
            done.add(name)

    for name in MODULES:
        if name:
            visit(name, ())


def test_only_the_command_line_imports_click() -> None:
    assert {top_level(name) for name, path in MODULES.items() if "click" in set(imports(path))} == {"cli"}


@pytest.mark.parametrize(
    "name",
    [
        n
        for n in MODULES
        if part(n) in ("course.model", "course.blocks", "reading.markdown", "reading.captions", "targets")
    ],
)
def test_values_open_no_file(name: str) -> None:
    tree = ast.parse(MODULES[name].read_text("utf-8"))
    calls = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    assert (
        calls & {"open", "read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "scandir"}
        == set()
    )


def test_the_public_names_are_pinned() -> None:
    assert coursepack.__all__ == [
        *("read_course", "render_site", "build_package", "build_packages", "build_courses", "BuiltCourse"),
        *("check", "inspect", "mend", "release_course", "Release", "ReleasedFile", "Compliance", "Update"),
        *("verify_release", "Verified"),
        *("diff", "Change", "Changes", "Side", "Verdict"),
        *(
            "TARGETS",
            "Target",
            "Course",
            "Definition",
            "Page",
            "Progress",
            "Built",
            "FilmSize",
            "TextSize",
            "Report",
            "Severity",
        ),
        *(
            "Problem",
            "Location",
            "Message",
            "Quoted",
            "Count",
            "Number",
            "Names",
            "Reason",
            "Parts",
            "Remark",
        ),
        *("Facts", "Sizes", "Share", "File", "Node", "Mended", "CheckResult"),
        *("CoursepackError", "CourseError", "PackageError"),
    ]
    for name in MODULES:
        importlib.import_module(f"coursepack.{name}".rstrip(".")) if name != "__main__" else None
    for name in coursepack.__all__:
        # A module of the same name would hide the function once it is imported.
        assert type(getattr(coursepack, name)).__name__ != "module", name
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = coursepack.nothing


# Files that share a name

TYPES = {*DATA_BLOCKS, *CONTAINERS, "callout"} - set(KINDS)


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_a_block_has_its_model_its_template_and_its_page(kind: str) -> None:
    model = "sections" if kind in sections.KINDS else kind.replace("-", "_")
    for path in (
        f"src/coursepack/course/blocks/{model}.py",
        f"templates/blocks/{kind}.html",
        f"docs/blocks/{kind}.md",
    ):
        assert (ROOT / path).is_file(), path


def test_nothing_bears_the_name_of_a_block_that_is_none() -> None:
    assert {path.stem for path in (ROOT / "templates/blocks").glob("*.html")} == TYPES
    assert {path.stem for path in (ROOT / "docs/blocks").glob("*.md")} - {"index"} == TYPES
    assert {path.stem.replace("_", "-") for path in (SRC / "course/blocks").glob("[!_]*.py")} == TYPES - set(
        sections.KINDS
    ) | {*("block", "formula", "prose", "question", "playable", "content-note", "sections", "html")}
    assert set(KINDS) <= set(CONTAINERS)


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_a_block_has_its_page_in_the_showcase(kind: str) -> None:
    path = PAGES.get(kind)
    assert path, f"write tests/showcase/pages/{kind}.md: a title after #, then the block in its states"
    assert set(blocks(path.read_text("utf-8"))) & (set(KINDS) if kind == "callout" else {kind}), path
    assert (EN / f"pages/{kind}.md").is_file(), f"write {path.name} in English too, in {EN}/pages"


@pytest.mark.parametrize("translated", [False, True])
def test_the_showcase_uses_every_block_and_has_no_problems(tmp_path: Path, translated: bool) -> None:
    used = {name for path in PAGES.values() for name in blocks(path.read_text("utf-8"))}
    assert {*DATA_BLOCKS, *CONTAINERS} - used == set()
    # The showcase ends with a page that is visible when all others have been opened.
    found = coursepack.check(write_showcase(tmp_path / "course", translated=translated))
    assert [problem.rule for problem in found] == ["course/complete-before-passed"]


def test_the_starter_has_no_lock() -> None:
    assert not (ROOT / "templates/starter/sv/course.lock").exists()


# Words


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*path, str(number)))
    else:
        yield path, value


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


LANGUAGES = SRC / "languages"
CATALOGUES = sorted([*LANGUAGES.glob("*/*.json"), *LANGUAGES.glob("*/release/*.json")])


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: "-".join(path.parts[-2:]))
def test_the_languages_say_the_same_things(path: Path) -> None:
    said = dict(leaves(json.loads(path.read_text("utf-8"))))
    english = dict(
        leaves(json.loads(Path(LANGUAGES, "en", *path.relative_to(LANGUAGES).parts[1:]).read_text("utf-8")))
    )
    assert list(said) == list(english)
    for place, text in said.items():
        assert placeholders(text) == placeholders(english[place]), place
        assert text.strip() or place == ("format", "thousands"), place


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: "-".join(path.parts[-2:]))
def test_no_word_of_a_language_is_written_twice(path: Path) -> None:
    """JSON takes the last of two members with one name, and the first is lost in silence."""
    twice: list[str] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice.extend(name for name in names if names.count(name) > 1)
        return dict(pairs)

    json.loads(path.read_text("utf-8"), object_pairs_hook=members)
    assert twice == []


# Every problem has a test


def first_texts(name: str, *functions: str, argument: int = 0) -> Iterator[str]:
    for node in ast.walk(ast.parse(MODULES[name].read_text("utf-8"))):
        if not isinstance(node, ast.Call) or len(node.args) <= argument:
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        value = node.args[argument]
        if called in functions and isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


READING = [name for name in MODULES if name.startswith("reading.")]


def problem_names() -> set[str]:
    names = {f"page/{name}" for name in first_texts("reading.markdown", "say")}
    names |= {f"yaml/{name}" for name in first_texts("reading.yaml_validation", "say")}
    names |= {f"captions/{name}" for name in first_texts("reading.captions", "say")}
    names |= {
        f"media/{name}"
        for module in ("reading.media_heads", "reading.pdf")
        for name in first_texts(module, "MediaError")
    }
    names |= {name for module in (*READING, "building.build", "building.pipeline", "course.lock", "release.release") for name in first_texts(module, "course_problem", "say") if "/" in name}  # fmt: skip
    for module in OURS:
        names |= {f"*/{name}" for name in first_texts(module, "wrong")}
        if module.startswith("course.blocks"):
            names |= {f"page/{name}" for name in first_texts(module, "Finding", argument=1)}
    return names


def test_every_problem_has_a_test() -> None:
    told = "\n".join(path.read_text("utf-8") for path in Path(__file__).parent.rglob("expected.txt"))
    told += "\n".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    told += (ROOT / "docs" / "mistakes.md").read_text("utf-8")
    names = problem_names() - set(RULES)
    assert len(names) > 70
    missing = {
        name for name in names if (name.removeprefix("*") if name.startswith("*") else name) not in told
    }
    # tests/test_media.py names the faults without their area.
    assert {name for name in missing if f'"{name.removeprefix("media/")}: ' not in told} == set()


# What the repository contains


def tracked() -> list[Path]:
    try:
        done = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        # In an unpacked sdist, all files are tracked but these.
        made = {"node_modules", "__pycache__", "build", "dist", "_build"}
        return [
            path
            for path in ROOT.rglob("*")
            if path.is_file()
            and not made & set(path.parts)
            and not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
        ]
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


# Written so that this file does not hold the words itself.
FORBIDDEN = re.compile(
    "|".join([
        r"/home/[a-z]+/", r"/root/", r"/work/", r"/tmp/[a-z]+\.", r"C:\\\\Users",
        "pypi" + r"\.org", "pythonhosted" + r"\.org", "npmjs" + r"\.(?:org|com)", "jsdel" + r"ivr", "unp" + r"kg\.com",
        "working " + "paper", r"\.\./shared" + "/", "<<<" + "<<<<", "TO" + r"DO\b", "FIX" + r"ME\b", "XX" + r"X\b",
    ])
)  # fmt: skip


def test_no_file_names_a_machine_a_registry_or_unfinished_work() -> None:
    found = []
    for path in tracked():
        if (
            path.suffix in (".mp3", ".mp4", ".jpg", ".png", ".webp", ".woff2")
            or path == Path(__file__)
            or "courses/lock" in path.as_posix()
        ):
            continue
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            match = FORBIDDEN.search(line)
            if match:
                found.append(f"{path.relative_to(ROOT)}:{number}: {match.group()}")
    assert found == []


def test_json_files_are_json() -> None:
    for path in tracked():
        if path.suffix == ".json" and "tsconfig" not in path.name:
            json.loads(path.read_text("utf-8"))


def test_the_library_is_silent_and_prints_nothing() -> None:
    code = "import coursepack; [getattr(coursepack, n) for n in coursepack.__all__]"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")
