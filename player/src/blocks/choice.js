// Single and multiple choice: a row for each answer, with a radio button or a checkbox.

import { all, one, wordsOf } from "../dom.js";
import { mark } from "./mark.js";

/**
 * @import { Course } from "../contract.d.ts"
 * @import { Kind } from "./question.js"
 */

/** @param {Element} form */
const inputs = (form) => /** @type {HTMLInputElement[]} */ (all("input", form));

/** @param {HTMLInputElement} input */
const row = (input) => /** @type {HTMLElement} */ (input.closest(".opt"));

/**
 * @param {Course["strings"]} words
 * @returns {Kind}
 */
export const choice = (words) => ({
  right: words.feedbackRightText,
  wrong: words.feedbackWrongText,
  explainsAll: true,

  rowOf: (form, id) => {
    const input = inputs(form).find((each) => each.value === id);
    return input ? row(input) : null;
  },

  read: (form) =>
    inputs(form)
      .filter((input) => input.checked)
      .map((input) => input.value),

  write(form, _, chosen) {
    for (const input of inputs(form)) input.checked = chosen.includes(input.value);
  },

  empty: (form) => (inputs(form).some((input) => input.checked) ? null : inputs(form)[0]),

  mark(form, question, chosen) {
    for (const input of inputs(form)) {
      if (!chosen.includes(input.value)) continue;
      const right = question.answers.some((answer) => answer.id === input.value && answer.right);
      mark(row(input), right, right ? words.yourAnswerRight : words.yourAnswerWrong);
    }
    return "";
  },

  solve(form, question) {
    const rights = question.answers.filter((answer) => answer.right).map((answer) => answer.id);
    const shown = inputs(form).filter((input) => rights.includes(input.value));
    for (const input of shown) {
      if (!row(input).classList.contains("right")) mark(row(input), true, words.rightAnswer);
    }
    return shown.map((input) => wordsOf(one("span", row(input)))).join(". ");
  },

  again(form) {
    for (const input of inputs(form)) input.checked = false;
    return inputs(form)[0];
  },
});
