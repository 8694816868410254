"""Every sentence that the code says of a course or a package is in each language that has findings.

The other tests look at sentences that a case shows; this one reads the code, so that none goes without.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest
import yaml
from test_layers import MODULES, SRC, leaves

from coursepack.languages import ENGLISH

LANGUAGES = sorted(
    path.parent.name for path in SRC.glob("languages/*/findings") if path.parent.name != ENGLISH
)

# Where findings and remarks are made. Of the rules for statements, those for a whole session are only the test LRS's.
ROOMS = (
    "building",
    "course",
    "inspection",
    "media",
    "package",
    "preview.editing",
    "problems",
    "profiles",
    "reading",
    "release.minisign",
    "release.release",
    "release.signing",
    "release.verify",
    "repair",
    "rules",
    "xapi.lrs_check",
    "xapi.statement",
)
ENGLISH_ALONE = ("xapi.statement.cmi5",)
# What people are told in other ways, and what is none of our words.
NO_FINDINGS = {
    " in a folder",
    "no message",
    "# coursepack course.lock, format 1. Written by the build. Commit it. Never change, move or remove a line.\n",
    "Trial of this LRS by coursepack",
    "a process that was to help has died",
    "reading the course",
    "writing sheets",
    "signature of a release by coursepack",
    "waiting for another build in this folder",
}

# Templates among whose values there are words of ours: each combination of these is a sentence.
COMPOSED = {
    "another {0}",
    "there are two {0} with the id {1}",
    "there is no {0} {1}",
    "{0} Also in {1}.",
    "{0} has no identifier.",
    "{0} is already the identifier of the {1} in line {2}.",
    "{0} is not {1}",
    "{0} is {1}.",
    "{0} maps of one objective read its {1}.",
    "{0} maps write the {1} of {2}.",
    "{0} {1} not percent-encoded.",
    "{0} {1}; it is checked by {2}.",
    "{0}, at {1} per cent or more",
    "{0}, 1 other text missing",
    "{0}, films and sounds: {1}",
    "{0}, {1} other texts missing",
    "{0}: It {1} the category {2}.",
    "; {0} is similar",
    "Exactly one of mbox, mbox_sha1sum, openid and account belongs here; there is {0}.",
    "It loads {0} from {1}.",
    "It {0} but its bytes are not.",
    "Nothing in this {0} can be opened.",
    "The default organization is now the first, {0}{1}.",
    "The property {0} is not known here{1}.",
    "The {0} has no {1}.",
    "There are AICC files {0}, which are not checked.",
    "There are {0} {1} in one {2}.",
    "There are {0}.",
    "There is {0}.",
}
SMALL = set(
    "a all an and anew another are as at be but by cannot elsewhere first for from has have how in inside into is it "
    "its may more must needs no none nothing of on one or other so than that the them there they this to twice was were "
    "what which with without you your".split()
)


class Sentence(NamedTuple):
    """A template in the code, where it is, and the rule whose function has it, if one has."""

    text: str
    place: str
    rule: str


def rule_of(module: str, node: ast.AST) -> str:
    """The name of the rule that a function is, or nothing."""
    if isinstance(node, ast.FunctionDef):
        for each in node.decorator_list:
            if isinstance(each, ast.Call) and getattr(each.func, "id", "") == "rule":
                is_course = module.startswith("reading.")
                area = ast.literal_eval(each.args[0]) if is_course else module.rpartition(".")[2]
                return f"{area}/{node.name.replace('_', '-')}"
    return ""


def is_sentence(text: str) -> bool:
    """Whether a text is more than a name or several: it has one of the small words that nearly every sentence has."""
    words = re.findall(r"(?<![^\s'({])[A-Za-z]+(?![^\s.,:;!?')}])", text)
    return len(words) > 1 and not SMALL.isdisjoint((words[0].lower(), *words[1:])) and text[0] != "@"


def sentences_in(node: ast.AST, module: str, rule: str = "") -> Iterator[Sentence]:
    for inner in ast.iter_child_nodes(node):
        match inner:
            case ast.Call(ast.Name("Message"), [ast.Constant(str(text)), *_]) if re.search("[a-z]", text):
                yield Sentence(text, f"{module}:{inner.lineno}", rule)
            # Docstrings; names in a row; patterns; what is compared.
            case (
                ast.Expr(ast.Constant())
                | ast.Call(ast.Attribute(ast.Constant(), "split") | ast.Attribute(ast.Name("re")))
                | ast.Compare()
            ):
                continue
            case ast.Constant(str(text)) if is_sentence(text) and text not in NO_FINDINGS | authors_words():
                yield Sentence(text, f"{module}:{inner.lineno}", rule)
        yield from sentences_in(inner, module, rule_of(module, inner) or rule)


@cache
def authors_words() -> set[str]:
    """What people are told beside findings, which every language has: another test compares these."""
    return {text for _, text in leaves(json.loads((SRC / "languages/en/authors.json").read_text("utf-8")))}


@cache
def sentences() -> tuple[Sentence, ...]:
    return tuple(
        sentence
        for name, path in MODULES.items()
        if name.startswith(ROOMS) and not name.startswith(ENGLISH_ALONE)
        for sentence in sentences_in(ast.parse(path.read_text("utf-8")), name)
    )


@cache
def catalogues(language: str) -> dict[str, Any]:
    folder = SRC / "languages" / language / "findings"
    return {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in folder.glob("*.yaml")}


def templates(value: Any) -> Iterator[str]:
    """The English of a catalogue, or of an entry of one."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from inner if name in ("messages", "hints", "reasons") else templates(inner)


