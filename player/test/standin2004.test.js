import assert from "node:assert/strict";
import { test } from "node:test";
import { StandInLms2004 } from "./standin.js";

function running(saved, options) {
  const lms = new StandInLms2004(saved, options);
  assert.equal(lms.Initialize(""), "true");
  return lms;
}

function refuses(lms, code, result, expected = "false") {
  assert.equal(result, expected);
  assert.equal(lms.GetLastError(), code);
}

function setAll(lms, values) {
  for (const [element, value] of Object.entries(values)) assert.equal(lms.SetValue(element, value), "true", element);
}

/** What a value is called in the name of a test. */
const short = (value) => (value.length > 60 ? `${value.length} characters` : `"${value}"`);

test("the functions that begin, end and commit take the empty string only", () => {
  for (const given of [[], ["x"], [null], ["", ""]]) {
    const before = new StandInLms2004();
    refuses(before, "201", before.Initialize(...given));
    const lms = running();
    refuses(lms, "201", lms.Commit(...given));
    refuses(lms, "201", lms.Terminate(...given));
  }
});

test("a launch is initialized once, and not again when it is over", () => {
  const lms = running();
  refuses(lms, "103", lms.Initialize(""));
  assert.equal(lms.Terminate(""), "true");
  refuses(lms, "104", lms.Initialize(""));
});

test("before and after the session each function has a code of its own", () => {
  const before = new StandInLms2004();
  const after = running();
  after.endSession();
  for (const [name, given, [early, late], expected] of [
    ["Terminate", [""], ["112", "113"], "false"],
    ["GetValue", ["cmi.completion_status"], ["122", "123"], ""],
    ["SetValue", ["cmi.completion_status", "completed"], ["132", "133"], "false"],
    ["Commit", [""], ["142", "143"], "false"],
  ]) {
    refuses(before, early, before[name](...given), expected);
    refuses(after, late, after[name](...given), expected);
  }
});

for (const [element, code] of [
  ["", "301"],
  ["cmi.nothing", "401"],
  ["cmi.core.lesson_status", "401"],
  ["cmi.nothing._count", "401"],
  ["cmi.location._children", "301"],
  ["cmi.score._count", "301"],
  ["cmi.exit", "405"],
  ["cmi.session_time", "405"],
  ["cmi.objectives.0.id", "301"],
  ["cmi.interactions.0.objectives._count", "301"],
  ["adl.data.0.store", "301"],
  ["cmi.suspend_data", "403"],
  ["cmi.location", "403"],
  ["cmi.score.scaled", "403"],
  ["cmi.progress_measure", "403"],
  ["cmi.launch_data", "403"],
  ["cmi.scaled_passing_score", "403"],
  ["cmi.completion_threshold", "403"],
  ["cmi.max_time_allowed", "403"],
]) {
  test(`reading ${element || "the empty name"} is refused with ${code}`, () => {
    const lms = running();
    refuses(lms, code, lms.GetValue(element), "");
  });
}

for (const [element, value] of [
  ["cmi._version", "1.0"],
  ["cmi.completion_status", "unknown"],
  ["cmi.success_status", "unknown"],
  ["cmi.credit", "credit"],
  ["cmi.mode", "normal"],
  ["cmi.entry", "ab-initio"],
  ["cmi.total_time", "PT0H0M0S"],
  ["cmi.objectives._count", "0"],
  ["cmi.score._children", "scaled,raw,min,max"],
  ["adl.nav.request", "_none_"],
  ["adl.nav.request_valid.continue", "unknown"],
  ["adl.nav.request_valid.choice.{target=item-1}", "unknown"],
  ["adl.data._count", "0"],
]) {
  test(`at first ${element} is "${value}"`, () => {
    assert.equal(running().GetValue(element), value);
  });
}

