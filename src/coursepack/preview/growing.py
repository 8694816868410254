"""A document that is still being made while its beginning is sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator

_PIECE = 50_000
"""Characters that are made in one go, at least: what a browser takes a moment to read."""


class Growing:
    """The bytes of a document: its `beginning` and its `parts`, of which each is made when its turn comes.

    Any thread may ask.
    """

    def __init__(self, beginning: bytes, parts: Iterator[str]) -> None:
        self._pieces = [beginning]
        self._parts = parts
        self._lock = threading.Lock()
        self.is_whole = False
        """Whether nothing is left to be made."""

    def pieces(self) -> Iterator[bytes]:
        """The document, of which each piece is made when it is asked for."""
        number = 0
        while number < len(self._pieces) or self._grow(number):
            yield self._pieces[number]
            number += 1

    def whole(self) -> bytes:
        """The document."""
        return b"".join(self.pieces())

    def _grow(self, number: int) -> bool:
        """Makes the piece with this number, unless another thread has; False when there is none."""
        with self._lock:
            made: list[str] = []
            while number == len(self._pieces) and not self.is_whole and sum(map(len, made)) < _PIECE:
                part = next(self._parts, None)
                self.is_whole = part is None
                made.append(part or "")
            if any(made):
                self._pieces.append("".join(made).encode())
            return number < len(self._pieces)
