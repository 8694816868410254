"""Reads WebVTT, strictly: text and times come out, every fault with its line."""

from __future__ import annotations

import html
import re

from coursepack.model import Cue
from coursepack.problems import Location, Problem

# WebVTT 1, section 4.1: hours may be left out, a full stop stands before the thousandths.
_TIME = re.compile(r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})")
_LOOSE = re.compile(r"\d+(:\d+)*[.,]\d+")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>]*)>")
_ITALIC = re.compile(r"<i(?:\.[^<>]*)?>(.*)</i>", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")

SHOWN_VOICES = ("bild", "picture", "ljud", "sound")
"""Voices that tell what is seen or heard, not what is said."""


def _time(text: str) -> float | None:
    match = _TIME.fullmatch(text)
    if not match:
        return None
    hours, minutes, seconds, thousandths = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _cue(start: float, end: float, lines: list[str]) -> Cue:
    payload = "\n".join(lines)
    voice = _VOICE.search(payload)
    speaker = voice.group(1).strip() if voice else ""
    bare = _VOICE.sub("", payload).replace("</v>", "").strip()
    sound = bool(_ITALIC.fullmatch(bare)) or speaker.lower() in SHOWN_VOICES
    text = html.unescape(_TAG.sub("", bare))
    return Cue(start, end, speaker, " ".join(text.split()), sound)


def read_captions(text: str, file: str) -> tuple[tuple[Cue, ...], list[Problem]]:
    """The cues of a WebVTT file, and what is wrong with it. `text` without byte order mark."""
    problems: list[Problem] = []

    def say(rule: str, line: int, message: str, hint: str = "") -> None:
        problems.append(Problem(f"captions/{rule}", "error", message, Location(file, line, 1), hint))

    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        say(
            "control-character", line, f"has a control character (U+{ord(control.group()):04X})", "Delete it."
        )
        return (), problems
    if not re.match(r"WEBVTT([ \t].*)?$", lines[0]):
        say(
            "not-webvtt",
            1,
            "does not begin with WEBVTT",
            "Captions are WebVTT files; convert SubRip (.srt) first.",
        )
        return (), problems
    cues: list[Cue] = []
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
            hint = "Write times as 00:01:02.500."
            if _LOOSE.fullmatch(bad) and "," in bad:
                hint = f"Write a full stop, not a comma: {bad.replace(',', '.')}."
            say("bad-time", number, f"is not a time: {bad!r}", hint)
            continue
        if end <= start:
            say("ends-before-start", number, f"the cue ends at {right}, before or when it starts at {left}")
            continue
        if start < earlier:
            say("out-of-order", number, f"the cue starts at {left}, before the cue above it")
        earlier = max(earlier, start)
        if not payload:
            say("empty-cue", number, f"the cue at {left} has no text")
            continue
        cues.append(_cue(start, end, payload))
    if not cues and not problems:
        say("no-cues", 1, "has no cues")
    return tuple(cues), problems