for (const [element, value, code] of [
  ["", "x", "351"],
  ["cmi.nothing", "x", "401"],
  ["cmi.score._children", "x", "404"],
  ["cmi.objectives._count", "1", "404"],
  ["cmi._version", "1", "404"],
  ["cmi.learner_id", "x", "404"],
  ["cmi.entry", "", "404"],
  ["cmi.scaled_passing_score", "0.5", "404"],
  ["cmi.comments_from_lms.0.comment", "x", "404"],
  ["adl.nav.request_valid.previous", "true", "404"],
  ["adl.data.0.store", "x", "351"],
  ["cmi.completion_status", "passed", "406"],
  ["cmi.completion_status", "", "406"],
  ["cmi.success_status", "completed", "406"],
  ["cmi.exit", "Suspend", "406"],
  ["cmi.score.scaled", "1.1", "407"],
  ["cmi.score.scaled", "-1.01", "407"],
  ["cmi.score.scaled", "0,5", "406"],
  ["cmi.score.scaled", "", "406"],
  ["cmi.score.scaled", "1e-1", "406"],
  ["cmi.score.scaled", "0.12345678", "406"],
  ["cmi.score.raw", "fifty", "406"],
  ["cmi.progress_measure", "1.0000001", "407"],
  ["cmi.progress_measure", "-0.1", "407"],
  ["cmi.location", "x".repeat(1001), "406"],
  ["cmi.suspend_data", "x".repeat(64_001), "406"],
  ["cmi.session_time", "0000:10:00", "406"],
  ["cmi.session_time", "P", "406"],
  ["cmi.session_time", "PT", "406"],
  ["cmi.session_time", "PT1.123S", "406"],
  ["cmi.session_time", "PT1M1H", "406"],
  ["cmi.learner_preference.audio_level", "-0.5", "407"],
  ["cmi.learner_preference.audio_captioning", "2", "406"],
  ["cmi.learner_preference.language", "svenska", "406"],
  ["cmi.comments_from_learner.1.comment", "x", "351"],
  ["cmi.comments_from_learner.0.comment", `{lang=sv}${"x".repeat(4001)}`, "406"],
  ["cmi.comments_from_learner.0.timestamp", "2026-02-30 10:00", "406"],
  ["cmi.objectives.0.completion_status", "completed", "408"],
  ["cmi.objectives.1.id", "obj-p1", "351"],
  ["cmi.objectives.0.id", "", "406"],
  ["cmi.objectives.0.id", "two words", "406"],
  ["cmi.interactions.0.type", "choice", "408"],
  ["cmi.interactions.0.id", "q", "406"],
  ["cmi.interactions.0.id", "q-", "406"],
  ["adl.nav.request", "next", "406"],
]) {
  test(`setting ${element || "the empty name"} to ${short(value)} is refused with ${code}`, () => {
    const lms = running();
    refuses(lms, code, lms.SetValue(element, value));
  });
}

for (const [element, value] of [
  ["cmi.completion_status", "not attempted"],
  ["cmi.exit", ""],
  ["cmi.exit", "normal"],
  ["cmi.score.scaled", "-1"],
  ["cmi.score.scaled", "0.6667"],
  ["cmi.score.raw", "1234.5"],
  ["cmi.progress_measure", "0"],
  ["cmi.location", "x".repeat(1000)],
  ["cmi.suspend_data", "x".repeat(64_000)],
  ["cmi.session_time", "PT0H0M0S"],
  ["cmi.session_time", "P1Y2M3DT4H5M6.78S"],
  ["cmi.comments_from_learner.0.comment", `{lang=sv-SE}${"x".repeat(4000)}`],
  ["cmi.comments_from_learner.0.timestamp", "2026-02-03T10:00:00"],
  ["cmi.comments_from_learner.0.timestamp", "2026-02-03T10:00:00.5Z"],
  ["cmi.objectives.0.id", "urn:x-course:obj-p1"],
  ["adl.nav.request", "{target=item-1}choice"],
  ["adl.nav.request", "suspendAll"],
]) {
  test(`setting ${element} to ${short(value)} is taken`, () => {
    const lms = running();
    assert.equal(lms.SetValue(element, value), "true");
    assert.equal(lms.GetLastError(), "0");
  });
}

