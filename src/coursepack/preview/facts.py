"""What the panel shows of a course beside it: each page's measures and problems, LMSs, and what a state means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from coursepack.course.blocks.playable import Playable
from coursepack.course.lock import longest_state
from coursepack.course.model import Course, Page
from coursepack.course.resume import ResumeError, read_resume
from coursepack.languages import authors
from coursepack.outputs.texts import explained, in_language
from coursepack.problems import Problem, Quoted, Report, nearest
from coursepack.profiles import PROFILES, Profile, quirks
from coursepack.progress import MismatchError, decode, describe_error
from coursepack.reading.readability import LANGUAGES, counted, said
from coursepack.targets import TARGETS
from coursepack.targets.target import Target

_WORDS_A_MINUTE = 200
"""Brysbaert, How many words do we read per minute?, 2019, has 238 for English; texts to learn from are read slower."""

_QUESTION_MINUTES = 0.5

_KNOWN = {"tried": "tried", "read": "read", "documented": "vendor", "reported": "vendor"}


def problem_dict(problem: Problem, language: str) -> dict[str, Any]:
    """A problem for the panel: as in `check --json`, in a language, with the reason for its rule."""
    why = _why(problem.rule, language)
    return {**in_language(problem, language).as_dict(), "why": why, "fix": _fix(problem)}


def _fix(problem: Problem) -> dict[str, Any] | None:
    """The word that is misspelt, its place, and the one that was probably meant; None without a proposal."""
    place = problem.location
    if problem.advises.template != nearest("a", ["a"]).template or not (place.line and place.column):
        return None
    (meant,) = problem.advises.values
    old = next((each for each in problem.says.values if isinstance(each, Quoted)), None)
    if old is None or not isinstance(meant, Quoted):
        return None
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "old": old.text,
        "text": meant.text,
    }


@cache
def _why(rule: str, language: str) -> str:
    words = explained(rule, language)
    return words.text if words else ""


def problem_dicts(report: Iterable[Problem], language: str) -> list[dict[str, Any]]:
    """Problems for the panel."""
    return [problem_dict(problem, language) for problem in report]


def course_dict(course: Course, target: Target, report: Report, language: str) -> dict[str, Any]:
    """What `course.json` says of a course."""
    by_file: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for problem in report:
        by_file[problem.location.file].append(problem_dict(problem, language))
    definition = course.definition
    return {
        "course": True,
        "title": definition.title,
        "language": definition.language,
        "target": target.name,
        "standard": target.family,
        "targets": [{"id": name, "title": TARGETS[name].title} for name in TARGETS],
        "aim": definition.lix.page if definition.language in LANGUAGES else None,
        "room": {"limit": target.state_limit, "most": longest_state(course.lock)},
        "pages": [_page_dict(page, course, by_file[page.entry.path]) for page in course.pages],
    }


def _page_dict(page: Page, course: Course, problems: list[dict[str, Any]]) -> dict[str, Any]:
    text = counted(said(page.blocks))
    has_scale = course.definition.language in LANGUAGES
    return {
        "id": page.entry.id,
        "title": str(page.entry.title),
        "file": page.entry.path,
        "minutes": page.entry.minutes,
        "measured": round(_minutes(page, course, text.words), 1),
        "lix": text.lix if has_scale else None,
        "level": "",
        "words": text.words,
        "sources": list(page.entry.sources),
        "problems": problems,
    }


def _minutes(page: Page, course: Course, words: int) -> float:
    """The time a page takes: reading, listening and answering."""
    played = sum(course.lengths.get(block.src, 0) for block in page.blocks if isinstance(block, Playable))
    return words / _WORDS_A_MINUTE + played / 60 + _QUESTION_MINUTES * len(page.questions)


def profiles_list(language: str) -> list[dict[str, Any]]:
    """What `profiles.json` says of each LMS: its quirks, each with its source and how it is known."""
    return [profile_dict(name, profile, language) for name, profile in PROFILES.items()]


def profile_dict(name: str, profile: Profile, language: str) -> dict[str, Any]:
    """An LMS for the panel, which calls it `name`."""
    return {
        "id": name,
        "name": profile.title,
        "standards": sorted({standard for each in profile.quirks for standard in quirks()[each].standards}),
        "quirks": [_quirk_dict(each, language) for each in profile.quirks],
    }


def _quirk_dict(name: str, language: str) -> dict[str, Any]:
    quirk = quirks()[name]
    what: Mapping[Any, str] = quirk.what
    return {
        "name": name,
        "what": what.get(language) or what["en"],
        "standards": list(quirk.standards),
        "source": quirk.source,
        "date": quirk.date,
        "known": _KNOWN.get(quirk.known, "unknown"),
    }


def state_dict(raw: str, course: Course, language: str) -> dict[str, Any]:
    """What a resume state means, as `coursepack state --json` says it."""
    try:
        progress = decode(read_resume(raw), course)
    except (ResumeError, MismatchError) as error:
        return {"ok": False, "fault": error.fault, "message": describe_error(error, language)}
    found = progress.as_dict()
    opened = {each["id"] for each in found["pages"] if each["opened"]}
    left = set(found["completion"]["pages_left"])
    words = authors(language)["state"]
    return {
        "ok": True,
        **found,
        "length": len(raw),
        "means": words["complete" if progress.is_complete else "incomplete"],
        "pages": [
            {**each, "done": each["id"] in opened and each["id"] not in left} for each in found["pages"]
        ],
        "answers": found["questions"],
    }
