"""Runs for a given time what a run of all tests runs a little of: `make soak MINUTES=60`.

Each turn has other seeds: corrupted packages, concurrent builds in one folder, incremental builds, updates judged by what
learners lose, builds that are killed, random walks of learners in the player and in the browser. After the first turn follows,
once, what needs no seed: the tests and cases that `make test` leaves out, builds with a fault at each system call, and what is
tried in some LMSs in all of them. A turn takes about ten minutes, the cases left out about twenty. A failure is reported with
the command that repeats it, and the rest goes on.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ".venv/bin/python"

Command = tuple[str, dict[str, str]]
"""A line of shell, and what it needs of the environment."""


def once() -> Iterator[Command]:
    """What gives the same every time."""
    yield f"{PYTHON} -m pytest -q -n 2 --dist worksteal -m soak", {}
    yield f"{PYTHON} tests/faults.py", {}
    yield f"{PYTHON} tests/faults.py --two", {}
    names = " ".join(f"tests/browser/test_{name}.py" for name in ("rehearsal", "hostile_lms", "walks"))
    yield (
        f"{PYTHON} -m pytest -q -n 2 {names} -k 'for_an_lms or lmss_of_all_kinds'",
        {"COURSEPACK_LMSS": "all"},
    )


def turn(seed: int) -> Iterator[Command]:
    """What a seed decides. Each takes a minute or two."""
    pytest = f"{PYTHON} -m pytest -q -n 2"
    walks = {"COURSEPACK_SEED": str(seed), "COURSEPACK_STEPS": "100"}
    yield f"{PYTHON} tests/together.py 5 {seed}", {}
    yield f"{PYTHON} tests/fuzz.py 1500 {seed}", {}
    yield (
        f"{PYTHON} -m pytest -q -n 0 --hypothesis-seed {seed} tests/test_cache.py tests/test_build.py"
        " -k 'any_course_of_edits or build_after_edits'",
        {"COURSEPACK_EDITS": "60"},
    )
    yield (
        "cd player && node --test --test-reporter=dot test/walks.test.js",
        {**walks, "COURSEPACK_STEPS": "5000"},
    )
    yield (
        f"{pytest} tests/release/test_verdict.py",
        {"COURSEPACK_SEED": str(seed), "COURSEPACK_CHAINS": "10"},
    )
    yield f"{pytest} tests/test_killed.py", {"COURSEPACK_SEED": str(seed), "COURSEPACK_MOMENTS": "20"}
    yield f"{pytest} tests/browser/test_scenario.py -k random_walk", walks
    yield f"{pytest} tests/browser/test_walks.py", walks


def run(command: Command) -> bool:
    """Runs one, and tells how long it took and whether it went well."""
    line, environment = command
    told = " ".join([*(f"{name}={value}" for name, value in environment.items()), line])
    print(f"soak: {told}", flush=True)
    began = time.monotonic()
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, env={**os.environ, **environment}, check=False)
    print(
        f"soak: {'ok' if done.returncode == 0 else 'FAILED'} after {time.monotonic() - began:.0f} s",
        flush=True,
    )
    return done.returncode == 0


def commands(seed: int) -> Iterator[Command]:
    """All that there is to do, without end."""
    yield from turn(seed)
    yield from once()
    while True:
        seed += 10
        yield from turn(seed)


def main() -> None:
    """Exit 1 when anything failed. No command begins when the time is up; the first always does."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("minutes", type=float)
    parser.add_argument("--seed", type=int, help="of the first turn; the day's, when not given")
    given = parser.parse_args()
    first = int(time.time()) // 86_400 * 1000 if given.seed is None else given.seed
    end = time.monotonic() + 60 * given.minutes
    failed = []
    for command in commands(first):
        if not run(command):
            failed.append(command)
        if time.monotonic() >= end:
            break
    for line, environment in failed:
        print(f"soak: FAILED {' '.join([*(f'{name}={value}' for name, value in environment.items()), line])}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
