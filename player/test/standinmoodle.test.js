// That the stand-in is as Moodle 5.1 is: what is expected was tried there, and read in the files of mod/scorm.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { MoodleManifest, MoodleServer } from "./standin.js";

const sco = (id, changes = {}) => ({ id, mastery: "", launchData: "", threshold: "", objectives: [], ...changes });
const ONE12 = { edition: "1.2", scos: [sco("a")] };
const TWO12 = { edition: "1.2", scos: [sco("a"), sco("b")] };
const ONE2004 = { edition: "2004", scos: [sco("a")] };
const TWO2004 = { edition: "2004", scos: [sco("a"), sco("b")] };
const graded = (mastery) => ({ edition: "1.2", scos: [sco("a", { mastery })] });

/** The functions of both versions under the names of 2004. */
function session(player) {
  const { api } = player;
  const is12 = "LMSInitialize" in api;
  const line = {
    begin: () => (is12 ? api.LMSInitialize("") : api.Initialize("")),
    end: () => (is12 ? api.LMSFinish("") : api.Terminate("")),
    commit: () => (is12 ? api.LMSCommit("") : api.Commit("")),
    get: (element) => (is12 ? api.LMSGetValue(element) : api.GetValue(element)),
    set: (element, value) => (is12 ? api.LMSSetValue(element, value) : api.SetValue(element, value)),
    code: () => (is12 ? api.LMSGetLastError() : api.GetLastError()),
    all(values) {
      for (const [element, value] of Object.entries(values)) {
        assert.equal(line.set(element, value), "true", `${element}: ${line.code()}`);
      }
      return line;
    },
  };
  return line;
}

/** A launch that is begun. */
function begun(server, launch) {
  const player = server.launch(launch);
  const line = session(player);
  assert.equal(line.begin(), "true");
  return { player, ...line };
}

/** A whole visit. */
function visit(server, values, launch) {
  const line = begun(server, launch);
  line.all(values);
  assert.equal(line.end(), "true");
  return line;
}

const STATUS = "cmi.core.lesson_status";
const RAW = "cmi.core.score.raw";
const STATE = "cmi.suspend_data";
const stored = (server, number = 1, id = "a") => server.saved.attempts[number - 1][id] || {};

// Which mode the next launch has.

for (const [words, mode] of [
  [["completed", "passed"], "review"],
  [["completed", "failed"], "review"],
  [["completed", "incomplete"], "normal"],
  [["failed", "browsed"], "normal"],
]) {
  test(`1.2: an attempt whose SCOs are ${words} is launched for ${mode} (lib.php, scorm_check_mode)`, () => {
    const server = new MoodleServer(TWO12);
    visit(server, { [STATUS]: words[0] }, { sco: "a" });
    visit(server, { [STATUS]: words[1] }, { sco: "b" });
    const line = begun(server);
    assert.deepEqual(
      [line.get("cmi.core.lesson_mode"), line.get("cmi.core.credit")],
      [mode, mode === "normal" ? "credit" : "no-credit"],
    );
  });
}

for (const [completion, success, mode] of [
  ["completed", "failed", "review"],
  ["completed", "unknown", "review"],
  ["incomplete", "failed", "normal"],
  ["incomplete", "passed", "normal"],
]) {
  test(`2004: an attempt that is ${completion} and ${success} is launched for ${mode}`, () => {
    const server = new MoodleServer(ONE2004);
    visit(server, { "cmi.completion_status": completion, "cmi.success_status": success, "cmi.exit": "suspend" });
    assert.equal(begun(server).get("cmi.mode"), mode);
  });
}

test("a new attempt is begun by a tick, and only after a closed one", () => {
  const server = new MoodleServer(ONE12);
  visit(server, { [STATUS]: "incomplete", [STATE]: "x" });
  assert.equal(begun(server, { anew: true }).get(STATE), "x");
  visit(server, { [STATUS]: "completed" });
  const line = begun(server, { anew: true });
  assert.deepEqual(
    ["cmi.core.lesson_mode", "cmi.core.entry", STATE].map((element) => line.get(element)),
    ["normal", "ab-initio", ""],
  );
  assert.equal(server.saved.attempts.length, 2);
});

