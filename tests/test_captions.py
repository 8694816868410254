"""WebVTT is read strictly, and its words come out as they are told."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursepack.course.model import Cue
from coursepack.languages.messages import translated
from coursepack.problems import Problem
from coursepack.reading.captions import EASY, Captions, characters, read_captions, read_placed, webvtt
from coursepack.reading.rules import captions
from coursepack.reading.rules.rule import apply_rules


def problems_of_captions(text: str, length: float) -> list[Problem]:
    """What is wrong with captions of a film of so many seconds."""
    placed, problems = read_placed(text, "a.vtt")
    return problems or apply_rules(captions, Captions("a.vtt", placed, length))


def cues(body: str) -> tuple[Cue, ...]:
    found, problems = read_captions(f"WEBVTT\n\n{body}", "a.vtt")
    assert problems == []
    return found


@pytest.mark.parametrize(
    ("body", "cue"),
    [
        ("00:01.000 --> 00:02.500\nHello.\n", Cue(1, 2.5, "", "Hello.")),
        ("01:00:01.250 --> 100:00:02.000\nHello.\n", Cue(3601.25, 360002, "", "Hello.")),
        ("name\n00:01.000 --> 00:02.000 line:0 align:start\nHello,\nyou.\n", Cue(1, 2, "", "Hello, you.")),
        ("00:01.000-->00:02.000\n<v Kim>Hello.</v>\n", Cue(1, 2, "Kim", "Hello.")),
        ("00:01.000 --> 00:02.000\n<v.loud Kim Åberg>Hello.\n", Cue(1, 2, "Kim Åberg", "Hello.")),
        ("00:01.000 --> 00:02.000\n<i>A door opens.</i>\n", Cue(1, 2, "", "A door opens.", sound=True)),
        ("00:01.000 --> 00:02.000\n<v Bild>Ett hus.\n", Cue(1, 2, "Bild", "Ett hus.", sound=True)),
        ("00:01.000 --> 00:02.000\nA <c.red>&lt;b&gt;</c> &amp; <00:01.500>c\n", Cue(1, 2, "", "A <b> & c")),
        ("00:01.000 --> 00:02.000\na < b\n", Cue(1, 2, "", "a < b")),
    ],
)
def test_a_cue_is_read(body: str, cue: Cue) -> None:
    assert cues(body) == (cue,)


SUBRIP = """\
1
00:00:01,000 --> 00:00:02,500
{\\an8}Hello, <i>you</i> & <font color="#ffffff">me</font>.

2
0:00:03,5 --> 0:00:05,000  X1:100 X2:200 Y1:100 Y2:200
Is a < b?
<B>Yes.</B>
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_subrip_is_read_and_becomes_webvtt(end: str) -> None:
    text = SUBRIP.replace("\n", end)
    placed, problems = read_placed(text, "a.srt")
    assert problems == []
    assert [(each.line, each.lines) for each in placed] == [
        (2, ("Hello, you & me.",)),
        (6, ("Is a < b?", "Yes.")),
    ]
    assert [(each.cue.start, each.cue.end) for each in placed] == [(1, 2.5), (3.5, 5)]
    again, problems = read_placed(webvtt(text, "a.srt"), "a.vtt")
    assert problems == []
    assert [(each.cue, each.lines) for each in again] == [(each.cue, each.lines) for each in placed]
    assert webvtt(text, "a.srt").startswith(
        "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.500\nHello, <i>you</i> &amp; me.\n"
    )


def test_a_mistake_in_subrip_is_found_on_its_line() -> None:
    _, problems = read_placed("1\n00:00:01 --> 00:00:02\nHello.\n", "a.srt")
    assert [(each.rule, each.location and each.location.line) for each in problems] == [
        ("captions/bad-time", 2)
    ]
    _, problems = read_placed("", "a.srt")
    assert [each.rule for each in problems] == ["captions/no-cues"]


