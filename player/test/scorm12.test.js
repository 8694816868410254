import assert from "node:assert/strict";
import { test } from "node:test";
import { Scorm12API } from "scorm-again/scorm12";
import { interaction, lessonStatus, masteryScore, scorm12, time, timeSpan } from "../src/lms/scorm/scorm12.js";
import { decode, encode } from "../src/state.js";
import { runBy } from "./clock.js";
import { makeCourse } from "./course.js";
import { ANSWER, DONE, FRESH, NOON, NOTHING, REPORTED, unsealed } from "./given.js";
import { StandInLms12, watched } from "./standin.js";
import { windowWith } from "./windows.js";

const names = (lms) => lms.calls.map(({ name, given }) => [name, ...given.map(unsealed)].join(" ").trim());
const sets = (lms) => names(lms).filter((name) => name.startsWith("LMSSetValue"));

const course = (status = "completed", changes = {}) => makeCourse({ status, ...changes });
const windowAround = (api) => windowWith("API", api);

async function opened(saved, options, word = "completed", now = Date.now) {
  const lms = new StandInLms12(saved, options);
  runBy(now);
  const adapter = scorm12(windowAround(lms), course(word));
  const session = await adapter.open();
  return { lms, adapter, session };
}

test("a first launch takes nine calls and no commit", async () => {
  const { lms, session } = await opened();
  assert.deepEqual(names(lms), [
    "LMSInitialize",
    "LMSGetValue cmi.core.lesson_status",
    "LMSGetValue cmi.core.lesson_mode",
    "LMSGetValue cmi.core.credit",
    "LMSGetValue cmi.suspend_data",
    "LMSGetValue cmi.core.lesson_location",
    "LMSGetValue cmi.core.student_id",
    "LMSSetValue cmi.core.lesson_status incomplete",
    "LMSSetValue cmi.core.exit suspend",
  ]);
  assert.deepEqual(session, FRESH);
});

test("a later launch takes seven", async () => {
  const { lms, session } = await opened({
    status: "incomplete",
    suspendData: "1.0.1.g",
    location: "p1",
    exit: "suspend",
  });
  assert.equal(lms.calls.length, 7);
  assert.deepEqual({ ...session, state: encode(session.state) }, { ...FRESH, state: "1.0.1.g", status: "incomplete" });
});

test("the location is read when the state is of no use", async () => {
  const { session } = await opened({ status: "incomplete", suspendData: "9.future", location: "p1", exit: "suspend" });
  assert.equal(session.location, "p1");
});

test("one save is one commit, only what changed is set, and the state is read back", async () => {
  let clock = 1000;
  const saved = { status: "incomplete", suspendData: "1.0.1.g", exit: "suspend" };
  const { lms, adapter } = await opened(saved, {}, "completed", () => clock);
  const before = lms.calls.length;
  clock += 1000;
  await adapter.save(decode("1.0.2.w"), "p2", NOTHING);
  assert.deepEqual(names(lms).slice(before), [
    "LMSSetValue cmi.suspend_data 1.0.2.w",
    "LMSSetValue cmi.core.lesson_location p2",
    "LMSSetValue cmi.core.session_time 0000:00:01.00",
    "LMSCommit",
    "LMSGetValue cmi.suspend_data",
  ]);
  clock += 1000;
  await adapter.save(decode("1.0.3.w"), "p2", NOTHING);
  assert.deepEqual(names(lms).slice(before + 5), [
    "LMSSetValue cmi.suspend_data 1.0.3.w",
    "LMSSetValue cmi.core.session_time 0000:00:02.00",
    "LMSCommit",
    "LMSGetValue cmi.suspend_data",
  ]);
  clock += 1000;
  await adapter.save(decode("1.0.3.w"), "p2", NOTHING);
  assert.equal(lms.calls.length, before + 9);
  assert.equal(unsealed(lms.saved.suspendData), "1.0.3.w");
});

