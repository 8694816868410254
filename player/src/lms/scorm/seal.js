// The state as an LMS is given it: with a seal behind it, which shows what did not come back as it was given, and what
// comes from another course or another attempt. `src/coursepack/course/resume.py` reads it too.
//
//     <state of five fields>.<mark><attempt><count><sum>[.<aside>]
//
// mark: of the course, four characters. attempt: two that stay the same until the LMS begins another attempt. count: one that differs in any two saves in a row, since some LMSs send only
// what differs from what they sent before. sum: three over all before it. aside: an earlier text that could not
// be read, kept for a version that can.

import { hash } from "../../hash.js";
import { ALPHABET, decode } from "../../state.js";
import { digits, isMarked, markOf } from "../device/course-mark.js";
import { attempt } from "./attempt.js";

/**
 * @import { Course } from "../../contract.d.ts"
 */

/** Characters that every LMS keeps: SCORM 1.2 grants 4,096 (RTE 1.2, 3.4.7), and some are known to cut at 4,000. */
const ROOM = 4000;
const LENGTH = 10;

/** @param {string} text */
const sum = (text) => digits(hash(text) >>> 14, 3);

/** @param {number} luck at least 0, less than 1 */
export const newAttempt = (luck) => digits(Math.floor(4096 * luck), 2);

/**
 * @param {Course} course
 * @param {string} state
 * @param {string} attempt
 * @param {number} count
 * @param {string} aside is left out when there is no room
 */
export function seal(course, state, attempt, count, aside) {
  const whole = state.split(".").length < 5 ? `${state}.` : state;
  const body = `${whole}.${markOf(course)}${attempt}${digits(count, 1)}`;
  const sealed = body + sum(body);
  const more = aside && `.${escaped(aside)}`;
  return sealed.length + more.length > ROOM ? sealed : sealed + more;
}

/** Only letters, digits and `$`, which no LMS alters. @param {string} text */
function escaped(text) {
  const plain = attempt(() => encodeURIComponent(text)) || "";
  return plain.replace(/[^\w%]/g, (each) => `%${each.charCodeAt(0).toString(16)}`).replace(/%/g, "$");
}

/**
 * The text without what some LMSs put round it or make of it: blanks, quotes, line ends, percent and entity encoding.
 * @param {string} text
 */
export function cleaned(text) {
  const plain = attempt(() => decodeURIComponent(text)) || text;
  return plain
    .replace(/&#(x?)([\da-f]+);/gi, (_, x, number) => String.fromCharCode(Number.parseInt(number, x ? 16 : 10)))
    .replace(/&\w+;|[^\w.$-]/g, "");
}

/**
 * @param {Course} course
 * @param {string} text
 * @param {boolean} isCleaned
 */
function opened(course, text, isCleaned) {
  const fields = text.split(".");
  const plain = fields.slice(0, fields[4] ? 5 : 4).join(".");
  const [end = "", aside = ""] = fields.slice(5);
  const state = decode(plain);
  if (!state || end.length > LENGTH || fields.length > 7) return null;
  // The end was cut off, or there was no seal yet: the rest is used as it is.
  if (end.length < LENGTH) return isCleaned ? null : { plain, state, attempt: "", count: 0, aside: "" };
  const [body, expected] = [`${fields.slice(0, 5).join(".")}.${end.slice(0, -3)}`, end.slice(-3)];
  if (sum(body) !== expected || !isMarked(course, end.slice(0, 4))) return null;
  return {
    plain,
    state,
    attempt: end.slice(4, 6),
    count: ALPHABET.indexOf(end[6]),
    aside: attempt(() => decodeURIComponent(aside.replace(/\$/g, "%"))) || "",
  };
}

/**
 * What an LMS holds; null when it is of a later format, damaged, or of another course.
 * @param {Course} course
 * @param {string} text
 */
export function unsealed(course, text) {
  return opened(course, text, false) || opened(course, cleaned(text), true);
}
