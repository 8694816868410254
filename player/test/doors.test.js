import assert from "node:assert/strict";
import { test } from "node:test";
import { countOf, leftOf } from "../src/chapters.js";
import { ajar } from "../src/doors.js";
import { EMPTY, visit } from "../src/state.js";
import { makeCourse } from "./course.js";

test("a door is closed before anything is done, open when all is, and visibly ajar in between", () => {
  const open = [0, 1, 2, 3].map((done) => ajar({ done, total: 3 }));
  assert.deepEqual([open[0], open[3]], [0, 1]);
  // By the design: .4 + .4 times the share.
  assert.ok(Math.abs(open[1] - 0.5333) < 0.001);
  assert.ok(Math.abs(open[2] - 0.6667) < 0.001);
});

test("core pages count, and all pages where there are none", () => {
  const course = makeCourse();
  const [one, two] = course.pages;
  one.core = true;
  two.core = false;
  const both = { pages: [one.id, two.id] };
  const extra = { pages: [two.id] };
  const state = visit(EMPTY, two);
  assert.deepEqual(countOf(course, state, both), { done: 0, total: 1 });
  assert.deepEqual(leftOf(course, state, both), [one]);
  assert.deepEqual(countOf(course, EMPTY, extra), { done: 0, total: 1 });
  assert.deepEqual(countOf(course, state, extra), { done: 1, total: 1 });
});
