// The learner's document in the State resource of an LRS, without ever writing over what another device wrote.

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
/** Where the document lies; and where what lies there is not ours, or the LRS keeps nothing under a name that it does not know. */
const NAMES = ["resume", "suspendData"];

/**
 * @param {Client} lrs
 * @param {Record<string, string | undefined>} place activityId, agent, registration
 * @param {(text: string) => Promise<string | null>} sha1
 * @param {Marked} course
 */
export function stateResource(lrs, place, sha1, course) {
  const names = [...NAMES];
  /** What the LRS is known to hold. @type {string | null} */
  let held = null;
  let isAbsent = false;
  /** The ETag that `held` has; null: it cannot be known. @type {string | null} */
  let tag = null;
  /** The tag was read from the LRS, and not worked out from what was sent. */
  let isRead = false;
  /** Nothing was written since, by us. */
  let isFresh = false;
  /** CORS lets ETags through. */
  let isShown = true;
  /** This LRS takes the ETag from the contents, as 1.0.3 says (part 3, 3.1): so that it need not be seen. */
  let isHash = false;
  /** How many of the tags that `held` may have were refused. */
  let wrong = 0;
  /** The browser may not send conditions there. */
  let isBare = false;
  /** The LRS replaces no document without a condition that it takes, not even where 1.0.3 spares the state (3.1). */
  let isMerging = false;
  /** The LRS keeps no document of ours. */
  let isMissing = false;
  /** @type {string | null} */
  let heldSum = null;
  /** What is on its way, or was and nobody knows whether it arrived. @type {{ text: string, sum: string | null } | null} */
  let unsure = null;

  /**
   * @param {(theirs: ProgressRecord) => void} take
   * @returns {Promise<boolean>} whether there was anything
   */
  async function fetchDoc(take) {
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
    const doc = read(text, course);
    const found = parsed(text);
    // Not from the LRS, whoever answered in its place; to begin anew would be to write over what is there.
    if (!doc && found === undefined) throw failure("silent", `GET ${RESOURCE}: no JSON`);
    if (doc) take(doc);
    if (!isWhole(text, doc) && JSON.stringify(found) !== "{}") {
      // Of a later version, damaged or another's: it stays as it is.
      names.shift();
      isMissing = names.length === 0;
      return (!isMissing && (await fetchDoc(take))) || doc !== null;
    }
    const shown = headers.get("ETag");
    const sum = await sha1(text);
    isShown = shown !== null;
    // Weak, where somebody in between compresses; the LRS compares the rest.
    const bare = shown === null ? null : shown.replace(/^W\//, "");
    heldSum = sum;
    isHash = sum !== null && (bare === null || bare.replace(/"/g, "") === sum);
    const tags = [bare, sum && `"${sum}"`].filter(Boolean);
    tag = tags[wrong] || null;
    isRead = isFresh = true;
    isAbsent = false;
    unsure = null;
    held = doc && write(doc, course);
    return doc !== null;
  }

  /**
   * @param {string} method
   * @param {import("./client.js").Request} [more]
   */
  function ask(method, more) {
    return lrs.ask(method, RESOURCE, { ...place, stateId: names[0] }, more).catch((error) => {
      // The launch gives the right to this document; where that is denied, only another launch helps.
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
    read: fetchDoc,

    isMissing: () => isMissing,

    /** @param {string} text */
    holds: (text) => held === text && !unsure && !isMissing,

    /**
     * @param {() => string} mine
     * @param {(theirs: ProgressRecord) => void} take merges it into mine
     */
    async sync(mine, take) {
      let cutOff = 0;
      // What cannot be seen to have changed is looked at first. Nothing to write, nothing to look at.
      if (isBare || isMerging || (!isShown && !isAbsent)) isFresh = false;
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        if (isMissing || mine() === held) return;
        if (!isFresh) await fetchDoc(take);
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
            await fetchDoc(take);
            if (wasAbsent ? isAbsent : held === before) {
              // Nobody else wrote: the condition itself was wrong.
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
          // Stored, and only the reply was lost? Or does the browser refuse to send the condition (CORS)?
          cutOff += 1;
          if (cutOff > 1) isBare = true;
          continue;
        }
        if (isFresh || !isShown) return;
        // The next tag cannot be worked out: it is fetched now, since a page that is left has no time for it.
        try {
          await fetchDoc(take);
        } catch {
          return;
        }
      }
      throw failure("silent", `PUT ${RESOURCE}: others are always first`);
    },

    /**
     * Sends the document off while the page is going. The tag that the LRS has by then is not known for certain when
     * another request is on its way, so all that it may be are tried: at most one of them fits.
     * @param {string} text
     * @param {boolean} isSafe it also lies on the device, where the next launch finds it
     * @returns {{ times: number, arrived: Promise<boolean> }}
     */
    leave(text, isSafe) {
      if (isMissing) return { times: 0, arrived: Promise.resolve(false) };
      const quoted = (/** @type {string | null} */ sum) => sum && `"${sum}"`;
      const tags = unsure ? [tag, quoted(unsure.sum)] : [tag || quoted(heldSum)];
      /** @type {Record<string, string>[]} */
      const conditions = isAbsent && !isBare && !isMerging ? [{ "If-None-Match": "*" }] : [];
      for (const each of new Set(tags)) if (each && !isBare && !isMerging) conditions.push({ "If-Match": each });
      // Without any condition another device's progress might be lost; what is safe can wait.
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
