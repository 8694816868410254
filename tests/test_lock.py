"""`course.lock` keeps every learner's bits where they are, whatever becomes of the course."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import COURSE, PAGE, MakeCourse

from coursepack import CoursepackError, build_package, read_course
from coursepack.building.render import course_data
from coursepack.course.lock import (
    HEADER,
    SEAL,
    Lock,
    base36,
    bookmarks,
    longest_state,
    media_slot,
    positions,
    read_lock,
    state_problems,
    write_lock,
)

ROOT = Path(__file__).resolve().parents[1]
OTHER = "          - {id: p1-c1-s2, title: Other, minutes: 1}\n"


def question(name: str, answers: str) -> str:
    listed = "".join(
        f"  - {{id: {a}, text: {a}, right: {'true' if a == answers[0] else 'false'}}}\n" for a in answers
    )
    return f"Text.\n\n```choice\nid: {name}\nquestion: Q\nanswers:\n{listed}```\n"


def lines(folder: Path) -> list[str]:
    return (folder / "course.lock").read_text("utf-8").splitlines()[1:]


def test_the_first_build_writes_the_lock_in_the_course_s_order(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    folder = make_course(
        {"course.yaml": COURSE + OTHER, PAGE: question("q-1", "ab"), "pages/p1-c1-s2.md": "Text.\n"}
    )
    built = build_package(folder, out=tmp_path / "out")
    assert (folder / "course.lock").read_text("utf-8") == (
        HEADER + "page p1-c1-s1\nanswer q-1 a\nanswer q-1 b\npage p1-c1-s2\n"
    )
    assert built.new_slots == 4


@pytest.mark.parametrize(
    ("change", "added"),
    [
        ({"course.yaml": COURSE + OTHER, "pages/p1-c1-s2.md": "x", PAGE: question("q-1", "ab")}, ["page p1-c1-s2"]),
        ({"course.yaml": COURSE.replace("          - {id: p1-c1-s1", OTHER + "          - {id: p1-c1-s1"), "pages/p1-c1-s2.md": "x", PAGE: question("q-1", "ab")}, ["page p1-c1-s2"]),
        ({"course.yaml": COURSE.replace("p1-c1-s1", "p1-c1-s2"), "pages/p1-c1-s2.md": "x", PAGE: ""}, ["page p1-c1-s2"]),
        ({PAGE: question("q-1", "abc")}, ["answer q-1 c"]),
        ({PAGE: question("q-1", "cba")}, ["answer q-1 c"]),
        ({PAGE: question("q-1", "ba")}, []),
        ({PAGE: question("q-2", "ab")}, ["answer q-2 a", "answer q-2 b"]),
        ({PAGE: "Text.\n"}, []),
    ],
    ids=["page added", "page added before", "page replaced", "answer added", "answers reordered", "answers swapped", "question replaced", "question removed"],
)  # fmt: skip
def test_a_later_version_only_appends(
    make_course: MakeCourse, tmp_path: Path, change: dict[str, str], added: list[str]
) -> None:
    build_package(make_course({PAGE: question("q-1", "ab")}), out=tmp_path / "out")
    build_package(make_course(change), out=tmp_path / "out")
    assert lines(tmp_path / "course") == ["page p1-c1-s1", "answer q-1 a", "answer q-1 b", *added]


def test_what_comes_back_gets_its_old_place(make_course: MakeCourse, tmp_path: Path) -> None:
    for page in (question("q-1", "ab"), question("q-2", "ab"), question("q-1", "ab")):
        folder = make_course({PAGE: page})
        build_package(folder, out=tmp_path / "out")
    data = course_data(read_course(folder))
    assert [answer["slot"] for answer in data["questions"][0]["answers"]] == [1, 2]
    assert data["slots"] == 5


def test_a_build_without_news_leaves_the_lock_alone(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course()
    build_package(folder, out=tmp_path / "out")
    before = (folder / "course.lock").stat()
    (folder / PAGE).write_text("New words.\n")
    assert build_package(folder, out=tmp_path / "out").new_slots == 0
    assert (folder / "course.lock").stat().st_mtime_ns == before.st_mtime_ns
    assert (folder / "course.lock").stat().st_ino == before.st_ino


def test_a_lock_with_windows_line_ends_and_comments_is_read(tmp_path: Path) -> None:
    (tmp_path / "course.lock").write_bytes(b"\xef\xbb\xbf# a\r\npage p1\r\n\r\nanswer q-1 a\r\n")
    assert read_lock(tmp_path) == Lock((("page", "p1"), ("answer", "q-1", "a")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("page p1\npage p1\n", "2:1: error lock/repeated-line: 'page p1' is on line 1 already"),
        ("# x\npage p1 p2\n", "2:1: error lock/bad-line: is not a line of the lock: 'page p1 p2'"),
        ("answer q a\nanswer q\n", "2:1: error lock/bad-line: is not a line of the lock: 'answer q'"),
        ("chapter c1\n", "1:1: error lock/bad-line: is not a line of the lock: 'chapter c1'"),
    ],
)
def test_a_damaged_lock_is_an_error_and_never_mended(
    make_course: MakeCourse, tmp_path: Path, text: str, expected: str
) -> None:
    folder = make_course({"course.lock": text})
    with pytest.raises(CoursepackError) as caught:
        build_package(folder, out=tmp_path / "out")
    assert str(caught.value).split("\n")[0] == f"course.lock:{expected}"
    assert (folder / "course.lock").read_text() == text
    assert not (tmp_path / "out").exists()


def test_a_lock_that_is_not_text_is_fatal(make_course: MakeCourse) -> None:
    with pytest.raises(CoursepackError) as caught:
        read_course(make_course({"course.lock": b"page \xff\n"}))
    assert [(p.severity, p.rule) for p in caught.value.report] == [("fatal", "lock/unreadable")]


def test_base36_counts_like_the_player() -> None:
    assert [base36(n) for n in (0, 9, 10, 35, 36, 1295, 1296)] == ["0", "9", "a", "z", "10", "zz", "100"]


def big(pages: int, answers: int) -> Lock:
    listed = [("page", f"s{n}") for n in range(pages)]
    return Lock((*listed, *(("answer", f"q{n // 20}", f"a{n % 20}") for n in range(answers))))


def test_what_the_issue_asks_of_the_state() -> None:
    # 40 pages and 20 questions of four answers: at most 64 characters; ten times that: at most 400.
    assert longest_state(big(40, 80)) <= 40 + SEAL
    assert longest_state(big(400, 800)) <= 400


@pytest.mark.parametrize(
    ("pages", "answers", "most"),
    [
        (24_000, 0, "Pages cost most. Divide the course into several."),
        (1_000, 24_000, "Answers cost most; the questions with most of them: q0 (20), q1 (20), q10 (20). Divide the course into several."),
    ],
)  # fmt: skip
def test_a_state_that_is_too_long_names_what_costs_most(pages: int, answers: int, most: str) -> None:
    (problem,) = state_problems(big(pages, answers), 4000)
    assert (problem.rule, problem.severity, problem.location.file) == (
        "course/state-too-long",
        "error",
        "course.lock",
    )
    assert problem.hint == most


def test_a_state_of_exactly_the_limit_is_accepted() -> None:
    # 1.3.<3 digits>.<bits>..<seal>: 4,000 - 8 - 12 characters of six bits each.
    fits = big(30_000, 0).slots[: (4000 - 8 - 12) * 6]
    assert longest_state(Lock(fits)) == 4000
    assert state_problems(Lock(fits), 4000) == []
    assert state_problems(Lock((*fits, ("page", "more"))), 4000) != []


SET_ALL = """
import { EMPTY, answer, bookmark, encode, settle, visit } from "%s/state.js";
import { seal } from "%s/lms/scorm/seal.js";
import { readFileSync } from "node:fs";
const course = JSON.parse(readFileSync(0, "utf8"));
let state = EMPTY, longest = 0;
for (const question of course.questions) state = answer(state, question, question.answers.map(({ id }) => id));
const pages = course.pages.toSorted((a, b) => a.slot - b.slot);
for (const page of pages) {
  state = bookmark(visit(state, page), page, true);
  const text = encode({ ...settle(course, state), completed: true, passed: true });
  longest = Math.max(longest, seal(course, text, "AA", 1, "").length);
}
console.log(longest);
"""


@pytest.mark.parametrize("count", [1, 36, 40, 1300])
def test_the_longest_state_is_as_long_as_the_player_can_make_it(make_course: MakeCourse, count: int) -> None:
    node = shutil.which("node")
    assert node, "the player's own code decides, and needs Node"
    pages = "".join(f"          - {{id: s{n}, title: S, minutes: 1}}\n" for n in range(count))
    yaml = COURSE[: COURSE.index("          - {id")] + pages
    files = {"course.yaml": yaml, **{f"pages/s{n}.md": question(f"q-{n}", "abc") for n in range(count)}}
    course = read_course(make_course(files))
    done = subprocess.run(
        [node, "--input-type=module", "-e", SET_ALL.replace("%s", (ROOT / "player/src").as_uri())],
        input=json.dumps(course_data(course)),
        capture_output=True,
        text=True,
        check=True,
    )
    longest = int(done.stdout)
    # The lock ends with answers, whose last bits the player writes; its bound counts whole characters.
    assert longest == longest_state(course.lock)


LEAVE_ALL = """
import { decode, encode, leaveAt } from "%s/state.js";
import { seal } from "%s/lms/scorm/seal.js";
import { readFileSync } from "node:fs";
const { progress, marks, slots, most } = JSON.parse(readFileSync(0, "utf8"));
let state = { ...decode(progress), bookmarks: marks };
for (const slot of slots) state = leaveAt(state, slot, 46655, most);
console.log(seal({ marks: "" }, encode(state), "AA", 1, ""));
"""


@settings(max_examples=15)
@given(pages=st.integers(1, 30_000), media=st.integers(0, 40), at_end=st.booleans())
def test_bookmarks_and_positions_never_make_the_state_longer_than_its_bound(
    pages: int, media: int, at_end: bool
) -> None:
    listed = [("page", f"s{n}") for n in range(pages)]
    played = [media_slot(f"media/{n} film.mp4") for n in range(media)]
    lock = Lock((*listed, *played) if at_end else (*played, *listed))
    index = lock.index()
    last = index[listed[-1]]
    marks = bookmarks(lock)
    progress = f"1.3.{base36(last)}.{'_' * -(-len(lock.slots) // 6)}"
    node = shutil.which("node")
    assert node, "the player's own code decides, and needs Node"
    done = subprocess.run(
        [node, "--input-type=module", "-e", LEAVE_ALL.replace("%s", (ROOT / "player/src").as_uri())],
        input=json.dumps(
            {
                "progress": progress,
                "marks": list(marks.values()),
                "slots": [index[s] for s in played],
                "most": positions(lock),
            }
        ),
        capture_output=True,
        text=True,
        check=True,
    )
    state = done.stdout.strip()
    assert len(state) <= longest_state(lock)
    assert state.startswith(progress)
    # Progress comes first: neither ever makes a course too long that fits without them.
    assert len(state) <= max(4000, len(progress) + SEAL)
    # A bit a page, five a character, for all pages or for none.
    room = 4000 - len(progress) - SEAL - (-(-pages // 5) + len("-"))
    assert list(marks) == ([name for _, name in listed] if room >= 0 else [])
    # At most twelve positions, and all twelve wherever each of them has ten characters of room.
    assert positions(lock) <= 12
    if room >= 10 * 12:
        assert positions(lock) == min(12, media)


def test_a_course_that_is_full_of_progress_remembers_no_positions() -> None:
    slots = big(23_970, 0).slots
    full = Lock((*slots, media_slot("media/a.mp4"), media_slot("media/b.mp4")))
    # 1.3.ihu., 3,996 characters of bits and the seal are 4,016; that it is too long is an error of its own.
    assert (longest_state(full), positions(full)) == (4016, 0)
    # 1.3.i7b., 3,968 characters of bits and the seal leave 12; a position takes 8: .i7c-zzz.
    some = Lock((*big(23_802, 0).slots, media_slot("media/a.mp4"), media_slot("media/b.mp4")))
    assert (longest_state(some), positions(some)) == (3996, 1)


def test_a_page_keeps_the_number_of_its_bookmark_whatever_comes_between_or_goes() -> None:
    before = Lock((("page", "a"), ("answer", "q", "x"), ("page", "b")))
    after = before.extended([("page", "c"), ("answer", "q", "y"), ("page", "d")])
    assert bookmarks(before) == {"a": 0, "b": 1}
    # The lock still names a page that the course has no longer.
    assert bookmarks(after) == {"a": 0, "b": 1, "c": 2, "d": 3}


def test_a_film_keeps_its_number_whatever_its_path_holds(make_course: MakeCourse) -> None:
    slot = media_slot("media/50 % \u2028 #.mp4")
    lock = Lock((slot, ("page", "a")))
    folder = make_course({"course.lock": str(lock)})
    assert slot == ("media", "media/50%20%25%20%2028%20#.mp4")
    assert read_lock(folder) == lock


def test_a_course_too_long_tells_its_films_too() -> None:
    (problem,) = state_problems(Lock((*big(24_100, 0).slots, media_slot("media/a.mp4"))), 4000)
    assert "pages: 24,100, answers: 0, questions: 0, films and sounds: 1" in problem.message


# Properties

PAGE_NAMES = st.sampled_from("abcdefgh")
VERSIONS = st.lists(
    st.dictionaries(PAGE_NAMES, st.lists(PAGE_NAMES, unique=True, max_size=4), max_size=5),
    min_size=1,
    max_size=6,
)


@settings(max_examples=100)
@given(VERSIONS, st.data())
def test_what_a_learner_did_is_read_the_same_in_every_later_version(
    versions: list[dict[str, list[str]]], data: st.DataObject
) -> None:
    """A version is pages with the answers of their one question, in any order."""
    lock, done = Lock(), set[int]()
    meaning: dict[int, tuple[str, ...]] = {}
    for version in versions:
        wanted = [
            slot
            for page, answers in version.items()
            for slot in [("page", page), *(("answer", page, a) for a in answers)]
        ]
        lock = lock.extended(wanted)
        index = lock.index()
        assert set(wanted) <= index.keys()
        assert len(index) == len(lock.slots)
        for bit in done:
            assert lock.slots[bit] == meaning[bit]
        if wanted:
            slot = data.draw(st.sampled_from(wanted))
            done.add(index[slot])
            meaning[index[slot]] = slot


@settings(max_examples=50)
@given(VERSIONS)
def test_a_written_lock_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, versions: list[dict[str, list[str]]]
) -> None:
    folder = tmp_path_factory.mktemp("lock")
    lock = Lock()
    for version in versions:
        lock = lock.extended(("page", page) for page in version)
        write_lock(folder, lock)
        assert read_lock(folder) == lock
        assert [path.name for path in folder.iterdir()] == ["course.lock"]
