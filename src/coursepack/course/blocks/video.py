"""Video: a film with captions, audio description, sign language, transcript, poster and duration."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from coursepack.course.blocks.block import (
    File,
    FileKind,
    Finding,
    MediaPath,
    Model,
    Picture,
    Pixels,
    RenderContext,
    Text,
    seconds,
    wrong,
)
from coursepack.course.blocks.playable import Playable, made, with_either
from coursepack.languages import strings
from coursepack.problems import Message, Quoted, quoted


def _has_times(transcript: Any) -> bool:
    return isinstance(transcript, str) and transcript.strip().lower().endswith((".vtt", ".srt"))


class Undescribed(Model):
    """Why a film needs no audio description; learners read it."""

    not_needed: Text


def _with_reason(value: Any) -> Any:
    if value == "not-needed":
        raise wrong("missing-reason", "must have a reason: write not-needed: and why, in braces")
    return value


def _with_either(schema: dict[str, Any]) -> None:
    """Adapts a JSON Schema: captions or a transcript with times are required."""
    with_either(schema)
    schema["anyOf"][1]["properties"] = {"transcript": {"pattern": r"\.([vV][tT][tT]|[sS][rR][tT])$"}}


# The place of an error contains the tag: the tag of a path is the field's own name.
Described = Annotated[
    Annotated[MediaPath, Tag("described")] | Annotated[Undescribed, Tag("not-needed")],
    Discriminator(lambda value: "not-needed" if isinstance(value, dict | Undescribed) else "described"),
    BeforeValidator(_with_reason),
]

_TIME = r"(\d+:)?\d{1,2}:\d{2}(\.\d+)?|\d+(\.\d+)?"


def _picture_or_time(value: Any) -> Any:
    if not isinstance(value, str) or re.fullmatch(_TIME, value):
        return value
    # No picture has a name without a letter.
    if re.fullmatch(r"[-+\d.,:; ]*\d[-+\d.,:; ]*", value):
        raise wrong("not-a-time", "is not a time in the film like 0:12 or 12.5: {0}", quoted(value))
    return {"src": value}


# As above; the other tag is not in the source, and skipped.
Poster = Annotated[
    Annotated[Picture, Tag("poster")] | Annotated[str, Tag("time")],
    Discriminator(lambda value: "time" if isinstance(value, str) else "poster"),
    BeforeValidator(_picture_or_time, json_schema_input_type=str | float | Picture),
]
"""A picture, or a time in the film: seconds, or a clock value."""


_SAME_SHAPE = 1.05
"""Factor between the shapes of a film and its poster that nobody notices."""


class Video(Playable):
    """A film must have captions (WCAG 1.2.2) and a transcript that also describes the picture (1.2.3).

    It declares its audio description for those who cannot see it (1.2.5). It can have sign language (1.2.6). Captions
    and a transcript with times can be made from each other.
    """

    model_config = ConfigDict(json_schema_extra=_with_either)

    type: ClassVar[str] = "video"
    kind: ClassVar[FileKind] = "film"
    own_to_language: ClassVar[tuple[str, ...]] = ("described", "signed", "easy_captions", "width", "height")

    captions: Annotated[
        MediaPath | None,
        Field(
            description="A film has captions for those who cannot hear it: name a WebVTT (.vtt) or SubRip (.srt) file, "
            "or a transcript of one of these kinds."
        ),
    ]
    described: Annotated[
        Described,
        Field(
            description="Name a version of the film with audio description for those who cannot see it, or say "
            "why there is no need of one: described: {not-needed: The voices tell all that is seen}."
        ),
    ]
    signed: MediaPath | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    poster: Poster | None = None

    @model_validator(mode="before")
    @classmethod
    def _captions_of_transcript(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return made(value, "captions", _has_times(value.get("transcript")))

    @property
    def track(self) -> str | None:
        """The file of the captions: the captions, or else the transcript, from which they are made."""
        return self.captions or self.transcript

    @property
    def _versions(self) -> dict[FileKind, str]:
        """The other versions that there are, by kind."""
        found: dict[FileKind, str] = {}
        if isinstance(self.described, str):
            found["described"] = self.described
        if self.signed:
            found["signed"] = self.signed
        return found

    @property
    def _taken(self) -> File:
        """The poster that is made of the film, for want of a picture."""
        second = seconds(self.poster) if isinstance(self.poster, str) else None
        return File("made-poster", self.src, ("poster",), of=self.src, second=second, **self.made())

    def files(self) -> Iterator[File]:
        """The film, its texts, its other versions and its poster."""
        yield from Playable.files(self)
        if self.transcript and not self.captions:
            of, easy = self.src, self.easy_captions
            yield File("made-captions", self.transcript, ("transcript",), of=of, easy=easy)
        for kind, src in self._versions.items():
            yield File(kind, src, (kind,), of=self.src, rung=self.rung, **self.made())
        yield self.poster.file("poster") if isinstance(self.poster, Picture) else self._taken

    def findings(self, sizes: Mapping[str, tuple[int, int]]) -> Iterator[Finding]:
        """What is made, and a width or height that differs from the file's, or that is missing there too."""
        if self.transcript and not self.captions:
            message = Message("the captions are made from {0}", Quoted(self.transcript))
            yield Finding(("transcript",), "made-captions", message)
        elif isinstance(self.described, str) and self.captions and not self.transcript:
            yield Finding(
                ("captions",),
                "undescribed-transcript",
                Message(
                    "the text version is made from {0}, and does not tell what is seen", Quoted(self.captions)
                ),
                "Name a transcript: a copy of the captions with what is seen in cues of the voice Picture.",
            )
        else:
            yield from Playable.findings(self, sizes)
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
        yield from self._poster_findings(sizes)

    def _poster_findings(self, sizes: Mapping[str, tuple[int, int]]) -> Iterator[Finding]:
        """A poster whose shape is not that of the film."""
        if not isinstance(self.poster, Picture):
            return
        film, poster = sizes[self.src], sizes.get(self.poster.src)
        width, height = film[0] or self.width or 0, film[1] or self.height or 0
        if not (width and height and poster):
            return
        shapes = width * poster[1], height * poster[0]
        if max(shapes) > _SAME_SHAPE * min(shapes):
            yield Finding(
                ("poster",),
                "poster-shape",
                Message(
                    "{0} has {1} x {2} pixels, and the film {3} x {4}",
                    Quoted(self.poster.src),
                    *poster,
                    width,
                    height,
                ),
                "Use a picture of the film, or crop it to the same shape.",
            )

    def _poster(self, context: RenderContext) -> str | None:
        """The key of the poster in the media of the course; None when there is none."""
        if isinstance(self.poster, Picture):
            return self.poster.src
        return self._taken.taken if self._taken.taken in context.names else None

    def _picture(self, context: RenderContext) -> dict[str, Any] | None:
        """The poster as a picture with an alternative text."""
        poster = self._poster(context)
        if poster is None:
            return None
        alt = strings(context.language)["page"]["poster_of"].format(title=self.title)
        # A poster is one file.
        return {**context.picture(poster), "sources": [], "alt": alt}

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The view with the size, and the addresses of the poster and of the other versions."""
        width, height = context.sizes[self.src]
        poster = self._poster(context)
        shown = Playable.view(self, context)
        if shown["is_text"]:
            return {**shown, "text": None, "poster": self._picture(context)}
        return {
            **shown,
            "versions": {kind: context.names[src] for kind, src in self._versions.items()},
            "undescribed": self.described.not_needed if isinstance(self.described, Undescribed) else None,
            "width": width or self.width,
            "height": height or self.height,
            "poster": context.names[poster] if poster else None,
        }
