"""The administrator's sheet says what an LMS receives: a walk in each standard, and the sheet as it is looked at."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from conftest import TOP, Launch, Learner, sites_of
from documents import assert_valid_html, from_disk
from playwright.sync_api import Browser, Frame
from small import a_page, questions, write_small
from tracked import Room, Tracked, content_at, room, sessions, verb
from using import answer_all

from coursepack import build_packages, read_course
from coursepack.release.handover import Handover
from coursepack.release.sheet import documents
from coursepack.result import reported as problems_of
from coursepack.targets.reported import Moment, Reported, Value, moments, reported

GRADED = """\
final-check: {page: prov, mastery: 60}
status: both
report: {answers: true}
"""
HANDED_IN = "final-check: {page: prov, mastery: 60, feedback: after, attempts: 2}\n"
HEADS = {"ungraded": "", "graded": GRADED, "handed-in": HANDED_IN}


@pytest.fixture(scope="module", params=HEADS)
def course(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two parts: three pages, and one with two questions."""
    return write_small(
        tmp_path_factory.mktemp(request.param) / "course",
        [a_page("ett"), a_page("tva"), a_page("tre")],
        [a_page("prov", questions((1, 2)))],
        head=HEADS[request.param],
    )


@pytest.fixture(scope="module")
def address(course: Path) -> Iterator[Callable[[str], str]]:
    with sites_of(course) as address:
        yield address


def finish(learner: Learner, graded: bool, right: bool = True) -> None:
    """Opens what is left, and answers all questions."""
    for page in ("tre", "prov"):
        learner.go(page)
        learner.settle()
    if graded:
        answer_all(learner, right=right)
        learner.settle()


def read_without_passing(learner: Learner) -> None:
    """Opens all pages, and answers all questions wrong."""
    begin(learner)
    finish(learner, graded=True, right=False)


def begin(learner: Learner) -> None:
    """Opens two pages of the first part."""
    for page in ("ett", "tva"):
        learner.go(page)
        learner.settle()


LAST: dict[Moment, str] = {
    "left": "tva",
    "complete": "prov",
    "failed": "prov",
    "again": "prov",
    "anew": "tva",
}

FORMS = {
    ("scorm12", "time"): r"\d{4}:\d\d:\d\d\.\d\d",
    ("scorm2004", "time"): r"PT\d+H\d+M[\d.]+S",
    ("scorm12", "state"): r"1\.\S+",
    ("scorm2004", "state"): r"1\.\S+",
    ("scorm2004", "share"): r"0\.\d+",
}
SET = {"scorm12": "LMSSetValue", "scorm2004": "SetValue"}


class Scorm:
    """What a strict LMS is set, session by session."""

    def __init__(self, launch: Launch, address: str, target: str) -> None:
        self.launch, self.address, self.target = launch, address, target
        self.lms = {"scorm12": "standin", "scorm2004": "standin2004"}[target]
        self.values: dict[str, str] = {}
        self.names: set[str] = set()

    def session(self, saved: Any, work: Callable[[Learner], None]) -> tuple[Any, dict[str, str]]:
        """A launch, what is done in it, and leaving. Returns what the LMS keeps, and the last value of each element."""
        learner = self.launch(self.lms, saved, address=self.address)
        work(learner)
        learner.settle()
        kept = learner.leave()
        calls = [call["given"] for call in learner.calls(SET[self.target])]
        # A new attempt has nothing of an earlier one.
        self.values = {**(self.values if saved else {}), **dict(calls)}
        self.names |= {re.sub(r"\.\d+(?=\.)", ".n", name) for name, _ in calls}
        return kept, dict(self.values)


def matches(value: Value | None, received: str | None, target: str, moment: Moment) -> bool:
    """Whether the LMS has what the sheet says."""
    if value is None or received is None:
        return value is None and received is None
    if value.kind == "exact":
        return received == value.text
    if value.kind == "page":
        return received == LAST[moment]
    if value.kind == "score":
        best = {"scorm12": "100", "scorm2004": "1"}[target]
        return received == ("0" if moment == "failed" else best)
    if value.kind == "present":
        return received != ""
    return re.fullmatch(FORMS[target, value.kind], received) is not None


@pytest.mark.share(3)
@pytest.mark.parametrize("target", ["scorm12", "scorm2004"])
def test_a_scorm_lms_receives_what_the_sheet_says(
    target: str, course: Path, address: Callable[[str], str], launch: Launch
) -> None:
    definition = read_course(course).definition
    said, graded = reported(target, definition), definition.graded
    lms = Scorm(launch, address(target), target)
    received: dict[Moment, dict[str, str]] = {}
    kept, received["left"] = lms.session({}, begin)
    kept, received["complete"] = lms.session(kept, lambda learner: finish(learner, graded))
    _, received["again"] = lms.session(kept, lambda learner: None)
    _, received["anew"] = lms.session({}, begin)
    if graded:
        _, received["failed"] = lms.session({}, read_without_passing)
    assert lms.names == {name for field in said.fields for name in field.elements}
    for field in said.fields:
        # The first of a group stands for it, and its first record for all.
        name = field.elements[0].replace(".n.", ".0.")
        for moment in moments(definition):
            value = received[moment].get(name)
            assert matches(field.held[moment], value, target, moment), (name, moment, value)


