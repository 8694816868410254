"""Changes between two packages as text, HTML, release notes and JSON, in one language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from coursepack.inspection.terminal import LEAST_WIDTH, wrapped
from coursepack.languages import ENGLISH, author_codes, codes, format_of, kind_words, strings
from coursepack.release.diff.changes import Change, Changes, How, What, is_repetitive
from coursepack.release.diff.contents import COURSE
from coursepack.release.diff.verdict import KEPT
from coursepack.release.handover import Document
from coursepack.release.layout import sheet, words
from coursepack.rules.rule import printable

NAME = "diff"

_MOST_PAIRS = 12
"""Reworded paragraphs of a page that are shown; their number is told of the others."""

_MOST_WORDS = 1500
"""Words of a paragraph that are compared one by one: the time grows with the square."""

_ALIKE = 0.3
"""Share of the words that two texts have in common at least, if they are compared word by word."""

_AROUND = 8
"""Unchanged words shown beside changed ones."""

_CURES = {"unreadable": "lock", "misread": "lock", "ids": "ids", "answers": "ids"}
"""What the author can do, by the reason of a verdict."""

Piece = tuple[Literal["same", "del", "ins"], str]

_SIGNS = {"added": "plus", "removed": "minus", "moved": "swap", "renamed": "swap", "replaced": "swap"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A change as it is shown. `lines` are its texts, as pieces; `language` is theirs."""

    sign: str
    head: str
    title: str
    id: str
    facts: tuple[str, ...]
    lines: tuple[tuple[Piece, ...], ...]
    more: str
    language: str


def sentence(changes: Changes, language: str) -> str:
    """The verdict in one sentence, or why there is none."""
    t, verdict = words(NAME, language), changes.verdict
    listed = format_of(language).listed
    if verdict.kind == "loses":
        # A page that is gone takes its bookmark with it.
        partial = {*verdict.loses, *(["bookmarks"] if "pages" in verdict.loses else [])}
        keeps = [_keeps(t["keeps"][name], name in partial) for name in KEPT if name in verdict.keeps]
        loses = [_counted(t["loses"][name], number) for name, number in verdict.loses.items()]
        return str(t["verdict"]["loses"].format(keeps=listed(keeps), loses=listed(loses)))
    if verdict.kind == "new":
        old, new = changes.names
        if verdict.reason == "standard":
            old, new = kind_words(old, language), kind_words(new, language)
        why = t["why"][verdict.reason].format(old=old, new=new)
        return str(t["verdict"]["new"].format(why=why))
    return str(t["verdict"][verdict.kind])


def _keeps(text: str | Sequence[str], is_partial: bool) -> str:
    return text if isinstance(text, str) else text[is_partial]


def _counted(forms: Sequence[str], number: int, **values: str) -> str:
    return forms[number != 1].format(n=number, **values)


def notes(changes: Changes, language: str) -> list[str]:
    """What an administrator needs to know beside the verdict."""
    t, verdict = words(NAME, language), changes.verdict
    if verdict.kind == "unknown":
        return [t["unknown_why"]]
    cure = _CURES.get(verdict.reason or "", "lock" if "state" in verdict.loses else "")
    cures = [t["cures"][cure]] if cure else []
    if verdict.kind == "new" or not changes.is_ours:
        return cures
    found = [*cures, t["stays"]]
    if changes.to_open:
        found.append(_counted(t["to_open"], changes.to_open, minutes=_minutes(changes.minutes, language)))
    judged = sum(each.how == "judged" for each in changes.of("question"))
    if judged:
        found.append(_counted(t["judged_anew"], judged))
    return found


def steps(changes: Changes, language: str) -> list[str]:
    """What to do in the LMS."""
    t, kind = words(NAME, language)["steps"], changes.verdict.kind
    name = changes.new.name if changes.new.kind != COURSE else t["package"]
    if kind == "new":
        return [t["add"].format(name=name), t["leave"]]
    if kind == "unknown":
        return [t["try"]]
    warn = [t["warn"]] if kind == "loses" else []
    tell = [t["tell"]] if changes.to_open else []
    return [*warn, t["open"], t["replace"].format(name=name), *tell]


