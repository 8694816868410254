// The journal: what has not arrived yet, kept on the device for the next launch.

import { parsed } from "./document.js";
import { uuid } from "./statements.js";

/**
 * @typedef {object} Entry
 * @property {string} name of the statement's shape
 * @property {Record<string, any>} statement without its actor and without what the launch adds
 * @property {number} [refused] in how many launches
 * @property {string} [from] another session, in which it was made
 *
 * @typedef {object} Journal what one window left behind
 * @property {string} by whose it is, as a hash
 * @property {string} [session] in which session the statements were made, where a session is one launch
 * @property {boolean} [isOver] that session was ended
 * @property {number} [stamped] when that session's latest statement was made
 * @property {string | null} doc
 * @property {Entry[]} list
 *
 * @typedef {ReturnType<typeof queue>} Queue
 */

/** In this many launches a statement that is refused is tried. */
const MOST_REFUSALS = 3;

/**
 * @param {() => Storage} storage even to name it may throw; then the journal lives as long as the window
 * @param {string} key of the activity and the registration: every window adds a part of its own
 * @param {string} by the same for the same learner
 */
export function queue(storage, key, by) {
  const own = `${key}:${uuid().slice(0, 8)}`;
  /** @type {Journal} */
  const journal = { by, doc: null, list: [] };
  let isKept = true;

  function persist() {
    try {
      if (journal.doc === null && journal.list.length === 0 && !journal.session) storage().removeItem(own);
      else storage().setItem(own, JSON.stringify(journal));
      isKept = true;
    } catch {
      isKept = false;
    }
  }

  /** @param {Entry[]} entries */
  function append(entries) {
    const known = new Set(journal.list.map(({ statement }) => statement.id));
    journal.list.push(...entries.filter(({ statement }) => !known.has(statement.id)));
  }

  return {
    /** Whether the device keeps it. */
    isKept: () => isKept,
    list: () => journal.list,

    /**
     * Takes over what other windows left behind. One of them may still be at work: its statements are then sent by both,
     * and taken once.
     * @param {(found: Journal) => void} look
     * @param {() => string} united the document, once all were looked at
     */
    adopt(look, united) {
      /** @type {string[]} */
      const names = [];
      try {
        const all = storage();
        for (let at = 0; at < all.length; at += 1) {
          const name = all.key(at) || "";
          if (name.startsWith(`${key}:`) && name !== own) names.push(name);
        }
        for (const name of names.splice(0)) {
          const left = /** @type {any} */ (parsed(all.getItem(name) || ""));
          if (!left || left.by !== by || !Array.isArray(left.list)) continue;
          look(left);
          append(left.list.map((/** @type {Entry} */ entry) => ({ from: left.session, ...entry })));
          names.push(name);
        }
      } catch {
        // Nothing can have been kept there.
      }
      if (names.length > 0) journal.doc = united();
      persist();
      if (!isKept) return;
      for (const name of names) storage().removeItem(name);
    },

    /** @param {Entry[]} list */
    replace(list) {
      journal.list = list;
      persist();
    },

    /**
     * @param {string} session
     * @param {boolean} isOver
     * @param {number} stamped when its latest statement was made
     */
    belong(session, isOver, stamped) {
      journal.session = session;
      journal.isOver = isOver || undefined;
      journal.stamped = stamped;
      persist();
    },

    /** @param {Entry} entry a second one with the same id is left out */
    add(entry) {
      append([entry]);
      if (journal.session) journal.stamped = Date.parse(entry.statement.timestamp);
      persist();
    },

    /** @param {string | null} doc that has not arrived */
    hold(doc) {
      if (journal.doc === doc) return;
      journal.doc = doc;
      persist();
    },

    /** @param {Entry[]} entries that have arrived, or never will */
    drop(entries) {
      journal.list = journal.list.filter((entry) => !entries.includes(entry));
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
