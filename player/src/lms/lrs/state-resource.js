// The progress record in the State resource of an LRS. What another device wrote is never overwritten.

import { isWhole, parsed, read, write } from "../device/progress-record.js";
import { detailsOf, failure } from "../failure.js";

/**
 * @import { Client } from "./client.js"
 * @import { ProgressRecord } from "../device/progress-record.js"
 * @import { Marked } from "../device/course-mark.js"
 */

/** @typedef {ReturnType<typeof stateResource>} StateResource */

const RESOURCE = "activities/state";
const MOST_ROUNDS = 6;
/** State ids. The second is used when the first holds something else, or when the LRS does not keep unknown ids. */
const NAMES = ["resume", "suspendData"];

/**
 * @param {Client} lrs
 * @param {Record<string, string | undefined>} place activityId, agent, registration
 * @param {(text: string) => Promise<string | null>} sha1
 * @param {Marked} course
 */
export function stateResource(lrs, place, sha1, course) {
  const names = [...NAMES];
  /** The text that the LRS is known to hold. @type {string | null} */
  let held = null;
  let isAbsent = false;
  /** ETag of `held`; null: unknown. @type {string | null} */
  let tag = null;
  /** The tag was read from the LRS, not computed from what was sent. */
  let isRead = false;
  /** `held` and `tag` are those of the latest request. */
  let isFresh = false;
  /** CORS exposes ETags. */
  let isShown = true;
  /** The ETag is a hash of the contents, as 1.0.3 says (part 3, 3.1), and so known without being exposed. */
  let isHash = false;
  /** How many of the possible tags of `held` were refused. */
  let wrong = 0;
  /** The browser may not send conditions to this LRS. */
  let isBare = false;
  /** The LRS replaces documents only with a condition that it accepts, although 1.0.3 exempts the State resource (3.1). */
  let isMerging = false;
  /** The LRS keeps no documents. */
  let isMissing = false;
  /** @type {string | null} */
  let heldSum = null;
  /** What is under way, or was and may have arrived. @type {{ text: string, sum: string | null } | null} */
  let unsure = null;

  /**
   * @param {(theirs: ProgressRecord) => void} take
   * @returns {Promise<boolean>} whether there was anything
   */
  async function fetchRecord(take) {
    let reply;
    try {
      reply = await ask("GET");
    } catch (error) {
      if (detailsOf(error).status !== 404) throw error;
      held = tag = heldSum = unsure = null;
      isAbsent = isFresh = true;
      return false;
    }
    const { headers, text } = reply;
    const record = read(text, course);
    const found = parsed(text);
    // Not an answer of the LRS. To take it for nothing would mean to overwrite the document.
    if (!record && found === undefined) throw failure("silent", `GET ${RESOURCE}: no JSON`);
    if (record) take(record);
    if (!isWhole(text, record) && JSON.stringify(found) !== "{}") {
      // Of a later version, damaged or of another course: it is left as it is.
      names.shift();
      isMissing = names.length === 0;
      return (!isMissing && (await fetchRecord(take))) || record !== null;
    }
    const shown = headers.get("ETag");
    const sum = await sha1(text);
    isShown = shown !== null;
    // A proxy that compresses makes it weak; the LRS compares the rest.
    const bare = shown === null ? null : shown.replace(/^W\//, "");
    heldSum = sum;
    isHash = sum !== null && (bare === null || bare.replace(/"/g, "") === sum);
    const tags = [bare, sum && `"${sum}"`].filter(Boolean);
    tag = tags[wrong] || null;
    isRead = isFresh = true;
    isAbsent = false;
    unsure = null;
    held = record && write(record, course);
    return record !== null;
  }

  /**
   * @param {string} method
   * @param {import("./client.js").Request} [more]
   */
  function ask(method, more) {
    return lrs.ask(method, RESOURCE, { ...place, stateId: names[0] }, more).catch((error) => {
      // The launch gives access to this document: if it is denied, only another launch helps.
      if (detailsOf(error).status === 403) error.cause = "relaunch";
      throw error;
    });
  }

  /** @returns {Record<string, string>} */
  function condition() {
    if (isBare || isMerging) return {};
    if (isAbsent) return { "If-None-Match": "*" };
    return tag ? { "If-Match": tag } : {};
  }

  /** @param {string} text */
  async function put(text) {
    const headers = condition();
    /** @type {{ text: string, sum: string | null }} */
    const sending = { text, sum: null };
    unsure = sending;
    const summing = sha1(text).then((sum) => {
      sending.sum = sum;
    });
    const reply = await ask(isMerging ? "POST" : "PUT", { body: text, headers }).catch((error) => {
      if (detailsOf(error).status) unsure = null;
      throw error;
    });
    await summing;
    const shown = reply.headers.get("ETag");
    held = text;
    heldSum = sending.sum;
    unsure = null;
    isAbsent = false;
    isRead = shown !== null;
    tag = shown ? shown.replace(/^W\//, "") : isHash && heldSum ? `"${heldSum}"` : null;
    isFresh = tag !== null;
  }

  return {
    read: fetchRecord,

    isMissing: () => isMissing,

    /** @param {string} text */
    holds: (text) => held === text && !unsure && !isMissing,

    /**
     * @param {() => string} mine the record as text
     * @param {(theirs: ProgressRecord) => void} take merges it into mine
     */
    async sync(mine, take) {
      let cutOff = 0;
      // Without ETags a change cannot be seen, so the document is read before each write.
      if (isBare || isMerging || (!isShown && !isAbsent)) isFresh = false;
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        if (isMissing || mine() === held) return;
        if (!isFresh) await fetchRecord(take);
        const text = mine();
        if (isMissing || text === held) return;
        const [before, wasAbsent, wasRead] = [held, isAbsent, isRead];
        const isBound = Object.keys(condition()).length > 0;
        try {
          await put(text);
        } catch (error) {
          const { status, isCutOff } = detailsOf(error);
          isFresh = false;
          isMissing = status === 404 || status === 405;
          if (isMissing) return;
          if (status === 409 && !isMerging) {
            isMerging = true;
            continue;
          }
          if (status === 412) {
            await fetchRecord(take);
            if (wasAbsent ? isAbsent : held === before) {
              // The document has not changed: the condition itself was wrong.
              if (wasAbsent) isBare = true;
              else if (wasRead) wrong += 1;
              else isHash = false;
              isFresh = false;
            }
            continue;
          }
          if (!isCutOff || !isBound) {
            isBare = isBare && !isCutOff;
            throw error;
          }
          // Either it was stored and only the reply was lost, or the browser refuses to send the condition (CORS).
          cutOff += 1;
          if (cutOff > 1) isBare = true;
          continue;
        }
        if (isFresh || !isShown) return;
        // The next tag cannot be computed. It is fetched now, since a page that unloads has no time for it.
        try {
          await fetchRecord(take);
        } catch {
          return;
        }
      }
      throw failure("silent", `PUT ${RESOURCE}: others are always first`);
    },

    /**
     * Sends the record while the page unloads. While another request is under way the tag that the LRS will have is not
     * certain, so every possible one is tried: at most one matches.
     * @param {string} text
     * @param {boolean} isSafe the device keeps it for the next launch
     * @returns {{ times: number, arrived: Promise<boolean> }}
     */
    leave(text, isSafe) {
      if (isMissing) return { times: 0, arrived: Promise.resolve(false) };
      const quoted = (/** @type {string | null} */ sum) => sum && `"${sum}"`;
      const tags = unsure ? [tag, quoted(unsure.sum)] : [tag || quoted(heldSum)];
      /** @type {Record<string, string>[]} */
      const conditions = isAbsent && !isBare && !isMerging ? [{ "If-None-Match": "*" }] : [];
      for (const each of new Set(tags)) if (each && !isBare && !isMerging) conditions.push({ "If-Match": each });
      // Without a condition another device's progress might be lost: what is safe on this device waits.
      if (conditions.length === 0 && !isSafe) conditions.push({});
      const all = conditions.map((headers) =>
        ask(isMerging ? "POST" : "PUT", { body: text, headers, isLast: true }).then(
          () => true,
          () => false,
        ),
      );
      return {
        times: conditions.length,
        arrived: Promise.all(all).then((results) => {
          isFresh = false;
          return results.some(Boolean);
        }),
      };
    },
  };
}
