"""The media of a course as lines for a terminal: a table, and below it all that is known of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from coursepack.course.blocks.block import clock
from coursepack.inspection import size_in
from coursepack.inspection.terminal import LEAST_WIDTH, files_words, wrapped
from coursepack.inventory.medium import Medium, Packed, Version
from coursepack.languages import ENGLISH, authors, format_of
from coursepack.outputs.plain import film_words

_GAP = "  "
_LEAST_NAME = 16
_LABEL = 16


def lines(media: Sequence[Medium], licence: str, width: int = 80, language: str = ENGLISH) -> Iterator[str]:
    """The lines, wrapped to `width` columns (at least 40); long names are not broken.

    `licence` is that of the course, which applies to media that name no other.
    """
    words = authors(language)["media"]
    width = max(width, LEAST_WIDTH)
    yield from _sums(media, width, language)
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


def _sums(media: Sequence[Medium], width: int, language: str) -> Iterator[str]:
    """The bytes of all files, and those of each package."""
    words = authors(language)["media"]
    outs: dict[str, list[Packed]] = {}
    for packed in (packed for medium in media for packed in medium.packed):
        for package in packed.packages:
            outs.setdefault(package, []).append(packed)
    size = size_in(sum(medium.size for medium in media), language)
    files = words["sum"].format(files=files_words(len(media), language), size=size)
    if len(outs) == 1:
        ((_, packed_files),) = outs.items()
        yield from wrapped(f"{files}, {_out_of_package(packed_files, language)}", width)
        return
    yield from wrapped(files, width)
    for package, packed_files in outs.items():
        yield from wrapped(f"{_GAP}{package}: {_out_of_package(packed_files, language)}", width)


def _out_of_package(packed: Sequence[Packed], language: str) -> str:
    most = [each.most for each in packed]
    is_known = all(each.size is not None for each in packed)
    kind = "sum_out" if is_known else "sum_open" if None in most else "sum_most"
    return str(authors(language)["media"][kind].format(size=size_in(sum(filter(None, most)), language)))


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
            _loudness(medium, language),
        ]
        for medium in media
    ]
    rows.insert(0, [words[name] for name in ("file", "in", "out", "pixels", "length", "loudness")])
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
    """The size of the largest result."""
    if not medium.packed:
        return ""
    if any(packed.most is None for packed in medium.packed):
        return "?"
    largest = max(medium.packed, key=lambda packed: packed.most or 0)
    size = size_in(largest.most or 0, language)
    return f"< {size}" if largest.size is None else size


def _pixels(medium: Medium) -> str:
    return "{} x {}".format(*medium.pixels) if medium.pixels else ""


def _length(medium: Medium) -> str:
    return "" if medium.seconds is None else clock(medium.seconds + 0.5)


def _loudness(medium: Medium, language: str) -> str:
    return "" if medium.loudness is None else format_of(language).number(f"{medium.loudness:.0f}")


def _what(medium: Medium, _licence: str, language: str) -> Iterable[str]:
    kind = authors(language)["media"]["kinds"][medium.kind]
    facts = (kind, *medium.codecs, size_in(medium.size, language), _pixels(medium), _length(medium))
    yield ", ".join(filter(None, facts))


def _out(medium: Medium, _licence: str, language: str) -> Iterable[str]:
    words = authors(language)["media"]
    if not medium.packed:
        yield words["in_no_package"]
    for packed in medium.packed:
        if packed.film:
            result = film_words(packed.film, language)
            yield result if len(medium.packed) == 1 else f"{', '.join(packed.packages)}: {result}"
            continue
        how = words["how"]["limited" if packed.how == "converted" and not packed.rung else packed.how]
        size = "" if packed.most is None else size_in(packed.most, language)
        known = "made" if packed.size is not None else "most" if size else "unknown"
        result = words[known].format(how=how.format(rung=packed.rung), size=size)
        yield result if len(medium.packed) == 1 else f"{', '.join(packed.packages)}: {result}"


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


def _signed(medium: Medium, _licence: str, _language: str) -> Iterable[str]:
    return _texts(medium.signed)


def _posters(medium: Medium, _licence: str, language: str) -> Iterable[str]:
    words = authors(language)["media"]
    for poster in medium.posters:
        if poster.file:
            yield poster.file
            continue
        how = words["posters"]["chosen" if poster.second is None else "at"]
        told = words["unknown" if poster.size is None else "made"].format(
            how=how.format(at=clock(poster.second or 0)), size=size_in(poster.size or 0, language)
        )
        is_all = {*poster.packages} >= {name for each in medium.packed for name in each.packages}
        yield told if is_all else f"{', '.join(poster.packages)}: {told}"


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
    "signed": _signed,
    "poster": _posters,
    "origin": _origin,
    "licence": _licence,
    "used": _used,
    "missing": _missing,
}
"""What is told of a file, in this order: the value of each field, given the course's licence and a language."""