for (const [word, result, expected] of [
  ["completed", NOTHING, "incomplete"],
  ["completed", { completed: true, passed: false, failed: false, score: null }, "completed"],
  ["completed", { completed: true, passed: true, failed: false, score: 90 }, "completed"],
  ["completed", { completed: true, passed: false, failed: true, score: 10 }, "completed"],
  ["completed", { completed: false, passed: false, failed: true, score: 10 }, "incomplete"],
  ["passed", NOTHING, "incomplete"],
  ["passed", { completed: true, passed: true, failed: false, score: null }, "passed"],
  ["passed", { completed: true, passed: false, failed: true, score: 10 }, "failed"],
  ["passed", { completed: false, passed: false, failed: true, score: 10 }, "failed"],
  ["passed", { completed: true, passed: false, failed: false, score: null }, "incomplete"],
  ["both", NOTHING, "incomplete"],
  ["both", { completed: true, passed: false, failed: false, score: null }, "completed"],
  ["both", { completed: true, passed: false, failed: true, score: 10 }, "failed"],
  ["both", { completed: true, passed: true, failed: false, score: 90 }, "passed"],
  ["both", { completed: false, passed: false, failed: true, score: 10 }, "failed"],
  // Another try is left: any other word would end the attempt in most LMSs.
  ["passed", { completed: true, passed: false, failed: true, isOpen: true, score: 10 }, "incomplete"],
  ["both", { completed: true, passed: false, failed: false, isOpen: true, score: 10 }, "incomplete"],
]) {
  test(`status word ${word} for ${JSON.stringify(result)} is ${expected}`, () => {
    assert.equal(lessonStatus(word, result), expected);
  });
}

for (const [held, word, result, expected] of [
  ["completed", "completed", NOTHING, "completed"],
  ["passed", "completed", DONE, "passed"],
  ["passed", "passed", { ...NOTHING, failed: true, score: 0 }, "passed"],
  ["completed", "both", DONE, "passed"],
  ["failed", "passed", NOTHING, "failed"],
  ["failed", "passed", DONE, "passed"],
  ["browsed", "completed", DONE, "completed"],
  ["incomplete", "completed", DONE, "completed"],
]) {
  test(`${held} with ${word} and ${JSON.stringify(result)} stays or becomes ${expected}`, async () => {
    const { lms, adapter } = await opened(
      { status: held, suspendData: "1.0..", exit: "suspend", launched: true },
      {},
      word,
    );
    await adapter.save(decode("1.0.1.g"), "p1", result);
    adapter.finish(decode("1.0.1.g"), "p1", result);
    assert.equal(lms.saved.status, expected);
    assert.deepEqual(lms.refused, []);
  });
}

for (const options of [{ mode: "review" }, { credit: "no-credit" }]) {
  const said = (lms) => sets(lms).filter((name) => /status|score\.raw/.test(name));

  test(`${JSON.stringify(options)}: the state is kept, and of the result only what is better`, async () => {
    const held = { status: "completed", score: "70", suspendData: "1.1.1.g", launched: true };
    const lms = new StandInLms12(held, options);
    const graded = course("both", { check: { page: "p4-check", mastery: 80 } });
    const adapter = scorm12(windowAround(lms), graded);
    assert.equal((await adapter.open()).mode, "review");
    await adapter.save(decode("1.1.2.w"), "p1", { ...NOTHING, isOpen: true, score: 20 });
    assert.deepEqual(said(lms), []);
    assert.equal(unsealed(lms.saved.suspendData), "1.1.2.w");
    await adapter.save(decode("1.3.2.w"), "p1", { ...DONE, score: 90 });
    adapter.finish(decode("1.3.2.w"), "p1", { ...DONE, score: 90 });
    assert.deepEqual(said(lms), ["LMSSetValue cmi.core.score.raw 90", "LMSSetValue cmi.core.lesson_status passed"]);
  });
}

