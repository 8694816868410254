"""What can be wrong with a course whose definition is valid: ids, references, parts, packages and completion."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from coursepack.course.blocks.question import Question
from coursepack.course.model import Definition, NamedParts, ScoreReached
from coursepack.course.theme import faint
from coursepack.problems import Location, Message, Quoted, nearest
from coursepack.reading.definition import Lists, YamlPath, check_unique, page_entries
from coursepack.reading.folder import Folder
from coursepack.reading.pages import Pages
from coursepack.reading.yaml_validation import Yaml

FONTS_LIMIT = 100_000
"""Bytes of all fonts together; on the line of a poor phone they take half a second."""


def check_definition(
    folder: Folder, definition: Definition, read: Yaml, lists: Lists, pages: Pages, fonts: Mapping[str, int]
) -> None:
    """Everything that is seen only when the whole definition and its pages are there; `fonts` are sizes in bytes."""
    questions = {
        name: [block for block in blocks if isinstance(block, Question) and block.is_remembered]
        for name, blocks in pages.blocks.items()
    }
    _check_ids(folder, definition, read)
    _check_references(folder, definition, read, lists)
    _check_look(folder, fonts, definition, read)
    _check_parts(folder, definition, read)
    _check_packages(folder, definition, read)
    _check_pools(folder, definition, read, questions)
    _check_completion(folder, definition, read, questions)


def _check_ids(folder: Folder, definition: Definition, read: Yaml) -> None:
    seen: dict[str, Location] = {}
    ids: list[tuple[YamlPath, str]] = [(path, page.id) for path, page in page_entries(definition)]
    for p, part in enumerate(definition.parts):
        ids.append((("parts", p), part.id))
        ids += [(("parts", p, "chapters", c), chapter.id) for c, chapter in enumerate(part.chapters)]
    placed = [(read.place((*path, "id")), name) for path, name in ids]
    for place, name in sorted(placed, key=lambda item: item[0].sort_key):
        if name in seen:
            folder.say(
                "course/repeated-id",
                Message("the id {0} is used on line {1} already", Quoted(name), seen[name].line or 0),
                place,
                "Every part, chapter and page has an id of its own.",
            )
        seen.setdefault(name, place)


def _check_references(folder: Folder, definition: Definition, read: Yaml, lists: Lists) -> None:
    def known(name: str, names: Any, path: YamlPath, kind: str) -> None:
        if name not in names:
            folder.say(
                f"course/unknown-{kind}",
                Message("there is no {0} {1}", Message(kind), Quoted(name)),
                read.place(path),
                nearest(name, names),
            )

    for at, name in enumerate(definition.help):
        known(name, lists.contacts, ("help", at), "contact")
    for path, page in page_entries(definition):
        for at, name in enumerate(page.roles):
            known(name, definition.roles, (*path, "roles", at), "role")
        for at, name in enumerate(page.sources):
            known(name, lists.sources, (*path, "sources", at), "source")


def _check_parts(folder: Folder, definition: Definition, read: Yaml) -> None:
    for at, part in enumerate(definition.parts):
        if not part.chapters:
            folder.say(
                "course/empty-part",
                Message("the part {0} has no pages and is left out of packages", Quoted(part.id)),
                read.place(("parts", at)),
            )
    total = definition.core_minutes
    # Declared and added up may differ by a tenth; learners plan by it.
    if abs(total - definition.minutes) > max(1, 0.1 * definition.minutes):
        folder.say(
            "course/minutes-differ",
            Message(
                "declares {0} minutes, but its core pages add up to {1}",
                f"{definition.minutes:g}",
                f"{total:g}",
            ),
            read.place(("minutes",)),
        )


def _check_look(folder: Folder, fonts: Mapping[str, int], definition: Definition, read: Yaml) -> None:
    for each in faint(definition.theme):
        folder.say(
            "course/low-contrast",
            Message(
                "the contrast of {0} is too low in {1}: {2}",
                Quoted(each.name),
                each.mode,
                ", ".join(each.pairs),
            ),
            read.place(("theme", each.mode, each.name)),
            Message("The nearest colour of this hue that is enough is {0}.", Quoted(each.cure))
            if each.cure
            else "No colour of this hue is enough beside the others as they are: change those as well.",
        )
    total = sum(fonts.values())
    if total > FONTS_LIMIT:
        named = ", ".join(f"{name} {size / 1000:.0f} kB" for name, size in fonts.items())
        folder.say(
            "course/large-fonts",
            Message(
                "the fonts are {0} kB together, which is more than {1} kB: {2}",
                f"{total / 1000:.0f}",
                FONTS_LIMIT // 1000,
                named,
            ),
            read.place(("fonts",)),
            "Keep only the letters and the weights that the course uses: on a slow line words change face "
            "when a font has come.",
        )


def _check_units(folder: Folder, definition: Definition, read: Yaml) -> None:
    """What one should know of packages whose parts are launched one by one."""
    check = definition.final_check
    units: set[str] = set()
    for at, package in enumerate(definition.packages):
        parts = [
            part for part in definition.parts if part.chapters and part.id in (package.parts or (part.id,))
        ]
        if package.separate and len(parts) > 1:
            units.update(part.id for part in parts)
            folder.say(
                "course/several-units",
                Message(
                    "the package {0} has {1} units: an LMS may take the first that is completed for the "
                    "whole course, unless it is told otherwise before anybody begins",
                    Quoted(package.id),
                    len(parts),
                ),
                read.place(("packages", at, "separate")),
                "In Moodle: course structure in the player disabled or as a drop-down menu; completion by status "
                "completed and passed, required of all SCOs, and not by view.",
            )
    for number, part in enumerate(definition.parts):
        if part.id not in units or any(page.core for page in part.pages):
            continue
        if check is None or all(page.id != check.page for page in part.pages):
            folder.say(
                "course/unit-without-core-pages",
                Message(
                    "the part {0} has no core page: as a unit of its own it is completed as soon as it is "
                    "opened",
                    Quoted(part.id),
                ),
                read.place(("parts", number, "id")),
                "Give it a core page, or build the course as one unit.",
            )


def _check_packages(folder: Folder, definition: Definition, read: Yaml) -> None:
    full = {part.id: bool(part.chapters) for part in definition.parts}
    check_unique(folder, definition.packages, read, "packages", ("packages",))
    for at, package in enumerate(definition.packages):
        # The package of one part is named after it: `coursepack build --part` makes it too.
        if package.id in full and package.parts != (package.id,):
            folder.say(
                "course/package-named-as-part",
                Message(
                    "the package {0} has the id of a part, but is not that part alone", Quoted(package.id)
                ),
                read.place(("packages", at, "id")),
                "Give the package another id.",
            )
        for number, name in enumerate(package.parts):
            where = read.place(("packages", at, "parts", number))
            if name not in full:
                folder.say(
                    "course/unknown-part",
                    Message("there is no part {0}", Quoted(name)),
                    where,
                    nearest(name, full),
                )
            elif not full[name]:
                folder.say("course/unknown-part", Message("the part {0} has no pages", Quoted(name)), where)
            if name in package.parts[:number]:
                folder.say(
                    "course/repeated-part", Message("the part {0} is named twice", Quoted(name)), where
                )
    _check_units(folder, definition, read)
    rule = definition.completion
    if any(package.separate for package in definition.packages) and isinstance(rule, NamedParts):
        of = definition.tracks if rule.of is None else rule.of
        if rule.tracks and rule.tracks < len(of):
            folder.say(
                "course/rule-asks-for-some",
                Message(
                    "the completion rule asks for {0} of {1} tracks; where each part is a unit of its own, "
                    "the LMS asks for all of them",
                    rule.tracks,
                    len(of),
                ),
                read.place(("completion",)),
            )


def _check_pools(
    folder: Folder, definition: Definition, read: Yaml, questions: Mapping[str, Collection[Question]]
) -> None:
    for path, page in page_entries(definition):
        scored = sum(question.scored for question in questions.get(page.id, ()))
        if page.pool and page.id in questions and page.pool >= scored:
            folder.say(
                "course/pool-too-large",
                Message(
                    "asks {0} questions of a pool, but the page {1} has {2} with a right answer",
                    page.pool,
                    Quoted(page.id),
                    scored,
                ),
                read.place((*path, "pool")),
                "Write more questions, or take pool away: then every learner is asked all of them.",
            )


def _is_complete_early(definition: Definition) -> bool:
    """Whether an LMS is told that a course is complete while a better score may still come."""
    rule, check = definition.completion.rule, definition.final_check
    if check is None or check.mastery is None or definition.status != "completed":
        return False
    return rule != "score" and not (rule == "check-submitted" and check.attempts == 1)


def _check_completion(
    folder: Folder, definition: Definition, read: Yaml, questions: Mapping[str, Collection[Question]]
) -> None:
    """Refuses a rule that no way through the course can meet. `questions` are those of each page, by its id."""

    def refuse(name: str, message: str | Message, path: YamlPath, hint: str | Message = "") -> None:
        folder.say(f"course/{name}", message, read.place(path), hint)

    rule, check = definition.completion, definition.final_check
    ids = {part.id: part for part in definition.parts}
    core = {part.id: any(page.core for page in part.pages) for part in definition.parts}
    if check:
        pages = [page.id for page in definition.pages]
        if check.page not in pages:
            refuse(
                "unknown-page",
                Message("there is no page {0}", Quoted(check.page)),
                ("final-check", "page"),
                nearest(check.page, pages),
            )
        elif not questions.get(check.page):
            refuse(
                "check-without-questions",
                Message("the page {0} has no questions", Quoted(check.page)),
                ("final-check", "page"),
            )
        elif (check.mastery or check.is_handed_in) and not any(
            question.scored for question in questions[check.page]
        ):
            refuse(
                "check-without-questions",
                Message("the page {0} has no questions that can be answered right", Quoted(check.page)),
                ("final-check", "page"),
            )
    if rule.rule in ("check-submitted", "score") and check is None:
        refuse(
            "missing-final-check",
            Message("the rule {0} needs a final-check", Quoted(rule.rule)),
            ("completion", "rule"),
        )
    if isinstance(rule, ScoreReached) and check and check.mastery is None:
        refuse("missing-mastery", "the rule 'score' needs final-check: mastery", ("final-check",))
    if isinstance(rule, ScoreReached) and check and check.attempts:
        folder.say(
            "course/attempts-run-out",
            Message(
                "with the rule 'score' and attempts: {0}, a learner who does not pass can never "
                "complete the course",
                check.attempts,
            ),
            read.place(("final-check", "attempts")),
            "Leave attempts out, or write completion: {rule: check-submitted}; if it is to be so, say in the course "
            "whom to turn to.",
        )
    if _is_complete_early(definition):
        folder.say(
            "course/complete-before-passed",
            "with status: completed an LMS is told that the course is complete before the final check is passed; "
            "in Moodle and others a later, better score then counts only in a new attempt",
            read.place(("final-check", "mastery")),
            "Write status: both, or completion: {rule: score}.",
        )
    if definition.status == "both" and not definition.graded:
        refuse("missing-mastery", "the status 'both' needs final-check: mastery", ("status",))
    if rule.rule == "all-core-pages" and not any(page.core for page in definition.pages):
        refuse(
            "unreachable-completion",
            "no page is core, so the course would never be complete",
            ("completion",),
        )
    if not isinstance(rule, NamedParts):
        return
    of = definition.tracks if rule.of is None else rule.of
    if not rule.parts and not rule.tracks:
        refuse("unreachable-completion", "the rule 'parts' names neither parts nor tracks", ("completion",))
    for field, names in (("parts", rule.parts), ("of", rule.of or ())):
        for at, name in enumerate(names):
            path = ("completion", field, at)
            if name not in ids:
                refuse(
                    "unknown-part", Message("there is no part {0}", Quoted(name)), path, nearest(name, ids)
                )
            elif not core[name]:
                refuse(
                    "unreachable-completion",
                    Message("the part {0} has no core page to open", Quoted(name)),
                    path,
                )
            if name in names[:at]:
                refuse("repeated-part", Message("the part {0} is named twice", Quoted(name)), path)
    reachable = sum(core.get(name, False) for name in dict.fromkeys(of))
    if rule.tracks > reachable:
        refuse(
            "unreachable-completion",
            Message("asks for {0} tracks, but only {1} have core pages", rule.tracks, reachable),
            ("completion", "tracks"),
            "Mark the parts with track: true, or ask for fewer.",
        )
