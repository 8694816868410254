"""cmi5: `cmi5.xml` with one assignable unit, or a block with one for each part (cmi5 specification, 13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from lxml import etree

from coursepack.model import Definition
from coursepack.targets.statements import COURSE, LESSON, MODULE, NAME, iri, statements_js, steps_of
from coursepack.targets.target import Files, Target
from coursepack.variant import Unit, Variant

MANIFEST = "cmi5.xml"
NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"

_MOVE_ON = {"completed": "Completed", "passed": "Passed", "both": "CompletedAndPassed"}


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)


def _add_texts(parent: etree._Element, definition: Definition, title: str, description: str) -> None:
    for name, text in (("title", title), ("description", description)):
        _add(_add(parent, name), "langstring", lang=definition.language).text = text


def manifest(variant: Variant) -> bytes:
    """`cmi5.xml`. Ids come from the course's own ids alone, so a new version keeps learners' results."""
    definition = variant.course.definition
    steps = steps_of(variant)
    root = etree.Element(f"{{{NAMESPACE}}}courseStructure", nsmap={None: NAMESPACE})
    _add_texts(
        _add(root, "course", id=iri(definition, *steps)), definition, variant.title, definition.description
    )
    alone = len(variant.units) == 1
    objectives = _add_objectives(root, variant) if alone else ()
    for unit in variant.units:
        part = next((part for part in definition.parts if part.id == unit.id), None)
        # What the completion rule does not ask for is satisfied from the beginning.
        move_on = _MOVE_ON[unit.course.definition.status] if variant.counts(unit) else "NotApplicable"
        if alone:
            _add_au(root, unit, steps, COURSE, definition.description, move_on, objectives)
        elif part is None:
            _add_au(root, unit, ("pages", unit.id or ""), LESSON, unit.title, move_on)
        else:
            # A block of its own, so that the LMS tells when the part is satisfied whatever is in it.
            steps_to, description = ("parts", part.id), part.description or part.title
            block = _add(root, "block", id=iri(definition, *steps_to))
            _add_texts(block, definition, part.title, description)
            _add_au(block, unit, steps_to, MODULE, description, move_on)
    etree.indent(root, space="  ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _add_objectives(root: etree._Element, variant: Variant) -> tuple[str, ...]:
    """Declares the course's objectives, where all of it is there to reach them, and returns their ids."""
    definition = variant.course.definition
    texts = {iri(definition, "objectives", each.id): each.text for each in definition.objectives}
    if not texts or variant.course.absent:
        return ()
    objectives = _add(root, "objectives")
    for name, text in texts.items():
        _add_texts(_add(objectives, "objective", id=name), definition, text, text)
    return tuple(texts)


def _add_au(
    parent: etree._Element,
    unit: Unit,
    steps: tuple[str, ...],
    activity_type: str,
    description: str,
    move_on: str,
    objectives: Iterable[str] = (),
) -> None:
    definition = unit.course.definition
    au = _add(parent, "au", id=iri(definition, *steps, "au"), moveOn=move_on)
    # cmi5 13.1.4: only where a score decides over moveOn; four decimals at most.
    check = definition.final_check
    if check and check.mastery and move_on in ("Passed", "CompletedAndPassed"):
        au.set("masteryScore", f"{check.mastery / 100:g}")
    au.set("launchMethod", "AnyWindow")
    au.set("activityType", activity_type)
    _add_texts(au, definition, unit.title, description)
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
    adapter="cmi5",
    unit="assignable unit",
    manifest=MANIFEST,
    state_limit=None,
    extras=extras,
    holds_units=True,
    connects="https: http:",
    trusts="coursepack",
)
