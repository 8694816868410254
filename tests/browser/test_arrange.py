"""What arranges text: tabs by keyboard, pointer, search and link; everything else by HTML and CSS alone, also on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from conftest import Launch, Learner, sites_of
from playwright.sync_api import Frame, expect
from small import a_page, write_small
from test_around import focused, marked, plain, seek

Axe = Callable[[Frame], list[str]]

PAGE = """\
Samma larm låter olika på olika platser.

::: tabs Välj plats
## I huset

Gå ut genom *närmaste* dörr.

### Tänk på

- Ta inte hissen.
- Stäng dörren efter dig.

## I skogen

Följ vinden åt sidan. Larma om röken.[^1]

## På ett mycket stort vattenlandskap

Håll dig vid båten. Se efter [återsamlingsplatsen](term:samling).
:::

## Gör så här

::: steps
### Lämna det du håller i

Ingenting är viktigare än att komma ut.

### Gå ut

Gå till er [återsamlingsplats](term:samling).
:::

## Sätt att larma

::: cards
### Ring

Slå 112.

### Tryck

Knappen sitter vid dörren.

### Ropa

Säg vad som har hänt.
:::

## Så blev det

::: timeline
### 1956

Ett gemensamt nummer.

### 1996

Numret blir 112.
:::

::: table Släckare på varje våning i huset, med vikt och antal
| Våning | Sort av släckare | Antal | Vikt i kilogram | Senast kontrollerad av |
| --- | --- | ---: | ---: | --- |
| Källaren | Pulver | 4 | 12,0 | brandskyddsansvarig |
| Bottenvåningen | Koldioxid | 12 | 5,5 | brandskyddsansvarig |
:::

::: table Liten
| | a |
| --- | --- |
| b | c |
:::

::: code larm.yaml
```
prov: måndag
meddelande: "Det brinner. Gå ut genom närmaste dörr. Ta inte hissen. Samlas på återsamlingsplatsen vid parkeringen."
```
:::

```math
latex: v = \\frac{s}{t} = \\text{en lång rad som inte får plats på en telefon, och inte heller i en enda spalt på en mycket bred skärm}
alt: v är lika med s genom t
```

::: checklist Innan du går
- Kaffebryggaren är av.
- Dörren är *låst*.
:::

> Jag trodde att jag hade gott om tid.
>
> — Vaktmästaren

> Det hade jag inte.

[^1]: En fotnot om rök.
"""
PLACES = ["I huset", "I skogen", "På ett mycket stort vattenlandskap"]
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def arranged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the course."""
    glossary = "- {id: samling, term: återsamlingsplats, text: Platsen där alla samlas.}\n"
    course = write_small(
        tmp_path_factory.mktemp("arranged") / "course",
        [a_page("textsida"), a_page("ordnad", PAGE)],
        files={"glossary.yaml": glossary},
    )
    with sites_of(course) as address:
        yield address("scorm12")


def chosen(learner: Learner) -> list[str]:
    """The names of the tabs that are chosen, and of the panels that can be read: they must be the same."""
    tabs = learner.course.locator("[role=tab][aria-selected=true]")
    panels = learner.course.locator("[role=tabpanel]")
    names = [plain(tabs.nth(at).inner_text()) for at in range(tabs.count())]
    assert [plain(panels.nth(at).locator("h2").inner_text()) for at in range(panels.count())] == names
    reached = learner.course.evaluate(
        "[...document.querySelectorAll('[role=tab]')].filter((tab) => tab.tabIndex === 0).map((tab) => tab.innerText)"
    )
    assert [plain(each) for each in reached] == names
    return names


