"""Why a film, a sound or a picture cannot be converted."""

from __future__ import annotations

from typing import Literal, get_args

from coursepack.problems import Message

Cause = Literal["damaged", "cut-short", "no-pictures", "no-sound", "codec", "disk", "crash", "time", "memory"]
CAUSES: tuple[Cause, ...] = get_args(Cause)

_AGAIN = Message("Copy or export it again.")
_ELSEWHERE = Message("Export it in another program as MP4 with H.264 and AAC.")

WORDS: dict[Cause, tuple[Message, Message]] = {
    "damaged": (Message("is damaged, or is neither film nor sound"), _AGAIN),
    "cut-short": (Message("is cut short"), _AGAIN),
    "no-pictures": (Message("has no pictures"), Message("A sound belongs in an audio block.")),
    "no-sound": (Message("has no sound"), _AGAIN),
    "codec": (Message("has a codec that cannot be read"), _ELSEWHERE),
    "disk": (Message("cannot be converted: there is no room, or no permission to write"), Message("")),
    "crash": (Message("cannot be converted: it makes the converter crash"), _ELSEWHERE),
    "time": (Message("cannot be converted: it makes the converter hang"), _ELSEWHERE),
    "memory": (Message("cannot be converted: it needs too much memory"), _ELSEWHERE),
}
"""What is said of each cause, behind the name of the file, and what to do."""

_AS_JPEG = Message("Export it in another program as JPEG or PNG.")

PICTURE_WORDS: dict[Cause, tuple[Message, Message]] = {
    "damaged": (Message("is damaged, or is no picture that can be read"), _AGAIN),
    **{cause: (WORDS[cause][0], _AS_JPEG) for cause in ("crash", "time", "memory")},
}
"""What is said of pictures instead."""


class ConversionError(Exception):
    """The file cannot be converted, or not even be looked at."""

    def __init__(self, cause: Cause, *, is_picture: bool = False) -> None:
        self.message, self.hint = {**WORDS, **(PICTURE_WORDS if is_picture else {})}[cause]
        super().__init__(str(self.message))
        self.cause = cause
