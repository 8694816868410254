import assert from "node:assert/strict";
import { test } from "node:test";
import { scorm12 } from "../src/lms/scorm/scorm12.js";
import { interaction, scorm2004 } from "../src/lms/scorm/scorm2004.js";
import { decode, EMPTY, result } from "../src/state.js";
import { makeCourse } from "./course.js";
import { ANSWER, NOON, NOTHING, REPORTED } from "./given.js";
import { StandInLms12, StandInLms2004 } from "./standin.js";
import { windowWith } from "./windows.js";

const COLUMNS = ["q1", "q2", "q3"];

const VERSIONS = [
  { version: "SCORM 1.2", StandIn: StandInLms12, api: "API", speak: scorm12, set: "LMSSetValue" },
  { version: "SCORM 2004", StandIn: StandInLms2004, api: "API_1484_11", speak: scorm2004, set: "SetValue" },
];

/** What an LMS was told of interactions, by record. */
function recordsOf(lms, set) {
  const records = [];
  for (const { name, given } of lms.calls) {
    const [, at, element] = /^cmi\.interactions\.(\d+)\.(.+)$/.exec(name === set ? given[0] : "") || [];
    if (at) records[at] = { ...records[at], [element]: given[1] };
  }
  return records;
}

async function opened({ StandIn, api, speak }, changes = {}, lms = new StandIn()) {
  const window = windowWith(api, lms);
  const course = makeCourse({ ...REPORTED, columns: COLUMNS, ...changes });
  const adapter = speak(window, course);
  await adapter.open();
  let saves = 0;
  const answer = async (question, chosen, right) => {
    adapter.record({ ...ANSWER, question, chosen, right });
    saves += 1;
    await adapter.save(decode(`1.0.1.g${"A".repeat(saves)}B`), "p1", NOTHING);
  };
  return { window, lms, adapter, answer };
}

for (const each of VERSIONS) {
  const { version, StandIn, api, set } = each;

  test(`${version}: a question has one record, in its place, whatever was answered first and how often`, async () => {
    const { lms, answer } = await opened(each);
    await answer("q2", ["a", "c"], false);
    const [first, second] = recordsOf(lms, set);
    // Numbers have no gaps: the one before is begun.
    assert.deepEqual(first, { id: "q1", type: "choice" });
    assert.deepEqual([second.id, second.result === "correct"], ["q2", false]);
    await answer("q2", ["a", "b"], true);
    await answer("q1", ["b"], true);
    const records = recordsOf(lms, set);
    assert.deepEqual(
      records.map(({ id, result }) => [id, result]),
      [
        ["q1", "correct"],
        ["q2", "correct"],
      ],
    );
    assert.deepEqual(lms.refused, []);
  });

  test(`${version}: a question that went keeps its place`, async () => {
    const { lms, answer } = await opened(each, { columns: ["gone", ...COLUMNS] });
    await answer("q1", ["b"], true);
    const records = recordsOf(lms, set);
    assert.deepEqual(records[0], { id: "gone" });
    assert.equal(records[1].id, "q1");
    assert.deepEqual(lms.refused, []);
  });

  test(`${version}: in a later session the record is the same`, async () => {
    const before = await opened(each);
    await before.answer("q3", ["b"], false);
    before.adapter.finish(decode("1.0.1.gC"), "p1", NOTHING);
    const after = await opened(each, {}, new StandIn(before.lms.saved));
    await after.answer("q3", ["a"], true);
    assert.deepEqual([recordsOf(after.lms, set)[2].id, recordsOf(after.lms, set)[2].result], ["q3", "correct"]);
    assert.equal(recordsOf(after.lms, set).length, 3);
    assert.deepEqual(after.lms.refused, []);
  });

  test(`${version}: what a session takes can be posted at once, and the rest waits for the next`, async () => {
    const questions = Array.from({ length: 250 }, (_, n) => ({
      id: `question-${n}`,
      page: "p4-check",
      kind: "fill-in",
      scored: true,
      answers: [
        { id: "right", slot: 2 * n, right: true },
        { id: "wrong", slot: 2 * n + 1, right: false },
      ],
      key: { texts: ["åska"], strict: false },
      description: "{lang=sv}Vad är det som hörs när det blixtrar?",
    }));
    const columns = questions.map(({ id }) => id);
    const { window, lms, adapter } = await opened(each, { questions, columns });
    for (const question of columns) {
      adapter.record({ kind: "answer", at: NOON, question, chosen: ["right"], right: true, text: "åska och blixt" });
    }
    await adapter.save(decode("1.0.1.gB"), "p1", NOTHING);
    // As Moodle posts them.
    const posted = (told) =>
      told.flatMap((record, n) =>
        Object.entries(record).map(([name, value]) => `cmi__interactions_${n}__${name}=${encodeURIComponent(value)}&`),
      );
    const first = recordsOf(lms, set);
    assert.ok(posted(first).join("").length < 40000);
    assert.ok(posted(first).join("").length > 30000);
    window[api] = new StandIn(lms.saved);
    await adapter.open();
    await adapter.save(decode("1.0.1.gC"), "p1", NOTHING);
    const second = recordsOf(window[api], set);
    assert.ok(posted(second).join("").length < 40000);
    const told = Object.values(second).filter(({ result }) => result);
    assert.ok(told.length > 0);
    assert.equal(told[0].id, `question-${first.length}`);
  });
}

