// When the LMS may be called again. Times are in milliseconds.

import { tick } from "./clock.js";

/** @import { Course } from "./contract.d.ts" */

/** Between attempts at saving: doubled each time, up to the longest. */
const FIRST_PAUSE = 4000;
export const LONGEST_PAUSE = 60000;
/**
 * At least this between saves, by the course's `commit`. A changed result, a save that the learner asks for, and one when
 * the page is hidden or left do not wait.
 */
const REST = { every: 0, throttled: 60000, sparing: 15 * 60000 };

/** @param {Course["commit"]} commit */
export function savePace(commit) {
  let pause = FIRST_PAUSE;
  /** When a server that asked for a pause may be called again. */
  let barredUntil = 0;
  /** When the LMS may be given what can wait. */
  let restsUntil = 0;
  /** The result that the LMS has. */
  let reported = "";

  return {
    isBarred: () => tick() < barredUntil,

    /**
     * For how long a save can wait; nothing to wait for: 0 or less.
     * @param {string} result
     */
    restLeft: (result) => (result === reported ? restsUntil - tick() : 0),

    /**
     * @param {string} result that was saved
     * @param {number | undefined} rest that the LMS needs at least; undefined: it is not paced
     */
    saved(result, rest) {
      reported = result;
      pause = FIRST_PAUSE;
      restsUntil = rest === undefined ? 0 : tick() + Math.max(REST[commit], rest);
    },

    /**
     * The pause before the next attempt. Only attempts of the player's own become rarer: what the learner does is saved at once.
     * @param {number} after that the server asks for
     */
    retryIn(after) {
      if (after > 0) barredUntil = tick() + after;
      const next = Math.max(pause, after);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
      return next;
    },
  };
}
