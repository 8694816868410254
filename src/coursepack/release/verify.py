"""Verifies a release or one of its packages: by its sums, and by building it again from its source."""

from __future__ import annotations

import datetime
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursepack.building.order import Progress
from coursepack.course.severity import course_problem
from coursepack.package import UnreadableError, open_package, open_regular
from coursepack.problems import Location, Message, Problem, Quoted, Report, nearest, parts
from coursepack.release import minisign, signing, sums
from coursepack.release.minisign import MinisignError, PublicKey
from coursepack.release.release import Release, release_course
from coursepack.release.zip_faults import shown_parts
from coursepack.release.zip_parts import Part, What, differing_parts
from coursepack.rules.rule import printable

PASSPORT = "passport.json"
_MOST_PASSPORT = 4 * 1024 * 1024
_MOST_SHOWN = 5

_KINDS: Mapping[sums.Kind, str] = {
    "changed": "is not what the sums say",
    "missing": "is missing",
    "unlisted": "is not in the sums",
    "unreadable": "cannot be read, or is a link",
}

OF_ENTRY: Mapping[What, str] = {
    "header": "the header of {0}",
    "time": "the time of {0}",
    "checksum": "the checksum of {0}",
    "size": "the size of {0}",
    "name": "the name of {0}",
    "extra": "the extra field of {0}",
    "content": "the content of {0}",
    "attributes": "the attributes of {0}",
    "comment": "the comment of {0}",
    "place": "the place of {0}",
    "missing": "it has no {0}",
    "unknown": "it has {0} too",
}
"""What differs in an entry of a zip."""

OF_ZIP: Mapping[What, str] = {
    "comment": "the comment of the zip",
    "end": "the end of the zip",
    "order": "the order of its files",
    "length": "the length of the zip",
    "before": "bytes before the zip",
    "after": "bytes after the zip",
    "between": "bytes between its files",
    "list": "the list of its files",
}
"""What differs in the zip as a whole."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was verified of a release, or of one of its packages: `files` have the sums that are listed.

    `rebuilt` are the files that were built again from the source, and have the same bytes. `report` has all that is
    wrong, and what could not be verified, as notes. `signed_by` is the public key with which the signature was
    verified, and `comment` what its owner has signed with the sums; None when no key was given or it is not right.
    """

    path: Path
    files: tuple[str, ...]
    rebuilt: tuple[str, ...]
    signed_by: str | None
    comment: str | None
    report: Report

    def as_dict(self) -> dict[str, Any]:
        """The result as plain values for JSON."""
        return {
            "path": self.path.as_posix(),
            "ok": self.report.ok,
            "files": list(self.files),
            "rebuilt": list(self.rebuilt),
            "signed_by": self.signed_by,
            "comment": self.comment,
            "problems": [problem.as_dict() for problem in self.report],
        }


def verify_release(
    path: str | Path,
    *,
    key: str | Path | None = None,
    source: str | Path | None = None,
    since: str | Path | None = None,
    progress: Progress | None = None,
    cache: str | Path | None = None,
) -> Verified:
    """Compares the folder of a release with its `SHA256SUMS`, or a package with those beside it or one folder above.

    `key` is the public key of minisign of those who made it, or a file with it: their signature is verified too. With
    `source`, a course folder, the release is built again on its date, in a temporary folder, and compared byte by byte;
    `since` is the older release that it was compared with. What the passport says of a rehearsal is taken from there.
    `progress(step, done, total)` is called meanwhile,
    `cache` is the folder for converted films and sounds.
    What is wrong is returned, not raised. Raises PackageError when the key cannot be used, and CourseError or
    PackageError when the source cannot be released.
    """
    path = Path(path)
    public = signing.public_key_in(key) if key else None
    home, only = (path, None) if path.is_dir() else _home(path)
    has_sums = os.path.isfile(home / sums.NAME)
    problems: list[Problem] = []
    files: list[str] = []
    rebuilt: list[str] = []
    comment = None
    if has_sums:
        try:
            data = sums.read(home)
        except UnreadableError:
            problems.append(_problem("unreadable-file", _KINDS["unreadable"], sums.NAME))
        else:
            problems += _compared_with_sums(home, only, data, files, is_lone=source is None)
            comment = _signed_comment(home, data, public, problems)
    elif source is None or only is None:
        message = "there is no SHA256SUMS here, and none in the folder above"
        problems.append(_problem("no-sums", message if only else "there is no SHA256SUMS here", path.name))
    if source is not None:
        with tempfile.TemporaryDirectory() as work:
            told = _passport(home) if has_sums else {}
            made = release_course(
                source,
                os.path.join(work, "out"),
                since=since,
                rehearsal=_rehearsal(told, Path(work)),
                date=_date(told),
                progress=progress,
                cache=cache,
            )
            problems += _compared_with_source(home, only, made, rebuilt)
    signed_by = str(public) if public and comment is not None else None
    return Verified(path, tuple(files), tuple(rebuilt), signed_by, comment, Report.of(problems))


