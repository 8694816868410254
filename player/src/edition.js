// The course in its other languages. Each lies in the document as a text, which is parsed when it is asked for, and then
// takes the place of the one that is shown. Ids are the same in all of them, and so is all that is kept of the learner.
//
// Nothing here knows any block but by its fields and rows. Scripts listen on the document and look for their elements
// when they need them, and what a block needs to be dressed is done when its page is shown for the first time, which it
// is again after a change.
//
// It is a file of its own, which only packages of several languages have: the player finds it in the window.

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
 * What a language has of its own, beside elements.
 * @typedef {object} Edited
 * @property {string} lang
 * @property {string} title
 * @property {Course["strings"]} strings
 * @property {Record<string, Question["key"]>} keys by id of the question
 */

const root = document.documentElement;
/** All that has words. Everything else, such as the region that speaks, stays. */
const OWN = "body > :is(.skip, header, section, dialog, .shell, footer)";
const FOCUSABLE = `${OWN} :is(a[href], button, input, select, textarea, summary)`;
const FIELDS = "main :is(input, select, textarea)";
/** Rows that are put in order. */
const ORDERS = "main .order";

/**
 * The first language that somebody wants and the course has.
 * @param {readonly string[]} wanted tags such as `en-GB`, the dearest first
 * @param {readonly string[]} known
 */
export function chosen(wanted, known) {
  return wanted.map((tag) => tag.trim().toLowerCase().split(/[-_]/)[0]).find((language) => known.includes(language));
}

/**
 * What an edition says. Without a script it is part of the document, and its ids have a mark.
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
 * What has been written and not been answered with yet.
 * @returns what writes it into the same fields in another language
 */
function carry() {
  const fields = () => /** @type {HTMLInputElement[]} */ (all(FIELDS));
  // An answer is put back as every answer is, and a film has its own tools.
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
 * Puts rows in the order of those of another language.
 * @param {Element} list
 * @param {Element} like has no rows where the order is told otherwise
 */
function reorder(list, like) {
  const rows = all("[data-item]", list);
  const wanted = all("[data-item]", like).map(({ dataset }) => rows.find((row) => row.dataset.item === dataset.item));
  if (wanted.every((row, at) => row === rows[at])) return;
  list.append(...wanted.flatMap((row) => row || []));
  // Which of them cannot be moved further is told by their places.
  const buttons = all("button", like);
  for (const [at, button] of all("button", list).entries())
    put(button, buttons[at].hasAttribute("aria-disabled"), { "aria-disabled": "true" });
  list.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * @param {Course} course whose words become those of the language that is shown
 * @param {Shown} shown
 */
export function editions(course, { now, leave, adopt, say }) {
  const { lang } = course;
  const trusted = /** @type {{ trustedTypes?: { createPolicy(name: string, rules: object): typeof policy } }} */ (
    window
  );
  // Only what stands in the document may become elements (Trusted Types).
  policy = trusted.trustedTypes?.createPolicy("coursepack-editions", { createHTML: textOf }) || policy;
  /** Those that were shown before. @type {Map<string, Edition>} */
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
    // Whoever speaks holds on to the words themselves.
    Object.assign(strings, data.strings);
    for (const question of questions) question.key = data.keys[question.id] || question.key;
    root.lang = data.lang;
    root.dir = next.dir;
    adopt(/** @type {HTMLElement} */ (document.getElementById(now())));
    write();
    if (isMenu) one("[data-open=menu]")?.click();
    // All that stands before the text is the same in every language, and so are the fields of questions.
    all(FOCUSABLE)[at]?.focus({ preventScroll: true });
    window.scrollTo(0, top);
    if (focused.dataset.language) say(strings.languageNow);
  }

  on("click", "[data-language]", (button) => {
    wish = button.dataset.language || "";
    remember("language", wish);
    // Not every browser does so by itself.
    button.focus();
    // The languages come last: until they are there the wish is only noted.
    if (document.readyState !== "loading" && wish !== course.lang) exchange(wish);
  });

  /**
   * What was chosen on this device comes before what the LMS says, and what the browser is set to after.
   * @param {string} preferred
   */
  function begin(preferred = "", isNewPage = false) {
    const to = chosen([wish, ...preferred.split(","), ...navigator.languages], languages());
    if (!to || to === course.lang) return;
    if (isNewPage || !document.activeElement?.matches(FIELDS)) exchange(to);
    // Somebody may be writing, and the next letter would come between two fields. That page stays in its language.
    else window.addEventListener("hashchange", () => begin(preferred, true), { once: true });
    if (isNewPage) one("[data-now] h1")?.focus({ preventScroll: true });
  }

  return begin;
}
