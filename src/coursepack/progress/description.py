"""Tells what a resume state holds, in English or Swedish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from coursepack.course.blocks.block import clock
from coursepack.course.model import PageEntry, completion_sentence
from coursepack.course.resume import ResumeError
from coursepack.progress.decoding import Answered, Holding, UnfitError, key

Language = Literal["en", "sv"]

_FAULTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "empty": "There is nothing to read. Give the code from the course's menu, or the text that the LMS keeps.",
        "not-a-code": "This is no support code: one has digits and the letters A to Z without U, and often hyphens. "
        "Ask for the code that stands last in the course's menu, or copy the whole text that the LMS keeps.",
        "damaged-code": "The code is damaged: a letter is wrong, missing or too many. Ask for it again.",
        "damaged-state": "The text is damaged: this is no resume state. Copy all of it, from `1.` to its end.",
        "later-format": "It is written in a way that came with a later coursepack. Use that one to read it.",
        "no-state": "The document holds no resume state: there is no text under `state`.",
        "other-course": "The code comes from another course than “{course}”.",
        "other-lock": "The state comes from another course than “{course}”, or its course.lock has been changed.",
        "no-unit": "The course has no package and no part with the id {unit!r}.",
        "not-a-page": "The state comes from another course than “{course}”, or its course.lock has been changed: "
        "where it names the last page, this course has none.",
    },
    "sv": {
        "empty": "Det finns inget att läsa. Ange koden från kursens meny, eller texten som lärplattformen sparar.",
        "not-a-code": "Det här är ingen supportkod: en sådan har siffror och bokstäverna A till Z utom U, och ofta "
        "bindestreck. Be om koden som står sist i kursens meny, eller kopiera hela texten som lärplattformen sparar.",
        "damaged-code": "Koden är skadad: ett tecken är fel, saknas eller är för mycket. Be om den en gång till.",
        "damaged-state": "Texten är skadad: det här är inget sparat läge. Kopiera hela, från `1.` till slutet.",
        "later-format": "Den är skriven på ett sätt som kom med en senare version av coursepack. Läs den med den.",
        "no-state": "Dokumentet har inget sparat läge: det står ingen text under `state`.",
        "other-course": "Koden kommer från en annan kurs än ”{course}”.",
        "other-lock": "Läget kommer från en annan kurs än ”{course}”, eller så har kursens course.lock ändrats.",
        "no-unit": "Kursen har inget paket och ingen del med id {unit!r}.",
        "not-a-page": "Läget kommer från en annan kurs än ”{course}”, eller så har kursens course.lock ändrats: "
        "där läget anger den senaste sidan har den här kursen ingen.",
    },
}

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "of": "{title} ({id}), version {version}",
        "same": "The code comes from this version of the course.",
        "other": "The code comes from another version of the course. Pages that are new since count as not opened.",
        "beyond": "It also holds {n} places that this course does not know: it comes from a later version. "
        "Read it with the folder of that version.",
        "unread": "The LMS held a text that the course could not read. The course began anew beside it.",
        "aside": "It is kept behind the state: {text}",
        "complete": "Complete: yes.",
        "noted": "Complete: yes, it was noted earlier, though what is held here does not meet the rule. "
        "The rule was met in another version of the course, or the LMS said so.",
        "incomplete": "Complete: no.",
        "passed": "Passed: yes.",
        "not-passed": "Passed: no.",
        "left": "Core pages not opened ({n}):",
        "part-done": "The part “{part}” is done.",
        "part-left": "Left in the part “{part}” ({n}):",
        "tracks": "Tracks done: {done} of the {n} that the rule asks for.",
        "track-done": "The track “{part}” is done.",
        "track-left": "Left in the track “{part}” ({n}):",
        "unanswered": "Questions of the final check without answer: {names}.",
        "score": "Score: {score} %, of {mastery} % asked for.",
        "handed-in": "Times that the final check was handed in: {n}.",
        "handed-in-of": "Times that the final check was handed in: {n} of {of}.",
        "best": "Best result: {best} %.",
        "under-way": "An attempt is under way: {n} of {of} questions answered. It is not handed in.",
        "spent": "No attempt is left.",
        "last": "Last page: {page}",
        "nowhere": "Last page: none",
        "opened": "Pages opened: {n} of {of}",
        "lost": "Opened pages that are not in the course any more: {names}.",
        "played": "Films and sounds that were left before their end:",
        "answered": "Questions answered: {n} of {of}",
        "right": "right",
        "wrong": "not right",
        "chosen": "answered",
        "begun": "begun",
        "open": "no answer",
        "extra": "extra",
    },
    "sv": {
        "of": "{title} ({id}), version {version}",
        "same": "Koden kommer från den här versionen av kursen.",
        "other": "Koden kommer från en annan version av kursen. Sidor som har tillkommit räknas som inte öppnade.",
        "beyond": "Den har också {n} platser som den här kursen inte känner till: den kommer från en senare version. "
        "Läs den med den versionens mapp.",
        "unread": "Lärplattformen hade en text som kursen inte kunde läsa. Kursen började om bredvid den.",
        "aside": "Den ligger kvar efter läget: {text}",
        "complete": "Klar: ja.",
        "noted": "Klar: ja, det noterades tidigare, men det som finns här uppfyller inte regeln. "
        "Regeln uppfylldes i en annan version av kursen, eller så har lärplattformen sagt det.",
        "incomplete": "Klar: nej.",
        "passed": "Godkänd: ja.",
        "not-passed": "Godkänd: nej.",
        "left": "Sidor i grundkursen som inte är öppnade ({n}):",
        "part-done": "Delen ”{part}” är klar.",
        "part-left": "Kvar i delen ”{part}” ({n}):",
        "tracks": "Klara spår: {done} av de {n} som regeln kräver.",
        "track-done": "Spåret ”{part}” är klart.",
        "track-left": "Kvar i spåret ”{part}” ({n}):",
        "unanswered": "Frågor i slutkontrollen utan svar: {names}.",
        "score": "Poäng: {score} %, gränsen är {mastery} %.",
        "handed-in": "Antal gånger som slutfrågorna är inlämnade: {n}.",
        "handed-in-of": "Antal gånger som slutfrågorna är inlämnade: {n} av {of}.",
        "best": "Bästa resultat: {best} %.",
        "under-way": "Ett försök pågår: {n} av {of} frågor är besvarade. Det är inte inlämnat.",
        "spent": "Inget försök är kvar.",
        "last": "Senaste sidan: {page}",
        "nowhere": "Senaste sidan: ingen",
        "opened": "Öppnade sidor: {n} av {of}",
        "lost": "Öppnade sidor som inte finns i kursen längre: {names}.",
        "played": "Filmer och ljud som lämnades före slutet:",
        "answered": "Besvarade frågor: {n} av {of}",
        "right": "rätt",
        "wrong": "inte rätt",
        "chosen": "besvarad",
        "begun": "påbörjad",
        "open": "inget svar",
        "extra": "fördjupning",
    },
}


def fault(error: ResumeError | UnfitError, language: Language) -> str:
    """Why nothing can be told, and what to do."""
    values = error.values if isinstance(error, UnfitError) else {}
    return _FAULTS[language][error.fault].format(**values)


def tell(held: Holding, language: Language) -> str:
    """What the state holds, line by line: complete or not and why, the last page, each page, each answer."""
    return "\n".join(_lines(held, language))


def _lines(held: Holding, language: Language) -> Iterator[str]:
    words, definition = _WORDS[language], held.definition
    yield words["of"].format(title=definition.title, id=key(held.course), version=definition.version)
    same = held.resume.is_of_version(key(held.course), definition.version)
    if same is not None:
        yield words["same" if same else "other"]
    if held.beyond:
        yield words["beyond"].format(n=held.beyond)
    if held.resume.is_unread:
        yield words["unread"]
    if held.resume.aside:
        yield words["aside"].format(text=held.resume.aside)
    yield ""
    yield from _completion(held, language)
    yield ""
    yield words["last"].format(page=_page(held.last)) if held.last else words["nowhere"]
    pages = list(definition.pages)
    yield words["opened"].format(n=len(held.opened), of=len(pages))
    for page in pages:
        extra = "" if page.core else f" ({words['extra']})"
        yield f"  [{'x' if page.id in held.opened else ' '}] {_page(page)}{extra}"
    if held.lost:
        yield words["lost"].format(names=", ".join(held.lost))
    if held.played:
        yield ""
        yield words["played"]
        yield from (f"  {title}: {clock(seconds)}" for title, seconds in held.played)
    if held.answers:
        yield ""
        asked = [each for each in held.answers if each.asked]
        answered = sum(each.is_given for each in asked)
        yield words["answered"].format(n=answered, of=len(asked))
        for each in asked:
            yield from _answer(each, words, language)


def _page(page: PageEntry) -> str:
    return f"{page.title} ({page.id})"


def _completion(held: Holding, language: Language) -> Iterator[str]:
    words, definition = _WORDS[language], held.definition
    yield words["incomplete" if not held.is_complete else "complete" if held.is_met else "noted"]
    yield completion_sentence(definition, language)
    if definition.graded or definition.status != "completed":
        is_passed = held.resume.passed or (held.is_complete and not definition.graded)
        yield words["passed" if is_passed else "not-passed"]
    check = definition.final_check
    if held.score is not None and check and check.mastery is not None:
        yield words["score"].format(score=f"{held.score:g}", mastery=f"{check.mastery:g}")
    yield from _handed_in(held, words)
    if held.is_met:
        return
    yield from _left(held, words)


def _handed_in(held: Holding, words: Mapping[str, str]) -> Iterator[str]:
    found, check = held.handed_in, held.definition.final_check
    if not found or not check:
        return
    yield words["handed-in-of" if found.attempts else "handed-in"].format(n=found.times, of=found.attempts)
    if found.best is not None and check.mastery is None:
        yield words["best"].format(best=f"{found.best:g}")
    asked = [each for each in held.answers if each.asked and each.page == check.page]
    answered = sum(each.is_given for each in asked)
    if found.is_open and answered:
        yield words["under-way"].format(n=answered, of=len(asked))
    if not found.is_open and found.times == found.attempts:
        yield words["spent"]


def _left(held: Holding, words: Mapping[str, str]) -> Iterator[str]:
    rule = held.definition.completion
    if rule.rule == "all-core-pages":
        yield words["left"].format(n=len(held.left))
        yield from (f"  {_page(page)}" for page in held.left)
    elif rule.rule == "parts":
        if rule.tracks:
            done = held.tracks_done
            yield words["tracks"].format(done=done, n=rule.tracks)
        for each in held.asked:
            kind, state = "track" if each.is_track else "part", "left" if each.left else "done"
            yield words[f"{kind}-{state}"].format(part=each.part.title, n=len(each.left))
            yield from (f"  {_page(page)}" for page in each.left)
    elif held.unanswered:
        yield words["unanswered"].format(names=", ".join(held.unanswered))


def _answer(each: Answered, words: Mapping[str, str], language: Language) -> Iterator[str]:
    judged = {None: words["chosen"], True: words["right"], False: words["wrong"]}[each.right]
    yield f"  {each.question.id}: {judged if each.is_given else words['begun' if each.chosen else 'open']}"
    texts = {**each.question.words()}
    for option in each.question.interaction(language).get("choices", ()):
        texts[option["id"]] = option["description"][language]
    for name in each.chosen:
        yield f"    {name}: {texts[name]}" if name in texts else f"    {name}"
