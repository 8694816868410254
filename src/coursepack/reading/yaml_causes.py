"""Finds the cause of a YAML syntax error: the mistake, its place, and how to fix it.

The parser reports what it did not expect, often lines below the mistake, and in the terms of parsers.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import NamedTuple

import yaml

from coursepack.problems import Message, Quoted, Reason

_FIELD = re.compile(r"\s*(?:- )?[\w-]+:(?:\s|$)")
_TIGHT_FIELD = re.compile(r"\s*(?:- )?([\w-]+):(?=[^\s/])")
_TIGHT_ITEM = re.compile(r"\s*-[\w{]")
_ITEM = re.compile(r"\s*-\s")
_CURLY = re.compile(r"(?:^\s*|[:{\[,-]\s+)([“”„«»‘’])")
_SIGNS = "@`%*&!|>?-[{"


class Cause(NamedTuple):
    """A mistake: its name, its place (lines and columns from 0), a message and a hint."""

    name: str
    line: int
    column: int
    message: str | Message
    hint: str | Message


def cause_of(error: yaml.MarkedYAMLError, text: str) -> Cause:
    """The mistake behind an error of the parser."""
    lines = text.rstrip("\n").split("\n")
    mark = error.problem_mark or error.context_mark
    start = error.context_mark or mark
    if mark is None or start is None:
        return Cause("syntax", 0, 0, Message("is not YAML: {0}", Reason(str(error.problem), "yaml")), "")
    # Something missing at the end of the text is reported after its last line.
    start_line = min(start.line, len(lines) - 1)
    at = _At(lines, mark.line, mark.column, start_line, start.column)
    if error.problem == "did not find expected node content":
        bracket = _open_bracket(text)
        at = at._replace(first_line=bracket.line, first_column=bracket.column) if bracket else at
    return (
        _tab(at)
        or _quotation(error, text, at)
        or _curly(at)
        or _by_problem(error.problem or "", at)
        or Cause(
            "syntax",
            min(at.line, len(lines) - 1),
            at.column if at.line < len(lines) else len(lines[-1]),
            Message("is not YAML: {0}", Reason(error.problem or "cannot be read", "yaml")),
            "Put quotation marks around text that holds ': ' or begins with a sign such as @, %, &, * or [.",
        )
    )


class _At(NamedTuple):
    """Where the parser failed, and where the construct that it was reading begins."""

    lines: list[str]
    line: int
    column: int
    first_line: int
    first_column: int

    @property
    def text(self) -> str:
        """The line."""
        return self.lines[self.line] if self.line < len(self.lines) else ""

    @property
    def before(self) -> str:
        """The part of the line before the place."""
        return self.text[: self.column]

    @property
    def rest(self) -> str:
        """The part of the line from the place on."""
        return self.text[self.column :]

    @property
    def line_above(self) -> int | None:
        """The last line above that is not empty."""
        return next((n for n in range(self.line - 1, -1, -1) if self.lines[n].strip()), None)


def _tab(at: _At) -> Cause | None:
    tab = at.text.find("\t", 0, at.column + 1)
    if tab < 0:
        return None
    return Cause(
        "tab",
        at.line,
        tab,
        "the line has a tab, which YAML does not allow here",
        "Indent with spaces, as many as above.",
    )


def _quotation(error: yaml.MarkedYAMLError, text: str, at: _At) -> Cause | None:
    """A quotation mark that is not closed, or one inside others."""
    if error.context == "while scanning a quoted scalar":
        return _open_quotation(at.first_line, at.first_column)
    if not at.before.rstrip().endswith(('"', "'")):
        return None
    end = len(at.before.rstrip())
    mark = at.before[end - 1]
    opened = _opened(text, at.line, end)
    if opened is None:
        return None
    # An unclosed quotation mark in a line above includes everything up to the next quotation mark.
    if opened[0] < at.line and any(
        _FIELD.match(line) or _ITEM.match(line) for line in at.lines[opened[0] + 1 : at.line + 1]
    ):
        return _open_quotation(*opened)
    if opened[0] == at.line and end < at.column and re.match(r"[\w-]+:\s", at.rest):
        return _missing_comma(at)
    if mark in at.rest:
        other = "'" if mark == '"' else '"'
        return Cause(
            "quotation-mark-inside",
            at.line,
            end - 1,
            Message("a quotation mark, {0}, inside quotation marks ends the text", mark),
            Message("Put {0} around the whole text, or “ and ” around what is inside.", other),
        )
    return Cause(
        "quotation-mark-inside",
        at.line,
        at.column + len(at.rest) - len(at.rest.lstrip()),
        "there is text after the quotation mark that ends the value",
        "Put the whole text inside the quotation marks.",
    )


def _opened(text: str, line: int, end: int) -> tuple[int, int] | None:
    """The beginning of the quoted text that ends at this place."""
    try:
        for token in yaml.scan(text, Loader=yaml.CSafeLoader):
            stop = token.end_mark
            if isinstance(token, yaml.ScalarToken) and (stop.line, stop.column) == (line, end):
                return token.start_mark.line, token.start_mark.column
    except yaml.YAMLError:
        pass
    return None


def _open_bracket(text: str) -> yaml.Mark | None:
    """The place of the last bracket that is not closed."""
    opened = []
    # Behind the error, there can be what is not even a token.
    with suppress(yaml.YAMLError):
        for token in yaml.scan(text, Loader=yaml.CSafeLoader):
            if isinstance(token, yaml.FlowSequenceStartToken | yaml.FlowMappingStartToken):
                opened.append(token.start_mark)
            elif isinstance(token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken) and opened:
                opened.pop()
    return opened[-1] if opened else None


def _open_quotation(line: int, column: int) -> Cause:
    return Cause(
        "open-quotation-mark",
        line,
        column,
        "the quotation mark that opens here is never closed",
        "Write another one at the end of the text, on the same line.",
    )


def _missing_comma(at: _At) -> Cause:
    return Cause(
        "missing-comma",
        at.line,
        len(at.before.rstrip()),
        "a comma is missing here",
        "In { } a comma separates one field from the next.",
    )


def _curly(at: _At) -> Cause | None:
    """A curly quotation mark instead of a straight one."""
    found = _CURLY.search(at.text)
    if not found:
        return None
    return Cause(
        "curly-quotation-mark",
        at.line,
        found.start(1),
        Message("{0} is not a quotation mark in YAML, but part of the text", found[1]),
        "Write straight quotation marks: \".",
    )  # fmt: skip


def _by_problem(problem: str, at: _At) -> Cause | None:
    """The most common mistake behind this problem of the parser."""
    if "expected ':'" in problem:
        return _missing_colon(at.lines, at.first_line)
    if problem.startswith("mapping values"):
        return _second_colon(at)
    if "',' or" in problem or problem.endswith("expected node content"):
        return _in_brackets(at)
    if problem.startswith(("did not find expected key", "did not find expected '-'")):
        if not at.before.strip():
            return _wrong_indent(at)
        if at.before.rstrip().endswith(("]", "}")):
            return _sign_first(at.lines, at.line, at.text.find(": ") + 2)
    if problem.endswith("another document"):
        return Cause(
            "second-document",
            at.line,
            at.column,
            "a line of --- begins another document",
            "Delete the line.",
        )
    if problem == "found unknown escape character":
        return Cause(
            "backslash",
            at.line,
            at.column - 1 if at.text[at.column : at.column + 1] != "\\" else at.column,
            "a backslash in double quotation marks is not part of the text",
            "Write single quotation marks: '.",
        )
    if re.match(r".*(cannot start|alphabetic|comment or line break|mapping keys|block sequence)", problem):
        return _sign_first(at.lines, at.first_line, at.first_column)
    return None


def _missing_colon(lines: list[str], line: int) -> Cause:
    """A line that should be a field but is not."""
    text = lines[line]
    indent = len(text) - len(text.lstrip(" -"))
    if _TIGHT_ITEM.match(text):
        return Cause(
            "missing-blank",
            line,
            indent - 1,
            Message("a space is missing after {0}", Quoted("-")),
            "A dash and a space begin an item of a list.",
        )
    tight = _TIGHT_FIELD.match(text)
    if tight:
        return Cause(
            "missing-blank",
            line,
            tight.end(),
            Message("a space is missing after {0}", Quoted(f"{tight[1]}:")),
            "A colon and a space separate the name of a field from its value.",
        )
    return Cause(
        "missing-colon",
        line,
        indent,
        Message("{0} has no colon, so it is not a field", Quoted(text.strip(" -")[:60])),
        "Write the name of a field, a colon, a space and the value.",
    )


def _second_colon(at: _At) -> Cause | None:
    """A colon in a text, or a field that is indented deeper than the one above."""
    field = re.match(r"\s*(?:- )*[\w-]+:\s+", at.text)
    if field and field.end() <= at.column:
        return _colon_in_text(at.line, field.end())
    above = at.line_above
    if above is None:
        return None
    if not (_FIELD.match(at.lines[above]) or _ITEM.match(at.lines[above])) or _TIGHT_ITEM.match(
        at.lines[above]
    ):
        return _missing_colon(at.lines, above)
    return _wrong_indent(at)


def _colon_in_text(line: int, column: int) -> Cause:
    return Cause(
        "colon-in-text",
        line,
        column,
        "the text contains a colon and a space, which would begin a field",
        "Put quotation marks around the whole text.",
    )


def _wrong_indent(at: _At) -> Cause | None:
    above = at.line_above
    if above is None:
        return None
    # A field belongs below the one that a dash begins with.
    blank = " " if at.text.lstrip().startswith("-") else " -"
    here, there = (len(text) - len(text.lstrip(blank)) for text in (at.text, at.lines[above]))
    return Cause(
        "wrong-indent",
        at.line,
        here,
        Message("begins at column {0}, and the line above it at column {1}", here + 1, there + 1),
        "Fields that belong together begin at the same column, and so do the dashes of a list.",
    )


def _in_brackets(at: _At) -> Cause | None:
    opening = at.lines[at.first_line]
    if (
        at.first_line < at.line
        and opening[at.first_column] in "[{"
        and re.fullmatch(r"\s*(- *)?[\w-]*", at.before)
    ):
        if not opening[at.first_column + 1 :].strip() and at.before.strip() and at.line_above is not None:
            return _missing_comma(at._replace(line=at.line_above, column=len(at.lines[at.line_above])))
        opener = opening[at.first_column]
        return Cause(
            "unclosed-bracket",
            at.first_line,
            at.first_column,
            Message("the bracket {0} is not closed on its line", opener),
            Message("Write {0} at its end.", "}" if opener == "{" else "]"),
        )
    inside = at.before.rpartition(",")[2].rpartition("{")[2]
    field = re.match(r"\s*[\w-]+:\s+", inside)
    if not field or not at.rest.startswith(":"):
        return None
    value = inside[field.end() :]
    # `id: a text: b`: a word like the name of a field, after another.
    if re.fullmatch(r"\S+ [a-z-]+", value):
        return _missing_comma(at._replace(column=at.column - len(value.rpartition(" ")[2])))
    return _colon_in_text(at.line, at.column - len(value))


def _sign_first(lines: list[str], line: int, column: int) -> Cause | None:
    # For a list item, the place is that of its dash.
    sign = lines[line][column : column + 1]
    if not sign or sign not in _SIGNS:
        return None
    return Cause(
        "sign-first",
        line,
        column,
        Message("a text cannot begin with {0} here", sign),
        "Put quotation marks around the text.",
    )
