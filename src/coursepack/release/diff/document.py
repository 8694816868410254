"""Reads the words of a document of ours: of each page, of each question, and the completion rule."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from lxml import etree

_ALSO = ("kontakter", "ordlista", "lattlast")
"""Pages that the build makes of files of the course. Others that it makes say nothing of their own."""

_FRAME = frozenset(
    "ahead awaiting btn endings ending err eyebrow facts gloss go hand hint languages mark no on-paper roles row save "
    "scripted seek sr tools".split()
)
"""Classes of what belongs to the frame of a page, not to its content."""

_FRAME_DATA = ("data-map", "data-bookmarks", "data-result", "data-fb")
_UNREAD = frozenset("script style svg template nav noscript iframe h1".split())
_INLINE = frozenset(
    "a abbr b bdi bdo br button cite code data dfn em font i kbd label mark q s samp small span strong sub sup time u "
    "var wbr".split()
)
_TOLD = (
    "data-feedback-of",
    "data-feedback-to",
    "data-feedback",
    "data-solution",
    "data-story",
    "data-why",
    "data-ask",
)
"""What a question says beside its words and what can be chosen."""


class Section(NamedTuple):
    """A page: its title, and its paragraphs without those of its questions."""

    title: str
    paragraphs: tuple[str, ...]


class QuestionText(NamedTuple):
    """The words of a question. `parts` are the words of what its answers consist of, by id.

    These are answers, steps of a scale, `scene.choice`, or the rows and `.targets` of a matching. `told` is feedback.
    """

    text: str
    parts: Mapping[str, str]
    told: tuple[str, ...]


class DocumentText(NamedTuple):
    """The words of a document. `sections` and `questions` are by language and id; `media` has slots by path."""

    sections: Mapping[str, Mapping[str, Section]]
    questions: Mapping[str, Mapping[str, QuestionText]]
    media: Mapping[str, int]
    rule: str


def read_document(text: str, language: str, pages: Collection[str]) -> DocumentText:
    """Reads a document whose main language is `language`. Never raises because of its contents."""
    sections: dict[str, dict[str, Section]] = {language: {}}
    questions: dict[str, dict[str, QuestionText]] = {language: {}}
    media: dict[str, int] = {}
    rule = ""
    parser = etree.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return DocumentText(sections, questions, media, rule)
    for section in root.iter("section"):
        if "page" not in _classes(section):
            continue
        code, mark = _edition(section, language)
        name = section.get("id", "").removeprefix(mark)
        if name == "klar" and code == language:
            lead = section.xpath("p[contains(@class, 'lead')][contains(@class, 'until')]")
            rule = _words(lead[0]) if lead else ""
        if name not in pages and name not in _ALSO:
            continue
        title = _clean(section.get("data-title", ""))
        sections.setdefault(code, {})[name] = Section(title, tuple(_paragraphs(section)))
        for question in section.iter("form", "div"):
            asked = question.get("data-q") or question.get("data-scenario")
            if asked:
                questions.setdefault(code, {})[asked.removeprefix(mark)] = _question(question)
        if code == language:
            media.update(_media(section))
    return DocumentText(sections, questions, media, rule)


def _edition(section: etree._Element, language: str) -> tuple[str, str]:
    """The language of a section, and what precedes its ids."""
    for outer in section.iterancestors("noscript"):
        if outer.get("data-edition"):
            return outer.get("data-edition", ""), outer.get("data-mark", "")
    return language, ""


def _media(section: etree._Element) -> Iterator[tuple[str, int]]:
    for medium in section.iter("video", "audio"):
        slot = medium.get("data-slot", "")
        if slot.isascii() and slot.isdigit() and len(slot) < 8:
            yield medium.get("data-media", ""), int(slot)


def _classes(element: etree._Element) -> list[str]:
    return element.get("class", "").split()


def _clean(text: str) -> str:
    """A text without hyphenation, and with single blanks."""
    return " ".join(text.replace("\N{SOFT HYPHEN}", "").split())


def _words(element: etree._Element) -> str:
    """All words of an element, apart from those of its frame."""
    return " ".join(_paragraphs(element))


def _is_frame(element: etree._Element, top: etree._Element) -> bool:
    if not isinstance(element.tag, str) or element.tag in _UNREAD:
        return True
    classes = _classes(element)
    if not _FRAME.isdisjoint(classes) or any(name in element.attrib for name in _FRAME_DATA):
        # A term that is explained is a button inside a text.
        return "data-term" not in element.attrib
    # The line below the title of a page: its kind and length.
    return "kind" in classes and element.getparent() is top and top.tag == "section"


def _paragraphs(top: etree._Element) -> Iterator[str]:
    """The paragraphs of an element, without questions inside it."""
    gathered: list[str] = []

    def whole() -> Iterator[str]:
        text = _clean("".join(gathered))
        gathered.clear()
        if text:
            yield text

    walk = etree.iterwalk(top, events=("start", "end"))
    for event, element in walk:
        is_block = element is top or not isinstance(element.tag, str) or element.tag not in _INLINE
        if event == "end":
            if is_block:
                yield from whole()
            if element is not top:
                gathered.append(element.tail or "")
            continue
        if is_block:
            yield from whole()
        is_question = "data-q" in element.attrib or "data-scenario" in element.attrib
        if element is not top and (is_question or _is_frame(element, top)):
            walk.skip_subtree()
        elif element.tag == "br":
            gathered.append(" ")
        elif element.tag == "img":
            gathered.append(element.get("alt", ""))
        else:
            gathered.append(element.text or "")


def _question(element: etree._Element) -> QuestionText:
    heading = next(element.iter("h2"), None)
    parts = dict(_parts(element))
    told = (
        _words(each)
        for each in element.iter()
        if any(name in each.attrib for name in _TOLD) and each is not element
    )
    return QuestionText(_words(heading) if heading is not None else "", parts, tuple(filter(None, told)))


def _parts(question: etree._Element) -> Iterator[tuple[str, str]]:
    for chosen in question.iter("input"):
        label = chosen.getparent()
        if chosen.get("value") and label is not None and label.tag == "label":
            yield chosen.get("value", ""), _words(label)
    for item in question.iter("li"):
        scene = next((each for each in item.iterancestors("section") if each.get("data-scene")), None)
        if scene is not None and item.get("data-choice"):
            words = next((each for each in item.iter("p") if "data-words" in each.attrib), item)
            yield f"{scene.get('data-scene', '')}.{item.get('data-choice')}", _words(words)
        elif item.get("data-item"):
            yield item.get("data-item", ""), _words(next(item.iter("span"), item))
    for row in question.iter("select"):
        if row.get("data-row"):
            yield row.get("data-row", ""), _words(next(row.itersiblings("span", preceding=True), row))
            for target in row.iter("option"):
                if target.get("value"):
                    yield f".{target.get('value')}", _words(target)
