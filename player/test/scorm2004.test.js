import assert from "node:assert/strict";
import { test } from "node:test";
import { Scorm2004API } from "scorm-again/scorm2004";
import {
  duration,
  interaction,
  measure,
  passingScore,
  real,
  scorm2004,
  sessionStatus,
  timestamp,
} from "../src/lms/scorm/scorm2004.js";
import { decode, encode } from "../src/state.js";
import { runBy } from "./clock.js";
import { makeCourse } from "./course.js";
import { ANSWER, DONE, FRESH, NOON, NOTHING, REPORTED, unsealed } from "./given.js";
import { StandInLms2004, watched } from "./standin.js";
import { windowWith } from "./windows.js";

const FAILED = { ...NOTHING, failed: true, score: 20, progress: 0.5 };

/** A course that is passed or failed by its check. */
const GRADED = { status: "both", check: { page: "p4-check", mastery: 80 } };

const names = (lms) => lms.calls.map(({ name, given }) => [name, ...given.map(unsealed)].join(" ").trim());
const sets = (lms) =>
  names(lms)
    .filter((name) => name.startsWith("SetValue "))
    .map((name) => name.slice("SetValue ".length));

const windowAround = (api) => windowWith("API_1484_11", api);

async function opened(saved, options, changes, now = Date.now) {
  const lms = new StandInLms2004(saved, options);
  runBy(now);
  const adapter = scorm2004(windowAround(lms), makeCourse(changes));
  const session = await adapter.open();
  return { lms, adapter, session };
}

/** What an LMS holds of an attempt that goes on. */
const attempt = (values) => ({ exit: "suspend", values });

test("a first launch takes ten calls and no commit, and values that are not there yet are no failure", async () => {
  const { lms, session } = await opened();
  assert.deepEqual(names(lms), [
    "Initialize",
    "GetValue cmi.completion_status",
    "GetValue cmi.success_status",
    "GetValue cmi.mode",
    "GetValue cmi.credit",
    "GetValue cmi.suspend_data",
    "GetValue cmi.location",
    "GetValue cmi.learner_id",
    "SetValue cmi.completion_status incomplete",
    "SetValue cmi.exit suspend",
  ]);
  assert.deepEqual(session, FRESH);
  assert.deepEqual(lms.refused, []);
});

test("a later launch takes eight", async () => {
  const saved = attempt({ "cmi.completion_status": "incomplete", "cmi.suspend_data": "1.0.1.g", "cmi.location": "p1" });
  const { lms, session } = await opened(saved);
  assert.equal(lms.calls.length, 8);
  assert.deepEqual({ ...session, state: encode(session.state) }, { ...FRESH, state: "1.0.1.g", status: "incomplete" });
});

test("the location is read when the state is of no use", async () => {
  const saved = attempt({ "cmi.suspend_data": "9.future", "cmi.location": "p1" });
  assert.equal((await opened(saved)).session.location, "p1");
});

test("a first read that fails for any other reason is no failure either", async () => {
  const lms = new StandInLms2004({}, { without: ["cmi.suspend_data", "cmi.location", "cmi.mode", "cmi.credit"] });
  const session = await scorm2004(windowAround(lms), makeCourse()).open();
  assert.deepEqual(session, FRESH);
});

test("a session that was begun already, by a page that went without a word, goes on", async () => {
  const lms = new StandInLms2004();
  lms.Initialize("");
  const adapter = scorm2004(windowAround(lms), makeCourse());
  assert.equal((await adapter.open()).status, "none");
  await adapter.save(decode("1.0.1.g"), "p1", NOTHING);
  assert.equal(unsealed(lms.saved.values["cmi.suspend_data"]), "1.0.1.g");
});

for (const code of [112, 113, 122, 123, 132, 133, 142, 143]) {
  test(`error ${code} is the end of the session`, async () => {
    const { lms, adapter } = await opened();
    lms.Commit = () => "false";
    lms.GetLastError = () => code;
    await assert.rejects(adapter.save(decode("1.0.1.g"), "p1", NOTHING), { cause: "ended" });
    await assert.rejects(adapter.save(decode("1.0.1.g"), "p1", NOTHING), { cause: "ended", message: "save" });
  });
}

