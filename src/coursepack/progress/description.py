"""Describes progress as text, in English or Swedish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from coursepack.course.blocks.block import clock
from coursepack.course.model import PageEntry, completion_sentence
from coursepack.course.resume import ResumeError
from coursepack.progress.decoding import Answer, MismatchError, Progress, key

Language = str

_FAULTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "empty": "Nothing to decode. Give the code from the course's menu, or the suspend data of the LMS.",
        "not-a-code": "This is not a support code, which has digits, the letters A to Z without U, and often hyphens. "
        "Ask for the code at the end of the course's menu, or copy all of the suspend data.",
        "damaged-code": "The code is damaged: a character is wrong, missing or extra. Ask for it again.",
        "damaged-state": "The text is damaged: this is not a resume state. Copy all of it, from `1.` to the end.",
        "later-format": "The format is that of a later version of coursepack. Use that version to read it.",
        "no-state": "The document has no resume state: there is no text under `state`.",
        "other-course": "The code belongs to another course than “{course}”.",
        "other-lock": "The state belongs to another course than “{course}”, or course.lock has been changed.",
        "no-unit": "The course has no package or part with the id {unit!r}.",
        "not-a-page": "The state belongs to another course than “{course}”, or course.lock has been changed: "
        "its last page is not a page of this course.",
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
        "other": "The code comes from another version of the course. Pages added since then count as not opened.",
        "beyond": "It comes from a later version of the course. Entries that this version does not know: {n}. "
        "Use the folder of that version.",
        "unread": "The LMS had a text that the course could not read. The course started over and kept the text.",
        "aside": "The text is kept after the state: {text}",
        "complete": "Complete: yes.",
        "noted": "Complete: yes, as recorded earlier, although this state does not meet the rule. "
        "The rule was met in another version of the course, or the LMS reported it.",
        "incomplete": "Complete: no.",
        "passed": "Passed: yes.",
        "not-passed": "Passed: no.",
        "left": "Core pages not opened ({n}):",
        "part-done": "The part “{part}” is done.",
        "part-left": "Left in the part “{part}” ({n}):",
        "tracks": "Tracks done: {done} of {n} required.",
        "track-done": "The track “{part}” is done.",
        "track-left": "Left in the track “{part}” ({n}):",
        "unanswered": "Unanswered questions of the final check: {names}.",
        "score": "Score: {score} %, required: {mastery} %.",
        "handed-in": "Submissions of the final check: {n}.",
        "handed-in-of": "Submissions of the final check: {n} of {of}.",
        "best": "Best result: {best} %.",
        "under-way": "An attempt is under way: {n} of {of} questions answered, not submitted.",
        "spent": "No attempts left.",
        "last": "Last page: {page}",
        "nowhere": "Last page: none",
        "opened": "Pages opened: {n} of {of}",
        "lost": "Opened pages that are no longer in the course: {names}.",
        "played": "Films and sounds that were left before their end:",
        "answered": "Questions answered: {n} of {of}",
        "right": "right",
        "wrong": "not right",
        "chosen": "answered",
        "begun": "started",
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


def describe_error(error: ResumeError | MismatchError, language: Language) -> str:
    """The reason of an error, and what to do."""
    values = error.values if isinstance(error, MismatchError) else {}
    return _FAULTS[language][error.fault].format(**values)


def describe(progress: Progress, language: Language) -> str:
    """Progress as lines of text: completion and why, the last page, all pages, all answers."""
    return "\n".join(_lines(progress, language))


def _lines(progress: Progress, language: Language) -> Iterator[str]:
    words, definition = _WORDS[language], progress.definition
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
        yield f"  [{'x' if page.id in progress.opened else ' '}] {_page(page)}{extra}"
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


def _completion(progress: Progress, language: Language) -> Iterator[str]:
    words, definition = _WORDS[language], progress.definition
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
        yield words["left"].format(n=len(progress.left))
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


def _answer(each: Answer, words: Mapping[str, str], language: Language) -> Iterator[str]:
    judged = {None: words["chosen"], True: words["right"], False: words["wrong"]}[each.right]
    yield f"  {each.question.id}: {judged if each.is_given else words['begun' if each.chosen else 'open']}"
    texts = {**each.question.words()}
    for option in each.question.interaction(language).get("choices", ()):
        texts[option["id"]] = option["description"][language]
    for name in each.chosen:
        yield f"    {name}: {texts[name]}" if name in texts else f"    {name}"
