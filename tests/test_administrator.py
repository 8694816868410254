"""The administrator's sheet: which file, which settings, with which source; and what is said of each kind of course."""

from __future__ import annotations

import datetime
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from strategies import COURSE, PAGE, QUESTION, MakeCourse, fence, mp4

from coursepack import build_packages, read_course
from coursepack.profiles import PROFILES
from coursepack.release.handover import LANGUAGES, Handover
from coursepack.release.sheet import documents
from coursepack.release.sheet.load import Load, Medium, load, seconds
from coursepack.release.sheet.systems import FIRST, System, systems
from coursepack.result import reported

ROOT = Path(__file__).resolve().parents[1]
DATE = datetime.date(2026, 12, 1)
GRADED = f"""{COURSE}final-check: {{page: p1-c1-s1, mastery: 60, feedback: after, attempts: 3}}
status: both
report: {{answers: true, media: true}}
certificate: true
"""
UNITS = f"""{COURSE}  - id: p2
    title: Another
    chapters:
      - {{id: p2-c1, title: Chapter, pages: [{{id: p2-c1-s1, title: Page, minutes: 1}}]}}
packages: [{{id: units, separate: true}}, {{id: full}}]
"""


def handover(course: Path, *targets: str) -> Handover:
    built = tuple(
        build_packages(
            course, targets or ("scorm12", "scorm2004", "xapi", "cmi5", "web"), course.parent / "out"
        )
    )
    return Handover(read_course(course), course, built, reported(built), DATE)


def made(course: Path, *targets: str) -> dict[str, str]:
    return {each.name: each.data.decode() for each in documents(handover(course, *targets))}


def text(page: str, path: str = "//main") -> str:
    found: list[Any] = html.fromstring(page).xpath(path)
    return " ".join(" ".join(each.text_content() for each in found).split())


@pytest.fixture(scope="module")
def least(tmp_path_factory: pytest.TempPathFactory) -> Handover:
    folder = tmp_path_factory.mktemp("least") / "course"
    for name, content in {"course.yaml": COURSE, PAGE: "Text.\n"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    return handover(folder)


@pytest.fixture(scope="module")
def pages(least: Handover) -> dict[str, str]:
    return {each.name: each.data.decode() for each in documents(least)}


def test_there_is_a_sheet_one_of_one_page_and_a_mail_in_each_language(pages: dict[str, str]) -> None:
    assert list(pages) == [
        f"{name}.{language}.{ending}"
        for language in LANGUAGES
        for name, ending in (("administrator", "html"), ("administrator-a4", "html"), ("mail", "txt"))
    ]


def test_the_same_course_gives_the_same_bytes_in_another_folder(make_course: MakeCourse) -> None:
    one, other = (
        list(documents(handover(make_course({"course.yaml": GRADED, PAGE: QUESTION.format(id="q")}, name))))
        for name in ("one", "other")
    )
    assert one == other


def known(least: Handover) -> dict[str, System]:
    packages = [each for each in least.packages if each.target != "web"]
    return {each.profile.name: each for each in systems(packages, least.course.definition)}


def test_every_profile_but_the_common_one_is_a_system_those_that_are_asked_for_first(least: Handover) -> None:
    names = list(known(least))
    assert sorted(names) == sorted(set(PROFILES) - {"common"})
    assert tuple(names[: len(FIRST)]) == FIRST


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("moodle", "scorm12"),
        ("canvas", "scorm12"),
        ("luvit", "scorm12"),
        # It has the API of SCORM 2004 alone.
        ("sakai", "scorm2004"),
        ("catapult", "cmi5"),
        ("moodle-cmi5", "cmi5"),
        ("moodle-tincan", "xapi"),
        ("lrsql", "xapi"),
    ],
)
def test_a_system_gets_the_file_that_it_takes(least: Handover, name: str, target: str) -> None:
    package = known(least)[name].package
    assert package
    assert package.target == target


def test_a_system_without_a_file_says_so(make_course: MakeCourse) -> None:
    page = made(make_course(), "scorm12")["administrator.en.html"]
    tree = html.fromstring(page)
    (row,) = tree.xpath("//tr[th/b='Sakai']")
    assert [row[1].text_content(), row[2].text_content()] == [
        "none of the files",
        "Only the API of SCORM 2004 is there; a SCORM 1.2 package finds no LMS to save in.",
    ]
    (fold,) = tree.xpath("//details[summary/@id='lms-sakai']")
    assert "None of the files can be added here." in fold.text_content()


