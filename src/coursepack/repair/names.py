"""Fixes the names of a package's files: maps new names to the files of the source."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from coursepack.package import MANIFESTS, UnreadableError
from coursepack.problems import Location, Message, Quoted, Remark, Value
from coursepack.rules.rule import printable, safe, several, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coursepack.package import Entry, Package

# Only files that systems write unasked; a backup copy may be wanted.
_JUNK = re.compile(r"(^|/)(__MACOSX/|(\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini|Icon\r)$)", re.IGNORECASE)

# Texts next to the folder of a course, at the top of the package; nothing that a browser opens as a page.
_ABOUT = re.compile(
    r"[^/]+\.(txt|md|pdf|rtf|docx?|odt)|(readme|read me|licen[cs]e|copying|changelog|notes)", re.IGNORECASE
)

_TEXT = (".html", ".htm", ".xhtml", ".js", ".mjs", ".css", ".json", ".xml", ".svg", ".vtt", ".txt")
_MOST_READ = 5 * 1024 * 1024
_MOST_SIGNS = 50
_LONGEST = 200
"""The length of a name that is normalized, which takes quadratic time in a run of accents."""


@dataclass(slots=True)
class Plan:
    """The contents of the new package. `files` and `junk`: the new name of each file, and its entry in the source.

    `done` is what was fixed, `left` what was not.
    """

    package: Package
    files: dict[str, Entry]
    junk: dict[str, Entry] = field(default_factory=dict)
    done: list[Remark] = field(default_factory=list)
    left: list[Remark] = field(default_factory=list)

    @property
    def manifest(self) -> str:
        """The name of the manifest in use; empty without one."""
        return next((name for name in MANIFESTS if name in self.files), "")

    def read(self, name: str, limit: int) -> bytes:
        """A file's bytes. Raises UnreadableError."""
        entry = self.files[name]
        known = (entry.name, entry.name.replace("\\", "/"))
        found = next((key for key in known if self.package.files.get(key) == entry), "")
        return self.package.read(found, limit)

    def report(self, template: str, *values: Value) -> None:
        """Adds a remark about what was fixed in the package as a whole."""
        self.done.append(_remark(self.package, Message(template, *values)))

    def rename(self, changes: dict[str, str]) -> None:
        """Renames files, each to a unique name."""
        self.files = {changes.get(name, name): entry for name, entry in self.files.items()}


def mend_names(package: Package) -> Plan:
    """The names of the new package. Junk is moved to `Plan.junk`, since the manifest may need some of it."""
    plan = Plan(package, {entry.name: entry for entry in package.entries if not entry.is_folder})
    for mend in (_links, _doubles, _backslashes, _junk, _wrapper, _manifest_name, _accents, _encoding):
        mend(plan)
    return plan


def leads_out(name: str) -> bool:
    """True for a name that would be unpacked outside the course's folder."""
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or not parts[0] or re.match("[A-Za-z]:", name) is not None


def folded(name: str) -> str:
    """A name for comparison, as on a server that ignores case and the form of accented letters."""
    return _composed(name).casefold()


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name) if len(name) <= _LONGEST else name


def _remark(package: Package, message: Message) -> Remark:
    return Remark(Location(printable(package.name)), safe(message))


def _free(plan: Plan, changes: dict[str, str]) -> dict[str, str]:
    """The renames after which no two names are the same or alike."""
    counts = Counter(folded(name) for name in plan.files if name not in changes)
    counts.update(folded(new) for new in changes.values())
    return {old: new for old, new in changes.items() if counts[folded(new)] == 1}


def _links(plan: Plan) -> None:
    links = [name for name, entry in plan.files.items() if entry.special]
    for name in links:
        del plan.files[name]
    if links:
        message = Message("Links are not followed or copied: {0}.", several(links))
        plan.left.append(_remark(plan.package, message))


def _doubles(plan: Plan) -> None:
    counts = Counter(entry.name for entry in plan.package.entries if not entry.is_folder)
    for name, count in counts.items():
        if count > 1 and name in plan.files:
            plan.report(
                "Of {0} files named {1}, the last was kept, as when unpacking.", count, shortened(name)
            )


def _backslashes(plan: Plan) -> None:
    wrong = [name for name in plan.files if "\\" in name and not leads_out(name)]
    folders = [name for name in wrong if name.endswith("\\") and not plan.files[name].size]
    for name in folders:
        del plan.files[name]
    new = {name: name.replace("\\", "/") for name in wrong if name in plan.files}
    changes = _free(plan, {old: new for old, new in new.items() if "" not in new.split("/")})
    plan.rename(changes)
    if changes or folders:
        plan.report(r"Folders are now separated by '/', not '\': {0}.", several([*changes, *folders]))


