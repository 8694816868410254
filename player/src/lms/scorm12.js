// Speaks SCORM 1.2 with the LMS that launched the page. Section numbers are those of its Run-Time Environment (RTE).

import { decode } from "../state.js";

/**
 * @import { Cause, Lms, Result, Session, StatusWord } from "../contract.d.ts"
 */

/**
 * The LMS's object: eight functions, of which these are called (RTE 3.3).
 * @typedef {object} Api
 * @property {(empty: "") => unknown} LMSInitialize
 * @property {(empty: "") => unknown} LMSFinish
 * @property {(element: string) => unknown} LMSGetValue
 * @property {(element: string, value: string) => unknown} LMSSetValue
 * @property {(empty: "") => unknown} LMSCommit
 * @property {() => unknown} LMSGetLastError
 */

/** ADL's sample stops after 7 frames; some LMSs nest deeper. */
const DEEPEST = 500;
const PATIENCE = 2000;
const PAUSE = 100;

/** @type {Record<string, Session["status"]>} */
const STATUS = {
  passed: "passed",
  completed: "completed",
  failed: "failed",
  incomplete: "incomplete",
  browsed: "incomplete",
};

/** Words of a higher rank are never written over by words of a lower one. */
const RANK = { none: 0, incomplete: 1, failed: 2, completed: 3, passed: 4 };

/**
 * @param {Cause} cause
 * @param {string} message
 */
function failure(cause, message) {
  return Object.assign(new Error(message), { cause });
}

/**
 * @template T
 * @param {() => T} read a window of another origin throws at nearly every touch
 * @returns {T | null}
 */
function attempt(read) {
  try {
    return read() || null;
  } catch {
    return null;
  }
}

/**
 * @param {Window | null} from
 * @returns {Window[]}
 */
function ancestry(from) {
  const line = [];
  for (let at = from; at && line.length <= DEEPEST; ) {
    line.push(at);
    const here = at;
    const parent = attempt(() => here.parent);
    at = parent === here ? null : parent;
  }
  return line;
}

/**
 * The nearest object named `API`: here, in the frames around, then in the windows that opened any of them (RTE 3.3).
 * @param {Window} from
 * @returns {Api | null}
 */
export function findApi(from) {
  const frames = ancestry(from);
  const api = nearest(frames);
  if (api) return api;
  for (const frame of frames) {
    const opened = nearest(ancestry(attempt(() => frame.opener)));
    if (opened) return opened;
  }
  return null;
}

/**
 * @param {Window[]} windows
 * @returns {Api | null}
 */
function nearest(windows) {
  for (const each of windows) {
    const api = attempt(() => {
      const found = /** @type {any} */ (each).API;
      return found && typeof found.LMSInitialize === "function" ? found : null;
    });
    if (api) return api;
  }
  return null;
}

/**
 * CMITimespan (RTE 3.4.2): `HHHH:MM:SS.SS`.
 * @param {number} milliseconds
 */
export function timeSpan(milliseconds) {
  // A clock that was set back gives less than nothing.
  const hundredths = Math.min(Math.max(Math.floor(milliseconds / 10), 0), 3599999999);
  const two = (/** @type {number} */ value) => String(Math.floor(value)).padStart(2, "0");
  const hours = String(Math.floor(hundredths / 360000)).padStart(4, "0");
  return `${hours}:${two((hundredths / 6000) % 60)}:${two((hundredths / 100) % 60)}.${two(hundredths % 100)}`;
}

/**
 * The status that a result earns, before what the LMS already holds is considered.
 * @param {StatusWord} word
 * @param {Result} result
 * @returns {"incomplete" | "completed" | "passed" | "failed"}
 */
export function lessonStatus(word, result) {
  if (word !== "completed" && result.passed) return "passed";
  if (word !== "passed" && result.completed) return "completed";
  return word === "passed" && result.failed ? "failed" : "incomplete";
}

/**
 * @param {Window} window
 * @param {StatusWord} word
 * @param {() => number} now milliseconds
 * @returns {Lms}
 */
