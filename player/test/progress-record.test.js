import assert from "node:assert/strict";
import { test } from "node:test";
import { merge, NOTHING, progressRecord, read, write } from "../src/lms/device/progress-record.js";
import { answer, bookmark, chosen, decode, EMPTY, has, leaveAt, positionOf, visit } from "../src/state.js";
import { chance, makeCourse } from "./course.js";

const course = makeCourse();
const page = (id) => course.pages.find((each) => each.id === id);
const question = (id) => course.questions.find((each) => each.id === id);
const docOf = (state, more = {}) => ({ ...NOTHING, state, ...more });
const answers = (doc, id) => chosen(doc.state, question(id));

test("a document is read as it was written", () => {
  const doc = {
    format: 1,
    state: decode("1.0.3.AAAg.-h_c-2s"),
    location: "p2-a",
    at: 1700000000000,
    answered: { q1: 1700000000000, "#4": 1700000000000 },
    played: { 12: 1700000000000 },
    time: 123000,
    sent: { completed: "0b9f3a52-6c0b-4b6e-8b0e-2f6a9d1c7e11" },
  };
  assert.deepEqual(read(write(doc, course), course), doc);
});

test("a document of an older player, which knew no positions, is read", () => {
  const text = '{"format":1,"state":"1.0.3.g","location":"p2-a","at":5,"answered":{},"time":0,"sent":{}}';
  assert.deepEqual(read(text, course), { ...NOTHING, state: decode("1.0.3.g"), location: "p2-a", at: 5 });
  assert.equal(write(read(text, course), course), text.replace(",", ',"mark":"ADcc",'));
});

const FILM = 12;
const SOUND = 13;

test("of two documents the newer position of each film and sound is kept, in either order", () => {
  const mine = docOf(leaveAt(leaveAt(EMPTY, SOUND, 10, 2), FILM, 90, 2), { played: { [FILM]: 5, [SOUND]: 9 } });
  const theirs = docOf(leaveAt(leaveAt(EMPTY, FILM, 30, 2), SOUND, 70, 2), { played: { [FILM]: 6, [SOUND]: 3 } });
  for (const both of [merge(course, mine, theirs), merge(course, theirs, mine)]) {
    assert.deepEqual(both.state.positions, [
      [SOUND, 10],
      [FILM, 30],
    ]);
    assert.deepEqual(both.played, { [FILM]: 6, [SOUND]: 9 });
  }
});

test("where nobody knows which position is newer, the farther one is kept", () => {
  const mine = docOf(leaveAt(EMPTY, FILM, 90, 2));
  const theirs = docOf(leaveAt(EMPTY, FILM, 30, 2));
  for (const both of [merge(course, mine, theirs), merge(course, theirs, mine)])
    assert.deepEqual(both.state.positions, [[FILM, 90]]);
});

test("a film that was seen to its end elsewhere begins at the beginning", () => {
  const mine = docOf(leaveAt(EMPTY, FILM, 90, 2), { played: { [FILM]: 5 } });
  const theirs = docOf(leaveAt(EMPTY, FILM, 0, 2), { played: { [FILM]: 6 } });
  assert.deepEqual(merge(course, mine, theirs).state.positions, [[FILM, 0]]);
});

test("a position of which it is not known when it came to be is older than any other", () => {
  const mine = docOf(leaveAt(EMPTY, FILM, 90, 2));
  const theirs = docOf(leaveAt(EMPTY, FILM, 30, 2), { played: { [FILM]: 6 } });
  for (const both of [merge(course, mine, theirs), merge(course, theirs, mine)]) {
    assert.deepEqual(both.state.positions, [[FILM, 30]]);
  }
});

test("two documents together remember no more positions than there is room for, the newest ones", () => {
  const mine = docOf(leaveAt(leaveAt(EMPTY, 20, 10, 2), 21, 10, 2), { played: { 20: 1, 21: 4 } });
  const theirs = docOf(leaveAt(leaveAt(EMPTY, 22, 10, 2), 23, 10, 2), { played: { 22: 3, 23: 2 } });
  const both = merge(course, mine, theirs);
  assert.deepEqual(both.state.positions, [
    [21, 10],
    [22, 10],
  ]);
  assert.deepEqual(both.played, { 21: 4, 22: 3 });
});

