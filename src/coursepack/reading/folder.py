"""A course folder on disk: opens its files safely, and collects what is wrong."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from coursepack.course.severity import course_problem
from coursepack.problems import Location, Message, Problem, Reason
from coursepack.reading.markdown import text_of
from coursepack.reading.rules import texts
from coursepack.reading.rules.rule import apply_rules

TEXT_LIMIT = 2_000_000
"""Bytes of one Markdown page or caption file; the longest novel chapter is a tenth of it."""


class Folder:
    """A course folder: opens its files safely, and collects what is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._root = os.path.join(os.path.realpath(path), "")
        self._reals: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.texts = 0
        """Bytes of all texts that were read."""

    def say(
        self,
        rule: str,
        message: str | Message,
        place: Location,
        hint: str | Message = "",
    ) -> None:
        """Adds a problem."""
        self.problems.append(course_problem(rule, message, place, hint))

    def inside(self, path: Path) -> bool:
        """True when a file lies in the course folder, links followed. A link to itself raises nothing."""
        if os.path.islink(path):
            return os.path.realpath(path).startswith(self._root)
        # To follow links is to look at every folder on the way, and most files share theirs.
        folder = os.path.dirname(path)
        if folder not in self._reals:
            self._reals[folder] = os.path.join(os.path.realpath(folder), "")
        return self._reals[folder].startswith(self._root)

    def lacks(self, name: str) -> bool:
        """True when nothing is there. What is there and cannot be reached is told when it is read."""
        try:
            (self.path / name).stat()
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False
        return False

    def alike(self, name: str) -> str | None:
        """A file whose name says that it was to be `name`: course.yml, Course.YAML, course.yaml.txt."""
        above, _, own = name.rpartition("/")
        stem = own.partition(".")[0]
        wanted = re.compile(rf"{re.escape(stem)}\.ya?ml(\.txt)?", re.IGNORECASE)
        try:
            names = sorted(os.listdir(self.path / above))
        except OSError:
            return None
        found = next((each for each in names if wanted.fullmatch(each)), None)
        return f"{above}/{found}".lstrip("/") if found else None

    def text(self, name: str, place: Location, limit: int, area: str) -> str | None:
        """The text of a file of the course, or None and the reason told at `place`."""
        path = self.path / name
        try:
            facts = path.stat()
            # Opening a pipe would wait for ever.
            if not stat.S_ISREG(facts.st_mode):
                self.say(
                    f"{area}/unreadable",
                    Message("{0} cannot be read: {1}", name, Reason("it is not a file")),
                    place,
                )
                return None
            if facts.st_size > limit:
                size = f"{facts.st_size / 1_000_000:.1f}"
                self.say(
                    f"{area}/too-long",
                    Message("is {0} MB; at most {1} MB can be read", size, f"{limit / 1_000_000:g}"),
                    Location(name),
                )
                return None
            data = path.read_bytes()
        except OSError as error:
            self.say(f"{area}/unreadable", Message("{0} cannot be read: {1}", name, Reason.of(error)), place)
            return None
        try:
            text = text_of(data)
        except UnicodeDecodeError as error:
            before = text_of(error.object[: error.start])
            line = before.count("\n") + 1
            column = len(before) - before.rfind("\n")
            binary = b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff"))
            what = "is not text" if binary else "is not UTF-8"
            hint = "" if binary else "Open the file in your editor and save it with the encoding UTF-8."
            self.say(f"{area}/not-utf-8", what, Location(name, line, column), hint)
            return None
        self.texts += len(data)
        self.problems += apply_rules(texts, texts.TextFile(name, text))
        return text


def printable(name: str) -> str:
    """A file's name in which bytes that are not UTF-8 are escaped."""
    return name.encode("utf-8", "backslashreplace").decode()
