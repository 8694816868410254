// The progress record: what is kept of a learner where it can be merged, on the device and in the State resource of an LRS.

import { answer, bookmark, change, decode, EMPTY, encode, has, same, turn, visit } from "../../state.js";
import { isMarked, markOf } from "./course-mark.js";

/**
 * @import { Course, LearnerEvent, Session, State } from "../../contract.d.ts"
 * @import { Marked } from "./course-mark.js"
 */

/**
 * All times are in milliseconds since 1970.
 * @typedef {object} ProgressRecord
 * @property {1} format
 * @property {State} state
 * @property {string} location id of the page in view
 * @property {number} at when the learner came to that page
 * @property {Record<string, number>} answered when each question was last answered; under `#` and its number, when the
 *   bookmark of a page was last set or taken away
 * @property {Record<string, number>} played when each film or sound came to its position, by slot
 * @property {number} time milliseconds of learning, over all sessions
 * @property {Record<string, string>} sent ids of the statements that are sent once a registration and have arrived
 *
 * @typedef {ReturnType<typeof progressRecord>} LiveRecord
 */

/** @type {ProgressRecord} */
export const NOTHING = {
  format: 1,
  state: EMPTY,
  location: "",
  at: 0,
  answered: {},
  played: {},
  time: 0,
  sent: {},
};

/**
 * @param {unknown} value
 * @returns {Record<string, unknown>}
 */
function fields(value) {
  return value && typeof value === "object" && !Array.isArray(value) ? /** @type {any} */ (value) : {};
}

/** @param {unknown} value */
function time(value) {
  return typeof value === "number" && value > 0 && Number.isFinite(value) ? value : 0;
}

/**
 * @template T
 * @param {unknown} value
 * @param {(each: unknown) => T} keep falsy values are left out
 * @returns {Record<string, T>}
 */
function only(value, keep) {
  const kept = Object.entries(fields(value)).map(([name, each]) => [name, keep(each)]);
  return Object.fromEntries(kept.filter(([, good]) => good));
}

/** @param {unknown} value */
function string(value) {
  return typeof value === "string" ? value : "";
}

/**
 * A bare state, as older versions kept on the device, is a record without times. A record of a later format is read as far
 * as it is understood: ignoring it would mean to overwrite it.
 * @param {string | null} text
 * @param {Marked} course
 * @returns {ProgressRecord | null} null when the text is not a record, or of another course
 */
export function read(text, course) {
  if (!text) return null;
  const bare = decode(text);
  if (bare) return { ...NOTHING, state: bare };
  const found = fields(parsed(text));
  const state = decode(string(found.state));
  const location = string(found.location);
  const mark = string(found.mark);
  if (!(state || location) || (mark && !isMarked(course, mark))) return null;
  return {
    format: 1,
    state: state || EMPTY,
    location,
    at: time(found.at),
    answered: only(found.answered, time),
    played: only(found.played, time),
    time: time(found.time),
    sent: only(found.sent, string),
  };
}

/**
 * @param {string} text
 * @returns {unknown} undefined when it is not JSON
 */
export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether this version can write a record again without losing anything.
 * @param {string} text
 * @param {ProgressRecord | null} record what was read of it
 */
export function isWhole(text, record) {
  const { format, state } = fields(parsed(text));
  return record !== null && Number(format) <= record.format && decode(string(state)) !== null;
}

/**
 * The same record is always written as the same text.
 * @param {ProgressRecord} record
 * @param {Marked} course
 */
export function write(record, course) {
  const sorted = (/** @type {Record<string, unknown>} */ values) => Object.fromEntries(Object.entries(values).sort());
  const { format, state, location, at, answered, played, time, sent } = record;
  return JSON.stringify({
    format,
    // Older versions wrote none.
    mark: markOf(course),
    state: encode(state),
    location,
    at,
    answered: sorted(answered),
    // Omitted when nothing was played.
    ...(Object.keys(played).length > 0 ? { played: sorted(played) } : {}),
    time: Math.round(time),
    sent: sorted(sent),
  });
}

