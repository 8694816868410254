// Sends what is in the journal.

import { detailsOf, failure } from "./failure.js";

/**
 * @import { Client } from "./lrs.js"
 * @import { Entry, Queue } from "./queue.js"
 */

/** Statements in one request. */
const BATCH = 50;
/** What tells of a session goes first when the page is going and not all can. */
const VITAL = /^(initialized|resumed|completed|passed|failed|suspended|terminated)$/;

/** What is told once a registration, under the same id from every device. */
const SHARED = /^(experienced|progressed|partCompleted|completed|passed|mediaCompleted)$/;

/** @param {string} text */
export const bytes = (text) => new TextEncoder().encode(text).length;

/**
 * @param {Client} lrs
 * @param {Queue} journal
 * @param {(entry: Entry) => string} complete the whole statement as JSON
 * @param {(entries: Entry[]) => void} arrived
 */
export function delivery(lrs, journal, complete, arrived) {
  /** Refused in this launch; the next one tries again. @type {Set<Entry>} */
  const resting = new Set();

  /**
   * @param {Entry[]} entries
   * @param {boolean} [isLast]
   */
  function post(entries, isLast) {
    return lrs.ask("POST", "statements", {}, { body: `[${entries.map(complete)}]`, isLast }).then(() => {
      arrived(entries);
      journal.drop(entries);
    });
  }

  /** @param {Entry[]} entries */
  function refuse(entries) {
    for (const entry of entries) resting.add(entry);
    // What is given up is not made again.
    arrived(journal.setAside(entries));
  }

  return {
    /**
     * @param {() => Entry[]} waiting nothing any more when the page was left
     */
    async deliver(waiting) {
      let isLetIn = false;
      /** @type {Entry[]} */
      const denied = [];

      /** @param {Entry[]} batch */
      async function send(batch) {
        if (waiting().length === 0) return;
        try {
          await post(batch);
          isLetIn = true;
        } catch (error) {
          const { status = 0 } = detailsOf(error);
          if (![400, 403, 409, 413].includes(status)) throw error;
          if (batch.length > 1) {
            // Too much at once is halved; what one statement spoils is sent one by one.
            const size = status === 413 ? Math.ceil(batch.length / 2) : 1;
            for (let at = 0; at < batch.length; at += size) await send(batch.slice(at, at + size));
          } else if (status === 409) {
            // The id is known: it arrived earlier.
            isLetIn = true;
            arrived(batch);
            journal.drop(batch);
          } else if (status === 403) denied.push(...batch);
          else refuse(batch);
        }
      }

      for (;;) {
        const entries = waiting().filter((entry) => !resting.has(entry) && !denied.includes(entry));
        if (entries.length === 0) break;
        // What was refused in an earlier launch goes alone, so that it spoils no others.
        const good = entries.filter((entry) => !entry.refused);
        await send(good.length ? good.slice(0, BATCH) : entries.slice(0, 1));
      }
      // Not one got in: it is not the statements that are wrong.
      if (denied.length > 0 && !isLetIn) throw failure("relaunch", "POST statements: 403");
      refuse(denied);
    },

    /**
     * Sends what it can while the page is going; the journal keeps what is not heard of.
     * @param {Entry[]} waiting
     * @param {number} room in bytes
     * @param {boolean} isOrdered what ends the session may not arrive before the rest
     */
    leave(waiting, room, isOrdered) {
      const entries = waiting.filter((entry) => !entry.refused);
      /** @type {Set<Entry>} */
      const going = new Set();
      for (const isVital of [true, false]) {
        for (const entry of entries) {
          const size = bytes(complete(entry)) + 1;
          if (VITAL.test(entry.name) !== isVital || size >= room || going.size === BATCH) continue;
          room -= size;
          going.add(entry);
        }
      }
      const batch = entries.filter((entry) => going.has(entry));
      // Another device may have told the same: that is refused as a whole, and must not take the session's end along.
      const isShared = (/** @type {Entry} */ { name }) => !isOrdered && SHARED.test(name);
      for (const part of [batch.filter(isShared), batch.filter((entry) => !isShared(entry))]) {
        if (part.length > 0) post(part, true).catch(() => {});
      }
    },
  };
}
