"""Rules for every text of a course: what is read by everybody who has the package."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from coursepack.leaks import keys, logins
from coursepack.problems import Location
from coursepack.reading.rules.rule import Finding, rule


class TextFile(NamedTuple):
    """The text of a file."""

    file: str
    text: str

    def at(self, position: int) -> Location:
        """Where a position of the text stands."""
        line = self.text.count("\n", 0, position) + 1
        return Location(self.file, line, position - self.text.rfind("\n", 0, position))


@rule("course", category="security")
def leaked_credentials(text: TextFile) -> Iterator[Finding]:
    """A user name and a password for a server lie open in the course.

    Whoever takes the course can read them and act with them. Change the password first, then leave it out. A course
    that shows how such a line is written takes a name and a password that say so, such as user and password.
    """
    first = min(logins(text.text), default=None)
    if first is not None:
        yield (
            "a user name and a password stand here",
            text.at(first),
            "Change the password, and leave it out.",
        )


@rule("course", category="security")
def leaked_key(text: TextFile) -> Iterator[Finding]:
    """A secret key lies open in the course.

    Whoever takes the course can act with it: read data, or run up costs. Withdraw the key where it was made, then leave
    it out. A course that shows what a key looks like shows the beginning of one.
    """
    for name, position in keys(text.text):
        yield f"{name} stands here", text.at(position), "Withdraw it where it was made, and leave it out."
