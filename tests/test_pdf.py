"""A document is looked into as far as needed to say whether everybody can read it; and becomes links and a frame."""

from __future__ import annotations

import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from PIL import Image
from showcase import PDF
from strategies import PAGE, MakeCourse, fence

from coursepack import TARGETS, read_course, render_site
from coursepack.reading.documents import people_in
from coursepack.reading.media_heads import MediaError
from coursepack.reading.pdf import Pdf, read_pdf
from coursepack.reading.source import read_folder

TAGGED = b"<</Type/Catalog/Pages 2 0 R/StructTreeRoot 3 0 R/MarkInfo<</Marked true>>/Lang(sv-SE)>>"
BLOCK = {"src": "media/a.pdf", "title": "A <plan>", "summary": "What it tells.\n\nAnd & more."}


def pdf(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A document of the old kind: objects as they are, and a trailer."""
    body = b"".join(b"%d 0 obj\n%b\nendobj\n" % (number, text) for number, text in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"xref\n0 1\ntrailer\n<<" + trailer + b">>\nstartxref\n9\n%%EOF\n"


def packed(*objects: bytes, filters: bytes = b"/Filter/FlateDecode") -> bytes:
    """A document as programs write it since 2003: its objects are compressed together, its trailer is a stream."""
    places = b" ".join(
        b"%d %d" % (number, sum(len(each) + 1 for each in objects[: number - 1]))
        for number in range(1, len(objects) + 1)
    )
    text = places + b"\n" + b"\n".join(objects)
    stream = zlib.compress(text)
    return (
        b"%%PDF-1.5\n20 0 obj\n<</Type/ObjStm/N %d/First %d%b/Length %d>>stream\n%b\nendstream\nendobj\n"
        % (len(objects), len(places) + 1, filters, len(stream), stream)
        + b"21 0 obj\n<</Type/XRef/Root 1 0 R/Size 22/W[1 2 1]>>stream\n\0\1\2\nendstream\nendobj\nstartxref\n9\n%%EOF"
    )


def found(folder: Path, data: bytes) -> Pdf | None:
    path = folder / "a.pdf"
    path.write_bytes(data)
    return read_pdf(path)


@pytest.mark.parametrize("make", [pdf, packed])
@pytest.mark.parametrize(
    ("catalog", "tagged", "language"),
    [
        (TAGGED, True, True),
        (b"<</Type/Catalog/Pages 2 0 R>>", False, False),
        # Marked and without a tree, or with a tree that is not to be relied on: not tagged (ISO 32000-1, 14.8.1).
        (TAGGED.replace(b"/StructTreeRoot 3 0 R", b""), False, True),
        (TAGGED.replace(b"true", b"false"), False, True),
        (TAGGED.replace(b"(sv-SE)", b"()"), True, False),
        (TAGGED.replace(b"(sv-SE)", b"<FEFF00730076>"), True, True),
        (TAGGED.replace(b"(sv-SE)", b" 2 0 R"), True, True),
        (TAGGED.replace(b"<</Marked true>>", b" 2 0 R"), True, True),
    ],
)
def test_a_catalog_says_whether_there_are_tags_and_a_language(
    tmp_path: Path, make: object, catalog: bytes, tagged: bool, language: bool
) -> None:
    data = make(catalog, b"<</Marked true>>")  # type: ignore[operator]
    assert found(tmp_path, data) == Pdf(tagged, language)


def test_documents_that_others_made_are_understood(tmp_path: Path) -> None:
    assert found(tmp_path, PDF) == Pdf(is_tagged=True, has_language=True)
    Image.new("RGB", (9, 9)).save(tmp_path / "b.pdf")
    assert read_pdf(tmp_path / "b.pdf") == Pdf(is_tagged=False, has_language=False)


def test_the_newest_catalog_counts(tmp_path: Path) -> None:
    old = pdf(b"<</Type/Catalog/Pages 2 0 R>>")
    more = b"1 0 obj\n" + TAGGED + b"\nendobj\ntrailer\n<</Root 1 0 R/Prev 9>>\nstartxref\n99\n%%EOF\n"
    assert found(tmp_path, old + more) == Pdf(is_tagged=True, has_language=True)
    # Object 11 is not object 1.
    assert found(tmp_path, old + more.replace(b"1 0 obj", b"11 0 obj", 1)) == Pdf(False, False)


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n%%EOF",
        pdf(b"<</Type/Catalog>>", trailer=b"/Root 7 0 R"),
        packed(TAGGED, filters=b"/Filter/LZWDecode"),
        packed(TAGGED).replace(b"stream\nx", b"stream\ny"),
    ],
    ids=["no catalog", "no root", "other filter", "damaged stream"],
)
def test_of_what_cannot_be_found_nothing_is_said(tmp_path: Path, data: bytes) -> None:
    assert found(tmp_path, data) is None


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"PK\3\4 a word file", "not-a-pdf"),
        (pdf(TAGGED)[:-7], "not-a-pdf"),
        (pdf(TAGGED, trailer=b"/Root 1 0 R/Encrypt 5 0 R"), "locked-pdf"),
        (packed(TAGGED).replace(b"/Root 1", b"/Encrypt<</V 5>>/Root 1"), "locked-pdf"),
    ],
)
def test_what_is_no_document_or_is_locked_is_refused(tmp_path: Path, data: bytes, rule: str) -> None:
    with pytest.raises(MediaError) as caught:
        found(tmp_path, data)
    assert caught.value.rule == rule


def test_the_word_encrypt_on_a_page_locks_nothing(tmp_path: Path) -> None:
    text = b"<</Length 30>>stream\n(/Encrypt 5 0 R) Tj\nendstream"
    assert found(tmp_path, pdf(TAGGED, text)) == Pdf(is_tagged=True, has_language=True)


@settings(max_examples=200)
@given(st.data())
def test_nothing_else_is_raised_whatever_is_damaged(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = bytearray(data.draw(st.sampled_from([PDF, packed(TAGGED), pdf(TAGGED)])))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(MediaError):
        found(tmp_path_factory.getbasetemp(), bytes(whole))


def told(folder: Path) -> list[str]:
    return [f"{problem.severity} {problem.rule}" for problem in read_folder(folder)[1]]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (pdf(TAGGED), []),
        (pdf(b"<</Type/Catalog>>"), ["warning media/pdf-without-language", "warning media/untagged-pdf"]),
        (b"%PDF-1.7\n%%EOF", []),
        (b"not one", ["error media/not-a-pdf"]),
        (pdf(TAGGED, trailer=b"/Root 1 0 R/Encrypt 5 0 R"), ["error media/locked-pdf"]),
    ],
)
def test_an_author_is_told_once_what_is_wrong_with_a_document(
    make_course: MakeCourse, data: bytes, expected: list[str]
) -> None:
    page = fence("document", BLOCK) + "\n" + fence("document", BLOCK)
    assert told(make_course({PAGE: page, "media/a.pdf": data})) == expected


def test_a_document_of_another_kind_is_refused(make_course: MakeCourse) -> None:
    page = fence("document", BLOCK | {"src": "media/a.docx"})
    assert told(make_course({PAGE: page, "media/a.docx": b"PK"})) == ["error media/unknown-type"]


def test_a_document_is_links_its_gist_and_a_frame_that_waits(make_course: MakeCourse) -> None:
    files = {PAGE: fence("document", BLOCK), "media/a.pdf": pdf(TAGGED)}
    site = render_site(read_course(make_course(files)), TARGETS["web"])
    index = site["index.html"]
    assert isinstance(index, bytes)
    assert "media/a.pdf" in site
    page = html.document_fromstring(index.decode())
    (block,) = page.xpath("//div[@class='doc block']")
    (frame,) = block.xpath(".//iframe")
    assert (frame.get("src"), frame.get("title"), frame.get("loading")) == (
        "media/a.pdf#navpanes=0&view=FitH",
        "A <plan>",
        "lazy",
    )
    assert block.xpath("details[@open]") == []
    assert [link.get("href") for link in block.xpath(".//a")] == ["media/a.pdf"] * 2
    assert block.xpath(".//a[@target='_blank']/@rel") == ["noopener"]
    assert "What it tells." in block.xpath("p[2]")[0].text
    assert "And & more." in block.xpath("p[3]")[0].text
    # Among the resources it is the link alone.
    (listed,) = page.xpath("//section[@id='resurser']//p[@class='download']")
    assert listed.xpath(".//strong/text()") == ["A <plan>"]
    assert len(page.xpath("//iframe")) == 1


@pytest.mark.parametrize(("page", "expected"), [(fence("document", BLOCK), True), ("Text.\n", False)])
def test_only_a_course_with_documents_may_show_frames(
    make_course: MakeCourse, page: str, expected: bool
) -> None:
    site = render_site(read_course(make_course({PAGE: page, "media/a.pdf": pdf(TAGGED)})), TARGETS["web"])
    index = site["index.html"]
    assert isinstance(index, bytes)
    assert (b"; frame-src 'self' file:;" in index) == expected


XMP = (
    b"<</Type/Metadata/Subtype/XML/Length 9>>stream\n<dc:creator><rdf:Seq><rdf:li>\xc3\x85sa &amp; Bo</rdf:li></rdf:Seq>"
    b"</dc:creator>\nendstream"
)


@pytest.mark.parametrize(
    ("info", "author"),
    [
        (b"/Author(Anna Berg)", "Anna Berg"),
        (b"/Author (Anna \\(HR\\) B\\345ge)", "Anna (HR) B\u00e5ge"),
        (b"/Author<FEFF00C500730061>", "\u00c5sa"),
        (b"/Author(\xfe\xff\0\xc5\0s\0a)", "\u00c5sa"),
        (b"/Author(\xef\xbb\xbf\xc3\x85sa)", "\u00c5sa"),
        (b"/Producer(Writer)", ""),
    ],
)
def test_who_wrote_a_document_is_found(info: bytes, author: str, tmp_path: Path) -> None:
    data = pdf(TAGGED, b"<<%b>>" % info, trailer=b"/Root 1 0 R/Info 2 0 R")
    result = found(tmp_path, data)
    assert result is not None
    assert result.author == author


def test_the_author_may_stand_in_xmp_alone(tmp_path: Path) -> None:
    result = found(tmp_path, pdf(TAGGED.replace(b"/Lang", b"/Metadata 2 0 R/Lang"), XMP))
    assert result is not None
    assert result.author == "\u00c5sa & Bo"


CORE = """<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>T</dc:title><dc:creator>Anna</dc:creator>
<cp:lastModifiedBy>Bo</cp:lastModifiedBy></cp:coreProperties>"""
META = """<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>
<meta:initial-creator>Anna</meta:initial-creator><dc:creator>Bo</dc:creator></office:meta></office:document-meta>"""


@pytest.mark.parametrize(
    ("name", "part", "text"),
    [
        ("a.docx", "docProps/core.xml", CORE),
        ("a.pptx", "docProps/core.xml", CORE),
        ("a.odt", "meta.xml", META),
    ],
)
def test_whom_an_office_document_names_is_found(name: str, part: str, text: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / name, "w") as file:
        file.writestr(part, text)
    assert people_in(tmp_path / name) == ("Anna", "Bo")


@pytest.mark.parametrize("name", ["a.docx", "a.odt", "a.pdf", "a.txt"])
def test_a_document_that_cannot_be_read_names_nobody(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"PK\3\4 no document")
    assert people_in(tmp_path / name) == ()
