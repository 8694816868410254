"""cmi5: `cmi5.xml` with one assignable unit, or a block with one for each part (cmi5 specification, 13)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from lxml import etree

from coursepack.course.model import Course, Definition
from coursepack.course.variant import Unit, Variant
from coursepack.targets.statements import COURSE, MODULE, NAME, iri, statements_js, steps_of
from coursepack.targets.target import Files, Target

MANIFEST = "cmi5.xml"
NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"

_MOVE_ON = {"completed": "Completed", "passed": "Passed", "both": "CompletedAndPassed"}


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)


Texts = Mapping[str, tuple[str, str]]
"""Title and description by language."""


def _texts(course: Course, read: Callable[[Definition], tuple[str, str]]) -> Texts:
    """The texts that `read` returns for each language of a course."""
    return {each.definition.language: read(each.definition) for each in (course, *course.editions)}


def _add_texts(parent: etree._Element, texts: Texts) -> None:
    for at, name in enumerate(("title", "description")):
        element = _add(parent, name)
        for language, text in texts.items():
            _add(element, "langstring", lang=language).text = text[at]


def manifest(variant: Variant) -> bytes:
    """`cmi5.xml`. Ids depend only on the ids in the course, so a new version keeps learners' results."""
    definition = variant.course.definition
    steps = steps_of(variant)
    root = etree.Element(f"{{{NAMESPACE}}}courseStructure", nsmap={None: NAMESPACE})
    titles = variant.titles
    whole = _texts(variant.course, lambda each: (titles[each.language], each.description))
    _add_texts(_add(root, "course", id=iri(definition, *steps)), whole)
    alone = len(variant.units) == 1
    objectives = _add_objectives(root, variant) if alone else ()
    for unit in variant.units:
        # A unit that the completion rule does not require is satisfied from the start.
        move_on = _MOVE_ON[unit.course.definition.status] if variant.counts(unit) else "NotApplicable"
        if alone:
            _add_au(root, unit, steps, COURSE, whole, move_on, objectives)
        else:
            # In a separate block, so that the LMS reports when the part is satisfied.
            part = str(unit.id)
            steps_to = ("parts", part)
            block = _add(root, "block", id=iri(definition, *steps_to))
            texts = _texts(unit.course, partial(_part, name=part))
            _add_texts(block, texts)
            _add_au(block, unit, steps_to, MODULE, texts, move_on)
    etree.indent(root, space="  ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _add_objectives(root: etree._Element, variant: Variant) -> tuple[str, ...]:
    """Declares the objectives of a course that is packaged whole, and returns their ids."""
    definition = variant.course.definition
    names = tuple(iri(definition, "objectives", each.id) for each in definition.objectives)
    if not names or variant.course.absent:
        return ()
    objectives = _add(root, "objectives")
    for at, name in enumerate(names):
        texts = _texts(variant.course, partial(_objective, at=at))
        _add_texts(_add(objectives, "objective", id=name), texts)
    return names


def _objective(definition: Definition, at: int) -> tuple[str, str]:
    text = definition.objectives[at].text
    return text, text


def _part(definition: Definition, name: str) -> tuple[str, str]:
    part = next(part for part in definition.parts if part.id == name)
    return part.title, part.description or part.title


def _add_au(
    parent: etree._Element,
    unit: Unit,
    steps: tuple[str, ...],
    activity_type: str,
    texts: Texts,
    move_on: str,
    objectives: Iterable[str] = (),
) -> None:
    definition = unit.course.definition
    au = _add(parent, "au", id=iri(definition, *steps, "au"), moveOn=move_on)
    # cmi5 13.1.4: only if moveOn depends on a score; at most four decimals.
    check = definition.final_check
    if check and check.mastery and move_on in ("Passed", "CompletedAndPassed"):
        au.set("masteryScore", f"{check.mastery / 100:g}")
    au.set("launchMethod", "AnyWindow")
    au.set("activityType", activity_type)
    _add_texts(au, texts)
    if objectives:
        references = _add(au, "objectives")
        for name in objectives:
            _add(references, "objective", idref=name)
    _add(au, "url").text = unit.launch


def extras(variant: Variant, files: Mapping[str, bytes | Path]) -> Files:
    """The manifest, and `statements.js`."""
    return {MANIFEST: manifest(variant), NAME: statements_js(variant, files, cmi5=True)}


CMI5 = Target(
    name="cmi5",
    title="cmi5",
    adapter="lrs",
    unit="assignable unit",
    manifest=MANIFEST,
    state_limit=None,
    extras=extras,
    holds_units=True,
    connects="https: http:",
    trusts="coursepack",
    tracking="cmi5",
)
