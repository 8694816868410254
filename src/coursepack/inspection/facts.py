"""The facts of a package as values, JSON and text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from coursepack.inspection.nodes import Node, Sizes, size_words
from coursepack.inspection.terminal import LEAST_WIDTH, field, files_words, kind_lines, tree_lines, wrapped

_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a package; docs/inspect.md describes the fields.

    Texts are safe for a terminal and at most 200 characters long; missing ones are empty. The tree has at most 2,000
    nodes and 30 levels, `left_out` counts the others. `faults` say why facts are missing.
    """

    name: str
    title: str
    kinds: tuple[str, ...]
    maker: str
    manifest: str
    identifier: str
    version: str
    languages: tuple[str, ...]
    description: str
    status: tuple[str, ...]
    tree: tuple[Node, ...]
    left_out: int
    launch_files: tuple[str, ...]
    sizes: Sizes
    faults: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The facts as plain values for JSON, by name of field."""
        plain: dict[str, Any] = _plain(self)
        return plain

    def __str__(self) -> str:
        return text(self)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value


def text(facts: Facts, width: int = 80) -> str:
    """The facts as text, wrapped to `width` columns (at least 40); long names are not broken."""
    return "\n".join(_lines(facts, max(width, LEAST_WIDTH)))


def _lines(facts: Facts, width: int) -> Iterator[str]:
    yield from wrapped(facts.title or facts.name, width)
    kinds = " and ".join(facts.kinds) or "not a known kind of package"
    yield from wrapped(f"{kinds}, made by {facts.maker}" if facts.maker else kinds, width)
    yield ""
    for fault in facts.faults:
        yield from field("Fault", [fault], width)
    sizes = facts.sizes
    packed = [] if sizes.packed is None else [f"{size_words(sizes.packed)} zipped"]
    whole = ", ".join((*packed, f"{size_words(sizes.unpacked)} unpacked", files_words(sizes.files)))
    more = len(facts.launch_files) - _MOST_SHOWN
    opened = (*facts.launch_files[:_MOST_SHOWN], f"and {more:,} more" if more > 0 else "")
    for name, values in (
        ("Package", (facts.name,)),
        ("Manifest", (facts.manifest,)),
        ("Identifier", (facts.identifier,)),
        ("Version", (facts.version,)),
        ("Language", (", ".join(facts.languages),)),
        ("Description", (facts.description,)),
        ("Status", facts.status),
        ("Opens", opened),
        ("Size", (whole,)),
    ):
        yield from field(name, values, width)
    if facts.tree:
        yield from ("", "Contents")
        yield from tree_lines(facts.tree, width)
    if facts.left_out:
        yield f"  and {facts.left_out:,} more"
    if sizes.by_kind:
        yield from ("", "Bytes by kind", *kind_lines(sizes))
        yield from ("", "Largest files")
        yield from (f"  {size_words(file.size):>10}  {file.path}" for file in sizes.largest)
