// The support code: the resume state, short enough to be read out over the phone. It does not identify the
// learner. `src/coursepack/course/resume.py` reads it.

import { has } from "./state.js";

/**
 * @import { Course, State } from "./contract.d.ts"
 */

/** Crockford's base 32: no letter can be mistaken for a digit, in either case. */
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** Format version of the code, in two bits. */
const FORMAT = 1;
/** x^10 + x^9 + x^5 + x^4 + x + 1: detects every wrong letter and every swap of two (ITU-T I.432.1, CRC-10). */
const CHECK = 0x633;

/**
 * @param {number} value
 * @param {number} width
 */
function binary(value, width) {
  return value.toString(2).padStart(width, "0");
}

/** Elias gamma: the small numbers, which are many, are short. @param {number} value at least 1 */
function gamma(value) {
  const digits = value.toString(2);
  return "0".repeat(digits.length - 1) + digits;
}

/** @param {string} bits */
function remainder(bits) {
  let rest = 0;
  for (const bit of `${bits}0000000000`) {
    rest = (rest << 1) | Number(bit);
    if (rest & 0x400) rest ^= CHECK;
  }
  return rest;
}

/**
 * Format, course and version, flags, the last page, then the slots: one by one or as runs, whichever is shorter. What
 * is not there at the end is not set. The last two digits check the others.
 * @param {Course} course
 * @param {State} state
 * @param {boolean} isUnread the LMS held what nobody can read
 * @returns {string} in groups of four
 */
export function supportCode(course, state, isUnread) {
  let slots = "";
  for (let slot = 0; slot < 6 * state.bits.length; slot += 1) slots += has(state, slot) ? "1" : "0";
  slots = slots.replace(/0+$/, "");
  const runs = slots && slots[0] + (slots.match(/0+|1+/g) || []).map((run) => gamma(run.length)).join("");
  const flags = (state.completed ? 1 : 0) + (state.passed ? 2 : 0) + (isUnread ? 4 : 0);
  const areRuns = runs.length < slots.length;
  const bits =
    binary(FORMAT, 2) +
    binary(course.fingerprint, 15) +
    binary(flags, 3) +
    gamma(state.last === null ? 1 : state.last + 2) +
    (areRuns ? `1${runs}` : `0${slots}`);
  const whole = bits + "0".repeat((5 - (bits.length % 5)) % 5);
  const code = (whole + binary(remainder(whole), 10)).replace(/.{5}/g, (five) => DIGITS[Number.parseInt(five, 2)]);
  return code.replace(/.{4}(?=.)/g, "$&-");
}
