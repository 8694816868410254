"""Sheets become PDFs that say what they consist of, to be read by people and machines, and that fetch nothing."""

from __future__ import annotations

import base64
import datetime
import io
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pikepdf
import pytest
from pdf_tags import tags
from PIL import Image

from coursepack.release.handover import Document
from coursepack.release.pdf import Pdf, Sheet, missing, pdf
from coursepack.release.printing import Printed, Printer

DAY = datetime.date(2026, 12, 1)
UA = "{http://www.aiim.org/pdfua/ns/id/}part"
A = "{http://www.aiim.org/pdfa/ns/id/}"


def png(colour: str = "red") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(target, "png")
    return target.getvalue()


ROWS = "".join(f"<tr><th scope='row'>Row {n}</th><td>{n}</td></tr>" for n in range(1, 61))
SHEET = f"""<html lang="sv"><head><title>Vad som sägs</title><style>
@page {{ @bottom-right {{ content: counter(page) }} }}</style></head><body>
<h1>Ett</h1><h2 id="two">Två</h2><p>Text. <a href="#two">Till två</a> <a href="https://example.org/">Ut</a></p>
<img src="a.png" alt="En röd ruta"><img src="a.png" alt="">
<svg aria-hidden="true" width="9" height="9"><path d="M0 0h9v9z"/></svg>
<ul><li>Första</li><li><p>Andra</p><p>Mer</p></li></ul>
<table><thead><tr><th scope="col">Vad</th><th scope="col">Hur många</th></tr></thead><tbody>{ROWS}</tbody></table>
<h2>Tre</h2></body></html>"""


needs_pango = pytest.mark.skipif(missing() is not None, reason=str(missing()))


@pytest.fixture(scope="module")
def made() -> Pdf:
    if missing():
        pytest.skip(str(missing()))
    return pdf(SHEET, DAY, {"a.png": png()})


@pytest.fixture(params=["reading", "archive"])
def document(made: Pdf, request: pytest.FixtureRequest) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(getattr(made, request.param))) as opened:
        yield opened


def test_the_document_names_its_language_and_title(document: pikepdf.Pdf) -> None:
    root = document.Root
    assert root.Lang == "sv"
    assert root.MarkInfo.Marked is True
    assert root.ViewerPreferences.DisplayDocTitle is True
    assert document.docinfo.Title == "Vad som sägs"
    with document.open_metadata() as metadata:
        assert metadata["dc:title"] == "Vad som sägs"


def test_headings_are_in_order(document: pikepdf.Pdf) -> None:
    assert [tag for tag, _ in tags(document) if re.fullmatch(r"/H\d", tag)] == ["/H1", "/H2", "/H2"]


def test_pictures_have_their_texts_and_decoration_is_none_of_the_document(document: pikepdf.Pdf) -> None:
    assert [str(each.Alt) for tag, each in tags(document) if tag == "/Figure"] == ["En röd ruta"]


def test_items_of_lists_have_bodies(document: pikepdf.Pdf) -> None:
    items = [[str(kid.S) for kid in each.K] for tag, each in tags(document) if tag == "/LI"]
    assert items == [["/Lbl", "/LBody"]] * 2


def test_each_element_names_its_parent(document: pikepdf.Pdf) -> None:
    for _, each in tags(document):
        for kid in each.K if isinstance(each.get("/K"), pikepdf.Array) else ():
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                assert kid.P.objgen == each.objgen


def test_the_file_is_sound(document: pikepdf.Pdf) -> None:
    """To QPDF."""
    assert document.check_pdf_syntax() == []


def test_files_are_identified(made: Pdf) -> None:
    """ISO 19005-2, 6.1.3."""
    found = set()
    for data in made:
        with pikepdf.open(io.BytesIO(data)) as document:
            first, second = (bytes(each) for each in document.trailer.ID)
            assert len(first) == 16
            assert first == second
            found.add(first)
    assert len(found) == 2


