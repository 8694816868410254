"""Keeps what was made of inputs, for a preview that reads and renders a course again after each edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Kept:
    """The newest result for each name. Results are values: nobody changes them."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[Any, Any]] = {}

    def once(self, name: str, version: Any, make: Callable[[], T]) -> T:
        """The result of `make`, or the one before when its inputs, `version`, are equal."""
        known = self._made.get(name)
        if known is not None and known[0] == version:
            result: T = known[1]
            return result
        made = make()
        self._made[name] = (version, made)
        return made


class KeptNothing(Kept):
    """Makes everything anew, as a build does."""

    def once(self, name: str, version: Any, make: Callable[[], T]) -> T:
        """The result of `make`."""
        return make()


NOTHING = KeptNothing()