def _junk(plan: Plan) -> None:
    plan.junk = {name: entry for name, entry in plan.files.items() if _JUNK.search(name)}
    plan.files = {name: entry for name, entry in plan.files.items() if name not in plan.junk}


def _wrapper(plan: Plan) -> None:
    folder, beside = _course_folder(plan.files)
    changes = {name: name[len(folder) :] for name in plan.files if name not in beside}
    if not folder or not any(name.lower() in MANIFESTS for name in changes.values()):
        return
    if any(leads_out(new) or leads_out(old) for old, new in changes.items()):
        return
    taken = set(map(folded, beside))
    if any(folded(new) in taken for new in changes.values()):
        return
    plan.rename(changes)
    # Junk next to the folder keeps its name: nothing refers to it.
    plan.junk = {name.removeprefix(folder): entry for name, entry in plan.junk.items()}
    if beside:
        plan.report(
            "The folder {0} around the course was removed; files next to it were kept: {1}.",
            shortened(folder[:-1]),
            several(sorted(beside)),
        )
    else:
        plan.report("The folder {0} around everything was removed.", shortened(folder[:-1]))


def _course_folder(names: Iterable[str]) -> tuple[str, set[str]]:
    """The folder, with a trailing slash, that contains everything but texts about the package, and those texts."""
    beside = {name for name in names if _ABOUT.fullmatch(name)}
    folder = _common_folder(set(names) - beside)
    return (folder, beside) if folder else ("", set())


def _common_folder(names: Iterable[str]) -> str:
    """The folder that contains all names, with a trailing slash; empty without one."""
    first, last = min(names, default=""), max(names, default="")
    signs = enumerate(zip(first, last, strict=False))
    length = next((place for place, (one, other) in signs if one != other), min(len(first), len(last)))
    return first[: first.rfind("/", 0, length) + 1]


def _manifest_name(plan: Plan) -> None:
    if plan.manifest:
        return
    for manifest in MANIFESTS:
        spelled = [name for name in plan.files if name.lower() == manifest]
        if len(spelled) == 1:
            plan.rename({spelled[0]: manifest})
            plan.report("{0} is now named {1}.", shortened(spelled[0]), Quoted(manifest))
            return


def _accents(plan: Plan) -> None:
    composed = {name: _composed(name) for name in plan.files}
    changes = _free(plan, {old: new for old, new in composed.items() if _apart(old, new)})
    signs = {sign for old, new in changes.items() for sign in _apart(old, new)}
    if changes and _may_be_written(plan, signs):
        message = Message(
            "These names write accents apart from their letters, and so do pages or scripts that may refer to "
            "them: {0}.",
            several(sorted(changes)),
        )
        plan.left.append(_remark(plan.package, message))
    elif changes:
        plan.rename(changes)
        plan.report(
            "Accented letters in names are now one character each: {0}.", several(sorted(changes.values()))
        )


def _apart(old: str, new: str) -> set[str]:
    """The characters of a name that do not occur in its composed form, nor in any composed text."""
    gone = set(old) - set(new)
    return {
        sign
        for sign in gone
        if unicodedata.combining(sign)
        or not unicodedata.is_normalized("NFC", sign)
        # Unicode does not classify the parts of Korean syllables as combining.
        or "\u1100" <= sign <= "\u11ff"
    }


def _may_be_written(plan: Plan, signs: set[str]) -> bool:
    """True when a text in the package contains one of the characters, in any notation, or is too long to search."""
    names = [name for name in plan.files if name.lower().endswith(_TEXT) and name != plan.manifest]
    if len(signs) > _MOST_SIGNS or sum(plan.files[name].size for name in names) > _MOST_READ:
        return True
    # As a character, or escaped as in HTML and JavaScript; percent-encoded ones are decoded before.
    codes = "|".join(rf"&#0*{ord(sign)}\b|(?:&#x|\\u\{{?)0*{ord(sign):x}\b" for sign in sorted(signs))
    sought = re.compile(f"[{re.escape(''.join(sorted(signs)))}]|{codes}", re.IGNORECASE)
    for name in names:
        try:
            text = plan.read(name, _MOST_READ).decode("utf-8", "replace")
        except UnreadableError:
            return True
        if sought.search(unquote(text)):
            return True
    return False


def _encoding(plan: Plan) -> None:
    if not plan.package.is_zip:
        return
    unsaid = [name for name, entry in plan.files.items() if not name.isascii() and not entry.utf8]
    if unsaid:
        plan.report("The zip now says that names are UTF-8: {0}.", several(unsaid))
