"""The command line: parses, calls, prints. Results on standard output, progress on standard error.

What a command needs is imported in the command, so that `coursepack --help` is there at once.
"""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

import click

from coursepack.targets import TARGETS, USUAL_TARGETS
from coursepack.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coursepack.checking import Examination
    from coursepack.problems import Report
    from coursepack.result import Built
    from coursepack.xapi.lrs_check import Trial


_STEPS_SV = {
    "reading the course": "läser kursen",
    "rendering": "gör sidorna",
    "writing": "skriver",
    "checking": "granskar",
    "waiting for another build in this folder": "väntar på ett annat bygge i samma mapp",
}


class _Progress:
    """Tells on standard error what goes on, once it has taken more than a second; at once what is waited for."""

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        self.words = words or {}
        self.began = time.monotonic()
        self.told = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if not what.startswith("waiting") and (now - self.began < 1 or now - self.told < 1):
            return
        self.told = now
        share = f" {done / total:.0%}" if total else ""
        _complain(f"{self.words.get(what, what)}{share} ...")


def _complain(line: str) -> None:
    """Prints a line on standard error. Where it cannot be written there is nobody to tell."""
    with suppress(OSError):
        click.echo(line, err=True)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _tell(report: Report, language: Literal["en", "sv"] = "en") -> None:
    """Prints a report for people."""
    from coursepack.outputs.plain import report_lines

    for line in report_lines(report, language):
        click.echo(line)


def _json(values: dict[str, Any]) -> None:
    import json

    click.echo(json.dumps(values, ensure_ascii=False, indent=2))


def _as_dict(report: Report) -> dict[str, Any]:
    return {"ok": report.ok, "problems": [problem.as_dict() for problem in report]}


class _Commands(click.Group):
    """The commands, with a clear word where the system refuses what every one of them needs."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Runs one. A result that could not be printed, or a folder that is gone, is told and ends with 1."""
        _open_streams()
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            why = error.strerror or str(error)
            if _of_printing(error):
                _complain(f"standard output: cannot be written: {why}")
                # Python writes what is left once more when it ends.
                os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            elif not _has_working_folder():
                _complain("the working folder is gone")
            else:
                _complain(f"{error.filename or 'coursepack'}: {why}")
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


@main.command()
@click.argument("folder", type=click.Path())
def new(folder: str) -> None:
    """Write a small course to start from into FOLDER, which must be new or empty."""
    import shutil
    from pathlib import Path

    from coursepack.resources import templates_dir

    place = Path(folder)
    try:
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise click.UsageError(f"{folder} exists and is not empty; choose a new folder.")
        shutil.copytree(templates_dir() / "starter", place, dirs_exist_ok=True)
    except OSError as error:
        # copytree goes on after a file that failed, and hands over a list of (from, to, why).
        why = error.args[0][0][2] if isinstance(error, shutil.Error) else error.strerror
        _complain(f"{folder}: cannot be written: {why}")
        sys.exit(1)
    click.echo(f"A new course stands in {folder}. Write in it, then: coursepack build {folder}")


@main.command()
@click.argument("course", type=click.Path(), default="course_source")
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="NAME",
    help=f"Standard to build for: {', '.join(TARGETS)}. When not given: {', '.join(USUAL_TARGETS)}.",
)
@click.option("--part", metavar="ID", help="Build a package of this part of the course only.")
@click.option("--out", type=click.Path(), default="build", show_default=True, help="Folder for the packages.")
@click.option(
    "--schemas",
    type=click.Path(exists=True, file_okay=False),
    help="Folder with XSD files to put into SCORM packages.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--language", type=click.Choice(["en", "sv"]), default="en", help="Of what is printed as text.")
def build(
    course: str,
    targets: tuple[str, ...],
    part: str | None,
    out: str,
    schemas: str | None,
    strict: bool,
    as_json: bool,
    language: Literal["en", "sv"],
) -> None:
    """Build packages from the course folder COURSE (course_source when not given)."""
    from coursepack.building.build import build_packages
    from coursepack.problems import CoursepackError

    unknown = [name for name in targets if name not in TARGETS]
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r} is not one of: {', '.join(TARGETS)}", param_hint="--target")
    wanted = tuple(dict.fromkeys(targets or USUAL_TARGETS))
    # Raises where the working folder is gone: that is the reason, whatever else would be told.
    os.getcwd()
    try:
        progress = _Progress(_STEPS_SV if language == "sv" else None)
        packages = build_packages(course, wanted, out, part=part, schemas=schemas, progress=progress)
    except CoursepackError as error:
        if as_json:
            _json({**_as_dict(error.report), "packages": []})
        else:
            _tell(error.report, language)
        sys.exit(1)
    ok = all(package.report.ok for package in packages)
    if as_json:
        _json({"ok": ok, "packages": [package.as_dict() for package in packages]})
    else:
        _tell_packages(packages, language)
    warned = strict and any(package.report.warnings for package in packages)
    sys.exit(0 if ok and not warned else 1)


