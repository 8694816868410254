// The parts of the preview's panel that need no document: what it shows of calls, data and messages.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isBad, rows, sentence } from "../../templates/preview/panel/log.js";
import { readMessage } from "../../templates/preview/panel/messages.js";
import { Model } from "../../templates/preview/panel/model.js";
import { counted, fill, matches } from "../../templates/preview/panel/text.js";

let at = 0;
const call = (name, given = [], result = "true", error = "0", ms = 1) => {
  at += 1;
  return { kind: "call", name, given, result, error, ms, at };
};
const request = (method, status, more = {}) => ({
  kind: "request",
  n: 1,
  method,
  url: "/lrs/statements",
  status,
  body: "",
  ms: 1,
  at: 1,
  statements: [],
  ...more,
});
const VISIT = [
  call("LMSInitialize", [""]),
  call("LMSGetValue", ["cmi.core.lesson_status"], "not attempted"),
  call("LMSSetValue", ["cmi.core.lesson_status", "incomplete"]),
  call("LMSSetValue", ["cmi.core.session_time", "00:00:01"]),
  call("LMSSetValue", ["cmi.suspend_data", "1.0"]),
  call("LMSCommit", [""]),
];
const told = (entries, show, search = "") =>
  rows(entries, show, search).map(({ name, values }) => [name, ...values.flat()]);

test("a save is one row with what was set before it, but for times", () => {
  assert.deepEqual(told(VISIT, "writes"), [
    ["Initialize"],
    ["Commit", "lesson_status", "incomplete", "suspend_data", "1.0"],
  ]);
});

test("all calls are rows of their own", () => {
  assert.deepEqual(
    rows(VISIT, "all", "").map(({ name, kind }) => `${name} ${kind}`),
    ["Initialize other", "GetValue get", "SetValue set", "SetValue set", "SetValue set", "Commit save"],
  );
});

test("what the LMS refuses is an error, with its code", () => {
  const refused = call("LMSSetValue", ["cmi.core.lesson_status", "x"], "false", "405");
  assert.deepEqual(told([...VISIT, refused], "errors"), [["SetValue", "lesson_status", "x"]]);
  assert.equal(rows([refused], "errors", "")[0].error, "405");
  assert.deepEqual(told([...VISIT, refused], "writes").length, 3);
});

test("a save that answers false without an error code is an error", () => {
  assert.equal(isBad(call("Commit", [""], "false", "0")), true);
});

test("what was never set, and a question about an error, are no errors", () => {
  assert.equal(isBad(call("GetValue", ["cmi.location"], "", "403")), false);
  assert.equal(isBad(call("LMSGetLastError", [], "405", "405")), false);
  assert.equal(isBad(call("GetValue", ["cmi.nothing"], "", "401")), true);
});

test("a value that is refused is not in the next save", () => {
  const refused = call("SetValue", ["cmi.score.raw", "x"], "false", "406");
  assert.deepEqual(told([refused, call("Commit", [""])], "writes"), [["SetValue", "score.raw", "x"], ["Commit"]]);
});

test("calls are searched by name, element and value, and notes always stay", () => {
  const note = { kind: "note", text: "The network is gone.", at: 1 };
  assert.deepEqual(told([...VISIT, note], "all", "suspend"), [["SetValue", "suspend_data", "1.0"], [note.text]]);
});

test("the time of a call is told when it is long", () => {
  assert.deepEqual(
    rows([call("Commit", [""], "true", "0", 200), call("Commit", [""], "true", "0", 201)], "all", "").map(
      ({ ms }) => ms,
    ),
    [0, 201],
  );
});

test("statements are sentences, in the language asked for", () => {
  const statement = {
    actor: { account: { name: "learner-1", homePage: "https://lms.example/" } },
    verb: { id: "http://adlnet.gov/expapi/verbs/experienced", display: { en: "experienced", "sv-SE": "öppnade" } },
    object: { id: "https://example.org/p1", definition: { name: { sv: "Varför en samlad bild?" } } },
  };
  assert.equal(sentence(statement, "sv"), "learner-1 öppnade Varför en samlad bild?");
  assert.equal(sentence({ ...statement, verb: { id: statement.verb.id } }, "en").split(" ")[1], "experienced");
  assert.deepEqual(
    rows([request("POST", 200, { statements: [statement], body: '{"a":1}' })], "writes", "", "sv").map(
      ({ values, body }) => [values[0][0], body],
    ),
    [["learner-1 öppnade Varför en samlad bild?", '{\n  "a": 1\n}']],
  );
});

