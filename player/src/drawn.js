// Which questions of a pool a learner is asked. `src/coursepack/progress/pool.py` draws in the same way.

import { hash } from "./hash.js";

/**
 * Each question has a place of its own in the learner's order, so that one which is added or taken away moves no other.
 * A later round goes on where the one before ended: nothing is asked twice before all has been asked once. What has an
 * answer is asked, whatever a later version of the course brings.
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
