"""The tables of blocks: the contents of pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from coursepack.course.blocks.block import DataBlock, RenderContext
    from coursepack.course.blocks.html import Link

__all__ = ["CONTAINERS", "DATA_BLOCKS", "Block"]


class Block(Protocol):
    """A part of a page. `type` names its template."""

    @property
    def type(self) -> str:
        """The block's name."""

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The variable `b` of the block's template."""

    def links(self, context: RenderContext) -> Iterable[Link]:
        """The links out of the course in the block, in order."""


_MODELS = {
    "image": "Image",
    "hotspots": "Hotspots",
    "gallery": "Gallery",
    "before-after": "BeforeAfter",
    "video": "Video",
    "audio": "Audio",
    "download": "Download",
    "document": "Document",
    "choice": "Choice",
    "matching": "Matching",
    "ordering": "Ordering",
    "fill-in": "FillIn",
    "numeric": "Numeric",
    "likert": "Likert",
    "reflection": "Reflection",
    "scenario": "Scenario",
    "contact": "Contact",
    "math": "Math",
}


class _DataBlocks(Mapping[str, "type[DataBlock]"]):
    """Models by name, each imported on first access: most courses use few of them."""

    def __getitem__(self, name: str) -> type[DataBlock]:
        model: type[DataBlock] = getattr(import_module(f"{__name__}.{name.replace('-', '_')}"), _MODELS[name])
        return model

    def __contains__(self, name: object) -> bool:
        # Mapping.__contains__ would import the model.
        return name in _MODELS

    def __iter__(self) -> Iterator[str]:
        return iter(_MODELS)

    def __len__(self) -> int:
        return len(_MODELS)


DATA_BLOCKS: Mapping[str, type[DataBlock]] = _DataBlocks()
"""Blocks that are fenced code with a YAML body, by the fence's language."""

CONTAINERS = (
    "note",
    "law",
    "key",
    "accordion",
    "tabs",
    "steps",
    "cards",
    "timeline",
    "checklist",
    "table",
    "code",
)
"""Blocks that contain prose: `:::` containers, by name."""