test("a position has the time of the window that played, not of the one that took it over", () => {
  let now = 100;
  const clock = () => now;
  const [one, other] = [progressRecord(course, clock), progressRecord(course, clock)];
  for (const book of [one, other]) book.begin();
  one.note(leaveAt(EMPTY, FILM, 60, 2), "p1-a", 0);
  now = 200;
  other.take(one.current());
  const more = other.more(EMPTY);
  assert.deepEqual(more.positions, [[FILM, 60]]);
  now = 300;
  other.note(more, "p1-a", 0);
  assert.deepEqual(other.current().played, { [FILM]: 100 });
  now = 400;
  other.note(leaveAt(more, FILM, 61, 2), "p1-a", 0);
  assert.deepEqual(other.current().played, { [FILM]: 400 });
});

test("a window that was busy when another played does not count its own old position as new", () => {
  let now = 100;
  const book = progressRecord(course, () => now);
  const old = leaveAt(EMPTY, FILM, 10, 2);
  book.note(old, "p1-a", 0);
  book.take(docOf(leaveAt(EMPTY, FILM, 90, 2), { played: { [FILM]: 200 } }));
  now = 300;
  assert.ok(book.more(old), "it is told");
  // An answer was given during the save, so the window keeps its state and saves that first.
  book.note(old, "p1-a", 0);
  assert.equal(positionOf(book.current().state, FILM), 90);
  assert.deepEqual(book.current().played, { [FILM]: 200 });
  // It takes over what it was told, and plays on from there.
  const taken = book.more(old);
  book.note(taken, "p1-a", 0);
  assert.deepEqual(book.current().played, { [FILM]: 200 });
  book.note(leaveAt(taken, FILM, 95, 2), "p1-a", 0);
  assert.equal(positionOf(book.current().state, FILM), 95);
  assert.deepEqual(book.current().played, { [FILM]: 300 });
});

test("the same document is the same text, in whatever order it was made", () => {
  const one = { ...NOTHING, answered: { a: 1, b: 2 } };
  const other = { ...NOTHING, answered: { b: 2, a: 1 } };
  assert.equal(write(one, course), write(other, course));
});

test("a bare state, as older versions kept it, is a document without times", () => {
  assert.deepEqual(read("1.1.3.gA", course), { ...NOTHING, state: decode("1.1.3.gA") });
});

for (const text of ["", "null", "{}", "[]", "1", '"1.0.."', "<html>", '{"format":1}', '{"format":1,"state":7}']) {
  test(`${JSON.stringify(text)} is no document`, () => {
    assert.equal(read(text, course), null);
  });
}

test("a document of another course is none of ours, and one of a later or an earlier version of the course is", () => {
  const doc = docOf(visit(EMPTY, page("p2-a")));
  const ours = (marks) => read(write(doc, { marks }), course) !== null;
  assert.deepEqual(["", "aa", "aabb", "aabbcc", "aabbccdd"].map(ours), [true, true, true, true, true]);
  // Without a line of `course.lock` in common, and with the first of them.
  assert.deepEqual(["xx", "xxyyzz", "aaxx"].map(ours), [false, false, false]);
});

test("what is damaged in a document does not spoil the rest", () => {
  const text = JSON.stringify({
    format: 1,
    state: "1.0.3.g",
    at: "x",
    answered: { q1: null, q2: 5 },
    time: -1,
    sent: [],
  });
  assert.deepEqual(read(text, course), { ...NOTHING, state: decode("1.0.3.g"), answered: { q2: 5 } });
});

test("a later format is read as far as it is understood", () => {
  assert.deepEqual(read('{"format":2,"state":"1.0.3.g","new":1}', course).state, decode("1.0.3.g"));
});

test("a state of another version leaves the location", () => {
  assert.deepEqual(read('{"format":1,"state":"2.x","location":"p1-a"}', course), { ...NOTHING, location: "p1-a" });
});

test("pages and flags are united", () => {
  const mine = docOf({ ...visit(EMPTY, page("p1-a")), completed: true });
  const theirs = docOf({ ...visit(EMPTY, page("p4-a")), passed: true });
  const both = merge(course, mine, theirs).state;
  assert.ok(both.completed && both.passed && has(both, 1) && has(both, 5));
});

