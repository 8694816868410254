// A learner in front of a course in an LMS: all of the player that keeps something, without a document.

import { scorm12 } from "../src/lms/scorm/scorm12.js";
import { scorm2004 } from "../src/lms/scorm/scorm2004.js";
import { saving } from "../src/saving.js";
import {
  answer,
  beginAgain,
  bookmark,
  chosen,
  EMPTY,
  encode,
  handIn,
  has,
  leaveAt,
  positionOf,
  result,
  settle,
  visit,
} from "../src/state.js";
import "./clock.js";
import { makeCourse } from "./course.js";
import { unsealed } from "./given.js";
import { StandInLms12, StandInLms2004 } from "./standin.js";

/** What is different in the two versions of SCORM. */
export const VERSIONS = {
  1.2: {
    connect: scorm12,
    StandIn: StandInLms12,
    api: "API",
    commit: "LMSCommit",
    state: ({ suspendData }) => unsealed(suspendData),
    status: ({ status }) => status,
    time: ({ totalTime }) => totalTime,
  },
  2004: {
    connect: scorm2004,
    StandIn: StandInLms2004,
    api: "API_1484_11",
    commit: "Commit",
    state: ({ values = {} }) => unsealed(values["cmi.suspend_data"]),
    status: ({ values = {} }) => values["cmi.completion_status"],
    time: ({ values = {} }) => values["cmi.total_time"],
  },
};

/** The player's words, each its own name. */
const strings = new Proxy({}, { get: (_, name) => String(name) });

/** Lets everything that was awaited go on; works also where the time is a test's own. */
export const settled = () => new Promise((done) => setImmediate(done));

/** A window on a device: what the device keeps, and who has the LMS's object. */
export function windowOn(device, around) {
  return {
    opener: null,
    get parent() {
      return around;
    },
    BroadcastChannel: device.channel,
    navigator: { onLine: true },
    sessionStorage: device.session,
    get localStorage() {
      if (device.isRefused) throw new Error("SecurityError");
      return device.storage;
    },
  };
}

/** The window of an LMS. */
export function lmsWindow(name, api) {
  const window = { ...(api.window ?? { [name]: api }), opener: null, closed: false, document: {} };
  window.parent = window;
  return window;
}

/**
 * Opens the course.
 * @param {object} version of `VERSIONS`
 * @param {object} lms a stand-in
 * @param {object} device of `makeDevice`
 * @param {object} changes to the course
 */
export async function open(version, lms, device, changes = {}) {
  const course = makeCourse({ strings, ...changes });
  const around = lmsWindow(version.api, lms);
  const window = windowOn(device, around);
  const adapter = version.connect(window, course);
  const said = [];
  let state = EMPTY;
  let location = "start";
  let isRestored = false;
  let early = [];
  const seen = {
    word: "",
    cause: null,
    isHeld: false,
    isPlaying: false,
    said,
    course,
    around,
    window,
    adapter,
    get state() {
      return state;
    },
    get text() {
      return encode(state);
    },
    opened: () => course.pages.filter(({ slot }) => has(state, slot)).map(({ id }) => id),
    answers: () => Object.fromEntries(course.questions.map((each) => [each.id, chosen(state, each)])),
    positions: (...slots) => slots.map((slot) => positionOf(state, slot)),
    bookmarks: () => course.pages.filter((page) => state.bookmarks.includes(page.bookmark)).map(({ id }) => id),
    bookmark(id, isOn) {
      const page = course.pages.find((each) => each.id === id);
      saver.note({ kind: "bookmark", at: Date.now(), page: id, isOn });
      change((before) => bookmark(before, page, isOn));
    },
    play(slot, seconds) {
      change((before) => leaveAt(before, slot, seconds, course.positions));
    },
    visit(id) {
      const page = course.pages.find((each) => each.id === id);
      location = id;
      if (!has(state, page.slot)) saver.note({ kind: "page", at: Date.now(), page: id });
      change((before) => visit(before, page));
    },
    answer(id, ids) {
      const question = course.questions.find((each) => each.id === id);
      saver.note({ kind: "answer", at: Date.now(), question: id, chosen: ids, right: false });
      change((before) => answer(before, question, ids));
    },
    /** The final check is handed in. */
    hand: () => change((before) => handIn(course, before)),
    /** It is begun anew. */
    again: () => change((before) => beginAgain(course, before)),
  };

  function change(step) {
    if (!isRestored) early.push(step);
    state = settle(course, step(state));
    saver.plan();
  }

  const learner = {
    now: () => ({ state, location, result: result(course, state) }),
    async begin(session) {
      seen.session = session;
      const kept = isRestored ? state : session.state || EMPTY;
      const passed = kept.passed || session.status === "passed";
      const completed = kept.completed || passed || session.status === "completed";
      isRestored = true;
      state = settle(
        course,
        early.reduce((so, step) => step(so), { ...kept, completed, passed }),
      );
      early = [];
    },
    fail() {},
    merge(more) {
      state = settle(course, { ...more, last: state.last });
    },
    isPlaying: () => seen.isPlaying,
  };
  const shown = {
    saved: (_, word) => {
      seen.word = word();
    },
    alarm(cause, isHeld) {
      if (cause !== seen.cause) said.push(cause || "again");
      Object.assign(seen, { cause, isHeld: Boolean(isHeld) });
    },
    outside() {},
    launched(session) {
      seen.session = session;
    },
  };
  const saver = saving(course, adapter, null, learner, shown, (work) => setTimeout(work, 50));
  seen.saver = saver;
  await saver.start();
  return seen;
}
