"""Rules for films and sounds that were examined from beginning to end: flashes, loudness, silence, captions in step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from coursepack.course.blocks.block import clock
from coursepack.media.examination import Examination, Span
from coursepack.media.loudness import TARGET
from coursepack.problems import Location, Message, Names, Number, Quoted
from coursepack.reading.captions import Captions, PlacedCue
from coursepack.reading.drift import Drift, drift_of
from coursepack.reading.rules.rule import Finding, rule

OFF = 3.0
"""LU that a listener notices, and turns the volume for."""
LONG_SILENCE = 10.0
"""Seconds after which learners look for what is wrong with their speakers."""
_QUIETEST, _SHORTEST = -50.0, 3.0
"""LUFS and seconds of what is no speech, and has no level."""
_MARGIN = 0.5
"""Seconds between a cue and its sound that nobody notices."""
_PHRASES, _SPOKEN = 4, 5.0
"""Phrases, and seconds of them together, that are speech and no noise."""
_PHRASE = (0.4, 10.0)
"""Seconds of a phrase. Steps are shorter, and music is longer."""
_SHOWN = 3
"""Places that a message names."""
_SOUND_SIGNS = ("[", "(", "♪", "♫", "#")
"""What descriptions of sounds begin with."""


class Examined(NamedTuple):
    """A film or a sound with what was found in it, the place of its name, and its captions in each language.

    `is_levelled`: the build brings it to the level of the course. `levels` are the loudnesses of those that it does
    not, by their names.
    """

    src: str
    place: Location
    found: Examination
    captions: Sequence[Captions]
    is_levelled: bool
    levels: Mapping[str, float]


def level_of(found: Examination) -> float | None:
    """The loudness of a film or a sound in LUFS, if it has speech or music."""
    loudness = found.loudness
    has_level = loudness and loudness.integrated > _QUIETEST and loudness.seconds >= _SHORTEST
    return loudness.integrated if loudness and has_level else None


def _named(times: Sequence[str]) -> Names:
    return Names(", ".join(times[:_SHOWN]), max(0, len(times) - _SHOWN))


def _spans(spans: Sequence[Span]) -> Names:
    return _named([f"{clock(start)}–{clock(end)}" for start, end in spans])


@rule("media", "warning", category="accessibility")
def flashes(examined: Examined) -> Iterator[Finding]:
    """A film flashes more than three times a second.

    This can cause seizures in people with photosensitive epilepsy (WCAG 2.3.1). Cut the flashes, make them slower or
    paler. The warning is no certificate: only a test by a laboratory shows that a film is safe.
    """
    if examined.found.flashes:
        yield (
            Message(
                "{0} flashes more than three times a second, at {1}",
                Quoted(examined.src),
                _named([clock(at) for at in examined.found.flashes]),
            ),
            examined.place,
            "Cut the flashes, or make them slower or paler. Without this warning a film is not proven to be safe.",
        )


@rule("media", "warning")
def black(examined: Examined) -> Iterator[Finding]:
    """A film is black for three seconds or longer.

    Learners believe that it is over or broken. It is often what an editing program leaves at the end, or where a
    picture is missing. Cut it, or show a picture. A sound without pictures belongs in an audio block.
    """
    if examined.found.black:
        yield (
            Message("{0} is black at {1}", Quoted(examined.src), _spans(examined.found.black)),
            examined.place,
            "Cut it, or show a picture.",
        )


@rule("media", "warning")
def long_silence(examined: Examined) -> Iterator[Finding]:
    """A film or a sound is silent for ten seconds or longer, although it has sound.

    Learners look for what is wrong with their speakers. If the silence is meant, say so in the captions, in italics.
    Else cut it; a film without sound needs no track of sound.
    """
    told = [each.cue for captions in examined.captions for each in captions.cues if not _is_spoken(each)]
    long = [
        (start, end)
        for start, end in examined.found.silences
        if end - start >= LONG_SILENCE and not any(cue.start < end and cue.end > start for cue in told)
    ]
    if long:
        yield (
            Message("{0} is silent at {1}", Quoted(examined.src), _spans(long)),
            examined.place,
            "Cut it, or describe it in the captions: <i>Silence.</i>",
        )


@rule("media", "warning")
def off_level(examined: Examined) -> Iterator[Finding]:
    """A film or a sound is much louder or quieter than others.

    Learners turn the volume up, and the next page hurts. The level of a course is -16 LUFS, as of podcasts; 3 LU more
    or less are noticed. Set the loudness in an audio editor. What the build converts gets that level.
    """
    level = level_of(examined.found)
    if level is None or examined.is_levelled:
        return
    hint = Message("Set its loudness to {0} LUFS in an audio editor.", Number(f"{TARGET:.0f}"))
    if abs(level - TARGET) > OFF:
        yield (
            Message(
                "{0} has a loudness of {1} LUFS; the level of a course is {2}",
                Quoted(examined.src),
                Number(f"{level:.0f}"),
                Number(f"{TARGET:.0f}"),
            ),
            examined.place,
            hint,
        )
        return
    others = {src: each for src, each in examined.levels.items() if abs(each - TARGET) <= OFF}
    other = max(others, key=lambda src: abs(others[src] - level))
    # Of the two, the one that is farther from the level.
    if abs(others[other] - level) > OFF and abs(level - TARGET) >= abs(others[other] - TARGET):
        difference = Number(f"{abs(others[other] - level):.0f}")
        yield (
            Message("{0} is {1} LU louder than {2}", Quoted(examined.src), difference, Quoted(other))
            if level > others[other]
            else Message("{0} is {1} LU quieter than {2}", Quoted(examined.src), difference, Quoted(other)),
            examined.place,
            hint,
        )


def _is_spoken(placed: PlacedCue) -> bool:
    return not placed.cue.sound and not placed.cue.text.startswith(_SOUND_SIGNS)


def _drift(examined: Examined, captions: Captions) -> Drift | None:
    cues = ((each.cue.start, each.cue.end) for each in captions.cues if _is_spoken(each))
    return _drift_of(tuple(cues), examined.found.sounds)


# Several rules ask for it, one after the other.
_drift_of = lru_cache(maxsize=8)(drift_of)


@rule("media", "warning", category="accessibility")
def captions_drift(examined: Examined) -> Iterator[Finding]:
    """The captions are out of step with what is said.

    All come too early or too late, or more and more so. They are often those of another cut, or of a copy that runs at
    another speed. It is reported only when it is certain, so captions without this warning can be out of step too.
    """
    for captions in examined.captions:
        drift = _drift(examined, captions)
        if drift is None:
            continue
        first, last = captions.cues[0], captions.cues[-1]
        if drift.speed == 1:
            late = drift.shift < 0
            seconds = Number(f"{abs(drift.shift):.1f}")
            yield (
                Message("the captions come {0} seconds too late", seconds)
                if late
                else Message("the captions come {0} seconds too early", seconds),
                captions.at(first.line),
                Message("Subtract {0} seconds from all times.", seconds)
                if late
                else Message("Add {0} seconds to all times.", seconds),
            )
        else:
            at = max((first, last), key=lambda each: abs(drift.at(each.cue.start)))
            off = drift.at(at.cue.start)
            values = clock(at.cue.start), Number(f"{abs(off):.1f}")
            yield (
                Message(
                    "the captions run at another speed: the cue at {0} comes {1} seconds too late", *values
                )
                if off < 0
                else Message(
                    "the captions run at another speed: the cue at {0} comes {1} seconds too early", *values
                ),
                captions.at(at.line),
                Message("Multiply all times by {0}.", Number(f"{drift.speed:.3f}"))
                if abs(drift.shift) < _MARGIN
                else Message(
                    "Multiply all times by {0}, then add {1} seconds.",
                    Number(f"{drift.speed:.3f}"),
                    Number(f"{drift.shift:.1f}"),
                ),
            )


@rule("media", "warning", category="accessibility")
def captions_without_sound(examined: Examined) -> Iterator[Finding]:
    """Captions tell what is said where nothing is heard.

    The sound is missing, or the captions are those of another film. Export the film again with its sound, or name the
    right captions. Captions that describe instead of speaking are in italics.
    """
    for captions in examined.captions:
        spoken = [each for each in captions.cues if _is_spoken(each)]
        if _drift(examined, captions) or not spoken:
            continue
        if examined.found.loudness is None:
            yield (
                Message("{0} has no sound, and its captions tell what is said", Quoted(examined.src)),
                captions.at(spoken[0].line),
                "Export the film again with its sound, or write in italics what is described.",
            )
            continue
        silent = [
            each
            for each in spoken
            if any(
                start + _MARGIN <= each.cue.start and each.cue.end <= end - _MARGIN
                for start, end in examined.found.silences
            )
        ]
        if silent:
            yield (
                Message("nothing is heard at {0}", _named([clock(each.cue.start) for each in silent])),
                captions.at(silent[0].line),
                "Is the sound of the film complete, and are these its captions?",
            )


@rule("media", "warning", category="accessibility")
def speech_without_captions(examined: Examined) -> Iterator[Finding]:
    """Somebody seems to speak, and there are no captions.

    Those who cannot hear do not learn that anything is said. Write captions for it, or describe the sound in italics,
    such as music. It is reported where there are several phrases with pauses between them.
    """
    for captions in examined.captions:
        if _drift(examined, captions):
            continue
        ends = [0.0, *(each.cue.end for each in captions.cues)]
        starts = [*(each.cue.start for each in captions.cues), examined.found.seconds]
        for number, (end, start) in enumerate(zip(ends, starts, strict=True)):
            phrases = [
                (first, last)
                for first, last in examined.found.sounds
                if end + _MARGIN <= first
                and last <= start - _MARGIN
                and _PHRASE[0] <= last - first <= _PHRASE[1]
            ]
            if len(phrases) >= _PHRASES and sum(last - first for first, last in phrases) >= _SPOKEN:
                yield (
                    Message(
                        "there is sound like speech from {0} to {1}, and no captions",
                        clock(phrases[0][0]),
                        clock(phrases[-1][1]),
                    ),
                    captions.at(captions.cues[min(number, len(captions.cues) - 1)].line),
                    "Write captions for it, or describe the sound in italics: <i>Music.</i>",
                )
