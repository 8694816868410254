// Matching: a row for each description, with a list to choose from. Nothing is dragged.

import { all, fill, one, wordsOf } from "../dom.js";
import { mark, solution } from "./mark.js";

/**
 * @import { Course, Question } from "../contract.d.ts"
 * @import { Kind } from "./question.js"
 */

/** @param {Element} form */
const selects = (form) => /** @type {HTMLSelectElement[]} */ (all("select", form));

/** @param {HTMLSelectElement} select */
const pair = (select) => `${select.dataset.row}.${select.value}`;

/** @param {HTMLSelectElement} select */
const row = (select) => /** @type {HTMLElement} */ (select.parentElement);

/**
 * @param {Question} question
 * @param {HTMLSelectElement} select
 */
const isRight = (question, select) => question.answers.some(({ id, right }) => right && id === pair(select));

/**
 * @param {Course["strings"]} words
 * @returns {Kind}
 */
export const matching = (words) => ({
  right: words.rowsRightText,
  wrong: words.rowsWrongText,

  rowOf: (form, id) =>
    selects(form)
      .find((select) => select.dataset.row === id.split(".")[0])
      ?.closest("li") || null,

  read: (form) => selects(form).map(pair),

  write(form, _, chosen) {
    for (const select of selects(form)) {
      const found = chosen.map((id) => id.split(".")).find(([id]) => id === select.dataset.row);
      select.value = found ? found[1] : "";
    }
  },

  empty: (form) => selects(form).find((select) => select.value === "") || null,

  mark(form, question) {
    const rows = selects(form);
    const n = rows.filter((select) => isRight(question, select)).length;
    for (const select of rows) {
      const right = isRight(question, select);
      mark(row(select), right, right ? words.rowRight : words.rowWrong);
    }
    return n === rows.length ? "" : fill(words.someRight, { n, of: rows.length });
  },

  solve(form, question) {
    const pairs = selects(form).map((select) => {
      const found = question.answers.find(({ id, right }) => right && id.split(".")[0] === select.dataset.row);
      const value = found ? found.id.split(".")[1] : "";
      const target = [...select.options].find((option) => option.value === value)?.text || "";
      if (!isRight(question, select)) solution(row(select), `${words.rightAnswer}: ${target}`);
      return `${wordsOf(one("span", row(select)))} ${target}`;
    });
    return pairs.join(". ");
  },

  again(form, question) {
    const rows = selects(form);
    const wrong = rows.filter((select) => !isRight(question, select));
    // Right rows stay, unless all were right: then the learner starts over.
    for (const select of wrong.length > 0 ? wrong : rows) select.value = "";
    return wrong[0] || rows[0];
  },
});
