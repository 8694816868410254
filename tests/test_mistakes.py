"""Everything that can be wrong with a course folder is explained, in English and Swedish, and told in Swedish.

What can be told is read out of the code: each call that tells a problem, with the texts that its message and hint can be.
"""

from __future__ import annotations

import ast
import itertools
import json
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
import yaml
from test_house import MODULES, SRC, part

from coursepack.course.blocks import DATA_BLOCKS
from coursepack.course.blocks.block import Reference
from coursepack.course.lock import Lock, state_problems
from coursepack.languages.mistakes import mistake, mistakes
from coursepack.languages.words import translated, words_of
from coursepack.problems import Location, Problem, Severity
from coursepack.reading.yaml_validation import _KNOWN
from coursepack.rules import RULES

SHARED: dict[str, dict[str, list[str]]] = yaml.safe_load(
    (SRC / "languages/mistakes/shared.yaml").read_text("utf-8")
)
HOLE = "\0"
"""Stands where a value is filled in."""

TELLERS: dict[str, dict[str, tuple[str, int, int, int]]] = {
    "reading.source": {"say": ("", 0, 1, 3), "refuse": ("course/", 0, 1, 3), "Problem": ("", 0, 2, 4)},
    "reading.markdown": {"say": ("page/", 0, 2, 3), "Problem": ("", 0, 2, 4)},
    "reading.yaml_validation": {"say": ("yaml/", 0, 2, 3), "Problem": ("", 0, 2, 4)},
    "reading.captions": {"say": ("captions/", 0, 2, 3)},
    "reading.media_heads": {"MediaError": ("media/", 0, 1, 2)},
    "reading.pdf": {"MediaError": ("media/", 0, 1, 2)},
    "course.model": {"PydanticCustomError": ("course/", 0, 1, 9)},
    "course.theme": {"PydanticCustomError": ("course/", 0, 1, 9)},
    "course.blocks": {
        "PydanticCustomError": ("page/", 0, 1, 9),
        "Misfit": ("page/", 1, 2, 3),
        "Flaw": ("page/", 0, 1, 9),
    },
    "course.lock": {"Problem": ("", 0, 2, 4)},
    "building.build": {"Problem": ("", 0, 2, 4)},
    "building.pipeline": {"Problem": ("", 0, 2, 4)},
}
"""By room: what is called to tell a problem, the area, and which argument is the fault, the message and the hint."""

KINDS = {
    f"course/unknown-{HOLE}": ("contact", "role", "source"),
    f"page/unknown-{HOLE}": get_args(get_type_hints(Reference)["kind"]),
}
"""Problems that are told of several kinds of things: the kind stands in the name and in the message."""

OTHERS = {
    "rules",
    "profiles",
    "repair",
    "xapi.statement",
    "xapi.lrs_check",
    "xapi.test_lrs",
    "result",
    "languages.words",
}
"""Rooms whose problems are none of a course folder; what tells them in Swedish is tested in test_swedish.py."""


@dataclass(frozen=True)
class Told:
    """A problem that the code can tell: its name, the texts that message and hint can be, and the line that tells it."""

    name: str
    messages: tuple[str, ...]
    hints: tuple[str, ...]
    line: str
    severities: frozenset[Severity] = field(default=frozenset())


