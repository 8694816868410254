"""Rules for pictures, films and sounds. They look at names and sizes only; the files are never read."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from coursepack.problems import Location, Message
from coursepack.rules.container import is_junk
from coursepack.rules.rule import Finding, rule, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coursepack.package import Package

_MEGABYTE = 1024 * 1024
_LARGE_MEDIUM = 50 * _MEGABYTE
_LARGE_IMAGE = 5 * _MEGABYTE

_FLASH = (".swf",)
_NEVER_PLAYED = tuple(".flv .f4v .wmv .asf .avi .vob .rm .rmvb .ram .wma .mid .divx .dcr .amr".split())
_SELDOM_PLAYED = tuple(".mov .qt .mkv .mpg .mpeg .3gp .3g2 .m2ts .aif .aiff".split())
_PLAYED = (".mp4", ".m4v", ".webm", ".ogv", ".mp3", ".m4a", ".ogg", ".wav")
_NEVER_SHOWN = tuple(".tif .tiff .heic .heif .psd .eps .wmf .emf .jp2".split())
_IMAGE = tuple(".png .jpg .jpeg .gif .webp .avif .bmp .svg".split())
_MEDIUM = tuple(
    ".mp4 .m4v .webm .ogv .mov .mkv .avi .wmv .flv .mpg .mpeg .mp3 .m4a .ogg .oga .wav .aac .flac .aif .aiff".split()
)


@rule("note")
def flash_film(package: Package) -> Iterator[Finding]:
    """The package holds Flash films.

    No browser has played them since 2021. When the course has an HTML5 edition beside them, leave them out: they
    only take room; when it has none, publish it as HTML5.
    """
    found = _named(package, _FLASH)
    if found:
        yield Message("No browser plays {0}.", several(found)), Location(package.name)


@rule("note")
def unplayable_medium(package: Package) -> Iterator[Finding]:
    """The package holds films or sounds in formats that no browser plays.

    Where a page shows them there is an empty place. Convert films to MP4 with H.264 and AAC, sounds to MP3; a file
    to be taken away and opened in a program may stay.
    """
    found = _without_other_format(package, _named(package, _NEVER_PLAYED))
    if found:
        yield Message("No browser plays {0}.", several(found)), Location(package.name)


@rule("note")
def seldom_playable_medium(package: Package) -> Iterator[Finding]:
    """The package holds films or sounds in formats that only some browsers play.

    A QuickTime, Matroska or MPEG film plays in one browser and not in the next, whatever is inside. Convert films to
    MP4 with H.264 and AAC, sounds to MP3.
    """
    found = _without_other_format(package, _named(package, _SELDOM_PLAYED))
    if found:
        yield Message("Only some browsers play {0}.", several(found)), Location(package.name)


@rule("note")
def unshown_image(package: Package) -> Iterator[Finding]:
    """The package holds pictures in formats that browsers do not show.

    They are a printer's or a camera's formats; at most one browser shows them. Save them as JPEG, PNG or SVG.
    """
    found = _named(package, _NEVER_SHOWN)
    if found:
        yield Message("Browsers do not show {0}.", several(found)), Location(package.name)


@rule("note")
def large_medium(package: Package) -> Iterator[Finding]:
    """A film or sound is larger than 50 MB.

    It starts late or stops on a slow line, and some LMSs take no larger package. Compress it harder, cut it into
    parts, or host it elsewhere.
    """
    yield from _larger(package, _named(package, _MEDIUM), _LARGE_MEDIUM)


@rule("note")
def large_image(package: Package) -> Iterator[Finding]:
    """A picture is larger than 5 MB.

    It comes as it left the camera, and pages with it show slowly. Make it at most 2,000 pixels wide and save it as
    JPEG or WebP.
    """
    yield from _larger(package, _named(package, _IMAGE), _LARGE_IMAGE)


def _named(package: Package, endings: tuple[str, ...]) -> list[str]:
    return sorted(name for name in package.files if name.lower().endswith(endings) and not is_junk(name))


def _without_other_format(package: Package, names: list[str]) -> list[str]:
    """The names beside which there is no file of the same name that browsers play."""
    return [
        name
        for name in names
        if not any(f"{posixpath.splitext(name)[0]}{ending}" in package.files for ending in _PLAYED)
    ]


def _larger(package: Package, names: list[str], most: int) -> Iterator[Finding]:
    """One finding for the files above a size, the largest first, each with its size."""
    sizes = sorted(((package.files[name].size, name) for name in names), key=lambda pair: (-pair[0], pair[1]))
    large = [f"{name} ({size // _MEGABYTE} MB)" for size, name in sizes if size > most]
    if large:
        yield Message("Larger than {0} MB: {1}.", most // _MEGABYTE, several(large)), Location(package.name)
