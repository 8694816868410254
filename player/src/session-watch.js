// Keeps the session in the LMS alive while nothing is saved, and notices when the LMS's window is gone.

import { tick } from "./clock.js";
import { failure } from "./lms/failure.js";
import { LONGEST_PAUSE } from "./save-pace.js";

/**
 * @import { Lms } from "./contract.d.ts"
 * @import { timers } from "./timers.js"
 */

/** Milliseconds between checks whether the LMS's window is still open. They call nothing. */
const LOOK = 5000;
/** Milliseconds: sessions of LMSs end after 20 to 30 minutes without a call, some after 10. */
const BEAT = 4 * 60000;
/** Milliseconds at least between two beats. */
const SHORTEST = 300;

/** The LMS's window is gone. */
export const gone = () => failure("closed", "left");

/**
 * @param {object} saver
 * @param {() => Lms | null} saver.session null: none is open
 * @param {() => boolean} saver.isBusy the LMS is being called
 * @param {() => boolean} saver.isPlaying a film or a sound is playing
 * @param {(error: unknown) => void} saver.fail
 * @param {() => void} saver.lose the session ended while something played: all is to be saved again
 * @param {Pick<ReturnType<typeof timers<"look" | "beat">>, "set" | "clear">} timer
 */
export function sessionWatch({ session, isBusy, isPlaying, fail, lose }, { set, clear }) {
  /** When the LMS was last called. */
  let touched = 0;

  /**
   * @param {Lms} keeper
   * @returns {boolean} whether the LMS knows that the learner is still here
   */
  function stay(keeper) {
    touched = tick();
    try {
      keeper.stay?.();
      return true;
    } catch (error) {
      fail(error);
      return false;
    }
  }

  /** Reports a closed LMS window at once, not only at the next save. */
  function look() {
    clear("look");
    const keeper = session();
    if (!keeper?.isThere) return;
    if (!isBusy() && !keeper.isThere()) fail(gone());
    else set("look", LOOK, look);
  }

  /** While a film or a sound plays nothing is saved, which may take longer than an LMS's session lasts. */
  function beat() {
    clear("beat");
    const keeper = session();
    if (!isPlaying() || !keeper?.stay) return;
    if (!isBusy() && tick() - touched >= BEAT && !stay(keeper)) lose();
    else set("beat", Math.max(touched + BEAT - tick(), SHORTEST), beat);
  }

  return {
    look,
    beat,

    /** The LMS was called. */
    touch() {
      touched = tick();
    },

    /** The page is hidden: on a phone it may never come back. */
    hide() {
      const keeper = session();
      if (!isBusy() && keeper?.stay && tick() - touched >= LONGEST_PAUSE) stay(keeper);
    },
  };
}
