// Keeps what a learner has done in an LMS that has a place for one text, and knows what of it is known to be there.
//
// What an LMS confirms is believed as far as it can be seen:
// - It says that it took a value and that it committed it. Of 2004 that is the promise that the value is stored (RTE 2004,
//   3.1.4.3), yet some LMSs promise before they have asked their server.
// - The value is read back after the commit, where it must be the one that was set (RTE 2004, 3.1.4.3; RTE 1.2, 3.4.4 has
//   suspend_data readable). An LMS that gives back the same has room for it and understood it: it is saved.
// - Some LMSs give back nothing, a word of their own, or what was there when the course was opened. As long as one has
//   never given back what it was given, that proves nothing against it: the value is sent, and not more is claimed.
// - What comes back shorter was cut off. Where an LMS has given back what it was given, nothing at all means lost.
// The place is not read back: the state names the page too, and the place is of use only where there is no state.
//
// What is not confirmed lies on the device, until it is or until a later launch shows that it arrived. It is kept by a hash
// of the learner's id, since devices are shared; without an id nothing is. Neither name nor text of an answer is in it.

import { fingerprint } from "../hash.js";
import { chosen, decode, EMPTY, positionOf } from "../state.js";
import { NOTHING, notebook, read, write } from "./document.js";
import { detailsOf, failure } from "./failure.js";
import { leftover } from "./leftover.js";
import { all, attempt } from "./scorm.js";

/**
 * @import { Course, Happening, Lms, Result, Session } from "../contract.d.ts"
 * @import { Doc } from "./document.js"
 * @import { Connection } from "./scorm.js"
 */

/**
 * @typedef {object} Journal what one window left behind
 * @property {string} by whose it is, as a hash
 * @property {number} at when it was written
 * @property {string} base state that the LMS was last known to hold
 * @property {string[]} ours states that this window found or left there, the latest last
 * @property {boolean} isCut the LMS was seen to have no room
 * @property {string} doc
 *
 * @typedef {object} Steps how one version tells of a result
 * @property {(result: Result, leaving: boolean) => void} tell
 * @property {() => void} setTime
 * @property {() => void} confirm after a commit: throws when the LMS does not hold the result
 * @property {() => void} setExit the last step before the session is closed
 */

/** After so long it is likelier that a course is taken anew than that what was done is missed. */
const LONGEST_KEPT = 30 * 86400000;
/** Texts in a journal. */
const MOST_TEXTS = 32;
/** How often an LMS that gives nothing back is asked a second time. */
const MOST_LOOKS = 3;
/** What stands for an id in LMSs that have none to give, or one for many. */
const NOBODY = /^(|0|true|false|null|undefined|guest|anonymous)$/i;

/**
 * What the LMS holds, as it can be merged with what a window knows. An LMS keeps no times. Where it holds what none of the
 * window's own saves can have brought there, whole or cut off, another device was later: that is written down as a time.
 * @param {Course} course
 * @param {string} text the state that the LMS holds
 * @param {string} location
 * @param {Doc} doc
 * @param {string[]} ours
 * @returns {Doc}
 */
export function dated(course, text, location, doc, ours) {
  const held = decode(text);
  if (!held) return { ...NOTHING, location };
  if (ours.some((each) => each.startsWith(text))) return { ...NOTHING, state: text };
  const own = ours.map((each) => decode(each) || EMPTY);
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
  return { ...NOTHING, state: text, location, at, answered, played };
}

/**
 * @param {Window} window
 * @param {Course} course
 * @param {Connection} line
 * @param {{ state: string, location: string, learner: string }} names of the elements
 * @param {() => number} now milliseconds
 */
