"""The command line: parses, calls, prints. Results on standard output, progress on standard error.

What a command needs is imported in the command, so that `coursepack --help` is there at once.
"""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys
from importlib import import_module
from typing import Any

import click

from coursepack.cli.terminal import complain
from coursepack.version import __version__

COMMANDS = ("build", "check", "explain", "inspect", "lrs", "mend", "new", "schema", "state")
"""Each is a module here, and a function of the same name in it."""


class _Commands(click.Group):
    """The commands, with a clear error where the system refuses what every one of them needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in the order of the help text."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports a command's module when it is used."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"coursepack.cli.{cmd_name}"), cmd_name)
        return command

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Runs one. A result that could not be printed, or a folder that is gone, is told and ends with 1."""
        _open_streams()
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            why = error.strerror or str(error)
            if _of_printing(error):
                complain(f"standard output: cannot be written: {why}")
                # Python writes what is left once more when it ends.
                os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            elif not _has_working_folder():
                complain("the working folder is gone")
            else:
                complain(f"{error.filename or 'coursepack'}: {why}")
            sys.exit(1)


def _open_streams() -> None:
    """Sees to it that the three standard streams are open, and take every letter.

    A file would else get the number of one that is closed, and what is printed would end up in it.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            # To write to what is open for reading fails as it does to a closed stream.
            os.open(os.devnull, os.O_RDWR if number == 2 else os.O_RDONLY)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A path may hold what is no letter, and a terminal may not know all that are.
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
@click.pass_context
def main(context: click.Context) -> None:
    """Turn a course folder into packages that a learning management system imports."""
    # Nearly all that a build makes lives until it ends. To search it for cycles, while it grows and once more
    # when the process ends, takes a sixth of the time.
    if gc.isenabled():
        gc.disable()
        context.call_on_close(_search_again)
        atexit.register(gc.freeze)
    # Our models are what they are: to look for plugins of pydantic takes as long as to read ten pages.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def _search_again() -> None:
    """Lets Python search for cycles again, but not at once among all that the command made."""
    gc.freeze()
    gc.enable()
    gc.unfreeze()
