import assert from "node:assert/strict";
import { test } from "node:test";
import { plainNumber } from "../src/blocks/typed.js";
import { held } from "../src/lms/response.js";
import { interaction as interaction12, scorm12 } from "../src/lms/scorm/scorm12.js";
import { interaction as interaction2004, scorm2004 } from "../src/lms/scorm/scorm2004.js";
import { order, told } from "../src/order.js";
import { answer, decode, EMPTY, result, visit } from "../src/state.js";
import { chance, makeCourse } from "./course.js";
import { StandInLms12, StandInLms2004 } from "./standin.js";
import { windowWith } from "./windows.js";

/**
 * As the build writes them: of each two, the one whose id is first by letters.
 * @param {string[]} ids in their right order
 */
function ordering(ids) {
  const sorted = [...ids].sort();
  const pairs = sorted.flatMap((one, at) => sorted.slice(at + 1).map((other) => [one, other]));
  const answers = pairs.map(([one, other]) => ({
    id: `${one}.${other}`,
    right: ids.indexOf(one) < ids.indexOf(other),
  }));
  return {
    id: "q-order",
    kind: "ordering",
    scored: true,
    answers: [{ id: "answered", right: true }, ...answers].map((each, slot) => ({ ...each, slot })),
  };
}

/** @template T @param {T[]} list @returns {T[][]} */
const orders = (list) =>
  list.length < 2
    ? [list]
    : list.flatMap((first) => orders(list.filter((each) => each !== first)).map((rest) => [first, ...rest]));

test("every order of some things is told by which of each two comes first", () => {
  const question = ordering(["out", "call-112", "b", "meet"]);
  for (const ids of orders(["b", "call-112", "meet", "out"])) {
    const chosen = told(question, ids);
    assert.deepEqual(order(question, chosen), ids);
    const isRight = question.answers.every(({ id, right }) => right === chosen.includes(id));
    assert.equal(isRight, ids.join() === "out,call-112,b,meet");
  }
});

test("an order of twelve comes back", () => {
  const { below } = chance(7);
  const ids = Array.from({ length: 12 }, (_, at) => `step-${at}`);
  const question = ordering(ids);
  for (let turn = 0; turn < 50; turn += 1) {
    const mixed = [...ids];
    for (let at = 11; at > 0; at -= 1) {
      const other = below(at + 1);
      [mixed[at], mixed[other]] = [mixed[other], mixed[at]];
    }
    assert.deepEqual(order(question, told(question, mixed)), mixed);
  }
});

test("an order outlives a correction of the right one, and is judged by it", () => {
  const ids = ["c", "a", "b"];
  const chosen = told(ordering(["a", "b", "c"]), ids);
  const corrected = ordering(ids);
  assert.deepEqual(order(corrected, chosen), ids);
  assert.ok(corrected.answers.every(({ id, right }) => right === chosen.includes(id)));
});

test("even the order in which no one stands before another is an answer", () => {
  assert.deepEqual(told(ordering(["a", "b"]), ["b", "a"]), ["answered"]);
});

const QUESTIONS = {
  matching: {
    answers: ["row-1.x", "row-1.y", "row-2.x", "row-2.y"].map((id) => ({
      id,
      right: id === "row-1.y" || id === "row-2.x",
    })),
  },
  ordering: ordering(["out", "call", "meet-up"]),
  "fill-in": { answers: [], key: { texts: ["112", "ett ett två"], strict: false } },
  numeric: { answers: [], key: { min: 10.5, max: 11.5 } },
  likert: { scored: false, answers: ["not", "quite-so"].map((id) => ({ id, right: false })) },
};

/** What was answered: the options that it holds, what was written, and what each standard makes of it. */
const ANSWERS = [
  {
    kind: "matching",
    chosen: ["row-1.x", "row-2.x"],
    type: "matching",
    patterns: { 12: ["a.b,b.a"], 2004: ["row_1[.]y[,]row_2[.]x"] },
    response: { 12: "a.a,b.a", 2004: "row_1[.]x[,]row_2[.]x", xapi: "row-1[.]x[,]row-2[.]x" },
    result: ["wrong", "incorrect"],
  },
  {
    kind: "ordering",
    chosen: told(QUESTIONS.ordering, ["meet-up", "out", "call"]),
    type: "sequencing",
    patterns: { 12: ["a,b,c"], 2004: ["out[,]call[,]meet_up"] },
    response: { 12: "c,a,b", 2004: "meet_up[,]out[,]call", xapi: "meet-up[,]out[,]call" },
    result: ["wrong", "incorrect"],
  },
  {
    kind: "fill-in",
    chosen: ["right"],
    text: "Ett ett två",
    right: true,
    type: "fill-in",
    patterns: { 12: ["112", "ett ett två"], 2004: ["112", "ett ett två"] },
    response: { 12: "Ett ett två", 2004: "Ett ett två" },
    result: ["correct", "correct"],
  },
  {
    kind: "numeric",
    chosen: ["high"],
    text: "12.25",
    type: "numeric",
    // SCORM 1.2 knows one number only.
    patterns: { 12: [], 2004: ["10.5[:]11.5"] },
    response: { 12: "12.25", 2004: "12.25" },
    result: ["wrong", "incorrect"],
  },
  {
    kind: "likert",
    chosen: ["quite-so"],
    right: null,
    type: "likert",
    patterns: { 12: [], 2004: [] },
    response: { 12: "b", 2004: "quite_so", xapi: "quite-so" },
    result: ["neutral", "neutral"],
  },
];

