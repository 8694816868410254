"""Media are converted by executors: a real dask cluster gives the files of a process pool, and loses nothing with a worker."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner
from PIL import Image
from strategies import COURSE, PAGE, SVG, VTT, MakeCourse, fence

from coursepack import BuiltCourse, PackageError, build_courses
from coursepack.building.executors import executor_at
from coursepack.cli import main
from coursepack.media import remote
from coursepack.media.cache import MediaCache
from coursepack.media.remote import TRIES, done_remotely, ship
from coursepack.media.task import MediaTask

pytestmark = pytest.mark.long

FILMS = Path(__file__).parent / "films"
FILM = (FILMS / "hevc.mp4").read_bytes()
TARGETS = ("scorm12", "scorm2004", "xapi", "cmi5", "web")

# Ends the worker that converts a film whose checksum is the name of a file in a folder, and notes that it did; or
# raises something that cannot be sent, where that file has a word in it.
POISON = """\
import os, signal
from pathlib import Path
from coursepack.media import process
# A worker can load this twice.
convert = getattr(process.convert, "own", process.convert)
class Unreadable(Exception):
    def __init__(self, one, *, other):
        super().__init__(one)
class Unsendable(Exception):
    def __reduce__(self):
        raise TypeError("this cannot be sent")
def poisoned(source, *rest):
    folder = Path(os.environ["COURSEPACK_POISON"])
    if (folder / source.name).exists():
        kind = (folder / source.name).read_text()
        if kind:
            raise Unreadable("one", other=2) if kind == "Unreadable" else Unsendable("one")
        (folder / f"ended-{os.getpid()}").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    convert(source, *rest)
poisoned.own = convert
process.convert = poisoned
"""


class Cluster(NamedTuple):
    """Where the scheduler is, and the folder of checksums that end a worker."""

    address: str
    poison: Path


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler and two workers, each of which is started again when it was killed."""
    folder = tmp_path_factory.mktemp("cluster")
    poison, told = folder / "poison", folder / "scheduler.json"
    poison.mkdir()
    (folder / "preload.py").write_text(POISON)
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    worker = ["worker", "--host", "127.0.0.1", "--nworkers", "2", "--nthreads", "1", "--no-dashboard"]
    worker += ["--preload", str(folder / "preload.py"), "--local-directory", str(folder)]
    with ExitStack() as stack:

        def start(command: list[str]) -> subprocess.Popen[bytes]:
            log = stack.enter_context((folder / f"{command[0]}.log").open("wb"))
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "dask", *command, "--scheduler-file", str(told)],
                    # Workers do not have the working folder of the build.
                    cwd=folder,
                    env={**os.environ, "COURSEPACK_POISON": str(poison)},
                    stderr=log,
                )
            )
            stack.callback(process.terminate)
            return process

        begun = start(scheduler)
        # The file is there before it is written.
        while not told.exists() or not told.stat().st_size:
            assert begun.poll() is None, (folder / "scheduler.log").read_text()
        start(worker)
        address = json.loads(told.read_text())["address"].replace("tcp", "dask")
        with executor_at(address) as executor:
            executor._client.wait_for_workers(2, timeout=120)  # type: ignore[attr-defined]
        yield Cluster(address, poison)


@pytest.fixture
def dask(cluster: Cluster) -> Iterator[Executor]:
    with executor_at(cluster.address) as executor:
        yield executor


