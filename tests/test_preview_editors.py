"""The author's editor is opened at a line, without a shell, and the panel sees the lines of sources alone."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from strategies import PAGE, MakeCourse

from coursepack.preview.editors import open_in_editor, source_lines
from coursepack.preview.files import path_in

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")


class Programs:
    """Stand-ins for editors, which write down what they were started with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        folder.mkdir()

    def add(self, name: str) -> Path:
        program = self.folder / name
        # The pipe has a reader only when a test waits for it: a file that is renamed is whole.
        script = f"""#!/usr/bin/env python3
import json, os, sys
with open({str(self.log)!r} + ".new", "w") as log:
    json.dump([os.path.basename(sys.argv[0]), *sys.argv[1:]], log)
os.rename({str(self.log)!r} + ".new", {str(self.log)!r})
"""
        program.write_text(script, "utf-8")
        program.chmod(0o755)
        return program

    def environment(self, **variables: str) -> dict[str, str]:
        return {"PATH": f"{self.folder}{os.pathsep}{os.environ['PATH']}", **variables}

    def started(self) -> list[str]:
        """What was started, once it has written that down."""
        for _ in range(1000):
            if self.log.exists():
                found: list[str] = json.loads(self.log.read_text("utf-8"))
                return found
            time.sleep(0.05)
        raise AssertionError("nothing was started")


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path / "bin")


@pytest.mark.parametrize(
    ("command", "name", "arguments"),
    [
        ("code", "VS Code", ["-g", "{path}:34"]),
        ("idea", "IntelliJ IDEA", ["--line", "34", "{path}"]),
        ("pycharm", "PyCharm", ["--line", "34", "{path}"]),
        ("subl", "Sublime Text", ["{path}:34"]),
    ],
)
def test_an_installed_editor_opens_the_line(
    programs: Programs, tmp_path: Path, command: str, name: str, arguments: list[str]
) -> None:
    programs.add(command)
    path = tmp_path / "a page; touch x.md"
    path.write_text("Text.\n", "utf-8")
    assert open_in_editor(path, 34, programs.environment()) == name
    assert programs.started() == [command, *(each.format(path=path) for each in arguments)]


@pytest.mark.parametrize("variable", ["VISUAL", "EDITOR"])
def test_the_authors_own_editor_comes_first(programs: Programs, tmp_path: Path, variable: str) -> None:
    programs.add("code")
    programs.add("gedit")
    assert open_in_editor(tmp_path, 2, programs.environment(**{variable: "gedit --wait"})) == "gedit"
    assert programs.started() == ["gedit", "+2", str(tmp_path)]


def test_an_editor_can_be_named_by_its_path(programs: Programs, tmp_path: Path) -> None:
    kate = programs.add("kate")
    assert open_in_editor(tmp_path, 2, {"PATH": os.environ["PATH"], "VISUAL": str(kate)}) == "Kate"
    assert programs.started() == ["kate", "--line", "2", str(tmp_path)]


@pytest.mark.parametrize("own", ["vim", "nano", "code; rm -rf x", "$(code)", "", "/nowhere/code"])
def test_what_has_no_window_or_is_no_editor_is_not_started(
    programs: Programs, tmp_path: Path, own: str
) -> None:
    for name in ("vim", "nano", "rm"):
        programs.add(name)
    environment = {"PATH": str(programs.folder), "EDITOR": own}
    assert open_in_editor(tmp_path, 2, environment) is None
    assert not programs.log.exists()


def test_a_source_is_read_with_the_numbers_of_its_lines(make_course: MakeCourse) -> None:
    folder = make_course({PAGE: "\ufeffEtt.\r\n\r\nTvå.\r\n"})
    assert source_lines(folder, PAGE, 3) == {
        "file": PAGE,
        "line": 3,
        "lines": [[1, "Ett."], [2, ""], [3, "Två."], [4, ""]],
    }


def test_of_a_long_source_the_lines_around_are_read(make_course: MakeCourse) -> None:
    folder = make_course({PAGE: "".join(f"Rad {number}.\n" for number in range(1, 2001))})
    read = source_lines(folder, PAGE, 1000)
    assert read is not None
    lines = read["lines"]
    assert isinstance(lines, list)
    assert (lines[0], lines[200], lines[-1]) == ([800, "Rad 800."], [1000, "Rad 1000."], [1200, "Rad 1200."])


@pytest.mark.parametrize(
    "file",
    [
        "../secret.md",
        "pages/../../secret.md",
        "/etc/passwd",
        "pages\\..\\..\\secret.md",
        ".coursepack/secret.md",
        "pages/.secret.md",
        "link.md",
        "pages",
        "missing.md",
        "bytes.png",
        "a\0b",
        "",
        "./course.yaml",
    ],
)
def test_no_other_file_is_read(make_course: MakeCourse, tmp_path: Path, file: str) -> None:
    folder = make_course({"bytes.png": b"\x89PNG\xff", ".coursepack/secret.md": "x", "pages/.secret.md": "x"})
    (tmp_path / "secret.md").write_text("secret", "utf-8")
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    assert source_lines(folder, file, 1) is None


def test_a_file_of_the_course_has_its_path(make_course: MakeCourse) -> None:
    folder = make_course()
    assert path_in(folder, PAGE) == folder.resolve() / PAGE
