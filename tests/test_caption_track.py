"""Captions and text versions are made from each other."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import PAGE, MakeCourse, fence, mp4

from coursepack import check
from coursepack.reading.caption_track import captions_from, webvtt_of
from coursepack.reading.captions import EASY, USUAL, Captions, Limits, PlacedCue, characters, read_placed
from coursepack.reading.rules import captions as rules
from coursepack.reading.rules.rule import apply_rules

# 36 characters in three seconds.
LONG = "WEBVTT\n\n00:01.000 --> 00:04.000\nThe door was open, and nobody saw it\n"


def placed(body: str) -> list[PlacedCue]:
    found, problems = read_placed(f"WEBVTT\n\n{body}", "a.vtt")
    assert problems == []
    return found


def made(body: str, limits: Limits = USUAL) -> list[tuple[float, float, str]]:
    """The cues that are made: their times, and their lines with a stroke between them."""
    return [
        (each.cue.start, each.cue.end, " / ".join(each.lines)) for each in captions_from(placed(body), limits)
    ]


def test_a_short_cue_stays_as_it_is() -> None:
    assert made("00:01.000 --> 00:04.000\n<v Kim>Hello,\nyou.\n") == [(1, 4, "Hello, you.")]


def test_a_line_that_is_too_long_is_broken_where_a_sentence_ends() -> None:
    # 46 characters. In the middle is a space too, but a sentence ends near it.
    text = "The door was open. Nobody had been there since."
    assert made(f"00:00.000 --> 00:05.000\n{text}\n") == [
        (0, 5, "The door was open. / Nobody had been there since."),
    ]


def test_sentences_become_cues_with_times_by_their_length() -> None:
    # 60 and 40 characters in ten seconds.
    first = "In the first window, a teacher is looking at an empty chair."
    second = "A pupil has been away more and more now."
    assert (len(first), len(second)) == (60, 40)
    assert made(f"00:10.000 --> 00:20.000\n{first} {second}\n") == [
        (10, 16, "In the first window, / a teacher is looking at an empty chair."),
        (16, 20, second),
    ]


def test_a_long_sentence_is_split_at_its_commas() -> None:
    text = (
        "She asks the nurse who was there last week, calls the office in the other town again, "
        "and writes down what they say."
    )
    assert [lines for _, _, lines in made(f"00:00.000 --> 00:09.000\n{text}\n")] == [
        "She asks the nurse / who was there last week,",
        "calls the office in the other town again, / and writes down what they say.",
    ]


def test_what_is_seen_is_left_out_and_what_is_heard_is_in_italics() -> None:
    body = (
        "00:00.000 --> 00:02.000\n<v Picture>A house.\n\n"
        "00:02.000 --> 00:04.000\n<v Sound>Steps & rain.\n\n"
        "00:04.000 --> 00:06.000\n<i>A door.</i>\n\n"
        "00:06.000 --> 00:08.000\nCome in.\n"
    )
    assert webvtt_of(captions_from(placed(body), USUAL)) == (
        "WEBVTT\n\n"
        "00:00:02.000 --> 00:00:04.000\n<i>Steps &amp; rain.</i>\n\n"
        "00:00:04.000 --> 00:00:06.000\n<i>A door.</i>\n\n"
        "00:00:06.000 --> 00:00:08.000\nCome in.\n"
    )


def test_speakers_are_named_when_the_voice_changes() -> None:
    body = "\n".join(
        f"00:0{at}.000 --> 00:0{at + 1}.000\n<v {who}>{text}\n"
        for at, (who, text) in enumerate(
            [
                ("Kim", "Hello."),
                ("Kim", "Come in."),
                ("Sound", "Steps."),
                ("Kim", "Sit down."),
                ("Alex", "Thanks."),
            ]
        )
    )
    assert [lines for _, _, lines in made(body)] == [
        "Kim: Hello.",
        "Come in.",
        "Steps.",
        "Sit down.",
        "Alex: Thanks.",
    ]


def test_a_text_that_is_spoken_slowly_is_split_only_between_phrases() -> None:
    assert made("00:00.000 --> 00:12.000\nIt was Tuesday. It was cold.\n") == [
        # 15 and 12 characters of 12 seconds.
        (0, 6.667, "It was Tuesday."),
        (6.667, 12, "It was cold."),
    ]
    # It has been read after seven seconds.
    assert made("00:00.000 --> 00:12.000\nIt was Tuesday\n") == [(0, 7, "It was Tuesday")]
    assert made("00:00.000 --> 00:12.000\n<v Sound>Rain\n") == [(0, 12, "Rain")]


def test_a_gap_that_would_flicker_is_closed() -> None:
    body = "00:00.000 --> 00:02.000\nA.\n\n00:02.400 --> 00:04.000\nB.\n\n00:04.500 --> 00:06.000\nC.\n"
    assert made(body) == [(0, 2.4, "A."), (2.4, 4, "B."), (4.5, 6, "C.")]
    # After seven seconds, the gap is long enough.
    body = "00:00.000 --> 00:07.300\nA.\n\n00:07.300 --> 00:09.000\nB.\n"
    assert made(body) == [(0, 6.8, "A."), (7.3, 9, "B.")]


def test_a_word_that_is_longer_than_a_line_is_cut() -> None:
    assert [lines for _, _, lines in made(f"00:00.000 --> 00:06.000\n{'x' * 50}\n")] == [
        f"{'x' * 42} / {'x' * 8}"
    ]


def test_easy_captions_have_shorter_lines() -> None:
    text = "In the first window, a teacher is looking at an empty chair."
    assert made(f"00:00.000 --> 00:06.000\n{text}\n", EASY) == [
        (0, 6, "In the first window, a teacher / is looking at an empty chair.")
    ]


def found(make_course: MakeCourse, block: str, **fields: Any) -> list[str]:
    """What is reported of a film or a sound with these texts."""
    told = {"src": "media/a.mp4" if block == "video" else "media/a.mp3", "title": "A", "duration": "0:10"}
    more = {"described": {"not-needed": "Told."}, "width": 16, "height": 9} if block == "video" else {}
    files = {
        "media/a.mp4": mp4(10),
        "media/a.mp3": b"ID3" + bytes(99),
        "media/a.md": "Told.",
        "media/a.vtt": LONG,
    }
    folder = make_course({**files, PAGE: fence(block, {**told, **more, **fields})})
    return [str(each).split("\n")[0].partition(": ")[2] for each in check(folder)]


@pytest.mark.parametrize(
    ("block", "fields", "missing"),
    [
        ("video", {}, ["captions", "transcript"]),
        ("video", {"transcript": "media/a.md"}, ["captions"]),
        ("video", {"transcript": "media/a.md", "captions": None}, ["captions"]),
        ("video", {"captions": None, "transcript": None}, ["captions", "transcript"]),
        ("audio", {}, ["transcript"]),
        ("audio", {"captions": None, "transcript": None}, ["transcript"]),
    ],
)
def test_what_cannot_be_made_is_missing(
    make_course: MakeCourse, block: str, fields: dict[str, Any], missing: list[str]
) -> None:
    assert found(make_course, block, **fields) == [
        f"error page/missing-field: the field {name!r} is missing" for name in missing
    ]


def test_captions_that_are_to_be_easy_are_checked_as_such(make_course: MakeCourse) -> None:
    texts = {"captions": "media/a.vtt", "transcript": "media/a.md"}
    assert found(make_course, "video", **texts) == []
    easy = [
        "warning captions/fast-cue: the cue has 12 characters a second; more than 10 cannot be read in time",
        "warning captions/long-line: the line is 36 characters; at most 32 fit",
    ]
    assert sorted(found(make_course, "video", **texts, **{"easy-captions": "true"})) == easy
    # Lines that are made are short enough, and the transcript still gives too little time.
    made_easy = found(make_course, "video", transcript="media/a.vtt", **{"easy-captions": "true"})
    assert sorted(made_easy) == ["note page/made-captions: the captions are made from 'media/a.vtt'", easy[0]]


WORDS = st.text(st.sampled_from("aåx.,:!?”-–&<1é"), min_size=1, max_size=50)
TRANSCRIPTS = st.lists(
    st.tuples(
        st.lists(WORDS, min_size=1, max_size=40),
        st.integers(100, 30_000),
        st.integers(0, 3_000),
        st.sampled_from(["", "", "Kim", "Alex", "Sound"]),
    ),
    min_size=1,
    max_size=6,
)


def transcript(drawn: Sequence[tuple[list[str], int, int, str]]) -> list[PlacedCue]:
    """Cues that follow each other, as somebody would have written them."""
    at, cues = 0, []
    for words, length, gap, speaker in drawn:
        text = " ".join(words).replace("&", "&amp;").replace("<", "&lt;")
        start, end = (f"{each // 60_000:02}:{each % 60_000 / 1000:06.3f}" for each in (at, at + length))
        cues.append(f"{start} --> {end}\n{f'<v {speaker}>' if speaker else ''}{text}\n")
        at += length + gap
    return placed("\n".join(cues))


@settings(max_examples=300)
@given(TRANSCRIPTS, st.sampled_from([USUAL, EASY]))
def test_nothing_is_lost_and_the_limits_hold(
    drawn: Sequence[tuple[list[str], int, int, str]], limits: Limits
) -> None:
    given_cues = transcript(drawn)
    cues = captions_from(given_cues, limits)
    for each in cues:
        assert 1 <= len(each.lines) <= 2
        assert all(0 < characters(line) <= limits.line for line in each.lines)
    # Names of speakers are added; every word of each cue is there, in order, in its time.
    for source in given_cues:
        own = [each for each in cues if each.line == source.line]
        text = "".join("".join(each.lines) for each in own).replace(" ", "")
        said = source.cue.text.replace(" ", "")
        assert text in (said, f"{source.cue.speaker}:{said}")
        assert own[0].cue.start == source.cue.start
        assert all(each.cue.start < source.cue.end + 0.001 for each in own)
    for one, other in pairwise(cues):
        assert one.cue.end <= other.cue.start
        assert not 0 < round(other.cue.start - one.cue.end, 3) < 0.5
    for each in cues:
        assert each.cue.sound or each.seconds <= 7.5
    found = {each.rule for each in apply_rules(rules, Captions("a.vtt", cues, None, limits))}
    assert found <= {"captions/short-cue", "captions/fast-cue", "captions/long-gap"}


@settings(max_examples=100)
@given(TRANSCRIPTS)
def test_what_is_made_is_read_again(drawn: Sequence[tuple[list[str], int, int, str]]) -> None:
    cues = captions_from(transcript(drawn), USUAL)
    again, problems = read_placed(webvtt_of(cues), "a.vtt")
    assert problems == []
    assert [(each.cue.start, each.cue.end, each.lines) for each in again] == [
        (each.cue.start, each.cue.end, each.lines) for each in cues
    ]


def test_a_transcript_of_a_whole_day_is_split_in_a_moment() -> None:
    body = "00:00.000 --> 24:00:00.000\n" + "a " * 100_000
    began = time.process_time()
    cues = captions_from(placed(body), USUAL)
    assert time.process_time() - began < 5
    assert len(re.findall("a", " ".join(" ".join(each.lines) for each in cues))) == 100_000