test("one save is one commit, only what changed is set, and the state is read back", async () => {
  let clock = 1000;
  const saved = attempt({ "cmi.completion_status": "incomplete", "cmi.suspend_data": "1.0.." });
  const { lms, adapter } = await opened(saved, {}, {}, () => clock);
  const before = lms.calls.length;
  clock += 1000;
  await adapter.save(decode("1.0.2.w"), "p2", { ...NOTHING, progress: 1 / 3 });
  assert.deepEqual(names(lms).slice(before), [
    "SetValue cmi.suspend_data 1.0.2.w",
    "SetValue cmi.location p2",
    "SetValue cmi.progress_measure 0.3333",
    "SetValue cmi.session_time PT0H0M1S",
    "Commit",
    "GetValue cmi.suspend_data",
  ]);
  clock += 1000;
  await adapter.save(decode("1.0.3.w"), "p2", { ...NOTHING, progress: 1 / 3 });
  assert.deepEqual(names(lms).slice(before + 6), [
    "SetValue cmi.suspend_data 1.0.3.w",
    "SetValue cmi.session_time PT0H0M2S",
    "Commit",
    "GetValue cmi.suspend_data",
  ]);
  clock += 1000;
  assert.equal(await adapter.save(decode("1.0.3.w"), "p2", { ...NOTHING, progress: 1 / 3 }), null);
  assert.equal(lms.calls.length, before + 10);
  assert.equal(unsealed(lms.saved.values["cmi.suspend_data"]), "1.0.3.w");
});

for (const [completion, success, expected] of [
  ["unknown", "unknown", "none"],
  ["not attempted", "unknown", "none"],
  ["", "", "none"],
  ["incomplete", "unknown", "incomplete"],
  ["completed", "unknown", "completed"],
  ["completed", "passed", "passed"],
  ["completed", "failed", "completed"],
  ["incomplete", "failed", "failed"],
  ["unknown", "failed", "failed"],
  ["incomplete", "passed", "incomplete"],
  ["unknown", "passed", "none"],
]) {
  test(`completion "${completion}" and success "${success}" are ${expected}`, () => {
    assert.equal(sessionStatus(completion, success), expected);
  });
}

for (const [before, changes, result, expected] of [
  // Nobody judges: success stays unknown, whatever the course makes of it.
  [{}, {}, NOTHING, ["incomplete", "unknown"]],
  [{}, {}, DONE, ["completed", "unknown"]],
  [{}, {}, { ...FAILED, score: null }, ["incomplete", "unknown"]],
  [{}, { status: "passed" }, DONE, ["completed", "passed"]],
  [{}, { status: "completed", check: GRADED.check }, { ...DONE, score: 100 }, ["completed", "passed"]],
  [{}, GRADED, FAILED, ["incomplete", "failed"]],
  [{}, GRADED, { ...FAILED, completed: true }, ["completed", "failed"]],
  [{}, GRADED, { ...DONE, passed: false }, ["completed", "unknown"]],
  [{ completion: "completed" }, {}, NOTHING, ["completed", "unknown"]],
  [{ completion: "completed", success: "passed" }, GRADED, FAILED, ["completed", "passed"]],
  [{ success: "failed" }, GRADED, NOTHING, ["incomplete", "failed"]],
  [{ success: "failed" }, GRADED, DONE, ["completed", "passed"]],
  [{ completion: "not attempted" }, {}, NOTHING, ["incomplete", "unknown"]],
]) {
  test(`${JSON.stringify([before, changes, result])} becomes ${expected}`, async () => {
    const { completion = "incomplete", success = "unknown" } = before;
    const saved = attempt({ "cmi.completion_status": completion, "cmi.success_status": success });
    const { lms, adapter } = await opened(saved, {}, changes);
    await adapter.save(decode("1.0.1.g"), "p1", result);
    adapter.finish(decode("1.0.1.g"), "p1", result);
    const { values } = lms.saved;
    assert.deepEqual([values["cmi.completion_status"], values["cmi.success_status"]], expected);
    assert.deepEqual(lms.refused, []);
  });
}

