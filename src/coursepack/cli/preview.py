"""`coursepack preview`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import click

from coursepack.cli.terminal import course_folder, language_option, print_error

if TYPE_CHECKING:
    from pathlib import Path


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
    [default: the working folder when it has a course.yaml, else course_source]
    """
    from importlib.util import find_spec
    from pathlib import Path

    from coursepack.problems import Message, Quoted, nearest
    from coursepack.profiles import PROFILES
    from coursepack.targets import TARGETS

    if not (find_spec("starlette") and find_spec("uvicorn")):
        raise click.UsageError(_said("It needs a web server: pip install 'coursepack[preview]'", language))
    for given, known, option in ((target, TARGETS, "--target"), (lms, PROFILES, "--as")):
        if given is not None and given not in known:
            wrong = Message("there is no {0}", Quoted(given))
            hint = nearest(given, known)
            raise click.BadParameter(f"{_said(wrong, language)}. {_said(hint, language)}", param_hint=option)
    place = Path(path)
    if not place.exists():
        raise click.UsageError(
            _said(Message("{0} does not exist. For a new course, run: coursepack new {0}", path), language)
        )
    with _previewing(place, target, language, lms) as address:
        click.echo(_said(Message("Preview of {0}: {1}", path, address), language))
        print_error(_said("Ctrl C ends it.", language))
        _wait(address)
    print_error(_said("The preview has ended.", language))


def _said(message: object, language: str) -> str:
    """A message in a language; a text is a message without values."""
    from coursepack.languages.messages import sentence
    from coursepack.problems import Message

    given = message if isinstance(message, Message) else Message(str(message))
    return sentence(given, language, "preview")


def _previewing(place: Path, target: str, language: str, lms: str | None) -> AbstractContextManager[str]:
    """Serves a course or a package, and yields the address that opens the panel."""
    import gc
    from collections.abc import Iterator
    from contextlib import contextmanager

    from coursepack.preview.panel import panel_page, policy
    from coursepack.preview.run import PackagePreview, is_package, preview_course
    from coursepack.preview.strangers import Stranger, UnlaunchableError

    def page(token: str, site: str) -> tuple[str, str]:
        return panel_page(language, token=token, site=site), policy(site)

    @contextmanager
    def serving() -> Iterator[str]:
        if not is_package(place):
            course = preview_course(place, target, language, page, lms)
            # A preview goes on for hours: what it reads anew has to be given back.
            gc.freeze()
            gc.enable()
            with course.running() as address:
                yield address
            return
        try:
            package = Stranger(place)
        except UnlaunchableError as error:
            from coursepack.problems import Message, parts

            wrong = Message("{0} cannot be shown: {1}", str(place), parts(error.reason))
            raise click.UsageError(_said(wrong, language)) from None
        gc.enable()
        with package, PackagePreview(package, language, page, lms).running() as address:
            yield address

    return serving()


def _wait(address: str) -> None:
    """Opens the browser, and waits for Ctrl C or the end of the process."""
    import signal
    import time
    import webbrowser
    from contextlib import suppress

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    with suppress(KeyboardInterrupt):
        webbrowser.open(address)
        while True:
            # Unlike a lock, it can be interrupted on every system.
            time.sleep(3600)
