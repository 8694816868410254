"""What a definition may say, and the completion rules: each in one sentence, and none that nobody can meet."""

from __future__ import annotations

import pytest
from strategies import COURSE, PAGE, QUESTION, MakeCourse

from coursepack.building.render import render_site
from coursepack.course.model import Definition, completion_sentence
from coursepack.reading.source import read_course, read_folder
from coursepack.reading.yaml_validation import read_yaml, validate

PARTS = (
    COURSE[: COURSE.index("parts:")].replace("minutes: 1", "minutes: 3")
    + """\
parts:
  - id: p1
    title: Grunden
    chapters: [{id: p1-c1, title: C, pages: [{id: p1-c1-s1, title: "Om {allt}", minutes: 1}]}]
  - id: p2
    title: Skola
    track: true
    chapters: [{id: p2-c1, title: C, pages: [{id: p2-c1-s1, title: S, minutes: 1}]}]
  - id: p3
    title: Vård
    track: true
    chapters: [{id: p3-c1, title: C, pages: [{id: p3-c1-s1, title: S, minutes: 1}]}]
  - id: p4
    title: Extra
    chapters: [{id: p4-c1, title: C, pages: [{id: p4-c1-s1, title: S, minutes: 1, core: false}]}]
  - {id: p5, title: Planerad, track: true, chapters: []}
"""
)
PAGES = {f"pages/{name}.md": "Text.\n" for name in ("p2-c1-s1", "p3-c1-s1", "p4-c1-s1")}
PAGES[PAGE] = "Text.\n\n" + QUESTION.format(id="q-1")
LINES = PARTS.count("\n")


def define(more: str) -> Definition:
    read, problems = read_yaml(PARTS + more, "course.yaml")
    assert read is not None
    definition, wrong = validate(Definition, read, "course")
    assert definition is not None, wrong
    assert problems == []
    return definition


