"""Writes a text that was edited in the preview back into its source, and changes nothing else.

A change is made to a copy first. It is written only if the file then says the new text and, in every other respect,
what it said before.
"""

from __future__ import annotations

import codecs
import json
import re
import threading
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import SequenceMatcher
from hashlib import sha256
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import yaml
from markdown_it.token import Token

from coursepack.atomic import locked_folder, write_atomically
from coursepack.languages.messages import sentence, translated
from coursepack.preview.files import inside, source_of
from coursepack.preview.marks import Marks, Reading, without_signs
from coursepack.preview.spots import TAIL, Spot, Why
from coursepack.problems import Message, Problem, Reason
from coursepack.reading.markdown import text_of
from coursepack.reading.markdown_parser import PARSER

MOST_UNDOS = 10_000

_IN_SOURCE = Message("Open the source and change it there.")
_WHY: dict[Why, Message] = {
    "footnote": Message("The text has a footnote, which would be lost."),
    "link": Message("The text has a picture, or a link with its address elsewhere, which would be lost."),
    "html": Message("The text has HTML, which would be lost."),
    "formula": Message("The text has a formula, which would be lost."),
    "code": Message("Code is not edited here, since its line breaks have a meaning."),
    "captions": Message("Captions are not edited here, since they have times."),
}


class Replacement(NamedTuple):
    """Characters of a source from `start` to `end`, and what takes their place."""

    start: int
    end: int
    text: str


class Unit(NamedTuple):
    """A run of characters of a source, and the one that a reader sees; empty for markup."""

    start: int
    end: int
    shown: str


class RefusedError(Exception):
    """A text cannot be edited here: the reason, and what to do instead."""

    def __init__(self, why: Message, cure: Message) -> None:
        super().__init__(str(why))
        self.why = why
        self.cure = cure


class _Undo(NamedTuple):
    """A change of a file: from byte `start` on, `old` has become `new`; `after` is the checksum of the file then."""

    file: str
    line: int
    start: int
    old: bytes
    new: bytes
    after: bytes


