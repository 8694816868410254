"""Contact: cards of people to call, from the course's contacts."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import Field

from coursepack.course.blocks.block import DataBlock, Id, Reference, RenderContext


class Contact(DataBlock):
    """Names entries of `contacts.yaml`, so that a phone number is in one place only."""

    type: ClassVar[str] = "contact"

    contacts: Annotated[tuple[Id, ...], Field(min_length=1)]

    def references(self) -> Iterator[Reference]:
        """The contacts."""
        return (Reference("contact", name, ("contacts", at)) for at, name in enumerate(self.contacts))

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The persons of these names."""
        return {"contacts": [context.contacts[name] for name in self.contacts]}