def _home(path: Path) -> tuple[Path, str]:
    """The folder with the sums of a package, its own or the one above, and the name of the package there."""
    folder = Path(os.path.abspath(path)).parent
    if not os.path.isfile(folder / sums.NAME) and os.path.isfile(folder.parent / sums.NAME):
        return folder.parent, f"{folder.name}/{path.name}"
    return folder, path.name


def _problem(rule: str, message: str | Message, file: str, hint: str | Message = "") -> Problem:
    # A name can hold what a terminal obeys.
    return course_problem(f"verify/{rule}", message, Location(printable(file)), hint)


def _signed_comment(home: Path, data: bytes, key: PublicKey | None, problems: list[Problem]) -> str | None:
    """The comment of the signature of the sums; None when it is not verified. Appends why to `problems`."""
    with open_package(home) as package:
        if sums.SIGNATURE not in package.files:
            if key:
                problems.append(_problem("no-signature", "there is no signature of the sums", sums.SIGNATURE))
            return None
        try:
            signature = minisign.parsed(package.read(sums.SIGNATURE, minisign.MOST_BYTES))
        except UnreadableError:
            problems.append(_problem("unreadable-file", _KINDS["unreadable"], sums.SIGNATURE))
            return None
        except MinisignError as error:
            problems.append(_problem("wrong-signature", error.says, sums.SIGNATURE))
            return None
    if key is None:
        message = "there is a signature, which is not verified without the key of those who made it"
        hint = "Name their public key with --key."
        problems.append(_problem("unchecked-signature", message, sums.SIGNATURE, hint))
        return None
    try:
        minisign.verify(data, signature, key)
    except MinisignError as error:
        problems.append(_problem("wrong-signature", error.says, sums.SIGNATURE))
        return None
    return signature.comment


def _compared_with_sums(
    home: Path, only: str | None, data: bytes, files: list[str], *, is_lone: bool
) -> Iterator[Problem]:
    """What differs from the sums. Appends the names of the files that do not to `files`.

    When the sums are all there is (`is_lone`), what was changed in a zip is what the zip itself shows.
    """
    try:
        listed = sums.parsed(data)
        wrong = list(sums.differences(home, listed, only))
    except sums.MalformedError as error:
        place = Location(sums.NAME, error.line)
        message = "this is not a line of sums, or names a file a second time"
        yield course_problem("verify/malformed-sums", message, place)
        return
    except UnreadableError:
        yield _problem("unreadable-file", _KINDS["unreadable"], sums.NAME)
        return
    for each in wrong:
        says: str | Message = _KINDS[each.kind]
        if is_lone and each.kind == "changed" and each.name.endswith(".zip"):
            says = _shown(home / each.name) or says
        yield _problem(f"{each.kind}-file", says, each.name)
    names = {only} if only else listed.keys()
    files += sorted(names - {each.name for each in wrong})


def _shown(path: Path) -> Message | None:
    """What a zip shows of its changes; None when it shows nothing."""
    try:
        found = list(shown_parts(path))
    except (OSError, UnreadableError):
        return None
    told = [_told(part) for part in found[:_MOST_SHOWN]]
    if len(found) > _MOST_SHOWN:
        told.append(Message("and {0} more", len(found) - _MOST_SHOWN))
    return Message("is not what the sums say, as the zip shows: {0}", parts(*told)) if told else None


