"""Video: a film with captions, audio description, transcript, poster and duration."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Discriminator, Field, Tag

from coursepack.course.blocks.block import (
    File,
    FileKind,
    Finding,
    MediaPath,
    Model,
    NamedPicture,
    Pixels,
    RenderContext,
    Text,
    wrong,
)
from coursepack.course.blocks.playable import Playable
from coursepack.problems import Message, Quoted


class Undescribed(Model):
    """Why a film needs no audio description; learners read it."""

    not_needed: Text


def _with_reason(value: Any) -> Any:
    if value == "not-needed":
        raise wrong("missing-reason", "must have a reason: write not-needed: and why, in braces")
    return value


# The place of an error contains the tag: the tag of a path is the field's own name.
Described = Annotated[
    Annotated[MediaPath, Tag("described")] | Annotated[Undescribed, Tag("not-needed")],
    Discriminator(lambda value: "not-needed" if isinstance(value, dict | Undescribed) else "described"),
    BeforeValidator(_with_reason),
]


class Video(Playable):
    """A film must have captions (WCAG 1.2.2) and a transcript that also describes the picture (1.2.3).

    It declares its audio description for those who cannot see it (1.2.5).
    """

    type: ClassVar[str] = "video"
    kind: ClassVar[FileKind] = "film"
    own_to_language: ClassVar[tuple[str, ...]] = ("described", "width", "height")

    captions: Annotated[
        MediaPath,
        Field(
            description="A film has captions for those who cannot hear it: name a WebVTT (.vtt) or SubRip (.srt) file."
        ),
    ]
    described: Annotated[
        Described,
        Field(
            description="Name a version of the film with audio description for those who cannot see it, or say "
            "why there is no need of one: described: {not-needed: The voices tell all that is seen}."
        ),
    ]
    width: Pixels | None = None
    height: Pixels | None = None
    poster: NamedPicture | None = None

    @property
    def _version(self) -> str | None:
        """The version with audio description, if there is a separate one."""
        return self.described if isinstance(self.described, str) else None

    def files(self) -> Iterator[File]:
        """The film, its texts, its described version and its poster."""
        yield from Playable.files(self)
        if self._version:
            yield File("described", self._version, ("described",), of=self.src, rung=self.rung, **self.made())
        if self.poster:
            yield self.poster.file("poster")

    def findings(self, sizes: Mapping[str, tuple[int, int]]) -> Iterator[Finding]:
        """A width or height that differs from the file's, or that is missing and the file does not have."""
        if self.src not in sizes:
            return
        for name, own, other in zip(
            ("width", "height"), (self.width, self.height), sizes[self.src], strict=True
        ):
            if own is None and not other:
                yield Finding(
                    (),
                    "missing-field",
                    Message("the field {0} is missing", Quoted(name)),
                    "The file does not give the size of the film. Write width and height in pixels.",
                )
            elif own is not None and other and own != other:
                yield Finding(
                    (name,),
                    "wrong-size",
                    Message("{0} is {1}, but that of {2} is {3}", Quoted(name), own, Quoted(self.src), other),
                    "Leave width and height out: the file has them.",
                )

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The view with the size, the address of the poster, and the audio description."""
        width, height = context.sizes[self.src]
        return {
            **Playable.view(self, context),
            "described": context.names[self._version] if self._version else None,
            "undescribed": self.described.not_needed if isinstance(self.described, Undescribed) else None,
            "width": width or self.width,
            "height": height or self.height,
            "poster": context.names[self.poster.src] if self.poster else None,
        }
