"""Rules for course.yaml: ids, references, parts, packages and the look of the course."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from coursepack.course.model import NamedParts
from coursepack.course.theme import faint
from coursepack.problems import Location, Message, Number, Parts, Quoted, nearest
from coursepack.reading.draft import Draft, YamlPath, page_entries
from coursepack.reading.rules.rule import Finding, rule
from coursepack.reading.yaml_validation import Yaml

FONTS_LIMIT = 100_000
"""Bytes of all fonts together; on a slow mobile connection they take half a second."""


def repeated_ids(
    items: Sequence[Any], read: Yaml, what: str, path: YamlPath = ()
) -> Iterator[tuple[Message, Location]]:
    """Problems of two `items`, at `path` in their file, with the same id."""
    seen: set[str] = set()
    for at, item in enumerate(items):
        if item.id in seen:
            message = Message("there are two {0} with the id {1}", Message(what), Quoted(item.id))
            yield message, read.place((*path, at, "id"))
        seen.add(item.id)


def unknown(kind: str, name: str, known: Collection[str], place: Location) -> Iterator[Finding]:
    """A problem for a name that is not known."""
    if name not in known:
        message = Message("there is no {0} {1}", Message(kind), Quoted(name))
        yield message, place, nearest(name, known)


@rule("course")
def repeated_id(course: Draft) -> Iterator[Finding]:
    """Two items of the course have the same id.

    Progress is stored under ids, and links refer to them, so each must be unique. Change the newer one; never change an
    id that learners have used.
    """
    definition = course.definition
    ids: list[tuple[YamlPath, str]] = [(path, page.id) for path, page in page_entries(definition)]
    for p, part in enumerate(definition.parts):
        ids.append((("parts", p), part.id))
        ids += [(("parts", p, "chapters", c), chapter.id) for c, chapter in enumerate(part.chapters)]
    seen: dict[str, Location] = {}
    placed = [(course.at(*path, "id"), name) for path, name in ids]
    for place, name in sorted(placed, key=lambda item: item[0].sort_key):
        if name in seen:
            yield (
                Message("the id {0} is used on line {1} already", Quoted(name), seen[name].line or 0),
                place,
                "Every part, chapter and page needs its own id.",
            )
        seen.setdefault(name, place)
    yield from repeated_ids(definition.packages, course.read, "packages", ("packages",))
    yield from repeated_ids(definition.objectives, course.read, "objectives", ("objectives",))


@rule("course")
def unknown_contact(course: Draft) -> Iterator[Finding]:
    """The course names a contact that contacts.yaml does not have.

    The help button would lack a contact. Add it to `contacts.yaml`, or correct the id.
    """
    for at, name in enumerate(course.definition.help):
        yield from unknown("contact", name, course.lists.contacts, course.at("help", at))


@rule("course")
def unknown_role(course: Draft) -> Iterator[Finding]:
    """A page names a role that the course does not have.

    The role has no title, so the start page cannot link to its pages. Add the role to `roles` in course.yaml, or
    correct the id.
    """
    for path, page in page_entries(course.definition):
        for at, name in enumerate(page.roles):
            yield from unknown("role", name, course.definition.roles, course.at(*path, "roles", at))


@rule("course")
def unknown_objective(course: Draft) -> Iterator[Finding]:
    """A part names an objective that the course does not have.

    Add the objective to `objectives` in course.yaml, or correct the id. Put ids such as "1.1" in quotation marks.
    """
    known = [objective.id for objective in course.definition.objectives]
    for p, part in enumerate(course.definition.parts):
        for at, name in enumerate(part.objectives):
            yield from unknown("objective", name, known, course.at("parts", p, "objectives", at))


@rule("course")
def unknown_source(course: Draft) -> Iterator[Finding]:
    """A page names a source that sources.yaml does not have.

    Its list of sources would be incomplete. Add the source to `sources.yaml`, or correct the id; ids are
    case-sensitive.
    """
    for path, page in page_entries(course.definition):
        for at, name in enumerate(page.sources):
            yield from unknown("source", name, course.lists.sources, course.at(*path, "sources", at))


_EXAMPLE = r"(?i)https?://([^/?#]*\.)?example\.(com|org|net)(?![^:/?#])"


@rule("course", "warning")
def example_iri(course: Draft) -> Iterator[Finding]:
    """The course's `iri` is an address that is kept for examples.

    Others write the same one (RFC 2606), so that the results of several courses meet in one LRS. Use an address under a
    domain that is yours; nothing need stand there.
    """
    iri = course.definition.iri
    if iri and re.match(_EXAMPLE, iri):
        yield (
            Message("{0} is an address for examples", Quoted(iri)),
            course.at("iri"),
            "Use an address under a domain that is yours; nothing need stand there.",
        )


@rule("course", "warning")
def empty_part(course: Draft) -> Iterator[Finding]:
    """A part has no pages and is not included in packages.

    It may be planned for later. Learners do not see it until it has a chapter with a page.
    """
    for at, part in enumerate(course.definition.parts):
        if not part.chapters:
            message = Message("the part {0} has no pages and is left out of packages", Quoted(part.id))
            yield message, course.at("parts", at)


@rule("course", "warning")
def minutes_differ(course: Draft) -> Iterator[Finding]:
    """The declared time of the course differs from the sum of its core pages.

    Learners plan by the declared time; it may differ by a tenth. Correct `minutes` of the course, or those of its
    pages.
    """
    declared, total = course.definition.minutes, course.definition.core_minutes
    if abs(total - declared) > max(1, 0.1 * declared):
        message = Message("declares {0} min, but its core pages add up to {1}", f"{declared:g}", f"{total:g}")
        yield message, course.at("minutes")


@rule("course")
def low_contrast(course: Draft) -> Iterator[Finding]:
    """A colour of the course has too little contrast with its background or its foreground.

    People with low vision, or in bright sunlight, cannot read it. The message names each pair as foreground/background,
    with its contrast and the minimum: 4.5 for text, 3 for outlines (WCAG 2.2, 1.4.3 and 1.4.11). Use the colour in the
    hint, or change the other colour of the pair.
    """
    for each in faint(course.definition.theme):
        yield (
            Message(
                "the contrast of {0} is too low in {1}: {2}",
                Quoted(each.name),
                each.mode,
                Parts(
                    tuple(
                        Message("{0} {1} < {2}", pair, Number(ratio), Number(least))
                        for pair, ratio, least in each.pairs
                    ),
                    ", ",
                ),
            ),
            course.at("theme", each.mode, each.name),
            Message("The nearest colour of this hue with enough contrast is {0}.", Quoted(each.cure))
            if each.cure
            else "No colour of this hue has enough contrast with the others: change those as well.",
        )


@rule("course", "warning")
def large_fonts(course: Draft) -> Iterator[Finding]:
    """The fonts of the course are large in total.

    On a slow connection text changes its typeface, and perhaps moves, when a font has loaded. Keep only the letters and
    the weights that the course uses; a font with only Latin letters is often a tenth of the whole.
    """
    total = sum(course.fonts.values())
    if total > FONTS_LIMIT:
        yield (
            Message(
                "the fonts are {0} kB together, which is more than {1} kB: {2}",
                f"{total / 1000:.0f}",
                FONTS_LIMIT // 1000,
                ", ".join(f"{name} {size / 1000:.0f} kB" for name, size in course.fonts.items()),
            ),
            course.at("fonts"),
            (
                "Keep only the letters and the weights that the course uses: on a slow connection text "
                "changes its typeface when a font has loaded."
            ),
        )


@rule("course")
def package_named_as_part(course: Draft) -> Iterator[Finding]:
    """A package has the id of a part but does not contain exactly that part.

    `coursepack build --part` makes a package of the same name, and one would overwrite the other. Change the id of the
    package.
    """
    parts = {part.id for part in course.definition.parts}
    for at, package in enumerate(course.definition.packages):
        if package.id in parts and package.parts != (package.id,):
            yield (
                Message(
                    "the package {0} has the id of a part, but is not that part alone", Quoted(package.id)
                ),
                course.at("packages", at, "id"),
                "Give the package another id.",
            )


def _named_parts(course: Draft) -> Iterator[tuple[Sequence[str], YamlPath]]:
    """All lists of ids of parts, with their places in course.yaml."""
    for at, package in enumerate(course.definition.packages):
        yield package.parts, ("packages", at, "parts")
    rule = course.definition.completion
    if isinstance(rule, NamedParts):
        yield rule.parts, ("completion", "parts")
        yield rule.of or (), ("completion", "of")


@rule("course")
def unknown_part(course: Draft) -> Iterator[Finding]:
    """A list names a part that the course does not have, or that has no pages.

    The package could not be built, or the rule could not be met. Correct the id, or write the part.
    """
    parts = {part.id: part for part in course.definition.parts}
    for names, path in _named_parts(course):
        for at, name in enumerate(names):
            place = course.at(*path, at)
            if name not in parts:
                yield Message("there is no part {0}", Quoted(name)), place, nearest(name, parts)
            # A required part without pages is another problem.
            elif path[0] == "packages" and not parts[name].chapters:
                yield Message("the part {0} has no pages", Quoted(name)), place


@rule("course")
def repeated_part(course: Draft) -> Iterator[Finding]:
    """A part is named twice in one list.

    It counts once, and one of the two is probably a mistake. Remove or correct it.
    """
    for names, path in _named_parts(course):
        for at, name in enumerate(names):
            if name in names[:at]:
                yield Message("the part {0} is named twice", Quoted(name)), course.at(*path, at)


def _units(course: Draft) -> dict[int, list[str]]:
    """The parts that are separate units in each package with several, by the package's number."""
    found = {}
    for at, package in enumerate(course.definition.packages):
        parts = [
            part.id
            for part in course.definition.parts
            if part.chapters and part.id in (package.parts or (part.id,))
        ]
        if package.separate and len(parts) > 1:
            found[at] = parts
    return found