test("a new attempt when completed begins by itself while any is left, then it is review", () => {
  const server = new MoodleServer(ONE12, {}, { forceNew: "completed", most: 2 });
  visit(server, { [STATUS]: "failed" });
  assert.equal(visit(server, { [STATUS]: "failed" }).player.attempt, 2);
  const line = begun(server);
  assert.deepEqual([line.player.attempt, line.get("cmi.core.lesson_mode")], [2, "review"]);
});

test("a new attempt always: nothing is resumed, and what is beyond the maximum is not graded", () => {
  const server = new MoodleServer(ONE12, {}, { forceNew: "always", most: 1 });
  visit(server, { [STATUS]: "incomplete", [RAW]: "20", [STATE]: "x" });
  const line = begun(server);
  assert.deepEqual([line.player.attempt, line.get(STATE)], [2, ""]);
  line.all({ [RAW]: "90" });
  line.end();
  assert.equal(server.saved.grade, 20);
});

test("at the maximum an open attempt goes on and a closed one is review; with a lock nobody is let in", () => {
  const server = new MoodleServer(ONE12, {}, { most: 1 });
  visit(server, { [STATUS]: "incomplete" });
  assert.equal(begun(server).get("cmi.core.lesson_mode"), "normal");
  visit(server, { [STATUS]: "completed" });
  assert.equal(begun(server, { anew: true }).get("cmi.core.lesson_mode"), "review");
  const locked = new MoodleServer(ONE12, {}, { most: 1, lock: true });
  visit(locked, { [STATUS]: "incomplete" });
  assert.equal(locked.launch(), null);
});

test("a preview is in the learner's real attempt, unless it is hidden", () => {
  const server = new MoodleServer(ONE12);
  visit(server, { [STATUS]: "incomplete", [STATE]: "x" });
  const line = begun(server, { browse: true });
  assert.deepEqual(
    ["cmi.core.lesson_mode", "cmi.core.credit", STATE].map((element) => line.get(element)),
    ["browse", "no-credit", "x"],
  );
  line.all({ [STATE]: "y" });
  line.end();
  assert.equal(stored(server)[STATE], "y");
  const hidden = new MoodleServer(ONE12, {}, { hidePreview: true });
  assert.equal(begun(hidden, { browse: true }).get("cmi.core.lesson_mode"), "normal");
});

for (const [exit, entry] of [
  ["suspend", "resume"],
  ["", ""],
  ["logout", ""],
]) {
  test(`1.2: after exit "${exit}" entry is "${entry}", and all data come back (scorm_12lib.php)`, () => {
    const server = new MoodleServer(ONE12);
    assert.equal(begun(server).get("cmi.core.entry"), "ab-initio");
    visit(server, { [STATUS]: "incomplete", [STATE]: "x", [RAW]: "40", "cmi.core.exit": exit });
    const line = begun(server);
    assert.deepEqual([line.get("cmi.core.entry"), line.get(STATE), line.get(RAW)], [entry, "x", "40"]);
  });
}

for (const exit of ["suspend", "normal", "logout", ""]) {
  test(`2004: after exit "${exit}" data are ${exit === "suspend" ? "there" : "gone, while they are still kept"} (scorm_13lib.php)`, () => {
    const server = new MoodleServer(ONE2004);
    visit(server, { "cmi.completion_status": "completed", [STATE]: "x", "cmi.exit": exit });
    const line = begun(server);
    assert.deepEqual(
      ["cmi.mode", "cmi.entry", "cmi.completion_status", STATE].map((element) => line.get(element)),
      exit === "suspend" ? ["review", "resume", "completed", "x"] : ["review", "ab-initio", "unknown", ""],
    );
    assert.deepEqual([stored(server)["cmi.completion_status"], stored(server)[STATE]], ["completed", "x"]);
  });
}

// What is stored.

