// The adapter for SCORM 2004. Section numbers are those of its Run-Time Environment, 4th
// Edition (RTE); what is used here is the same in the 3rd.

import { isJudged, masteryOf } from "../../state.js";
import { held, idOf, isKnown, patterns, typeOf } from "../response.js";
import { all, attempt } from "./attempt.js";
import { connection, modeOf } from "./connection.js";
import { interactions } from "./interactions.js";
import { suspendData } from "./suspend-data.js";

/**
 * @import { Course, Lms, Question, Result, Session } from "../../contract.d.ts"
 * @import { Dialect } from "./connection.js"
 * @import { Answered } from "./interactions.js"
 */

/**
 * Error codes: RTE 3.1.7. A session that has ended has one code for each function. From 401 on the value is refused.
 * @type {Dialect}
 */
export const DIALECT = {
  api: "API_1484_11",
  begin: "Initialize",
  end: "Terminate",
  get: "GetValue",
  set: "SetValue",
  commit: "Commit",
  error: "GetLastError",
  // 103, already initialized: the page was loaded again and the earlier session was not terminated.
  none: /^103$/,
  ended: /^1(04|[1-4][23])$/,
  refused: /^40[124678]$/,
};

/**
 * @typedef {{ start: string, completion: string }} Objective
 * @typedef {{ byId: Map<string, Objective>, count: number }} Objectives
 */

/** Words of a higher rank are never written over by words of a lower one; words that are not here have none. */
const COMPLETION = ["incomplete", "completed"];
const SUCCESS = ["failed", "passed"];

const SCORE = "cmi.score.scaled";
/**
 * A real of the standard (RTE 4.1.1.7), with four decimals at most: as many as a per cent with two has.
 * @param {number} value
 */
export function real(value) {
  return String(Math.round(value * 10000) / 10000);
}

/**
 * `cmi.progress_measure` (RTE 4.2.18). An LMS that knows a completion threshold takes the completion from it, so
 * 1 is kept for what is completed.
 * @param {number} done
 * @param {number} total
 * @param {boolean} completed
 */
export function measure(done, total, completed) {
  return completed ? "1" : real(Math.min(done / total, 0.9999));
}

/**
 * timeinterval (RTE 4.1.1.7): `PT1H2M3.45S`.
 * @param {number} milliseconds
 */
export function duration(milliseconds) {
  // A clock that was set back gives less than nothing.
  const hundredths = Math.max(Math.floor(milliseconds / 10), 0);
  const minutes = Math.floor(hundredths / 6000);
  return `PT${Math.floor(minutes / 60)}H${minutes % 60}M${(hundredths % 6000) / 100}S`;
}

/**
 * time (RTE 4.1.1.7), local: `YYYY-MM-DDThh:mm:ss`. Some LMSs refuse a zone where there is no fraction of a second.
 * @param {number} at milliseconds since 1970
 */
export function timestamp(at) {
  // UTC is written, of a moment as far away as the learner's clock is from it.
  return new Date(at - 60000 * new Date(at).getTimezoneOffset()).toISOString().slice(0, 19);
}

/**
 * What the LMS asks for, in per cent. A score of nothing asks for nothing.
 * @param {string} value of `cmi.scaled_passing_score`
 */
export function passingScore(value) {
  const scaled = value.trim() === "" ? 0 : Number(value);
  return scaled > 0 && scaled <= 1 ? Math.round(scaled * 1e7) / 1e5 : null;
}

/**
 * Passed counts only together with completed: an LMS derives success from the score alone.
 * @param {string} completion
 * @param {string} success
 * @returns {Session["status"]}
 */
export function sessionStatus(completion, success) {
  if (completion === "completed") return success === "passed" ? "passed" : "completed";
  if (success === "failed") return "failed";
  return completion === "incomplete" ? "incomplete" : "none";
}

/**
 * The elements of one record in `cmi.interactions`, in the order in which an LMS takes them (RTE 4.2.9).
 * @param {Question} question
 * @param {Answered} answer
 * @returns {[name: string, value: string][]}
 */
export function interaction(question, { at, chosen, right, text }) {
  // What was chosen in words, as far as an identifier can hold them. Some LMSs want no hyphens in it.
  const named = (/** @type {string[]} */ ids, /** @type {number} */ side) =>
    question.names?.[ids.slice(0, side + 1).join(".")] ||
    question.names?.[`.${ids[side]}`] ||
    ids[side].replace(/-/g, "_");
  const join = (/** @type {string[][]} */ items) =>
    items.map((ids) => ids.map((_, side) => named(ids, side)).join("[.]")).join("[,]");
  const known = patterns(question, join, { strict: "{case_matters=true}", range: "[:]" });
  /** @type {[name: string, value: string][]} */
  const response = isKnown(question, text) ? [["learner_response", text || join(held(question, chosen))]] : [];
  return [
    ["id", idOf(question.id)],
    ["type", typeOf(question)],
    ["timestamp", timestamp(at)],
    ...known,
    ...response,
    ["result", right === null ? "neutral" : right ? "correct" : "incorrect"],
    ...(question.description ? [/** @type {[string, string]} */ (["description", question.description])] : []),
  ];
}

/**
 * @param {Window} window
 * @param {Course} course
 * @param {() => number} now milliseconds since 1970
 * @returns {Lms}
 */
