"""A final check is answered, handed in, tried again and passed: by keyboard, over reloads, and told to the LMS as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from conftest import Launch, Learner, served, unpacked
from playwright.sync_api import Browser, Locator, expect
from small import a_page, write_small
from tracked import content_at, room
from translated import FILES, write_translated

HEAD = """\
language: sv
report: {{answers: true}}
completion: {{rule: score}}
status: passed
final-check: {{page: provsida, mastery: 60{more}}}
"""
UNJUDGED = """\
language: sv
completion: {{rule: check-submitted}}
final-check: {{page: provsida{more}}}
"""
CHOICE = """\
```choice
id: fraga-{n}
question: Vad stämmer om nummer {n}?
answers:
  - {{id: a, text: Det här stämmer, right: true}}
  - {{id: b, text: Det här stämmer inte, feedback: Nej. Tänk på nummer {n}.}}
```
"""
ALL_KINDS = """\
Svara i lugn och ro.

```choice
id: q-valj
question: Vilken stämmer?
answers:
  - {id: ja, text: Den här, right: true}
  - {id: nej, text: Inte den här, feedback: Det var den andra.}
```

```matching
id: q-para
question: Para ihop
targets:
  - {id: rok, text: Rök}
  - {id: larm, text: Larm}
rows:
  - {id: a, text: Det hör man., target: larm}
  - {id: b, text: Det ser man., target: rok}
```

```ordering
id: q-ordna
question: I vilken ordning?
items:
  - {id: ett, text: Först}
  - {id: tva, text: Sedan}
  - {id: tre, text: Sist}
```

```fill-in
id: q-skriv
question: Vilket nummer?
answers:
  - {text: "112", right: true}
```

```numeric
id: q-tal
question: Hur många?
answer: 4
```

