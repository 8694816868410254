import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn } from "../src/drawn.js";
import { merge, NOTHING } from "../src/lms/device/progress-record.js";
import { answer, asked, decode, EMPTY, encode, result, seeded, settle } from "../src/state.js";
import { chance, makeCourse } from "./course.js";

const IDS = ["fire", "flood", "fall", "frost", "fraud", "fog", "fever", "famine"];
const draw = (seed, { ids = IDS, most = 3, round = 0, answered = [] } = {}) => drawn(ids, most, seed, round, answered);

/** A course with a check of `n` questions, of which `pool` are asked. */
function pooled(n = 6, pool = 2, changes = {}) {
  const course = makeCourse();
  course.pages.find(({ id }) => id === "p4-check").pool = pool;
  course.questions = Array.from({ length: n }, (_, at) => ({
    id: `q${at}`,
    page: "p4-check",
    kind: "choice",
    scored: true,
    answers: [
      { id: "a", slot: 20 + 2 * at, right: true },
      { id: "b", slot: 21 + 2 * at, right: false },
    ],
  }));
  return { ...course, draw: [40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51], ...changes };
}

const names = (course, state) => asked(course, state, "p4-check").map(({ id }) => id);

test("as many questions are drawn as are asked for, none twice", () => {
  for (let seed = 1; seed < 4096; seed += 1) {
    const found = draw(seed);
    assert.equal(new Set(found).size, 3);
    assert.ok(found.every((id) => IDS.includes(id)));
  }
});

test("every question is drawn about as often as every other, and every pair", () => {
  const counts = {};
  for (let seed = 1; seed < 4096; seed += 1) {
    const found = draw(seed, { most: 2 }).sort();
    for (const name of [...found, found.join()]) counts[name] = (counts[name] || 0) + 1;
  }
  const singles = IDS.map((id) => counts[id]);
  const pairs = Object.entries(counts).filter(([name]) => name.includes(","));
  // 4095 draws of 2 of 8: each 1024 times, each of the 28 pairs 146 times. Four standard deviations.
  for (const n of singles) assert.ok(Math.abs(n - 1024) < 4 * 28, String(singles));
  assert.equal(pairs.length, 28);
  for (const [name, n] of pairs) assert.ok(Math.abs(n - 146) < 4 * 12, `${name} ${n}`);
});

test("the order in which the pool is written does not matter", () => {
  for (const seed of [1, 77, 4095])
    assert.deepEqual(new Set(draw(seed)), new Set(draw(seed, { ids: [...IDS].reverse() })));
});

test("a question that is added moves at most one other out, and one that goes lets one in", () => {
  for (let seed = 1; seed < 500; seed += 1) {
    const before = draw(seed);
    const more = draw(seed, { ids: [...IDS, "feud"] });
    assert.ok(before.filter((id) => !more.includes(id)).length <= 1);
    const less = draw(seed, { ids: IDS.filter((id) => id !== before[0]) });
    assert.equal(before.filter((id) => !less.includes(id)).length, 1);
  }
});

test("what is answered is asked, whatever is added", () => {
  for (let seed = 1; seed < 500; seed += 1) {
    const before = draw(seed);
    const more = draw(seed, { ids: [...IDS, "feud", "fuel", "fumes", "flu"], answered: before });
    assert.deepEqual(new Set(more), new Set(before));
  }
});

test("nothing is asked twice before all has been asked once", () => {
  for (let seed = 1; seed < 500; seed += 1) {
    const rounds = [0, 1, 2].flatMap((round) => draw(seed, { round }));
    assert.equal(new Set(rounds.slice(0, 8)).size, 8);
  }
});

test("the number is drawn once, is never 0, and is kept in the state's text", () => {
  const course = pooled();
  for (const luck of [0, 0.5, 0.999999]) {
    const state = seeded(course, EMPTY, luck);
    assert.notDeepEqual(state, EMPTY);
    assert.equal(seeded(course, state, 0.25), state);
    assert.deepEqual(names(course, decode(encode(state))), names(course, state));
    assert.equal(names(course, state).length, 2);
  }
});

test("a course without pools draws nothing", () => {
  const course = makeCourse();
  assert.deepEqual(seeded(course, EMPTY, 0.5), EMPTY);
  assert.equal(asked(course, EMPTY, "p4-check").length, 2);
});

test("until a number is drawn all questions are asked", () => {
  assert.equal(names(pooled(), EMPTY).length, 6);
});

test("a question without a right answer is asked beside those that are drawn", () => {
  const course = pooled();
  course.questions[2].scored = false;
  for (const luck of [0, 0.3, 0.9]) {
    const found = names(course, seeded(course, EMPTY, luck));
    assert.equal(found.length, 3);
    assert.ok(found.includes("q2"));
  }
});

test("the score counts the questions that are asked, and no other", () => {
  const course = pooled(6, 2, {
    check: { page: "p4-check", mastery: 60 },
    completion: { rule: "score", page: "p4-check", mastery: 60 },
  });
  let state = seeded(course, EMPTY, 0.4);
  const [one, other] = asked(course, state, "p4-check");
  state = settle(course, answer(state, one, ["a"]));
  assert.equal(result(course, state).score, null);
  const half = settle(course, answer(state, other, ["b"]));
  assert.deepEqual([result(course, half).score, result(course, half).completed], [50, false]);
  const all = settle(course, answer(state, other, ["a"]));
  assert.deepEqual([result(course, all).score, result(course, all).completed], [100, true]);
});

test("two devices that drew apart come to one number, in either order, and keep what was answered", () => {
  const course = pooled();
  const { below } = chance(7);
  for (let n = 0; n < 200; n += 1) {
    const [mine, theirs] = [below(1000) / 1000, below(1000) / 1000].map((luck) => {
      const state = seeded(course, EMPTY, luck);
      const [first] = asked(course, state, "p4-check");
      return { first, doc: { ...NOTHING, state: answer(state, first, ["a"]), answered: { [first.id]: 5 } } };
    });
    const both = merge(course, mine.doc, theirs.doc);
    assert.equal(encode(both.state), encode(merge(course, theirs.doc, mine.doc).state));
    const state = both.state;
    assert.equal(encode(merge(course, both, mine.doc).state), encode(both.state));
    assert.ok(names(course, state).includes(mine.first.id));
    assert.ok(names(course, state).includes(theirs.first.id));
    assert.ok(
      [mine, theirs].some(({ doc }) => {
        const digits = (of) =>
          course.draw.map((slot) => (of.bits[Math.floor(slot / 6)] >> (5 - (slot % 6))) & 1).join("");
        return digits(doc.state) === digits(state);
      }),
    );
  }
});
