"""Audio: sound with a transcript."""

from __future__ import annotations

from typing import ClassVar

from coursepack.blocks.block import Clock, MediaPath, Model, Text


class Audio(Model):
    """A sound cannot be without a transcript (WCAG 1.2.1)."""

    type: ClassVar[str] = "audio"

    src: MediaPath
    title: Text
    transcript: MediaPath
    duration: Clock
    captions: MediaPath | None = None
    cover: MediaPath | None = None
    """A picture for mood only; it has no alternative text."""