test("a time with a zone but no fraction of a second is refused", () => {
  const lms = running();
  refuses(lms, "406", lms.SetValue("cmi.comments_from_learner.0.timestamp", "2026-02-03T10:00:00Z"));
});

test("the third edition's suspend data ends at 4,000 characters", () => {
  const lms = running({}, { edition: 3 });
  assert.equal(lms.SetValue("cmi.suspend_data", "x".repeat(4000)), "true");
  refuses(lms, "406", lms.SetValue("cmi.suspend_data", "x".repeat(4001)));
});

test("values are texts", () => {
  const lms = running();
  refuses(lms, "201", lms.SetValue("cmi.score.raw", 50));
  refuses(lms, "201", lms.SetValue("cmi.score.raw"));
  refuses(lms, "201", lms.GetValue(), "");
});

test("an objective has an id of its own, for good", () => {
  const lms = running();
  setAll(lms, { "cmi.objectives.0.id": "obj-p1", "cmi.objectives.1.id": "obj-p2" });
  refuses(lms, "351", lms.SetValue("cmi.objectives.2.id", "obj-p1"));
  refuses(lms, "351", lms.SetValue("cmi.objectives.0.id", "obj-p3"));
  assert.equal(lms.SetValue("cmi.objectives.0.id", "obj-p1"), "true");
  assert.equal(lms.GetValue("cmi.objectives._count"), "2");
  assert.equal(lms.GetValue("cmi.objectives.1.completion_status"), "unknown");
  refuses(lms, "403", lms.GetValue("cmi.objectives.1.progress_measure"), "");
  refuses(lms, "407", lms.SetValue("cmi.objectives.1.progress_measure", "2"));
});

test("the manifest's objectives are there from the beginning, and only once", () => {
  const options = { objectives: ["obj-p1", "obj-p2"] };
  const lms = running({}, options);
  assert.equal(lms.GetValue("cmi.objectives._count"), "2");
  assert.equal(lms.GetValue("cmi.objectives.1.id"), "obj-p2");
  setAll(lms, { "cmi.objectives.1.completion_status": "completed", "cmi.exit": "suspend" });
  lms.Terminate("");
  const next = running(lms.saved, options);
  assert.equal(next.GetValue("cmi.objectives._count"), "2");
  assert.equal(next.GetValue("cmi.objectives.1.completion_status"), "completed");
});

test("at most 100 objectives are kept", () => {
  const lms = running();
  for (let at = 0; at < 100; at += 1) lms.SetValue(`cmi.objectives.${at}.id`, `obj-${at}`);
  assert.deepEqual(lms.refused, []);
  refuses(lms, "351", lms.SetValue("cmi.objectives.100.id", "obj-100"));
});

test("an interaction is written in order, and can be read", () => {
  const lms = running();
  setAll(lms, { "cmi.interactions.0.id": "q-1" });
  refuses(lms, "408", lms.SetValue("cmi.interactions.0.learner_response", "a"));
  refuses(lms, "408", lms.SetValue("cmi.interactions.0.correct_responses.0.pattern", "a"));
  setAll(lms, {
    "cmi.interactions.0.type": "choice",
    "cmi.interactions.0.correct_responses.0.pattern": "a[,]b",
    "cmi.interactions.0.learner_response": "a",
    "cmi.interactions.0.result": "incorrect",
    "cmi.interactions.0.objectives.0.id": "obj-p1",
  });
  refuses(lms, "351", lms.SetValue("cmi.interactions.0.correct_responses.1.pattern", "a[,]b"));
  refuses(lms, "351", lms.SetValue("cmi.interactions.0.correct_responses.2.pattern", "a"));
  refuses(lms, "351", lms.SetValue("cmi.interactions.0.objectives.1.id", "obj-p1"));
  refuses(lms, "406", lms.SetValue("cmi.interactions.0.result", "wrong"));
  assert.equal(lms.GetValue("cmi.interactions._count"), "1");
  assert.equal(lms.GetValue("cmi.interactions.0.learner_response"), "a");
  assert.equal(lms.GetValue("cmi.interactions.0.correct_responses._count"), "1");
  refuses(lms, "403", lms.GetValue("cmi.interactions.0.latency"), "");
});

