"""Detects whether results are only saved on unload: finds the calls to the LMS, and the callers of their functions.

Scripts are read, never run. The result is unknown when a call cannot be followed, such as a function passed by name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from coursepack.rules.content import PAGE, codes, content, in_comment
from coursepack.rules.loading import ENDLESS, outside_of_scripts, tokens

if TYPE_CHECKING:
    from coursepack.package import Package

_MOST_SIGNS = 512 * 1024
_MOST_PLACES = 100
# How far before a bracket or a name to search for what it belongs to.
_NEAR = 300

_SAVING = ("LMSFinish", "LMSCommit", "Terminate", "Commit")
_WORD = re.compile(r"[\w$]+")
_OTHER_WAYS = re.compile(r"pagehide|visibilitychange|\beval\b|\bFunction\s*+\(|\]\s*+\(|\.(?:call|apply)\(")
_NAMED = re.compile(
    r"(?:\bfunction\s+([\w$]+)|([\w$]+)\s*[:=]\s*(?:async\s+)?function\b\s*[\w$]*)\s*\([^()]*\)\s*\Z"
    r"|([\w$]+)\s*[:=]\s*(?:async\s+)?(?:\([^()]*\)|[\w$]+)\s*=>\s*\Z"
)
_WAITS = (
    r"""(?:(?:addEventListener|\.on|\.bind|attachEvent)\(\s*["'](?:on)?(?:before)?unload["']\s*,|\.(?:before)?unload\("""
    r"""|\bon(?:before)?unload\s*=)\s*"""
)
_HANDLER = re.compile(
    rf"{_WAITS}(?:function\b\s*[\w$]*\s*\([^()]*\)|\([^()]*\)\s*=>|[\w$]+\s*=>)\s*\Z", re.IGNORECASE
)
_HANDED = re.compile(rf"{_WAITS}(?:(?:\([^()]*\)|[\w$]+)\s*=>\s*)?(?:[\w$]+\.)*\Z", re.IGNORECASE)
_ASKED = re.compile(r"(?:\b(?:if|while)\s*\(|\btypeof\b|&&|\|\||!)\s*(?:[\w$]+\.)*\Z")
_ATTRIBUTE = re.compile(r"""\bon(?:before)?unload\s*=\s*(?:"[^"]*|'[^']*)\Z""", re.IGNORECASE)


class _Function(NamedTuple):
    """A function in a text: its name (or empty), the start of its head and body, and its end."""

    name: str
    head: int
    start: int
    end: int
    waits: bool
    """Whether it is defined in place as a handler of `unload`."""


def saves_on_unload_only(package: Package) -> bool:
    """True when all calls that save or end the session are in handlers of `unload`; False when not certain."""
    scripts = [code.text for code in codes(package)]
    pages = [
        outside_of_scripts(text)
        for name, text in content(package).texts.items()
        if name.lower().endswith(PAGE)
    ]
    if sum(map(len, (*scripts, *pages))) > _MOST_SIGNS or any(map(_OTHER_WAYS.search, scripts)):
        return False
    functions = [_functions(text) for text in scripts]
    if None in functions:
        return False
    names = {*_SAVING, *(one.name for known in functions for one in known or ())}
    in_pages = [_mentions(text, names) for text in pages]
    in_scripts = [_mentions(text, names) for text in scripts]
    waiting, asked = [*_SAVING], {*_SAVING}
    places, by_handler = 0, False
    while waiting:
        wanted = waiting.pop()
        for text, mentions in zip(pages, in_pages, strict=True):
            for match in mentions.get(wanted, ()):
                if not _ATTRIBUTE.search(text[max(0, match.start() - _NEAR) : match.start()]):
                    return False
                by_handler = True
        for text, mentions, known in zip(scripts, in_scripts, functions, strict=True):
            for match in mentions.get(wanted, ()):
                places += 1
                caller = _caller(text, match, known or [])
                if caller is None or places > _MOST_PLACES:
                    return False
                by_handler |= caller == _BY_HANDLER
                if caller and caller != _BY_HANDLER and caller not in asked:
                    asked.add(caller)
                    waiting.append(caller)
    return by_handler


def _mentions(text: str, names: set[str]) -> dict[str, list[re.Match[str]]]:
    """The occurrences of these names in a text."""
    found: dict[str, list[re.Match[str]]] = {}
    for match in _WORD.finditer(text):
        if match[0] in names:
            found.setdefault(match[0], []).append(match)
    return found


_BY_HANDLER = "<unload>"


def _caller(text: str, match: re.Match[str], functions: list[_Function]) -> str | None:
    """The function in which a name is called; `<unload>` for a handler; empty for no call; None when unknown."""
    at, name = match.start(), match[0]
    if in_comment(text, at) or any(one.name == name and one.head <= at < one.start for one in functions):
        return ""
    around = [one for one in functions if one.start < at < one.end]
    if any(one.waits for one in around) or _HANDED.search(text[max(0, at - _NEAR) : at]):
        return _BY_HANDLER
    if not re.match(r"\s*+\(", text[match.end() : match.end() + _NEAR]):
        # In a string or a test it has no effect; otherwise it is passed on.
        is_tested = _ASKED.search(text[max(0, at - _NEAR) : at]) or text.startswith(('"', "'"), match.end())
        return "" if is_tested else None
    named = [one for one in around if one.name]
    return max(named, key=lambda one: one.start).name if named else None


def _functions(text: str) -> list[_Function] | None:
    """The functions of a script; None when it cannot be read."""
    found: list[_Function] = []
    open_: list[_Function] = []
    for piece, begin, _ in tokens(text):
        if piece == "{":
            near = max(0, begin - _NEAR)
            # A head contains none of these, except in rare default values.
            before = max(near, *(text.rfind(sign, near, begin) + 1 for sign in ";{}"))
            head = text[before:begin]
            named, waits = _NAMED.search(head), _HANDLER.search(head) is not None
            name = next(filter(None, named.groups()), "") if named else ""
            open_.append(_Function(name, before + named.start() if named else begin, begin, begin, waits))
        elif piece in ENDLESS or (piece == "}" and not open_):
            return None
        elif piece == "}":
            found.append(open_.pop()._replace(end=begin))
    return None if open_ else found
