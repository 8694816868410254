"""Video: a film with captions, transcript, poster and duration."""

from __future__ import annotations

from typing import ClassVar

from coursepack.blocks.block import Clock, MediaPath, Model, Pixels, Text


class Video(Model):
    """A film cannot be without captions (WCAG 1.2.2) and a transcript that tells the picture too (1.2.3)."""

    type: ClassVar[str] = "video"

    src: MediaPath
    title: Text
    captions: MediaPath
    transcript: MediaPath
    duration: Clock
    width: Pixels
    height: Pixels
    poster: MediaPath | None = None
