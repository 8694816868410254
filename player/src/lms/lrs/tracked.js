// What xAPI and cmi5 share: a document that is kept, an outbox of statements, and a page that may go at any moment.
//
// Nothing is twice: statements that are made once a registration have an id that follows from what they say, so that an
// LRS takes them once, from whatever window, device or launch they come. Nothing is lost: whatever was not confirmed
// lies in the outbox, and is sent again with the same ids.

import { databaseCopy } from "../device/database-copy.js";
import { progressRecord, read, write } from "../device/progress-record.js";
import { detailsOf, failure } from "../failure.js";
import { sha1 } from "./client.js";
import { identity } from "./launch.js";
import { outbox } from "./outbox.js";
import { stateResource } from "./state-resource.js";
import { statementBuilder } from "./statement-builder.js";
import { bytes, statementSender } from "./statement-sender.js";
import { uuidFrom, within } from "./statements.js";

/**
 * @import { Course, Lms } from "../../contract.d.ts"
 * @import { ProgressRecord } from "../device/progress-record.js"
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
  const progress = progressRecord(course, now);
  const copy = databaseCopy(window);
  const key = `coursepack:${root}:${registration || uuidFrom(who)}:${uuidFrom(lrs.base)}`;
  const unsent = outbox(() => window.localStorage, key, uuidFrom(who), course, copy);
  const place = { activityId: root, agent: JSON.stringify(actor), registration };
  const kept = stateResource(lrs, place, (of) => sha1(window, of), course);
  const builder = statementBuilder(course, progress, unsent, shapes, { root, whose: `${registration}\n${who}` });
  const sender = statementSender(lrs, unsent, complete, told, window, clock);
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

  const text = () => write(progress.current(), course);
  const isOrdered = () => terms?.session !== undefined;

  /** @param {Entry[]} entries that have arrived */
  function told(entries) {
    for (const { name, statement } of entries) {
      if (name === "completed" || name === "passed") progress.sent(name, statement.id);
      else if (name === "partCompleted") progress.sent(`part ${statement.id.slice(0, 8)}`, statement.id);
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
    return unsent.list().filter(({ name }) => terms?.record || FRAME.test(name));
  }

  /** The document lies in the outbox as long as the LRS has another. */
  function hold() {
    unsent.hold(progress.isBlank() || kept.holds(text()) ? null : text());
  }

  /** Milliseconds of learning since the last time. */
  function tick() {
    const passed = isOpen ? clock() - ticked : 0;
    ticked = clock();
    spent += passed;
    return passed;
  }

  /** @param {ProgressRecord} theirs */
  function take(theirs) {
    progress.take(theirs);
    builder.skip(theirs);
  }

  async function sync() {
    await kept.sync(text, take);
    hold();
  }

  /** @param {Terms} terms */
  function adopt({ session }) {
    unsent.adopt((left) => {
      progress.take(read(left.doc, course));
      hasBefore = hasBefore || left.doc !== null;
      const age = now() - (left.left || 0);
      if (age >= 0) sender.doubt(left.list, age);
      if (session === undefined || left.session !== session) return;
      isOver = isOver || Boolean(left.isOver);
      builder.goOn(left.stamped || 0);
      unsent.belong(session, isOver, builder.stamped());
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
      builder.add("initialized", "", at);
      return;
    }
    // A window that was loaded again left its session, unless it broke down; where nothing is kept, who knows?
    isOver = isOver || hasEnded || (began !== undefined && !unsent.isKept());
    const left = unsent.list();
    const mine = left.filter(({ from }) => began !== undefined && from === session);
    // No progress is told after completed (cmi5 9.5.5.1), which may have arrived without our hearing of it.
    const isDone = /completed|passed/.test(progress.session().status);
    const isLate = (/** @type {string} */ name) => BOUND.test(name) || (isDone && name === "progressed");
    const others = left.filter((entry) => !mine.includes(entry) && !isLate(entry.name));
    unsent.replace(mine);
    if (began === undefined) {
      builder.add("initialized", "", at);
      if (begun) begun(builder.stamped());
    } else builder.goOn(began);
    unsent.replace([...unsent.list(), ...others.map((entry) => builder.again(entry, at))]);
    unsent.belong(session, isOver, builder.stamped());
  }

  /**
   * What may be told once a registration may have arrived when a page went, and nobody heard of it. A strict LMS takes
   * offence when it is told again, whatever its id.
   */
  async function lookUp() {
    const { state, sent } = progress.current();
    const reached = /** @type {Record<string, unknown>} */ ({ ...state });
    for (const name of ["completed", "passed"]) {
      if (!reached[name] || sent[name]) continue;
      const id = builder.idOf(name, "");
      // It is not there, or may not be looked at: then it is told.
      if (!(await sender.isThere(id))) continue;
      progress.sent(name, id);
      unsent.drop(unsent.list().filter(({ statement }) => statement.id === id));
    }
  }

  /** Sends what it can while the page is going. */
  function leave() {
    let room = LAST_BYTES;
    const doc = text();
    if (!kept.holds(doc)) {
      const { times, arrived } = kept.leave(doc, unsent.isKept());
      room -= times * bytes(doc);
      arrived.then((isThere) => {
        if (isThere && text() === doc) unsent.hold(null);
      });
    }
    unsent.leave(now());
    if (!isOver) sender.leave(waiting(), room, isOrdered());
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
      const found = progress.session();
      if (!isOpen) {
        begin(next, at);
        if (hasBefore && found.status === "incomplete") builder.add("resumed", "", at);
      }
      if (!hasBegun) progress.begin();
      hasBegun = true;
      hold();
      const { record, mastery, back, quiet, language } = next;
      return { ...found, mode: record ? "normal" : "review", mastery, back, quiet, language };
    },

    record(event) {
      progress.record(event);
      if (terms && !terms.record) return;
      builder.tell(event);
      hold();
    },

    learner: () => String(launched.actor.name || ""),

    forget: unsent.forget,

    async save(state, location, result) {
      if (!terms || !isOpen) throw failure("ended", "save");
      progress.note(state, location, tick());
      if (terms.record) builder.reach(result, terms, now());
      hold();
      /** @type {unknown} */
      let trouble = null;
      await sync().catch((error) => {
        const { status = 0, cause } = detailsOf(error);
        // A server that answers may still take statements, though it keeps no documents.
        if (cause !== "silent" || [0, 429, 503].includes(status)) throw error;
        trouble = error;
      });
      const { sent } = progress.current();
      await sender.deliver(() => (hasLeft || isOver ? [] : waiting()), isOrdered());
      if (isOver && waiting().some(({ name }) => !BOUND.test(name))) {
        throw failure("relaunch", "terminated");
      }
      if (trouble) throw trouble;
      if (kept.isMissing() && !unsent.isKept()) throw failure("storage", "no place for the state");
      if (progress.current().sent !== sent) await sync();
      return progress.more(state);
    },

    isHere: kept.isMissing,

    hold(state, location) {
      progress.note(state, location, tick());
      hold();
      return unsent.isKept();
    },

    finish(state, location, result) {
      if (hasLeft) return;
      hasLeft = true;
      leaves += 1;
      progress.note(state, location, tick());
      if (terms) {
        isOpen = false;
        hasEnded = true;
        if (terms.record) builder.reach(result, terms, now());
        if (!isOver) builder.end(result, terms, now(), spent);
        if (terms.session !== undefined) unsent.belong(terms.session, true, builder.stamped());
      }
      hold();
      if (terms) leave();
    },
  };
}
