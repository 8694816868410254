import assert from "node:assert/strict";
import { test } from "node:test";
import { readable } from "../src/closing.js";
import { scorm12 } from "../src/lms/scorm/scorm12.js";
import { scorm2004 } from "../src/lms/scorm/scorm2004.js";
import { makeCourse } from "./course.js";
import { StandInLms12, StandInLms2004 } from "./standin.js";
import { windowWith } from "./windows.js";

for (const [told, read] of [
  ["Andersson, Kim", "Kim Andersson"],
  ["af Ekström,Åsa Maria", "Åsa Maria af Ekström"],
  ["Kim Andersson", "Kim Andersson"],
  [" Kim ", "Kim"],
  ["Andersson,", "Andersson,"],
  // Neither a family name nor a given one can be told from this.
  ["Andersson, Kim, Dr", "Andersson, Kim, Dr"],
  ["", ""],
]) {
  test(`the name “${told}” is read as “${read}”`, () => assert.equal(readable(told), read));
}

for (const [title, api, Lms, adapter, call] of [
  ["SCORM 1.2", "API", StandInLms12, scorm12, "LMSGetValue cmi.core.student_name"],
  ["SCORM 2004", "API_1484_11", StandInLms2004, scorm2004, "GetValue cmi.learner_name"],
]) {
  test(`${title}: the name is read when it is asked for, and not before`, async () => {
    const lms = new Lms();
    const line = adapter(windowWith(api, lms), makeCourse());
    const reads = () => lms.calls.filter(({ name, given }) => `${name} ${given[0]}` === call).length;
    await line.open();
    assert.equal(reads(), 0);
    assert.equal(line.learner(), "Learner, First");
    assert.equal(reads(), 1);
  });
}
