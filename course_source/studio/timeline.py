"""When each line and each shot of a production begins: what pictures, sounds and captions go by.

lines.json holds what is said, shots.json what is shown. Both are kept by hand, except `start`, `seconds` and `marks`, which
voice.py measures. All times are seconds. A line begins `pause` after the one before, a shot `lead` before its first line.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STUDIO = Path(__file__).resolve().parent
MEDIA = STUDIO.parent / "media"
LINES = STUDIO / "lines.json"
SHOTS = STUDIO / "shots.json"
FRAMES_A_SECOND = 25

PRODUCTIONS = {
    "det-som-inte-syns": "Det som inte syns",
    "fyra-dorrar": "Fyra dörrar",
    "samtalet": "Samtalet",
    "hon-fragade-en-gang-till": "Hon frågade en gång till",
    "passet-lag-i-chefens-lada": "Passet låg i chefens låda",
}
REPORTAGES = ("hon-fragade-en-gang-till", "passet-lag-i-chefens-lada")


@dataclass(frozen=True)
class Line:
    """`marks` are the beginnings of the phrases, counted from the beginning of the line."""

    no: int
    role: str
    shot: int
    text: str
    start: float
    seconds: float
    marks: tuple[float, ...]
    shows: str = ""

    @property
    def end(self) -> float:
        return self.start + self.seconds

    @property
    def phrases(self) -> list[str]:
        return self.text.split(" | ")

    @property
    def plain(self) -> str:
        return self.text.replace(" | ", " ")

    def at(self, word: str) -> float:
        """When a word begins: its phrase is measured, its place in the phrase goes by the letters before it."""
        number, phrase = next(each for each in enumerate(self.phrases) if word in each[1])
        begun = [*self.marks, self.seconds]
        share = phrase.index(word) / len(phrase)
        return self.start + begun[number] + share * (begun[number + 1] - begun[number])


@dataclass(frozen=True)
class Shot:
    no: int
    start: float
    end: float
    shows: str
    ends: str = ""


@dataclass(frozen=True)
class Timeline:
    film: str
    lines: tuple[Line, ...]
    shots: tuple[Shot, ...]

    @property
    def length(self) -> float:
        return self.shots[-1].end

    def line(self, no: int) -> Line:
        return self.lines[no - 1]

    def shot(self, no: int) -> Shot:
        return self.shots[no - 1]

    def at(self, no: int, word: str) -> float:
        """When a word of line `no` begins."""
        return self.line(no).at(word)

    def shown(self, time: float) -> Shot:
        """The shot that is seen at a time."""
        return next(shot for shot in reversed(self.shots) if time >= shot.start)


@cache
def timeline(film: str) -> Timeline:
    lines = tuple(
        Line(
            each["no"],
            each["role"],
            each["shot"],
            each["text"],
            each["start"],
            each["seconds"],
            tuple(each["marks"]),
            each.get("shows", ""),
        )
        for each in rows(LINES, film)
    )
    told = rows(SHOTS, film)
    ends = [each["start"] for each in told[1:]] + [to_frame(lines[-1].end + told[-1]["rest"])]
    shots = tuple(
        Shot(each["no"], each["start"], end, each["shows"], each.get("ends", ""))
        for each, end in zip(told, ends, strict=True)
    )
    return Timeline(film, lines, shots)


def rows(table: Path, film: str) -> list[dict]:
    return [row for row in json.loads(table.read_text(encoding="utf-8")) if row["film"] == film]


def retime(film: str, measured: dict[int, tuple[float, list[float]]]) -> None:
    """Writes new lengths, by the number of the line, and all the times that follow from them."""
    lines = json.loads(LINES.read_text(encoding="utf-8"))
    shots = json.loads(SHOTS.read_text(encoding="utf-8"))
    clock = 0.0
    begun = {}
    for row in lines:
        if row["film"] != film:
            continue
        seconds, marks = measured[row["no"]]
        row["start"] = round(clock + row["pause"], 2)
        row["seconds"], row["marks"] = seconds, marks
        clock = row["start"] + seconds
        begun.setdefault(row["shot"], row["start"])
    for row in shots:
        if row["film"] == film:
            row["start"] = to_frame(begun[row["no"]] - row["lead"]) if row["no"] > 1 else 0
    write(LINES, lines)
    write(SHOTS, shots)
    timeline.cache_clear()


def to_frame(seconds: float) -> float:
    return round(round(seconds * FRAMES_A_SECOND) / FRAMES_A_SECOND, 2)


def write(table: Path, told: list[dict]) -> None:
    """A row a line, so that a change is read as one."""
    text = ",\n".join(f" {json.dumps(row, ensure_ascii=False)}" for row in told)
    table.write_text(f"[\n{text}\n]\n", encoding="utf-8")