class Texts:
    """Works out which texts an expression of a function can be, values left open."""

    def __init__(self, module: ast.Module, function: ast.AST) -> None:
        self.functions = {each.name: each for each in ast.walk(module) if isinstance(each, ast.FunctionDef)}
        self.module = module
        self.values: dict[str, list[ast.expr]] = {}
        # What is bound in a branch that ends the function or the turn counts there only.
        self.branches = [
            (each.body[0].lineno, each.body[-1].end_lineno or 0)
            for each in ast.walk(function)
            if isinstance(each, ast.If) and isinstance(each.body[-1], (ast.Return, ast.Raise, ast.Continue))
        ]
        for node in ast.walk(function):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self.bind(target, node.value)
            elif isinstance(node, ast.AnnAssign) and node.value:
                self.bind(node.target, node.value)

    def bind(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.values.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, other in zip(target.elts, value.elts, strict=True):
                self.bind(one, other)

    def bound(self, name: ast.Name) -> list[ast.expr]:
        """What a name can stand for where it is used."""
        return [
            value
            for value in self.values.get(name.id, ())
            if value.lineno <= name.lineno
            and not any(begin <= value.lineno <= end < name.lineno for begin, end in self.branches)
        ]

    def of(self, node: ast.expr | None, depth: int = 0) -> tuple[str, ...]:
        if node is None:
            return ("",)
        if isinstance(node, ast.Constant):
            return (node.value if isinstance(node.value, str) else HOLE,)
        found: tuple[str, ...] = (HOLE,)
        if isinstance(node, ast.JoinedStr):
            found = ("",)
            for part in node.values:
                bare = isinstance(part, ast.FormattedValue) and part.conversion == -1 and not part.format_spec
                inner = part.value if isinstance(part, ast.FormattedValue) and bare else part
                texts = self.of(inner, depth + 1) if not isinstance(inner, ast.FormattedValue) else (HOLE,)
                found = tuple(one + other for one in found for other in texts)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.of(node.left, depth + 1), self.of(node.right, depth + 1)
            found = tuple(one + other for one in left for other in right)
        elif isinstance(node, ast.IfExp):
            found = (*self.of(node.body, depth + 1), *self.of(node.orelse, depth + 1))
        elif isinstance(node, ast.Name) and depth < 5 and self.bound(node):
            found = tuple(text for value in self.bound(node) for text in self.of(value, depth + 1))
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self.functions
        ):
            function = self.functions[node.func.id]
            inside = Texts(self.module, function)
            returned = (each.value for each in ast.walk(function) if isinstance(each, ast.Return))
            found = tuple(text for value in returned for text in inside.of(value, depth + 1))
        return tuple(dict.fromkeys(re.sub(f"{HOLE}+", HOLE, text) for text in found))


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """What stands in a function and in none inside it."""
    for node in ast.iter_child_nodes(function):
        if not isinstance(node, ast.FunctionDef):
            yield node
            yield from own_nodes(node)


def told_in(name: str) -> Iterator[Told]:
    module = ast.parse(MODULES[name].read_text("utf-8"))
    file = MODULES[name].relative_to(SRC).as_posix()
    for function in [module, *(each for each in ast.walk(module) if isinstance(each, ast.FunctionDef))]:
        texts = Texts(module, function)
        for node in own_nodes(function):
            line = f"{file}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
                yield from assigned(node.targets[0], node.value, texts, line)
            if not isinstance(node, ast.Call) or name_of(node) not in TELLERS[part(name)]:
                continue
            area, *places = TELLERS[part(name)][name_of(node)]
            if name in ("course.blocks.block", "course.blocks.formula"):
                # What a field of every model is made of.
                area = f"{HOLE}/"
            given = [node.args[place] if len(node.args) > place else None for place in places]
            named = {each.arg: each.value for each in node.keywords}
            faults = texts.of(given[0])
            messages = texts.of(given[1])
            hints = texts.of(given[2] or named.get("hint"))
            if name_of(node) == "PydanticCustomError":
                faults, messages = (faults[0].replace("_", "-"),), (with_subject(messages[0]),)
            if name_of(node) == "MediaError":
                messages = tuple(f"{HOLE}: {message}" for message in messages)
            severity = node.args[1] if name_of(node) == "Problem" else named.get("severity")
            severities = frozenset(texts.of(severity)) - {HOLE, ""}
            for fault in faults:
                yield Told(area + fault, messages, hints, line, severities)  # type: ignore[arg-type]


