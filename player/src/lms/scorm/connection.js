// The connection to an LMS by the SCORM API, in both versions.

import { tick } from "../../clock.js";
import { detailsOf, failure } from "../failure.js";
import { attempt } from "./attempt.js";
import { apiOf, findApi, mayAppear } from "./find-api.js";

/**
 * @import { Cause, Session } from "../../contract.d.ts"
 */

/**
 * How one version of SCORM names things.
 * @typedef {object} Dialect
 * @property {string} api name of the API object
 * @property {string} begin
 * @property {string} end
 * @property {string} get
 * @property {string} set
 * @property {string} commit
 * @property {string} error
 * @property {RegExp} [none] codes that are no errors
 * @property {RegExp} ended codes of a session that has ended
 * @property {RegExp} refused codes of a value that is refused
 */

/** @typedef {ReturnType<typeof connection>} Connection */

/** Milliseconds: some LMSs add the API object only when their own page has loaded. */
const PATIENCE = 10000;
const PAUSE = 100;
/** Milliseconds that calls may take unnoticed. They block the page, for at most one twentieth of the time. */
const QUICK = 500;
const SHARE = 20;
const LONGEST_REST = 120000;
/**
 * The mode of the launch. Without credit an LMS need not take a result either (RTE 1.2, 3.4.4; RTE 2004, 4.2.5).
 * @param {string | null} mode
 * @param {string | null} credit
 * @returns {Session["mode"]}
 */
export function modeOf(mode, credit) {
  if (mode === "browse") return mode;
  return mode === "review" || credit === "no-credit" ? "review" : "normal";
}

/**
 * Every call is synchronous, except finding the LMS.
 * @param {Window} window
 * @param {Dialect} dialect
 */
