// The scripts that come after the player: what happens until they are there, and when they are not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { trackingLoader } from "../src/lms/lrs/tracking-loader.js";
import { EMPTY } from "../src/state.js";
import { makeCourse } from "./course.js";
import { makeDevice, makeLrs, openWindow, query } from "./lrs-fake.js";

/** @param {string} name of the learner */
const search = (name) =>
  query({
    endpoint: "https://lrs.example.org/xapi/",
    actor: JSON.stringify({ mbox: `mailto:${name}@example.org` }),
    registration: "c5e97c75-4dd8-4b8e-ba10-f5e68f1b2932",
  });
const SEARCH = search("sam");
const VISIT = { kind: "page", at: 1, page: "p1-a" };
const NEXT = { kind: "page", at: 2, page: "p1-b" };

/** A window whose document loads scripts as `answer` says; what is asked for is noted. */
function loading(answer, { search = SEARCH, device = makeDevice() } = {}) {
  const asked = [];
  const append = (script) => {
    asked.push(script.src);
    answer(script, window);
  };
  const window = Object.assign(openWindow({ lrs: makeLrs(), search, device }), {
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
      hold(state, location) {
        told.push([state?.last, location]);
        return true;
      },
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
  const lms = trackingLoader(window, course);
  assert.equal(await lms.open(), "a session");
  assert.equal(await lms.open(), "a session");
  assert.deepEqual(asked.sort(), ["statements.js", "tracking.js"]);
  assert.equal(told.length, 1);
  assert.deepEqual([told[0][0], told[0][1], told[0][3]], [window, course, "shapes"]);
  assert.equal(told[0][2].launch.endpoint, "https://lrs.example.org/xapi/");
  assert.equal(await lms.save(), "more");
  assert.equal(lms.hold(EMPTY, "p1-b"), true);
});

test("what happens before they have come is told when they have", async () => {
  const { told, connect } = adapter();
  const { window } = loading(arrive(connect));
  const lms = trackingLoader(window, makeCourse());
  lms.record(VISIT);
  await lms.open();
  assert.deepEqual(told.slice(1), [VISIT]);
  lms.record(VISIT);
  assert.deepEqual(told.slice(1), [VISIT, VISIT]);
});

test("opened twice while they are on their way there is one that speaks", async () => {
  const { told, connect } = adapter();
  const { window } = loading((...given) => setImmediate(() => arrive(connect)(...given)));
  const lms = trackingLoader(window, makeCourse());
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
      const lms = trackingLoader(window, makeCourse());
      lms.record(VISIT);
      await assert.rejects(lms.open(), { cause: "silent" });
      assert.equal(lms.hold(EMPTY, ""), true);
      isGood = true;
      assert.equal(await lms.open(), "a session");
      assert.deepEqual(told.slice(1), [VISIT]);
      assert.equal(asked.length, 3, "the one that came is not asked for again");
    });
  }
}

/** What a launch is told of earlier ones, when both scripts come. */
async function toldNext(options) {
  const { told, connect } = adapter();
  const { window } = loading(arrive(connect), options);
  await trackingLoader(window, makeCourse()).open();
  return told.slice(1);
}

test("what a page leaves behind that goes before they have come is told with the next launch, once", async () => {
  const device = makeDevice();
  const { window } = loading(() => {}, { device });
  const lms = trackingLoader(window, makeCourse());
  lms.open();
  // As the page goes all is told at once, and then where the learner was.
  lms.record(NEXT);
  lms.record(VISIT);
  lms.finish(EMPTY, "p2-a");
  const { slot } = makeCourse().pages.find(({ id }) => id === "p2-a");
  assert.deepEqual(await toldNext({ device, search: search("kim") }), [], "somebody else");
  assert.deepEqual(await toldNext({ device }), [VISIT, NEXT, [slot, "p2-a"]]);
  assert.deepEqual(await toldNext({ device }), []);
  assert.equal(device.kept.size, 0);
});

test("of two windows that are open at once one tells", async () => {
  const device = makeDevice();
  const { told, connect } = adapter();
  let isGood = false;
  const { window } = loading((...given) => (isGood ? arrive(connect)(...given) : given[0].onerror()), { device });
  const lms = trackingLoader(window, makeCourse());
  await assert.rejects(lms.open());
  lms.record(VISIT);
  assert.deepEqual(await toldNext({ device }), [VISIT]);
  lms.record(NEXT);
  isGood = true;
  await lms.open();
  assert.deepEqual(told.slice(1), [NEXT]);
});

for (const fault of ["isRefused", "isFull"]) {
  test(`a device that keeps nothing (${fault}): that is said, and the window tells`, async () => {
    const device = Object.assign(makeDevice(), { [fault]: true });
    const { told, connect } = adapter();
    const { window } = loading(arrive(connect), { device });
    const lms = trackingLoader(window, makeCourse());
    lms.record(VISIT);
    assert.equal(lms.hold(EMPTY, "p1-a"), false);
    await lms.open();
    assert.deepEqual(told.slice(1), [VISIT]);
  });
}

test("where nobody launched the course nothing is loaded", async () => {
  const { window, asked } = loading(() => {}, { search: "" });
  assert.equal(await trackingLoader(window, makeCourse()).open(), null);
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
  const fresh = await import("../src/lms/lrs/tracking-loader.js?fresh");
  await fresh.trackingLoader(window, makeCourse()).open();
  assert.deepEqual(policies, [["coursepack", "statements.js"]]);
});