def test_header_cells_say_what_they_head(document: pikepdf.Pdf) -> None:
    cells = list(tags(document))
    heads = {str(each.ID): str(each.A.Scope) for tag, each in cells if tag == "/TH"}
    # The header is there again on each page: so are its ids, if nobody takes care.
    assert len(heads) == sum(tag == "/TH" for tag, _ in cells) > 62
    named = [[heads[str(name)] for name in each.A.Headers] for tag, each in cells if tag == "/TD"]
    assert named == [["/Row", "/Column"]] * 60
    tree = document.Root.StructTreeRoot.IDTree.Kids[0].Names
    names = [str(name) for name in list(tree)[::2]]
    assert sorted(heads) == names
    assert all(name == cell.ID for name, cell in zip(names, list(tree)[1::2], strict=True))


def test_links_are_described(document: pikepdf.Pdf) -> None:
    links = [each for page in document.pages for each in page.get("/Annots", [])]
    assert [str(each.Contents) for each in links] == ["Till två", "https://example.org/"]
    assert all("/StructParent" in each for each in links)


def test_all_content_is_in_the_tree_or_an_artifact(document: pikepdf.Pdf) -> None:
    """ISO 14289-1, 7.1."""
    parents = document.Root.StructTreeRoot.ParentTree.Nums
    tree = {each.objgen for _, each in tags(document)}
    kinds = set()
    for page in document.pages:
        held = parents[list(parents).index(page.StructParents) + 1]
        open_: list[str] = []
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in ("BMC", "BDC"):
                tag = str(operands[0])
                kinds.add(tag)
                assert not open_, "an artifact is not in a tag, and no tag is in an artifact"
                open_.append(tag)
                if tag == "/Artifact":
                    assert len(operands) < 2 or "/MCID" not in operands[1]
                else:
                    assert held[int(operands[1].MCID)].objgen in tree
            elif name == "EMC":
                open_.pop()
            elif name in ("Tj", "TJ", "Do", "f", "S", "B"):
                assert open_, f"{name} is in no marked content"
    assert "/Artifact" in kinds


def test_metadata_name_the_standards(made: Pdf) -> None:
    found = {}
    for name, data in made._asdict().items():
        with pikepdf.open(io.BytesIO(data)) as document, document.open_metadata() as metadata:
            found[name] = {
                "ua": metadata.get(UA),
                "a": (metadata.get(f"{A}part"), metadata.get(f"{A}conformance")),
                "is for print": "/OutputIntents" in document.Root,
            }
            # ISO 19005-2, 6.6.2.3.3: what PDF/A does not know itself is described.
            text = document.Root.Metadata.read_bytes()
            assert (b"pdfaProperty:name>part<" in text) == (name == "archive")
    assert found == {
        "reading": {"ua": "1", "a": (None, None), "is for print": False},
        "archive": {"ua": "1", "a": ("2", "A"), "is for print": True},
    }


def test_fonts_are_in_the_file(document: pikepdf.Pdf) -> None:
    fonts = [
        each
        for each in document.objects
        if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor"
    ]
    assert fonts
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(each.keys()) for each in fonts)


def test_dates_are_those_of_the_release(document: pikepdf.Pdf) -> None:
    assert {str(document.docinfo[name]) for name in ("/CreationDate", "/ModDate")} == {"D:20261201000000Z"}


