"""The whole line: a course folder becomes the same package everywhere, or an error and nothing lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html
from permissions import PEAK, run_bound
from strategies import COURSE, PAGE, SVG, VTT, Drawn, MakeCourse, courses, fence, mp4, write_course

from coursepack import (
    TARGETS,
    CoursepackError,
    PackageError,
    build_package,
    build_packages,
    check,
    read_course,
    render_site,
)
from coursepack.course.lock import SEAL
from coursepack.result import Built

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "least_full_scorm12_en_v1.0.0.zip"
MEDIA: dict[str, str | bytes] = {
    PAGE: "Text.\n\n![A](<media/Å b.svg>)\n\n"
    + fence("video", {"src": "media/film.mp4", "title": "Film", "captions": "media/film.vtt", "transcript": "media/film.vtt", "described": {"not-needed": "Nothing is seen."}, "duration": "0:10", "width": 16, "height": 9}),
    "media/Å b.svg": SVG,
    "media/film.mp4": mp4(10),
    "media/film.vtt": VTT,
}  # fmt: skip
Age = Callable[[Path], None]


def names(package: Path) -> list[str]:
    with zipfile.ZipFile(package) as archive:
        return archive.namelist()


def read(package: Path, name: str) -> bytes:
    with zipfile.ZipFile(package) as archive:
        return archive.read(name)


def refused(folder: Path, out: Path, **options: Path) -> list[str]:
    with pytest.raises(CoursepackError) as caught:
        build_package(folder, out=out, **options)
    return [str(problem).split("\n")[0] for problem in caught.value.report]


def test_a_build_tells_what_it_made(make_course: MakeCourse, tmp_path: Path) -> None:
    built = build_package(make_course(MEDIA), out=tmp_path / "out")
    assert built.path == tmp_path / "out" / PACKAGE
    assert str(built.report) == ""
    assert built.size == built.path.stat().st_size
    with zipfile.ZipFile(built.path) as package:
        assert built.files == len(package.namelist())
        assert built.unpacked == sum(info.file_size for info in package.infolist())
    assert (built.state, built.state_limit, built.new_slots) == (len("1.3.0.g.-g_1-zzz.1234567890"), 4000, 2)
    assert built.completion == "The course is complete when all pages have been opened."


def test_the_package_is_checked_like_a_third_party_package(make_course: MakeCourse, tmp_path: Path) -> None:
    built = build_package(make_course(MEDIA), out=tmp_path / "out")
    assert check(built.path).problems == ()


def test_warnings_of_the_course_are_told_with_the_package(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course({"pages/left-over.md": "x"})
    for _ in range(2):
        built = build_package(folder, out=tmp_path / "out")
        assert [problem.rule for problem in built.report] == ["course/unused-page"]


# The same bytes

CLI = [sys.executable, "-m", "coursepack", "build", "--target", "scorm12"]


def build_apart(folder: Path, out: Path, cwd: Path, **environment: str) -> bytes:
    """The package's bytes, built by a process with these variables."""
    command = [*CLI, os.path.relpath(folder, cwd), "--out", os.path.relpath(out, cwd)]
    subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, check=True, capture_output=True)
    (package,) = out.glob("*.zip")
    return package.read_bytes()


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "2", "TZ": "Pacific/Kiritimati"},
        {"LC_ALL": "C"},
        {"LC_ALL": "sv_SE.UTF-8", "LANG": "tr_TR.UTF-8"},
        {"PYTHONOPTIMIZE": "2"},
    ],
    ids=["seed", "time zone", "C locale", "Swedish", "optimised"],
)
def test_the_same_course_gives_the_same_bytes(
    make_course: MakeCourse, tmp_path: Path, environment: dict[str, str]
) -> None:
    folder = make_course(MEDIA)
    first = build_package(folder, out=tmp_path / "one").path.read_bytes()
    assert build_apart(folder, tmp_path / "two", tmp_path, **environment) == first