@pytest.mark.parametrize(
    ("more", "swedish", "english"),
    [
        (
            "",
            "Kursen är klar när alla sidor utom fördjupningarna har öppnats.",
            "The course is complete when all pages except further reading have been opened.",
        ),
        (
            "completion: {rule: parts, parts: [p1]}",
            "Kursen är klar när alla sidor i ”Grunden” har öppnats.",
            "The course is complete when all pages in “Grunden” have been opened.",
        ),
        (
            "completion: {rule: parts, parts: [p1, p2, p3]}",
            "Kursen är klar när alla sidor i ”Grunden”, ”Skola” och ”Vård” har öppnats.",
            "The course is complete when all pages in “Grunden”, “Skola” and “Vård” have been opened.",
        ),
        (
            "completion: {rule: parts, parts: [p1], tracks: 1}",
            "Kursen är klar när alla sidor i ”Grunden” och "
            "alla sidor i minst 1 av spåren ”Skola” och ”Vård” har öppnats.",
            "The course is complete when all pages in “Grunden” and "
            "all pages in at least 1 of the tracks “Skola” and “Vård” have been opened.",
        ),
        (
            "completion: {rule: parts, tracks: 2, of: [p2, p3]}",
            "Kursen är klar när alla sidor i minst 2 av spåren ”Skola” och ”Vård” har öppnats.",
            "The course is complete when all pages in at least 2 of the tracks “Skola” and “Vård” have been opened.",
        ),
        (
            "completion: {rule: check-submitted}\nfinal-check: {page: p1-c1-s1}",
            "Kursen är klar när alla frågor på sidan ”Om {allt}” har besvarats.",
            "The course is complete when every question on the page “Om {allt}” has been answered.",
        ),
        (
            "completion: {rule: score}\nfinal-check: {page: p1-c1-s1, mastery: 80}",
            "Kursen är klar när minst 80 procent av frågorna på sidan ”Om {allt}” är rätt besvarade.",
            "The course is complete when at least 80 per cent of the questions on the page “Om {allt}” are answered right.",
        ),
    ],
    ids=["all", "part", "parts", "part and track", "tracks", "check", "score"],
)
def test_a_completion_rule_is_one_plain_sentence(
    make_course: MakeCourse, more: str, swedish: str, english: str
) -> None:
    assert completion_sentence(define(more), "sv") == swedish
    assert completion_sentence(define(more), "en") == english
    _, found = read_folder(make_course({**PAGES, "course.yaml": PARTS + more + "\n"}))
    assert found.errors == ()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("", "Take them in any order."),
        ("completion: {rule: parts, tracks: 1}", "One is enough, but you can take more."),
        ("completion: {rule: parts, parts: [p1], tracks: 2}", "Take them in any order."),
        ("completion: {rule: parts, parts: [p1]}", "Take them in any order."),
    ],
)
def test_learners_are_told_that_one_track_is_enough_where_it_is(
    make_course: MakeCourse, more: str, told: str
) -> None:
    course = read_course(make_course({**PAGES, "course.yaml": PARTS + more + "\n"}))
    document = render_site(course, "web")["index.html"]
    assert isinstance(document, bytes)
    assert f"<p>Two tracks. {told}</p>" in document.decode()


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            "completion: {rule: parts}",
            ["1:13: error course/unreachable-completion: the rule 'parts' names neither parts nor tracks"],
        ),
        (
            "completion: {rule: parts, parts: [p1, p6]}",
            ["1:39: error course/unknown-part: there is no part 'p6'"],
        ),
        (
            "completion: {rule: parts, parts: [p1, p1]}",
            ["1:39: error course/repeated-part: the part 'p1' is named twice"],
        ),
        (
            "completion: {rule: parts, parts: [p4]}",
            ["1:35: error course/unreachable-completion: the part 'p4' has no core page to open"],
        ),
        (
            "completion: {rule: parts, parts: [p5]}",
            ["1:35: error course/unreachable-completion: the part 'p5' has no core page to open"],
        ),
        (
            "completion: {rule: parts, tracks: 3}",
            ["1:35: error course/unreachable-completion: asks for 3 tracks, but only 2 have core pages"],
        ),
        (
            "completion: {rule: parts, tracks: 2, of: [p2, p4]}",
            [
                "1:35: error course/unreachable-completion: asks for 2 tracks, but only 1 has core pages",
                "1:47: error course/unreachable-completion: the part 'p4' has no core page to open",
            ],
        ),
        (
            # It would count as done before anything was opened.
            "completion: {rule: parts, tracks: 1, of: [p2, p4]}",
            ["1:47: error course/unreachable-completion: the part 'p4' has no core page to open"],
        ),
        (
            "completion: {rule: parts, tracks: 2, of: [p2, p2, p9]}",
            [
                "1:35: error course/unreachable-completion: asks for 2 tracks, but only 1 has core pages",
                "1:47: error course/repeated-part: the part 'p2' is named twice",
                "1:51: error course/unknown-part: there is no part 'p9'",
            ],
        ),
        (
            "completion: {rule: parts, tracks: -1}",
            ["1:35: error course/out-of-range: 'tracks' must be at least 0"],
        ),
        (
            "completion: {rule: check-submitted}",
            ["1:20: error course/missing-final-check: the rule 'check-submitted' needs a final-check"],
        ),
        (
            "completion: {rule: score}",
            ["1:20: error course/missing-final-check: the rule 'score' needs a final-check"],
        ),
        (
            "completion: {rule: score}\nfinal-check: {page: p1-c1-s1}",
            ["2:14: error course/missing-mastery: the rule 'score' needs final-check: mastery"],
        ),
        (
            "final-check: {page: p2-c1-s1}",
            ["1:21: error course/check-without-questions: the page 'p2-c1-s1' has no questions"],
        ),
        ("final-check: {page: p9}", ["1:21: error course/unknown-page: there is no page 'p9'"]),
        (
            "final-check: {page: p1-c1-s1, mastery: 0}",
            ["1:40: error course/out-of-range: 'mastery' must be at least 1"],
        ),
        ("status: both", ["1:9: error course/missing-mastery: the status 'both' needs final-check: mastery"]),
        ("completion: {parts: [p1]}", ["1:13: error course/missing-field: the field 'rule' is missing"]),
        ("completion:", ["1:12: error course/empty-value: 'completion' has no value"]),
        ("completion: score", ["1:13: error course/wrong-type: 'completion' must have fields"]),
        ("commit: seldom", ["1:9: error course/unknown-value: 'commit' cannot be 'seldom'"]),
        ("commit:", ["1:8: error course/empty-value: 'commit' has no value"]),
    ],
)
def test_a_rule_that_nobody_can_meet_is_refused_at_its_place(
    make_course: MakeCourse, more: str, expected: list[str]
) -> None:
    _, found = read_folder(make_course({**PAGES, "course.yaml": f"{PARTS}{more}\n"}))
    told = [str(problem).split("\n")[0] for problem in found.errors]
    wanted = []
    for line in expected:
        number, _, rest = line.partition(":")
        wanted.append(f"course.yaml:{LINES + int(number)}:{rest}")
    assert told == wanted