class Counting(Executor):
    """Hands tasks on, and counts them."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor
        self.tasks: list[MediaTask] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.tasks.append(args[0])
        return self.executor.submit(fn, *args, **kwargs)


def picture(number: int) -> bytes:
    """A TIFF that is like no other."""
    file = BytesIO()
    Image.new("RGB", (16, 9), (number, 0, 0)).save(file, "TIFF")
    return file.getvalue()


def film_fields(src: str) -> dict[str, object]:
    return {
        "src": src,
        "title": "Film",
        "captions": "media/film.vtt",
        "transcript": "media/film.vtt",
        "described": {"not-needed": "The voice tells all."},
        # Else the poster would be one more task.
        "poster": "media/poster.svg",
    }


def course(make_course: MakeCourse, name: str, media: Mapping[str, bytes], heading: str = "Text.") -> Path:
    """A course with a page that shows these files."""
    blocks = [
        fence("image", {"src": src, "alt": "A colour."})
        if src.endswith(".tiff")
        else fence("video", film_fields(src))
        for src in media
    ]
    files = {
        "course.yaml": COURSE.replace("id: least", f"id: {name}"),
        PAGE: "\n".join([heading, "", *blocks]),
    }
    texts = {"media/film.vtt": VTT, "media/poster.svg": SVG}
    return make_course({**files, **texts, **media}, f"{name}/course")


def packages(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*.zip"))}


def entries(cache: Path) -> dict[str, bytes]:
    """What is in a cache: no course has the same of another, and nothing else may be left."""
    return {
        path.relative_to(cache).as_posix(): path.read_bytes() for path in cache.rglob("*") if path.is_file()
    }


def rules(built: list[BuiltCourse]) -> list[list[str]]:
    return [[problem.rule for problem in each.report.errors] for each in built]


@pytest.mark.parametrize("count", [8, pytest.param(40, marks=pytest.mark.soak)])
def test_a_cluster_gives_the_files_of_a_pool_and_does_each_task_once(
    make_course: MakeCourse, tmp_path: Path, dask: Executor, extra: None, count: int
) -> None:
    """Courses for five targets; their workers have only the cache."""
    other = (FILMS / "mpeg4.mp4").read_bytes()
    folders = [
        course(make_course, f"c{number:02}", {
            f"media/{number}.tiff": picture(number % 4), f"media/{number}.mp4": (FILM, other)[number % 2]
        })
        for number in range(count)
    ]  # fmt: skip
    counting = Counting(dask)
    built = build_courses(folders, TARGETS, tmp_path / "out", cache=tmp_path / "cache", executor=counting)
    assert [(len(each.packages), each.report.ok) for each in built] == [(5, True)] * count
    # Two films and four pictures, whichever courses show them.
    assert sorted(task.kind for task in counting.tasks) == ["convert"] * 2 + ["picture"] * 4
    made = entries(tmp_path / "cache")
    assert len(made) == 12

    again = Counting(dask)
    build_courses(folders, TARGETS, tmp_path / "out", cache=tmp_path / "cache", executor=again)
    # A package that is up to date needs no media. What is built anew has them.
    build_courses(folders[:4], TARGETS, tmp_path / "anew", cache=tmp_path / "cache", executor=again)
    assert again.tasks == []

    with ProcessPoolExecutor(2) as pool:
        build_courses(folders[:4], TARGETS, tmp_path / "pool", cache=tmp_path / "here", executor=pool)
    assert entries(tmp_path / "here") == made
    of_pool = packages(tmp_path / "pool")
    assert len(of_pool) == 20
    assert packages(tmp_path / "anew") == of_pool
    assert {name: packages(tmp_path / "out")[name] for name in of_pool} == of_pool


@pytest.mark.soak
def test_a_worker_that_is_killed_in_mid_film_costs_another_try(
    make_course: MakeCourse, tmp_path: Path, dask: Executor, extra: None
) -> None:
    long = tmp_path / "long.mkv"
    pictures = "testsrc2=size=640x360:rate=25:duration=5,noise=alls=40:allf=t"
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        pictures,
        "-c:v",
        "mpeg4",
        "-q:v",
        "4",
        str(long),
    ]
    subprocess.run(command, check=True)
    folders = [
        course(make_course, "long", {"media/long.mkv": long.read_bytes()}),
        course(make_course, "short", {"media/short.mp4": FILM}),
    ]
    shared = tmp_path / "cache"
    killed: list[int] = []

    def kill() -> None:
        """Kills the worker that converts the long film, once there is half of it."""
        while not built.is_set():
            halves = []
            # Other temporary files go meanwhile.
            with suppress(FileNotFoundError):
                halves = [each for each in shared.glob(".coursepack-*.mp4") if each.stat().st_size > 30_000]
            marks = list((shared / "shipped").glob("*-0")) if halves else []
            for mark in marks:
                killed.append(int(mark.read_text().split()[-1]))
                os.kill(killed[-1], signal.SIGKILL)
                return

    built = threading.Event()
    with ThreadPoolExecutor(1) as killer:
        done = killer.submit(kill)
        try:
            found = build_courses(folders, ["web"], tmp_path / "out", cache=shared, executor=dask)
        finally:
            built.set()
        done.result()
    assert len(killed) == 1
    assert rules(found) == [[], []]
    build_courses(folders, ["web"], tmp_path / "here")
    assert packages(tmp_path / "out") == packages(tmp_path / "here")
    # The half that the worker has left is deleted when nobody can need it any more.
    left = [path for path in shared.iterdir() if path.name.startswith(".") or path.name == "shipped"]
    assert all(path.name.startswith(".coursepack-") for path in left)


def test_a_film_that_ends_each_worker_fails_its_course_and_no_other(
    make_course: MakeCourse, tmp_path: Path, cluster: Cluster, dask: Executor, extra: None
) -> None:
    poison = FILM + b"\0" * 8
    (cluster.poison / hashlib.sha256(poison).hexdigest()).touch()
    folders = [
        course(make_course, "poison", {"media/poison.mp4": poison}, "A line.\n\nAnother."),
        *(
            course(make_course, f"c{number}", {f"media/{number}.tiff": picture(100 + number)})
            for number in range(4)
        ),
        course(make_course, "film", {"media/film.mp4": FILM}),
    ]
    built = build_courses(folders, ["web"], tmp_path / "out", cache=tmp_path / "cache", executor=dask)
    assert rules(built) == [["media/not-convertible"], *([[]] * 5)]
    assert str(built[0].report.errors[0]).splitlines()[0] == (
        "pages/p1-c1-s1.md:6:6: error media/not-convertible: 'media/poison.mp4': cannot be converted: "
        "it makes the converter crash"
    )
    assert len(list(cluster.poison.glob("ended-*"))) == TRIES


@pytest.mark.parametrize("kind", ["Unsendable", "Unreadable"])
def test_what_a_worker_raises_and_cannot_send_is_told(
    make_course: MakeCourse, tmp_path: Path, cluster: Cluster, dask: Executor, extra: None, kind: str
) -> None:
    poison = FILM + kind.encode()
    (cluster.poison / hashlib.sha256(poison).hexdigest()).write_text(kind)
    folder = course(make_course, "poison", {"media/poison.mp4": poison})
    (built,) = build_courses([folder], ["web"], tmp_path / "out", cache=tmp_path / "cache", executor=dask)
    (problem,) = built.report.errors
    assert str(problem).splitlines()[0].endswith(f"the executor has failed: 'preload.{kind}: one'")


class UnreadableError(Exception):
    """An error that a process can send and no other can read."""

    def __init__(self, one: str, *, other: int) -> None:
        super().__init__(one)


@pytest.mark.parametrize("pool", [ProcessPoolExecutor, ThreadPoolExecutor])
def test_what_a_pool_raises_is_told_and_the_pool_lives_on(
    make_course: MakeCourse,
    tmp_path: Path,
    extra: None,
    monkeypatch: pytest.MonkeyPatch,
    pool: type[ProcessPoolExecutor | ThreadPoolExecutor],
) -> None:
    def convert(*_given: object) -> None:
        raise UnreadableError("one", other=2)

    # A fork of this process has it too.
    monkeypatch.setattr("coursepack.media.process.convert", convert)
    folder = course(make_course, "poison", {"media/film.mp4": FILM})
    with pool(1, **({"mp_context": get_context("fork")} if pool is ProcessPoolExecutor else {})) as executor:
        (built,) = build_courses([folder], ["web"], tmp_path / "out", executor=executor)
        assert executor.submit(len, "abc").result() == 3
    (problem,) = built.report.errors
    assert str(problem).splitlines()[0].endswith("UnreadableError: one'")


class Broken(ThreadPoolExecutor):
    """An executor whose workers are lost, as those of a process pool are with one of them."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(BrokenExecutor("a worker was killed"))
        return future


