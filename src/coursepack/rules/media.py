"""Rules for pictures, films and sounds. They only use names and sizes; the files are never read."""

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
    """The package contains Flash films.

    No browser has played them since 2021. If the course also has an HTML5 edition, remove them, since they only take
    up space; if not, publish it as HTML5.
    """
    found = _named(package, _FLASH)
    if found:
        yield Message("No browser plays {0}.", several(found)), Location(package.name)


@rule("note")
def unplayable_medium(package: Package) -> Iterator[Finding]:
    """The package contains films or sounds in formats that no browser plays.

    Pages show an empty area instead. Convert films to MP4 with H.264 and AAC, and sounds to MP3. Files that learners
    download and open in a program can stay.
    """
    found = _without_other_format(package, _named(package, _NEVER_PLAYED))
    if found:
        yield Message("No browser plays {0}.", several(found)), Location(package.name)


@rule("note")
def seldom_playable_medium(package: Package) -> Iterator[Finding]:
    """The package contains films or sounds in formats that only some browsers play.

    A QuickTime, Matroska or MPEG film plays in some browsers and not in others, whatever its codec. Convert films to
    MP4 with H.264 and AAC, sounds to MP3.
    """
    found = _without_other_format(package, _named(package, _SELDOM_PLAYED))
    if found:
        yield Message("Only some browsers play {0}.", several(found)), Location(package.name)


@rule("note")
def unshown_image(package: Package) -> Iterator[Finding]:
    """The package contains pictures in formats that browsers do not show.

    They are formats for printing or cameras; at most one browser shows them. Save them as JPEG, PNG or SVG.
    """
    found = _named(package, _NEVER_SHOWN)
    if found:
        yield Message("Browsers do not show {0}.", several(found)), Location(package.name)


@rule("note")
def large_medium(package: Package) -> Iterator[Finding]:
    """A film or sound is larger than 50 MB.

    It starts late or stops on a slow connection, and some LMSs do not accept such packages. Compress it more, split
    it, or host it elsewhere.
    """
    yield from _larger(package, _named(package, _MEDIUM), _LARGE_MEDIUM)


@rule("note")
def large_image(package: Package) -> Iterator[Finding]:
    """A picture is larger than 5 MB.

    It probably comes directly from a camera, and pages with it load slowly. Make it at most 2,000 pixels wide and save
    it as JPEG or WebP.
    """
    yield from _larger(package, _named(package, _IMAGE), _LARGE_IMAGE)


def _named(package: Package, endings: tuple[str, ...]) -> list[str]:
    return sorted(name for name in package.files if name.lower().endswith(endings) and not is_junk(name))


def _without_other_format(package: Package, names: list[str]) -> list[str]:
    """The names for which there is no file with the same name that browsers play."""
    return [
        name
        for name in names
        if not any(f"{posixpath.splitext(name)[0]}{ending}" in package.files for ending in _PLAYED)
    ]


def _larger(package: Package, names: list[str], most: int) -> Iterator[Finding]:
    """One finding for the files above a size, largest first, each with its size."""
    sizes = sorted(((package.files[name].size, name) for name in names), key=lambda pair: (-pair[0], pair[1]))
    large = [f"{name} ({size // _MEGABYTE} MB)" for size, name in sizes if size > most]
    if large:
        yield Message("Larger than {0} MB: {1}.", most // _MEGABYTE, several(large)), Location(package.name)
