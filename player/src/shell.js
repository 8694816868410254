// The frame around every page: layout, menu, dialogs, glossary terms, quick exit.

import { recall, remember } from "./device.js";
import { all, element, on, one, put, say } from "./dom.js";
import { pause } from "./media.js";

/**
 * @import { Course } from "./contract.d.ts"
 */

const root = document.documentElement;

/** Measured in the learner's own text size, not in pixels. */
export function layout() {
  const size = Number.parseFloat(getComputedStyle(root).fontSize) || 16;
  const width = window.innerWidth / size;
  const height = window.innerHeight / size;
  const wide = width >= 75 && height >= 26;
  root.toggleAttribute("data-wide", wide);
  root.toggleAttribute("data-large", size > 24 || width < 18 || height < 24);
  const menu = one("[data-menu-nav]");
  const place = wide ? one("[data-side]") : one("[data-menu-home]", document.getElementById("d-menu") || document);
  if (menu && place && menu.parentNode !== place) {
    if (wide && one("#d-menu[open]")) closeDialogs();
    place.append(menu);
  }
  const button = one("[data-open=menu]");
  if (!button) return;
  put(button, wide, { "aria-expanded": String(root.dataset.menu !== "closed") });
  put(button, !wide, { "aria-haspopup": "dialog" });
}

function foldMenu() {
  root.dataset.menu = root.dataset.menu === "closed" ? "open" : "closed";
  layout();
  remember("menu", root.dataset.menu);
}

function watchLayout() {
  root.dataset.menu = recall("menu") || "open";
  layout();
  let waiting = false;
  window.addEventListener("resize", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      layout();
    });
  });
}

/** @type {HTMLElement | null} */
let opener = null;
/** @type {HTMLDialogElement | null} */
let shown = null;

/**
 * @param {string} name
 * @param {HTMLElement} by
 */
