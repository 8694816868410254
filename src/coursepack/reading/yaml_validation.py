"""Turns YAML into validated values, and mistakes into problems with line and column."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError
from yaml.cyaml import CParser  # type: ignore[attr-defined]
from yaml.resolver import BaseResolver

from coursepack.course.severity import course_problem
from coursepack.problems import Location, Message, Problem, Quoted, nearest, quoted
from coursepack.reading.synonyms import meant, meant_name

T = TypeVar("T")

DEPTH_LIMIT = 60
_PLAIN = (None, "")
_NULLS = ("", "~", "null", "Null", "NULL")
_UNTAGGED = {
    yaml.ScalarNode: "tag:yaml.org,2002:str",
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
    yaml.MappingNode: "tag:yaml.org,2002:map",
}
_TAGS = tuple(_UNTAGGED.values())
# Characters that YAML 1.2.2, 5.1 forbids, and the three that are line ends for libyaml but not for editors.
_FORBIDDEN = "[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"


class _Loader(CParser, BaseResolver):
    """Composes without guessing types: `no`, `012` and `1:30` stay texts, as the author wrote them."""

    def __init__(self, stream: str) -> None:
        CParser.__init__(self, stream)
        BaseResolver.__init__(self)

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """The tag of an untagged node."""
        return _UNTAGGED[kind]


class _Mark(NamedTuple):
    """The place of a value, counted from 0; `inner` has the marks of a list, or of a mapping by key."""

    line: int
    column: int
    inner: list[_Mark] | dict[str, tuple[_Mark, _Mark]] | None = None


class Yaml(NamedTuple):
    """The data of a YAML text, and its places. `first_line` is the line in the file of its line 1."""

    file: str
    data: Any
    mark: _Mark
    first_line: int = 1

    def place(self, path: tuple[int | str, ...], key: bool = False) -> Location:
        """The place of the value at `path` (or of its key); steps that are not in the source are skipped."""
        mark = found = self.mark
        for step in path:
            inner = mark.inner
            if isinstance(inner, dict) and isinstance(step, str) and step in inner:
                name, mark = inner[step]
                found = name if key else mark
            elif isinstance(inner, list) and isinstance(step, int) and step < len(inner):
                found = mark = inner[step]
        return Location(self.file, found.line + self.first_line, found.column + 1)


def _too_deep(text: str) -> int | None:
    """Line on which flow brackets or `- - -` nest deeper than any course does (a guard for the C parser)."""
    run = text.find("- " * DEPTH_LIMIT)
    if run >= 0:
        return text.count("\n", 0, run) + 1
    if text.count("[") + text.count("{") <= DEPTH_LIMIT:
        return None
    depth = 0
    for match in re.finditer(r"[\[{\]}]", text):
        depth = depth + 1 if match.group() in "[{" else max(depth - 1, 0)
        if depth > DEPTH_LIMIT:
            return text.count("\n", 0, match.start()) + 1
    return None


def _alias(text: str) -> Any:
    if "*" not in text:
        return None
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            return event.start_mark
    return None


def _plain(node: yaml.Node, text: str, say: Any, first_line: int, depth: int = 0) -> tuple[Any, _Mark]:
    """A node of `text` as dicts, lists, strings and None, and its mark. Reports repeated keys, tags and the like."""
    start = node.start_mark
    line, column = start.line, start.column
    if node.tag not in _TAGS:
        say("tag", start, Message("has a tag, {0}, which is not supported", node.tag), "Remove the tag.")
    if depth > DEPTH_LIMIT:
        say("too-deep", start, Message("nests more than {0} levels", DEPTH_LIMIT))
        return None, _Mark(line, column)
    if isinstance(node, yaml.ScalarNode):
        value = node.value
        escaped = _forbidden(value)
        if escaped:
            say("control-character", start, _unwanted(escaped), "Delete it.")
            value = re.sub(_FORBIDDEN, "?", value)
        elif node.style in _PLAIN and value in _NULLS:
            value = None
        return value, _Mark(line, column)
    if isinstance(node, yaml.SequenceNode):
        items = [_plain(item, text, say, first_line, depth + 1) for item in node.value]
        return [item for item, _ in items], _Mark(line, column, [mark for _, mark in items])
    values: dict[str, Any] = {}
    marks: dict[str, tuple[_Mark, _Mark]] = {}
    assert isinstance(node, yaml.MappingNode)
    for key, value in _whole_texts(node, text, say) if node.flow_style else node.value:
        place = key.start_mark
        if not isinstance(key, yaml.ScalarNode):
            say("bad-key", place, "a key must be a word")
        elif re.match(r"-[A-Za-z{]", key.value):
            say(
                "missing-blank",
                place,
                Message("a space is missing after {0}", Quoted("-")),
                "A dash and a space begin an item of a list.",
            )
        elif key.value in values:
            line_above = marks[key.value][0].line + first_line
            say(
                "repeated-key",
                place,
                Message("{0} is given twice; it is on line {1} already", Quoted(key.value), line_above),
                "Keep one of them.",
            )
        else:
            values[key.value], mark = _plain(value, text, say, first_line, depth + 1)
            marks[key.value] = _Mark(place.line, place.column), mark
    return values, _Mark(line, column, marks)


def _whole_texts(node: yaml.MappingNode, text: str, say: Any) -> list[tuple[yaml.Node, yaml.Node]]:
    """The fields in braces, with texts that a comma has cut rejoined. Reports such commas and missing colons."""
    fields: list[tuple[yaml.Node, yaml.Node]] = []
    cut: dict[int, str] = {}
    for key, value in node.value:
        if not (isinstance(key, yaml.ScalarNode) and _has_no_colon(key, value, text)):
            fields.append((key, value))
        elif found := re.match(r"([\w-]+):\S", key.value):
            _say_no_blank(say, key, found[1])
        elif fields and isinstance(last := fields[-1][1], yaml.ScalarNode) and last.style in _PLAIN:
            cut.setdefault(len(fields) - 1, last.value)
            joined = text[last.start_mark.index : key.end_mark.index].strip()
            fields[-1] = (
                fields[-1][0],
                yaml.ScalarNode(last.tag, joined, last.start_mark, key.end_mark, last.style),
            )
        else:
            say(
                "missing-colon",
                key.start_mark,
                Message("{0} has no colon, so it is not a field", Quoted(key.value)),
                "Write the name of a field, a colon, a space and the value.",
            )
    for at, first in cut.items():
        whole = fields[at][1].value
        # A number with a comma is reported when the number is validated.
        if re.fullmatch(r"-?[0-9]+, ?[0-9]+", whole):
            continue
        say(
            "comma-in-text",
            fields[at][1].start_mark,
            Message("the text {0} ends at its comma, which separates fields here", Quoted(first)),
            Message("Put quotation marks around all of it: {0}.", f'"{whole.strip("“”„")}"'),
        )
    return fields


def _has_no_colon(key: yaml.ScalarNode, value: yaml.Node, text: str) -> bool:
    return key.style in _PLAIN and ":" not in text[key.end_mark.index : value.end_mark.index]


def _say_no_blank(say: Any, key: yaml.ScalarNode, name: str) -> None:
    say(
        "missing-blank",
        key.start_mark,
        Message("a space is missing after {0}", Quoted(f"{name}:")),
        "A colon and a space separate the name of a field from its value.",
    )


def _forbidden(text: str) -> re.Match[str] | None:
    # None of them is printable: this fast test is nearly always enough, and the pattern is slow to compile.
    return None if text.replace("\n", " ").isprintable() else re.search(_FORBIDDEN, text)


def _unwanted(found: re.Match[str]) -> Message:
    return Message("has a character that is not allowed (U+{0})", f"{ord(found.group()):04X}")


def read_yaml(text: str, file: str, first_line: int = 1) -> tuple[Yaml | None, list[Problem]]:
    """Parses YAML. Returns None and the reasons when nothing useful can be read."""
    problems: list[Problem] = []
    lines = text.rstrip("\n").split("\n")

    def say(name: str, mark: yaml.Mark | None, message: str | Message, hint: str = "") -> None:
        place = Location(file, first_line, 1)
        if mark is not None and mark.line < len(lines):
            place = Location(file, mark.line + first_line, mark.column + 1)
        elif mark is not None:  # the end of the text, after its last line
            place = Location(file, len(lines) - 1 + first_line, len(lines[-1]) + 1)
        problems.append(course_problem(f"yaml/{name}", message, place, hint))

    bad = _forbidden(text)
    if bad:
        before = text[: bad.start()]
        where = Location(file, before.count("\n") + first_line, len(before) - before.rfind("\n"))
        return None, [course_problem("yaml/control-character", _unwanted(bad), where, "Delete it.")]
    deep = _too_deep(text)
    if deep is not None:
        place = Location(file, deep + first_line - 1, 1)
        return None, [
            course_problem("yaml/too-deep", Message("nests more than {0} levels", DEPTH_LIMIT), place)
        ]
    try:
        node = _Loader(text).get_single_node()
        alias = _alias(text)
    except yaml.MarkedYAMLError as error:
        # Imported here: errors are rare.
        from coursepack.reading.yaml_causes import cause_of

        cause = cause_of(error, text)
        place = Location(file, cause.line + first_line, cause.column + 1)
        return None, [course_problem(f"yaml/{cause.name}", cause.message, place, cause.hint)]
    if alias is not None:
        say(
            "alias",
            alias,
            "uses an alias (*name)",
            "Write out the value; anchors and aliases are not supported.",
        )
        return None, problems
    if node is None:
        say("empty", None, "is empty")
        return None, problems
    data, top = _plain(node, text, say, first_line)
    return Yaml(file, data, top, first_line), problems


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models in an annotation, also inside lists, unions and dicts."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in typing.get_args(annotation):
        if isinstance(inner, (type, types.UnionType)) or typing.get_args(inner):
            yield from _models(inner)


def models_at(model: Any, path: tuple[int | str, ...]) -> list[type[BaseModel]]:
    """The models that are possible at `path`."""
    models = list(_models(model))
    for step in path:
        inner = [
            found
            for m in models
            for name, field in m.model_fields.items()
            if step in (name, field.alias)
            for found in _models(field.annotation)
        ]
        models = inner or models
    return models


def _fields_at(model: Any, path: tuple[int | str, ...]) -> list[str]:
    """The names of the fields that are possible at `path`."""
    models = models_at(model, path)
    return sorted({field.alias or name for m in models for name, field in m.model_fields.items()})


def _about(model: Any, path: tuple[int | str, ...]) -> str:
    """The description of the field at `path`, for authors who have omitted it."""
    fields = [
        (field.alias or name, field)
        for m in models_at(model, path[:-1])
        for name, field in m.model_fields.items()
    ]
    return next((field.description or "" for name, field in fields if name == path[-1]), "")


_KNOWN: dict[str, tuple[str, ...]] = {
    "string_type": ("wrong-type", "must be text"),
    "tuple_type": ("wrong-type", "must be a list"),
    "list_type": ("wrong-type", "must be a list"),
    "dict_type": ("wrong-type", "must have fields"),
    "model_type": ("wrong-type", "must have fields"),
    "model_attributes_type": ("wrong-type", "must have fields"),
    "int_type": ("wrong-type", "must be a whole number"),
    "int_parsing": ("wrong-type", "must be a whole number"),
    "int_parsing_size": ("wrong-type", "must be a whole number"),
    "float_type": ("wrong-type", "must be a number"),
    "float_parsing": ("wrong-type", "must be a number"),
    "bool_type": ("wrong-type", "must be true or false"),
    "bool_parsing": ("wrong-type", "must be true or false"),
    "date_type": ("wrong-type", "must be a date like 2026-04-14"),
    "too_short": ("too-few", "needs at least {0}", "min_length"),
    "too_long": ("too-many", "may have at most {0}", "max_length"),
    "string_too_long": ("too-long", "is longer than {0} characters", "max_length"),
    "string_too_short": ("too-short", "is shorter than {0} characters", "min_length"),
    "greater_than": ("out-of-range", "must be more than {0}", "gt"),
    "greater_than_equal": ("out-of-range", "must be at least {0}", "ge"),
    "less_than_equal": ("out-of-range", "must be at most {0}", "le"),
    "multiple_of": ("out-of-range", "must be a multiple of {0}", "multiple_of"),
}
"""Errors of pydantic: the problem, the message about the field, and the name of pydantic's value in it."""