def test_the_same_sheet_gives_the_same_bytes(
    made: Pdf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert pdf(SHEET, DAY, {"a.png": png()}) == made
    assert pdf(SHEET, DAY.replace(day=2), {"a.png": png()}) != made


def test_processes_of_their_own_make_the_same_in_its_place(made: Pdf, tmp_path: Path) -> None:
    short = Sheet('<html lang="en"><title>x</title><p>short', DAY)
    text, long = Document("a.txt", b"A"), Sheet(SHEET, DAY, {"a.png": png()})
    with Printer(tmp_path) as printer:
        assert printer.missing is None
        second = tuple(printer.begin([Printed("long.pdf", long, "archive.pdf"), text]))
        first = tuple(printer.begin([Printed("short.pdf", short)]))
        assert printer.finish({"one": first, "two": second}) == {
            "one": (Document("short.pdf", pdf(*short).reading),),
            "two": (Document("long.pdf", made.reading), Document("archive.pdf", made.archive), text),
        }


def test_no_pdf_is_no_error(tmp_path: Path) -> None:
    with Printer(tmp_path) as printer:
        assert printer.finish({"one": (Document("a.txt", b"A"),)}) == {"one": (Document("a.txt", b"A"),)}


def test_a_process_that_ends_without_a_pdf_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    message = "a PDF was not made: its process ended with 1"
    with Printer(tmp_path) as printer:
        with pytest.raises(OSError, match=message):
            _ = printer.missing
        with pytest.raises(OSError, match=message):
            tuple(printer.begin([Printed("a.pdf", Sheet(SHEET, DAY))]))


LEFT = """
import datetime, sys
from pathlib import Path
from coursepack.release.pdf import Sheet
from coursepack.release.printing import Printed, Printer
with Printer(Path(sys.argv[1])) as printer:
    assert printer.missing is None
    sheet = Sheet(f"<p>{'word ' * 100_000}", datetime.date(2026, 12, 1))
    tuple(printer.begin([Printed("a.pdf", sheet)]))
"""


@needs_pango
def test_what_is_not_finished_ends_with_the_context(tmp_path: Path) -> None:
    # This waits for all that can write to its output.
    done = subprocess.run([sys.executable, "-c", LEFT, tmp_path], capture_output=True, check=True)
    assert done.stderr == b""
    assert not (tmp_path / "0.pdf").exists()


@needs_pango
def test_one_pdf_that_is_not_made_is_an_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    broken = Sheet(SHEET, cast(datetime.date, "no date"))
    with Printer(tmp_path) as printer:
        group = tuple(printer.begin([Printed("a.pdf", Sheet("<p>", DAY)), Printed("b.pdf", broken)]))
        with pytest.raises(OSError, match="a PDF was not made: its process ended with 1"):
            printer.finish({"one": group})
    assert "'str' object has no attribute 'isoformat'" in capfd.readouterr().err


@needs_pango
def test_processes_end_without_unloading_what_threads_may_use(tmp_path: Path) -> None:
    """Pango has a thread of its own, which is in no hurry: it crashed when its library was gone."""
    told = "import atexit, os; atexit.register(os.write, 2, b'unloaded')"
    program = f"{told}; from coursepack.release.printing import main; main()"
    command = [sys.executable, "-c", program, tmp_path]
    for name in ("0.sheet", "1.sheet"):
        (tmp_path / name).write_bytes(pickle.dumps(tuple(Sheet("<p>", DAY))))
    done = subprocess.run(command, input=b"\n\n", capture_output=True, check=True)
    assert done.stderr == b""
    assert pickle.loads((tmp_path / "1.pdf").read_bytes()) == tuple(pdf("<p>", DAY))


@needs_pango
def test_children_of_others_are_not_waited_for(tmp_path: Path) -> None:
    """A shell that becomes the process leaves it those that it has started."""
    (tmp_path / "0.sheet").write_bytes(pickle.dumps(tuple(Sheet("<p>", DAY))))
    script = '(exit 1) & exec "$0" -m coursepack.release.printing "$1"'
    command = ["sh", "-c", script, sys.executable, tmp_path]
    subprocess.run(command, input=b"\n", capture_output=True, check=True)
    assert (tmp_path / "0.pdf").exists()


HOSTILE = """<html lang="en"><head><title>x</title>
<link rel="attachment" href="{file}"><link rel="attachment" href="http://127.0.0.1:{port}/attached">
<link rel="stylesheet" href="{file}.css"><link rel="stylesheet" href="../outside.css">
<style>@import "{file}.css"; @import url(http://127.0.0.1:{port}/style.css);
@font-face {{ font-family: X; src: url({file}.woff2), url(http://127.0.0.1:{port}/font.woff2) }}
body {{ font-family: X; background: url({file}); list-style: url("{path}") }}
p::before {{ content: url({file}) }}</style></head><body><p>text</p>
<img src="{file}" alt="a"><img src="{path}" alt="b"><img src="link.png" alt="c"><img src="../outside.png" alt="d">
<img src="http://127.0.0.1:{port}/a.png" alt="e"><img src="https://release.invalid/../outside.png" alt="f">
<img src="FILE:{path}" alt="g"><img src="ftp://127.0.0.1:{port}/a.png" alt="h">
<object data="{file}">i</object><embed src="{file}"><input type="image" src="{file}" alt="j">
<img src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'%3E%3Cimage href='{file}' width='9' height='9'/%3E%3Cuse href='{file}.svg%23a'/%3E%3C/svg%3E" alt="k">
<img src="own.svg" alt="l">
<svg width="9" height="9"><image href="{file}" width="9" height="9"/><use href="{file}.svg#a"/></svg>
</body></html>"""

WATCHED = """
import datetime, sys
from pathlib import Path
from coursepack.release.pdf import pdf
html, svg = Path("hostile.html").read_text("utf-8"), Path("own.svg").read_bytes()
pdf("<html lang=en><title>a</title><p>first, so that all that is imported is", datetime.date(2026, 12, 1))
seen = []
def watch(event, args):
    is_fetched = event.startswith(("socket.", "urllib.", "subprocess.", "ftplib.")) and not str(args[0]).startswith("data:")
    if is_fetched or event == "open" and "outside" in str(args[0]):
        seen.append((event, str(args)))
sys.addaudithook(watch)
made = pdf(html, datetime.date(2026, 12, 1), {"own.svg": svg})
Path("made.pdf").write_bytes(made.archive)
print(seen)
"""


@needs_pango
def test_nothing_is_fetched_but_what_is_given(tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    outside.write_bytes(png())
    (tmp_path / "outside.css").write_text("p::after { content: 'outside' }", "utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link.png").symlink_to(outside)
    file = outside.as_uri()
    (folder / "own.svg").write_text(
        f'<!DOCTYPE svg [<!ENTITY x SYSTEM "{file}">]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
        f'<image href="{file}" width="9" height="9"/><text>&x;</text></svg>',
        "utf-8",
    )
    text = HOSTILE.format(file=file, path=outside, port=9)
    (folder / "hostile.html").write_text(text, "utf-8")
    told = subprocess.run(
        [sys.executable, "-c", WATCHED], cwd=folder, capture_output=True, text=True, check=True
    )
    assert told.stdout == "[]\n"
    with pikepdf.open(folder / "made.pdf") as document:
        kinds = [each.get("/Subtype") for each in document.objects if isinstance(each, pikepdf.Stream)]
        assert "/Image" not in kinds
        assert "/EmbeddedFiles" not in document.Root.get("/Names", {})


@needs_pango
@pytest.mark.parametrize("colour", ["red", "blue"])
def test_what_is_given_is_drawn(colour: str) -> None:
    html = '<html lang="en"><title>x</title><img src="media/a.png" alt="a"><img src="data:image/png;base64,{}" alt="b">'
    made = pdf(html.format(base64.b64encode(png(colour)).decode()), DAY, {"media/a.png": png(colour)})
    with pikepdf.open(io.BytesIO(made.reading)) as document:
        images = [
            each
            for each in document.objects
            if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Image"
        ]
        assert {pikepdf.PdfImage(each).as_pil_image().convert("RGB").getpixel((0, 0)) for each in images} == {
            {"red": (255, 0, 0), "blue": (0, 0, 255)}[colour]
        }


def test_signs_of_a_sheet_are_drawn() -> None:
    symbol = '<symbol id="i-ok" viewBox="0 0 24 24"><path d="M8 12l3 3L16 9"/></symbol>'
    sign = '<svg class="i" aria-hidden="true"><use href="#i-ok"/></svg>'
    html = f'<html lang="sv"><title>A</title><svg width="0" height="0">{symbol}</svg><p>{sign} Provat'
    with pikepdf.open(io.BytesIO(pdf(html, DAY).reading)) as document:
        drawn = [
            [float(each) for each in operands]
            for page in document.pages
            for operands, operator in pikepdf.parse_content_stream(page)
            if str(operator) in ("m", "l")
        ]
    assert drawn[-3:] == [[8, 12], [11, 15], [16, 9]]


@pytest.fixture
def afresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The library is looked for again, and found again by the tests that follow."""
    missing.cache_clear()
    for name in [each for each in sys.modules if each.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    yield
    missing.cache_clear()


@pytest.mark.usefixtures("afresh")
def test_what_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    (tmp_path / "weasyprint.py").write_text(
        "print('a long text'); raise OSError('cannot load libpango')", "utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert str(missing()) == (
        "PDFs need Pango from the system. On Debian and Ubuntu, install "
        "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0."
    )
    assert capfd.readouterr() == ("", "")
    missing.cache_clear()
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    assert str(missing()) == "PDFs need the extra pdf: install coursepack[pdf]."
