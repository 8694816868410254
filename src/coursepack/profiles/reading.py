"""What the readers of profiles and of quirks share: mistakes told with their lines, and the parts that both have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from coursepack.problems import Message, Problem, Quoted, nearest
from coursepack.profiles.predicates import PREDICATES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from coursepack.reading.yaml_validation import Yaml

Language = str
Severity = Literal["error", "warning", "note"]
Path = tuple[int | str, ...]

_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
_LANGUAGES: tuple[Language, ...] = ("en", "sv")
_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_DATE = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_SENTENCE = re.compile(r"\S.*\.", re.DOTALL)
_EMPTY: tuple[Any, ...] = (None, "", [], {})


class Reader:
    """Collects the mistakes of one YAML text. What its methods return counts only when there are none."""

    def __init__(self, yaml: Yaml, problems: Iterable[Problem]) -> None:
        self.yaml = yaml
        self.problems = list(problems)

    def say(self, rule: str, path: Path, message: str | Message, hint: str | Message = "") -> None:
        """Notes a mistake at a place of the text."""
        place = self.yaml.place(path)
        self.problems.append(Problem(f"profile/{rule}", "error", message, place, hint))

    def mapping(
        self, value: Any, path: Path, keys: Iterable[str], optional: Collection[str] = ()
    ) -> dict[str, Any]:
        """The value as a mapping with all of these keys and no other; those in `optional` may be missing."""
        keys = tuple(keys)
        if not isinstance(value, dict):
            self.say("wrong-shape", path, Message("must be a mapping with {0}", ", ".join(keys)))
            return dict.fromkeys(keys)
        for key in value:
            if key not in keys:
                self.say(
                    "unknown-key",
                    (*path, key),
                    Message("{0} is not known here", Quoted(key)),
                    nearest(key, keys),
                )
        for key in keys:
            if value.get(key) in _EMPTY and key not in optional:
                self.say("missing", path, Message("{0} is missing", Quoted(key)))
        return value

    def text(self, value: Any, path: Path, wanted: str, pattern: re.Pattern[str] | None = None) -> str:
        """The value as a text of one form; what is missing was told already."""
        if value in _EMPTY:
            return ""
        if not isinstance(value, str) or (pattern and not pattern.fullmatch(value)):
            self.say("wrong-value", path, Message("must be {0}", wanted))
            return ""
        return " ".join(value.split())

    def slug(self, value: Any, path: Path) -> str:
        """The value as a name of rules and files."""
        return self.text(value, path, "of a-z, 0-9 and '-'", _SLUG)

    def date(self, value: Any, path: Path) -> str:
        """The value as a year and a month."""
        return self.text(value, path, "a year and a month like 2026-11", _DATE)

    def names(self, value: Any, path: Path, known: Collection[str], what: str) -> tuple[str, ...]:
        """The value as a list of names, each of them known and given once."""
        if value in _EMPTY:
            return ()
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            self.say("wrong-shape", path, Message("must be a list of {0}s", what))
            return ()
        for number, name in enumerate(value):
            if name not in known:
                self.say(
                    f"unknown-{what}",
                    (*path, number),
                    Message("{0} is no {1}", Quoted(name), what),
                    nearest(name, known),
                )
            elif name in value[:number]:
                self.say(
                    f"repeated-{what}", (*path, number), Message("{0} stands above already", Quoted(name))
                )
        return tuple(value)

    def sentences(self, value: Any, path: Path) -> dict[Language, str]:
        """The value as a sentence by language."""
        said = self.mapping(value, path, _LANGUAGES) if value else {}
        return {
            language: self.text(
                said.get(language), (*path, language), "a sentence that ends with '.'", _SENTENCE
            )
            for language in _LANGUAGES
        }

    def severity(self, value: Any, path: Path, test: str) -> Severity:
        """The value as a severity, which is a note for a question that no package can answer."""
        severity = next((known for known in _SEVERITIES if known == value), None)
        if value and severity is None:
            self.say("wrong-value", path, Message("must be one of {0}", ", ".join(_SEVERITIES)))
        if severity in ("error", "warning") and test and not PREDICATES[test].certain:
            self.say(
                "wrong-value", path, Message("must be note: {0} cannot be seen in a package", Quoted(test))
            )
        return severity or "note"

    def test(self, value: Any, path: Path) -> tuple[str, Any]:
        """The value as the name of a predicate and its parameter; both empty without one."""
        if not value:
            return "", None
        if not isinstance(value, dict) or len(value) != 1:
            self.say("wrong-shape", path, "must be one predicate with its parameter, as in largest: 250 MB")
            return "", None
        ((name, said),) = value.items()
        if name not in PREDICATES:
            self.say(
                "unknown-predicate",
                (*path, name),
                Message("{0} is no predicate", Quoted(name)),
                nearest(name, PREDICATES),
            )
            return "", None
        try:
            return name, PREDICATES[name].parse(said)
        except ValueError as error:
            self.say("wrong-parameter", (*path, name), Message("{0} wants {1}", Quoted(name), str(error)))
            return "", None
