"""Rules for completion: the final check, the completion rule and the status for an LMS."""

from __future__ import annotations

from collections.abc import Iterator

from coursepack.course.model import Definition, NamedParts, ScoreReached
from coursepack.problems import Message, Quoted, nearest
from coursepack.reading.draft import Draft
from coursepack.reading.rules.rule import Finding, rule


@rule("course")
def unknown_page(course: Draft) -> Iterator[Finding]:
    """The final check names a page that the course does not have.

    Without it the course has no score. Correct the id in `final-check`, or add the page.
    """
    check = course.definition.final_check
    pages = [page.id for page in course.definition.pages]
    if check and check.page not in pages:
        message = Message("there is no page {0}", Quoted(check.page))
        yield message, course.at("final-check", "page"), nearest(check.page, pages)


@rule("course")
def check_without_questions(course: Draft) -> Iterator[Finding]:
    """The page of the final check has no questions, or a score is required and no question has a right answer.

    With nothing to answer, nobody could complete or pass the course. Write a question there, or name the page with the
    questions. A `likert` has no right answer.
    """
    check = course.definition.final_check
    if check is None or all(page.id != check.page for page in course.definition.pages):
        return
    questions = course.questions(check.page)
    place = course.at("final-check", "page")
    if not questions:
        yield Message("the page {0} has no questions", Quoted(check.page)), place
    elif (check.mastery or check.is_handed_in) and not any(question.scored for question in questions):
        yield Message("the page {0} has no questions that can be answered right", Quoted(check.page)), place


@rule("course")
def missing_final_check(course: Draft) -> Iterator[Finding]:
    """The completion rule requires a final check, but the course has none.

    Nobody could complete the course. Name the page with the questions: `final-check: {page: its-id}`.
    """
    name = course.definition.completion.rule
    if name in ("check-submitted", "score") and course.definition.final_check is None:
        yield Message("the rule {0} needs a final-check", Quoted(name)), course.at("completion", "rule")


@rule("course")
def missing_mastery(course: Draft) -> Iterator[Finding]:
    """The course is passed by score, but does not define the passing score.

    Write the percentage into `final-check: {page: its-id, mastery: 80}`, or choose another rule or status.
    """
    definition = course.definition
    check = definition.final_check
    if isinstance(definition.completion, ScoreReached) and check and check.mastery is None:
        yield "the rule 'score' needs final-check: mastery", course.at("final-check")
    if definition.status == "both" and not definition.graded:
        yield "the status 'both' needs final-check: mastery", course.at("status")


@rule("course", "warning")
def attempts_run_out(course: Draft) -> Iterator[Finding]:
    """The course is complete when the final check is passed, but the number of attempts is limited.

    A learner who has used every attempt without passing can read the whole course, but cannot complete it without a new
    registration in the LMS. Remove `attempts`, so that learners can try until they pass, or write `completion: {rule:
    check-submitted}`: then the course is complete when the check has been handed in, and the score shows the result. If
    this is intended, say in the course whom to contact.
    """
    check = course.definition.final_check
    if isinstance(course.definition.completion, ScoreReached) and check and check.attempts:
        yield (
            Message(
                "with the rule 'score' and attempts: {0}, a learner who does not pass can never "
                "complete the course",
                check.attempts,
            ),
            course.at("final-check", "attempts"),
            (
                "Leave attempts out, or write completion: {rule: check-submitted}; if this is intended, say in the "
                "course whom to contact."
            ),
        )


def _is_complete_early(definition: Definition) -> bool:
    """Whether a course is reported as complete while a better score is still possible."""
    rule, check = definition.completion.rule, definition.final_check
    if check is None or check.mastery is None or definition.status != "completed":
        return False
    return rule != "score" and not (rule == "check-submitted" and check.attempts == 1)


@rule("course", "warning")
def complete_before_passed(course: Draft) -> Iterator[Finding]:
    """The course is reported as complete before the final check is passed.

    With `status: completed` the LMS gets the status as soon as the rule is met, whatever the score. Moodle and other
    LMSs then close the attempt: a learner who returns and does better sends a better score, but it certainly counts
    only in a new attempt, which the learner has to start. With `status: both` (or `passed`) the status is `incomplete`,
    with the best score so far, until the check is passed or no attempt is left. With `completion: {rule: score}` the
    course is complete when it is passed. No change is needed when the score is only for information.
    """
    if _is_complete_early(course.definition):
        yield (
            (
                "with status: completed the course is reported as complete before the final check is passed; "
                "in Moodle and others a later, better score then counts only in a new attempt"
            ),
            course.at("final-check", "mastery"),
            "Write status: both, or completion: {rule: score}.",
        )


@rule("course", "warning")
def rule_asks_for_some(course: Draft) -> Iterator[Finding]:
    """The completion rule requires some of the tracks, but a package makes each part a separate unit.

    An LMS that launches units one by one requires all of them: there is no way to declare that some are enough. Make a
    package of one unit, or one for each track.
    """
    rule = course.definition.completion
    if not isinstance(rule, NamedParts) or not any(each.separate for each in course.definition.packages):
        return
    of = course.definition.tracks if rule.of is None else rule.of
    if rule.tracks and rule.tracks < len(of):
        message = Message(
            "the completion rule requires {0} of {1} tracks; when each part is a separate unit, "
            "the LMS requires all of them",
            rule.tracks,
            len(of),
        )
        yield message, course.at("completion")


@rule("course")
def unreachable_completion(course: Draft) -> Iterator[Finding]:
    """No way through the course meets its completion rule.

    Learners could never complete it. Require parts that have core pages, and no more tracks than there are; a core page
    is one without `core: false`.
    """
    definition = course.definition
    rule = definition.completion
    core = {part.id: any(page.core for page in part.pages) for part in definition.parts}
    if rule.rule == "all-core-pages" and not any(page.core for page in definition.pages):
        yield "no page is core, so the course would never be complete", course.at("completion")
    if not isinstance(rule, NamedParts):
        return
    if not rule.parts and not rule.tracks:
        yield "the rule 'parts' names neither parts nor tracks", course.at("completion")
    for field, names in (("parts", rule.parts), ("of", rule.of or ())):
        for at, name in enumerate(names):
            if not core.get(name, True):
                message = Message("the part {0} has no core page to open", Quoted(name))
                yield message, course.at("completion", field, at)
    of = definition.tracks if rule.of is None else rule.of
    reachable = sum(core.get(name, False) for name in dict.fromkeys(of))
    if rule.tracks > reachable:
        if rule.tracks == 1:
            message = Message("asks for 1 track, but none has core pages")
        elif reachable == 1:
            message = Message("asks for {0} tracks, but only 1 has core pages", rule.tracks)
        else:
            message = Message("asks for {0} tracks, but only {1} have core pages", rule.tracks, reachable)
        yield (
            message,
            course.at("completion", "tracks"),
            "Mark the parts with track: true, or ask for fewer.",
        )
