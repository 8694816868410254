// Answers as the standards write them. They differ in how they join and name the parts of an answer.

import { order } from "../order.js";
import { rights } from "../state.js";

/**
 * @import { NumberKey, Question, TextKey } from "../contract.d.ts"
 */

/** Interaction types with another name in the standards. @type {Record<string, string>} */
const TYPES = { ordering: "sequencing", scenario: "performance" };

/** Interaction type of a question (SCORM 1.2 RTE 3.4.7, SCORM 2004 RTE 4.2.9). @param {Question} question */
export const typeOf = ({ kind }) => TYPES[kind] || kind;

/** The id of a question in a report: some LMSs want at least two characters. @param {string} id */
export const idOf = (id) => (id.length > 1 ? id : `question-${id}`);

/** A report has room for so many accepted texts (SCORM 2004 RTE 4.2.9.1, fill-in). */
const MOST_TEXTS = 5;

/**
 * The parts of an answer, in order: one id each, or two in a matching.
 * @param {Question} question
 * @param {string[]} chosen
 */
export function held(question, chosen) {
  if (question.kind === "ordering") return order(question, chosen).map((id) => [id]);
  // As they were chosen: a path may lead back to earlier scenes.
  if (question.kind === "scenario") return chosen.map((id) => id.split(".")).filter((ids) => ids.length === 2);
  return question.answers.filter(({ id }) => chosen.includes(id)).map(({ id }) => id.split("."));
}

/**
 * Whether the answer itself is known: of an earlier text or number only the evaluation is kept.
 * @param {Question} question
 * @param {string} text
 */
export function isKnown(question, text) {
  return text !== "" || !question.key;
}

/**
 * The elements of a record for the patterns of right answers, of which each is right.
 * @param {Question} question
 * @param {(ids: string[][]) => string} join
 * @param {{ strict: string, range: string | null }} signs prefix of a case-sensitive text; separator
 *   of a range, null where a pattern is one number
 * @returns {[name: string, value: string][]}
 */
export function patterns(question, join, signs) {
  return known(question, join, signs).map((each, n) => [`correct_responses.${n}.pattern`, each]);
}

/**
 * @param {Question} question
 * @param {(ids: string[][]) => string} join
 * @param {{ strict: string, range: string | null }} signs
 */
function known(question, join, signs) {
  if (!question.scored) return [];
  if (question.kind === "fill-in") {
    const { texts, strict } = /** @type {TextKey} */ (question.key);
    return texts.slice(0, MOST_TEXTS).map((text) => (strict ? signs.strict : "") + text);
  }
  if (question.kind === "numeric") {
    const { min, max } = /** @type {NumberKey} */ (question.key);
    if (signs.range !== null) return [`${min ?? ""}${signs.range}${max ?? ""}`];
    return min === max ? [String(min)] : [];
  }
  return [join(held(question, rights(question)))];
}