for (const options of [{ mode: "review" }, { credit: "no-credit" }]) {
  test(`${JSON.stringify(options)}: the state is kept, and of the result only what is better`, async () => {
    const held = {
      "cmi.completion_status": "completed",
      "cmi.success_status": "failed",
      "cmi.score.scaled": "0.4",
      "cmi.suspend_data": "1.1.1.g",
    };
    const { lms, adapter, session } = await opened(attempt(held), options, { ...GRADED, ...REPORTED });
    assert.equal(session.mode, "review");
    const said = () => sets(lms).filter((set) => !/session_time|cmi\.exit|suspend_data|location/.test(set));
    adapter.record(ANSWER);
    await adapter.save(decode("1.1.1.gF"), "p1", { ...FAILED, completed: true, isOpen: true });
    assert.deepEqual(said(), []);
    assert.equal(unsealed(lms.saved.values["cmi.suspend_data"]), "1.1.1.gF");
    await adapter.save(decode("1.3.1.gF"), "p1", { ...DONE, score: 100 });
    assert.deepEqual(said(), [
      "cmi.score.min 0",
      "cmi.score.max 100",
      "cmi.score.raw 100",
      "cmi.score.scaled 1",
      "cmi.progress_measure 1",
      "cmi.success_status passed",
    ]);
  });
}

test("a preview tells nothing of what is done", async () => {
  const { lms, adapter, session } = await opened({}, { mode: "browse" }, { ...GRADED, ...REPORTED });
  assert.equal(session.mode, "browse");
  adapter.record(ANSWER);
  adapter.finish(decode("1.1.1.gF"), "p1", { ...DONE, score: 100 });
  assert.deepEqual(sets(lms), []);
});

test("a score is set with its limits, scaled last, and before what is made of it", async () => {
  const { lms, adapter } = await opened({}, {}, GRADED);
  await adapter.save(decode("1.3.1.g"), "p1", { ...DONE, score: 86.67 });
  const told = sets(lms).filter((set) => !/^cmi\.(suspend_data|location|exit|session_time)/.test(set));
  assert.deepEqual(told, [
    "cmi.completion_status incomplete",
    "cmi.score.min 0",
    "cmi.score.max 100",
    "cmi.score.raw 86.67",
    "cmi.score.scaled 0.8667",
    "cmi.progress_measure 1",
    "cmi.completion_status completed",
    "cmi.success_status passed",
  ]);
  const before = lms.calls.length;
  await adapter.save(decode("1.3.1.g"), "p1", { ...DONE, score: 86.67 });
  assert.equal(lms.calls.length, before);
  assert.deepEqual(lms.refused, []);
});

test("an LMS that has the scaled score alone is given that", async () => {
  const { lms, adapter } = await opened(
    {},
    { without: ["cmi.score.raw", "cmi.score.min", "cmi.score.max", "cmi.progress_measure"] },
    GRADED,
  );
  await adapter.save(decode("1.3.1.g"), "p1", { ...DONE, score: 100 });
  assert.equal(lms.saved.values["cmi.score.scaled"], "1");
  assert.equal(lms.saved.values["cmi.completion_status"], "completed");
});

test("nothing is failed or complete as long as another try is left, and the best score is told", async () => {
  const { lms, adapter } = await opened({}, {}, GRADED);
  const told = () =>
    ["completion_status", "success_status", "score.scaled", "progress_measure"].map(
      (name) => lms.saved.values[`cmi.${name}`],
    );
  const tried = { ...FAILED, completed: true, isOpen: true, progress: 1 };
  await adapter.save(decode("1.1.1.g"), "p1", { ...tried, score: 60 });
  assert.deepEqual(told(), ["incomplete", "unknown", "0.6", "0.9999"]);
  await adapter.save(decode("1.1.1.w"), "p1", { ...tried, score: 20 });
  adapter.finish(decode("1.1.1.w"), "p1", { ...tried, score: 20 });
  assert.deepEqual(told(), ["incomplete", "unknown", "0.6", "0.9999"]);
  assert.equal(lms.saved.exit, "suspend");
});

for (const [rule, result, completion] of [
  ["is met", { completed: true, progress: 1 }, "completed"],
  // Moodle offers another attempt only of what is completed.
  ["asks for the pass", { completed: false, progress: 1 }, "completed"],
  ["is not met", { completed: false, progress: 0.5 }, "incomplete"],
]) {
  test(`who has no try left has failed, and completed what was read to its end: the rule ${rule}`, async () => {
    const { lms, adapter } = await opened({}, {}, GRADED);
    await adapter.save(decode("1.1.1.g"), "p1", { ...FAILED, ...result });
    assert.equal(lms.saved.values["cmi.completion_status"], completion);
    assert.equal(lms.saved.values["cmi.success_status"], "failed");
    assert.equal(lms.saved.exit, "suspend");
  });
}

