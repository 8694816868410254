"""A course becomes one document that holds together, loads nothing from elsewhere, and whose data stay data."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from strategies import COURSE, PAGE, QUESTION, SVG, VTT, Drawn, MakeCourse, courses, dump, fence, mp4

from coursepack import TARGETS, CourseError, read_course, render_site
from coursepack.building.render import NAME_LIMIT, course_data, duration, safe_names
from coursepack.course.lock import write_lock
from coursepack.reading.captions import read_captions

EVERYTHING = f"""\
The lead with a [word](term:fire), a [page](page:p1-c1-s1) and the [law](https://example.org/law).

{fence("video", {"src": "media/Film.mp4", "title": "Film & film", "captions": "media/film.vtt", "transcript": "media/film.vtt", "described": "media/Film with description.mp4", "signed": "media/Film with signs.mp4", "duration": "0:10", "width": 16, "height": 9, "poster": "media/house.svg"})}
{fence("video", {"src": "media/hard.mp4", "title": "Hard", "captions": "media/film.vtt", "transcript": "media/film.vtt", "described": {"not-needed": "The voices <tell> all."}, "duration": "0:10", "width": 16, "height": 9, "note": {"about": "Of & about.", "summary": "In short <b>."}})}
{fence("audio", {"src": "media/sound.mp3", "title": "Sound", "transcript": "media/sound.md", "duration": "0:10", "captions": "media/film.vtt", "cover": "media/house.svg", "text": "Voices of machines.", "note": {"about": "A", "summary": "B"}})}
{fence("document", {"src": "media/plan.pdf", "title": "Plan <1>", "summary": "What it & the plan tell."})}
{fence("download", {"src": "media/Blankett nr 1.pdf", "title": "Form", "description": "To fill in"})}
{fence("hotspots", {"src": "media/house.svg", "alt": "A house", "points": [{"x": 10, "y": 50, "title": "Door", "text": "In & out"}]})}
{fence("gallery", {"pictures": [{"src": "media/house.svg", "alt": "A house"}, {"src": "media/house.svg", "alt": "Again"}]})}
{fence("before-after", {"before": {"src": "media/house.svg", "alt": "A house"}, "after": {"src": "media/house.svg", "alt": "Later"}})}
{fence("contact", {"contacts": ["alarm", "desk"]})}
![A house](media/house.svg "A caption")

::: law Title
Text with a [word](term:fire).[^1]
:::

::: key
One sentence.
:::

::: accordion
### A [word](term:fire)
Text.
:::

[^1]: A note.

{QUESTION.format(id="q-1")}"""
FILES = {
    PAGE: EVERYTHING,
    "course.yaml": COURSE.replace("minutes: 1}", "minutes: 1, sources: [LAW, BOOK], reviewed: 2026-04-14}")
    + "help: [alarm]\nquick-exit: true\ncover: media/house.svg\naudience: All\ndates: {published: 2026-11-24}\n"
    "objectives: [{id: '1', text: Know}]\nstart: {id: start, title: Start, minutes: 1, sources: [BOOK]}\n",
    "pages/start.md": "Welcome.\n",
    "glossary.yaml": dump([{"id": "fire", "term": "Fire", "text": "Hot <b>&"}]),
    "contacts.yaml": dump([
        {"id": "alarm", "name": "Alarm", "phone": "112", "checked": "2026-04-14", "group": "Now"},
        {"id": "desk", "name": "Desk", "web": "https://example.org", "hours": "9-17", "checked": "2026-04-14"},
    ]),
    "sources.yaml": dump({"LAW": {"title": "Law", "url": "https://example.org/law"}, "BOOK": {"title": "A book"}}),
    "media/Film.mp4": mp4(10),
    "media/Film with description.mp4": mp4(10),
    "media/Film with signs.mp4": mp4(10),
    "media/hard.mp4": mp4(10),
    "media/film.vtt": VTT.replace("Hello.", "100 % \"a\" #1 <i>å</i> &amp; 'b'\t?"),
    "media/sound.mp3": b"ID3\x03",
    "media/sound.md": "Told in *words*.\n",
    "media/house.svg": SVG,
    "media/Blankett nr 1.pdf": b"%PDF-1.7",
    "media/plan.pdf": b"%PDF-1.7\n%%EOF",
}  # fmt: skip


def render(folder: Path) -> Mapping[str, bytes | Path]:
    return render_site(read_course(folder), TARGETS["scorm12"])


def document(files: Mapping[str, bytes | Path]) -> html.HtmlElement:
    index = files["index.html"]
    assert isinstance(index, bytes)
    return html.document_fromstring(index.decode())


def data_of(page: html.HtmlElement) -> dict:
    (script,) = page.xpath("//script[@id='course-data']")
    return json.loads(script.text)


def test_the_policy_names_each_script_and_style_by_its_checksum(make_course: MakeCourse) -> None:
    page = document(render(make_course(FILES)))
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    allowed = dict(each.split(" ", 1) for each in policy.split("; "))
    for kind in ("script", "style"):
        # A script that has an attribute is a file, or data.
        texts = [each.text for each in page.xpath(f"//{kind}[not(@*)]")]
        marks = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
        assert marks
        assert [each for each in allowed[f"{kind}-src"].split() if "sha" in each] == [
            f"'sha256-{mark}'" for mark in marks
        ]


def assert_holds_together(files: Mapping[str, bytes | Path]) -> None:
    """Ids are unique and every reference, in the document and to files, resolves."""
    page = document(files)
    ids = page.xpath("//@id")
    assert sorted(ids) == sorted(set(ids))
    for name in ("aria-controls", "aria-labelledby", "aria-describedby", "for"):
        for value in page.xpath(f"//@{name}"):
            assert set(value.split()) <= set(ids), (name, value)
    for address in page.xpath("//a/@href | //*[local-name()='use']/@href"):
        if address.startswith("#"):
            assert address[1:] in ids, address
        else:
            assert re.match(r"(https?|mailto|tel):|about:blank$", address) or address in files, address
    loaded = page.xpath("//@src | //@poster | //link/@href")
    for address in loaded:
        assert address.startswith("data:") or address.partition("#")[0] in files, address
    assert page.xpath("//@style[contains(., 'url')] | //@srcset | //object | //embed | //base") == []
    # A frame shows a document of the package, once that is asked for.
    assert all(frame.get("loading") == "lazy" and frame.get("title") for frame in page.xpath("//iframe"))
    scripts = [
        (script.get("src"), script.get("type")) for script in page.xpath("//script[not(ancestor::noscript)]")
    ]
    # A course of several languages has a third script.
    several = [("editions.js", None)] if page.xpath("//*[@data-edition]") else []
    later = [("player.js", None), ("later.js", None)]
    assert scripts == [(None, None), (None, "application/json"), *several, *later]
    assert not [name for element in page.iter() for name in element.attrib if name.startswith("on")]
    data = data_of(page)
    for entry in data["pages"]:
        assert page.xpath(f"//section[@id='{entry['id']}']")
        assert page.xpath(f"//a[@data-page='{entry['id']}']")
    for question in data["questions"]:
        (form,) = page.xpath(
            "//*[not(ancestor::noscript)][@data-q=$id or @data-scenario=$id]", id=question["id"]
        )
        assert_answerable(form, question)
    slots = [entry["slot"] for entry in data["pages"]]
    slots += [answer["slot"] for question in data["questions"] for answer in question["answers"]]
    assert len(set(slots)) == len(slots)
    assert all(0 <= slot < data["slots"] for slot in slots)


def assert_answerable(form: html.HtmlElement, question: dict) -> None:
    """The fields of a question can hold each of its answers."""
    answers = [answer["id"] for answer in question["answers"]]
    if question["kind"] in ("choice", "likert"):
        assert form.xpath(".//input/@value") == answers
    elif question["kind"] == "matching":
        pairs = [
            f"{select.get('data-row')}.{value}"
            for select in form.xpath(".//select")
            for value in select.xpath("option/@value")
            if value
        ]
        assert pairs == answers
    elif question["kind"] == "scenario":
        assert [*form.xpath(".//@data-choice"), "onward", "ended"] == answers
        assert set(form.xpath(".//@data-to")) <= set(form.xpath(".//@data-scene"))
    elif question["kind"] == "ordering":
        items = form.xpath(".//@data-item")
        assert {"answered"} | {f"{a}.{b}" for a in items for b in items if a < b} == set(answers)
    else:
        assert len(form.xpath(".//input[@type='text']")) == 1


@pytest.fixture
def site(make_course: MakeCourse) -> Mapping[str, bytes | Path]:
    return render(make_course(FILES))


def test_a_document_of_every_block_holds_together(site: Mapping[str, bytes | Path]) -> None:
    assert_holds_together(site)
    assert set(site) == {
        *("index.html", "player.js", "later.js"),
        *(
            "media/film.mp4",
            "media/film-with-description.mp4",
            "media/film-with-signs.mp4",
            "media/hard.mp4",
            "media/sound.mp3",
            "media/house.svg",
            "media/blankett-nr-1.pdf",
            "media/plan.pdf",
        ),
    }


def test_the_example_course_and_the_starter_hold_together(sample: Path) -> None:
    assert_holds_together(render(sample))
    starter = Path(__file__).resolve().parents[1] / "templates/starter/sv"
    assert_holds_together(render(starter))


def test_captions_come_back_from_their_address(site: Mapping[str, bytes | Path]) -> None:
    addresses = document(site).xpath("//track/@src")
    assert len(addresses) == 3
    (address,) = set(addresses)
    kind, _, payload = address.partition(",")
    assert kind == "data:text/vtt;charset=utf-8"
    assert not set("#\n\t") & set(payload)
    assert unquote(payload) == FILES["media/film.vtt"]


def test_a_transcript_is_told_in_the_document(site: Mapping[str, bytes | Path]) -> None:
    line = document(site).xpath("//ol[@class='lines']/li")[0]
    ((cue,), _) = read_captions(str(FILES["media/film.vtt"]), "")
    assert " ".join(line.text_content().split()) == f"0:00 Kim: {cue.text}"
    assert line.get("data-t") == "0.5"


TALK = """\
WEBVTT

00:00.000 --> 00:02.000
<v Bild>Ett kök.

00:02.000 --> 00:04.000
<v Kim>Hej.

00:04.000 --> 00:06.000
<v Kim>Kom in.

00:06.000 --> 00:08.000
<v Bild>Dörren stängs.

00:08.000 --> 00:10.000
<v Kim>Sätt dig.

00:10.000 --> 00:12.000
<v Alex>Tack.

00:20.000 --> 00:22.000
<v Ljud>Regn.

00:22.000 --> 00:24.000
<v Alex>Det regnar,

00:24.000 --> 00:51.000
<v Alex>och regnar.

00:51.000 --> 00:53.000
<v Alex>Vi går.
"""


def test_a_transcript_is_joined_to_paragraphs_by_voice_and_scene(make_course: MakeCourse) -> None:
    film = {
        "src": "media/film.mp4",
        "title": "Film",
        "captions": "media/film.vtt",
        "transcript": "media/talk.vtt",
    }
    more = {"described": {"not-needed": "Told."}, "duration": "1:00", "width": 16, "height": 9}
    files = {PAGE: fence("video", {**film, **more}), "media/film.mp4": mp4(60), "media/film.vtt": VTT}
    lines = document(render(make_course({**files, "media/talk.vtt": TALK}))).xpath("//ol[@class='lines']/li")
    assert [" ".join(line.text_content().split()) for line in lines] == [
        # What is seen stands among what is said, and the voice is named where it begins.
        "0:00 Ett kök. Kim: Hej. Kom in. Dörren stängs. Sätt dig.",
        "0:10 Alex: Tack.",
        # The scene is another one, and the voice is the same.
        "0:20 Regn. Det regnar, och regnar.",
        "0:51 Vi går.",
    ]
    assert [each.text for line in lines for each in line.iter("i")] == ["Ett kök.", "Dörren stängs.", "Regn."]


def test_captions_and_a_text_version_are_made_from_each_other(make_course: MakeCourse) -> None:
    told = {"src": "media/film.mp4", "title": "Film", "described": {"not-needed": "Told."}}
    size = {"duration": "1:00", "width": 16, "height": 9}
    talk, vtt = "media/talk.vtt", "media/film.vtt"
    # What is made from a file is not used where the same file is captions already.
    named = (
        {"transcript": vtt},
        {"captions": vtt},
        {"transcript": talk},
        {"captions": vtt, "transcript": talk},
    )
    written = VTT.replace("<v Kim>", "<v Kim><b>")
    blocks = "\n".join(fence("video", {**told, **size, **each}) for each in named)
    files = {PAGE: blocks, "media/film.mp4": mp4(60), vtt: written, talk: TALK}
    page = document(render(make_course(files)))
    hello, made, *others = (unquote(each).partition(",")[2] for each in page.xpath("//track/@src")[1:])
    assert unquote(page.xpath("//track/@src")[0]).partition(",")[2] == hello == written
    assert others == [written]
    assert made.startswith("WEBVTT\n\n00:00:02.000 --> 00:00:04.000\nKim: Hej.\n")
    lines = page.xpath("//ol[@class='lines']/li[1]/p")
    assert [" ".join(each.text_content().split()) for each in lines] == [
        "Kim: Hello.",
        "Kim: Hello.",
        "Ett kök. Kim: Hej. Kom in. Dörren stängs. Sätt dig.",
        "Ett kök. Kim: Hej. Kom in. Dörren stängs. Sätt dig.",
    ]


def test_an_address_is_a_link_beside_the_number_that_is_called(make_course: MakeCourse) -> None:
    desk = {"id": "desk", "name": "Desk", "phone": "08-12 34", "web": "https://example.org/", "hours": "9-17"}
    lost = {"id": "lost", "name": "Lost", "web": "https://example.org/lost"}
    contacts = dump([{**each, "checked": "2026-04-14"} for each in (desk, lost)])
    files = {PAGE: fence("contact", {"contacts": ["desk", "lost"]}), "contacts.yaml": contacts}
    first, second = document(render(make_course(files))).xpath(
        "//section[@id='p1-c1-s1']//*[@class='tel']/li"
    )
    assert first.xpath("a/@href") == ["tel:081234", "https://example.org/"]
    called, read = first.xpath("a")
    assert "https" not in called.text_content()
    assert "9-17" in called.text_content()
    assert read.get("rel") == "noopener noreferrer"
    assert second.xpath(".//a/@href") == ["https://example.org/lost"]


def test_a_film_offers_its_versions_and_tells_why_it_is_not_described(
    site: Mapping[str, bytes | Path],
) -> None:
    film, hard = document(site).xpath("//div[@data-playable][.//video]")
    for name, said, file in (
        ("described", "audio description", "media/film-with-description.mp4"),
        ("signed", "sign language", "media/film-with-signs.mp4"),
    ):
        assert film.xpath(f".//button[@data-version='{name}']/@data-src") == [file]
        assert film.xpath(f".//a[contains(., '{said}')]/@href") == [file]
        assert file in site
    assert hard.xpath(".//@data-version") == []
    assert "No audio description: The voices <tell> all." in hard.text_content()


def test_what_stands_behind_a_note_is_neither_remembered_nor_reported(
    site: Mapping[str, bytes | Path], make_course: MakeCourse
) -> None:
    page = document(site)
    slots = read_course(make_course(FILES)).lock.index()
    # Of three only the film without a note: the player keeps what has a slot, and reports what has data-media.
    assert data_of(page)["positions"] == 1
    assert page.xpath("//@data-slot") == [str(slots["media", "media/Film.mp4"])]
    assert page.xpath("//@data-media") == ["media/film.mp4"]
    for note in page.xpath("//div[@data-note]"):
        assert note.getnext().xpath("self::div[@data-playable][contains(@class, 'noted')]")
    about, summary = page.xpath("//div[@data-note]")[0].xpath("p[1] | p[@class='summary']")
    assert about.text == "Of & about."
    assert summary.text_content() == "Short summary. In short <b>."


@pytest.mark.parametrize("answers", ["true", "false"])
def test_each_question_says_so_when_its_answer_is_told_to_the_lms(
    make_course: MakeCourse, answers: str
) -> None:
    definition = FILES["course.yaml"] + f"report: {{answers: {answers}}}\n"
    page = document(
        render_site(read_course(make_course({**FILES, "course.yaml": definition})), TARGETS["scorm12"])
    )
    hints = page.xpath("//form[@data-q]//p[@class='hint']")
    assert hints
    told = ["sent to the learning platform" in hint.text_content() for hint in hints]
    assert told == [answers == "true"] * len(hints)


def test_only_what_is_shown_at_the_start_is_loaded_then(site: Mapping[str, bytes | Path]) -> None:
    page = document(site)
    assert set(page.xpath("//video/@preload | //audio/@preload")) == {"none"}
    later = page.xpath("//section[not(@data-now)]//img")
    assert later
    assert {picture.get("loading") for picture in later} == {"lazy"}


def test_a_source_without_an_address_is_no_link(site: Mapping[str, bytes | Path]) -> None:
    page = document(site)
    assert page.xpath("//a[@href='None' or @href='']") == []
    assert page.xpath("//li[contains(., 'A book')]")


def test_no_word_of_the_document_is_none(site: Mapping[str, bytes | Path]) -> None:
    assert not re.search(r"\bNone\b|Undefined|\{\{|\{%", document(site).text_content())


HOSTILE = "</script><script>alert(1)</script><!--<script>\u2028]]>&quot;'\"{{ 1 }}{% x %}"


def test_no_word_of_an_author_leaves_its_place(make_course: MakeCourse) -> None:
    words = HOSTILE.replace("\u2028", "")
    definition = {
        "id": "least", "title": words, "subtitle": words, "short-title": words, "description": words, "language": "sv",
        "version": "1", "publisher": words, "licence": words, "audience": words, "minutes": 1,
        "objectives": [{"id": words, "text": words}], "keywords": [words],
        "parts": [{"id": "p1", "title": words, "description": words, "chapters": [
            {"id": "p1-c1", "title": words, "pages": [{"id": "p1-c1-s1", "title": words, "minutes": 1}]}]}],
    }  # fmt: skip
    question = {"id": "q", "question": words, "answers": [
        {"id": "a", "text": words, "feedback": words, "right": True}, {"id": "b", "text": words}],
        "feedback": {"right": words, "wrong": words}}  # fmt: skip
    image = {"src": "media/a.svg", "alt": words, "caption": words, "description": words}
    contact = {
        "id": "c",
        "name": words,
        "hours": words,
        "purpose": words,
        "group": words,
        "checked": "2026-04-14",
    }
    page = f"Text with a [word](term:t).\n\n::: note {words}\nText.\n:::\n\n" + fence("choice", question)
    page += "\n" + fence("image", image) + "\n" + fence("contact", {"contacts": ["c"]})
    files = render(
        make_course({
            "course.yaml": dump(definition), PAGE: page, "media/a.svg": SVG,
            "glossary.yaml": dump([{"id": "t", "term": words, "text": words}]), "contacts.yaml": dump([contact]),
        })
    )  # fmt: skip
    assert_holds_together(files)
    parsed = document(files)
    assert data_of(parsed)["title"] == words
    assert parsed.xpath("//title/text()") == [words]
    # Once for each field, never as an element.
    assert parsed.text_content().count("alert(1)") > 20
    ours = (Path(__file__).resolve().parents[1] / "templates/player/look.js").read_text("utf-8")
    assert [script.text for script in parsed.xpath("//script[not(@type)]")] == [ours, None, None]


@pytest.mark.parametrize(
    ("more", "expected"),
    [("", "every"), ("commit: throttled\n", "throttled"), ("commit: sparing\n", "sparing")],
)
def test_the_player_is_told_how_often_it_may_commit(
    make_course: MakeCourse, more: str, expected: str
) -> None:
    assert course_data(read_course(make_course({"course.yaml": more + COURSE})))["commit"] == expected


@pytest.mark.parametrize("count", [0, 1, 15])
def test_a_course_of_no_part_or_of_many_holds_together(make_course: MakeCourse, count: int) -> None:
    parts = [
        {"id": f"part{n}", "title": "P", "track": n % 3 > 0, "chapters": [
            {"id": f"chapter{n}", "title": "C", "pages": [{"id": f"page{n}", "title": "P", "minutes": 1}]}]}
        for n in range(count)
    ]  # fmt: skip
    start = {"id": "start", "title": "Start", "minutes": 1}
    definition = yaml.safe_load(COURSE) | {"start": start, "minutes": count + 1}
    definition["parts"] = [*parts, {"id": "planned", "title": "P", "chapters": []}]
    files = {f"pages/page{n}.md": "Text.\n" for n in range(count)} | {"pages/start.md": "Text.\n"}
    folder = make_course({**files, "course.yaml": dump(definition)})
    (folder / PAGE).unlink()
    site = render(folder)
    assert_holds_together(site)
    assert document(site).xpath("//section[@data-now]/@id") == ["start"]


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["media/a.svg"], ["media/a.svg"]),
        (["pictures/a.svg"], ["media/pictures/a.svg"]),
        (["media/Blå dörr (1).SVG"], ["media/bla-dorr-1.svg"]),
        (["media/日本.mp4"], ["media/file.mp4"]),
        (["media/日本/日本.svg"], ["media/file/file.svg"]),
        (["media/.hidden.svg"], ["media/hidden.svg"]),
        (["media/a.b/c.tar.pdf"], ["media/a.b/c.tar.pdf"]),
        (["media/-a-.svg"], ["media/a.svg"]),
    ],
)
def test_a_name_in_a_package_is_small_ascii(sources: list[str], expected: list[str]) -> None:
    assert list(safe_names(sources).values()) == expected


@pytest.mark.parametrize(
    "sources",
    [
        ["media/a.svg", "media/A.svg"],
        ["media/å.svg", "media/ä.svg", "media/a.svg"],
        ["a.svg", "media/a.svg"],
        ["pictures/a.svg", "media/pictures/a.svg"],
        ["media/日本.svg", "media/中国.svg"],
        ["media/a b.svg", "media/a-b.svg"],
        ["media/" + "a" * 100 + ".svg", "media/" + "a" * 101 + ".svg"],
    ],
)
def test_two_names_that_would_meet_are_told_apart(sources: list[str]) -> None:
    names = safe_names(sources)
    assert len(set(names.values())) == len(sources)
    # Other files of the course change nothing for the one that has the name already.
    for source in sources:
        if source == safe_names([source])[source]:
            assert names[source] == source


PARTS = st.text("aAbåÄö _-.0日", min_size=1, max_size=70).filter(
    lambda part: part.strip(".") and part not in (".", "..")
)


@given(
    st.sets(
        st.lists(PARTS, min_size=1, max_size=3).map("/".join).map(lambda p: f"{p}.svg"),
        min_size=1,
        max_size=6,
    )
)
def test_every_name_in_a_package_is_safe_and_its_own(sources: set[str]) -> None:
    names = safe_names(sources)
    assert len(set(names.values())) == len(sources)
    for name in names.values():
        first, *rest = name.split("/")
        assert first == "media"
        for part in rest:
            assert re.fullmatch(r"[a-z0-9_][a-z0-9._-]*", part), name
            assert len(part) <= NAME_LIMIT + 7
        assert name.endswith(".svg")


def test_files_whose_names_differ_by_case_only_are_both_packed(make_course: MakeCourse) -> None:
    page = "![A](media/a.svg)\n\n![B](media/A.svg)\n\n![C](a.svg)\n"
    other = SVG.replace("16 9", "3 2")
    third = SVG.replace("16 9", "5 4")
    files = render(make_course({PAGE: page, "media/a.svg": SVG, "media/A.svg": other, "a.svg": third}))
    sizes = [
        (image.get("src"), image.get("width"))
        for image in document(files).xpath("//section[@id='p1-c1-s1']//img")
    ]
    assert [width for _, width in sizes] == ["16", "3", "5"]
    assert [Path(files[name]).read_text() for name, _ in sizes] == [SVG, other, third]


@pytest.mark.parametrize(
    ("minutes", "words"), [(0.5, "1 min"), (2.5, "3 min"), (59, "59 min"), (60, "1 h"), (90.5, "1 h 31 min")]
)
def test_minutes_are_told_in_hours_and_minutes(minutes: float, words: str) -> None:
    assert duration(minutes, "sv") == duration(minutes, "en") == words


@settings(max_examples=25)
@given(courses())
def test_any_course_gives_a_document_that_holds_together(
    tmp_path_factory: pytest.TempPathFactory, drawn: Drawn
) -> None:
    files = render(drawn.write(tmp_path_factory.mktemp("drawn")))
    assert_holds_together(files)
    page = document(files)
    # Words are broken by soft hyphens.
    headings = [_plain("".join(h.itertext())) for h in page.xpath("//main/section/h1")]
    titles = [
        entry["title"] for part in drawn.definition["parts"] for c in part["chapters"] for entry in c["pages"]
    ]
    # The title page comes first.
    assert headings[: len(titles) + 1] == [_plain(title) for title in (drawn.definition["title"], *titles)]


def _plain(text: str) -> str:
    return " ".join(text.replace("\u00ad", "").split())


@pytest.mark.parametrize(
    ("icon", "expected"), [("door", "span.door"), ("question", "#i-ask"), ("book", "#i-book"), ("none", "")]
)
def test_the_icon_of_a_part_can_be_chosen(make_course: MakeCourse, icon: str, expected: str) -> None:
    text = COURSE.replace("    title: Part\n", f"    title: Part\n    icon: {icon}\n")
    page = document(render(make_course({"course.yaml": text})))
    (summary,) = page.xpath("//nav//summary")
    first = summary[0]
    found = "span.door" if first.get("class") == "door" else "".join(first.xpath("use/@href"))
    assert found == expected
    assert bool(page.xpath("//*[@class='door']")) == (icon == "door")


def test_a_course_without_a_start_page_is_introduced_by_a_title_page(make_course: MakeCourse) -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><path data-light="1" d="M0 0h1v1z"/></svg>'
    course = COURSE.replace("description:", "subtitle: With a subtitle\ncover: media/a.svg\ndescription:", 1)
    page = document(render(make_course({"course.yaml": course, "media/a.svg": drawing})))
    title, first = page.xpath("//main/section")[:2]
    assert (title.get("id"), title.get("data-title")) == ("titelsida", "Start page")
    assert [each.get("id") for each in page.xpath("//section[@data-now]")] == ["titelsida"]
    # Its lights can only be lit in the document itself.
    assert title.xpath("string(name(*[@class='hero full']/*))") == "svg"
    assert page.xpath("//main//*[@class='hero full']") == [title[0]]
    assert [title.xpath("string(h1)"), title.xpath("string(p[@class='lead wide'])")] == [
        "Least course",
        "With a subtitle",
    ]
    assert title.xpath("string(ul[@class='facts wide']/li/b)") == "1 min"
    (begin,) = title.xpath(".//a[@class='btn main' and @href='#p1-c1-s1']")
    assert begin.getparent().xpath("string(span[@class='kind'])") == "Page 1 min"
    # Without a text there is nothing between the main button and a second one that leads to the same page.
    assert title.xpath("p/a[@class='btn']") == []
    assert first.xpath("string(nav[@class='next']/a[@class='prev']/@href)") == "#titelsida"


def test_nothing_is_recorded_of_the_title_page(make_course: MakeCourse) -> None:
    folder = make_course()
    data = data_of(document(render(folder)))
    assert [page["id"] for page in data["pages"]] == ["p1-c1-s1"]
    lock = read_course(folder).lock
    assert "titelsida" not in str(lock)
    write_lock(folder, lock)
    # What learners have done has its place whether or not the author writes a start page later.
    started = f"start: {{id: start, title: Start, minutes: 1}}\n{COURSE}".replace(
        "minutes: 1\nparts", "minutes: 2\nparts"
    )
    for name, text in {"course.yaml": started, "pages/start.md": "Hello.\n"}.items():
        (folder / name).write_text(text, "utf-8")
    page = document(render(folder))
    assert page.xpath("//*[@id='titelsida'] | //*[@href='#titelsida']") == []
    assert data_of(page)["pages"][1]["slot"] == data["pages"][0]["slot"]


def test_an_author_s_page_cannot_have_the_id_of_the_title_page(make_course: MakeCourse) -> None:
    with pytest.raises(CourseError, match="titelsida"):
        read_course(make_course({"course.yaml": COURSE.replace("p1-c1-s1", "titelsida")}))