class Editor:
    """Edits the texts of a course folder by their marks. Any thread may call it; messages are in `language`."""

    def __init__(self, folder: Path, marks: Marks, language: str) -> None:
        self.folder = folder
        self.marks = marks
        self.language = language
        self._undos: dict[str, _Undo] = {}
        self._number = 0
        self._lock = threading.Lock()

    def edit(self, mark: str, old: str, text: str) -> dict[str, str | int]:
        """Writes `text` in place of the text with this mark, which was shown as `old`.

        Returns `file`, `line` and the key `undo`, or `refused` and `cure`: the reason, and what to do.
        """
        try:
            with self._locked():
                return self._edit(mark, old, text)
        except RefusedError as error:
            return self._refused(error)

    def undo(self, key: str) -> dict[str, str | int]:
        """Takes an edit back, byte for byte. Returns as `edit` does; `undo` then makes the edit again."""
        try:
            with self._locked():
                return self._undo(key)
        except RefusedError as error:
            return self._refused(error)

    def correct(self, file: str, line: int, column: int, old: str, text: str) -> dict[str, str | int]:
        """Writes `text` in place of the word `old` at a line and a column, both from 1. Returns as `edit` does."""
        try:
            with self._locked():
                data = _read(self._path(file))
                source = text_of(data)
                at = sum(len(each) + 1 for each in source.split("\n")[: line - 1]) + column - 1
                if not source.startswith(old, at):
                    raise _changed()
                return self._write(file, line, data, _with(data, [Replacement(at, at + len(old), text)]))
        except RefusedError as error:
            return self._refused(error)

    def _refused(self, error: RefusedError) -> dict[str, str | int]:
        why, cure = (sentence(each, self.language, "preview") for each in (error.why, error.cure))
        return {"refused": why, "cure": cure}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One edit at a time, also from other processes."""
        with self._lock, locked_folder(self.folder):
            yield

    def _edit(self, mark: str, old: str, text: str) -> dict[str, str | int]:
        spot = self.marks.spot(mark)
        if spot is None:
            raise RefusedError(
                Message("The preview does not know this text any more."), Message("Load the page again.")
            )
        if spot.why:
            raise RefusedError(_WHY[spot.why], _IN_SOURCE)
        new = _on_one_line(text, spot)
        if not new:
            raise RefusedError(Message("A text cannot be empty."), _IN_SOURCE)
        data = _read(self._path(spot.file))
        source = text_of(data)
        reading = self.marks.read(spot.file, source)
        at = _found(reading, spot) if reading and _on_one_line(old, spot) == spot.text else None
        if reading is None or at is None:
            raise _changed()
        spot = reading.spots[at]
        if new == spot.text:
            return {"file": spot.file, "line": spot.line, "undo": ""}
        after = _with(data, self._replacements(source, reading, at, new))
        return self._write(spot.file, spot.line, data, after)

    def _replacements(self, source: str, reading: Reading, at: int, new: str) -> Sequence[Replacement]:
        """The change of a source after which its text `at` is `new`, and nothing else is another."""
        spot = reading.spots[at]
        problem: Problem | None = None
        for candidate in candidates(source, reading.spots, at, new):
            changed = self.marks.read(spot.file, _replaced(source, candidate))
            assert changed is not None
            known = {(each.rule, str(each.says)) for each in reading.problems}
            errors = [
                each
                for each in changed.problems
                if each.severity in ("fatal", "error") and (each.rule, str(each.says)) not in known
            ]
            if errors:
                problem = problem or errors[0]
            elif _is_only_change(reading, changed, at, new):
                return candidate
        if problem:
            told = translated(problem, self.language)
            raise RefusedError(told.says, told.advises)
        if spot.kind == "line":
            # Of bold words, for example, the first was deleted.
            why = Message("The change would remove a link, emphasis or code in the text, or add some.")
            raise RefusedError(
                why, Message("Change one word at a time, or open the source and change it there.")
            )
        raise RefusedError(
            Message("The source cannot be changed in this way without changing something else."),
            _IN_SOURCE,
        )

    def _undo(self, key: str) -> dict[str, str | int]:
        done = self._undos.get(key)
        if done is None:
            raise RefusedError(Message("This change cannot be taken back any more."), _IN_SOURCE)
        data = _read(self._path(done.file))
        if sha256(data).digest() != done.after:
            raise _changed()
        before = data[: done.start] + done.old + data[done.start + len(done.new) :]
        return self._write(done.file, done.line, data, before)

    def _write(self, file: str, line: int, before: bytes, after: bytes) -> dict[str, str | int]:
        """Writes a file, if it still is as it was `before`."""
        path = self._path(file)
        if _read(path) != before:
            raise _changed()
        try:
            write_atomically(path, after, keeps_mode=True)
        except OSError as error:
            raise RefusedError(
                Message("{0} cannot be written: {1}.", file, Reason.of(error)), _IN_SOURCE
            ) from None
        start = _same(before, after)
        rest = _same(before[start:][::-1], after[start:][::-1])
        old, new = before[start : len(before) - rest], after[start : len(after) - rest]
        self._number += 1
        self._undos[str(self._number)] = _Undo(file, line, start, old, new, sha256(after).digest())
        self._undos.pop(str(self._number - MOST_UNDOS), None)
        return {"file": file, "line": line, "undo": str(self._number)}

    def _path(self, file: str) -> Path:
        """The path of a file, following links, which must stay in the course folder."""
        path = inside(self.folder, file)
        if path is None:
            raise RefusedError(
                Message("{0} is outside of the course folder.", file),
                Message("Copy the file into the course."),
            )
        return path


def _same(one: Sequence[object], two: Sequence[object]) -> int:
    """The number of bytes or characters that are the same from the beginning."""
    return next(
        (at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )


def _changed() -> RefusedError:
    return RefusedError(
        Message("The file has been changed since it was shown."),
        Message("Copy your text, wait until the page is shown as it is now, and edit it again."),
    )


def _read(path: Path) -> bytes:
    """The bytes of a source that can be edited."""
    data = source_of(path)
    if data is None:
        raise _changed()
    return data


def _on_one_line(text: str, spot: Spot) -> str:
    """A text as the source would be read: YAML folds all white space, Markdown keeps no-break spaces."""
    # JSON can have half of a character.
    plain = without_signs(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    if spot.kind == "yaml":
        return " ".join(plain.split())
    return re.sub(r"[ \t\r\n]+", " ", plain).strip(" ")


def _found(reading: Reading, spot: Spot) -> int | None:
    """The number of a text that was shown, in its file as it is now; None when it is not there, or several times."""
    same = [
        at
        for at, each in enumerate(reading.spots)
        if (each.kind, each.text, each.path[1:], each.of) == (spot.kind, spot.text, spot.path[1:], spot.of)
    ]
    there = [at for at in same if reading.spots[at]._replace(why=spot.why) == spot]
    chosen = there or same
    return chosen[0] if len(chosen) == 1 else None


def _is_only_change(before: Reading, after: Reading, at: int, new: str) -> bool:
    if len(before.spots) != len(after.spots) or after.value is None:
        return False
    for number, (one, two) in enumerate(zip(before.spots, after.spots, strict=True)):
        text = new if number == at else one.text
        # Lines can be joined, and then what follows moves up.
        if (two.kind, two.text, two.path, two.of, two.why) != (one.kind, text, one.path, one.of, one.why):
            return False
    return before.around(at) == after.around(at)


# Candidates


def candidates(source: str, spots: Sequence[Spot], at: int, new: str) -> Iterator[list[Replacement]]:
    """Changes of a source that probably make its text `at` the text `new`, the least first."""
    spot = spots[at]
    if spot.kind == "yaml":
        yield from _in_yaml(source, spots, at, new)
        return
    units = list(_units_of(source, spot))
    places = aligned(units, spot.text)
    if places is None:
        return
    for change in (_changes, _small_changes):
        for escaped in (_as_it_is, _escaped):
            for after in (True, False):
                yield [
                    Replacement(start, end, escaped(text, is_first=first == 0 and spot.kind == "line"))
                    for first, start, end, text in change(places, spot.text, new, after=after)
                ]


def _as_it_is(text: str, *, is_first: bool) -> str:
    return text


def _escaped(text: str, *, is_first: bool) -> str:
    """A text in which Markdown sees no markup (CommonMark 2.4). `is_first`: it begins a block."""
    plain = re.sub(r"[\\`*_\[\]<>&|$~\"]", r"\\\g<0>", text)
    return re.sub(r"^(\d*)([-+#:=.)])", r"\1\\\2", plain) if is_first else plain


def _changes(
    places: Sequence[tuple[int, int]], old: str, new: str, *, after: bool
) -> Iterator[tuple[int, int, int, str]]:
    """What differs between two texts word by word: the first character, its place and end in the source, and the text.

    New words between others come `after` the place of the one before, or before that of the one that follows.
    """
    for first, words, others in _differences(old, new):
        yield _placed(places, first, first + len("".join(words)), "".join(others), after=after)


def _small_changes(
    places: Sequence[tuple[int, int]], old: str, new: str, *, after: bool
) -> Iterator[tuple[int, int, int, str]]:
    """As `_changes`, but of each word only what is another: a link or emphasis can begin or end inside of a word."""
    for start, words, others in _differences(old, new):
        pairs = (
            zip(words, others, strict=True)
            if len(words) == len(others)
            else [("".join(words), "".join(others))]
        )
        first = start
        for word, other in pairs:
            same = _same(word, other)
            end = _same(word[same:][::-1], other[same:][::-1])
            if word != other:
                last, text = first + len(word) - end, other[same : len(other) - end]
                yield _placed(places, first + same, last, text, after=after)
            first += len(word)


def _differences(old: str, new: str) -> Iterator[tuple[int, list[str], list[str]]]:
    """What differs between two texts: the first character, the words and spaces from there on, and the new ones."""
    words, others = (re.findall(r"\s+|[^\s]+", text) for text in (old, new))
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    for kind, one, two, three, four in SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
        if kind != "equal":
            yield starts[one], words[one:two], others[three:four]


def _placed(
    places: Sequence[tuple[int, int]], first: int, last: int, text: str, *, after: bool
) -> tuple[int, int, int, str]:
    """A change of the characters from `first` to `last`, with its place and end in the source: see `_changes`."""
    if first < last:
        return first, places[first][0], places[last - 1][1], text
    at = places[first - 1][1] if first and (after or first == len(places)) else places[first][0]
    return first, at, at, text


def aligned(units: Sequence[Unit], text: str) -> list[tuple[int, int]] | None:
    """The place of each character of a text in its source; None where the source does not say it.

    White space is one character, however it is written.
    """
    places: list[tuple[int, int]] = []
    for unit in units:
        if len(places) == len(text):
            break
        wanted = text[len(places)]
        if unit.shown.isspace() and unit.shown != "\xa0":
            if wanted == " ":
                places.append((unit.start, unit.end))
            elif places and text[len(places) - 1] == " " and places[-1][1] == unit.start:
                places[-1] = (places[-1][0], unit.end)
        elif unit.shown == wanted:
            places.append((unit.start, unit.end))
    return places if len(places) == len(text) else None


_MARKDOWN = re.compile(rf"(?P<tail>{TAIL})|" + r"\s+|\\[!-/:-@\[-`{-~]|&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);|.")


def _markdown_units(text: str, start: int) -> Iterator[Unit]:
    """The characters of Markdown. Signs of markup match no character of the text, or are found to be wrong later."""
    for found in _MARKDOWN.finditer(text):
        sign = found[0]
        if found["tail"]:
            yield Unit(start + found.start(), start + found.end(), "")
            continue
        shown = " " if not sign.strip(" \t\n") else sign[1:] if len(sign) == 2 and sign[0] == "\\" else sign
        if sign[0] == "&":
            shown = unescape(sign)
        yield Unit(start + found.start(), start + found.end(), shown)


def _line_starts(source: str) -> list[int]:
    return [0, *(found.end() for found in re.finditer("\n", source))]


def _units_of(source: str, spot: Spot) -> Iterator[Unit]:
    """The characters of a text of Markdown, with their places in the source."""
    lines, starts = source.split("\n"), _line_starts(source)
    first = spot.lines[0]
    if spot.kind == "title":
        # ::: note The title
        found = re.match(r"\s*:+\s*\S+\s+", lines[first])
        if found:
            yield from _markdown_units(lines[first][found.end() :], starts[first] + found.end())
        return
    if spot.kind in ("alt", "caption"):
        whole = source[starts[first] : starts[spot.lines[1]] if spot.lines[1] < len(starts) else None]
        found = re.search(
            r"!\[(?P<alt>.*)\]\([^()]*?(?:\s[\"'(](?P<caption>.*)[\"')])?\s*\)\s*$", whole, re.DOTALL
        )
        if found and found[spot.kind]:
            yield from _markdown_units(found[spot.kind], starts[first] + found.start(spot.kind))
        return
    token, is_cell, nth = _token_of(source, spot)
    if token is None:
        return
    if is_cell:
        start, end = _cells(lines[first])[nth]
        yield from _markdown_units(lines[first][start:end], starts[first] + start)
        return
    before = 0
    for number, content in enumerate(token.content.split("\n")):
        line = lines[first + number]
        column = line.find(content.strip()) if number == 0 else len(line) - len(line.lstrip(" \t>"))
        if column < 0:
            return
        if number:
            # A line break is white space, with all that begins the next line.
            yield Unit(before, starts[first + number] + column, " ")
        text = line[column:].rstrip() if number else content.strip()
        yield from _markdown_units(text, starts[first + number] + column)
        before = starts[first + number] + column + len(text)


def _token_of(source: str, spot: Spot) -> tuple[Token | None, bool, int]:
    """The token of a line of text, whether it is a cell of a table, and which of its row."""
    tokens = PARSER.parse(source, {"docId": "", "words": None})
    on_line = [
        (before, token)
        for before, token in pairwise(tokens)
        if token.type == "inline" and token.content and token.map and token.map[0] == spot.lines[0]
    ]
    if spot.nth >= len(on_line):
        return None, False, 0
    before, token = on_line[spot.nth]
    return token, before.type in ("th_open", "td_open"), spot.nth


def _cells(row: str) -> list[tuple[int, int]]:
    """The places of the cells of a table's row that have text."""
    ends = [found.start() for found in re.finditer(r"(?<!\\)\|", row)]
    pieces = zip([0, *(end + 1 for end in ends)], [*ends, len(row)], strict=True)
    return [(start, end) for start, end in pieces if row[start:end].strip(" \t>")]


