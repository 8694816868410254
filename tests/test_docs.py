"""The documentation tells what there is: every block, field, completion rule, public name and command."""

from __future__ import annotations

import doctest
import inspect
import re
import sys
import typing
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner
from pydantic import TypeAdapter

import coursepack
from coursepack.cli import COMMANDS, main
from coursepack.course.blocks import CONTAINERS, DATA_BLOCKS
from coursepack.course.model import Chapter, Completion, Definition, PageEntry, Part, Person
from coursepack.course.theme import FontFile, Fonts, Logo, Palette, Theme, Typeface, faint

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
BLOCK_TYPES = [path.stem for path in (ROOT / "templates/blocks").glob("*.html")]


def read(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def examples(kind: str) -> list[str]:
    """Bodies of the fenced blocks of that kind in the documentation's Markdown examples."""
    shown = [
        example
        for page in sorted(DOCS.rglob("*.md"))
        for example in re.findall(
            r"^````markdown\n(.*?)^````$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
        )
    ]
    return [
        body
        for text in shown
        for body in re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    ]


@pytest.mark.parametrize("kind", BLOCK_TYPES)
def test_every_block_has_its_page_in_the_table_of_blocks(kind: str) -> None:
    assert (DOCS / "blocks" / f"{kind}.md").is_file()
    assert f"[{kind}]({kind}.md)" in read("docs/blocks/index.md")


@pytest.mark.parametrize("kind", DATA_BLOCKS)
def test_a_blocks_page_tells_every_field(kind: str) -> None:
    page = read(f"docs/blocks/{kind}.md")
    fields = [field.alias or name for name, field in DATA_BLOCKS[kind].model_fields.items()]
    assert [name for name in fields if f"`{name}`" not in page] == []


@pytest.mark.parametrize("kind", DATA_BLOCKS)
def test_a_blocks_examples_are_valid(kind: str) -> None:
    bodies = examples(kind)
    assert bodies
    for body in bodies:
        DATA_BLOCKS[kind].model_validate(yaml.safe_load(body))


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_is_shown(name: str) -> None:
    pages = "".join(page.read_text("utf-8") for page in (DOCS / "blocks").glob("*.md"))
    assert re.search(rf"^::: {name}\b", pages, re.MULTILINE)


@pytest.mark.parametrize("model", [Definition, Part, Chapter, PageEntry])
def test_the_authoring_guide_tells_every_field_of_course_yaml(model: type[Definition]) -> None:
    guide = read("docs/authoring.md")
    fields = [field.alias or name for name, field in model.model_fields.items()]
    assert [name for name in fields if not re.search(rf"`{name}(: [^`]*)?`", guide)] == []


def test_the_guides_example_course_has_no_problems(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```yaml\n(id: .*?)^```$", read("docs/authoring.md"), re.MULTILINE | re.DOTALL)
    (tmp_path / "course.yaml").write_text(example, "utf-8")
    (tmp_path / "pages").mkdir()
    for page in re.findall(r"- id: (before-\w+)", example):
        (tmp_path / "pages" / f"{page}.md").write_text("Some words.\n", "utf-8")
    assert list(coursepack.check(tmp_path)) == []


def test_the_contact_page_tells_every_field_of_contacts_yaml() -> None:
    page = read("docs/blocks/contact.md")
    assert [
        name for name in Person.model_fields if not re.search(rf"^[- ] {name}: ", page, re.MULTILINE)
    ] == []


@pytest.mark.parametrize("model", [Theme, Palette, Logo, Fonts, Typeface, FontFile])
def test_the_page_of_themes_tells_every_field(model: type[Theme]) -> None:
    page = read("docs/themes.md")
    fields = [field.alias or name for name, field in model.model_fields.items()]
    assert [name for name in fields if f"`{name}`" not in page] == []


def test_the_examples_of_themes_are_valid_and_can_be_read() -> None:
    bodies = re.findall(r"^```yaml\n(.*?)^```$", read("docs/themes.md"), re.MULTILINE | re.DOTALL)
    assert len(bodies) == 4
    for body in bodies:
        for name, value in yaml.safe_load(body).items():
            told = TypeAdapter(Definition.model_fields[name].rebuild_annotation()).validate_python(value)
            assert name != "theme" or list(faint(told)) == []


def test_the_gallery_shows_pictures_that_are_there_and_told_in_words() -> None:
    page = read("docs/gallery.md")
    shown = re.findall(r"^!\[(The .+\.)\]\((gallery/\S+)\)\{width=\d+px\}$", page, re.MULTILINE)
    assert {DOCS / name for _, name in shown} == set((DOCS / "gallery").iterdir())
    assert sum(path.stat().st_size for path in (DOCS / "gallery").iterdir()) < 2_500_000


def test_the_authoring_guide_tells_every_completion_rule() -> None:
    guide = read("docs/authoring.md")
    rules = [
        model.model_fields["rule"].annotation for model in typing.get_args(typing.get_args(Completion)[0])
    ]
    names = [typing.get_args(rule)[0] for rule in rules]
    assert [name for name in names if f"{{rule: {name}" not in guide] == []


def test_the_library_page_describes_the_public_names() -> None:
    described = re.findall(
        r"^\.\. (?:auto\w+|py:data):: coursepack\.(\w+)$", read("docs/library.md"), re.MULTILINE
    )
    assert sorted(described) == sorted(coursepack.__all__)


LIBRARY = re.findall(r"^```pycon\n(.*?)^```$", read("docs/library.md"), re.MULTILINE | re.DOTALL)


def functions() -> list[str]:
    return [name for name in coursepack.__all__ if inspect.isfunction(getattr(coursepack, name))]


@pytest.mark.parametrize("name", functions())
def test_every_public_function_has_an_example(name: str) -> None:
    assert any(re.search(rf"\b{name}\(", example) for example in LIBRARY)


def test_the_examples_of_the_library_page_do_what_they_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(main, ["new", "my-course"], catch_exceptions=False)
    shown = doctest.DocTestParser().get_doctest("\n".join(LIBRARY), {}, "library.md", "library.md", 0)
    printed: list[str] = []
    outcome = doctest.DocTestRunner().run(shown, out=printed.append)
    assert outcome.failed == 0, "".join(printed)
    assert outcome.attempted > 15


def classes_in(annotation: object) -> set[type]:
    """Our classes in an annotation, also as parts of another type."""
    found = (
        {annotation}
        if inspect.isclass(annotation) and annotation.__module__.startswith("coursepack")
        else set()
    )
    return found.union(*(classes_in(part) for part in typing.get_args(annotation)))


def test_what_a_public_function_returns_is_public() -> None:
    rest = set().union(
        *(classes_in(typing.get_type_hints(getattr(coursepack, name))["return"]) for name in functions())
    )
    returned: set[type] = set()
    while rest:
        kind = rest.pop()
        returned.add(kind)
        # What a course is made of follows its format, which the authoring guide describes.
        if kind is not coursepack.Course:
            names = {**vars(coursepack), **vars(sys.modules[kind.__module__])}
            hints = typing.get_type_hints(kind, names | {"Facts": coursepack.Facts})
            rest |= set().union(*map(classes_in, hints.values())) - returned
    assert {kind.__name__ for kind in returned} - set(coursepack.__all__) == set()
    assert {"Built", "Mended", "Facts", "Node", "Report"} <= {kind.__name__ for kind in returned}


def test_what_a_public_function_raises_is_public() -> None:
    told = " ".join(inspect.getdoc(getattr(coursepack, name)) or "" for name in functions())
    raised = set(re.findall(r"[A-Z]\w+Error\b", told))
    assert raised == {"CourseError", "PackageError"}
    assert raised <= set(coursepack.__all__)


@pytest.mark.parametrize("name", functions())
def test_a_public_function_stays_one_when_its_module_has_been_loaded(name: str) -> None:
    for _ in range(2):
        namespace: dict[str, object] = {}
        exec(f"from coursepack import {name}", namespace)
        assert inspect.isfunction(namespace[name])


FOR_USERS = [
    "README.md",
    *(
        f"docs/{name}.md"
        for name in (
            *("authoring", "browsers", "cmi5", "index", "inspect", "lrs", "mend", "outputs", "packages"),
            *("profiles", "scorm12", "scorm2004", "support", "themes", "web", "xapi"),
        )
    ),
    *sorted(f"docs/blocks/{page.name}" for page in (DOCS / "blocks").glob("*.md")),
]
STILTED = re.compile(r"\b(stands|told|whoever|one's|stranger's|strangers')", re.IGNORECASE)


def prose(page: str) -> str:
    """A page without code, emphasized words and what is quoted."""
    text = re.sub(r"^(`{3,})[^\n]*\n.*?^\1$", "", page, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`]*`|“[^”]*”|\"[^\"\n]*\"|\*[^*\n]+\*", "", text)


@pytest.mark.parametrize("path", FOR_USERS)
def test_pages_for_users_are_in_plain_english(path: str) -> None:
    assert STILTED.findall(prose(read(path))) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_help_texts_are_in_plain_english(name: str) -> None:
    assert isinstance(main, click.Group)
    command = main.get_command(click.Context(main), name)
    assert command
    texts = [command.help, *(each.help for each in command.params if isinstance(each, click.Option))]
    assert all(texts)
    assert [text for text in texts if text and STILTED.search(text)] == []


def test_the_readme_tells_every_command() -> None:
    assert isinstance(main, click.Group)
    told = re.findall(r"^\| `coursepack ([a-z]+)", read("README.md"), re.MULTILINE)
    assert sorted(told) == sorted(COMMANDS)
