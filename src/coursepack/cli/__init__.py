"""The command line: results on standard output, progress on standard error.

Commands import what they need when they run, so that `coursepack --help` starts fast.
"""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any

import click

from coursepack.cli.terminal import print_error
from coursepack.version import __version__

COMMANDS = (
    "build",
    "cache",
    "check",
    "describe",
    "diff",
    "explain",
    "facts",
    "inspect",
    "lrs",
    "media",
    "mend",
    "new",
    "plan",
    "preview",
    "quirks",
    "rehearse",
    "release",
    "schema",
    "state",
    "verify",
)
"""Each is a module of this package with a function of the same name."""


class _Commands(click.Group):
    """Imports commands on demand, and reports errors of the operating system without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Command names, in the order of the help text."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the module of a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"coursepack.cli.{cmd_name}"), cmd_name)
        return command

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Runs a command. Exits with 1 when the output cannot be written or the working folder is gone."""
        _open_streams()
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            why = error.strerror or str(error)
            if _of_printing(error):
                print_error(f"standard output: cannot be written: {why}")
                # Python flushes standard output again at exit.
                os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            elif not _has_working_folder():
                print_error("the working folder is gone")
            else:
                print_error(f"{error.filename or 'coursepack'}: {why}")
            sys.exit(1)


def _open_streams() -> None:
    """Makes sure that the three standard streams are open and accept every character.

    Otherwise the next file that is opened gets the descriptor of a closed stream, and output ends up in that file.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            # Writing to a descriptor that is open for reading fails like writing to a closed stream.
            os.open(os.devnull, os.O_RDWR if number == 2 else os.O_RDONLY)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Paths can hold undecodable bytes, and terminals may lack characters.
            stream.reconfigure(errors="backslashreplace")


def _has_working_folder() -> bool:
    try:
        os.getcwd()
    except OSError:
        return False
    return True


def _of_printing(error: OSError) -> bool:
    from traceback import walk_tb

    return any(frame.f_code is click.echo.__code__ for frame, _ in walk_tb(error.__traceback__))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="coursepack")
def main() -> None:
    """Build e-learning packages for learning management systems, and check them."""


def run() -> None:
    """The command line as a process of its own: the entry point."""
    # Nearly every object of a build lives until it ends: collecting cycles would take a sixth of the time.
    gc.disable()
    # Searching for pydantic plugins takes as long as reading ten pages.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # Registered first, it runs when all else that waits for the end of the process has run.
    status: list[int] = []
    atexit.register(_leave, status)
    try:
        main()
    except SystemExit as ended:
        if isinstance(ended.code, int):
            status.append(ended.code)
        raise


def _leave(status: list[int]) -> None:
    """Ends the process without freeing one object after the other, which takes as long as reading twenty pages."""
    # What cannot be written is reported by Python, which tries again.
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
        if status:
            os._exit(status[0])
