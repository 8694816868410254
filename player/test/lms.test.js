// What holds in every LMS that the tests know: what was done is there again, and what is told of it is true.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { takeTime } from "./clock.js";
import { open, settled } from "./learner.js";
import { LMSS } from "./lmss.js";
import { makeDevice } from "./lrs-fake.js";

const DAY = 86_400_000;

beforeEach(() => {
  takeTime(Date.UTC(2026, 0, 5, 9));
});

async function pass(milliseconds) {
  for (let left = milliseconds; left > 0; left -= 500) {
    mock.timers.tick(Math.min(left, 500));
    await settled();
  }
}

/** Time goes by, and nothing that a window had planned happens any more. */
function later(milliseconds) {
  const now = Date.now() + milliseconds;
  takeTime(now);
}

for (const lms of LMSS) {
  const launch = async (device, saved = {}, changes = {}, options = {}) => {
    const learner = await open(lms, lms.launch(saved, options), device, changes);
    await pass(2000);
    // What this device holds of an attempt that the LMS has forgotten is asked about.
    if (learner.session?.earlier) learner.saver.recall(true);
    await pass(2000);
    return learner;
  };
  const savedOf = (learner) => lmsOf(learner).saved;
  const lmsOf = (learner) => learner.around[lms.api];
  const dieing = (learner) => {
    const saved = savedOf(learner);
    later(1000);
    return saved;
  };
  const leaving = (learner) => {
    learner.saver.leave(() => {});
    return dieing(learner);
  };
  const work = async (learner) => {
    learner.visit("p1-a");
    learner.answer("q3", ["b"]);
    await pass(1000);
    learner.visit("p2-a");
    await pass(5000);
  };
  const compare = (learner) => {
    assert.deepEqual(learner.opened(), ["p1-a", "p2-a"]);
    assert.deepEqual(learner.answers().q3, ["b"]);
  };

  test(`${lms.name}: what was done is there again on this device, however the window went`, async () => {
    const device = makeDevice();
    const first = await launch(device);
    await work(first);
    assert.ok(["saved", "sent"].includes(first.word), first.word);
    const second = await launch(device, dieing(first));
    compare(second);
    const third = await launch(device, leaving(second));
    compare(third);
    assert.equal(lms.state(savedOf(third)), third.text);
  });

  test(`${lms.name}: it is there on another device`, async () => {
    const first = await launch(makeDevice());
    await work(first);
    const second = await launch(makeDevice(), leaving(first));
    compare(second);
    assert.equal(second.state.last, 3);
  });

  test(`${lms.name}: a course that was completed stays so, and what was ticked is there on this device`, async () => {
    const device = makeDevice();
    const first = await launch(device);
    for (const { id, core } of first.course.pages) if (core) first.visit(id);
    first.answer("q3", ["b"]);
    await pass(5000);
    const saved = leaving(first);
    const status = lms.has("completed-not-enough") ? "incomplete" : "completed";
    assert.equal(lms.status(saved), status);
    const second = await launch(device, saved);
    if (lms.name.startsWith("Moodle that begins anew")) return;
    assert.equal(second.state.completed, true);
    assert.deepEqual(second.answers().q3, ["b"]);
    second.answer("q3", ["a"]);
    await pass(5000);
    assert.equal(lms.status(leaving(second)), status);
  });

  test(`${lms.name}: as long as everything arrives there is no alarm, not even when the course is completed`, async () => {
    const first = await launch(makeDevice());
    for (const { id, core } of first.course.pages) {
      if (core) first.visit(id);
      await pass(3000);
    }
    first.answer("q3", ["b"]);
    await pass(10_000);
    assert.deepEqual(first.said, []);
    assert.ok(["saved", "sent"].includes(first.word), first.word);
  });

  test(`${lms.name}: when the session ends, nothing is lost on this device`, async () => {
    const device = makeDevice();
    const first = await launch(device);
    first.visit("p1-a");
    await pass(5000);
    const saved = savedOf(first);
    lmsOf(first).endSession();
    first.answer("q3", ["b"]);
    first.visit("p2-a");
    await pass(5000);
    first.saver.leave(() => {});
    later(DAY);
    compare(await launch(device, { ...saved, isIn: true }));
  });
}