def _tell_packages(packages: list[Built], language: Literal["en", "sv"]) -> None:
    """Prints what was built for people, and every problem once."""
    from coursepack.outputs.plain import built_lines
    from coursepack.problems import Report

    for line in built_lines(packages, language):
        click.echo(line)
    _tell(Report.of(dict.fromkeys(problem for package in packages for problem in package.report)), language)


FORMATS = ("text", "json", "sarif", "junit", "html")


@main.command()
@click.argument("paths", type=click.Path(), nargs=-1, required=True, metavar="PATH...")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How to tell it.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--language", type=click.Choice(["en", "sv"]), default="en", help="Of the text and of the HTML page."
)
@click.option("--out", type=click.Path(dir_okay=False), help="Write to this file, not to standard output.")
@click.option(
    "--for",
    "systems",
    multiple=True,
    metavar="LMS",
    help="Ask what this LMS would say; `all` prints a table.",
)
@click.option(
    "--select", multiple=True, metavar="RULE", help="Tell of these rules only; * stands for anything."
)
@click.option(
    "--ignore", multiple=True, metavar="RULE", help="Do not tell of these rules; * stands for anything."
)
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
def check(
    paths: tuple[str, ...],
    form: str,
    as_json: bool,
    language: str,
    out: str | None,
    systems: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    strict: bool,
) -> None:
    """Judge each PATH: a course folder, a package folder, a zip or a lone manifest."""
    from coursepack.checking import examine

    form = "json" if as_json else form
    if out is not None:
        _spare(paths, out)
    spoken: Literal["en", "sv"] = "sv" if language == "sv" and form in ("text", "html") else "en"
    asked = _asked(systems)
    examinations = [
        examine(path, asked, form == "html", spoken)
        .with_systems("all" not in systems)
        .choosing(select, ignore)
        for path in paths
    ]
    text = _check_text(examinations, form, spoken, strict, "all" in systems)
    if out is None:
        click.echo(text)
    else:
        _write_text(out, text)
    reports = [each.report for each in examinations]
    sys.exit(1 if any(report.errors or (strict and report.warnings) for report in reports) else 0)


def _asked(systems: tuple[str, ...]) -> tuple[str, ...]:
    """The profiles that are meant; a name that is none ends the command."""
    if not systems:
        return ()
    from coursepack.problems import nearest
    from coursepack.profiles import PROFILES

    for name in systems:
        if name != "all" and name not in PROFILES:
            hint = f"{name!r} is none that is known. {nearest(name, PROFILES)}".strip()
            raise click.BadParameter(hint, param_hint="--for")
    return tuple(PROFILES) if "all" in systems else tuple(dict.fromkeys(systems))


def _check_text(
    examinations: list[Examination], form: str, language: Literal["en", "sv"], strict: bool, as_table: bool
) -> str:
    """What `check` tells, in one of `FORMATS`."""
    if form == "sarif":
        from coursepack.outputs.sarif import sarif

        return sarif(examinations)
    if form == "junit":
        from coursepack.outputs.junit import junit

        return junit(examinations, strict)
    if form == "json":
        from coursepack.outputs import as_json

        return as_json(examinations)
    if form == "html":
        from coursepack.outputs.page import page
        from coursepack.profiles import PROFILES

        names = dict.fromkeys(name for each in examinations for name in each.systems)
        asked = {PROFILES[name].title: [each.systems.get(name) for each in examinations] for name in names}
        return page(examinations, [each.facts for each in examinations], asked or None, language)
    from coursepack.outputs import plain

    lines = [line for each in examinations for line in plain.lines(each, language)]
    if as_table:
        from coursepack.profiles import PROFILES, table, verdict

        rows = [
            verdict(each.path.name, PROFILES[name], found)
            for each in examinations
            for name, found in each.systems.items()
        ]
        lines += ["", table(rows)] if rows else []
    return "\n".join(lines)


