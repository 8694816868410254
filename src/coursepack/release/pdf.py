"""Turns the HTML of a sheet into a tagged PDF, with WeasyPrint, and fetches nothing for it."""

from __future__ import annotations

import contextlib
import datetime
import gc
import io
import re
import warnings
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree

from coursepack.problems import Message
from coursepack.release.pdf_file import Body
from coursepack.version import __version__

if TYPE_CHECKING:
    from weasyprint import CSS, HTML, Document  # type: ignore[import-untyped]
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # type: ignore[import-untyped]

LIBRARIES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
"""Debian's packages of what WeasyPrint needs from the system."""

_BASE = "https://release.invalid/"
"""Where the HTML is, as it were: nothing can be there (RFC 2606, 2)."""

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_UA = "http://www.aiim.org/pdfua/ns/id/"

# PDF/A describes what is in no schema that it knows (ISO 19005-2, 6.6.2.3.3).
_UA_IN_A = f"""<rdf:Description xmlns:rdf="{_RDF}" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"
 xmlns:pdfuaid="{_UA}" rdf:about="" pdfuaid:part="1"><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>{_UA}</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""


_SYMBOL = re.compile(r'<symbol id="([\w-]+)" viewBox="([\d. ]+)">(.*?)</symbol>')
_SIGN = re.compile(r'<svg class="i" aria-hidden="true"><use href="#([\w-]+)"/></svg>')
_LINES = 'fill="none" stroke="black" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"'
"""The style of a document does not reach into its drawings."""


class Sheet(NamedTuple):
    """What `pdf` makes a document of."""

    html: str
    date: datetime.date
    pictures: Mapping[str, bytes] = {}


class Pdf(NamedTuple):
    """One document twice: `reading` is PDF/UA-1, `archive` PDF/A-2a that is PDF/UA-1 too."""

    reading: bytes
    archive: bytes


@cache
def missing() -> Message | None:
    """What has to be installed before there can be a PDF, or None."""
    try:
        # It prints what it misses.
        with contextlib.redirect_stdout(io.StringIO()):
            import weasyprint  # noqa: F401
    except ImportError:
        return Message("PDFs need the extra {0}: install {1}.", "pdf", "coursepack[pdf]")
    except OSError:
        return Message(
            "PDFs need Pango from the system. On Debian and Ubuntu, install {0}.", " ".join(LIBRARIES)
        )
    return None


def pdf(html: str, date: datetime.date, pictures: Mapping[str, bytes] | None = None) -> Pdf:
    """The document as a PDF, with `date` as its only date.

    The same HTML, files, fonts and libraries give the same bytes. `pictures` are by the address that the HTML
    has for them; whatever else it names is left out, except `data:`.
    Pictures without a text and what stands in the margins of pages become artifacts. Tables have no cells that span
    others: their headers would be wrong. Raises ImportError or OSError when something is `missing`.
    """
    made: list[bytes] = []

    def finish(document: Document, file: Any) -> None:
        _name_headers(document, file)
        _name_links(document)
        _mark_artifacts(file)
        _give_bodies(file)
        metadata, catalog = _object(file, file.catalog["Metadata"]), file.catalog
        others = {metadata.number: metadata, catalog.number: catalog}
        body = Body(file, tuple(others))
        archive = body.with_objects(others)
        metadata.stream = [_packet(document.metadata.generate_rdf_metadata("ua", 1, None))]
        del catalog["OutputIntents"]
        made.extend((body.with_objects(others), archive))
        # What WeasyPrint writes itself takes longer, and is not used.
        file.objects.clear()

    with _without_collection(), warnings.catch_warnings():
        # It leaves the file of its colour profile open.
        warnings.simplefilter("ignore", ResourceWarning)
        document = _source(html, pictures or {}).render()
        metadata = document.metadata
        metadata.generator = f"coursepack {__version__}"
        metadata.created = metadata.modified = f"{date.isoformat()}T00:00:00Z"
        generate = metadata.generate_rdf_metadata
        metadata.generate_rdf_metadata = lambda *kind: _with_ua(generate(*kind), kind[0])
        document.write_pdf(io.BytesIO(), finisher=finish, pdf_variant="pdf/a-2a")
    return Pdf(*made)


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """Spares a fifth of the time: a layout makes many objects, and none are garbage before it is done."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def prepare() -> None:
    """Imports and reads what each document needs, before a process forks."""
    _defaults()


def _source(html: str, given: Mapping[str, bytes]) -> HTML:
    from weasyprint import HTML

    class Source(HTML):  # type: ignore[misc]
        def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
            return [_defaults()]

    return Source(string=_with_signs(html), base_url=_BASE, url_fetcher=_fetcher(given))


def _with_signs(html: str) -> str:
    """The document with each sign where it is used: WeasyPrint looks for the parts of a drawing in itself alone."""
    symbols = {name: (box, shape) for name, box, shape in _SYMBOL.findall(html)}

    def drawn(sign: re.Match[str]) -> str:
        box, shape = symbols[sign[1]]
        return f'<svg class="i" aria-hidden="true" viewBox="{box}"><g {_LINES}>{shape}</g></svg>'

    return _SIGN.sub(drawn, html)


@cache
def _defaults() -> CSS:
    """What HTML looks like without a style, without notes, which would give each element five more styles to keep."""
    import weasyprint

    style = (files(weasyprint) / "css" / "html5_ua.css").read_text("utf-8")
    return weasyprint.CSS(string=re.sub(r"^::(foot)?note-.*", "", style, flags=re.MULTILINE))