test("SCORM 1.2: an LMS that has records, whose ids cannot be read, is given the same numbers", async () => {
  class Keeping extends StandInLms12 {
    LMSGetValue(element) {
      return element === "cmi.interactions._count" ? "2" : super.LMSGetValue(element);
    }
  }
  const { lms, answer } = await opened(VERSIONS[0], {}, new Keeping());
  await answer("q1", ["b"], true);
  assert.equal(recordsOf(lms, "LMSSetValue").length, 1);
  assert.equal(recordsOf(lms, "LMSSetValue")[0].id, "q1");
});

test("SCORM 2004: a record that stands elsewhere is found by its id, and no other is written over", async () => {
  const saved = {
    exit: "suspend",
    values: {
      "cmi.interactions.0.id": "q3",
      "cmi.interactions.0.type": "choice",
      "cmi.interactions.1.id": "q1",
      "cmi.interactions.1.type": "choice",
    },
  };
  const { lms, answer } = await opened(VERSIONS[1], {}, new StandInLms2004(saved));
  await answer("q1", ["b"], true);
  await answer("q3", ["a"], true);
  // Its own place has another's.
  await answer("q2", ["a"], false);
  assert.deepEqual(
    recordsOf(lms, "SetValue").map(({ id, result }) => [id, result]),
    [
      ["q3", "correct"],
      ["q1", "correct"],
      ["q2", "incorrect"],
    ],
  );
  assert.deepEqual(lms.refused, []);
});

test("SCORM 2004: a report reads in words what was asked and chosen", async () => {
  const course = makeCourse();
  const [choice] = course.questions;
  const matching = {
    ...choice,
    id: "q2",
    kind: "matching",
    answers: [
      { id: "fire.run", slot: 9, right: true },
      { id: "fire.a-b", slot: 10, right: false },
    ],
    names: { fire: "Det_brinner", ".run": "Spring_ut" },
  };
  const asked = { ...choice, names: { b: "Ring_112" }, description: "{lang=sv}Vad gör du?" };
  const told = Object.fromEntries(interaction(asked, { ...ANSWER, chosen: ["b"] }));
  assert.equal(told.learner_response, "Ring_112");
  assert.equal(told["correct_responses.0.pattern"], "Ring_112");
  assert.equal(told.description, "{lang=sv}Vad gör du?");
  const matched = Object.fromEntries(interaction(matching, { ...ANSWER, chosen: ["fire.run", "fire.a-b"] }));
  assert.equal(matched.learner_response, "Det_brinner[.]Spring_ut[,]Det_brinner[.]a_b");
  const { lms, adapter } = await opened(VERSIONS[1], { questions: [asked, matching] });
  adapter.record({ ...ANSWER, question: "q1", chosen: ["b"] });
  adapter.record({ ...ANSWER, question: "q2", chosen: ["fire.run"] });
  await adapter.save(decode("1.0.1.gB"), "p1", result(course, EMPTY));
  assert.equal(lms.saved.values["cmi.interactions.0.description"], "{lang=sv}Vad gör du?");
  assert.deepEqual(lms.refused, []);
});
