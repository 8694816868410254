"""Each kind of question by keyboard: answered wrong and right, told once, kept, and told to the LMS in its own words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import LMS_STARTS, Launch, Learner, PoorLine, Sites, served, sites_of, unpacked
from playwright.sync_api import Browser, Frame, Locator, expect
from small import a_page, write_small
from tracked import assert_sound, content_at, room
from using import heard, listen, tab_to

HEAD = """\
report: {answers: true}
final-check: {page: fragesida, mastery: 80}
completion: {rule: check-submitted}
"""
PAGE = """\
Alla slags frågor.

```matching
id: q-para
question: Para ihop
targets:
  - {id: rok, text: Rök}
  - {id: larm-1, text: Larm}
  - {id: ovning, text: Övning}
rows:
  - {id: a, text: Det hör man., target: larm-1, feedback: Det som hörs är larmet.}
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
  - {text: Ett ett två, right: true}
  - {text: "112", right: true}
  - {text: "114 14", feedback: Det är ett annat nummer.}
```

```numeric
id: q-tal
question: Hur många?
answer: 2.5
tolerance: 0.1
feedback: {low: Det är fler., high: Det är färre.}
```

```likert
id: q-tycker
question: Jag vet vad jag ska göra.
scale:
  - {id: "nej", text: Nej, feedback: Läs en gång till.}
  - {id: "ja", text: Ja}
```

