import assert from "node:assert/strict";
import { test } from "node:test";
import { clock, lineAt, splitter } from "../src/blocks/playable.js";

test("a line is said from its start until the next one begins", () => {
  const starts = [1.2, 3.7, 3.7, 10];
  for (const [time, line] of [
    [0, -1],
    [1.1, -1],
    [1.2, 0],
    [3.6, 0],
    [3.7, 2],
    [9.9, 2],
    [500, 3],
  ])
    assert.equal(lineAt(starts, time), line, String(time));
  assert.equal(lineAt([], 5), -1);
});

test("a browser that lands a little too early has come to the line all the same", () => {
  assert.equal(lineAt([1, 2], 1.96), 1);
});

test("what is looked for is found whatever its case and white space, and is no pattern", () => {
  assert.deepEqual("En dörr. En DÖRR?".split(splitter("dörr")), ["En ", "dörr", ". En ", "DÖRR", "?"]);
  assert.deepEqual("a  b".split(splitter(" A b ")), ["", "a  b", ""]);
  assert.deepEqual("1+1 (a.b)".split(splitter("(a.b)")), ["1+1 ", "(a.b)", ""]);
  assert.equal(splitter("  "), null);
});

test("times are told as on a clock", () => {
  assert.deepEqual([0, 42.9, 61, 3599, 3600, 36061].map(clock), [
    "0:00",
    "0:42",
    "1:01",
    "59:59",
    "1:00:00",
    "10:01:01",
  ]);
});
