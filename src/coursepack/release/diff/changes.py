"""What has changed between two packages, as values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, Literal

from coursepack.inspection.nodes import Node, nodes_of
from coursepack.package import MANIFESTS
from coursepack.release.diff.contents import COURSE, Contents, Medium, Page, Question, Unit
from coursepack.release.diff.document import QuestionText, Section
from coursepack.release.diff.verdict import Verdict, verdict_on

What = Literal["page", "question", "answer", "medium", "text", "rule", "reporting", "item"]
How = Literal[
    "added",
    "removed",
    "moved",
    "renamed",
    "retitled",
    "reworded",
    "replaced",
    "changed",
    "core",
    "extra",
    "judged",
]

_MOST_COMPARED = 2000
"""Paragraphs of a page, and pages of a course, that are compared in detail: the time grows with the square."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. Missing texts are empty.

    `id` names the page, question or answer (`question.answer`), the file, or the field; `title` is what a person calls
    it, and `page` the id of its page. `texts` are pairs of what it said and says: a new text has nothing before it.
    `language` is that of the texts where it is not the course's. `minutes` is the length of an added page, `core`
    whether it is needed to complete. `sizes` are bytes.
    """

    what: What
    how: How
    id: str
    title: str = ""
    page: str = ""
    texts: tuple[tuple[str, str], ...] = ()
    language: str = ""
    minutes: float | None = None
    core: bool | None = None
    sizes: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One of two packages. `kind` is its standard, `size` bytes; `pages`, `questions` and `media` are numbers."""

    name: str
    kind: str
    title: str
    version: str
    language: str
    size: int
    pages: int
    questions: int
    media: int


@dataclass(frozen=True, slots=True)
class Changes:
    """All differences between two packages, and the verdict on replacing one by the other.

    `is_ours` is False when one is made with another tool: then only manifests and files are compared. `names` fills in
    the reason of the verdict. `to_open` and `minutes` are the pages that learners need to open in addition, and their
    length.
    """

    old: Side
    new: Side
    verdict: Verdict
    is_ours: bool
    changes: tuple[Change, ...]
    names: tuple[str, str]
    to_open: int
    minutes: float

    def of(self, what: What) -> tuple[Change, ...]:
        """The changes of one kind, in the course's own language."""
        return tuple(each for each in self.changes if each.what == what and not each.language)

    def as_dict(self) -> dict[str, Any]:
        """The changes as plain values for JSON."""
        verdict = asdict(self.verdict)
        return {
            "verdict": verdict,
            "ours": self.is_ours,
            "old": asdict(self.old),
            "new": asdict(self.new),
            "to_open": self.to_open,
            "minutes": self.minutes,
            "changes": [asdict(each) for each in self.changes],
        }


def changes_between(old: Contents, new: Contents) -> Changes:
    """Compares two packages that are open."""
    is_ours = bool(old.units and new.units)
    found = tuple(_found(old, new) if is_ours else _of_others(old, new))
    added = [
        each
        for each in found
        if each.what == "page" and ((each.core and each.how == "added") or each.how == "core")
    ]
    verdict = verdict_on(old, new)
    return Changes(
        old=_side(old),
        new=_side(new),
        verdict=verdict,
        is_ours=is_ours,
        changes=found,
        names=_names(old, new, verdict),
        to_open=len(added),
        minutes=sum(each.minutes or 0 for each in added),
    )


def _side(contents: Contents) -> Side:
    return Side(
        name=contents.name,
        kind=contents.kind,
        title=contents.title,
        version=contents.version,
        language=contents.language,
        size=contents.size,
        pages=sum(len(unit.pages) for unit in contents.units),
        questions=sum(len(unit.questions) for unit in contents.units),
        media=len(_media(contents)),
    )


