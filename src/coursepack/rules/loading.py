"""The calls that the scripts of a page make while it loads, in order: only those that are certain.

Scripts are read, never run, so calls inside functions, conditions and loops are not included.
"""

from __future__ import annotations

import posixpath
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from coursepack.rules.content import DATA_TYPE, Code, addresses, content
from coursepack.rules.ims import path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coursepack.package import Package
    from coursepack.problems import Location

# A comment that begins outside of a script hides its contents.
_ELEMENT = r"(?is)<!--.*?(?:-->|\Z)|<script\b([^<>]*)>(.*?)(?:</script|\Z)"
_ATTRIBUTE = r"""([\w-]+)(?:\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?"""
# Compiled when a script is read: the order of most pages is unknown.
_PIECE = (
    r"""(?s)//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'|"""
    r"""`(?:[^`\\]|\\.)*+`|["'`/(){}\[\]]"""
)
# A slash after one of these, or after nothing, begins a regular expression; after a value it divides.
_BEFORE_PATTERN = "=(,:;!&|?{}[+-*%<>~^"
_PATTERN = r"/(?![/*])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*+\])++/"
ENDLESS = ('"', "'", "`")
"""The piece of an unterminated string in `tokens`."""
_CLOSING = {")": "(", "]": "[", "}": "{"}
# A statement only begins for certain after a semicolon or a block: `if (a)` can be on the line above.
_CALL = (
    r"(?:\A|[;}])\s*+(?:(?:var|let|const)\s++)?(?:[\w$]++\s*+=\s*+)?((?:[\w$]++\.)*?[\w$]++)\.([\w$]++)\s*+\("
)
_SIGN = r"[^\n]"
# ECMA-262 16.2.2 and 16.2.3: what a module loads before it runs. The imported names are between two keywords.
_IMPORT = r"""\b(import|from)\s*+["'](\.{1,2}/[^"'\n]+)["']"""
_IMPORTED = r"""\b(?:import|export)\b[^;"'`()=]*\Z"""
_LONGEST_IMPORT = 300

_MOST_SCRIPTS = 100
_MOST_SIGNS = 512 * 1024
_INNER = ("iframe", "frame", "object", "embed")


class Call(NamedTuple):
    """A call that is a statement or assigns a value: `object.name(...)`."""

    object: str
    name: str
    place: Location


class Loading(NamedTuple):
    """The calls that the scripts of a page make while it loads, in order, and their text without comments."""

    calls: tuple[Call, ...]
    text: str


def loading(package: Package, file: str) -> Loading | None:
    """The calls of a page's scripts at the top level; None when their order, or one of them, is unknown."""
    scripts = _in_order(package, file)
    if scripts is None or sum(len(script.text) for script in scripts) > _MOST_SIGNS:
        return None
    calls: list[Call] = []
    texts = []
    for script in scripts:
        read = _read(script.text)
        if read is None:
            return None
        text, top = read
        texts.append(text)
        calls += (Call(match[1], match[2], script.at(match.start(2))) for match in re.finditer(_CALL, top))
    return Loading(tuple(calls), "\n".join(texts))


def top_level(text: str) -> str | None:
    """A script with brackets, strings and comments blanked: the code that certainly runs when it is loaded.

    None when it is too long or cannot be read.
    """
    read = _read(text) if len(text) <= _MOST_SIGNS else None
    return read[1] if read else None


