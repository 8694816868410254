import assert from "node:assert/strict";
import { test } from "node:test";
import { duration, score, statement, uuid, uuidFrom, within } from "../src/lms/lrs/statements.js";
import { makeCourse } from "./course.js";
import { ACTOR, checkStatement, ROOT, shapesOf } from "./lrs-fake.js";

const VERSION_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const all = shapesOf(makeCourse());
const WHEN = { id: "0b9f3a52-6c0b-4b6e-8b0e-2f6a9d1c7e11", timestamp: "2026-11-25T00:00:00.000Z" };

test("a UUID is one of version 4, and another each time", () => {
  const made = new Set(Array.from({ length: 500 }, uuid));
  assert.equal(made.size, 500);
  for (const each of made) assert.match(each, VERSION_4);
});

test("a UUID from a text is the same for the same text, and another for any other", () => {
  assert.equal(uuidFrom("a\nb"), uuidFrom("a\nb"));
  const made = new Set();
  for (let at = 0; at < 50000; at += 1) made.add(uuidFrom(`https://example.org/a\n${at}\nexperienced\np${at % 7}`));
  assert.equal(made.size, 50000);
  for (const each of [...made].slice(0, 200)) assert.match(each, VERSION_4);
});

test("texts that differ little have UUIDs that differ in about half of their bits", () => {
  const bits = (id) =>
    [...id.replace(/-/g, "")].flatMap((digit) => [...Number.parseInt(digit, 16).toString(2).padStart(4, "0")]);
  let differing = 0;
  for (let at = 0; at < 500; at += 1) {
    const [one, other] = [bits(uuidFrom(`page ${at}`)), bits(uuidFrom(`page ${at + 1}`))];
    differing += one.filter((bit, place) => bit !== other[place]).length;
  }
  assert.ok(Math.abs(differing / 500 - 61) < 2, String(differing / 500));
});

test("durations have two decimals at most, and never less than nothing", () => {
  assert.equal(duration(90250), "PT90.25S");
  assert.equal(duration(1234), "PT1.23S");
  assert.equal(duration(60000), "PT60S");
  assert.equal(duration(0), "PT0S");
  assert.equal(duration(-5000), "PT0S");
});

test("a score is scaled, raw, and between its limits", () => {
  assert.deepEqual(score(66.67), { scaled: 0.6667, raw: 66.67, min: 0, max: 100 });
  assert.deepEqual(score(100), { scaled: 1, raw: 100, min: 0, max: 100 });
  assert.deepEqual(score(0), { scaled: 0, raw: 0, min: 0, max: 100 });
  assert.deepEqual(score(66.67, true), { scaled: 0.6667 });
  assert.deepEqual(score(50, true), { scaled: 0.5, raw: 50, min: 0, max: 100 });
});

test("contexts are united: lists and extensions together, each activity once, and the outer one holds", () => {
  const activity = (id) => ({ id, objectType: "Activity" });
  assert.deepEqual(
    within(
      {
        language: "en",
        contextActivities: { grouping: [activity("a")], parent: [activity("p")] },
        extensions: { x: 1, y: 1 },
      },
      { language: "sv", contextActivities: { grouping: [activity("b"), activity("a")] }, extensions: { x: 2 } },
    ),
    {
      language: "sv",
      contextActivities: { grouping: [activity("b"), activity("a")], parent: [activity("p")] },
      extensions: { x: 2, y: 1 },
    },
  );
  assert.deepEqual(
    within({ contextActivities: { other: [activity("a")] } }, { contextActivities: { other: activity("b") } }),
    {
      contextActivities: { other: [activity("b"), activity("a")] },
    },
  );
  assert.deepEqual(within({}, {}), {});
});

test("a statement has the shape's verb, its object and parents, and what was filled in", () => {
  const made = statement(all, ROOT, "answered", "q1", {
    ...WHEN,
    result: { response: "a[,]b", success: true },
    context: { extensions: { "https://example.org/x": 1 } },
  });
  assert.deepEqual(made.verb, all.shapes.answered.verb);
  assert.equal(made.object.id, `${ROOT}/q1`);
  assert.deepEqual(made.context.contextActivities.parent, all.questions.q1.parent);
  assert.deepEqual(made.result, { response: "a[,]b", success: true });
  checkStatement({ ...made, actor: ACTOR });
});

test("the course has the id that the launch gave it, wherever it is named", () => {
  const given = "https://lms.example.org/activity/9";
  assert.equal(statement(all, given, "completed", "", WHEN).object.id, given);
  const { context } = statement(all, given, "experienced", "start", WHEN);
  assert.deepEqual([context.contextActivities.grouping[0].id, context.contextActivities.parent[0].id], [given, given]);
  assert.equal(all.course.id, ROOT, "and the shapes stay as they are");
  assert.equal(all.shapes.experienced.context.contextActivities.grouping[0].id, ROOT);
});

test("constant parts of results stay, and no empty parts are made", () => {
  assert.deepEqual(statement(all, ROOT, "completed", "", { ...WHEN, result: { duration: "PT1S" } }).result, {
    completion: true,
    duration: "PT1S",
  });
  assert.equal("result" in statement(all, ROOT, "initialized", "", WHEN), false);
});

test("what the build wrote nothing for is not told", () => {
  const none = shapesOf(makeCourse(), { cmi5: true, report: { answers: false, media: false } });
  assert.equal(statement(none, ROOT, "suspended", "", WHEN), null);
  assert.equal(statement(none, ROOT, "answered", "q1", WHEN), null);
  assert.equal(statement(none, ROOT, "mediaPlayed", "media/film.mp4", WHEN), null);
  assert.equal(statement(all, ROOT, "experienced", "no-such-page", WHEN), null);
});