def lacks(sentence: Sentence, language: str) -> bool:
    """Whether a language has nothing for a sentence. A rule has it among its own, or among those of all."""
    found = catalogues(language)
    area, _, name = sentence.rule.partition("/")
    module = sentence.place.partition(":")[0]
    # What several rules of a module say is in its area; a module without rules of its own serves several areas.
    others = found.get(module.rpartition(".")[2], found) if module.startswith("rules.") else found
    own = found[area].get(name) if sentence.rule else others
    known = {*templates(own), *templates(found["values"]), *templates(found["shared"])}
    text = sentence.text
    if text in known:
        return False
    hole = ".+" if text in COMPOSED else r"\\{\\d\\}"
    pattern = re.sub(r"\\\{\d\\\}", hole, re.escape(text.strip()))
    if text in COMPOSED:
        return not any(re.search(pattern, each) for each in known)
    if re.fullmatch(r"[A-Z].*\.|\{0\} (is|has) .*\.", text):
        # A whole sentence is a part only of one that tells its place in a statement.
        return not any(re.fullmatch(rf"\{{0\}}: {pattern}", each) for each in known)
    return not any(re.search(rf"(?<!\w){pattern}(?!\w)", each) for each in known)


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_in_the_language(language: str) -> None:
    assert len(sentences()) > 1000
    lacking = [f"{each.place}: {each.text}" for each in sentences() if lacks(each, language)]
    assert lacking == []


# What stands after a value and ends like a plural.
COUNTED = re.compile(r"\{\d\} ((?:[a-z]+ )?[a-z]+s)\b")
NO_PLURALS = set(
    "already as begins by does ends for has is its keeps leads leaves means ms names needs plays says shows takes uses was with without".split()
)
# Messages that never say one of it, and why.
NEVER_ONE = {
    "a limit, or what is beyond one": (
        " at most ",
        "is longer than {0} characters",
        "is shorter than {0} characters",
        "more than {",
        "the longest resume state is {0} characters",
        "{0} has {1} x {2} pixels",
        "the picture has {0} x {1} pixels",
        "Its list of files alone takes",
        "The path has {0} characters",
        "bytes packed and",
    ),
    "another number is its own message, or none": (
        "Of {0} files named",
        "The rollup rule has {0} actions, not 1.",
        "There are {0} activities with a launch.",
        "There are {0} files of this name.",
        "There are {0} organizations.",
        "There are {0} primary objectives, not 1.",
        "of these in {1} pages.",
        "question has {0} right answers but not multiple",
        "the completion rule requires {0} of {1} tracks",
        "the package {0} has {1} units",
        "{0} appears {1} times.",
        "{0} has {1} actions, not 1.",
        "{0} maps of one objective read its",
        "{0} maps write the",
        "{0} objectives are",
        "{0} of {1} pictures have no alt.",
        "{0} of {1} texts are those of",
        "1 of {0} texts is that of",
        "{0} unlisted files are now listed",
    ),
    "with decimals": (
        "the captions are gone for {0} seconds",
        "the captions come {0} seconds too",
        "comes {1} seconds too",
        "the cue is shown for {0} seconds",
        "{0} seconds from all times",
        "{0} seconds to all times",
        "then add {1} seconds",
    ),
    "at least 6 or no count": (
        "{0} moves for {1} seconds",
        "{0} never stops moving",
        "{0} flashes more than",
    ),
    "what the check of an LRS sends itself": (
        "{0} bytes are stored completely",
        "{0} bytes in one request",
        "{0} bytes: {1}",
        "{0} statements in one request",
    ),
}


def test_a_message_that_counts_something_has_a_singular() -> None:
    exempt = [part for parts in NEVER_ONE.values() for part in parts]
    texts = {(each.text, each.place.partition(":")[0]) for each in sentences()}
    assert [part for part in exempt if not any(part in text for text, _ in texts)] == []
    lacking = [
        f"{module}: {text}"
        for text, module in texts
        for things in COUNTED.findall(text)
        if NO_PLURALS.isdisjoint(things.split())
        and not any(part in text for part in exempt)
        and not any(re.search(rf"\b1 {singular(things)}\b", other) for other, of in texts if of == module)
    ]
    assert lacking == []


def singular(things: str) -> str:
    """The singular of an English plural that ends in s."""
    return f"{things.removesuffix('ies')}y" if things.endswith("ies") else things.removesuffix("s")
