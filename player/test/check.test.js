import assert from "node:assert/strict";
import { test } from "node:test";
import { merge, NOTHING, progressRecord } from "../src/lms/device/progress-record.js";
import { interaction as interaction12 } from "../src/lms/scorm/scorm12.js";
import { interaction as interaction2004 } from "../src/lms/scorm/scorm2004.js";
import {
  answer,
  asked,
  attemptsLeft,
  beginAgain,
  best,
  chosen,
  decode,
  draft,
  EMPTY,
  encode,
  handIn,
  result,
  seeded,
  settle,
  tally,
  turn,
  visit,
} from "../src/state.js";
import { chance, makeCourse } from "./course.js";

const range = (from, n) => Array.from({ length: n }, (_, at) => from + at);

/** A course whose check of `n` questions is handed in. */
function handed({ n = 4, pool, mastery = 50, attempts = null, ...changes } = {}) {
  const course = makeCourse();
  if (pool) course.pages.find(({ id }) => id === "p4-check").pool = pool;
  const questions = range(0, n).map((at) => ({
    id: `c${at}`,
    page: "p4-check",
    kind: "choice",
    scored: true,
    answers: [
      { id: "a", slot: 20 + 2 * at, right: true },
      { id: "b", slot: 21 + 2 * at, right: false },
    ],
  }));
  const hand = { feedback: true, review: true, attempts, turn: range(80, 8), best: range(88, 14) };
  return {
    ...course,
    questions: [course.questions[2], ...questions],
    draw: pool ? range(60, 12) : undefined,
    check: { page: "p4-check", mastery, hand },
    completion: { rule: "score", page: "p4-check", mastery },
    ...changes,
  };
}

const check = (course, state) => asked(course, state, "p4-check");
/** Answers the first `right` of what is asked right, and the others not. */
const reply = (course, state, right) =>
  check(course, state).reduce((so, question, at) => draft(course, so, question, [at < right ? "a" : "b"]), state);
const attempt = (course, state, right) => settle(course, handIn(course, reply(course, state, right)));
const kept = (state) => decode(encode(state));

test("nothing is decided before it is handed in, however right it is", () => {
  const course = handed();
  const state = settle(course, reply(course, EMPTY, 4));
  const { score, completed, passed, failed } = result(course, state);
  assert.deepEqual([score, completed, passed, failed], [null, false, false, false]);
  assert.equal(turn(course, state), 0);
});

test("what is handed in makes the score, completes and passes", () => {
  const course = handed();
  const state = kept(attempt(course, EMPTY, 3));
  const { score, completed, passed, failed } = result(course, state);
  assert.deepEqual([score, completed, passed, failed], [75, true, true, false]);
  assert.deepEqual(tally(course, state), { right: 3, of: 4 });
});

test("a third is kept to the hundredth of a per cent", () => {
  const course = handed({ n: 3 });
  assert.equal(result(course, kept(attempt(course, EMPTY, 2))).score, 66.67);
  assert.equal(result(course, kept(attempt(course, EMPTY, 1))).score, 33.33);
});

test("answers that are handed in stay as they are", () => {
  const course = handed();
  const state = attempt(course, EMPTY, 1);
  assert.equal(draft(course, state, course.questions[1], ["b"]), state);
  assert.equal(handIn(course, state), state);
});

test("a new attempt has no answers, and leaves those of other pages", () => {
  const course = handed();
  const before = attempt(course, answer(visit(EMPTY, course.pages[1]), course.questions[0], ["a"]), 1);
  const state = kept(beginAgain(course, before));
  assert.deepEqual(
    check(course, state).map((question) => chosen(state, question)),
    [[], [], [], []],
  );
  assert.deepEqual(chosen(state, course.questions[0]), ["a"]);
  assert.equal(state.last, course.pages[1].slot);
  assert.equal(best(course, state), 25);
  assert.equal(result(course, state).score, 25);
});

test("the best attempt counts, whichever it is", () => {
  const course = handed({ mastery: 100 });
  let state = EMPTY;
  for (const right of [1, 3, 0, 2]) state = kept(beginAgain(course, attempt(course, state, right)));
  assert.equal(result(course, state).score, 75);
  assert.equal(result(course, state).passed, false);
  assert.equal(result(course, attempt(course, state, 4)).passed, true);
});

