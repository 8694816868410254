"""A course in several languages: words differ, and nothing else does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from lxml import etree
from showcase import write_showcase
from strategies import SVG, VTT, mp4
from translated import EN, FILES, translate_showcase, write_translated

from coursepack import build_package, read_course
from coursepack.building.render import render_site
from coursepack.course.variant import media, variants
from coursepack.reading.source import read_folder
from coursepack.targets import TARGETS
from coursepack.targets.cmi5 import manifest as cmi5_manifest
from coursepack.targets.statements import statements_js


def document(folder: Path) -> str:
    content = render_site(read_course(folder), TARGETS["scorm12"])["index.html"]
    assert isinstance(content, bytes)
    return content.decode()


def edition(html: str) -> str:
    (found,) = re.findall(r"<noscript data-edition.*?</noscript>", html, re.DOTALL)
    return str(found)


def problems(folder: Path) -> list[str]:
    return [f"{each.location}: {each.rule}" for each in read_folder(folder)[1]]


def test_each_language_has_its_words_and_the_main_ones_structure(tmp_path: Path) -> None:
    course = read_course(write_translated(tmp_path / "course"))
    (english,) = course.editions
    assert english.definition.language == "en"
    assert [page.title for page in english.definition.pages] == ["Welcome", "Doors", "Questions"]
    assert [page.id for page in english.definition.pages] == [page.id for page in course.definition.pages]
    assert english.definition.parts[0].description == "What matters most."
    assert english.contacts["sos"].purpose == "When it is urgent"
    assert english.glossary[0].term == "exit"
    assert english.lock == course.lock


def test_the_lock_is_that_of_the_main_language_alone(tmp_path: Path) -> None:
    both = read_course(write_translated(tmp_path / "both"))
    one = read_course(
        write_translated(
            tmp_path / "one",
            {"course.yaml": FILES["course.yaml"].replace("translations: [en]\n", "")},
        )
    )
    assert both.lock == one.lock
    assert one.editions == ()


def test_a_course_of_one_language_has_the_document_that_it_had(tmp_path: Path) -> None:
    folder = write_translated(
        tmp_path / "one", {"course.yaml": FILES["course.yaml"].replace("translations: [en]\n", "")}
    )
    files = render_site(read_course(folder), TARGETS["scorm12"])
    assert "editions.js" not in files
    html = document(folder)
    assert "data-language" not in html
    assert "data-edition" not in html
    assert "i-globe" not in html


def test_ids_are_apart_without_a_script_and_the_same_with_one(tmp_path: Path) -> None:
    html = document(write_translated(tmp_path / "course"))
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    english = edition(html)
    mark = re.findall(r'data-mark="([^"]+)"', english)[0]
    own = set(re.findall(r'\sid="([^"]+)"', english))
    assert all(each.startswith(mark) for each in own)
    # Every link and label leads to what is there: to its own language, or to a symbol of the document.
    for name, value in re.findall(
        r'\s(href|for|aria-labelledby|aria-describedby|aria-controls)="([^"]*)"', english
    ):
        for each in value.split(" "):
            if name != "href" or each.startswith("#"):
                assert each.removeprefix("#") in own or re.match(r"#[id]-", each), each
    main = set(re.findall(r'\sid="([^"]+)"', html.replace(english, "")))
    assert {each.removeprefix(mark) for each in own} <= main


def test_words_that_look_like_a_mark_or_end_an_element_come_through(tmp_path: Path) -> None:
    text = 'Sven--Åke and en---dash `</noscript>` <abbr title="</noscript>">x</abbr>.\n'
    html = document(write_translated(tmp_path / "course", {f"{EN}/pages/start.md": text}))
    english = edition(html)
    mark = re.findall(r'data-mark="([^"]+)"', english)[0]
    plain = english.replace(mark, "")
    assert "Sven--Åke and en---dash <code>&lt;/noscript&gt;</code>" in plain
    assert '<main id="innehall"' in plain
    assert html.count("data-edition=") == 1
    assert html.rstrip().endswith("</div></noscript>\n</body>\n</html>")


def test_what_a_text_is_graded_by_is_of_its_own_language(tmp_path: Path) -> None:
    english = edition(document(write_translated(tmp_path / "course")))
    data = json.loads(re.findall(r'<script type="application/json">(.*?)</script>', english)[0])
    assert data["keys"] == {"q2": {"texts": ["one one two"], "strict": False}}
    assert (data["lang"], data["title"]) == ("en", "Two languages")
    assert data["strings"]["saved"] == "Saved"


def film(src: str, captions: str) -> str:
    return (
        f"```video\nsrc: {src}\ntitle: T\ncaptions: {captions}\ntranscript: {captions}\nduration: '0:10'\n"
        "width: 16\nheight: 9\ndescribed: {not-needed: All is said}\n```\n"
    )


def test_a_film_in_another_language_is_the_same_film(tmp_path: Path) -> None:
    files: Mapping[str, str | bytes] = {
        "pages/start.md": film("media/sv.mp4", "media/sv.vtt"),
        f"{EN}/pages/start.md": film("media/en.mp4", "media/en.vtt"),
        **dict.fromkeys(("media/sv.mp4", "media/en.mp4"), mp4(10)),
        **dict.fromkeys(("media/sv.vtt", "media/en.vtt"), VTT),
    }
    folder = write_translated(tmp_path / "course", files)
    course = read_course(folder)
    assert media(course) == {"media/sv.mp4", "media/en.mp4"}
    assert ("media", "media/en.mp4") not in course.lock.slots
    html = document(folder)
    (slot,) = set(re.findall(r'data-slot="(\d+)"', html))
    assert course.lock.slots[int(slot)] == ("media", "media/sv.mp4")
    # It is told of as that film, and played from its own file.
    assert 'data-media="media/sv.mp4"' in edition(html)
    assert '<source src="media/en.mp4"' in edition(html)


def test_a_picture_of_one_language_is_in_the_package(tmp_path: Path) -> None:
    picture = "```image\nsrc: media/{}.svg\nalt: A.\n```\n"
    files = {
        "pages/start.md": picture.format("sv"),
        f"{EN}/pages/start.md": picture.format("en"),
        "media/sv.svg": SVG,
        "media/en.svg": SVG,
    }
    course = read_course(write_translated(tmp_path / "course", files))
    assert {"media/sv.svg", "media/en.svg"} <= render_site(course, TARGETS["scorm12"]).keys()


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        ("translation.yaml", None, "course.yaml:5:16: translation/missing-file"),
        ("pages/start.md", None, "course.yaml:5:16: translation/incomplete"),
        ("contacts.yaml", None, "course.yaml:5:16: translation/incomplete"),
        ("translation.yaml", ("titles:", "titel:"), f"{EN}/translation.yaml:3:1: course/unknown-field"),
        ("translation.yaml", ("start: Welcome", "star: Welcome"), f"{EN}/translation.yaml:4:3: translation/unknown-id"),
        ("pages/p1-c1-s2.md", ("id: q1", "id: q9"), f"{EN}/pages/p1-c1-s2.md:4:5: translation/other-value"),
        ("pages/p1-c1-s2.md", ("id: q2\n", "id: q2\nstrict: true\n"), f"{EN}/pages/p1-c1-s2.md:13:9: translation/other-value"),
        ("pages/p1-c1-s1.md", ("term:exit", "term:exits"), f"{EN}/pages/p1-c1-s1.md:1:21: page/dangling-term"),
        ("pages/p1-c1-s1.md", ("::: note", "::: law"), f"{EN}/pages/p1-c1-s1.md:1:1: translation/other-blocks"),
    ],
)  # fmt: skip
def test_what_differs_is_told_at_its_place(
    tmp_path: Path, name: str, change: tuple[str, str] | None, expected: str
) -> None:
    folder = write_translated(tmp_path / "course")
    path = folder / EN / name
    if change is None:
        path.unlink()
    else:
        assert change[0] in path.read_text("utf-8")
        path.write_text(path.read_text("utf-8").replace(*change), "utf-8")
    assert expected in problems(folder)


@pytest.mark.parametrize("name", ["pages/start.md", "contacts.yaml", "glossary.yaml"])
def test_a_translation_that_is_complete_lacks_no_file(tmp_path: Path, name: str) -> None:
    words = FILES[f"{EN}/translation.yaml"] + "complete: true\n"
    folder = write_translated(tmp_path / "course", {f"{EN}/translation.yaml": words})
    assert problems(folder) == []
    (folder / EN / name).unlink()
    assert "course.yaml:5:16: translation/missing-file" in problems(folder)


def test_what_is_not_translated_is_read_in_the_main_language(tmp_path: Path) -> None:
    folder = write_translated(tmp_path / "course")
    for name in ("pages/p1-c1-s1.md", "contacts.yaml", "glossary.yaml"):
        (folder / EN / name).unlink()
    words = folder / EN / "translation.yaml"
    words.write_text(words.read_text("utf-8").replace("  p1-c1: First chapter\n", ""), "utf-8")
    (problem,) = read_folder(folder)[1]
    assert problem.severity == "warning"
    assert problem.message == "English: 2 of 3 pages translated, 3 other texts missing"
    english = etree.HTML(edition(document(folder)))
    (page,) = english.xpath('//section[@id="en--p1-c1-s1"]')
    assert page.xpath("string(h1)") == "Doors"
    assert page.xpath("string(p[@class='lead'])").startswith("En dörr är en utgång")
    blocks = [each for each in page if "lang" in each.attrib]
    assert [each.xpath("string()").split()[0] for each in blocks] == ["En", "utgång", "Tänk", "Vad"]
    assert [each.get("lang") for each in blocks] == ["sv"] * 4
    (other,) = english.xpath('//section[@id="en--p1-c1-s2"]')
    assert [each.xpath("string()") for each in other.xpath(".//*[@lang]")] == ["Första kapitlet"]
    assert [each.text for each in english.xpath("//nav//h3[@lang='sv']")] == ["Första kapitlet"]
    course = read_course(folder)
    assert course.editions[0].contacts["sos"].purpose == "När det är bråttom"


def test_each_text_that_is_not_translated_is_marked_with_its_language(tmp_path: Path) -> None:
    course = FILES["course.yaml"] + (
        "subtitle: Undertiteln\naudience: Alla\nclosing: Tack för i dag\n"
        "content-note: Den berör bränder\ntomorrow: [Sök utgången]\n"
        "roles: {skola: Skolans folk}\nobjectives: [{id: '1', text: Du hittar ut}]\n"
        "accessibility:\n  conformance: partial\n  assessed: 2026-04-14\n  method: Vi prövade\n  email: a@example.org\n"
        "  shortcomings: [{what: Filmerna, why: De är gamla}]\n"
    )
    folder = write_translated(
        tmp_path / "course",
        {
            "course.yaml": course.replace("id: p1-c1-s2,", "id: p1-c1-s2, roles: [skola],")
            .replace(
                "title: Första kapitlet\n", "title: Första kapitlet\n        takeaway: Kom ihåg dörrarna\n"
            )
            .replace("description: Det viktigaste.\n", "description: Det viktigaste.\n    easy: [Gå ut.]\n")
        },
    )
    words = folder / EN / "translation.yaml"
    words.write_text("titles: {p1-c1-s1: Doors}\n", "utf-8")
    for name in ("glossary.yaml", "contacts.yaml"):
        (folder / EN / name).unlink(missing_ok=True)
    (problem,) = (each for each in read_folder(folder)[1] if each.rule == "translation/incomplete")
    assert problem.severity == "warning"
    english = etree.HTML(edition(document(folder)))
    swedish = (
        *(
            "Två språk",
            "En kurs på två språk.",
            "Undertiteln",
            "Alla",
            "Tack för i dag",
            "Den berör bränder",
            "Sök utgången",
            "Skolans folk",
            "Du hittar ut",
            "Kom ihåg dörrarna",
            "Gå ut.",
        ),
        *(
            "Vi prövade",
            "Filmerna",
            "De är gamla",
            "Grunder",
            "Det viktigaste.",
            "Första kapitlet",
            "När det är bråttom",
        ),
    )
    for text in swedish:
        found = [
            each
            for each in english.iter()
            if isinstance(each.tag, str) and (each.text or "").replace("\xad", "").strip() == text
        ]
        assert found, text
        for each in found:
            nearest = next(iter(each.xpath("ancestor-or-self::*[@lang][1]/@lang")[::-1]), "")
            assert nearest == "sv", (text, etree.tostring(each))
    terms = english.xpath(
        "//dl/dt[starts-with(@id, 'en--t-')] | //dl/dt[starts-with(@id, 'en--t-')]/following-sibling::dd[1]"
    )
    assert terms
    assert {each.get("lang") for each in terms} == {"sv"}
    glosses = english.xpath("//*[@class='gloss']")
    assert glosses
    for each in glosses:
        assert each.xpath("ancestor-or-self::*[@lang='sv'] | span[@lang='sv']/b")
    # The words of the player are English all the same.
    assert english.xpath("//h2[.='Contents'][not(ancestor-or-self::*[@lang='sv'])]")


def test_a_block_that_is_not_translated_stands_in_its_place(tmp_path: Path) -> None:
    folder = write_translated(tmp_path / "course")
    page = folder / EN / "pages/p1-c1-s1.md"
    text = page.read_text("utf-8")
    page.write_text(text.partition(":::")[0] + text.rpartition(":::\n")[2], "utf-8")
    course = read_course(folder)
    main, own = course.pages[1].blocks, course.editions[0].pages[1].blocks
    assert [block.type for block in own] == [block.type for block in main]
    assert own[1] is main[1]
    assert course.editions[0].untranslated == {("blocks", "p1-c1-s1:1")}
    (note,) = etree.HTML(edition(document(folder))).xpath("//section/*[@lang='sv']")
    assert "Håll dörren fri." in note.xpath("string()")


def test_answers_are_shared_with_a_page_that_is_not_translated(tmp_path: Path) -> None:
    whole = read_course(write_translated(tmp_path / "whole"))
    folder = write_translated(tmp_path / "course")
    (folder / EN / "pages/p1-c1-s2.md").unlink()
    course = read_course(folder)
    assert course.lock == whole.lock
    assert course.editions[0].pages[2].questions == course.pages[2].questions


def test_a_package_of_one_part_has_its_title_in_each_language(tmp_path: Path) -> None:
    (variant,) = variants(read_course(write_translated(tmp_path / "course")), "p1")
    assert variant.course.definition.title == "Två språk: Grunder"
    (english,) = variant.course.editions
    assert english.definition.title == "Two languages: Basics"
    assert [page.entry.id for page in english.pages] == ["p1-c1-s1", "p1-c1-s2"]


def test_cmi5_and_xapi_name_what_there_is_in_all_languages(tmp_path: Path) -> None:
    course = FILES["course.yaml"] + "report: {answers: true}\nobjectives: [{id: '1', text: Du hittar ut}]\n"
    words = FILES[f"{EN}/translation.yaml"] + "objectives: {'1': You find the way out}\n"
    folder = write_translated(tmp_path / "course", {"course.yaml": course, f"{EN}/translation.yaml": words})
    (variant,) = variants(read_course(folder))
    root = etree.fromstring(cmi5_manifest(variant))
    texts = [(each.get("lang"), each.text) for each in root.iter("{*}langstring")]
    whole = [
        *[("sv", "Två språk"), ("en", "Two languages")],
        *[("sv", "En kurs på två språk."), ("en", "A course in two languages.")],
    ]
    aim = [("sv", "Du hittar ut"), ("en", "You find the way out")]
    assert texts == [*whole, *aim, *aim, *whole]
    script = statements_js(variant, {}).decode()
    data = json.loads(script[script.index("{") : script.rindex("}") + 1])
    assert data["course"]["definition"]["name"] == {"sv": "Två språk", "en": "Two languages"}
    assert data["parts"]["p1"]["definition"]["description"] == {
        "sv": "Det viktigaste.",
        "en": "What matters most.",
    }
    assert data["pages"]["p1-c1-s1"]["object"]["definition"]["name"] == {"sv": "Dörrar", "en": "Doors"}
    choice, text = (data["questions"][name]["object"]["definition"] for name in ("q1", "q2"))
    assert choice["correctResponsesPattern"] == ["b"]
    assert [each["id"] for each in choice["choices"]] == ["a", "b"]
    assert choice["choices"][0]["description"] == {"sv": "Springer", "en": "Run"}
    # Whoever reads the statement finds the answers of both languages right.
    assert text["correctResponsesPattern"] == ["ett ett två", "one one two"]


def test_units_of_cmi5_have_the_titles_of_all_languages(tmp_path: Path) -> None:
    second = """\
  - id: p2
    title: Mer
    chapters:
      - id: p2-c1
        title: Andra kapitlet
        pages:
          - {id: p1-c1-s2"""
    course = FILES["course.yaml"].replace("          - {id: p1-c1-s2", second)
    course += "packages: [{id: parts, title: Delarna, separate: true}]\n"
    words = FILES[f"{EN}/translation.yaml"].replace(
        "titles:\n", "titles:\n  p2: More\n  p2-c1: Second chapter\n"
    )
    words += "packages: {parts: The parts}\n"
    folder = write_translated(tmp_path / "course", {"course.yaml": course, f"{EN}/translation.yaml": words})
    (variant,) = variants(read_course(folder))
    root = etree.fromstring(cmi5_manifest(variant))
    titles = [[(each.get("lang"), each.text) for each in title] for title in root.iter("{*}title")]
    assert titles == [
        [("sv", "Delarna"), ("en", "The parts")],
        *[[("sv", "Grunder"), ("en", "Basics")]] * 2,
        *[[("sv", "Mer"), ("en", "More")]] * 2,
    ]
    assert [unit.launch for unit in variant.units] == ["index.html", "part-p2.html"]


@pytest.mark.parametrize("target", ["scorm2004", "xapi", "cmi5"])
def test_every_block_in_two_languages_makes_a_sound_package(target: str, tmp_path: Path) -> None:
    folder = translate_showcase(write_showcase(tmp_path / "course"))
    built = build_package(folder, target, tmp_path / "out")
    assert [str(each) for each in built.report.errors] == []
    assert [str(each) for each in built.report.warnings if "translation" in each.rule] == []