def test_place_age_and_umask_change_no_byte(make_course: MakeCourse, tmp_path: Path, age: Age) -> None:
    first = build_package(make_course(MEDIA), out=tmp_path / "one").path.read_bytes()
    other = tmp_path / "elsewhere"
    other.mkdir()
    folder = write_course(other / "course copy", dict(reversed(MEDIA.items())))
    shutil.copy(tmp_path / "course/course.lock", folder)
    age(folder)
    for path in folder.rglob("*"):
        path.chmod(0o700)
    before = os.umask(0o077)
    try:
        second = build_package(folder, out=other / "out").path.read_bytes()
    finally:
        os.umask(before)
    assert second == first


@pytest.mark.skipif(
    "COURSEPACK_SECOND_PYTHON" not in os.environ, reason="COURSEPACK_SECOND_PYTHON names no Python"
)
def test_another_python_gives_the_same_bytes(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course(MEDIA)
    first = build_package(folder, out=tmp_path / "one").path.read_bytes()
    command = [
        os.environ["COURSEPACK_SECOND_PYTHON"],
        "-m",
        "coursepack",
        "build",
        folder,
        "--out",
        tmp_path / "two",
    ]
    subprocess.run(
        command, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}
    )
    assert (tmp_path / "two" / PACKAGE).read_bytes() == first


# Nothing changed, nothing done


@pytest.fixture
def built(make_course: MakeCourse, tmp_path: Path, age: Age) -> Built:
    """A package of a course that was left alone for a while, and remembered."""
    folder = make_course({**MEDIA, "glossary.yaml": "[]\n"})
    build_package(folder, out=tmp_path / "out")
    age(folder)
    return build_package(folder, out=tmp_path / "out")


def seen(path: Path) -> tuple[int, int]:
    return path.stat().st_ino, path.stat().st_mtime_ns


def test_nothing_is_done_when_nothing_changed(built: Built, tmp_path: Path) -> None:
    before = seen(built.path)
    heard: list[str] = []
    again = build_package(
        tmp_path / "course", out=tmp_path / "out", progress=lambda what, *_: heard.append(what)
    )
    assert again == built
    assert seen(built.path) == before
    assert heard == []


def touch_page(folder: Path) -> None:
    (folder / PAGE).write_text((folder / PAGE).read_text() + "\nMore.\n")


def same_size(folder: Path) -> None:
    text = (folder / PAGE).read_text()
    (folder / PAGE).write_text(text.replace("Text.", "Tent."))


