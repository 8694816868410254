"""Reads WebVTT strictly, and SubRip as players do: cues with their times, and every problem with its line."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from coursepack.course.blocks.playable import SEEN_VOICES
from coursepack.course.model import Cue
from coursepack.course.severity import course_problem
from coursepack.problems import Location, Message, Names, Problem, Quoted, parts
from coursepack.reading.markdown import control_character

# WebVTT 1, section 4.1: hours are optional, and a full stop precedes the milliseconds.
_TIME = re.compile(r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})")
_LOOSE = r"\d+(:\d+)*[.,]\d+"
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>]*)>")
_ITALIC = re.compile(r"<i(?:\.[^<>]*)?>(.*)</i>", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
# SubRip has no standard. This is what its own program writes, and what VLC and FFmpeg read.
_SUBRIP_TIME = r"(\d+):(\d+):(\d+)[,.](\d{1,3})(?!\d)"
_SUBRIP_TAG = r"(?i)\{\\[^{}]*\}|</?font\b[^<>]*>"
_ESCAPED_STYLE = r"(?i)&lt;(/?)([biu])&gt;"
_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_NAMED_LINES = 5
"""Lines that a problem names besides its own."""

SHOWN_VOICES = (*SEEN_VOICES, "ljud", "sound")
"""Voices that describe what is seen or heard, not what is spoken."""


class Limits(NamedTuple):
    """What viewers can read: characters of a line, and characters a second."""

    line: int
    speed: int


LINES = 2
"""Most lines of a cue."""
USUAL = Limits(42, 17)
EASY = Limits(32, 10)
"""The limits of captions that are easy to read."""
LEAST_SECONDS = 1
MOST_SECONDS = 7
"""Netflix, Timed Text Style Guide: General Requirements, 1."""
OPEN_GAP = 0.5
"""Shorter gaps are closed: Netflix, Timed Text Style Guide: Subtitle Timing Guidelines, 1."""


class PlacedCue(NamedTuple):
    """A cue with the line of its times, and its lines of text as they are shown."""

    line: int
    cue: Cue
    lines: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """The duration of the cue."""
        return self.cue.end - self.cue.start


class Captions(NamedTuple):
    """The cues of a file, at least one, and the length of its film or sound in seconds, if known."""

    file: str
    cues: Sequence[PlacedCue]
    length: float | None
    limits: Limits = USUAL

    def at(self, line: int) -> Location:
        """The place of a line of the file."""
        return Location(self.file, line, 1)


def characters(text: str) -> int:
    """The number of characters as readers see them: an emoji is one, and so is a letter with its accents."""
    if text.isascii():
        return len(text)
    count, is_joined = 0, False
    for each in text:
        if unicodedata.category(each) in ("Mn", "Me", "Cf"):
            is_joined = each == _JOINER
        elif is_joined or ord(each) in _SKIN_TONES:
            is_joined = False
        else:
            count += 1
    return count


def with_lines(message: str | Message, lines: Sequence[int]) -> str | Message:
    """A message about one line that is also true of others, of which it names the first."""
    if not lines:
        return message
    shown = ", ".join(map(str, lines[:_NAMED_LINES]))
    template = "{0}; also on line {1}" if len(lines) == 1 else "{0}; also on lines {1}"
    return Message(template, parts(message), Names(shown, max(len(lines) - _NAMED_LINES, 0)))


def _time(text: str) -> float | None:
    match = _TIME.fullmatch(text)
    if not match:
        return None
    hours, minutes, seconds, thousandths = (int(part or 0) for part in match.groups())
    # Divided last, so that a time is the same number wherever it comes from.
    return ((hours * 60 + minutes) * 60_000 + seconds * 1000 + thousandths) / 1000


def _shown(text: str) -> str:
    return html.unescape(_TAG.sub("", text)).strip()


def _cue(start: float, end: float, lines: list[str]) -> Cue:
    payload = "\n".join(lines)
    voice = _VOICE.search(payload)
    speaker = voice.group(1).strip() if voice else ""
    bare = _VOICE.sub("", payload).replace("</v>", "").strip()
    sound = bool(_ITALIC.fullmatch(bare)) or speaker.lower() in SHOWN_VOICES
    return Cue(start, end, speaker, " ".join(_shown(bare).split()), sound)


def is_subrip(file: str) -> bool:
    """True for a SubRip file, by its name."""
    return file.lower().endswith(".srt")


def webvtt(text: str, file: str) -> str:
    """The captions of a file for browsers: SubRip is converted to WebVTT. `text` has no byte order mark."""
    return "\n".join(("WEBVTT", "", *_lines(text, file))) if is_subrip(file) else text


def _lines(text: str, file: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [_from_subrip(line) for line in lines] if is_subrip(file) else lines


def _from_subrip(line: str) -> str:
    """A line of SubRip as WebVTT, without colours and positions."""
    if "-->" not in line:
        escaped = html.escape(re.sub(_SUBRIP_TAG, "", line), quote=False)
        return re.sub(_ESCAPED_STYLE, lambda tag: f"<{tag[1]}{tag[2].lower()}>", escaped)
    times = re.sub(_SUBRIP_TIME, lambda time: "{:0>2}:{:0>2}:{:0>2}.{:0<3}".format(*time.groups()), line)
    start, _, end = times.partition("-->")
    return f"{start.strip()} --> {' '.join(end.split()[:1])}"


def read_captions(text: str, file: str) -> tuple[tuple[Cue, ...], list[Problem]]:
    """The cues of a caption file, and its problems. `text` has no byte order mark."""
    placed, problems = read_placed(text, file)
    return tuple(each.cue for each in placed), problems


def read_placed(text: str, file: str) -> tuple[list[PlacedCue], list[Problem]]:
    """The cues of a caption file with their lines, and its problems. Without problems there is at least one cue."""
    found: dict[str, list[tuple[int, str | Message, str | Message]]] = {}

    def say(rule: str, line: int, message: str | Message, hint: str | Message = "") -> None:
        found.setdefault(rule, []).append((line, message, hint))

    cues = _placed(text, file, say)
    if not cues and not found:
        say("no-cues", 1, "has no cues")
    return cues, [
        course_problem(
            f"captions/{rule}",
            with_lines(message, [each[0] for each in others]),
            Location(file, line, 1),
            hint,
        )
        for rule, ((line, message, hint), *others) in found.items()
    ]


def _placed(text: str, file: str, say: Callable[..., None]) -> list[PlacedCue]:
    lines = _lines(text, file)
    control = control_character(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        say(
            "control-character",
            line,
            Message("has a control character (U+{0})", f"{ord(control.group()):04X}"),
            "Delete it.",
        )
        return []
    if not is_subrip(file) and not re.match(r"WEBVTT([ \t].*)?$", lines[0]):
        say(
            "not-webvtt",
            1,
            "does not begin with WEBVTT",
            "Begin it with WEBVTT and an empty line. Name a SubRip file .srt.",
        )
        return []
    cues: list[PlacedCue] = []
    at, earlier = 0, 0.0
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
            if re.fullmatch(_LOOSE, bad) and "," in bad:
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
        shown = tuple(_shown(line) for line in payload)
        if not any(shown):
            say("empty-cue", number, Message("the cue at {0} has no text", left))
            continue
        cues.append(PlacedCue(number, _cue(start, end, payload), shown))
    return cues
