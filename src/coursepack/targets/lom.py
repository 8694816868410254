"""The metadata record of a SCORM package (IEEE 1484.12.1, LOM), by which catalogues find and describe a course."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

if TYPE_CHECKING:
    from coursepack.course.variant import Variant


class Form(NamedTuple):
    """How an edition of SCORM writes records.

    `text` and `language` are the element of a text and the attribute with its language; `duration` is the element of a
    time. `is_lower`: names of elements are in lower case.
    """

    space: str
    text: str
    language: str
    duration: str
    is_lower: bool


# IMS Learning Resource Meta-Data 1.2.1, in which SCORM 1.2 writes records.
IMS = Form(
    "http://www.imsglobal.org/xsd/imsmd_rootv1p2p1",
    "langstring",
    "{http://www.w3.org/XML/1998/namespace}lang",
    "datetime",
    is_lower=True,
)
# IEEE 1484.12.3.
IEEE = Form("http://ltsc.ieee.org/xsd/LOM", "string", "language", "duration", is_lower=False)


def add_record(metadata: etree._Element, variant: Variant, form: Form) -> None:
    """Adds the record of a package: title, description, keywords, language, version, time, audience and licence.

    It does not claim to follow the profile of SCORM 1.2, which also asks whether the course costs anything.
    """

    def add(parent: etree._Element, name: str) -> etree._Element:
        name = name.lower() if form.is_lower else name
        return etree.SubElement(parent, f"{{{form.space}}}{name}")

    def add_text(parent: etree._Element, name: str, texts: Mapping[str, str | None]) -> None:
        said = {language: text for language, text in texts.items() if text}
        if not said:
            return
        element = add(parent, name)
        for language, text in said.items():
            string = add(element, form.text)
            string.set(form.language, language)
            string.text = text

    definitions = [each.definition for each in (variant.course, *variant.course.editions)]
    main = definitions[0]
    record = add(metadata, "lom")
    general = add(record, "general")
    add_text(general, "title", variant.titles)
    for definition in definitions:
        add(general, "language").text = definition.language
    add_text(general, "description", {each.language: each.description for each in definitions})
    for keyword in main.keywords:
        add_text(general, "keyword", {main.language: keyword})
    add_text(add(record, "lifeCycle"), "version", {main.language: main.version})
    educational = add(record, "educational")
    hours, minutes = divmod(round(main.minutes), 60)
    time = add(add(educational, "typicalLearningTime"), form.duration)
    time.text = f"PT{f'{hours}H' if hours else ''}{f'{minutes}M' if minutes or not hours else ''}"
    add_text(educational, "description", {each.language: each.audience for each in definitions})
    add_text(add(record, "rights"), "description", {main.language: main.licence})