test("in review everything is stored and graded, what is worse too (datamodel.php)", () => {
  const server = new MoodleServer(ONE12, {}, { doneBy: ["passed"] });
  visit(server, { [STATUS]: "completed", [RAW]: "40" });
  assert.equal(server.saved.grade, 40);
  assert.equal(visit(server, { [STATUS]: "passed", [RAW]: "90" }).player.mode, "review");
  assert.deepEqual([server.saved.grade, server.saved.isDone], [90, true]);
  visit(server, { [STATUS]: "incomplete", [RAW]: "20" });
  assert.deepEqual([server.saved.grade, server.saved.isDone, begun(server).player.mode], [20, true, "normal"]);
});

test("the grade is the latest raw score; scaled is nothing, and no score is nought once it is completed", () => {
  const server = new MoodleServer(ONE2004);
  visit(server, { "cmi.completion_status": "incomplete", "cmi.score.scaled": "0.4", "cmi.exit": "suspend" });
  assert.equal(server.saved.grade, null);
  visit(server, { "cmi.completion_status": "completed", "cmi.exit": "suspend" });
  assert.equal(server.saved.grade, 0);
  visit(server, { "cmi.score.raw": "90", "cmi.exit": "suspend" });
  visit(server, { "cmi.score.raw": "66.667", "cmi.exit": "suspend" });
  assert.equal(server.saved.grade, 66.67);
});

test("by learning objects the grade is the number of SCOs that are completed or passed", () => {
  const server = new MoodleServer(TWO12, {}, { grading: "scos" });
  visit(server, { [STATUS]: "completed" }, { sco: "a" });
  assert.equal(server.saved.grade, 1);
  visit(server, { [STATUS]: "passed" }, { sco: "b" });
  assert.equal(server.saved.grade, 2);
});

for (const [whichAttempt, grade] of [
  [undefined, 90],
  ["average", 60],
  ["first", 40],
  ["last", 50],
]) {
  test(`of attempts with 40, 90 and 50, ${whichAttempt || "the highest"} gives ${grade}`, () => {
    const server = new MoodleServer(ONE12, {}, { whichAttempt, forceNew: "completed" });
    for (const score of ["40", "90", "50"]) visit(server, { [RAW]: score, [STATUS]: "completed" });
    assert.equal(server.saved.grade, grade);
  });
}

test("one SCO with the word completes the activity, unless all are asked for", () => {
  for (const [doneByAll, isDone] of [
    [false, true],
    [true, false],
  ]) {
    const server = new MoodleServer(TWO12, {}, { doneBy: ["completed"], doneByAll });
    visit(server, { [STATUS]: "completed" }, { sco: "a" });
    assert.equal(server.saved.isDone, isDone);
    visit(server, { [STATUS]: "passed" }, { sco: "b" });
    assert.equal(server.saved.isDone, true);
  }
});

test("a score that is high enough completes it", () => {
  const server = new MoodleServer(ONE12, {}, { doneAt: 80 });
  visit(server, { [STATUS]: "incomplete", [RAW]: "79" });
  assert.equal(server.saved.isDone, false);
  visit(server, { [RAW]: "80" });
  assert.equal(server.saved.isDone, true);
});

test("time is added at the end alone", () => {
  const server = new MoodleServer(ONE12);
  const line = begun(server);
  line.all({ "cmi.core.session_time": "0001:02:03.40" });
  line.commit();
  assert.equal(stored(server)["cmi.core.total_time"], undefined);
  line.end();
  visit(server, { "cmi.core.session_time": "0000:59:00.00" });
  assert.equal(stored(server)["cmi.core.total_time"], "02:01:03.40");
  const other = new MoodleServer(ONE2004);
  visit(other, { "cmi.exit": "suspend" });
  assert.equal(stored(other)["cmi.total_time"], "P");
  visit(other, { "cmi.session_time": "PT25H2M3.5S" });
  assert.equal(stored(other)["cmi.total_time"], "P1DT1H2M3.5S");
});

test("with force completed, incomplete and a score are stored as completed", () => {
  const server = new MoodleServer(ONE12, {}, { forceCompleted: true });
  visit(server, { [STATUS]: "incomplete" });
  assert.equal(stored(server)[STATUS], "incomplete");
  visit(server, { [RAW]: "10" });
  assert.equal(stored(server)[STATUS], "completed");
});