for (const [type, name, good, bad] of [
  ["true-false", "learner_response", ["true"], ["t", ""]],
  ["choice", "learner_response", ["a", "a[,]b_2", ""], ["a[,]a", "a,b", "a-b", "a[,]"]],
  ["fill-in", "learner_response", ["{lang=sv}ett[,]two"], [Array(11).fill("a").join("[,]")]],
  ["fill-in", "correct_responses.0.pattern", ["{case_matters=true}{order_matters=false}a"], ["x".repeat(251)]],
  ["long-fill-in", "learner_response", ["x".repeat(4000)], ["x".repeat(4001)]],
  ["matching", "learner_response", ["1[.]c[,]2[.]b"], ["1.c", "1[.]"]],
  ["performance", "learner_response", ["step[.]an answer", "[.]x"], ["[.]", "step"]],
  ["sequencing", "learner_response", ["b[,]a"], ["b,a"]],
  ["likert", "learner_response", ["likert_3"], ["a[,]b", ""]],
  ["numeric", "learner_response", ["-4.5"], ["four", "1[:]2"]],
  ["numeric", "correct_responses.0.pattern", ["1[:]2", "[:]2"], ["1", "1:2"]],
  ["other", "learner_response", ["anything"], ["x".repeat(4001)]],
]) {
  test(`a ${name} of type ${type} is what the standard says`, () => {
    const of = (value) => {
      const lms = running();
      setAll(lms, { "cmi.interactions.0.id": "q-1", "cmi.interactions.0.type": type });
      return [lms.SetValue(`cmi.interactions.0.${name}`, value), lms.GetLastError()];
    };
    for (const value of good) assert.deepEqual(of(value), ["true", "0"], short(value));
    for (const value of bad) assert.deepEqual(of(value), ["false", "406"], short(value));
  });
}

test("a question of true or false has one right answer", () => {
  const lms = running();
  setAll(lms, {
    "cmi.interactions.0.id": "q-1",
    "cmi.interactions.0.type": "true-false",
    "cmi.interactions.0.correct_responses.0.pattern": "true",
  });
  refuses(lms, "351", lms.SetValue("cmi.interactions.0.correct_responses.1.pattern", "false"));
});

test("an element that the LMS does not have is not implemented, and not among the children", () => {
  const lms = running({}, { without: ["cmi.interactions", "cmi.score.min"] });
  refuses(lms, "402", lms.GetValue("cmi.interactions._count"), "");
  refuses(lms, "402", lms.SetValue("cmi.interactions.0.id", "q-1"));
  assert.equal(lms.GetValue("cmi.score._children"), "scaled,raw,max");
});

test("errors have the standard's words", () => {
  const lms = new StandInLms2004();
  assert.equal(lms.GetErrorString("133"), "Store Data After Termination");
  assert.equal(lms.GetErrorString("999"), "");
});

test("asking for the error does not clear it, and the next call does", () => {
  const lms = running();
  lms.GetValue("cmi.exit");
  assert.equal(lms.GetLastError(), "405");
  assert.equal(lms.GetDiagnostic("405"), "cmi.exit is write only.");
  assert.equal(lms.GetLastError(), "405");
  lms.GetValue("cmi.entry");
  assert.equal(lms.GetLastError(), "0");
});

test("every call is written down, and a missing value is no refusal", () => {
  const lms = running();
  lms.GetValue("cmi.location");
  lms.GetValue("cmi.exit");
  assert.deepEqual(lms.calls, [
    { name: "Initialize", given: [""], result: "true", error: "0" },
    { name: "GetValue", given: ["cmi.location"], result: "", error: "403" },
    { name: "GetValue", given: ["cmi.exit"], result: "", error: "405" },
  ]);
  assert.deepEqual(lms.refused, lms.calls.slice(2));
});

function leave(lms, exit, values = {}) {
  setAll(lms, { ...values, "cmi.exit": exit });
  assert.equal(lms.Terminate(""), "true");
  return JSON.parse(JSON.stringify(lms.saved));
}