# YAML

_YAML_ESCAPES = re.compile(
    r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\n[ \t]*|.)|''|\s+|.", re.DOTALL
)


def _in_yaml(source: str, spots: Sequence[Spot], at: int, new: str) -> Iterator[list[Replacement]]:
    spot = spots[at]
    begins = _line_starts(source)[spot.lines[0] - 1]
    text = source[begins : _end_of_yaml(source, spot)]
    node = _node_at(text, spot.path)
    if node is None:
        return
    start, end = node.start_mark.index, node.end_mark.index
    # The paragraphs of one value come one after the other.
    parts = [each.text for each in spots if each.path == spot.path and each.lines == spot.lines]
    before = sum(len(each) + 1 for each in parts[: spot.of[0]])
    places = aligned(list(_yaml_units(text[start:end], start, node.style)), " ".join(parts))
    if places is not None:
        mine = places[before : before + len(spot.text)]
        for after in (True, False):
            yield [
                Replacement(begins + first, begins + last, _in_style(words, node.style))
                for _, first, last, words in _changes(mine, spot.text, new, after=after)
            ]
    if spot.of[1] == 1:
        whole = text[start:end]
        written = json.dumps(new, ensure_ascii=False) + whole[len(whole.rstrip()) :]
        yield [Replacement(begins + start, begins + end, written)]


