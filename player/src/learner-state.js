// The learner's state in this window. Changes made before the LMS answers are repeated on the state that it kept.

import { EMPTY, result, round, seeded, settle } from "./state.js";

/**
 * @import { Course, State } from "./contract.d.ts"
 */

/** @typedef {ReturnType<typeof learnerState>} LearnerState */

/** @param {Course} course */
export function learnerState(course) {
  const luck = Math.random();
  const drawn = (/** @type {State} */ from) => seeded(course, from, luck);
  let isRestored = false;
  let state = drawn(EMPTY);
  /** Changes made before the LMS answered. @type {((state: State) => State)[]} */
  let early = [];

  /** Nothing is left to do, including passing. */
  const isDone = () => state.completed && !result(course, state).isOpen;

  return {
    get now() {
      return state;
    },

    /** The LMS has answered. */
    get isRestored() {
      return isRestored;
    },

    /** Changes were made before it answered. */
    get isAhead() {
      return early.length > 0;
    },

    isDone,

    /**
     * @param {(state: State) => State} step
     * @returns {boolean} whether that was the last thing to do
     */
    change(step) {
      if (!isRestored) early.push(step);
      const wasDone = isDone();
      state = settle(course, step(state));
      return isDone() && !wasDone && isRestored;
    },

    /** What was done before all else, and is noted only now. The page left last is another. @param {(state: State) => State} step */
    changeFirst(step) {
      early.unshift(step);
      state = { ...step(state), last: state.last };
    },

    /** Changes that the learner did not choose are not repeated. @param {() => void} make */
    unchosen(make) {
      const chosen = [...early];
      make();
      early = chosen;
    },

    /** @param {State} kept */
    restore(kept) {
      isRestored = true;
      state = settle(
        course,
        early.reduce((so, step) => step(so), drawn(kept)),
      );
      early = [];
    },

    /**
     * Progress from another device or tab.
     * @param {State} more
     * @returns {boolean} whether other questions are asked now, or answers can no longer be changed
     */
    merge(more) {
      const before = round(course, state);
      state = settle(course, { ...more, last: state.last });
      return round(course, state) !== before;
    },

    /** @param {State} next in which nothing is settled anew */
    replace(next) {
      state = next;
    },

    erase() {
      state = drawn(EMPTY);
    },
  };
}
