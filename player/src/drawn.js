// Draws a learner's questions from a pool, in the same way as `src/coursepack/progress/pool.py`.

import { hash } from "./hash.js";

/**
 * Each question's place in the learner's order depends on its id only, so that adding or removing one moves no other.
 * A later round continues after the previous one: no question repeats before all were asked. Answered questions are
 * always drawn, also after an update of the course.
 * @param {string[]} ids of the pool
 * @param {number} most
 * @param {number} seed the learner's own
 * @param {number} round 0, 1, 2 ...
 * @param {string[]} answered
 * @returns {string[]} as many of the ids
 */
export function drawn(ids, most, seed, round, answered) {
  const placed = ids
    .map((id) => ({ id, at: hash(`${seed}.${id}`) }))
    .sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1));
  const from = (round * most) % (ids.length || 1);
  const order = [...placed.slice(from), ...placed.slice(0, from)].map(({ id }) => id);
  return order.sort((one, other) => Number(answered.includes(other)) - Number(answered.includes(one))).slice(0, most);
}
