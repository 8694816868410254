"""Lists the media of a course: what goes in, what the build packs, where they are used, and what is missing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple

from coursepack.archive import Excerpt
from coursepack.building.metadata import without_metadata
from coursepack.building.posters import Poster as TakenPoster
from coursepack.building.posters import posters_of
from coursepack.building.stills import MOST, films_as_text
from coursepack.course.blocks.block import DataBlock, File, Origin, Picture
from coursepack.course.blocks.playable import Playable
from coursepack.course.blocks.video import Undescribed, Video
from coursepack.course.model import Course
from coursepack.course.pictures import PictureConversion
from coursepack.course.rungs import Conversion
from coursepack.course.variant import media, shown_as_text, variants
from coursepack.inventory.credit import credit_of
from coursepack.inventory.medium import KINDS, Kind, Medium, Packed, Poster, Use, Version
from coursepack.media import is_installed, usual_folder
from coursepack.media.cache import MediaCache
from coursepack.media.examination import Examination
from coursepack.media.failures import ConversionError
from coursepack.media.picture_cache import PictureCache
from coursepack.result import FilmSize

__all__ = ["Medium", "Packed", "Use", "Version", "inventory"]

_KINDS: dict[str, Kind] = {
    **{kind: kind for kind in KINDS},
    "described": "film",
    "signed": "film",
    "poster": "picture",
    "cover": "picture",
    "logo": "picture",
}
"""The kind of a file by its use."""


class _Used(NamedTuple):
    """A file where it is used, with the block and the language that use it; no block for the cover and the logo."""

    file: File
    use: Use
    language: str
    block: DataBlock | None = None


def inventory(
    course: Course,
    folder: Path,
    cache: Path | None = None,
    examinations: Mapping[str, Examination] = MappingProxyType({}),
    look: bool = True,
) -> tuple[Medium, ...]:
    """The media of a course in the order in which learners meet them; fonts are none.

    `folder` is the course folder, `cache` that of converted films and sounds: None is `.coursepack/media` beside the
    course folder. `examinations` are what was found in films and sounds; without `look`, they are not opened for their
    codecs. Nothing is converted. Raises OSError.
    """
    found: dict[str, list[_Used]] = {}
    for used in _uses(course):
        found.setdefault(used.file.src, []).append(used)
    packages = _packages(course)
    # Without the extra nothing is converted, and the encoder has no name.
    is_converting = is_installed() and any(
        package.conversions or package.course.texts or package.most for package in variants(course)
    )
    place = cache or usual_folder(folder)
    caches = _Caches(MediaCache(place) if is_converting else None, PictureCache(place))
    listed = (_medium(course, src, uses, packages, caches, look) for src, uses in found.items())
    return tuple(replace(each, loudness=_loudness(examinations.get(each.file))) for each in listed)


def _loudness(found: Examination | None) -> float | None:
    """The loudness in LUFS; silence has none."""
    loudness = found.loudness if found else None
    return loudness.integrated if loudness and loudness.integrated > -70 else None


class _Caches(NamedTuple):
    """What was converted before; no films and sounds without the extra."""

    media: MediaCache | None
    pictures: PictureCache


class _Package(NamedTuple):
    """A package of the course, with the files and the conversions of its pages.

    `most` is its largest size in bytes. `texts` are the films and sounds that it shows as text, and when chapters of
    a film begin. `posters` are those that it takes from films.
    """

    name: str
    files: frozenset[str]
    most: int | None
    texts: Mapping[str, tuple[float, ...]]
    conversions: Mapping[str, Conversion | PictureConversion]
    posters: Sequence[TakenPoster]


def _packages(course: Course) -> list[_Package]:
    return [
        _Package(
            each.name,
            frozenset(media(each.course)),
            each.most,
            {**{block.src: () for block in shown_as_text(each.course)}, **films_as_text(each.course)},
            {**each.conversions, **each.picture_conversions},
            tuple(posters_of(each).values()) if is_installed() else (),
        )
        for each in variants(course)
    ]


def _uses(course: Course) -> Iterator[_Used]:
    definition = course.definition
    if definition.cover:
        yield _Used(definition.cover.file("cover"), Use(None, "cover"), definition.language)
    if definition.logo:
        file = File("picture", definition.logo.src, ("logo", "src"))
        yield _Used(file, Use(None, "logo"), definition.language)
    for each in (course, *course.editions):
        for page in each.pages:
            for block in page.blocks:
                if isinstance(block, DataBlock):
                    for file in filter(lambda file: file.is_packed, block.files()):
                        use = Use(page.entry.id, file.kind)
                        yield _Used(file, use, each.definition.language, block)


def _medium(
    course: Course,
    src: str,
    uses: Sequence[_Used],
    packages: Sequence[_Package],
    caches: _Caches,
    look: bool,
) -> Medium:
    path = course.media[src]
    kind = _KINDS[uses[0].use.kind]
    shown = [
        (used.language, used.block)
        for used in uses
        if isinstance(used.block, Playable) and used.block.src == src
    ]
    # Other versions have the captions of their film.
    captions = _versions((language, block.track) for language, block in shown)
    described = _versions(
        (language, block.described)
        for language, block in shown
        if isinstance(block, Video) and isinstance(block.described, str)
    )
    signed = _versions((language, block.signed) for language, block in shown if isinstance(block, Video))
    reasons = (block.described for _, block in shown if isinstance(block, Video))
    reason = next((each.not_needed for each in reasons if isinstance(each, Undescribed)), "")
    size = course.sizes.get(src)
    origin = course.origins.get(src)
    # Neither a logo nor a document has a place for it.
    has_origin = kind in ("picture", "film", "sound") and any(used.use.kind != "logo" for used in uses)
    missing = [
        name
        for name, is_missing in (
            ("captions", shown and not captions),
            ("origin", has_origin and not origin),
        )
        if is_missing
    ]
    return Medium(
        file=src,
        kind=kind,
        codecs=_codecs(path) if look and kind in ("film", "sound") else (),
        size=path.stat().st_size,
        packed=tuple(_packed(course, src, packages, caches)),
        pixels=size if size and all(size) else None,
        seconds=course.lengths.get(src),
        captions=captions,
        transcripts=_versions((language, block.text_version) for language, block in shown),
        described=described,
        not_described=reason,
        signed=signed,
        origin=origin,
        made_with=next((used.file.made_with for used in uses if used.file.made_with), ""),
        credit=credit_of(path),
        uses=tuple(dict.fromkeys(used.use for used in uses)),
        missing=tuple(missing),
        posters=(
            *(
                Poster((), poster, None, None)
                for poster in dict.fromkeys(
                    block.poster.src
                    for _, block in shown
                    if isinstance(block, Video) and isinstance(block.poster, Picture)
                )
            ),
            *_taken(course, src, packages, caches.pictures),
        ),
    )


def _taken(course: Course, src: str, packages: Sequence[_Package], cache: PictureCache) -> Iterator[Poster]:
    """The posters that packages take from a film, each once."""
    results: dict[TakenPoster, list[str]] = {}
    for package in packages:
        for poster in package.posters:
            if poster.film == src:
                results.setdefault(poster, []).append(package.name)
    for poster, names in results.items():
        made = cache.found(cache.frame(course.media[src], poster.second, poster.rung))
        size = _packed_size(made[0].path, course.origins.get(src)) if made else None
        yield Poster(tuple(names), None, poster.second, size)


def _versions(found: Iterable[tuple[str, str | None]]) -> tuple[Version, ...]:
    return tuple(dict.fromkeys(Version(language, file) for language, file in found if file))


def _codecs(path: Path) -> tuple[str, ...]:
    """The codecs of a film or a sound, by FFmpeg's names. Only the extra can tell."""
    if not is_installed():
        return ()
    from coursepack.media.process import look_at

    try:
        found = look_at(path)
    except ConversionError:
        return ()
    return tuple(each.codec for each in (found.video, found.audio) if each)


