import assert from "node:assert/strict";
import { test } from "node:test";
import { Scorm12API } from "scorm-again/scorm12";
import { findApi, lessonStatus, scorm12, timeSpan } from "../src/lms/scorm12.js";
import { StandInLms12 } from "./standin.js";

const NOTHING = { completed: false, passed: false, failed: false, score: null };
const DONE = { ...NOTHING, completed: true, passed: true };

/** A window that is neither framed nor opened. */
function windowWith(api) {
  const window = { API: api, opener: null };
  window.parent = window;
  return window;
}

/** A window whose every property throws, as one of another origin does; `parent` alone can be read. */
function foreignWindow(parent) {
  return new Proxy(
    {},
    {
      get(_, name) {
        if (name === "parent") return parent;
        throw new Error(`Blocked a frame with origin "x" from accessing ${String(name)}.`);
      },
    },
  );
}

const names = (lms) => lms.calls.map(({ name, given }) => [name, ...given].join(" ").trim());
const sets = (lms) => names(lms).filter((name) => name.startsWith("LMSSetValue"));

async function opened(saved, options, word = "completed", now = Date.now) {
  const lms = new StandInLms12(saved, options);
  const adapter = scorm12(windowWith(lms), word, now);
  const session = await adapter.open();
  return { lms, adapter, session };
}

test("the API is found here", () => {
  const api = new StandInLms12();
  assert.equal(findApi(windowWith(api)), api);
});

function nested(depth, top) {
  let window = top;
  for (let level = 0; level < depth; level += 1) window = { parent: window, opener: null };
  return window;
}

test("the API is found 500 frames up, and the search ends", () => {
  const api = new StandInLms12();
  assert.equal(findApi(nested(500, windowWith(api))), api);
  assert.equal(findApi(nested(501, windowWith(api))), null);
});

test("the nearest API is taken", () => {
  const near = new StandInLms12();
  const inner = { parent: windowWith(new StandInLms12()), opener: null, API: near };
  assert.equal(findApi(inner), near);
});

test("a parent of another origin is passed", () => {
  const api = new StandInLms12();
  assert.equal(findApi({ parent: foreignWindow(windowWith(api)), opener: null }), api);
});

test("parents of another origin up to the top end the search quietly", () => {
  const top = foreignWindow(undefined);
  assert.equal(findApi({ parent: foreignWindow(top), opener: null }), null);
});

test("the API is found in the opener, its parents, and the openers of parents", () => {
  const api = new StandInLms12();
  const alone = windowWith(undefined);
  assert.equal(findApi({ ...alone, opener: windowWith(api) }), api);
  assert.equal(findApi({ ...alone, opener: nested(3, windowWith(api)) }), api);
  const popup = { API: undefined, opener: windowWith(api) };
  popup.parent = popup;
  assert.equal(findApi(nested(2, popup)), api);
});

test("an opener of another origin ends the search quietly", () => {
  assert.equal(findApi({ ...windowWith(undefined), opener: foreignWindow(undefined) }), null);
});

test("something else named API is no LMS", () => {
  assert.equal(findApi(windowWith({ nodeName: "DIV" })), null);
});

test("no API and no frame: no LMS, at once", async () => {
  const before = Date.now();
  assert.equal(await scorm12(windowWith(undefined), "completed").open(), null);
  assert.ok(Date.now() - before < 90);
});

test("in a frame an API that comes late is found", async () => {
  const parent = windowWith(undefined);
  const lms = new StandInLms12();
  setTimeout(() => {
    parent.API = lms;
  }, 150);
  assert.equal((await scorm12({ parent, opener: null }, "completed").open()).status, "none");
});

test("in a frame the search is given up after two seconds", async (t) => {
  let waited = 0;
  t.mock.method(globalThis, "setTimeout", (resume, milliseconds) => {
    waited += milliseconds;
    setImmediate(resume);
  });
  assert.equal(await scorm12({ parent: windowWith(undefined), opener: null }, "completed").open(), null);
  assert.equal(waited, 2000);
});

test("a first launch takes eight calls and no commit", async () => {
  const { lms, session } = await opened();
  assert.deepEqual(names(lms), [
    "LMSInitialize",
    "LMSGetValue cmi.core.lesson_status",
    "LMSGetValue cmi.core.lesson_mode",
    "LMSGetValue cmi.core.credit",
    "LMSGetValue cmi.suspend_data",
    "LMSGetValue cmi.core.lesson_location",
    "LMSSetValue cmi.core.lesson_status incomplete",
    "LMSSetValue cmi.core.exit suspend",
  ]);
  assert.deepEqual(session, { state: "", location: "", status: "none", record: true });
});

