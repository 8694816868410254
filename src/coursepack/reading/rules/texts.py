"""Rules for all text files of a course, which everyone with the package can read."""

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
        """The location of a position in the text."""
        line = self.text.count("\n", 0, position) + 1
        return Location(self.file, line, position - self.text.rfind("\n", 0, position))


@rule("course", category="security")
def leaked_credentials(text: TextFile) -> Iterator[Finding]:
    """The course contains a user name and a password for a server.

    Every learner can read and use them. Change the password, then remove it from the course. An example in a course
    uses placeholders, such as user and password.
    """
    first = min(logins(text.text), default=None)
    if first is not None:
        yield (
            "a user name and a password are readable here",
            text.at(first),
            "Change the password, and remove it.",
        )


@rule("course", category="security")
def leaked_key(text: TextFile) -> Iterator[Finding]:
    """The course contains a secret key.

    Every learner can use it to read data or cause costs. Revoke the key where it was created, then remove it from the
    course. An example in a course shows only the beginning of a key.
    """
    for name, position in keys(text.text):
        yield f"{name} is readable here", text.at(position), "Revoke it where it was created, and remove it."
