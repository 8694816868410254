"""Rules for the origin of pictures, films and sounds: whether what is said of it agrees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from coursepack.course.blocks.block import File, Origin
from coursepack.problems import Location, Message, Quoted
from coursepack.reading.rules.rule import Finding, rule

_GENERATED = (
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "compositeSynthetic",
    "algorithmicMedia",
)
"""Terms of IPTC's digital source types for what is generated, in whole or in part."""


class Said(NamedTuple):
    """What a block says about the origin of a file, what an earlier block says, and the term that the file has."""

    file: File
    earlier: Origin | None
    source_type: str
    place: Location


@rule("media")
def other_origin(said: Said) -> Iterator[Finding]:
    """A picture, film or sound is said to have two origins.

    The page about the course would name both, and one of them is wrong. Give the same origin wherever the file is used.
    """
    if said.earlier and said.file.origin and said.earlier != said.file.origin:
        yield (
            Message(
                "{0} has {1} here, and {2} elsewhere",
                Quoted(said.file.src),
                f"origin: {said.file.origin}",
                f"origin: {said.earlier}",
            ),
            said.place,
        )


@rule("media", "warning")
def undeclared_synthetic(said: Said) -> Iterator[Finding]:
    """A file says that it was generated or altered by AI, and the course does not say so.

    What is generated and looks or sounds real must be disclosed (Regulation (EU) 2024/1689, article 50). Programs that
    generate it write so into the file, as XMP or in a C2PA manifest. Write `origin: synthetic`, or `origin: edited` if
    it was recorded or drawn and altered later.
    """
    if said.source_type in _GENERATED and said.file.origin not in ("edited", "synthetic"):
        yield (
            Message(
                "by its metadata, {0} is synthetic ({1}), and the course does not say so",
                Quoted(said.file.src),
                said.source_type,
            ),
            said.place,
            "Write origin: synthetic, or origin: edited.",
        )
