"""Builds at the same time: each waits for its turn, and a folder that was meddled with is mended."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from permissions import run_bound
from strategies import COURSE, PAGE, QUESTION, MakeCourse, write_course

from coursepack import CoursepackError, build_package, build_packages, check, read_course
from coursepack.course.lock import Lock, extend_lock, read_lock
from coursepack.out_folder import HIDDEN

Age = Callable[[Path], None]

TARGETS = ("scorm12", "web")
WEB = "least_full_web_en_v1.0.0"
FILES: dict[str, str | bytes] = {
    PAGE: "Text.\n\n" + QUESTION.format(id="q") + "\n```download\nsrc: media/plan.csv\ntitle: A plan\n```\n",
    "media/plan.csv": "a,b\n" * 9,
}
OTHER = COURSE.replace("id: least", "id: other")
TWO = COURSE + "          - {id: p1-c1-s2, title: Second, minutes: 1}\n"
THREE = COURSE + "          - {id: p1-c1-s3, title: Third, minutes: 1}\n"

# Stops until its standard input is closed: where all is written and nothing has its name yet, or before it writes the lock.
STOPPING = """
import sys
from coursepack import build_packages
from coursepack.course import lock
def wait():
    print("stopped", flush=True)
    sys.stdin.read()
def stop(what, done, total):
    if what == "writing" and done == total:
        wait()
def extend(*given, extend=lock.extend_lock):
    wait()
    lock.extend_lock = extend
    return extend(*given)
if sys.argv[3] == "lock":
    lock.extend_lock = extend
build_packages(sys.argv[1], ("scorm12", "web"), sys.argv[2], progress=None if sys.argv[3] == "lock" else stop)
"""


@contextmanager
def stopped(course: Path, out: Path, at: str = "writing") -> Iterator[subprocess.Popen[str]]:
    """A build that goes on when the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", STOPPING, course, out, at],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    try:
        assert process.stdout.readline() == "stopped\n"
        yield process
    finally:
        process.stdin.close()
        process.stdout.read()
        process.stdout.close()
        process.wait(60)