test("an LMS with a passing score and a completion threshold comes to the same ends", async () => {
  const options = { mastery: "0.8", threshold: "1" };
  const { lms, adapter, session } = await opened({}, options, GRADED);
  assert.equal(session.mastery, 80);
  await adapter.save(decode("1.0.1.g"), "p1", { ...FAILED, isOpen: true, progress: 1 });
  assert.equal(lms.saved.values["cmi.completion_status"], "incomplete");
  await adapter.save(decode("1.3.1.g"), "p1", { ...DONE, score: 80 });
  adapter.finish(decode("1.3.1.g"), "p1", { ...DONE, score: 80 });
  assert.equal(lms.saved.values["cmi.completion_status"], "completed");
  assert.equal(lms.saved.values["cmi.success_status"], "passed");
  assert.equal(lms.saved.exit, "suspend");
  assert.deepEqual(lms.refused, []);
});

test("success that the LMS took from the score alone completes nothing", async () => {
  const saved = attempt({ "cmi.completion_status": "incomplete", "cmi.score.scaled": "0.9" });
  const { lms, session } = await opened(saved, { mastery: "0.8" }, GRADED);
  assert.equal(lms.GetValue("cmi.success_status"), "passed");
  assert.equal(session.status, "incomplete");
});

test("leaving unfinished suspends, commits and terminates once", async () => {
  let clock = 1000;
  const { lms, adapter } = await opened({}, {}, {}, () => clock);
  await adapter.save(decode("1.0.1.g"), "p1", NOTHING);
  const before = lms.calls.length;
  clock += 3_661_230;
  adapter.finish(decode("1.0.2.w"), "p2", NOTHING);
  assert.deepEqual(names(lms).slice(before), [
    "SetValue cmi.suspend_data 1.0.2.w",
    "SetValue cmi.location p2",
    "SetValue cmi.session_time PT1H1M1.23S",
    "Commit",
    "Terminate",
  ]);
  adapter.finish(decode("1.0.2.w"), "p2", NOTHING);
  await assert.rejects(adapter.save(decode("1.0.3.w"), "p3", NOTHING), { cause: "ended" });
  assert.equal(lms.calls.length, before + 5);
  const next = await opened(lms.saved);
  assert.equal(encode(next.session.state), "1.0.2.w");
  assert.equal(next.lms.GetValue("cmi.entry"), "resume");
});

for (const [name, result] of Object.entries({ finished: DONE, unfinished: NOTHING })) {
  test(`a learner who left ${name} finds everything again`, async () => {
    const { lms, adapter } = await opened();
    adapter.finish(decode("1.1.1.g"), "p1", result);
    assert.equal(lms.saved.exit, "suspend");
    const { session, lms: next } = await opened(lms.saved);
    assert.equal(encode(session.state), "1.1.1.g");
    assert.equal(session.status, result.completed ? "completed" : "incomplete");
    assert.equal(next.GetValue("cmi.entry"), "resume");
  });
}

test("a commit that fails is told, and the next save sends everything again", async () => {
  const options = { refuseCommit: true };
  const { lms, adapter } = await opened({}, options, {}, () => 1000);
  const result = { ...DONE, parts: [{ id: "p1", done: 2, total: 2 }] };
  await assert.rejects(adapter.save(decode("1.1.1.g"), "p1", result), { cause: "unkept" });
  options.refuseCommit = false;
  const before = lms.calls.length;
  await adapter.save(decode("1.1.1.g"), "p1", result);
  assert.deepEqual(names(lms).slice(before), [
    "SetValue cmi.suspend_data 1.1.1.g",
    "SetValue cmi.location p1",
    "Commit",
    "SetValue cmi.completion_status completed",
    "SetValue cmi.exit suspend",
    "SetValue cmi.progress_measure 1",
    "SetValue cmi.objectives.0.id obj-p1",
    "SetValue cmi.objectives.0.progress_measure 1",
    "SetValue cmi.objectives.0.completion_status completed",
    "SetValue cmi.session_time PT0H0M0S",
    "Commit",
    "GetValue cmi.suspend_data",
    "GetValue cmi.completion_status",
  ]);
  assert.equal(lms.saved.values["cmi.completion_status"], "completed");
});