// SCORM 1.2.

for (const [status, score, expected] of [
  ["incomplete", "40", "failed"],
  ["completed", "90", "passed"],
  ["failed", "80", "passed"],
]) {
  test(`1.2: with a mastery score, ${status} and ${score} are ${expected} at the end, and not before (scorm_12.js, StoreData)`, () => {
    const server = new MoodleServer(graded("80"));
    const line = begun(server);
    line.all({ [STATUS]: status, [RAW]: score });
    line.commit();
    assert.equal(stored(server)[STATUS], status);
    line.end();
    assert.equal(stored(server)[STATUS], expected);
  });
}

for (const [what, course, settings, values] of [
  ["no mastery score", graded(""), {}, { [STATUS]: "incomplete", [RAW]: "40" }],
  ["the setting off", graded("80"), { keepsStatus: true }, { [STATUS]: "incomplete", [RAW]: "40" }],
  ["no score", graded("80"), {}, { [STATUS]: "incomplete" }],
]) {
  test(`1.2: with ${what} the status stays as it was set`, () => {
    const server = new MoodleServer(course, {}, settings);
    visit(server, values);
    assert.equal(stored(server)[STATUS], "incomplete");
  });
}

test("1.2: in review and in a preview no mastery score is looked at", () => {
  const server = new MoodleServer(graded("80"));
  visit(server, { [STATUS]: "incomplete", [RAW]: "40" }, { browse: true });
  assert.equal(stored(server)[STATUS], "incomplete");
});

test("1.2: a status that was never set is completed at the end, in a preview too; browsed prevents it", () => {
  const server = new MoodleServer(ONE12, {}, { doneBy: ["completed"] });
  visit(server, {}, { browse: true });
  assert.deepEqual([stored(server)[STATUS], server.saved.isDone], ["completed", true]);
  const other = new MoodleServer(ONE12);
  visit(other, { [STATUS]: "browsed" }, { browse: true });
  assert.deepEqual([stored(other)[STATUS], begun(other).player.mode], ["browsed", "normal"]);
});

test("1.2: what was sent counts as sent, whatever the answer; only changed and changed back it goes out (CollectData)", () => {
  const server = new MoodleServer(ONE12);
  const line = begun(server);
  line.all({ [STATUS]: "passed", [RAW]: "90" });
  server.logOut();
  assert.deepEqual([line.commit(), line.code()], ["false", "101"]);
  server.logIn();
  line.player.key = server.saved.key;
  line.all({ [STATUS]: "passed", [RAW]: "90" });
  assert.equal(line.commit(), "true");
  assert.deepEqual([stored(server)[STATUS], stored(server)[RAW]], [undefined, undefined]);
  line.all({ [STATUS]: "incomplete", [RAW]: "89" });
  line.commit();
  line.all({ [STATUS]: "passed", [RAW]: "90" });
  line.commit();
  assert.deepEqual([stored(server)[STATUS], stored(server)[RAW]], ["passed", "90"]);
});

test("1.2: a second beginning in the page reads what was sent, with entry and time of the first", () => {
  const server = new MoodleServer(ONE12);
  const line = visit(server, { [STATUS]: "incomplete", [STATE]: "x", "cmi.core.session_time": "0000:10:00" });
  assert.equal(line.begin(), "true");
  assert.deepEqual(
    [STATE, "cmi.core.entry", "cmi.core.total_time"].map((element) => line.get(element)),
    ["x", "ab-initio", "00:00:00"],
  );
  line.all({ "cmi.core.session_time": "0000:01:00" });
  line.end();
  assert.equal(stored(server)["cmi.core.total_time"], "00:01:00.00");
});