def imports(package: Package, file: str) -> Iterator[tuple[Code, int, str, str]]:
    """The imports of a page's modules by relative addresses before they run, including indirect ones.

    For each: the importing module, the position in it, the address, and the path in the package.
    """
    read = content(package)
    paths = {address.value: address.path for address in addresses(package) if address.file == file}
    waiting: list[Code] = []
    for match in islice(re.finditer(_ELEMENT, read.texts[file]), _MOST_SCRIPTS):
        said = {name.lower(): "".join(given) for name, *given in re.findall(_ATTRIBUTE, match[1] or "")}
        if said.get("type", "").strip().lower() == "module":
            path = paths.get(said.get("src", "").strip(), "")
            if "src" not in said:
                waiting.append(Code(file, read.texts[file].count("\n", 0, match.start(2)) + 1, match[2]))
            elif path in read.texts:
                waiting.append(Code(path, 1, read.texts[path]))
    known = {code.file for code in waiting}
    while waiting:
        code = waiting.pop()
        top = top_level(code.text) if "import" in code.text or "export" in code.text else None
        for match in re.finditer(_IMPORT, code.text) if top else ():
            before = code.text[max(0, match.start() - _LONGEST_IMPORT) : match.start()]
            if (
                top
                and not top[match.start()].isspace()
                and (match[1] == "import" or re.search(_IMPORTED, before))
            ):
                folder = posixpath.dirname(code.file)
                path = posixpath.normpath(posixpath.join(folder, unquote(path_of(match[2]))))
                yield code, match.start(2), match[2], path
                if path in read.texts and path not in known and len(known) < _MOST_SCRIPTS:
                    known.add(path)
                    waiting.append(Code(path, 1, read.texts[path]))


def outside_of_scripts(text: str) -> str:
    """The text of a page without its scripts and comments."""
    return re.sub(_ELEMENT, "", text)


def _in_order(package: Package, file: str) -> list[Code] | None:
    """The scripts of a page in the order in which they run."""
    read = content(package)
    text = read.texts[file]
    # Another document can do anything meanwhile.
    if next(read.pages[file].named(*_INNER), None):
        return None
    paths = {address.value: address.path for address in addresses(package) if address.file == file}
    at_once: list[Code] = []
    deferred: list[Code] = []
    for number, match in enumerate(re.finditer(_ELEMENT, text)):
        if match[1] is None or DATA_TYPE.search(match[1]):
            continue
        said = {name.lower(): "".join(given) for name, *given in re.findall(_ATTRIBUTE, match[1])}
        if number >= _MOST_SCRIPTS or "async" in said or "nomodule" in said:
            return None
        if "src" in said:
            path = paths.get(said["src"].strip(), "")
            if path not in read.texts:
                return None
            code = Code(path, 1, read.texts[path])
        else:
            code = Code(file, text.count("\n", 0, match.start(2)) + 1, match[2])
        is_module = said.get("type", "").strip().lower() == "module"
        (deferred if is_module or ("defer" in said and "src" in said) else at_once).append(code)
    return at_once + deferred


def _read(text: str) -> tuple[str, str] | None:
    """A script without comments, and its top level: strings and the contents of brackets blanked.

    Both are as long as the script. None when it cannot be tokenized.
    """
    plain: list[str] = []
    top: list[str] = []
    open_: list[str] = []
    at = 0
    for piece, begin, end in tokens(text):
        between = text[at:begin]
        plain.append(between)
        top.append(_blank(between) if open_ else between)
        at = end
        if piece in _CLOSING:
            if not open_ or open_.pop() != _CLOSING[piece]:
                return None
        elif piece in ENDLESS:
            return None
        plain.append(_blank(piece) if piece.startswith(("//", "/*")) else piece)
        top.append(piece if len(piece) == 1 and not open_ else _blank(piece))
        if piece in ("(", "[", "{"):
            open_.append(piece)
    plain.append(text[at:])
    top.append(text[at:])
    return None if open_ else ("".join(plain), "".join(top))


def tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Comments, strings, regular expressions and brackets, each with its start and end."""
    pieces, patterns = re.compile(_PIECE), re.compile(_PATTERN)
    at = 0
    while match := pieces.search(text, at):
        if match[0] == "/":
            before = text[max(0, match.start() - 100) : match.start()].rstrip()
            if before[-1:] in _BEFORE_PATTERN:
                pattern = patterns.match(text, match.start())
                if pattern is None:
                    # Neither a pattern nor a division: anything after it would be a guess.
                    yield ENDLESS[0], match.start(), match.end()
                    return
                match = pattern
        yield match[0], match.start(), match.end()
        at = match.end()


def _blank(text: str) -> str:
    return re.sub(_SIGN, " ", text)
