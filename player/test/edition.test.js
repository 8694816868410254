import assert from "node:assert/strict";
import { test } from "node:test";
import { scorm12 } from "../src/lms/scorm/scorm12.js";
import { scorm2004 } from "../src/lms/scorm/scorm2004.js";
import { makeCourse } from "./course.js";
import { StandInLms12, StandInLms2004 } from "./standin.js";
import { windowWith } from "./windows.js";

// The module looks at the document as soon as it is there.
globalThis.document = { documentElement: {} };
const { chosen } = await import("../src/edition.js");

for (const [wanted, known, first] of [
  [["sv-SE", "en"], ["sv", "en"], "sv"],
  [["de-DE", "EN-GB", "sv"], ["sv", "en"], "en"],
  [["", "en_GB"], ["sv", "en"], "en"],
  [[" en"], ["sv", "en"], "en"],
  [["de", "eng", "sven"], ["sv", "en"], undefined],
  [[], ["sv", "en"], undefined],
]) {
  test(`of ${known}, whoever wants ${JSON.stringify(wanted)} gets ${first}`, () => {
    assert.equal(chosen(wanted, known), first);
  });
}

for (const [title, api, Lms, adapter, read, element] of [
  ["SCORM 1.2", "API", StandInLms12, scorm12, "LMSGetValue", "cmi.student_preference.language"],
  ["SCORM 2004", "API_1484_11", StandInLms2004, scorm2004, "GetValue", "cmi.learner_preference.language"],
]) {
  const launch = async (window) => {
    const lms = new Lms();
    const answer = lms[read].bind(lms);
    let asked = false;
    lms[read] = (name) => {
      if (name !== element) return answer(name);
      asked = true;
      return "en-GB";
    };
    const session = await adapter(Object.assign(windowWith(api, lms), window), makeCourse()).open();
    return { session, asked };
  };

  test(`${title}: the language is asked for where there is a choice`, async () => {
    const { session, asked } = await launch({ coursepackEditions() {} });
    assert.ok(asked);
    assert.equal(session.language, "en-GB");
  });

  test(`${title}: a course of one language asks nothing more`, async () => {
    assert.equal((await launch({})).asked, false);
  });
}