/**
 * The newest position of each film and sound with its time; the farther one when no time is known.
 * @param {Course} course
 * @param {ProgressRecord[]} both
 */
function positions(course, both) {
  const all = both.flatMap(({ played, state }) =>
    state.positions.map((position) => ({ position, at: played[position[0]] || 0 })),
  );
  all.sort(
    (one, other) => other.at - one.at || other.position[1] - one.position[1] || other.position[0] - one.position[0],
  );
  const slots = all.map(({ position }) => position[0]);
  return all.filter(({ position }, at) => slots.indexOf(position[0]) === at).slice(0, course.positions);
}

/** The name under which a record has the time of a bookmark. @param {number | undefined} number of the page */
export const marker = (number) => `#${number}`;

/**
 * The pages of which either has a bookmark, unless the other has taken it away since. Of a version without room for them
 * none is kept.
 * @param {Course} course
 * @param {ProgressRecord} mine
 * @param {ProgressRecord} theirs
 */
function bookmarks(course, mine, theirs) {
  if (!course.pages.some(({ bookmark: number }) => number !== undefined)) return [];
  return [...new Set([...mine.state.bookmarks, ...theirs.state.bookmarks])].filter((number) => {
    const later = (mine.answered[marker(number)] || 0) - (theirs.answered[marker(number)] || 0);
    return later === 0 || (later > 0 ? mine : theirs).state.bookmarks.includes(number);
  });
}

/**
 * Nothing of either is lost: pages are united, and the newest answer to a question wins, as does the newest place.
 * Apart from `sent` the order does not matter: where times are equal, the contents decide.
 * @param {Course} course
 * @param {ProgressRecord} mine
 * @param {ProgressRecord} theirs
 * @returns {ProgressRecord}
 */
export function merge(course, mine, theirs) {
  const ours = mine.state;
  const others = theirs.state;
  const bits = Array.from(
    { length: Math.max(ours.bits.length, others.bits.length) },
    (_, at) => (ours.bits[at] || 0) | (others.bits[at] || 0),
  );
  const picture = (/** @type {State} */ of, /** @type {number[]} */ slots) =>
    slots.map((slot) => Number(has(of, slot))).join("");
  /** @type {Parameters<typeof change>[1]} */
  const changes = [];
  /**
   * Takes slots that belong together from one of the two.
   * @param {number[]} slots
   * @param {number} later above 0: mine is newer; below 0: theirs is; 0: the contents decide
   */
  function take(slots, later) {
    const from = (later || (picture(ours, slots) > picture(others, slots) ? 1 : -1)) > 0 ? ours : others;
    for (const slot of slots) changes.push([slot, has(from, slot)]);
  }
  const { page, hand } = course.check || {};
  const ahead = turn(course, ours) - turn(course, others);
  for (const { id, page: on, answers } of course.questions) {
    // Answers belong to an attempt.
    const attempt = on === page ? ahead : 0;
    take(
      answers.map(({ slot }) => slot),
      attempt || (mine.answered[id] || 0) - (theirs.answered[id] || 0),
    );
  }
  for (const digits of [course.draw, hand?.turn, hand?.best]) take(digits || [], 0);
  const answered = { ...mine.answered };
  for (const [id, at] of Object.entries(theirs.answered)) answered[id] = Math.max(at, answered[id] || 0);
  const nearer =
    (mine.at - theirs.at || (ours.last ?? -1) - (others.last ?? -1) || (mine.location > theirs.location ? 1 : -1)) > 0;
  const place = nearer ? mine : theirs;
  const left = positions(course, [mine, theirs]);
  return {
    format: 1,
    state: {
      completed: ours.completed || others.completed,
      passed: ours.passed || others.passed,
      last: place.state.last,
      bits: change({ ...EMPTY, bits }, changes).bits,
      positions: left.map(({ position }) => position),
      bookmarks: bookmarks(course, mine, theirs),
    },
    location: place.location,
    at: place.at,
    answered,
    played: Object.fromEntries(left.filter(({ at }) => at > 0).map(({ position, at }) => [position[0], at])),
    time: Math.max(mine.time, theirs.time),
    sent: { ...mine.sent, ...theirs.sent },
  };
}