def test_the_verdict_counts_the_systems_that_take_the_file(least: Handover, pages: dict[str, str]) -> None:
    takes = sum(1 for each in known(least).values() if each.package and each.package.target == "scorm12")
    assert 25 < takes < len(known(least))
    for name, words in (
        (
            "administrator.en.html",
            f"Not sure? Take the file for SCORM 1.2. {takes} of the {len(known(least))} systems",
        ),
        (
            "administrator.sv.html",
            f"Osäker? Ta filen för SCORM 1.2. {takes} av de {len(known(least))} system",
        ),
    ):
        assert text(pages[name], "//*[@class='verdict ok']").startswith(words)


MONTHS = {
    "sv": "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december",
    "en": "January|February|March|April|May|June|July|August|September|October|November|December",
}
KINDS = {
    language: json.loads(
        (ROOT / f"src/coursepack/languages/{language}/release/administrator.json").read_text("utf-8")
    )["kinds"]
    for language in LANGUAGES
}


def sources(page: str) -> Iterator[str]:
    """What is said of how each fact and each setting is known."""
    tree = html.fromstring(page)
    for table in tree.xpath("//table[thead/tr/th[4][.='How we know' or .='Hur vi vet']]"):
        for row in table.xpath("tbody/tr"):
            yield row[3].text_content()
    for fact in tree.xpath("//details//ul[@class='plain']/li"):
        yield fact.xpath("span[@class='field']")[0].text_content()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_fact_is_without_kind_source_and_date(pages: dict[str, str], language: str) -> None:
    kinds = KINDS[language]
    found = [" ".join(each.split()) for each in sources(pages[f"administrator.{language}.html"])]
    assert len(found) > 100
    tried = kinds["tried"]
    for each in found:
        if each == f"{tried}: Chromium, Firefox":
            continue
        assert re.fullmatch(
            rf"(?:{kinds['unknown']}|(?:{'|'.join(kinds.values())}): \S.*), (?:{MONTHS[language]}) 20\d\d",
            each,
        ), each


def test_nothing_reliable_is_known_is_said_where_nothing_is(pages: dict[str, str]) -> None:
    tree = html.fromstring(pages["administrator.sv.html"])
    for name in ("learnifier", "luvit", "itslearning"):
        (fold,) = tree.xpath(f"//details[summary/@id='lms-{name}']")
        assert "Inget säkert är känt om inställningarna här." in " ".join(fold.text_content().split())
        assert not fold.xpath(".//table")
    (fold,) = tree.xpath("//details[summary/@id='lms-openedx']")
    assert [row[0].text_content() for row in fold.xpath(".//tbody/tr")] == [
        "Scored",
        "Display navigation menu",
        "Launch in pop-up window",
    ]


def test_a_fact_has_its_details(pages: dict[str, str]) -> None:
    for name, words in (
        ("administrator.en.html", "standards mode is off: SCORM 1.2: 4096."),
        ("administrator.sv.html", "standardläge är avslaget: SCORM 1.2: 4096."),
    ):
        assert words in text(pages[name], "//details[summary/@id='lms-moodle-facts']")


def settings(page: str) -> dict[str, tuple[str, bool]]:
    """What to choose in Moodle, by field, and whether it is bold."""
    (table,) = html.fromstring(page).xpath("//div[@aria-labelledby='lms-moodle']/table")
    return {row[0].text: (row[1].text_content(), bool(row[1].xpath("b"))) for row in table.xpath("tbody/tr")}


def test_the_settings_of_moodle_for_a_course_without_a_score(pages: dict[str, str]) -> None:
    assert settings(pages["administrator.en.html"]) == {
        "Disable preview mode": ("Yes", True),
        "Display content structure in player": ("Disabled", True),
        "Grading method": ("Learning objects", True),
        "Number of attempts": ("Unlimited attempts", False),
        "Force new attempt": ("No", False),
        "Lock after final attempt": ("No", False),
        "Force completed": ("No", False),
        "Require status": ("Completed", True),
    }
    swedish = pages["administrator.sv.html"]
    assert settings(swedish)["Betygsättningsmetod"] == ("Lärobjekt", True)
    assert "Grading method" in text(swedish)
    a4 = html.fromstring(pages["administrator-a4.sv.html"]).xpath(
        "//div[@class='cols']//tbody/tr/th/text()[1]"
    )
    assert a4 == list(settings(swedish))


