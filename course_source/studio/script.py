"""What a film's pictures ask its timeline: when a shot begins, and when a word of a line is said."""

from dataclasses import dataclass

from timeline import Line, Timeline, timeline


@dataclass(frozen=True)
class Said:
    line: Line

    @property
    def start(self) -> float:
        return self.line.start

    @property
    def end(self) -> float:
        return self.line.end

    def at(self, word: str) -> float:
        """When the word begins: its phrase is measured, its place in the phrase goes by the letters before it."""
        line = self.line
        number = next(number for number, phrase in enumerate(line.phrases) if word in phrase)
        phrase = line.phrases[number]
        begun = [*line.marks, line.seconds]
        share = phrase.index(word) / len(phrase)
        return line.start + begun[number] + share * (begun[number + 1] - begun[number])


class Script:
    def __init__(self, film: str) -> None:
        self.timeline: Timeline = timeline(film)
        self.length = self.timeline.length

    def line(self, no: int) -> Said:
        return Said(self.timeline.line(no))

    def cut(self, shot: int) -> float:
        """When a shot begins. Shots are counted from 1."""
        return self.timeline.shot(shot).start

    def ends(self, shot: int) -> float:
        return self.timeline.shot(shot).end

    def shot(self, time: float) -> int:
        return max(shot.no for shot in self.timeline.shots if shot.no == 1 or time >= shot.start)