def _told(part: Part) -> Message:
    return Message(OF_ENTRY[part.what], Quoted(part.entry)) if part.entry else Message(OF_ZIP[part.what])


def _passport(home: Path) -> dict[str, Any]:
    """What the passport of a release says; empty when it cannot be read."""
    try:
        with open_package(home) as package:
            told = json.loads(package.read(PASSPORT, _MOST_PASSPORT))
    except (UnreadableError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _date(passport: Mapping[str, Any]) -> datetime.date | None:
    """The date of a release by its passport; None when that does not say."""
    try:
        return datetime.date.fromisoformat(passport["date"])
    except (ValueError, KeyError, TypeError):
        return None


def _rehearsal(passport: Mapping[str, Any], work: Path) -> Path | None:
    """A file with what the passport says of a rehearsal, which no source can show again."""
    told = passport.get("rehearsal")
    if told is None:
        return None
    path = work / "rehearsal.json"
    path.write_text(json.dumps(told), "utf-8")
    return path


def _compared_with_source(
    home: Path, only: str | None, made: Release, rebuilt: list[str]
) -> Iterator[Problem]:
    """What differs from a release that was made from the source. Appends the names of what does not to `rebuilt`."""
    names = [file.name for file in made.files]
    if only is not None:
        # A package can lie elsewhere than in its release.
        own = next((name for name in names if Path(name).name == Path(only).name), None)
        if own is None:
            known = nearest(Path(only).name, [package.path.name for package in made.packages])
            yield _problem(
                "unknown-package", "the release of the source has no package of this name", only, known
            )
        else:
            yield from _compared(made.path / own, home, only, rebuilt)
        return
    with open_package(home) as package:
        there = {name for name, entry in package.files.items() if not entry.special}
    for name in (*names, sums.NAME):
        if name in there:
            yield from _compared(made.path / name, home, name, rebuilt)
        else:
            yield _problem("missing-file", _KINDS["missing"], name)
    for name in sorted(there - {*names, sums.NAME, sums.SIGNATURE}):
        hint = "PDFs need the extra pdf, and what has changed needs the older release: --since."
        yield _problem("not-rebuilt", "is not made from the source here", name, hint)


def _compared(expected: Path, home: Path, name: str, rebuilt: list[str]) -> Iterator[Problem]:
    """What differs between a file and the one that was made from the source."""
    try:
        found = list(_differences(expected, home / name))
    except (OSError, UnreadableError):
        yield _problem("unreadable-file", _KINDS["unreadable"], name)
        return
    for each in found:
        yield _problem("other-source", Message("differs from what the source gives: {0}", parts(each)), name)
    if not found:
        rebuilt.append(name)


def _differences(expected: Path, path: Path) -> Iterator[Message]:
    """What differs between a file and the one that was expected. Raises OSError and UnreadableError."""
    if expected.suffix == ".zip":
        yield from map(_told, differing_parts(expected, path))
        return
    ours = expected.read_bytes()
    with open_regular(path) as file:
        # One byte more shows that it is longer.
        theirs = file.read(len(ours) + 1 if expected.name != sums.NAME else sums.MOST_BYTES)
    if expected.name == sums.NAME:
        yield from _differing_sums(ours.splitlines(), theirs.splitlines())
    elif ours != theirs:
        pairs = enumerate(zip(ours, theirs, strict=False))
        at = next((at for at, (our, their) in pairs if our != their), min(len(ours), len(theirs)))
        is_text = b"\0" not in ours
        yield Message("line {0}", ours.count(b"\n", 0, at) + 1) if is_text else Message("byte {0}", at + 1)


def _differing_sums(ours: Sequence[bytes], theirs: Sequence[bytes]) -> Iterator[Message]:
    """The sums that are others. There may be more of them: of files that cannot be made here."""
    listed = set(theirs)
    for line in ours:
        if line not in listed:
            yield Message("the sum of {0}", Quoted(line[66:].decode()))
    if [line for line in theirs if line in set(ours)] != list(ours) and set(ours) <= listed:
        yield Message("the order of the sums")
