"""`SHA256SUMS`: the checksums of all files of a release, as `sha256sum` writes and checks them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from coursepack.package import UnreadableError, open_package

NAME = "SHA256SUMS"
SIGNATURE = f"{NAME}.minisig"

MOST_BYTES = 16 * 1024 * 1024

# GNU coreutils, "cksum output modes": the digest, a space, a space or `*`, and the name. A line whose name has a
# backslash or a line break begins with a backslash; ours never do.
_LINE = re.compile(r"([0-9a-f]{64}) [ *]([^\0\n\r\\]{1,4096})")

Kind = Literal["changed", "missing", "unlisted", "unreadable"]


class MalformedError(Exception):
    """A line of the sums is none; `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class Difference(NamedTuple):
    """A file of a folder that is not as the sums say."""

    name: str
    kind: Kind


def of_file(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def text(files: Iterable[tuple[str, str]]) -> bytes:
    """The sums of files by name and SHA-256, sorted by name."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(files)).encode()


def parsed(data: bytes) -> dict[str, str]:
    """The SHA-256 of each file by its name. Raises MalformedError, also for a name that comes twice."""
    found: dict[str, str] = {}
    # Not splitlines, which splits at more than line feeds.
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        if match and match[2] not in found:
            found[match[2]] = match[1]
        elif line or number < len(lines):
            raise MalformedError(number)
    return found


def differences(folder: Path, listed: Mapping[str, str], only: str | None = None) -> Iterator[Difference]:
    """What differs in a folder from its sums, by name; or of `only` one file.

    Links are not followed, and no name leads out of the folder. The sums themselves and their signature are not
    compared. Raises UnreadableError when the folder cannot be listed.
    """
    with open_package(folder) as package:
        if package.fault:
            raise UnreadableError(package.fault.kind, package.fault.message)
        files = package.files
        names = {only} if only else files.keys() | listed.keys()
        for name in sorted(names - {NAME, SIGNATURE}):
            if name not in listed:
                yield Difference(name, "unlisted")
            elif name not in files:
                yield Difference(name, "missing")
            elif files[name].special:
                yield Difference(name, "unreadable")
            else:
                try:
                    with package.open_file(files[name].name) as file:
                        is_same = hashlib.file_digest(file, "sha256").hexdigest() == listed[name]
                except OSError:
                    yield Difference(name, "unreadable")
                    continue
                if not is_same:
                    yield Difference(name, "changed")


def read(folder: Path) -> bytes:
    """The sums in a folder; empty without any. Raises UnreadableError."""
    with open_package(folder) as package:
        return package.read(NAME, MOST_BYTES) if NAME in package.files else b""
