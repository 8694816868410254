"""Makes captions from a transcript with times: cues of two lines, split where sentences and phrases end."""

from __future__ import annotations

import html
import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from coursepack.course.blocks.playable import SEEN_VOICES
from coursepack.reading.captions import (
    LEAST_SECONDS,
    LINES,
    MOST_SECONDS,
    OPEN_GAP,
    Limits,
    PlacedCue,
    characters,
)

_CLOSING = "”’»\"')]"
_OPENING = frozenset(
    "and because but or that when where which who "
    "att eftersom men när och där som eller "
    "että joka ja koska kun mutta tai".split()
)
"""Words that begin a phrase, in the languages of the player."""

_SENTENCE, _PHRASE, _WORD = 0.0, 0.25, 0.75
"""What a break costs, as a part of the length that the cue would have in the best place."""


def captions_from(transcript: Sequence[PlacedCue], limits: Limits) -> list[PlacedCue]:
    """The captions of a film with this transcript: what is heard, without what is seen.

    A cue of the transcript becomes one or more cues in its time, each with its line. Where several people speak, they
    are named when the voice changes.
    """
    heard = [each for each in transcript if each.cue.speaker.casefold() not in SEEN_VOICES]
    made: list[PlacedCue] = []
    for placed, text in zip(heard, _named(heard), strict=True):
        made += _split(placed, text, limits)
    made.sort(key=lambda each: each.cue.start)
    starts = [*(each.cue.start for each in made), math.inf]
    return [_until(each, following) for each, following in zip(made, starts[1:], strict=True)]


def webvtt_of(cues: Sequence[PlacedCue]) -> str:
    """Captions as WebVTT; what is not spoken is in italics."""
    texts = []
    for each in cues:
        text = html.escape("\n".join(each.lines), quote=False)
        times = f"{_time(each.cue.start)} --> {_time(each.cue.end)}"
        texts.append(f"{times}\n{f'<i>{text}</i>' if each.cue.sound else text}\n")
    return "\n".join(("WEBVTT\n", *texts))


def _time(seconds: float) -> str:
    minutes, thousandths = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{thousandths // 1000:02}.{thousandths % 1000:03}"


def _named(heard: Sequence[PlacedCue]) -> Iterator[str]:
    """The texts, with the name of a speaker where the voice changes, if there are several."""
    speakers = {each.cue.speaker for each in heard if not each.cue.sound}
    voice = ""
    for each in heard:
        speaker = "" if each.cue.sound else each.cue.speaker
        is_new = speaker and speaker != voice and len(speakers) > 1
        yield f"{speaker}: {each.cue.text}" if is_new else each.cue.text
        voice = speaker or voice


def _until(placed: PlacedCue, following: float) -> PlacedCue:
    """The cue without a short gap before the following one, and not longer than it takes to read it."""
    start, end = placed.cue.start, placed.cue.end
    if 0 < following - end < OPEN_GAP:
        end = following
    if end - start > MOST_SECONDS and not placed.cue.sound:
        end = start + MOST_SECONDS
        if 0 < following - end < OPEN_GAP:
            end = following - OPEN_GAP
    return placed._replace(cue=placed.cue._replace(end=round(end, 3)))


def _split(placed: PlacedCue, text: str, limits: Limits) -> Iterator[PlacedCue]:
    """The cues that a cue of the transcript becomes, timed in proportion to their characters."""
    pieces = list(_pieces(_words(text, limits.line), placed.seconds, limits.line))
    lengths = [characters(" ".join(lines)) for lines in pieces]
    start, seconds, whole = placed.cue.start, placed.seconds, sum(lengths)
    ends = [round(start + seconds * length / whole, 3) for length in accumulate(lengths)]
    for lines, begins, ends_at in zip(pieces, [start, *ends], ends, strict=False):
        cue = placed.cue._replace(start=begins, end=ends_at, text=" ".join(lines))
        yield PlacedCue(placed.line, cue, lines)


def _words(text: str, most: int) -> list[str]:
    """The words, of which those that are longer than a line are cut."""
    return [word[at : at + most] for word in text.split() for at in range(0, len(word), most)]


def _pieces(words: Sequence[str], seconds: float, most: int) -> Iterator[tuple[str, ...]]:
    """The lines of each cue of a text that is shown for `seconds`."""
    # Where each word ends in the text, counted from -1 so that a space belongs to the word after it.
    ends = [*accumulate((characters(word) + 1 for word in words), initial=0)]
    least = LEAST_SECONDS * ends[-1] / seconds
    at = 0
    while at < len(words):
        end = _end_of_piece(words, ends, at, most, least, seconds)
        yield _lines(words[at:end], most)
        at = end


def _end_of_piece(
    words: Sequence[str], ends: Sequence[int], at: int, most: int, least: float, seconds: float
) -> int:
    """The word before which the piece that begins at word `at` ends."""
    last = at
    for _ in range(LINES):
        last = bisect_right(ends, ends[last] + most + 1) - 1
    rest = ends[-1] - ends[at]
    for_room = max(math.ceil(rest / (LINES * (most + 1))), 1 if last == len(words) else 2)
    for_time = math.ceil(rest / ends[-1] * seconds / MOST_SECONDS)
    goal = rest / max(for_room, for_time)

    def cost(end: int) -> float:
        length = ends[end] - ends[at]
        is_short = length < least or rest - length < least
        return abs(length - goal) / goal + _break_cost(words, end) + is_short

    if max(for_room, for_time) == 1:
        return len(words)
    possible: Iterable[int] = range(at + 1, min(last, len(words) - 1) + 1)
    if for_room == 1:
        # A phrase is not split only because it is spoken slowly.
        possible = (end for end in possible if _break_cost(words, end) < _WORD)
    return min(possible, key=cost, default=len(words))


def _break_cost(words: Sequence[str], at: int) -> float:
    """How much a break before word `at` disturbs reading."""
    before = words[at - 1].rstrip(_CLOSING)
    if before.endswith((".", "?", "!", "…")):
        return _SENTENCE
    if before.endswith((",", ";", ":", "–", "—")) or words[at].casefold() in _OPENING:
        return _PHRASE
    return _WORD


def _lines(words: Sequence[str], most: int) -> tuple[str, ...]:
    """The words in one line or, if they do not fit, in two of about the same length."""
    whole = " ".join(words)
    if characters(whole) <= most:
        return (whole,)

    def cost(at: int) -> float:
        one, two = (characters(" ".join(each)) for each in (words[:at], words[at:]))
        return math.inf if max(one, two) > most else abs(one - two) / most + _break_cost(words, at)

    at = min(range(1, len(words)), key=cost)
    return " ".join(words[:at]), " ".join(words[at:])