export function keeping(window, course, line, names, now) {
  const book = notebook(course, now);
  const place = leftover(() => window.localStorage, `coursepack:${course.id}:unsaved`);
  let by = "";
  let hasBegun = false;
  /** What the LMS was last known to hold, all that was found or left there, and the last of that. */
  let base = "";
  /** @type {string[]} */
  let ours = [];
  let sent = "";
  /** It is known to hold that. */
  let isSure = false;
  /** It has given back what it was given; and so at once. */
  let isTrusted = false;
  let isQuick = false;
  let isCut = false;
  let looks = 0;
  /** To the other tabs of this learner. @type {BroadcastChannel | null} */
  let tabs = null;

  /** @param {string} text */
  function remember(text) {
    ours = [...ours.filter((each) => each !== text), text].slice(-MOST_TEXTS);
  }

  function hold() {
    if (!by) return false;
    /** @type {Journal} */
    const journal = { by, at: now(), base, ours, isCut, doc: write(book.doc()) };
    place.put(journal);
    return place.isKept();
  }

  /**
   * Takes over what was left on this device.
   * @param {string} text the state that the LMS holds
   * @param {string} location
   * @param {boolean} isNew nothing at all is known of this learner there
   */
  function adopt(text, location, isNew) {
    // Whoever it was: it is not kept for longer.
    attempt(() => place.remove(place.others(({ at }) => !(at > now() - LONGEST_KEPT && at <= now() + LONGEST_KEPT))));
    const names = place.others((/** @type {Journal} */ left) => {
      const doc = left.by === by && Array.isArray(left.ours) ? read(left.doc) : null;
      if (!doc) return false;
      // What was there once is not any more: the course is taken anew.
      if (isNew && decode(left.base)) return true;
      book.take(dated(course, text, location, doc, left.ours));
      book.take(doc);
      isCut = isCut || left.isCut;
      return true;
    });
    // Either all of it arrived, or it is this window's from now on.
    if (names.length > 0 && (book.isBlank() || book.doc().state === text || hold())) place.remove(names);
  }

  function listen() {
    const Channel = /** @type {{ BroadcastChannel?: typeof BroadcastChannel }} */ (window).BroadcastChannel;
    if (tabs || !by || !Channel) return;
    const channel = new Channel(`coursepack:${course.id}:${by}`);
    channel.onmessage = ({ data }) => {
      const doc = read(String(data));
      if (!doc) return;
      book.take(doc);
      remember(doc.state);
    };
    tabs = channel;
  }

  /**
   * Asks the LMS what it holds.
   * @param {boolean} [again] a while after the commit
   */
  function look(again = false) {
    const text = line.look(names.state);
    isSure = text === sent;
    if (isSure) {
      isTrusted = true;
      isQuick = isQuick || !again;
      isCut = false;
      base = sent;
      if (book.doc().state === sent) place.put(null);
      return;
    }
    const isPart = text !== "" && sent.startsWith(text);
    const isKnown = ours.includes(text);
    if (text === "" ? isTrusted || base !== "" : isPart && (isCut || isQuick || !isKnown)) {
      isCut = isPart;
      line.forget(names.state);
      throw failure("full", `${text.length} of ${sent.length} characters`);
    }
    // It tells of another window or device while this one is open.
    if (decode(text) && !isKnown) book.take(dated(course, text, "", book.doc(), ours));
  }

  /** Tells the LMS. The place is optional: the state names the page too. */
  function set() {
    const { state, location } = book.doc();
    if (state !== line.held(names.state)) {
      isSure = false;
      sent = state;
      remember(state);
      hold();
      if (tabs) tabs.postMessage(write(book.doc()));
    }
    try {
      line.set(names.state, state);
    } catch (error) {
      if (detailsOf(error).cause !== "refused") throw error;
      throw failure("full", String(error));
    } finally {
      attempt(() => line.set(names.location, location));
    }
  }

  return {
    /**
     * @param {Session["status"]} status that the LMS has of the learner
     * @returns {Pick<Session, "state" | "location">}
     */
    begin(status) {
      const text = line.get(names.state);
      const location = decode(text) ? "" : attempt(() => line.get(names.location)) || "";
      const id = attempt(() => line.get(names.learner)) || "";
      // With the course in it, so that it is another in every course.
      const who = NOBODY.test(id) ? "" : String(fingerprint(`${course.id} ${id}`));
      if (by && who && who !== by) {
        // Somebody else has logged in: this window is not theirs.
        line.drop();
        throw failure("relaunch", names.learner);
      }
      by = by || who;
      const isNew = text === "" && status === "none";
      const own = ours;
      base = sent = text;
      remember(text);
      isSure = true;
      if (!hasBegun) {
        book.take({ ...NOTHING, state: decode(text) ? text : NOTHING.state, location });
        if (by) adopt(text, location, isNew);
        book.begin();
      } else if (!isNew) book.take(dated(course, text, location, book.doc(), own));
      hasBegun = true;
      listen();
      const { state, location: page } = book.doc();
      return { state: state === NOTHING.state ? text : state, location: page };
    },

    /** @param {Happening} happening */
    record(happening) {
      book.record(happening);
      // At once, since a window may break down before it saves.
      if (happening.kind !== "media") hold();
    },

    /**
     * Looks whether the LMS holds a word that it took, where it can be believed.
     * @param {string} element
     * @param {string} word
     * @param {RegExp} lower words that say less. Others are its own judgement, or none
     */
    confirm(element, word, lower) {
      if (!isTrusted || lower.test(word) || line.held(element) !== word) return;
      if (lower.test(attempt(() => line.get(element)) || "")) {
        throw failure("refused", `${element}: ${word}`);
      }
    },

    /**
     * What both versions do alike.
     * @param {Steps} steps
     * @returns {Omit<Lms, "open" | "record">}
     */
    lms: ({ tell, setTime, confirm, setExit }) => ({
      async save(state, location, result) {
        book.note(state, location, 0);
        if (!line.isOpen) throw failure("ended", "save");
        all(
          set,
          () => tell(result, false),
          () => {
            if (!line.isChanged) return;
            attempt(setTime);
            line.commit();
            all(() => look(), confirm);
          },
        );
        return book.more(state);
      },

      isSure(again) {
        if (again && !isSure && line.isOpen && (isTrusted || looks < MOST_LOOKS)) {
          looks += 1;
          look(true);
        }
        return isSure;
      },

      isThere: line.isThere,
      rest: line.rest,

      stay() {
        attempt(setTime);
        line.commit(true);
        look();
      },

      hold(state, location) {
        book.note(state, location, 0);
        return hold();
      },

      finish(state, location, result) {
        book.note(state, location, 0);
        line.leave(
          set,
          () => tell(result, true),
          setTime,
          setExit,
          // Some LMSs refuse to commit while the page goes, and take everything with the end of the session.
          line.commit,
          // What was sent just now is not known to have arrived, whatever is said; what was there may be lost.
          () => isSure && look(),
        );
        if (!isSure || book.doc().state !== sent) hold();
        if (tabs) tabs.close();
        tabs = null;
      },
    }),
  };
}