```likert
id: q-tycker
question: Hur känns det?
scale:
  - {id: bra, text: Bra}
  - {id: illa, text: Illa}
```
"""
Make = Callable[..., str]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Make]:
    """The address of a course whose final check is as asked for."""
    known: dict[tuple[Any, ...], str] = {}
    with ExitStack() as stack:

        def address(
            more: str = ", feedback: after, attempts: 2",
            text: str = "Tre frågor.\n\n" + "\n".join(CHOICE.format(n=n) for n in (1, 2, 3)),
            pool: int | None = None,
            target: str = "scorm12",
            head: str = HEAD,
        ) -> str:
            wanted = (more, text, pool, target, head)
            if wanted not in known:
                top = tmp_path_factory.mktemp("check")
                pages = [a_page("textsida"), a_page("provsida", text, **({"pool": pool} if pool else {}))]
                course = write_small(top / "course", pages, head=head.format(more=more))
                known[wanted] = stack.enter_context(served(unpacked(course, top, target)))
            return known[wanted]

        yield address


def begin(launch: Launch, address: str, **given: Any) -> Learner:
    learner = launch(address=address, **given)
    learner.go("provsida")
    return learner


def choose(learner: Learner, **answers: str) -> None:
    for name, answer in answers.items():
        learner.course.locator(f"form[data-q=fraga-{name[1:]}] input[value={answer}]").check()


def hand(learner: Learner, name: str = "Lämna in") -> None:
    learner.course.get_by_role("button", name=name).click()


def result(learner: Learner) -> Locator:
    return learner.course.locator("[data-result]")


def checked(learner: Learner) -> list[str]:
    """Values of the radio buttons that are chosen."""
    return [str(each.get_attribute("value")) for each in learner.course.locator("form input:checked").all()]


def test_a_check_is_failed_over_a_reload_and_passed_at_the_second_attempt(launch: Launch, make: Make) -> None:
    learner = begin(launch, make())
    course = learner.course
    expect(course.locator("#provsida > .hand").first).to_contain_text("För godkänt krävs 60 procent rätt.")
    expect(course.locator("#provsida > .hand").first).to_contain_text("Du har 2 försök")
    expect(course.locator("[data-attempt]")).to_have_text("Försök 1 av 2.")
    assert course.get_by_role("button", name="Svara").count() == 0
    choose(learner, q1="a", q2="b")
    # Nothing is told before it is handed in, neither to the learner nor to the LMS.
    assert course.locator(".mark, .fb:visible").count() == 0
    learner.settle()
    saved = learner.leave()
    assert (saved["status"], saved["score"]) == ("incomplete", "")
    assert saved.get("interactions", []) == []

    # In the middle of the attempt the learner comes back.
    back = begin(launch, make(), saved=saved)
    assert checked(back) == ["a", "b"]
    choose(back, q1="b", q3="a")
    hand(back)
    expect(result(back)).to_contain_text("Inte godkänt")
    expect(result(back)).to_contain_text("Du har 1 av 3 rätt. Det är 33,3 procent.")
    expect(result(back)).to_contain_text("För godkänt krävs 60 procent rätt.")
    expect(result(back)).to_contain_text("Du har ett försök kvar.")
    expect(result(back)).to_be_focused()
    back.settle()
    saved = back.leave()
    # An attempt is left: nothing has failed yet.
    assert saved["status"] == "incomplete"

    again = begin(launch, make(), saved=saved)
    expect(result(again)).to_contain_text("Du har 1 av 3 rätt.")
    assert again.course.locator("fieldset:disabled").count() == 3
    hand(again, "Gör ett nytt försök")
    expect(result(again)).to_be_hidden()
    expect(again.course.locator("[data-attempt]")).to_have_text("Försök 2 av 2.")
    expect(again.course.locator("form[data-q=fraga-1] input[value=a]")).to_be_focused()
    assert checked(again) == []
    choose(again, q1="a", q2="a", q3="b")
    hand(again)
    expect(result(again)).to_contain_text("Godkänt")
    expect(result(again)).to_contain_text("Du har 2 av 3 rätt. Det är 66,6 procent.")
    expect(result(again)).to_contain_text("Du har inga försök kvar.")
    expect(again.course.locator("[data-hand]")).to_be_hidden()
    expect(again.course.locator("[data-progress]")).to_contain_text("Du är klar med kursen.")
    again.settle()
    saved = again.leave()
    assert (saved["status"], saved["score"]) == ("passed", "66.67")

    # All of it is there the next time too.
    last = begin(launch, make(), saved=saved)
    expect(result(last)).to_contain_text("Godkänt")
    expect(last.course.locator("[data-hand]")).to_be_hidden()
    assert checked(last) == ["a", "a", "b"]


def test_attempts_that_are_used_up_tell_the_lms_of_a_failure(launch: Launch, make: Make) -> None:
    learner = begin(launch, make(", feedback: after, attempts: 1"))
    expect(learner.course.locator("#provsida > .hand").first).to_contain_text("Du har ett försök.")
    choose(learner, q1="b", q2="b", q3="a")
    hand(learner)
    expect(result(learner)).to_contain_text("Inte godkänt")
    expect(result(learner)).to_contain_text("Du har inga försök kvar.")
    learner.settle()
    saved = learner.leave()
    assert saved["status"] == "failed"


def test_the_best_attempt_counts(launch: Launch, make: Make) -> None:
    learner = begin(launch, make(", feedback: after"))
    expect(learner.course.locator("[data-attempt]")).to_have_text("")
    choose(learner, q1="a", q2="a", q3="a")
    hand(learner)
    expect(result(learner)).to_contain_text("Du har 3 av 3 rätt. Det är 100 procent.")
    assert "försök kvar" not in result(learner).inner_text()
    hand(learner, "Gör ett nytt försök")
    expect(learner.course.locator("[data-attempt]")).to_have_text("Försök 2.")
    choose(learner, q1="b", q2="b", q3="b")
    hand(learner)
    expect(result(learner)).to_contain_text("Godkänt")
    expect(result(learner)).to_contain_text("Du har 0 av 3 rätt. Det är 0 procent.")
    expect(result(learner)).to_contain_text("Ditt bästa resultat är 100 procent.")
    learner.settle()
    saved = learner.leave()
    assert (saved["status"], saved["score"]) == ("passed", "100")


def test_questions_without_answer_are_named_and_nothing_is_locked(launch: Launch, make: Make) -> None:
    learner = begin(launch, make())
    choose(learner, q2="a")
    hand(learner)
    gaps = learner.course.locator("[data-gaps]")
    expect(gaps).to_have_text("De här frågorna har inget svar: 1, 3. Svara på dem och lämna sedan in.")
    expect(learner.course.locator("[data-say]")).to_have_text(gaps.inner_text())
    expect(learner.course.locator("form[data-q=fraga-1] input[value=a]")).to_be_focused()
    expect(learner.course.locator("form[data-q=fraga-1] [data-err]")).to_be_visible()
    expect(result(learner)).to_be_hidden()
    # The learner looks something up on another page, and comes back.
    learner.go("textsida")
    learner.go("provsida")
    choose(learner, q1="a", q3="a")
    expect(learner.course.locator("form[data-q=fraga-1] [data-err]")).to_be_hidden()
    hand(learner)
    expect(gaps).to_be_hidden()
    expect(result(learner)).to_contain_text("Godkänt")


def test_an_attempt_that_was_begun_can_be_handed_in_though_a_later_version_allows_fewer(
    launch: Launch, make: Make
) -> None:
    learner = begin(launch, make(", feedback: after, attempts: 3"))
    for _ in range(2):
        choose(learner, q1="b", q2="b", q3="b")
        hand(learner)
        hand(learner, "Gör ett nytt försök")
    learner.settle()
    back = begin(launch, make(", feedback: after, attempts: 2"), saved=learner.leave())
    choose(back, q1="a", q2="a", q3="a")
    hand(back)
    expect(result(back)).to_contain_text("Godkänt")


def test_where_no_share_is_asked_for_nobody_is_graded(launch: Launch, make: Make) -> None:
    learner = begin(launch, make(head=UNJUDGED))
    choose(learner, q1="a", q2="b", q3="b")
    hand(learner)
    expect(result(learner)).to_contain_text("Du har 1 av 3 rätt.")
    expect(result(learner)).to_contain_text("Du har lämnat in dina svar")
    expect(result(learner)).not_to_contain_text(re.compile("krävs|godkän", re.IGNORECASE))


def test_answers_are_reviewed_where_the_author_lets_them(launch: Launch, make: Make) -> None:
    learner = begin(launch, make())
    choose(learner, q1="a", q2="b", q3="a")
    hand(learner)
    wrong = learner.course.locator("form[data-q=fraga-2]")
    expect(wrong.locator(".opt.wrong")).to_contain_text("Ditt svar, inte rätt")
    expect(wrong.locator(".opt.right")).to_contain_text("Rätt svar")
    expect(wrong.locator(".opt.wrong .why")).to_have_text("Nej. Tänk på nummer 2.")
    expect(learner.course.locator("form[data-q=fraga-1] .opt.right")).to_contain_text("Ditt svar, rätt")

    unseen = begin(launch, make(", feedback: after, review: false"))
    choose(unseen, q1="a", q2="b", q3="a")
    hand(unseen)
    expect(unseen.course.locator("form[data-q=fraga-2] .opt.wrong")).to_have_count(1)
    expect(unseen.course.locator("form[data-q=fraga-2] .opt.right")).to_have_count(0)

    silent = begin(launch, make(", feedback: none"))
    choose(silent, q1="a", q2="b", q3="a")
    hand(silent)
    expect(result(silent)).to_contain_text("Du har 2 av 3 rätt.")
    assert silent.course.locator("form .mark, form .fb").count() == 0
    assert checked(silent) == ["a", "b", "a"]


def test_answers_are_told_to_the_lms_when_they_are_handed_in(launch: Launch, make: Make) -> None:
    learner = begin(launch, make())
    choose(learner, q1="b", q2="a", q3="a")
    choose(learner, q1="a")
    learner.settle()
    assert not [call for call in learner.calls("LMSSetValue") if "interactions" in call["given"][0]]
    hand(learner)
    learner.settle()
    told = {call["given"][0]: call["given"][1] for call in learner.calls("LMSSetValue")}
    assert [told[f"cmi.interactions.{n}.id"] for n in range(3)] == ["fraga-1", "fraga-2", "fraga-3"]
    assert [told[f"cmi.interactions.{n}.result"] for n in range(3)] == ["correct"] * 3
    assert "cmi.interactions.3.id" not in told


def test_a_new_attempt_asks_what_was_not_asked_before(launch: Launch, make: Make) -> None:
    text = "Sex frågor.\n\n" + "\n".join(CHOICE.format(n=n) for n in range(1, 7))
    address = make(", feedback: after", text, pool=3)
    learner = begin(launch, address)

    def asked() -> set[str]:
        forms = learner.course.locator("form[data-q]:visible").all()
        return {str(form.get_attribute("data-q")) for form in forms}

    first = asked()
    for name in first:
        learner.course.locator(f"form[data-q={name}] input[value=b]").check()
    hand(learner)
    expect(result(learner)).to_contain_text("Du har 0 av 3 rätt.")
    hand(learner, "Gör ett nytt försök")
    second = asked()
    assert (len(first), len(second), first & second) == (3, 3, set())
    learner.settle()
    learner = begin(launch, address, saved=learner.leave())
    assert asked() == second


def test_every_kind_of_question_is_kept_and_handed_in(launch: Launch, make: Make) -> None:
    address = make(", feedback: after", ALL_KINDS)
    learner = begin(launch, address)
    course = learner.course
    course.get_by_label("Inte den här").check()
    rows = course.locator("form[data-q=q-para] select")
    rows.nth(0).select_option("larm")
    rows.nth(1).select_option("rok")
    course.locator("form[data-q=q-skriv] input").fill("112")
    course.locator("form[data-q=q-tal] input").fill("5")
    course.get_by_label("Bra").check()
    learner.settle()
    back = begin(launch, address, saved=learner.leave())
    course = back.course
    assert course.locator("form[data-q=q-para] select").nth(0).input_value() == "larm"
    # What was written is not kept, and the learner is told so without being told whether it was right.
    expect(course.locator("form[data-q=q-skriv] [data-fb]")).to_contain_text(
        "Kursen minns inte vad du skrev."
    )
    assert course.locator("form .mark").count() == 0
    # The rows that nobody has moved are an answer too.
    hand(back)
    expect(result(back)).to_contain_text("av 5 rätt")
    expect(course.locator("form[data-q=q-skriv]")).to_contain_text("Du har svarat rätt.")
    expect(course.locator("form[data-q=q-tal]")).to_contain_text("Ditt svar var inte rätt.")
    expect(course.locator("form[data-q=q-tycker] [data-fb]")).to_contain_text("Tack för ditt svar")
    assert "ändra" not in course.locator("form[data-q=q-tycker] [data-fb]").inner_text()
    back.settle()
    told = {call["given"][0]: call["given"][1] for call in back.calls("LMSSetValue")}
    ids = [told[f"cmi.interactions.{n}.id"] for n in range(6)]
    at = ids.index("q-skriv")
    assert told[f"cmi.interactions.{at}.result"] == "correct"
    # What was answered is not known any more, and nothing else is said in its place.
    assert f"cmi.interactions.{at}.student_response" not in told


def test_a_check_is_done_by_keyboard_alone(launch: Launch, make: Make) -> None:
    learner = begin(launch, make())
    keyboard = learner.page.keyboard
    for n in (1, 2, 3):
        learner.course.locator(f"form[data-q=fraga-{n}] input").first.focus() if n == 1 else keyboard.press(
            "Tab"
        )
        keyboard.press("Space")
        expect(learner.course.locator(f"form[data-q=fraga-{n}] input[value=a]")).to_be_checked()
    keyboard.press("Tab")
    expect(learner.course.locator("[data-hand]")).to_be_focused()
    keyboard.press("Enter")
    expect(result(learner)).to_be_focused()
    # Told once.
    expect(learner.course.locator("[data-say]")).to_contain_text("Godkänt")
    assert learner.course.locator("[data-say]").inner_text().count("Godkänt") == 1
    keyboard.press("Tab")
    expect(learner.course.get_by_role("button", name="Gör ett nytt försök")).to_be_focused()


def test_a_double_click_hands_in_and_begins_no_other_attempt(launch: Launch, make: Make) -> None:
    learner = begin(launch, make())
    choose(learner, q1="a", q2="a", q3="a")
    # The result moves the button away from under the pointer here, and need not elsewhere.
    learner.course.locator("[data-hand]").evaluate(
        """(button) => { for (const detail of [1, 2])
        button.dispatchEvent(new MouseEvent("click", { bubbles: true, detail })); }"""
    )
    expect(result(learner)).to_contain_text("Godkänt")
    expect(learner.course.locator("[data-hand]")).to_have_text("Gör ett nytt försök")


def test_what_is_handed_in_on_one_device_is_handed_in_on_the_other(browser: Browser, make: Make) -> None:
    content = content_at(make(target="xapi"))
    with room(browser) as here:
        one = here.open(content)
        one.go("provsida")
        one.course.locator("form[data-q=fraga-1] input[value=a]").check()
        one.settle()
        other = here.open(content)
        other.go("provsida")
        expect(other.course.locator("form[data-q=fraga-1] input[value=a]")).to_be_checked()
        for n in (2, 3):
            one.course.locator(f"form[data-q=fraga-{n}] input[value=a]").check()
        one.course.get_by_role("button", name="Lämna in").click()
        one.settle()
        # The other device does not know it yet, and is told when it saves.
        other.course.locator("form[data-q=fraga-1] input[value=b]").check()
        expect(other.course.locator("[data-result]")).to_contain_text("Du har 3 av 3 rätt.")
        expect(other.course.locator("fieldset:disabled")).to_have_count(3)
        expect(other.course.locator("form[data-q=fraga-1] input[value=a]")).to_be_checked()
        here.leave(other)
        here.leave(one)
        told = here.lrs.said("answered")
        assert content.about(told) == ["fraga-1", "fraga-2", "fraga-3"]
        assert [each["result"] for each in told] == [{"response": "a", "success": True}] * 3
        assert len(here.lrs.said("passed")) == 1
        assert here.lrs.said("failed") == []
        back = here.open(content)
        back.go("provsida")
        expect(back.course.locator("[data-result]")).to_contain_text("Godkänt")
        here.leave(back)


def test_a_check_goes_on_in_another_language(launch: Launch, tmp_path: Path) -> None:
    rule = "final-check: {page: p1-c1-s2, mastery: 60, feedback: after, attempts: 2}\n"
    course = write_translated(tmp_path / "course", {"course.yaml": FILES["course.yaml"] + rule})
    with served(unpacked(course, tmp_path)) as address:
        learner = launch(address=address, locale="sv-SE", viewport={"width": 1440, "height": 900})

        def speak(language: str) -> None:
            learner.course.locator(f"[data-menu-nav] [data-language={language}]").click()
            learner.wait(f"document.documentElement.lang === '{language}'")

        learner.go("p1-c1-s2")
        learner.course.get_by_label("Springer").check()
        learner.course.locator("form[data-q=q2] input").fill("112")
        speak("en")
        expect(learner.course.locator("form[data-q=q1] input[value=a]")).to_be_checked()
        expect(learner.course.locator("[data-attempt]")).to_have_text("Attempt 1 of 2.")
        expect(learner.course.locator("#p1-c1-s2 > .hand").first).to_contain_text("You have 2 attempts")
        hand(learner, "Hand in")
        expect(result(learner)).to_contain_text("You have 0 of 2 right.")
        speak("sv")
        expect(result(learner)).to_contain_text("Du har 0 av 2 rätt.")
        expect(learner.course.locator("fieldset:disabled")).to_have_count(2)
        hand(learner, "Gör ett nytt försök")
        expect(learner.course.locator("[data-attempt]")).to_have_text("Försök 2 av 2.")
