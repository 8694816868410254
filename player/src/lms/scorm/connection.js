// What the adapters of SCORM 1.2 and SCORM 2004 share: they find the LMS's object and speak with it in the same way.

import { detailsOf, failure } from "../failure.js";
import { idOf, typeOf } from "../response.js";

/**
 * @import { Cause, Course, LearnerEvent, Question, Session } from "../../contract.d.ts"
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
 * @property {Record<string, Cause | "none">} codes what an error code means; "none": nothing is wrong. Only a value that
 *   is set can be refused
 */

/** @typedef {ReturnType<typeof connection>} Connection */
/** @typedef {Extract<LearnerEvent, { kind: "answer" }>} Answered */

/** ADL's sample stops after 7 frames; some LMSs nest deeper. */
const DEEPEST = 500;
/** Milliseconds: some LMSs put their object there only when their own page is whole. */
const PATIENCE = 10000;
const PAUSE = 100;
/** Milliseconds, of a clock that nobody sets back. */
const tick = () => performance.now();
/** Milliseconds that calls may take unnoticed. They stop the page: it is to stand still a twentieth of the time at most. */
const QUICK = 500;
const SHARE = 20;
const LONGEST_REST = 120000;
/**
 * Characters that interactions may take in a session, encoded. Some LMSs post all of them anew at each commit, and from a
 * page that is left a browser sends 64 KiB at most, or nothing.
 */
const ROOM = 36000;

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

/**
 * What the LMS makes of this launch. Without credit it need not take a result either (RTE 1.2, 3.4.4; RTE 2004, 4.2.5).
 * @param {string | null} mode
 * @param {string | null} credit
 * @returns {Session["mode"]}
 */
