"""What a learner can do on any page, whatever blocks stand on it, and what a screen reader is told meanwhile."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from conftest import BEGUN, Learner
from playwright.sync_api import Frame

# Buttons that print, leave, open a dialog, change the language, hand in or play a film are pressed by tests of their own.
BUTTONS = (
    "button:not([data-print], [data-exit], [data-open], [data-close], [data-erase], [data-language], [data-hand],"
    " .lines button, .chapters button)"
)

GO = """const go = async (hash) => {
    if (hash === location.hash) return;
    const shown = new Promise((done) => addEventListener("hashchange", done, { once: true }));
    location.hash = hash;
    await shown;
  };"""

ANSWER = """async (wanted, only) => {
  const { questions } = JSON.parse(document.getElementById("course-data").textContent);
  const forms = document.querySelectorAll(only ? `form[data-q="${only}"]` : "form[data-q]:not([data-undrawn], :has(:disabled))");
  for (const [number, form] of forms.entries()) {
    const right = wanted ?? number % 2 === 1;
    const { answers } = questions.find(({ id }) => id === form.dataset.q);
    const ids = answers.filter((each) => each.right).map(({ id }) => id);
    if (form.dataset.state) form.requestSubmit();
    const boxes = [...form.querySelectorAll("[type=radio], [type=checkbox]")];
    const other = boxes.find(({ value }) => !ids.includes(value)) ?? boxes[0];
    for (const box of boxes) box.checked = right && ids.length ? ids.includes(box.value) : box === other;
    for (const list of form.querySelectorAll("select")) {
      list.value = right ? ids.find((id) => id.startsWith(`${list.dataset.row}.`)).split(".")[1] : list.options[1].value;
    }
    for (const text of form.querySelectorAll("[type=text]")) {
      text.value = right ? form.querySelector("[data-solution]").textContent.split(" till ")[0]
        : text.inputMode ? "-1" : "nej";
      text.dispatchEvent(new Event("change", { bubbles: true }));
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
    form.requestSubmit();
  }
  const check = document.querySelector(".page:has([data-result][hidden])");
  if (only || !check) return;
  GO
  const here = location.hash || `#${document.querySelector(".page").id}`;
  await go(`#${check.id}`);
  check.querySelector("[data-hand]").click();
  await go(here);
}""".replace("GO", GO)

USE = """async (buttons) => {
  GO
  for (const page of document.querySelectorAll(".page:not([data-now]), .page[data-now]")) {
    await go(`#${page.id}`);
    if (!buttons) continue;
    for (const each of page.querySelectorAll("details:not(.answers)")) each.open = true;
    for (const each of page.querySelectorAll(buttons)) {
      if (each.checkVisibility() && !each.closest("form")) each.click();
    }
  }
}""".replace("GO", GO)


def page_ids(learner: Learner) -> list[str]:
    """Every page, also those that the player makes of itself, the first one last: going to where one is does nothing."""
    ids = learner.course.evaluate("[...document.querySelectorAll('.page')].map(({ id }) => id)")
    return [*ids[1:], ids[0]]


def answer_all(learner: Learner, *, right: bool | None, only: str = "") -> None:
    """Answers every question that is asked, or only one, and hands the final check in.

    What can only be ordered stays as it was met, which is not right. `right=None`: every other one right. Which questions
    of a pool are asked is only known when their page has been met.
    """
    learner.course.evaluate(f"({ANSWER})({json.dumps(right)}, {json.dumps(only)})")


def wish(learner: Learner, language: str) -> None:
    """Asks for a language as a learner does who has it in mind: in the menu."""
    if not learner.course.locator("[data-menu-nav] [data-language]").first.is_visible():
        learner.course.locator(".top [data-open=menu]").click()
    learner.course.locator(f"[data-menu-nav] [data-language={language}]").click()


def speak(learner: Learner, language: str) -> None:
    """Changes the language so."""
    wish(learner, language)
    learner.wait(f"document.documentElement.lang === '{language}'")
    if learner.course.locator("#d-menu:modal").count():
        learner.page.keyboard.press("Escape")
    learner.wait("!document.querySelector('#d-menu:modal')")


def visit_all(learner: Learner) -> None:
    """Goes to every page: some of what stands there is only made ready then."""
    learner.course.evaluate(f"({USE})('')")


def use_all(learner: Learner) -> None:
    """Goes to every page, opens what is folded, and presses once whatever else can be pressed, but answers nothing."""
    learner.course.evaluate(f"({USE})({json.dumps(BUTTONS)})")


def show_all(learner: Learner) -> None:
    """Shows every page at once: what looks at all of them is then quick."""
    learner.course.evaluate("for (const page of document.querySelectorAll('.page')) page.dataset.now = ''")


def at_once(axe: Callable[[Frame], list[str]], learner: Learner) -> list[str]:
    """Axe on all pages at once. Only then do several of them have ends of one name."""
    show_all(learner)
    return [each for each in axe(learner.course) if not each.startswith("landmark-unique")]


# Of all pages at once these say nothing.
OF_A_PAGE = (
    "landmark-unique",
    "landmark-one-main",
    "page-has-heading-one",
    "heading-order",
    "bypass",
    "region",
)


def page_by_page(axe: Callable[..., list[str]], learner: Learner) -> list[str]:
    """Axe on every page: what is about a page on each, and the rest on all at once, which takes a quarter of the time."""
    found = []
    for page in page_ids(learner):
        learner.go(page)
        found += [f"{page}: {each}" for each in axe(learner.course, *OF_A_PAGE)]
    return found + at_once(axe, learner)


def tab_to(learner: Learner, selector: str) -> None:
    """Goes forward by the keyboard until the focus is there."""
    for _ in range(80):
        learner.page.keyboard.press("Tab")
        if learner.course.evaluate(f"document.activeElement.matches({json.dumps(selector)})"):
            return
    raise AssertionError(f"the Tab key never came to {selector}")


def press_shift_three_times(learner: Learner) -> None:
    """A tenth of a second apart, as the browser is told, however long it takes to tell it."""
    session = learner.page.context.new_cdp_session(learner.page)
    key = {"key": "Shift", "code": "ShiftLeft", "windowsVirtualKeyCode": 16}
    now = time.time()
    for press in range(3):
        for kind, modifiers in (("keyDown", 8), ("keyUp", 0)):
            given = {**key, "type": kind, "modifiers": modifiers, "timestamp": now + press / 10}
            session.send("Input.dispatchKeyEvent", given)
    session.detach()


def listen(learner: Learner) -> None:
    """Notes what a screen reader is told from now on."""
    learner.course.evaluate("""() => {
        window.heard = [];
        const region = document.querySelector("[data-say]");
        new MutationObserver(() => { if (region.textContent) window.heard.push(region.textContent); })
            .observe(region, { childList: true, characterData: true, subtree: true });
    }""")


def heard(learner: Learner) -> list[str]:
    """What was told since this was asked last."""
    # Some of it is said in an idle moment.
    learner.rest()
    # As long as `say` waits: timers of one length go off in their order, however busy the machine is.
    learner.course.evaluate("new Promise((done) => setTimeout(done, 60))")
    return list(learner.course.evaluate("window.heard.splice(0)"))


# Roles that say nothing by themselves; what is in them is read as if they were not there.
_SILENT = {"none", "generic", "LabelText"}
# What is the name of something else already, and what is the same for every list.
_REPEATED = {"InlineTextBox", "Legend", "ListMarker"}
# Read by their names alone; the browser's own controls of films are its own affair.
_WHOLE = {
    "heading",
    "link",
    "button",
    "tab",
    "option",
    "cell",
    "columnheader",
    "term",
    "Video",
    "Audio",
    "DisclosureTriangle",
}
_STATES = (
    *("selected", "disabled", "required", "invalid", "multiselectable", "live", "roledescription"),
    *("valuemin", "valuemax", "valuetext", "hasPopup"),
)
_BOTH = ("level", "checked", "pressed", "expanded")


def spoken(learner: Learner, *selectors: str, without: str = "") -> list[str]:
    """The accessibility trees of elements as Chromium gives them to a screen reader, a line a node."""
    session = learner.page.context.new_cdp_session(learner.page)
    root = session.send("DOM.getDocument")["root"]["nodeId"]

    def backend(node: int) -> int:
        return int(session.send("DOM.describeNode", {"nodeId": node})["node"]["backendNodeId"])

    def found(selector: str) -> list[int]:
        given = {"nodeId": root, "selector": selector}
        return [backend(node) for node in session.send("DOM.querySelectorAll", given)["nodeIds"]]

    left_out = set(found(without)) if without else set()
    tops = [found(selector)[0] for selector in selectors]
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    known = {node["nodeId"]: node for node in nodes}
    by_element = {node.get("backendDOMNodeId"): node for node in nodes}
    return [_told(by_element[top], known, left_out) for top in tops]


def _told(top: dict[str, Any], known: dict[str, dict[str, Any]], left_out: set[int]) -> str:
    lines: list[str] = []

    def value(node: dict[str, Any], name: str) -> str:
        # Soft hyphens are not read out.
        return " ".join(str(node.get(name, {}).get("value", "")).replace("\u00ad", "").split())

    def children(node: dict[str, Any]) -> list[dict[str, Any]]:
        found = []
        for name in node.get("childIds", []):
            child = known.get(name)
            if not child or value(child, "role") in _REPEATED or child.get("backendDOMNodeId") in left_out:
                continue
            quiet = child["ignored"] or (value(child, "role") in _SILENT and not value(child, "name"))
            found += children(child) if quiet else [child]
        names = {value(child, "name") for child in found if value(child, "role") != "StaticText"}
        return [
            child
            for child in found
            if value(child, "role") != "StaticText" or value(child, "name") not in names
        ]

    def write(node: dict[str, Any], depth: int) -> None:
        role, name = value(node, "role"), value(node, "name")
        if role == "StaticText":
            lines.extend([f"{'  ' * depth}{name}"] if name else [])
            return
        told = [role, f'"{name}"' if name else ""]
        told.append(f"({value(node, 'description')})" if value(node, "description") else "")
        told.append(f"= {value(node, 'value')}" if value(node, "value") else "")
        properties = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
        for kind, given in properties.items():
            if kind == "focusable":
                # Of fields that are disabled the browser may still tell what held before.
                told.append("" if role != "button" and properties.get("disabled") else "*")
            elif kind == "level" and role != "heading":
                continue
            elif kind in _BOTH or (kind in _STATES and given not in (False, "false", "")):
                told.append(f"{kind}={str(given).lower()}")
        lines.append("  " * depth + " ".join(filter(None, told)))
        if role not in _WHOLE and not properties.get("disabled"):
            for each in children(node):
                write(each, depth + 1)

    write(top, 0)
    return "\n".join(lines) + "\n"


def opened(learner: Learner) -> set[str]:
    """Pages that the menu marks, and the one that is shown, once the session is open."""
    learner.wait(BEGUN)
    learner.rest()
    done = learner.course.evaluate(
        "[...document.querySelectorAll('.menu [data-page]:has(.dot.done)')].map((link) => link.dataset.page)"
    )
    return {*done, learner.now}
