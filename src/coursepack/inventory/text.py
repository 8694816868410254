"""The media of a course as lines for a terminal: a table, and below it all that is known of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from coursepack.course.blocks.block import clock
from coursepack.inspection import size_in
from coursepack.inspection.terminal import LEAST_WIDTH, files_words, wrapped
from coursepack.inventory.medium import Medium, Version
from coursepack.languages import ENGLISH, authors

_GAP = "  "
_LEAST_NAME = 16
_LABEL = 16


def lines(media: Sequence[Medium], licence: str, width: int = 80, language: str = ENGLISH) -> Iterator[str]:
    """The lines, wrapped to `width` columns (at least 40); long names are not broken.

    `licence` is that of the course, which applies to media that name no other.
    """
    words = authors(language)["media"]
    width = max(width, LEAST_WIDTH)
    yield from wrapped(_sum(media, language), width)
    if media:
        yield ""
        yield from _table(media, width, language)
    for medium in media:
        yield ""
        yield from wrapped(medium.file, width)
        for name, told in _FIELDS.items():
            values = list(filter(None, told(medium, licence, language)))
            start = f"{_GAP}{words['fields'][name]:{_LABEL}}"
            for value in values:
                yield from wrapped(value, width, start, " " * len(start))
                start = " " * len(start)


def _sum(media: Sequence[Medium], language: str) -> str:
    words = authors(language)["media"]
    most = [medium.packed.most for medium in media]
    packed = size_in(sum(filter(None, most)), language)
    is_known = all(medium.packed.size is not None for medium in media)
    out = "sum" if is_known else "sum_most" if None not in most else "sum_open"
    size = size_in(sum(medium.size for medium in media), language)
    return str(words[out].format(files=files_words(len(media), language), size=size, packed=packed))


def _table(media: Sequence[Medium], width: int, language: str) -> Iterator[str]:
    """A row for each file with its most important values, the numbers in columns to the right."""
    words = authors(language)["media"]["columns"]
    rows = [
        [
            medium.file,
            size_in(medium.size, language),
            _packed_size(medium, language),
            _pixels(medium),
            _length(medium),
        ]
        for medium in media
    ]
    rows.insert(0, [words[name] for name in ("file", "in", "out", "pixels", "length")])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    room = width - sum(len(_GAP) + each for each in widths[1:])
    first = min(widths[0], max(room, _LEAST_NAME))
    for name, *cells in rows:
        numbers = "".join(f"{_GAP}{cell:>{size}}" for cell, size in zip(cells, widths[1:], strict=True))
        yield f"{_shortened(name, first):{first}}{numbers}".rstrip()


def _shortened(name: str, most: int) -> str:
    """A path of at most so many characters, cut at its start: its end tells the most."""
    return name if len(name) <= most else f"...{name[len(name) - most + 3 :]}"


def _packed_size(medium: Medium, language: str) -> str:
    size, most = medium.packed.size, medium.packed.most
    if size is not None:
        return size_in(size, language)
    return "?" if most is None else f"< {size_in(most, language)}"


def _pixels(medium: Medium) -> str:
    return "{} x {}".format(*medium.pixels) if medium.pixels else ""


def _length(medium: Medium) -> str:
    return "" if medium.seconds is None else clock(medium.seconds + 0.5)


def _what(medium: Medium, _licence: str, language: str) -> Iterable[str]:
    kind = authors(language)["media"]["kinds"][medium.kind]
    facts = (kind, *medium.codecs, size_in(medium.size, language), _pixels(medium), _length(medium))
    yield ", ".join(filter(None, facts))


def _out(medium: Medium, _licence: str, language: str) -> Iterable[str]:
    words, packed = authors(language)["media"], medium.packed
    how = words["how"][packed.how].format(rung=packed.rung)
    size = "" if packed.most is None else size_in(packed.most, language)
    known = "made" if packed.size is not None else "most" if size else "unknown"
    yield words[known].format(how=how, size=size)


def _texts(versions: Iterable[Version]) -> Iterator[str]:
    for version in versions:
        yield f"{version.file} ({version.language})"


def _captions(medium: Medium, _licence: str, _language: str) -> Iterable[str]:
    return _texts(medium.captions)


def _transcripts(medium: Medium, _licence: str, _language: str) -> Iterable[str]:
    return _texts(medium.transcripts)


def _described(medium: Medium, _licence: str, language: str) -> Iterable[str]:
    yield from _texts(medium.described)
    if medium.not_described:
        yield authors(language)["media"]["not_described"].format(reason=medium.not_described)


def _origin(medium: Medium, _licence: str, language: str) -> Iterable[str]:
    words = authors(language)["media"]["origins"]
    yield ", ".join(filter(None, (medium.origin and words[medium.origin], medium.made_with)))


def _licence(medium: Medium, licence: str, language: str) -> Iterable[str]:
    credit = medium.credit
    own = [credit.author, credit.rights, credit.licence]
    if not credit.rights and not credit.licence:
        own.append(authors(language)["media"]["of_course"].format(licence=licence))
    yield ", ".join(filter(None, own))


def _used(medium: Medium, _licence: str, language: str) -> Iterable[str]:
    words = authors(language)["media"]["uses"]
    yield ", ".join(use.page or f"course.yaml ({words[use.kind]})" for use in medium.uses)


def _missing(medium: Medium, _licence: str, language: str) -> Iterable[str]:
    words = authors(language)["media"]["missing"]
    yield ", ".join(words[name] for name in medium.missing)


_FIELDS: dict[str, Callable[[Medium, str, str], Iterable[str]]] = {
    "in": _what,
    "out": _out,
    "captions": _captions,
    "transcript": _transcripts,
    "described": _described,
    "origin": _origin,
    "licence": _licence,
    "used": _used,
    "missing": _missing,
}
"""What is told of a file, in this order: the value of each field, given the course's licence and a language."""
