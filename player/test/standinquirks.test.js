// That each quirk is what it is called, in an LMS that is strict in all else.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { takeTime } from "./clock.js";
import { QUIRKS, QuirkyLms, StandInLms12, StandInLms2004 } from "./standin.js";

const STRICT = { 1.2: StandInLms12, 2004: StandInLms2004 };
const tested = new Set();

/** A launch, its functions under one name for both versions. */
function launched(version, names, saved = {}, options = {}) {
  const lms = new QuirkyLms(STRICT[version], version, names, saved, options);
  const { begin, end, get, set, commit, error } = lms.names;
  return {
    lms,
    E: lms.elements,
    begin: (...given) => lms[begin](...(given.length ? given : [""])),
    end: () => lms[end](""),
    get: (element) => lms[get](element),
    set: (element, value) => lms[set](element, value),
    commit: () => lms[commit](""),
    code: () => lms[error](),
  };
}

function begun(version, names, saved, options) {
  const line = launched(version, names, saved, options);
  line.begin();
  return line;
}

/** A visit that sets this and is left by suspending it. */
function visit(version, names, values, saved, options) {
  const line = begun(version, names, saved, options);
  line.set(line.E.exit, "suspend");
  for (const [name, value] of Object.entries(values)) line.set(line.E[name] || name, value);
  line.end();
  mock.timers.tick(1000);
  return line.lms;
}

beforeEach(() => {
  takeTime(Date.UTC(2026, 0, 5, 9));
});

function quirk(name, run) {
  tested.add(name);
  for (const version of ["1.2", "2004"]) {
    if (QUIRKS[name].only && QUIRKS[name].only !== version) continue;
    test(`${version}: ${name}: ${QUIRKS[name].what}`, () => run(version));
  }
}

const WORK = { status: "incomplete", state: "s", location: "p1" };

quirk("strict", (version) => {
  const line = begun(version, ["strict"]);
  assert.deepEqual([line.set(line.E.score, "much"), line.code()], ["false", version === "1.2" ? "405" : "406"]);
});

quirk("mute", (version) => {
  const line = launched(version, ["mute"]);
  const answers = [line.begin(), line.set(line.E.state, "s"), line.get(line.E.state), line.commit(), line.code()];
  assert.deepEqual([...answers, line.end(), line.lms.saved], ["", "", "", "", "", "", {}]);
});

quirk("booleans", (version) => {
  const line = launched(version, ["booleans"]);
  const answers = [line.begin(), line.set(line.E.state, "s"), line.set("cmi.nothing", "x"), line.commit(), line.end()];
  assert.deepEqual(answers, [true, true, false, true, true]);
  assert.equal(line.lms.kept[line.E.state], "s");
});

quirk("slow", (version) => {
  const line = begun(version, ["slow"]);
  let now = Date.now();
  mock.method(Date, "now", () => {
    now += 100;
    return now;
  });
  const before = now;
  assert.equal(line.commit(), "true");
  assert.ok(now - before >= 1000);
});

quirk("no-optional-elements", (version) => {
  const line = begun(version, ["no-optional-elements"]);
  for (const each of ["cmi.interactions.0.id", "cmi.objectives.0.id", "cmi.comments"]) {
    assert.deepEqual([line.set(each, "a"), line.code()], ["false", "401"]);
  }
  assert.deepEqual([line.get("cmi.student_data.mastery_score"), line.code()], ["", "401"]);
  assert.equal(line.set(line.E.state, "s"), "true");
});

quirk("truncating", (version) => {
  const line = begun(version, ["truncating"]);
  assert.deepEqual([line.set(line.E.state, "s".repeat(5000)), line.code()], ["true", "0"]);
  line.end();
  assert.equal(line.lms.kept[line.E.state], "s".repeat(4096));
  assert.equal(line.lms.calls[1].given[1].length, 5000);
});

quirk("api-late", (version) => {
  const { lms } = launched(version, ["api-late"]);
  const window = {};
  lms.enter(window);
  mock.timers.tick(1499);
  assert.deepEqual(window, {});
  mock.timers.tick(1);
  assert.deepEqual(window, { [version === "1.2" ? "API" : "API_1484_11"]: lms });
});

for (const [name, place] of [
  ["api-in-opener", "window"],
  ["parent-of-other-origin", "other origin"],
]) {
  quirk(name, (version) => {
    assert.deepEqual([launched(version, [name]).lms.place, launched(version, []).lms.place], [place, "frame"]);
  });
}