def _explain(error: Any, model: Any, source: Yaml, area: str) -> Problem:
    path, kind, context = tuple(error["loc"]), error["type"], error.get("ctx", {})
    name = next((str(step) for step in reversed(path) if step != "[key]"), "")
    value = error.get("input")
    if kind in ("too_long", "too_short") and isinstance(value, str):
        # After one of our validators, pydantic counts characters like items.
        kind = f"string_{kind}"
    place = source.place(path, key="[key]" in path)
    hint: str | Message = ""
    if kind == "missing":
        rule, message, place = (
            "missing-field",
            Message("the field {0} is missing", Quoted(name)),
            source.place(path[:-1]),
        )
        hint = _about(model, path)
    elif kind == "extra_forbidden":
        rule, message = "unknown-field", Message("there is no field {0} here", Quoted(name))
        place = source.place(path, key=True)
        known = _fields_at(model, path[:-1])
        hint = meant(name, known) or Message("Known: {0}.", ", ".join(known))
    elif kind == "literal_error" and value is not None:
        rule, message = "unknown-value", Message("{0} cannot be {1}", Quoted(name), quoted(value))
        hint = nearest(str(value), re.findall(r"'([^']+)'", context.get("expected", "")))
    elif kind == "union_tag_invalid":
        rule, message = "unknown-value", Message("there is no rule {0}", quoted(context["tag"]))
        place = source.place((*path, "rule"))
        hint = nearest(context["tag"], re.findall(r"'([^']+)'", context["expected_tags"]))
    elif kind == "union_tag_not_found":
        rule, message = "missing-field", Message("the field {0} is missing", Quoted("rule"))
    elif value is None and kind != "unquoted-colour":
        rule, message = "empty-value", _of(name, Message("has no value"))
    elif kind in _KNOWN:
        rule, words, *names = _KNOWN[kind]
        message = _of(name, Message(words, *(str(context[each]) for each in names)))
    elif kind == "string_pattern_mismatch":
        rule, message = "invalid-value", Message("{0} cannot be {1}", Quoted(name), quoted(value))
    else:  # one of our own: its type is the rule's name
        rule, message = kind, context.get("message") or Message(error["msg"])
        hint = context.get("hint", "")
        if message.template.startswith(("is ", "must ")):
            message = _of(name, message)
    return course_problem(f"{area}/{rule.replace('_', '-')}", message, place, hint)


