import assert from "node:assert/strict";
import { test } from "node:test";
import {
  answer,
  bookmark,
  chosen,
  decode,
  EMPTY,
  encode,
  handIn,
  has,
  isDone,
  isRight,
  leaveAt,
  pagesLeft,
  positionOf,
  progress,
  result,
  settle,
  visit,
} from "../src/state.js";
import { chance, makeCourse } from "./course.js";

const course = makeCourse();
const page = (id, of = course) => of.pages.find((each) => each.id === id);
const question = (id, of = course) => of.questions.find((each) => each.id === id);
const visitAll = (of, ids, from = EMPTY) => ids.reduce((state, id) => visit(state, page(id, of)), from);
const answerAll = (of, answers, from = EMPTY) =>
  Object.entries(answers).reduce((state, [id, chosen]) => answer(state, question(id, of), chosen), from);

test("an empty state is written without last page and bits", () => {
  assert.equal(encode(EMPTY), "1.0..");
});

test("slot 0 is the highest bit of the first character", () => {
  // 100000 = 32 = "g"; slot 0 is also the last page.
  assert.equal(encode(visit(EMPTY, { slot: 0 })), "1.0.0.g");
});

test("slot 5 is the lowest bit of the first character and slot 6 the highest of the second", () => {
  assert.equal(encode(visit(EMPTY, { slot: 5 })), "1.0.5.B");
  assert.equal(encode(visit(EMPTY, { slot: 6 })), "1.0.6.Ag");
});

test("63 is written as the last character of the base64url alphabet", () => {
  const full = [0, 1, 2, 3, 4, 5].reduce((state, slot) => visit(state, { slot }), EMPTY);
  assert.equal(encode(full), "1.0.5._");
  assert.equal(encode(answer(full, { answers: [{ id: "x", slot: 5 }] }, [])), "1.0.5.-");
});

test("the last page is written in base 36", () => {
  assert.equal(encode(visit(EMPTY, { slot: 56 })).split(".")[2], "1k");
});

test("flags add up", () => {
  assert.equal(encode({ ...EMPTY, completed: true }), "1.1..");
  assert.equal(encode({ ...EMPTY, passed: true }), "1.2..");
  assert.equal(encode({ ...EMPTY, completed: true, passed: true }), "1.3..");
});

test("zeros at the end are cut off", () => {
  const once = answer(EMPTY, question("q3"), ["b"]);
  assert.equal(encode(answer(once, question("q3"), [])), "1.0..");
});

for (const text of [
  "",
  "1",
  "1.0",
  "1.0.0",
  "1.4..",
  "1.-1..",
  "2.0..",
  "10.0..",
  "1.0.A.",
  "1.0.01.",
  "1.0.1234567.",
  "1.0..a b",
  "1.0..+/",
  "1.0..å",
  "1.0...A",
  " 1.0..",
  "1.0..A\n",
  '{"v":1}',
  "null",
]) {
  test(`${JSON.stringify(text)} is no state`, () => {
    assert.equal(decode(text), null);
  });
}

test("any sequence of visits and answers is read back as it was", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const { below, pick, some } = chance(seed);
    let state = EMPTY;
    const pages = new Set();
    const answers = new Map();
    for (let step = below(40); step > 0; step -= 1) {
      if (below(2)) {
        const to = pick(course.pages);
        state = visit(state, to);
        pages.add(to.id);
      } else {
        const asked = pick(course.questions);
        const ids = some(asked.answers.map(({ id }) => id));
        state = answer(state, asked, ids);
        answers.set(asked.id, ids);
      }
      state = decode(encode(settle(course, state)));
    }
    for (const each of course.pages) assert.equal(has(state, each.slot), pages.has(each.id), `seed ${seed} ${each.id}`);
    for (const each of course.questions)
      assert.deepEqual(chosen(state, each), answers.get(each.id) || [], `seed ${seed}`);
  }
});

test("a text that was written is written the same again", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const { below, some } = chance(seed);
    const bits = Array.from({ length: below(40) }, () => below(64));
    const last = below(2) ? below(2000) : null;
    const positions = Array.from({ length: below(5) }, (_, slot) => [slot * below(500), below(36 ** 3)]);
    const bookmarks = some(Array.from({ length: below(60) }, (_, number) => number));
    const text = encode({ completed: below(2) > 0, passed: below(2) > 0, last, bits, positions, bookmarks });
    assert.equal(encode(decode(text)), text);
    assert.deepEqual(decode(text).positions, positions);
    assert.deepEqual(decode(text).bookmarks, bookmarks);
  }
});

