"""Rules for scripts, and for secrets in text files. The files are read, never run.

The rules search for words, so their results are not certain, and most are notes. The order of calls is only known for
those that a page makes while it loads.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from coursepack.leaks import keys, logins
from coursepack.package import Package, UnreadableError
from coursepack.problems import Location, Message
from coursepack.rules.content import Code, codes, content, found_in, in_comment, summed
from coursepack.rules.loading import loading, outside_of_scripts, top_level
from coursepack.rules.rule import Finding, Minor, rule, several, shortened
from coursepack.rules.standards import standard_of

if TYPE_CHECKING:
    from collections.abc import Iterator

# Patterns are strings, compiled only after a plain search has found something: most packages need none of them.
_WRITE = r"\bdocument\.write(?:ln)?\s*+\("
_EVAL = r"(?<![\w$.])(?:window\.)?eval\s*+\("
_FUNCTION = r"\bnew\s++Function\s*+\("
_OPEN = (
    r"""(?i)\.open\(\s*+["'](?:GET|POST|PUT|HEAD|DELETE)["']\s*+,[^;,\n]{1,300},\s*+(?:false|!1)\s*+[,)]"""
)
_NOT_ASYNC = r"""async(?<!\wasync)["']?\s*+:\s*+(?:false|!1)"""
_STORAGE = r"\b(?:local|session)Storage\b"
_COOKIE = r"\bdocument\.cookie\s*+=(?!=)"
# Not the opener's document: a widely used wrapper accesses it when all else has failed.
_FOREIGN = r"\b(?:parent|top)\.document\b|\b(?:window|self)\.top\.API\b"
_FOREIGN_WORDS = ("parent.document", "top.document", "top.API")
# Not a property with that name in the course itself.
_ABOVE = r"(?<![\w$.])(?:(?:window|self)\.)?(?:parent|top)(?:\.(?:parent|top))*+\.document\b"
_API = re.compile(r"API_1484_11|LMSInitialize|\.API\b|[gG]etAPI|[fF]indAPI")
_TRY = re.compile(r"\btry\s*+\{")
_LIMIT = r"\b(?:4096|4000|64000|65536|65535|64e3)\b|\.length\s*+>"

# A try this far before an access counts as its guard, and a search for the LMS names its API this near.
_GUARDED_BY = 1_500
_NEAR = 400
_MOST_LOOKED_AT = 500

# What ends a session, by the names that wrappers use.
_ENDS = {
    "SCORM 1.2": ("Finish", "finish(", "Terminate", "terminate("),
    "SCORM 2004": ("Terminate", "terminate(", "Finish"),
}
_VALUES = {
    "SCORM 1.2": ("LMSSetValue(", "LMSGetValue("),
    "SCORM 2004": (".SetValue(", ".GetValue("),
}
_BEGINS = {
    "SCORM 1.2": ("LMSInitialize",),
    "SCORM 2004": ("Initialize(", '"Initialize"', "'Initialize'"),
}
_ORDER = {
    "SCORM 1.2": ("LMSInitialize", ("LMSSetValue", "LMSGetValue", "LMSCommit")),
    "SCORM 2004": ("Initialize", ("SetValue", "GetValue", "Commit")),
}
# Any of these may begin the session in a way that cannot be seen.
_MAY_BEGIN = r"(?i)nitiali"
_HIDDEN = (
    r"\bdocument\.write|\bcreateElement|\beval\b|\bFunction\s*+\(|\bimport\b|\]\s*+\(|\.(?:call|apply|bind)\b"
)

_TEXT = (
    ".json",
    ".xml",
    ".env",
    ".pem",
    ".key",
    ".txt",
    ".ini",
    ".cfg",
    ".conf",
    ".config",
    ".yml",
    ".yaml",
    ".map",
)
_MOST_TEXT = 2 * 1024 * 1024
_MOST_OF_ONE = 512 * 1024
_MOST_TEXT_FILES = 200

_LEFTOVER_FOLDERS = {"node_modules", "bower_components", ".vscode", ".github", ".sass-cache"}
_LEFTOVER_ENDINGS = (
    *(".js.map", ".css.map", ".mjs.map"),
    *(".scss", ".sass", ".less", ".coffee", ".tsx", ".jsx"),
)
_LEFTOVER_FILES = {
    *("package.json", "package-lock.json", "yarn.lock", "bower.json", "composer.json", "composer.lock"),
    *("gruntfile.js", "gulpfile.js", "webpack.config.js", "tsconfig.json"),
    *(".gitignore", ".npmrc", ".editorconfig", ".env", ".eslintrc"),
}


@rule("error", spec="CWE-798", category="security")
def leaked_credentials(package: Package) -> Iterator[Finding]:
    """The package contains a user name and password for a server, usually an LRS.

    Every learner can read them, use them to write false results, and often read the results of others. Change the
    password first. Then let the LMS provide access at each launch, as in xAPI and cmi5.
    """
    places: list[Location] = []
    for code in _readable(package):
        first = min(logins(code.text), default=None)
        if first is not None:
            places.append(code.at(first))
    yield from summed("It holds a user name and a password.", places)


@rule("error", spec="CWE-798", category="security")
def leaked_key(package: Package) -> Iterator[Finding]:
    """The package contains a secret key.

    Every learner can use it to read data or cause costs. Revoke the key where it was issued, and create the package
    without it.
    """
    places: dict[str, list[Location]] = {}
    for code in _readable(package):
        for name, position in keys(code.text):
            places.setdefault(name, []).append(code.at(position))
    for name, found in places.items():
        yield from summed(f"It holds {name}.", found)


@rule("warning", spec="RTE 3.2")
def never_finished(package: Package) -> Iterator[Finding]:
    """The course begins a session with the LMS, but its scripts do not seem to end it.

    LMSs then lose unsaved data, or treat the session as still open. Call `LMSFinish("")`, in SCORM 2004
    `Terminate("")`, when the course closes.
    """
    name = _standard(package)
    if name in _ENDS and _is_said(package, *_BEGINS[name]) and not _is_said(package, *_ENDS[name]):
        call = "LMSFinish" if name == "SCORM 1.2" else "Terminate"
        yield Message("No trace of {0} was found in its pages and scripts.", call), _start(package)


@rule("warning", spec="RTE 3.2")
def never_initialized(package: Package) -> Iterator[Finding]:
    """The course gets or sets values in the LMS, but its scripts do not seem to begin a session.

    LMSs refuse every call before `LMSInitialize("")`, in SCORM 2004 `Initialize("")`, so nothing is stored. Call
    it first.
    """
    name = _standard(package)
    if (
        name in _VALUES
        and _is_said(package, *_VALUES[name])
        and not _is_said(package, "nitialize", "INITIALIZE")
    ):
        call = "LMSInitialize" if name == "SCORM 1.2" else "Initialize"
        yield Message("No trace of {0} was found in its pages and scripts.", call), _start(package)


@rule("warning", spec="RTE 3.2")
def called_before_initialize(package: Package) -> Iterator[Finding]:
    """The start page gets or sets a value in the LMS before it begins the session.

    LMSs refuse every call before `LMSInitialize("")`, in SCORM 2004 `Initialize("")`: values read are empty, and
    values set are lost. Make that call first.
    """
    name = _standard(package)
    if name not in _ORDER:
        return
    begin, calls = _ORDER[name]
    for file in content(package).starts:
        if _is_said(package, f".{begin}(") and any(_is_said(package, f".{call}(") for call in calls):
            yield from _too_early(package, file, begin, calls)


@rule("warning", spec="HTML 8.1.8.2")
def saved_on_unload(package: Package) -> Iterator[Finding]:
    """Only `unload` or `beforeunload` saves the results or ends the session.

    Browsers no longer send them reliably, and hardly ever on phones, and LMSs can forbid them: the results of a whole
    session are lost. Call `LMSCommit("")`, in SCORM 2004 `Commit("")`, while the course runs, and end it on
    `pagehide`.
    """
    if _standard(package) in _ENDS and _is_said(package, "unload"):
        # Few packages need it.
        from coursepack.rules.unloading import saves_on_unload_only

        if saves_on_unload_only(package):
            yield "Results are only saved on leaving.", _start(package)


@rule("note", spec="RTE 3.2")
def never_committed(package: Package) -> Iterator[Finding]:
    """The course sets values, but its scripts do not seem to ask the LMS to store them.

    Everything is then stored at the end: if the browser crashes or the network fails, the whole session is lost. Call
    `LMSCommit("")`, in SCORM 2004 `Commit("")`, after each page or answer.
    """
    if (
        _standard(package) in ("SCORM 1.2", "SCORM 2004")
        and _is_said(package, "SetValue")
        and not _is_said(package, "ommit")
    ):
        yield "No trace of Commit was found in its pages and scripts.", _start(package)


@rule("note", spec="RTE 3.4.4")
def unlimited_suspend_data(package: Package) -> Iterator[Finding]:
    """The course saves its state in SCORM 1.2, but that script does not seem to limit its length.

    `cmi.suspend_data` is limited to 4,096 characters. Strict LMSs refuse more, and the learner starts over. Check the
    length before saving, and keep the state short.
    """
    if _standard(package) == "SCORM 1.2":
        places = [
            code.at(code.text.index("cmi.suspend_data"))
            for code in codes(package)
            if "cmi.suspend_data" in code.text
            and "JSON.stringify" in code.text
            and not re.search(_LIMIT, code.text)
        ]
        yield from summed("A state of any length is saved in 4,096 characters.", places)


@rule("warning")
def unguarded_search(package: Package) -> Iterator[Finding]:
    """The search for the LMS accesses the document of a parent window without handling errors.

    If that window is from another server, the browser throws an error, and the search ends before it has found the
    LMS. Put `try` and `catch` around it, and only access the API.
    """
    places: list[Location] = []
    for code in codes(package):
        if "API" in code.text and any(word in code.text for word in _FOREIGN_WORDS):
            touched = (match.start() for match in islice(re.finditer(_FOREIGN, code.text), _MOST_LOOKED_AT))
            found = (position for position in touched if _is_unguarded(code.text, position))
            places += [code.at(position) for position in islice(found, 1)]
    yield from summed("Without try, another server's window ends the search for the LMS.", places)


@rule("warning", spec="HTML 7.2.1.3")
def parent_document(package: Package) -> Iterator[Finding]:
    """The course accesses the document of the LMS's window without handling errors.

    If the LMS shows courses from another host, as Canvas and SCORM Cloud do, the browser throws an error and the
    script stops; elsewhere, the course depends on the contents of the LMS's page. In a function, which may never be
    called, and in a course with frames, whose windows are its own, this is a note. Put `try` and `catch` around it,
    and continue without the document.
    """
    at_once: list[Location] = []
    others: list[Location] = []
    has_frames = any(next(page.named("iframe", "frame"), None) for page in content(package).pages.values())
    for code in codes(package):
        if not any(word in code.text for word in _FOREIGN_WORDS):
            continue
        touched = islice(re.finditer(_ABOVE, code.text), _MOST_LOOKED_AT)
        found = [match.start() for match in touched if _is_unready(code.text, match.start())]
        top = None if has_frames or not found else top_level(code.text)
        first = next((position for position in found if top and not top[position].isspace()), None)
        if first is not None:
            at_once.append(code.at(first))
        elif found:
            others.append(code.at(found[0]))
    message = "The document of the window above is the LMS's."
    yield from summed(message, at_once)
    yield from (Minor(finding[0], finding[1]) for finding in summed(message, others))


@rule("note")
def document_write(package: Package) -> Iterator[Finding]:
    """A script calls `document.write`.

    After the page has loaded, it erases the page; on slow networks, Chrome does not load scripts that it writes.
    Create elements with `document.createElement`.
    """
    yield from summed("document.write is called.", found_in(codes(package), "document.write", _WRITE))


@rule("note", spec="CSP 3")
def code_from_text(package: Package) -> Iterator[Finding]:
    """A script runs text as code, with `eval` or `new Function`.

    This works nearly everywhere, but a host whose Content-Security-Policy forbids it stops the course. Read data with
    `JSON.parse`, and call functions by name.
    """
    places = [*found_in(codes(package), "eval", _EVAL), *found_in(codes(package), "Function", _FUNCTION)]
    yield from summed("Text is run as code.", places)


@rule("note", spec="XMLHttpRequest 4.5.1")
def synchronous_request(package: Package) -> Iterator[Finding]:
    """A script makes a synchronous request.

    The page freezes meanwhile, and browsers refuse such requests while a page is closing, so a last save is lost. Send
    it asynchronously; on leaving, use `fetch` with `keepalive`.
    """
    places = [*found_in(codes(package), ".open(", _OPEN), *found_in(codes(package), "async", _NOT_ASYNC)]
    yield from summed("The page waits for a request.", places)


@rule("note", spec="HTML 12.2")
def unguarded_storage(package: Package) -> Iterator[Finding]:
    """A script uses `localStorage` or `sessionStorage` without handling errors.

    In a frame from another server, or with cookies blocked, any access throws an error and the script stops. Put `try`
    and `catch` around it, and continue without storage.
    """
    unready = [code for code in codes(package) if "Storage" in code.text and not _TRY.search(code.text)]
    yield from summed("Storage is used without try.", found_in(unready, "Storage", _STORAGE))


@rule("note")
def cookie(package: Package) -> Iterator[Finding]:
    """A script sets a cookie.

    If the LMS shows the course in a frame from another server, it is a third-party cookie, which browsers block. Store
    state in the LMS.
    """
    yield from summed("A cookie is set.", found_in(codes(package), "document.cookie", _COOKIE))


@rule("note")
def development_file(package: Package) -> Iterator[Finding]:
    """The package contains files that only its developers need.

    Source maps, style sources, tool settings and whole library folders make the package larger and may disclose
    internal information. Leave them out when zipping.
    """
    found = [name for name in package.files if _is_leftover(name)]
    if found:
        yield Message("Nothing for learners: {0}.", several(sorted(found))), Location(package.name)


def _is_leftover(name: str) -> bool:
    *folders, file = name.lower().split("/")
    return (
        not _LEFTOVER_FOLDERS.isdisjoint(folders)
        or file in _LEFTOVER_FILES
        or file.startswith(".eslintrc.")
        or file.endswith(_LEFTOVER_ENDINGS)
    )


def _standard(package: Package) -> str:
    """The name of the package's standard if all its scripts were read; otherwise nothing is known to be absent."""
    standard = package.cached(standard_of)
    return standard.name if standard and content(package).complete and content(package).starts else ""


def _start(package: Package) -> Location:
    return Location(next(iter(content(package).starts)))


def _is_said(package: Package, *words: str) -> bool:
    # Scripts before pages that contain a whole course.
    texts = sorted(content(package).texts.values(), key=len)
    return any(word in text for text in texts for word in words)


def _too_early(package: Package, file: str, begin: str, calls: tuple[str, ...]) -> Iterator[Finding]:
    """The first call of a page before the session begins, if everything that could begin it is known."""
    done = loading(package, file)
    if (
        done is None
        or re.search(_HIDDEN, done.text)
        or re.search(_MAY_BEGIN, outside_of_scripts(content(package).texts[file]))
    ):
        return
    begins = [number for number, call in enumerate(done.calls) if call.name == begin]
    if not begins or len(begins) != len(re.findall(_MAY_BEGIN, done.text)):
        return
    first = done.calls[begins[0]]
    for call in done.calls[: begins[0]]:
        if call.name in calls and call.object == first.object and "api" in call.object.lower():
            yield (
                Message("{0} is called before {1} ({2}).", call.name, begin, shortened(str(first.place))),
                call.place,
            )
            return


def _is_unguarded(text: str, position: int) -> bool:
    """True for a position in a search for the LMS, outside of comments, with no try before it."""
    return _is_in_search(text, position) and _has_no_try(text, position)


def _is_unready(text: str, position: int) -> bool:
    """The same for a position that is not in a search for the LMS."""
    return not _is_in_search(text, position) and _has_no_try(text, position)


def _is_in_search(text: str, position: int) -> bool:
    return _API.search(text, max(0, position - _NEAR), position + _NEAR) is not None


def _has_no_try(text: str, position: int) -> bool:
    """True for a position outside of comments with no try before it."""
    return not (
        in_comment(text, position) or _TRY.search(text, max(0, position - _GUARDED_BY), position) is not None
    )


def _readable(package: Package) -> list[Code]:
    """All texts that can contain a secret: those read anyway, and small text files."""
    return package.cached(_texts)


def _texts(package: Package) -> list[Code]:
    found = [Code(name, 1, text) for name, text in content(package).texts.items()]
    names = (name for name in package.files if name.lower().endswith(_TEXT))
    left = _MOST_TEXT
    # Files near the top first: settings are there.
    for name in sorted(names, key=lambda name: (name.count("/"), name))[:_MOST_TEXT_FILES]:
        size = package.files[name].size
        if size <= min(left, _MOST_OF_ONE):
            left -= size
            try:
                found.append(Code(name, 1, package.read(name, _MOST_OF_ONE).decode("utf-8", "replace")))
            except UnreadableError:
                # Other rules report damaged files.
                continue
    return found
