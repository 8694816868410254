// Written answers: a text or a number. The state keeps only the evaluation.

import { all, one } from "../dom.js";
import { isRight } from "../state.js";
import { mark, solution } from "./mark.js";

/**
 * @import { Course, NumberKey, TextKey } from "../contract.d.ts"
 * @import { Kind } from "./question.js"
 */

/** @param {Element} form */
const input = (form) => /** @type {HTMLInputElement} */ (one("input", form));

/** @param {Element} form */
const written = (form) => input(form).value.trim();

/**
 * Ignores case and spaces, unless they count.
 * @param {string} text
 * @param {boolean} strict
 */
function folded(text, strict) {
  const same = text.normalize("NFC");
  return strict ? same : same.replace(/\s+/g, "").toLowerCase();
}

/**
 * A number as people write it, with a full stop as the decimal separator; "" if it is not a number. A comma is the decimal
 * separator too, or groups thousands in languages that use a full stop.
 * @param {string} text
 * @param {string} lang
 */
export function plainNumber(text, lang) {
  let plain = text.replace(/\s/g, "").replace(/^[\u2212\u2013]/, "-");
  if ((0.5).toLocaleString(lang)[1] === "." && /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain))
    plain = plain.replace(/,/g, "");
  return /^[-+]?\d+([.,]\d+)?$/.test(plain) ? plain.replace(",", ".").replace("+", "") : "";
}

/**
 * @param {Course["strings"]} words
 * @returns {Pick<Kind, "right" | "wrong" | "write" | "mark" | "solve" | "again">}
 */
const typed = (words) => ({
  right: words.typedRightText,
  wrong: words.typedWrongText,

  write(form) {
    input(form).value = "";
  },

  mark(form, question, chosen) {
    const right = isRight(question, chosen);
    const field = /** @type {HTMLElement} */ (input(form).parentElement);
    if (written(form)) mark(field, right, right ? words.yourAnswerRight : words.yourAnswerWrong);
    // The learner was here before.
    else mark(field, right, right ? words.wroteRight : words.wroteWrong);
    return "";
  },

  solve(form) {
    const texts = all("[data-solution]", form).map((each) => each.textContent);
    solution(/** @type {HTMLElement} */ (input(form).parentElement), `${words.rightAnswer}: ${texts.join(" / ")}`);
    return texts.join(". ");
  },

  again(form) {
    input(form).select();
    return input(form);
  },
});

/**
 * @param {Course["strings"]} words
 * @returns {Kind}
 */
export const fillIn = (words) => ({
  ...typed(words),

  empty: (form) => (written(form) ? null : input(form)),

  text: written,

  read(form, question) {
    const { texts, strict } = /** @type {TextKey} */ (question.key);
    const answer = folded(written(form), strict);
    return [texts.some((text) => folded(text, strict) === answer) ? "right" : "wrong"];
  },

  own(form, question) {
    const { strict } = /** @type {TextKey} */ (question.key);
    const answer = folded(written(form), strict);
    return all("[data-feedback-to]", form).filter((each) => folded(each.dataset.feedbackTo || "", strict) === answer);
  },
});

/**
 * @param {Course["strings"]} words
 * @param {string} lang
 * @returns {Kind}
 */
export const numeric = (words, lang) => ({
  ...typed(words),

  empty: (form) => (plainNumber(written(form), lang) ? null : input(form)),

  text: (form) => plainNumber(written(form), lang),

  read(form, question) {
    const { min, max } = /** @type {NumberKey} */ (question.key);
    const number = Number(plainNumber(written(form), lang));
    if (min !== null && number < min) return ["low"];
    return [max !== null && number > max ? "high" : "right"];
  },
});