test("a later launch takes six", async () => {
  const { lms, session } = await opened({
    status: "incomplete",
    suspendData: "1.0.1.g",
    location: "p1",
    exit: "suspend",
  });
  assert.equal(lms.calls.length, 6);
  assert.deepEqual(session, { state: "1.0.1.g", location: "", status: "incomplete", record: true });
});

test("the location is read when the state is of no use", async () => {
  const { session } = await opened({ status: "incomplete", suspendData: "9.future", location: "p1", exit: "suspend" });
  assert.equal(session.location, "p1");
});

test("an LMS that refuses to begin is told of as a cause", async () => {
  const adapter = scorm12(windowWith(new StandInLms12({}, { refuseInitialize: true })), "completed");
  await assert.rejects(adapter.open(), { cause: "silent" });
  await assert.rejects(adapter.save("1.0..", "p1", NOTHING), { cause: "ended" });
});

test("one save is one commit, and only what changed is set", async () => {
  const { lms, adapter } = await opened({ status: "incomplete", suspendData: "1.0.1.g", exit: "suspend" });
  const before = lms.calls.length;
  await adapter.save("1.0.2.w", "p2", NOTHING);
  assert.deepEqual(names(lms).slice(before), [
    "LMSSetValue cmi.suspend_data 1.0.2.w",
    "LMSSetValue cmi.core.lesson_location p2",
    "LMSCommit",
  ]);
  await adapter.save("1.0.3.w", "p2", NOTHING);
  assert.deepEqual(names(lms).slice(before + 3), ["LMSSetValue cmi.suspend_data 1.0.3.w", "LMSCommit"]);
  await adapter.save("1.0.3.w", "p2", NOTHING);
  assert.equal(lms.calls.length, before + 5);
  assert.equal(lms.saved.suspendData, "1.0.3.w");
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
  ["both", { completed: true, passed: false, failed: true, score: 10 }, "completed"],
  ["both", { completed: true, passed: true, failed: false, score: 90 }, "passed"],
  ["both", { completed: false, passed: false, failed: true, score: 10 }, "incomplete"],
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
    await adapter.save("1.0.1.g", "p1", result);
    adapter.finish("1.0.1.g", "p1", result);
    assert.equal(lms.saved.status, expected);
    assert.deepEqual(lms.refused, []);
  });
}

for (const options of [{ mode: "review" }, { mode: "browse" }, { credit: "no-credit" }]) {
  test(`${JSON.stringify(options)}: state and location are kept, status and score are not written`, async () => {
    const { lms, adapter, session } = await opened({ status: "incomplete", launched: true }, options);
    assert.equal(session.record, false);
    await adapter.save("1.1.1.g", "p1", { ...DONE, score: 100 });
    adapter.finish("1.1.1.g", "p1", { ...DONE, score: 100 });
    assert.deepEqual(
      sets(lms).filter((name) => /status|score/.test(name)),
      [],
    );
    assert.equal(lms.saved.suspendData, "1.1.1.g");
    assert.equal(lms.saved.location, "p1");
  });
}

test("in review a status that was never set is left so", async () => {
  const { lms } = await opened({}, { mode: "review" });
  assert.deepEqual(sets(lms), ["LMSSetValue cmi.core.exit suspend"]);
});

test("a score is set with its limits and before the status", async () => {
  const { lms, adapter } = await opened({ status: "incomplete" }, {}, "passed");
  await adapter.save("1.3.1.g", "p1", { ...DONE, score: 66.67 });
  assert.deepEqual(sets(lms).slice(-4), [
    "LMSSetValue cmi.core.score.min 0",
    "LMSSetValue cmi.core.score.max 100",
    "LMSSetValue cmi.core.score.raw 66.67",
    "LMSSetValue cmi.core.lesson_status passed",
  ]);
  assert.deepEqual(lms.refused, []);
});

test("limits that the LMS does not have are left out", async () => {
  const { lms, adapter } = await opened({}, { without: ["cmi.core.score.min", "cmi.core.score.max"] }, "passed");
  await adapter.save("1.3.1.g", "p1", { ...DONE, score: 100 });
  assert.deepEqual(lms.refused, []);
  assert.equal(lms.saved.score, "100");
});