export function connection(window, dialect) {
  /** @type {any} */
  let api = null;
  /** The window of the LMS, and its document. @type {Window | null} */
  let home = null;
  /** @type {Document | null} */
  let page = null;
  let isOpen = false;
  let wasOpen = false;
  /** This player closed the latest session. */
  let isFinished = false;
  /** How often the page was left. */
  let leaves = 0;
  /** Values that the LMS is known to hold: an unchanged value is not set again. @type {Map<string, string>} */
  const held = new Map();
  /** Values that were set in this session; of interactions, those that may not have arrived. @type {Map<string, string>} */
  const given = new Map();
  let uncommitted = false;
  /** The latest commit failed, or may have failed. */
  let isDoubtful = false;
  /** When the session began. */
  let began = 0;
  /** Milliseconds of it that the LMS knows of. */
  let reported = 0;
  /** Milliseconds for which calls blocked the page: since the latest commit, and from the one before it until then. */
  let blocked = 0;
  let took = 0;

  /** @param {Window} of */
  const shownIn = (of) => attempt(() => of.document);

  /**
   * The API object of a window that was closed or has navigated away can still be called, but its answers are worthless.
   */
  function isThere() {
    const at = home;
    return at !== null && Boolean(attempt(() => !at.closed && shownIn(at) === page && apiOf(at, dialect)));
  }

  /**
   * @param {string} name
   * @param {string[]} given
   */
  function call(name, ...given) {
    if (!isOpen && name !== dialect.begin) throw failure("ended", name);
    if (!isThere()) {
      isOpen = false;
      throw failure("closed", name);
    }
    const start = tick();
    try {
      // As a method of the API: some LMSs need their own `this`.
      return api[name](...given);
    } catch (error) {
      throw failure("silent", `${name}: ${error}`, { isThrown: true });
    } finally {
      blocked += tick() - start;
    }
  }

  /** Some LMSs report success while they cannot reach their server. */
  const isOffline = () => window.navigator?.onLine === false;

  /**
   * @param {string} name
   * @param {string[]} given
   */
  function ask(name, ...given) {
    const answer = call(name, ...given);
    // The standard says "true"; some LMSs answer with a boolean, and some with nothing.
    if (String(answer) === "true") return;
    const code = String(attempt(() => api[dialect.error]()) || "0");
    if (code === "0" && String(answer) !== "false") return;
    if (dialect.none?.test(code)) return;
    /** @type {Cause} */
    let cause = name === dialect.begin || isOffline() ? "silent" : "unkept";
    if (name === dialect.set && dialect.refused.test(code)) cause = "refused";
    if (dialect.ended.test(code)) {
      cause = "ended";
      // There is no session left to finish.
      isOpen = false;
    }
    throw failure(cause, `${name}(${given[0]}): ${code}`);
  }

  /** @param {string} element */
  function look(element) {
    return String(call(dialect.get, element) ?? "");
  }

  /**
   * @param {string} element
   * @param {string} value
   */
  function set(element, value) {
    if (held.get(element) === value) return;
    ask(dialect.set, element, value);
    held.set(element, value);
    given.set(element, value);
    uncommitted = true;
  }

  /** @param {boolean} [isForced] also when nothing was set */
  function commit(isForced = false) {
    if (!uncommitted && !isForced) return;
    const spent = tick() - began;
    try {
      ask(dialect.commit, "");
      if (isOffline()) throw failure("silent", dialect.commit);
      uncommitted = isDoubtful = false;
      reported = spent;
      // They are many.
      for (const element of given.keys()) if (/interactions/.test(element)) given.delete(element);
    } catch (error) {
      // What the LMS holds is unknown, so the next attempt sends everything.
      held.clear();
      isDoubtful = true;
      throw error;
    } finally {
      took = blocked;
      blocked = 0;
    }
  }

  return {
    get isOpen() {
      return isOpen;
    },

    /** A value was set that is not committed. */
    get isChanged() {
      return uncommitted;
    },

    /** The latest commit failed, or is not known to have arrived. */
    get isDoubtful() {
      return isDoubtful;
    },

    isThere,

    /** Milliseconds since the session began, and those that an earlier session could not report. */
    spent: () => tick() - began,

    /** Milliseconds for which the LMS should not be called. */
    rest: () => (took < QUICK ? 0 : Math.min(SHARE * took, LONGEST_REST)),

    /** The value that the LMS is known to hold. @param {string} element */
    held: (element) => held.get(element),

    /** The element is set again even if its value is unchanged. @param {string} element */
    forget: (element) => held.delete(element),

    /** Reads without taking the value as known. */
    look,

    /** Leaves a session of another learner open: closing it would change their data. */
    drop() {
      isOpen = false;
    },

    /**
     * Whether there is an LMS. Waits for its API object only where one may still appear.
     * @param {Promise<void>} meanwhile must be done before a session begins
     */
    async find(meanwhile) {
      const before = leaves;
      let found = findApi(window, dialect);
      for (let waited = 0; !found && !api && waited < PATIENCE && mayAppear(window, dialect); waited += PAUSE) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
        found = findApi(window, dialect);
      }
      await meanwhile;
      // The page was left while this waited. If it is back, it opens again.
      if (leaves !== before) throw failure("silent", "left");
      // The LMS's window may show another learner's course by now.
      if (!found || (wasOpen && shownIn(found.home) !== page)) return false;
      ({ api, home } = found);
      page = shownIn(found.home);
      return true;
    },

    begin() {
      isOpen = false;
      try {
        ask(dialect.begin, "");
      } catch (error) {
        const { cause, isThrown } = detailsOf(error);
        // Another SCO has used up this launch (Moodle, 104 of 2004, or an exception).
        if (!wasOpen && (cause === "ended" || isThrown)) throw failure("relaunch", String(error));
        if (!wasOpen || cause === "closed") throw error;
        // An LMS that had opened a session and does not any more: after a finished session it takes no second one from this
        // launch; otherwise the session has ended, whatever it answers.
        throw failure(isFinished ? "relaunch" : "ended", String(error));
      }
      held.clear();
      given.clear();
      uncommitted = isDoubtful = false;
      // The minutes that a lost session could not report belong to the one that replaces it.
      began = wasOpen && !isFinished ? began + reported : tick();
      reported = 0;
      isOpen = true;
      wasOpen = true;
      isFinished = false;
    },

    /**
     * The value, empty when there is none. Error codes are ignored: reading an element without a value is an error in some
     * LMSs and none in others.
     * @param {string} element
     */
    get(element) {
      const text = look(element);
      held.set(element, text);
      return text;
    },

    set,

    commit,

    /**
     * After a commit that may not have arrived: sets again what may be lost, as soon as a commit arrives.
     * @param {((lost: [element: string, value: string][]) => void) | undefined} change sets other values before
     */
    resend(change) {
      const lost = [...given];
      commit(true);
      attempt(() => change?.(lost));
      for (const each of lost) attempt(() => set(...each));
    },

    /**
     * The page unloads: failures cannot be shown, and the next step may still succeed.
     * @param {(() => unknown)[]} steps the last ones before the session is closed
     */
    leave(...steps) {
      leaves += 1;
      for (const step of [...steps, () => ask(dialect.end, "")]) {
        if (isOpen) attempt(step);
      }
      isFinished = isFinished || isOpen;
      isOpen = false;
    },
  };
}
