// A mark beside an answer: a sign and words say right or wrong, never colour alone.

import { all, element, icon, one } from "../dom.js";

/**
 * @param {Element} place what was answered, or would have been right
 * @param {boolean} right
 * @param {string} text
 */
export function mark(place, right, text) {
  place.classList.add(right ? "right" : "wrong");
  place.append(element("span", { class: "mark" }, icon(right ? "check" : "cross"), text));
}

/**
 * The right answer, next to the learner's.
 * @param {Element} place
 * @param {string} text
 */
export function solution(place, text) {
  place.append(element("span", { class: "mark shown" }, icon("check"), text));
}

/**
 * The author's words on an option, in its row.
 * @param {Element} place
 * @param {string} text
 */
export function explain(place, text) {
  if (!one(".why", place)) place.append(element("span", { class: "why" }, text));
}

/** @param {Element} form */
export function clearMarks(form) {
  for (const each of all(".mark, .why", form)) {
    each.parentElement?.classList.remove("right", "wrong");
    each.remove();
  }
}