test("failed is written only when the learner leaves, for until then another answer may pass", async () => {
  const { lms, adapter } = await opened({}, {}, "passed");
  const failed = { ...NOTHING, failed: true, score: 20 };
  await adapter.save("1.0.1.g", "p1", failed);
  assert.equal(lms.saved.status, "incomplete");
  assert.equal(lms.saved.score, "20");
  adapter.finish("1.0.1.g", "p1", failed);
  assert.equal(lms.saved.status, "failed");
  assert.equal(lms.saved.exit, "suspend");
});

test("leaving unfinished suspends, commits and finishes once", async () => {
  let clock = 1000;
  const { lms, adapter } = await opened({}, {}, "completed", () => clock);
  await adapter.save("1.0.1.g", "p1", NOTHING);
  const before = lms.calls.length;
  clock += 61_230;
  adapter.finish("1.0.2.w", "p2", NOTHING);
  assert.deepEqual(names(lms).slice(before), [
    "LMSSetValue cmi.suspend_data 1.0.2.w",
    "LMSSetValue cmi.core.lesson_location p2",
    "LMSSetValue cmi.core.session_time 0000:01:01.23",
    "LMSCommit",
    "LMSFinish",
  ]);
  adapter.finish("1.0.2.w", "p2", NOTHING);
  await assert.rejects(adapter.save("1.0.3.w", "p3", NOTHING), { cause: "ended" });
  assert.equal(lms.calls.length, before + 5);
  const next = await opened(lms.saved);
  assert.equal(next.session.state, "1.0.2.w");
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
    adapter.finish("1.1.1.g", "p1", result);
    assert.equal(lms.saved.exit, exit);
    assert.equal(lms.saved.suspendData, "1.1.1.g");
  });
}

test("a browser that is killed resumes from the latest save", async () => {
  const { lms, adapter } = await opened();
  await adapter.save("1.0.1.g", "p1", NOTHING);
  const next = new StandInLms12(lms.saved);
  const session = await scorm12(windowWith(next), "completed").open();
  assert.equal(session.state, "1.0.1.g");
  assert.equal(next.LMSGetValue("cmi.core.entry"), "resume");
});

test("a commit that fails is told, and the next save sends everything again", async () => {
  const options = { refuseCommit: true };
  const { lms, adapter } = await opened({}, options);
  await assert.rejects(adapter.save("1.1.1.g", "p1", DONE), { cause: "silent" });
  options.refuseCommit = false;
  const before = lms.calls.length;
  await adapter.save("1.1.1.g", "p1", DONE);
  assert.deepEqual(names(lms).slice(before), [
    "LMSSetValue cmi.suspend_data 1.1.1.g",
    "LMSSetValue cmi.core.lesson_location p1",
    "LMSSetValue cmi.core.lesson_status completed",
    "LMSCommit",
  ]);
  assert.equal(lms.saved.status, "completed");
});

test("a state that the LMS refuses is told, and the location arrives all the same", async () => {
  const { lms, adapter } = await opened();
  await assert.rejects(adapter.save("x".repeat(4097), "p1", NOTHING), { cause: "silent" });
  assert.equal(lms.saved.location, "p1");
});

test("the last error is asked for only after a failure", async () => {
  const options = {};
  const { lms, adapter } = await opened({}, options);
  await adapter.save("1.0.1.g", "p1", NOTHING);
  assert.equal(names(lms).filter((name) => name === "LMSGetLastError").length, 0);
  options.refuseCommit = true;
  await assert.rejects(adapter.save("1.0.2.g", "p1", NOTHING));
  assert.equal(names(lms).filter((name) => name === "LMSGetLastError").length, 1);
});

test("a session that the LMS ended is told as ended, and nothing more is called", async () => {
  const { lms, adapter } = await opened();
  lms.endSession();
  await assert.rejects(adapter.save("1.0.1.g", "p1", NOTHING), { cause: "ended" });
  const before = lms.calls.length;
  await assert.rejects(adapter.save("1.0.2.g", "p1", NOTHING), { cause: "ended" });
  adapter.finish("1.0.2.g", "p1", NOTHING);
  assert.equal(lms.calls.length, before);
});