quirk("session-key-dies", (version) => {
  const line = begun(version, ["session-key-dies"]);
  line.lms.endSession();
  assert.deepEqual([line.set(line.E.state, "s"), line.get(line.E.state)], ["true", "s"]);
  for (const again of [1, 2]) assert.deepEqual([line.commit(), line.code(), again], ["false", "101", again]);
  assert.deepEqual([line.end(), line.lms.saved], ["false", {}]);
});

quirk("read-empty-status", (version) => {
  const { saved } = visit(version, [], WORK);
  const line = begun(version, ["read-empty-status"], saved);
  assert.deepEqual(
    [line.get(line.E.status), line.get(line.E.mode), line.code(), line.get(line.E.state)],
    ["", "", "0", "s"],
  );
});

quirk("entry-never-filled", (version) => {
  const line = begun(version, ["entry-never-filled"]);
  assert.deepEqual([line.get(line.E.entry), line.get(line.E.mode)], ["", ""]);
});

quirk("entry-always-ab-initio", (version) => {
  const line = begun(version, ["entry-always-ab-initio"], visit(version, [], WORK).saved);
  assert.deepEqual([line.get(line.E.entry), line.get(line.E.state)], ["ab-initio", "s"]);
});

quirk("entry-always-resume", (version) => {
  const first = begun(version, ["entry-always-resume"]);
  assert.equal(first.get(first.E.entry), "ab-initio");
  first.set(first.E.exit, "logout");
  first.end();
  const line = begun(version, ["entry-always-resume"], first.lms.saved);
  assert.equal(line.get(line.E.entry), "resume");
});

quirk("readback-frozen", (version) => {
  const names = ["readback-frozen"];
  const line = begun(version, names, visit(version, names, WORK).saved);
  line.set(line.E.state, "t");
  line.commit();
  assert.equal(line.get(line.E.state), "s");
  const next = begun(version, names, line.lms.saved);
  assert.equal(next.get(next.E.state), "t");
});

quirk("readback-while-busy-stale", (version) => {
  const line = begun(version, ["readback-while-busy-stale"]);
  line.set(line.E.location, "p1");
  line.set(line.E.state, "s");
  line.set(line.E.state, "t");
  assert.deepEqual([line.get(line.E.location), line.get(line.E.state)], ["p1", ""]);
  mock.timers.tick(QuirkyLms.REQUEST);
  assert.equal(line.get(line.E.state), "t");
});

quirk("status-forgotten-on-commit", (version) => {
  const line = begun(version, ["status-forgotten-on-commit"]);
  line.set(line.E.status, "incomplete");
  assert.equal(line.get(line.E.status), "incomplete");
  line.commit();
  assert.equal(line.get(line.E.status), version === "1.2" ? "not attempted" : "unknown");
  line.set(line.E.status, "incomplete");
  assert.equal(line.get(line.E.status), "incomplete");
});

quirk("always-true", (version) => {
  const line = begun(version, ["always-true"]);
  assert.deepEqual([line.set("cmi.nothing", "x"), line.code()], ["true", "0"]);
  line.lms.endSession();
  line.set(line.E.state, "s");
  assert.deepEqual([line.commit(), line.code(), line.end(), line.lms.saved], ["true", "0", "true", {}]);
});

quirk("commit-true-though-refused", (version) => {
  const line = begun(version, ["commit-true-though-refused"]);
  line.set(line.E.state, "s");
  line.lms.endSession();
  assert.deepEqual([line.commit(), line.code(), line.get(line.E.state), line.lms.saved], ["true", "0", "s", {}]);
  const other = begun(version, ["commit-true-though-refused"]);
  other.lms.become({ refuseCommit: true });
  assert.deepEqual([other.commit(), other.lms.saved], ["true", {}]);
});

quirk("commit-false-drops-dirty", (version) => {
  const line = begun(version, ["commit-false-drops-dirty"]);
  line.set(line.E.state, "s");
  line.set(line.E.status, "incomplete");
  line.lms.become({ refuseCommit: true });
  assert.equal(line.commit(), "false");
  line.lms.become({ refuseCommit: false });
  line.set(line.E.status, "completed");
  assert.equal(line.commit(), "true");
  assert.deepEqual([line.lms.kept[line.E.status], line.lms.kept[line.E.state]], ["completed", undefined]);
  line.set(line.E.state, "s");
  line.end();
  assert.equal(line.lms.kept[line.E.state], "s");
});

