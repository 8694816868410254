"""The exported JSON Schemas say what the reader accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from strategies import COURSE, Drawn, courses

from coursepack.course.blocks import DATA_BLOCKS
from coursepack.reading.schema import SCHEMAS, json_schema

ROOT = Path(__file__).resolve().parents[1]
FENCE = re.compile(r"^```([\w-]+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


class Core(yaml.SafeLoader):
    """Reads YAML as editors do by the core schema of YAML 1.2: a date is text."""


Core.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(text: str) -> Any:
    return yaml.load(text, Core)


def valid(name: str, value: Any) -> bool:
    return Draft202012Validator(json_schema(name)).is_valid(value)


def blocks(folder: Path) -> Iterator[tuple[str, str]]:
    for page in sorted((folder / "pages").rglob("*.md")):
        yield from FENCE.findall(page.read_text("utf-8"))


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_valid_by_its_own_draft(name: str) -> None:
    schema = json_schema(name)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("folder", ["course_source", "templates/starter/sv"])
def test_the_example_and_the_starter_are_valid_by_the_schemas(folder: str) -> None:
    for name in ("course", "glossary", "contacts", "sources"):
        path = ROOT / folder / f"{name}.yaml"
        if path.exists():
            Draft202012Validator(json_schema(name)).validate(load(path.read_text("utf-8")))
    found = list(blocks(ROOT / folder))
    assert found
    for kind, text in found:
        Draft202012Validator(json_schema(kind)).validate(load(text))


@pytest.mark.parametrize(
    "wrong",
    [
        COURSE.replace("title: Least course\n", ""),
        COURSE.replace("title: Least", "titel: Least"),
        COURSE.replace("language: en", "language: no"),
        COURSE.replace("id: least", "id: Least"),
        COURSE.replace("minutes: 1}", "minutes: 0.3}"),
        COURSE.replace("minutes: 1}", "minutes: one}"),
        COURSE.replace("minutes: 1}", "minutes: 1, short_title: x}"),
        COURSE + "completion: {rule: most-pages}\n",
        COURSE + "final-check: {page: p1-c1-s1, mastery: 101}\n",
        COURSE + "status: done\n",
        COURSE + "tomorrow: Look for the doors.\n",
        COURSE + "tomorrow: [a, b, c, d, e, f]\n",
        COURSE + "content-note: [a]\n",
        COURSE + "short_title: x\n",
    ],
)
def test_a_wrong_course_is_not_valid(wrong: str) -> None:
    assert valid("course", load(COURSE))
    assert not valid("course", load(wrong))


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("image", "{src: a, alt: b}", "{alt: b}"),
        ("video", "{src: a, title: b, captions: c, described: {not-needed: e}, transcript: d, duration: '1:00', width: 1, height: 1}", "{src: a, title: b, described: {not-needed: e}, transcript: d, duration: '1:00', width: 1, height: 1}"),
        ("video", "{src: a, title: b, transcript: d.vtt, described: {not-needed: e}}", "{src: a, title: b, transcript: d.md, described: {not-needed: e}}"),
        ("video", "{src: a, title: b, captions: c, easy-captions: true, described: {not-needed: e}}", "{src: a, title: b, described: {not-needed: e}}"),
        ("audio", "{src: a, title: b, transcript: c, duration: '1:00'}", "{src: a, title: b, duration: '1:00'}"),
        ("audio", "{src: a, title: b, captions: c}", "{src: a, title: b, easy-captions: true}"),
        ("download", "{src: a, title: b}", "{src: a}"),
        ("choice", "{id: q, question: a, answers: [{id: a, text: b, right: true}, {id: b, text: c}]}", "{id: q, question: a, answers: [{id: a, text: b, right: true}]}"),
        ("contact", "{contacts: [a]}", "{contacts: []}"),
    ],
)  # fmt: skip
def test_a_wrong_block_is_not_valid(kind: str, right: str, wrong: str) -> None:
    assert valid(kind, load(right))
    assert not valid(kind, load(wrong))
    assert not valid(kind, {**load(right), "unknown": 1})


def test_every_data_block_has_a_schema_that_tells_what_it_is() -> None:
    assert set(DATA_BLOCKS) <= set(SCHEMAS)
    for name in DATA_BLOCKS:
        assert json_schema(name)["description"]


@pytest.mark.long
@settings(max_examples=20)
@given(courses())
def test_any_valid_course_is_valid_by_the_schemas(drawn: Drawn) -> None:
    Draft202012Validator(json_schema("course")).validate(drawn.definition)
    for name, text in drawn.files.items():
        if name.endswith(".yaml"):
            assert valid(name.removesuffix(".yaml"), load(str(text)))
        elif name.endswith(".md"):
            for kind, body in FENCE.findall(str(text)):
                assert valid(kind, load(body))