def test_the_settings_of_moodle_for_a_graded_course(make_course: MakeCourse) -> None:
    page = made(make_course({"course.yaml": GRADED, PAGE: QUESTION.format(id="q")}))["administrator.en.html"]
    found = settings(page)
    assert found["Grading method"] == ("Highest grade", False)
    assert found["Grade to pass"] == ("60", True)
    assert found["Attempts grading"] == ("Highest attempt", False)
    assert found["Require status"] == ("Passed", True)


def test_what_a_graded_course_reports_is_said(make_course: MakeCourse) -> None:
    pages = made(make_course({"course.yaml": GRADED, PAGE: QUESTION.format(id="q")}))
    said = text(pages["administrator.en.html"])
    for words in (
        "At least 60 per cent right on the page Page. Until then, a learner who has read it all is still incomplete.",
        "The check can be handed in 3 times.",
        "A score from 0 to 100",
        "The answer to each question",
        "How films and sounds are played, with xAPI and cmi5.",
        "The learner’s name is read only when somebody who has completed opens the certificate.",
        "failed is sent when the course is closed, if the check is not passed and no attempt is left.",
    ):
        assert words in said
    assert "Single answers in reports." not in said
    assert "your score in the check" in " ".join(pages["mail.en.txt"].split())
    assert "The reports also show what you answer." in " ".join(pages["mail.en.txt"].split())


def test_what_another_course_does_not_report_is_said(least: Handover, pages: dict[str, str]) -> None:
    tree = html.fromstring(pages["administrator.en.html"])
    this, other = (
        [" ".join(each.text_content().split()) for each in box.xpath("ul/li")]
        for box in tree.xpath("//div[@class='two']/div")
    )
    assert this == [
        "Complete or not. The course is complete when all pages have been opened. The status is never lowered.",
        "Where the learner is, which pages are opened and which answers chosen: in code, to go on from."
        f" At most {least.packages[0].state} characters.",
        "The time of each visit: as long as the course is open.",
        "When each page was opened for the first time, with xAPI and cmi5.",
    ]
    assert other == [
        "A score.",
        "Single answers in reports.",
        "How films and sounds are played.",
        "Which pages were skipped, or read for long.",
        "Nothing goes to any other server.",
    ]
    assert "The learner’s name is never read." in text(pages["administrator.en.html"])


def reports(page: str, target: str) -> dict[tuple[str, str], list[str]]:
    """The cells of the table of a standard, by field or statement and what it is."""
    (table,) = html.fromstring(page).xpath(f"//table[caption/@id='told-{target}']")
    heads = [each.text_content() for each in table.xpath("thead/tr/th")][2:]
    rows = {
        (row.xpath("th/code")[0].text, row[1].text_content()): [cell.text_content() for cell in row[2:]]
        for row in table.xpath("tbody/tr")
    }
    return {("", ""): heads, **rows}


def test_the_tables_show_the_values_at_each_moment(make_course: MakeCourse, pages: dict[str, str]) -> None:
    plain = reports(pages["administrator.en.html"], "scorm12")
    assert plain["", ""] == ["Leaves early", "Complete", "Opens again", "New attempt, leaves early"]
    status = ("cmi.core.lesson_status", "complete, passed or not")
    assert plain[status] == ["incomplete", "completed", "completed", "incomplete"]
    graded = made(make_course({"course.yaml": GRADED, PAGE: QUESTION.format(id="q")}))[
        "administrator.en.html"
    ]
    told = reports(graded, "scorm12")
    assert told["", ""][2] == "Read it all, not passed"
    assert told[status] == ["incomplete", "passed", "incomplete", "passed", "incomplete"]
    assert told["cmi.core.score", "score, 0 to 100"] == [
        "nothing",
        "the score",
        "the score",
        "the score",
        "nothing",
    ]
    statements = reports(graded, "xapi")
    assert statements["passed", "the course"] == ["nothing", "sent", "nothing", "nothing", "nothing"]
    assert statements["suspended", "the course"] == ["sent", "nothing", "nothing", "nothing", "sent"]