/**
 * Follows one learner in one window: what is known of them, and since when.
 * @param {Course} course
 * @param {() => number} now
 */
export function progressRecord(course, now) {
  /** All that is known. */
  let record = NOTHING;
  /**
   * The window's own part of it, with the times of its changes.
   * @type {{ last: number | null, positions: State["positions"] } & Pick<ProgressRecord, "at" | "answered" | "played">}
   */
  let own = { last: course.pages.length ? course.pages[0].slot : null, positions: [], at: 0, answered: {}, played: {} };
  /**
   * What the window may take over. It does not while it has changes of its own to save.
   * @type {Pick<typeof own, "positions" | "played">}
   */
  let offered = own;

  /**
   * What is done in this window is newer than all that it knows, even when the clock was set back.
   * @param {string} name
   * @param {number} at
   */
  function date(name, at) {
    const newest = { [name]: Math.max(at, (record.answered[name] || 0) + 1) };
    own.answered = { ...own.answered, ...newest };
    record = { ...record, answered: { ...record.answered, ...newest } };
  }

  return {
    current: () => record,
    isBlank: () => write(record, course) === write(NOTHING, course),

    /**
     * As a session begins with it.
     * @returns {Pick<Session, "state" | "location" | "status">}
     */
    session() {
      if (this.isBlank()) return { state: null, location: "", status: "none" };
      const { state, location } = record;
      return { state, location, status: state.passed ? "passed" : state.completed ? "completed" : "incomplete" };
    },

    /** @param {ProgressRecord | null} theirs from another window or device */
    take(theirs) {
      if (theirs) record = merge(course, record, theirs);
    },

    /** The window's state begins as all that is known. */
    begin() {
      const { state, at, answered, played } = record;
      own = { last: state.last, positions: state.positions, at, answered, played };
    },

    /**
     * Takes an event in at once, since a window may crash before it saves.
     * @param {LearnerEvent} event
     */
    record(event) {
      const { state } = record;
      if (event.kind === "page") {
        const page = course.pages.find(({ id }) => id === event.page);
        if (page) record = { ...record, state: { ...visit(state, page), last: state.last } };
      } else if (event.kind === "bookmark") {
        const page = course.pages.find(({ id }) => id === event.page);
        if (!page) return;
        record = { ...record, state: bookmark(state, page, event.isOn) };
        date(marker(page.bookmark), event.at);
      } else if (event.kind === "answer" || event.kind === "draft") {
        const asked = course.questions.find(({ id }) => id === event.question);
        if (!asked) return;
        record = { ...record, state: answer(state, asked, event.chosen) };
        date(asked.id, event.at);
      }
    },

    /**
     * Takes in the window's state.
     * @param {State} state
     * @param {string} location
     * @param {number} spent milliseconds of learning since the last time
     */
    note(state, location, spent) {
      const { last, positions } = state;
      // A learner who leaves before the page has loaded has been nowhere else.
      if (last !== null && last !== own.last) own = { ...own, last, at: Math.max(now(), record.at + 1) };
      const played = { ...own.played };
      for (const [slot, position] of positions) {
        const known = [own, offered].find((each) => each.positions.some(([of, at]) => of === slot && at === position));
        const at = known ? known.played[slot] : Math.max(now(), (record.played[slot] || 0) + 1);
        if (at) played[slot] = at;
      }
      own = { ...own, positions, played };
      const { at, answered } = own;
      const mine = { ...NOTHING, state, location, at, answered, played, time: record.time + spent };
      record = merge(course, mine, record);
    },

    /**
     * @param {string} name
     * @param {string} id
     */
    sent(name, id) {
      record = { ...record, sent: { ...record.sent, [name]: id } };
    },

    /**
     * @param {State} state of the window
     * @returns {State | null} what is known when that is more; the page in view stays the window's own
     */
    more(state) {
      const known = { ...record.state, last: state.last };
      if (same(known, state)) return null;
      offered = { positions: known.positions, played: record.played };
      return known;
    },
  };
}
