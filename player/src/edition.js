// The course in its other languages. The document holds each as a text, which is parsed on demand and then replaces the
// language on display. Ids and the learner's state are the same in all languages.
//
// This file knows blocks only by their fields and rows. Scripts listen on the document and query their elements when needed;
// blocks are set up when their page is first shown, and again after a change of language.
//
// A separate file, only in packages with several languages: the player finds it in the window.

import { recall, remember } from "./device.js";
import { all, on, one, put } from "./dom.js";

/**
 * @import { Course, Question, Shown } from "./contract.d.ts"
 *
 * @typedef {object} Edition
 * @property {Element[]} nodes
 * @property {string} dir
 * @property {Edited} data
 *
 * What differs by language, besides elements.
 * @typedef {object} Edited
 * @property {string} lang
 * @property {string} title
 * @property {Course["strings"]} strings
 * @property {Record<string, Question["key"]>} keys by id of the question
 */

const root = document.documentElement;
/** Everything with text. The rest, such as the live region, stays. */
const OWN = "body > :is(.skip, header, section, dialog, .shell, footer)";
const FOCUSABLE = `${OWN} :is(a[href], button, input, select, textarea, summary)`;
const FIELDS = "main :is(input, select, textarea)";
/** Rows that learners reorder. */
const ORDERS = "main .order";

/**
 * The first preferred language that the course has.
 * @param {readonly string[]} wanted tags such as `en-GB`, by preference
 * @param {readonly string[]} known
 */
export function chosen(wanted, known) {
  return wanted.map((tag) => tag.trim().toLowerCase().split(/[-_]/)[0]).find((language) => known.includes(language));
}

/**
 * The HTML of an edition. Without scripts it is part of the document, and its ids have a prefix.
 * @param {string} language
 */
function textOf(language) {
  const place = one(`[data-edition="${language}"]`);
  return (place?.textContent || "").split(place?.dataset.mark || "").join("");
}

/** @type {{ createHTML: (language: string) => string }} */
let policy = { createHTML: textOf };

/** @param {string} language @returns {Edition} */
function parsed(language) {
  const text = policy.createHTML(language);
  const whole = /** @type {HTMLElement} */ (new DOMParser().parseFromString(text, "text/html").body.firstElementChild);
  const words = one("script", whole);
  words?.remove();
  return { nodes: [...whole.children], dir: whole.dir, data: JSON.parse(words?.textContent || "") };
}

/**
 * Text that was written but not submitted.
 * @returns restores it in the same fields of another language
 */
function carry() {
  const fields = () => /** @type {HTMLInputElement[]} */ (all(FIELDS));
  // Answers are restored separately, and films have their own controls.
  const before = fields().map((field) => (field.closest("form[data-state], [data-playable]") ? null : field));
  const moved = all(ORDERS).map((list) => (list.closest("form[data-state]") ? list.cloneNode() : list));
  return () => {
    fields().forEach((field, at) => {
      const { value, checked } = before[at] || field;
      if (field.value === value && field.checked === checked) return;
      field.value = value;
      field.checked = checked;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    for (const [at, list] of all(ORDERS).entries()) reorder(list, /** @type {Element} */ (moved[at]));
  };
}

/**
 * Sorts rows like those of another language.
 * @param {Element} list
 * @param {Element} like without rows if the order is kept elsewhere
 */
function reorder(list, like) {
  const rows = all("[data-item]", list);
  const wanted = all("[data-item]", like).map(({ dataset }) => rows.find((row) => row.dataset.item === dataset.item));
  if (wanted.every((row, at) => row === rows[at])) return;
  list.append(...wanted.flatMap((row) => row || []));
  // Their places decide which of them can move.
  const buttons = all("button", like);
  for (const [at, button] of all("button", list).entries())
    put(button, buttons[at].hasAttribute("aria-disabled"), { "aria-disabled": "true" });
  list.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * @param {Course} course whose strings become those of the displayed language
 * @param {Shown} shown
 */
export function editions(course, { now, leave, adopt, say }) {
  const { lang } = course;
  const trusted = /** @type {{ trustedTypes?: { createPolicy(name: string, rules: object): typeof policy } }} */ (
    window
  );
  // Only text of the document may become elements (Trusted Types).
  policy = trusted.trustedTypes?.createPolicy("coursepack-editions", { createHTML: textOf }) || policy;
  /** Languages that were shown before. @type {Map<string, Edition>} */
  const left = new Map();
  let wish = recall("language");
  const languages = () => [lang, ...all("[data-edition]").map((each) => each.dataset.edition || "")];

  /** @param {string} to */
  function exchange(to) {
    const next = left.get(to) || parsed(to);
    const focused = /** @type {HTMLElement} */ (document.activeElement);
    const at = all(FOCUSABLE).indexOf(focused);
    const isMenu = one("#d-menu[open]");
    leave();
    const top = window.scrollY;
    const write = carry();
    const nodes = all(OWN);
    const { title, strings, questions } = course;
    const keys = Object.fromEntries(questions.map(({ id, key }) => [id, key]));
    left.set(course.lang, { nodes, dir: root.dir, data: { lang: course.lang, title, strings: { ...strings }, keys } });
    nodes[0].before(...next.nodes);
    for (const each of nodes) each.remove();
    const { data } = next;
    course.lang = data.lang;
    course.title = data.title;
    // Modules keep a reference to the strings object.
    Object.assign(strings, data.strings);
    for (const question of questions) question.key = data.keys[question.id] || question.key;
    root.lang = data.lang;
    root.dir = next.dir;
    adopt(/** @type {HTMLElement} */ (document.getElementById(now())));
    write();
    if (isMenu) one("[data-open=menu]")?.click();
    // Attributes before the text are the same in every language, and so are the fields of questions.
    all(FOCUSABLE)[at]?.focus({ preventScroll: true });
    window.scrollTo(0, top);
    if (focused.dataset.language) say(strings.languageNow);
  }

  on("click", "[data-language]", (button) => {
    wish = button.dataset.language || "";
    remember("language", wish);
    // Not every browser does this itself.
    button.focus();
    // The languages arrive last; until then the choice is only stored.
    if (document.readyState !== "loading" && wish !== course.lang) exchange(wish);
  });

  /**
   * A choice on this device has precedence over the LMS, and the LMS over the browser.
   * @param {string} preferred
   */
  function begin(preferred = "", isNewPage = false) {
    const to = chosen([wish, ...preferred.split(","), ...navigator.languages], languages());
    if (!to || to === course.lang) return;
    if (isNewPage || !document.activeElement?.matches(FIELDS)) exchange(to);
    // The learner may be typing, and would lose the field. That page stays in its language.
    else window.addEventListener("hashchange", () => begin(preferred, true), { once: true });
    if (isNewPage) one("[data-now] h1")?.focus({ preventScroll: true });
  }

  return begin;
}
