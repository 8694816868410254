// Keeps progress in suspend data, and knows what of it the LMS is known to have.
//
// What an LMS confirms is checked as far as possible:
// - It confirms that it set and committed a value. In 2004 that promises that the value is stored (RTE 2004, 3.1.4.3), yet
//   some LMSs confirm before they have asked their server.
// - The value is read back after the commit, where it must be the one that was set (RTE 2004, 3.1.4.3; RTE 1.2, 3.4.4 has
//   suspend_data readable). An LMS that returns the same value has room for it: it is saved, as far as this window can know.
//   Some answer from their own page (Moodle), so only a later launch proves it.
// - Some LMSs return nothing, a word of their own, or the value from when the course was opened. As long as one has never
//   returned what was set, that proves nothing: the status is then "sent", not "saved".
// - A shorter value was cut off. If the LMS has returned a set value before, an empty one means that it was lost.
// The location is not read back: the state names the page too, and the location is used only without a state.
//
// The device keeps everything too, until a later launch has read it from the LMS: by a hash of the learner's id, since
// devices are shared, and not at all without an id. It has neither names nor texts of answers.

import { fingerprint } from "../../hash.js";
import { EMPTY, encode, same } from "../../state.js";
import { databaseCopy } from "../device/database-copy.js";
import { deviceStore } from "../device/device-store.js";
import { merge, NOTHING, progressRecord, read, write } from "../device/progress-record.js";
import { detailsOf, failure } from "../failure.js";
import { all, attempt } from "./attempt.js";
import { inferTimes } from "./infer-times.js";
import { cleaned, newAttempt, seal, unsealed } from "./seal.js";

/**
 * @import { Course, LearnerEvent, Lms, Result, Session } from "../../contract.d.ts"
 * @import { ProgressRecord } from "../device/progress-record.js"
 * @import { Connection } from "./connection.js"
 */

/**
 * @typedef {object} LeftSession what one window left on the device
 * @property {string} by the learner, as a hash
 * @property {number} at when it was written
 * @property {string} attempt mark of the LMS's attempt
 * @property {boolean} isTaken the LMS has confirmed a commit
 * @property {boolean} isSure it returned the value that was set last
 * @property {string[]} ours sealed states that this window found or left there, the latest last
 * @property {boolean} isCut the LMS was seen to have no room
 * @property {string} doc progress record
 *
 * @typedef {object} Steps how one version reports a result
 * @property {(result: Result) => void} report
 * @property {() => void} setTime
 * @property {(again: boolean) => void} confirm after a commit, and again a while later: throws then if the LMS does not
 *   have the result
 * @property {() => void} setExit the last step before the session is closed
 * @property {() => void} [renew] after a commit that may not have arrived
 */

/** Milliseconds: 180 days. After that a learner more likely starts again than misses what was done. */
const LONGEST_KEPT = 180 * 86400000;
/** Texts kept of a window, beside the one that it found and the latest. */
const MOST_TEXTS = 32;
/** How often an LMS that returns nothing is asked a second time. */
const MOST_LOOKS = 3;
/** On this device: a value that an LMS returned proved untrue. In this tab: the learner, as a hash. */
const LIED = "coursepack:untrue";
const LEARNER = "coursepack:learner";
/** Ids in LMSs that have none, or one for many. */
const NOBODY = /^(|0|true|false|null|undefined|guest|anonymous)$/i;

/**
 * @param {Window} window
 * @param {Course} course
 * @param {Connection} line
 * @param {{ state: string, location: string, learner: string }} names of the elements
 * @param {() => number} now milliseconds since 1970
 */