export function openDialog(name, by) {
  const dialog = /** @type {HTMLDialogElement | null} */ (one(`#d-${name}`));
  if (!dialog) return;
  const beside = by.getBoundingClientRect().top - 40;
  closeDialogs();
  opener = by;
  shown = dialog;
  if (dialog.showModal) {
    dialog.showModal();
  } else {
    // Safari before 15.4.
    put(dialog, true, { open: "", role: "dialog", "aria-modal": "true" });
    setRestInert(dialog, true);
    one("[data-close]", dialog)?.focus();
  }
  // Not autofocus, for which browsers log an error in a cross-origin frame.
  one("[data-find]", dialog)?.focus();
  // In a frame as tall as its content, the middle of the frame is off the screen: open beside the button instead.
  const tall = window.innerHeight > screen.availHeight * 1.2;
  dialog.toggleAttribute("data-tall", tall);
  dialog.style.top = tall ? `${Math.max(8, Math.min(beside, window.innerHeight - dialog.offsetHeight - 8))}px` : "";
  for (const each of [dialog, ...dialog.children]) each.scrollTop = 0;
  if (name === "menu") one("[aria-current]", dialog)?.scrollIntoView({ block: "center" });
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {boolean} inert
 */
function setRestInert(dialog, inert) {
  for (const each of [...document.body.children]) {
    // The symbols stay hidden.
    if (each !== dialog && each.nodeName !== "svg") put(each, inert, { inert: "", "aria-hidden": "true" });
  }
}

/** @param {boolean} [back] whether focus returns to what opened the dialog */
export function closeDialogs(back = false) {
  if (!opener) return;
  for (const each of all("dialog[open]")) {
    const dialog = /** @type {HTMLDialogElement} */ (each);
    if (dialog.close) {
      dialog.close();
    } else {
      dialog.removeAttribute("open");
      setRestInert(dialog, false);
    }
  }
  const to = opener;
  opener = null;
  shown = null;
  if (!back) return;
  to.focus();
  // The opener may be in the menu, which was closed for the dialog.
  if (document.activeElement !== to) one("[data-open=menu]")?.focus();
}

function watchDialogs() {
  // Escape closes a native dialog directly. The close event also fires for a dialog that was replaced by another or opened
  // again.
  document.addEventListener("close", ({ target }) => target === shown && !shown?.open && closeDialogs(true), true);
  on("click", "[data-open], [data-close]", (button) => {
    const name = button.dataset.open;
    if (name === "menu" && root.hasAttribute("data-wide")) foldMenu();
    else if (name) openDialog(name, button);
    else closeDialogs(true);
  });
  on("click", "dialog", (dialog, { target, clientX, clientY }) => {
    if (target !== dialog) return;
    const box = dialog.getBoundingClientRect();
    if (clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom) closeDialogs(true);
  });
}

/**
 * @param {Element} term
 * @param {boolean} open
 */
function setTerm(term, open) {
  const box = document.getElementById(term.getAttribute("aria-controls") || "");
  if (!box) return;
  term.setAttribute("aria-expanded", String(open));
  box.hidden = !open;
  if (open)
    say(
      [...box.childNodes]
        .slice(0, 2)
        .map((node) => (node.textContent || "").trim())
        .join(": "),
    );
}

function watchTerms() {
  on("click", "[data-term]", (term) => setTerm(term, term.getAttribute("aria-expanded") !== "true"));
}

function closeTerms() {
  for (const term of all('[data-now] [data-term][aria-expanded="true"]')) {
    const box = document.getElementById(term.getAttribute("aria-controls") || "");
    if (box?.contains(document.activeElement)) term.focus();
    setTerm(term, false);
  }
}

let away = false;

/** @returns {boolean} whether the course is hidden behind the notes */
export function isAway() {
  return away;
}

/**
 * Hides the course before anything else. Nothing is stored or sent.
 * @param {Course} course
 * @param {() => void} returned
 */
function leave(course, returned) {
  if (away) return;
  away = true;
  pause();
  closeDialogs();
  const words = course.strings;
  const title = document.title;
  const back = element("button", { type: "button" }, words.back);
  const lines = words.notesLines.map((line) => element("li", {}, line));
  const heading = element("h1", { tabindex: "-1" }, words.notes);
  const notes = element("main", { class: "plain" }, heading, element("ul", {}, ...lines), back);
  // Hidden by a style instead of removed, so that content which is still loading stays hidden too.
  root.setAttribute("data-away", "");
  document.body.prepend(notes);
  document.title = words.notes;
  window.scrollTo(0, 0);
  // Focus was in the hidden content. It must not go to the way back: the key may be pressed again.
  heading.focus();
  back.addEventListener("click", () => {
    away = false;
    root.removeAttribute("data-away");
    notes.remove();
    document.title = title;
    returned();
  });
}

/**
 * @param {Course} course
 * @param {() => void} returned
 */
function watchLeaving(course, returned) {
  if (!one("[data-exit]")) return;
  on("click", "[data-exit]", () => leave(course, returned));
  /** @type {number[]} */
  let shifts = [];
  window.addEventListener("keydown", (event) => {
    if (event.key !== "Shift" || event.repeat || root.dataset.shift === "off") {
      shifts = [];
      return;
    }
    shifts = [...shifts.filter((time) => event.timeStamp - time < 1200), event.timeStamp];
    if (shifts.length >= 3) leave(course, returned);
  });
}

/**
 * @param {Course} course
 * @param {() => void} returned from the page of notes
 */
export function shell(course, returned) {
  root.setAttribute("data-js", "");
  watchLayout();
  watchDialogs();
  watchTerms();
  watchLeaving(course, returned);
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    closeTerms();
    // A dialog that is not native needs this, and Safari's search fields swallow the key.
    closeDialogs(true);
  });
  on("click", ".skip", (_, event) => {
    // As a link it would replace the page in the address.
    event.preventDefault();
    one("main")?.focus();
  });
}
