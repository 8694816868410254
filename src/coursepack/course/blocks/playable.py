"""The common base of films and sounds."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from coursepack.course.blocks.block import (
    Clock,
    DataBlock,
    File,
    FileKind,
    MediaPath,
    RenderContext,
    RungName,
    Text,
    WithOrigin,
    clock,
)
from coursepack.course.blocks.content_note import ContentNote
from coursepack.course.blocks.html import Html, Link


class Playable(DataBlock, WithOrigin):
    """A film or a sound, with texts for those who cannot hear or see it."""

    kind: ClassVar[FileKind]

    src: MediaPath
    title: Text
    transcript: MediaPath
    duration: Clock | None = None
    captions: MediaPath | None = None
    note: ContentNote | None = None
    rung: RungName | None = None

    @property
    def is_remembered(self) -> bool:
        """True when the position is stored. Media behind a content note leave no trace."""
        return self.note is None

    def files(self) -> Iterator[File]:
        """The film or sound, and its texts."""
        yield File(self.kind, self.src, ("src",), self.duration or "", rung=self.rung, **self.made())
        if self.captions:
            yield File("captions", self.captions, ("captions",), of=self.src)
        yield File("transcript", self.transcript, ("transcript",))

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The view with the address, and with the texts in the document."""
        transcript = context.transcripts[self.transcript]
        written = [] if isinstance(transcript, Html) else _paragraphs(transcript)
        return {
            "url": context.names[self.src],
            "reported": context.names[context.main(self.src)],
            "mime": context.mime(self.src),
            "title": self.title,
            "duration": self.duration or clock(context.lengths[self.src] + 0.5),
            "language": context.language,
            "track": _data_url(context.captions[self.captions]) if self.captions else None,
            "described": None,
            "slot": context.slot(context.main(self.src)) if self.is_remembered else None,
            "note": self.note,
            "transcript": written,
            "transcript_html": transcript if isinstance(transcript, Html) else None,
            **self.made(),
            "shows": any(cue["sound"] for paragraph in written for cue in paragraph["cues"]),
        }

    def links(self, context: RenderContext) -> Iterable[Link]:
        """The links of a transcript that is written as prose."""
        transcript = context.transcripts[self.transcript]
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


def _data_url(text: str) -> str:
    """Captions as a data URL: a page opened from disk cannot load a caption file."""
    quoted = text.replace("%", "%25").replace("#", "%23").replace("\n", "%0A").replace("\t", "%09")
    return f"data:text/vtt;charset=utf-8,{quoted}"