def test_tabs_are_moved_between_by_arrows_home_and_end(launch: Launch, arranged: str) -> None:
    learner = launch(address=arranged, hash="#ordnad")
    assert chosen(learner) == PLACES[:1]
    learner.course.locator("[role=tab]").first.focus()
    press = learner.page.keyboard.press
    for key, place in [
        ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowRight", 0), ("ArrowLeft", 2), ("ArrowUp", 1), ("ArrowDown", 2),
        ("Home", 0), ("End", 2),
    ]:  # fmt: skip
        press(key)
        assert focused(learner) == PLACES[place], key
        assert chosen(learner) == [PLACES[place]]
    # Tab goes on to the text, and from it to what can be pressed there.
    press("Tab")
    assert learner.course.evaluate("document.activeElement.role") == "tabpanel"
    press("Tab")
    press("Enter")
    expect(learner.course.locator(".gloss:visible")).to_contain_text("Platsen där alla samlas.")
    press("Shift+Tab")
    press("Shift+Tab")
    assert focused(learner) == PLACES[2]


def test_a_key_of_the_browser_is_left_to_it(launch: Launch, arranged: str) -> None:
    learner = launch(address=arranged, hash="#ordnad")
    learner.course.locator("[role=tab]").first.focus()
    for how in ("altKey", "ctrlKey", "metaKey"):
        assert learner.course.evaluate(
            f"""document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", {{ key: "ArrowRight", bubbles: true, cancelable: true, {how}: true }}))"""
        )
    assert chosen(learner) == PLACES[:1]


def test_in_text_from_right_to_left_the_arrows_go_where_they_point(launch: Launch, arranged: str) -> None:
    learner = launch(address=arranged, hash="#ordnad")
    learner.course.evaluate("document.documentElement.dir = 'rtl'")
    learner.course.locator("[role=tab]").first.focus()
    learner.page.keyboard.press("ArrowLeft")
    assert chosen(learner) == [PLACES[1]]
    learner.page.keyboard.press("ArrowRight")
    assert chosen(learner) == [PLACES[0]]
    assert learner.course.evaluate(WIDE) <= 0


def test_a_tab_is_chosen_by_pressing_it_and_what_was_chosen_is_not_kept(
    launch: Launch, arranged: str
) -> None:
    learner = launch(address=arranged, hash="#ordnad", has_touch=True)
    learner.course.get_by_role("tab", name=PLACES[1]).tap()
    assert chosen(learner) == [PLACES[1]]
    expect(learner.course.get_by_role("tabpanel", name=PLACES[1])).to_contain_text("Följ vinden")
    learner.go("textsida")
    learner.go("ordnad")
    assert chosen(learner) == [PLACES[1]]
    saved = learner.leave()
    again = launch(address=arranged, saved=saved, hash="#ordnad")
    assert chosen(again) == PLACES[:1]


def test_the_search_finds_what_a_tab_hides_and_opens_it(launch: Launch, arranged: str) -> None:
    learner = launch(address=arranged, viewport={"width": 1440, "height": 900})
    seek(learner, "vinden")
    learner.course.locator("[data-hits] a[href='#ordnad']").click()
    learner.wait("document.activeElement.tagName === 'P'")
    assert chosen(learner) == [PLACES[1]]
    assert "Följ vinden" in focused(learner)
    assert marked(learner) == ["vinden"]
    # The name of a tab leads to the tab, and stands there once.
    seek(learner, "vattenlandskap")
    learner.course.locator("[data-hits] a[href='#ordnad']").click()
    learner.wait("document.activeElement.role === 'tab'")
    assert focused(learner) == PLACES[2]
    assert chosen(learner) == [PLACES[2]]
    assert marked(learner) == ["vattenlandskap"]


@pytest.mark.parametrize("found_by_browser", [True, False])
def test_a_footnote_leads_back_into_the_tab_that_it_came_from(
    launch: Launch, arranged: str, found_by_browser: bool
) -> None:
    learner = launch(address=arranged, hash="#ordnad")
    if not found_by_browser:
        # As browsers are that do not know the value.
        learner.course.evaluate(
            "document.querySelectorAll('.tabs > [hidden]').forEach((panel) => panel.hidden = true)"
        )
    learner.course.locator(".footnotes a").click()
    learner.wait("document.querySelectorAll('[role=tab]')[1].ariaSelected === 'true'")
    assert chosen(learner) == [PLACES[1]]
    expect(learner.course.get_by_text("Följ vinden")).to_be_in_viewport()