for (const [status, told] of [
  [undefined, ["LMSSetValue cmi.core.lesson_status browsed"]],
  ["incomplete", []],
]) {
  test(`a preview of what is ${status} tells nothing of what is done`, async () => {
    const { lms, adapter, session } = await opened({ status, launched: status !== undefined }, { mode: "browse" });
    assert.equal(session.mode, "browse");
    adapter.record({ kind: "page", at: 0, page: "p1-a" });
    assert.equal(adapter.hold(decode("1.1.1.g"), "p1"), false);
    adapter.finish(decode("1.1.1.g"), "p1", { ...DONE, score: 100 });
    assert.deepEqual(sets(lms), told);
  });
}

test("a score is set with its limits and before the status", async () => {
  const { lms, adapter } = await opened({ status: "incomplete" }, {}, "passed");
  await adapter.save(decode("1.3.1.g"), "p1", { ...DONE, score: 66.67 });
  assert.deepEqual(
    sets(lms).filter((name) => /score|status passed/.test(name)),
    [
      "LMSSetValue cmi.core.score.min 0",
      "LMSSetValue cmi.core.score.max 100",
      "LMSSetValue cmi.core.score.raw 66.67",
      "LMSSetValue cmi.core.lesson_status passed",
    ],
  );
  assert.deepEqual(lms.refused, []);
});

test("limits that the LMS does not have are left out", async () => {
  const { lms, adapter } = await opened({}, { without: ["cmi.core.score.min", "cmi.core.score.max"] }, "passed");
  await adapter.save(decode("1.3.1.g"), "p1", { ...DONE, score: 100 });
  assert.deepEqual(lms.refused, []);
  assert.equal(lms.saved.score, "100");
});

test("nothing is failed as long as another try is left, and the best score is told", async () => {
  const { lms, adapter } = await opened({}, {}, "passed");
  for (const [score, best] of [
    [20, 20],
    [60, 60],
    [40, 60],
  ]) {
    await adapter.save(decode("1.0.1.g"), "p1", { ...NOTHING, failed: true, isOpen: true, score });
    assert.deepEqual([lms.saved.status, lms.saved.score], ["incomplete", String(best)]);
  }
  adapter.finish(decode("1.0.1.g"), "p1", { ...NOTHING, failed: true, isOpen: true, score: 60 });
  assert.deepEqual([lms.saved.status, lms.saved.exit], ["incomplete", "suspend"]);
});

test("who has no try left has failed", async () => {
  const { lms, adapter } = await opened({}, {}, "passed");
  await adapter.save(decode("1.0.1.g"), "p1", { ...NOTHING, failed: true, score: 20 });
  assert.deepEqual([lms.saved.status, lms.saved.score], ["failed", "20"]);
});

test("leaving unfinished suspends, commits and finishes once", async () => {
  let clock = 1000;
  const { lms, adapter } = await opened({}, {}, "completed", () => clock);
  await adapter.save(decode("1.0.1.g"), "p1", NOTHING);
  const before = lms.calls.length;
  clock += 61_230;
  adapter.finish(decode("1.0.2.w"), "p2", NOTHING);
  assert.deepEqual(names(lms).slice(before), [
    "LMSSetValue cmi.suspend_data 1.0.2.w",
    "LMSSetValue cmi.core.lesson_location p2",
    "LMSSetValue cmi.core.session_time 0000:01:01.23",
    "LMSCommit",
    "LMSFinish",
  ]);
  adapter.finish(decode("1.0.2.w"), "p2", NOTHING);
  await assert.rejects(adapter.save(decode("1.0.3.w"), "p3", NOTHING), { cause: "ended" });
  assert.equal(lms.calls.length, before + 5);
  const next = await opened(lms.saved);
  assert.equal(encode(next.session.state), "1.0.2.w");
  assert.equal(next.lms.LMSGetValue("cmi.core.entry"), "resume");
});

