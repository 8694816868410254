// What the learner sees of saving.

/**
 * @import { Cause, Course } from "./contract.d.ts"
 */

/**
 * @typedef {object} Shown
 * @property {(next: "yes" | "wait" | "no", word: () => string) => void} saved the word in the current language
 * @property {(cause: Cause | null, isHeld?: boolean, isAsked?: boolean) => void} alarm
 * @property {(isShown: boolean, isMissed?: boolean) => void} outside
 */

/**
 * @param {Course["strings"]} words
 * @param {Shown} shown
 */
export function saveStatus(words, shown) {
  /** The status is "not saved". */
  let isAlarmed = false;

  return {
    showSaving: () => shown.saved("wait", () => words.saving),

    /** @param {boolean} isHeld the device keeps what waits */
    showResting(isHeld) {
      if (!isAlarmed) shown.saved("wait", () => (isHeld ? words.savedHere : words.saving));
    },

    /**
     * @param {boolean | undefined} isHere kept on this device only
     * @param {boolean} isSure
     */
    showSaved(isHere, isSure) {
      isAlarmed = false;
      shown.alarm(null);
      shown.saved("yes", () => (isHere ? words.savedHere : isSure ? words.saved : words.sent));
    },

    /**
     * @param {Cause} cause
     * @param {boolean} isHeld the device keeps what was not saved
     * @param {boolean} isAsked the learner asked for the save, and is alerted again
     */
    showFailed(cause, isHeld, isAsked) {
      if (cause === "storage") shown.outside(false);
      isAlarmed = true;
      shown.saved("no", () => (cause === "full" ? words.notAllSaved : words.notSaved));
      shown.alarm(cause, isHeld, isAsked);
    },
  };
}
