// Reports answers in `cmi.interactions`.

import { idOf, typeOf } from "../response.js";
import { attempt } from "./attempt.js";

/**
 * @import { Course, LearnerEvent, Question } from "../../contract.d.ts"
 * @import { Connection } from "./connection.js"
 */

/** @typedef {Extract<LearnerEvent, { kind: "answer" }>} Answered */
/** @typedef {[name: string, value: string][]} Interaction the elements of a record in their order, the id first */

/**
 * Characters that interactions may take in a session, encoded. Some LMSs post all of them again at each commit, and while a
 * page unloads a browser sends at most 64 KiB, or nothing.
 */
const ROOM = 36000;

/**
 * Each question has one record, which every answer to it replaces. LMS reports make a column of each index, so the index is
 * that of the question in `course.columns`, unless the LMS shows that its record has another. Records wait for the next
 * save, where they come after everything that matters more.
 * @param {Connection} line
 * @param {Course} course
 * @param {(question: Question, answer: Answered) => Interaction} describe
 * @param {boolean} isReadable the standard lets ids be read
 */
export function interactions(line, course, describe, isReadable) {
  const questions = new Map(course.questions.map((question) => [question.id, question]));
  const columns = course.columns || [];
  /** @type {Interaction[]} */
  let waiting = [];
  /** Ids of the records in the LMS, as far as they are known; null: it has no interactions. @type {(string | false | null)[] | null | undefined} */
  let ids;
  /** Written in this session. @type {Interaction[]} */
  let written = [];
  let isFull = false;

  function find() {
    // The LMS does not have what `_children` does not name (RTE 1.2 3.4.4, RTE 2004 4.1).
    const children = attempt(() => line.get("cmi.interactions._children")) || "";
    if (!/\bid\b/.test(children)) return null;
    const length = Number(attempt(() => line.get("cmi.interactions._count"))) || 0;
    return Array.from({ length }, (_, at) => isReadable && attempt(() => line.look(`cmi.interactions.${at}.id`)));
  }

  /**
   * The record of a question that is not answered, or no longer in the course.
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
    // Indices have no gaps (RTE 1.2 3.4.4, RTE 2004 4.1.1.3).
    const next = written.slice();
    for (let n = ids.length; n < at; n += 1) next[n] = begun(columns[n]);
    next[at] = record;
    // The overhead of JSON is about that of element names in a form.
    isFull = encodeURIComponent(JSON.stringify(next)).length > ROOM;
    if (isFull) return;
    for (let n = Math.min(ids.length, at); n <= at; n += 1) {
      const start = `cmi.interactions.${n}.`;
      const [[name, value], ...rest] = next[n];
      line.set(start + name, value);
      ids[n] = value;
      for (const [name, value] of rest) attempt(() => line.set(start + name, value));
    }
    written = next;
  }

  /**
   * @param {LearnerEvent} event
   * @returns {Interaction[]}
   */
  function recordOf(event) {
    const question = event.kind === "answer" && course.report.answers && questions.get(event.question);
    return question ? [describe(question, /** @type {Answered} */ (event))] : [];
  }

  return {
    /**
     * A new session has its own indices.
     * @param {Answered[]} missed answers that the LMS does not have
     */
    restart(missed) {
      ids = undefined;
      written = [];
      isFull = false;
      // Those that wait say more: what was written.
      waiting = [...missed.flatMap(recordOf), ...waiting];
    },

    /** @param {LearnerEvent} event */
    note(event) {
      waiting.push(...recordOf(event));
    },

    /** Sends what waits. Interactions are optional for an LMS: what it refuses is dropped. */
    send() {
      if (!line.isOpen) return;
      waiting = waiting.filter((record) => {
        if (!isFull) attempt(() => write(record));
        // Kept for the next session.
        return isFull || !line.isOpen;
      });
    },
  };
}
