"""Makes the PDFs of a release side by side, each in a process of its own."""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import IO, NamedTuple, NoReturn

from coursepack.release import pdf
from coursepack.release.handover import Document
from coursepack.release.pdf import Pdf, Sheet


class Printed(NamedTuple):
    """A PDF of a release that is still to be made, and the name of its archive copy, if there is to be one."""

    name: str
    sheet: Sheet
    archive: str | None = None


def with_pdfs(groups: Mapping[str, Sequence[Document | Printed]]) -> dict[str, tuple[Document, ...]]:
    """All documents, each in its group and its place. Raises OSError when a PDF is not made."""
    sheets = [each.sheet for group in groups.values() for each in group if isinstance(each, Printed)]
    made = iter(pdfs(sheets) if sheets else ())
    return {
        name: tuple(document for each in group for document in _documents(each, made))
        for name, group in groups.items()
    }


def _documents(each: Document | Printed, made: Iterator[Pdf]) -> Iterator[Document]:
    if isinstance(each, Document):
        yield each
        return
    done = next(made)
    yield Document(each.name, done.reading)
    if each.archive:
        yield Document(each.archive, done.archive)


def pdfs(sheets: Sequence[Sheet]) -> list[Pdf]:
    """The documents as PDFs: a hundred pages take seconds, and 130 MB. Raises OSError when one is not made."""
    # -P: a file in the working folder must not be imported as a module.
    command = [sys.executable, "-P", "-m", "coursepack.release.printing"]
    given = pickle.dumps([tuple(each) for each in sheets])
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE, check=False)  # noqa: S603 - our own module
    if done.returncode:
        raise OSError(f"a PDF was not made: its process ended with {done.returncode}")
    return [Pdf(*each) for each in pickle.loads(done.stdout)]  # noqa: S301 - from our own process


def _side_by_side(sheets: Sequence[Sheet]) -> list[bytes]:
    """The answers of a fork for each sheet, which has what is imported, and gives back all memory. Longest first."""
    with ExitStack() as stack:
        answers = [stack.enter_context(tempfile.TemporaryFile()) for _ in sheets]
        waiting = sorted(range(len(sheets)), key=lambda at: len(sheets[at].html))
        running: set[int] = set()
        failed = 0
        while running or (waiting and not failed):
            if waiting and not failed and len(running) < (os.cpu_count() or 1):
                at = waiting.pop()
                child = os.fork()
                if child == 0:
                    _answer(sheets[at], answers[at])
                running.add(child)
                continue
            child, status = os.wait()
            # Whoever started this process may have left it children of theirs.
            if child in running:
                running.remove(child)
                # A signal is a negative number.
                failed = failed or abs(os.waitstatus_to_exitcode(status))
        if failed:
            sys.exit(failed)
        return [_read(each) for each in answers]


def _read(answer: IO[bytes]) -> bytes:
    answer.seek(0)
    return answer.read()


def _answer(sheet: Sheet, answer: IO[bytes]) -> NoReturn:
    """Runs the fork until its end."""
    status = 1
    try:
        answer.write(_made(sheet))
        answer.flush()
        status = 0
    except Exception:
        sys.excepthook(*sys.exc_info())
    finally:
        # Without an end of its own: a thread of Pango may still run, and would in libraries that are gone.
        os._exit(status)


def _made(sheet: Sheet) -> bytes:
    return pickle.dumps(tuple(pdf.pdf(*sheet)))


def main() -> None:
    """Makes the PDFs of the sheets on standard input: the process of `pdfs`."""
    gc.disable()
    sheets = [Sheet(*each) for each in pickle.load(sys.stdin.buffer)]  # noqa: S301 - from the process that started this one
    pdf.prepare()
    answers = _side_by_side(sheets) if hasattr(os, "fork") else [_made(each) for each in sheets]
    sys.stdout.buffer.write(pickle.dumps([pickle.loads(each) for each in answers]))  # noqa: S301 - from our own forks
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
