// Sends what is in the outbox.

import { parsed } from "../device/progress-record.js";
import { detailsOf, failure } from "../failure.js";

/**
 * @import { Client } from "./client.js"
 * @import { Entry, Outbox } from "./outbox.js"
 */

/** Statements in one request. */
const BATCH = 50;
/**
 * Bytes in one request while the course is open: it may outlive the page, and while a page unloads all requests together
 * may send 64 KiB.
 */
const BATCH_BYTES = 24 * 1024;
/** Statements about the session go first when there is no room for all. */
const VITAL = /^(initialized|resumed|completed|passed|failed|suspended|terminated)$/;

/** Sent once a registration, with the same id from every device. */
const SHARED = /^(experienced|progressed|partCompleted|completed|passed|mediaCompleted)$/;

/** One statement of a batch may be the cause. An LMS in between may answer 412 to anything that its LRS refused. */
const DIVISIBLE = [400, 403, 409, 412, 413];
/** Milliseconds after which a statement that was sent without an answer is stored, if it arrived. */
const SETTLED = 2000;
/** When so many are refused one by one, before any is taken, the statements are not the cause. */
const MOST_DENIED = 4;

/** @param {string} text */
export const bytes = (text) => new TextEncoder().encode(text).length;

/** @typedef {ReturnType<typeof statementSender>} StatementSender */

/**
 * @param {Client} lrs
 * @param {Outbox} outbox
 * @param {(entry: Entry) => string} complete the whole statement as JSON
 * @param {(entries: Entry[]) => void} arrived called with what has arrived or is given up
 * @param {Window} window
 * @param {() => number} clock milliseconds
 */