test("positions stand behind the bits, slot and seconds in base 36, the newest first", () => {
  const state = leaveAt(leaveAt(visit(EMPTY, { slot: 0 }), 12, 100.9, 9), 40, 35, 9);
  assert.equal(encode(state), "1.0.0.g.14-z_c-2s");
  assert.equal(positionOf(state, 12), 100);
  assert.equal(positionOf(state, 40), 35);
  assert.equal(positionOf(state, 41), 0);
});

test("a film has one position, and the ones played longest ago make room", () => {
  const states = [1, 2, 3, 2].reduce((state, slot, at) => leaveAt(state, slot, at, 2), EMPTY);
  assert.deepEqual(states.positions, [
    [2, 3],
    [3, 2],
  ]);
  assert.deepEqual(leaveAt(EMPTY, 1, 5, 0).positions, []);
});

test("a position of more than three digits is the beginning", () => {
  assert.equal(positionOf(leaveAt(EMPTY, 1, 36 ** 3 - 1, 1), 1), 46655);
  assert.equal(positionOf(leaveAt(EMPTY, 1, 36 ** 3, 1), 1), 0);
});

test("wherever a state is cut off within the positions, the progress before them is read", () => {
  const state = leaveAt(leaveAt(visit(EMPTY, { slot: 3 }), 12, 100, 9), 40, 35, 9);
  const whole = encode(state);
  const progress = encode({ ...state, positions: [] });
  for (let length = progress.length; length <= whole.length; length += 1)
    assert.equal(encode({ ...decode(whole.slice(0, length)), positions: [] }), progress);
});

const marked = (numbers, from = EMPTY) =>
  numbers.reduce((state, number) => bookmark(state, { bookmark: number }, true), from);

test("bookmarks stand before the positions, a bit for each page, five a digit of base 32", () => {
  // 10001 00000 00001 = 17, 0, 1.
  const state = marked([14, 0, 4], visit(EMPTY, { slot: 0 }));
  assert.equal(encode(state), "1.0.0.g.-h01");
  assert.equal(encode(leaveAt(state, 12, 100, 9)), "1.0.0.g.-h01_c-2s");
  assert.deepEqual(decode("1.0.0.g.-h01_c-2s").bookmarks, [0, 4, 14]);
  assert.deepEqual(decode("1.0.0.g.-h01_c-2s").positions, [[12, 100]]);
});

test("a state without bookmarks is as long as one that never had any", () => {
  const once = marked([3, 40]);
  const none = [3, 40].reduce((state, number) => bookmark(state, { bookmark: number }, false), once);
  assert.equal(encode(none), encode(EMPTY));
});

test("a page is bookmarked once, and one that the state has no room for is not", () => {
  assert.deepEqual(marked([2, 2]).bookmarks, [2]);
  assert.deepEqual(bookmark(EMPTY, { slot: 0 }, true), EMPTY);
});

test("an older player reads what stands before and behind bookmarks that it does not know", () => {
  // What players knew before there were bookmarks.
  const TEXT = /^1\.([0-3])\.(0|[1-9a-z][0-9a-z]{0,4})?\.([\w-]*)(?:\.([0-9a-z_-]*))?$/;
  const POSITION = /^([0-9a-z]{1,5})-([0-9a-z]{1,3})$/;
  const all = Array.from({ length: 64 }, (_, number) => number);
  const [, , , bits, field] = TEXT.exec(encode(leaveAt(marked(all, visit(EMPTY, { slot: 0 })), 12, 100, 9)));
  assert.equal(bits, "g");
  assert.deepEqual(
    field.split("_").filter((each) => POSITION.test(each)),
    ["c-2s"],
  );
});

test("wherever a state is cut off within the bookmarks, the pages before the cut are still bookmarked", () => {
  const state = marked([0, 7, 14], visit(EMPTY, { slot: 3 }));
  const whole = encode(state);
  for (let length = "1.0.3.E".length; length <= whole.length; length += 1) {
    const read = decode(whole.slice(0, length));
    assert.equal(encode({ ...read, bookmarks: [] }), "1.0.3.E");
    assert.deepEqual(read.bookmarks, [0, 7, 14].slice(0, read.bookmarks.length));
  }
});

