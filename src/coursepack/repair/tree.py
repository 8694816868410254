"""The tree of a manifest during a repair, with comments: finds elements by name and adds new ones."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from coursepack.package import local
from coursepack.problems import Location, Message, Remark, Value
from coursepack.repair.names import folded
from coursepack.rules.rule import safe

if TYPE_CHECKING:
    from lxml.etree import _Element

    from coursepack.repair.names import Plan

_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
# One letter and a colon is a drive, not a scheme.
_REMOTE = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+:|//", re.IGNORECASE)


class Tree:
    """A manifest's tree, with the files that it refers to; `done` is what was fixed in it."""

    def __init__(self, root: _Element, name: str, plan: Plan) -> None:
        self.root, self.name, self.plan = root, name, plan
        self.done: list[Remark] = []
        self.elements: dict[str, list[_Element]] = {}
        self.is_moved = False
        self.look_again()
        self._true: dict[str, list[str]] = {}
        for file in (*plan.files, *plan.junk):
            self._true.setdefault(folded(file), []).append(file)

    def look_again(self) -> None:
        """Collects the elements by name, after some were removed."""
        self.elements.clear()
        waiting = [self.root]
        while waiting:
            element = waiting.pop()
            self.elements.setdefault(local(element), []).append(element)
            self.is_moved |= element.get(_XML_BASE) is not None
            # A metadata record has its own resources, titles and locations.
            if local(element) != "lom":
                waiting.extend(reversed([child for child in element if isinstance(child.tag, str)]))

    def named(self, name: str) -> list[_Element]:
        """The elements with a name in the manifest's own namespace, in order."""
        return [found for found in self.elements.get(name, []) if space(found) == space(self.root)]

    def report(self, element: _Element, template: str, *values: Value | Message) -> None:
        """Adds a remark about what was fixed in an element."""
        self.report_at(element.sourceline, template, *values)

    def report_at(self, line: int | None, template: str, *values: Value | Message) -> None:
        """Adds a remark about something removed from a line."""
        self.done.append(Remark(Location(self.name, line), safe(Message(template, *values))))

    def true_name(self, path: str) -> str:
        """The file that a path refers to, by exact name or else ignoring case; empty when there are none or several."""
        if path in self.plan.files or path in self.plan.junk:
            return path
        found = self._true.get(folded(path), [])
        return found[0] if len(found) == 1 else ""

    def launched(self) -> list[_Element]:
        """The resources that items point to, each once, in the order of the items."""
        resources = {found.get("identifier"): found for found in reversed(self.named("resource"))}
        wanted = [resources.get(item.get("identifierref", "")) for item in self.named("item")]
        return list(dict.fromkeys(found for found in wanted if found is not None))


def space(element: _Element) -> str:
    """An element's namespace, or empty."""
    return str(element.tag)[1:].partition("}")[0] if str(element.tag).startswith("{") else ""


def words(element: _Element) -> str:
    """An element's own text, with white space collapsed."""
    return " ".join((element.text or "").split())


def inner(element: _Element, name: str) -> list[_Element]:
    """An element's children with a name in its own namespace."""
    return [
        child
        for child in element
        if isinstance(child.tag, str) and local(child) == name and space(child) == space(element)
    ]


def address_path(address: str) -> str:
    """An address without its query and fragment; empty when it is on another server."""
    return "" if _REMOTE.match(address) else re.split("[?#]", address, maxsplit=1)[0]


def inside(path: str) -> str:
    """A normalized path; empty when it leads out of the package."""
    short = posixpath.normpath(path) if path else ""
    return "" if short in (".", "..") or short.startswith(("../", "/")) else short


def href_path(element: _Element) -> str:
    """The path in the package that an element's `href` refers to; empty when there is none."""
    return inside(unquote(address_path(element.get("href", "").strip())))


def add(parent: _Element, name: str, after: _Element | None, content: str = "") -> _Element:
    """Adds a child in the parent's namespace, first or after another child, on its own line like the others."""
    from lxml import etree

    blank, outer, is_first = _blank(parent), _outer_blank(parent), not _has_children(parent)
    new = etree.SubElement(parent, f"{{{space(parent)}}}{name}" if space(parent) else name)
    new.text = content or None
    if after is not None:
        last = after.tail
        after.addnext(new)
        after.tail, new.tail = blank, last
    elif is_first:
        parent.text, new.tail = blank, outer
    else:
        parent.insert(0, new)
        new.tail = blank
    return new


def drop(element: _Element) -> bool:
    """Removes an element and its line from its parent; False when this would also remove text."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None or not is_blank(element.tail):
        return False
    if element.getnext() is None and before is not None:
        # The last line break is indented for the parent's end tag.
        if is_blank(before.tail):
            before.tail = element.tail
    elif element.getnext() is None and is_blank(parent.text):
        parent.text = None
    element.tail = None
    parent.remove(element)
    return True


def is_blank(text: str | None) -> bool:
    """True for nothing and for white space."""
    return not (text or "").strip()


def _blank(parent: _Element) -> str:
    """The white space before a child."""
    if _has_children(parent):
        return parent.text if parent.text and not parent.text.strip() else ""
    outer = _outer_blank(parent)
    above = parent.getparent()
    step = ""
    if above is not None and "\n" in outer:
        step = outer.rpartition("\n")[2].removeprefix(_outer_blank(above).rpartition("\n")[2])
    return outer + step


def _has_children(element: _Element) -> bool:
    # len() counts all of them, which is slow for the thousandth file.
    return next(iter(element), None) is not None


def _outer_blank(element: _Element) -> str:
    """The white space before an element itself."""
    before = element.getprevious()
    above = element.getparent()
    if above is None:
        return "\n"
    blank = before.tail if before is not None else above.text
    return blank if blank and not blank.strip() else ""
