import assert from "node:assert/strict";
import { test } from "node:test";
import { again, goOn, pick, walk } from "../src/blocks/scenario.js";
import { merge, progressRecord } from "../src/lms/device/progress-record.js";
import { held } from "../src/lms/response.js";
import { interaction as interaction12 } from "../src/lms/scorm/scorm12.js";
import { interaction as interaction2004 } from "../src/lms/scorm/scorm2004.js";
import { answer, chosen, decode, EMPTY, encode, result } from "../src/state.js";
import { chance, makeCourse } from "./course.js";

/** @param {Record<string, string[]>} scenes where the choices of each lead */
const choicesOf = (scenes) =>
  Object.entries(scenes).flatMap(([scene, targets]) => targets.map((to, n) => ({ id: `${scene}.c${n}`, to })));

const DOOR = choicesOf({ knock: ["talk", "quiet"], talk: ["out", "knock"] });

/** @param {{ id: string }[]} choices */
const question = (choices, first = 20) => ({
  id: "sc",
  page: "p4-check",
  kind: "scenario",
  scored: false,
  answers: [...choices.map(({ id }) => id), "onward", "ended"].map((id, at) => ({
    id,
    slot: first + at,
    right: false,
  })),
});

test("a learner begins at the first scene, chooses, chooses again, goes on, and reaches an end", () => {
  assert.deepEqual(walk(DOOR, []), { way: [], at: "knock" });
  let kept = pick(DOOR, [], "knock.c1");
  assert.deepEqual(walk(DOOR, kept), { way: ["knock.c1"], at: "knock" });
  kept = pick(DOOR, kept, "knock.c0");
  assert.deepEqual(walk(DOOR, kept), { way: ["knock.c0"], at: "knock" });
  kept = goOn(DOOR, kept);
  assert.deepEqual(walk(DOOR, kept), { way: ["knock.c0"], at: "talk" });
  kept = goOn(DOOR, pick(DOOR, kept, "talk.c0"));
  assert.deepEqual(walk(DOOR, kept), { way: ["knock.c0", "talk.c0"], at: "out" });
  assert.deepEqual(again(kept), ["ended"]);
  assert.deepEqual(walk(DOOR, again(kept)), { way: [], at: "knock" });
});

test("back in a scene one chooses anew, and no loop catches anybody", () => {
  let kept = goOn(DOOR, pick(DOOR, [], "knock.c0"));
  kept = goOn(DOOR, pick(DOOR, kept, "talk.c1"));
  assert.deepEqual(kept, []);
  // As no player writes it.
  const round = ["knock.c0", "talk.c1", "onward"];
  assert.deepEqual(walk(DOOR, round).way, ["knock.c0", "talk.c1"]);
});

test("scenes that were put together anew leave a learner in one of them", () => {
  const kept = goOn(DOOR, pick(DOOR, goOn(DOOR, pick(DOOR, [], "knock.c0")), "talk.c0"));
  const longer = choicesOf({ knock: ["wait", "quiet"], wait: ["talk", "talk"], talk: ["out", "knock"] });
  assert.equal(walk(longer, kept).at, "wait");
  // The choice is gone; the scene stays.
  const changed = DOOR.filter(({ id }) => id !== "talk.c0");
  assert.equal(walk(changed, kept).at, "talk");
});

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`what returns after a reload is what was done: 2000 steps through any scenes, seed ${seed}`, () => {
    const { below, pick: any } = chance(seed);
    const count = 2 + below(5);
    const ids = Array.from({ length: count }, (_, n) => `s${n}`);
    // The first choice of each scene leads on, so that there is a way out.
    const choices = choicesOf(
      Object.fromEntries(
        ids.map((id, n) => [
          id,
          [ids[n + 1] || "end", ...Array.from({ length: 1 + below(3) }, () => any([...ids, "end"]))],
        ]),
      ),
    );
    const asked = question(choices);
    const last = asked.answers[asked.answers.length - 1].slot;
    let state = EMPTY;
    let [at, pressed, hasEnded] = ["s0", "", false];
    for (let step = 0; step < 2000; step += 1) {
      let kept = chosen(state, asked);
      if (at === "end") {
        kept = again(kept);
        [at, pressed] = ["s0", ""];
      } else if (pressed && below(2)) {
        kept = goOn(choices, kept);
        at = choices.find(({ id }) => id === pressed)?.to || "";
        pressed = "";
      } else {
        pressed = any(choices.filter(({ id }) => id.startsWith(`${at}.`))).id;
        kept = pick(choices, kept, pressed);
      }
      hasEnded = hasEnded || at === "end";
      state = answer(state, asked, kept);
      if (below(3) === 0) state = decode(encode(state)) || assert.fail("cannot be read");
      const { way, at: here } = walk(choices, chosen(state, asked));
      assert.equal(here, at);
      assert.equal(way.find((id) => id.startsWith(`${at}.`)) || "", pressed);
      assert.equal(chosen(state, asked).includes("ended"), hasEnded);
      assert.ok(encode(state).length <= "1.0..".length + Math.ceil((last + 1) / 6));
    }
    assert.ok(hasEnded);
  });
}

test("a scenario of the final check is answered once an end was reached, and makes no score", () => {
  const asked = question(DOOR);
  const course = makeCourse({
    questions: [asked],
    check: { page: "p4-check", mastery: null },
    completion: { rule: "check-submitted", page: "p4-check" },
  });
  const state = answer(EMPTY, asked, ["knock.c0", "onward"]);
  assert.equal(result(course, state).completed, false);
  const done = result(course, answer(state, asked, ["ended"]));
  assert.deepEqual([done.completed, done.score], [true, null]);
});

test("an LMS is told the way that was taken, in the order that it was taken in", () => {
  const asked = question(choicesOf({ a: ["b", "c"], b: ["end", "c"], c: ["b", "end"] }));
  const told = { at: 0, chosen: ["a.c1", "c.c0", "b.c0", "onward", "ended"], right: null, text: "" };
  assert.deepEqual(held(asked, told.chosen), [
    ["a", "c1"],
    ["c", "c0"],
    ["b", "c0"],
  ]);
  // Scenes by their place, choices by theirs in the scene.
  const record12 = Object.fromEntries(interaction12(asked, told));
  assert.equal(record12.type, "performance");
  assert.equal(record12.student_response, "a.b,c.a,b.a");
  assert.equal(record12.result, "neutral");
  const record2004 = Object.fromEntries(interaction2004(asked, told));
  assert.equal(record2004.learner_response, "a[.]c1[,]c[.]c0[,]b[.]c0");
  assert.ok(
    !Object.keys(record12)
      .concat(Object.keys(record2004))
      .some((name) => name.includes("pattern")),
  );
});

test("of two devices the newest step in a scenario wins, whole", () => {
  const asked = question(DOOR);
  const course = makeCourse({ questions: [asked], slots: 30 });
  const at = (/** @type {number} */ time, /** @type {string[]} */ kept) => {
    const book = progressRecord(course, () => time);
    book.record({ kind: "draft", at: time, question: "sc", chosen: kept });
    return book.current();
  };
  const older = at(1000, ["knock.c0", "onward", "talk.c0"]);
  const newer = at(2000, ["knock.c1"]);
  for (const both of [merge(course, older, newer), merge(course, newer, older)]) {
    assert.deepEqual(chosen(both.state, asked), ["knock.c1"]);
  }
});