test("each question has the answers of the side that answered last, also where they are fewer", () => {
  const mine = docOf(answer(answer(EMPTY, question("q1"), ["a"]), question("q2"), ["a", "b", "c"]), {
    answered: { q1: 9, q2: 1 },
  });
  const theirs = docOf(answer(answer(EMPTY, question("q1"), ["b"]), question("q2"), ["b"]), {
    answered: { q1: 3, q2: 2 },
  });
  for (const both of [merge(course, mine, theirs), merge(course, theirs, mine)]) {
    assert.deepEqual(answers(both, "q1"), ["a"]);
    assert.deepEqual(answers(both, "q2"), ["b"]);
    assert.deepEqual(both.answered, { q1: 9, q2: 2 });
  }
});

test("a question that only one side answered keeps its answers, also when nobody knows when", () => {
  const mine = docOf(answer(EMPTY, question("q1"), ["a"]));
  assert.deepEqual(answers(merge(course, mine, NOTHING), "q1"), ["a"]);
  assert.deepEqual(answers(merge(course, NOTHING, mine), "q1"), ["a"]);
});

test("bits of slots that this course does not know are united", () => {
  const both = merge(course, docOf(visit(EMPTY, { slot: 60 })), docOf(visit(EMPTY, { slot: 70 })));
  assert.ok(has(both.state, 60) && has(both.state, 70));
});

test("the place is the newer one, and the time the longer one", () => {
  const mine = docOf(visit(EMPTY, page("p1-a")), { at: 5, location: "p1-a", time: 10 });
  const theirs = docOf(visit(EMPTY, page("p4-a")), { at: 4, location: "p4-a", time: 90 });
  const both = merge(course, mine, theirs);
  assert.deepEqual([both.state.last, both.location, both.at, both.time], [1, "p1-a", 5, 90]);
});

test("of ids that were sent, theirs hold", () => {
  const both = merge(
    course,
    { ...NOTHING, sent: { completed: "m", passed: "p" } },
    { ...NOTHING, sent: { completed: "t" } },
  );
  assert.deepEqual(both.sent, { completed: "t", passed: "p" });
});

/** A document that some history of a learner has led to. */
function anyDoc(seed) {
  const { below, pick, some } = chance(seed);
  let state = { ...EMPTY, completed: below(4) === 0, passed: below(4) === 0 };
  const answered = {};
  for (let step = below(12); step > 0; step -= 1) {
    if (below(4) === 0) {
      // The last of them is a page that this version of the course does not know.
      const number = below(9);
      state = bookmark(state, { bookmark: number }, below(2) > 0);
      if (below(4)) answered[`#${number}`] = 1 + below(6);
    } else if (below(2)) state = visit(state, below(3) ? pick(course.pages) : { slot: 14 + below(30) });
    else {
      const asked = pick(course.questions);
      state = answer(state, asked, some(asked.answers.map(({ id }) => id)));
      if (below(4)) answered[asked.id] = 1 + below(6);
    }
  }
  return {
    ...NOTHING,
    state,
    location: pick(course.pages).id,
    at: below(4),
    answered,
    time: below(1000),
  };
}

test("merging is commutative, associative and idempotent", () => {
  for (let seed = 1; seed <= 1500; seed += 1) {
    const [a, b, c] = [anyDoc(seed), anyDoc(seed + 10000), anyDoc(seed + 20000)];
    const both = merge(course, a, b);
    assert.equal(write(merge(course, b, a), course), write(both, course), `seed ${seed}: commutative`);
    assert.equal(write(merge(course, both, b), course), write(both, course), `seed ${seed}: idempotent`);
    assert.equal(write(merge(course, a, a), course), write(a, course), `seed ${seed}: with itself`);
    assert.equal(
      write(merge(course, both, c), course),
      write(merge(course, a, merge(course, b, c)), course),
      `seed ${seed}: associative`,
    );
  }
});

