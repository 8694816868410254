"""Validates the simple values of xAPI: IRIs, language maps, UUIDs, timestamps and durations."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple, Self, TypeGuard

from coursepack.problems import Message, Quoted


class _Place(NamedTuple):
    path: str
    message: str


class Finding(_Place):
    """A fault and its location: `path` is, for example, `result.score.scaled`, or empty for the whole.

    `message` is English; `says` is the same as a template with values, for other languages.
    """

    says: Message

    def __new__(cls, path: str, message: str | Message) -> Self:
        """A finding of a message, or of a sentence without values."""
        finding = super().__new__(cls, path, str(message))
        finding.says = message if isinstance(message, Message) else Message(message)
        return finding

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class How(NamedTuple):
    """Options of the validation."""

    later: bool = False
    """Validate against xAPI 2.0 instead of 1.0.3."""
    content: bool = False
    """Include rules that only bind the sender, such as a required id and timestamp."""


Check = Callable[[object, str, How], Iterator[Finding]]
"""Validates the value at a path."""


def quoted(value: object, most: int = 60) -> str:
    """A value as one line of JSON, cut when it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= most else text[: most - 3] + "..."


def join(path: str, name: str) -> str:
    """The path of a property."""
    name = name if len(name) <= 80 else name[:77] + "..."
    return f"{path}.{name}" if path else name


# Objects and lists

# The search for similar names is slow, and untrusted objects can have a hundred thousand properties.
_MOST_HINTS, _LONGEST_NEAR = 20, 80


def fields(
    value: object, path: str, how: How, table: Mapping[str, Check], required: Collection[str] = ()
) -> Iterator[Finding]:
    """An object with only these properties, none of them null (xAPI part 2, 2.2)."""
    if not isinstance(value, dict):
        yield Finding(path, Message("An object belongs here, not {0}.", quoted(value)))
        return
    for name in required:
        if name not in value:
            yield Finding(join(path, name), Message("The property {0} is missing.", Quoted(name)))
    hints_left = _MOST_HINTS
    for name, inner in value.items():
        place = join(path, name)
        if name not in table:
            known = _near(name, table) if hints_left else None
            hints_left -= bool(hints_left)
            hint = Message("; {0} is similar", Quoted(known)) if known else Message("")
            yield Finding(place, Message("The property {0} is not known here{1}.", quoted(name), hint))
        elif inner is None:
            yield Finding(place, "The value is null, which is only allowed inside extensions.")
        else:
            yield from table[name](inner, place, how)


def _near(name: str, table: Collection[str]) -> str | None:
    if len(name) > _LONGEST_NEAR:
        return None
    near = difflib.get_close_matches(name.lower(), {known.lower(): known for known in table}, 1)
    return next((known for known in table if near and known.lower() == near[0]), None)


def items(value: object, path: str, how: How, check: Check) -> Iterator[Finding]:
    """A list whose items pass a check."""
    if not isinstance(value, list):
        yield Finding(path, Message("A list belongs here, not {0}.", quoted(value)))
        return
    for number, inner in enumerate(value):
        yield from check(inner, f"{path}[{number}]", how)


def list_of(check: Check) -> Check:
    """A check for lists of such items."""
    return lambda value, path, how: items(value, path, how, check)


def constant(expected: str) -> Check:
    """A check for a property with one valid value, case-sensitive."""

    def check(value: object, path: str, _: How) -> Iterator[Finding]:
        if value != expected:
            yield Finding(path, Message("The value is {0}, not {1}.", quoted(value), quoted(expected)))

    return check


# Simple values


def text(value: object, path: str, _: How) -> Iterator[Finding]:
    """Any string."""
    if not isinstance(value, str):
        yield Finding(path, Message("Text belongs here, not {0}.", quoted(value)))


def boolean(value: object, path: str, _: How) -> Iterator[Finding]:
    """A boolean, not a string or a number (2.2)."""
    if not isinstance(value, bool):
        yield Finding(path, Message("true or false belongs here, not {0}.", quoted(value)))


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a JSON number; in Python, booleans are numbers too."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def number(value: object, path: str, _: How) -> Iterator[Finding]:
    """A number, not a string (2.2)."""
    if not is_number(value):
        yield Finding(path, Message("A number belongs here, not {0}.", quoted(value)))


def natural(value: object, path: str, _: How) -> Iterator[Finding]:
    """A non-negative integer."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        yield Finding(path, Message("A whole number from 0 belongs here, not {0}.", quoted(value)))


# RFC 3987 2.2, without the excluded characters, and with a host where HTTP requires one (RFC 9110 4.2.1).
_IRI = re.compile(
    r"(?!https?:(?!//[^/?#\s]))[a-z][a-z0-9+.-]*:(?:[^\x00-\x20\x7f-\xa0<>\"{}|\\^`%\ud800-\udfff]|%[0-9a-f]{2})+",
    re.IGNORECASE,
)


def is_iri(value: object) -> bool:
    """Whether a value is an IRI with a scheme."""
    return isinstance(value, str) and _IRI.fullmatch(value) is not None


def iri(value: object, path: str, _: How) -> Iterator[Finding]:
    """An IRI with a scheme (2.2, 4.3)."""
    if not is_iri(value):
        yield Finding(path, Message("{0} is not an absolute IRI.", quoted(value)))


_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def is_uuid(value: object) -> bool:
    """Whether a value is a UUID of any variant in the standard string format (2.4.1, 4.4)."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def uuid(value: object, path: str, _: How) -> Iterator[Finding]:
    """A UUID in the standard string format."""
    if not is_uuid(value):
        yield Finding(path, Message("{0} is not a UUID.", quoted(value)))