def assigned(target: ast.Tuple, value: ast.expr, texts: Texts, line: str) -> Iterator[Told]:
    """What `rule, message = ...` says, as `definition` does for mistakes in fields."""
    names = [getattr(each, "id", "") for each in target.elts]
    if names[:2] == ["rule", "message"] and isinstance(value, ast.Tuple):
        (fault,) = texts.of(value.elts[0])
        yield Told(f"{HOLE}/{fault}", texts.of(value.elts[1]), (), line)


def opened(message: str) -> str:
    """A message that `str.format` fills in, with holes."""
    parts = string.Formatter().parse(message)
    return "".join(text + (HOLE if name is not None else "") for text, name, _, _ in parts)


def with_subject(message: str) -> str:
    """One of our own messages for a field, as `definition` tells it: with the field's name before."""
    return f"{HOLE} {opened(message)}" if message.startswith(("is ", "must ")) else opened(message)


@cache
def everything_told() -> tuple[Told, ...]:
    found = [told for name in MODULES if part(name) in TELLERS for told in told_in(name)]
    found += [
        Told(f"{HOLE}/{fault}", (f"{HOLE} {opened(message)}",), (), "yaml_validation.py")
        for fault, message in _KNOWN.values()
    ]
    found += [
        Told(f"{HOLE}/missing-field", (f"the field {HOLE} is missing",), (fields.description,), f"{name}.py")
        for name, model in DATA_BLOCKS.items()
        for fields in model.model_fields.values()
        if fields.description
    ]
    return tuple(each for told in found for each in by_kind(told))


def by_kind(told: Told) -> Iterator[Told]:
    """What is told of several kinds of things, of each; and nothing of a place that only passes on what others say."""
    if told.name in KINDS:
        for kind in KINDS[told.name]:
            name = told.name.replace(HOLE, kind)
            yield replace(told, name=name, messages=(f"there is no {kind} {HOLE}",))
    elif not told.name.endswith(HOLE):
        yield told
    elif told.name != f"{HOLE}/{HOLE}":
        # `definition` tells all mistakes in fields at one place; `assigned` has read each where it is named.
        own = {text for text in told.messages if re.search(r"\w", text)}
        assert not own, f"{told.line}: the name of {own} cannot be read out of the code"


def names_of(told: Told) -> list[str]:
    """The names under which a problem can be told: shared ones stand in several areas."""
    area, _, fault = told.name.partition("/")
    if area == HOLE:
        return [f"{each}/{fault}" for each in SHARED[fault]["areas"]] if fault in SHARED else []
    return [told.name] if mistake(told.name) else []


def shape(words: str) -> str:
    return re.sub(r"\{\d\}", HOLE, words)


def meets(text: str, words: str) -> bool:
    """True when words are written for a text of the code, or for one that it can be when its holes are filled."""
    pairs = ((text, shape(words)), (shape(words), text))
    return any(re.fullmatch(re.escape(one).replace(HOLE, ".+"), other, re.DOTALL) for one, other in pairs)


def test_every_room_that_tells_problems_is_looked_at() -> None:
    tells = {
        part(name)
        for name, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and name_of(node) in ("Problem", "MediaError", "PydanticCustomError")
    }
    assert tells - OTHERS == set(TELLERS)


def test_the_code_is_understood() -> None:
    found = {told.name: told for told in everything_told()}
    assert len(found) > 75
    assert found["page/dangling-term"].messages == (f"the glossary has no term {HOLE}",)
    assert found["captions/bad-time"].hints == (
        "Write times as 00:01:02.500.",
        f"Write a full stop, not a comma: {HOLE}.",
    )
    assert found["course/missing-folder"].messages[-1] == f"cannot be read: {HOLE}"
    assert found["course/bad-version"].messages == (
        f"{HOLE} is not a version like 1.2.0 (at most 20 characters): {HOLE}",
    )


