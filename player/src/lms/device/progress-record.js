// What is kept of a learner where it can be merged: on the device, and in the State resource of an LRS.

import { answer, change, decode, EMPTY, encode, has, turn, visit } from "../../state.js";
import { isMarked, markOf } from "./course-mark.js";

/**
 * @import { Course, LearnerEvent, Session, State } from "../../contract.d.ts"
 * @import { Marked } from "./course-mark.js"
 */

/**
 * @typedef {object} ProgressRecord
 * @property {1} format
 * @property {string} state the state's text
 * @property {string} location id of the page in view
 * @property {number} at when the learner came to that page; milliseconds since 1970, as all times here
 * @property {Record<string, number>} answered when each question was answered last
 * @property {Record<string, number>} played when each film or sound came to its position, by slot
 * @property {number} time milliseconds of learning, over all sessions
 * @property {Record<string, string>} sent ids of the statements that are sent once a registration and have arrived
 *
 * @typedef {ReturnType<typeof progressRecord>} LiveRecord
 */

/** @type {ProgressRecord} */
export const NOTHING = {
  format: 1,
  state: encode(EMPTY),
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
 * @param {(each: unknown) => T} keep what is falsy is left out
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
 * Null when the text is none of ours, or of another course. A bare state, as older versions kept on the device, is a
 * document without times.
 * One of a later format is read as far as it is understood: to take it for nothing would be to write over it.
 * @param {string | null} text
 * @param {Marked} course
 * @returns {ProgressRecord | null}
 */
export function read(text, course) {
  if (!text) return null;
  if (decode(text)) return { ...NOTHING, state: text };
  const found = fields(parsed(text));
  const state = string(found.state);
  const location = string(found.location);
  const mark = string(found.mark);
  if (!(decode(state) || location) || (mark && !isMarked(course, mark))) return null;
  return {
    format: 1,
    state: decode(state) ? state : NOTHING.state,
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
 * @returns {unknown} undefined when it is no JSON
 */
export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether nothing of a document would be lost if it were written by this version.
 * @param {string} text
 * @param {ProgressRecord | null} doc what was read of it
 */
export function isWhole(text, doc) {
  const { format, state } = /** @type {any} */ (parsed(text)) || {};
  return doc !== null && format <= doc.format && state === doc.state;
}

/**
 * The same document is always written as the same text.
 * @param {ProgressRecord} doc
 * @param {Marked} course
 */
export function write(doc, course) {
  const sorted = (/** @type {Record<string, unknown>} */ record) => Object.fromEntries(Object.entries(record).sort());
  const { format, state, location, at, answered, played, time, sent } = doc;
  return JSON.stringify({
    format,
    // Older versions wrote none.
    mark: markOf(course),
    state,
    location,
    at,
    answered: sorted(answered),
    // No line of its own for those who play nothing.
    ...(Object.keys(played).length > 0 ? { played: sorted(played) } : {}),
    time: Math.round(time),
    sent: sorted(sent),
  });
}

/**
 * The newest position of each film and sound, and when it came to be; the farther one when that is not known.
 * @param {Course} course
 * @param {[doc: ProgressRecord, state: State][]} both
 */
function positions(course, both) {
  const all = both.flatMap(([{ played }, state]) =>
    state.positions.map((position) => ({ position, at: played[position[0]] || 0 })),
  );
  all.sort(
    (one, other) => other.at - one.at || other.position[1] - one.position[1] || other.position[0] - one.position[0],
  );
  const slots = all.map(({ position }) => position[0]);
  return all.filter(({ position }, at) => slots.indexOf(position[0]) === at).slice(0, course.positions);
}

/**
 * Nothing of either is lost: pages are united, the newest answer to a question wins, and so does the newest place.
 * Apart from `sent` the order does not matter: where times are equal, the contents decide.
 * @param {Course} course
 * @param {ProgressRecord} mine
 * @param {ProgressRecord} theirs
 * @returns {ProgressRecord}
 */
export function merge(course, mine, theirs) {
  const ours = decode(mine.state) || EMPTY;
  const others = decode(theirs.state) || EMPTY;
  const bits = Array.from(
    { length: Math.max(ours.bits.length, others.bits.length) },
    (_, at) => (ours.bits[at] || 0) | (others.bits[at] || 0),
  );
  const picture = (/** @type {State} */ of, /** @type {number[]} */ slots) =>
    slots.map((slot) => Number(has(of, slot))).join("");
  /** @type {Parameters<typeof change>[1]} */
  const changes = [];
  /**
   * Slots that belong together are taken from one of both.
   * @param {number[]} slots
   * @param {number} later more than 0: mine, less: theirs; else the contents decide
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
  const left = positions(course, [
    [mine, ours],
    [theirs, others],
  ]);
  return {
    format: 1,
    state: encode({
      completed: ours.completed || others.completed,
      passed: ours.passed || others.passed,
      last: (nearer ? ours : others).last,
      bits: change({ ...EMPTY, bits }, changes).bits,
      positions: left.map(({ position }) => position),
    }),
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
  let doc = NOTHING;
  /**
   * When the window's own state came to be what it is.
   * @type {{ last: number | null, positions: State["positions"] } & Pick<ProgressRecord, "at" | "answered" | "played">}
   */
  let own = { last: course.pages.length ? course.pages[0].slot : null, positions: [], at: 0, answered: {}, played: {} };

  return {
    doc: () => doc,
    isBlank: () => write(doc, course) === write(NOTHING, course),

    /**
     * As a session begins with it.
     * @returns {Pick<Session, "state" | "location" | "status">}
     */
    known() {
      if (this.isBlank()) return { state: "", location: "", status: "none" };
      const { completed, passed } = decode(doc.state) || EMPTY;
      const status = passed ? "passed" : completed ? "completed" : "incomplete";
      return { state: doc.state, location: doc.location, status };
    },

    /** @param {ProgressRecord | null} theirs from another window or device */
    take(theirs) {
      if (theirs) doc = merge(course, doc, theirs);
    },

    /** The window's state begins as all that is known. */
    begin() {
      const { last, positions } = decode(doc.state) || EMPTY;
      own = { last, positions, at: doc.at, answered: doc.answered, played: doc.played };
    },

    /**
     * At once, since a window may break down before it saves.
     * @param {LearnerEvent} event
     */
    record(event) {
      const state = decode(doc.state) || EMPTY;
      if (event.kind === "page") {
        const page = course.pages.find(({ id }) => id === event.page);
        if (page) doc = { ...doc, state: encode({ ...visit(state, page), last: state.last }) };
      } else if (event.kind === "answer" || event.kind === "draft") {
        const asked = course.questions.find(({ id }) => id === event.question);
        if (!asked) return;
        // Whoever answers knows what is known: the new answer is the later one, even when the clock was set back.
        const newest = { [asked.id]: Math.max(event.at, (doc.answered[asked.id] || 0) + 1) };
        own.answered = { ...own.answered, ...newest };
        doc = {
          ...doc,
          state: encode(answer(state, asked, event.chosen)),
          answered: { ...doc.answered, ...newest },
        };
      }
    },

    /**
     * @param {string} state
     * @param {string} location
     * @param {number} spent milliseconds of learning since the last time
     */
    note(state, location, spent) {
      const { last, positions } = decode(state) || EMPTY;
      // Whoever leaves before their page has come was nowhere else.
      if (last !== null && last !== own.last) own = { ...own, last, at: Math.max(now(), doc.at + 1) };
      const played = { ...own.played };
      for (const [slot, position] of positions) {
        const before = own.positions.find(([of]) => of === slot);
        if (before?.[1] !== position) played[slot] = Math.max(now(), (doc.played[slot] || 0) + 1);
      }
      own = { ...own, positions, played };
      const { at, answered } = own;
      doc = merge(course, { format: 1, state, location, at, answered, played, time: doc.time + spent, sent: {} }, doc);
    },

    /**
     * @param {string} name
     * @param {string} id
     */
    sent(name, id) {
      doc = { ...doc, sent: { ...doc.sent, [name]: id } };
    },

    /**
     * What is known when that is more than the window's state, else null. The place stays the window's own.
     * @param {string} state
     */
    more(state) {
      const mine = decode(state) || EMPTY;
      const known = decode(doc.state) || EMPTY;
      const text = encode({ ...known, last: mine.last });
      if (text === encode(mine)) return null;
      // What the window is about to take over is no doing of its own.
      own = { ...own, positions: known.positions, played: doc.played };
      return text;
    },
  };
}