def _spare(paths: tuple[str, ...], out: str) -> None:
    """Ends the command when `out` is one of the paths, or lies in one: it would replace what is judged."""
    from pathlib import Path

    written = Path(os.path.realpath(out))
    for path in paths:
        if written.is_relative_to(os.path.realpath(path)) or _same_file(path, out):
            hint = f"{out!r} would be written over, or into, what is judged: {path!r}"
            raise click.BadParameter(hint, param_hint="--out")


def _same_file(one: str, other: str) -> bool:
    """True when both are one file, whatever they are called."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _write_text(out: str, text: str) -> None:
    """Writes a file whole or not at all. A link, a device or a pipe is written to, as a shell does."""
    from pathlib import Path

    from coursepack.atomic import write_whole

    data = f"{text.removesuffix(chr(10))}\n".encode(errors="backslashreplace")
    try:
        if os.path.exists(out) and (os.path.islink(out) or not os.path.isfile(out)):
            with open(out, "wb") as file:
                file.write(data)
        else:
            write_whole(Path(out), data)
    except OSError as error:
        _complain(f"{out}: cannot be written: {error.strerror or error}")
        sys.exit(1)


@main.command()
@click.argument("path", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print the facts as JSON.")
def inspect(path: str, as_json: bool) -> None:
    """Show the package PATH at a glance: what it is, its parts, when it counts as done, and where the bytes are."""
    import shutil

    from coursepack.checking import examine
    from coursepack.inspection import text

    facts = examine(path, look=True).facts
    if facts is None:
        raise click.UsageError(f"{path} is no package. Judge a course folder with: coursepack check {path}")
    if as_json:
        _json(facts.as_dict())
    else:
        click.echo(text(facts, shutil.get_terminal_size().columns))
    sys.exit(1 if facts.faults else 0)


@main.command()
@click.argument("source", metavar="IN", type=click.Path())
@click.argument("target", metavar="OUT", type=click.Path())
def mend(source: str, target: str) -> None:
    """Mend the mechanical faults of the package IN into a new package OUT, and say what was done and what is left."""
    from coursepack.problems import CoursepackError
    from coursepack.repair import mend as mend_package

    try:
        mended = mend_package(source, target)
    except CoursepackError as error:
        _tell(error.report)
        sys.exit(1)
    for title, lines in (("Mended:", mended.lines), ("Left as it is:", mended.left)):
        if lines:
            click.echo(title)
            for line in lines:
                click.echo(f"  {line}")
    after = mended.after.report
    click.echo(f"{target}: {after.counts if after.problems else 'no problems'}")
    sys.exit(1 if after.errors else 0)


@main.command()
@click.argument("rule", required=False)
@click.option("--language", type=click.Choice(["en", "sv"]), default="en", help="Of the words.")
def explain(rule: str | None, language: Literal["en", "sv"]) -> None:
    """Say what a RULE of `check` finds, why it matters and how to mend it; without one, list all rules.

    What can be wrong with a course folder is told too.
    """
    from coursepack.languages.mistakes import mistakes
    from coursepack.languages.words import words_of
    from coursepack.outputs.plain import severity_word
    from coursepack.problems import nearest
    from coursepack.rules import RULES

    severities = {
        **{each.name: severity_word(each.severity, language) for each in RULES.values()},
        **{each.name: severity_word(each.severity, language) for each in mistakes().values()},
    }
    if rule is None:
        for name, severity in severities.items():
            words = words_of(name, language)
            click.echo(f"{name} ({severity}): {words.what if words else ''}")
        return
    words = words_of(rule, language)
    if rule not in severities or words is None:
        raise click.BadParameter(
            f"there is no rule {rule!r}. {nearest(rule, severities)}".strip(), param_hint="RULE"
        )
    source = f", {RULES[rule].spec}" if rule in RULES and RULES[rule].spec else ""
    click.echo(f"{rule}: {severities[rule]}{source}\n\n{words.what}\n\n{words.text}")


@main.command()
@click.argument("name", default="course")
def schema(name: str) -> None:
    """Print a JSON Schema for editors: `course` for course.yaml, or a block such as `choice`."""
    from coursepack.reading.schema import SCHEMAS, json_schema

    if name not in SCHEMAS:
        raise click.BadParameter(f"{name!r} is not one of: {', '.join(SCHEMAS)}", param_hint="NAME")
    _json(json_schema(name))


@main.command()
@click.argument("code", metavar="CODE_OR_SUSPEND_DATA")
@click.argument("course", type=click.Path(), default="course_source")
@click.option("--unit", metavar="ID", help="The package or part of the course that the LMS launches.")
@click.option("--language", type=click.Choice(["en", "sv"]), default="en", help="Of the words.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def state(code: str, course: str, unit: str | None, language: Literal["en", "sv"], as_json: bool) -> None:
    """Say what a learner's support code, or the suspend data of an LMS, holds: pages, answers, and why complete or not.

    COURSE is the folder that the learner's package was built from (course_source when not given), or a later version
    of it.
    """
    from coursepack.course.resume import ResumeError, read_resume
    from coursepack.problems import CoursepackError
    from coursepack.progress import UnfitError, fault, hold, tell
    from coursepack.reading.source import load_course

    try:
        held = hold(read_resume(code), load_course(course), unit)
    except CoursepackError as error:
        _tell(error.report)
        sys.exit(1)
    except (ResumeError, UnfitError) as error:
        if as_json:
            _json({"ok": False, "fault": error.fault, "message": fault(error, language)})
        else:
            _complain(fault(error, language))
        sys.exit(1)
    if as_json:
        _json({"ok": True, **held.as_dict()})
    else:
        click.echo(tell(held, language))


@main.command()
@click.argument("url")
@click.option(
    "--origin",
    metavar="ORIGIN",
    default="https://lms.example",
    show_default=True,
    help="Scheme and host of the LMS whose pages open the course.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def lrs(url: str, origin: str, strict: bool, as_json: bool) -> None:
    """Try whether xAPI packages work with the LRS whose endpoint is URL.

    Writes statements and state of a test learner, and voids and deletes them again. The credential comes from
    COURSEPACK_LRS_KEY and COURSEPACK_LRS_SECRET, or from COURSEPACK_LRS_AUTH (the whole value of the Authorization
    header); else it is asked for.
    """
    from coursepack.xapi.lrs_check import Trial, is_origin, judge_address, try_lrs

    origin = origin.rstrip("/").lower()
    if not is_origin(origin):
        raise click.BadParameter(
            "an origin is a scheme and a host, such as https://lms.example", param_hint="--origin"
        )
    address = judge_address(url, origin)
    if address.verdict == "fail":
        trial = Trial("", origin, (address,))
    else:
        trial = try_lrs(url, _authorization(), origin=origin, progress=_Progress())
    if as_json:
        _json(trial.as_dict())
    else:
        _tell_trial(trial)
    sys.exit(0 if trial.works and not (strict and trial.warned) else 1)


def _authorization() -> str:
    """The credential from the environment or the keyboard; never in an error's words."""
    from coursepack.xapi.lrs_check import basic_authorization, check_authorization

    whole, key, secret = (os.environ.get(f"COURSEPACK_LRS_{name}", "") for name in ("AUTH", "KEY", "SECRET"))
    try:
        if whole:
            return check_authorization(whole)
        if not (key and secret) and not sys.stdin.isatty():
            raise click.UsageError(
                "There is no credential: set COURSEPACK_LRS_KEY and COURSEPACK_LRS_SECRET, or COURSEPACK_LRS_AUTH."
            )
        key = key or click.prompt("Key", err=True)
        return basic_authorization(key, secret or click.prompt("Secret", hide_input=True, err=True))
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _tell_trial(trial: Trial) -> None:
    """Prints the table for people."""
    if trial.endpoint:
        click.echo(f"{trial.endpoint}, as from a page of {trial.origin}")
    width = max(len(row.name) for row in trial.rows)
    for row in trial.rows:
        click.echo(f"{row.verdict:4}  {row.name:{width}}  {row.seen}")
        if row.ask:
            click.echo(f"{'':{width + 8}}{row.ask}")
    written = trial.written
    if written:
        click.echo(
            f"Written: {_count(written.statements, 'statement')} by {written.actor} about {written.activity}, "
            f"registration {written.registration}."
        )
        click.echo(
            f"Statements cannot be removed: {written.voided} of them are voided, and stay in the LRS with as many that "
            f"void them. State documents left: {written.documents}."
        )
    fails = sum(row.verdict == "fail" for row in trial.rows)
    warnings = sum(row.verdict == "warn" for row in trial.rows)
    verdict = "A package works with this LRS" if trial.works else "A package would not work with this LRS"
    click.echo(f"{verdict}: {_count(fails, 'failure')}, {_count(warnings, 'warning')}.")