def written(text: str) -> str:
    """A text of the code as a YAML file of words has it."""
    parts = text.split(HOLE)
    whole = "".join(f"{part}{{{number}}}" for number, part in enumerate(parts[:-1])) + parts[-1]
    return json.dumps(whole, ensure_ascii=False)


def entry(fault: str, told: list[Told]) -> str:
    """An entry to be filled in."""
    lines = [f"{fault}:", "  en: |", "  sv: |"]
    for what in ("messages", "hints"):
        texts = dict.fromkeys(text for each in told for text in getattr(each, what) if text not in ("", HOLE))
        lines += [f"  {what}:", *(f'    {written(text)}: ""' for text in texts)] if texts else []
    return "\n".join(lines)


def test_every_mistake_that_the_code_tells_has_its_words() -> None:
    missing = []
    told_as: dict[str, list[Told]] = {}
    for told in everything_told():
        told_as.setdefault(told.name, []).append(told)
    for name, every in told_as.items():
        area, _, fault = name.partition("/")
        file = f"{'shared' if area == HOLE else area}.yaml"
        known = [mistakes()[each] for each in names_of(every[0])]
        if not known:
            missing.append(f"{file} lacks what {every[0].line} tells:\n\n{entry(fault, every)}\n")
            continue
        for told, what in itertools.product(every, ("messages", "hints")):
            words = [key for each in known for key in getattr(each, what)]
            # A hole alone is a text from elsewhere, which is looked at where it is written.
            texts = (text for text in getattr(told, what) if text not in ("", HOLE))
            missing += [
                f'{file}: {fault}: {what} lack what {told.line} tells:\n\n    {written(text)}: ""\n'
                for text in texts
                if not any(meets(text, key) for key in words)
            ]
    assert not missing, "\n".join(["in src/coursepack/mistakes:", *missing])


def test_no_words_are_left_over() -> None:
    told_as: dict[str, list[Told]] = {}
    for told in everything_told():
        for name in names_of(told):
            told_as.setdefault(name, []).append(told)
    left = sorted(mistakes().keys() - told_as.keys())
    for name, known in mistakes().items():
        for what in ("messages", "hints"):
            texts = [text for told in told_as.get(name, ()) for text in getattr(told, what)]
            for words in getattr(known, what):
                bare = f"{HOLE} {shape(words)}"
                if not any(text != HOLE and (meets(text, words) or text == bare) for text in texts):
                    left.append(f"{name}: {what}: {words}")
    assert not left, "\n".join(["nothing tells:", *left])


@pytest.mark.parametrize("name", sorted(mistakes()))
def test_a_mistake_says_what_why_and_how_to_mend_in_both_languages(name: str) -> None:
    known = mistakes()[name]
    for text in known.text.values():
        what, _, why = text.partition("\n\n")
        assert what.endswith(".")
        assert why.endswith(".")
        assert len(why.split()) > 5
    assert known.text["en"] != known.text["sv"]
    assert known.messages
    for english, swedish in [*known.messages.items(), *known.hints.items()]:
        assert english != swedish
        assert sorted(re.findall(r"\{\d\}", english)) == sorted(re.findall(r"\{\d\}", swedish)), english


def test_no_rule_has_the_name_of_a_mistake() -> None:
    assert mistakes().keys() & RULES.keys() == set()


def test_the_severity_of_a_mistake_is_the_one_that_it_is_told_with() -> None:
    wrong = [
        (name, known.severity, told.line)
        for told in everything_told()
        for name in names_of(told)
        if (known := mistakes()[name]).severity not in (told.severities or {known.severity})
    ]
    assert wrong == []


LINE = re.compile(
    r"(?P<file>[^:]*)(?::\d+)*: (?P<severity>fatal|error|warning) (?P<rule>[\w/-]+): (?P<message>.*)"
)


