"""Scenarios as learners meet them: by keyboard, told once, away and back, on paper, without script, and found by search."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import LMS_STARTS, Launch, Learner, Sites, served, sites_of, unpacked
from playwright.sync_api import Browser, Frame, Locator, expect
from small import a_page, write_small
from using import heard, listen

HEAD = """\
report: {answers: true}
final-check: {page: vagskal}
completion: {rule: check-submitted}
"""
STRAIGHT = """\
Larmet går.

```scenario
id: sc-trapphus
title: Larmet i trapphuset
scenes:
  - id: rummet
    title: Rummet
    text: Sam fortsätter att skriva.
    question: Vad säger du?
    choices:
      - {id: kom, text: "”Kom, nu går vi ut.”", safe: true, feedback: Den som blir ombedd följer med.}
      - {id: strax, text: "”Det slutar snart.”", safe: false, feedback: Det kan du inte veta.}
  - id: trappan
    text: I trapphuset är det rök.
    question: Vad gör du?
    choices:
      - {id: stang, text: Stänger dörren, safe: true, feedback: En dörr håller röken ute.}
      - {id: spring, text: Springer genom röken, safe: false, feedback: Några andetag kan räcka.}
  - id: slut
    text: Ni är ute båda två.
```
"""
BRANCHED = """\
```scenario
id: sc-vag
title: Någon knackar
scenes:
  - id: dorren
    text: Någon knackar på dörren.
    question: Vad gör du?
    choices:
      - {id: oppna, text: Öppnar, safe: true, feedback: Den som knackar vill något., to: grannen}
      - {id: tiga, text: Är tyst, safe: false, feedback: Då går den som knackar., to: vackt}
  - id: grannen
    text: Det är grannen, som känner röklukt.
    question: Vad säger du?
    choices:
      - {id: ut, text: Vi går ut, safe: true, feedback: Du behöver inte veta varifrån lukten kommer., to: ute}
      - {id: sen, text: Kom sedan, safe: false, feedback: Du kan fortfarande öppna., to: dorren}
  - id: ute
    text: Ni är ute, och de andra också.
  - id: vackt
    text: Sirenerna väcker dig.
```
"""


NOTED = """\
Text.

