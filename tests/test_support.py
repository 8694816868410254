"""A support code, and what an LMS keeps, are told in words: what the player wrote, and nothing when it is damaged."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import COURSE, QUESTION, VTT, Drawn, MakeCourse, courses, fence

from coursepack import Course, read_course
from coursepack.building.render import course_data
from coursepack.cli import main
from coursepack.course.resume import ResumeError, fingerprint, read_resume
from coursepack.course.variant import variants
from coursepack.progress import MismatchError, decode

ROOT = Path(__file__).resolve().parents[1]

WRITE = """
import { EMPTY, answer, bookmark, encode, result, settle, visit } from "%s/state.js";
import { supportCode } from "%s/code.js";
import { seal } from "%s/lms/scorm/seal.js";
import { readFileSync } from "node:fs";
const { course, steps, marked } = JSON.parse(readFileSync(0, "utf8"));
const pages = new Map(course.pages.map((page) => [page.id, page]));
const questions = new Map(course.questions.map((question) => [question.id, question]));
let state = EMPTY;
for (const [id, answers] of steps) {
  state = answers ? answer(state, questions.get(id), answers) : visit(state, pages.get(id));
}
for (const id of marked) state = bookmark(state, pages.get(id), true);
const { completed, score } = result(course, state);
console.log(JSON.stringify({
  code: supportCode(course, settle(course, state)),
  unsettled: supportCode(course, state),
  unread: supportCode(course, state, true),
  sealed: seal(course, encode(settle(course, state)), "AB", 5, ""),
  beside: seal(course, encode(settle(course, state)), "AB", 5, '2.x "å"'),
  state: encode(settle(course, state)), completed, score,
}));
"""

Step = tuple[str, list[str] | None]
CHECK = f"{QUESTION.format(id='q1')}\n{QUESTION.format(id='q2')}"
TWO_PAGES = COURSE + "          - {id: p1-c1-s2, title: Second, minutes: 1}\n"


def written(course: dict[str, Any], *steps: Step, marked: Sequence[str] = ()) -> dict[str, Any]:
    """What the player writes of a learner who did that: opened a page, answered a question, bookmarked some pages."""
    node = shutil.which("node")
    assert node, "the player's own code writes, and needs Node"
    source = (ROOT / "player/src").as_uri()
    done = subprocess.run(
        [node, "--input-type=module", "-e", WRITE.replace("%s", source)],
        input=json.dumps({"course": course, "steps": steps, "marked": marked}),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))


def state(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["state", *(str(argument) for argument in arguments)])


@pytest.mark.long
@settings(max_examples=25)
@given(drawn=courses(), data=st.data())
def test_any_code_and_any_state_tell_what_was_done(drawn: Drawn, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        course = read_course(drawn.write(Path(folder) / "course"))
    values = course_data(course)
    opening = st.sampled_from([(page["id"], None) for page in values["pages"]])
    answering = [
        st.tuples(
            st.just(question["id"]),
            st.lists(st.sampled_from([a["id"] for a in question["answers"]]), min_size=1, unique=True),
        )
        for question in values["questions"]
    ]
    steps: list[Step] = data.draw(st.lists(st.one_of(opening, *answering), max_size=20))
    marked = data.draw(st.lists(st.sampled_from([page["id"] for page in values["pages"]]), unique=True))
    told = written(values, *steps, marked=marked)
    opened = [name for name, answers in steps if answers is None]
    latest = {name: set(answers) for name, answers in steps if answers is not None}
    # Where a learner is in a scenario is nothing that was chosen.
    marks = {
        option.id for page in course.pages for q in page.questions for option in q.options() if option.mark
    }
    latest = {name: answers - marks for name, answers in latest.items() if answers - marks}
    for text in (told["code"], told["state"], told["unsettled"]):
        held = decode(read_resume(text), course)
        assert held.opened == set(opened)
        assert (held.last.id if held.last else None) == (opened[-1] if opened else None)
        assert {each.question.id: set(each.chosen) for each in held.answers if each.chosen} == latest
        # The player decides; what helps a learner must come to the same.
        assert held.is_met == held.is_complete == told["completed"]
        if course.definition.graded:
            assert held.score == told["score"]
        assert (held.lost, held.beyond) == ((), 0)
        assert held.bookmarked == (set() if text in (told["code"], told["unsettled"]) else set(marked))


@pytest.fixture
def course(make_course: MakeCourse) -> Path:
    return make_course({"course.yaml": TWO_PAGES, "pages/p1-c1-s2.md": CHECK})


def loaded(course: Path) -> tuple[Course, dict[str, Any]]:
    found = read_course(course)
    return found, course_data(found)


def test_every_wrong_letter_and_every_two_changed_places_are_noticed(course: Path) -> None:
    _, values = loaded(course)
    code = written(values, ("p1-c1-s1", None), ("q1", ["b"]))["code"].replace("-", "")
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    wrong = {
        code[:at] + digit + code[at + 1 :] for at in range(len(code)) for digit in digits if digit != code[at]
    }
    wrong |= {code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(len(code) - 1)} - {code}
    assert len(wrong) > 31 * len(code)
    for each in wrong:
        with pytest.raises(ResumeError, match="damaged-code"):
            read_resume(each)


def test_a_code_is_read_however_it_was_written_down(course: Path) -> None:
    _, values = loaded(course)
    code = written(values, ("p1-c1-s2", None))["code"]
    # As it was read over the telephone, and with what the eye takes for a digit.
    for text in (
        code.lower(),
        code.replace("-", " "),
        code.replace("0", "O").replace("1", "l"),
        f" {code}\n",
    ):
        assert read_resume(text) == read_resume(code), text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "empty"),
        ('""', "empty"),
        ("hej!", "not-a-code"),
        ("UUUU", "not-a-code"),
        ("AAAA-AAAA", "damaged-code"),
        ("A", "damaged-code"),
        ("1.0.0", "damaged-state"),
        ("1.7.0.AB", "damaged-state"),
        ("1.0.0.A B", "damaged-state"),
        ("2.0.0.AB", "later-format"),
        ('{"state": "1.0.0"}', "damaged-state"),
        ('{"format": 1', "damaged-state"),
        ('{"location": "p1"}', "no-state"),
        ('{"state": 4}', "no-state"),
    ],
)
def test_what_holds_nothing_is_refused_in_both_languages(course: Path, text: str, fault: str) -> None:
    with pytest.raises(ResumeError) as error:
        read_resume(text)
    assert error.value.fault == fault
    messages = [state(text, course, "--language", language) for language in ("en", "sv")]
    assert [(each.exit_code, each.stdout) for each in messages] == [(1, ""), (1, "")]
    english, swedish = (each.stderr for each in messages)
    assert english.endswith(".\n")
    assert swedish.endswith(".\n")
    assert english != swedish
    told = json.loads(state(text, course, "--json").stdout)
    assert (told["ok"], told["fault"], told["message"]) == (False, fault, english.strip())


def test_a_code_that_a_later_coursepack_wrote_says_so() -> None:
    # 10 in place of the format's 01, then nothing but the check: 10000 00000 by x^10 + x^9 + x^5 + x^4 + x + 1.
    rest = 0b10000 << 10
    for at in (14, 13, 12, 11, 10):
        if rest >> at & 1:
            rest ^= 0b11000110011 << (at - 10)
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    with pytest.raises(ResumeError, match="later-format"):
        read_resume("G" + digits[rest >> 5] + digits[rest & 31])


def test_a_code_that_claims_more_than_any_course_has_is_damaged() -> None:
    # A run of two hundred thousand million slots, with a check that is right.
    bits = "01" + "0" * 15 + "00" + "1" + "1" + "1" + "0" * 37 + "1" * 38
    bits += "0" * (-len(bits) % 5)
    rest = int(bits, 2) << 10
    for at in range(len(bits) + 9, 9, -1):
        if rest >> at & 1:
            rest ^= 0b11000110011 << (at - 10)
    whole = bits + f"{rest:010b}"
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    code = "".join(digits[int(whole[at : at + 5], 2)] for at in range(0, len(whole), 5))
    with pytest.raises(ResumeError, match="damaged-code"):
        read_resume(code)


def test_a_code_of_another_course_is_none_of_this_one(course: Path, make_course: MakeCourse) -> None:
    _, values = loaded(course)
    code = written(values)["code"]
    other = make_course({"course.yaml": COURSE.replace("id: least", "id: another", 1)}, "other")
    result = state(code, other)
    assert result.exit_code == 1
    assert result.stderr == "The code belongs to another course than “Least course”.\n"
    assert (
        state(code, other, "--language", "sv").stderr
        == "Koden kommer från en annan kurs än ”Least course”.\n"
    )


def test_a_code_of_an_earlier_version_is_read_and_says_so(course: Path) -> None:
    _, values = loaded(course)
    code = written(values, ("p1-c1-s1", None))["code"]
    assert "The code comes from this version of the course." in state(code, course).stdout
    assert json.loads(state(code, course, "--json").stdout)["same_version"] is True
    later = TWO_PAGES.replace("version: 1.0.0", "version: 2.0.0")
    (course / "course.yaml").write_text(later, "utf-8")
    result = state(code, course)
    assert "another version" in result.stdout
    assert "[x] Page (p1-c1-s1)" in result.stdout
    assert json.loads(state(code, course, "--json").stdout)["same_version"] is False


def test_what_only_a_later_version_knows_is_counted(make_course: MakeCourse) -> None:
    # Slots 0 and 2 of a course that has one.
    result = state("1.0.0.o", make_course())
    assert result.exit_code == 0
    assert "Entries that this version does not know: 1." in result.stdout
    assert json.loads(state("1.0.0.o", make_course(), "--json").stdout)["slots_of_a_later_version"] == 1


def test_pages_that_are_gone_are_named(make_course: MakeCourse) -> None:
    lock = "# coursepack course.lock, format 1.\npage gone\npage p1-c1-s1\n"
    folder = make_course({"course.lock": lock})
    told = json.loads(state("1.0.1.w", folder, "--json").stdout)
    assert told["pages_no_longer_there"] == ["gone"]
    assert told["last"] == "p1-c1-s1"
    assert "gone" in state("1.0.1.w", folder, "--language", "sv").stdout


def test_a_last_page_that_is_an_answer_tells_of_another_course(course: Path) -> None:
    # Slots: two pages in their order, with the second page's answers behind it.
    result = state("1.0.2.w", course)
    assert result.exit_code == 1
    assert "course.lock has been changed" in result.stderr


def test_what_an_lrs_or_a_device_keeps_is_read_too(course: Path) -> None:
    document = json.dumps({"format": 1, "state": "1.0.0.g", "location": "p1-c1-s1", "at": 1, "answered": {}})
    for text in (document, document.replace('"', "&quot;"), f"'{document}'", '"1.0.0.g"'):
        told = json.loads(state(text, course, "--json").stdout)
        assert [page["opened"] for page in told["pages"]] == [True, False], text


PARTS = (
    """\
