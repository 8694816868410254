"""Opens a place of a source in the author's own editor, and reads the lines around it for the panel."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from coursepack.preview.files import path_in, source_of
from coursepack.reading.markdown import text_of

_AROUND = 200
"""Lines that the panel is given before and after a line."""


class _Editor(NamedTuple):
    """An editor: its commands, and its arguments for a file and a line."""

    name: str
    commands: Sequence[str]
    arguments: Callable[[str, int], list[str]]


def _goto(path: str, line: int) -> list[str]:
    return ["-g", f"{path}:{line}"]


def _with_line(path: str, line: int) -> list[str]:
    return ["--line", str(line), path]


def _plus(path: str, line: int) -> list[str]:
    return [f"+{line}", path]


def _colon(path: str, line: int) -> list[str]:
    return [f"{path}:{line}"]


_EDITORS = (
    _Editor("VS Code", ("code", "code-insiders"), _goto),
    _Editor("VSCodium", ("codium",), _goto),
    _Editor("Cursor", ("cursor",), _goto),
    _Editor("IntelliJ IDEA", ("idea", "idea64", "idea.sh"), _with_line),
    _Editor("PyCharm", ("pycharm", "pycharm64", "pycharm.sh", "charm"), _with_line),
    _Editor("WebStorm", ("webstorm", "webstorm64", "webstorm.sh"), _with_line),
    _Editor("PhpStorm", ("phpstorm", "phpstorm64", "phpstorm.sh"), _with_line),
    _Editor("Sublime Text", ("subl", "sublime_text"), _colon),
    _Editor("Zed", ("zed", "zeditor"), _colon),
    _Editor("Kate", ("kate",), lambda path, line: ["--line", str(line), path]),
    _Editor("GNOME Text Editor", ("gnome-text-editor",), lambda path, _: [path]),
    _Editor("gedit", ("gedit",), _plus),
    _Editor("GVim", ("gvim", "mvim"), _plus),
    _Editor("Emacs", ("emacs",), _plus),
)
"""Editors with windows of their own. One that runs in a terminal would have none to run in."""
_SOUGHT = 8
"""How many of them, from the first, are looked for when the author names none."""


def open_in_editor(path: Path, line: int, environment: Mapping[str, str] | None = None) -> str | None:
    """Opens a file at a line, counted from 1, in the author's editor. Returns the editor's name; None without one.

    That is the one in `$VISUAL` or `$EDITOR`, if it has windows, or else the first that is installed. It is started
    without a shell, and outlives this process. `environment` is that of this process unless it is given.
    """
    given = os.environ if environment is None else environment
    for editor, command in _installed(given):
        try:
            process = subprocess.Popen(  # noqa: S603 - no shell, and a path that begins with a slash or a drive
                [command, *editor.arguments(str(path.resolve()), max(line, 1))],
                env=dict(given),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            continue
        # Many only tell the one that is running, and end.
        threading.Thread(target=process.wait, daemon=True).start()
        return editor.name
    return None


def _installed(environment: Mapping[str, str]) -> list[tuple[_Editor, str]]:
    """The editors that can be started, the author's own first, each with its command."""
    search = environment.get("PATH", os.defpath)
    found: list[tuple[_Editor, str]] = []
    for variable in ("VISUAL", "EDITOR"):
        # A command can have arguments, such as `code --wait`, which are for programs that wait.
        command = environment.get(variable, "").split(" -")[0].strip().strip("\"'")
        name = Path(command).name.lower().removesuffix(".exe").removesuffix(".cmd")
        for editor in _EDITORS:
            if name in editor.commands and (program := shutil.which(command, path=search)):
                found.append((editor, program))
    for editor in _EDITORS[:_SOUGHT]:
        programs = (shutil.which(command, path=search) for command in editor.commands)
        found += [(editor, program) for program in programs if program]
    return found


def source_lines(folder: Path, file: str, line: int) -> dict[str, object] | None:
    """The lines of a source around a line, each with its number, as the panel asks for them.

    None for a file that is not a text of the course: outside of its folder, hidden, too long or binary.
    """
    path = path_in(folder, file)
    data = source_of(path) if path else None
    if data is None:
        return None
    lines = text_of(data).split("\n")
    first = max(0, line - 1 - _AROUND)
    shown = lines[first : max(line, 1) + _AROUND]
    return {"file": file, "line": line, "lines": [[first + at, text] for at, text in enumerate(shown, 1)]}