```reflection
question: Vad tänker du?
afterwards: Så kan man tänka.
```
"""
SECRET = "Hemlig tanke som ingen ska se"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """The address of the course, by target."""
    course = write_small(
        tmp_path_factory.mktemp("questions") / "course",
        [a_page("textsida"), a_page("fragesida", PAGE)],
        head=HEAD,
    )
    with sites_of(course) as address:
        yield address


def form(learner: Learner, question: str) -> Locator:
    return learner.course.locator(f'form[data-q="{question}"]')


def press(learner: Learner, *keys: str) -> None:
    for key in keys:
        learner.page.keyboard.press(key)


def focused(learner: Learner, expression: str) -> Any:
    return learner.course.evaluate(f"(now => {expression})(document.activeElement)")


every_lms = pytest.mark.parametrize("lms", sorted(LMS_STARTS))


def answer_all(learner: Learner) -> None:
    """Answers every question right, by keyboard alone."""
    learner.course.locator("#h-fragesida").focus()
    for letter in "LR":
        tab_to(learner, "select")
        press(learner, letter)
    tab_to(learner, "[type=submit]")
    press(learner, "Enter")
    rows = form(learner, "q-ordna").locator("[data-item]")
    for at, wanted in enumerate(("ett", "tva", "tre")):
        while rows.evaluate_all("(all) => all.map((row) => row.dataset.item)").index(wanted) > at:
            learner.course.locator(f'[data-item="{wanted}"] [data-move="-1"]').focus()
            press(learner, "Space")
    tab_to(learner, "[data-q=q-ordna] [type=submit]")
    press(learner, "Enter")
    tab_to(learner, "[data-q=q-skriv] input")
    learner.page.keyboard.type(" ETT ETT  TVÅ ")
    press(learner, "Enter")
    tab_to(learner, "[data-q=q-tal] input")
    learner.page.keyboard.type("2,6")
    press(learner, "Enter")
    tab_to(learner, "[data-q=q-tycker] input")
    press(learner, "ArrowDown")
    tab_to(learner, "[data-q=q-tycker] [type=submit]")
    press(learner, "Enter")


def records(learner: Learner, saved: Any) -> list[tuple[str, str, str]]:
    """Type, response and result of each interaction of the session, wherever an LMS keeps them."""
    if "cmi" in saved:
        found = list(saved["cmi"]["interactions"].values())
    else:
        # Ours keeps no interactions of SCORM 1.2: no content may read them.
        found = []
        for call in learner.calls("LMSSetValue") + learner.calls("SetValue"):
            element, value = call["given"][:2]
            if element.startswith("cmi.interactions."):
                _, _, number, name = element.split(".", 3)
                found += [{}] if int(number) == len(found) else []
                found[int(number)][name] = value
    return [(r["type"], r.get("student_response") or r["learner_response"], r["result"]) for r in found]


@pytest.mark.share(1)
@every_lms
def test_all_kinds_by_keyboard_then_away_and_back(
    launch: Launch, asked: Sites, axe: Callable[[Frame], list[str]], lms: str
) -> None:
    is_2004 = lms.endswith("2004")
    address = asked("scorm2004" if is_2004 else "scorm12")
    learner = launch(lms, address=address, hash="#fragesida")
    assert axe(learner.course) == []
    answer_all(learner)
    for question in ("q-para", "q-ordna", "q-skriv", "q-tal"):
        expect(form(learner, question).locator(".fb")).to_contain_text("Det stämmer")
    expect(form(learner, "q-tycker").locator(".fb")).to_contain_text("Tack för ditt svar")
    assert axe(learner.course) == []
    learner.settle()
    saved = learner.leave()
    told = [
        ("matching", "Det_hor_man[.]Larm[,]Det_ser_man[.]Rok" if is_2004 else "a.b,b.a", "correct"),
        ("sequencing", "Forst[,]Sedan[,]Sist" if is_2004 else "a,b,c", "correct"),
        ("fill-in", "ETT ETT  TVÅ", "correct"),
        ("numeric", "2.6", "correct"),
        ("likert", "Ja" if is_2004 else "b", "neutral"),
    ]
    assert records(learner, saved) == told

    back = launch(lms, saved=saved, address=address)
    assert back.now == "fragesida"
    matched = form(back, "q-para").locator("select").evaluate_all("(all) => all.map((one) => one.value)")
    assert matched == ["larm-1", "rok"]
    rows = form(back, "q-ordna").locator("[data-item]")
    assert rows.evaluate_all("(all) => all.map((row) => row.dataset.item)") == ["ett", "tva", "tre"]
    for question in ("q-skriv", "q-tal"):
        expect(form(back, question).locator("input")).to_have_value("")
        expect(form(back, question)).to_contain_text("Du har svarat rätt. Kursen minns bara det")
    expect(form(back, "q-tycker").locator(":checked")).to_have_value("ja")
    for question in ("q-para", "q-ordna", "q-skriv", "q-tal"):
        expect(form(back, question).locator(".fb")).to_contain_text("Det stämmer")
    assert axe(back.course) == []
    back.settle()
    kept = back.leave()
    if lms.startswith("again"):
        # What is shown again is not told again.
        assert len(records(back, kept)) == len(told)
    else:
        assert records(back, kept) == []


def test_what_is_not_right_is_marked_told_once_shown_and_tried_again(
    launch: Launch, asked: Sites, axe: Callable[[Frame], list[str]]
) -> None:
    learner = launch(address=asked("scorm12"), hash="#fragesida")
    listen(learner)
    match = form(learner, "q-para")
    match.locator("[type=submit]").click()
    assert heard(learner) == ["Välj ett alternativ på varje rad först."]
    assert focused(learner, "now.dataset.row") == "a"
    match.locator("select").nth(0).select_option("ovning")
    match.locator("select").nth(1).select_option("rok")
    match.locator("[type=submit]").click()
    assert heard(learner) == ["1 av 2 är rätt. Det som hörs är larmet."]
    assert [" ".join(text.split()) for text in match.locator(".mark").all_text_contents()] == [
        "Inte rätt",
        "Rätt",
    ]
    # The author's words stand in the row that they are about.
    expect(match.locator("li", has_text="Det hör man.").locator(".why")).to_have_text(
        "Det som hörs är larmet."
    )
    expect(match.locator(".why")).to_have_count(1)
    expect(match.locator(".fb")).to_have_text("1 av 2 är rätt")
    match.locator("[data-show]").click()
    assert heard(learner) == ["Rätt svar: Det hör man. Larm. Det ser man. Rök"]
    expect(match.locator(".mark.shown")).to_have_text("Rätt svar: Larm")
    assert focused(learner, "now.type") == "submit"
    assert axe(learner.course) == []
    match.locator("[type=submit]").click()
    # What was right stays.
    assert match.locator("select").evaluate_all("(all) => all.map((one) => one.value)") == ["", "rok"]
    assert focused(learner, "now.dataset.row") == "a"
    expect(match.locator(".mark, .why")).to_have_count(0)

    fill = form(learner, "q-skriv")
    fill.locator("[type=submit]").click()
    assert heard(learner) == ["Skriv ett svar först."]
    fill.locator("input").fill("11414")
    fill.locator("[type=submit]").click()
    assert heard(learner) == ["Inte riktigt. Det är ett annat nummer."]
    fill.locator("[data-show]").click()
    expect(fill.locator(".mark.shown")).to_have_text("Rätt svar: Ett ett två / 112")
    fill.locator("[type=submit]").click()
    learner.page.keyboard.type("112")
    press(learner, "Enter")
    expect(fill.locator(".fb")).to_contain_text("Det stämmer")
    heard(learner)

    number = form(learner, "q-tal")
    number.locator("input").fill("två")
    number.locator("[type=submit]").click()
    assert heard(learner) == ["Skriv ett tal med siffror först, till exempel 12 eller 2,5."]
    for text, reason in (("2,39", "Det är fler."), ("2,61", "Det är färre.")):
        number.locator("input").fill(text)
        number.locator("[type=submit]").click()
        assert heard(learner) == [f"Inte riktigt. {reason}"]
    number.locator("[data-show]").click()
    expect(number.locator(".mark.shown")).to_have_text("Rätt svar: 2,4 till 2,6")
    assert axe(learner.course) == []
    heard(learner)

    likert = form(learner, "q-tycker")
    likert.locator("input").first.check()
    likert.locator("[type=submit]").click()
    assert heard(learner) == ["Tack för ditt svar. Läs en gång till."]
    expect(likert.locator(".right, .wrong")).to_have_count(0)


CHOICES = """\
En fråga med ord om varje svar.

