// Likert: a choice without right or wrong answers.

import { element, icon, one } from "../dom.js";
import { choice } from "./choice.js";

/**
 * @import { Course } from "../contract.d.ts"
 * @import { Kind } from "./question.js"
 */

/**
 * @param {Course["strings"]} words
 * @returns {Kind}
 */
export const likert = (words) => ({
  ...choice(words),

  mark(form) {
    one(":checked", form)?.parentElement?.append(element("span", { class: "mark" }, icon("check"), words.yourAnswer));
    return "";
  },
});
