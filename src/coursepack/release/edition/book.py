"""The text edition as EPUB 3.3: a file for each page of the course, and metadata on accessibility."""

from __future__ import annotations

import datetime
import io
import re
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from typing import NamedTuple, cast

from lxml import etree, html
from lxml.builder import ElementMaker

from coursepack.languages import strings
from coursepack.release.edition.text import Text
from coursepack.resources import templates_dir

_XHTML = "http://www.w3.org/1999/xhtml"
_MATH = "http://www.w3.org/1998/Math/MathML"
_OPS = "http://www.idpf.org/2007/ops"
_OPF = "http://www.idpf.org/2007/opf"
_DC = "http://purl.org/dc/elements/1.1/"
_CONTAINER = "urn:oasis:names:tc:opendocument:xmlns:container"


class _Leaf(NamedTuple):
    """A file of the book: its name, its title and its elements."""

    name: str
    title: str
    elements: tuple[html.HtmlElement, ...]

    @property
    def has_math(self) -> bool:
        """True when it has formulas, which its entry in the manifest says."""
        return any(next(each.iter("math"), None) is not None for each in self.elements)


def book(text: Text, date: datetime.date) -> bytes:
    """The book, with `date` as the day of its last change: the same bytes for the same text."""
    root = html.document_fromstring(_unfolded(text.html))
    leaves = list(_leaves(root))
    _lead(leaves, root)
    files: dict[str, bytes] = {
        "META-INF/container.xml": _container(),
        "EPUB/package.opf": _package(text, leaves, date),
        "EPUB/contents.xhtml": _contents(text, root, leaves),
        "EPUB/book.css": (templates_dir() / "release/edition/book.css").read_bytes(),
        **{f"EPUB/{leaf.name}": _document(text, leaf.title, map(_xhtml, leaf.elements)) for leaf in leaves},
        **{f"EPUB/{name}": picture.data for name, picture in text.pictures.items()},
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        # OCF 3.3, 4.3: the first file, and not compressed.
        archive.writestr(_entry("mimetype"), b"application/epub+zip", zipfile.ZIP_STORED)
        for name, data in files.items():
            archive.writestr(_entry(name), data, zipfile.ZIP_DEFLATED, 6)
    return target.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))


def _unfolded(text: str) -> str:
    """The document with all that is folded as ordinary text: many readers do not fold, and some do not unfold."""
    text = re.sub(r"<(/?)details(?=[ >])", r"<\1div", text)
    return text.replace("<summary>", '<p class="ask">').replace("</summary>", "</p>")


def _leaves(root: html.HtmlElement) -> Iterator[_Leaf]:
    """The title page, and each page of the course with the headings of the part and the chapter that it begins."""
    (title, header, main) = _found(root, "//title | //header | //main")
    yield _Leaf("000.xhtml", title.text_content(), (header,))
    before: list[html.HtmlElement] = []
    number = 0
    for section in _found(main, "section"):
        before.append(section)
        if set(section.get("class", "").split()) & {"part", "chapter"}:
            continue
        number += 1
        title = _found(section, "*[self::h2 or self::h4]")[0]
        yield _Leaf(f"{number:03}.xhtml", title.text_content(), tuple(before))
        before = []


def _found(element: html.HtmlElement, path: str) -> list[html.HtmlElement]:
    return cast("list[html.HtmlElement]", element.xpath(path))


def _lead(leaves: list[_Leaf], root: html.HtmlElement) -> None:
    """Leads the links of the document to the files in which their targets are."""
    files = {
        name: leaf.name for leaf in leaves for each in leaf.elements for name in each.xpath(".//@id | ./@id")
    }
    for link in root.iter("a"):
        target = link.get("href", "")
        if target.startswith("#") and target[1:] in files:
            link.set("href", files[target[1:]] + target)
    # These lead to other files of the release.
    for each in root.find_class("langs"):
        each.drop_tree()


_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_E = ElementMaker(namespace=_XHTML, nsmap={None: _XHTML, "epub": _OPS})


def _xhtml(element: html.HtmlElement) -> etree._Element:
    """The element as XHTML. Formulas are in the namespace of MathML."""
    element = deepcopy(element)
    element.tail = "\n"
    for formula in list(element.iter("math")):
        for each in formula.iterdescendants():
            each.tag = f"{{{_MATH}}}{cast(str, each.tag)}"
        # Without a prefix, which some readers do not know.
        own = etree.Element(f"{{{_MATH}}}math", formula.attrib, nsmap={None: _MATH})
        own.extend(formula)
        own.tail = formula.tail
        formula.getparent().replace(formula, own)
    for each in element.iter():
        tag = cast(str, each.tag)
        if not tag.startswith("{"):
            each.tag = f"{{{_XHTML}}}{tag}"
        if "lang" in each.attrib:
            each.set(_LANG, each.get("lang"))
    return element


def _document(text: Text, title: str, elements: Iterable[etree._Element]) -> bytes:
    """A file of the book with these elements."""
    document = _E.html(
        _E.head(_E.title(title), _E.link(rel="stylesheet", type="text/css", href="book.css")),
        _E.body(*elements),
        {"lang": text.language, _LANG: text.language, "dir": strings(text.language)["page"]["direction"]},
    )
    return _written(document, "<!DOCTYPE html>")


