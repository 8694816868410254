"""A task of the cache of media: what makes one entry, as plain values that can be sent to another machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

Kind = Literal["convert", "picture", "stills", "frame", "poster", "measure", "compare", "fit"]
PICTURE_KINDS: tuple[Kind, ...] = ("picture", "poster")
"""Those whose input is a picture."""


class MediaTask(NamedTuple):
    """What makes the entry `key`: the file `source` with this SHA-256, and settings that JSON can hold.

    `convert` and `picture` convert a file, `stills` takes key pictures of a film, `frame` the one that is its poster,
    and `poster` the first picture of a moving one. `measure` tells what a film becomes within limits, `compare` how
    like its source a converted film is, and `fit` converts a film to a number of bytes. `output` is the file in the
    cache that is written last.
    """

    kind: Kind
    key: str
    source: str
    checksum: str
    settings: Sequence[Any]

    @property
    def output(self) -> str:
        """The name of a file in the cache that is there when the task is done."""
        return f"{self.key}.{'measured' if self.kind in ('measure', 'compare', 'fit') else 'json'}"