CHANGES: dict[str, Callable[[Path], object]] = {
    "page": touch_page,
    "page of the same size": same_size,
    "definition": lambda folder: (folder / "course.yaml").write_text(COURSE.replace("Least", "Last")),
    "picture": lambda folder: (folder / "media/Å b.svg").write_text(SVG.replace("16", "17")),
    "film": lambda folder: (folder / "media/film.mp4").write_bytes(mp4(10) + b"\0" * 8),
    "captions": lambda folder: (folder / "media/film.vtt").write_text(VTT.replace("Hello", "Howdy")),
    "glossary": lambda folder: (folder / "glossary.yaml").write_text("- {id: a, term: A, text: B}\n"),
    "new glossary": lambda folder: (folder / "contacts.yaml").write_text("[]\n"),
    "lock": lambda folder: (folder / "course.lock").write_text(
        "page other\n" + (folder / "course.lock").read_text()
    ),
    "file gone": lambda folder: (folder / "glossary.yaml").unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_of_the_course_is_built(built: Built, tmp_path: Path, change: str) -> None:
    before = built.path.read_bytes(), seen(built.path)
    CHANGES[change](tmp_path / "course")
    build_package(tmp_path / "course", out=tmp_path / "out")
    assert seen(built.path) != before[1]
    fresh = build_package(tmp_path / "course", out=tmp_path / "fresh")
    assert built.path.read_bytes() == fresh.path.read_bytes()
    if change not in ("file gone", "new glossary"):
        assert built.path.read_bytes() != before[0]


def test_a_page_in_a_hidden_folder_is_watched_too(make_course: MakeCourse, tmp_path: Path, age: Age) -> None:
    folder = make_course(
        {
            "course.yaml": COURSE.replace("minutes: 1}", "minutes: 1, file: .drafts/a.md}"),
            ".drafts/a.md": "Old.\n",
        }
    )
    (folder / PAGE).unlink()
    build_package(folder, out=tmp_path / "out")
    age(folder)
    build_package(folder, out=tmp_path / "out")
    (folder / ".drafts/a.md").write_text("New.\n")
    built = build_package(folder, out=tmp_path / "out")
    assert b"New." in read(built.path, "index.html")


@pytest.mark.long
def test_a_change_of_template_or_library_is_built(make_course: MakeCourse, tmp_path: Path, age: Age) -> None:
    library = tmp_path / "library"
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src/coursepack", library / "coursepack", ignore=skip)
    shutil.copytree(ROOT / "templates", library / "coursepack/templates", ignore=skip)
    folder = make_course(MEDIA)
    age(tmp_path)

    def build() -> tuple[bytes, tuple[int, int]]:
        data = build_apart(folder, tmp_path / "out", tmp_path, PYTHONPATH=str(library))
        return data, seen(tmp_path / "out" / PACKAGE)

    build()
    os.utime(folder / "course.lock", (1, 1))
    before = build()
    assert build() == before
    for name in (
        "index.html",
        "blocks/image.html",
        "theme/style.css",
        "theme/modes.css",
        "player/scorm12.js",
    ):
        path = library / "coursepack/templates" / name
        text = path.read_text("utf-8")
        text = text.replace("<img ", "<img data-new ") if name.startswith("blocks") else f"{text}\n"
        path.write_text(text, "utf-8")
        os.utime(path, (2, 2))
        after = build()
        assert after != before, name
        before = after
    words = library / "coursepack/languages/en/strings.json"
    words.write_text(words.read_text("utf-8").replace(': "', ': "x', 1), "utf-8")
    os.utime(words, (2, 2))
    assert build() != before
    before = build()
    (library / "coursepack/captions.py").touch()
    assert build()[1] != before[1]


@pytest.mark.parametrize("harm", ["touched", "changed", "gone", "cut"])
def test_a_package_that_was_touched_is_built_anew(built: Built, tmp_path: Path, harm: str) -> None:
    good = built.path.read_bytes()
    if harm == "touched":
        os.utime(built.path)
    elif harm == "changed":
        built.path.write_bytes(b"x" * len(good))
    elif harm == "gone":
        built.path.unlink()
    else:
        os.truncate(built.path, 100)
    again = build_package(tmp_path / "course", out=tmp_path / "out")
    assert again.report.ok
    assert built.path.read_bytes() == good


def test_what_was_in_a_damaged_package_is_not_taken_over(built: Built, tmp_path: Path) -> None:
    touch_page(tmp_path / "course")
    good = bytearray(built.path.read_bytes())
    facts = built.path.stat()
    at = good.index(b"ftyp")
    good[at : at + 4] = b"FTYP"
    built.path.write_bytes(good)
    os.utime(built.path, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1))
    build_package(tmp_path / "course", out=tmp_path / "out")
    assert read(built.path, "media/film.mp4") == mp4(10)


def test_options_are_built_in(built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = built.path.read_bytes()
    schemas = tmp_path / "xsd"
    schemas.mkdir()
    (schemas / "imscp_rootv1p1p2.xsd").write_text("<xsd/>")
    build_package(tmp_path / "course", out=tmp_path / "out", schemas=schemas)
    assert "imscp_rootv1p1p2.xsd" in names(built.path)
    (schemas / "adlcp_rootv1p2.xsd").write_text("<xsd/>")
    build_package(tmp_path / "course", out=tmp_path / "out", schemas=schemas)
    assert "adlcp_rootv1p2.xsd" in names(built.path)
    build_package(tmp_path / "course", out=tmp_path / "out")
    assert built.path.read_bytes() == first
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    build_package(tmp_path / "course", out=tmp_path / "out")
    assert built.path.read_bytes() != first


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"inputs": 1}', "\0"])
def test_a_damaged_memory_of_the_last_build_is_no_matter(built: Built, tmp_path: Path, text: str) -> None:
    for path in (tmp_path / "out").rglob("*.json"):
        path.write_text(text)
    good = built.path.read_bytes()
    build_package(tmp_path / "course", out=tmp_path / "out")
    assert built.path.read_bytes() == good