test("what was passed stays passed when a later attempt is worse", () => {
  const course = handed({ status: "passed" });
  let state = attempt(course, EMPTY, 4);
  state = attempt(course, beginAgain(course, state), 0);
  const { score, passed, failed } = result(course, state);
  assert.deepEqual([score, passed, failed], [100, true, false]);
});

test("attempts are counted, and after the last there is no other", () => {
  const course = handed({ attempts: 2 });
  let state = EMPTY;
  assert.equal(attemptsLeft(course, state), 2);
  state = attempt(course, state, 0);
  assert.equal(attemptsLeft(course, state), 1);
  assert.equal(result(course, state).failed, false);
  state = beginAgain(course, state);
  assert.equal(attemptsLeft(course, state), 1);
  state = attempt(course, state, 1);
  assert.equal(attemptsLeft(course, state), 0);
  assert.equal(result(course, state).failed, true);
  assert.equal(beginAgain(course, state), state);
});

test("where nobody counts, what is handed in below the mastery has failed until it is better", () => {
  const course = handed();
  assert.equal(result(course, attempt(course, EMPTY, 1)).failed, true);
});

test("a later version that allows fewer attempts takes away none that was made", () => {
  const before = handed({ attempts: 5 });
  let state = EMPTY;
  for (let n = 0; n < 3; n += 1) state = beginAgain(before, attempt(before, state, n));
  const course = handed({ attempts: 2 });
  assert.ok(attemptsLeft(course, state) <= 0);
  assert.equal(result(course, state).score, 50);
  // The one that is under way may be handed in.
  assert.equal(result(course, attempt(course, state, 4)).score, 100);
});

test("the number of turns ends at its last digit and never begins anew", () => {
  const course = handed({ n: 1 });
  let state = EMPTY;
  let times = 0;
  while (attemptsLeft(course, state) > 0) {
    state = kept(beginAgain(course, attempt(course, state, 0)));
    times += 1;
    assert.ok(times < 1000);
  }
  assert.equal(times, 128);
  assert.equal(turn(course, state), 255);
  assert.equal(handIn(course, state), state);
  assert.equal(beginAgain(course, state), state);
});

test("the rule that asks for handing in is met by handing in alone", () => {
  const course = handed({ mastery: null, completion: { rule: "check-submitted", page: "p4-check" } });
  assert.equal(result(course, reply(course, EMPTY, 4)).completed, false);
  assert.equal(result(course, attempt(course, EMPTY, 0)).completed, true);
});

test("an LMS's own limit decides", () => {
  const course = handed();
  const state = handIn(course, reply(course, EMPTY, 3));
  course.check.mastery = 80.5;
  course.completion.mastery = 80.5;
  assert.equal(result(course, state).passed, false);
});

test("each attempt draws other questions, until all have been asked", () => {
  const course = handed({ n: 9, pool: 3 });
  for (const luck of [0, 0.2, 0.77]) {
    let state = seeded(course, EMPTY, luck);
    const met = [];
    for (let n = 0; n < 3; n += 1) {
      met.push(...check(course, state).map(({ id }) => id));
      state = kept(attempt(course, state, 3));
      assert.deepEqual(tally(course, state), { right: 3, of: 3 });
      assert.deepEqual(
        check(course, state).map(({ id }) => id),
        met.slice(-3),
      );
      state = kept(beginAgain(course, state));
    }
    assert.equal(new Set(met).size, 9);
  }
});

test("an older state, of a version in which each question was answered by itself, can be handed in", () => {
  const course = handed();
  const each = { ...course, check: { page: "p4-check", mastery: 50 } };
  let state = EMPTY;
  for (const question of course.questions.slice(1)) state = answer(state, question, ["a"]);
  assert.equal(result(each, state).score, 100);
  assert.equal(result(course, state).score, null);
  assert.equal(result(course, handIn(course, state)).score, 100);
});

const docOf = (state, answered = {}) => ({ ...NOTHING, state, answered });

test("of two devices the one that is further on decides the answers, and the best score of both is kept", () => {
  const course = handed();
  const first = attempt(course, EMPTY, 3);
  const mine = docOf(first, { c0: 900, c1: 900, c2: 900, c3: 900 });
  const second = reply(course, beginAgain(course, attempt(course, EMPTY, 1)), 0);
  const theirs = docOf(second, { c0: 5 });
  for (const both of [merge(course, mine, theirs), merge(course, theirs, mine)]) {
    const state = both.state;
    assert.equal(turn(course, state), 2);
    assert.equal(best(course, state), 75);
    for (const question of check(course, state)) assert.deepEqual(chosen(state, question), ["b"]);
  }
});