def _written(document: etree._Element, doctype: str | None = None) -> bytes:
    return etree.tostring(document, encoding="utf-8", doctype=doctype, xml_declaration=True)


def _contents(text: Text, root: html.HtmlElement, leaves: Sequence[_Leaf]) -> bytes:
    """The table of contents, with the titles of all pages, and the landmarks (EPUB 3.3, 7)."""
    words = strings(text.language)["page"]
    contents = _xhtml(root.find_class("toc")[0])
    contents.set(f"{{{_OPS}}}type", "toc")
    places = (("titlepage", leaves[0]), ("bodymatter", leaves[1]))
    landmarks = _E.nav(
        {f"{{{_OPS}}}type": "landmarks", "hidden": "hidden"},
        _E.ol(
            _E.li(_E.a(words["contents"], {f"{{{_OPS}}}type": "toc", "href": "contents.xhtml"})),
            *(_E.li(_E.a(leaf.title, {f"{{{_OPS}}}type": kind, "href": leaf.name})) for kind, leaf in places),
        ),
    )
    return _document(text, words["contents"], (contents, landmarks))


def _container() -> bytes:
    """Where the description of the package is (OCF 3.3, 4.2.6.3.1)."""
    e = ElementMaker(namespace=_CONTAINER, nsmap={None: _CONTAINER})
    root = {"full-path": "EPUB/package.opf", "media-type": "application/oebps-package+xml"}
    return _written(e.container(e.rootfiles(e.rootfile(root)), version="1.0"))


def _package(text: Text, leaves: Sequence[_Leaf], date: datetime.date) -> bytes:
    """The description of the book: metadata, its files, and their order (EPUB 3.3, 5)."""
    e = ElementMaker(namespace=_OPF, nsmap={None: _OPF, "dc": _DC})
    xhtml = "application/xhtml+xml"
    items = [
        e.item({"id": "contents", "href": "contents.xhtml", "media-type": xhtml, "properties": "nav"}),
        e.item({"id": "style", "href": "book.css", "media-type": "text/css"}),
    ]
    for number, leaf in enumerate(leaves):
        kind = {"properties": "mathml"} if leaf.has_math else {}
        items.append(e.item({"id": f"t{number}", "href": leaf.name, "media-type": xhtml, **kind}))
    shown = [each.get("src") for each in _found(leaves[0].elements[0], "//div[@class='cover']/img")]
    for number, (name, picture) in enumerate(text.pictures.items()):
        kind = {"properties": "cover-image"} if name in shown else {}
        items.append(e.item({"id": f"p{number}", "href": name, "media-type": picture.mime, **kind}))
    order = [e.itemref(idref=f"t{number}") for number in range(len(leaves))]
    # The reader leafs from the title page to the contents.
    order.insert(1, e.itemref(idref="contents"))
    direction = strings(text.language)["page"]["direction"]
    return _written(
        e.package(
            e.metadata(*_metadata(text, leaves, date)),
            e.manifest(*items),
            e.spine(*order, {"page-progression-direction": direction}),
            {"version": "3.0", "unique-identifier": "id", _LANG: text.language, "dir": direction},
        )
    )


def _metadata(text: Text, leaves: Sequence[_Leaf], date: datetime.date) -> Iterator[etree._Element]:
    definition = text.course.definition
    words = strings(text.language)["page"]["text_edition"]
    dc = ElementMaker(namespace=_DC, nsmap={"dc": _DC})
    has_math = any(leaf.has_math for leaf in leaves)
    # The same book in every version, and another one in each language (EPUB 3.3, 5.5.3.1.1).
    name = f"{definition.iri or definition.id} {text.language}"
    yield dc.identifier(f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}", id="id")
    yield dc.title(f"{definition.title}: {words['name']}")
    yield dc.language(text.language)
    yield dc.creator(definition.publisher)
    yield dc.publisher(definition.publisher)
    yield dc.description(definition.description)
    yield dc.rights(definition.licence)
    for keyword in definition.keywords:
        yield dc.subject(keyword)
    properties = [("dcterms:modified", f"{date.isoformat()}T00:00:00Z")]
    properties += [("schema:accessMode", "textual")]
    properties += [("schema:accessMode", "visual")] if text.pictures else []
    properties += [("schema:accessModeSufficient", "textual"), ("schema:accessibilityHazard", "none")]
    features = [
        "alternativeText",
        "displayTransformability",
        "readingOrder",
        "structuralNavigation",
        "tableOfContents",
    ]
    features += ["MathML"] if has_math else []
    features += ["transcript"] if text.course.recordings else []
    properties += [("schema:accessibilityFeature", feature) for feature in features]
    summary = f"{words['accessibility']} {words['formulas']}" if has_math else words["accessibility"]
    properties += [("schema:accessibilitySummary", summary)]
    for property_, value in properties:
        yield _meta(property_, value)


def _meta(name: str, value: str) -> etree._Element:
    element = etree.Element(f"{{{_OPF}}}meta", {"property": name})
    element.text = value
    return element
