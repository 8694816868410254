// The sealed texts of one window: what it found in the LMS, and what it set there.

import { seal, unsealed } from "./seal.js";

/** @import { Course } from "../../contract.d.ts" */

/** @typedef {ReturnType<typeof sealedTexts>} SealedTexts */

/** Texts kept of a window, beside the one that it found and the latest. */
const MOST_TEXTS = 32;

/** @param {Course} course */
export function sealedTexts(course) {
  return {
    /** What this launch found. */
    base: "",
    /** All that was found or set, the latest last. @type {string[]} */
    ours: [],
    /** The last one. */
    sent: "",
    /** The state in it. */
    plain: "",
    /** Mark of the attempt, unchanged until the LMS begins another. */
    attempt: "",
    count: 0,
    /** What the LMS held and this player could not read. */
    aside: "",

    /** @param {string} text */
    remember(text) {
      const others = this.ours.filter((each) => each !== text && each !== this.base);
      this.ours = [...others.slice(-MOST_TEXTS), text];
      // Some LMSs return nothing else.
      if (text !== this.base) this.ours.unshift(this.base);
    },

    /**
     * A session begins.
     * @param {string} text that the LMS holds
     * @param {ReturnType<typeof unsealed>} found what was read of it
     */
    begin(text, found) {
      this.base = this.sent = text;
      this.plain = "";
      this.remember(text);
      if (found) ({ plain: this.plain, count: this.count, aside: this.aside } = found);
      else this.aside = text || this.aside;
      this.attempt = found?.attempt || this.attempt;
    },

    /** @param {string} plain the state that is to be sent next */
    seal(plain) {
      this.plain = plain;
      do {
        this.count += 1;
        this.sent = seal(course, plain, this.attempt, this.count, this.aside);
        // Some LMSs do not send a value that equals the one at launch.
      } while (this.sent === this.base);
      this.remember(this.sent);
    },
  };
}
