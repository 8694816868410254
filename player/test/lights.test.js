import assert from "node:assert/strict";
import { test } from "node:test";
import { litWindows } from "../src/lights.js";

test("a chapter has its own window where there are as many", () => {
  assert.deepEqual(litWindows([false, true, false], 3), [false, true, false]);
});

test("where there are not, windows light up by the share of chapters", () => {
  assert.deepEqual(litWindows([false, true, false, false], 2), [false, false]);
  assert.deepEqual(litWindows([false, true, true, false], 2), [true, false]);
  assert.deepEqual(litWindows([true, true, true, true], 2), [true, true]);
  assert.deepEqual(litWindows([true], 3), [true, true, true]);
  assert.deepEqual(litWindows([], 2), [false, false]);
});