def test_what_a_broken_pool_has_left_is_done_here(
    make_course: MakeCourse, tmp_path: Path, extra: None
) -> None:
    folder = course(make_course, "single", {"media/a.tiff": picture(1), "media/film.mp4": FILM})
    (built,) = build_courses([folder], ["web"], tmp_path / "out", executor=Broken())
    assert built.report.ok


class Wrong(Executor):
    """Answers as a worker does that lacks something."""

    def __init__(self, *answer: str) -> None:
        self.answer = answer

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if self.answer:
            future.set_result(self.answer)
        else:
            future.set_exception(RuntimeError("no more"))
        return future


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((), "the executor has failed: 'RuntimeError: no more'"),
        (("other-version",), "a worker has another version of coursepack or of its encoders"),
        (("no-input",), "a worker does not see what is in the cache '{cache}'"),
        # It has converted into another folder.
        (("made",), "a worker does not see what is in the cache '{cache}'"),
    ],
)
def test_a_cluster_that_cannot_work_is_an_error_and_nothing_is_left_of_it(
    make_course: MakeCourse, tmp_path: Path, extra: None, answer: tuple[str, ...], told: str
) -> None:
    folder, cache = course(make_course, "single", {"media/a.tiff": picture(1)}), tmp_path / "cache"
    (built,) = build_courses([folder], ["web"], tmp_path / "out", cache=cache, executor=Wrong(*answer))
    (problem,) = built.report
    assert str(problem).splitlines()[0] == (
        f"executor: fatal package/executor-failed: {told.format(cache=cache)}"
    )
    assert entries(cache) == {}


# What a worker does


@pytest.fixture
def task(tmp_path: Path, extra: None) -> MediaTask:
    from coursepack.course.rungs import RUNGS

    (tmp_path / "film.mp4").write_bytes(FILM)
    return MediaCache(tmp_path / "cache").measuring(
        tmp_path / "film.mp4", [RUNGS["fragile"]], [RUNGS["fragile"]]
    )