export function modeOf(mode, credit) {
  if (mode === "browse") return mode;
  return mode === "review" || credit === "no-credit" ? "review" : "normal";
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
 * @param {Window} window
 * @param {Dialect} dialect
 */
function apiOf(window, dialect) {
  return attempt(() => {
    const found = /** @type {any} */ (window)[dialect.api];
    return found && typeof found[dialect.begin] === "function" ? found : null;
  });
}

/**
 * Where an LMS may be: here, in the frames around, then in the windows that opened any of them (RTE 3.3 in both versions).
 * @param {Window} from
 */
function places(from) {
  const frames = ancestry(from);
  return [...frames, ...frames.flatMap((frame) => ancestry(attempt(() => frame.opener)))];
}

/**
 * The nearest object of the dialect's name.
 * @param {Window} from
 * @param {Dialect} dialect
 */
export function findApi(from, dialect) {
  const home = places(from).find((each) => apiOf(each, dialect));
  return home ? { home, api: apiOf(home, dialect) } : null;
}

/**
 * Whether an LMS may still come. A window of another origin never shows its object: there is nothing to wait for.
 * @param {Window} from
 * @param {Dialect} dialect
 */
function mayCome(from, dialect) {
  return places(from).some((each) => each !== from && attempt(() => [/** @type {any} */ (each)[dialect.api]]));
}

/**
 * The line to the LMS that launched the page. Everything on it is synchronous, except finding the LMS.
 * @param {Window} window
 * @param {Dialect} dialect
 */
export function connection(window, dialect) {
  /** @type {any} */
  let api = null;
  /** The window of the LMS, and what it shows. @type {Window | null} */
  let home = null;
  /** @type {Document | null} */
  let page = null;
  let isOpen = false;
  let wasOpen = false;
  /** The latest session was closed by us. */
  let isFinished = false;
  /** How often the page was left. */
  let leaves = 0;
  /** What the LMS is known to hold: nothing is set again that did not change. @type {Map<string, string>} */
  const held = new Map();
  let uncommitted = false;
  /** The latest commit failed, or nobody knows. */
  let isDoubtful = false;
  /** When the session began. */
  let began = 0;
  /** Milliseconds of it that the LMS was told of. */
  let told = 0;
  /** Milliseconds for which calls stopped the page since the latest commit, and until then. */
  let blocked = 0;
  let took = 0;

  /** @param {Window} of */
  const shownIn = (of) => attempt(() => of.document);

  /**
   * A window that was closed answers all the same, as long as somebody has its object: what it answers is worth nothing.
   * What navigates away leaves such an object too.
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

  /** Some LMSs say that they took everything while they can reach nobody. */
  const isOffLine = () => window.navigator?.onLine === false;

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
    let cause = dialect.codes[code];
    if (cause === "none") return;
    // The session ended without us, so there is nothing left to finish either.
    if (cause === "ended") isOpen = false;
    if (!cause || (cause === "refused" && name !== dialect.set)) {
      cause = name === dialect.begin || isOffLine() ? "silent" : "unkept";
    }
    throw failure(cause, `${name}(${given[0]}): ${code}`);
  }

  /** @param {string} element */
  function look(element) {
    const value = call(dialect.get, element);
    return value === null || value === undefined ? "" : String(value);
  }

  /** @param {boolean} [isForced] also when nothing was set */
  function commit(isForced = false) {
    if (!uncommitted && !isForced) return;
    const spent = tick() - began;
    try {
      ask(dialect.commit, "");
      if (isOffLine()) throw failure("silent", dialect.commit);
      uncommitted = isDoubtful = false;
      told = spent;
    } catch (error) {
      // What the LMS still holds is unknown, so the next attempt sends everything.
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

    /** Something was set that is not committed. */
    get isChanged() {
      return uncommitted;
    },

    /** The latest commit failed, or is not known to have arrived. */
    get isDoubtful() {
      return isDoubtful;
    },

    isThere,

    /** Milliseconds since the session began, and what a session before it could not tell of. */
    spent: () => tick() - began,

    /** Milliseconds for which the LMS had better be left alone. */
    rest: () => (took < QUICK ? 0 : Math.min(SHARE * took, LONGEST_REST)),

    /** What is known to be held there. @param {string} element */
    held: (element) => held.get(element),

    /** It is set again, whatever it was. @param {string} element */
    forget: (element) => held.delete(element),

    /** What the LMS says, and nothing that is taken for known. */
    look,

    /** The session is another learner's: it is not even closed, for that would change what is kept of them. */
    drop() {
      isOpen = false;
    },

    /**
     * Whether an LMS is there: at once where none can be, else after a while, for some come late.
     * @param {Promise<void>} meanwhile what has to be done before a session begins
     */
    async find(meanwhile) {
      const before = leaves;
      let found = findApi(window, dialect);
      for (let waited = 0; !found && !api && waited < PATIENCE && mayCome(window, dialect); waited += PAUSE) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
        found = findApi(window, dialect);
      }
      await meanwhile;
      // Left while it waited, and perhaps back since: then it is opened again.
      if (leaves !== before) throw failure("silent", "left");
      // What the LMS's window shows now may be another learner's course.
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
        // The page of this launch was used up by another SCO (Moodle, 104 of 2004, or an exception).
        if (!wasOpen && (cause === "ended" || isThrown)) throw failure("relaunch", String(error));
        if (!wasOpen || cause === "closed") throw error;
        // An LMS that once let us in and does so no more: one that was told that we leave takes no second session from
        // this launch, and in any other the session is over, whatever it answers.
        throw failure(isFinished ? "relaunch" : "ended", String(error));
      }
      held.clear();
      uncommitted = isDoubtful = false;
      // The minutes that a lost session could not tell of belong to the one that takes its place.
      began = wasOpen && !isFinished ? began + told : tick();
      told = 0;
      isOpen = true;
      wasOpen = true;
      isFinished = false;
    },

    /**
     * The value, empty when there is none. Error codes are not asked for: reading an element that has no value yet is
     * an error in some LMSs and none in others.
     * @param {string} element
     */
    get(element) {
      const text = look(element);
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

/** @typedef {[name: string, value: string][]} Interaction the elements of a record in their order, the id first */

/**
 * Answers on their way to `cmi.interactions`: a record for each question, which every answer to it replaces. Reports make
 * a column of each number, so it is the place that the question has in `course.columns`, unless the LMS shows that its
 * record stands elsewhere. They wait for the next save, where they come after everything that matters more.
 * @param {Connection} line
 * @param {Course} course
 * @param {(question: Question, answer: Answered) => Interaction} describe
 * @param {boolean} isReadable the standard lets ids be read
 */
export function answers(line, course, describe, isReadable) {
  const questions = new Map(course.questions.map((question) => [question.id, question]));
  const columns = course.columns || [];
  /** @type {Interaction[]} */
  let waiting = [];
  /** Ids of the records that are there, as far as they are known; null: this LMS has none. @type {(string | false | null)[] | null | undefined} */
  let ids;
  /** What was written in this session. @type {Interaction[]} */
  let told = [];
  let isFull = false;

  function find() {
    // What `_children` does not name, this LMS does not have (RTE 1.2 3.4.4, RTE 2004 4.1).
    const children = attempt(() => line.get("cmi.interactions._children")) || "";
    if (!/\bid\b/.test(children)) return null;
    const length = Number(attempt(() => line.get("cmi.interactions._count"))) || 0;
    return Array.from({ length }, (_, at) => isReadable && attempt(() => line.look(`cmi.interactions.${at}.id`)));
  }

  /**
   * A question that is not answered, or is in the course no more.
   * @param {string} name
   * @returns {Interaction}
   */
  function begun(name) {
    const question = questions.get(name);
    return [["id", idOf(name)], ...(question ? [/** @type {[string, string]} */ (["type", typeOf(question)])] : [])];
  }

  /** @param {Interaction} record */
  function write(record) {
    if (ids === undefined) ids = find();
    if (!ids) return;
    const id = record[0][1];
    let at = ids.indexOf(id);
    if (at < 0) at = columns.findIndex((name) => idOf(name) === id);
    if (at < 0 || (ids[at] && ids[at] !== id)) at = ids.length;
    // Numbers have no gaps (RTE 1.2 3.4.4, RTE 2004 4.1.1.3).
    const next = told.slice();
    for (let n = ids.length; n < at; n += 1) next[n] = begun(columns[n]);
    next[at] = record;
    // What JSON puts around a value is about as long as an element's name in a form.
    isFull = encodeURIComponent(JSON.stringify(next)).length > ROOM;
    if (isFull) return;
    for (let n = Math.min(ids.length, at); n <= at; n += 1) {
      const start = `cmi.interactions.${n}.`;
      const [[name, value], ...rest] = next[n];
      line.set(start + name, value);
      ids[n] = value;
      for (const [name, value] of rest) attempt(() => line.set(start + name, value));
    }
    told = next;
  }

  return {
    /** A new session has its own numbers. */
    restart() {
      ids = undefined;
      told = [];
      isFull = false;
    },

    /** @param {LearnerEvent} event */
    note(event) {
      if (event.kind !== "answer" || !course.report.answers) return;
      const question = questions.get(event.question);
      if (question) waiting.push(describe(question, event));
    },

    /** Sends what waits. An LMS need not have interactions: what it refuses is given up. */
    tell() {
      if (!line.isOpen) return;
      waiting = waiting.filter((record) => {
        if (!isFull) attempt(() => write(record));
        // Told in the next session.
        return isFull || !line.isOpen;
      });
    },
  };
}
