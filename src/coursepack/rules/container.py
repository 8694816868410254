"""Rules for the container: the zip or folder, the file names, and the presence of a readable manifest.

They run in this order, and the first fatal problem ends the run, so later rules can rely on the earlier ones.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from coursepack.package import DEFLATED, MANIFESTS, STORED, WEB_PAGE, Entry, Package, manifest_name
from coursepack.problems import Count, Location, Message, Quoted, listed
from coursepack.rules.rule import Finding, Minor, rule, several, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

AICC_ENDINGS = ("crs", "au", "des", "cst")
"""The extensions of AICC description files: the course, its units, their titles, its structure."""

_MEGABYTE = 1024 * 1024
_MOST_EXPANDED = 10 * 1024 * _MEGABYTE
_RATIO_COUNTS_FROM = 100 * _MEGABYTE
_MOST_RATIO = 100
_LARGE = 500 * _MEGABYTE
_MOST_OPENED = 5

_JUNK = re.compile(
    r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\.git/|\.svn/|\.idea/|~\$|Icon\r$)|(~|\.bak|\.swp|\.orig|\.tmp)$",
    re.IGNORECASE,
)
# Docebo, and hosts with the same list, refuse the whole zip because of one such file.
_EXECUTABLE = frozenset(
    "php php0 php1 php2 php3 php4 php5 php6 php7 php8 php9 phps phtml ph3 cgi shtml asp aspx jsp jspx py rb pl sh exe "
    "bat cmd com msi dll scr ps1 vbs jar htaccess".split()
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LONG_PATH = 200
_MOST_LOOKED_AT = 1000
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])[ ]*(?:\..*)?",
    re.IGNORECASE | re.DOTALL,
)
_AWKWARD = re.compile(r"""[\s#%&+?*:"'<>|`{}~]|[^\x00-\x7f]""")


@rule("fatal")
def unreadable(package: Package) -> Iterator[Finding]:
    """The package cannot be opened.

    The path does not exist, or you are not allowed to read it. Check its spelling and your permissions.
    """
    yield from _fault(package, "unreadable")


@rule("fatal", spec="CAM 2.3")
def not_a_zip(package: Package) -> Iterator[Finding]:
    """The file is not a zip.

    An LMS only accepts a package as one zip file. Choose the zip itself, or the folder that would be zipped.
    """
    yield from _fault(package, "not-a-zip")


@rule("fatal", spec="APPNOTE 4.3")
def damaged_zip(package: Package) -> Iterator[Finding]:
    """The zip's list of files is damaged or incomplete.

    An interrupted upload or download leaves such a file; no LMS can import it. Create or download the zip again.
    """
    yield from _fault(package, "damaged")


@rule("fatal")
def too_many_files(package: Package) -> Iterator[Finding]:
    """The package lists more files than any course needs.

    The largest packages in use have about ten thousand. More than a hundred thousand are treated as an attack, and are
    not read. Remove what the course does not use.
    """
    yield from _fault(package, "too-many")


@rule("fatal", spec="APPNOTE 4.3.6")
def overlapping_files(package: Package) -> Iterator[Finding]:
    """Two files of the zip share the same bytes.

    No zip program writes this; zip bombs use it to expand a small zip without end. Zip the files again.
    """
    if not package.is_zip:
        return
    ordered = sorted(package.entries, key=lambda entry: (entry.start, entry.end))
    for first, second in itertools.pairwise(ordered):
        if second.start < first.end:
            names = shortened(second.name), shortened(first.name)
            yield Message("The data of {0} begin inside those of {1}.", *names), Location(package.name)


@rule("fatal")
def expands_too_far(package: Package) -> Iterator[Finding]:
    """The package is far too large when unpacked.

    More than 10 GB, or more than a hundred times the size of the zip, can fill the disk of an LMS. Hosts refuse it,
    since zip bombs look like this. Remove files, or make media smaller.
    """
    size = sum(entry.size for entry in package.entries)
    packed = sum(entry.compressed for entry in package.entries)
    if size > _MOST_EXPANDED or (size > _RATIO_COUNTS_FROM and size > _MOST_RATIO * packed):
        yield (
            Message("It has {0} bytes packed and {1} unpacked.", Count(packed), Count(size)),
            Location(package.name),
        )


@rule("fatal", spec="CAM 2.3")
def encrypted_file(package: Package) -> Iterator[Finding]:
    """A file in the zip is protected with a password.

    No LMS asks for a password. Zip the files without one.
    """
    locked = [entry.name for entry in package.entries if entry.encrypted]
    if locked:
        yield Message("A password is needed for {0}.", several(locked)), Location(package.name)


@rule("error", spec="CAM 2.3")
def unsupported_compression(package: Package) -> Iterator[Finding]:
    """A file in the zip is compressed in a way that LMSs cannot read.

    SCORM requires the methods of PKZIP 2.04g: stored or deflated. Newer methods (Deflate64, BZip2, LZMA,
    Zstandard) fail on import. Set the zip program to 'deflate', and note that some programs choose Deflate64 for large
    files.
    """
    for entry in package.entries:
        if entry.method not in (STORED, DEFLATED):
            yield (
                Message("It is compressed by method {0}, not stored or deflated.", entry.method),
                Location(entry.name),
            )


@rule("error", spec="CAM 2.3")
def path_outside_package(package: Package) -> Iterator[Finding]:
    """A file name leads out of the package.

    A file whose name starts with a slash or a drive letter, or contains '..', would be written outside the course's
    folder. Careful LMSs refuse the whole package. Zip the contents of the folder with relative names.
    """
    for entry in package.entries:
        parts = entry.name.replace("\\", "/").split("/")
        if ".." in parts or not parts[0] or re.match("[A-Za-z]:", entry.name):
            yield "The name leads out of the package.", Location(entry.name)


@rule("warning", spec="APPNOTE 4.4.17")
def backslash_in_name(package: Package) -> Iterator[Finding]:
    r"""A file name has backslashes instead of slashes.

    Zips use '/'. Some readers treat `media\film.mp4` as one file name, and then find no files in the folder. Use a zip
    program that writes '/', as all current ones do.
    """
    wrong = [entry.name for entry in package.entries if "\\" in entry.name]
    if wrong:
        yield Message("Folders are separated by '\\' in {0}.", several(wrong)), Location(package.name)


@rule("error", spec="APPNOTE 4.4.17")
def control_character_in_name(package: Package) -> Iterator[Finding]:
    """A file name contains a control character.

    A NUL ends the name for some readers and not for others, so one program can check another file than the next one
    opens. Some file systems cannot store line breaks and the like. Rename the file.
    """
    for entry in package.entries:
        # On macOS, the name of a folder's icon ends in a carriage return; it is reported as junk.
        if not is_junk(entry.name) and _CONTROL.search(entry.name):
            yield "The name contains a control character.", Location(entry.name)


@rule("warning")
def duplicate_name(package: Package) -> Iterator[Finding]:
    """Two files in the zip have the same name.

    Some readers keep the first, others the last, so it is unclear which one learners get. Zip the folder again instead
    of adding to an old zip.
    """
    # A folder that is listed twice is still one folder.
    names = (entry.name for entry in package.entries if not entry.is_folder)
    for name, count in Counter(names).items():
        if count > 1:
            yield Message("There are {0} files of this name.", count), Location(name)


@rule("warning")
def names_alike(package: Package) -> Iterator[Finding]:
    """Two file names differ only in case, or only in the encoding of an accented letter.

    On a server that does not distinguish them, one file overwrites the other. Rename one of them.
    """
    alike: dict[str, set[str]] = defaultdict(set)
    for name in package.files:
        # Normalizing takes quadratic time in a run of accents; such a name is reported as too long.
        whole = unicodedata.normalize("NFC", name) if len(name) <= _LONG_PATH else name
        alike[whole.casefold()].add(name)
    for names in alike.values():
        if len(names) > 1:
            first, *others = sorted(names)
            yield Message("The name is like {0}.", several(others)), Location(first)


@rule("error")
def file_and_folder(package: Package) -> Iterator[Finding]:
    """A file has the same name as a folder.

    No file system can store both: unpacking fails, or one replaces the other. Rename one of them.
    """
    names = sorted(entry.name.replace("\\", "/").removeprefix("./") for entry in package.entries)
    for name in package.files:
        # The files of a folder sort directly after its name.
        place = bisect_left(names, f"{name}/")
        if place < len(names) and names[place].startswith(f"{name}/"):
            yield "There is a folder of the same name.", Location(name)


@rule("warning")
def reserved_name(package: Package) -> Iterator[Finding]:
    """A file name is reserved for devices on Windows.

    On a Windows server, no file or folder can be called `con`, `prn`, `aux`, `nul`, `com1` or `lpt1`, with any
    extension; the package cannot be unpacked there. Rename it.
    """
    reserved = [name for name in package.files if any(_RESERVED.fullmatch(part) for part in name.split("/"))]
    if reserved:
        yield (
            Message("Windows keeps these names for devices: {0}.", several(reserved)),
            Location(package.name),
        )


@rule("warning", spec="APPNOTE 4.4.4")
def name_without_utf8_flag(package: Package) -> Iterator[Finding]:
    """A file name has non-ASCII letters, and the zip does not mark it as UTF-8.

    Each LMS then guesses the encoding, and links to the file break. Use a zip program that marks names as
    UTF-8; better, use only a-z, 0-9, '.', '-' and '_' in names.
    """
    wrong = [
        entry.name
        for entry in package.entries
        if package.is_zip and ((not entry.name.isascii() and not entry.utf8) or "\ufffd" in entry.name)
    ]
    if wrong:
        yield (
            Message("The encoding of these names is not declared: {0}.", several(wrong)),
            Location(package.name),
        )


@rule("warning")
def awkward_name(package: Package) -> Iterator[Finding]:
    """A file name has spaces, non-ASCII letters, or characters that some LMSs change or refuse.

    Moodle drops `& < > " ' : |` from names, Brightspace refuses `# % & + { }`, others cannot serve files with accented
    letters. Spaces alone are a note. Use only a-z, A-Z, 0-9, '.', '-' and '_' in names, and change the links to match.
    """
    names = [name for name in package.files if not is_junk(name)]
    awkward = [name for name in names if _AWKWARD.search(name.replace(" ", ""))]
    if awkward:
        yield Message("LMSs may change or refuse these names: {0}.", several(awkward)), Location(package.name)
    blank = [name for name in names if " " in name and name not in set(awkward)]
    if blank:
        yield Minor(Message("There are spaces in these names: {0}.", several(blank)), Location(package.name))


@rule("warning")
def long_path(package: Package) -> Iterator[Finding]:
    """A path is very long.

    The LMS adds its own folders in front, and file systems allow 255 or 260 characters. Keep the whole path within 200
    characters, and each name in it within 100.
    """
    for name in package.files:
        longest = max(len(part) for part in name.split("/"))
        if len(name) > _LONG_PATH or longest > 100:
            yield (
                Message("The path has {0} characters, its longest name {1}.", len(name), longest),
                Location(name),
            )


@rule("note")
def junk_file(package: Package) -> Iterator[Finding]:
    """The package contains files left by operating systems and editors.

    `__MACOSX`, `.DS_Store`, `Thumbs.db`, version control and backup copies are not part of the course. LMSs ignore
    them. Leave them out when zipping.
    """
    junk = [name for name in package.files if is_junk(name)]
    if junk:
        yield Message("Not part of a course: {0}.", several(junk)), Location(package.name)


@rule("warning")
def executable_file(package: Package) -> Iterator[Finding]:
    """The package contains programs or server scripts.

    Several hosts refuse a whole package because of one file with the extension of a program (`.php`, `.asp`, `.exe`,
    `.py` and so on). Remove them; a course only runs in the learner's browser.
    """
    programs = [name for name in package.files if _is_executable(name)]
    if programs:
        yield Message("Some hosts refuse packages with {0}.", several(programs)), Location(package.name)


@rule("warning")
def special_file(package: Package) -> Iterator[Finding]:
    """An entry is a link, a device or a pipe, not a regular file.

    LMSs ignore it or refuse the package, since a link can lead out of it. Replace it with the file itself.
    """
    special = [entry.name for entry in package.entries if entry.special]
    if special:
        yield Message("Not a regular file: {0}.", several(special)), Location(package.name)


@rule("warning", category="security")
def privileged_file(package: Package) -> Iterator[Finding]:
    """An entry is marked to run with the rights of its owner or group.

    A course has no programs, and such a mark (setuid, setgid) can be used to take over a server that unpacks it
    carelessly. Zip the files again without it.
    """
    privileged = [entry.name for entry in package.entries if entry.privileged]
    if privileged:
        yield Message("Marked to run with other rights: {0}.", several(privileged)), Location(package.name)


@rule("warning", spec="APPNOTE 4.3.6")
def stray_bytes(package: Package) -> Iterator[Finding]:
    """The file has bytes before or after the zip archive.

    Some importers refuse it, others find the list of files in another place and see another zip. The bytes can hide
    unchecked content. Zip the files again with a program that writes nothing else.
    """
    before, after = package.extra_bytes
    sizes = (
        (before, "1 byte before it", "{0} bytes before it"),
        (after, "1 byte after it", "{0} bytes after it"),
    )
    parts = [Message(one if size == 1 else many, Count(size)) for size, one, many in sizes if size]
    if parts:
        # The verb agrees with what follows it.
        first = before or after
        message = "There is {0}." if first == 1 else "There are {0}."
        yield Message(message, listed(parts)), Location(package.name)


@rule("warning", spec="APPNOTE 4.3.9.2")
def needless_zip64(package: Package) -> Iterator[Finding]:
    """The zip uses the format for very large zips, but is not very large.

    Old readers only know the plain format. Zip programs choose it when they write to a file instead of a stream.
    """
    if (
        package.zip64
        and len(package.entries) < 0xFFFF
        and max(map(_reach, package.entries), default=0) < 0xFFFFFFFF
    ):
        yield "It is written as zip64, which its size does not need.", Location(package.name)


@rule("warning")
def large_package(package: Package) -> Iterator[Finding]:
    """The package is larger than many LMSs accept.

    Limits of 50 to 500 MB are common. Compress films harder, or host them elsewhere.
    """
    packed = sum(entry.compressed for entry in package.entries)
    if packed > _LARGE:
        yield (
            Message(
                "It has {0} MB; many LMSs accept at most {1} MB.", packed // _MEGABYTE, _LARGE // _MEGABYTE
            ),
            Location(package.name),
        )


@rule("fatal", spec="CAM 2.3")
def wrapper_folder(package: Package) -> Iterator[Finding]:
    """The manifest is in a folder, not at the top of the zip.

    The folder was zipped instead of its contents, and most LMSs then find no course. Open the folder,
    select everything in it, and zip that.
    """
    if not _lacks_manifest(package):
        return
    ends = tuple(f"/{name}" for name in MANIFESTS)
    found = (name for name in package.files if name.endswith(ends) and not is_junk(name))
    inner = min(found, key=lambda name: (name.count("/"), name), default="")
    if inner:
        folder, _, manifest = inner.rpartition("/")
        yield (
            Message("{0} is in the folder {1}.", manifest, Quoted(folder)),
            Location(package.name),
            "Zip the contents of that folder.",
        )


_WITH_MANIFEST = ("", "scorm12", "scorm2004", "scorm2004-3rd", "xapi", "cmi5")
"""The declared targets that require a manifest with a known name; most packages declare none."""


@rule("fatal", spec="CAM 2.3")
def missing_manifest(package: Package) -> Iterator[Finding]:
    """There is no manifest.

    An LMS recognizes a course by a file at the top of the package: `imsmanifest.xml` for SCORM, `cmi5.xml` for
    cmi5, `tincan.xml` for xAPI, with exactly this name, in lower case. Add it, or export the course again for your LMS.
    """
    if not _lacks_manifest(package):
        return
    other, name = misnamed_manifest(package)
    hint = Message("")
    if other:
        hint = Message("It is called {0}; the name must be exactly {1}.", shortened(other), Quoted(name))
    if is_zip_of_zips(package):
        hint = Message("It only contains zips: unpack it, and check each of them.")
    yield (
        Message("There is no {0} or {1}.", ", ".join(MANIFESTS[:-1]), MANIFESTS[-1]),
        Location(package.name),
        hint,
    )


_UPLOADED = {
    "H5P package": "Upload it as H5P if the LMS supports that, or export it as SCORM.",
    "eXeLearning project": "Open it in eXeLearning and export it as SCORM.",
    "Moodle backup": "Restore it in Moodle as a course.",
    "EPUB book": "Upload it as a file, or as a book if the LMS supports that.",
    "Office document": "Upload it as a file.",
}
"""Advice for a package of another kind."""


@rule("warning")
def other_kind(package: Package) -> Iterator[Finding]:
    """The package is not a training package.

    Systems for this kind of file accept it, but no LMS can open it as SCORM, xAPI or cmi5. Only its container was
    checked. Export it from its tool as a package of a standard that your LMS supports.
    """
    kind = other_kind_of(package)
    if kind:
        # By pronunciation: an H5P package, an eXeLearning project, an EPUB book, an Office document.
        message = f"It is {'an' if kind[0] in 'HeEO' else 'a'} {kind}."
        yield message, Location(package.name), _UPLOADED[kind]


@rule("note", spec="AICC CMI001")
def aicc_files(package: Package) -> Iterator[Finding]:
    """The package has AICC description files as well as a manifest.

    LMSs that support AICC read them, and Moodle prefers them to any manifest. They are not checked. Remove them if
    LMSs should use the manifest.
    """
    folder = aicc_folder(package)
    if folder is not None and package.manifest.name:
        place = Message("in the folder {0}", shortened(folder)) if folder else Message("at its top")
        yield Message("There are AICC files {0}, which are not checked.", place), Location(package.name)


@rule("note")
def lone_manifest(package: Package) -> Iterator[Finding]:
    """A manifest was checked without its package.

    Its contents were checked, but not whether the files that it refers to exist. Check the zip or the folder for that.
    """
    if package.is_single_manifest:
        yield (
            "The files that it refers to were not checked, since it was given alone.",
            Location(package.name),
        )


@rule("warning")
def unknown_standard(package: Package) -> Iterator[Finding]:
    """The package declares a standard that coursepack has no rules for.

    Only the rules for all packages were applied; whether an LMS accepts it is unknown. Check it with the version of
    coursepack that built it, or write rules for the standard.
    """
    name = package.declared_target
    if name not in _WITH_MANIFEST:
        yield Message("There are no rules for {0}.", Quoted(name)), Location(WEB_PAGE)


@rule("note")
def several_manifests(package: Package) -> Iterator[Finding]:
    """The package has the manifests of several standards.

    An LMS uses the one that it supports; if it supports several, the choice can vary. Create a package for each
    standard if results are to be compared.
    """
    found = [name for name in MANIFESTS if name in package.files]
    if len(found) > 1:
        are = Message("are both there" if len(found) == 2 else "are all there")
        yield (
            Message("{0} {1}; it is checked by {2}.", listed(found), are, found[0]),
            Location(package.name),
        )


@rule("fatal")
def unreadable_manifest(package: Package) -> Iterator[Finding]:
    """The manifest cannot be read from the package.

    Its data is damaged, or it is larger than 20 MB. Create the package again.
    """
    yield from _manifest_fault(package, "unreadable")


@rule("fatal", spec="XML 1.0 4.3.3")
def wrong_encoding(package: Package) -> Iterator[Finding]:
    """The manifest is not in the encoding that it declares.

    Accented letters are shown wrong, or the manifest cannot be read at all. Save it as UTF-8 and declare
    `encoding="UTF-8"`.
    """
    yield from _manifest_fault(package, "encoding")


@rule("fatal")
def doctype(package: Package) -> Iterator[Finding]:
    """The manifest has a DOCTYPE.

    Manifests need none, and its entities are a known way to attack programs that read them. Remove it, and replace its
    entities with their values.
    """
    yield from _manifest_fault(package, "doctype")


@rule("fatal", spec="XML 1.0 2.1")
def malformed_manifest(package: Package) -> Iterator[Finding]:
    """The manifest is not well-formed XML.

    An LMS imports nothing, or silently shows an empty course. The usual causes are a bare '&' in a title (write
    `&amp;`), an element that is not closed, and a prefix that is not declared.
    """
    yield from _manifest_fault(package, "malformed")


@rule("note")
def byte_order_mark(package: Package) -> Iterator[Finding]:
    """The manifest begins with a byte order mark.

    XML allows the three invisible bytes, and all known LMSs skip them. Old XML parsers treat them as text. Save the
    file as 'UTF-8 without BOM'.
    """
    if package.manifest.byte_order_mark:
        yield "It begins with a byte order mark.", Location(package.manifest.name, 1)


@rule("note")
def encoding_not_utf8(package: Package) -> Iterator[Finding]:
    """The manifest is not in UTF-8.

    Some LMSs guess, and accented letters in titles are shown wrong. Save it as UTF-8 and declare
    `encoding="UTF-8"`.
    """
    encoding = package.manifest.encoding
    if encoding and encoding.upper() != "UTF-8":
        yield Message("Its encoding is {0}, not UTF-8.", encoding), Location(package.manifest.name, 1)


_OTHER_KINDS = {
    "h5p.json": "H5P package",
    "contentv3.xml": "eXeLearning project",
    "contentv2.xml": "eXeLearning project",
    "content.data": "eXeLearning project",
    "moodle_backup.xml": "Moodle backup",
    "moodle.xml": "Moodle backup",
    "META-INF/container.xml": "EPUB book",
    "[Content_Types].xml": "Office document",
}


def other_kind_of(package: Package, folder: str = "") -> str:
    """The kind of a package without a manifest, recognized by one of its files; empty when unknown.

    `folder` is the folder to search: empty for the top, else with a trailing slash.
    """
    # A misnamed manifest shows what the package is meant to be.
    if package.manifest.name or (not folder and misnamed_manifest(package)[0]):
        return ""
    kind = next((kind for name, kind in _OTHER_KINDS.items() if folder + name in package.files), "")
    # The third generation of eXeLearning shares its file name with others.
    return kind or ("eXeLearning project" if b"<ode" in package.head(f"{folder}content.xml", 4096) else "")


def aicc_folder(package: Package) -> str | None:
    """The folder with the description files of AICC, empty for the top; None without them.

    With a manifest, a course structure (`.cst`) is enough for LMSs to detect AICC. Without a manifest, it needs
    another of the four, since Director films have the same extension, and a course file needs an assignable unit or a
    descriptor.
    """
    return package.cached(_aicc_folder)


def _aicc_folder(package: Package) -> str | None:
    found: dict[str, set[str]] = defaultdict(set)
    for name in package.files:
        folder, _, last = name.rpartition("/")
        extension = last.rpartition(".")[2].lower()
        if extension in AICC_ENDINGS and not is_junk(name):
            found[folder].add(extension)
    has_manifest = bool(package.manifest.name)
    complete = (
        folder
        for folder, has in found.items()
        if ("cst" in has and has_manifest) or (has & {"cst", "crs"} and len(has) > 1)
    )
    return min(complete, key=lambda folder: (folder.count("/") + bool(folder), folder), default=None)


def misnamed_manifest(package: Package) -> tuple[str, str]:
    """A manifest at the top with a wrong name, and the name that it must have; both empty without one."""
    if package.manifest.name:
        return "", ""
    top = [name for name in package.files if "/" not in name and name.lower().endswith(".xml")]
    spelled = ((name, name.casefold()) for name in top if name.casefold() in MANIFESTS)
    asked = ((name, manifest_name(package.head(name))) for name in sorted(top)[:_MOST_OPENED])
    return next(spelled, None) or next((found for found in asked if found[1]), ("", ""))


def is_zip_of_zips(package: Package) -> bool:
    """True when a package only contains other zips, and texts that explain them."""
    names = [name.lower() for name in package.files if not is_junk(name)]
    return any(name.endswith(".zip") for name in names) and all(
        name.endswith((".zip", ".txt", ".md", ".pdf")) for name in names
    )


def _lacks_manifest(package: Package) -> bool:
    """True for a package without a manifest, unless its kind has none."""
    return not (
        package.manifest.name
        or package.declared_target not in _WITH_MANIFEST
        or other_kind_of(package)
        or aicc_folder(package) is not None
    )


def _is_executable(name: str) -> bool:
    file = name.lower().rpartition("/")[2]
    return file == "htaccess" or ("." in file and file.rpartition(".")[2] in _EXECUTABLE)


def is_junk(name: str) -> bool:
    """True for files left by operating systems and editors."""
    # Called often, and a name in an untrusted package can have 65,535 characters.
    return _JUNK.search(name[-_MOST_LOOKED_AT:]) is not None


def _fault(package: Package, kind: str) -> Iterator[Finding]:
    if package.fault and package.fault.kind == kind:
        yield package.fault.message, Location(package.name)


def _manifest_fault(package: Package, kind: str) -> Iterator[Finding]:
    fault = package.manifest.fault
    if fault and fault.kind == kind:
        yield fault.message, Location(package.manifest.name, fault.line, fault.column)


def _reach(entry: Entry) -> int:
    return max(entry.size, entry.compressed, entry.start)
