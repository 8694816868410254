"""Reads WebVTT, strictly: text and times come out, every problem with its line."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import NamedTuple

from coursepack.course.model import Cue
from coursepack.course.severity import course_problem
from coursepack.problems import Location, Message, Problem, Quoted

# WebVTT 1, section 4.1: hours may be left out, a full stop stands before the thousandths.
_TIME = re.compile(r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})")
_LOOSE = re.compile(r"\d+(:\d+)*[.,]\d+")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>]*)>")
_ITALIC = re.compile(r"<i(?:\.[^<>]*)?>(.*)</i>", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")

SHOWN_VOICES = ("bild", "picture", "ljud", "sound")
"""Voices that tell what is seen or heard, not what is said."""


class PlacedCue(NamedTuple):
    """A cue with the line that its times stand on, and its text as it is shown: a text for each of its lines."""

    line: int
    cue: Cue
    lines: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """How long it is shown."""
        return self.cue.end - self.cue.start


class Captions(NamedTuple):
    """The cues of a file, at least one, and the seconds of its film or sound, if they are known."""

    file: str
    cues: Sequence[PlacedCue]
    length: float | None

    def at(self, line: int) -> Location:
        """The beginning of a line of the file."""
        return Location(self.file, line, 1)


def _time(text: str) -> float | None:
    match = _TIME.fullmatch(text)
    if not match:
        return None
    hours, minutes, seconds, thousandths = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _shown(text: str) -> str:
    return html.unescape(_TAG.sub("", text)).strip()


def _cue(start: float, end: float, lines: list[str]) -> Cue:
    payload = "\n".join(lines)
    voice = _VOICE.search(payload)
    speaker = voice.group(1).strip() if voice else ""
    bare = _VOICE.sub("", payload).replace("</v>", "").strip()
    sound = bool(_ITALIC.fullmatch(bare)) or speaker.lower() in SHOWN_VOICES
    return Cue(start, end, speaker, " ".join(_shown(bare).split()), sound)


def read_captions(text: str, file: str) -> tuple[tuple[Cue, ...], list[Problem]]:
    """The cues of a WebVTT file, and what is wrong with it. `text` without byte order mark."""
    placed, problems = read_placed(text, file)
    return tuple(each.cue for each in placed), problems


def read_placed(text: str, file: str) -> tuple[list[PlacedCue], list[Problem]]:
    """The cues of a WebVTT file with their lines, and what is wrong with it: nothing, or there may be no cues."""
    problems: list[Problem] = []

    def say(rule: str, line: int, message: str | Message, hint: str | Message = "") -> None:
        problems.append(course_problem(f"captions/{rule}", message, Location(file, line, 1), hint))

    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        say(
            "control-character",
            line,
            Message("has a control character (U+{0})", f"{ord(control.group()):04X}"),
            "Delete it.",
        )
        return [], problems
    if not re.match(r"WEBVTT([ \t].*)?$", lines[0]):
        say(
            "not-webvtt",
            1,
            "does not begin with WEBVTT",
            "Captions are WebVTT files; convert SubRip (.srt) first.",
        )
        return [], problems
    cues: list[PlacedCue] = []
    at, earlier = 1, 0.0
    while at < len(lines):
        if "-->" not in lines[at]:
            at += 1
            continue
        number = at + 1
        left, _, right = (part.strip() for part in lines[at].partition("-->"))
        right = right.split(" ")[0].split("\t")[0]
        payload = []
        at += 1
        while at < len(lines) and lines[at].strip() and "-->" not in lines[at]:
            payload.append(lines[at])
            at += 1
        start, end = _time(left), _time(right)
        if start is None or end is None:
            bad = left if start is None else right
            hint: str | Message = "Write times as 00:01:02.500."
            if _LOOSE.fullmatch(bad) and "," in bad:
                hint = Message("Write a full stop, not a comma: {0}.", bad.replace(",", "."))
            say("bad-time", number, Message("is not a time: {0}", Quoted(bad)), hint)
            continue
        if end <= start:
            say(
                "ends-before-start",
                number,
                Message("the cue ends at {0}, before or when it starts at {1}", right, left),
            )
            continue
        if start < earlier:
            say("out-of-order", number, Message("the cue starts at {0}, before the cue above it", left))
        earlier = max(earlier, start)
        if not payload:
            say("empty-cue", number, Message("the cue at {0} has no text", left))
            continue
        cues.append(PlacedCue(number, _cue(start, end, payload), tuple(_shown(line) for line in payload)))
    if not cues and not problems:
        say("no-cues", 1, "has no cues")
    return cues, problems