def test_notes_and_styles_are_no_cues() -> None:
    assert cues("NOTE\nNothing.\n\nSTYLE\n::cue { color: red }\n\n00:01.000 --> 00:02.000\nHello.\n") == (
        Cue(1, 2, "", "Hello."),
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(end: str) -> None:
    found, problems = read_captions("WEBVTT\n\n00:01.000 --> 00:02.000\nHello.\n".replace("\n", end), "a.vtt")
    assert (found, problems) == ((Cue(1, 2, "", "Hello."),), [])


@pytest.mark.parametrize(
    "time_", ["00:60.000", "0:01.000", "00:01,000", "00:01", "00:01.00", "1:00:01.000", "a", ""]
)
def test_what_is_no_time_is_told_on_its_line(time_: str) -> None:
    _, problems = read_captions(f"WEBVTT\n\n{time_} --> 00:09.000\nHello.\n", "a.vtt")
    assert [str(problem).split("\n")[0] for problem in problems] == [
        f"a.vtt:3:1: error captions/bad-time: is not a time: {time_!r}"
    ]


@pytest.mark.parametrize("first", ["", "WEBVTTX", "webvtt", " WEBVTT", "1"])
def test_a_file_that_does_not_begin_with_webvtt_is_refused(first: str) -> None:
    assert [p.rule for p in read_captions(f"{first}\n\n00:01.000 --> 00:02.000\nA\n", "a.vtt")[1]] == [
        "captions/not-webvtt"
    ]


def hard(body: str, length: float) -> list[str]:
    """What is hard to read of captions, without hints."""
    return [str(p).split("\n")[0] for p in problems_of_captions(f"WEBVTT\n\n{body}", length)]


def test_captions_that_can_be_read_are_praised_by_silence() -> None:
    two_lines = f"{'a' * 42}\n<v Kim>{'b' * 42}"
    # 84 characters in 5 seconds are 16.8 a second; a gap of twenty seconds is still no gap.
    assert hard(f"00:01.000 --> 00:06.000\n{two_lines}\n\n00:06.000 --> 00:07.000\nHello.\n", 27) == []
    assert hard("00:20.000 --> 00:21.000\nHello.\n\n00:41.000 --> 00:42.400\nYou.\n", 42) == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            f"00:01.000 --> 00:08.000\nHello.\n{'a' * 43}\n",
            "a.vtt:5:1: warning captions/long-line: the line is 43 characters; at most 42 fit",
        ),
        (
            "00:01.000 --> 00:08.000\na\nb\nc\n",
            "a.vtt:3:1: warning captions/many-lines: the cue has 3 lines; more than 2 hide the picture",
        ),
        (
            "00:01.000 --> 00:01.900\nHello, you there.\n",
            "a.vtt:3:1: warning captions/short-cue: the cue is shown for 0.9 seconds; less than 1 is missed",
        ),
        (
            f"00:01.000 --> 00:02.000\n{'a' * 18}\n",
            "a.vtt:3:1: warning captions/fast-cue: the cue has 18 characters a second; "
            "more than 17 cannot be read in time",
        ),
        (
            "00:01.000 --> 00:03.000\na\n\n00:02.000 --> 00:04.000\nb\n",
            "a.vtt:6:1: warning captions/overlap: the cue begins before an earlier one has ended, at 0:03",
        ),
        (
            "00:01.000 --> 00:02.000\na\n\n00:22.001 --> 00:24.000\nb\n",
            "a.vtt:6:1: warning captions/long-gap: there are no captions from 0:02 to 0:22",
        ),
        (
            "00:21.000 --> 00:22.000\na\n",
            "a.vtt:3:1: warning captions/long-gap: there are no captions before 0:21",
        ),
        (
            "00:01.000 --> 00:02.000\na\n",
            "a.vtt:3:1: warning captions/long-gap: there are no captions from 0:02 to the end at 0:30",
        ),
        (
            "00:19.000 --> 00:31.000\n<i>a</i>\n",
            "a.vtt:3:1: warning captions/past-the-end: the cue ends at 0:31, and the film or sound at 0:30",
        ),
    ],
)
def test_what_is_hard_to_read_is_told_on_its_line(body: str, told: str) -> None:
    assert hard(body, 30 if "gap" in told or "past" in told else 10) == [told]


def test_signs_of_markup_are_not_counted_as_characters() -> None:
    line = "<v Kim><i>" + "&amp;" * 30 + "</i>"
    assert hard(f"00:10.000 --> 00:12.000\n{line}\n", 20) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Hej!", 4),
        ("Åsa", 3),
        ("A\u030asa", 3),
        ("👩🏽‍💻 👍🏽", 3),
        ("👨‍👩‍👧", 1),
        ("❤️", 1),
        ("co\u00adworker", 8),
    ],
)
def test_characters_are_counted_as_readers_see_them(text: str, count: int) -> None:
    assert characters(text) == count


def test_easy_captions_have_shorter_lines_and_more_time() -> None:
    placed, _ = read_placed(f"WEBVTT\n\n00:01.000 --> 00:04.000\n{'a' * 33}\n", "a.vtt")
    assert apply_rules(captions, Captions("a.vtt", placed, 10)) == []
    found = apply_rules(captions, Captions("a.vtt", placed, 10, EASY))
    assert [each.message for each in found] == [
        "the line is 33 characters; at most 32 fit",
        "the cue has 11 characters a second; more than 10 cannot be read in time",
    ]


def test_a_mistake_is_told_once_with_the_lines_of_the_others() -> None:
    cue = "00:01 --> 00:02\nHello.\n\n"
    assert [str(each) for each in problems_of_captions(f"WEBVTT\n\n{cue * 300}", 10)] == [
        "a.vtt:3:1: error captions/bad-time: is not a time: '00:01'; also on lines 6, 9, 12, 15, 18 and 294 more\n"
        "    Write times as 00:01:02.500."
    ]
    (problem,) = problems_of_captions(f"WEBVTT\n\n{cue * 2}", 10)
    assert translated(problem, "sv").message == "är ingen tid: '00:01'; också på rad 6"


@pytest.mark.parametrize("payload", ["<i></i>", "&nbsp;", "<v Kim>"])
def test_a_cue_that_shows_nothing_is_empty(payload: str) -> None:
    assert [
        each.rule for each in problems_of_captions(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{payload}\n", 2)
    ] == ["captions/empty-cue"]


def test_captions_that_cannot_be_read_at_all_are_not_checked_further() -> None:
    assert [p.rule for p in problems_of_captions("WEBVTT\n\n00:01 --> 00:02\na\n", 300)] == [
        "captions/bad-time"
    ]


@pytest.mark.parametrize(
    "payload", ["<" * 500_000, "<v " * 300_000, "<i>" * 300_000, "&" * 500_000, "</" * 300_000]
)
def test_hostile_cues_are_read_in_a_moment(payload: str) -> None:
    began = time.process_time()
    read_captions(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{payload}\n", "a.vtt")
    assert time.process_time() - began < 5


@settings(max_examples=150)
@given(st.lists(st.sampled_from(["WEBVTT", "\n", "\n\n", "00:01.000", " --> ", "00:02.000", "<v A>", "<", ">", "&", "NOTE", "x", "\r", "\t"]), max_size=25))  # fmt: skip
def test_any_text_ends_in_cues_or_problems_on_lines_that_exist(pieces: list[str]) -> None:
    text = "".join(pieces)
    found, problems = read_captions(text, "a.vtt")
    assert found or problems
    for problem in problems:
        assert (
            1
            <= (problem.location.line or 0)
            <= text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
        )
    for cue in found:
        assert cue.start < cue.end
