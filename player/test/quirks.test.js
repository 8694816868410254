// What single LMSs and LRSs do, by the names of `coursepack.profiles`: what the learner did is kept, told once, and
// never said to be where it is not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cmi5 } from "../src/lms/lrs/cmi5.js";
import { readLaunch } from "../src/lms/lrs/launch.js";
import { xapi } from "../src/lms/lrs/xapi.js";
import { has } from "../src/state.js";
import { makeCourse } from "./course.js";
import { learner, makeDevice, makeLrs, openWindow, ROOT, settled, shapesOf, tinCan } from "./lrs-fake.js";

const REPORT = { answers: true, media: true };
const graded = () =>
  makeCourse({
    report: REPORT,
    status: "both",
    completion: { rule: "score", page: "p4-check", mastery: 50 },
    check: { page: "p4-check", mastery: 50 },
  });
const SLOT = 1;

/** A learner in front of a course that was launched. */
async function open(kind, lrs, device = makeDevice(), search = kind === "cmi5" ? lrs.launch() : tinCan()) {
  const course = graded();
  const statements = shapesOf(course, { cmi5: kind === "cmi5", report: REPORT });
  const window = openWindow({ lrs, device, search, statements });
  const connect = kind === "cmi5" ? cmi5 : xapi;
  const lms = connect(window, course, readLaunch(window), statements);
  const ada = learner(course, lms, window);
  return { ada, lms, window, device, lrs };
}

async function leave({ ada }) {
  ada.leave();
  await settled(200);
}

/** Reads a page, and passes the check. */
async function learn(here) {
  await here.ada.open();
  here.ada.visit("p1-a");
  await here.ada.save();
  here.ada.answer("q1", ["b"]);
  here.ada.answer("q2", ["a", "b"]);
  await here.ada.save();
}

const told = (lrs, verb) => lrs.said(verb).filter(({ object: { id } }) => id === ROOT).length;
const once = (lrs) => assert.deepEqual([told(lrs, "completed"), told(lrs, "passed")], [1, 1]);

/** What a later session begins with. */
async function resumed(kind, lrs, device) {
  const next = await open(kind, lrs, device);
  const session = await next.ada.open();
  await next.ada.save();
  await leave(next);
  return Boolean(session.state) && has(session.state, SLOT);
}

for (const quirks of [
  ["token-dies-on-terminated"],
  ["prefs-before-statements"],
  ["post-statements-ignored"],
  ["verb-by-display"],
  ["partial-batch-stored"],
  ["state-put-needs-if-match"],
  ["one-state-id"],
  ["post-statements-ignored", "one-state-id", "verb-by-display"],
]) {
  for (const kind of ["cmi5", "xapi"]) {
    test(`${kind}, ${quirks.join(", ")}: all is told once, and resumed here and on another device`, async () => {
      // Nothing of ETags can be seen or worked out.
      const lrs = makeLrs({ quirks, hidesHeaders: true, hashes: false });
      const here = await open(kind, lrs);
      await learn(here);
      await leave(here);
      once(lrs);
      assert.equal(told(lrs, "terminated"), 1);
      assert.equal(here.lms.isHere(), false);
      assert.ok(await resumed(kind, lrs, here.device));
      assert.ok(await resumed(kind, lrs, makeDevice()));
      once(lrs);
      assert.equal(told(lrs, "terminated"), 3);
      for (const { status, reason } of lrs.calls) assert.ok(![401, 403].includes(status), reason);
    });
  }
}

for (const [kind, quirk] of [
  ["cmi5", "unknown-state-200"],
  ["xapi", "unknown-state-200"],
  ["xapi", "statements-only-lrs"],
]) {
  test(`${kind}, ${quirk}: progress lies on the device, nothing else is claimed, and statements are told`, async () => {
    const lrs = makeLrs({ quirks: [quirk] });
    const here = await open(kind, lrs);
    await learn(here);
    assert.equal(here.lms.isHere(), true);
    await leave(here);
    once(lrs);
    assert.ok(await resumed(kind, lrs, here.device));
    assert.equal(await resumed(kind, lrs, makeDevice()), false);
    const bare = makeDevice();
    bare.isRefused = true;
    await assert.rejects(learn(await open(kind, lrs, bare)), { cause: "storage" });
  });
}