def entries(changes: Changes, language: str) -> tuple[list[Entry], list[Entry]]:
    """The changes for learners, and those of the completion rule and of what is reported."""
    shown = [(each, _entry(changes, each, language)) for each in changes.changes]
    kinds = ("rule", "reporting", "item")
    return (
        [entry for each, entry in shown if each.what not in kinds],
        [entry for each, entry in shown if each.what in kinds],
    )


def _entry(changes: Changes, change: Change, language: str) -> Entry:
    t = words(NAME, language)
    is_words = change.how in ("reworded", "retitled") or change.what in ("answer", "rule")
    pairs = change.texts if is_words else ()
    title = change.title or change.id
    if change.what in ("rule", "reporting"):
        title = t["fields"][change.id]
    return Entry(
        sign=_SIGNS.get(change.how, "pen"),
        head=t["heads"][change.what][change.how],
        title=_language_name(change.language) if title == change.language else title,
        id="" if change.what in ("rule", "reporting") else change.id,
        facts=tuple(_facts(change, t, language)),
        lines=tuple(tuple(pieces(before, after)) for before, after in pairs[:_MOST_PAIRS]),
        more=_counted(t["paragraphs"], len(pairs) - _MOST_PAIRS) if len(pairs) > _MOST_PAIRS else "",
        language=change.language or changes.new.language,
    )


def _language_name(code: str) -> str:
    return str(strings(code)["page"]["language_name"]) if code in codes() else code


def _facts(change: Change, t: Mapping[str, Any], language: str) -> Iterator[str]:
    """Short facts about a change, in words."""
    before, after = change.texts[0] if change.texts else ("", "")
    size = format_of(language).size
    if change.what == "page" and change.how in ("added", "moved"):
        yield t["after"].format(title=after) if after else t["first"]
    if change.how == "renamed":
        yield t["old_id"].format(id=before)
    if change.what == "question" and change.how == "moved":
        yield t["from_page_to"].format(before=before, after=after)
    elif change.what in ("question", "answer"):
        yield t["on_page"].format(page=change.page)
    if change.what == "reporting" or (change.how == "judged" and change.what == "item"):
        shown = (t["values"].get(each, each) for each in (before, after))
        yield t["from_to"].format(before=next(shown), after=next(shown))
    if change.minutes is not None:
        yield _minutes(change.minutes, language)
    if change.how == "added" and change.core is not None:
        yield t["needed" if change.core else "not_needed"]
    if change.sizes:
        old, new = (size(each) for each in change.sizes)
        yield (
            new
            if change.how == "added"
            else old
            if change.how == "removed"
            else t["from_to"].format(before=old, after=new)
        )
    if change.language and change.texts:
        yield _language_name(change.language)


def _minutes(minutes: float, language: str) -> str:
    text = strings(language)["player"]["minutes"].format(m=int(minutes + 0.5))
    return str(text).replace("\N{NO-BREAK SPACE}", " ")


def pieces(before: str, after: str) -> Iterator[Piece]:
    """What was deleted and inserted, word by word, with some words beside it."""
    old, new = before.split(), after.split()
    is_compared = 0 < max(len(old), len(new)) <= _MOST_WORDS and not (
        is_repetitive(old) or is_repetitive(new)
    )
    matcher = SequenceMatcher(None, old, new)
    if not is_compared or matcher.ratio() < _ALIKE:
        yield from _pair(old, new)
        return
    opcodes = matcher.get_opcodes()
    for at, (tag, a, b, c, d) in enumerate(opcodes):
        if tag == "equal":
            yield "same", _shortened(old[a:b], at == 0, at == len(opcodes) - 1)
        else:
            yield from _pair(old[a:b], new[c:d])


