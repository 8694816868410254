"""Tries for as long as it is given what a run of all tests tries a little of: `make soak MINUTES=60`.

Each turn runs on other seeds: spoilt packages, builds that meet in one folder, walks of learners in the player and in the
browser. Builds with a fault at each of their calls come first, since they need no seed. What fails is named with the
command that does it again, and the rest goes on.
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
    yield f"{PYTHON} tests/faults.py", {}
    yield f"{PYTHON} tests/faults.py --two", {}


def turn(seed: int) -> Iterator[Command]:
    """What a seed decides. Each takes some minutes at most."""
    walks = {"COURSEPACK_SEED": str(seed)}
    yield f"{PYTHON} tests/together.py 20 {seed}", {}
    yield f"{PYTHON} tests/fuzz.py 5000 {seed}", {}
    yield (
        "cd player && node --test --test-reporter=dot test/walks.test.js",
        {**walks, "COURSEPACK_STEPS": "15000"},
    )
    yield f"{PYTHON} -m pytest -q -n 0 tests/browser/test_walks.py", {**walks, "COURSEPACK_STEPS": "500"}


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


def main() -> None:
    """Exit 1 when anything failed. No command begins when the time is up, but each has run at least once."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("minutes", type=float)
    parser.add_argument("--seed", type=int, help="of the first turn; the day's, when not given")
    given = parser.parse_args()
    first = int(time.time()) // 86_400 * 1000 if given.seed is None else given.seed
    end = time.monotonic() + 60 * given.minutes
    failed = [command for command in (*once(), *turn(first)) if not run(command)]
    seed = first
    while time.monotonic() < end:
        seed += 10
        for command in turn(seed):
            if time.monotonic() < end and not run(command):
                failed.append(command)
    for line, environment in failed:
        print(f"soak: FAILED {' '.join([*(f'{name}={value}' for name, value in environment.items()), line])}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