```choice
id: q-val
question: Vad gör du först?
answers:
  - {id: a, text: Räddar dem som är i fara, right: true, feedback: Människor går före allt.}
  - {id: b, text: Hämtar jackan, feedback: Jackan kan vänta.}
  - {id: c, text: Väntar, feedback: Elden väntar inte.}
```
"""


def test_what_is_said_of_an_answer_stands_in_its_row(
    launch: Launch, tmp_path: Path, axe: Callable[[Frame], list[str]]
) -> None:
    course = write_small(tmp_path / "course", [a_page("valsida", CHOICES)])
    with sites_of(course) as sites:
        learner = launch(address=sites("scorm12"), hash="#valsida")
        choice = form(learner, "q-val")
        expect(learner.course.get_by_role("heading", name="Vad gör du först?", level=2)).to_be_visible()

        def said() -> dict[str, str]:
            rows = choice.locator(".opt:has(.why)").all()
            return {row.locator("input").input_value(): row.locator(".why").inner_text() for row in rows}

        choice.locator("[value=b]").check()
        choice.locator("[type=submit]").click()
        assert said() == {"b": "Jackan kan vänta."}
        expect(choice.locator(".fb")).to_have_text("Inte riktigt")
        choice.locator("[data-show]").click()
        assert said() == {"a": "Människor går före allt.", "b": "Jackan kan vänta."}
        choice.locator("[type=submit]").click()
        assert said() == {}
        choice.locator("[value=a]").check()
        choice.locator("[type=submit]").click()
        # Who knows the answer may want to know of the others.
        assert list(said()) == ["a", "b", "c"]
        assert axe(learner.course) == []


def test_rows_move_by_buttons_that_keep_focus_and_say_where_the_row_is(launch: Launch, asked: Sites) -> None:
    learner = launch(address=asked("scorm12"), hash="#fragesida")
    ordering = form(learner, "q-ordna")

    def now() -> list[str]:
        return list(
            ordering.locator("[data-item]").evaluate_all("(all) => all.map((row) => row.dataset.item)")
        )

    listen(learner)
    first, second, third = now()
    assert [first, second, third] != ["ett", "tva", "tre"]
    down = ordering.locator(f'[data-item="{first}"] [data-move="1"]')
    down.focus()
    press(learner, "Enter")
    assert now() == [second, first, third]
    assert heard(learner) == ["Plats 2 av 3"]
    press(learner, "Space")
    assert now() == [second, third, first]
    assert heard(learner) == ["Plats 3 av 3"]
    # At the end nothing moves, and focus is not lost.
    press(learner, "Enter")
    assert now() == [second, third, first]
    assert heard(learner) == ["Plats 3 av 3"]
    assert focused(learner, "now.dataset.move + now.closest('[data-item]').dataset.item") == f"1{first}"
    assert focused(learner, "now.getAttribute('aria-disabled')") == "true"

    ordering.locator("[type=submit]").click()
    expect(ordering.locator(".mark")).to_have_count(3)
    told = heard(learner)
    assert len(told) == 1
    # A row that is moved is another answer, and the marks are of the old one.
    ordering.locator(f'[data-item="{second}"] [data-move="1"]').click()
    expect(ordering.locator(".mark")).to_have_count(0)


@pytest.mark.share(1)
@every_lms
def test_an_answer_that_is_not_right_is_there_again_and_its_text_is_not(
    launch: Launch, asked: Sites, lms: str
) -> None:
    address = asked("scorm2004" if lms.endswith("2004") else "scorm12")
    learner = launch(lms, address=address, hash="#fragesida")
    for question, text in (("q-skriv", "tolv och en halv"), ("q-tal", "1")):
        form(learner, question).locator("input").fill(text)
        form(learner, question).locator("[type=submit]").click()
    order = form(learner, "q-ordna").locator("[data-item]")
    before = order.evaluate_all("(all) => all.map((row) => row.dataset.item)")
    form(learner, "q-ordna").locator("[type=submit]").click()
    learner.settle()
    saved = learner.leave()
    back = launch(lms, saved=saved, address=address)
    order = form(back, "q-ordna").locator("[data-item]")
    assert order.evaluate_all("(all) => all.map((row) => row.dataset.item)") == before
    expect(form(back, "q-ordna").locator(".fb")).to_contain_text("av 3 är rätt")
    for question in ("q-skriv", "q-tal"):
        expect(form(back, question).locator("input")).to_have_value("")
        expect(form(back, question)).to_contain_text("Ditt svar var inte rätt. Kursen minns bara det")
    expect(form(back, "q-tal").locator(".fb")).to_contain_text("Det är fler.")


def test_a_thought_is_neither_kept_nor_sent(launch: Launch, asked: Sites, browser: Browser) -> None:
    learner = launch(address=asked("scorm12"), hash="#fragesida")
    area = learner.course.locator("textarea")
    area.fill(SECRET)
    form(learner, "q-tycker").locator("input").first.check()
    form(learner, "q-tycker").locator("[type=submit]").click()
    learner.go("textsida")
    learner.go("fragesida")
    # Within one visit it stays, as on a paper that nobody took away.
    expect(area).to_have_value(SECRET)
    learner.settle()
    kept = learner.course.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    )
    told = json.dumps([learner.lms("saved"), learner.lms("calls"), learner.requests], ensure_ascii=False)
    assert SECRET not in kept + told
    saved = learner.leave()
    back = launch(saved=saved, address=asked("scorm12"))
    expect(back.course.locator("textarea")).to_have_value("")


def test_an_lrs_gets_statements_that_three_validators_accept(browser: Browser, asked: Sites) -> None:
    with room(browser) as here:
        content = content_at(asked("xapi"))
        learner = here.open(content)
        learner.go("fragesida")
        answer_all(learner)
        learner.course.locator("textarea").fill(SECRET)
        learner.settle()
        here.leave(learner)
        told = here.lrs.said("answered")
        results = [{k: v for k, v in each["result"].items() if k != "duration"} for each in told]
        assert results == [
            {"response": "a[.]larm-1[,]b[.]rok", "success": True},
            {"response": "ett[,]tva[,]tre", "success": True},
            {"response": "ETT ETT  TVÅ", "success": True},
            {"response": "2.6", "success": True},
            {"response": "ja"},
        ]
        kinds = [each["object"]["definition"]["interactionType"] for each in told]
        assert kinds == ["matching", "sequencing", "fill-in", "numeric", "likert"]
        assert_sound(here.lrs.statements)
        assert SECRET not in json.dumps([here.lrs.statements, here.lrs.document()], ensure_ascii=False)


@pytest.mark.share(1)
@pytest.mark.parametrize(
    "options",
    [
        {"viewport": {"width": 320, "height": 640}},
        {"viewport": {"width": 360, "height": 640}, "color_scheme": "dark"},
        {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
        {"viewport": {"width": 1000, "height": 560}, "forced_colors": "active"},
    ],
    ids=["320", "360-dark", "1440-dark", "forced-colours"],
)
def test_nothing_is_lost_in_any_frame_or_colours(
    launch: Launch, asked: Sites, axe: Callable[[Frame], list[str]], options: Any
) -> None:
    width = options["viewport"]["width"]
    learner = launch(None, address=asked("web"), hash="#fragesida", path="/package/index.html", **options)
    for state in ("untouched", "wrong"):
        if state == "wrong":
            for select in form(learner, "q-para").locator("select").all():
                select.select_option("ovning")
            form(learner, "q-skriv").locator("input").fill("nej")
            form(learner, "q-tal").locator("input").fill("100")
            form(learner, "q-tycker").locator("input").first.check()
            for button in learner.course.locator("form [type=submit]").all():
                button.click()
            for button in learner.course.locator("[data-show]").all():
                button.click()
        assert learner.course.evaluate("document.documentElement.scrollWidth") == width, state
        small = learner.course.locator("form :is(button, select, input), textarea").evaluate_all(
            "(all) => all.filter((one) => one.getBoundingClientRect().height < 44"
            " && !one.closest('.opt') && one.checkVisibility()).map((one) => one.outerHTML)"
        )
        assert small == [], state
        assert axe(learner.course) == [], state


def test_on_paper_the_options_can_be_read_and_written_on(launch: Launch, asked: Sites) -> None:
    learner = launch(None, address=asked("web"), hash="#fragesida")
    learner.page.emulate_media(media="print")
    match = form(learner, "q-para")
    expect(match.locator(".on-paper li")).to_have_text(["Rök", "Larm", "Övning"])
    expect(match.locator(".on-paper")).to_be_visible()
    expect(match.locator("select").first).to_be_hidden()
    expect(learner.course.locator(".moves").first).to_be_hidden()
    expect(form(learner, "q-ordna").locator("[data-item] > span").first).to_be_visible()
    expect(form(learner, "q-tycker").get_by_text("Nej", exact=True)).to_be_visible()
    expect(learner.course.get_by_text("Så kan man tänka.")).to_be_visible()

    # What was answered before it was printed is seen, and nothing is left to write.
    learner.page.emulate_media(media="screen")
    for row, value in enumerate(("larm-1", "rok")):
        match.locator("select").nth(row).select_option(value)
    match.locator("[type=submit]").click()
    learner.page.emulate_media(media="print")
    expect(match.locator("select").first).to_be_visible()
    line = match.locator(".match").first.evaluate("label => getComputedStyle(label, '::after').content")
    assert line == "none"


@pytest.mark.parametrize(("lms", "target"), [("standin", "scorm12"), (None, "scorm12"), (None, "web")])
def test_that_answers_are_sent_is_told_where_they_are(
    launch: Launch, asked: Sites, lms: str | None, target: str
) -> None:
    learner = launch(lms, address=asked(target), hash="#fragesida")
    told = form(learner, "q-para").locator(".sent")
    learner.wait("document.documentElement.hasAttribute('data-later')")
    if lms:
        expect(told).to_have_text("Ditt svar skickas till lärplattformen.")
        expect(told).to_be_visible()
    else:
        expect(told).to_be_hidden()


def test_it_is_told_also_where_the_question_comes_after_the_session(launch: Launch, tmp_path: Path) -> None:
    course = write_small(tmp_path / "course", [a_page("textsida"), a_page("fragesida", PAGE)], head=HEAD)
    line = PoorLine('id="fragesida"')
    with served(unpacked(course, tmp_path), line) as address:
        learner = launch(address=address, greeting=True)
        assert learner.course.evaluate("document.readyState") == "loading"
        learner.rest()
        line.good.set()
        learner.go("fragesida")
        expect(form(learner, "q-para").locator(".sent")).to_be_visible()
