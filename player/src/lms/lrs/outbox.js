// What has not arrived yet, kept on the device for the next launch.

import { deviceStore } from "../device/device-store.js";
import { isWhole, read } from "../device/progress-record.js";

/**
 * @import { DatabaseCopy } from "../device/database-copy.js"
 * @import { Marked } from "../device/course-mark.js"
 */

/**
 * @typedef {object} Entry
 * @property {string} name of the statement's shape
 * @property {Record<string, any>} statement without its actor and without what the launch adds
 * @property {number} [refused] in how many launches
 * @property {string} [from] another session, in which it was made
 *
 * @typedef {object} StoredOutbox what one window left behind
 * @property {string} by whose it is, as a hash
 * @property {string} [session] in which session the statements were made, where a session is one launch
 * @property {boolean} [isOver] that session was ended
 * @property {number} [stamped] when that session's latest statement was made
 * @property {number} [left] when the page was left, with all of this under way
 * @property {string | null} doc
 * @property {Entry[]} list
 *
 * @typedef {ReturnType<typeof outbox>} Outbox
 */

/** In this many launches a statement that is refused is tried. */
const MOST_REFUSALS = 3;

/**
 * @param {() => Storage} storage even to name it may throw; then it lives as long as the window
 * @param {string} key of the activity and the registration: every window adds a part of its own
 * @param {string} by the same for the same learner
 * @param {Marked} course
 * @param {DatabaseCopy} [copy] where it is kept twice
 */
export function outbox(storage, key, by, course, copy) {
  const place = deviceStore(storage, key, copy);
  /** @type {StoredOutbox} */
  const stored = { by, doc: null, list: [] };

  /** The learner wants nothing kept on the device. */
  let isForgotten = false;

  function persist() {
    if (isForgotten) return;
    const isEmpty = stored.doc === null && stored.list.length === 0 && !stored.session;
    place.put(isEmpty ? null : stored);
  }

  /** @param {Entry[]} entries */
  function append(entries) {
    const known = new Set(stored.list.map(({ statement }) => statement.id));
    stored.list.push(...entries.filter(({ statement }) => !known.has(statement.id)));
  }

  return {
    /** Whether the device keeps it. */
    isKept: () => !isForgotten && place.isKept(),
    list: () => stored.list,

    /**
     * Takes over what other windows left behind. One of them may still be at work: its statements are then sent by both,
     * and taken once.
     * @param {(found: StoredOutbox) => void} look
     * @param {() => string} united the document, once all were looked at
     */
    adopt(look, united) {
      const names = place.others((left) => {
        if (left.by !== by || !Array.isArray(left.list)) return false;
        look(left);
        // Of a later version, or damaged: it stays beside what is written in its place.
        if (left.doc && !isWhole(left.doc, read(left.doc, course))) place.spare(left.doc);
        append(left.list.map((/** @type {Entry} */ entry) => ({ from: left.session, ...entry })));
        return true;
      });
      if (names.length > 0) stored.doc = united();
      persist();
      if (place.isKept()) place.remove(names);
    },

    /** Erases what the device holds, of other windows too, and holds nothing more. */
    forget() {
      isForgotten = true;
      place.put(null);
      place.remove(place.others(() => true));
    },

    /** @param {Entry[]} list kept with the next change */
    replace(list) {
      stored.list = list;
    },

    /**
     * @param {string} session
     * @param {boolean} isOver
     * @param {number} stamped when its latest statement was made
     */
    belong(session, isOver, stamped) {
      stored.session = session;
      stored.isOver = isOver;
      stored.stamped = stamped;
      persist();
    },

    /** @param {number} at when all that it holds was sent, and the page was left */
    leave(at) {
      stored.left = at;
      persist();
    },

    /** @param {Entry} entry a second one with the same id is left out */
    add(entry) {
      append([entry]);
      if (stored.session) stored.stamped = Date.parse(entry.statement.timestamp);
      persist();
    },

    /** @param {string | null} doc that has not arrived */
    hold(doc) {
      if (stored.doc === doc) return;
      stored.doc = doc;
      persist();
    },

    /** @param {Entry[]} entries that have arrived, or never will */
    drop(entries) {
      stored.list = stored.list.filter((entry) => !entries.includes(entry));
      persist();
    },

    /**
     * @param {Entry[]} entries
     * @returns {Entry[]} those of them that are given up
     */
    setAside(entries) {
      for (const entry of entries) entry.refused = (entry.refused || 0) + 1;
      const lost = entries.filter(({ refused = 0 }) => refused >= MOST_REFUSALS);
      this.drop(lost);
      return lost;
    },
  };
}
