"""WebVTT is read strictly, and its words come out as they are told."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursepack.captions import read_captions
from coursepack.model import Cue


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


@pytest.mark.parametrize(
    "payload", ["<" * 500_000, "<v " * 300_000, "<i>" * 300_000, "&" * 500_000, "</" * 300_000]
)
def test_hostile_cues_are_read_in_a_moment(payload: str) -> None:
    began = time.process_time()
    read_captions(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{payload}\n", "a.vtt")
    assert time.process_time() - began < 5


@settings(deadline=None, max_examples=150)
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
