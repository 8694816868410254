"""Download: a file to take away."""

from __future__ import annotations

from typing import ClassVar

from coursepack.blocks.block import MediaPath, Model, Text


class Download(Model):
    """The learner is told the file's kind and size."""

    type: ClassVar[str] = "download"

    src: MediaPath
    title: Text
    description: Text | None = None