test("what is damaged among bookmarks leaves the rest as it is", () => {
  const read = decode("1.0.0.g.-zz_c-2s");
  assert.deepEqual([read.bookmarks, read.positions], [[], [[12, 100]]]);
});

test("an older player keeps the bits of slots that it does not know", () => {
  const newer = visit(visit(EMPTY, { slot: 40 }), { slot: 100 });
  const older = visit(decode(encode(newer)), page("p1-a"));
  assert.ok(has(decode(encode(older)), 40));
  assert.ok(has(decode(encode(older)), 100));
  assert.ok(has(older, 1));
});

test("a newer course reads an older state: added pages are not opened, the rest is as it was", () => {
  const before = answer(visit(EMPTY, page("p1-a")), question("q1"), ["b"]);
  const newer = makeCourse({
    slots: 16,
    pages: [{ id: "new", slot: 14, minutes: 2, core: true, part: "p1" }, ...course.pages],
  });
  const state = decode(encode(before));
  assert.equal(has(state, page("new", newer).slot), false);
  assert.ok(has(state, page("p1-a", newer).slot));
  assert.deepEqual(chosen(state, question("q1", newer)), ["b"]);
});

test("a state is never changed in place", () => {
  const before = visit(EMPTY, page("p1-a"));
  const text = encode(before);
  answer(visit(before, page("p4-check")), question("q1"), ["a"]);
  assert.equal(encode(before), text);
});

test("the longest state of a course is as long as the build computes it", () => {
  // version, flags and three dots: 5; the last slot in base 36; six slots a character.
  for (const slots of [1, 6, 7, 36, 37, 57, 600, 1297, 4000]) {
    const bound = 5 + (slots - 1).toString(36).length + Math.ceil(slots / 6);
    let state = { ...EMPTY, completed: true, passed: true };
    for (let slot = 0; slot < slots; slot += 1) state = visit(state, { slot });
    assert.equal(encode(state).length, bound, `${slots} slots`);
  }
});

test("a visit is remembered as the last page", () => {
  assert.equal(visitAll(course, ["p1-a", "p4-a", "p1-a"]).last, 1);
});

test("a new answer takes the place of the one before", () => {
  const state = answerAll(course, { q2: ["a", "c"] });
  assert.deepEqual(chosen(answer(state, question("q2"), ["b"]), question("q2")), ["b"]);
});

test("a question is right when exactly its right answers are chosen", () => {
  const right = (chosen) => isRight(question("q2"), chosen);
  assert.ok(right(["a", "b"]));
  assert.ok(!right(["a"]));
  assert.ok(!right(["a", "b", "c"]));
  assert.ok(!right([]));
});

test("all core pages: complete with the last core page, optional pages do not count", () => {
  const most = visitAll(course, ["start", "p1-a", "p2-a", "p3-a", "p4-a"]);
  assert.equal(result(course, most).completed, false);
  assert.equal(result(course, visit(most, page("p4-check"))).completed, true);
});

test("parts: every named part and enough of the tracks", () => {
  const parts = makeCourse({ completion: { rule: "parts", parts: ["p1", "p4"], of: ["p2", "p3"], tracks: 1 } });
  const named = visitAll(parts, ["p1-a", "p4-a", "p4-check"]);
  assert.equal(result(parts, named).completed, false);
  assert.equal(result(parts, visit(named, page("p2-a"))).completed, true);
  assert.equal(result(parts, visit(named, page("p3-a"))).completed, true);
  assert.equal(result(parts, visitAll(parts, ["p1-a", "p4-a", "p2-a", "p3-a"])).completed, false);
  const both = makeCourse({ completion: { rule: "parts", parts: [], of: ["p2", "p3"], tracks: 2 } });
  assert.equal(result(both, visitAll(both, ["p2-a"])).completed, false);
  assert.equal(result(both, visitAll(both, ["p2-a", "p3-a"])).completed, true);
});

test("check submitted: every question of the page answered, right or wrong; other pages' questions do not count", () => {
  const submitted = makeCourse({ completion: { rule: "check-submitted", page: "p4-check" } });
  const one = answerAll(submitted, { q1: ["a"] });
  assert.equal(result(submitted, one).completed, false);
  assert.equal(result(submitted, answer(one, question("q2"), ["c"])).completed, true);
});