test("token-expires: what is done afterwards asks for a new launch, which tells it", async () => {
  const lrs = makeLrs({ quirks: ["token-expires"] });
  const here = await open("cmi5", lrs);
  await here.ada.open();
  here.ada.visit("p1-a");
  await here.ada.save();
  lrs.isExpired = true;
  here.ada.answer("q1", ["b"]);
  here.ada.answer("q2", ["a", "b"]);
  await assert.rejects(here.ada.save(), { cause: "relaunch" });
  await leave(here);
  lrs.isExpired = false;
  assert.ok(await resumed("cmi5", lrs, here.device));
  once(lrs);
  assert.equal(lrs.said("answered").length, 2);
});

for (const quirks of [[], ["fetch-once"]]) {
  test(`a key that was fetched already (${quirks[0] || "200 and an error code"}) asks for a new launch`, async () => {
    const lrs = makeLrs({ quirks });
    const search = lrs.launch();
    await (await open("cmi5", lrs, makeDevice(), search)).ada.open();
    await assert.rejects((await open("cmi5", lrs, makeDevice(), search)).ada.open(), { cause: "relaunch" });
  });
}

test("filtered-statements-faked: what is dropped unseen stops nothing", async () => {
  const lrs = makeLrs({ quirks: ["filtered-statements-faked"] });
  const here = await open("cmi5", lrs);
  await learn(here);
  await leave(here);
  once(lrs);
  assert.equal(lrs.said("experienced").length, 0);
});

test("error-becomes-412: one statement that is refused stops no other, and an LRS that is away is waited for", async () => {
  const lrs = makeLrs({ quirks: ["error-becomes-412"] });
  const here = await open("cmi5", lrs);
  await here.ada.open();
  await here.ada.save();
  lrs.fault = ({ body }) => (body?.includes("/answered") ? 412 : null);
  here.ada.answer("q1", ["b"]);
  here.ada.answer("q2", ["a", "b"]);
  await here.ada.save();
  once(lrs);
  lrs.fault = ({ resource }) => (resource === "statements" ? 412 : null);
  here.ada.visit("p1-a");
  await assert.rejects(here.ada.save(), { cause: "silent" });
  lrs.fault = () => null;
  await here.ada.save();
  assert.equal(lrs.said("experienced").length, 1);
  await leave(here);
  assert.equal(told(lrs, "terminated"), 1);
});

for (const turns of [0, 10, 30, 45, 60, 100]) {
  test(`an LRS that keeps what comes twice at once never gets a statement while it stores it (${turns})`, async () => {
    const lrs = makeLrs({ pace: 20 });
    const here = await open("xapi", lrs);
    await here.ada.open();
    here.ada.answer("q1", ["b"]);
    here.ada.answer("q2", ["a", "b"]);
    here.ada.save().catch(() => {});
    await settled(turns);
    here.ada.leave();
    // Loaded again at once.
    const next = await open("xapi", lrs, here.device);
    await next.ada.open();
    await next.ada.save();
    await leave(next);
    assert.deepEqual(lrs.doubles, []);
    once(lrs);
  });
}

test("what one LRS did not get is not sent to another that a later launch names", async () => {
  const lrs = makeLrs();
  const here = await open("xapi", lrs);
  await here.ada.open();
  lrs.fault = () => "cut";
  here.ada.answer("q1", ["b"]);
  here.ada.answer("q2", ["a", "b"]);
  await assert.rejects(here.ada.save());
  await leave(here);
  lrs.fault = () => null;
  const other = makeLrs();
  const elsewhere = await open("xapi", other, here.device, tinCan({ endpoint: "https://other.example.org/xapi/" }));
  await elsewhere.ada.open();
  await elsewhere.ada.save();
  await leave(elsewhere);
  assert.deepEqual(other.verbs(), ["initialized", "suspended", "terminated"]);
  // The same place, though a query or a slash is another.
  const again = await open("xapi", lrs, here.device, tinCan({ endpoint: "https://lrs.example.org/xapi?tenant=2" }));
  await again.ada.open();
  await again.ada.save();
  once(lrs);
});
