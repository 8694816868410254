"""Measures the release of the example course and the verifying of it: time, and memory at the peak."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from run import COURSEPACK, MIB, Row, report, run

HERE = Path(__file__).resolve().parent


def release_rows(work: Path) -> list[Row]:
    """A release, which converts nothing, and its verifying with and without the source."""
    course = work / "course"
    shutil.copytree(HERE.parent / "course_source", course)
    out = work / "out"
    command = [COURSEPACK, "release", str(course), "--out", str(out)]
    # The first one writes what Python and Jinja keep compiled.
    run(command)
    shutil.rmtree(out)
    made = run(command)
    print(f"processor time of the release: {made.seconds:.1f} s")
    verify = [COURSEPACK, "verify", str(next(out.glob("*-*")))]
    alone, rebuilt = run(verify), run([*verify, "--source", str(course)])
    return [
        # PDFs are made side by side: this is how long people wait, with two processors.
        Row("release of the example course, time that passes", made.wall, "s", 10),
        Row("peak memory of its largest process", made.peak / MIB, "MiB", 200),
        Row("verify by its sums", alone.seconds, "s", 2),
        Row("verify by its source, time that passes", rebuilt.wall, "s", 12),
    ]


def main() -> None:
    """Measures both; exit 1 when a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the rows to this file, too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="coursepack-bench-") as work:
        rows = release_rows(Path(work))
    report(rows, given.json)


if __name__ == "__main__":
    main()
