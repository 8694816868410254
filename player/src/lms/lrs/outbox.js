// Statements, and the progress record, that have not arrived yet: kept on the device for the next launch.

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
 * @property {number} [refused] number of launches
 * @property {string} [from] the other session in which it was made
 *
 * @typedef {object} StoredOutbox what one window left on the device
 * @property {string} by the learner, as a hash
 * @property {string} [session] the session of the statements, where a session is one launch
 * @property {boolean} [isOver] that session has ended
 * @property {number} [stamped] time of that session's latest statement
 * @property {number} [left] when the page was left and all of this was sent
 * @property {string | null} doc progress record
 * @property {Entry[]} list
 *
 * @typedef {ReturnType<typeof outbox>} Outbox
 */

/** Launches in which a refused statement is tried. */
const MOST_REFUSALS = 3;

/**
 * @param {() => Storage} storage may throw; then nothing outlives the window
 * @param {string} key of the activity and the registration; each window adds its own part
 * @param {string} by the learner, as a hash
 * @param {Marked} course
 * @param {DatabaseCopy} [copy] a second place
 */
export function outbox(storage, key, by, course, copy) {
  const store = deviceStore(storage, key, copy);
  /** @type {StoredOutbox} */
  const stored = { by, doc: null, list: [] };

  /** The learner asked for nothing to be kept on the device. */
  let isForgotten = false;

  function persist() {
    if (isForgotten) return;
    const isEmpty = stored.doc === null && stored.list.length === 0 && !stored.session;
    store.put(isEmpty ? null : stored);
  }

  /** @param {Entry[]} entries */
  function append(entries) {
    const known = new Set(stored.list.map(({ statement }) => statement.id));
    stored.list.push(...entries.filter(({ statement }) => !known.has(statement.id)));
  }

  return {
    /** Whether the device keeps it. */
    isKept: () => !isForgotten && store.isKept(),
    list: () => stored.list,

    /**
     * Takes over what other windows left. One of them may still be open: both then send its statements, and the LRS takes
     * them once.
     * @param {(found: StoredOutbox) => void} look
     * @param {() => string} united the progress record, after all were looked at
     */
    adopt(look, united) {
      const names = store.others((left) => {
        if (left.by !== by || !Array.isArray(left.list)) return false;
        look(left);
        // A record of a later version, or a damaged one, is kept separately.
        if (left.doc && !isWhole(left.doc, read(left.doc, course))) store.spare(left.doc);
        append(left.list.map((/** @type {Entry} */ entry) => ({ from: left.session, ...entry })));
        return true;
      });
      if (names.length > 0) stored.doc = united();
      persist();
      if (store.isKept()) store.remove(names);
    },

    /** Erases what the device holds, also of other windows, and keeps nothing more. */
    forget() {
      isForgotten = true;
      store.put(null);
      store.remove(store.others(() => true));
    },

    /** @param {Entry[]} list kept with the next change */
    replace(list) {
      stored.list = list;
    },

    /**
     * @param {string} session
     * @param {boolean} isOver
     * @param {number} stamped time of its latest statement
     */
    belong(session, isOver, stamped) {
      stored.session = session;
      stored.isOver = isOver;
      stored.stamped = stamped;
      persist();
    },

    /** @param {number} at when the page was left and everything was sent */
    leave(at) {
      stored.left = at;
      persist();
    },

    /** @param {Entry} entry ignored when there is one with its id */
    add(entry) {
      append([entry]);
      if (stored.session) stored.stamped = Date.parse(entry.statement.timestamp);
      persist();
    },

    /** @param {string | null} doc progress record that has not arrived */
    hold(doc) {
      if (stored.doc === doc) return;
      stored.doc = doc;
      persist();
    },

    /** @param {Entry[]} entries that have arrived or are given up */
    drop(entries) {
      stored.list = stored.list.filter((entry) => !entries.includes(entry));
      persist();
    },

    /**
     * @param {Entry[]} entries that were refused
     * @returns {Entry[]} those that are given up
     */
    setAside(entries) {
      for (const entry of entries) entry.refused = (entry.refused || 0) + 1;
      const lost = entries.filter(({ refused = 0 }) => refused >= MOST_REFUSALS);
      this.drop(lost);
      return lost;
    },
  };
}