quirk("commit-noop-debounced", (version) => {
  const line = begun(version, ["commit-noop-debounced"]);
  line.set(line.E.state, "s");
  mock.timers.tick(QuirkyLms.REQUEST - 1);
  assert.deepEqual([line.commit(), line.end(), line.lms.saved], ["true", "true", {}]);
  mock.timers.tick(1);
  assert.equal(line.lms.kept[line.E.state], "s");
});

quirk("post-per-set-unordered", (version) => {
  const line = begun(version, ["post-per-set-unordered"]);
  line.set(line.E.state, "s");
  line.set(line.E.state, "t");
  assert.equal(line.commit(), "true");
  mock.timers.tick(QuirkyLms.REQUEST);
  assert.equal(line.lms.kept[line.E.state], "s");
  line.set(line.E.state, "u");
  mock.timers.tick(QuirkyLms.REQUEST);
  assert.equal(line.lms.kept[line.E.state], "u");
});

quirk("batch-lost-on-bad-value", (version) => {
  const line = begun(version, ["batch-lost-on-bad-value"]);
  line.set(line.E.state, "s");
  assert.equal(line.set(line.E.score, "-1"), "true");
  assert.equal(line.commit(), "true");
  assert.deepEqual(line.lms.kept, {});
  line.set(line.E.score, "1");
  line.commit();
  assert.deepEqual([line.lms.kept[line.E.state], line.lms.kept[line.E.score]], [undefined, "1"]);
  line.set(line.E.state, "s");
  line.commit();
  assert.equal(line.lms.kept[line.E.state], "s");
});

quirk("string-object-returns", (version) => {
  const line = launched(version, ["string-object-returns"]);
  const answers = [line.begin(), line.set(line.E.state, "s"), line.end()];
  assert.deepEqual(
    answers.map((each) => [typeof each, String(each)]),
    Array(3).fill(["object", "true"]),
  );
});

quirk("init-needs-empty-string", (version) => {
  const line = launched(version, ["init-needs-empty-string"]);
  for (const given of [undefined, null, "x"]) assert.deepEqual([line.begin(given), line.code()], ["false", "201"]);
  assert.equal(line.begin(""), "true");
});

quirk("wrong-edition-codes", (version) => {
  const line = launched(version, ["wrong-edition-codes"]);
  assert.deepEqual([line.get(line.E.state), line.code()], ["", "122"]);
  assert.deepEqual([line.set(line.E.state, "s"), line.code()], ["false", "132"]);
});

quirk("only-api-12", (version) => assert.deepEqual(launched(version, ["only-api-12"]).lms.window, {}));
quirk("only-api-2004", (version) => assert.deepEqual(launched(version, ["only-api-2004"]).lms.window, {}));

quirk("both-apis-present", (version) => {
  const { lms } = launched(version, ["both-apis-present"]);
  const [own, other] = version === "1.2" ? ["API", "API_1484_11"] : ["API_1484_11", "API"];
  assert.equal(lms.window[own], lms);
  assert.equal(lms.window[other][version === "1.2" ? "Initialize" : "LMSInitialize"](""), "");
});

quirk("state-dropped-unless-suspend", (version) => {
  const names = ["state-dropped-unless-suspend"];
  const { saved } = visit(version, names, { ...WORK, exit: "logout" });
  const line = begun(version, names, saved);
  assert.deepEqual([line.get(line.E.state), line.get(line.E.status) === "incomplete"], ["", false]);
  const again = begun(version, names, visit(version, names, WORK).saved);
  assert.equal(again.get(again.E.state), "s");
});

quirk("state-dropped-when-done", (version) => {
  const names = ["state-dropped-when-done"];
  const line = begun(version, names, visit(version, names, { ...WORK, status: "completed" }).saved);
  assert.deepEqual([line.get(line.E.state), line.get(line.E.location), line.get(line.E.status)], ["", "", "completed"]);
});

quirk("review-drops-writes", (version) => {
  const names = ["review-drops-writes"];
  const { saved } = visit(version, names, { ...WORK, status: "completed", score: "40" });
  const line = begun(version, names, saved);
  assert.deepEqual([line.get(line.E.mode), line.get(line.E.credit)], ["review", "no-credit"]);
  assert.equal(line.set(line.E.score, "90"), "true");
  line.set(line.E.state, "t");
  line.end();
  assert.deepEqual([line.lms.kept[line.E.score], line.lms.kept[line.E.state]], ["40", "t"]);
});