def test_a_package_of_several_units_has_settings_of_its_own(make_course: MakeCourse) -> None:
    files = {
        "course.yaml": UNITS.replace("minutes: 1\nparts", "minutes: 2\nparts"),
        "pages/p2-c1-s1.md": "Text.\n",
    }
    page = made(make_course(files))["administrator.en.html"]
    found = settings(page)
    assert found["All SCOs must return completion status"] == ("Yes", True)
    assert found["Display content structure on entry page"] == ("Yes", True)
    assert "The package has 2 units. Each reports for itself, about its part." in text(page)
    files_listed = html.fromstring(page).xpath(
        "//h3[.='The files']/following-sibling::dl[1]/dd/a/code/text()"
    )
    assert [re.search(r"_(units|full)_", each)[1] for each in files_listed] == ["units"] * 5 + ["full"] * 5  # type: ignore[index]


def test_a_course_for_the_web_alone_names_no_lms(make_course: MakeCourse) -> None:
    pages = made(make_course(), "web")
    for page in (pages["administrator.en.html"], pages["administrator-a4.en.html"]):
        assert "Moodle" not in text(page)
    assert "Put the folder on a web server." in text(pages["administrator.en.html"])
    assert "We see whether" not in pages["mail.en.txt"]


def test_a_title_is_text(make_course: MakeCourse) -> None:
    title = "A & <b>{x}</b>"
    pages = made(make_course({"course.yaml": COURSE.replace("Least course", json.dumps(title))}))
    for name, page in pages.items():
        if name.endswith(".html"):
            assert html.fromstring(page).xpath("//header//b/text()") == [title]
        else:
            assert title in page


def test_the_mail_has_short_lines(pages: dict[str, str]) -> None:
    for name in ("mail.sv.txt", "mail.en.txt"):
        assert max(map(len, pages[name].splitlines())) <= 72


def test_the_browsers_are_those_of_the_documentation() -> None:
    documented = (ROOT / "docs/browsers.md").read_text("utf-8")
    for language in LANGUAGES:
        path = ROOT / f"src/coursepack/languages/{language}/release/administrator.json"
        words = json.loads(path.read_text("utf-8"))["load"]["browsers_is"]
        named = re.findall(r"(?:Chromium|Firefox ESR|Firefox|Safari|WebKitGTK) [\d.]+\d", words)
        assert len(named) == 5
        for each in named:
            assert each in documented


def test_the_load_is_that_of_the_files(make_course: MakeCourse) -> None:
    film = fence(
        "video",
        {
            "src": "media/Film.mp4",
            "title": "F",
            "captions": "media/f.vtt",
            "transcript": "media/f.vtt",
            "described": {"not-needed": "It tells all."},
            "duration": "0:10",
            "width": 16,
            "height": 9,
        },
    )
    course = make_course(
        {PAGE: film, "media/Film.mp4": mp4(), "media/f.vtt": "WEBVTT\n\n00:00.000 --> 00:10.000\nHello.\n"}
    )
    made_of = handover(course, "scorm12")
    (package,) = made_of.packages
    with zipfile.ZipFile(package.path) as archive:
        first = [archive.getinfo(name) for name in ("index.html", "player.js")]
        size = archive.getinfo("media/film.mp4").file_size
    assert load(package, made_of.course.lengths) == Load(
        sum(each.file_size for each in first),
        sum(each.compress_size for each in first),
        Medium("media/film.mp4", size, 10.0),
    )
    assert Medium("a", 1_000_000, 10.0).rate == 0.8
    assert Medium("a", 1_000_000, None).rate is None
    assert seconds(1_000_000, 1.6) == 5


@pytest.mark.parametrize("name", ["administrator", "administrator-a4"])
def test_the_words_are_the_same_in_both_languages_and_all_in_use(name: str) -> None:
    def keys(value: Any, path: str = "") -> Iterator[str]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from keys(inner, f"{path}.{key}")
        else:
            yield path

    texts = {
        language: json.loads(
            (ROOT / f"src/coursepack/languages/{language}/release/{name}.json").read_text("utf-8")
        )
        for language in LANGUAGES
    }
    swedish, english = (list(keys(texts[language])) for language in LANGUAGES)
    assert swedish == english
    files = [
        *(ROOT / "templates/release").glob("administrator*.html"),
        *(ROOT / "src/coursepack/release/sheet").glob("*.py"),
    ]
    used = "\n".join(path.read_text("utf-8") for path in files)
    groups = ("sections", "kinds", "abouts", "values", "moments")
    unused = [
        path
        for path in swedish
        if not any(f".{group}." in path for group in groups)
        and not re.search(rf"\b{path.rpartition('.')[2]}\b", used)
    ]
    assert unused == []
