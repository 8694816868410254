"""Contact: cards of people to call, from the course's contacts."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from coursepack.blocks.block import Id, Model


class Contact(Model):
    """Names entries of `contacts.yaml`, so that a number stands in one place only."""

    type: ClassVar[str] = "contact"

    contacts: Annotated[tuple[Id, ...], Field(min_length=1)]