const HALF = {
  "cmi.completion_status": "incomplete",
  "cmi.suspend_data": "half",
  "cmi.location": "p2",
  "cmi.session_time": "PT50M30.5S",
};

test("an attempt goes on after suspend", () => {
  const next = running(leave(running(), "suspend", HALF));
  assert.equal(next.GetValue("cmi.entry"), "resume");
  assert.equal(next.GetValue("cmi.suspend_data"), "half");
  assert.equal(next.GetValue("cmi.location"), "p2");
  assert.equal(next.GetValue("cmi.completion_status"), "incomplete");
});

for (const exit of ["normal", "", "time-out", "logout"]) {
  test(`after "${exit}" a new attempt begins with nothing`, () => {
    const next = running(leave(running(), exit, { ...HALF, "cmi.completion_status": "completed" }));
    assert.equal(next.GetValue("cmi.entry"), "ab-initio");
    assert.equal(next.GetValue("cmi.completion_status"), "unknown");
    refuses(next, "403", next.GetValue("cmi.suspend_data"), "");
  });
}

test("total time is the sum of the sessions of an attempt", () => {
  const once = leave(running(), "suspend", HALF);
  const twice = leave(running(once), "suspend", HALF);
  assert.equal(running(twice).GetValue("cmi.total_time"), "PT1H41M1S");
});

test("the latest session time counts once, however often it was committed", () => {
  const lms = running();
  for (const seconds of [10, 20]) {
    setAll(lms, { "cmi.session_time": `PT${seconds}S` });
    lms.Commit("");
  }
  assert.equal(lms.saved.values["cmi.total_time"], "PT0H0M20S");
});

test("what was not committed is lost with the browser", () => {
  const lms = running();
  setAll(lms, { "cmi.suspend_data": "kept", "cmi.exit": "suspend" });
  lms.Commit("");
  setAll(lms, { "cmi.suspend_data": "lost" });
  assert.equal(running(lms.saved).GetValue("cmi.suspend_data"), "kept");
});

test("with a completion threshold the LMS decides what is completed", () => {
  const lms = running({}, { threshold: "0.8" });
  setAll(lms, { "cmi.completion_status": "completed" });
  assert.equal(lms.GetValue("cmi.completion_status"), "unknown");
  setAll(lms, { "cmi.progress_measure": "0.7999" });
  assert.equal(lms.GetValue("cmi.completion_status"), "incomplete");
  setAll(lms, { "cmi.progress_measure": "0.8", "cmi.completion_status": "incomplete" });
  lms.Commit("");
  assert.equal(lms.saved.values["cmi.completion_status"], "completed");
});

test("with a passing score the LMS decides what is passed", () => {
  const lms = running({}, { mastery: "0.8" });
  setAll(lms, { "cmi.success_status": "passed" });
  assert.equal(lms.GetValue("cmi.success_status"), "unknown");
  setAll(lms, { "cmi.score.scaled": "0.7999" });
  assert.equal(lms.GetValue("cmi.success_status"), "failed");
  setAll(lms, { "cmi.score.scaled": "0.8" });
  lms.Commit("");
  assert.equal(lms.saved.values["cmi.success_status"], "passed");
});

test("hostile ways can be asked for", () => {
  const begun = new StandInLms2004({}, { refuseInitialize: true });
  refuses(begun, "102", begun.Initialize(""));
  const uncommitted = running({}, { refuseCommit: true });
  refuses(uncommitted, "391", uncommitted.Commit(""));
  const unset = running({}, { refuseSet: true });
  refuses(unset, "351", unset.SetValue("cmi.location", "p1"));
  const saved = leave(running(), "suspend", HALF);
  const wiped = running(saved, { wipeStatus: true, wipeState: true });
  assert.equal(wiped.GetValue("cmi.completion_status"), "unknown");
  refuses(wiped, "403", wiped.GetValue("cmi.suspend_data"), "");
  assert.equal(wiped.GetValue("cmi.location"), "p2");
  assert.equal(new StandInLms2004({}, { booleans: true }).Initialize(""), true);
});
