"""The documentation tells what there is: every block, field, completion rule, public name and command."""

from __future__ import annotations

import doctest
import inspect
import re
import sys
import typing
from concurrent.futures import Executor
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
LANGUAGES = ["docs", "docs/sv"]
BLOCK_TYPES = [path.stem for path in (ROOT / "templates/blocks").glob("*.html")]


def read(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def examples(kind: str, folder: str) -> list[str]:
    """Bodies of the fenced blocks of that kind in the Markdown examples of the pages in a folder."""
    pages = {*(ROOT / folder).glob("*.md"), *(ROOT / folder / "blocks").glob("*.md")}
    shown = [
        example
        for page in sorted(pages)
        for example in re.findall(
            r"^````markdown\n(.*?)^````$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
        )
    ]
    return [
        body
        for text in shown
        for body in re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    ]


@pytest.mark.parametrize("folder", LANGUAGES)
@pytest.mark.parametrize("kind", BLOCK_TYPES)
def test_every_block_has_its_page_in_the_table_of_blocks(kind: str, folder: str) -> None:
    assert (ROOT / folder / "blocks" / f"{kind}.md").is_file()
    assert f"[{kind}]({kind}.md)" in read(f"{folder}/blocks/index.md")


@pytest.mark.parametrize("folder", LANGUAGES)
@pytest.mark.parametrize("kind", DATA_BLOCKS)
def test_a_blocks_page_tells_every_field(kind: str, folder: str) -> None:
    page = read(f"{folder}/blocks/{kind}.md")
    fields = [field.alias or name for name, field in DATA_BLOCKS[kind].model_fields.items()]
    assert [name for name in fields if f"`{name}`" not in page] == []


@pytest.mark.parametrize("folder", LANGUAGES)
@pytest.mark.parametrize("kind", DATA_BLOCKS)
def test_a_blocks_examples_are_valid(kind: str, folder: str) -> None:
    bodies = examples(kind, folder)
    assert bodies
    for body in bodies:
        DATA_BLOCKS[kind].model_validate(yaml.safe_load(body))


@pytest.mark.parametrize("folder", LANGUAGES)
@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_is_shown(name: str, folder: str) -> None:
    pages = "".join(page.read_text("utf-8") for page in (ROOT / folder / "blocks").glob("*.md"))
    assert re.search(rf"^::: {name}\b", pages, re.MULTILINE)


@pytest.mark.parametrize("folder", LANGUAGES)
@pytest.mark.parametrize("model", [Definition, Part, Chapter, PageEntry])
def test_the_authoring_guide_tells_every_field_of_course_yaml(model: type[Definition], folder: str) -> None:
    guide = read(f"{folder}/authoring.md")
    fields = [field.alias or name for name, field in model.model_fields.items()]
    assert [name for name in fields if not re.search(rf"`{name}(: [^`]*)?`", guide)] == []


@pytest.mark.parametrize("folder", LANGUAGES)
def test_the_guides_example_course_has_no_problems(tmp_path: Path, folder: str) -> None:
    (example,) = re.findall(
        r"^```yaml\n(id: .*?)^```$", read(f"{folder}/authoring.md"), re.MULTILINE | re.DOTALL
    )
    (tmp_path / "course.yaml").write_text(example, "utf-8")
    (tmp_path / "pages").mkdir()
    for page in re.findall(r"^          - id: (\S+)$", example, re.MULTILINE):
        (tmp_path / "pages" / f"{page}.md").write_text("Some words.\n", "utf-8")
    assert list(coursepack.check(tmp_path)) == []


@pytest.mark.parametrize("folder", LANGUAGES)
def test_the_contact_page_tells_every_field_of_contacts_yaml(folder: str) -> None:
    page = read(f"{folder}/blocks/contact.md")
    assert [
        name for name in Person.model_fields if not re.search(rf"^[- ] {name}: ", page, re.MULTILINE)
    ] == []


@pytest.mark.parametrize("folder", LANGUAGES)
@pytest.mark.parametrize("model", [Theme, Palette, Logo, Fonts, Typeface, FontFile])
def test_the_page_of_themes_tells_every_field(model: type[Theme], folder: str) -> None:
    page = read(f"{folder}/themes.md")
    fields = [field.alias or name for name, field in model.model_fields.items()]
    assert [name for name in fields if f"`{name}`" not in page] == []


@pytest.mark.parametrize("folder", LANGUAGES)
def test_the_examples_of_themes_are_valid_and_can_be_read(folder: str) -> None:
    bodies = re.findall(r"^```yaml\n(.*?)^```$", read(f"{folder}/themes.md"), re.MULTILINE | re.DOTALL)
    assert len(bodies) == 4
    for body in bodies:
        for name, value in yaml.safe_load(body).items():
            told = TypeAdapter(Definition.model_fields[name].rebuild_annotation()).validate_python(value)
            assert name != "theme" or list(faint(told)) == []


@pytest.mark.parametrize(
    ("file", "told"), [("docs/gallery.md", "The .+"), ("docs/sv/gallery.md", "(?:Sidan|Startsidan).+")]
)
def test_the_gallery_shows_pictures_that_are_there_and_told_in_words(file: str, told: str) -> None:
    shown = re.findall(
        rf"^!\[{told}\.\]\(((?:\.\./)?gallery/\S+)\)\{{width=\d+px\}}$", read(file), re.MULTILINE
    )
    assert {(ROOT / file).parent.joinpath(name).resolve() for name in shown} == set(
        (DOCS / "gallery").iterdir()
    )
    assert sum(path.stat().st_size for path in (DOCS / "gallery").iterdir()) < 2_500_000


@pytest.mark.parametrize("folder", LANGUAGES)
def test_the_authoring_guide_tells_every_completion_rule(folder: str) -> None:
    guide = read(f"{folder}/authoring.md")
    rules = [
        model.model_fields["rule"].annotation for model in typing.get_args(typing.get_args(Completion)[0])
    ]
    names = [typing.get_args(rule)[0] for rule in rules]
    assert [name for name in names if f"{{rule: {name}" not in guide] == []


@pytest.mark.parametrize("folder", LANGUAGES)
def test_the_page_of_support_shows_what_is_printed(folder: str) -> None:
    (session,) = re.findall(
        r"^```text\n\$ coursepack (.*?)^```$", read(f"{folder}/support.md"), re.MULTILINE | re.DOTALL
    )
    command, *shown = session.splitlines()
    *arguments, course = command.partition(" --")[0].split()
    language = "sv" if folder.endswith("sv") else "en"
    done = CliRunner().invoke(main, [*arguments, str(ROOT / course), "--language", language])
    # What the page leaves out, it says.
    expected = ".*".join(re.escape(part) for part in re.split(" *…", "\n".join(shown)))
    assert re.fullmatch(expected, done.output, re.DOTALL), done.output


# In Swedish: what authors read

AUTHORS = sorted(
    {
        *re.findall(
            r"\((\S+)\.md\)",
            "".join(
                re.findall(
                    r"^- (?:Write|Translate|Build packages|Hand over|Find out).*$",
                    read("docs/index.md"),
                    re.MULTILINE,
                )
            ),
        ),
        *(f"blocks/{page.stem}" for page in (DOCS / "blocks").glob("*.md")),
    }
)
FENCE = re.compile(r"^( *)(`{3,})([^\n]*)\n(.*?)^\1\2$", re.MULTILINE | re.DOTALL)
# A field, a block, a value, an option or a rule; ids and texts of examples have another form or are in the language.
NAME = re.compile(r"`((?:--)?[a-z]+(?:-[a-z]+)?(?:/[a-z]+(?:-[a-z]+)*)?)`")


def keys(value: object) -> set[str]:
    """The names of all fields in a value."""
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    return set().union(*map(keys, value)) if isinstance(value, list) else set()


def shape(page: str) -> dict[str, list[object]]:
    """What a page has in every language: headings, rows of tables, and blocks of examples with their fields."""
    text = FENCE.sub("", page)
    fences = [(found[3], found[4]) for found in FENCE.finditer(page)]
    shown = [body for kind, body in fences if kind == "markdown"]
    inner = [found for body in shown for found in FENCE.finditer(body) if found[3]]
    return {
        "headings": [len(level) for level in re.findall(r"^(#+) ", text, re.MULTILINE)],
        "rows": [tuple(NAME.findall(row.split("|")[1])) for row in re.findall(r"^\|.*", text, re.MULTILINE)],
        "fences": [kind.partition(" ")[0] for kind, _ in fences],
        "blocks": [(found[3], sorted(keys(yaml.safe_load(found[4])))) for found in inner],
        "containers": [name for body in shown for name in re.findall(r"^::: ([\w-]+)", body, re.MULTILINE)],
    }


def test_the_swedish_part_has_a_page_for_each_that_authors_read() -> None:
    pages = (DOCS / "sv").rglob("*.md")
    assert sorted(str(page.relative_to(DOCS / "sv").with_suffix("")) for page in pages) == sorted(
        [*AUTHORS, "index"]
    )
    assert {"authoring", "blocks/choice", "gallery", "languages", "packages", "support", "themes"} <= set(
        AUTHORS
    )


@pytest.mark.parametrize("name", AUTHORS)
def test_a_swedish_page_has_what_the_english_one_has(name: str) -> None:
    english, swedish = read(f"docs/{name}.md"), read(f"docs/sv/{name}.md")
    assert shape(swedish) == shape(english)
    # What the others name is made or done by their own tests.
    if name not in ("first-course", "mistakes"):
        assert set(NAME.findall(english)) - set(NAME.findall(swedish)) == set()


@pytest.mark.parametrize("name", [*AUTHORS, "index"])
def test_a_swedish_page_links_to_swedish_pages_where_there_are_any(name: str) -> None:
    page = DOCS / "sv" / f"{name}.md"
    links = re.findall(r"\]\(([\w./-]+\.md)(?:#[^)]*)?\)", FENCE.sub("", page.read_text("utf-8")))
    targets = [(page.parent / link).resolve() for link in links]
    assert [target for target in targets if not target.is_file()] == []
    outside = [target.relative_to(DOCS) for target in targets if DOCS / "sv" not in target.parents]
    assert [target for target in outside if (DOCS / "sv" / target).is_file()] == []


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


@pytest.mark.long
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
        *(
            classes_in(
                typing.get_type_hints(getattr(coursepack, name), localns={"Executor": Executor})["return"]
            )
            for name in functions()
        )
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
            *(
                "authoring",
                "browsers",
                "cmi5",
                "index",
                "inspect",
                "lrs",
                "media",
                "mend",
                "outputs",
                "packages",
            ),
            *("profiles", "release", "scorm12", "scorm2004", "support", "themes", "web", "xapi"),
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