for (const [word, result, exit] of [
  ["completed", DONE, ""],
  ["passed", DONE, ""],
  ["both", DONE, ""],
  ["both", { ...NOTHING, completed: true }, "suspend"],
  ["passed", NOTHING, "suspend"],
]) {
  test(`status word ${word}, completed ${result.completed}, passed ${result.passed}: exit is "${exit}"`, async () => {
    const { lms, adapter } = await opened({}, {}, word);
    adapter.finish(decode("1.1.1.g"), "p1", result);
    assert.equal(lms.saved.exit, exit);
    assert.equal(unsealed(lms.saved.suspendData), "1.1.1.g");
  });
}

test("a commit that fails is told, and the next save sends everything again", async () => {
  const options = { refuseCommit: true };
  const { lms, adapter } = await opened({}, options, "completed", () => 1000);
  await assert.rejects(adapter.save(decode("1.1.1.g"), "p1", DONE), { cause: "unkept" });
  options.refuseCommit = false;
  const before = lms.calls.length;
  await adapter.save(decode("1.1.1.g"), "p1", DONE);
  assert.deepEqual(names(lms).slice(before), [
    "LMSSetValue cmi.suspend_data 1.1.1.g",
    "LMSSetValue cmi.core.lesson_location p1",
    "LMSCommit",
    // Some LMSs send again only what has changed since they sent it in vain.
    "LMSSetValue cmi.core.lesson_status incomplete",
    "LMSCommit",
    "LMSSetValue cmi.core.lesson_status completed",
    "LMSSetValue cmi.core.exit suspend",
    "LMSSetValue cmi.core.session_time 0000:00:00.00",
    "LMSCommit",
    "LMSGetValue cmi.suspend_data",
    "LMSGetValue cmi.core.lesson_status",
  ]);
  assert.equal(lms.saved.status, "completed");
});

test("a state that the LMS refuses is told, and the location arrives all the same", async () => {
  const { lms, adapter } = await opened();
  await assert.rejects(adapter.save(decode(`1.0..${"_".repeat(4092)}`), "p1", NOTHING), { cause: "full" });
  assert.equal(lms.saved.location, "p1");
});

test("a status that was wiped is set again from the state", async () => {
  const { lms, adapter, session } = await opened(
    { status: "completed", suspendData: "1.1.1.g", launched: true },
    { wipeStatus: true },
  );
  assert.equal(session.status, "none");
  await adapter.save(decode("1.1.1.g"), "p1", DONE);
  assert.equal(lms.saved.status, "completed");
});

test("a completed course whose state was wiped is not touched at the start", async () => {
  const { lms, session } = await opened(
    { status: "completed", suspendData: "1.1.1.g", launched: true },
    { wipeState: true },
  );
  assert.equal(session.status, "completed");
  assert.deepEqual(sets(lms), ["LMSSetValue cmi.core.exit suspend"]);
});

test("a launch after finishing opens a new session", async () => {
  const window = windowAround(new StandInLms12());
  const adapter = scorm12(window, course("completed"));
  await adapter.open();
  adapter.finish(decode("1.0.1.g"), "p1", NOTHING);
  window.API = new StandInLms12(window.API.saved);
  assert.equal(encode((await adapter.open()).state), "1.0.1.g");
  await adapter.save(decode("1.0.2.w"), "p2", NOTHING);
  assert.equal(unsealed(window.API.saved.suspendData), "1.0.2.w");
});

for (const [value, expected] of [
  ["80", 80],
  ["66.5", 66.5],
  ["100", 100],
  ["", null],
  [" ", null],
  ["0", null],
  ["-1", null],
  ["101", null],
  ["eighty", null],
]) {
  test(`a mastery score of "${value}" asks for ${expected}`, () => {
    assert.equal(masteryScore(value), expected);
  });
}

test("the mastery score of the LMS is told of a graded course only", async () => {
  const open = async (check) => {
    const lms = new StandInLms12({}, { mastery: "75" });
    const { mastery } = await scorm12(windowAround(lms), course("both", { check })).open();
    return { mastery, asked: names(lms).includes("LMSGetValue cmi.student_data.mastery_score") };
  };
  assert.deepEqual(await open({ page: "p4-check", mastery: 80 }), { mastery: 75, asked: true });
  assert.deepEqual(await open({ page: "p4-check", mastery: null }), { mastery: null, asked: false });
  assert.deepEqual(await open(null), { mastery: null, asked: false });
});

