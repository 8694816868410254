// What the LMS is known to have of what it was sent, as far as reading it back tells.
//
// - An LMS confirms that it set and committed a value. In 2004 that promises that the value is stored (RTE 2004, 3.1.4.3), yet
//   some LMSs confirm before they have asked their server.
// - The value is read back after the commit, where it must be the one that was set (RTE 2004, 3.1.4.3; RTE 1.2, 3.4.4 has
//   suspend_data readable). An LMS that returns the same value has room for it: it is saved, as far as this window can know.
//   Some answer from their own page (Moodle), so only a later launch proves it.
// - Some LMSs return nothing, a word of their own, or the value from when the course was opened. As long as one has never
//   returned what was set, that proves nothing: the status is then "sent", not "saved".
// - A shorter value was cut off. If the LMS has returned a set value before, an empty one means that it was lost.
// The location is not read back: the state names the page too, and the location is used only without a state.

import { failure } from "../failure.js";
import { attempt } from "./attempt.js";
import { inferTimes } from "./infer-times.js";
import { cleaned, unsealed } from "./seal.js";

/**
 * @import { Course } from "../../contract.d.ts"
 * @import { LiveRecord } from "../device/progress-record.js"
 * @import { Connection } from "./connection.js"
 * @import { SealedTexts } from "./sealed-texts.js"
 */

/** @typedef {ReturnType<typeof readBack>} ReadBack */

/** How often an LMS that returns nothing is asked a second time. */
const MOST_LOOKS = 3;
/** On this device: a value that an LMS returned proved untrue. */
const LIED = "coursepack:untrue";

/**
 * @param {Window} window
 * @param {Course} course
 * @param {Connection} line
 * @param {string} state name of the element
 * @param {SealedTexts} texts
 * @param {LiveRecord} progress
 */
export function readBack(window, course, line, state, texts, progress) {
  /** The LMS has returned a value that was set; and did so at once. */
  let isTrusted = false;
  let isQuick = false;
  /** A later launch has shown that this proves nothing. */
  let hasLied = false;
  let looks = 0;

  function recallLie() {
    hasLied = attempt(() => window.localStorage.getItem(LIED)) !== null;
  }

  return {
    /** The LMS is known to have what was sent. */
    isSure: false,
    /** It has confirmed a commit. */
    isTaken: false,
    /** It was seen to have no room. */
    isCut: false,

    /** A session begins. @param {string} text that the LMS holds */
    begin(text) {
      this.isSure = true;
      this.isTaken = this.isTaken || text !== "";
      recallLie();
    },

    /** What the LMS had returned was lost after all. */
    noteLie() {
      attempt(() => window.localStorage.setItem(LIED, "1"));
      recallLie();
    },

    /**
     * Reads back what the LMS has.
     * @param {boolean} [again] a while after the commit
     */
    look(again = false) {
      const { sent, ours, base } = texts;
      const text = line.look(state);
      this.isSure = text === sent || cleaned(text) === sent;
      if (this.isSure) {
        isTrusted = true;
        isQuick = isQuick || !again;
        this.isCut = false;
        return;
      }
      const found = unsealed(course, text);
      const isPart = text !== "" && sent.startsWith(text);
      const isKnown = ours.includes(text);
      const isLost = text === "" ? isTrusted || base !== "" : isTrusted && !found;
      if (isPart ? this.isCut || isQuick || !isKnown : isLost) {
        this.isCut = isPart;
        line.forget(state);
        throw failure("full", `${text.length} of ${sent.length}`);
      }
      // Another window or device has saved while this one is open.
      if (found && !isKnown) progress.take(inferTimes(course, text, "", progress.current(), ours));
    },

    /** Whether another look may tell more. */
    isWorthALook: () => isTrusted || looks < MOST_LOOKS,

    lookAgain() {
      looks += 1;
      this.look(true);
    },

    /** Whether the LMS has all of it, and its answers have proved true so far. */
    isProven() {
      return this.isSure && !hasLied;
    },

    /**
     * Checks whether the LMS has a word that it took, if its answers can be trusted. While it is busy it may not have it yet.
     * @param {string} element
     * @param {string} word
     * @param {RegExp} lower words of a lower rank. Others are its own evaluation, or none
     * @param {boolean} again a while after the commit
     * @returns {boolean} whether it returns the word
     */
    confirm(element, word, lower, again) {
      if (!isTrusted || lower.test(word) || line.held(element) !== word) return false;
      const found = attempt(() => line.look(element)) || "";
      if (!lower.test(found)) return found === word;
      this.isSure = false;
      if (!again) return false;
      line.forget(element);
      throw failure("refused", `${element}: ${word}`);
    },
  };
}