for (const [edition, limit] of [
  [3, 4000],
  [4, 64_000],
]) {
  test(`edition ${edition}: ${limit} characters of state are kept, one more is told, and the rest arrives`, async () => {
    const { lms, adapter } = await opened({}, { edition });
    // With the seal.
    const state = (length) => decode(`1.0..${"_".repeat(length - 17)}`);
    await adapter.save(state(limit), "p1", NOTHING);
    await assert.rejects(adapter.save(state(limit + 1), "p2", DONE), { cause: "full" });
    assert.equal(lms.saved.values["cmi.suspend_data"].length, limit);
    assert.equal(lms.saved.values["cmi.location"], "p2");
    assert.equal(lms.saved.values["cmi.completion_status"], "completed");
  });
}

test("a status that was wiped is set again from the state", async () => {
  const saved = attempt({ "cmi.completion_status": "completed", "cmi.suspend_data": "1.1.1.g" });
  const { lms, adapter, session } = await opened(saved, { wipeStatus: true });
  assert.equal(session.status, "none");
  await adapter.save(decode("1.1.1.g"), "p1", DONE);
  assert.equal(lms.saved.values["cmi.completion_status"], "completed");
});

test("a completed course whose state was wiped is not touched at the start", async () => {
  const saved = attempt({ "cmi.completion_status": "completed", "cmi.suspend_data": "1.1.1.g" });
  const { lms, session } = await opened(saved, { wipeState: true });
  assert.equal(session.status, "completed");
  assert.deepEqual(sets(lms), ["cmi.exit suspend"]);
});

test("a launch after leaving opens a new session", async () => {
  const window = windowAround(new StandInLms2004());
  const adapter = scorm2004(window, makeCourse());
  await adapter.open();
  const part = { ...NOTHING, parts: [{ id: "p1", done: 1, total: 2 }] };
  adapter.finish(decode("1.0.1.g"), "p1", part);
  window.API_1484_11 = new StandInLms2004(window.API_1484_11.saved, { objectives: ["obj-p2"] });
  assert.equal(encode((await adapter.open()).state), "1.0.1.g");
  await adapter.save(decode("1.0.2.w"), "p2", { ...part, parts: [{ id: "p1", done: 2, total: 2 }] });
  const { values } = window.API_1484_11.saved;
  assert.equal(unsealed(values["cmi.suspend_data"]), "1.0.2.w");
  assert.equal(values["cmi.objectives.0.completion_status"], "completed");
});

const objectives = ({ saved }) =>
  Object.entries(saved.values)
    .filter(([element]) => element.startsWith("cmi.objectives."))
    .map((each) => each.join(" ").slice("cmi.objectives.".length));

test("a part that was begun is an objective; the manifest's are found by their id, others are appended", async () => {
  const { lms, adapter } = await opened({}, { objectives: ["obj-p9", "obj-p2"] });
  const parts = [
    { id: "p1", done: 1, total: 3 },
    { id: "p2", done: 2, total: 2 },
    { id: "p3", done: 0, total: 4 },
    { id: "p4", done: 0, total: 0 },
  ];
  await adapter.save(decode("1.0.1.g"), "p1", { ...NOTHING, parts });
  assert.deepEqual(objectives(lms), [
    "0.id obj-p9",
    "1.id obj-p2",
    "2.id obj-p1",
    "2.progress_measure 0.3333",
    "2.completion_status incomplete",
    "1.progress_measure 1",
    "1.completion_status completed",
  ]);
  const before = lms.calls.length;
  parts[0].done = 3;
  await adapter.save(decode("1.0.1.g"), "p1", { ...NOTHING, parts });
  assert.deepEqual(
    names(lms)
      .slice(before)
      .filter((name) => !name.includes("session_time")),
    [
      "SetValue cmi.objectives.2.progress_measure 1",
      "SetValue cmi.objectives.2.completion_status completed",
      "Commit",
      "GetValue cmi.suspend_data",
    ],
  );
  assert.deepEqual(lms.refused, []);
});

test("a completed objective stays so, when a new version of the part has more pages", async () => {
  const saved = attempt({
    "cmi.objectives.0.id": "obj-p1",
    "cmi.objectives.0.completion_status": "completed",
    "cmi.objectives.0.progress_measure": "1",
  });
  const { lms, adapter } = await opened(saved);
  await adapter.save(decode("1.0.1.g"), "p1", { ...NOTHING, parts: [{ id: "p1", done: 2, total: 3 }] });
  assert.deepEqual(objectives(lms), ["0.id obj-p1", "0.completion_status completed", "0.progress_measure 1"]);
});

