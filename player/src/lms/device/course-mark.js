// Marks what is kept with its course: the number of quads of lines in its `course.lock` and a hash of them, two characters
// each.

import { ALPHABET } from "../../state.js";

/** @typedef {Pick<import("../../contract.d.ts").Course, "marks">} Marked */

/**
 * @param {number} value
 * @param {number} length
 */
export function digits(value, length) {
  return Array.from({ length }, (_, at) => ALPHABET[(value >> (6 * (length - 1 - at))) & 63]).join("");
}

/** @param {Marked} course */
export const markOf = ({ marks }) => digits(marks.length / 2, 2) + (marks.slice(-2) || "AA");

/**
 * Whether a mark is of this course. A later version of the course has more lines than this one knows.
 * @param {Marked} course
 * @param {string} mark
 */
export function isMarked({ marks }, mark) {
  const quads = 64 * ALPHABET.indexOf(mark[0]) + ALPHABET.indexOf(mark[1]);
  return 2 * quads > marks.length || marks.slice(2 * quads - 2, 2 * quads) === (quads ? mark.slice(2) : "");
}
