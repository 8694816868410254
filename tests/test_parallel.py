"""Two things at once give what they give one after the other, and failures are told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import os
from coursepack.building.parallel import both
print(both(lambda: 1, lambda: 2))
mine, theirs = both(os.getpid, os.getpid)
print(mine == os.getpid(), theirs == os.getpid())
for here, beside in ((lambda: 1 / 0, lambda: 2), (lambda: 1, lambda: 1 / 0)):
    try:
        both(here, beside)
    except ArithmeticError as error:
        print(type(error).__name__)
"""
CAN = hasattr(os, "fork") and (os.cpu_count() or 1) > 1


def run(code: str, cwd: Path) -> list[str]:
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_both_results_come_back_and_failures_too(tmp_path: Path) -> None:
    told = run(CODE, tmp_path)
    assert told == ["(1, 2)", f"True {not CAN}", "ZeroDivisionError", "ZeroDivisionError"]


def test_with_threads_one_comes_after_the_other(tmp_path: Path) -> None:
    code = """
import os, threading
from coursepack.building.parallel import both
wait = threading.Event()
threading.Thread(target=wait.wait).start()
print(both(os.getpid, os.getpid) == (os.getpid(), os.getpid()))
wait.set()
"""
    assert run(code, tmp_path) == ["True"]


@pytest.mark.skipif(not CAN, reason="one processor, or no fork")
@pytest.mark.parametrize("when", ["before it answers", "in the midst of its answer"])
def test_a_helper_that_dies_is_an_error(tmp_path: Path, when: str) -> None:
    code = f"""
import io, os
from coursepack.building import parallel
class Dying(io.FileIO):
    def write(self, data):
        super().write(data[: len(data) // 2])
        os._exit(3)
if {when == "in the midst of its answer"}:
    parallel.os = type("Os", (), {{**vars(os), "fdopen": lambda handle, mode: (Dying if mode == "wb" else os.fdopen)(handle, mode)}})
try:
    parallel.both(lambda: 1, lambda: "answer" * 99 if parallel.os is not os else os._exit(3))
except OSError as error:
    print(error)
"""
    assert run(code, tmp_path) == ["a process that was to help has died"]


@pytest.mark.skipif(not CAN, reason="one processor, or no fork")
def test_where_no_process_can_be_had_one_comes_after_the_other(tmp_path: Path) -> None:
    code = """
import os
from coursepack.building.parallel import both
def refuse():
    raise BlockingIOError(11, "Resource temporarily unavailable")
os.fork = refuse
print(both(os.getpid, os.getpid) == (os.getpid(), os.getpid()), len(os.listdir("/proc/self/fd")))
"""
    assert run(code, tmp_path) == ["True 4"]