def test_two_output_folders_know_nothing_of_each_other(built: Built, tmp_path: Path) -> None:
    other = build_package(tmp_path / "course", out=tmp_path / "other")
    assert other.path.read_bytes() == built.path.read_bytes()


def test_two_courses_may_share_an_output_folder(make_course: MakeCourse, tmp_path: Path, age: Age) -> None:
    one = make_course(name="one")
    two = make_course({"course.yaml": COURSE.replace("id: least", "id: other")}, name="two")
    for words in ("First.", "Second.", "Third."):
        (one / PAGE).write_text(f"{words}\n")
        age(tmp_path)
        packages = [build_package(folder, out=tmp_path / "out").path for folder in (two, one, two)]
        assert words.encode() in read(packages[1], "index.html")
        assert b"Text." in read(packages[0], "index.html")
        assert packages[0] == packages[2] != packages[1]


# Nothing lost


def test_an_output_folder_that_is_a_file_is_refused(make_course: MakeCourse, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("precious")
    place = (tmp_path / "out").as_posix()
    assert refused(make_course(), tmp_path / "out") == [
        f"{place}: fatal package/unwritable: the output folder is a file"
    ]
    assert (tmp_path / "out").read_text() == "precious"
    assert not (tmp_path / "course/course.lock").exists()


def test_an_output_folder_below_a_file_is_refused(make_course: MakeCourse, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("precious")
    (line,) = refused(make_course(), tmp_path / "file/out")
    assert "fatal package/unwritable: cannot be written: " in line
    assert not (tmp_path / "course/course.lock").exists()


@pytest.mark.parametrize("inside", ["", "build", "media/out"])
@pytest.mark.parametrize("linked", [False, True])
def test_an_output_folder_inside_the_course_is_refused(
    make_course: MakeCourse, tmp_path: Path, inside: str, linked: bool
) -> None:
    folder = make_course()
    (tmp_path / "link").symlink_to(folder)
    out = (tmp_path / "link" if linked else folder) / inside
    before = sorted(folder.rglob("*"))
    assert refused(folder, out) == [
        f"{out.as_posix()}: fatal package/inside-course: the output folder is inside the course folder"
    ]
    assert sorted(folder.rglob("*")) == before


def test_a_folder_without_schemas_is_refused(make_course: MakeCourse, tmp_path: Path) -> None:
    (tmp_path / "xsd").mkdir()
    for name, why in (("xsd", "holds no XSD files"), ("gone", "cannot be read: No such file or directory")):
        place = (tmp_path / name).as_posix()
        assert refused(make_course(), tmp_path / "out", schemas=tmp_path / name) == [
            f"{place}: fatal package/no-schemas: {why}"
        ]


def test_a_wrong_course_leaves_the_earlier_package(built: Built, tmp_path: Path) -> None:
    before = built.path.read_bytes()
    (tmp_path / "course" / PAGE).write_text("# Wrong\n")
    assert len(refused(tmp_path / "course", tmp_path / "out")) == 1
    assert built.path.read_bytes() == before


RUN = """
import sys
from coursepack import CoursepackError, build_package
try:
    build_package(sys.argv[1], out=sys.argv[2])
except CoursepackError as error:
    print(error)
"""


@pytest.mark.parametrize("target", ["out", "above", "media/film.mp4", "course for the lock"])
def test_what_may_not_be_written_or_read_leaves_the_earlier_package(
    make_course: MakeCourse, tmp_path: Path, target: str
) -> None:
    folder = make_course(MEDIA)
    above = tmp_path / "above"
    out = above / "out"
    package = build_package(folder, out=out).path
    before = package.read_bytes()
    (folder / PAGE).write_text(str(MEDIA[PAGE]) + "\nMore.\n")
    # A film that has not changed need not be read.
    (folder / "media/film.mp4").write_bytes(mp4(10) + bytes(8))
    if target == "course for the lock":
        (folder / "course.lock").unlink()
    place = {"out": out, "above": above, "course for the lock": folder}.get(target, folder / target)
    mode = place.stat().st_mode
    place.chmod({"above": 0, "media/film.mp4": 0}.get(target, 0o555))
    try:
        done = run_bound("-c", RUN, folder, out)
    finally:
        place.chmod(mode)
    assert done.stderr == ""
    assert "Permission denied" in done.stdout
    assert package.read_bytes() == before
    assert sorted(path.name for path in out.iterdir() if not path.name.startswith(".")) == [PACKAGE]


KILLED = """
import os, sys
from coursepack import build_package
def stop(what, done, total):
    if what == "writing":
        print("writing", flush=True)
        sys.stdin.read()
build_package(sys.argv[1], out=sys.argv[2], progress=stop)
"""


def test_a_build_that_is_killed_leaves_the_earlier_package_and_the_new_lock(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    folder, out = make_course(MEDIA), tmp_path / "out"
    package = build_package(folder, out=out).path
    before = package.read_bytes()
    with_film = {**MEDIA, "media/film.mp4": mp4(10) + bytes(8_000_000)}
    two = COURSE + "          - {id: p1-c1-s2, title: More, minutes: 1}\n"
    write_course(folder, {**with_film, "course.yaml": two, "pages/p1-c1-s2.md": "More.\n"})
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, folder, out], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == b"writing\n"
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    process.stdin.close()
    process.stdout.close()
    assert package.read_bytes() == before
    assert sorted(path.name for path in out.iterdir() if not path.name.startswith(".coursepack")) == [PACKAGE]
    # Learners of a package that was never finished are none; those of the next one need the slot.
    assert "page p1-c1-s2\n" in (folder / "course.lock").read_text()
    build_package(folder, out=out)
    assert check(package).ok


FULL = """
import resource, sys
from coursepack import CoursepackError, build_package
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
try:
    build_package(sys.argv[1], out=sys.argv[2])
except CoursepackError as error:
    print(error)
"""


def test_a_full_disk_is_told_and_leaves_the_earlier_package(make_course: MakeCourse, tmp_path: Path) -> None:
    folder, out = make_course(MEDIA), tmp_path / "out"
    package = build_package(folder, out=out).path
    before = package.read_bytes()
    (folder / "media/film.mp4").write_bytes(mp4(10) + bytes(5_000_000))
    done = subprocess.run(
        [sys.executable, "-c", FULL, folder, out], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    first, hint = done.stdout.rstrip().split("\n")
    assert first.startswith(
        f"{package.as_posix()}: fatal package/unwritable: cannot be written: File too large"
    )
    assert hint == "    An earlier package of this name is as it was."
    assert package.read_bytes() == before
    assert sorted(path.name for path in out.iterdir() if not path.name.startswith(".coursepack")) == [PACKAGE]


MEMORY = """
import sys
from coursepack import build_package
build_package(sys.argv[1], out=sys.argv[2])
"""


@pytest.mark.long
def test_two_hundred_megabytes_of_media_take_little_memory(make_course: MakeCourse, tmp_path: Path) -> None:
    def peak(size: int) -> int:
        folder = make_course(MEDIA, name=f"course{size}")
        with (folder / "media/film.mp4").open("ab") as film:
            film.truncate(size)
        command = [sys.executable, "-c", MEMORY + PEAK, folder, tmp_path / f"out{size}"]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    small, large = peak(2_000), peak(200_000_000)
    assert large < 96 * 1024
    assert large - small < 2 * 1024


# Large courses


def many_pages(count: int) -> dict[str, str]:
    entries = "".join(f"          - {{id: s{n}, title: Page {n}, minutes: 0.5}}\n" for n in range(count))
    head = COURSE[: COURSE.index("          - {id")].replace("minutes: 1\n", f"minutes: {count / 2:g}\n", 1)
    return {"course.yaml": head + entries, **{f"pages/s{n}.md": f"Page {n}.\n" for n in range(count)}}


@pytest.mark.long
def test_ten_thousand_pages_are_built(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course(many_pages(10_000))
    (folder / PAGE).unlink()
    began = time.process_time()
    built = build_package(folder, out=tmp_path / "out")
    assert time.process_time() - began < 30
    assert [problem.rule for problem in built.report] == ["course/long-text"]
    # 1.3.<three digits>.<10,000 bits, six a character>.-<10,000 bookmarks, five a character>
    assert built.state == len("1.3.7pr.") + 1667 + len("-") + 2000 + SEAL


@pytest.mark.long
def test_a_course_whose_state_does_not_fit_is_refused_with_what_costs_most(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    def questions(page: int) -> str:
        answers = "".join(
            f"  - {{id: a{n}, text: A, right: {'true' if n == 0 else 'false'}}}\n" for n in range(36)
        )
        return "".join(
            f"```choice\nid: q{page}-{n}\nquestion: Q\nanswers:\n{answers}```\n\n" for n in range(70)
        )

    files = many_pages(10) | {f"pages/s{n}.md": questions(n) for n in range(10)}
    folder = make_course(files)
    (folder / PAGE).unlink()
    with pytest.raises(CoursepackError) as caught:
        build_package(folder, out=tmp_path / "out")
    assert [problem.rule for problem in caught.value.report] == ["course/state-too-long", "course/long-text"]
    assert str(caught.value).startswith(
        "course.lock: error course/state-too-long: the longest resume state is 4,222 characters; 4,000 are sure to be "
        "kept. Its 25,210 bits, six a character; pages: 10, answers: 25,200, questions: 700\n"
        "    Answers cost most; the questions with most of them: q0-0 (36), q0-1 (36), q0-10 (36). "
        "Divide the course into several.\n"
    )
    assert not (folder / "course.lock").exists()
    assert check(folder).problems == caught.value.report.problems


# Properties


@pytest.mark.long
@settings(max_examples=30)
@given(courses())
def test_any_valid_course_builds_clean_and_the_same_twice(
    tmp_path_factory: pytest.TempPathFactory, drawn: Drawn
) -> None:
    place = tmp_path_factory.mktemp("drawn")
    folder = drawn.write(place / "course")
    built = build_package(folder, out=place / "one")
    # What is valid, and warned of all the same.
    definition = drawn.definition
    rule, final = definition["completion"]["rule"], definition.get("final-check") or {}
    runs_out = rule == "score" and final.get("attempts")
    is_last = rule == "check-submitted" and final.get("attempts") == 1
    is_early = (
        final.get("mastery") and definition["status"] == "completed" and rule != "score" and not is_last
    )
    expected = ["course/attempts-run-out"] * bool(runs_out) + ["course/complete-before-passed"] * bool(
        is_early
    )
    assert [problem.rule for problem in built.report.problems] == expected
    again = build_package(folder, out=place / "two")
    assert again.path.read_bytes() == built.path.read_bytes()
    manifest = etree.fromstring(read(built.path, "imsmanifest.xml"))
    assert manifest.findtext(".//{*}item/{*}title") == drawn.title
    document = html.document_fromstring(read(built.path, "index.html").decode())
    data = json.loads(document.get_element_by_id("course-data").text)
    assert data["title"] == drawn.title
    lock = (folder / "course.lock").read_text().splitlines()[1:]
    for page in data["pages"]:
        assert lock[page["slot"]] == f"page {page['id']}"
    for question in data["questions"]:
        for answer in question["answers"]:
            assert lock[answer["slot"]] == f"answer {question['id']} {answer['id']}"


PIECES = st.sampled_from([
    "Nya ord.", "", "## Ny rubrik", "- punkt", "Ett [ord](term:ord) till.", "En [länk](page:p1-c1-s1).", "Fot.[^1]", "[^1]: Not.", "> Citat",
    ":::", "::: note Titel", "### Vik", "```", "<b>fet</b>", "<u>bort</u>", "<i>", "# Fel", "[fel](term:saknas)", "[a]: https://example.org", "[a]",
    "```choice", "```image", "| a |\n| --- |\n| 1 |", "1. ett", "    kod", "***", "&amp; &lt;b&gt;", "\u2028", "</section>", "\\", "![A](media/new.svg)",
])  # fmt: skip


def outcome(folder: Path, out: Path) -> tuple[bytes, str]:
    try:
        built = build_package(folder, out=out)
    except CoursepackError as error:
        return b"", str(error.report)
    return built.path.read_bytes(), str(built.report)


# `make soak` tries more.
@pytest.mark.long
@settings(max_examples=int(os.environ.get("COURSEPACK_EDITS", "15")))
@given(drawn=courses(), data=st.data())
def test_a_build_after_edits_is_the_build_from_nothing(
    tmp_path_factory: pytest.TempPathFactory, drawn: Drawn, data: st.DataObject
) -> None:
    """Whatever a build takes over from the one before, it may not be seen in the package."""
    place = tmp_path_factory.mktemp("edits")
    folder = drawn.write(place / "course")
    write_course(folder, {"media/new.svg": SVG.replace("16", "17")})
    began = time.time_ns() - 10**13
    clock = began - 10**14

    def settle(*paths: Path) -> None:
        nonlocal clock
        clock += 10**9
        for path in paths:
            # A file that was written just now would not be trusted to stay as it is.
            if path.stat().st_mtime_ns > began:
                os.utime(path, ns=(clock, clock))

    settle(*(path for path in folder.rglob("*") if path.is_file()))
    for _ in range(2):
        build_package(folder, out=place / "out")
        settle(folder / "course.lock")
    pages = [name for name in drawn.files if name.endswith(".md")]
    others = ["course.yaml", "glossary.yaml", "contacts.yaml"]
    # Mostly words alone, since those are what a build may take a short way for.
    for at in range(data.draw(st.integers(1, 4))):
        for name in data.draw(
            st.lists(st.sampled_from(pages * 3 + others), min_size=1, max_size=2, unique=True)
        ):
            path = folder / name
            lines = path.read_text("utf-8").split("\n")
            where = data.draw(
                st.sampled_from([n for n, line in enumerate(lines) if line.endswith(".")] or [0])
            )
            anywhere = data.draw(st.integers(0, len(lines) - 1))
            match data.draw(
                st.sampled_from(["words"] * 4 + ["append"] * 3 + ["insert", "replace", "delete"])
            ):
                case _ if name in others:
                    lines[anywhere] = (
                        lines[anywhere].replace("text: ", "text: x", 1).replace("title: ", "title: x", 1)
                    )
                case "words":
                    lines[where] += data.draw(
                        st.sampled_from([" Mer.", " &", " å", " [ord](term:ord)", " <i>i</i>"])
                    )
                case "append":
                    lines += ["", data.draw(PIECES)]
                case "insert":
                    lines.insert(anywhere, data.draw(PIECES))
                case "replace":
                    lines[anywhere] = data.draw(PIECES)
                case "delete":
                    del lines[anywhere]
            path.write_text("\n".join(lines), "utf-8")
            settle(path)
        assert outcome(folder, place / "out") == outcome(folder, place / f"fresh{at}")
        settle(folder / "course.lock")


def files_of(folder: Path) -> Mapping[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_a_build_writes_nothing_into_the_course_but_its_lock(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course(MEDIA)
    before = files_of(folder)
    build_package(folder, out=tmp_path / "out")
    after = dict(files_of(folder))
    assert after.pop("course.lock") == b"# coursepack course.lock, format 1. Written by the build. Commit it. Never change, move or remove a line.\npage p1-c1-s1\nmedia media/film.mp4\n"  # fmt: skip
    assert after == before


@pytest.mark.parametrize(
    "ask",
    [
        lambda folder: build_packages(folder, ["scorm12", "scorm21"], folder.parent / "build"),
        lambda folder: build_package(folder, "scorm21", folder.parent / "build"),
        lambda folder: render_site(read_course(folder), "scorm21"),
    ],
)
def test_a_target_that_does_not_exist_is_told(make_course: MakeCourse, ask: Callable[[Path], object]) -> None:
    folder = make_course()
    with pytest.raises(PackageError) as caught:
        ask(folder)
    assert str(caught.value) == (
        "scorm21: fatal package/unknown-target: there is no target 'scorm21'\n    Did you mean 'scorm12'?"
    )
    assert not (folder.parent / "build").exists()


def test_a_site_is_rendered_for_a_target_by_its_name(make_course: MakeCourse) -> None:
    course = read_course(make_course())
    assert render_site(course, "web") == render_site(course, TARGETS["web"])