def _names(old: Contents, new: Contents, verdict: Verdict) -> tuple[str, str]:
    """What the reason of a verdict names of both."""
    if verdict.reason == "standard":
        return old.kind, new.kind
    if verdict.reason == "course":
        return old.units[0].id, new.units[0].id
    if verdict.reason == "identifiers":
        opened = ([node.identifier for node in nodes_of(each.tree) if node.launch] for each in (old, new))
        first, second = ((names or [""])[0] for names in opened)
        return first, second
    return "", ""


def _found(old: Contents, new: Contents) -> Iterator[Change]:
    before, after = _Whole.of(old), _Whole.of(new)
    own = [*_pages(before, after), *_questions(before, after)]
    yield from own
    yield from _files(_media(old), _media(new))
    # What is not translated is the same text again.
    known = {pair for each in own for pair in each.texts}
    for change in _other_languages(before, after):
        texts = tuple(pair for pair in change.texts if pair not in known)
        if texts or not change.texts:
            yield replace(change, texts=texts)
    yield from _rule(old.units, new.units)
    yield from _reporting(old, new)


@dataclass(frozen=True, slots=True)
class _Whole:
    """The pages and questions of all units. `sections` and `asked` are by language."""

    pages: Mapping[str, Page]
    questions: Mapping[str, Question]
    sections: Mapping[str, Mapping[str, Section]]
    asked: Mapping[str, Mapping[str, QuestionText]]
    language: str

    @classmethod
    def of(cls, contents: Contents) -> _Whole:
        sections: dict[str, dict[str, Section]] = {}
        asked: dict[str, dict[str, QuestionText]] = {}
        for unit in contents.units:
            for language, own in unit.sections.items():
                sections.setdefault(language, {}).update(own)
            for language, texts in unit.asked.items():
                asked.setdefault(language, {}).update(texts)
        return cls(
            {name: page for unit in contents.units for name, page in unit.pages.items()},
            {name: question for unit in contents.units for name, question in unit.questions.items()},
            sections,
            asked,
            contents.language,
        )

    def section(self, name: str, language: str = "") -> Section:
        return self.sections.get(language or self.language, {}).get(name) or Section("", ())

    def words(self, name: str, language: str = "") -> QuestionText:
        return self.asked.get(language or self.language, {}).get(name) or QuestionText("", {}, ())


def _pages(old: _Whole, new: _Whole) -> Iterator[Change]:
    renamed = dict(_renamed(old, new))
    moved = _moved([renamed.get(name, name) for name in old.pages], list(new.pages))
    before_it = dict(zip(list(new.pages)[1:], new.pages, strict=False))
    for name, page in new.pages.items():
        section = new.section(name)
        if name not in old.pages and name not in renamed.values():
            place = new.section(before_it[name]).title if name in before_it else ""
            yield Change(
                "page",
                "added",
                name,
                section.title,
                texts=(("", place),),
                minutes=page.minutes,
                core=page.core,
            )
    for name in old.pages:
        if name not in new.pages and name not in renamed:
            yield Change("page", "removed", name, old.section(name).title)
    for name, page in old.pages.items():
        now = renamed.get(name, name)
        if now not in new.pages:
            continue
        earlier, later = old.section(name), new.section(now)
        if now != name:
            yield Change("page", "renamed", now, later.title, texts=((name, now),))
        if now in moved:
            place = new.section(before_it[now]).title if now in before_it else ""
            yield Change("page", "moved", now, later.title, texts=(("", place),))
        if earlier.title != later.title:
            yield Change("page", "retitled", now, later.title, texts=((earlier.title, later.title),))
        if page.core != new.pages[now].core:
            is_core = new.pages[now].core
            yield Change(
                "page",
                "core" if is_core else "extra",
                now,
                later.title,
                minutes=new.pages[now].minutes,
                core=is_core,
            )
        texts = tuple(_texts(earlier.paragraphs, later.paragraphs))
        if texts:
            yield Change("page", "reworded", now, later.title, texts=texts)
    for name in {**old.sections.get(old.language, {}), **new.sections.get(new.language, {})}:
        if name not in old.pages and name not in new.pages:
            earlier, later = old.section(name), new.section(name)
            texts = tuple(_texts(earlier.paragraphs, later.paragraphs))
            if texts:
                yield Change("text", "reworded", name, later.title or earlier.title, texts=texts)