packages:
  - {id: full}
  - {id: apart, separate: true}
"""
    + COURSE.replace("title: Part\n", "title: First part\n")
    + """\
  - id: p2
    title: Second part
    chapters:
      - id: p2-c1
        title: Chapter
        pages:
          - {id: p2-c1-s1, title: Other page, minutes: 1}
"""
)


def test_a_code_says_itself_which_unit_it_is_of_and_a_state_is_told(make_course: MakeCourse) -> None:
    folder = make_course({"course.yaml": PARTS, "pages/p2-c1-s1.md": "Text.\n"})
    whole = read_course(folder)
    unit = variants(whole)[1].units[1].course
    done = written(course_data(unit), ("p2-c1-s1", None))
    told = json.loads(state(done["code"], folder, "--json").stdout)
    assert (told["unit"], told["completion"]["complete"]) == ("p2", True)
    assert [page["id"] for page in told["pages"]] == ["p2-c1-s1"]
    # A bare state is one of the whole course, where a page is left.
    bare = done["state"].replace("1.1.", "1.0.")
    assert json.loads(state(bare, folder, "--json").stdout)["completion"]["complete"] is False
    assert json.loads(state(bare, folder, "--unit", "p2", "--json").stdout)["completion"]["met"] is True
    refused = state(bare, folder, "--unit", "p9")
    assert (refused.exit_code, refused.stderr) == (
        1,
        "The course has no package or part with the id 'p9'.\n",
    )
    with pytest.raises(MismatchError, match="other-course"):
        decode(read_resume(done["code"]), whole, "p1")


def test_all_that_is_left_to_do_is_said(course: Path) -> None:
    result = state("1.0.0.g", course)
    assert result.exit_code == 0
    assert result.stdout == (
        "Least course (least), version 1.0.0\n"
        "\n"
        "Complete: no.\n"
        "The course is complete when all pages have been opened.\n"
        "Core pages not opened (1):\n"
        "  Second (p1-c1-s2)\n"
        "\n"
        "Last page: Page (p1-c1-s1)\n"
        "Pages opened: 1 of 2\n"
        "  [x] Page (p1-c1-s1)\n"
        "  [ ] Second (p1-c1-s2)\n"
        "\n"
        "Questions answered: 0 of 2\n"
        "  q1: no answer\n"
        "  q2: no answer\n"
    )


def test_a_graded_course_tells_score_and_answers(make_course: MakeCourse) -> None:
    graded = (
        "completion: {rule: score}\nstatus: passed\nfinal-check: {page: p1-c1-s2, mastery: 80}\n" + TWO_PAGES
    )
    folder = make_course({"course.yaml": graded, "pages/p1-c1-s2.md": CHECK})
    _, values = loaded(folder)
    half = written(values, ("p1-c1-s2", None), ("q1", ["b"]))["code"]
    told = state(half, folder, "--language", "sv").stdout
    assert "Klar: nej." in told
    assert "Godkänd: nej." in told
    assert "Frågor i slutprovet utan svar: q2." in told
    all_of_it = written(values, ("p1-c1-s2", None), ("q1", ["b"]), ("q2", ["a"]))["code"]
    told = state(all_of_it, folder, "--language", "sv").stdout
    assert "Poäng: 50 %, gränsen är 80 %." in told
    assert "  q1: rätt\n    b: That\n  q2: inte rätt\n    a: This\n" in told
    right = written(values, ("q1", ["b"]), ("q2", ["b"]))["code"]
    told = state(right, folder, "--language", "sv").stdout
    assert "Klar: ja." in told
    assert "Godkänd: ja." in told


TRACKS = (
    "completion: {rule: parts, parts: [p1], tracks: 1}\n"
    + COURSE
    + "".join(
        f"""\
  - id: {name}
    title: Track {name}
    track: true
    chapters:
      - id: {name}-c1
        title: Chapter
        pages:
          - {{id: {name}-s1, title: Page of {name}, minutes: 1}}
