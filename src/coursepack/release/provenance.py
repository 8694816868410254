"""Where a release comes from: the commit and the files of the course, and the libraries that built it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from coursepack.package import UnreadableError, open_package, open_regular
from coursepack.release import sums

PYTHON = ">=3.11"
"""The versions of Python that give the same bytes: `requires-python`."""

LIBRARIES = (
    "click",
    "jinja2",
    "latex2mathml",
    "lxml",
    "markdown-it-py",
    "mdit-py-plugins",
    "nh3",
    "pillow",
    "pydantic",
    "pyphen",
    "pyyaml",
    "tincan",
)
"""The dependencies of coursepack, which may not be installed itself."""

_MOST_REF = 4096
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# git-check-ref-format(1); no name leads out of the folder.
_REF = re.compile(r"ref: (refs/(?:(?!\.)[\w.+@-]+(?<!\.lock)/)*(?!\.)[\w.+@-]+)")


class Library(NamedTuple):
    """A library that takes part in a build: its name, version and licences as it names them."""

    name: str
    version: str
    licences: tuple[str, ...]
    expression: bool

    @property
    def purl(self) -> str:
        """Its package URL (purl-spec, type pypi)."""
        return f"pkg:pypi/{self.name}@{self.version}"


def libraries(more: tuple[str, ...] = ()) -> list[Library]:
    """The libraries of coursepack and what these require on every machine, by name; with `more` of them.

    What is required only by some versions of Python or systems is left out, so that the list is the same everywhere.
    """
    found: dict[str, metadata.Distribution] = {}
    waiting = [*LIBRARIES, *more]
    while waiting:
        # Core metadata, "Name": names that are the same in this form are equal.
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name not in found:
            found[name] = metadata.distribution(name)
            waiting += _required(found[name])
    return [Library(name, found[name].version, *_licences(found[name])) for name in sorted(found)]


def _required(distribution: metadata.Distribution) -> Iterator[str]:
    for requirement in distribution.requires or ():
        match = re.match(r"[\w.-]+", requirement)
        if match and ";" not in requirement:
            yield match[0]


def _licences(distribution: metadata.Distribution) -> tuple[tuple[str, ...], bool]:
    """The licences, and whether they are one SPDX expression. Old metadata have a text or classifiers."""
    fields = distribution.metadata
    if "License-Expression" in fields:
        return (fields["License-Expression"],), True
    classifiers = [each for each in fields.get_all("Classifier", []) if each.startswith("License :: ")]
    names = [each.rpartition(" :: ")[2] for each in classifiers]
    text = next(iter(fields.get_all("License", [])), "")
    # Some have the whole text of the licence here.
    is_name = 0 < len(text) <= 60 and "\n" not in text
    return tuple(names or ([text] if is_name else [])), False


def source_digest(folder: Path) -> str:
    """The SHA-256 of the sums of all files of a course, as `sha256sum` writes them, sorted by name. Raises OSError.

    Hidden files and folders, and what Python caches, are none of the course.
    """
    with open_package(folder) as package:
        files = []
        for name, entry in package.files.items():
            parts = name.split("/")
            if not entry.special and not any(part.startswith(".") or part == "__pycache__" for part in parts):
                with package.open_file(entry.name) as file:
                    files.append((name, hashlib.file_digest(file, "sha256").hexdigest()))
    return hashlib.sha256(sums.text(files)).hexdigest()


def commit_of(folder: Path) -> str | None:
    """The commit that is checked out in the repository of a folder; None without one.

    Only files are read: a repository can configure commands, which git would run.
    """
    git = next(
        (
            parent / ".git"
            for parent in (folder.resolve(), *folder.resolve().parents)
            if (parent / ".git").exists()
        ),
        None,
    )
    if git is None:
        return None
    if git.is_file():
        # gitrepository-layout(5): a linked working tree, or a submodule.
        pointer = _line(git)
        if not pointer.startswith("gitdir: "):
            return None
        git = git.parent / pointer.removeprefix("gitdir: ")
    common = git / (_line(git / "commondir") or ".")
    head = _line(git / "HEAD")
    ref = _REF.fullmatch(head)
    commit = (_line(git / ref[1]) or _line(common / ref[1]) or _packed(common, ref[1])) if ref else head
    return commit if _COMMIT.fullmatch(commit) else None


def _line(path: Path) -> str:
    """The only line of a small file; empty when there is none."""
    try:
        with open_regular(path) as file:
            return file.read(_MOST_REF).decode("utf-8", "replace").rstrip("\n")
    except (OSError, UnreadableError):
        return ""


def _packed(common: Path, ref: str) -> str:
    """The commit of a branch that git has packed with others."""
    try:
        with open_regular(common / "packed-refs") as file:
            text = file.read(sums.MOST_BYTES).decode("utf-8", "replace")
    except (OSError, UnreadableError):
        return ""
    pairs = (line.partition(" ") for line in text.split("\n"))
    return next((commit for commit, _, name in pairs if name == ref), "")