# cmi5 9.3: the LMS itself says these.
BY_LMS = {"launched", "satisfied", "abandoned", "waived"}


def sent(
    statements: list[dict[str, Any]], names: Mapping[str, str], pages: list[str]
) -> set[tuple[str, str]]:
    """What the course sent: verbs, and what each statement is about."""

    def about(statement: dict[str, Any]) -> str:
        name = names.get(statement["object"]["id"], "")
        if not name:
            return "course"
        return "page" if name in pages else "question" if name.startswith("fraga") else "part"

    return {(verb(each), about(each)) for each in statements if verb(each) not in BY_LMS}


@pytest.mark.share(3)
@pytest.mark.parametrize("target", ["xapi", "cmi5"])
def test_an_lrs_receives_what_the_sheet_says(
    target: str, course: Path, address: Callable[[str], str], browser: Browser
) -> None:
    definition = read_course(course).definition
    said = reported(target, definition)
    content = content_at(address(target))
    received: dict[Moment, set[tuple[str, str]]] = {}
    with ExitStack() as stack:
        mastery = 0.6 if definition.graded else 0
        where: Room = stack.enter_context(
            room(browser) if target == "xapi" else sessions(browser, content, mastery)
        )

        def session(work: Callable[[Tracked], None]) -> set[tuple[str, str]]:
            before = {each["id"] for each in where.lrs.statements}
            # An LMS need not know the preferences of a learner, which the browser takes down as a failure.
            learner = where.open(content, faulty=target == "cmi5")
            work(learner)
            where.leave(learner)
            new = [each for each in where.lrs.statements if each["id"] not in before]
            return sent(new, content.names, content.pages)

        received["left"] = session(begin)
        received["complete"] = session(lambda learner: finish(learner, definition.graded))
        document = where.lrs.document()
        received["again"] = session(lambda learner: None)
        where.registration = str(uuid.uuid4())
        received["anew"] = session(begin)
        if definition.graded:
            where.registration = str(uuid.uuid4())
            received["failed"] = session(read_without_passing)
    for moment in moments(definition):
        assert received[moment] == {
            (each.verb, each.about) for each in said.statements if moment in each.moments
        }, moment
    assert set(document) == set(said.document)


def test_the_web_sends_nothing(course: Path, address: Callable[[str], str], launch: Launch) -> None:
    assert reported("web", read_course(course).definition) == Reported()
    learner = launch(None, address=address("web"))
    begin(learner)
    assert {url.rpartition("/package/")[0] for url in learner.requests} == {address("web")}


# As it is looked at


def written(course: Path, folder: Path) -> Path:
    """A folder with the sheets of a course."""
    built = tuple(build_packages(course, out=folder / "build"))
    handover = Handover(read_course(course), course, built, problems_of(built), datetime.date(2026, 12, 1))
    for document in documents(handover):
        (folder / document.name).write_bytes(document.data)
    return folder


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Those of the example course."""
    return written(TOP / "course_source", tmp_path_factory.mktemp("sheets"))


NAMES = ("administrator", "administrator-a4")


@pytest.mark.share(2)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_passes_axe_and_does_not_scroll_sideways(
    browser: Browser,
    sheets: Path,
    axe: Callable[[Frame], list[str]],
    name: str,
    language: str,
    width: int,
    scheme: str,
) -> None:
    with from_disk(browser, sheets / f"{name}.{language}.html", width, scheme=scheme) as page:
        page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert axe(page.main_frame) == []


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_is_valid_html(sheets: Path, name: str, language: str) -> None:
    assert_valid_html(sheets / f"{name}.{language}.html")


@pytest.fixture(scope="module")
def longest_sheets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Those of a graded course of several units with long names, of which most is said."""
    title = "En grundutbildning med ett ganska långt namn för alla som arbetar här"
    course = write_small(
        tmp_path_factory.mktemp("longest-sheets") / "course",
        [a_page("ett"), a_page("tva", title=title)],
        [a_page("prov", questions((1, 2)), title=title)],
        head=f"""\
title: {title}
final-check: {{page: prov, mastery: 60, feedback: after, attempts: 3}}
status: both
report: {{answers: true}}
packages: [{{id: units, separate: true}}]
""",
    )
    return written(course, course.parent)


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("which", ["sheets", "longest_sheets"])
def test_the_sheet_of_one_page_is_one_page(
    browser: Browser, request: pytest.FixtureRequest, which: str, language: str
) -> None:
    folder: Path = request.getfixturevalue(which)
    with from_disk(browser, folder / f"administrator-a4.{language}.html", 1280, scheme="dark") as page:
        pdf = page.pdf(prefer_css_page_size=True, print_background=True)
        page.emulate_media(media="print")
        # 9.2 points, and nothing below 8.
        sizes = page.evaluate(
            """[...document.querySelectorAll("main *, header *, footer *")].filter((each) =>
            [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) && each.checkVisibility())
            .map((each) => parseFloat(getComputedStyle(each).fontSize) * 0.75)"""
        )
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    # A page's object says its type; that of all pages is /Pages.
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert box
    assert [round(float(each) / 72 * 25.4) for each in box.groups()] == [210, 297]
    assert min(sizes) >= 7.9