export function suspendData(window, course, line, names, now) {
  const progress = progressRecord(course, now);
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
  let hasBegun = false;
  /** Nothing is kept, in the LMS or on the device. */
  let isIdle = false;
  /** The learner asked for nothing to be kept on the device. */
  let isForgotten = false;
  /** Sealed texts: what this launch found in the LMS, all that was found or set there, and the last one. */
  let base = "";
  /** @type {string[]} */
  let ours = [];
  let sent = "";
  /** The state in `sent`. */
  let plain = "";
  /** Mark of the attempt, unchanged until the LMS begins another. */
  let attemptMark = "";
  let count = 0;
  /** What the LMS held and this player could not read. */
  let aside = "";
  /** The LMS is known to have what was sent. */
  let isSure = false;
  /** It has confirmed a commit. */
  let isTaken = false;
  /** It has returned a value that was set; and did so at once. */
  let isTrusted = false;
  let isQuick = false;
  /** A later launch has shown that this proves nothing. */
  let hasLied = false;
  let isCut = false;
  let looks = 0;
  /** @type {{ at: number, doc: ProgressRecord } | null} */
  let earlier = null;
  /** To the other tabs of this learner. @type {BroadcastChannel | null} */
  let tabs = null;

  const stateText = () => encode(progress.current().state);

  /** @param {any} left @returns {ProgressRecord | null} of this learner */
  const ownRecord = (left) => (by && left.by === by ? read(left.doc, course) : null);

  /** @param {string} text */
  function remember(text) {
    const others = ours.filter((each) => each !== text && each !== base);
    ours = [...others.slice(-MOST_TEXTS), text];
    // Some LMSs return nothing else.
    if (text !== base) ours.unshift(base);
  }

  function hold() {
    if (!by || isIdle || isForgotten) return false;
    /** @type {LeftSession} */
    const session = {
      by,
      at: now(),
      attempt: attemptMark,
      isTaken,
      isSure,
      ours,
      isCut,
      doc: write(progress.current(), course),
    };
    unsaved.put(session);
    return unsaved.isKept();
  }

  /**
   * Takes over what was left on this device.
   * @param {string} text the sealed state that the LMS holds
   * @param {string} location
   * @param {boolean} isNew nothing at all is known of this learner there
   */
  function adopt(text, location, isNew) {
    // Of any learner: it is not kept longer.
    for (const each of [unsaved, past, unread]) {
      attempt(() => each.remove(each.others(({ at }) => !(at > now() - LONGEST_KEPT && at <= now() + LONGEST_KEPT))));
    }
    /** @param {{ at: number }} left @param {ProgressRecord} doc */
    const put = ({ at }, doc) => {
      earlier = earlier ? { at: Math.max(at, earlier.at), doc: merge(course, earlier.doc, doc) } : { at, doc };
    };
    const attempts = past.others((/** @type {LeftSession} */ left) => {
      const doc = ownRecord(left);
      if (doc) put(left, doc);
      return doc !== null;
    });
    const names = unsaved.others((/** @type {LeftSession} */ left) => {
      const doc = Array.isArray(left.ours) && ownRecord(left);
      if (!doc) return false;
      // What the LMS had confirmed is missing: either the course was started again, or it was lost. The learner decides.
      if (left.isTaken && (isNew || (attemptMark && left.attempt && left.attempt !== attemptMark))) put(left, doc);
      else {
        progress.take(inferTimes(course, text, location, doc, left.ours));
        progress.take(doc);
        isCut = isCut || left.isCut;
        if (left.isSure && left.ours.slice(0, -1).includes(text)) attempt(() => window.localStorage.setItem(LIED, "1"));
      }
      return true;
    });
    if (earlier) past.put({ by, ...earlier, doc: write(earlier.doc, course) });
    if (past.isKept()) past.remove(attempts);
    // Either all of it arrived, or this window keeps it from now on.
    if (names.length > 0 && past.isKept() && (progress.isBlank() || stateText() === plain || hold())) {
      unsaved.remove(names);
    }
  }

  function listen() {
    const Channel = /** @type {{ BroadcastChannel?: typeof BroadcastChannel }} */ (window).BroadcastChannel;
    if (tabs || !by || isIdle || !Channel) return;
    const channel = new Channel(`${key}:${by}`);
    channel.onmessage = ({ data }) => {
      const doc = read(String(data.doc), course);
      if (!doc) return;
      progress.take(doc);
      remember(String(data.sealed));
      // Both began without suspend data.
      if (data.attempt < attemptMark) attemptMark = data.attempt;
    };
    tabs = channel;
  }

  /**
   * Reads back what the LMS has.
   * @param {boolean} [again] a while after the commit
   */
  function look(again = false) {
    const text = line.look(names.state);
    isSure = text === sent || cleaned(text) === sent;
    if (isSure) {
      isTrusted = true;
      isQuick = isQuick || !again;
      isCut = false;
      return;
    }
    const found = unsealed(course, text);
    const isPart = text !== "" && sent.startsWith(text);
    const isKnown = ours.includes(text);
    const isLost = text === "" ? isTrusted || base !== "" : isTrusted && !found;
    if (isPart ? isCut || isQuick || !isKnown : isLost) {
      isCut = isPart;
      line.forget(names.state);
      throw failure("full", `${text.length} of ${sent.length}`);
    }
    // Another window or device has saved while this one is open.
    if (found && !isKnown) progress.take(inferTimes(course, text, "", progress.current(), ours));
  }

  /** Sets state and location. The location is optional: the state names the page too. */
  function set() {
    const text = stateText();
    if (text !== plain || line.held(names.state) !== sent) {
      isSure = false;
      plain = text;
      do {
        count += 1;
        sent = seal(course, plain, attemptMark, count, aside);
        // Some LMSs do not send a value that equals the one at launch.
      } while (sent === base);
      remember(sent);
      hold();
      if (tabs) tabs.postMessage({ doc: write(progress.current(), course), sealed: sent, attempt: attemptMark });
    }
    try {
      line.set(names.state, sent);
    } catch (error) {
      if (detailsOf(error).cause !== "refused") throw error;
      throw failure("full", String(error));
    } finally {
      attempt(() => line.set(names.location, progress.current().location));
    }
  }

  /** @param {string} short hash of an id; empty: unknown */
  const owner = (short) => short && String(fingerprint(`${course.id} ${short}`));

  return {
    /** Restores what was erased from the device in the meantime. */
    restore: () => copy.restore(`${key}:`),

    /**
     * Opens a session. If the launch takes none, progress is kept for the learner of another SCO in this window before, and
     * what the device has of that learner is shown.
     */
    start() {
      try {
        line.begin();
      } catch (error) {
        by = by || owner(attempt(() => window.sessionStorage.getItem(LEARNER)) || "");
        unsaved.others((/** @type {LeftSession} */ left) => {
          progress.take(ownRecord(left));
          return false;
        });
        throw error;
      }
    },

    /**
     * @param {Session["status"]} status that the LMS has of the learner
     * @param {Session["mode"]} mode
     * @returns {Pick<Session, "state" | "location" | "isUnread" | "earlier">}
     */
    begin(status, mode) {
      isIdle = mode === "browse";
      const text = line.get(names.state);
      const found = unsealed(course, text);
      const location = found ? "" : attempt(() => line.get(names.location)) || "";
      const id = attempt(() => line.get(names.learner)) || "";
      const short = NOBODY.test(id) ? "" : String(fingerprint(id));
      const who = owner(short);
      if (by && who && who !== by) {
        // Another learner has logged in.
        line.drop();
        throw failure("relaunch", names.learner);
      }
      by = by || who;
      attempt(() => window.sessionStorage.setItem(LEARNER, short));
      const isNew = text === "" && status === "none";
      const own = ours;
      base = sent = text;
      plain = found ? found.plain : "";
      remember(text);
      isSure = true;
      isTaken = isTaken || text !== "";
      attemptMark = found?.attempt || attemptMark;
      count = found ? found.count : count;
      aside = found ? found.aside : text || aside;
      const isUnread = !found && text !== "";
      if (isUnread && by) unread.put({ by, at: now(), text });
      if (!hasBegun) {
        progress.take({ ...NOTHING, state: found ? found.state : EMPTY, location });
        // This version of the course may be able to read it.
        const old = unsealed(course, aside);
        if (old) progress.take({ ...NOTHING, state: old.state });
        if (old) aside = "";
        if (by && !isIdle) adopt(text, location, isNew);
        progress.begin();
      } else if (!isNew) progress.take(inferTimes(course, text, location, progress.current(), own));
      hasLied = attempt(() => window.localStorage.getItem(LIED)) !== null;
      attemptMark = attemptMark || newAttempt(Math.random());
      hasBegun = true;
      listen();
      const kept = progress.current();
      const state = found || !same(kept.state, EMPTY) ? kept.state : null;
      return { state, location: kept.location, isUnread, earlier: earlier?.at };
    },

    /** @param {LearnerEvent} event */
    record(event) {
      progress.record(event);
      // At once, since a window may crash before it saves.
      if (event.kind !== "media") hold();
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
      isSure = false;
      if (!again) return false;
      line.forget(element);
      throw failure("refused", `${element}: ${word}`);
    },

    /**
     * The methods that both versions share.
     * @param {Steps} steps
     * @returns {Omit<Lms, "open" | "record">}
     */
    lms: ({ report, setTime, confirm, setExit, renew }) => ({
      async save(state, location, result) {
        progress.note(state, location, 0);
        if (!line.isOpen) throw failure("ended", "save");
        all(
          set,
          () => line.isDoubtful && renew?.(),
          () => report(result),
          () => {
            if (!line.isChanged) return;
            attempt(setTime);
            line.commit();
            isTaken = true;
            all(
              () => look(),
              () => confirm(false),
            );
          },
        );
        return progress.more(state);
      },

      isSure(again) {
        if (again && !isSure && line.isOpen && (isTrusted || looks < MOST_LOOKS)) {
          looks += 1;
          look(true);
          confirm(true);
        }
        return isSure && !hasLied;
      },

      isThere: line.isThere,
      rest: line.rest,

      stay() {
        attempt(setTime);
        line.commit(true);
        look();
      },

      hold(state, location) {
        progress.note(state, location, 0);
        return hold();
      },

      known: () => (progress.isBlank() ? null : progress.current().state),

      fetch() {
        if (earlier) progress.take(earlier.doc);
        hold();
        this.drop?.();
        return progress.current().state;
      },

      drop() {
        earlier = null;
        past.put(null);
      },

      forget() {
        isForgotten = true;
        copy.erase(`${key}:`);
      },

      finish(state, location, result) {
        if (isIdle) {
          line.leave();
          return;
        }
        progress.note(state, location, 0);
        line.leave(
          set,
          () => report(result),
          setTime,
          setExit,
          // Some LMSs refuse to commit while the page unloads, and take everything when the session ends.
          line.commit,
          // What was sent just now may not have arrived, whatever the LMS says.
          () => isSure && look(),
        );
        // This launch has read all of it from the LMS, which still returned it at the end.
        if (isSure && sent === base && stateText() === plain) unsaved.put(null);
        else hold();
        if (tabs) tabs.close();
        tabs = null;
      },
    }),
  };
}