def reported() -> Iterator[Problem]:
    """The problems of all courses in tests/courses."""
    for path in sorted((Path(__file__).parent / "courses").glob("*/expected.txt")):
        lines = path.read_text("utf-8").splitlines()
        for line, following in zip(lines, [*lines[1:], ""], strict=True):
            found = LINE.fullmatch(line)
            if found:
                hint = following.strip() if following.startswith("    ") else ""
                yield Problem(found["rule"], found["severity"], found["message"], Location("x"), hint)  # type: ignore[arg-type]


def test_every_problem_of_the_wrong_courses_is_told_in_swedish() -> None:
    problems = list(reported())
    assert len(problems) > 100
    untold = []
    for problem in problems:
        swedish = translated(problem, "sv")
        for english, other in ((problem.message, swedish.message), (problem.hint, swedish.hint)):
            lost = {value for value in re.findall(r"(?<!\w)'[^']*'", english) if value not in other}
            if english and (english == other or lost or re.search(r"\{\d\}", other)):
                untold.append(f"{problem.rule}: {english}")
        assert problem.severity == mistakes()[problem.rule].severity, problem.rule
    assert untold == []


def swedish(rule: str, message: str, hint: str = "") -> tuple[str, str]:
    told = translated(Problem(rule, "error", message, Location("x"), hint), "sv")
    return told.message, told.hint


@pytest.mark.parametrize(
    ("rule", "message", "hint", "expected"),
    [
        (
            "page/unknown-field",
            "there is no field 'alt-text' here",
            "Known: alt, caption, src.",
            ("det finns inget fält 'alt-text' här", "De som finns: alt, caption, src."),
        ),
        ("course/unknown-part", "there is no part 'p4'", "Did you mean 'p1'?", ("det finns ingen del 'p4'", "Menar du 'p1'?")),
        ("media/unreadable", "'media/a.svg' cannot be read: Permission denied", "", ("'media/a.svg' går inte att läsa: du saknar behörighet", "")),
        ("media/unknown-type", "'media/a.exe' is not a picture", "", ("'media/a.exe' är ingen bild", "")),
        ("yaml/syntax", "is not YAML: mapping values are not allowed in this context", "", ("är inte YAML: här får det inte stå ett kolon", "")),
        ("yaml/syntax", "is not YAML: something that nobody has met", "", ("är inte YAML: something that nobody has met", "")),
        ("page/too-many-brackets", "has 12,345 brackets; at most 10,000 can be read", "Divide the page.", ("har 12\xa0345 hakparenteser; högst 10\xa0000 går att läsa", "Dela sidan.")),
        # What an author wrote is never taken for our words.
        ("page/dangling-link", "there is no page 'Permission denied'", "", ("det finns ingen sida 'Permission denied'", "")),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_values(
    rule: str, message: str, hint: str, expected: tuple[str, str]
) -> None:
    assert swedish(rule, message, hint) == expected


def test_the_longest_message_is_told_with_all_its_numbers() -> None:
    lock = Lock(tuple(("page", f"p-{number}") for number in range(30_000)))
    (problem,) = state_problems(lock, 4000)
    told = translated(problem, "sv")
    # 1.3.<slot>., 30,000 bits, six a character, and the seal: SCORM keeps 4,000.
    assert told.message == (
        "det som sparas kan bli 5\xa0020 tecken; 4\xa0000 sparas säkert. "
        "Det är 30\xa0000 bitar, sex per tecken: 30\xa0000 sidor och 0 svar på 0 frågor"
    )
    assert told.hint == "Sidorna tar mest plats. Dela upp kursen i flera."


def test_a_mistake_is_explained_in_both_languages() -> None:
    english, other = words_of("page/dangling-term", "en"), words_of("page/dangling-term", "sv")
    assert english
    assert other
    assert english.what == "A link explains a word that the glossary does not have."
    assert "glossary.yaml" in english.text
    assert "glossary.yaml" in other.text
    assert words_of("page/nothing", "en") is words_of("page/nothing", "sv") is None
    assert words_of("../page/empty", "sv") is None
