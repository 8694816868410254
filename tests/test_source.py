"""Whatever an author writes ends in a course, or in problems, each at its place."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from permissions import run_bound
from strategies import COURSE, LEAST, PAGE, QUESTION, SVG, VTT, Drawn, MakeCourse, courses, write_course

from coursepack import CoursepackError, read_course
from coursepack.reading.source import read_folder
from coursepack.reading.yaml_validation import read_yaml

HERE = Path(__file__).parent
WRONG = sorted(path.parent for path in (HERE / "courses").glob("*/expected.txt"))


def report(folder: Path) -> str:
    return str(read_folder(folder)[1])


@pytest.mark.parametrize("folder", WRONG, ids=lambda folder: folder.name)
def test_the_report_of_a_wrong_course_is_exact(folder: Path) -> None:
    assert report(folder) + "\n" == (folder / "expected.txt").read_text("utf-8")


def test_the_least_course_is_clean(make_course: MakeCourse) -> None:
    course, found = read_folder(make_course())
    assert found.problems == ()
    assert course is not None
    assert [page.entry.id for page in course.pages] == ["p1-c1-s1"]


def test_read_course_raises_with_every_problem(make_course: MakeCourse) -> None:
    folder = make_course({"course.yaml": COURSE.replace("language: en", "language: no"), PAGE: "# No\n"})
    with pytest.raises(CoursepackError) as caught:
        read_course(folder)
    assert [problem.rule for problem in caught.value.report] == ["course/unknown-value", "page/top-heading"]


# YAML


@pytest.mark.parametrize(
    "word", ["no", "on", "012", "1:30", "1e3", "2026-11-24", "0x1f", ".inf", "yes", "True"]
)
def test_plain_words_stay_what_the_author_wrote(make_course: MakeCourse, word: str) -> None:
    course = read_course(make_course({"course.yaml": COURSE.replace("Least course", word)}))
    assert course.definition.title == word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "a.yaml:1:1: error yaml/empty: is empty"),
        ("# only a comment\n", "a.yaml:1:1: error yaml/empty: is empty"),
        ("a: 1\na: 2\n", "a.yaml:2:1: error yaml/repeated-key: 'a' is given twice; it is on line 1 already"),
        ("a: {b: 1, b: 2}", "a.yaml:1:11: error yaml/repeated-key: 'b' is given twice; it is on line 1 already"),
        ("a: &x 1\nb: *x\n", "a.yaml:2:4: error yaml/alias: uses an alias (*name)"),
        ("a: &x [*x]\n", "a.yaml:1:8: error yaml/alias: uses an alias (*name)"),
        ("a: !!int 3\n", "a.yaml:1:4: error yaml/tag: has a tag, tag:yaml.org,2002:int, which is not supported"),
        ("a: !x 3\n", "a.yaml:1:4: error yaml/tag: has a tag, !x, which is not supported"),
        ("[a]: 1\n", "a.yaml:1:1: error yaml/bad-key: a key must be a word"),
        ("a: 1\n---\nb: 2\n", "a.yaml:2:1: error yaml/second-document: a line of --- begins another document"),
        ("a: b\0\n", "a.yaml:1:5: error yaml/control-character: has a character that is not allowed (U+0000)"),
        ("å: ö\nb: ö\x07\n", "a.yaml:2:5: error yaml/control-character: has a character that is not allowed (U+0007)"),
        ("a: b\u2028c\n", "a.yaml:1:5: error yaml/control-character: has a character that is not allowed (U+2028)"),
        ("a: b\ufeff\n", "a.yaml:1:5: error yaml/control-character: has a character that is not allowed (U+FEFF)"),
        ('a: "b\\0"\n', "a.yaml:1:4: error yaml/control-character: has a character that is not allowed (U+0000)"),
    ],
)  # fmt: skip
def test_a_yaml_trap_is_told_at_its_place(text: str, expected: str) -> None:
    _, problems = read_yaml(text, "a.yaml")
    assert [str(problem).split("\n")[0] for problem in problems] == [expected]


@pytest.mark.parametrize("text", ["a:\n\tb: 1\n", "a: 1\n\tb: 2\n", "- a\n-\tb: 1\n\t c: 2\n"])
def test_a_tab_is_told_with_the_cure(text: str) -> None:
    _, problems = read_yaml(text, "a.yaml")
    assert [problem.rule for problem in problems] == ["yaml/tab"]
    assert problems[0].hint == "Indent with spaces, as many as above."


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "-  " * 100_000,
        "? " * 100_000,
        "[ # ]\n" * 100_000,
        "\n".join(" " * n + "a:" for n in range(3_000)),
        "\n".join(" " * n + "-" for n in range(700)) + " end",
    ],
    ids=[
        "brackets",
        "braces",
        "dashes",
        "wide dashes",
        "questions",
        "hidden brackets",
        "indent",
        "700 lists",
    ],
)
def test_deep_nesting_is_refused_in_a_moment(text: str) -> None:
    began = time.process_time()
    _, problems = read_yaml(text, "a.yaml")
    assert {problem.rule for problem in problems} <= {
        "yaml/too-deep",
        "yaml/syntax",
        "yaml/unclosed-bracket",
        "yaml/missing-blank",
    }
    assert problems
    assert time.process_time() - began < 5


def test_an_alias_bomb_is_refused_in_a_moment() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 20)]
    began = time.process_time()
    _, problems = read_yaml("\n".join(lines), "a.yaml")
    assert [problem.rule for problem in problems] == ["yaml/alias"]
    assert time.process_time() - began < 1


def test_a_problem_in_a_fence_is_told_on_the_line_of_the_page(make_course: MakeCourse) -> None:
    folder = make_course({PAGE: "Text.\n\n```image\nsrc: media/a.svg\nalt: [\n```\n", "media/a.svg": SVG})
    (line, *_) = report(folder).split("\n")
    assert line.startswith("pages/p1-c1-s1.md:5:")
    assert "error yaml/unclosed-bracket" in line


def test_a_key_that_a_fence_repeats_names_both_lines_of_the_page(make_course: MakeCourse) -> None:
    folder = make_course(
        {PAGE: "Text.\n\n```image\nsrc: media/a.svg\nalt: A\nalt: B\n```\n", "media/a.svg": SVG}
    )
    assert report(folder) == (
        f"{PAGE}:6:1: error yaml/repeated-key: 'alt' is given twice; it is on line 5 already\n    Keep one of them."
    )


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize(
    "text", ["```choice", "Text.\n\n```choice\nid: [", "::: note", "[x", "```choice\nid: q\n  a:"]
)
def test_a_problem_at_the_end_of_a_page_is_told_on_a_line_that_exists(
    make_course: MakeCourse, text: str, end: str
) -> None:
    folder = make_course({PAGE: text + end})
    assert_places_exist(folder)


# Encodings


@pytest.mark.parametrize("name", ["course.yaml", PAGE])
def test_a_byte_order_mark_and_windows_line_ends_are_accepted(make_course: MakeCourse, name: str) -> None:
    content = b"\xef\xbb\xbf" + LEAST[name].replace("\n", "\r\n").encode()
    assert report(make_course({name: content})) == ""


UTF8_HINT = "\n    Open the file in your editor and save it with the encoding UTF-8."


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Text.\n\nEn rad på svenska.\n".encode("latin-1"), "3:9: error page/not-utf-8: is not UTF-8" + UTF8_HINT),
        ("\ufeffÅäö\rÅä\N{PILE OF POO}".encode() + b"\xff", "2:4: error page/not-utf-8: is not UTF-8" + UTF8_HINT),
        ("Text.\n".encode("utf-16"), "1:1: error page/not-utf-8: is not UTF-8" + UTF8_HINT),
        ("Text.\n".encode("utf-16-be"), "1:1: error page/control-character: has a control character (U+0000)\n    Delete it."),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0", "1:1: error page/not-utf-8: is not text"),
        (b"a\0b\n", "1:2: error page/control-character: has a control character (U+0000)\n    Delete it."),
        (b"", "1:1: error page/empty: the page has no text"),
        (b" \n\n", "1:1: error page/empty: the page has no text"),
        (b"[a]: https://example.org\n", "1:1: error page/empty: the page has no text"),
    ],
    ids=["Latin-1", "broken UTF-8", "UTF-16", "UTF-16 without a mark", "PNG", "NUL", "empty", "blank", "definitions only"],
)  # fmt: skip
def test_a_page_that_is_not_utf_8_text_is_told_at_its_first_wrong_byte(
    make_course: MakeCourse, content: bytes, expected: str
) -> None:
    assert report(make_course({PAGE: content})) == f"{PAGE}:{expected}"


def test_a_course_file_in_another_encoding_is_told(make_course: MakeCourse) -> None:
    assert report(make_course({"course.yaml": COURSE.encode("utf-16")})) == (
        "course.yaml:1:1: error course/not-utf-8: is not UTF-8" + UTF8_HINT
    )


# Files that are not there, too long, not files


def test_a_folder_that_is_not_there_is_fatal(tmp_path: Path) -> None:
    place = (tmp_path / "gone").as_posix()
    assert report(tmp_path / "gone") == f"{place}: fatal course/missing-folder: does not exist"


def test_a_file_in_place_of_the_folder_is_fatal(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    place = (tmp_path / "file").as_posix()
    assert report(tmp_path / "file") == f"{place}: fatal course/missing-folder: is not a folder"


def test_a_folder_without_course_yaml_is_fatal(tmp_path: Path) -> None:
    assert report(tmp_path) == (
        "course.yaml: fatal course/missing-file: the course folder has no course.yaml\n"
        "    Is this the course's folder? Start a new course with: coursepack new FOLDER"
    )


def test_a_folder_named_course_yaml_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "course.yaml").mkdir()
    assert report(tmp_path) == (
        "course.yaml: error course/unreadable: course.yaml cannot be read: it is not a file"
    )


def test_a_page_of_50_mb_is_refused_unread(make_course: MakeCourse) -> None:
    folder = make_course()
    os.truncate(folder / PAGE, 50_000_000)
    assert report(folder) == f"{PAGE}: error page/too-long: is 50.0 MB; at most 2 MB can be read"


def test_captions_and_definitions_that_are_too_long_are_refused(make_course: MakeCourse) -> None:
    sound = "```audio\nsrc: media/a.mp3\ntitle: A\ntranscript: media/a.vtt\nduration: 0:10\n```\n"
    folder = make_course(
        {PAGE: sound, "media/a.mp3": b"ID3\x03", "media/a.vtt": VTT, "glossary.yaml": "[]\n"}
    )
    os.truncate(folder / "media/a.vtt", 3_000_000)
    os.truncate(folder / "glossary.yaml", 30_000_000)
    assert report(folder) == (
        "glossary.yaml: error course/too-long: is 30.0 MB; at most 20 MB can be read\n"
        "media/a.vtt: error captions/too-long: is 3.0 MB; at most 2 MB can be read"
    )


@pytest.mark.parametrize("name", ["course.yaml", PAGE, "glossary.yaml", "course.lock", "media/a.svg"])
def test_a_pipe_is_refused_and_not_waited_for(make_course: MakeCourse, name: str) -> None:
    folder = make_course({PAGE: "![A](media/a.svg)\n", "media/a.svg": SVG})
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    assert "cannot be read: it is not a file" in report(folder)


def test_a_link_to_itself_cannot_be_read(make_course: MakeCourse) -> None:
    folder = make_course({PAGE: "![A](media/a.svg)\n", "media/b.svg": SVG})
    (folder / "media/a.svg").symlink_to("a.svg")
    assert report(folder) == (
        f"{PAGE}:1:1: error media/unreadable: 'media/a.svg' cannot be read: Too many levels of symbolic links"
    )


def test_a_link_out_of_the_folder_is_refused(make_course: MakeCourse, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    write_course(secret, {"media/a.svg": SVG})
    folder = make_course({PAGE: "![A](media/a.svg)\n\n![B](pictures/a.svg)\n\n![C](pictures/../a.svg)\n"})
    (folder / "media").mkdir()
    (folder / "media/a.svg").symlink_to(secret / "media/a.svg")
    (folder / "pictures").symlink_to(secret / "media")
    found = read_folder(folder)[1]
    assert [(problem.rule, problem.location.line) for problem in found] == [
        ("media/outside", line) for line in (1, 3, 5)
    ]


def test_a_page_that_is_a_link_out_of_the_folder_is_refused(make_course: MakeCourse, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("Secret.\n")
    folder = make_course()
    (folder / PAGE).unlink()
    (folder / PAGE).symlink_to(tmp_path / "secret.md")
    assert report(folder) == (
        f"course.yaml:16:18: error course/outside: '{PAGE}' is a link to a place outside the course folder"
    )


@pytest.mark.parametrize("name", ["course.yaml", "glossary.yaml", "contacts.yaml", "sources.yaml"])
def test_a_definition_file_that_is_a_link_out_of_the_folder_is_refused(
    name: str, make_course: MakeCourse, tmp_path: Path
) -> None:
    folder = make_course({"glossary.yaml": "[]\n", "contacts.yaml": "[]\n", "sources.yaml": "{}\n"})
    (folder / name).rename(tmp_path / name)
    (folder / name).symlink_to(tmp_path / name)
    course, report = read_folder(folder)
    assert course is None
    assert [str(problem) for problem in report] == [
        f"{name}: error course/outside: '{name}' is a link to a place outside the course folder\n    Copy the file."
    ]


def test_a_link_inside_the_folder_is_followed(make_course: MakeCourse) -> None:
    folder = make_course({PAGE: "![A](media/a.svg)\n", "originals/a.svg": SVG})
    (folder / "media").symlink_to("originals")
    assert report(folder) == ""


def test_media_names_may_hold_any_letters(make_course: MakeCourse) -> None:
    names = ["media/Blå dörr.svg", "media/100 % säkert.svg", "media/日本.svg", "media/a+b (1).svg"]
    page = "".join(f"![A](<{name}>)\n\n```image\nsrc: '{name}'\nalt: A\n```\n\n" for name in names)
    page = page.replace("100 % säkert.svg>", "100 %25 säkert.svg>")
    folder = make_course({PAGE: page, **dict.fromkeys(names, SVG)})
    assert report(folder) == ""
    assert sorted(read_course(folder).media) == sorted(names)


def test_a_name_is_found_whatever_way_its_letters_are_composed(make_course: MakeCourse) -> None:
    composed, apart = "media/\u00e5.svg", "media/a\u030a.svg"
    for name, written, stored in (("mac", composed, apart), ("other", apart, composed)):
        folder = make_course({PAGE: f"![A]({written})\n", stored: SVG}, name=name)
        assert report(folder) == ""


def test_file_names_that_are_not_utf_8_are_told_escaped(make_course: MakeCourse) -> None:
    folder = make_course({PAGE: "![A](media/å.svg)\n", "media/a.txt": ""})
    for name in (b"media/\xe5.svg", b"pages/\xe5.md"):
        (folder / os.fsdecode(name)).write_text(SVG)
    assert (
        report(folder).encode()
        == (
            "pages/\\udce5.md: warning course/unused-page: no page of course.yaml has this file\n"
            "    Add the page to course.yaml, or delete the file.\n"
            f"{PAGE}:1:1: error media/missing: there is no file 'media/å.svg'\n"
            "    Did you mean '\\udce5.svg'?"
        ).encode()
    )


READ = "import sys; from coursepack.reading.source import read_folder; print(read_folder(sys.argv[1])[1])"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (PAGE, f"course.yaml:16:18: error page/unreadable: {PAGE} cannot be read: Permission denied"),
        ("pages", f"course.yaml:16:18: error page/unreadable: {PAGE} cannot be read: Permission denied"),
        ("course.yaml", "course.yaml: error course/unreadable: course.yaml cannot be read: Permission denied"),
        (".", "course.yaml: error course/unreadable: course.yaml cannot be read: Permission denied"),
        ("media/a.svg", f"{PAGE}:1:1: error media/unreadable: 'media/a.svg' cannot be read: Permission denied"),
        ("glossary.yaml", "glossary.yaml: error course/unreadable: glossary.yaml cannot be read: Permission denied"),
        ("course.lock", "course.lock: fatal lock/unreadable: cannot be read: Permission denied"),
    ],
)  # fmt: skip
def test_what_may_not_be_read_is_told(make_course: MakeCourse, path: str, expected: str) -> None:
    folder = make_course(
        {PAGE: "![A](media/a.svg)\n", "media/a.svg": SVG, "glossary.yaml": "[]", "course.lock": ""}
    )
    mode = (folder / path).stat().st_mode
    (folder / path).chmod(0)
    try:
        done = run_bound("-c", READ, folder)
    finally:
        (folder / path).chmod(mode)
    assert (done.stdout.strip().split("\n")[0], done.stderr) == (expected, "")


# Properties


def lines_of(folder: Path, name: str) -> list[str]:
    text = (folder / name).read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
    return re.split("\r\n|\r|\n", text)


def assert_places_exist(folder: Path) -> None:
    """Whatever is wrong is a problem, at a line that exists and a column in it or right behind it."""
    for problem in read_folder(folder)[1]:
        place = problem.location
        if place.line is None:
            continue
        lines = lines_of(folder, place.file)
        assert 1 <= place.line <= len(lines), problem
        assert place.column is None or 1 <= place.column <= len(lines[place.line - 1]) + 1, problem


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("broken")


JUNK = st.sampled_from([
    *"\0\x07\t\x85\u2028\ufeff\"'[]{}:-#*&!|>%@`<\\\r", "\n", "\n\n", ":::", "```", "```image", "```choice", "<![x", "<b ",
    "![](", "[a](term:", "[^1]", "> ", "- ", "  ", "&#0;", "<!--", "<script>", "# ", "\n---\n", "://[", "å",
])  # fmt: skip


@pytest.mark.long
@settings(max_examples=60)
@given(drawn=courses(), data=st.data())
def test_whatever_is_broken_in_a_source_is_told_at_a_place_that_exists(
    folder: Path, drawn: Drawn, data: st.DataObject
) -> None:
    course = drawn.write(folder)
    name = data.draw(
        st.sampled_from([n for n in ("course.yaml", *drawn.files) if not n.startswith("media/")])
    )
    lines = lines_of(course, name)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        column = data.draw(st.integers(0, len(lines[at])))
        match data.draw(st.sampled_from(["delete", "repeat", "insert", "replace", "cut", "indent"])):
            case "delete":
                del lines[at : at + data.draw(st.integers(1, 3))]
                lines = lines or [""]
            case "repeat":
                lines.insert(at, lines[at])
            case "insert":
                lines[at] = lines[at][:column] + data.draw(JUNK) + lines[at][column:]
            case "replace":
                lines[at] = lines[at][:column] + data.draw(JUNK) + lines[at][column + 1 :]
            case "cut":
                lines = [*lines[:at], lines[at][:column]]
            case "indent":
                lines[at] = data.draw(st.sampled_from(["  ", "\t", " " * 4])) + lines[at]
    (course / name).write_bytes("\n".join(lines).encode())
    assert_places_exist(course)


@settings(max_examples=25)
@given(
    content=st.binary(max_size=300) | st.text(max_size=300).map(lambda t: t.encode("utf-8", "surrogatepass"))
)
@example(content=b"}?")
@pytest.mark.parametrize(
    "name", ["course.yaml", PAGE, "glossary.yaml", "course.lock", "media/a.svg", "media/a.vtt"]
)
def test_any_bytes_in_any_file_end_in_a_report(folder: Path, name: str, content: bytes) -> None:
    sound = "```audio\nsrc: media/a.mp3\ntitle: A\ntranscript: media/a.vtt\nduration: 0:10\n```\n![A](media/a.svg)\n"
    files = {PAGE: sound, "media/a.mp3": b"ID3\x03", "media/a.svg": SVG, "media/a.vtt": VTT}
    course = write_course(
        folder / "bytes", {**files, "glossary.yaml": "[]\n", "course.lock": "", name: content}
    )
    assert_places_exist(course)


def test_a_question_id_that_two_pages_use_names_the_first_place(make_course: MakeCourse) -> None:
    two = COURSE + "          - {id: p1-c1-s2, title: Page, minutes: 1}\n"
    question = QUESTION.format(id="q-1")
    folder = make_course({"course.yaml": two, PAGE: question, "pages/p1-c1-s2.md": question})
    assert report(folder) == (
        "pages/p1-c1-s2.md:2:5: error page/repeated-id: "
        "the question id 'q-1' is used at pages/p1-c1-s1.md:2:5 already\n"
        "    Every question of the course needs its own id."
    )