for (const record of ["cmi.interactions.0.id", "cmi.objectives.0.id"]) {
  test(`1.2: a second beginning throws when ${record} was sent from the page, or came with it and was sent again`, () => {
    const server = new MoodleServer(TWO12);
    const first = visit(server, { [record]: "q1", [STATUS]: "incomplete" });
    assert.throws(() => first.begin(), TypeError);
    first.player.choose("b");
    assert.equal(first.begin(), "true");
    const later = visit(server, {});
    assert.throws(() => later.begin(), TypeError);
    assert.equal(begun(server).get(record.replace("0.id", "_count")), 1);
  });
}

test("1.2: an end that fails ends the session all the same", () => {
  const server = new MoodleServer(ONE12);
  const line = begun(server);
  server.logOut();
  assert.equal(line.end(), "false");
  assert.deepEqual([line.commit(), line.code()], ["false", "301"]);
});

// SCORM 2004.

const manifest = (objectives, more = "") => `<?xml version="1.0"?><!-- one item -->
<manifest identifier="m"><metadata><schemaversion>2004 4th Edition</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>T</title>
<item identifier="i" identifierref="r" isvisible="true"><title>A &amp; B</title>${more}
<imsss:sequencing><imsss:objectives>${objectives}</imsss:objectives>
<imsss:deliveryControls completionSetByContent="true"/></imsss:sequencing></item></organization></organizations>
<resources><resource identifier="r" type="webcontent" adlcp:scormType="sco" href="index.html"><file href="index.html"/></resource>
<resource identifier="x" type="webcontent" adlcp:scormType="asset"/></resources></manifest>`;
const measure = (value) => `<imsss:minNormalizedMeasure>${value}</imsss:minNormalizedMeasure>`;
const primary = `<imsss:primaryObjective objectiveID="p" satisfiedByMeasure="true">${measure(0.8)}</imsss:primaryObjective>`;
const other = (inner = "") => `<imsss:objective objectiveID="o">${inner}</imsss:objective>`;

for (const [what, objectives, expected] of [
  ["the primary one alone", primary, 0.8],
  ["the primary one and one without a measure", primary + other(), 1],
  ["one that has no content", `${primary}<imsss:objective objectiveID="o"/>`, 1],
  ["the same measure in all", primary + other(measure(0.8)), 0.8],
  ["another one with nought", primary + other(measure(0)), 0],
  ["the primary one last", other() + primary, 0.8],
]) {
  test(`2004: with ${what} the score to pass is ${expected} (scorm_13lib.php, scormlib.php)`, () => {
    const course = MoodleManifest.read(manifest(objectives));
    assert.equal(course.edition, "2004");
    assert.equal(Number(begun(new MoodleServer(course)).get("cmi.scaled_passing_score")), expected);
  });
}

test("2004: the objectives of the manifest are there", () => {
  const line = begun(new MoodleServer(MoodleManifest.read(manifest(primary + other()))));
  assert.deepEqual(
    ["_count", "0.id", "1.id"].map((name) => line.get(`cmi.objectives.${name}`)),
    [2, "p", "o"],
  );
});

test("2004: a score is never compared with the score to pass", () => {
  const course = MoodleManifest.read(manifest(primary));
  const server = new MoodleServer(course);
  visit(server, { "cmi.score.scaled": "1", "cmi.success_status": "failed" });
  assert.equal(stored(server, 1, "i")["cmi.success_status"], "failed");
});

for (const [what, threshold, measured, expected] of [
  ["the attribute", '<adlcp:completionThreshold minProgressMeasure="0.8"/>', "0.5", "incomplete"],
  ["the attribute", '<adlcp:completionThreshold minProgressMeasure="0.8"/>', "0.8", "completed"],
  ["the text of the 3rd edition", "<adlcp:completionThreshold>0.3</adlcp:completionThreshold>", "0.9", "incomplete"],
]) {
  test(`2004: a threshold by ${what} decides at the end: ${measured} is ${expected}`, () => {
    const server = new MoodleServer(MoodleManifest.read(manifest(primary, threshold)));
    const word = expected === "completed" ? "incomplete" : "completed";
    visit(server, { "cmi.progress_measure": measured, "cmi.completion_status": word });
    assert.equal(stored(server, 1, "i")["cmi.completion_status"], expected);
  });
}