def _of(name: str, message: Message) -> Message:
    """A message about a field, with the field's name before it, if it has one."""
    return Message("{0} {1}", Quoted(name), message) if name else message


def validate(model: type[T], source: Yaml, area: str) -> tuple[T | None, list[Problem]]:
    """Validates YAML against a model. Problems are named `area/...`."""
    adapter: TypeAdapter[T] | None = None if hasattr(model, "model_validate") else TypeAdapter(model)
    try:
        if adapter is None:
            return model.model_validate(source.data), []  # type: ignore[attr-defined]
        return adapter.validate_python(source.data), []
    except ValidationError as error:
        errors = error.errors(include_url=False)
        # pydantic counts only valid items: a list with one invalid item is not too short.
        deeper = {tuple(e["loc"][:n]) for e in errors for n in range(len(e["loc"]))}
        kept = [e for e in errors if e["type"] != "too_short" or tuple(e["loc"]) not in deeper]
        problems = [_explain(e, model, source, area) for e in kept]
        # A missing field that was misspelt is reported only as misspelt.
        misspelt = {
            (*e["loc"][:-1], meant_name(str(e["loc"][-1]), _fields_at(model, tuple(e["loc"][:-1]))))
            for e in kept
            if e["type"] == "extra_forbidden"
        }
        return None, [
            problem
            for e, problem in zip(kept, problems, strict=True)
            if e["type"] != "missing" or tuple(e["loc"]) not in misspelt
        ]
