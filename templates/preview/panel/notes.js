// Notes in the margin: how long and how hard the page is, and what rules say of it.

import { byId, make } from "./dom.js";
import { place } from "./text.js";
import { filled, n, words } from "./words.js";

/**
 * @typedef {object} Problem as `coursepack check` tells it
 * @property {string} rule
 * @property {"fatal" | "error" | "warning" | "note"} severity
 * @property {string} message
 * @property {string} hint
 * @property {string} [why]
 * @property {string | null} file
 * @property {number | null} line
 * @property {number | null} column
 * @property {Fix | null} [fix] the only proposal
 *
 * @typedef {{ file: string, line: number, column: number, old: string, text: string }} Fix a word, and the one that was meant
 *
 * @typedef {object} PageNotes
 * @property {string} id
 * @property {string} title
 * @property {string} file
 * @property {number | null} minutes declared
 * @property {number | null} measured minutes, from the text
 * @property {number | null} lix
 * @property {string} [level] of the LIX, as a word
 * @property {number} words
 * @property {Problem[]} problems
 * @property {string[]} [sources]
 */

const HARDEST = 100;

/** @param {string} severity */
const tone = (severity) => (severity === "fatal" ? "error" : severity);

/**
 * A problem, with a button that opens its place.
 * @param {Problem} problem
 * @param {(file: string, line: number) => void} open
 */
export function told({ rule, severity, message, hint, file, line }, open) {
  const item = make("li", { class: tone(severity) }, make("span", {}, message), make("code", {}, rule));
  if (hint) item.append(make("span", { class: "hint" }, hint));
  if (file) {
    const button = make("button", { type: "button", class: "place" }, place(file, line));
    button.addEventListener("click", () => open(file, line ?? 1));
    item.append(button);
  }
  return item;
}

/**
 * Writes the notes of a page into the margin and into the tab that stands for it.
 * @param {PageNotes | undefined} page
 * @param {number | null} aim of the course for the LIX
 * @param {(file: string, line: number) => void} open
 */
export function drawNotes(page, aim, open) {
  byId("count-page").textContent = page?.problems.length ? n(page.problems.length) : "";
  for (const at of [byId("notes"), byId("panel-page")]) {
    at.replaceChildren(...(page ? sections(page, aim, open) : [make("p", { class: "muted" }, words.no_page)]));
  }
}

/**
 * @param {PageNotes} page
 * @param {number | null} aim
 * @param {(file: string, line: number) => void} open
 */
function sections(page, aim, open) {
  const { problems, sources = [] } = page;
  const rules = problems.length
    ? make("ul", { class: "rules" }, ...problems.map((each) => told(each, open)))
    : make("p", { class: "muted" }, words.no_rules);
  return [
    make("section", {}, make("h2", {}, words.page_heading), facts(page, aim)),
    make("section", {}, make("h2", {}, words.rules_heading), rules),
    ...(sources.length
      ? [make("section", {}, make("h2", {}, words.sources_heading), make("p", {}, sources.join(", ")))]
      : []),
  ];
}

/**
 * @param {PageNotes} page
 * @param {number | null} aim
 */
function facts({ lix, level, minutes, measured, words: length }, aim) {
  const list = make("dl");
  if (lix !== null && lix !== undefined) {
    const why = [level, aim ? filled(words.aim, { n: aim }) : ""].filter(Boolean).join(". ");
    const used = make("i");
    used.style.width = `${Math.min(HARDEST, lix)}%`;
    list.append(
      make("dt", {}, words.readability),
      make("dd", { class: "num" }, filled(words.lix, { n: Math.round(lix) })),
      make("dd", { class: "why" }, why),
      make("dd", { class: aim && lix <= aim ? "meter ok" : "meter", "aria-hidden": "true" }, used),
    );
  }
  const declared = minutes ? filled(words.declared, { n: minutes }) : words.undeclared;
  list.append(make("dt", {}, words.minutes), make("dd", { class: "num" }, declared));
  if (measured !== null && measured !== undefined) {
    list.append(make("dd", { class: "why" }, filled(words.measured, { n: n(measured, measured < 10 ? 1 : 0) })));
  }
  list.append(make("dt", {}, words.words), make("dd", { class: "num" }, n(length)));
  return list;
}
