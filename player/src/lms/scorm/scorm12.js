// The adapter for SCORM 1.2. Section numbers are those of its Run-Time Environment (RTE).

import { masteryOf, rights } from "../../state.js";
import { held, idOf, isKnown, patterns, typeOf } from "../response.js";
import { all, attempt } from "./attempt.js";
import { connection, modeOf } from "./connection.js";
import { interactions } from "./interactions.js";
import { suspendData } from "./suspend-data.js";

/**
 * @import { Course, Lms, Question, Result, Session, StatusWord } from "../../contract.d.ts"
 * @import { Dialect } from "./connection.js"
 * @import { Answered } from "./interactions.js"
 */

/** Error codes: RTE 3.3. 301: not initialized; the others refuse a value. @type {Dialect} */
export const DIALECT = {
  api: "API",
  begin: "LMSInitialize",
  end: "LMSFinish",
  get: "LMSGetValue",
  set: "LMSSetValue",
  commit: "LMSCommit",
  error: "LMSGetLastError",
  ended: /^301$/,
  refused: /^(201|40[1235])$/,
};

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

const STATUS_ELEMENT = "cmi.core.lesson_status";
const SCORE = "cmi.core.score.raw";
/**
 * Words that say that a course is not finished. "failed" is an LMS's own judgement, by its mastery score (RTE 3.4.4), and
 * "not attempted" after "incomplete" was set says only that the LMS does not return what is set.
 */
const UNFINISHED = /^(incomplete|browsed)$/;

/**
 * Values that are not the right ones, by the last word of the element's name.
 * @type {Record<string, string>}
 */
const OTHERS = {
  lesson_status: "incomplete",
  raw: "0",
  min: "1",
  max: "99",
  id: "-",
  time: "00:00:00",
  type: "true-false",
  pattern: "-",
  student_response: "-",
  result: "unanticipated",
};

/** What names an answer in an interaction: one character (RTE 3.4.7, CMIFeedback). */
const NAMES = "abcdefghijklmnopqrstuvwxyz0123456789";

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
  // Most LMSs take any other word for the end of the attempt.
  if (result.isOpen) return "incomplete";
  if (word !== "completed") {
    if (result.passed) return "passed";
    if (result.failed) return "failed";
  }
  return word !== "passed" && result.completed ? "completed" : "incomplete";
}

/**
 * CMITime (RTE 3.4.2), local: `HH:MM:SS`.
 * @param {number} at milliseconds since 1970
 */
export function time(at) {
  return new Date(at).toTimeString().slice(0, 8);
}

/**
 * What the LMS asks for, in per cent. A mastery score of nothing asks for nothing: some LMSs say 0 where none was set.
 * @param {string} value of `cmi.student_data.mastery_score`
 */
export function masteryScore(value) {
  const percent = value.trim() === "" ? 0 : Number(value);
  return percent > 0 && percent <= 100 ? percent : null;
}

/**
 * The elements of one record in `cmi.interactions`, in the order in which an LMS takes them (RTE 3.4.7).
 * @param {Question} question
 * @param {Answered} answer
 * @returns {[name: string, value: string][]}
 */
export function interaction(question, { at, chosen, right, text }) {
  const all = held(question, question.kind === "ordering" ? rights(question) : question.answers.map(({ id }) => id));
  // Of two things, such as a row and its target, the second is named by its place beside the first.
  const beside = (/** @type {string[]} */ ids, /** @type {number} */ side) =>
    [...new Set(all.filter(([id]) => side === 0 || id === ids[0]).map((each) => each[side]))].indexOf(ids[side]);
  const join = (/** @type {string[][]} */ items) =>
    items.map((ids) => ids.map((_, side) => NAMES[beside(ids, side)]).join(".")).join(",");
  // The standard knows no ranges, and no sign for case.
  const known = patterns(question, join, { strict: "", range: null });
  /** @type {[name: string, value: string][]} */
  const response = isKnown(question, text) ? [["student_response", text || join(held(question, chosen))]] : [];
  return [
    ["id", idOf(question.id)],
    ["time", time(at)],
    ["type", typeOf(question)],
    ...known,
    ...response,
    ["result", right === null ? "neutral" : right ? "correct" : "wrong"],
  ];
}

/**
 * @param {Window} window
 * @param {Course} course
 * @param {() => number} now milliseconds since 1970
 * @returns {Lms}
 */