def _end_of_yaml(source: str, spot: Spot) -> int:
    if spot.lines[0] == 1:
        return len(source)
    starts = _line_starts(source)
    for token in PARSER.parse(source, {"docId": "", "words": None}):
        if token.type == "fence" and token.map and token.map[0] == spot.lines[0] - 2:
            return starts[token.map[1] - 1]
    return starts[spot.lines[0] - 1]


def _node_at(text: str, path: tuple[int | str, ...]) -> yaml.ScalarNode | None:
    """The scalar at a path of a YAML text."""
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    for step in path:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        else:
            return None
    return node if isinstance(node, yaml.ScalarNode) else None


def _yaml_units(scalar: str, start: int, style: str | None) -> Iterator[Unit]:
    """The characters of a scalar as it is written (YAML 1.2.2, chapters 7 and 8)."""
    begin, end = 0, len(scalar)
    if style in ("'", '"'):
        begin, end = 1, end - 1
    elif style in ("|", ">"):
        begin = scalar.find("\n") + 1
    for found in _YAML_ESCAPES.finditer(scalar, begin, end):
        sign = found[0]
        pieces = [(found.start(), sign)]
        if sign[0] == "\\" and style == '"':
            value = "" if sign[1] == "\n" else str(yaml.safe_load(f'"{sign}"'))
            yield Unit(start + found.start(), start + found.end(), value)
            continue
        if sign == "''" and style == "'":
            yield Unit(start + found.start(), start + found.end(), "'")
            continue
        if len(sign) > 1 and sign.strip():
            pieces = [(found.start() + at, each) for at, each in enumerate(sign)]
        for at, each in pieces:
            yield Unit(start + at, start + at + len(each), " " if not each.strip() else each)


def _in_style(text: str, style: str | None) -> str:
    """A part of a scalar in its style."""
    if style == "'":
        return text.replace("'", "''")
    return json.dumps(text, ensure_ascii=False)[1:-1] if style == '"' else text


# Bytes


def _replaced(source: str, replacements: Sequence[Replacement]) -> str:
    for each in sorted(replacements, reverse=True):
        source = source[: each.start] + each.text + source[each.end :]
    return source


def _with(data: bytes, replacements: Sequence[Replacement]) -> bytes:
    """The bytes of a file with replacements at places of the text as it is read, where each line end is one sign."""
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    text = data[len(mark) :].decode()
    pairs = [found.start() - number for number, found in enumerate(re.finditer("\r\n", text))]

    def place(at: int) -> int:
        return at + bisect_left(pairs, at)

    moved = [Replacement(place(each.start), place(each.end), each.text) for each in replacements]
    return mark + _replaced(text, moved).encode()
