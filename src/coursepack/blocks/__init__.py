"""The table of blocks: what a page can hold."""

from __future__ import annotations

from coursepack.blocks.accordion import Accordion
from coursepack.blocks.audio import Audio
from coursepack.blocks.block import Model
from coursepack.blocks.callout import Callout
from coursepack.blocks.choice import Choice
from coursepack.blocks.contact import Contact
from coursepack.blocks.download import Download
from coursepack.blocks.image import Image
from coursepack.blocks.prose import Prose
from coursepack.blocks.video import Video

__all__ = [
    "CONTAINERS",
    "DATA_BLOCKS",
    "Accordion",
    "Audio",
    "Block",
    "Callout",
    "Choice",
    "Contact",
    "Download",
    "Image",
    "Model",
    "Prose",
    "Video",
]

Block = Prose | Callout | Accordion | Image | Video | Audio | Download | Choice | Contact

DATA_BLOCKS: dict[str, type[Model]] = {
    block.type: block for block in (Image, Video, Audio, Download, Choice, Contact)
}
"""Blocks that are fenced code with a YAML body, by the fence's language."""

CONTAINERS = ("note", "law", "key", "accordion")
"""Blocks that hold prose: `:::` containers, by name."""