test("where the LMS compares scores, one that is good enough too early does not finish the course", async () => {
  const graded = course("both", { check: { page: "p4-check", mastery: 80 } });
  const early = { completed: false, passed: false, failed: false, score: 100, progress: 0.5, parts: [] };
  const lms = new StandInLms12({}, { mastery: "80" });
  const adapter = scorm12(windowAround(lms), graded);
  await adapter.open();
  await adapter.save(decode("1.0.1.g"), "p1", early);
  adapter.finish(decode("1.0.1.g"), "p1", early);
  assert.equal(lms.saved.status, "incomplete");

  const next = new StandInLms12(lms.saved, { mastery: "80" });
  const again = scorm12(windowAround(next), graded);
  await again.open();
  again.finish(decode("1.3.1.g"), "p1", { ...early, completed: true, passed: true, progress: 1 });
  assert.deepEqual([next.saved.status, next.saved.score], ["passed", "100"]);
});

test("an LMS without a mastery score leaves it to the course", async () => {
  const lms = new StandInLms12({}, { without: ["cmi.student_data"] });
  const graded = course("both", { check: { page: "p4-check", mastery: 80 } });
  assert.equal((await scorm12(windowAround(lms), graded).open()).mastery, null);
});

test("an interaction names answers by their place and time by the clock on the wall", () => {
  const [, question] = makeCourse().questions;
  assert.deepEqual(interaction(question, ANSWER), [
    ["id", "q2"],
    ["time", "12:04:05"],
    ["type", "choice"],
    ["correct_responses.0.pattern", "a,b"],
    ["student_response", "a,c"],
    ["result", "wrong"],
  ]);
  const right = interaction(question, { ...ANSWER, chosen: ["b", "a"], right: true });
  assert.deepEqual(right.slice(-2), [
    ["student_response", "a,b"],
    ["result", "correct"],
  ]);
});

test("36 answers have 36 names of one character", () => {
  const ids = Array.from({ length: 36 }, (_, at) => `answer-${at}`);
  const question = { id: "q", kind: "choice", scored: true, answers: ids.map((id) => ({ id, right: false })) };
  const response = interaction(question, { ...ANSWER, chosen: ids })[4][1].split(",");
  assert.equal(new Set(response).size, 36);
  assert.ok(response.every((name) => /^[0-9a-z]$/.test(name)));
});

test("the time of day has two digits each", () => {
  assert.equal(time(new Date(2026, 0, 1, 3, 4, 5).getTime()), "03:04:05");
});

async function reported(saved, options, changes = REPORTED) {
  const lms = new StandInLms12(saved, options);
  const adapter = scorm12(windowAround(lms), course("completed", changes));
  await adapter.open();
  return { lms, adapter };
}

test("answers are told with the next save", async () => {
  const { lms, adapter } = await reported();
  adapter.record({ kind: "page", at: NOON, page: "p1-a" });
  adapter.record(ANSWER);
  assert.equal(sets(lms).filter((name) => name.includes("interactions")).length, 0);
  await adapter.save(decode("1.0.1.g"), "p1", NOTHING);
  assert.ok(sets(lms).includes("LMSSetValue cmi.interactions.0.id q2"));
  assert.deepEqual(lms.refused, []);
});

test("in review no answer is told", async () => {
  const { lms, adapter } = await reported({}, { mode: "review" });
  adapter.record(ANSWER);
  await adapter.save(decode("1.0.1.g"), "p1", NOTHING);
  assert.equal(names(lms).filter((name) => name.includes("interactions")).length, 0);
});

