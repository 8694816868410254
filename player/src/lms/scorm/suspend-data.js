// Keeps what a learner has done in an LMS that has a place for one text, and knows what of it is known to be there.
//
// What an LMS confirms is believed as far as it can be seen:
// - It says that it took a value and that it committed it. Of 2004 that is the promise that the value is stored (RTE 2004,
//   3.1.4.3), yet some LMSs promise before they have asked their server.
// - The value is read back after the commit, where it must be the one that was set (RTE 2004, 3.1.4.3; RTE 1.2, 3.4.4 has
//   suspend_data readable). An LMS that gives back the same has room for it and understood it: it is saved, as far as
//   this window can know. Some answer from their own page, whatever became of it (Moodle); only a later launch proves it.
// - Some LMSs give back nothing, a word of their own, or what was there when the course was opened. As long as one has
//   never given back what it was given, that proves nothing against it: the value is sent, and not more is claimed.
// - What comes back shorter was cut off. Where an LMS has given back what it was given, nothing at all means lost.
// The place is not read back: the state names the page too, and the place is of use only where there is no state.
//
// All that was done lies on the device too, until a later launch has read it from the LMS. It is kept by a hash of the
// learner's id, since devices are shared; without an id nothing is. Neither name nor text of an answer is in it.

import { fingerprint } from "../../hash.js";
import { chosen, EMPTY, encode, positionOf, same } from "../../state.js";
import { databaseCopy } from "../device/database-copy.js";
import { deviceStore } from "../device/device-store.js";
import { merge, NOTHING, progressRecord, read, write } from "../device/progress-record.js";
import { detailsOf, failure } from "../failure.js";
import { all, attempt } from "./attempt.js";
import { cleaned, newAttempt, seal, unsealed } from "./seal.js";

/**
 * @import { Course, LearnerEvent, Lms, Result, Session } from "../../contract.d.ts"
 * @import { ProgressRecord } from "../device/progress-record.js"
 * @import { Connection } from "./connection.js"
 */

/**
 * @typedef {object} LeftSession what one window left behind
 * @property {string} by whose it is, as a hash
 * @property {number} at when it was written
 * @property {string} attempt mark of the LMS's attempt
 * @property {boolean} isTaken the LMS has said that it took something
 * @property {boolean} isSure it gave back what it was given last
 * @property {string[]} ours sealed states that this window found or left there, the latest last
 * @property {boolean} isCut the LMS was seen to have no room
 * @property {string} doc
 *
 * @typedef {object} Steps how one version tells of a result
 * @property {(result: Result) => void} tell
 * @property {() => void} setTime
 * @property {(again: boolean) => void} confirm after a commit, and again a while after it: throws then when the LMS does
 *   not hold the result
 * @property {() => void} setExit the last step before the session is closed
 * @property {() => void} [renew] after a commit of which nobody knows whether it arrived
 */

/** Milliseconds: 180 days. After so long it is likelier that a course is taken anew than that what was done is missed. */
const LONGEST_KEPT = 180 * 86400000;
/** Texts kept of a window. */
const MOST_TEXTS = 32;
/** How often an LMS that gives nothing back is asked a second time. */
const MOST_LOOKS = 3;
/** On this device: that it was not true what an LMS gave back; and in this tab, by a hash: who learns in it. */
const LIED = "coursepack:untrue";
const LEARNER = "coursepack:learner";
/** What stands for an id in LMSs that have none to give, or one for many. */
const NOBODY = /^(|0|true|false|null|undefined|guest|anonymous)$/i;

/**
 * What the LMS holds, as it can be merged with what a window knows. An LMS keeps no times. Where it holds what none of the
 * window's own saves can have brought there, whole or cut off, another device was later: that is written down as a time.
 * @param {Course} course
 * @param {string} text the sealed state that the LMS holds
 * @param {string} location
 * @param {ProgressRecord} doc
 * @param {string[]} ours sealed states
 * @returns {ProgressRecord}
 */