def _renamed(old: _Whole, new: _Whole) -> Iterator[tuple[str, str]]:
    """Pages with the same words under another id."""
    added = {new.section(name): name for name in new.pages if name not in old.pages}
    for name in old.pages:
        if name not in new.pages and (now := added.pop(old.section(name), "")):
            yield name, now


def _moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """Those of the names in both that are in another order, as few as possible."""
    both = set(old) & set(new)
    before, after = [name for name in old if name in both], [name for name in new if name in both]
    if before == after or len(both) > _MOST_COMPARED:
        return set()
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return both - {name for at, _, size in blocks for name in before[at : at + size]}


def _texts(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs of paragraphs that differ."""
    if old == new:
        return
    if max(len(old), len(new)) > _MOST_COMPARED or is_repetitive(old) or is_repetitive(new):
        yield "\n".join(old), "\n".join(new)
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if tag != "equal":
            yield from zip_longest(old[a:b], new[c:d], fillvalue="")


def is_repetitive(texts: Sequence[str]) -> bool:
    """Whether comparing them one by one could take minutes: that happens when the same ones occur again and again."""
    return len(texts) > 4 * len(set(texts))


def _questions(old: _Whole, new: _Whole) -> Iterator[Change]:
    for name, question in new.questions.items():
        if name not in old.questions:
            yield Change("question", "added", name, new.words(name).text, question.page)
    for name, question in old.questions.items():
        if name not in new.questions:
            yield Change("question", "removed", name, old.words(name).text, question.page)
            continue
        now, words = new.questions[name], new.words(name)
        if now.page != question.page:
            yield Change("question", "moved", name, words.text, now.page, texts=((question.page, now.page),))
        yield from _reworded(name, now.page, old.words(name), words, "")
        rights = [
            {answer for answer, (_, right) in each.answers.items() if right} for each in (question, now)
        ]
        known = question.answers.keys() & now.answers.keys()
        if rights[0] & known != rights[1] & known or question.scored != now.scored:
            yield Change("question", "judged", name, words.text, now.page)


def _reworded(name: str, page: str, old: QuestionText, new: QuestionText, language: str) -> Iterator[Change]:
    texts = [(old.text, new.text)] if old.text != new.text else []
    texts += _texts(old.told, new.told)
    if texts:
        yield Change("question", "reworded", name, new.text, page, tuple(texts), language)
    for part in {**old.parts, **new.parts}:
        before, after = old.parts.get(part, ""), new.parts.get(part, "")
        if before != after:
            how: How = (
                "added" if part not in old.parts else "removed" if part not in new.parts else "reworded"
            )
            yield Change("answer", how, f"{name}.{part}", new.text, page, ((before, after),), language)


def _other_languages(old: _Whole, new: _Whole) -> Iterator[Change]:
    for language in {**old.sections, **new.sections}:
        if language in (old.language, new.language):
            continue
        if language not in old.sections or language not in new.sections:
            how: How = "added" if language in new.sections else "removed"
            yield Change("text", how, language, language=language)
            continue
        for name, section in new.sections[language].items():
            earlier = old.sections[language].get(name)
            texts = (
                _texts((earlier.title, *earlier.paragraphs), (section.title, *section.paragraphs))
                if earlier
                else ()
            )
            if found := tuple(texts):
                what: What = "page" if name in new.pages else "text"
                yield Change(what, "reworded", name, section.title, texts=found, language=language)
        for name, words in new.asked.get(language, {}).items():
            if name in old.asked.get(language, {}) and name in new.questions:
                yield from _reworded(
                    name, new.questions[name].page, old.words(name, language), words, language
                )


def _media(contents: Contents) -> dict[str, Medium]:
    """The files of the author, not those of the player and of the standard."""
    if not contents.units:
        return {name: each for name, each in contents.files.items() if name not in MANIFESTS}
    return {name: each for name, each in contents.files.items() if name.startswith("media/")}


def _files(old: Mapping[str, Medium], new: Mapping[str, Medium]) -> Iterator[Change]:
    removed = {name: each for name, each in old.items() if name not in new}
    by_size: dict[int, list[str]] = {}
    for name, each in removed.items():
        by_size.setdefault(each.size, []).append(name)
    for name, each in new.items():
        if name in old:
            if _differ(old[name], each):
                yield Change("medium", "replaced", name, sizes=(old[name].size, each.size))
            continue
        same = next((one for one in by_size.get(each.size, ()) if not _differ(removed[one], each)), None)
        if same is None:
            yield Change("medium", "added", name, sizes=(0, each.size))
        else:
            by_size[each.size].remove(same)
            del removed[same]
            yield Change("medium", "renamed", name, texts=((same, name),))
    for name, each in removed.items():
        yield Change("medium", "removed", name, sizes=(each.size, 0))


def _differ(one: Medium, other: Medium) -> bool:
    return one.size != other.size or one.checksum() != other.checksum()


def _rule(old: Sequence[Unit], new: Sequence[Unit]) -> Iterator[Change]:
    known = {unit.id: unit for unit in old}
    for unit in new:
        before = known.get(unit.id) or (old[0] if len(old) == len(new) == 1 else None)
        if before is None:
            continue
        if before.completion != unit.completion or before.rule != unit.rule:
            yield Change("rule", "changed", "completion", unit.title, texts=((before.rule, unit.rule),))
        elif before.mastery != unit.mastery:
            texts = tuple("" if each is None else f"{each:g} %" for each in (before.mastery, unit.mastery))
            yield Change("rule", "changed", "mastery", unit.title, texts=((texts[0], texts[1]),))


def _reporting(old: Contents, new: Contents) -> Iterator[Change]:
    one, other = old.units[0], new.units[0]
    pairs = [
        ("kind", old.kind, new.kind),
        ("status", one.status, other.status),
        ("answers", _yes(one.report["answers"]), _yes(other.report["answers"])),
        ("media", _yes(one.report["media"]), _yes(other.report["media"])),
    ]
    for name, before, after in pairs:
        if before != after and COURSE not in (before, after):
            yield Change("reporting", "changed", name, texts=((before, after),))
    if COURSE not in (old.kind, new.kind):
        yield from _items(old.tree, new.tree, is_whole=False)


def _yes(value: bool) -> str:
    return "true" if value else "false"


def _of_others(old: Contents, new: Contents) -> Iterator[Change]:
    yield from _items(old.tree, new.tree, is_whole=True)
    yield from _files(_media(old), _media(new))
    if old.kind != new.kind:
        yield Change("reporting", "changed", "kind", texts=((old.kind, new.kind),))


def _items(old: Iterable[Node], new: Iterable[Node], is_whole: bool) -> Iterator[Change]:
    """What differs in what learners open, as the manifest has it; of ours only what an LMS identifies it by."""
    before = {node.identifier or node.launch: node for node in nodes_of(old)}
    after = {node.identifier or node.launch: node for node in nodes_of(new)}
    for name, node in after.items():
        if name not in before:
            yield Change("item", "added", name, node.title)
    for name, node in before.items():
        if name not in after:
            yield Change("item", "removed", name, node.title)
            continue
        now = after[name]
        if is_whole and node.title != now.title:
            yield Change("item", "retitled", name, now.title, texts=((node.title, now.title),))
        if (node.mastery, node.move_on) != (now.mastery, now.move_on):
            texts = tuple(" ".join(filter(None, (each.move_on, each.mastery))) for each in (node, now))
            yield Change("item", "judged", name, now.title, texts=((texts[0], texts[1]),))
    for name in sorted(_moved(list(before), list(after))) if is_whole else ():
        yield Change("item", "moved", name, after[name].title)