test("an LMS without objectives saves all the same", async () => {
  const { lms, adapter } = await opened({}, { without: ["cmi.objectives"] });
  await adapter.save(decode("1.0.1.g"), "p1", { ...NOTHING, parts: [{ id: "p1", done: 1, total: 1 }] });
  assert.equal(unsealed(lms.saved.values["cmi.suspend_data"]), "1.0.1.g");
});

test("an interaction has its id and type first, names of answers without hyphens, and no zone", () => {
  const question = {
    id: "q-two",
    kind: "choice",
    scored: true,
    answers: [
      { id: "a", right: true },
      { id: "not-this", right: false },
      { id: "but-that", right: true },
    ],
  };
  assert.deepEqual(interaction(question, { ...ANSWER, chosen: ["a", "not-this"] }), [
    ["id", "q-two"],
    ["type", "choice"],
    ["timestamp", "2026-02-03T12:04:05"],
    ["correct_responses.0.pattern", "a[,]but_that"],
    ["learner_response", "a[,]not_this"],
    ["result", "incorrect"],
  ]);
  assert.deepEqual(interaction(question, { ...ANSWER, right: true }).pop(), ["result", "correct"]);
  assert.deepEqual(interaction({ ...question, id: "q" }, ANSWER)[0], ["id", "question-q"]);
});

test("answers are told with the next save, after the records of others", async () => {
  const { lms, adapter } = await opened(
    attempt({ "cmi.interactions.0.id": "q1", "cmi.interactions.0.type": "choice" }),
    {},
    REPORTED,
  );
  adapter.record({ kind: "page", at: NOON, page: "p1-a" });
  adapter.record(ANSWER);
  assert.equal(sets(lms).filter((set) => set.includes("interactions")).length, 0);
  await adapter.save(decode("1.0.1.g"), "p1", NOTHING);
  const { values } = lms.saved;
  assert.equal(values["cmi.interactions.1.id"], "q2");
  assert.equal(values["cmi.interactions.1.correct_responses.0.pattern"], "a[,]b");
  assert.equal(values["cmi.interactions.1.learner_response"], "a[,]c");
  assert.deepEqual(lms.refused, []);
});

test("interactions that the LMS refuses stop nothing", async () => {
  const { lms, adapter } = await opened({}, { without: ["cmi.interactions"] }, REPORTED);
  adapter.record(ANSWER);
  await adapter.save(decode("1.0.1.gF"), "p1", NOTHING);
  assert.equal(unsealed(lms.saved.values["cmi.suspend_data"]), "1.0.1.gF");
});

for (const [milliseconds, expected] of [
  [0, "PT0H0M0S"],
  [9, "PT0H0M0S"],
  [70, "PT0H0M0.07S"],
  [59_999, "PT0H0M59.99S"],
  [60_000, "PT0H1M0S"],
  [3_661_230, "PT1H1M1.23S"],
  [360_000_000, "PT100H0M0S"],
  [-5000, "PT0H0M0S"],
]) {
  test(`${milliseconds} ms is ${expected}`, () => {
    assert.equal(duration(milliseconds), expected);
  });
}

for (const [value, expected] of [
  [0, "0"],
  [1, "1"],
  [2 / 3, "0.6667"],
  [0.8667, "0.8667"],
  [0.00001, "0"],
  [100, "100"],
]) {
  test(`${value} is the real ${expected}`, () => {
    assert.equal(real(value), expected);
  });
}

for (const [done, total, completed, expected] of [
  [0, 3, false, "0"],
  [1, 3, false, "0.3333"],
  [3, 3, false, "0.9999"],
  [99_999, 100_000, false, "0.9999"],
  [3, 3, true, "1"],
  [1, 3, true, "1"],
]) {
  test(`${done} of ${total}, ${completed ? "" : "not "}completed, measures ${expected}`, () => {
    assert.equal(measure(done, total, completed), expected);
  });
}

for (const [value, expected] of [
  ["0.8", 80],
  ["1.0", 100],
  ["0.57", 57],
  ["0.3333333", 33.33333],
  ["", null],
  ["0", null],
  ["-0.5", null],
  ["80", null],
  ["much", null],
]) {
  test(`a scaled passing score of "${value}" asks for ${expected}`, () => {
    assert.equal(passingScore(value), expected);
  });
}

