"""A course folder on disk: opens its files safely, and collects problems and the marks of facts."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from coursepack.course.severity import course_problem
from coursepack.kept import NOTHING, Kept
from coursepack.problems import Location, Message, Problem, Reason
from coursepack.reading.facts import Mark
from coursepack.reading.markdown import text_of
from coursepack.reading.rules import texts
from coursepack.reading.rules.rule import apply_rules

TEXT_LIMIT = 2_000_000
"""Bytes of one Markdown page or caption file, ten times the longest chapter of a novel."""


class Folder:
    """A course folder: opens its files safely, and collects problems and the marks of facts.

    `kept` has what was read of its files before.
    """

    def __init__(self, path: Path, kept: Kept = NOTHING) -> None:
        self.path = path
        self.kept = kept
        self._root = os.path.join(os.path.realpath(path), "")
        self._reals: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.marks: list[Mark] = []
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

    def at(self, name: str) -> str:
        """The path of a file of the course."""
        # A Path for each of hundreds of pages takes longer than opening them.
        return os.path.join(self.path, name)

    def inside(self, path: Path | str) -> bool:
        """True when a file is in the course folder, following links. A link to itself does not raise."""
        if os.path.islink(path):
            return os.path.realpath(path).startswith(self._root)
        # Following links examines every parent folder, and most files share theirs.
        folder = os.path.dirname(path)
        if folder not in self._reals:
            self._reals[folder] = os.path.join(os.path.realpath(folder), "")
        return self._reals[folder].startswith(self._root)

    def lacks(self, name: str) -> bool:
        """True when the file does not exist. Unreadable files are reported when they are read."""
        try:
            os.stat(self.at(name))
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False
        return False

    def alike(self, name: str) -> str | None:
        """A file whose name is similar to `name`: course.yml, Course.YAML, course.yaml.txt."""
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
        """The text of a file of the course, or None, with the reason reported at `place`."""
        path = self.at(name)
        try:
            facts = os.stat(path)
            # Opening a pipe would block for ever.
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
            with open(path, "rb", buffering=0) as file:
                data = file.read()
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
    """A file name with bytes that are not UTF-8 escaped."""
    return name.encode("utf-8", "backslashreplace").decode()
