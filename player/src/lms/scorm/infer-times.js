// Times for what an LMS holds, so that it can be merged with what this device knows.

import { chosen, EMPTY, positionOf } from "../../state.js";
import { marker, NOTHING } from "../device/progress-record.js";
import { unsealed } from "./seal.js";

/**
 * @import { Course, State } from "../../contract.d.ts"
 * @import { ProgressRecord } from "../device/progress-record.js"
 */

/**
 * What the LMS holds as a progress record. An LMS keeps no times. Where it holds what none of the window's own saves can
 * have put there, whole or cut off, another device was later: the record gets a later time there. A window that was let into
 * no session has saved nothing to compare with, and what is left of it is taken for newer.
 * @param {Course} course
 * @param {string} text the sealed state that the LMS holds
 * @param {string} location
 * @param {ProgressRecord} record what the window knows
 * @param {string[]} ours sealed states
 * @returns {ProgressRecord}
 */
export function inferTimes(course, text, location, record, ours) {
  const held = unsealed(course, text)?.state;
  if (!held) return { ...NOTHING, location };
  if (ours.length === 0 || ours.some((each) => each.startsWith(text))) return { ...NOTHING, state: held };
  const own = ours.map((each) => unsealed(course, each)?.state || EMPTY);
  /** @type {Record<string, number>} */
  const answered = {};
  for (const question of course.questions) {
    const answers = String(chosen(held, question));
    const isOwn = own.some((each) => String(chosen(each, question)) === answers);
    if (!isOwn) answered[question.id] = (record.answered[question.id] || 0) + 1;
  }
  for (const { bookmark } of course.pages) {
    const isOn = (/** @type {State} */ { bookmarks }) => bookmark !== undefined && bookmarks.includes(bookmark);
    if (!own.some((each) => isOn(each) === isOn(held)))
      answered[marker(bookmark)] = (record.answered[marker(bookmark)] || 0) + 1;
  }
  /** @type {Record<string, number>} */
  const played = {};
  for (const [slot, at] of held.positions) {
    if (!own.some((each) => positionOf(each, slot) === at)) played[slot] = (record.played[slot] || 0) + 1;
  }
  const at = own.some(({ last }) => last === held.last) ? 0 : record.at + 1;
  return { ...NOTHING, state: held, location, at, answered, played };
}
