import assert from "node:assert/strict";
import { test } from "node:test";
import { StandInLms12 } from "./standin.js";

function running(saved, options) {
  const lms = new StandInLms12(saved, options);
  assert.equal(lms.LMSInitialize(""), "true");
  return lms;
}

function refuses(lms, code, result, expected) {
  assert.equal(result, expected);
  assert.equal(lms.LMSGetLastError(), code);
}

test("initialize takes the empty string only", () => {
  for (const given of [[], ["x"], [null], ["", ""]]) {
    const lms = new StandInLms12();
    refuses(lms, "201", lms.LMSInitialize(...given), "false");
  }
});

test("initialize works once", () => {
  const lms = running();
  refuses(lms, "101", lms.LMSInitialize(""), "false");
});

test("nothing works before initialize", () => {
  const lms = new StandInLms12();
  refuses(lms, "301", lms.LMSGetValue("cmi.core.lesson_status"), "");
  refuses(lms, "301", lms.LMSSetValue("cmi.core.lesson_status", "completed"), "false");
  refuses(lms, "301", lms.LMSCommit(""), "false");
  refuses(lms, "301", lms.LMSFinish(""), "false");
});

test("nothing works after finish", () => {
  const lms = running();
  assert.equal(lms.LMSFinish(""), "true");
  refuses(lms, "301", lms.LMSGetValue("cmi.core.lesson_status"), "");
  refuses(lms, "301", lms.LMSSetValue("cmi.core.lesson_status", "completed"), "false");
  refuses(lms, "301", lms.LMSCommit(""), "false");
  refuses(lms, "301", lms.LMSFinish(""), "false");
  refuses(lms, "101", lms.LMSInitialize(""), "false");
});

test("nothing works after the LMS ended the session", () => {
  const lms = running();
  lms.endSession();
  refuses(lms, "301", lms.LMSCommit(""), "false");
});

for (const [element, code] of [
  ["cmi.core.nothing", "201"],
  ["", "201"],
  ["cmi.core.lesson_status._children", "202"],
  ["cmi.core._count", "203"],
  ["cmi.core.exit", "404"],
  ["cmi.core.session_time", "404"],
  ["cmi.interactions.0.id", "404"],
  ["cmi.objectives.0.id", "201"],
]) {
  test(`reading ${element || "the empty name"} is refused with ${code}`, () => {
    const lms = running();
    refuses(lms, code, lms.LMSGetValue(element), "");
  });
}

for (const [element, value, code] of [
  ["cmi.core.nothing", "x", "201"],
  ["cmi.core._children", "x", "402"],
  ["cmi.objectives._count", "1", "402"],
  ["cmi._version", "1", "402"],
  ["cmi.core.student_id", "x", "403"],
  ["cmi.core.total_time", "00:00:00", "403"],
  ["cmi.core.entry", "", "403"],
  ["cmi.launch_data", "x", "403"],
  ["cmi.core.lesson_status", "not attempted", "405"],
  ["cmi.core.lesson_status", "Completed", "405"],
  ["cmi.core.lesson_status", "done", "405"],
  ["cmi.core.lesson_status", "", "405"],
  ["cmi.core.exit", "normal", "405"],
  ["cmi.core.score.raw", "101", "405"],
  ["cmi.core.score.raw", "100.5", "405"],
  ["cmi.core.score.raw", "-1", "405"],
  ["cmi.core.score.raw", "66,67", "405"],
  ["cmi.core.score.raw", "1e1", "405"],
  ["cmi.core.session_time", "1:00:00", "405"],
  ["cmi.core.session_time", "00000:00:00", "405"],
  ["cmi.core.session_time", "00:60:00", "405"],
  ["cmi.core.session_time", "00:00:60", "405"],
  ["cmi.core.session_time", "00:00:00.123", "405"],
  ["cmi.core.session_time", "PT1H", "405"],
  ["cmi.suspend_data", "x".repeat(4097), "405"],
  ["cmi.core.lesson_location", "x".repeat(256), "405"],
  ["cmi.student_preference.audio", "101", "405"],
  ["cmi.interactions.0.type", "choice", "201"],
  ["cmi.interactions.1.id", "x", "201"],
  ["cmi.interactions.0.id", "a b", "405"],
  ["cmi.objectives.0.status", "passed", "201"],
]) {
  test(`setting ${element} to ${value.length > 40 ? `${value.length} characters` : `"${value}"`} is refused with ${code}`, () => {
    const lms = running();
    refuses(lms, code, lms.LMSSetValue(element, value), "false");
  });
}

for (const [element, value] of [
  ["cmi.core.lesson_status", "browsed"],
  ["cmi.core.exit", ""],
  ["cmi.core.score.raw", ""],
  ["cmi.core.score.raw", "100"],
  ["cmi.core.score.raw", "66.67"],
  ["cmi.core.session_time", "0012:34:56.78"],
  ["cmi.suspend_data", "x".repeat(4096)],
  ["cmi.core.lesson_location", "x".repeat(255)],
  ["cmi.student_preference.audio", "-1"],
]) {
  test(`setting ${element} to ${value.length > 40 ? `${value.length} characters` : `"${value}"`} is taken`, () => {
    const lms = running();
    assert.equal(lms.LMSSetValue(element, value), "true");
    assert.equal(lms.LMSGetLastError(), "0");
  });
}

test("values are texts", () => {
  const lms = running();
  refuses(lms, "201", lms.LMSSetValue("cmi.core.score.raw", 50), "false");
  refuses(lms, "201", lms.LMSSetValue("cmi.core.score.raw"), "false");
});