def test_what_the_browser_itself_finds_is_shown(launch: Launch, arranged: str) -> None:
    learner = launch(address=arranged, hash="#ordnad")
    # As the browser does before it scrolls to what it has found.
    learner.course.evaluate(
        "document.querySelectorAll('.tabs > section')[2].dispatchEvent(new Event('beforematch', { bubbles: true }))"
    )
    assert chosen(learner) == [PLACES[2]]


@pytest.mark.share(2)
@pytest.mark.parametrize(
    "look",
    [
        {"viewport": {"width": 1440, "height": 900}},
        {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
        {"viewport": {"width": 360, "height": 740}, "forced_colors": "active"},
    ],
    ids=["wide", "narrow and dark", "forced colours"],
)
@pytest.mark.parametrize("size", ["1", "2"])
def test_nothing_is_wrong_with_it_in_any_size(
    launch: Launch, arranged: str, axe: Axe, look: dict[str, object], size: str
) -> None:
    learner = launch(address=arranged, hash="#ordnad", **look)
    learner.course.evaluate(f"document.documentElement.style.setProperty('--size', '{size}')")
    learner.course.evaluate("window.dispatchEvent(new Event('resize'))")
    assert axe(learner.course) == []
    assert learner.course.evaluate(WIDE) <= 0
    learner.course.get_by_role("tab", name=PLACES[2]).click()
    assert axe(learner.course) == []
    assert learner.course.evaluate(WIDE) <= 0


def test_a_chosen_tab_is_seen_where_the_device_chooses_the_colours(launch: Launch, arranged: str) -> None:
    learner = launch(address=arranged, hash="#ordnad", forced_colors="active")
    colour = "getComputedStyle(document.querySelectorAll('[role=tab]')[{}]).backgroundColor"
    assert learner.course.evaluate(colour.format(0)) != learner.course.evaluate(colour.format(1))


def test_who_hears_the_page_is_told_of_tabs_steps_and_headings(launch: Launch, arranged: str) -> None:
    learner = launch(address=arranged, hash="#ordnad")
    expect(learner.course.locator("#ordnad")).to_match_aria_snapshot("""
        - tablist "Välj plats":
          - tab "I huset" [selected]
          - tab "I skogen"
          - tab "På ett mycket stort vattenlandskap"
        - tabpanel "I huset":
          - heading "I huset" [level=2]
          - paragraph
          - heading "Tänk på" [level=3]
          - list:
            - listitem: Ta inte hissen.
            - listitem: Stäng dörren efter dig.
        - heading "Gör så här" [level=2]
        - list:
          - listitem:
            - heading "Lämna det du håller i" [level=3]
            - paragraph: Ingenting är viktigare än att komma ut.
          - listitem:
            - heading "Gå ut" [level=3]
        """)


def test_on_paper_every_tab_stands_under_its_name(launch: Launch, arranged: str) -> None:
    learner = launch(address=arranged, hash="#ordnad")
    learner.page.emulate_media(media="print")
    expect(learner.course.locator("[role=tablist]")).to_be_hidden()
    for name, words in zip(PLACES, ("närmaste", "Följ vinden", "Håll dig vid båten"), strict=True):
        heading = learner.course.locator("#ordnad .tabs h2", has_text=name)
        expect(heading).to_be_visible()
        # A heading for ears only is one pixel wide.
        assert (heading.bounding_box() or {})["width"] > 50
        text = learner.course.locator("#ordnad .tabs p", has_text=words)
        assert text.evaluate("(place) => place.checkVisibility({ contentVisibilityAuto: true })")
        assert (text.bounding_box() or {})["height"] > 10


def test_without_a_script_everything_can_be_read(launch: Launch, arranged: str) -> None:
    learner = launch(None, address=arranged, hash="#ordnad", java_script_enabled=False)
    expect(learner.course.locator("[role=tablist]")).to_be_hidden()
    for text in (*PLACES, "Följ vinden", "Håll dig vid båten", "Lämna det du håller i", "Numret blir 112."):
        expect(learner.course.locator("#ordnad section, #ordnad li").get_by_text(text).first).to_be_visible()
    # No role without what plays it.
    expect(learner.course.locator("[role=tabpanel]")).to_have_count(0)


# Tables, code, checklists, quotations


def stops(learner: Learner) -> list[str]:
    """The names of the scrolling places that the Tab key comes to."""
    return [
        str(name)
        for name in learner.course.evaluate(
            "[...document.querySelectorAll('#ordnad .scroll[tabindex=\"0\"]')].map((box) => box.ariaLabel)"
        )
    ]


def test_only_what_is_wider_than_the_page_takes_focus_and_has_a_name(launch: Launch, arranged: str) -> None:
    learner = launch(address=arranged, hash="#ordnad", viewport={"width": 360, "height": 740})
    long, code = "Släckare på varje våning i huset, med vikt och antal", "Kod: larm.yaml"
    formula = "v är lika med s genom t"
    learner.wait("!document.querySelectorAll('#ordnad .scroll')[1].hasAttribute('tabindex')")
    assert stops(learner) == [long, code, formula]
    expect(learner.course.get_by_role("group", name=long)).to_have_count(1)
    expect(learner.course.get_by_role("group", name="Liten")).to_have_count(0)
    learner.page.set_viewport_size({"width": 1440, "height": 900})
    learner.wait("!document.querySelectorAll('#ordnad .scroll')[0].hasAttribute('tabindex')")
    assert stops(learner) == [code, formula]
    learner.page.set_viewport_size({"width": 360, "height": 740})
    learner.wait("document.querySelectorAll('#ordnad .scroll')[0].hasAttribute('tabindex')")
    assert stops(learner) == [long, code, formula]


def test_a_table_that_grows_in_its_place_takes_focus_as_long_as_it_is_wider(
    launch: Launch, arranged: str
) -> None:
    learner = launch(address=arranged, hash="#ordnad", viewport={"width": 360, "height": 740})
    small = "document.querySelectorAll('#ordnad .scroll')[1]"
    for width, fits in (("60em", False), ("", True)):
        # As a word does that comes with another language, or letters that a learner spaces (WCAG 2.2, 1.4.12).
        learner.course.evaluate(f"{small}.firstElementChild.style.minWidth = '{width}'")
        learner.wait(f"{small}.hasAttribute('tabindex') === {str(not fits).lower()}")


def test_a_wide_table_is_scrolled_by_keyboard_and_its_caption_stays(launch: Launch, arranged: str) -> None:
    learner = launch(address=arranged, hash="#ordnad", viewport={"width": 360, "height": 740})
    box = learner.course.locator("#ordnad .scroll").first
    box.focus()
    learner.page.keyboard.press("End")
    for _ in range(20):
        learner.page.keyboard.press("ArrowRight")
    learner.wait("document.querySelector('#ordnad .scroll').scrollLeft > 50")
    caption = box.locator("caption").bounding_box() or {}
    assert caption["x"] >= 0
    assert caption["x"] + caption["width"] <= 360


def test_columns_of_numbers_stand_at_the_end_of_their_cells(launch: Launch, arranged: str) -> None:
    learner = launch(address=arranged, hash="#ordnad", viewport={"width": 1440, "height": 900})
    ends = learner.course.evaluate(
        """[...document.querySelectorAll('#ordnad .scroll tr > :nth-child(3)')].map((cell) => {
        const range = new Range(); range.selectNodeContents(cell); return Math.round(range.getBoundingClientRect().right) })"""
    )
    assert len(ends) == 3
    assert len(set(ends)) == 1


def test_a_checklist_is_ticked_by_keyboard_and_nothing_of_it_is_kept(launch: Launch, arranged: str) -> None:
    learner = launch(address=arranged, hash="#ordnad")
    learner.go("textsida")
    learner.go("ordnad")
    learner.settle()
    before = len(learner.calls("LMSSetValue"))
    assert before > 0
    on_device = "JSON.stringify([localStorage, sessionStorage])"
    kept = learner.course.evaluate(on_device)
    group = learner.course.get_by_role("group", name="Innan du går")
    expect(group).to_contain_text("De sparas inte och skickas inte till någon.")
    group.get_by_role("checkbox", name="Dörren är låst.").focus()
    learner.page.keyboard.press("Space")
    group.get_by_text("Kaffebryggaren är av.").click()
    expect(group.get_by_role("checkbox", checked=True)).to_have_count(2)
    learner.rest()
    # Nothing is told to the LMS, and nothing but what the course keeps anyway lies on the device.
    assert len(learner.calls("LMSSetValue")) == before
    assert learner.course.evaluate(on_device) == kept
    learner.go("textsida")
    learner.go("ordnad")
    expect(group.get_by_role("checkbox", checked=True)).to_have_count(2)
    saved = learner.leave()
    again = launch(address=arranged, saved=saved, hash="#ordnad")
    expect(again.course.get_by_role("checkbox", checked=True)).to_have_count(0)


def test_a_tick_is_seen_on_paper(launch: Launch, arranged: str) -> None:
    learner = launch(address=arranged, hash="#ordnad")
    learner.course.get_by_role("checkbox").first.check()
    learner.page.emulate_media(media="print")
    looks = "getComputedStyle(document.querySelector('#ordnad .ticks :checked')).appearance"
    assert learner.course.evaluate(looks) == "auto"


def test_on_paper_no_table_and_no_code_is_cut_off(launch: Launch, arranged: str) -> None:
    learner = launch(address=arranged, hash="#ordnad", viewport={"width": 700, "height": 900})
    learner.page.emulate_media(media="print")
    boxes = learner.course.locator("#ordnad .scroll:not(:has(math))").all()
    assert len(boxes) == 3
    for box in boxes:
        assert box.evaluate("(box) => getComputedStyle(box).overflowX") == "visible"
        assert box.evaluate("(box) => box.scrollWidth - box.clientWidth") <= 0


def test_every_quotation_begins_with_the_mark_of_its_language(launch: Launch, arranged: str) -> None:
    learner = launch(address=arranged, hash="#ordnad")
    # The second stands beside the first, not inside it.
    marks = "[...document.querySelectorAll('#ordnad .quote')].map((each) => getComputedStyle(each, '::after').content)"
    assert learner.course.evaluate(marks) == ["no-close-quote", "no-close-quote"]
    expect(learner.course.locator("#ordnad .quote footer")).to_have_text("Vaktmästaren")


def test_what_is_in_a_table_and_in_code_is_found(launch: Launch, arranged: str) -> None:
    learner = launch(address=arranged, viewport={"width": 1440, "height": 900})
    for word, tag in (("koldioxid", "TD"), ("parkeringen", "PRE")):
        seek(learner, word)
        learner.course.locator("[data-hits] a[href='#ordnad']").click()
        learner.wait(f"document.activeElement.tagName === '{tag}'")
        assert [each.lower() for each in marked(learner)] == [word]


def test_a_formula_is_drawn_and_has_its_words(launch: Launch, arranged: str) -> None:
    learner = launch(address=arranged, hash="#ordnad", viewport={"width": 1440, "height": 900})
    formula = learner.course.get_by_role("math")
    expect(formula).to_have_attribute("alttext", "v är lika med s genom t")
    # A fraction has one part above the other.
    above, below = (formula.locator("mfrac > mrow").nth(at).bounding_box() or {} for at in (0, 1))
    assert above["y"] + above["height"] <= below["y"] + 1
    assert abs(above["x"] - below["x"]) < 10


def test_a_formula_that_is_too_wide_is_reached_by_its_words(launch: Launch, arranged: str) -> None:
    learner = launch(address=arranged, hash="#ordnad", viewport={"width": 360, "height": 740})
    expect(learner.course.get_by_role("group", name="v är lika med s genom t")).to_have_attribute(
        "tabindex", "0"
    )
    assert learner.course.evaluate(WIDE) <= 0
