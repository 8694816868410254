"""A release with all its sheets is the same, byte by byte, in another folder and with another Python."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from strategies import COURSE, PAGE, SVG, MakeCourse, fence
from without_pdf import without_pdf

from coursepack import release_course
from coursepack.release.sheets import SHEETS

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[1]
FILES = {
    "course.yaml": f"{COURSE}dates: {{published: 2026-11-24}}\n",
    PAGE: fence("image", {"src": "media/a.svg", "alt": "A", "origin": "drawn"}),
    "media/a.svg": SVG,
}


@pytest.fixture(autouse=True)
def no_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_every_sheet_is_written_and_has_its_words_in_the_index(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    made = release_course(make_course(FILES), tmp_path)
    # Without an older release, nothing has changed.
    assert SHEETS.keys() - made.sheets.keys() <= {"diff"}
    for language in ("sv", "en"):
        path = ROOT / "src/coursepack/languages" / language / "release/index.json"
        assert SHEETS.keys() <= json.loads(path.read_text("utf-8"))["groups"].keys()


def test_the_same_course_gives_the_same_bytes(make_course: MakeCourse, tmp_path: Path) -> None:
    one = release_course(make_course(FILES, "one"), tmp_path / "a")
    other = release_course(make_course(FILES, "other"), tmp_path / "b/c")
    assert contents(one.path) == contents(other.path)


@pytest.mark.skipif(
    "COURSEPACK_SECOND_PYTHON" not in os.environ, reason="COURSEPACK_SECOND_PYTHON names no Python"
)
def test_another_python_gives_the_same_bytes(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = os.environ["COURSEPACK_SECOND_PYTHON"]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    has_pdf = (
        subprocess.run([second, "-c", "import weasyprint"], capture_output=True, check=False).returncode == 0
    )
    if not has_pdf:
        without_pdf(monkeypatch, tmp_path / "hidden")
    folder = make_course(FILES)
    one = release_course(folder, tmp_path / "one")
    command = [second, "-m", "coursepack", "release", folder, "--out", tmp_path / "other"]
    subprocess.run(command, check=True, capture_output=True, env=env)
    found = contents(one.path)
    assert contents(tmp_path / "other" / one.path.name) == found
    assert ("text-edition.en.pdf" in found) is has_pdf
