// Answers in the words of the standards, which differ in how they join and name what an answer holds.

import { order } from "../order.js";
import { rights } from "../state.js";

/**
 * @import { NumberKey, Question, TextKey } from "../contract.d.ts"
 */

/** What the standards call kinds of questions that have another name here. @type {Record<string, string>} */
const TYPES = { ordering: "sequencing", scenario: "performance" };

/** The standards' word for the kind of a question (SCORM 1.2 RTE 3.4.7, SCORM 2004 RTE 4.2.9). @param {Question} question */
export const typeOf = ({ kind }) => TYPES[kind] || kind;

/** An id of a question as the LMS is told it: some want two characters at least. @param {string} id */
export const idOf = (id) => (id.length > 1 ? id : `question-${id}`);

/** A report has room for so many accepted texts (SCORM 2004 RTE 4.2.9.1, fill-in). */
const MOST_TEXTS = 5;

/**
 * What an answer holds, in order; each is one id, or in a matching two.
 * @param {Question} question
 * @param {string[]} chosen
 */
export function held(question, chosen) {
  if (question.kind === "ordering") return order(question, chosen).map((id) => [id]);
  // As they were made: a way may lead back to scenes that stand before.
  if (question.kind === "scenario") return chosen.map((id) => id.split(".")).filter((ids) => ids.length === 2);
  return question.answers.filter(({ id }) => chosen.includes(id)).map(({ id }) => id.split("."));
}

/**
 * Whether it is known what was answered: of what was written earlier only how it was judged is.
 * @param {Question} question
 * @param {string} text
 */
export function isKnown(question, text) {
  return text !== "" || !question.key;
}

/**
 * The elements of a record that hold the patterns of right answers, each as good as the others.
 * @param {Question} question
 * @param {(ids: string[][]) => string} join
 * @param {{ strict: string, range: string | null }} signs what begins a text in which case counts; what stands between
 *   the ends of a range, null where a pattern is one number
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
