// What xAPI and cmi5 share: a progress record, an outbox of statements, and a page that may unload at any moment.
//
// Nothing is duplicated: the id of a statement that is made once a registration follows from its content, so that an LRS
// takes it once, from any window, device or launch. Nothing is lost: what was not confirmed is kept in the outbox and sent
// again with the same ids.

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
 * A launch, as one standard describes it.
 * @typedef {object} TrackedLaunch
 * @property {Client} lrs
 * @property {Json} actor
 * @property {string | undefined} registration
 * @property {string | undefined} activity id that replaces the course's own
 * @property {() => Promise<Terms>} join called for every session, and again after it rejected
 *
 * @typedef {object} Terms
 * @property {Json} context of every statement
 * @property {boolean} record whether more is sent than that a session began and ended
 * @property {number | null} mastery per cent
 * @property {string} [back] target of the course's own link for leaving
 * @property {boolean} [quiet] sound starts muted
 * @property {string} [language] preferred languages, as tags separated by commas
 * @property {Json} judging additional context of passed and failed
 * @property {string} [session] id of the session, where a session is one launch
 * @property {number} [began] when the session began, if the window was loaded again since
 * @property {(began: number) => void} [begun] called with the time when the session begins
 */

/** Browsers send 64 KiB while a page unloads, headers not counted. */
const LAST_BYTES = 60 * 1024;
const FRAME = /^(initialized|terminated)$/;
/** Statements that belong to the session in which they were made. */
const BOUND = /^(initialized|failed|terminated)$/;

/**
 * @param {Window} window
 * @param {Course} course
 * @param {Shapes} shapes
 * @param {TrackedLaunch} launch
 * @param {() => number} now milliseconds since 1970
 * @param {() => number} clock milliseconds since any time, and never set
 * @returns {Lms}
 */
export function tracked(window, course, shapes, launch, now, clock) {
  const { lrs, actor, registration } = launch;
  const root = launch.activity || shapes.course.id;
  const who = identity(actor);
  const progress = progressRecord(course, now);
  const copy = databaseCopy(window);
  const key = `coursepack:${root}:${registration || uuidFrom(who)}:${uuidFrom(lrs.base)}`;
  const unsent = outbox(() => window.localStorage, key, uuidFrom(who), course, copy);
  const document = { activityId: root, agent: JSON.stringify(actor), registration };
  const resource = stateResource(lrs, document, (of) => sha1(window, of), course);
  const builder = statementBuilder(course, progress, unsent, shapes, { root, registrant: `${registration}\n${who}` });
  const sender = statementSender(lrs, unsent, complete, arrived, window, clock);
  /** @type {Terms | undefined} */
  let terms;
  let isOpen = false;
  let hasBegun = false;
  /** The page was left: nothing is sent any more. */
  let hasLeft = false;
  /** How often the page was left. */
  let leaves = 0;
  /** A session of this window has ended. */
  let hasEnded = false;
  /** The session has ended, and only another launch begins a new one. */
  let isOver = false;
  /** There was progress when the course was opened. */
  let hasBefore = false;
  let ticked = 0;
  /** Milliseconds of this session. */
  let spent = 0;

  const text = () => write(progress.current(), course);
  const isOrdered = () => terms?.session !== undefined;

  /** @param {Entry[]} entries that have arrived */
  function arrived(entries) {
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

  /** What may be sent in this session. */
  function waiting() {
    return unsent.list().filter(({ name }) => terms?.record || FRAME.test(name));
  }

  /** Keeps the record in the outbox until the LRS has it. */
  function hold() {
    unsent.hold(progress.isBlank() || resource.holds(text()) ? null : text());
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
    await resource.sync(text, take);
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
      builder.continueFrom(left.stamped || 0);
      unsent.belong(session, isOver, builder.stamped());
    }, text);
  }

  /**
   * A session begins, or continues after the page crashed.
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
    // A window that was loaded again has ended its session, unless it crashed. If the device keeps nothing, it may have.
    isOver = isOver || hasEnded || (began !== undefined && !unsent.isKept());
    const left = unsent.list();
    const mine = left.filter(({ from }) => began !== undefined && from === session);
    // No progress is sent after completed (cmi5 9.5.5.1), which may have arrived without a confirmation.
    const isDone = /completed|passed/.test(progress.session().status);
    const isLate = (/** @type {string} */ name) => BOUND.test(name) || (isDone && name === "progressed");
    const others = left.filter((entry) => !mine.includes(entry) && !isLate(entry.name));
    unsent.replace(mine);
    if (began === undefined) {
      builder.add("initialized", "", at);
      if (begun) begun(builder.stamped());
    } else builder.continueFrom(began);
    unsent.replace([...unsent.list(), ...others.map((entry) => builder.restamped(entry, at))]);
    unsent.belong(session, isOver, builder.stamped());
  }

  /**
   * A statement that may be sent once a registration may have arrived unconfirmed when a page unloaded. A strict LMS rejects
   * a second one, whatever its id.
   */
  async function lookUp() {
    const { state, sent } = progress.current();
    const reached = /** @type {Record<string, unknown>} */ ({ ...state });
    for (const name of ["completed", "passed"]) {
      if (!reached[name] || sent[name]) continue;
      const id = builder.idOf(name, "");
      // It did not arrive, or may not be read: then it is sent.
      if (!(await sender.isThere(id))) continue;
      progress.sent(name, id);
      unsent.drop(unsent.list().filter(({ statement }) => statement.id === id));
    }
  }

  /** Sends what it can while the page unloads. */
  function leave() {
    let room = LAST_BYTES;
    const doc = text();
    if (!resource.holds(doc)) {
      const { times, arrived } = resource.leave(doc, unsent.isKept());
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
      const [next] = await Promise.all([launch.join(), copy.restore(`${key}:`)]);
      adopt(next);
      const isThere = await resource.read(take);
      if (next.session !== undefined && next.record) await lookUp();
      // The page was left while this opened. If it is back, it opens again.
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
      builder.addEvent(event);
      hold();
    },

    learner: () => String(launch.actor.name || ""),

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
        // A server that answers may take statements although it keeps no documents.
        if (cause !== "silent" || [0, 429, 503].includes(status)) throw error;
        trouble = error;
      });
      const { sent } = progress.current();
      await sender.deliver(() => (hasLeft || isOver ? [] : waiting()), isOrdered());
      if (isOver && waiting().some(({ name }) => !BOUND.test(name))) {
        throw failure("relaunch", "terminated");
      }
      if (trouble) throw trouble;
      if (resource.isMissing() && !unsent.isKept()) throw failure("storage", "no place for the state");
      if (progress.current().sent !== sent) await sync();
      return progress.more(state);
    },

    isHere: resource.isMissing,

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
