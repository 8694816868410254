// The scripts that come after the player: what happens until they are there, and when they are not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { late } from "../src/lms/late.js";
import { makeCourse } from "./course.js";
import { makeLrs, openWindow, query } from "./lrs-fake.js";

const SEARCH = query({ endpoint: "https://lrs.example.org/xapi/", actor: "{}" });
const VISIT = { kind: "page", at: 1, page: "p1-a" };

/** A window whose document loads scripts as `answer` says; what is asked for is noted. */
function loading(answer, search = SEARCH) {
  const asked = [];
  const append = (script) => {
    asked.push(script.src);
    answer(script, window);
  };
  const window = Object.assign(openWindow({ lrs: makeLrs(), search }), {
    document: { createElement: () => ({}), head: { append } },
  });
  return { window, asked };
}

/** An adapter that notes what it is told. */
function adapter() {
  const told = [];
  const connect = (...given) => {
    told.push(given);
    return {
      open: async () => "a session",
      record: (happening) => told.push(happening),
      save: async () => "more",
      hold: () => true,
      finish: () => told.push("finish"),
    };
  };
  return { told, connect };
}

/** Both scripts arrive. */
function arrive(connect) {
  return (script, window) => {
    if (script.src === "tracking.js") window.coursepackTracking = connect;
    else window.coursepackStatements = "shapes";
    script.onload();
  };
}

test("each script is loaded once, and what speaks with the LRS gets the launch and the build's part", async () => {
  const { told, connect } = adapter();
  const { window, asked } = loading(arrive(connect));
  const course = makeCourse();
  const lms = late(window, course);
  assert.equal(await lms.open(), "a session");
  assert.equal(await lms.open(), "a session");
  assert.deepEqual(asked.sort(), ["statements.js", "tracking.js"]);
  assert.equal(told.length, 1);
  assert.deepEqual([told[0][0], told[0][1], told[0][3]], [window, course, "shapes"]);
  assert.equal(told[0][2].launch.endpoint, "https://lrs.example.org/xapi/");
  assert.equal(await lms.save(), "more");
  assert.equal(lms.hold(), true);
});

test("what happens before they have come is told when they have", async () => {
  const { told, connect } = adapter();
  const { window } = loading(arrive(connect));
  const lms = late(window, makeCourse());
  lms.record(VISIT);
  await lms.open();
  assert.deepEqual(told.slice(1), [VISIT]);
  lms.record(VISIT);
  assert.deepEqual(told.slice(1), [VISIT, VISIT]);
});

test("opened twice while they are on their way there is one that speaks", async () => {
  const { told, connect } = adapter();
  const { window } = loading((...given) => setImmediate(() => arrive(connect)(...given)));
  const lms = late(window, makeCourse());
  assert.deepEqual(await Promise.all([lms.open(), lms.open()]), ["a session", "a session"]);
  assert.equal(told.length, 1);
});

for (const name of ["tracking.js", "statements.js"]) {
  for (const [how, event] of [
    ["does not come", "onerror"],
    ["is empty", "onload"],
  ]) {
    test(`${name} that ${how} is a cause to try again, and nothing is forgotten`, async () => {
      const { told, connect } = adapter();
      let isGood = false;
      const { window, asked } = loading((script, window) => {
        if (isGood || script.src !== name) arrive(connect)(script, window);
        else script[event]();
      });
      const lms = late(window, makeCourse());
      lms.record(VISIT);
      await assert.rejects(lms.open(), { cause: "silent" });
      assert.equal(lms.hold, undefined);
      isGood = true;
      assert.equal(await lms.open(), "a session");
      assert.deepEqual(told.slice(1), [VISIT]);
      assert.equal(asked.length, 3, "the one that came is not asked for again");
    });
  }
}

test("a page that goes before they have come tells nothing, and breaks nothing", () => {
  const { window } = loading(() => {});
  const lms = late(window, makeCourse());
  lms.open();
  lms.record(VISIT);
  lms.finish();
});

test("where nobody launched the course nothing is loaded", async () => {
  const { window, asked } = loading(() => {}, "");
  assert.equal(await late(window, makeCourse()).open(), null);
  assert.deepEqual(asked, []);
});

test("a policy names the scripts where one is asked for, and it names no others", async () => {
  const { connect } = adapter();
  const policies = [];
  const { window } = loading(arrive(connect));
  window.trustedTypes = {
    createPolicy(name, rules) {
      policies.push([name, rules.createScriptURL("https://elsewhere.example/evil.js")]);
      return rules;
    },
  };
  // A document makes its policy once, and so the module does.
  const fresh = await import("../src/lms/late.js?fresh");
  await fresh.late(window, makeCourse()).open();
  assert.deepEqual(policies, [["coursepack", "statements.js"]]);
});
