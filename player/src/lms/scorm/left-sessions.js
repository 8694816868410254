// What windows leave on the device, until a later launch has read it from the LMS: by a hash of the learner's id, since
// devices are shared, and not at all without an id. It has neither names nor texts of answers.

import { fingerprint } from "../../hash.js";
import { databaseCopy } from "../device/database-copy.js";
import { deviceStore } from "../device/device-store.js";
import { merge, read, write } from "../device/progress-record.js";
import { attempt } from "./attempt.js";
import { inferTimes } from "./infer-times.js";

/**
 * @import { Course } from "../../contract.d.ts"
 * @import { LiveRecord, ProgressRecord } from "../device/progress-record.js"
 * @import { ReadBack } from "./read-back.js"
 * @import { SealedTexts } from "./sealed-texts.js"
 */

/**
 * @typedef {object} LeftSession what one window left
 * @property {string} by the learner, as a hash
 * @property {number} at when it was written
 * @property {string} attempt mark of the LMS's attempt
 * @property {boolean} isTaken the LMS has confirmed a commit
 * @property {boolean} isSure it returned the value that was set last
 * @property {string[]} ours sealed states that this window found or left there, the latest last
 * @property {boolean} isCut the LMS was seen to have no room
 * @property {string} doc progress record
 */

/** Milliseconds: 180 days. After that a learner more likely starts again than misses what was done. */
const LONGEST_KEPT = 180 * 86400000;
/** In this tab: the learner, as a hash. */
const LEARNER = "coursepack:learner";
/** Ids in LMSs that have none, or one for many. */
const NOBODY = /^(|0|true|false|null|undefined|guest|anonymous)$/i;

/**
 * @param {Window} window
 * @param {Course} course
 * @param {LiveRecord} progress
 * @param {SealedTexts} texts
 * @param {ReadBack} known what the LMS is known to have
 * @param {() => number} now milliseconds since 1970
 */
export function leftSessions(window, course, progress, texts, known, now) {
  const key = `coursepack:${course.id}`;
  const copy = databaseCopy(window);
  const store = (/** @type {string} */ name) => deviceStore(() => window.localStorage, `${key}:${name}`, copy);
  /** What windows did that no later launch has read from the LMS yet. */
  const unsaved = store("unsaved");
  /** What was done in an attempt that the LMS does not know of. */
  const past = store("earlier");
  /** What the LMS held and this player could not read. */
  const unread = store("unread");
  let by = "";
  /** The learner asked for nothing to be kept on the device. */
  let isForgotten = false;
  /** @type {{ at: number, doc: ProgressRecord } | null} */
  let earlier = null;

  /** @param {any} left @returns {ProgressRecord | null} of this learner */
  const ownRecord = (left) => (by && left.by === by ? read(left.doc, course) : null);

  /** @param {string} short hash of an id; empty: unknown */
  const owner = (short) => short && String(fingerprint(`${course.id} ${short}`));

  /** @param {{ at: number }} left @param {ProgressRecord} doc */
  function putEarlier({ at }, doc) {
    earlier = earlier ? { at: Math.max(at, earlier.at), doc: merge(course, earlier.doc, doc) } : { at, doc };
  }

  /** Of any learner: it is not kept longer. */
  function removeOld() {
    for (const each of [unsaved, past, unread]) {
      attempt(() => each.remove(each.others(({ at }) => !(at > now() - LONGEST_KEPT && at <= now() + LONGEST_KEPT))));
    }
  }

  /**
   * What the LMS had confirmed is missing: either the course was started again, or it was lost. The learner decides.
   * @param {LeftSession} left
   * @param {boolean} isNew
   */
  const isMissing = (left, isNew) =>
    left.isTaken && (isNew || (texts.attempt && left.attempt && left.attempt !== texts.attempt));

  return {
    /** Nothing is kept, in the LMS or on the device. */
    isIdle: false,

    /** The learner, as a hash; empty: unknown. */
    get by() {
      return by;
    },

    /** When an attempt ended that the LMS does not know of. */
    get earlier() {
      return earlier?.at;
    },

    /** Restores what was erased in the meantime. */
    restore: () => copy.restore(`${key}:`),

    /**
     * @param {string} id of the learner in the LMS
     * @returns {boolean} false: another learner has logged in
     */
    identify(id) {
      const short = NOBODY.test(id) ? "" : String(fingerprint(id));
      const who = owner(short);
      if (by && who && who !== by) return false;
      by = by || who;
      attempt(() => window.sessionStorage.setItem(LEARNER, short));
      return true;
    },

    /** Takes in all that is left of the learner of another SCO in this window before. */
    takeAll() {
      by = by || owner(attempt(() => window.sessionStorage.getItem(LEARNER)) || "");
      unsaved.others((/** @type {LeftSession} */ left) => {
        progress.take(ownRecord(left));
        return false;
      });
    },

    /** @returns {boolean} whether the device keeps what was done */
    hold() {
      if (!by || this.isIdle || isForgotten) return false;
      const { attempt, ours } = texts;
      const { isTaken, isSure, isCut } = known;
      /** @type {LeftSession} */
      const session = { by, at: now(), attempt, isTaken, isSure, ours, isCut, doc: write(progress.current(), course) };
      unsaved.put(session);
      return unsaved.isKept();
    },

    /** @param {string} text that cannot be read */
    holdUnread(text) {
      if (by) unread.put({ by, at: now(), text });
    },

    /**
     * Takes over what was left.
     * @param {string} text the sealed state that the LMS holds
     * @param {string} location
     * @param {boolean} isNew nothing at all is known of this learner there
     * @param {() => boolean} isAllThere whether the LMS holds all that is known now
     */
    adopt(text, location, isNew, isAllThere) {
      if (!by || this.isIdle) return;
      removeOld();
      const attempts = past.others((/** @type {LeftSession} */ left) => {
        const doc = ownRecord(left);
        if (doc) putEarlier(left, doc);
        return doc !== null;
      });
      const names = unsaved.others((/** @type {LeftSession} */ left) => {
        const doc = Array.isArray(left.ours) && ownRecord(left);
        if (!doc) return false;
        if (isMissing(left, isNew)) putEarlier(left, doc);
        else {
          progress.take(inferTimes(course, text, location, doc, left.ours));
          progress.take(doc);
          known.isCut = known.isCut || left.isCut;
          if (left.isSure && left.ours.slice(0, -1).includes(text)) known.noteLie();
        }
        return true;
      });
      if (earlier) past.put({ by, ...earlier, doc: write(earlier.doc, course) });
      if (past.isKept()) past.remove(attempts);
      // Either all of it arrived, or this window keeps it from now on.
      if (names.length > 0 && past.isKept() && (progress.isBlank() || isAllThere() || this.hold()))
        unsaved.remove(names);
    },

    /** All that this window did was read from the LMS. */
    clear: () => unsaved.put(null),

    /** Takes in what was done in an earlier attempt. */
    takeEarlier() {
      if (earlier) progress.take(earlier.doc);
    },

    dropEarlier() {
      earlier = null;
      past.put(null);
    },

    /** Erases all that is kept of this course, and keeps nothing more. */
    forget() {
      isForgotten = true;
      copy.erase(`${key}:`);
    },
  };
}
