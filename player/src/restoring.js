// What follows from a session's data, and from the state that is restored.

import { has } from "./state.js";

/**
 * @import { Course, Page, Session, State } from "./contract.d.ts"
 */

/**
 * The LMS compares scores with its own limit. The course takes that limit over, so that it never contradicts the LMS.
 * @param {Course} course
 * @param {number} mastery
 */
export function demand({ check, completion }, mastery) {
  if (check && check.mastery !== null) check.mastery = mastery;
  if (completion.rule === "score") completion.mastery = mastery;
}

/**
 * The state may have been lost: what the LMS has as reached still counts.
 * @param {State} kept
 * @param {Session} session
 * @returns {State}
 */
export function reached(kept, { status }) {
  const passed = kept.passed || status === "passed";
  return { ...kept, completed: kept.completed || passed || status === "completed", passed };
}

/**
 * The first page that is not opened yet, for learners who have begun.
 * @param {Course} course
 * @param {State} state
 * @param {string} first id of the first page
 * @returns {Page | null}
 */
export function firstUnopened(course, state, first) {
  const rest = course.pages.filter((page) => page.id !== first);
  return rest.some((page) => has(state, page.slot)) ? rest.find((page) => !has(state, page.slot)) || null : null;
}