test("merging loses nothing", () => {
  for (let seed = 1; seed <= 1500; seed += 1) {
    const [a, b] = [anyDoc(seed), anyDoc(seed + 10000)];
    const [one, other] = [a.state, b.state];
    const both = merge(course, a, b);
    const state = both.state;
    assert.equal(state.completed, one.completed || other.completed);
    assert.equal(state.passed, one.passed || other.passed);
    const asked = new Set(course.questions.flatMap((each) => each.answers.map(({ slot }) => slot)));
    for (let slot = 0; slot < 60; slot += 1) {
      if (!asked.has(slot))
        assert.equal(has(state, slot), has(one, slot) || has(other, slot), `seed ${seed} slot ${slot}`);
    }
    for (const { id } of course.questions) {
      const [mine, theirs] = [a.answered[id] || 0, b.answered[id] || 0];
      if (mine !== theirs)
        assert.deepEqual(answers(both, id), answers(mine > theirs ? a : b, id), `seed ${seed} ${id}`);
      else assert.ok([answers(a, id).join(), answers(b, id).join()].includes(answers(both, id).join()));
    }
    for (let number = 0; number < 9; number += 1) {
      const [mine, theirs] = [a.answered[`#${number}`] || 0, b.answered[`#${number}`] || 0];
      const [here, there, now] = [one, other, state].map(({ bookmarks }) => bookmarks.includes(number));
      assert.equal(now, mine === theirs ? here || there : mine > theirs ? here : there, `seed ${seed} page ${number}`);
    }
  }
});

function notes(now = () => 1000) {
  return progressRecord(course, now);
}

test("a bookmark that is taken away in one window does not come back from another that saves later", () => {
  const book = notes(() => 10);
  const start = bookmark(bookmark(EMPTY, page("p1-a"), true), page("p2-a"), true);
  book.take(docOf(start, { answered: { "#2": 5000 } }));
  book.begin();
  book.record({ kind: "bookmark", at: 10, page: "p1-a", isOn: false });
  assert.equal(book.current().answered["#2"], 5001);
  // The window that still has it.
  book.take(docOf(start, { answered: { "#2": 5000 }, at: 9000 }));
  book.note(bookmark(start, page("p1-a"), false), "p1-a", 0);
  assert.deepEqual(book.current().state.bookmarks, [page("p2-a").bookmark]);
});

test("a version that has no room for bookmarks keeps none", () => {
  const full = makeCourse({ pages: course.pages.map(({ bookmark: _, ...rest }) => rest) });
  const both = merge(full, docOf(decode("1.0.3.g.-h_c-2s")), NOTHING);
  assert.deepEqual([both.state.bookmarks, both.state.positions], [[], [[12, 100]]]);
});

test("who answers after having seen another's answer answers last, whatever the clocks say", () => {
  const book = notes(() => 10);
  book.take(docOf(answer(EMPTY, question("q1"), ["a"]), { answered: { q1: 5000 } }));
  book.begin();
  book.record({ kind: "answer", at: 10, question: "q1", chosen: ["b"], right: true });
  book.note(answer(EMPTY, question("q1"), ["b"]), "p4-check", 0);
  assert.deepEqual(answers(book.current(), "q1"), ["b"]);
  assert.equal(book.current().answered.q1, 5001);
});

test("an answer from elsewhere that is later than ours holds, and is more than the window knows", () => {
  const book = notes();
  book.begin();
  book.record({ kind: "answer", at: 100, question: "q1", chosen: ["a"], right: false });
  const mine = answer(EMPTY, question("q1"), ["a"]);
  book.note(mine, "p4-check", 0);
  book.take(docOf(answer(EMPTY, question("q1"), ["b"]), { answered: { q1: 200 } }));
  book.note(mine, "p4-check", 0);
  assert.deepEqual(answers(book.current(), "q1"), ["b"]);
  assert.deepEqual(chosen(book.more(mine), question("q1")), ["b"]);
});

test("nothing is more than what the window itself gave", () => {
  const book = notes();
  book.begin();
  const mine = visit(EMPTY, page("p1-a"));
  book.note(mine, "p1-a", 0);
  assert.equal(book.more(mine), null);
});

test("the place is of the moment when the page was changed, not of every save", () => {
  let now = 100;
  const book = notes(() => now);
  book.begin();
  const mine = visit(EMPTY, page("p1-a"));
  book.note(mine, "p1-a", 0);
  now = 900;
  book.note(answer(mine, question("q3"), ["a"]), "p1-a", 0);
  assert.equal(book.current().at, 100);
  now = 50;
  book.note(visit(mine, page("p4-a")), "p4-a", 0);
  assert.deepEqual([book.current().at, book.current().location], [101, "p4-a"]);
});

test("learning times add up", () => {
  const book = notes();
  book.take({ ...NOTHING, time: 5000 });
  book.begin();
  book.note(decode("1.0.1.g"), "p1-a", 300);
  book.note(decode("1.0.1.g"), "p1-a", 200);
  assert.equal(book.current().time, 5500);
});