def _fetcher(given: Mapping[str, bytes]) -> URLFetcher:
    """Gives WeasyPrint the files that it may have, and opens nothing."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
            name = url.removeprefix(_BASE)
            if url.startswith(_BASE) and name in given:
                return URLFetcherResponse(url, given[name])
            if url.startswith("data:"):
                return super().fetch(url, headers)
            # To WeasyPrint, the file is not there.
            raise ValueError(f"{url[:200]} is none of the files of this document")

    return Fetcher(allowed_protocols=("data",))


def _packet(rdf: bytes) -> bytes:
    """Metadata as a PDF holds them (ISO 16684-1, 7.3)."""
    begin = b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
    return begin + rdf + b'\n</x:xmpmeta>\n<?xpacket end="r"?>'


def _with_ua(rdf: bytes, kind: str) -> bytes:
    """The metadata of an archive copy with the part of PDF/UA that it conforms to as well."""
    if kind != "a":
        return rdf
    root = etree.fromstring(rdf)
    root.append(etree.fromstring(_UA_IN_A))
    return etree.tostring(root, encoding="utf-8")


def _name_headers(document: Document, file: Any) -> None:
    """Says of header cells what they are the header of, and gives each an id that no other has.

    WeasyPrint repeats the header of a table that goes on overleaf with the same ids, and makes no tree of them, which
    there must be (ISO 32000-1, table 322).
    """
    import pydyf  # type: ignore[import-untyped]

    tree: dict[str, bytes] = {}
    for number, page in enumerate(document.pages):
        for box in page._page_box.descendants():
            cell = getattr(box, "mark", None)
            if isinstance(cell, pydyf.Dictionary) and "ID" in cell:
                # The cells of the page that it heads hold the same string.
                cell["ID"].string = f"{number}-{cell['ID'].string}"
                cell["A"]["Scope"] = "/Row" if box.element.get("scope") == "row" else "/Column"
                tree[cell["ID"].string] = cell.reference
    if tree:
        names = [part for key, cell in sorted(tree.items()) for part in (pydyf.String(key), cell)]
        limits = pydyf.Array([pydyf.String(min(tree)), pydyf.String(max(tree))])
        leaf = pydyf.Dictionary({"Names": pydyf.Array(names), "Limits": limits})
        file.add_object(leaf)
        root = _object(file, file.catalog["StructTreeRoot"])
        root["IDTree"] = pydyf.Dictionary({"Kids": pydyf.Array([leaf.reference])})


def _name_links(document: Document) -> None:
    """Describes links within the document by their text: WeasyPrint writes the name of their target."""
    import pydyf

    for page in document.pages:
        for box in page._page_box.descendants():
            if box.link_annotation and "Dest" in box.link_annotation:
                text = " ".join("".join(box.element.itertext()).split())
                box.link_annotation["Contents"] = pydyf.String(text)


def _mark_artifacts(file: Any) -> None:
    """Makes artifacts of pictures without a text, and of what stands in margins (ISO 14289-1, 7.1, 7.3 and 7.8).

    WeasyPrint tags the first without saying what they show, and the second without a place in the tree.
    """
    import pydyf

    root = _object(file, file.catalog["StructTreeRoot"])
    kept: set[int] = set()
    decorative: set[int] = set()
    ahead = list(root["K"])
    while ahead:
        number = _number(ahead.pop())
        kept.add(number)
        element = file.objects[number]
        children = element.get("K", ())
        for child in [each for each in children if isinstance(each, bytes)]:
            tag = file.objects[_number(child)]
            if tag.get("S") == "/Figure" and "Alt" not in tag:
                decorative.add(_number(child))
                children.remove(child)
            else:
                ahead.append(child)
    marks = iter(_object(file, root["ParentTree"])["Nums"])
    pages = [_object(file, page) for page in file.page_references]
    for page, (_, parents) in zip(pages, zip(marks, marks, strict=True), strict=False):
        hidden = {
            mark: "Pagination" if _number(parent) not in decorative else ""
            for mark, parent in enumerate(parents)
            if _number(parent) not in kept
        }
        stream = _object(file, page["Contents"]).stream
        for at, (_tag, mark, sign) in enumerate(zip(stream, stream[1:], stream[2:], strict=False)):
            if sign == b"BDC" and mark.get("MCID") in hidden:
                kind = hidden[mark["MCID"]]
                properties = pydyf.Dictionary({"Type": f"/{kind}"} if kind else {})
                stream[at : at + 3] = ["/Artifact", properties, b"BDC"]
        parents[:] = [b"null" if mark in hidden else parent for mark, parent in enumerate(parents)]


def _give_bodies(file: Any) -> None:
    """Puts the contents of items of lists into bodies (ISO 32000-1, table 336).

    WeasyPrint makes none for an item that consists of paragraphs.
    """
    import pydyf

    for item in [
        each for each in file.objects if isinstance(each, pydyf.Dictionary) and each.get("S") == "/LI"
    ]:
        tags = [(child, _object(file, child)) for child in item["K"]]
        if any(tag.get("S") == "/LBody" for _, tag in tags):
            continue
        content = [(child, tag) for child, tag in tags if tag.get("S") != "/Lbl"]
        body = pydyf.Dictionary({key: item[key] for key in ("Type", "Pg")})
        file.add_object(body)
        body.update(S="/LBody", P=item.reference, K=pydyf.Array([child for child, _ in content]))
        for _, tag in content:
            tag["P"] = body.reference
        item["K"][:] = [child for child, tag in tags if tag.get("S") == "/Lbl"] + [body.reference]


def _number(reference: bytes) -> int:
    return int(reference.split()[0])


def _object(file: Any, reference: bytes) -> Any:
    return file.objects[_number(reference)]