@rule("course", "note")
def several_units(course: Draft) -> Iterator[Finding]:
    """A package has several units, which an LMS launches one by one and sums up in its own way.

    Moodle, for example, must be configured before the first learner begins. Course structure in the player: disabled,
    with the structure on the entry page, or as a drop-down menu; otherwise a second unit opens in the page of the
    first, where nothing can be saved. Activity completion: by status completed and passed, with "all SCOs" required,
    and not by view; otherwise the first completed unit completes the activity. Unless the parts are needed one by one,
    a package of one unit avoids all of that.
    """
    for at, parts in _units(course).items():
        yield (
            Message(
                "the package {0} has {1} units: an LMS can take the first completed one for the "
                "whole course, unless it is configured before anybody begins",
                Quoted(course.definition.packages[at].id),
                len(parts),
            ),
            course.at("packages", at, "separate"),
            (
                "In Moodle: course structure in the player disabled or as a drop-down menu; completion by status "
                "completed and passed, required of all SCOs, and not by view."
            ),
        )


@rule("course", "warning")
def unit_without_core_pages(course: Draft) -> Iterator[Finding]:
    """A part without core pages is a separate unit, with nothing to complete.

    It is reported as completed when it is opened, since nothing is left to do. An LMS that requires all units then
    requires this one too, and one that does not can take it for the whole course. Give the part a core page, or build
    the course as one unit.
    """
    check = course.definition.final_check
    units = {part for parts in _units(course).values() for part in parts}
    for number, part in enumerate(course.definition.parts):
        if part.id not in units or any(page.core for page in part.pages):
            continue
        if check is None or all(page.id != check.page for page in part.pages):
            yield (
                Message(
                    "the part {0} has no core page: as a separate unit it is completed as soon as it is "
                    "opened",
                    Quoted(part.id),
                ),
                course.at("parts", number, "id"),
                "Give it a core page, or build the course as one unit.",
            )


@rule("course")
def pool_too_large(course: Draft) -> Iterator[Finding]:
    """A page asks all questions of its pool, or more than the pool has.

    A pool gives different questions to different learners, and to one learner at different times, so it needs more
    questions than are asked. Only questions with a right answer belong to it; others are always asked. Write more
    questions, or remove `pool`.
    """
    for path, page in page_entries(course.definition):
        scored = sum(question.scored for question in course.questions(page.id))
        if page.pool and page.id in course.pages.blocks and page.pool >= scored:
            yield (
                Message(
                    "asks 1 question of a pool, but the page {0} has {1} with a right answer",
                    Quoted(page.id),
                    scored,
                )
                if page.pool == 1
                else Message(
                    "asks {0} questions of a pool, but the page {1} has {2} with a right answer",
                    page.pool,
                    Quoted(page.id),
                    scored,
                ),
                course.at(*path, "pool"),
                "Write more questions, or remove pool: then every learner is asked all of them.",
            )