quirk("credit-ends-when-done", (version) => {
  const names = ["credit-ends-when-done"];
  const { saved } = visit(version, names, { ...WORK, status: "completed" });
  const line = begun(version, names, saved);
  assert.equal(line.get(line.E.credit), "no-credit");
  line.set(line.E.status, "incomplete");
  line.end();
  assert.equal(line.lms.kept[line.E.status], "completed");
});

quirk("incomplete-demotes", (version) => {
  const names = ["incomplete-demotes"];
  const { saved } = visit(version, names, { status: "completed" });
  const lms = visit(version, names, { status: "incomplete" }, saved);
  assert.equal(lms.kept[lms.elements.status], "incomplete");
});

quirk("status-only-rises", (version) => {
  const names = ["status-only-rises"];
  const { saved } = visit(version, names, { status: "completed" });
  const lms = visit(version, names, { status: "incomplete" }, saved);
  assert.equal(lms.kept[lms.elements.status], "completed");
});

for (const [name, expected] of [
  ["mastery-rewrites-any", { incomplete: "failed", completed: "failed", "": "failed" }],
  ["mastery-rewrites-completed", { incomplete: "incomplete", completed: "failed", "": "completed" }],
  ["mastery-if-unset", { incomplete: "incomplete", completed: "completed", "": "failed" }],
]) {
  quirk(name, (version) => {
    for (const [status, after] of Object.entries(expected)) {
      const values = { score: "40", ...(status ? { status } : {}) };
      const lms = visit(version, [name], values, {}, { mastery: "80" });
      assert.equal(lms.kept[lms.elements.status], after, status);
    }
    const line = begun(version, [name], {}, { mastery: "80" });
    assert.equal(line.get("cmi.student_data.mastery_score"), "80");
  });
}

quirk("unset-becomes-completed", (version) => {
  const lms = visit(version, ["unset-becomes-completed"], { state: "s" });
  assert.equal(lms.kept[lms.elements.status], "completed");
});

quirk("unset-becomes-incomplete", (version) => {
  const lms = visit(version, ["unset-becomes-incomplete"], { state: "s" });
  assert.equal(lms.kept[lms.elements.status], "incomplete");
});

quirk("completed-not-enough", (version) => {
  const names = ["completed-not-enough"];
  const lms = visit(version, names, { status: "completed" });
  assert.equal(lms.kept[lms.elements.status], "incomplete");
  const passed = visit(version, names, { status: "passed" });
  assert.equal(passed.kept[passed.elements.status], "passed");
});

quirk("failed-zeroes-score", (version) => {
  const failed = version === "1.2" ? { status: "failed" } : { success: "failed" };
  const lms = visit(version, ["failed-zeroes-score"], { ...failed, score: "40" });
  assert.equal(lms.kept[lms.elements.score], "0");
});

quirk("best-score-int", (version) => {
  const names = ["best-score-int"];
  const { saved } = visit(version, names, { score: "66.67" });
  const lms = visit(version, names, { score: "50" }, saved);
  assert.equal(lms.kept[lms.elements.score], "66");
});

quirk("empty-not-stored", (version) => {
  const names = ["empty-not-stored"];
  const { saved } = visit(version, names, { ...WORK, score: "40" });
  const lms = visit(version, names, { state: "", score: "0" }, saved);
  assert.deepEqual([lms.kept[lms.elements.state], lms.kept[lms.elements.score]], ["s", "40"]);
});

quirk("backslash-eaten", (version) => {
  const names = ["backslash-eaten"];
  const line = begun(version, names, visit(version, names, { state: String.raw`{\"a\":\\1}` }).saved);
  assert.equal(line.get(line.E.state), String.raw`{"a":\1}`);
});

quirk("form-unencoded", (version) => {
  const lms = visit(version, ["form-unencoded"], { state: "a+b%2Ec&d", location: "p1" });
  assert.deepEqual([lms.kept[lms.elements.state], lms.kept[lms.elements.location]], ["a b.c", "p1"]);
});

quirk("text-to-number", (version) => {
  const names = ["text-to-number"];
  const line = begun(version, names, visit(version, names, { state: "1.0", location: "0012" }).saved);
  assert.deepEqual([line.get(line.E.state), line.get(line.E.location)], ["1", "12"]);
});

