"""Which failures of a run are unsteady, and which are failures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ONCE = """
from pathlib import Path

def test_{name}():
    seen = Path("{name}.txt")
    times = len(seen.read_text()) if seen.exists() else 0
    seen.write_text("x" * (times + 1))
    assert times not in {bad}
"""
SCRIPT = Path(__file__).with_name("unsteady.py")


def run(folder: Path, tests: dict[str, list[int]]) -> subprocess.CompletedProcess[str]:
    """Runs tests that fail at some of their times, each in its own file, then the script."""
    for file, bad in tests.items():
        path = folder / "tests" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ONCE.format(name=path.stem, bad=bad), "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\npython_files = *.py\n", "utf-8")
    first = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "tests"], cwd=folder, check=False
    )
    assert first.returncode == 1
    return subprocess.run([sys.executable, SCRIPT], cwd=folder, check=False, capture_output=True, text=True)


def test_a_browser_test_that_fails_only_beside_others_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, {"browser/a.py": [0], "browser/b.py": [], "c.py": []})
    assert done.returncode == 0
    assert done.stdout.endswith(
        "UNSTEADY tests/browser/a.py::test_a: failed beside others, passed 3 of 3 times alone\n"
    )
    assert (tmp_path / "a.txt").read_text() == "xxxx"
    assert (tmp_path / "b.txt").read_text() == "x"


@pytest.mark.share(2)
@pytest.mark.parametrize(
    "tests",
    [
        {"browser/a.py": [0, 1, 2, 3]},
        {"browser/a.py": [0, 3]},
        {"a.py": [0]},
        {"browser/a.py": [0], "b.py": [0]},
        {"browser/a.py": [0], "browser/b.py": [0], "browser/c.py": [0]},
    ],
    ids=["always", "once more", "without a browser", "one without a browser", "three"],
)
def test_everything_else_has_failed(tests: dict[str, list[int]], tmp_path: Path) -> None:
    done = run(tmp_path, tests)
    assert done.returncode == 1
    assert "UNSTEADY" not in done.stdout