def begun(course: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    """The command, in a process of its own."""
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "coursepack", "build", course, "--out", out),
            *(word for target in TARGETS for word in ("--target", target)),
            *more,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def unpacked(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def held(package: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(package) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def results(out: Path) -> dict[str, bytes | dict[str, bytes]]:
    """What a folder of packages shows: nothing but packages, and the folders of those that have one."""
    return {
        name: unpacked(out / name) if (out / name).is_dir() else (out / name).read_bytes()
        for name in os.listdir(out)
        if name != HIDDEN
    }


def fresh(*courses: Path) -> dict[str, bytes | dict[str, bytes]]:
    """What builds one after the other make that know nothing of an earlier one."""
    out = courses[0].with_name("fresh")
    for course in courses:
        build_packages(course, TARGETS, out)
    try:
        return results(out)
    finally:
        shutil.rmtree(out)


# One after the other


@pytest.mark.parametrize(("is_first", "is_same"), [(True, True), (True, False), (False, True)])
def test_a_second_build_in_one_folder_waits_and_says_so(
    make_course: MakeCourse, tmp_path: Path, is_first: bool, is_same: bool
) -> None:
    one = make_course(FILES | {"course.yaml": COURSE}, "one")
    two = one if is_same else make_course({"course.yaml": OTHER}, "two")
    out = tmp_path / "out"
    if not is_first:
        build_packages(one, TARGETS, out)
        (one / PAGE).write_text("Other text.\n")
    with stopped(one, out) as first:
        second = begun(two, out)
        assert second.stderr
        told = iter(second.stderr)
        # Progress of a slow machine may stand before it.
        waits = "waiting for another build in this folder ...\n"
        assert next(line for line in told if not line.startswith(("reading", "rendering"))) == waits
        assert second.poll() is None
    second.communicate()
    assert (first.returncode, second.returncode) == (0, 0)
    assert results(out) == fresh(one, two)
    assert build_packages(two, TARGETS, out)[1].report.ok


def test_it_waits_in_swedish(make_course: MakeCourse, tmp_path: Path) -> None:
    course, out = make_course(), tmp_path / "out"
    with stopped(course, out):
        second = begun(course, out, "--language", "sv")
        assert second.stderr
        assert "väntar på ett annat bygge i samma mapp ...\n" in iter(second.stderr)
    second.communicate()


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
def test_a_build_that_was_killed_is_not_waited_for(
    make_course: MakeCourse, tmp_path: Path, sign: signal.Signals
) -> None:
    course, out = make_course(FILES), tmp_path / "out"
    with stopped(course, out) as first:
        first.send_signal(sign)
        first.wait(60)
        done = begun(course, out)
        assert "waiting" not in done.communicate()[1]
    assert done.returncode == 0
    assert results(out) == fresh(course)
    assert [name for name in os.listdir(out / HIDDEN) if name.startswith(".")] == []


def test_many_builds_at_once_leave_what_one_does(make_course: MakeCourse, tmp_path: Path) -> None:
    one, two = make_course(FILES, "one"), make_course({"course.yaml": OTHER}, "two")
    out = tmp_path / "out"
    builds = [begun(course, out) for course in (one, two, one, two)]
    for each in builds:
        each.communicate()
    assert [each.returncode for each in builds] == [0] * 4
    assert results(out) == fresh(one, two)


def test_folders_that_are_not_the_same_are_not_waited_for(make_course: MakeCourse, tmp_path: Path) -> None:
    course = make_course(FILES)
    with stopped(course, tmp_path / "one"):
        build_packages(course, TARGETS, tmp_path / "two")
    assert results(tmp_path / "one") == results(tmp_path / "two")


def test_a_folder_that_is_removed_while_another_build_waits_for_it_is_made_again(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    course, out = make_course(FILES), tmp_path / "out"
    with stopped(course, out):
        second = begun(course, out)
        assert second.stderr
        assert any(line.startswith("waiting") for line in second.stderr)
        shutil.rmtree(out)
    second.communicate()
    assert second.returncode == 0
    assert results(out) == fresh(course)


def test_a_course_that_is_wrong_makes_no_folder(make_course: MakeCourse, tmp_path: Path) -> None:
    with pytest.raises(CoursepackError):
        build_package(make_course({PAGE: "# Wrong\n"}), out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_was_built_is_told_where_nothing_may_be_written(
    make_course: MakeCourse, tmp_path: Path, age: Age
) -> None:
    course, out = make_course(), tmp_path / "out"
    build_packages(course, TARGETS, out)
    age(course)
    build_packages(course, TARGETS, out)
    (out / HIDDEN / "lock").unlink()
    for folder in (out, out / HIDDEN):
        folder.chmod(0o555)
    code = "import sys\nfrom coursepack import build_packages\nbuild_packages(sys.argv[1], ('scorm12', 'web'), sys.argv[2])"
    done = run_bound("-c", code, course, out)
    for folder in (out, out / HIDDEN):
        folder.chmod(0o755)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_a_lock_that_leads_elsewhere_is_refused(make_course: MakeCourse, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / HIDDEN).mkdir(parents=True)
    (out / HIDDEN / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CoursepackError) as caught:
        build_package(make_course(), out=out)
    assert [problem.rule for problem in caught.value.report] == ["package/unwritable"]
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("targets", [("scorm12", "web"), ("web", "scorm12"), ("scorm12", "xapi", "web")])
def test_packages_that_two_processes_write_are_those_of_one(
    make_course: MakeCourse, tmp_path: Path, targets: tuple[str, ...]
) -> None:
    course = make_course(FILES)
    build_packages(course, targets, tmp_path / "one")
    # As with many bytes of films; apart from pytest, whose threads would have one process do it.
    code = "import sys\nfrom coursepack import build_packages\nfrom coursepack.building import pipeline\npipeline._MANY_BYTES = 0\n"
    code += "build_packages(sys.argv[1], sys.argv[3:], sys.argv[2])"
    done = subprocess.run(
        [sys.executable, "-c", code, course, tmp_path / "two", *targets],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    assert results(tmp_path / "two") == results(tmp_path / "one")
    assert [name for name in os.listdir(tmp_path / "two" / HIDDEN) if name.startswith(".")] == []


# The folder of a web edition


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a web edition that a build has nothing to do for; its course stands beside those of its kind."""
    work = tmp_path_factory.mktemp("web")
    course = write_course(work / "course", FILES)
    extend_lock(course, read_course(course).lock)
    for path in course.rglob("*"):
        os.utime(path, (1, 1))
    folder = build_package(course, "web", work / "out").folder
    assert folder
    return folder


def change(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-2] ^= 1
    path.write_bytes(data)


def link(path: Path) -> None:
    other = path.with_name("other.js")
    shutil.copy2(path, other)
    path.unlink()
    path.symlink_to(other)


HARMS: dict[str, Callable[[Path], object]] = {
    "removed": lambda folder: (folder / "player.js").unlink(),
    "changed": lambda folder: change(folder / "player.js"),
    "cut": lambda folder: os.truncate(folder / "player.js", 9),
    "touched": lambda folder: os.utime(folder / "index.html"),
    "added": lambda folder: (folder / "evil.js").write_text("x"),
    "linked": lambda folder: link(folder / "player.js"),
    "gone": shutil.rmtree,
    "a file": lambda folder: (shutil.rmtree(folder), folder.write_text("x")),
    "a link": lambda folder: (folder.rename(folder.with_name("moved")), folder.symlink_to("moved")),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_web_folder_that_was_meddled_with_is_mended(web: Path, harm: str) -> None:
    package = web.with_name(f"{WEB}.zip")
    expected = held(package)
    HARMS[harm](web)
    build_package(web.parents[1] / "course", "web", web.parent)
    assert unpacked(web) == expected == held(package)
    assert not web.is_symlink()
    assert not any(path.is_symlink() for path in web.rglob("*"))


def test_a_web_folder_that_nobody_touched_is_left_alone(web: Path) -> None:
    before = [(path, path.stat().st_ino, path.stat().st_mtime_ns) for path in sorted(web.rglob("*"))]
    build_package(web.parents[1] / "course", "web", web.parent)
    assert before == [(path, path.stat().st_ino, path.stat().st_mtime_ns) for path in sorted(web.rglob("*"))]


@pytest.mark.parametrize("inside", ["", "course", "a/b"])
def test_a_folder_that_would_replace_the_course_is_refused(
    make_course: MakeCourse, tmp_path: Path, inside: str
) -> None:
    course = make_course(name=f"out/{WEB}/{inside}")
    before = unpacked(course)
    with pytest.raises(CoursepackError) as caught:
        build_package(course, "web", tmp_path / "out")
    (problem,) = caught.value.report
    assert (problem.rule, problem.message) == (
        "package/unwritable",
        f"{str(course)!r} is in the folder that would be replaced",
    )
    after = unpacked(course)
    assert after.pop("course.lock")
    assert after == before


def test_a_folder_that_would_replace_the_schemas_is_refused(make_course: MakeCourse, tmp_path: Path) -> None:
    schemas = tmp_path / "out" / WEB
    schemas.mkdir(parents=True)
    (schemas / "a.xsd").write_text("<xsd/>")
    with pytest.raises(CoursepackError, match="is in the folder that would be replaced"):
        build_packages(make_course(), TARGETS, tmp_path / "out", schemas=schemas)
    assert unpacked(schemas) == {"a.xsd": b"<xsd/>"}


# course.lock


def test_no_line_of_a_build_in_another_folder_is_lost(make_course: MakeCourse, tmp_path: Path) -> None:
    """One reads the course; another, of a later edit, is done before it writes."""
    course = make_course({"course.yaml": TWO, "pages/p1-c1-s2.md": "Two.\n", "pages/p1-c1-s3.md": "Three.\n"})
    with stopped(course, tmp_path / "one", "lock"):
        (course / "course.yaml").write_text(THREE)
        build_packages(course, TARGETS, tmp_path / "two")
    # The first one has read the course again: what it would have written is no longer asked for.
    assert (course / "course.lock").read_text().splitlines()[1:] == ["page p1-c1-s1", "page p1-c1-s3"]
    assert results(tmp_path / "one") == results(tmp_path / "two")


A, B, C = ("page", "a"), ("page", "b"), ("page", "c")


@pytest.mark.parametrize(
    ("kept", "wanted", "added", "left"),
    [
        ((), (A, B), 2, (A, B)),
        ((A,), (A, B), 1, (A, B)),
        ((A, B), (A, B), 0, (A, B)),
        # Another build appended what this one does not know, or has given another number.
        ((A, B), (A,), 0, (A, B)),
        ((A, B), (A, C), None, (A, B)),
        ((B,), (A, B), None, (B,)),
    ],
)
def test_lines_are_only_ever_appended(
    tmp_path: Path,
    kept: tuple[tuple[str, ...], ...],
    wanted: tuple[tuple[str, ...], ...],
    added: int | None,
    left: tuple[tuple[str, ...], ...],
) -> None:
    if kept:
        extend_lock(tmp_path, Lock(kept))
    assert extend_lock(tmp_path, Lock(wanted)) == added
    assert read_lock(tmp_path).slots == left
    assert os.listdir(tmp_path) == ["course.lock"]


EXTENDING = """
import sys
from pathlib import Path
from coursepack.course.lock import extend_lock, read_lock
for number in range(40):
    while extend_lock(Path(sys.argv[1]), read_lock(Path(sys.argv[1])).extended([("page", f"{sys.argv[2]}-{number}")])) is None:
        pass
"""


def test_lines_of_several_processes_are_all_kept(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", EXTENDING, tmp_path, name])
        for name in ("one", "two", "three")
    ]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert {slot[1] for slot in read_lock(tmp_path).slots} == {
        f"{name}-{number}" for name in ("one", "two", "three") for number in range(40)
    }
    assert os.listdir(tmp_path) == ["course.lock"]


@pytest.mark.parametrize("leads_to", ["outside.lock", "course/inside.lock", "nowhere", "course/course.lock"])
def test_a_lock_of_the_course_that_is_a_link_is_refused(
    make_course: MakeCourse, tmp_path: Path, leads_to: str
) -> None:
    course = make_course()
    for path in (tmp_path / "outside.lock", course / "inside.lock"):
        path.write_text("page p1-c1-s1\n")
    (course / "course.lock").symlink_to(tmp_path / leads_to)
    (problem,) = check(course)
    assert (problem.rule, problem.severity) == ("lock/unreadable", "fatal")
    assert problem.message == "cannot be read: it is a link"
    with pytest.raises(CoursepackError):
        build_package(course, out=tmp_path / "out")
    assert (course / "course.lock").is_symlink()
    assert (tmp_path / "outside.lock").read_text() == "page p1-c1-s1\n"