test("2004: in a preview the threshold decides nothing", () => {
  const threshold = '<adlcp:completionThreshold minProgressMeasure="0.8"/>';
  const server = new MoodleServer(MoodleManifest.read(manifest(primary, threshold)));
  visit(server, { "cmi.progress_measure": "0.5", "cmi.completion_status": "completed" }, { browse: true });
  assert.equal(stored(server, 1, "i")["cmi.completion_status"], "completed");
});

test("2004: what differs from the page's first values is sent each time, what is set back to them never", () => {
  const server = new MoodleServer(ONE2004);
  visit(server, { "cmi.location": "p1", "cmi.exit": "suspend" });
  const line = begun(server);
  line.all({ "cmi.location": "p2", [STATE]: "x" });
  server.logOut();
  assert.equal(line.commit(), "false");
  server.logIn();
  line.player.key = server.saved.key;
  assert.equal(line.commit(), "true");
  assert.equal(stored(server)["cmi.location"], "p2");
  line.all({ "cmi.location": "p1" });
  assert.equal(line.commit(), "true");
  assert.equal(stored(server)["cmi.location"], "p2");
});

test("2004: after the end the API of the page is dead, for every unit", () => {
  const server = new MoodleServer(TWO2004);
  const line = visit(server, { "cmi.completion_status": "completed" });
  line.player.choose("b");
  assert.deepEqual([line.begin(), line.code()], ["false", "104"]);
  assert.deepEqual([line.get(STATE), line.code()], ["", "123"]);
  assert.deepEqual([line.set(STATE, "x"), line.code()], ["false", "133"]);
});

test("2004: without an end the next unit is refused, and served all the same with values of when the page was loaded", () => {
  const server = new MoodleServer(TWO2004);
  const line = begun(server);
  line.all({ [STATE]: "a" }).commit();
  line.player.choose("b");
  assert.deepEqual([line.begin(), line.code()], ["false", "103"]);
  line.all({ [STATE]: "b" }).commit();
  assert.deepEqual([stored(server, 1, "a")[STATE], stored(server, 1, "b")[STATE]], ["a", "b"]);
  line.player.choose("a");
  line.begin();
  assert.equal(line.get(STATE), "");
});

test("2004: an end that fails leaves it open", () => {
  const server = new MoodleServer(ONE2004);
  const line = begun(server);
  server.logOut();
  assert.deepEqual([line.end(), line.code()], ["false", "101"]);
  server.logIn();
  line.player.key = server.saved.key;
  assert.equal(line.end(), "true");
});

for (const course of [TWO12, TWO2004]) {
  test(`${course.edition}: the next unit opens in the same page half a second after the end, where that is set`, () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    const line = begun(new MoodleServer(course, {}, { auto: true }));
    line.end();
    assert.equal(line.player.sco, "a");
    mock.timers.tick(500);
    mock.timers.reset();
    assert.equal(line.player.sco, "b");
  });
}

// Transport (request.js).