const AT = new Date(2026, 1, 3, 12, 4, 5).getTime();
const question = (kind) => ({ page: "p1-a", kind, scored: true, ...QUESTIONS[kind], id: `q-${kind}` });
const happening = ({ kind, chosen, text = "", right = false }) => ({
  kind: "answer",
  at: AT,
  question: `q-${kind}`,
  chosen,
  right,
  text,
});

for (const each of ANSWERS) {
  test(`each standard has its own words for ${each.kind}`, () => {
    for (const [version, interaction, element, said] of [
      ["12", interaction12, "student_response", each.result[0]],
      ["2004", interaction2004, "learner_response", each.result[1]],
    ]) {
      const record = interaction(question(each.kind), happening(each));
      const values = Object.fromEntries(record);
      assert.equal(values.type, each.type);
      const patterns = record.filter(([name]) => name.startsWith("correct_responses"));
      assert.deepEqual(
        patterns,
        each.patterns[version].map((pattern, n) => [`correct_responses.${n}.pattern`, pattern]),
      );
      assert.equal(values[element], each.response[version]);
      assert.equal(values.result, said);
    }
    if (!each.text) {
      const items = held(question(each.kind), each.chosen).map((ids) => ids.join("[.]"));
      assert.equal(items.join("[,]"), each.response.xapi);
    }
  });
}

test("an exact number and case that counts are told as each standard can", () => {
  const exact = { ...question("numeric"), key: { min: 3, max: 3 } };
  const strict = { ...question("fill-in"), key: { texts: ["Lex"], strict: true } };
  const open = { ...question("numeric"), key: { min: null, max: 4 } };
  const pattern = (interaction, asked) =>
    Object.fromEntries(interaction(asked, happening(ANSWERS[3])))["correct_responses.0.pattern"];
  assert.equal(pattern(interaction12, exact), "3");
  assert.equal(pattern(interaction2004, exact), "3[:]3");
  assert.equal(pattern(interaction12, open), undefined);
  assert.equal(pattern(interaction2004, open), "[:]4");
  assert.equal(pattern(interaction12, strict), "Lex");
  assert.equal(pattern(interaction2004, strict), "{case_matters=true}Lex");
});

test("strict LMSs take a record of each kind", async () => {
  const course = makeCourse({
    questions: Object.keys(QUESTIONS).map(question),
    report: { answers: true, media: false },
  });
  for (const [Lms, name, speak, count] of [
    [StandInLms12, "API", scorm12, "LMSGetValue"],
    [StandInLms2004, "API_1484_11", scorm2004, "GetValue"],
  ]) {
    const lms = new Lms({});
    const adapter = speak(windowWith(name, lms), course);
    await adapter.open();
    for (const each of ANSWERS) adapter.record(happening(each));
    await adapter.save(decode("1.0.1.g"), "p1-a", result(course, EMPTY));
    assert.deepEqual(lms.refused, []);
    assert.equal(lms[count]("cmi.interactions._count"), String(ANSWERS.length));
  }
});

const check = (changes) => {
  const questions = [
    { id: "q", page: "p4-check", kind: "choice", scored: true, answers: [{ id: "a", slot: 7, right: true }] },
    { id: "l", page: "p4-check", kind: "likert", scored: false, answers: [{ id: "a", slot: 8, right: false }] },
  ];
  return makeCourse({ questions, check: { page: "p4-check", mastery: 80 }, ...changes });
};

test("no score waits for a question without a right answer, or counts it", () => {
  const course = check({});
  const state = answer(visit(EMPTY, course.pages[6]), course.questions[0], ["a"]);
  assert.equal(result(course, state).score, 100);
  assert.equal(result(course, answer(EMPTY, course.questions[1], ["a"])).score, null);
});

test("a check is submitted when every question is answered, and also those that nothing is right of", () => {
  const course = check({ completion: { rule: "check-submitted", page: "p4-check" } });
  const half = answer(EMPTY, course.questions[0], []);
  assert.ok(!result(course, answer(half, course.questions[1], ["a"])).completed);
  const scored = answer(EMPTY, course.questions[0], ["a"]);
  assert.ok(!result(course, scored).completed);
  assert.ok(result(course, answer(scored, course.questions[1], ["a"])).completed);
});

for (const [text, lang, expected] of [
  ["12", "sv", "12"],
  ["2,5", "sv", "2.5"],
  ["2.5", "sv", "2.5"],
  ["1 000,5", "sv", "1000.5"],
  ["1\u00a0000", "sv", "1000"],
  ["\u22122", "sv", "-2"],
  ["+2", "sv", "2"],
  ["2,5", "en", "2.5"],
  ["1,000", "en", "1000"],
  ["1,000,000.25", "en", "1000000.25"],
  ["1,000", "sv", "1.000"],
  ["1,000", "fi", "1.000"],
  ["1\u00a0000,5", "fi", "1000.5"],
  ["", "sv", ""],
  ["tolv", "sv", ""],
  ["1,2,3", "sv", ""],
  ["1e3", "sv", ""],
  ["-", "en", ""],
  ["2.", "en", ""],
]) {
  test(`${JSON.stringify(text)} is the number ${JSON.stringify(expected)} in ${lang}`, () => {
    assert.equal(plainNumber(text, lang), expected);
  });
}