export function scorm2004(window, course, now = Date.now) {
  const line = connection(window, DIALECT);
  const kept = suspendData(
    window,
    course,
    line,
    { state: "cmi.suspend_data", location: "cmi.location", learner: "cmi.learner_id" },
    now,
  );
  const records = interactions(line, course, interaction, true);
  /** Otherwise success stays unknown. */
  const mayPass = isJudged(course);
  /** @type {Session["mode"]} */
  let mode = "normal";
  /** The best one that the LMS holds, 0 to 1. */
  let score = -1;
  let completion = "";
  let success = "";
  /** The objectives in the LMS; read when there is something to report. @type {Objectives | null} */
  let objectives = null;

  /** @param {number} next per cent */
  function setScore(next) {
    const scaled = real(next / 100);
    if (Number(scaled) < score) return;
    for (const [name, value] of Object.entries({ min: "0", max: "100", raw: real(next) }))
      attempt(() => line.set(`cmi.score.${name}`, value));
    // The last one written: some LMSs keep only that, and only this one is compared with a passing score.
    line.set(SCORE, scaled);
    score = Number(scaled);
  }

  /** @param {Result} result */
  function setCompletion({ completed: isDone, failed, isOpen, progress }) {
    // Completed is the end of the attempt in most LMSs, whatever the success: that it has failed for good too, once all is
    // read. Else the learner could never begin another one.
    const completed = !isOpen && (isDone || (failed && progress >= 1));
    if (!completed && completion === "completed") return;
    const next = completed ? "completed" : "incomplete";
    attempt(() => line.set("cmi.progress_measure", measure(progress, 1, completed)));
    line.set("cmi.completion_status", next);
    completion = next;
  }

  /** @param {"passed" | "failed"} next */
  function setSuccess(next) {
    if (SUCCESS.indexOf(next) < SUCCESS.indexOf(success)) return;
    line.set("cmi.success_status", next);
    success = next;
  }

  /** The objectives of the manifest are there from the beginning, others since an earlier session (RTE 4.2.17). */
  function findObjectives() {
    const count = Number(line.get("cmi.objectives._count")) || 0;
    const starts = Array.from({ length: count }, (_, at) => `cmi.objectives.${at}.`);
    /** @type {Map<string, Objective>} */
    const byId = new Map();
    for (const start of starts) {
      byId.set(line.get(`${start}id`), { start, completion: line.get(`${start}completion_status`) });
    }
    return { byId, count };
  }

  /** @param {Result["parts"][number]} part */
  function setObjective({ id, done, total }) {
    objectives = objectives || findObjectives();
    const name = `obj-${id}`;
    let objective = objectives.byId.get(name);
    if (!objective) {
      objective = { start: `cmi.objectives.${objectives.count}.`, completion: "" };
      line.set(`${objective.start}id`, name);
      objectives.byId.set(name, objective);
      objectives.count += 1;
    }
    const next = done === total ? "completed" : "incomplete";
    if (COMPLETION.indexOf(next) < COMPLETION.indexOf(objective.completion)) return;
    const { start } = objective;
    attempt(() => line.set(`${start}progress_measure`, measure(done, total, done === total)));
    line.set(`${start}completion_status`, next);
    objective.completion = next;
  }

  /** The last one that is set counts, when the session ends (RTE 4.2.20): a window that dies loses no minutes. */
  const setTime = () => line.set("cmi.session_time", duration(line.spent()));

  /** @param {Result} result */
  function report(result) {
    all(
      () => {
        if (result.score !== null) setScore(result.score);
      },
      () => setCompletion(result),
      () => {
        if (mayPass && result.passed) setSuccess("passed");
        else if (mayPass && result.failed && !result.isOpen) setSuccess("failed");
      },
      () => {
        for (const part of result.parts) if (part.done > 0) attempt(() => setObjective(part));
      },
      () => {
        if (mode === "normal") records.send();
      },
    );
  }

  return {
    async open() {
      if (!(await line.find(kept.restore()))) return null;
      kept.start();
      objectives = null;
      completion = line.get("cmi.completion_status");
      success = line.get("cmi.success_status");
      const status = sessionStatus(completion, success);
      mode = modeOf(line.get("cmi.mode"), line.get("cmi.credit"));
      const { missed, ...session } = kept.begin(status, mode);
      records.restart(missed);
      const isGraded = masteryOf(course) !== null;
      const mastery = isGraded ? passingScore(line.get("cmi.scaled_passing_score")) : null;
      score = isGraded ? Number(line.get(SCORE) || -1) : -1;
      // A status that is left unknown may count as completed: a sequencing default (SN, completionSetByContent).
      attempt(() => {
        if (mode === "browse" || COMPLETION.includes(completion)) return;
        line.set("cmi.completion_status", "incomplete");
        completion = "incomplete";
      });
      // Anything but "suspend" ends the attempt, and the next visit would begin with nothing (RTE 4.2.8): not even a
      // learner who has finished, and comes back to read, is to lose what was ticked and answered.
      if (mode !== "browse") attempt(() => line.set("cmi.exit", "suspend"));
      // Asked only where there is a choice.
      const language = window.coursepackEditions && attempt(() => line.get("cmi.learner_preference.language"));
      return { ...session, status, mode, mastery, language };
    },

    record(event) {
      kept.record(event);
      records.note(event);
    },

    learner: () => line.get("cmi.learner_name"),

    ...kept.lms({
      report,
      setTime,
      confirm(again) {
        // One that forgets the one forgets the other.
        if (kept.confirm("cmi.completion_status", completion, /^incomplete$/, again)) {
          kept.confirm("cmi.success_status", success, /^unknown$/, again);
        }
      },
      // Set when the session began, and again here since everything may have been set again.
      setExit: () => line.set("cmi.exit", "suspend"),
    }),
  };
}