"""
        for name in ("p2", "p3")
    )
)


def test_a_part_that_the_rule_names_counts_as_a_track_too_where_it_is_one(make_course: MakeCourse) -> None:
    # The player unites both: rule.parts, and as many of rule.of as the rule asks for.
    pages = {f"pages/{name}-s1.md": "Text.\n" for name in ("p2", "p3")}
    definition = TRACKS.replace("parts: [p1], tracks: 1", "parts: [p2], tracks: 1")
    folder = make_course({"course.yaml": definition, **pages})
    _, values = loaded(folder)
    done = written(values, ("p2-s1", None))
    assert done["completed"]
    held = decode(read_resume(done["unsettled"]), read_course(folder))
    assert held.is_met


def test_tracks_are_told_one_by_one(make_course: MakeCourse) -> None:
    pages = {f"pages/{name}-s1.md": "Text.\n" for name in ("p2", "p3")}
    folder = make_course({"course.yaml": TRACKS, **pages})
    _, values = loaded(folder)
    nothing = state(written(values, ("p1-c1-s1", None))["code"], folder).stdout
    assert "The part “Part” is done." in nothing
    assert "Tracks done: 0 of 1 required." in nothing
    assert "Left in the track “Track p2” (1):\n  Page of p2 (p2-s1)\n" in nothing
    one = state(written(values, ("p1-c1-s1", None), ("p3-s1", None))["code"], folder)
    assert "Complete: yes." in one.stdout
    told = json.loads(state(written(values, ("p3-s1", None))["code"], folder, "--json").stdout)["completion"]
    assert told["parts"] == [
        {"id": "p1", "track": False, "pages_left": ["p1-c1-s1"]},
        {"id": "p2", "track": True, "pages_left": ["p2-s1"]},
        {"id": "p3", "track": True, "pages_left": []},
    ]


def test_what_was_noted_earlier_stays_though_the_rule_asks_for_more(course: Path) -> None:
    told = state("1.1.0.g", course).stdout
    assert "Complete: yes, as recorded earlier" in told
    # What is missing by the rule is said all the same.
    assert "Core pages not opened (1):" in told


def test_a_course_with_problems_is_refused(make_course: MakeCourse) -> None:
    result = state("1.0.0.g", make_course({"course.yaml": COURSE.replace("language: en", "language: xx")}))
    assert result.exit_code == 1
    assert "course/unknown-value" in result.stdout


def test_the_mistakes_of_a_course_are_told_in_swedish(make_course: MakeCourse) -> None:
    told = state("1.0.1.w", make_course({"course.yaml": "id: x\n"}), "--language", "sv")
    assert told.exit_code == 1
    assert "fel course/missing-field: fältet 'title' saknas" in told.stdout


def test_the_fingerprint_tells_courses_and_versions_apart() -> None:
    marks = {fingerprint(f"course-{n}", "1.0.0") for n in range(100)}
    assert len(marks) > 90
    assert max(marks) < 2**15
    assert fingerprint("a", "1.0.0") >> 5 == fingerprint("a", "2.0.0") >> 5


def test_where_films_and_sounds_were_left_is_told(make_course: MakeCourse) -> None:
    sound = {"title": "The call", "transcript": "media/a.vtt", "duration": "0:10"}
    folder = make_course(
        {
            "pages/p1-c1-s1.md": fence("audio", {"src": "media/a.mp3", **sound})
            + fence("audio", {"src": "media/b.mp3", **sound, "title": "Seen to its end"}),
            "media/a.mp3": b"ID3\x03",
            "media/b.mp3": b"ID3\x03",
            "media/a.vtt": VTT,
        }
    )
    # The page is slot 0, the sounds 1 and 2: one left at 62 seconds, the other at its end; an unknown one, and a piece
    # that was cut off.
    text = "1.0.0.g.2-0_1-1q_8-5_1"
    told = state(text, folder)
    assert "Films and sounds that were left before their end:\n  The call: 1:02\n" in told.stdout
    assert "Seen to its end" not in told.stdout
    assert "Filmer och ljud som lämnades före slutet:" in state(text, folder, "--language", "sv").stdout
    assert json.loads(state(text, folder, "--json").stdout)["played"] == [
        {"title": "The call", "seconds": 62}
    ]
    assert "Films" not in state("1.0.0.g", folder).stdout


def test_bookmarks_are_told(make_course: MakeCourse) -> None:
    folder = make_course({"course.yaml": TWO_PAGES, "pages/p1-c1-s1.md": "T.\n", "pages/p1-c1-s2.md": "T.\n"})
    # 01000 00000 00001: the second page, and one of a later version.
    text = "1.0.0.g.-801_1-1q"
    first, second = (page["bookmarked"] for page in json.loads(state(text, folder, "--json").stdout)["pages"])
    assert (first, second) == (False, True)
    assert "(p1-c1-s2) (bookmarked)" in state(text, folder).stdout
    assert "(p1-c1-s2) (bokmärkt)" in state(text, folder, "--language", "sv").stdout
    assert "bookmarked" not in state("1.0.0.g", folder).stdout


def test_a_sealed_state_is_read_and_what_came_back_altered_is_told(make_course: MakeCourse) -> None:
    course = read_course(
        make_course({"course.yaml": TWO_PAGES, "pages/p1-c1-s1.md": CHECK, "pages/p1-c1-s2.md": "T.\n"})
    )
    done = written(course_data(course), ("p1-c1-s1", None), ("q1", ["a"]))
    plain, sealed = read_resume(done["state"]), read_resume(done["sealed"])
    assert sealed.mark is not None
    assert (sealed.slots, sealed.last) == (plain.slots, plain.last)
    assert decode(sealed, course).opened == {"p1-c1-s1"}
    for harmless in (" {}\r\n", '"{}"', "{}\0", "\ufeff{}", "{}==", "%22{}%22", "&quot;{}&#34;"):
        assert read_resume(harmless.format(done["sealed"])) == sealed, harmless
    for damaged in (done["sealed"].upper(), done["sealed"].replace("1.0.0.", "1.1.0.")):
        with pytest.raises(ResumeError, match="damaged-state"):
            read_resume(damaged)


def test_a_state_of_another_lock_is_told_and_one_of_an_earlier_version_is_not(
    make_course: MakeCourse,
) -> None:
    course = read_course(make_course({"pages/p1-c1-s1.md": CHECK}))
    sealed = read_resume(written(course_data(course), ("p1-c1-s1", None))["sealed"])
    more = {"course.yaml": TWO_PAGES, "pages/p1-c1-s1.md": CHECK, "pages/p1-c1-s2.md": "T.\n"}
    later = read_course(make_course({**more, "course.lock": str(course.lock)}))
    assert decode(sealed, later).opened == {"p1-c1-s1"}
    other = read_course(make_course({"pages/p1-c1-s1.md": CHECK.replace("q1", "q9"), "course.lock": ""}))
    with pytest.raises(MismatchError, match="other-lock"):
        decode(sealed, other)


def test_what_could_not_be_read_is_told_with_the_code_and_with_the_state(make_course: MakeCourse) -> None:
    folder = make_course({"pages/p1-c1-s1.md": CHECK})
    done = written(course_data(read_course(folder)), ("p1-c1-s1", None))
    assert [read_resume(done[name]).is_unread for name in ("code", "sealed", "unread", "beside")] == [
        False,
        False,
        True,
        True,
    ]
    assert read_resume(done["beside"]).aside == '2.x "å"'
    told = CliRunner().invoke(main, ["state", done["beside"], str(folder)])
    assert "The LMS had a text that the course could not read." in told.stdout
    assert '2.x "å"' in told.stdout


def test_a_page_whose_questions_are_not_answered_is_left_where_the_rule_asks_for_answers(
    make_course: MakeCourse,
) -> None:
    strict = "completion: {rule: all-core-pages, questions: answered}\n" + TWO_PAGES
    folder = make_course({"course.yaml": strict, "pages/p1-c1-s2.md": CHECK})
    _, values = loaded(folder)
    opened = [("p1-c1-s1", None), ("p1-c1-s2", None), ("q1", ["b"])]
    half = written(values, *opened)["code"]
    told = state(half, folder, "--language", "sv").stdout
    assert "Klar: nej." in told
    assert "Kursen är klar när alla sidor har öppnats och frågorna på dem har besvarats." in told
    assert "Grundsidor som inte är klara (1):\n  Second (p1-c1-s2)\n" in told
    whole = written(values, *opened, ("q2", ["a"]))["code"]
    assert json.loads(state(whole, folder, "--json").stdout)["completion"]["met"] is True