test("statements that are not what they should be are still told", () => {
  for (const odd of [null, 1, "x", {}, { actor: 1, verb: [], object: { definition: { name: "x" } } }]) {
    assert.equal(typeof sentence(odd, "en"), "string");
  }
});

test("requests that the LRS refuses are errors, and a state that is not there yet is none", () => {
  assert.equal(isBad(request("GET", 404)), false);
  assert.equal(isBad(request("PUT", 404)), true);
  assert.equal(isBad(request("POST", 503)), true);
  assert.equal(isBad(request("POST", 0)), true);
  assert.deepEqual(told([request("GET", 200), request("PUT", 204)], "writes"), [["PUT", "/lrs/statements", ""]]);
});

const changes = (model) => model.elements.map(({ name, value, was, times }) => [name, value, was, times]);

test("what an LMS holds at a launch has not changed", () => {
  const model = new Model();
  model.hold({ "cmi.location": "p1" });
  assert.deepEqual(changes(model), [["cmi.location", "p1", null, 0]]);
});

test("an element that is only read later has not changed either", () => {
  const model = new Model();
  model.hold({ "cmi.location": "p1" });
  model.hold({ "cmi.location": "p1", "cmi.core.student_id": "learner-1" });
  assert.deepEqual(changes(model)[1], ["cmi.core.student_id", "learner-1", null, 0]);
});

test("a value that is written has the one before it, and how often it was written", () => {
  const model = new Model();
  model.hold({ "cmi.location": "p1" });
  model.write("cmi.location", "p2");
  model.write("cmi.location", "p3");
  model.hold({ "cmi.location": "p3" });
  model.write("cmi.location", "p3");
  assert.deepEqual(changes(model), [["cmi.location", "p3", "p2", 3]]);
});

test("changes are counted from the launch", () => {
  const model = new Model();
  model.write("cmi.location", "p2");
  model.launch();
  model.hold({ "cmi.location": "p2" });
  assert.deepEqual(changes(model), [["cmi.location", "p2", null, 0]]);
});

test("a package cannot fill the panel with elements", () => {
  const model = new Model();
  for (let n = 0; n < 5000; n += 1) model.write(`cmi.${n}`, "x");
  assert.equal(model.elements.length, 2000);
});

test("what is no message is left out", () => {
  for (const odd of [
    null,
    undefined,
    "ready",
    1,
    [],
    {},
    { kind: 1 },
    { kind: "constructor" },
    { kind: "__proto__" },
  ]) {
    assert.equal(readMessage(odd), null);
  }
});

test("a place to open has a file and a line", () => {
  assert.deepEqual(readMessage({ kind: "open", file: "pages/a.md", line: 3 }), {
    kind: "open",
    file: "pages/a.md",
    line: 3,
  });
  assert.equal(readMessage({ kind: "open", file: "pages/a.md", line: "3" }), null);
  assert.equal(readMessage({ kind: "open", line: 3 }), null);
});

test("texts of a call are texts, whatever they were, and no longer than can be shown", () => {
  const message = readMessage({
    kind: "call",
    name: "SetValue",
    given: [{}, 1, null],
    result: true,
    error: 0,
    ms: -1,
    at: "x",
  });
  assert.deepEqual(message, {
    kind: "call",
    name: "SetValue",
    given: ["[object Object]", "1", ""],
    result: "true",
    error: "0",
    ms: 0,
    at: 0,
  });
  assert.equal(readMessage({ kind: "page", id: "x".repeat(1e6), title: "" }).id.length, 100_000);
});

test("a key is a name and no event", () => {
  assert.deepEqual(readMessage({ kind: "key", key: "k", ctrl: true, alt: "x" }), {
    kind: "key",
    key: "k",
    ctrl: true,
    alt: false,
    shift: false,
  });
});

test("words have their values, and an unknown name stays", () => {
  assert.equal(fill("{n} of {of}, {x}", { n: 1, of: 2 }), "1 of 2, {x}");
  assert.equal(counted(["{n} fel", "{n} fel"], 4000, "sv").replace(/\s/, " "), "4 000 fel");
});

test("a search finds all its words in any order", () => {
  assert.equal(matches("Leave and come back", "back leave"), true);
  assert.equal(matches("Leave and come back", "back x"), false);
  assert.equal(matches("anything", ""), true);
});
