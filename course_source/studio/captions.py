"""Captions and text version of a production, from its timeline and its sounds. Needs nothing but Python.

python course_source/studio/captions.py [PRODUCTION...]
"""

import sys
from dataclasses import dataclass, replace
from itertools import groupby

from events import heard
from timeline import MEDIA, PRODUCTIONS, REPORTAGES, Line, Timeline, timeline

LINE_SIGNS = 37
SIGNS_A_SECOND = 15
SHORTEST, LONGEST = 1.0, 7.0
GAP = 0.08  # two frames: enough to see that the caption is another one
FLICKER = 0.5

NAMES = {
    "berattare": "Berättare",
    "samira": "Samira",
    "leo": "Leo",
    "rost-1": "Röst 1",
    "rost-2": "Röst 2",
    "rost-3": "Röst 3",
    "rost-4": "Röst 4",
    "karin": "Karin",
    "nova": "Nova",
    "ella": "Ella",
    "mattias": "Mattias",
    "darius": "Darius",
}


@dataclass(frozen=True)
class Cue:
    start: float
    end: float
    text: str


def captions(film: str) -> list[Cue]:
    now = timeline(film)
    cues = [Cue(sound.at, sound.at + sound.seconds, two_lines([sound.text])) for sound in heard(now)]
    before = "" if film in REPORTAGES else "berattare"
    for line in now.lines:
        # A narrator who is heard between people in view needs no name; where there is no picture, everyone does.
        named = line.role != before and (line.role != "berattare" or film in REPORTAGES)
        cues += spoken(line, f"{NAMES[line.role].upper()}: " if named else "")
        before = line.role
    cues.sort(key=lambda cue: cue.start)
    return [lengthened(cue, following) for cue, following in zip(cues, [*cues[1:], None], strict=True)]


def spoken(line: Line, name: str) -> list[Cue]:
    """The phrases of a line as captions: as few as fit, parted where sentences end if that can be."""
    phrases = [name + line.phrases[0], *line.phrases[1:]]
    begun = [*(line.start + mark for mark in line.marks), line.end]
    # By the number of phrases that are placed: what it costs, and where the last caption begins.
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(phrases) + 1):
        ways = [
            (best[start][0] + cost(phrases[start:end]), start)
            for start in range(end)
            if start == end - 1 or (fits(phrases[start:end]) and begun[end] - begun[start] <= LONGEST)
        ]
        best.append(min(ways))
    cues: list[Cue] = []
    end = len(phrases)
    while end:
        start = best[end][1]
        cues.append(Cue(begun[start], begun[end], two_lines(phrases[start:end])))
        end = start
    return cues[::-1]


def cost(phrases: list[str]) -> float:
    text = " ".join(phrases)
    ends_within = any(phrase.endswith((".", "?")) for phrase in phrases[:-1])
    goes_on = not text.endswith((".", "?"))
    return 1 + 0.7 * (goes_on and ends_within) + 0.2 * goes_on + 0.4 * (len(text) < 16)


def fits(phrases: list[str]) -> bool:
    text = " ".join(phrases)
    return len(text) <= LINE_SIGNS or bool(places(text, phrases))


def places(text: str, phrases: list[str]) -> list[int]:
    """Where the text can be parted in two lines: between phrases, else between words."""
    between = [len(" ".join(phrases[:count])) for count in range(1, len(phrases))]
    spaces = [at for at, sign in enumerate(text) if sign == " "]
    for each in (between, spaces):
        fitting = [at for at in each if max(at, len(text) - at - 1) <= LINE_SIGNS]
        if fitting:
            return fitting
    return []


def two_lines(phrases: list[str]) -> str:
    text = " ".join(phrases)
    if len(text) <= LINE_SIGNS:
        return text
    fitting = places(text, phrases)
    if not fitting:
        sys.exit(f"too long for a caption: {text}")
    best = min(fitting, key=lambda at: abs(2 * at - len(text)))
    return f"{text[:best]}\n{text[best + 1 :]}"


def lengthened(cue: Cue, following: Cue | None) -> Cue:
    """Leaves a caption in the pause after it for as long as it takes to read, and over pauses so short that it would flicker."""
    end = max(cue.end, cue.start + len(cue.text) / SIGNS_A_SECOND, cue.start + SHORTEST)
    if following:
        last = following.start - GAP
        end = last if end > last - FLICKER else end
    return replace(cue, end=round(min(end, cue.start + LONGEST), 2))


def text_version(film: str) -> list[Cue]:
    """What one person says without a break is one paragraph; what is seen and heard stands where it happens."""
    told = sorted(entries(timeline(film)), key=lambda entry: entry[0].start)
    cues = []
    for voice, run in groupby(told, key=lambda entry: entry[1]):
        same = [cue for cue, _ in run]
        cues.append(Cue(same[0].start, same[-1].end, f"<v {voice}>" + " ".join(cue.text for cue in same)))
    return cues


def entries(now: Timeline) -> list[tuple[Cue, str]]:
    told = [(Cue(line.start, line.end, line.plain), NAMES[line.role]) for line in now.lines]
    told += [
        (Cue(sound.at, sound.at + sound.seconds, sound.text.strip("()")), "Ljud") for sound in heard(now)
    ]
    for line in now.lines:
        if line.shows:
            before = now.line(line.no - 1).end
            told.append((Cue(before, line.start, line.shows), "Bild"))
    for shot in now.shots:
        said = [line for line in now.lines if line.shot == shot.no]
        if shot.shows:
            told.append((Cue(shot.start, said[0].start, shot.shows), "Bild"))
        if shot.ends:
            told.append((Cue(said[-1].end, shot.end, shot.ends), "Bild"))
    return told


def vtt(cues: list[Cue]) -> str:
    return "WEBVTT\n" + "".join(f"\n{clock(cue.start)} --> {clock(cue.end)}\n{cue.text}\n" for cue in cues)


def clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"00:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def write(film: str) -> None:
    (MEDIA / f"{film}.vtt").write_text(vtt(captions(film)), encoding="utf-8")
    (MEDIA / f"{film}.transcript.vtt").write_text(vtt(text_version(film)), encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:] or PRODUCTIONS:
        write(name)