export function statementSender(lrs, outbox, complete, arrived, window, clock) {
  /** Refused in this launch; the next launch tries again. @type {Set<Entry>} */
  const resting = new Set();
  /**
   * Until when statements are under way, by id: an LRS that gets a statement again while it stores it may keep it twice. When
   * a page is left the browser reports requests under way as failed, but lets them arrive.
   * @type {Map<string, number>}
   */
  const flying = new Map();
  /** This LRS takes statements one at a time, by PUT. */
  let isSingle = false;
  /** The browser lets requests outlive the page; undefined: not known yet. @type {boolean | undefined} */
  let isSturdy;

  const size = (/** @type {Entry} */ entry) => bytes(complete(entry)) + 1;

  /**
   * @param {Entry[]} entries
   * @param {boolean} [isLast]
   */
  async function send(entries, isLast) {
    const one = (/** @type {Entry} */ entry) =>
      lrs.ask("PUT", "statements", { statementId: entry.statement.id }, { body: complete(entry), isLast });
    const body = `[${entries.map(complete)}]`;
    const keepalive = isLast || (isSturdy !== false && bytes(body) <= BATCH_BYTES);
    if (!isSingle) {
      const { text } = await lrs.ask("POST", "statements", {}, { body, isLast, keepalive }).catch((error) => {
        // Some browsers refuse this for another origin; or the network is down.
        if (keepalive && detailsOf(error).isCutOff) isSturdy = isSturdy || false;
        throw error;
      });
      isSturdy = isSturdy || keepalive;
      const ids = parsed(text);
      // An answer that is not a list of ids: the statements were not looked at.
      isSingle = Boolean(ids) && !Array.isArray(ids);
    }
    if (isSingle && isLast) await Promise.all(entries.map(one));
    else if (isSingle) for (const entry of entries) await one(entry);
  }

  /**
   * @param {Entry[]} entries
   * @param {boolean} [isLast]
   */
  function post(entries, isLast) {
    for (const { statement } of entries) flying.set(statement.id, Number.POSITIVE_INFINITY);
    return send(entries, isLast).then(
      () => {
        arrived(entries);
        outbox.drop(entries);
        land(entries);
      },
      (error) => {
        if (detailsOf(error).status) land(entries);
        else doubt(entries);
        throw error;
      },
    );
  }

  /** @param {Entry[]} entries */
  function land(entries) {
    for (const { statement } of entries) flying.delete(statement.id);
  }

  /**
   * Marks statements that may be under way.
   * @param {Entry[]} entries
   * @param {number} [age] milliseconds since they were sent
   */
  function doubt(entries, age = 0) {
    for (const { statement } of entries) flying.set(statement.id, clock() + SETTLED - age);
  }

  const isFlying = (/** @type {Entry} */ { statement }) => (flying.get(statement.id) || 0) > clock();

  /** @param {Entry[]} entries */
  function refuse(entries) {
    for (const entry of entries) resting.add(entry);
    // A statement that is given up is not made again.
    arrived(outbox.setAside(entries));
  }

  /**
   * As many as fit, in the given order.
   * @param {Entry[]} entries
   * @param {number} room in bytes
   */
  function choose(entries, room) {
    /** @type {Set<Entry>} */
    const going = new Set();
    for (const isVital of [true, false]) {
      for (const entry of entries) {
        if (VITAL.test(entry.name) !== isVital || going.size === BATCH) continue;
        const length = size(entry);
        if (length >= room) continue;
        room -= length;
        going.add(entry);
      }
    }
    return entries.filter((entry) => going.has(entry));
  }

  /**
   * Whether the LRS has a statement. Some answer with a list, or with something else.
   * @param {string} statementId
   */
  const isThere = (statementId) =>
    lrs.ask("GET", "statements", { statementId }).then(
      ({ text }) => /** @type {any} */ (parsed(text))?.id === statementId,
      () => false,
    );

  /**
   * Divides a batch that was refused while the page unloads.
   * @param {Entry[]} entries
   */
  async function insist(entries) {
    const part = entries.filter((entry) => outbox.list().includes(entry) && !isFlying(entry));
    if (part.length === 0) return;
    try {
      await post(part, true);
    } catch (error) {
      if (!DIVISIBLE.includes(detailsOf(error).status || 0)) throw error;
      const half = Math.ceil(part.length / 2);
      if (half < part.length) for (const some of [part.slice(0, half), part.slice(half)]) await insist(some);
    }
  }

  return {
    isThere,
    doubt,

    /**
     * @param {() => Entry[]} waiting empty once the page was left
     * @param {boolean} isOrdered the LRS takes nothing before `initialized`, which therefore goes alone
     */
    async deliver(waiting, isOrdered) {
      const pause = Math.max(0, ...waiting().map(({ statement }) => flying.get(statement.id) || 0)) - clock();
      if (pause > 0) await new Promise((done) => window.setTimeout(done, pause));
      let isLetIn = false;
      /** @type {Entry[]} */
      const denied = [];
      /** @type {unknown} */
      let denial = null;

      /** @param {Entry[]} batch */
      async function give(batch) {
        if (waiting().length === 0) return;
        try {
          await post(batch);
          isLetIn = true;
        } catch (error) {
          const { status = 0 } = detailsOf(error);
          if (!DIVISIBLE.includes(status)) throw error;
          const isDenied = status === 403 || status === 412;
          if (batch.length > 1) {
            const half = Math.ceil(batch.length / 2);
            await give(batch.slice(0, half));
            await give(batch.slice(half));
          } else if (status === 409 || (isDenied && (await isThere(batch[0].statement.id)))) {
            // It had arrived.
            isLetIn = true;
            arrived(batch);
            outbox.drop(batch);
          } else if (isDenied) {
            denied.push(...batch);
            // 412 may have any cause.
            denial = status === 403 ? failure("relaunch", "POST statements: 403") : error;
            if (!isLetIn && denied.length >= MOST_DENIED) throw denial;
          } else refuse(batch);
        }
      }

      for (;;) {
        const entries = waiting().filter((entry) => !resting.has(entry) && !denied.includes(entry));
        if (entries.length === 0) break;
        // What was refused in an earlier launch goes alone, so that it cannot block others.
        const good = entries.filter((entry) => !entry.refused);
        const [first] = good.length ? good : entries;
        const isAlone = first.refused || (isOrdered && first.name === "initialized");
        const batch = isAlone ? [] : choose(good, BATCH_BYTES);
        await give(batch.length ? batch : [first]);
      }
      // None was taken: the statements are not the cause.
      if (denial && !isLetIn) throw denial;
      refuse(denied);
    },

    /**
     * Sends what it can while the page unloads; the outbox keeps what is not confirmed. What is under way is not sent again:
     * it outlives the page.
     * @param {Entry[]} waiting
     * @param {number} room in bytes
     * @param {boolean} isOrdered the end of the session may not arrive before the rest
     */
    leave(waiting, room, isOrdered) {
      const free = waiting.filter((entry) => {
        if (isFlying(entry)) room -= size(entry);
        return !entry.refused && !isFlying(entry);
      });
      const batch = choose(free, room);
      // A batch may be refused as a whole for one statement. What may have arrived already, or may have been sent by another
      // device, is therefore kept apart from the end of the session.
      const turn = (/** @type {Entry} */ { name, statement }) => {
        if (!isOrdered) return SHARED.test(name) ? 0 : 2;
        return name === "initialized" ? 0 : flying.has(statement.id) ? 1 : 2;
      };
      const parts = [0, 1, 2].map((at) => batch.filter((entry) => turn(entry) === at)).filter(({ length }) => length);
      const sent = parts.map((part) => post(part, true));
      // A page that comes back may never get the answers.
      doubt(waiting.filter(isFlying));
      Promise.allSettled(sent).then(async () => {
        // If the page goes on for a while.
        try {
          for (const [at, part] of parts.entries()) {
            await sent[at].catch((error) => {
              if (!DIVISIBLE.includes(detailsOf(error).status || 0)) throw error;
              return insist(part);
            });
          }
        } catch {
          // The next launch sends it.
        }
      });
    },
  };
}
