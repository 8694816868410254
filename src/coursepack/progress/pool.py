"""Draws questions of a pool, in the same way as `player/src/drawn.js`."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from coursepack.course.resume import spread


def drawn(ids: Sequence[str], most: int, seed: int, round_: int, answered: Collection[str]) -> list[str]:
    """The ids that a learner gets: answered ones, then the next of the round in the learner's order."""
    placed = sorted(ids, key=lambda name: (spread(f"{seed}.{name}"), name))
    start = round_ * most % max(1, len(ids))
    order = placed[start:] + placed[:start]
    return sorted(order, key=lambda name: name not in answered)[:most]