for (const without of [["cmi.interactions"], ["cmi.interactions.0.time"], ["cmi.interactions.0.id"]]) {
  test(`an LMS without ${without} saves all the same`, async () => {
    const { lms, adapter } = await reported({}, { without });
    adapter.record(ANSWER);
    assert.equal(await adapter.save(decode("1.0.1.gF"), "p1", NOTHING), null);
    assert.equal(unsealed(lms.saved.suspendData), "1.0.1.gF");
    const before = lms.calls.length;
    await adapter.save(decode("1.0.1.gF"), "p1", NOTHING);
    assert.equal(lms.calls.length, before);
  });
}

test("an answer that the session did not live to take is told in the next one", async () => {
  const window = windowAround(new StandInLms12());
  const adapter = scorm12(window, course("completed", REPORTED));
  await adapter.open();
  adapter.record(ANSWER);
  window.API.endSession();
  await assert.rejects(adapter.save(decode("1.0.1.g"), "p1", NOTHING), { cause: "ended" });
  window.API = new StandInLms12();
  await adapter.open();
  await adapter.save(decode("1.0.1.g"), "p1", NOTHING);
  assert.ok(sets(window.API).includes("LMSSetValue cmi.interactions.0.student_response a,c"));
});

for (const [milliseconds, expected] of [
  [0, "0000:00:00.00"],
  [9, "0000:00:00.00"],
  [10, "0000:00:00.01"],
  [59_999, "0000:00:59.99"],
  [60_000, "0000:01:00.00"],
  [3_599_990, "0000:59:59.99"],
  [3_600_000, "0001:00:00.00"],
  [36_000_000_000, "9999:59:59.99"],
  [-5000, "0000:00:00.00"],
]) {
  test(`${milliseconds} ms is ${expected}`, () => {
    assert.equal(timeSpan(milliseconds), expected);
  });
}

test("in scorm-again a course is begun, left, resumed and completed", async () => {
  const settings = { autocommit: false, logLevel: 5 };
  const first = new Scorm12API(settings);
  let adapter = scorm12(windowAround(first), course("both"));
  assert.deepEqual(await adapter.open(), FRESH);
  await adapter.save(decode("1.0.1.g"), "p1", NOTHING);
  adapter.finish(decode("1.0.1.g"), "p1", NOTHING);
  assert.equal(unsealed(first.cmi.suspend_data), "1.0.1.g");
  assert.equal(first.cmi.core.lesson_location, "p1");
  assert.equal(first.cmi.core.lesson_status, "incomplete");
  assert.equal(first.isTerminated(), true);

  const second = new Scorm12API(settings);
  second.loadFromJSON({
    suspend_data: first.cmi.suspend_data,
    core: { lesson_status: first.cmi.core.lesson_status, entry: "resume", credit: "credit", lesson_mode: "normal" },
  });
  adapter = scorm12(windowAround(second), course("both"));
  const next = await adapter.open();
  assert.deepEqual({ ...next, state: encode(next.state) }, { ...FRESH, state: "1.0.1.g", status: "incomplete" });
  await adapter.save(decode("1.3.2.w"), "p2", { ...DONE, score: 87.5 });
  adapter.finish(decode("1.3.2.w"), "p2", { ...DONE, score: 87.5 });
  assert.equal(second.cmi.core.lesson_status, "passed");
  assert.equal(second.cmi.core.score.raw, "87.5");
  assert.equal(second.lastErrorCode, "0");
});

test("scorm-again refuses none of our calls", async () => {
  const { api, refused } = watched(new Scorm12API({ autocommit: false, logLevel: 5 }));
  const graded = { ...REPORTED, check: { page: "p4-check", mastery: 80 } };
  const adapter = scorm12(windowAround(api), course("passed", graded));
  await adapter.open();
  adapter.record(ANSWER);
  await adapter.save(decode("1.0.1.g"), "p1", { ...NOTHING, failed: true, score: 33.33 });
  await adapter.save(decode("1.3.1.w"), "p2", { ...DONE, score: 100 });
  adapter.finish(decode("1.3.1.w"), "p2", { ...DONE, score: 100 });
  assert.deepEqual(refused, []);
});