for (const course of [ONE12, ONE2004]) {
  const { edition } = course;

  test(`${edition}: whoever logs in again elsewhere, or is logged out, saves nothing more in this page`, () => {
    const server = new MoodleServer(course);
    const line = begun(server);
    server.logOut();
    assert.deepEqual([line.all({ [STATE]: "x" }).commit(), line.code()], ["false", "101"]);
    server.logIn();
    assert.deepEqual([line.all({ [STATE]: "y" }).commit(), line.code()], ["false", "101"]);
    assert.deepEqual(stored(server), {});
    assert.equal(
      begun(server)
        .all({ [STATE]: "z" })
        .commit(),
      "true",
    );
  });

  test(`${edition}: without a line a commit is true, and what it had is lost`, () => {
    const server = new MoodleServer(course);
    const line = begun(server);
    line.player.isOffline = true;
    assert.deepEqual([line.all({ [STATE]: "x" }).commit(), line.code()], ["true", "0"]);
    assert.equal(line.get(STATE), "x");
    assert.deepEqual(stored(server), {});
  });

  test(`${edition}: from an event of the page on, a commit is true though nobody is logged in, until it is shown again`, () => {
    const server = new MoodleServer(course);
    const line = begun(server);
    server.logOut();
    assert.equal(
      line.player.during(() => line.all({ [STATE]: "x" }).commit()),
      "true",
    );
    assert.equal(line.all({ [STATE]: "y" }).commit(), "true");
    line.player.hide();
    line.player.show();
    assert.equal(line.all({ [STATE]: "z" }).commit(), "false");
    assert.deepEqual(stored(server), {});
  });

  test(`${edition}: while the page goes, 60,000 characters arrive and 64,000 of two bytes do not, nor what came with them`, () => {
    const server = new MoodleServer(course);
    const line = begun(server);
    line.player.hide();
    assert.equal(line.all({ [STATE]: "x".repeat(60_000) }).commit(), "true");
    assert.equal(stored(server)[STATE].length, 60_000);
    const place = edition === "1.2" ? "cmi.core.lesson_location" : "cmi.location";
    assert.deepEqual(
      [line.all({ [STATE]: "å".repeat(64_000), [place]: "p9" }).commit(), line.code()],
      ["false", "101"],
    );
    assert.deepEqual([stored(server)[STATE].length, stored(server)[place]], [60_000, undefined]);
  });
}

// Values.

for (const [element, value, code] of [
  [STATUS, "not attempted", "405"],
  [STATUS, "Completed", "405"],
  [RAW, "100.5", "405"],
  [RAW, "-1", "405"],
  [RAW, "66,67", "405"],
  ["cmi.core.session_time", "1:00:00", "405"],
  ["cmi.core.session_time", "PT1H", "405"],
  [STATE, "x".repeat(64_001), "405"],
  ["cmi.interactions.0.id", "å", "405"],
  ["cmi.interactions.1.id", "q", "201"],
  ["cmi.interactions.0.result", "incorrect", "405"],
  ["cmi.interactions._count", "1", "402"],
  ["cmi.core.entry", "", "403"],
  ["cmi.core.nothing", "x", "201"],
]) {
  test(`1.2: setting ${element} to "${value.slice(0, 20)}" is refused with ${code}`, () => {
    const line = begun(new MoodleServer(ONE12));
    assert.deepEqual([line.set(element, value), line.code()], ["false", code]);
  });
}

for (const [element, value, read] of [
  [RAW, "66.67", 66.67],
  [RAW, "", 0],
  [STATE, "x".repeat(64_000), "x".repeat(64_000)],
  ["cmi.core.lesson_location", "p".repeat(300), "p".repeat(300)],
]) {
  test(`1.2: setting ${element} to "${value.slice(0, 20)}" is taken`, () => {
    const line = begun(new MoodleServer(ONE12));
    assert.equal(line.set(element, value), "true");
    assert.equal(line.get(element), read);
  });
}

test("1.2: by the standard's limits a text is no longer than it says", () => {
  const line = begun(new MoodleServer(ONE12, {}, { standard: true }));
  assert.deepEqual([line.set(STATE, "x".repeat(4097)), line.code()], ["false", "405"]);
  assert.equal(line.set(STATE, "x".repeat(4096)), "true");
});

test("1.2: comments are appended", () => {
  const server = new MoodleServer(ONE12);
  begun(server).all({ "cmi.comments": "a" }).all({ "cmi.comments": "b" }).commit();
  assert.equal(stored(server)["cmi.comments"], "ab");
});

const RECORD = { "cmi.interactions.0.id": "q-1", "cmi.interactions.0.type": "choice" };

