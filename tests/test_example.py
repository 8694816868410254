"""The example course keeps the rules that it was written by: sources, contacts, words, questions, scenarios, facts.

The rules are those of a training for professionals in Sweden on a subject that can hurt: nothing that an agency would not
cite, nothing unmarked that can go out of date, no word that puts the blame on those who are exploited.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from coursepack import Built, build_package
from coursepack.checking import check
from coursepack.course.blocks.choice import Choice
from coursepack.course.blocks.numeric import Numeric
from coursepack.course.blocks.playable import Playable
from coursepack.course.blocks.question import GradedQuestion
from coursepack.course.blocks.scenario import Scenario
from coursepack.course.model import Course
from coursepack.reading.facts import without_marks
from coursepack.reading.source import read_course

SOURCE = Path(__file__).resolve().parents[1] / "course_source"
PARTS = (("p1", 10, 36), ("p2", 10, 37), ("p3", 10, 35), ("p4", 16, 48))
TEXTS = {
    path.relative_to(SOURCE).as_posix(): path.read_text("utf-8")
    for path in [*sorted((SOURCE / "pages").glob("*.md")), SOURCE / "glossary.yaml"]
}

# What is asked for, by area: the last number of each.
ASKED = {"S": 45, "P": 13, "R": 18, "M": 9, "U": 7, "A": 9, "L": 5, "D": 7, "O": 5, "I": 5, "C": 3}
REQUIREMENTS = re.findall(
    r"^\| ([A-Z]-\d+) \| [^|]+ \| ([^|]+) \|$",
    (SOURCE / "REQUIREMENTS.md").read_text("utf-8"),
    re.MULTILINE,
)


@pytest.fixture(scope="module")
def course(sample: Path) -> Course:
    return read_course(sample)


def unmarked(text: str) -> str:
    """The text without the passages that are marked as facts, with links in them or not."""
    text = re.sub(r"\[([^\[\]]*)\]\((?:term|page|tel|https?):[^()]*\)", r"\1", text)
    return re.sub(r"\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(fact:[^()]*\)", "", text)


def test_the_course_has_no_problems_and_no_page_is_hard_to_read() -> None:
    assert [
        problem for problem in check(SOURCE) if problem.rule.startswith(("page/", "course/", "fact/"))
    ] == []


@pytest.mark.parametrize(("part", "pages", "minutes"), PARTS)
def test_a_part_has_its_pages_and_minutes(course: Course, part: str, pages: int, minutes: int) -> None:
    (found,) = [each for each in course.definition.parts if each.id == part]
    assert (len(list(found.pages)), sum(page.minutes for page in found.pages if page.core)) == (
        pages,
        minutes,
    )


def test_the_course_takes_160_minutes_on_46_pages_and_a_start_page(course: Course) -> None:
    assert course.definition.minutes == course.definition.core_minutes == 160
    assert len(course.pages) == 46 + 1
    films_and_sounds = [b.type for page in course.pages for b in page.blocks if b.type in ("video", "audio")]
    assert sorted(films_and_sounds) == ["audio"] * 2 + ["video"] * 3


def test_a_page_takes_as_many_minutes_as_its_film_or_sound(course: Course) -> None:
    seconds = {
        page.entry.id: (page.entry.minutes * 60, course.lengths[block.src])
        for page in course.pages
        for block in page.blocks
        if isinstance(block, Playable)
    }
    assert len(seconds) == 5
    # A few seconds more are rounded off, as in all minutes.
    assert [page for page, (told, length) in seconds.items() if told < length - 30] == []


def test_the_course_is_small_and_smaller_still_as_text(
    sample: Path, sample_built: Built, tmp_path: Path
) -> None:
    # With smaller films it is never larger, so that it is small enough for slow lines as it is.
    assert sample_built.path.stat().st_size <= 20_000_000
    folder = shutil.copytree(sample, tmp_path / "course")
    with (folder / "course.yaml").open("a", encoding="utf-8") as course:
        course.write("packages: [{id: text, title: Text, rung: text}]\n")
    # Pictures of films, which the extra takes, add at most six to each of three films.
    assert build_package(folder, "web", tmp_path / "build").path.stat().st_size <= 1_000_000


def test_ids_tell_part_chapter_and_page(course: Course) -> None:
    for part in course.definition.parts:
        for at, chapter in enumerate(part.chapters, 1):
            assert chapter.id == f"{part.id}-c{at}"
            assert [page.id for page in chapter.pages] == [
                f"{chapter.id}-s{number}" for number in range(1, len(chapter.pages) + 1)
            ]


def test_every_check_says_which_test_makes_it() -> None:
    readme = (
        (SOURCE / "README.md").read_text("utf-8").partition("## How it is proved")[2].partition("\n## ")[0]
    )
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| ([^|]+) \|$", readme, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 12))
    named = re.findall(r"`(tests/[\w/.]+|player/[\w/.]+|docs/[\w/.]+)`", readme)
    assert len(named) >= 11
    assert [name for name in named if not (SOURCE.parent / name).exists()] == []


def test_every_requirement_says_once_whether_and_where_it_is_met() -> None:
    assert Counter(name for name, _ in REQUIREMENTS) == Counter(
        f"{area}-{number:02}" for area, last in ASKED.items() for number in range(1, last + 1)
    )


@pytest.mark.parametrize(("name", "where"), REQUIREMENTS)
def test_what_is_said_to_meet_a_requirement_is_there(course: Course, name: str, where: str) -> None:
    pages = {page.entry.id for page in course.pages}
    named = re.findall(r"`([^`]+)`", where)
    assert named or where.startswith(("Not met", "By the one who publishes")), name
    files = {}
    words = []
    for each in named:
        path, _, function = each.partition("::")
        file = next((top / path for top in (SOURCE.parent, SOURCE) if (top / path).is_file()), None)
        if file is None:
            words.append(each)
            continue
        files[path] = file.read_text("utf-8")
        assert not function or f"def {function}(" in files[path], each
    # What is no file is a page, or a field or a command that a file of the same row has.
    assert [
        word for word in words if word not in pages and not any(word in text for text in files.values())
    ] == []


def test_every_term_is_linked_and_every_source_is_used(course: Course) -> None:
    texts = "".join(TEXTS.values())
    assert [term.id for term in course.glossary if f"(term:{term.id})" not in texts] == []
    used = {source for page in course.pages for source in page.entry.sources}
    used |= {claim.source for claim in course.claims}
    used |= {
        source for page in course.pages for block in page.blocks for source in getattr(block, "sources", ())
    }
    assert set(course.sources) - used == set()


def test_no_source_is_one_that_anyone_can_edit_or_upload_to(course: Course) -> None:
    hosts = {urlsplit(source.url).hostname or "" for source in course.sources.values() if source.url}
    forbidden = (
        "wikipedia",
        "wikimedia",
        "docplayer",
        "scribd",
        "slideshare",
        "issuu",
        "5dok",
        "readkong",
        "lagen.nu",
    )
    assert [host for host in hosts if any(name in host for name in forbidden)] == []


def test_every_source_has_an_address_and_the_day_on_which_it_was_read(course: Course) -> None:
    assert [name for name, source in course.sources.items() if not (source.url and source.checked)] == []


def test_every_contact_has_hours_or_an_address_and_is_listed_once(course: Course) -> None:
    contacts = course.contacts.values()
    assert [each.id for each in contacts if each.phone and not each.hours] == []
    phones = [each.phone for each in contacts if each.phone]
    assert len(set(phones)) == len(phones)


def test_telephone_numbers_are_in_contacts_and_in_links_alone(course: Course) -> None:
    # 112 is a word of its own that everybody knows.
    numbers = [each.phone for each in course.contacts.values() if each.phone and each.phone != "112"]
    assert "020-39 00 00" in numbers
    found = {
        (file, number)
        for file, text in TEXTS.items()
        for number in numbers
        if number in unmarked(re.sub(r"\[[^\[\]]*\]\(tel:[0-9]+\)", "", text))
    }
    assert found == set()


@pytest.mark.parametrize("file", TEXTS)
def test_every_section_of_a_law_is_marked_with_its_source(file: str) -> None:
    # A box names its law in its title, and marks what it says of it.
    text = re.sub(r"^:::.*", "", unmarked(TEXTS[file]), flags=re.MULTILINE)
    assert re.findall(r"[^.\n]*(?:§|\bkap\.)[^.\n]*", text) == []


@pytest.mark.parametrize("file", TEXTS)
def test_words_that_blame_or_embellish_are_not_used(file: str) -> None:
    words = r"barnprostitu\w*|barnporr\w*|trafficking\w*|\bslav(?:ar|en|eri)?\b|\bhallick\w*|\btorsk(?:ar|en)?\b|\bhor[ae]\w*"
    assert re.findall(words, TEXTS[file], re.IGNORECASE) == []
    # The law's earlier name may be told as such, and what the name of the KAST centres stands for.
    text = re.sub(r"köp av sexuell tjänst|Köpare av sexuella tjänster", "", TEXTS[file])
    assert re.findall(r"sexuella? tjänst\w*", text, re.IGNORECASE) == []


@pytest.mark.parametrize("file", TEXTS)
def test_no_page_leaves_the_editors_work_to_the_learner(file: str) -> None:
    tasks = (
        r"(?:ta reda på|kontrollera|kolla|sök upp) (?:själv )?(?:vad|vilka|om|när) (?:som )?(?:gäller|lag)\w*"
    )
    assert re.findall(tasks, TEXTS[file], re.IGNORECASE) == []


def test_every_scored_question_has_an_objective_a_source_and_feedback(course: Course) -> None:
    known = {objective.id for objective in course.definition.objectives}
    questions = [
        question
        for page in course.pages
        for question in page.questions
        if isinstance(question, GradedQuestion)
    ]
    assert len(questions) >= 26
    assert [each.id for each in questions if each.objective not in known] == []
    assert [each.id for each in questions if not each.sources] == []
    assert [
        (each.id, answer.id)
        for each in questions
        if isinstance(each, Choice)
        for answer in each.answers
        if not answer.feedback
    ] == []


def test_no_question_is_about_arithmetic(course: Course) -> None:
    assert [b.id for page in course.pages for b in page.blocks if isinstance(b, Numeric)] == []


def test_every_end_of_a_scenario_names_a_next_step(course: Course) -> None:
    scenarios = [block for page in course.pages for block in page.blocks if isinstance(block, Scenario)]
    assert len(scenarios) == 5
    ends = [(scenario.id, scene) for scenario in scenarios for scene in scenario.scenes if not scene.choices]
    assert [(name, scene.id) for name, scene in ends if "Nästa steg" not in scene.text] == []


def test_the_glossary_has_36_terms(course: Course) -> None:
    assert len(course.glossary) == 36


def test_nobody_can_take_the_course_for_an_agencys(course: Course) -> None:
    notice = r"inte framtagen, granskad eller godkänd av Jämställdhetsmyndigheten eller någon annan myndighet"
    assert re.search(notice, course.definition.description)
    assert re.search(notice, TEXTS["pages/start-valkommen.md"])


def test_claims_are_dated_and_none_is_overdue(course: Course) -> None:
    assert [claim for claim in course.claims if claim.checked is None] == []
    laws = {name for name, source in course.sources.items() if re.search(r"\(\d{4}:\d+\)", source.title)}
    marked = {claim.page for claim in course.claims}
    assert {page.entry.id for page in course.pages if laws & set(page.entry.sources)} <= marked


def test_what_is_marked_is_whole_sentences_or_parts_of_them() -> None:
    assert [
        file for file, text in TEXTS.items() for passage, _ in without_marks(text)[1] if not passage
    ] == []
