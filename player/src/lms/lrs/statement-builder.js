// Makes statements of events and results, and puts them into the outbox.

import { has, isJudged } from "../../state.js";
import { held, isKnown } from "../response.js";
import { duration, score, statement, uuid, uuidFrom } from "./statements.js";

/**
 * @import { Course, LearnerEvent, MediaEvent, Result } from "../../contract.d.ts"
 * @import { ProgressRecord, LiveRecord } from "../device/progress-record.js"
 * @import { Entry, Outbox } from "./outbox.js"
 * @import { Json, Shapes } from "./statements.js"
 * @import { Terms } from "./tracked.js"
 */

/** @typedef {ReturnType<typeof statementBuilder>} StatementBuilder */

const PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress";
const VIDEO = "https://w3id.org/xapi/video/extensions/";
/** Share of a film's length that counts as all of it: the last frame has a length too. */
const WHOLE = 0.995;

const MEDIA = {
  started: "mediaInitialized",
  played: "mediaPlayed",
  paused: "mediaPaused",
  seeked: "mediaSeeked",
  ended: "mediaCompleted",
  left: "mediaTerminated",
};

/** @param {number} share */
function tenths(share) {
  return Math.floor(10 * share + 1e-9);
}

/** @param {Json} values */
function video(values) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [VIDEO + name, value]));
}

/**
 * @param {Course} course
 * @param {LiveRecord} progress
 * @param {Outbox} outbox
 * @param {Shapes} shapes
 * @param {{ root: string, registrant: string }} names the course's id, and a text for this registration of this learner
 */
export function statementBuilder(course, progress, outbox, shapes, { root, registrant }) {
  const questions = new Map(course.questions.map((question) => [question.id, question]));
  /** Time of the latest statement. */
  let stamped = 0;
  /** Tenths of the course that were reported. */
  let tenth = 0;
  /** Reported in this window. @type {Set<string>} */
  const parts = new Set();
  /** When each film or sound was started. @type {Map<string, number>} */
  const started = new Map();

  /** @param {number} at */
  function stamp(at) {
    stamped = Math.max(at, stamped + 1);
    return new Date(stamped).toISOString();
  }

  /**
   * @param {string} name
   * @param {string} key
   * @param {number} at
   * @param {{ result?: Json, context?: Json }} [filling]
   * @param {string} [id]
   */
  function add(name, key, at, filling, id = uuid()) {
    const made = statement(shapes, root, name, key, { id, timestamp: stamp(at), ...filling });
    if (!made) return;
    // The build wrote the main language; the learner may have chosen another.
    if (made.context?.language) made.context.language = course.lang;
    outbox.add({ name, statement: made });
  }

  /**
   * The id of a statement that is sent once a registration follows from its content.
   * @param {string} name
   * @param {string} key
   */
  function idOf(name, key) {
    return uuidFrom([root, registrant, name, key].join("\n"));
  }

  /**
   * @param {string} name
   * @param {string} key
   * @param {number} at
   * @param {{ result?: Json, context?: Json }} [filling]
   */
  function once(name, key, at, filling) {
    add(name, key, at, filling, idOf(name, key));
  }

  /** @param {MediaEvent} event */
  function addMedia({ at, media, event, time, from, length, segments, progress, session, speed, volume }) {
    const around = { length, "session-id": session };
    const reached = event === "played" ? { time } : { time, progress, "played-segments": segments };
    /** @type {Json} */
    const result = { extensions: video(event === "seeked" ? { "time-from": from, "time-to": time } : reached) };
    if (event === "started") {
      started.set(session, at);
      add(MEDIA.started, media, at, { context: { extensions: video({ ...around, speed: `${speed}x`, volume }) } });
      return;
    }
    const filling = { result, context: { extensions: video(around) } };
    if (event !== "ended") add(MEDIA[event], media, at, filling);
    else if (progress > WHOLE) {
      result.duration = duration(at - (started.get(session) || at));
      once(MEDIA.ended, media, at, filling);
    }
  }

  /**
   * @param {Result} result
   * @param {Terms} terms
   * @returns {{ result: Json, context: Json }}
   */
  function judgement(result, terms) {
    const time = { duration: duration(progress.current().time) };
    const isWhole = terms.session !== undefined;
    return {
      result: result.score === null ? time : { score: score(result.score, isWhole), ...time },
      context: terms.judging,
    };
  }

  return {
    stamped: () => stamped,

    /** @param {number} at statements from now on are later */
    continueFrom(at) {
      stamped = Math.max(at, stamped);
    },

    add,
    idOf,

    /** @param {LearnerEvent} event */
    addEvent(event) {
      const { at } = event;
      if (event.kind === "page") once("experienced", event.page, at);
      else if (event.kind === "media") addMedia(event);
      else if (event.kind === "answer") {
        const { chosen, right, text } = event;
        const question = questions.get(event.question);
        if (!question) return;
        const response =
          text ||
          held(question, chosen)
            .map((ids) => ids.join("[.]"))
            .join("[,]");
        const known = isKnown(question, text) ? { response } : {};
        add("answered", question.id, at, { result: right === null ? known : { ...known, success: right } });
      }
    },

    /**
     * The progress in a record of the LRS was reported by the window that wrote it.
     * @param {ProgressRecord | null} theirs
     */
    skip(theirs) {
      if (!theirs) return;
      const core = course.pages.filter((page) => page.core);
      const opened = core.filter(({ slot }) => has(theirs.state, slot));
      if (core.length > 0) tenth = Math.max(tenth, tenths(opened.length / core.length));
    },

    /**
     * Adds what was reached and is not reported yet.
     * @param {Result} result
     * @param {Terms} terms
     * @param {number} at
     */
    reach(result, terms, at) {
      const { sent } = progress.current();
      for (const { id, done, total } of result.parts) {
        if (done < total || total === 0 || parts.has(id)) continue;
        parts.add(id);
        // That the record in the LRS has all pages proves nothing: they may come from two windows, and neither had all.
        if (Object.values(sent).includes(idOf("partCompleted", id))) continue;
        once("partCompleted", id, at);
      }
      const reached = tenths(result.progress);
      if (reached > tenth && !result.completed) {
        tenth = reached;
        const extensions = { [PROGRESS]: Math.floor(100 * result.progress + 1e-9) };
        once("progressed", String(reached), at, { result: { extensions } });
      }
      if (result.completed && !sent.completed) {
        // In cmi5 only passed and failed have a score (9.5.1).
        const known = terms.session ? { ...result, score: null } : result;
        once("completed", "", at, { result: judgement(known, terms).result });
      }
      if (result.passed && isJudged(course) && !sent.passed) once("passed", "", at, judgement(result, terms));
    },

    /**
     * The session ends.
     * @param {Result} result
     * @param {Terms} terms
     * @param {number} at
     * @param {number} spent milliseconds
     */
    end(result, terms, at, spent) {
      const session = { result: { duration: duration(spent) } };
      if (terms.record && isJudged(course) && result.failed && !progress.current().sent.passed) {
        add("failed", "", at, judgement(result, terms));
      }
      if (!result.completed) add("suspended", "", at, session);
      add("terminated", "", at, session);
    },

    /**
     * @param {Entry} entry of another session that has ended, to be sent in this one
     * @param {number} at
     * @returns {Entry}
     */
    restamped(entry, at) {
      return { ...entry, from: undefined, statement: { ...entry.statement, timestamp: stamp(at) } };
    },
  };
}
