"""Reads stored progress: the resume state, documents that contain one, and the support code of the menu.

The player writes all three: `player/src/state.js`, `lms/device/progress-record.js` and `code.js`.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple
from urllib.parse import unquote

Fault = Literal["empty", "not-a-code", "damaged-code", "damaged-state", "later-format", "no-state"]
Form = Literal["code", "state", "document"]

_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE = str.maketrans("OIL", "011")
"""Letters that Crockford's base 32 reads as similar digits."""

_STATE = (
    r"1\.([0-3])\.(0|[1-9a-z][0-9a-z]{0,4})?\.([A-Za-z0-9_-]*)(?:\.([0-9a-z_-]*))?"
    r"(?:\.([A-Za-z0-9_-]{0,10}))?(?:\.([A-Za-z0-9_$]*))?"
)
_SEAL, _SUM = 10, 3
"""Characters of a seal, and of the checksum at its end; `player/src/lms/scorm/seal.js` describes the rest."""
QUAD = 4
"""Lines of `course.lock` that each hash of `marks` adds to the previous one."""

MOST_QUADS = 64**2 - 1
"""The most that two digits of a seal can count. Later lines of a lock have no hash."""
_POSITION = r"([0-9a-z]{1,5})-([0-9a-z]{1,3})"
_BOOKMARKS = r"(?:^|_)-([0-9a-v]+)"
_FORMAT = 1
_CHECK = 0x633
_CHECK_BITS = 10
_COURSE_BITS, _VERSION_BITS = 10, 5
_MOST_SLOTS = 6 * 4096
"""Far more than the longest state of an LMS can contain."""