```scenario
id: sc-orolig
title: Den som är rädd
note: {about: Någon är rädd. Inget våld visas., summary: Någon berättar att hen är rädd.}
scenes:
  - id: fraga
    text: Hen gråter.
    question: Vad säger du?
    choices:
      - {id: lyssna, text: Jag lyssnar., safe: true, feedback: Hen får börja.}
      - {id: tyst, text: Såja., safe: false, feedback: Det stänger samtalet.}
  - id: slut
    text: Ni möts igen i morgon.
```
"""


WIDE = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pages = [
        a_page("textsida"),
        a_page("trapphus", STRAIGHT),
        a_page("vagskal", BRANCHED),
        a_page("orolig", NOTED),
    ]
    return write_small(tmp_path_factory.mktemp("scenario") / "course", pages, head=HEAD)


@pytest.fixture(scope="module")
def played(course: Path) -> Iterator[Sites]:
    """The address of the course, by target."""
    with sites_of(course) as address:
        yield address


def address_for(played: Sites, lms: str | None) -> str:
    return played("web" if lms is None else "scorm2004" if "2004" in lms else "scorm12")


def block(learner: Learner, name: str) -> Locator:
    return learner.course.locator(f'[data-scenario="{name}"]')


def focused(learner: Learner) -> str:
    return str(learner.course.evaluate("document.activeElement.textContent.trim()"))


def seen(box: Locator) -> dict[str, Any]:
    """What a learner sees of what is played."""
    play = box.locator("[data-play]")
    return {
        "story": play.locator(".scene").inner_text(),
        "asked": play.locator("h3").inner_text(),
        "choices": play.locator(".say button").all_inner_texts(),
        "pressed": play.locator(".say [aria-pressed=true]").all_inner_texts(),
        "feedback": [line for line in play.locator("[data-fb]").inner_text().split("\n") if line],
        "buttons": play.locator(".row button:visible").all_inner_texts(),
        "step": play.locator("[aria-current=step]").all_inner_texts(),
    }


def choose(box: Locator, text: str) -> None:
    box.locator(".say button", has_text=text).click()


def go_on(box: Locator) -> None:
    box.locator("[data-go]").click()


@pytest.mark.share(1)
@pytest.mark.parametrize("lms", [*sorted(LMS_STARTS), None])
def test_by_keyboard_to_the_end_away_and_back_at_each_scene(
    launch: Launch, played: Sites, axe: Callable[[Frame], list[str]], lms: str | None
) -> None:
    address = address_for(played, lms)
    learner = launch(lms, address=address, hash="#trapphus")
    listen(learner)
    keyboard = learner.page.keyboard
    learner.course.locator("#h-trapphus").focus()
    keyboard.press("Tab")
    assert focused(learner) == "Hoppa till nästa sida"
    keyboard.press("Tab")
    assert focused(learner) == "”Kom, nu går vi ut.”"
    keyboard.press("Tab")
    keyboard.press("Space")
    box = block(learner, "sc-trapphus")
    assert seen(box) == {
        "story": "Sam fortsätter att skriva.",
        "asked": "Vad säger du?",
        "choices": ["”Kom, nu går vi ut.”", "”Det slutar snart.”"],
        "pressed": ["”Det slutar snart.”"],
        "feedback": ["Det finns en tryggare väg", "Det kan du inte veta."],
        "buttons": ["Gå vidare"],
        "step": ["1. Rummet"],
    }
    # Focus stays where another choice can be tried at once.
    assert focused(learner) == "”Det slutar snart.”"
    assert heard(learner) == ["Det finns en tryggare väg. Det kan du inte veta."]
    assert axe(learner.course) == []
    keyboard.press("Shift+Tab")
    keyboard.press("Enter")
    assert heard(learner) == ["Tryggt val. Den som blir ombedd följer med."]
    for _ in range(2):
        keyboard.press("Tab")
    assert focused(learner) == "Gå vidare"
    learner.settle()
    if lms:
        # A choice was made; whoever comes back can read its reason before going on.
        learner = launch(lms, saved=learner.leave(), address=address)
        box = block(learner, "sc-trapphus")
        assert learner.now == "trapphus"
        assert seen(box)["pressed"] == ["”Kom, nu går vi ut.”"]
        assert seen(box)["feedback"] == ["Tryggt val", "Den som blir ombedd följer med."]
        listen(learner)
        keyboard = learner.page.keyboard
        box.locator("[data-go]").focus()
    keyboard.press("Enter")
    assert focused(learner) == "Vad gör du?"
    assert (
        learner.course.evaluate(
            "document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent"
        )
        == "I trapphuset är det rök."
    )
    # The heading that takes focus says all there is to say.
    assert heard(learner) == []
    learner.settle()
    if lms:
        learner = launch(lms, saved=learner.leave(), address=address)
        listen(learner)
        keyboard = learner.page.keyboard
    box = block(learner, "sc-trapphus")
    assert seen(box) == {
        "story": "I trapphuset är det rök.",
        "asked": "Vad gör du?",
        "choices": ["Stänger dörren", "Springer genom röken"],
        "pressed": [],
        "feedback": [],
        "buttons": [],
        "step": ["Steg 2"],
    }
    box.locator(".say button").first.focus()
    keyboard.press("Space")
    for _ in range(2):
        keyboard.press("Tab")
    keyboard.press("Space")
    assert focused(learner) == "Slut"
    at_end = {
        "story": "Ni är ute båda två.",
        "asked": "Slut",
        "choices": [],
        "pressed": [],
        "feedback": [],
        "buttons": ["Börja om"],
        "step": [],
    }
    assert seen(box) == at_end
    assert axe(learner.course) == []
    learner.settle()
    if lms:
        learner = launch(lms, saved=learner.leave(), address=address)
        assert seen(block(learner, "sc-trapphus")) == at_end
        keyboard = learner.page.keyboard
        block(learner, "sc-trapphus").locator("[data-again]").focus()
    else:
        keyboard.press("Tab")
    keyboard.press("Enter")
    assert focused(learner) == "Vad säger du?"
    assert seen(block(learner, "sc-trapphus"))["pressed"] == []


@pytest.mark.parametrize("lms", ["standin", "standin2004"])
def test_the_end_answers_and_is_told_and_beginning_again_takes_nothing_back(
    launch: Launch, played: Sites, lms: str
) -> None:
    address = address_for(played, lms)
    learner = launch(lms, address=address, hash="#vagskal")
    box = block(learner, "sc-vag")
    choose(box, "Öppnar")
    go_on(box)
    choose(box, "Vi går ut")
    learner.settle()

    def records() -> list[str]:
        calls = learner.calls("LMSSetValue") + learner.calls("SetValue")
        return [call["given"][1] for call in calls if call["given"][0].endswith("_response")]

    assert records() == []
    assert learner.course.locator("html[data-complete]").count() == 0
    go_on(box)
    learner.settle()
    assert records() == ["a.a,b.a" if lms == "standin" else "Vad_gor_du[.]Oppnar[,]Vad_sager_du[.]Vi_gar_ut"]
    expect(learner.course.locator("html[data-complete]")).to_have_count(1)
    box.locator("[data-again]").click()
    learner.settle()
    learner = launch(lms, saved=learner.leave(), address=address)
    assert seen(block(learner, "sc-vag"))["asked"] == "Vad gör du?"
    expect(learner.course.locator("html[data-complete]")).to_have_count(1)


# `make soak` walks further, and elsewhere.
STEPS = int(os.environ.get("COURSEPACK_STEPS", "10"))
SEED = int(os.environ.get("COURSEPACK_SEED", "0"))


@pytest.mark.share(1)
@pytest.mark.parametrize("seed", [SEED + 1, SEED + 2, SEED + 3])
def test_a_random_walk_with_reloads_goes_on_where_it_was(launch: Launch, played: Sites, seed: int) -> None:
    chance = random.Random(seed)
    learner = launch(None, address=played("web"), hash="#vagskal")
    box = block(learner, "sc-vag")
    for _ in range(STEPS):
        buttons = box.locator("[data-play] button:visible")
        buttons.nth(chance.randrange(buttons.count())).click()
        before = seen(box)
        if chance.random() < 0.3:
            learner.settle()
            learner.page.reload()
            learner.wait("document.querySelector('[data-save]')?.dataset.state === 'yes'")
            assert seen(box) == before


def test_a_choice_that_is_undone_by_going_round_is_open_again(launch: Launch, played: Sites) -> None:
    learner = launch(None, address=played("web"), hash="#vagskal")
    box = block(learner, "sc-vag")
    choose(box, "Öppnar")
    go_on(box)
    choose(box, "Kom sedan")
    go_on(box)
    assert seen(box)["story"] == "Någon knackar på dörren."
    assert seen(box)["pressed"] == []
    # Where ways part there are no steps to count.
    assert box.locator(".trail").count() == 0


def test_on_paper_and_without_script_every_path_is_told(launch: Launch, played: Sites) -> None:
    address = played("web")
    told = (
        "Steg 1", "Någon knackar på dörren.", "Vad gör du?", "Öppnar", "Tryggt val. Den som knackar vill något. Valet leder till steg 2.",
        "Är tyst", "Det finns en tryggare väg. Då går den som knackar. Valet leder till slut 2.", "Steg 2",
        "Det är grannen, som känner röklukt.", "Valet leder till slut 1.", "Valet leder till steg 1.", "Slut 1",
        "Ni är ute, och de andra också.", "Slut 2", "Sirenerna väcker dig.",
    )  # fmt: skip
    learner = launch(None, address=address, hash="#vagskal")
    learner.page.emulate_media(media="print")
    printed = block(learner, "sc-vag").inner_text()
    for words in told:
        assert words in printed
    assert not block(learner, "sc-vag").locator("[data-play]").is_visible()
    bare = launch(None, address=address, hash="#vagskal", java_script_enabled=False)
    box = bare.page.locator("[data-scenario=sc-vag]")
    read = box.inner_text()
    for words in told:
        assert words in read
    assert box.locator("button:visible").count() == 0


def test_words_of_a_scene_that_is_not_met_yet_are_found_and_nothing_is_done_by_it(
    launch: Launch, played: Sites
) -> None:
    learner = launch(None, address=played("web"), hash="#textsida")
    learner.course.get_by_role("button", name="Sök", exact=True).first.click()
    learner.course.locator("[data-find]").fill("sirenerna")
    hits = learner.course.locator("[data-hits] a")
    expect(hits).to_have_count(1)
    hits.first.click()
    learner.wait("document.getElementById('vagskal').hasAttribute('data-now')")
    assert focused(learner) == "Sirenerna väcker dig."
    box = block(learner, "sc-vag")
    assert box.locator("details").get_attribute("open") is not None
    assert seen(box)["story"] == "Någon knackar på dörren."
    assert seen(box)["pressed"] == []


@pytest.mark.share(2)
@pytest.mark.parametrize("mode", ["light", "dark", "forced", "200 %", "rtl"])
def test_at_320_pixels_all_fits_and_axe_finds_nothing(
    launch: Launch, played: Sites, axe: Callable[[Frame], list[str]], mode: str
) -> None:
    learner = launch(
        None,
        address=played("web"),
        hash="#trapphus",
        viewport={"width": 320, "height": 640},
        color_scheme="dark" if mode == "dark" else "light",
        forced_colors="active" if mode == "forced" else "none",
    )
    if mode == "200 %":
        learner.course.evaluate("document.querySelector('#d-settings [name=size][value=\"2\"]').click()")
    if mode == "rtl":
        learner.course.evaluate("document.documentElement.dir = 'rtl'")
    box = block(learner, "sc-trapphus")
    choose(box, "Det slutar")
    box.locator("summary").click()
    assert learner.course.evaluate("document.documentElement.scrollWidth") <= 320
    assert axe(learner.course) == []
    sizes = box.locator(".say button, [data-go]").evaluate_all(
        "(all) => all.map((each) => each.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 44
    if mode == "forced":
        outline = box.locator("[aria-pressed=true]").evaluate("(each) => getComputedStyle(each).outlineStyle")
        assert outline == "solid"
    go_on(box)
    # What comes next begins in view, below the header.
    top = box.locator(".scene").evaluate("(each) => each.getBoundingClientRect().top")
    assert 0 <= top < 640


def test_a_new_version_of_the_scenes_keeps_whoever_was_in_them(
    launch: Launch, played: Sites, course: Path, tmp_path: Path, browser: Browser
) -> None:
    learner = launch("standin", address=played("scorm12"), hash="#trapphus")
    box = block(learner, "sc-trapphus")
    choose(box, "Kom, nu")
    go_on(box)
    choose(box, "Springer")
    learner.settle()
    saved = learner.leave()
    later = tmp_path / "course"
    (later / "pages").mkdir(parents=True)
    for name in ("course.yaml", "course.lock", "pages/textsida.md", "pages/vagskal.md", "pages/orolig.md"):
        (later / name).write_text((course / name).read_text("utf-8"), "utf-8")
    longer = STRAIGHT.replace(
        "  - id: slut\n",
        "  - id: fonstret\n    text: Sam vill tillbaka.\n    question: Vad säger du?\n    choices:\n"
        "      - {id: nej, text: Stanna, safe: true, feedback: Bra.}\n"
        "      - {id: ja, text: Skynda dig, safe: false, feedback: Varför?}\n  - id: slut\n",
    )
    (later / "pages/trapphus.md").write_text(longer, "utf-8")
    with served(unpacked(later, tmp_path)) as address:
        learner = launch("standin", saved=saved, address=address)
        box = block(learner, "sc-trapphus")
        assert seen(box)["pressed"] == ["Springer genom röken"]
        go_on(box)
        assert seen(box)["story"] == "Sam vill tillbaka."
        learner.settle()
        # While the package is still served.
        learner.leave()


def test_behind_a_content_note_nothing_is_kept_and_nothing_told(
    launch: Launch, played: Sites, axe: Callable[[Frame], list[str]]
) -> None:
    written = []
    for way in ("Hoppa över", "Fortsätt till scenariot"):
        learner = launch("standin", address=played("scorm12"), hash="#orolig")
        box = block(learner, "sc-orolig")
        assert not box.is_visible()
        assert axe(learner.course) == []
        learner.course.locator("#orolig").get_by_role("button", name=way).click()
        if way == "Hoppa över":
            assert not box.is_visible()
        else:
            assert focused(learner) == "Vad säger du?"
            choose(box, "Såja.")
            go_on(box)
            assert seen(box)["buttons"] == ["Börja om"]
        learner.go("textsida")
        learner.go("orolig")
        # It stays played as long as the window is there.
        assert box.is_visible() == (way != "Hoppa över")
        assert box.locator(".scene").text_content() == (
            "Hen gråter." if way == "Hoppa över" else "Ni möts igen i morgon."
        )
        learner.settle()
        learner.leave()
        given = dict(call["given"] for call in learner.calls("LMSSetValue"))
        assert not [element for element in given if "interactions" in element]
        # Without the seal, in which every attempt has a mark of its own.
        written.append(given["cmi.suspend_data"].split(".")[:5])
    assert written[0] == written[1]


TRANSLATED = {"Någon knackar": "Somebody knocks", "Vad gör du?": "What do you do?", "Öppnar": "Open"}


def test_a_change_of_language_in_the_midst_of_a_scene_keeps_the_choice(
    launch: Launch, course: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(course, tmp_path / "course")
    text = (folder / "course.yaml").read_text("utf-8")
    (folder / "course.yaml").write_text(
        text.replace("language: sv\n", "language: sv\ntranslations: [en]\n"), "utf-8"
    )
    other = folder / "translations/en"
    shutil.copytree(folder / "pages", other / "pages")
    titles = {name: name for name in ("del-1", "kapitel-1", "textsida", "trapphus", "vagskal", "orolig")}
    words = {"title": "Practice", "description": "A course with scenarios.", "titles": titles}
    (other / "translation.yaml").write_text(yaml.safe_dump(words), "utf-8")
    page = BRANCHED
    for swedish, english in TRANSLATED.items():
        page = page.replace(swedish, english)
    (other / "pages/vagskal.md").write_text(page, "utf-8")
    with served(unpacked(folder, tmp_path)) as address:
        learner = launch("standin", address=address, hash="#vagskal", locale="sv-SE", viewport=WIDE)
        choose(block(learner, "sc-vag"), "Öppnar")
        learner.settle()
        learner.course.locator("[data-menu-nav] [data-language=en]").click()
        learner.wait("document.documentElement.lang === 'en'")
        box = block(learner, "sc-vag")
        assert seen(box)["asked"] == "What do you do?"
        assert seen(box)["pressed"] == ["Open"]
        assert seen(box)["feedback"] == ["Safe choice", "Den som knackar vill något."]
        go_on(box)
        learner.settle()
        learner.course.locator("[data-menu-nav] [data-language=sv]").click()
        learner.wait("document.documentElement.lang === 'sv'")
        assert seen(block(learner, "sc-vag"))["story"] == "Det är grannen, som känner röklukt."
        learner.settle()
        learner.leave()
