// An order, encoded in the options of a question: which of each pair comes first.

/**
 * @import { Question } from "./contract.d.ts"
 */

/** The option that is part of every answer. */
const ANSWERED = "answered";

/** @param {Question} question */
const pairs = (question) => question.answers.map(({ id }) => id.split(".")).filter((pair) => pair.length === 2);

/**
 * @param {Question} question
 * @param {string[]} chosen
 * @returns ids of the items in order
 */
export function order(question, chosen) {
  /** How many items precede each. @type {Map<string, number>} */
  const before = new Map();
  for (const [one, other] of pairs(question)) {
    const later = chosen.includes(`${one}.${other}`) ? other : one;
    for (const id of [one, other]) before.set(id, (before.get(id) || 0) + (id === later ? 1 : 0));
  }
  return [...before.keys()].sort((one, other) => (before.get(one) || 0) - (before.get(other) || 0));
}

/**
 * @param {Question} question
 * @param {string[]} ids of the items in their order
 * @returns the options that encode it
 */
export function told(question, ids) {
  const holds = pairs(question).filter(([one, other]) => ids.indexOf(one) < ids.indexOf(other));
  return [ANSWERED, ...holds.map((pair) => pair.join("."))];
}