test("an interaction is written in order", () => {
  const lms = running();
  for (const [element, value] of [
    ["id", "q-1"],
    ["type", "choice"],
    ["correct_responses.0.pattern", "b"],
    ["student_response", "a"],
    ["result", "wrong"],
  ]) {
    assert.equal(lms.LMSSetValue(`cmi.interactions.0.${element}`, value), "true", element);
  }
  assert.equal(lms.LMSGetValue("cmi.interactions._count"), "1");
  refuses(lms, "405", lms.LMSSetValue("cmi.interactions.0.result", "incorrect"), "false");
  refuses(lms, "201", lms.LMSSetValue("cmi.interactions.0.correct_responses.2.pattern", "a"), "false");
});

test("an element that the LMS does not have is not implemented, and not among the children", () => {
  const lms = running({}, { without: ["cmi.core.score.min"] });
  refuses(lms, "401", lms.LMSSetValue("cmi.core.score.min", "0"), "false");
  assert.equal(lms.LMSGetValue("cmi.core.score._children"), "raw,max");
});

test("errors have the standard's words", () => {
  const lms = new StandInLms12();
  assert.equal(lms.LMSGetErrorString("301"), "Not initialized");
  assert.equal(lms.LMSGetErrorString("999"), "");
});

test("asking for the error does not clear it, and the next call does", () => {
  const lms = running();
  lms.LMSGetValue("cmi.core.exit");
  assert.equal(lms.LMSGetLastError(), "404");
  assert.equal(lms.LMSGetLastError(), "404");
  lms.LMSGetValue("cmi.core.entry");
  assert.equal(lms.LMSGetLastError(), "0");
});

test("every call is written down with its result and error", () => {
  const lms = new StandInLms12();
  lms.LMSCommit("");
  assert.deepEqual(lms.calls, [{ name: "LMSCommit", given: [""], result: "false", error: "301" }]);
  assert.equal(lms.refused.length, 1);
});

function leave(lms, exit, values = {}) {
  for (const [element, value] of Object.entries(values)) assert.equal(lms.LMSSetValue(element, value), "true");
  assert.equal(lms.LMSSetValue("cmi.core.exit", exit), "true");
  assert.equal(lms.LMSFinish(""), "true");
  return JSON.parse(JSON.stringify(lms.saved));
}

const HALF = {
  "cmi.core.lesson_status": "incomplete",
  "cmi.suspend_data": "half",
  "cmi.core.lesson_location": "p2",
  "cmi.core.session_time": "0000:50:30.50",
};

test("entry is ab-initio, then resume only after suspend", () => {
  assert.equal(running().LMSGetValue("cmi.core.entry"), "ab-initio");
  const suspended = leave(running(), "suspend", HALF);
  const next = running(suspended);
  assert.equal(next.LMSGetValue("cmi.core.entry"), "resume");
  assert.equal(next.LMSGetValue("cmi.suspend_data"), "half");
  assert.equal(next.LMSGetValue("cmi.core.lesson_location"), "p2");
  assert.equal(next.LMSGetValue("cmi.core.lesson_status"), "incomplete");
  assert.equal(running(leave(running(), "", HALF)).LMSGetValue("cmi.core.entry"), "");
});

test("an unfinished attempt that was left for good loses its suspend data", () => {
  assert.equal(running(leave(running(), "", HALF)).LMSGetValue("cmi.suspend_data"), "");
});

test("a finished attempt keeps its suspend data", () => {
  const saved = leave(running(), "", { ...HALF, "cmi.core.lesson_status": "completed" });
  assert.equal(running(saved).LMSGetValue("cmi.suspend_data"), "half");
});

test("total time is the sum of the sessions", () => {
  const once = leave(running(), "suspend", HALF);
  const twice = leave(running(once), "suspend", HALF);
  assert.equal(running(twice).LMSGetValue("cmi.core.total_time"), "0001:41:01.00");
});

test("the latest session time counts once, however often it was committed", () => {
  const lms = running();
  lms.LMSSetValue("cmi.core.session_time", "0000:00:10.00");
  lms.LMSCommit("");
  lms.LMSSetValue("cmi.core.session_time", "0000:00:20.00");
  lms.LMSCommit("");
  assert.equal(lms.saved.totalTime, "0000:00:20.00");
});

test("what was not committed is lost with the browser", () => {
  const lms = running();
  lms.LMSSetValue("cmi.suspend_data", "kept");
  lms.LMSCommit("");
  lms.LMSSetValue("cmi.suspend_data", "lost");
  assert.equal(running(lms.saved).LMSGetValue("cmi.suspend_data"), "kept");
});

test("a status left untouched becomes completed", () => {
  const lms = running();
  lms.LMSFinish("");
  assert.equal(lms.saved.status, "completed");
});

test("with a mastery score and a raw score the LMS decides", () => {
  const of = (raw, options) =>
    leave(running({}, { mastery: "80", ...options }), "", {
      "cmi.core.lesson_status": "completed",
      "cmi.core.score.raw": raw,
    }).status;
  assert.equal(of("79.99"), "failed");
  assert.equal(of("80"), "passed");
  assert.equal(of("10", { credit: "no-credit" }), "completed");
});

test("hostile ways can be asked for", () => {
  refuses2("LMSInitialize", new StandInLms12({}, { refuseInitialize: true }));
  refuses2("LMSCommit", running({}, { refuseCommit: true }));
  assert.equal(
    running({ status: "completed" }, { wipeStatus: true }).LMSGetValue("cmi.core.lesson_status"),
    "not attempted",
  );
  assert.equal(running({ suspendData: "x" }, { wipeState: true }).LMSGetValue("cmi.suspend_data"), "");
  assert.equal(new StandInLms12({}, { booleans: true }).LMSInitialize(""), true);
});

function refuses2(name, lms) {
  refuses(lms, "101", lms[name](""), "false");
}