export function scorm12(window, course, now = Date.now) {
  const line = connection(window, DIALECT);
  const kept = suspendData(
    window,
    course,
    line,
    { state: "cmi.suspend_data", location: "cmi.core.lesson_location", learner: "cmi.core.student_id" },
    now,
  );
  const records = interactions(line, course, interaction, false);
  const best = course.status === "completed" ? RANK.completed : RANK.passed;
  /** @type {Session["mode"]} */
  let mode = "normal";
  /** @type {Session["status"]} */
  let status = "none";
  /** The best one that the LMS holds. */
  let score = -1;
  /** The LMS sets passed or failed by the score alone (RTE 3.4.4): as long as another try is left that is too early. */
  let isCompared = false;

  /** The last one that is set counts, when the session ends (RTE 3.4.4): a window that dies loses no minutes. */
  const setTime = () => line.set("cmi.core.session_time", timeSpan(line.spent()));

  /** @param {number} next */
  function setScore(next) {
    if (next < score) return;
    if (!line.held(SCORE)) {
      // RTE 3.4.4: the limits are optional, and `_children` says whether this LMS has them.
      const children = line.get("cmi.core.score._children");
      if (/\bmin\b/.test(children)) attempt(() => line.set("cmi.core.score.min", "0"));
      if (/\bmax\b/.test(children)) attempt(() => line.set("cmi.core.score.max", "100"));
    }
    line.set(SCORE, String(next));
    score = next;
  }

  /** @param {"incomplete" | "completed" | "passed" | "failed"} next */
  function setStatus(next) {
    if (RANK[next] < RANK[status]) return;
    line.set(STATUS_ELEMENT, next);
    status = next;
  }

  /** @param {Result} result */
  function report(result) {
    all(
      () => {
        if (result.score !== null && !(isCompared && (result.isOpen || !result.completed))) setScore(result.score);
      },
      () => setStatus(lessonStatus(course.status, result)),
      () => {
        if (mode === "normal") records.send();
      },
    );
  }

  /**
   * Some LMSs take a value as sent before it has arrived, and send it again only after a change (Moodle).
   * @param {[element: string, value: string][]} lost
   */
  function change(lost) {
    for (const [element] of lost) {
      const other = OTHERS[element.slice(element.lastIndexOf(".") + 1)];
      if (other) attempt(() => line.set(element, other));
    }
    line.commit();
  }

  return {
    async open() {
      if (!(await line.find(kept.restore()))) return null;
      kept.start();
      const statusWord = line.get(STATUS_ELEMENT);
      status = STATUS[statusWord] || "none";
      const found = status;
      mode = modeOf(
        attempt(() => line.get("cmi.core.lesson_mode")),
        attempt(() => line.get("cmi.core.credit")),
      );
      const { missed, ...session } = kept.begin(status, mode);
      records.restart(missed);
      const isGraded = masteryOf(course) !== null;
      const mastery = isGraded ? attempt(() => masteryScore(line.get("cmi.student_data.mastery_score"))) : null;
      isCompared = mastery !== null;
      score = isGraded ? Number(attempt(() => line.get(SCORE)) || -1) : -1;
      // A status that is left "not attempted" becomes "completed" when the LMS closes the session (RTE 3.4.4).
      attempt(() => {
        if (status !== "none") return;
        if (mode !== "browse") setStatus("incomplete");
        else if (statusWord !== "browsed") line.set(STATUS_ELEMENT, "browsed");
      });
      // Until the course is finished, and so also when the browser is killed, the state must be kept (RTE 3.4.4).
      if (mode !== "browse") attempt(() => line.set("cmi.core.exit", "suspend"));
      // Asked only where there is a choice.
      const language = window.coursepackEditions && attempt(() => line.get("cmi.student_preference.language"));
      return { ...session, status: found, mode, mastery, language };
    },

    record(event) {
      kept.record(event);
      records.note(event);
    },

    learner: () => line.get("cmi.core.student_name"),

    ...kept.lms({
      report,
      setTime,
      change,
      confirm: (again) => kept.confirm(STATUS_ELEMENT, status, UNFINISHED, again),
      // Left for good only when the LMS itself holds the best there is: else it may throw the state away (RTE 3.4.4).
      setExit: () => line.set("cmi.core.exit", RANK[status] >= best ? "" : "suspend"),
    }),
  };
}
