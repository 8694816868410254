"""`coursepack preview`."""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

import click

from coursepack.cli.terminal import course_folder, language_option, print_error

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from coursepack.preview.front import PanelPage


@click.command()
@click.argument("path", type=click.Path(), default=course_folder, metavar="[COURSE | PACKAGE]")
@click.option(
    "--target", metavar="NAME", default="scorm12", show_default=True, help="Standard of the course's package."
)
@click.option("--as", "lms", metavar="LMS", help="Begin with the quirks of this LMS; see `check --for`.")
@language_option("Language of the panel.")
def preview(path: str, target: str, lms: str | None, language: str) -> None:
    """Show a course in a stand-in LMS, and what was saved at once.

    Opens the browser. Beside the course are its problems, every call to the LMS, and buttons that leave, resume and
    disturb it. COURSE is a course folder; PACKAGE is anybody's SCORM 1.2, SCORM 2004, xAPI or cmi5 package.
    In a folder with neither, the panel says how to start, and opens what you name there.
    [default: the working folder when it has a course.yaml, else course_source]
    """
    from importlib.util import find_spec
    from pathlib import Path

    from coursepack.problems import Message
    from coursepack.targets import TARGETS

    if not (find_spec("starlette") and find_spec("uvicorn")):
        raise click.UsageError(_said("It needs a web server: pip install 'coursepack[preview]'", language))
    _check("--target", target, TARGETS, language)
    if lms is not None:
        from coursepack.profiles import PROFILES

        _check("--as", lms, PROFILES, language)
    place = Path(path)
    if not place.exists():
        raise click.UsageError(
            _said(Message("{0} does not exist. For a new course, run: coursepack new {0}", path), language)
        )
    _show(place, target, language, lms)
    print_error(_said("The preview has ended.", language))


def _check(option: str, given: str, known: Collection[str], language: str) -> None:
    """Refuses a name that there is not."""
    from coursepack.problems import Message, Quoted, nearest

    if given not in known:
        wrong = Message("there is no {0}", Quoted(given))
        hint = nearest(given, known)
        raise click.BadParameter(f"{_said(wrong, language)}. {_said(hint, language)}", param_hint=option)


def _said(message: object, language: str) -> str:
    """A message in a language; a text is a message without values."""
    from coursepack.languages.messages import sentence
    from coursepack.problems import Message

    given = message if isinstance(message, Message) else Message(str(message))
    return sentence(given, language, "preview")


def _page(language: str, lms: str | None) -> PanelPage:
    from coursepack.preview.panel import panel_page, policy

    return lambda token, site: (panel_page(language, token=token, site=site, lms=lms), policy(site))


def _show(place: Path, target: str, language: str, lms: str | None) -> None:
    """Previews a course folder or a package; where there is neither, the panel says how to start."""
    import gc

    from coursepack.preview.front import Front
    from coursepack.preview.opening import NotShownError, Opener, is_course, is_package

    # What is a course takes no import to see.
    is_ours = is_course(place) or not is_package(place)
    front = Front(_page(language, lms), language, is_course=is_ours)
    opener = Opener(front, target, language)
    with front.running() as address, _until_ended(), closing(opener):
        if is_course(place):
            # The browser loads the panel while the course is read.
            _open(place, address, language)
            opener.show_course(place)
        elif is_ours:
            _open(place, address, language)
            opener.show_nothing()
        else:
            try:
                opener.show_package(place)
            except NotShownError as error:
                raise click.UsageError(_said(error.reason, language)) from None
            _open(place, address, language)
        # A preview goes on for hours: what it reads anew has to be given back.
        gc.freeze()
        gc.enable()
        _wait()


def _open(place: Path, address: str, language: str) -> None:
    """Tells where the panel is, and opens it in the browser."""
    import webbrowser
    from threading import Thread

    from coursepack.problems import Message

    click.echo(_said(Message("Preview of {0}: {1}", str(place), address), language))
    print_error(_said("Ctrl C ends it.", language))
    # Some browsers are waited for.
    Thread(target=webbrowser.open, args=(address,), daemon=True).start()


@contextmanager
def _until_ended() -> Iterator[None]:
    """The block ends with Ctrl C, or when the process is to end."""
    import signal

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    with suppress(KeyboardInterrupt):
        yield


def _wait() -> None:
    import time

    while True:
        # Unlike a lock, it can be interrupted on every system.
        time.sleep(3600)