# RFC 5646 2.1, including grandfathered tags.
_LANGUAGE = re.compile(
    r"""(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})
    (?:-[a-z]{4})?
    (?:-(?:[a-z]{2}|[0-9]{3}))?
    (?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*
    (?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*
    (?:-x(?:-[a-z0-9]{1,8})+)?
    |x(?:-[a-z0-9]{1,8})+
    |en-GB-oed|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)
    |sgn-(?:BE-FR|BE-NL|CH-DE)|art-lojban|cel-gaulish|no-(?:bok|nyn)|zh-(?:guoyu|hakka|min|min-nan|xiang)""",
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)


def language(value: object, path: str, _: How) -> Iterator[Finding]:
    """A language tag of BCP 47."""
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        yield Finding(path, Message("{0} is not a language tag.", quoted(value)))


def language_map(value: object, path: str, how: How) -> Iterator[Finding]:
    """Texts by language (4.2)."""
    if not isinstance(value, dict):
        yield Finding(path, Message("Texts by language belong here, not {0}.", quoted(value)))
        return
    for tag, words in value.items():
        yield from language(tag, join(path, tag), how)
        yield from text(words, join(path, tag), how)


def extensions(value: object, path: str, how: How) -> Iterator[Finding]:
    """Any values with IRIs as keys (4.1)."""
    if not isinstance(value, dict):
        yield Finding(path, Message("An object belongs here, not {0}.", quoted(value)))
        return
    for key in value:
        yield from iri(key, join(path, key), how)


# Times

_LOOSE = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(Z|([+-])(\d\d)(?::?(\d\d))?)?",
    re.ASCII | re.IGNORECASE,
)
# RFC 3339 5.6 allows a space and lower case; ISO 8601 does not, and content does not need them.
_RFC = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)


def moment(value: object) -> datetime | None:
    """The time of an ISO 8601 timestamp in UTC, or None when it is invalid.

    Without a time zone, it is in UTC. An offset of minus zero is invalid (ISO 8601 4.2.5.1).
    """
    match = _LOOSE.fullmatch(value) if isinstance(value, str) else None
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, _, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    if (sign == "-" and not offset) or int(minutes or 0) > 59 or int(hours or 0) > 23:
        return None
    try:
        # datetime has no leap seconds.
        at = datetime(
            int(year), int(month), int(day), int(hour), int(minute), min(int(second or 0), 59),
            int((fraction or "0")[:6].ljust(6, "0")), timezone(-offset if sign == "-" else offset),
        ).astimezone(UTC)  # fmt: skip
    except (ValueError, OverflowError):
        return None
    return at if int(second or 0) <= 60 else None


def timestamp(value: object, path: str, how: How) -> Iterator[Finding]:
    """A timestamp in ISO 8601 (4.5), for 2.0 in RFC 3339; from content, in UTC."""
    at = moment(value)
    words = str(value)
    if at is None or not (how.later or re.fullmatch(r"[^ a-z]+", words)):
        yield Finding(path, Message("{0} is not a timestamp.", quoted(value)))
    elif (how.later or how.content) and not _RFC.fullmatch(words):
        yield Finding(path, Message("{0} is not a timestamp in the form of RFC 3339.", quoted(value)))
    elif how.content and not re.fullmatch(r"[^ a-z]+(?:Z|\+00:00)", words):
        yield Finding(path, Message("{0} is not in UTC.", quoted(value)))


# ISO 8601:2004 4.4.3.2: weeks cannot be combined, and only the last number has a fraction.
_DURATION = re.compile(
    r"""P(?:\d+(?:[.,]\d+)?W
    |(?=\d|T\d)
     (?:\d+(?:[.,]\d+(?=Y\Z))?Y)?(?:\d+(?:[.,]\d+(?=M\Z))?M)?(?:\d+(?:[.,]\d+(?=D\Z))?D)?
     (?:T(?=\d)(?:\d+(?:[.,]\d+(?=H\Z))?H)?(?:\d+(?:[.,]\d+(?=M\Z))?M)?(?:\d+(?:[.,]\d+)?S)?)?)""",
    re.ASCII | re.VERBOSE,
)
_FINE = re.compile(r"[.,]\d{3,}S")


def duration(value: object, path: str, how: How) -> Iterator[Finding]:
    """A duration in ISO 8601 (4.6); from content, with a precision of hundredths of a second."""
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        yield Finding(path, Message("{0} is not a duration.", quoted(value)))
    elif how.content and _FINE.search(value):
        yield Finding(path, Message("{0} is finer than a hundredth of a second.", quoted(value)))
