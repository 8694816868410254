// What the tests of both versions of SCORM are given: results, an answer, and what a first launch finds.

export const NOTHING = {
  completed: false,
  passed: false,
  failed: false,
  isOpen: false,
  score: null,
  progress: 0,
  parts: [],
};
export const DONE = { ...NOTHING, completed: true, passed: true, progress: 1 };

export const NOON = new Date(2026, 1, 3, 12, 4, 5).getTime();
export const ANSWER = { kind: "answer", at: NOON, question: "q2", chosen: ["a", "c"], right: false };

/** A course that reports answers. */
export const REPORTED = { report: { answers: true, media: false } };

/** What a first launch finds in an LMS. */
export const FRESH = {
  state: null,
  location: "",
  isUnread: false,
  earlier: undefined,
  status: "none",
  mode: "normal",
  mastery: null,
  language: undefined,
};

/** What an LMS holds, without the seal: it is known by its length, and tests of its own try it. */
export const unsealed = (text = "") =>
  String(text).replace(/^(1(?:\.[^.]*){3}(?:\.[^.]+)?)\.?\.[\w-]{10}(\..*)?$/, "$1");