for (const [values, element, value, code] of [
  [{}, "cmi.score.scaled", "1.1", "407"],
  [{}, "cmi.score.raw", "100000000", "406"],
  [{}, "cmi.progress_measure", "-0.1", "407"],
  [{}, STATE, "x".repeat(64_001), "406"],
  [{}, "cmi.completion_status", "passed", "406"],
  [{}, "cmi.mode", "normal", "404"],
  [{}, "cmi.nothing", "x", "401"],
  [{}, "cmi.interactions.0.type", "choice", "408"],
  [{}, "cmi.interactions.1.id", "q", "351"],
  [{}, "cmi.interactions.0.correct_responses.0.pattern", "a", "408"],
  [{ "cmi.interactions.0.id": "q-1" }, "cmi.interactions.0.learner_response", "a", "408"],
  [RECORD, "cmi.interactions.0.timestamp", "2026-01-01T10:00:00Z", "406"],
  [RECORD, "cmi.interactions.0.timestamp", "2026-01-01T10:00:00.123Z", "406"],
  [RECORD, "cmi.interactions.0.learner_response", "a-b", "406"],
  [RECORD, "cmi.interactions.0.learner_response", "a[,]a", "406"],
  [RECORD, "cmi.interactions.0.result", "wrong", "406"],
  [RECORD, "cmi.interactions.0.description", "x".repeat(252), "406"],
  [
    { ...RECORD, "cmi.interactions.0.correct_responses.0.pattern": "a" },
    "cmi.interactions.0.correct_responses.1.pattern",
    "a",
    "351",
  ],
  [{ ...RECORD, "cmi.interactions.0.type": "matching" }, "cmi.interactions.0.learner_response", "a", "406"],
  [
    { ...RECORD, "cmi.interactions.0.type": "numeric" },
    "cmi.interactions.0.correct_responses.0.pattern",
    "3[:]2",
    "406",
  ],
  [{ "cmi.objectives.0.id": "o-1" }, "cmi.objectives.0.id", "o-2", "351"],
  [{ "cmi.objectives.0.id": "o-1" }, "cmi.objectives.1.id", "o-1", "351"],
  [{}, "cmi.objectives.0.success_status", "passed", "408"],
]) {
  test(`2004: setting ${element} to "${value.slice(0, 20)}" after ${Object.values(values)} is refused with ${code}`, () => {
    const line = begun(new MoodleServer(ONE2004)).all(values);
    assert.deepEqual([line.set(element, value), line.code()], ["false", code]);
  });
}

for (const [element, value] of [
  ["cmi.interactions.0.timestamp", "2026-01-01T10:00:00"],
  ["cmi.interactions.0.timestamp", "2026-01-01T10:00:00.12Z"],
  ["cmi.interactions.0.learner_response", "a[,]b_c"],
  ["cmi.interactions.0.correct_responses.0.pattern", "a"],
  ["cmi.interactions.0.description", "Vad gäller?"],
  ["cmi.score.raw", "-5"],
]) {
  test(`2004: setting ${element} to ${value} is taken, stored and read by the next launch`, () => {
    const server = new MoodleServer(ONE2004);
    visit(server, { ...RECORD, [element]: value, "cmi.exit": "suspend" });
    assert.equal(begun(server).get(element), value);
  });
}

test("2004: an element without a value is empty, and so is one that is not there", () => {
  const line = begun(new MoodleServer(ONE2004)).all({ "cmi.objectives.0.id": "o-1" });
  assert.deepEqual([line.get(STATE), line.code()], ["", "0"]);
  assert.deepEqual([line.get("cmi.objectives.0.score.scaled"), line.code()], ["", "403"]);
  assert.deepEqual([line.get("cmi.objectives.1.id"), line.code()], ["", "301"]);
  assert.deepEqual([line.get("cmi.exit"), line.code()], ["", "405"]);
});

test("a manifest of SCORM 1.2 has the mastery score", () => {
  const xml = manifest("")
    .replace("2004 4th Edition", "1.2")
    .replace("scormType", "scormtype")
    .replace("<imsss:sequencing>", "<adlcp:masteryscore>80</adlcp:masteryscore><imsss:sequencing>");
  assert.deepEqual(MoodleManifest.read(xml), {
    edition: "1.2",
    scos: [sco("i", { href: "index.html", mastery: "80" })],
  });
});

test("what is kept survives as JSON", () => {
  const server = new MoodleServer(ONE12);
  visit(server, { [STATUS]: "incomplete", [STATE]: "x" });
  const again = new MoodleServer(ONE12, JSON.parse(JSON.stringify(server.saved)));
  assert.equal(begun(again).get(STATE), "x");
});