test("the passing score of the LMS is told of a graded course only", async () => {
  const open = async (changes) => {
    const { lms, session } = await opened({}, { mastery: "0.75" }, changes);
    return { mastery: session.mastery, asked: names(lms).includes("GetValue cmi.scaled_passing_score") };
  };
  assert.deepEqual(await open(GRADED), { mastery: 75, asked: true });
  assert.deepEqual(await open({ check: { page: "p4-check", mastery: null } }), { mastery: null, asked: false });
  assert.deepEqual(await open({}), { mastery: null, asked: false });
});

test("where the LMS asks for no score the course's own stands", async () => {
  assert.equal((await opened({}, {}, GRADED)).session.mastery, null);
});

test("a moment is written as the clock on the wall has it", () => {
  assert.equal(timestamp(new Date(2026, 0, 2, 3, 4, 5, 678).getTime()), "2026-01-02T03:04:05");
});

const SETTINGS = { autocommit: false, logLevel: 5 };

/** scorm-again, and what it refused: a value that is not there yet (403) is an answer. */
function again() {
  const api = new Scorm2004API(SETTINGS);
  const { api: seen, refused } = watched(api, "403");
  return { api, refused, window: windowAround(seen) };
}

test("in scorm-again a course is begun, left, resumed and completed", async () => {
  const first = again();
  const course = makeCourse({ ...GRADED, ...REPORTED });
  let adapter = scorm2004(first.window, course);
  assert.deepEqual(await adapter.open(), FRESH);
  const half = { ...NOTHING, progress: 0.5, parts: [{ id: "p1", done: 1, total: 2 }] };
  adapter.record(ANSWER);
  await adapter.save(decode("1.0.1.gF"), "p1", half);
  adapter.finish(decode("1.0.1.gF"), "p1", half);
  const { cmi } = first.api;
  assert.deepEqual(
    [unsealed(cmi.suspend_data), cmi.location, cmi.completion_status, cmi.success_status, cmi.progress_measure],
    ["1.0.1.gF", "p1", "incomplete", "unknown", "0.5"],
  );
  assert.equal(cmi.objectives.childArray[0].id, "obj-p1");
  assert.equal(cmi.objectives.childArray[0].completion_status, "incomplete");
  assert.equal(cmi.interactions.childArray[0].learner_response, "a[,]c");
  assert.equal(first.api.isTerminated(), true);
  assert.deepEqual(first.refused, []);

  const second = again();
  second.api.loadFromJSON({
    suspend_data: cmi.suspend_data,
    completion_status: cmi.completion_status,
    entry: "resume",
    objectives: { 0: { id: "obj-p1", completion_status: "incomplete", progress_measure: "0.5" } },
  });
  adapter = scorm2004(second.window, course);
  const session = await adapter.open();
  assert.deepEqual([encode(session.state), session.status], ["1.0.1.gF", "incomplete"]);
  const whole = { ...DONE, score: 87.5, parts: [{ id: "p1", done: 2, total: 2 }] };
  await adapter.save(decode("1.3.2.w"), "p2", whole);
  adapter.finish(decode("1.3.2.w"), "p2", whole);
  const after = second.api.cmi;
  assert.deepEqual(
    [after.completion_status, after.success_status, after.score.scaled, after.score.raw, after.progress_measure],
    ["completed", "passed", "0.875", "87.5", "1"],
  );
  assert.equal(after.objectives.childArray.length, 1);
  assert.equal(after.objectives.childArray[0].completion_status, "completed");
  assert.deepEqual(second.refused, []);
});

test("scorm-again refuses none of our calls", async () => {
  const { window, refused } = again();
  const adapter = scorm2004(window, makeCourse({ ...GRADED, ...REPORTED, status: "passed" }));
  await adapter.open();
  const parts = ["p1", "p2", "p3"].map((id) => ({ id, done: 1, total: 3 }));
  await adapter.save(decode("1.0.1.g"), "p1", { ...FAILED, score: 33.33, parts });
  for (const question of ["q1", "q2", "q3"]) adapter.record({ ...ANSWER, question, chosen: ["a"], right: false });
  await adapter.save(decode("1.3.1.w"), "p2", {
    ...DONE,
    score: 100,
    parts: parts.map((each) => ({ ...each, done: 3 })),
  });
  adapter.finish(decode("1.3.1.w"), "p2", { ...DONE, score: 100, parts: [] });
  assert.deepEqual(refused, []);
});