def test_a_course_without_core_pages_is_refused(make_course: MakeCourse) -> None:
    _, found = read_folder(
        make_course({"course.yaml": COURSE.replace("minutes: 1}", "minutes: 1, core: false}")})
    )
    assert [str(problem) for problem in found.errors] == [
        "course.yaml:1:1: error course/unreachable-completion: "
        "no page is core, so the course would never be complete"
    ]


@pytest.mark.parametrize(
    "name",
    ["om", "ordlista", "innehall", "course-data", "menu-title", "h-p1", "d-help", "i-menu", "g-p1-1", "fn-p1-1", "fnref-p1-1", "q1-hint"],
)  # fmt: skip
def test_an_id_that_the_document_uses_itself_is_refused(make_course: MakeCourse, name: str) -> None:
    _, found = read_folder(
        make_course({"course.yaml": COURSE.replace("p1-c1-s1", name), f"pages/{name}.md": "x"})
    )
    assert [(p.rule, p.location.line, p.location.column) for p in found.errors] == [
        ("course/reserved-id", 16, 18)
    ]


@pytest.mark.parametrize("value", ["A", "å", "1a", "a_b", "a--b", "-a", "a-", "a" * 65, "a b", "a.b", "[a]"])
def test_what_is_no_id_is_refused(make_course: MakeCourse, value: str) -> None:
    _, found = read_folder(make_course({"course.yaml": COURSE.replace("id: least", f"id: {value}")}))
    assert [(p.rule, p.location.line) for p in found.errors] == [("course/bad-id", 1)]


@pytest.mark.parametrize("value", ["aa", "a1", "no", "a-1-b", "a" * 64])
def test_what_is_an_id_is_accepted(make_course: MakeCourse, value: str) -> None:
    assert read_folder(make_course({"course.yaml": COURSE.replace("id: least", f"id: {value}")}))[1].ok


@pytest.mark.parametrize(
    "value", ["0", "-1", "0.3", "'1,5'", "01", "1e1", "nan", "inf", "600.5", "9" * 5000, "[1]", "true"]
)
def test_minutes_are_a_plain_number_of_halves(make_course: MakeCourse, value: str) -> None:
    _, found = read_folder(make_course({"course.yaml": COURSE.replace("minutes: 1}", f"minutes: {value}}}")}))
    assert {p.location.line for p in found.errors} == {16}
    assert {p.rule for p in found.errors} <= {
        "course/out-of-range",
        "course/not-a-number",
        "course/wrong-type",
    }


@pytest.mark.parametrize("value", ["5" * 5000, "1.0e3", "80 %", "80.5"])
def test_mastery_is_a_whole_number(make_course: MakeCourse, value: str) -> None:
    more = f"final-check: {{page: p1-c1-s1, mastery: {value}}}\n"
    _, found = read_folder(make_course({"course.yaml": COURSE + more}))
    assert {p.location.line for p in found.errors} == {17}
    assert {p.rule for p in found.errors} <= {
        "course/not-a-number",
        "course/wrong-type",
        "course/out-of-range",
    }


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("tittle: x", "Did you mean 'title'?"),
        ("short_title: x", "Did you mean 'short-title'?"),
        ("Language: en", "Did you mean 'language'?"),
    ],
)
def test_an_unknown_field_names_the_nearest(make_course: MakeCourse, wrong: str, hint: str) -> None:
    _, found = read_folder(make_course({"course.yaml": COURSE + wrong + "\n"}))
    assert [(p.rule, p.location.line, p.location.column, p.hint) for p in found] == [
        ("course/unknown-field", 17, 1, hint)
    ]


@pytest.mark.parametrize("length", [200, 201])
def test_a_title_is_at_most_200_characters(make_course: MakeCourse, length: int) -> None:
    _, found = read_folder(make_course({"course.yaml": COURSE.replace("Least course", "å" * length)}))
    assert [p.rule for p in found] == ([] if length == 200 else ["course/too-long"])


def test_white_space_in_words_is_folded(make_course: MakeCourse) -> None:
    course, _ = read_folder(
        make_course({"course.yaml": COURSE.replace("Least course", '"  Least\\n\\tcourse "')})
    )
    assert course is not None
    assert course.definition.title == "Least course"