class ResumeError(ValueError):
    """The text cannot be read; `fault` is the reason."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault: Fault = fault


class Resume(NamedTuple):
    """A learner's stored progress: flags, the slot of the last page, and the slots that are set.

    `fingerprint` identifies the course and its version; only codes have it. `positions` are slots of films and sounds
    with their positions in seconds, the last one first, and `bookmarks` numbers of pages in `course.lock`; codes have
    neither. `mark` identifies the `course.lock` of a sealed state. `is_unread`: the LMS had a state that the course
    could not read; `aside` is that text, if it is stored with the new state.
    """

    form: Form
    completed: bool
    passed: bool
    last: int | None
    slots: frozenset[int]
    fingerprint: int | None = None
    positions: tuple[tuple[int, int], ...] = ()
    bookmarks: frozenset[int] = frozenset()
    mark: str | None = None
    is_unread: bool = False
    aside: str | None = None

    def is_of(self, course: str) -> bool:
        """Whether it can be from the course with this id; True without a fingerprint."""
        if self.fingerprint is None:
            return True
        return self.fingerprint >> _VERSION_BITS == fingerprint(course, "") >> _VERSION_BITS

    def is_by(self, lock: str) -> bool:
        """Whether it can be from a course with these `marks` of its lock, or from a later version of it."""
        if self.mark is None:
            return True
        quads = 64 * _BASE64.index(self.mark[0]) + _BASE64.index(self.mark[1])
        known = lock[2 * quads - 2 : 2 * quads] if quads else "AA"
        return not known or known == self.mark[2:]

    def is_of_version(self, course: str, version: str) -> bool | None:
        """Whether it is from exactly this version; None when unknown."""
        return None if self.fingerprint is None else self.fingerprint == fingerprint(course, version)


def fingerprint(course: str, version: str) -> int:
    """15 bits: ten for the id of the course, and five for its version."""

    def short(text: str, width: int) -> int:
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:2]) >> (16 - width)

    return short(course, _COURSE_BITS) << _VERSION_BITS | short(version, _VERSION_BITS)


def spread(text: str) -> int:
    """A 32-bit hash of an ASCII text, as in `player/src/hash.js`."""
    found = len(text)
    for letter in text.encode("ascii"):
        found = (found ^ letter) * 0x85EBCA6B & 0xFFFFFFFF
        found ^= found >> 15
    found = (found ^ found >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    found = (found ^ found >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return found ^ found >> 16


def digits(number: int, length: int) -> str:
    """The lowest `length` times six bits of a number in the alphabet of the state."""
    return "".join(_BASE64[number >> 6 * place & 63] for place in reversed(range(length)))


def marks(lines: Iterable[str]) -> str:
    """Hashes of the first four lines of a lock, of the first eight, and so on: two characters each.

    A lock only grows, so a later version begins with the hashes of an earlier one.
    """
    found, hashes = hashlib.sha256(), ""
    for number, line in enumerate(lines, 1):
        found.update(f"{line}\n".encode())
        if number > QUAD * MOST_QUADS:
            break
        if number % QUAD == 0:
            hashes += digits(int.from_bytes(found.digest()[:2]), 2)
    return hashes


def read_resume(text: str) -> Resume:
    """Reads a copied support code, resume state, or document with a resume state. Raises ResumeError."""
    text = html.unescape(text).strip().strip("\"'`").strip()
    if not text:
        raise ResumeError("empty")
    if text.startswith("{"):
        return _document(text)
    if "." in text:
        return _state(text)
    return _code(text)


def _document(text: str) -> Resume:
    try:
        state = json.loads(text).get("state")
    except (json.JSONDecodeError, RecursionError):
        raise ResumeError("damaged-state") from None
    if not isinstance(state, str) or not state:
        raise ResumeError("no-state")
    found = _state(state)
    return found._replace(form="document")


def _state(text: str) -> Resume:
    """Reads a state, with or without text that an LMS has added around it."""
    whole = re.fullmatch(_STATE, text)
    found = whole or re.fullmatch(_STATE, re.sub(r"[^\w.$-]", "", unquote(text)))
    # A state with other text around it is accepted only with a seal.
    if not found or not (whole or len(found[5] or "") == _SEAL):
        later = re.match(r"([0-9]+)\.", text)
        raise ResumeError("later-format" if later and int(later[1]) > 1 else "damaged-state")
    flags, last, letters, positions, seal, aside = found.groups()
    sealed = found[0][: found.end(5)] if seal and len(seal) == _SEAL else ""
    if sealed and digits(spread(sealed[:-_SUM]) >> 14, _SUM) != sealed[-_SUM:]:
        raise ResumeError("damaged-state")
    bits = "".join(f"{_BASE64.index(letter):06b}" for letter in letters)
    return Resume(
        "state",
        bool(int(flags) & 1),
        bool(int(flags) & 2),
        None if last is None else int(last, 36),
        frozenset(place for place, bit in enumerate(bits) if bit == "1"),
        positions=tuple(_positions(positions or "")),
        bookmarks=frozenset(_bookmarks(positions or "")),
        mark=seal[:4] if sealed else None,
        is_unread=bool(aside),
        aside=unquote(aside.replace("$", "%")) if aside else None,
    )


def _positions(text: str) -> Iterator[tuple[int, int]]:
    """The complete ones in a list of positions: an LMS with too little space truncates it."""
    for each in text.split("_"):
        found = re.fullmatch(_POSITION, each)
        if found:
            yield int(found[1], 36), int(found[2], 36)


def _bookmarks(text: str) -> Iterator[int]:
    """The numbers of the bits that are set, five to a digit of base 32, before the positions."""
    found = re.search(_BOOKMARKS, text)
    for place, digit in enumerate(found[1] if found else ""):
        for bit in range(5):
            if int(digit, 32) & 16 >> bit:
                yield 5 * place + bit


def _code(text: str) -> Resume:
    digits = re.sub(r"[\s–—-]", "", text).upper().translate(_ALIKE)
    if not digits or any(digit not in _BASE32 for digit in digits):
        raise ResumeError("not-a-code")
    bits = "".join(f"{_BASE32.index(digit):05b}" for digit in digits)
    if _remainder(bits):
        raise ResumeError("damaged-code")
    reader = _Bits(bits[:-_CHECK_BITS])
    if reader.take(2) != _FORMAT:
        raise ResumeError("later-format")
    mark, flags = reader.take(_COURSE_BITS + _VERSION_BITS), reader.take(3)
    last = reader.gamma()
    if last is None:
        raise ResumeError("damaged-code")
    slots = reader.runs() if reader.take(1) else reader.rest()
    return Resume(
        "code",
        bool(flags & 1),
        bool(flags & 2),
        last - 2 if last > 1 else None,
        slots,
        mark,
        is_unread=bool(flags & 4),
    )


def _remainder(bits: str) -> int:
    """The CRC remainder of bits with their checksum: 0 when they are intact (ITU-T I.432.1)."""
    rest = 0
    for bit in bits:
        rest = rest << 1 | int(bit)
        if rest >> _CHECK_BITS:
            rest ^= _CHECK
    return rest


class _Bits:
    """Reads numbers from a row of bits."""

    def __init__(self, bits: str) -> None:
        self.bits, self.at = bits, 0

    def take(self, width: int) -> int:
        """The next number of `width` bits; 0 at the end."""
        self.at += width
        return int(self.bits[self.at - width : self.at] or "0", 2)

    def gamma(self) -> int | None:
        """The next number in Elias gamma; None at the end."""
        one = self.bits.find("1", self.at)
        width = one - self.at + 1
        if one < 0 or one + width > len(self.bits):
            return None
        self.at = one
        return self.take(width)

    def runs(self) -> frozenset[int]:
        """The slots that are set, from run lengths of alternately set and unset slots."""
        is_set, place, slots = bool(self.take(1)), 0, set[int]()
        while (length := self.gamma()) is not None:
            if place + length > _MOST_SLOTS:
                raise ResumeError("damaged-code")
            if is_set:
                slots.update(range(place, place + length))
            place += length
            is_set = not is_set
        return frozenset(slots)

    def rest(self) -> frozenset[int]:
        """The slots that are set, from one bit for each slot."""
        return frozenset(place for place, bit in enumerate(self.bits[self.at :]) if bit == "1")