def _pair(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    if old:
        yield "del", " ".join(old)
    if new:
        yield "ins", " ".join(new)


def _shortened(unchanged: Sequence[str], is_first: bool, is_last: bool) -> str:
    """Unchanged words, with an ellipsis for those that are far from a change."""
    if len(unchanged) <= 2 * _AROUND:
        return " ".join(unchanged)
    start = () if is_first else unchanged[:_AROUND]
    end = () if is_last else unchanged[-_AROUND:]
    return " ".join((*start, "…", *end))


def unchanged(changes: Changes, language: str) -> list[str]:
    """What is the same in both."""
    t = words(NAME, language)["unchanged_list"]
    found = []
    if changes.verdict.reason not in ("course", "identifiers", "standard", "tool"):
        found.append(t["identifiers"])
    if changes.is_ours:
        found += [t["rule"]] if not changes.of("rule") else []
        found += [t["reporting"]] if not changes.of("reporting") else []
    for name, kinds, _, number in _counts(changes):
        same = number - len(_touched(changes, kinds, ("removed",)))
        if same > 0:
            found.append(_counted(t[name], same))
    return found


def _counts(changes: Changes) -> Iterator[tuple[str, tuple[What, ...], int, int]]:
    """What is counted in both: a name, the kinds of changes of it, and the numbers."""
    old, new = changes.old, changes.new
    if changes.is_ours:
        yield "pages", ("page",), old.pages, new.pages
        yield "questions", ("question", "answer"), old.questions, new.questions
    yield "media" if changes.is_ours else "files", ("medium",), old.media, new.media


def _touched(changes: Changes, kinds: Sequence[What], but: Sequence[How]) -> set[str]:
    """Ids of what has changed in other ways than these."""
    return {
        each.id.partition(".")[0] if each.what == "answer" else each.id
        for each in changes.changes
        if each.what in kinds and (each.how not in but or each.what == "answer")
    }


def tiles(changes: Changes, language: str) -> list[tuple[str, str, str]]:
    """What is counted: its name, the difference, and more about it."""
    t = words(NAME, language)["tiles"]
    number, size = format_of(language).number, format_of(language).size
    found = []
    for name, kinds, before, after in _counts(changes):
        if before != after:
            found.append((t[name], number(f"{after - before:+}"), f"{before} → {after}"))
            continue
        touched = len(_touched(changes, kinds, ("added", "removed")))
        some = t["one_changed"] if touched == 1 else t["many_changed"].format(n=touched)
        found.append((t[name], str(after), some if touched else ""))
    if changes.is_ours:
        found.append((t["rule"], t["changed" if changes.of("rule") else "same"], ""))
        found.append((t["reporting"], t["changed" if changes.of("reporting") else "same"], ""))
    old, new = size(changes.old.size), size(changes.new.size)
    found.append((t["size"], new, f"{old} → {new}" if old != new else ""))
    return found


def text(changes: Changes, width: int = 80, language: str = ENGLISH) -> str:
    """The changes for a terminal, with the verdict last. `language` is one of `author_codes`."""
    return "\n".join(map(printable, _lines(changes, max(width, LEAST_WIDTH), language)))


def _lines(changes: Changes, width: int, language: str) -> Iterator[str]:
    t = words(NAME, language)
    yield from wrapped(f"{changes.new.title} {_versions(changes)}", width)
    for each in (changes.old, changes.new):
        yield from wrapped(
            f"{each.name}: {kind_words(each.kind, language)}" if each.kind else each.name, width, "  ", "    "
        )
    yield ""
    for name, value, more in tiles(changes, language):
        yield f"  {name:<17}{value}{f' ({more})' if more else ''}"
    for heading, found in zip((t["changed"], t["set"]), entries(changes, language), strict=True):
        if found:
            yield from ("", heading)
        for entry in found:
            yield from wrapped(_headed(entry), width, "  ", "    ")
            for line in entry.lines:
                yield from wrapped(_marked(line, "[-", "-]", "{+", "+}"), width, "    ", "    ")
            if entry.more:
                yield f"    {entry.more}"
    same = unchanged(changes, language)
    if same:
        yield ""
        yield from wrapped(f"{t['unchanged']}: {format_of(language).listed(same)}.", width, "", "  ")
    yield ""
    for number, step in enumerate(steps(changes, language), 1):
        yield from wrapped(f"{number}. {step}", width, "  ", "     ")
    yield ""
    for note in notes(changes, language):
        yield from wrapped(note, width)
    yield from wrapped(sentence(changes, language), width)


def _versions(changes: Changes) -> str:
    old, new = changes.old.version, changes.new.version
    return new if old == new else f"{old} → {new}"


def _headed(entry: Entry) -> str:
    name = f" [{entry.id}]" if entry.id and entry.id != entry.title else ""
    facts = f" · {' · '.join(entry.facts)}" if entry.facts else ""
    return f"{entry.head}: {entry.title}{name}{facts}"


def _marked(line: Sequence[Piece], *marks: str) -> str:
    signs = {"same": ("", ""), "del": marks[:2], "ins": marks[2:]}
    return " ".join(f"{signs[kind][0]}{part}{signs[kind][1]}" for kind, part in line)


def release_notes(changes: Changes, language: str = ENGLISH) -> str:
    """The changes as Markdown, for release notes or a mail."""
    t = words(NAME, language)
    lines = [
        f"# {_plain(changes.new.title)} {_plain(_versions(changes))}",
        "",
        f"**{_plain(sentence(changes, language))}**",
    ]
    told = notes(changes, language)
    if told:
        lines += ["", " ".join(told)]
    lines += ["", f"## {t['do']}", ""]
    lines += [f"{number}. {_plain(step)}" for number, step in enumerate(steps(changes, language), 1)]
    found, set_ = entries(changes, language)
    lines += ["", f"## {t['changed']}", ""]
    if not found:
        lines.append(t["nothing"])
    for heading, some in (("", found), (t["set"], set_)):
        if heading and some:
            lines += ["", f"## {heading}", ""]
        for entry in some:
            lines.append(f"- {_plain(_headed(entry))}")
            lines += [
                f"  - {_marked([(kind, _plain(part)) for kind, part in line], '~~', '~~', '**', '**')}"
                for line in entry.lines
            ]
            if entry.more:
                lines.append(f"  - {entry.more}")
    same = unchanged(changes, language)
    if same:
        lines += ["", f"## {t['unchanged']}", "", f"{format_of(language).listed(same)}.".capitalize()]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """A text without effect in Markdown."""
    plain = printable(text).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*_\[\]#~|])", r"\\\1", plain)


def html(changes: Changes, language: str = ENGLISH, other: tuple[str, str] | None = None) -> str:
    """The changes as one HTML document. `other` is the language and the address of the same in another language."""
    found, set_ = entries(changes, language)
    signs = {"safe": "ok", "loses": "warning", "new": "warning", "unknown": "unknown"}
    return sheet(
        NAME,
        language,
        course_title=changes.new.title,
        course_language=changes.new.language,
        course_version=_versions(changes),
        sign_name=signs[changes.verdict.kind],
        sentence=sentence(changes, language),
        notes=" ".join(notes(changes, language)),
        tiles=tiles(changes, language),
        steps=steps(changes, language),
        found=found,
        settings=set_,
        unchanged=format_of(language).listed(same) if (same := unchanged(changes, language)) else "",
        **({"other": {"language": other[0], "href": other[1]}} if other else {}),
    )


def as_json(changes: Changes) -> str:
    """The changes as JSON, with the verdict as a sentence in each language."""
    values = changes.as_dict()
    values["verdict"]["sentences"] = {code: sentence(changes, code) for code in author_codes()}
    text = json.dumps(values, ensure_ascii=False, indent=2)
    # The name of a file whose bytes are not text contains characters that no encoding can write.
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def documents(changes: Changes, name: str = "changes") -> Iterator[Document]:
    """The changes as files of a release: a sheet and release notes in each language, and JSON."""
    for code in author_codes():
        other = next(each for each in author_codes() if each != code)
        yield Document(f"{name}.{code}.html", html(changes, code, (other, f"{name}.{other}.html")).encode())
        yield Document(f"{name}.{code}.md", release_notes(changes, code).encode())
    yield Document(f"{name}.json", f"{as_json(changes)}\n".encode())