const graded = (status, mastery = 50) =>
  makeCourse({
    status,
    completion: { rule: "score", page: "p4-check", mastery },
    check: { page: "p4-check", mastery },
  });

test("score: complete at the mastery, not below", () => {
  const half = answerAll(course, { q1: ["b"], q2: ["a"] });
  assert.equal(result(graded("completed", 50), half).completed, true);
  assert.equal(result(graded("completed", 51), half).completed, false);
});

test("no score before every question of the check is answered", () => {
  assert.equal(result(graded("passed"), answerAll(course, { q1: ["b"] })).score, null);
});

test("no score without a mastery", () => {
  const ungraded = makeCourse({ check: { page: "p4-check", mastery: null } });
  assert.equal(result(ungraded, answerAll(course, { q1: ["b"], q2: ["a", "b"] })).score, null);
});

test("the score is a percentage with at most two decimals", () => {
  const three = makeCourse({
    check: { page: "p4-check", mastery: 80 },
    questions: course.questions.map((each) => ({ ...each, page: "p4-check" })),
  });
  assert.equal(result(three, answerAll(three, { q1: ["b"], q2: ["a"], q3: ["b"] })).score, 33.33);
  assert.equal(result(three, answerAll(three, { q1: ["b"], q2: ["a", "b"], q3: ["b"] })).score, 66.67);
  assert.equal(result(three, answerAll(three, { q1: ["b"], q2: ["a", "b"], q3: ["a"] })).score, 100);
});

test("below the mastery the learner failed, and a better answer passes", () => {
  const of = graded("passed");
  const low = answerAll(of, { q1: ["a"], q2: ["c"] });
  const { progress, parts, ...judged } = result(of, low);
  assert.deepEqual(judged, { completed: false, passed: false, failed: true, isOpen: true, score: 0 });
  const better = answer(low, question("q1"), ["b"]);
  const after = result(of, better);
  assert.deepEqual([after.completed, after.passed, after.failed, after.score], [true, true, false, 50]);
});

test("a course that asks for a pass is open until it has come or cannot come any more", () => {
  const hand = { feedback: true, review: true, attempts: 1, turn: [20, 21], best: [] };
  const of = (status, attempts, mastery = 50) =>
    makeCourse({ status, slots: 30, check: { page: "p4-check", mastery, hand: { ...hand, attempts } } });
  const all = visitAll(
    course,
    course.pages.map(({ id }) => id),
  );
  for (const [each, before, after] of [
    [of("both", 1), true, false],
    [of("passed", 1), true, false],
    [of("both", 2), true, true],
    [of("both", null), true, true],
    // The author's rule completes the course, and the score is for information.
    [of("completed", null), false, false],
    [of("both", null, null), false, false],
  ]) {
    assert.equal(result(each, all).isOpen, before);
    assert.equal(result(each, handIn(each, all)).isOpen, after, JSON.stringify(each.check));
  }
});

test("progress is the share of core pages opened, and whole once the course is completed", () => {
  const some = visitAll(course, ["start", "p1-a", "p1-extra", "p2-a"]);
  // Three of six core pages; the page that is not core counts for nothing.
  assert.equal(result(course, some).progress, 0.5);
  assert.deepEqual(result(course, some).parts, [
    { id: "p1", done: 1, total: 1 },
    { id: "p2", done: 1, total: 1 },
    { id: "p3", done: 0, total: 1 },
    { id: "p4", done: 0, total: 2 },
  ]);
  assert.equal(result(course, { ...some, completed: true }).progress, 1);
});

test("passing needs the rule and the mastery", () => {
  const of = makeCourse({ status: "both", check: { page: "p4-check", mastery: 50 } });
  const all = course.pages.map(({ id }) => id);
  const mastered = answerAll(of, { q1: ["b"], q2: ["a", "b"] });
  assert.equal(result(of, mastered).passed, false);
  assert.equal(result(of, visitAll(of, all)).passed, false);
  assert.equal(result(of, visitAll(of, all)).completed, true);
  assert.equal(result(of, visitAll(of, all, mastered)).passed, true);
});

test("what was reached stays reached when a later version asks for more", () => {
  const done = settle(
    course,
    visitAll(
      course,
      course.pages.map(({ id }) => id),
    ),
  );
  const more = makeCourse({ pages: [...course.pages, { id: "new", slot: 20, minutes: 1, core: true, part: "p1" }] });
  assert.equal(result(more, decode(encode(done))).completed, true);
});

