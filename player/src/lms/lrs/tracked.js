// What xAPI and cmi5 share: a document that is kept, a journal of statements, and a page that may go at any moment.
//
// Nothing is twice: statements that are made once a registration have an id that follows from what they say, so that an
// LRS takes them once, from whatever window, device or launch they come. Nothing is lost: whatever was not confirmed
// lies in the journal, and is sent again with the same ids.

import { decode } from "../../state.js";
import { copies } from "../device/database-copy.js";
import { notebook, read, write } from "../device/progress-record.js";
import { detailsOf, failure } from "../failure.js";
import { sha1 } from "./client.js";
import { identity } from "./launch.js";
import { queue } from "./outbox.js";
import { shelf } from "./state-resource.js";
import { teller } from "./statement-builder.js";
import { bytes, delivery } from "./statement-sender.js";
import { uuidFrom, within } from "./statements.js";

/**
 * @import { Course, Lms } from "../../contract.d.ts"
 * @import { Doc } from "../device/progress-record.js"
 * @import { Client } from "./client.js"
 * @import { Entry } from "./outbox.js"
 * @import { Json, Shapes } from "./statements.js"
 */

/**
 * What one standard knows of a launch.
 * @typedef {object} Launched
 * @property {Client} lrs
 * @property {Json} actor
 * @property {string | undefined} registration
 * @property {string | undefined} activity in place of the course's own id
 * @property {() => Promise<Terms>} join may be called again after it rejected, and for every session
 *
 * @typedef {object} Terms
 * @property {Json} context in which every statement is made
 * @property {boolean} record whether more is told than that a session began and ended
 * @property {number | null} mastery per cent
 * @property {string} [back] where the learner goes who leaves by the course's own link
 * @property {boolean} [quiet] sound begins switched off
 * @property {string} [language] what the learner prefers, as tags divided by commas
 * @property {Json} judging what the context of passed and failed holds as well
 * @property {string} [session] where a session is one launch: its name
 * @property {number} [began] the session began before this window was loaded again
 * @property {(began: number) => void} [begun] told when it begins
 */

/** Browsers send 64 KiB while a page is going, headers not counted. */
const LAST_BYTES = 60 * 1024;
const FRAME = /^(initialized|terminated)$/;
/** What is told of a session at its end belongs to that session. */
const BOUND = /^(initialized|failed|terminated)$/;

/**
 * @param {Window} window
 * @param {Course} course
 * @param {Shapes} shapes
 * @param {Launched} launched
 * @param {() => number} now milliseconds since 1970
 * @param {() => number} clock milliseconds since any time, and never set
 * @returns {Lms}
 */