test("an API that throws is told as no answer, and finishing throws nothing", async () => {
  const lms = new StandInLms12();
  const window = windowWith(lms);
  const adapter = scorm12(window, "completed");
  await adapter.open();
  for (const name of ["LMSSetValue", "LMSCommit", "LMSFinish", "LMSGetLastError"]) {
    lms[name] = () => {
      throw new Error("gone");
    };
  }
  await assert.rejects(adapter.save("1.0.1.g", "p1", NOTHING), { cause: "silent" });
  adapter.finish("1.0.1.g", "p1", NOTHING);
});

test("an LMS that answers with booleans is understood", async () => {
  const { lms, adapter, session } = await opened({}, { booleans: true });
  assert.equal(session.status, "none");
  await adapter.save("1.0.1.g", "p1", NOTHING);
  assert.equal(lms.saved.suspendData, "1.0.1.g");
  assert.equal(names(lms).includes("LMSGetLastError"), false);
});

test("an LMS that answers with nothing and tells of no error is believed", async () => {
  const { lms, adapter } = await opened();
  const original = lms.LMSSetValue;
  lms.LMSSetValue = (...given) => {
    original.apply(lms, given);
  };
  await adapter.save("1.0.1.g", "p1", NOTHING);
  assert.equal(lms.saved.suspendData, "1.0.1.g");
});

test("a status that was wiped is set again from the state", async () => {
  const { lms, adapter, session } = await opened(
    { status: "completed", suspendData: "1.1.1.g", launched: true },
    { wipeStatus: true },
  );
  assert.equal(session.status, "none");
  await adapter.save("1.1.1.g", "p1", DONE);
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
  const window = windowWith(new StandInLms12());
  const adapter = scorm12(window, "completed");
  await adapter.open();
  adapter.finish("1.0.1.g", "p1", NOTHING);
  window.API = new StandInLms12(window.API.saved);
  assert.equal((await adapter.open()).state, "1.0.1.g");
  await adapter.save("1.0.2.w", "p2", NOTHING);
  assert.equal(window.API.saved.suspendData, "1.0.2.w");
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
  let adapter = scorm12(windowWith(first), "both");
  assert.deepEqual(await adapter.open(), { state: "", location: "", status: "none", record: true });
  await adapter.save("1.0.1.g", "p1", NOTHING);
  adapter.finish("1.0.1.g", "p1", NOTHING);
  assert.equal(first.cmi.suspend_data, "1.0.1.g");
  assert.equal(first.cmi.core.lesson_location, "p1");
  assert.equal(first.cmi.core.lesson_status, "incomplete");
  assert.equal(first.isTerminated(), true);

  const second = new Scorm12API(settings);
  second.loadFromJSON({
    suspend_data: first.cmi.suspend_data,
    core: { lesson_status: first.cmi.core.lesson_status, entry: "resume", credit: "credit", lesson_mode: "normal" },
  });
  adapter = scorm12(windowWith(second), "both");
  assert.deepEqual(await adapter.open(), { state: "1.0.1.g", location: "", status: "incomplete", record: true });
  await adapter.save("1.3.2.w", "p2", { ...DONE, score: 87.5 });
  adapter.finish("1.3.2.w", "p2", { ...DONE, score: 87.5 });
  assert.equal(second.cmi.core.lesson_status, "passed");
  assert.equal(second.cmi.core.score.raw, "87.5");
  assert.equal(second.lastErrorCode, "0");
});

test("scorm-again refuses none of our calls", async () => {
  const api = new Scorm12API({ autocommit: false, logLevel: 5 });
  const refused = [];
  const watched = new Proxy(api, {
    get(target, name) {
      const value = target[name];
      if (typeof value !== "function" || !String(name).startsWith("LMS")) return value;
      return (...given) => {
        const result = value.apply(target, given);
        if (String(target.lastErrorCode) !== "0") refused.push([name, ...given, target.lastErrorCode]);
        return result;
      };
    },
  });
  const adapter = scorm12(windowWith(watched), "passed");
  await adapter.open();
  await adapter.save("1.0.1.g", "p1", { ...NOTHING, failed: true, score: 33.33 });
  await adapter.save("1.3.1.w", "p2", { ...DONE, score: 100 });
  adapter.finish("1.3.1.w", "p2", { ...DONE, score: 100 });
  assert.deepEqual(refused, []);
});