export function scorm12(window, word, now = Date.now) {
  /** @type {Api | null} */
  let api = null;
  let isOpen = false;
  let record = true;
  let began = 0;
  /** @type {Session["status"]} */
  let status = "none";
  /** What the LMS is known to hold: nothing is set again that did not change. @type {Map<string, string>} */
  const held = new Map();
  let uncommitted = false;

  /**
   * @param {"LMSInitialize" | "LMSFinish" | "LMSGetValue" | "LMSSetValue" | "LMSCommit"} name
   * @param {string[]} given
   */
  function call(name, ...given) {
    try {
      // As a method of the API: some LMSs need their own `this`.
      return /** @type {any} */ (api)[name](...given);
    } catch (error) {
      throw failure("silent", `${name}: ${error}`);
    }
  }

  /**
   * @param {"LMSInitialize" | "LMSFinish" | "LMSSetValue" | "LMSCommit"} name
   * @param {string[]} given
   */
  function ask(name, ...given) {
    const answer = call(name, ...given);
    // The standard says "true"; some LMSs answer with a boolean, and some with nothing.
    if (String(answer) === "true") return;
    const code = String(attempt(() => /** @type {Api} */ (api).LMSGetLastError()) || "0");
    if (code === "0" && String(answer) !== "false") return;
    // 301: not initialized. The session ended without us, so there is nothing left to finish either.
    if (code === "301") isOpen = false;
    throw failure(code === "301" ? "ended" : "silent", `${name}(${given[0]}): ${code}`);
  }

  /** @param {string} element */
  function get(element) {
    const value = call("LMSGetValue", element);
    return value === null || value === undefined ? "" : String(value);
  }

  /**
   * @param {string} element
   * @param {string} value
   */
  function set(element, value) {
    if (held.get(element) === value) return;
    ask("LMSSetValue", element, value);
    held.set(element, value);
    uncommitted = true;
  }

  /** @param {(() => void)[]} steps all are taken; the first failure is told afterwards */
  function all(...steps) {
    /** @type {unknown} */
    let failed = null;
    for (const step of steps) {
      try {
        step();
      } catch (error) {
        failed = failed || error;
      }
    }
    if (failed) throw failed;
  }

  /** @param {() => void} step an element that an LMS need not have; its failure stops nothing */
  function optional(step) {
    attempt(step);
  }

  /** @param {number} score */
  function setScore(score) {
    if (held.get("cmi.core.score.raw") === String(score)) return;
    if (!held.has("cmi.core.score.raw")) {
      // RTE 3.4.4: the limits are optional, and `_children` tells whether this LMS has them.
      const children = get("cmi.core.score._children");
      if (/\bmin\b/.test(children)) optional(() => set("cmi.core.score.min", "0"));
      if (/\bmax\b/.test(children)) optional(() => set("cmi.core.score.max", "100"));
    }
    set("cmi.core.score.raw", String(score));
  }

  /** @param {"incomplete" | "completed" | "passed" | "failed"} next */
  function setStatus(next) {
    if (RANK[next] < RANK[status]) return;
    set("cmi.core.lesson_status", next);
    status = next;
  }

  /**
   * @param {string} state
   * @param {string} location
   * @param {Result} result
   * @param {boolean} leaving
   */
  function write(state, location, result, leaving) {
    const earned = lessonStatus(word, result);
    all(
      () => set("cmi.suspend_data", state),
      () => optional(() => set("cmi.core.lesson_location", location)),
      () => {
        if (record && result.score !== null) setScore(result.score);
      },
      () => {
        // Some LMSs lock an attempt that failed: as long as the learner may answer again, nothing has failed.
        if (record && (leaving || earned !== "failed")) setStatus(earned);
      },
    );
  }

  function commit() {
    try {
      ask("LMSCommit", "");
      uncommitted = false;
    } catch (error) {
      // What the LMS still holds is unknown, so the next attempt sends everything.
      held.clear();
      throw error;
    }
  }

  return {
    async open() {
      const framed = window.parent !== window || attempt(() => window.opener) !== null;
      api = findApi(window);
      for (let waited = 0; !api && framed && waited < PATIENCE; waited += PAUSE) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
        api = findApi(window);
      }
      if (!api) return null;
      ask("LMSInitialize", "");
      began = now();
      held.clear();
      uncommitted = false;
      const told = get("cmi.core.lesson_status");
      status = STATUS[told] || "none";
      const mode = get("cmi.core.lesson_mode");
      const credit = get("cmi.core.credit");
      record = mode !== "browse" && mode !== "review" && credit !== "no-credit";
      const state = get("cmi.suspend_data");
      const location = decode(state) ? "" : get("cmi.core.lesson_location");
      held.set("cmi.core.lesson_status", told).set("cmi.suspend_data", state);
      isOpen = true;
      const found = status;
      // A status that is left "not attempted" becomes "completed" when the LMS closes the session (RTE 3.4.4).
      optional(() => {
        if (record && status === "none") setStatus("incomplete");
      });
      // Until the course is finished, and so also when the browser is killed, the state must be kept (RTE 3.4.4).
      optional(() => set("cmi.core.exit", "suspend"));
      return { state, location, status: found, record };
    },

    async save(state, location, result) {
      if (!isOpen) throw failure("ended", "The session is over.");
      all(
        () => write(state, location, result, false),
        () => {
          if (uncommitted) commit();
        },
      );
    },

    finish(state, location, result) {
      if (!isOpen) return;
      isOpen = false;
      // Left for good only when the LMS itself holds the best there is: else it may throw the state away (RTE 3.4.4).
      const finished = () => RANK[status] >= (word === "completed" ? RANK.completed : RANK.passed);
      for (const step of [
        () => write(state, location, result, true),
        () => set("cmi.core.session_time", timeSpan(now() - began)),
        () => set("cmi.core.exit", finished() ? "" : "suspend"),
        commit,
        () => ask("LMSFinish", ""),
      ]) {
        // The page is going: nobody can be told, and the next step may still help.
        optional(step);
      }
    },
  };
}
