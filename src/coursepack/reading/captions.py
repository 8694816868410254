"""Reads WebVTT, strictly: text and times come out, every fault with its line. Checks whether they are easy to read."""

from __future__ import annotations

import html
import re
from itertools import pairwise
from typing import NamedTuple

from coursepack.course.blocks.block import clock
from coursepack.course.model import Cue
from coursepack.course.severity import mistake
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

LINE_LENGTH = 42
"""Characters of a line at most: what players show without breaking it once more."""
LINES = 2
LEAST_SECONDS = 1
MOST_A_SECOND = 17
"""Characters that can be read a second while one also looks at the picture."""
LONGEST_GAP = 20
"""Seconds without captions: so long nobody says anything, but something is heard, or that nothing is."""


class _Placed(NamedTuple):
    """A cue with the line that its times stand on, and its text as it is shown: a text for each of its lines."""

    line: int
    cue: Cue
    lines: tuple[str, ...]


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
    placed, problems = _read(text, file)
    return tuple(each.cue for each in placed), problems


def _read(text: str, file: str) -> tuple[list[_Placed], list[Problem]]:
    problems: list[Problem] = []

    def say(rule: str, line: int, message: str | Message, hint: str | Message = "") -> None:
        problems.append(mistake(f"captions/{rule}", message, Location(file, line, 1), hint))

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
    cues: list[_Placed] = []
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
        cues.append(_Placed(number, _cue(start, end, payload), tuple(_shown(line) for line in payload)))
    if not cues and not problems:
        say("no-cues", 1, "has no cues")
    return cues, problems


def check_captions(text: str, file: str, length: float) -> list[Problem]:
    """What is wrong with a caption file, and what of it is hard to read. `length`: seconds of its film or sound."""
    placed, problems = _read(text, file)
    if problems:
        return problems

    def say(rule: str, line: int, message: str | Message, hint: str | Message) -> None:
        problems.append(mistake(f"captions/{rule}", message, Location(file, line, 1), hint))

    for number, cue, lines in ((each.line, each.cue, each.lines) for each in placed):
        seconds = cue.end - cue.start
        for at, line in enumerate(lines, 1):
            if len(line) > LINE_LENGTH:
                say(
                    "long-line",
                    number + at,
                    Message("the line is {0} characters; at most {1} fit", len(line), LINE_LENGTH),
                    "Break it where the sentence has a joint, or divide the cue.",
                )
        if len(lines) > LINES:
            say(
                "many-lines",
                number,
                Message("the cue has {0} lines; more than {1} hide the picture", len(lines), LINES),
                "Divide the cue.",
            )
        if seconds < LEAST_SECONDS:
            say(
                "short-cue",
                number,
                Message(
                    "the cue is shown for {0} seconds; less than {1} is missed",
                    f"{seconds:.1f}",
                    str(LEAST_SECONDS),
                ),
                "Let it stay longer, or join it to the next one.",
            )
        elif (speed := sum(map(len, lines)) / seconds) > MOST_A_SECOND:
            say(
                "fast-cue",
                number,
                Message(
                    "the cue has {0} characters a second; more than {1} cannot be read in time",
                    f"{speed:.0f}",
                    MOST_A_SECOND,
                ),
                "Say it in fewer words, or let it stay longer.",
            )
    for one, other in pairwise(placed):
        if other.cue.start < one.cue.end:
            say(
                "overlap",
                other.line,
                Message("the cue begins before the one above it has ended, at {0}", clock(one.cue.end)),
                "End the one above earlier.",
            )
        elif other.cue.start - one.cue.end > LONGEST_GAP:
            say(
                "long-gap",
                other.line,
                Message("there are no captions from {0} to {1}", clock(one.cue.end), clock(other.cue.start)),
                "Tell what is heard, or that it is silent: <i>Silence.</i>",
            )
    first, last = placed[0], placed[-1]
    if first.cue.start > LONGEST_GAP:
        say(
            "long-gap",
            first.line,
            Message("there are no captions before {0}", clock(first.cue.start)),
            "Tell what is heard, or that it is silent: <i>Silence.</i>",
        )
    # Half a second: `duration` is told in whole seconds.
    if last.cue.end > length + 0.5:
        say(
            "past-the-end",
            last.line,
            Message("the cue ends at {0}, and the film or sound at {1}", clock(last.cue.end), clock(length)),
            "Are these the captions of this film? Move the times.",
        )
    elif length - last.cue.end > LONGEST_GAP:
        say(
            "long-gap",
            last.line,
            Message("there are no captions from {0} to the end at {1}", clock(last.cue.end), clock(length)),
            "Tell what is heard, or that it is silent: <i>Silence.</i>",
        )
    return problems
