// What the adapters of SCORM 1.2 and SCORM 2004 share: they find the LMS's object and speak with it in the same way.

/**
 * @import { Cause, Course, Happening, Question } from "../contract.d.ts"
 */

/**
 * How one version of SCORM names things.
 * @typedef {object} Dialect
 * @property {string} api the object in the window of the LMS
 * @property {string} begin
 * @property {string} end
 * @property {string} get
 * @property {string} set
 * @property {string} commit
 * @property {string} error
 * @property {Record<string, Cause | "none">} codes what an error code means; "none": nothing is wrong. Silent if left out
 */

/** @typedef {ReturnType<typeof connection>} Connection */
/** @typedef {Extract<Happening, { kind: "answer" }>} Answered */

/** ADL's sample stops after 7 frames; some LMSs nest deeper. */
const DEEPEST = 500;
const PATIENCE = 2000;
const PAUSE = 100;
const NOWHERE = -1;

/**
 * @param {Cause} cause
 * @param {string} message
 */
export function failure(cause, message) {
  return Object.assign(new Error(message), { cause });
}

/**
 * @template T
 * @param {() => T} step one whose failure stops nothing
 * @returns {T | null}
 */
export function attempt(step) {
  try {
    return step() || null;
  } catch {
    return null;
  }
}

/** @param {(() => void)[]} steps all are taken; the first failure is told afterwards */
export function all(...steps) {
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

/**
 * @param {Window | null} from
 * @returns {Window[]}
 */
function ancestry(from) {
  const line = [];
  for (let at = from; at && line.length <= DEEPEST; ) {
    line.push(at);
    const here = at;
    // A window of another origin throws at nearly every touch.
    const parent = attempt(() => here.parent);
    at = parent === here ? null : parent;
  }
  return line;
}

/**
 * @param {Window[]} windows
 * @param {Dialect} dialect
 */
function nearest(windows, dialect) {
  for (const each of windows) {
    const api = attempt(() => {
      const found = /** @type {any} */ (each)[dialect.api];
      return found && typeof found[dialect.begin] === "function" ? found : null;
    });
    if (api) return api;
  }
  return null;
}

/**
 * The nearest object of the dialect's name: here, in the frames around, then in the windows that opened any of them
 * (RTE 3.3 in both versions).
 * @param {Window} from
 * @param {Dialect} dialect
 */
export function findApi(from, dialect) {
  const frames = ancestry(from);
  const api = nearest(frames, dialect);
  if (api) return api;
  for (const frame of frames) {
    const opened = nearest(ancestry(attempt(() => frame.opener)), dialect);
    if (opened) return opened;
  }
  return null;
}

/**
 * The line to the LMS that launched the page. Everything on it is synchronous, except finding the LMS.
 * @param {Window} window
 * @param {Dialect} dialect
 */
export function connection(window, dialect) {
  /** @type {any} */
  let api = null;
  let isOpen = false;
  let wasOpen = false;
  /** What the LMS is known to hold: nothing is set again that did not change. @type {Map<string, string>} */
  const held = new Map();
  let uncommitted = false;

  /**
   * @param {string} name
   * @param {string[]} given
   */
  function call(name, ...given) {
    try {
      // As a method of the API: some LMSs need their own `this`.
      return api[name](...given);
    } catch (error) {
      throw failure("silent", `${name}: ${error}`);
    }
  }

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
    const cause = dialect.codes[code] || "silent";
    if (cause === "none") return;
    // The session ended without us, so there is nothing left to finish either.
    if (cause === "ended") isOpen = false;
    throw failure(cause, `${name}(${given[0]}): ${code}`);
  }

  function commit() {
    if (!uncommitted) return;
    try {
      ask(dialect.commit, "");
      uncommitted = false;
    } catch (error) {
      // What the LMS still holds is unknown, so the next attempt sends everything.
      held.clear();
      throw error;
    }
  }

  return {
    get isOpen() {
      return isOpen;
    },

    /** What is known to be held there. @param {string} element */
    held: (element) => held.get(element),

    /** Whether an LMS is there: at once where none can be, else after a while, for some come late. */
    async find() {
      const framed = window.parent !== window || attempt(() => window.opener) !== null;
      api = findApi(window, dialect);
      for (let waited = 0; !api && framed && waited < PATIENCE; waited += PAUSE) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
        api = findApi(window, dialect);
      }
      return api !== null;
    },

    begin() {
      try {
        ask(dialect.begin, "");
      } catch (error) {
        // An LMS that once let us in and does so no more: the session is over, whatever it answers.
        throw wasOpen ? failure("ended", String(error)) : error;
      }
      held.clear();
      uncommitted = false;
      isOpen = true;
      wasOpen = true;
    },

    /**
     * The value, empty when there is none. Error codes are not asked for: reading an element that has no value yet is
     * an error in some LMSs and none in others.
     * @param {string} element
     */
    get(element) {
      const value = call(dialect.get, element);
      const text = value === null || value === undefined ? "" : String(value);
      held.set(element, text);
      return text;
    },

    /**
     * @param {string} element
     * @param {string} value
     */
    set(element, value) {
      if (held.get(element) === value) return;
      ask(dialect.set, element, value);
      held.set(element, value);
      uncommitted = true;
    },

    commit,

    /**
     * The page is going: nobody can be told of a failure, and the next step may still help.
     * @param {(() => void)[]} steps the last ones before the session is closed
     */
    leave(...steps) {
      for (const step of [...steps, commit, () => ask(dialect.end, "")]) {
        if (isOpen) attempt(step);
      }
      isOpen = false;
    },
  };
}

/**
 * Answers on their way to `cmi.interactions`: a record each, after those that are there. They wait for the next save,
 * where they come after everything that matters more.
 * @param {Connection} line
 * @param {Course} course
 * @param {(question: Question, answer: Answered) => [name: string, value: string][]} describe
 *   the elements of a record in their order, the id first
 */
export function answers(line, course, describe) {
  const questions = new Map(course.questions.map((question) => [question.id, question]));
  /** @type {[name: string, value: string][][]} */
  let waiting = [];
  /** Where the next record goes. What was written in this session need not be readable yet. @type {number | null} */
  let next = null;

  function first() {
    // What `_children` does not name, this LMS does not have (RTE 1.2 3.4.4, RTE 2004 4.1).
    const children = attempt(() => line.get("cmi.interactions._children")) || "";
    return /\bid\b/.test(children) ? Number(attempt(() => line.get("cmi.interactions._count"))) || 0 : NOWHERE;
  }

  /** @param {[name: string, value: string][]} record */
  function write([[name, value], ...rest]) {
    if (next === null) next = first();
    if (next === NOWHERE) return;
    const start = `cmi.interactions.${next}.`;
    line.set(start + name, value);
    next += 1;
    for (const [name, value] of rest) attempt(() => line.set(start + name, value));
  }

  return {
    /** A new session has its own numbers. */
    restart() {
      next = null;
    },

    /** @param {Happening} happening */
    note(happening) {
      if (happening.kind !== "answer" || !course.report.answers) return;
      const question = questions.get(happening.question);
      if (question) waiting.push(describe(question, happening));
    },

    /** Sends what waits. An LMS need not have interactions: what it refuses is given up. */
    tell() {
      if (!line.isOpen) return;
      const records = waiting;
      waiting = [];
      for (const record of records) {
        attempt(() => write(record));
        // Told again in the next session.
        if (!line.isOpen) waiting.push(record);
      }
    },
  };
}