test("of two devices in one attempt the newest answer to each question wins", () => {
  const course = handed();
  const [, one, two] = course.questions;
  const mine = docOf(draft(course, draft(course, EMPTY, one, ["a"]), two, ["a"]), { c0: 9, c1: 1 });
  const theirs = docOf(draft(course, draft(course, EMPTY, one, ["b"]), two, ["b"]), { c0: 1, c1: 9 });
  for (const both of [merge(course, mine, theirs), merge(course, theirs, mine)]) {
    const state = both.state;
    assert.deepEqual([chosen(state, one), chosen(state, two)], [["a"], ["b"]]);
  }
});

test("random walks of two devices that meet: nothing is taken back, and both come to the same", () => {
  const { below, pick } = chance(20260414);
  for (let walk = 0; walk < 60; walk += 1) {
    const course = handed({ n: 6, pool: 3, attempts: 4 });
    let now = 1;
    const devices = [0, 1].map(() => {
      const book = progressRecord(course, () => now);
      book.begin();
      return { book, state: seeded(course, EMPTY, below(1000) / 1000) };
    });
    for (let step = 0; step < 60; step += 1) {
      now += 1;
      const device = pick(devices);
      const kind = below(10);
      if (kind < 6) {
        const question = pick(check(course, device.state));
        const ids = [pick(["a", "b"])];
        const next = draft(course, device.state, question, ids);
        if (encode(next) !== encode(device.state)) {
          device.book.record({ kind: "draft", at: now, question: question.id, chosen: ids });
          device.state = next;
        }
      } else if (kind === 6) device.state = settle(course, handIn(course, device.state));
      else if (kind === 7) device.state = beginAgain(course, device.state);
      else {
        for (const each of devices) each.book.note(each.state, "p4-check", 0);
        const [one, other] = devices.map(({ book }) => book.current());
        const before = devices.map(({ state }) => [turn(course, state), best(course, state)]);
        devices[0].book.take(other);
        devices[1].book.take(one);
        for (const each of devices) {
          const more = each.book.more(each.state);
          if (more) each.state = more;
        }
        const after = devices.map(({ state }) => [turn(course, state), best(course, state)]);
        const most = [0, 1].map((at) => Math.max(before[0][at], before[1][at]));
        assert.deepEqual(after, [most, most], `walk ${walk}, step ${step}`);
        const shown = devices.map(({ state }) => check(course, state).map((each) => [each.id, chosen(state, each)]));
        assert.deepEqual(shown[0], shown[1], `walk ${walk}, step ${step}`);
      }
      for (const { state } of devices) {
        assert.equal(check(course, state).length, 3);
        assert.ok(attemptsLeft(course, state) >= 0);
      }
    }
  }
});

test("of a text that was written in an earlier session only how it was judged is reported", () => {
  const question = {
    id: "written",
    page: "p4-check",
    kind: "fill-in",
    scored: true,
    answers: [
      { id: "right", slot: 1, right: true },
      { id: "wrong", slot: 2, right: false },
    ],
    key: { texts: ["112"], strict: false },
  };
  const told = { kind: "answer", at: 0, question: "written", chosen: ["right"], right: true, text: "" };
  for (const [interaction, name] of [
    [interaction12, "student_response"],
    [interaction2004, "learner_response"],
  ]) {
    assert.equal(new Map(interaction(question, told)).has(name), false);
    assert.equal(new Map(interaction(question, told)).get("result"), "correct");
    assert.equal(new Map(interaction(question, { ...told, text: "112" })).get(name), "112");
  }
});

test("a draft that is changed is kept as it was changed, in either direction", () => {
  const course = handed();
  const [, question] = course.questions;
  for (const order of [
    ["a", "b"],
    ["b", "a"],
  ]) {
    let now = 0;
    const book = progressRecord(course, () => now);
    book.begin();
    let state = EMPTY;
    for (const id of order) {
      now += 1;
      book.record({ kind: "draft", at: now, question: question.id, chosen: [id] });
      state = draft(course, state, question, [id]);
      book.note(state, "p4-check", 0);
      assert.deepEqual(chosen(book.current().state, question), [id]);
    }
  }
});