def test_a_worker_begins_nothing_that_has_ended_three(tmp_path: Path, task: MediaTask) -> None:
    cache = tmp_path / "cache"
    ship(task, cache)
    for number in range(TRIES):
        (cache / "shipped" / f"run-{task.key}-{number}").touch()
    assert done_remotely(task, str(cache), "run") == ("failed", "crash")
    # Another run knows nothing of that.
    assert done_remotely(task, str(cache), "other") == ("made",)
    assert len(list((cache / "shipped").iterdir())) == 1 + TRIES


def test_a_worker_takes_no_other_input_for_the_one_it_was_given(tmp_path: Path, task: MediaTask) -> None:
    cache = tmp_path / "cache"
    assert done_remotely(task, str(cache), "run") == ("no-input",)
    ship(task, cache)
    (cache / "shipped" / task.checksum).write_bytes(FILM[:-1] + b"x")
    assert done_remotely(task, str(cache), "run") == ("no-input",)
    ship(task, cache)
    assert done_remotely(task, str(cache), "run") == ("made",)


def test_a_worker_with_another_encoder_makes_nothing(tmp_path: Path, task: MediaTask) -> None:
    cache = tmp_path / "cache"
    ship(task, cache)
    other = task._replace(key="0" * 64)
    assert done_remotely(other, str(cache), "run") == ("other-version",)


def test_a_task_that_may_have_ended_a_worker_runs_alone() -> None:
    turns, order = remote._Turns(), []
    first_runs, suspect_waits = threading.Event(), threading.Event()

    def first() -> None:
        with turns.turn(alone=False):
            first_runs.set()
            suspect_waits.wait()
            order.append("first")

    def suspect() -> None:
        first_runs.wait()
        with turns.turn(alone=True):
            order.append("suspect begins")
            order.append("suspect ends")

    def last() -> None:
        with turns.turn(alone=False):
            order.append("last")

    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(first), pool.submit(suspect)]
        first_runs.wait()
        while not turns._is_taken:
            pass
        running.append(pool.submit(last))
        suspect_waits.set()
        for each in running:
            each.result()
    assert order == ["first", "suspect begins", "suspect ends", "last"]


# The command line


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["build", *map(str, words), "--language", "en"])
    return result.exit_code, result.stdout + result.stderr


def test_the_command_builds_on_a_cluster(
    make_course: MakeCourse, tmp_path: Path, cluster: Cluster, extra: None
) -> None:
    folders = [course(make_course, name, {"media/film.mp4": FILM}) for name in ("one", "two")]
    words = ["--target", "web", "--executor", cluster.address, "--cache", tmp_path / "cache"]
    code, told = run(*folders, *words, "--out", tmp_path / "several")
    assert (code, len(packages(tmp_path / "several"))) == (0, 2), told
    code, told = run(folders[0], *words, "--out", tmp_path / "single")
    assert (code, len(packages(tmp_path / "single"))) == (0, 1), told


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("slurm://here", "'slurm://here' is not an address like dask://HOST:PORT"),
        ("dask://", "'dask://' is not an address like dask://HOST:PORT"),
        ("dask://127.0.0.1:1", "no scheduler answers at this address"),
    ],
)
def test_a_cluster_that_is_not_there_is_told_before_anything_is_built(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, told: str
) -> None:
    monkeypatch.setattr("coursepack.building.executors._PATIENCE", 0.1)
    words = ["--executor", address, "--cache", tmp_path / "cache", "--out", tmp_path / "out"]
    code, printed = run(make_course(), *words)
    assert code == 1
    assert printed.startswith(f"{address}: fatal package/executor-failed: {told}\n")
    assert not (tmp_path / "out").exists()


def test_without_the_extra_the_command_says_what_to_install(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, told = run(make_course(), "--executor", "dask://127.0.0.1:1", "--cache", tmp_path)
    assert (code, "pip install 'coursepack[cluster]'" in told) == (1, True)


def test_workers_need_a_folder_that_is_named(make_course: MakeCourse) -> None:
    code, told = run(make_course(), "--executor", "dask://127.0.0.1:1")
    assert (code, "--executor needs --cache" in told) == (2, True)


def test_an_executor_is_for_one_course_too(make_course: MakeCourse, tmp_path: Path, extra: None) -> None:
    from coursepack import build_package

    folder = course(make_course, "single", {"media/film.mp4": FILM})
    with ThreadPoolExecutor(1) as pool:
        built = build_package(folder, "web", tmp_path / "out", executor=pool)
    assert built.report.ok
    with pytest.raises(PackageError):
        build_package(folder, "web", tmp_path / "again", cache=tmp_path / "other", executor=Wrong())
