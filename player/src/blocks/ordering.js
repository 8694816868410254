// Ordering: rows with buttons that move them up and down. Nothing is dragged.

import { all, fill, one, put, say, wordsOf } from "../dom.js";
import { order, told } from "../order.js";
import { rights } from "../state.js";
import { mark, solution } from "./mark.js";

/**
 * @import { Course } from "../contract.d.ts"
 * @import { Kind } from "./question.js"
 */

/** @param {Element} form */
const rows = (form) => all("[data-item]", form);

/** @param {Element} form */
const ids = (form) => rows(form).map((row) => row.dataset.item || "");

/** @param {Element} form */
const buttons = (form) => all("[data-move]", form);

/**
 * The first row cannot go up and the last one not down. Their buttons stay focusable.
 * @param {Element} form
 */
function limit(form) {
  const last = rows(form).length - 1;
  rows(form).forEach((row, at) => {
    for (const button of buttons(row))
      put(button, at === (button.dataset.move === "1" ? last : 0), { "aria-disabled": "true" });
  });
}

/**
 * @param {Course["strings"]} words
 * @param {Element} button that was pressed
 */
export function move(words, button) {
  const row = /** @type {HTMLElement} */ (button.closest("[data-item]"));
  const list = /** @type {HTMLElement} */ (row.parentElement);
  if (!button.hasAttribute("aria-disabled")) {
    if (/** @type {HTMLElement} */ (button).dataset.move === "1") row.nextElementSibling?.after(row);
    else row.previousElementSibling?.before(row);
    limit(list);
    // Some browsers drop the focus of a moved element.
    /** @type {HTMLElement} */ (button).focus();
    // The same event as when another field changes.
    row.dispatchEvent(new Event("input", { bubbles: true }));
  }
  say(fill(words.place, { n: ids(list).indexOf(row.dataset.item || "") + 1, of: rows(list).length }));
}

/**
 * @param {Course["strings"]} words
 * @returns {Kind}
 */
export const ordering = (words) => ({
  right: words.rowsRightText,
  wrong: words.rowsWrongText,

  read: (form, question) => told(question, ids(form)),

  write(form, question, chosen) {
    const list = /** @type {HTMLElement} */ (one(".order", form));
    const wanted = order(question, chosen);
    /** @param {HTMLElement} row */
    const place = (row) => (chosen.length > 0 ? wanted.indexOf(row.dataset.item || "") : Number(row.dataset.at));
    list.append(...rows(form).sort((one, other) => place(one) - place(other)));
    limit(form);
  },

  // Rows that were never moved are an answer, too.
  empty: () => null,

  mark(form, question) {
    const wanted = order(question, rights(question));
    const all = rows(form);
    const n = all.filter((row, at) => row.dataset.item === wanted[at]).length;
    all.forEach((row, at) => {
      const right = row.dataset.item === wanted[at];
      mark(row, right, right ? words.rowRight : words.rowWrong);
    });
    return n === all.length ? "" : fill(words.someRight, { n, of: all.length });
  },

  solve(form, question) {
    const wanted = order(question, rights(question));
    for (const row of rows(form)) {
      if (row.classList.contains("wrong"))
        solution(row, fill(words.rightPlace, { n: wanted.indexOf(row.dataset.item || "") + 1 }));
    }
    return wanted.map((id) => wordsOf(one(`[data-item="${id}"] > span`, form))).join(". ");
  },

  again: (form) => /** @type {HTMLElement} */ (buttons(form).find((button) => !button.hasAttribute("aria-disabled"))),
});
