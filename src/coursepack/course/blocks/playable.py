"""The common base of films and sounds."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from pydantic import ConfigDict, model_validator

from coursepack.course.blocks.block import (
    Clock,
    DataBlock,
    File,
    FileKind,
    Finding,
    Flag,
    MediaPath,
    RenderContext,
    RungName,
    Still,
    Text,
    WithOrigin,
    clock,
)
from coursepack.course.blocks.content_note import ContentNote
from coursepack.course.blocks.html import Html, Link
from coursepack.languages import strings
from coursepack.problems import Message, Quoted

SEEN_VOICES = ("bild", "picture")
"""Voices of a transcript that describe what is seen."""
_NEAR = 0.75
"""Seconds between a picture and the description of what is seen in it, at most."""


def with_either(schema: dict[str, Any]) -> None:
    """Adapts a JSON Schema: captions or a transcript are required."""
    schema["required"] = [name for name in schema["required"] if name not in ("captions", "transcript")]
    schema["anyOf"] = [{"required": ["captions"]}, {"required": ["transcript"]}]


def made(fields: dict[str, Any], name: str, can_be: bool) -> dict[str, Any]:
    """The fields with None for a required one that is not given but can be made."""
    if fields.get(name) is not None:
        return fields
    others = {other: value for other, value in fields.items() if other != name}
    return {**others, name: None} if can_be else others


class Playable(DataBlock, WithOrigin):
    """A film or a sound, with texts for those who cannot hear or see it."""

    model_config = ConfigDict(json_schema_extra=with_either)
    own_to_language: ClassVar[tuple[str, ...]] = ("easy_captions",)
    kind: ClassVar[FileKind]

    src: MediaPath
    title: Text
    transcript: MediaPath | None
    duration: Clock | None = None
    captions: MediaPath | None = None
    easy_captions: Flag = False
    chapters: MediaPath | None = None
    note: ContentNote | None = None
    rung: RungName | None = None

    @model_validator(mode="before")
    @classmethod
    def _transcript_of_captions(cls, value: Any) -> Any:
        return made(value, "transcript", bool(value.get("captions"))) if isinstance(value, dict) else value

    @property
    def is_remembered(self) -> bool:
        """True when the position is stored. Media behind a content note leave no trace."""
        return self.note is None

    def files(self) -> Iterator[File]:
        """The film or sound, and its texts."""
        yield File(self.kind, self.src, ("src",), self.duration or "", rung=self.rung, **self.made())
        if self.captions:
            yield File("captions", self.captions, ("captions",), of=self.src, easy=self.easy_captions)
        if self.transcript:
            yield File("transcript", self.transcript, ("transcript",))
        elif self.captions:
            yield File("made-transcript", self.captions, ("captions",))
        if self.chapters:
            yield File("chapters", self.chapters, ("chapters",), of=self.src)

    def findings(self, sizes: Mapping[str, tuple[int, int]]) -> Iterator[Finding]:
        """A note that the text version is made."""
        if self.captions and not self.transcript:
            yield Finding(
                ("captions",),
                "made-transcript",
                Message("the text version is made from {0}", Quoted(self.captions)),
            )

    @property
    def track(self) -> str | None:
        """The file of the captions, or that they are made from, if there are any."""
        return self.captions

    @property
    def text_version(self) -> str:
        """The file of the text version: the transcript, or else the captions, from which it is made."""
        return self.transcript or self.captions or ""

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The view with the address, and with the texts in the document."""
        transcript = context.transcripts[self.text_version]
        written = [] if isinstance(transcript, Html) else _paragraphs(transcript)
        stills = context.stills.get(self.src, ())
        is_text = self.src in context.texts
        return {
            "is_text": is_text,
            "stills": [self._still(each, context) for each in stills],
            "url": context.names[self.src],
            "reported": context.names[context.main(self.src)],
            # What is shown as text can be of a kind that no browser plays.
            "mime": None if is_text else context.mime(self.src),
            "title": self.title,
            "duration": self.duration or clock(context.lengths[self.src] + 0.5),
            "language": context.language,
            "track": _data_url(context.captions[self.track]) if self.track else None,
            "chapters": _jumps(context.transcripts[self.chapters]) if self.chapters else [],
            "chapter_track": _data_url(context.captions[self.chapters]) if self.chapters else None,
            "versions": {},
            "slot": context.slot(context.main(self.src)) if self.is_remembered else None,
            "note": self.note,
            "transcript": written,
            "transcript_html": transcript if isinstance(transcript, Html) else None,
            **self.made(),
            "shows": any(cue["sound"] for paragraph in written for cue in paragraph["cues"]),
        }

    def _still(self, still: Still, context: RenderContext) -> dict[str, Any]:
        """A picture of a film, with its chapter and, as its alternative text, what the text version says is seen."""
        chapters: Any = context.transcripts[self.chapters] if self.chapters else ()
        transcript: Any = context.transcripts[self.text_version]
        seen = [
            (max(cue.start - still.second, still.second - cue.end), cue.text)
            for cue in (() if isinstance(transcript, Html) else transcript)
            if cue.speaker.casefold() in SEEN_VOICES
        ]
        distance, told = min(seen, default=(_NEAR, ""))
        return {
            **context.picture(still.src),
            "alt": told if distance < _NEAR else strings(context.language)["page"]["still"],
            "chapter": next((cue.text for cue in chapters if cue.start <= still.second < cue.end), ""),
        }

    def links(self, context: RenderContext) -> Iterable[Link]:
        """The links of a transcript that is written as prose."""
        transcript = context.transcripts[self.text_version]
        return transcript.links if isinstance(transcript, Html) else ()


_SCENE = 9
"""Seconds after which a description begins a new paragraph; earlier ones belong to the speech around them."""
_LONG = 30
"""Seconds after which the end of a sentence ends a paragraph."""


def _paragraphs(cues: Iterable[Any]) -> list[dict[str, Any]]:
    """The cues of a transcript as paragraphs, by speaker and scene. A speaker is named when the voice changes."""
    found: list[dict[str, Any]] = []
    begun, speaker, voice = 0.0, "", ""
    for cue in cues:
        said_by = "" if cue.sound else cue.speaker
        length = cue.start - begun
        if (
            not found
            or (said_by and speaker and said_by != speaker)
            or (cue.sound and length >= _SCENE)
            or (length >= _LONG and found[-1]["cues"][-1]["text"].endswith((".", "?", "!", "…", "”", "’")))
        ):
            found.append({"start": clock(cue.start), "seconds": f"{cue.start:g}", "cues": []})
            begun, speaker = cue.start, ""
        named = said_by if said_by != voice else ""
        found[-1]["cues"].append({"named": named, "text": cue.text, "sound": cue.sound})
        speaker, voice = said_by or speaker, said_by or voice
    return found


def _jumps(chapters: Iterable[Any]) -> list[dict[str, str]]:
    """Chapters as places to play from."""
    return [
        {"start": clock(each.start), "seconds": f"{each.start:g}", "title": each.text} for each in chapters
    ]


def _data_url(text: str) -> str:
    """Captions as a data URL: a page opened from disk cannot load a caption file."""
    quoted = text.replace("%", "%25").replace("#", "%23").replace("\n", "%0A").replace("\t", "%09")
    return f"data:text/vtt;charset=utf-8,{quoted}"