quirk("interactions-not-readable", (version) => {
  const names = ["interactions-not-readable"];
  const line = begun(version, names, visit(version, names, { "cmi.interactions.0.id": "q1" }).saved);
  assert.equal(line.get("cmi.interactions._count"), "0");
});

quirk("only-suspend-data-kept", (version) => {
  const names = ["only-suspend-data-kept"];
  const line = begun(version, names, visit(version, names, { ...WORK, score: "40" }).saved);
  assert.deepEqual([line.get(line.E.location), line.get(line.E.score)], ["", ""]);
});

quirk("beacon-by-event-name", (version) => {
  const line = begun(version, ["beacon-by-event-name"]);
  line.lms.become({ leaving: true, refuseCommit: true });
  assert.deepEqual([line.commit(), line.code()], ["true", "0"]);
});

quirk("sync-xhr-blocked-at-dismissal", (version) => {
  const line = begun(version, ["sync-xhr-blocked-at-dismissal"]);
  line.set(line.E.state, "s");
  line.lms.become({ leaving: true });
  assert.deepEqual([line.commit(), line.end(), line.lms.saved], ["false", "false", {}]);
});

quirk("forced-finish-on-beforeunload", (version) => {
  const line = begun(version, ["forced-finish-on-beforeunload"]);
  line.set(line.E.state, "s");
  line.lms.become({ leaving: true });
  assert.equal(line.lms.kept[line.E.state], "s");
  line.set(line.E.state, "t");
  assert.equal(line.end(), "true");
  assert.equal(line.lms.kept[line.E.state], "s");
  assert.equal(line.commit(), "true");
  assert.equal(line.lms.kept[line.E.state], "t");
});

quirk("second-launch-kills-first", (version) => {
  const names = ["second-launch-kills-first"];
  const first = begun(version, names);
  assert.equal(first.commit(), "true");
  const second = begun(version, names, first.lms.saved);
  assert.deepEqual([first.commit(), second.commit()], ["false", "true"]);
});

quirk("session-time-at-finish", (version) => {
  const line = begun(version, ["session-time-at-finish"]);
  line.set(version === "1.2" ? "cmi.core.session_time" : "cmi.session_time", version === "1.2" ? "0000:01:00" : "PT1M");
  line.commit();
  assert.equal(line.lms.kept[line.E.time], "");
  line.end();
  assert.match(line.lms.kept[line.E.time], /01:00|1M/);
});

quirk("login-page-instead-of-answer", (version) => {
  const line = begun(version, ["login-page-instead-of-answer"]);
  let isAway = false;
  line.lms.away = () => {
    isAway = true;
  };
  line.lms.endSession();
  assert.deepEqual([line.commit(), line.lms.saved, isAway], ["false", {}, true]);
});

quirk("opener-nulled", (version) => {
  globalThis.opener = {};
  assert.equal(Object.keys(launched(version, ["opener-nulled"]).lms.window).length, 1);
  assert.equal(globalThis.opener, null);
  delete globalThis.opener;
});

quirk("close-on-finish", (version) => {
  let isRemoved = false;
  const remove = () => {
    isRemoved = true;
  };
  globalThis.document = { querySelector: () => ({ remove }) };
  begun(version, ["close-on-finish"]).end();
  mock.timers.tick(1);
  delete globalThis.document;
  assert.equal(isRemoved, true);
});

test("each quirk has its test", () => {
  assert.deepEqual([...tested].sort(), Object.keys(QUIRKS).sort());
});

test("without a quirk it is the strict LMS", () => {
  for (const version of ["1.2", "2004"]) {
    const strict = new STRICT[version]();
    const line = begun(version, []);
    const { begin, set, end } = line.lms.names;
    strict[begin]("");
    for (const [name, value] of Object.entries({ ...WORK, exit: "suspend" })) {
      strict[set](line.E[name], value);
      line.set(line.E[name], value);
    }
    strict[end]("");
    line.end();
    // As JSON, for what is undefined is not there.
    assert.deepEqual(line.lms.saved, JSON.parse(JSON.stringify(strict.saved)));
  }
});

test("a quirk that is not known, or not of the version, is told of", () => {
  assert.throws(() => launched("1.2", ["no-such"]), RangeError);
  assert.throws(() => launched("2004", ["wrong-edition-codes"]), RangeError);
});