test("what was reached stays reached when a later answer is worse", () => {
  const of = graded("passed");
  const good = settle(of, answerAll(of, { q1: ["b"], q2: ["a", "b"] }));
  const worse = settle(of, answerAll(of, { q1: ["a"], q2: ["c"] }, good));
  assert.equal(result(of, worse).passed, true);
  assert.equal(result(of, worse).failed, false);
});

for (const status of ["completed", "passed", "both"]) {
  test(`status word ${status}: a score below the mastery is not reported after a pass, a better one is`, () => {
    const of = graded(status);
    const good = settle(of, answerAll(of, { q1: ["b"], q2: ["a"] }));
    assert.equal(result(of, good).score, 50);
    assert.equal(result(of, answerAll(of, { q1: ["a"], q2: ["c"] }, good)).score, null);
    assert.equal(result(of, answerAll(of, { q2: ["a", "b"] }, good)).score, 100);
  });
}

test("a course in which nothing can be passed notes no pass", () => {
  const done = settle(
    course,
    visitAll(
      course,
      course.pages.map(({ id }) => id),
    ),
  );
  assert.equal(encode(done).slice(0, 4), "1.1.");
});

test("progress counts core pages and the minutes of those not opened", () => {
  const sum = progress(course, visitAll(course, ["start", "p1-a", "p1-extra"]));
  assert.deepEqual([sum.done, sum.total], [2, 6]);
  assert.equal(sum.minutesLeft, 2.5 + 3 + 3 + 5);
  assert.deepEqual(sum.parts.get("p1"), { done: 1, total: 1 });
  assert.deepEqual(sum.parts.get("p4"), { done: 0, total: 2 });
});

test("where the rule asks for answers, a page counts when all its questions are answered", () => {
  const strict = makeCourse({ completion: { rule: "all-core-pages", questions: "answered" } });
  const all = strict.pages.filter(({ core }) => core).map(({ id }) => id);
  const opened = visitAll(strict, all);
  const left = (state) => pagesLeft(strict, state).map(({ id }) => id);
  assert.deepEqual(left(opened), ["p1-a", "p4-check"]);
  assert.equal(result(strict, opened).completed, false);
  assert.equal(progress(strict, opened).done, 4);
  assert.deepEqual(
    result(strict, opened).parts.map(({ done, total }) => `${done} of ${total}`),
    ["0 of 1", "1 of 1", "1 of 1", "1 of 2"],
  );
  // Right or wrong makes no difference.
  const some = answerAll(strict, { q1: ["a"], q3: ["b"] }, opened);
  assert.deepEqual(left(some), ["p4-check"]);
  const every = answerAll(strict, { q2: ["c"] }, some);
  assert.deepEqual(left(every), []);
  assert.equal(result(strict, every).completed, true);
  assert.equal(result(strict, every).progress, 1);
  // Answers alone do not open a page.
  assert.deepEqual(left(answerAll(strict, { q1: ["a"], q2: ["a"], q3: ["a"] })), all);
});

test("a check that is handed in counts when it was, and a scenario at its end", () => {
  const hand = { feedback: true, review: true, attempts: 2, turn: [14, 15], best: [16, 17] };
  const scene = { id: "s", page: "p2-a", kind: "scenario", scored: false, answers: ["one.a", "ended"] };
  const questions = [
    ...makeCourse().questions,
    { ...scene, answers: scene.answers.map((id, at) => ({ id, slot: 18 + at, right: false })) },
  ];
  const strict = makeCourse({
    completion: { rule: "all-core-pages", questions: "answered" },
    check: { page: "p4-check", mastery: null, hand },
    slots: 20,
    questions,
  });
  const opened = visitAll(strict, ["p2-a", "p4-check"]);
  const begun = answerAll(strict, { s: ["one.a"], q1: ["a"], q2: ["a"] }, opened);
  const counts = (state) => ["p2-a", "p4-check"].filter((id) => isDone(strict, state, page(id)));
  assert.deepEqual(counts(begun), []);
  assert.deepEqual(counts(answerAll(strict, { s: ["one.a", "ended"] }, begun)), ["p2-a"]);
  assert.deepEqual(counts(handIn(strict, begun)), ["p4-check"]);
});