export function tracked(window, course, shapes, launched, now, clock) {
  const { lrs, actor, registration } = launched;
  const root = launched.activity || shapes.course.id;
  const who = identity(actor);
  const book = notebook(course, now);
  const copy = copies(window);
  const key = `coursepack:${root}:${registration || uuidFrom(who)}:${uuidFrom(lrs.base)}`;
  const journal = queue(() => window.localStorage, key, uuidFrom(who), course, copy);
  const place = { activityId: root, agent: JSON.stringify(actor), registration };
  const kept = shelf(lrs, place, (of) => sha1(window, of), course);
  const telling = teller(course, book, journal, shapes, { root, whose: `${registration}\n${who}` });
  const sending = delivery(lrs, journal, complete, told, window, clock);
  /** @type {Terms | undefined} */
  let terms;
  let isOpen = false;
  let hasBegun = false;
  /** Nothing is sent any more: the page was left. */
  let hasLeft = false;
  /** How often. */
  let leaves = 0;
  /** A session of this window has ended. */
  let hasEnded = false;
  /** The session has ended, as the LMS knows, and another begins with another launch only. */
  let isOver = false;
  /** Something was known when the course was opened. */
  let hasBefore = false;
  let ticked = 0;
  /** Milliseconds of this session. */
  let spent = 0;

  const text = () => write(book.doc(), course);
  const isOrdered = () => terms?.session !== undefined;

  /** @param {Entry[]} entries that have arrived */
  function told(entries) {
    for (const { name, statement } of entries) {
      if (name === "completed" || name === "passed") book.sent(name, statement.id);
      else if (name === "partCompleted") book.sent(`part ${statement.id.slice(0, 8)}`, statement.id);
    }
  }

  /** @param {Entry} entry */
  function complete({ statement }) {
    return JSON.stringify({
      ...statement,
      actor,
      context: within(statement.context || {}, terms ? terms.context : {}),
    });
  }

  /** What may be told in this session. */
  function waiting() {
    return journal.list().filter(({ name }) => terms?.record || FRAME.test(name));
  }

  /** The document lies in the journal as long as the LRS has another. */
  function hold() {
    journal.hold(book.isBlank() || kept.holds(text()) ? null : text());
  }

  /** Milliseconds of learning since the last time. */
  function tick() {
    const passed = isOpen ? clock() - ticked : 0;
    ticked = clock();
    spent += passed;
    return passed;
  }

  /** @param {Doc} theirs */
  function take(theirs) {
    book.take(theirs);
    telling.skip(theirs);
  }

  async function sync() {
    await kept.sync(text, take);
    hold();
  }

  /** @param {Terms} terms */
  function adopt({ session }) {
    journal.adopt((left) => {
      book.take(read(left.doc, course));
      hasBefore = hasBefore || left.doc !== null;
      const age = now() - (left.left || 0);
      if (age >= 0) sending.doubt(left.list, age);
      if (session === undefined || left.session !== session) return;
      isOver = isOver || Boolean(left.isOver);
      telling.goOn(left.stamped || 0);
      journal.belong(session, isOver, telling.stamped());
    }, text);
  }

  /**
   * A session begins, or goes on after the page broke down.
   * @param {Terms} terms
   * @param {number} at
   */
  function begin({ session, began, begun }, at) {
    isOpen = true;
    ticked = clock();
    spent = began === undefined ? 0 : Math.max(0, at - began);
    if (session === undefined) {
      telling.add("initialized", "", at);
      return;
    }
    // A window that was loaded again left its session, unless it broke down; where nothing is kept, who knows?
    isOver = isOver || hasEnded || (began !== undefined && !journal.isKept());
    const left = journal.list();
    const mine = left.filter(({ from }) => began !== undefined && from === session);
    // No progress is told after completed (cmi5 9.5.5.1), which may have arrived without our hearing of it.
    const isDone = /completed|passed/.test(book.known().status);
    const isLate = (/** @type {string} */ name) => BOUND.test(name) || (isDone && name === "progressed");
    const others = left.filter((entry) => !mine.includes(entry) && !isLate(entry.name));
    journal.replace(mine);
    if (began === undefined) {
      telling.add("initialized", "", at);
      if (begun) begun(telling.stamped());
    } else telling.goOn(began);
    journal.replace([...journal.list(), ...others.map((entry) => telling.again(entry, at))]);
    journal.belong(session, isOver, telling.stamped());
  }

  /**
   * What may be told once a registration may have arrived when a page went, and nobody heard of it. A strict LMS takes
   * offence when it is told again, whatever its id.
   */
  async function lookUp() {
    const { state, sent } = book.doc();
    const reached = /** @type {Record<string, unknown>} */ ({ ...decode(state) });
    for (const name of ["completed", "passed"]) {
      if (!reached[name] || sent[name]) continue;
      const id = telling.idOf(name, "");
      // It is not there, or may not be looked at: then it is told.
      if (!(await sending.isThere(id))) continue;
      book.sent(name, id);
      journal.drop(journal.list().filter(({ statement }) => statement.id === id));
    }
  }

  /** Sends what it can while the page is going. */
  function leave() {
    let room = LAST_BYTES;
    const doc = text();
    if (!kept.holds(doc)) {
      const { times, arrived } = kept.leave(doc, journal.isKept());
      room -= times * bytes(doc);
      arrived.then((isThere) => {
        if (isThere && text() === doc) journal.hold(null);
      });
    }
    journal.leave(now());
    if (!isOver) sending.leave(waiting(), room, isOrdered());
  }

  return {
    async open() {
      const at = now();
      const before = leaves;
      const [next] = await Promise.all([launched.join(), copy.restore(`${key}:`)]);
      adopt(next);
      const isThere = await kept.read(take);
      if (next.session !== undefined && next.record) await lookUp();
      // Left while it opened, and perhaps back since: then it is opened again.
      if (leaves !== before) throw failure("silent", "left");
      hasBefore = hasBefore || isThere;
      terms = next;
      hasLeft = false;
      const found = book.known();
      if (!isOpen) {
        begin(next, at);
        if (hasBefore && found.status === "incomplete") telling.add("resumed", "", at);
      }
      if (!hasBegun) book.begin();
      hasBegun = true;
      hold();
      const { record, mastery, back, quiet, language } = next;
      return { ...found, mode: record ? "normal" : "review", mastery, back, quiet, language };
    },

    record(happening) {
      book.record(happening);
      if (terms && !terms.record) return;
      telling.tell(happening);
      hold();
    },

    learner: () => String(launched.actor.name || ""),

    forget: journal.forget,

    async save(state, location, result) {
      if (!terms || !isOpen) throw failure("ended", "save");
      book.note(state, location, tick());
      if (terms.record) telling.reach(result, terms, now());
      hold();
      /** @type {unknown} */
      let trouble = null;
      await sync().catch((error) => {
        const { status = 0, cause } = detailsOf(error);
        // A server that answers may still take statements, though it keeps no documents.
        if (cause !== "silent" || [0, 429, 503].includes(status)) throw error;
        trouble = error;
      });
      const { sent } = book.doc();
      await sending.deliver(() => (hasLeft || isOver ? [] : waiting()), isOrdered());
      if (isOver && waiting().some(({ name }) => !BOUND.test(name))) {
        throw failure("relaunch", "terminated");
      }
      if (trouble) throw trouble;
      if (kept.isMissing() && !journal.isKept()) throw failure("storage", "no place for the state");
      if (book.doc().sent !== sent) await sync();
      return book.more(state);
    },

    isHere: kept.isMissing,

    hold(state, location) {
      book.note(state, location, tick());
      hold();
      return journal.isKept();
    },

    finish(state, location, result) {
      if (hasLeft) return;
      hasLeft = true;
      leaves += 1;
      book.note(state, location, tick());
      if (terms) {
        isOpen = false;
        hasEnded = true;
        if (terms.record) telling.reach(result, terms, now());
        if (!isOver) telling.end(result, terms, now(), spent);
        if (terms.session !== undefined) journal.belong(terms.session, true, telling.stamped());
      }
      hold();
      if (terms) leave();
    },
  };
}
