"""JSON Schemas of authors' files, for completion and checks in editors."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from coursepack.course.blocks import DATA_BLOCKS
from coursepack.course.model import Definition, Person, Source, Term
from coursepack.reading.translation import Translation

SCHEMAS: dict[str, Any] = {
    "course": Definition,
    "glossary": tuple[Term, ...],
    "contacts": tuple[Person, ...],
    "sources": dict[str, Source],
    "translation": Translation,
    **DATA_BLOCKS,
}
"""The definition files and the data blocks by name."""


def json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a definition file or data block. Raises KeyError."""
    schema = TypeAdapter(SCHEMAS[name]).json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
