import assert from "node:assert/strict";
import { test } from "node:test";
import { supportCode } from "../src/code.js";
import { answer, EMPTY, visit } from "../src/state.js";
import { chance, makeCourse } from "./course.js";

const course = makeCourse();

// What the code holds is read by src/coursepack/course/resume.py, and tested there in tests/test_support.py.

test("the code of nothing done, worked out by hand", () => {
  // 01 format, 101101001011010 course and version, 000 flags, 1 no last page, 0 slots one by one; to whole digits.
  // 01101 10100 10110 10000 10000, then the remainder by x^10 + x^9 + x^5 + x^4 + x + 1.
  const bits = "0110110100101101000010000";
  let rest = BigInt(`0b${bits}`) << 10n;
  for (let at = 34n; at >= 10n; at -= 1n) if ((rest >> at) & 1n) rest ^= 0b11000110011n << (at - 10n);
  const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  assert.equal(supportCode(course, EMPTY, false), `DMPG-G${digits[Number(rest >> 5n)]}${digits[Number(rest & 31n)]}`);
});

test("it is read out in groups of four, without a letter that is taken for a digit", () => {
  let state = EMPTY;
  for (const page of course.pages) state = visit(state, page);
  for (const question of course.questions) state = answer(state, question, [question.answers[0].id]);
  assert.match(supportCode(course, state, false), /^([0-9A-HJKMNP-TV-Z]{4}-)+[0-9A-HJKMNP-TV-Z]{1,4}$/);
});

test("a long course that was read from its beginning has a short code", () => {
  const pages = Array.from({ length: 400 }, (_, slot) => ({
    id: `p${slot}`,
    slot,
    minutes: 1,
    core: true,
    part: null,
  }));
  let state = EMPTY;
  for (const page of pages) state = visit(state, page);
  // 400 slots one by one would take 80 digits.
  assert.ok(supportCode(course, state, false).replace(/-/g, "").length <= 15);
});

test("slots without order take one bit each and a few more", () => {
  const luck = chance(7);
  let state = EMPTY;
  for (let slot = 0; slot < 300; slot += 1) {
    if (luck.below(2)) state = visit(state, { id: "", slot, minutes: 1, core: true, part: null });
  }
  assert.ok(supportCode(course, state, false).replace(/-/g, "").length <= 300 / 5 + 12);
});
