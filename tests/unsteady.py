"""Runs browser tests that have just failed again, alone, three times each: `python tests/unsteady.py`, after pytest.

On a busy machine, a few of thousands of browser tests fail by chance. One or two that fail beside others and never alone are
named as unsteady, and the run passes. Anything else has failed: more of them, a test without
a browser, or one that fails once more. What is unsteady may be a fault of the player all the same: look there first.

Exits 0 when all that failed is unsteady, else 1.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BROWSER = "tests/browser/"
MOST = 2
TIMES = 3
FAILED = ".pytest_cache/v/cache/lastfailed"


def last_failed() -> list[str]:
    """The tests that failed in the last run, by their ids."""
    file = Path(FAILED)
    return sorted(json.loads(file.read_text("utf-8"))) if file.exists() else []


def passes_alone(test: str) -> bool:
    """Whether a test passes each time, in a process of its own. The record of what failed stays as it is."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", test]
    return all(subprocess.run(command, check=False).returncode == 0 for _ in range(TIMES))


def main() -> int:
    failed = last_failed()
    if not 0 < len(failed) <= MOST or not all(test.startswith(BROWSER) and "::" in test for test in failed):
        return 1
    print(f"\n== again, alone, {TIMES} times each: {' '.join(failed)}", flush=True)
    if not all(map(passes_alone, failed)):
        return 1
    for test in failed:
        print(f"UNSTEADY {test}: failed beside others, passed {TIMES} of {TIMES} times alone", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
