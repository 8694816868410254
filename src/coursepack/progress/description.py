"""Describes progress as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from coursepack.course.blocks.block import clock
from coursepack.course.model import PageEntry, completion_sentence
from coursepack.course.resume import ResumeError
from coursepack.languages import authors
from coursepack.progress.decoding import Answer, MismatchError, Progress, key


def describe_error(error: ResumeError | MismatchError, language: str) -> str:
    """The reason of an error, and what to do."""
    values = error.values if isinstance(error, MismatchError) else {}
    words: Mapping[str, str] = authors(language)["state_errors"]
    return words[error.fault].format(**values)


def describe(progress: Progress, language: str) -> str:
    """Progress as lines of text: completion and why, the last page, all pages, all answers."""
    return "\n".join(_lines(progress, language))


def _lines(progress: Progress, language: str) -> Iterator[str]:
    words, definition = authors(language)["state"], progress.definition
    yield words["of"].format(title=definition.title, id=key(progress.course), version=definition.version)
    same = progress.resume.is_of_version(key(progress.course), definition.version)
    if same is not None:
        yield words["same" if same else "other"]
    if progress.beyond:
        yield words["beyond"].format(n=progress.beyond)
    if progress.resume.is_unread:
        yield words["unread"]
    if progress.resume.aside:
        yield words["aside"].format(text=progress.resume.aside)
    yield ""
    yield from _completion(progress, language)
    yield ""
    yield words["last"].format(page=_page(progress.last)) if progress.last else words["nowhere"]
    pages = list(definition.pages)
    yield words["opened"].format(n=len(progress.opened), of=len(pages))
    for page in pages:
        extra = "" if page.core else f" ({words['extra']})"
        bookmark = f" ({words['bookmarked']})" if page.id in progress.bookmarked else ""
        yield f"  [{'x' if page.id in progress.opened else ' '}] {_page(page)}{extra}{bookmark}"
    if progress.lost:
        yield words["lost"].format(names=", ".join(progress.lost))
    if progress.played:
        yield ""
        yield words["played"]
        yield from (f"  {title}: {clock(seconds)}" for title, seconds in progress.played)
    if progress.answers:
        yield ""
        asked = [each for each in progress.answers if each.asked]
        answered = sum(each.is_given for each in asked)
        yield words["answered"].format(n=answered, of=len(asked))
        for each in asked:
            yield from _answer(each, words, language)


def _page(page: PageEntry) -> str:
    return f"{page.title} ({page.id})"


def _completion(progress: Progress, language: str) -> Iterator[str]:
    words, definition = authors(language)["state"], progress.definition
    yield words["incomplete" if not progress.is_complete else "complete" if progress.is_met else "noted"]
    yield completion_sentence(definition, language)
    if definition.graded or definition.status != "completed":
        is_passed = progress.resume.passed or (progress.is_complete and not definition.graded)
        yield words["passed" if is_passed else "not-passed"]
    check = definition.final_check
    if progress.score is not None and check and check.mastery is not None:
        yield words["score"].format(score=f"{progress.score:g}", mastery=f"{check.mastery:g}")
    yield from _handed_in(progress, words)
    if progress.is_met:
        return
    yield from _left(progress, words)


def _handed_in(progress: Progress, words: Mapping[str, str]) -> Iterator[str]:
    found, check = progress.handed_in, progress.definition.final_check
    if not found or not check:
        return
    yield words["handed-in-of" if found.attempts else "handed-in"].format(n=found.times, of=found.attempts)
    if found.best is not None and check.mastery is None:
        yield words["best"].format(best=f"{found.best:g}")
    asked = [each for each in progress.answers if each.asked and each.page == check.page]
    answered = sum(each.is_given for each in asked)
    if found.is_open and answered:
        yield words["under-way"].format(n=answered, of=len(asked))
    if not found.is_open and found.times == found.attempts:
        yield words["spent"]


def _left(progress: Progress, words: Mapping[str, str]) -> Iterator[str]:
    rule = progress.definition.completion
    if rule.rule == "all-core-pages":
        word = "left-answered" if rule.questions else "left"
        yield words[word].format(n=len(progress.left))
        yield from (f"  {_page(page)}" for page in progress.left)
    elif rule.rule == "parts":
        if rule.tracks:
            done = progress.tracks_done
            yield words["tracks"].format(done=done, n=rule.tracks)
        for each in progress.asked:
            kind, state = "track" if each.is_track else "part", "left" if each.left else "done"
            yield words[f"{kind}-{state}"].format(part=each.part.title, n=len(each.left))
            yield from (f"  {_page(page)}" for page in each.left)
    elif progress.unanswered:
        yield words["unanswered"].format(names=", ".join(progress.unanswered))


def _answer(each: Answer, words: Mapping[str, str], language: str) -> Iterator[str]:
    answer = {None: words["chosen"], True: words["right"], False: words["wrong"]}[each.right]
    yield f"  {each.question.id}: {answer if each.is_given else words['begun' if each.chosen else 'open']}"
    texts = {**each.question.words()}
    for option in each.question.interaction(language).get("choices", ()):
        texts[option["id"]] = option["description"][language]
    for name in each.chosen:
        yield f"    {name}: {texts[name]}" if name in texts else f"    {name}"
