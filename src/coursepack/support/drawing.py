"""Draws the questions of a pool as the player does: `player/src/drawn.js`."""

from __future__ import annotations

from collections.abc import Collection, Sequence

_WORD = 0xFFFFFFFF


def _spread(text: str) -> int:
    """`player/src/hash.js` tells how."""
    found = len(text)
    for letter in text.encode("ascii"):
        found = (found ^ letter) * 0x85EBCA6B & _WORD
        found ^= found >> 15
    found = (found ^ found >> 16) * 0x85EBCA6B & _WORD
    found = (found ^ found >> 13) * 0xC2B2AE35 & _WORD
    return found ^ found >> 16


def drawn(ids: Sequence[str], most: int, seed: int, round_: int, answered: Collection[str]) -> list[str]:
    """Those that a learner is asked: what is answered, then from the place of the round in the learner's own order."""
    placed = sorted(ids, key=lambda name: (_spread(f"{seed}.{name}"), name))
    start = round_ * most % max(1, len(ids))
    order = placed[start:] + placed[:start]
    return sorted(order, key=lambda name: name not in answered)[:most]
