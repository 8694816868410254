"""Shared by profiles and quirks: the types of their fields, and the reporting of invalid values."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError, create_model
from pydantic_core import PydanticCustomError

from coursepack.languages import ENGLISH, codes
from coursepack.problems import Message, Problem, Quoted, nearest
from coursepack.profiles.predicates import PREDICATES
from coursepack.reading.yaml_validation import Yaml, models_at

if TYPE_CHECKING:
    from coursepack.problems import Value

Language = str
Severity = Literal["error", "warning", "note"]
T = TypeVar("T")

_EMPTY: tuple[Any, ...] = (None, "", [], {})


def wrong(
    rule: str, template: str, *values: Value | Message, hint: str | Message = ""
) -> PydanticCustomError:
    """The error that a validator raises: the name of the rule, and a message as for Message."""
    message = Message(template, *values)
    return PydanticCustomError(rule, str(message), {"message": message, "hint": hint})


class Data(BaseModel):
    """A mapping in the YAML text, with these keys and no others."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Test(NamedTuple):
    """The name of a predicate and its parameter."""

    name: str
    value: Any


def _given(value: Any) -> Any:
    if value in _EMPTY:
        raise wrong("missing", "is missing")
    return value


Given = BeforeValidator(_given)
"""For a field that must not be empty."""


def _text(wanted: str, pattern: str = "") -> BeforeValidator:
    """For a text that matches a pattern, with white space collapsed."""

    def read(value: Any) -> str:
        _given(value)
        if not isinstance(value, str) or (pattern and not re.fullmatch(pattern, value, re.DOTALL)):
            raise wrong("wrong-value", f"must be {wanted}")
        return " ".join(value.split())

    return BeforeValidator(read)


Text = Annotated[str, _text("a text")]
Slug = Annotated[str, _text("of a-z, 0-9 and '-'", "[a-z][a-z0-9]*(-[a-z0-9]+)*")]
"""A name for rules and files."""
Date = Annotated[str, _text("a year and a month like 2026-11", r"20\d\d-(0[1-9]|1[0-2])")]
_Sentence = Annotated[str, _text("a sentence that ends with '.'", r"\S.*\.")]


class _ByLanguage(Data):
    """A sentence in English and other languages."""

    def by_language(self) -> dict[Language, str]:
        """The sentences by language."""
        return self.model_dump(exclude_none=True)


if TYPE_CHECKING:
    Sentences = _ByLanguage
    Labels = _ByLanguage
else:
    Sentences = create_model(
        "Sentences",
        __base__=_ByLanguage,
        **{code: (_Sentence, ... if code == ENGLISH else None) for code in codes()},
    )
    Labels = create_model(
        "Labels",
        __base__=_ByLanguage,
        **{code: (Text, ... if code == ENGLISH else None) for code in codes()},
    )
    """Words on a screen of an LMS, in English and other languages."""


def _test(value: Any) -> Test:
    _given(value)
    if not isinstance(value, dict) or len(value) != 1:
        raise wrong("wrong-shape", "must be one predicate with its parameter, as in largest: 250 MB")
    ((name, said),) = value.items()
    if name not in PREDICATES:
        raise faults([((name,), no_such("predicate", name, PREDICATES))])
    try:
        return Test(name, PREDICATES[name].parse(said))
    except ValueError as error:
        wrong_value = wrong("wrong-parameter", "{0} requires {1}", Quoted(name), Message(str(error)))
        raise faults([((name,), wrong_value)]) from None


Question = Annotated[Test, BeforeValidator(_test)]
"""A test of a package: one predicate with its parameter."""


def names(what: str, known: Callable[[], Collection[str]]) -> BeforeValidator:
    """For a list of names, each known and given once."""

    def read(value: Any) -> tuple[str, ...]:
        if value in _EMPTY:
            return ()
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise wrong("wrong-shape", "must be a list of {0}", f"{what}s")
        found: list[tuple[tuple[int | str, ...], PydanticCustomError]] = []
        for number, name in enumerate(value):
            if name not in known():
                found.append(((number,), no_such(what, name, known())))
            elif name in value[:number]:
                error = wrong(f"repeated-{what}", "{0} is already in the list", Quoted(name))
                found.append(((number,), error))
        if found:
            raise faults(found)
        return tuple(value)

    return BeforeValidator(read)


def no_such(what: str, name: str, known: Iterable[str]) -> PydanticCustomError:
    """The error for an unknown name."""
    return wrong(f"unknown-{what}", f"{{0}} is not a {what}", Quoted(name), hint=nearest(name, known))


def faults(found: Iterable[tuple[tuple[int | str, ...], PydanticCustomError]]) -> ValidationError:
    """Errors at places inside a validator's value."""
    return ValidationError.from_exception_data(
        "profile", [{"type": error, "loc": place, "input": None} for place, error in found]
    )


def check_severity(severity: Severity | None, test: Test | None) -> None:
    """Validates a severity: a test that no package can answer certainly is a note."""
    if severity in ("error", "warning") and test and not PREDICATES[test.name].certain:
        raise wrong("wrong-value", "must be note: {0} cannot be seen in a package", Quoted(test.name))


def read(model: Any, yaml: Yaml, context: object = None) -> tuple[Any, list[Problem]]:
    """Validates a model, or a type with models. Returns None and all problems if there are any."""
    try:
        return TypeAdapter(model).validate_python(yaml.data, context=context), []
    except ValidationError as error:
        return None, [_problem(each, model, yaml) for each in error.errors(include_url=False)]


def _problem(error: Any, model: Any, yaml: Yaml) -> Problem:
    path: tuple[int | str, ...] = tuple(step for step in error["loc"] if step != "[key]")
    kind, context = error["type"], error.get("ctx", {})
    name = path[-1] if path else ""
    place, hint = yaml.place(path), context.get("hint", "")
    message: Message
    if kind == "missing":
        rule, message, place = kind, Message("{0} is missing", Quoted(str(name))), yaml.place(path[:-1])
    elif kind == "extra_forbidden":
        rule, message = "unknown-key", Message("{0} is not known here", Quoted(str(name)))
        hint = nearest(str(name), _keys(model, path[:-1]))
    elif kind == "model_type":
        rule, message = "wrong-shape", Message("must be a mapping with {0}", ", ".join(_keys(model, path)))
    elif kind == "tuple_type":
        rule, message = "wrong-shape", Message("must be a list of {0}", str(name))
    elif kind == "literal_error":
        known = re.findall(r"'([^']+)'", context["expected"])
        rule, message = "wrong-value", Message("must be one of {0}", ", ".join(known))
    else:
        rule, message = kind, context.get("message") or Message(error["msg"])
    return Problem(f"profile/{rule}", "error", message, place, hint)


def _keys(model: Any, path: tuple[int | str, ...]) -> list[str]:
    return [name for each in models_at(model, path) for name in each.model_fields]
