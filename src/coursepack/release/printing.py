"""Makes the PDFs of a release while its other sheets are written: side by side, each in a process of its own."""

from __future__ import annotations

import gc
import os
import pickle
import select
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, NoReturn, Self

from coursepack.problems import Message
from coursepack.release import pdf
from coursepack.release.handover import Document
from coursepack.release.pdf import Pdf, Sheet


class Printed(NamedTuple):
    """A PDF of a release that is still to be made, and the name of its archive copy, if there is to be one."""

    name: str
    sheet: Sheet
    archive: str | None = None


class Printer:
    """A process that makes PDFs, in an empty folder that is there. It ends with the context.

    A hundred pages take seconds, and 130 MB.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._begun: list[str] = []
        # -P: a file in the working folder must not be imported as a module.
        command = [sys.executable, "-P", "-m", "coursepack.release.printing", os.fspath(folder)]
        # A group of its own, to end its forks with it.
        group = 0 if hasattr(os, "killpg") else None
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=group
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closes its pipes, and waits.
        with self._process:
            if self._process.poll() is None:
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()

    @cached_property
    def missing(self) -> Message | None:
        """What has to be installed before there can be a PDF, or None. Raises OSError."""
        assert self._process.stdout is not None
        try:
            found: Message | None = pickle.load(self._process.stdout)  # noqa: S301 - from our own process
        except (EOFError, pickle.UnpicklingError):
            raise self._failure() from None
        return found

    def begin(self, given: Iterable[Document | Printed]) -> Iterator[Document | Printed]:
        """The same, where each PDF is begun as soon as it is there."""
        for each in given:
            if isinstance(each, Printed):
                data = pickle.dumps(tuple(each.sheet))
                _sheet(self._folder, len(self._begun)).write_bytes(data)
                self._begun.append(each.name)
                assert self._process.stdin is not None
                try:
                    os.write(self._process.stdin.fileno(), b"\n")
                except BrokenPipeError:
                    raise self._failure() from None
            yield each

    def finish(self, groups: Mapping[str, Iterable[Document | Printed]]) -> dict[str, tuple[Document, ...]]:
        """All documents, each in its group and its place. Raises OSError when a PDF is not made."""
        made = dict(zip(self._begun, self._made(), strict=True))
        return {
            name: tuple(document for each in group for document in _documents(each, made))
            for name, group in groups.items()
        }

    def _made(self) -> list[Pdf]:
        assert self._process.stdin is not None
        # Which ends it.
        self._process.stdin.close()
        if self._process.wait():
            raise self._failure()
        return [
            Pdf(*pickle.loads(_answer(self._folder, at).read_bytes()))  # noqa: S301 - from our own forks
            for at in range(len(self._begun))
        ]

    def _failure(self) -> OSError:
        return OSError(f"a PDF was not made: its process ended with {self._process.wait()}")


def _documents(each: Document | Printed, made: Mapping[str, Pdf]) -> Iterator[Document]:
    if isinstance(each, Document):
        yield each
        return
    done = made[each.name]
    yield Document(each.name, done.reading)
    if each.archive:
        yield Document(each.archive, done.archive)


def _sheet(folder: Path, at: int) -> Path:
    return folder / f"{at}.sheet"


def _answer(folder: Path, at: int) -> Path:
    return folder / f"{at}.pdf"


def _side_by_side(folder: Path) -> None:
    """Makes a PDF of each sheet in a fork, which has what is imported, and gives back all memory.

    A line of standard input says that there is another sheet. Of those that wait, the longest one is next.
    """
    known = 0
    waiting: list[tuple[int, int]] = []
    # By a pipe that is closed when the fork ends.
    running: dict[int, int] = {}
    given = {sys.stdin.fileno()}
    while given or waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            waiting.sort()
            reading, child = _forked(folder, waiting.pop()[1])
            running[reading] = child
        for ready in select.select([*given, *running], (), ())[0]:
            if ready in running:
                os.close(ready)
                _, status = os.waitpid(running.pop(ready), 0)
                if status:
                    for child in running.values():
                        os.kill(child, signal.SIGKILL)
                    # A signal is a negative number.
                    sys.exit(abs(os.waitstatus_to_exitcode(status)))
                continue
            told = os.read(ready, select.PIPE_BUF)
            if not told:
                given.clear()
            for at in range(known, known + len(told)):
                waiting.append((_sheet(folder, at).stat().st_size, at))
            known += len(told)


def _forked(folder: Path, at: int) -> tuple[int, int]:
    """The pipe and the process of a fork that makes the PDF of a sheet."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _end_with(folder, at)
    os.close(writing)
    return reading, child


def _end_with(folder: Path, at: int) -> NoReturn:
    """Runs the fork until its end."""
    status = 1
    try:
        _make(folder, at)
        status = 0
    except Exception:
        sys.excepthook(*sys.exc_info())
    finally:
        # Without an end of its own: a thread of Pango may still run, and would in libraries that are gone.
        os._exit(status)


def _make(folder: Path, at: int) -> None:
    sheet = Sheet(*pickle.loads(_sheet(folder, at).read_bytes()))  # noqa: S301 - from the process that started this one
    _answer(folder, at).write_bytes(pickle.dumps(tuple(pdf.pdf(*sheet))))


def main() -> None:
    """Makes the PDFs of the sheets in the folder that the command names: the process of a `Printer`."""
    gc.disable()
    folder = Path(sys.argv[1])
    missing = pdf.missing()
    sys.stdout.buffer.write(pickle.dumps(missing))
    sys.stdout.flush()
    if missing is None:
        pdf.prepare()
        if hasattr(os, "fork"):
            _side_by_side(folder)
        else:
            for at, _ in enumerate(sys.stdin):
                _make(folder, at)
    os._exit(0)


if __name__ == "__main__":
    main()