def _packed(course: Course, src: str, packages: Sequence[_Package], caches: _Caches) -> Iterator[Packed]:
    """The results for packages that hold the file, each once."""
    results: dict[Conversion | PictureConversion | None, list[str]] = {}
    for package in packages:
        if src in package.files:
            film = _fitted(course, src, package, caches)
            if film:
                yield Packed((package.name,), "fitted", None, film.size, film.size, film)
                continue
            results.setdefault(package.conversions.get(src), []).append(package.name)
    path = course.media[src]
    told = [package for package in packages if src in package.texts]
    if told:
        size = _text_size(course, src, told[0].texts[src], caches)
        yield Packed(tuple(each.name for each in told), "text", "text", size, size)
    for conversion, names in results.items():
        if isinstance(conversion, PictureConversion):
            yield _packed_picture(course, src, tuple(names), conversion, caches.pictures)
            continue
        cache = caches.media
        if conversion is None or cache is None:
            size = _packed_size(path, course.origins.get(src))
            yield Packed(tuple(names), "kept", None, size, size)
            continue
        how: Literal["indexed", "converted"] = "converted" if conversion.limits else "indexed"
        made = cache.found(cache.conversion(path, conversion))
        if made:
            size = _packed_size(made, course.origins.get(src))
            yield Packed(tuple(names), how, conversion.rung, size, size)
            continue
        most = conversion.most_bytes(course.lengths.get(src)) if conversion.limits else path.stat().st_size
        yield Packed(tuple(names), how, conversion.rung, None, None if most == math.inf else int(most))


def _fitted(course: Course, src: str, package: _Package, caches: _Caches) -> FilmSize | None:
    """What the last build made of a film in a package with a largest size, if there was one."""
    if package.most is None or caches.media is None or src not in course.recordings:
        return None
    return caches.media.last_fit(course.media[src], package.name, package.most)


def _text_size(course: Course, src: str, begins: tuple[float, ...], caches: _Caches) -> int | None:
    """The bytes of the pictures that are taken of a film; None when that is not done yet."""
    if not course.recordings[src].is_film:
        return 0
    if caches.media is None:
        return None
    files = caches.pictures.found(caches.pictures.stills(course.media[src], begins, MOST))
    return sum(_packed_size(each.path, course.origins.get(src)) for each in files) if files else None


def _packed_picture(
    course: Course, src: str, names: tuple[str, ...], conversion: PictureConversion, cache: PictureCache
) -> Packed:
    path, origin = course.media[src], course.origins.get(src)
    made = cache.found(cache.conversion(path, conversion))
    # What would not become smaller stays as it is.
    files = None if made is None else [each.path for each in made] or [path]
    size = sum(_packed_size(each, origin) for each in files) if files else None
    return Packed(names, "converted", conversion.rung, size, size)


def _packed_size(path: Path, origin: Origin | None) -> int:
    """Bytes with the metadata that are packed."""
    content = without_metadata({"": path}, {}, {path: origin} if origin else {})[""]
    return content.size if isinstance(content, Excerpt) else path.stat().st_size