export function dated(course, text, location, doc, ours) {
  const held = unsealed(course, text)?.state;
  if (!held) return { ...NOTHING, location };
  if (ours.some((each) => each.startsWith(text))) return { ...NOTHING, state: held };
  const own = ours.map((each) => unsealed(course, each)?.state || EMPTY);
  /** @type {Record<string, number>} */
  const answered = {};
  for (const question of course.questions) {
    const picture = String(chosen(held, question));
    const isOwn = own.some((each) => String(chosen(each, question)) === picture);
    if (!isOwn) answered[question.id] = (doc.answered[question.id] || 0) + 1;
  }
  /** @type {Record<string, number>} */
  const played = {};
  for (const [slot, at] of held.positions) {
    if (!own.some((each) => positionOf(each, slot) === at)) played[slot] = (doc.played[slot] || 0) + 1;
  }
  const at = own.some(({ last }) => last === held.last) ? 0 : doc.at + 1;
  return { ...NOTHING, state: held, location, at, answered, played };
}

/**
 * @param {Window} window
 * @param {Course} course
 * @param {Connection} line
 * @param {{ state: string, location: string, learner: string }} names of the elements
 * @param {() => number} now milliseconds since 1970
 */
export function suspendData(window, course, line, names, now) {
  const progress = progressRecord(course, now);
  const storage = () => window.localStorage;
  const key = `coursepack:${course.id}`;
  const copy = databaseCopy(window);
  const place = deviceStore(storage, `${key}:unsaved`, copy);
  /** What was done in an attempt that the LMS does not know of. */
  const past = deviceStore(storage, `${key}:earlier`, copy);
  /** What the LMS held and nobody could read. */
  const unread = deviceStore(storage, `${key}:unread`, copy);
  let by = "";
  let hasBegun = false;
  /** Nothing is kept: neither in the LMS nor on the device. */
  let isIdle = false;
  /** The learner wants nothing kept on the device. */
  let isForgotten = false;
  /** What this launch found in the LMS, all that was found or left there, and the last of that, sealed. */
  let base = "";
  /** @type {string[]} */
  let ours = [];
  let sent = "";
  /** The state in that. */
  let plain = "";
  /** Of the attempt, which stays the same until the LMS begins anew. */
  let attemptMark = "";
  let count = 0;
  /** What the LMS held and nobody could read. */
  let aside = "";
  /** It is known to hold what was sent. */
  let isSure = false;
  /** It has said that it took something. */
  let isTaken = false;
  /** It has given back what it was given; and so at once. */
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

  /** @param {string} text */
  function remember(text) {
    ours = [...ours.filter((each) => each !== text), text].slice(-MOST_TEXTS);
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
    place.put(session);
    return place.isKept();
  }

  /**
   * Takes over what was left on this device.
   * @param {string} text the sealed state that the LMS holds
   * @param {string} location
   * @param {boolean} isNew nothing at all is known of this learner there
   */
  function adopt(text, location, isNew) {
    // Whoever it was: it is not kept for longer.
    for (const each of [place, past, unread]) {
      attempt(() => each.remove(each.others(({ at }) => !(at > now() - LONGEST_KEPT && at <= now() + LONGEST_KEPT))));
    }
    /** @param {{ at: number }} left @param {ProgressRecord} doc */
    const put = ({ at }, doc) => {
      earlier = earlier ? { at: Math.max(at, earlier.at), doc: merge(course, earlier.doc, doc) } : { at, doc };
    };
    const attempts = past.others((/** @type {LeftSession} */ left) => {
      const doc = left.by === by ? read(left.doc, course) : null;
      if (doc) put(left, doc);
      return doc !== null;
    });
    const names = place.others((/** @type {LeftSession} */ left) => {
      const doc = left.by === by && Array.isArray(left.ours) ? read(left.doc, course) : null;
      if (!doc) return false;
      // What the LMS took is not there: the course is taken anew, or it lied. The learner knows.
      if (left.isTaken && (isNew || (attemptMark && left.attempt && left.attempt !== attemptMark))) put(left, doc);
      else {
        progress.take(dated(course, text, location, doc, left.ours));
        progress.take(doc);
        isCut = isCut || left.isCut;
        if (left.isSure && left.ours.slice(0, -1).includes(text)) attempt(() => storage().setItem(LIED, "1"));
      }
      return true;
    });
    if (earlier) past.put({ by, ...earlier, doc: write(earlier.doc, course) });
    if (past.isKept()) past.remove(attempts);
    // Either all of it arrived, or it is this window's from now on.
    if (names.length > 0 && past.isKept() && (progress.isBlank() || stateText() === plain || hold())) {
      place.remove(names);
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
      // Both began where there was nothing.
      if (data.attempt < attemptMark) attemptMark = data.attempt;
    };
    tabs = channel;
  }

  /**
   * Asks the LMS what it holds.
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
    // It tells of another window or device while this one is open.
    if (found && !isKnown) progress.take(dated(course, text, "", progress.current(), ours));
  }

  /** Tells the LMS. The place is optional: the state names the page too. */
  function set() {
    const text = stateText();
    if (text !== plain || line.held(names.state) !== sent) {
      isSure = false;
      plain = text;
      do {
        count += 1;
        sent = seal(course, plain, attemptMark, count, aside);
        // Some LMSs send nothing of a value that is the one of launch again.
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

  /** @param {string} short hash of an id; empty: nobody knows whose */
  const owner = (short) => short && String(fingerprint(`${course.id} ${short}`));

  return {
    /** What was taken from the device meanwhile is there again. */
    restore: () => copy.restore(`${key}:`),

    /**
     * Opens a session. Where the launch takes none, what is done is kept for whoever had another SCO in this window before,
     * and what the device holds of them is shown.
     */
    start() {
      try {
        line.begin();
      } catch (error) {
        by = by || owner(attempt(() => window.sessionStorage.getItem(LEARNER)) || "");
        place.others((/** @type {LeftSession} */ left) => {
          if (by && left.by === by) progress.take(read(left.doc, course));
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
        // Somebody else has logged in: this window is not theirs.
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
        // What could not be read once, and can by this version of the course.
        const old = unsealed(course, aside);
        if (old) progress.take({ ...NOTHING, state: old.state });
        if (old) aside = "";
        if (by && !isIdle) adopt(text, location, isNew);
        progress.begin();
      } else if (!isNew) progress.take(dated(course, text, location, progress.current(), own));
      hasLied = attempt(() => storage().getItem(LIED)) !== null;
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
      // At once, since a window may break down before it saves.
      if (event.kind !== "media") hold();
    },

    /**
     * Looks whether the LMS holds a word that it took, where it can be believed. As long as it is busy it may not.
     * @param {string} element
     * @param {string} word
     * @param {RegExp} lower words that say less. Others are its own judgement, or none
     * @param {boolean} again a while after the commit
     * @returns {boolean} whether it gives it back
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
     * What both versions do alike.
     * @param {Steps} steps
     * @returns {Omit<Lms, "open" | "record">}
     */
    lms: ({ tell, setTime, confirm, setExit, renew }) => ({
      async save(state, location, result) {
        progress.note(state, location, 0);
        if (!line.isOpen) throw failure("ended", "save");
        all(
          set,
          () => line.isDoubtful && renew?.(),
          () => tell(result),
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
          () => tell(result),
          setTime,
          setExit,
          // Some LMSs refuse to commit while the page goes, and take everything with the end of the session.
          line.commit,
          // What was sent just now is not known to have arrived, whatever is said; what was there may be lost.
          () => isSure && look(),
        );
        // This launch has read all of it.
        if (sent === base && stateText() === plain) place.put(null);
        else hold();
        if (tabs) tabs.close();
        tabs = null;
      },
    }),
  };
}
