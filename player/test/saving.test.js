// When progress is saved, with a place to keep it that answers as each test says.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { saving } from "../src/saving.js";
import { settled } from "./learner.js";

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.UTC(2026, 0, 5, 9) });
});

/** Time goes by. */
async function pass(seconds) {
  for (let at = 0; at < 10 * seconds; at += 1) {
    mock.timers.tick(100);
    await settled();
  }
}

const failure = (cause, after = 0) => Object.assign(new Error("no"), { cause, after });
const strings = new Proxy({}, { get: (_, name) => String(name) });
const RESULT = { completed: false, passed: false, score: null };

/** A course that is open, and saved. */
async function open(more = {}) {
  const here = {
    /** What was to be saved, in order. */
    calls: [],
    text: "0",
    word: "",
    cause: null,
    answer: async () => null,
    change(text) {
      here.text = text;
      here.saver.plan();
    },
  };
  const keeper = {
    open: async () => ({ mode: "normal" }),
    record() {},
    finish() {},
    save(state) {
      here.calls.push(state);
      return here.answer();
    },
    ...more,
  };
  const learner = {
    now: () => ({ state: here.text, location: "", result: RESULT }),
    begin: async () => {},
    fail() {},
    merge() {},
    isPlaying: () => false,
  };
  const shown = {
    saved: (_, word) => Object.assign(here, { word: word() }),
    alarm: (cause) => Object.assign(here, { cause }),
    outside() {},
  };
  here.saver = saving({ strings, commit: "every" }, keeper, { ...keeper }, learner, shown, (work) =>
    setTimeout(work, 50),
  );
  await here.saver.start();
  await pass(1);
  here.calls.length = 0;
  return here;
}

const fails = (cause, after) => () => Promise.reject(failure(cause, after));

test("a server that names its time is left alone until then, whatever is done, and then has all by itself", async () => {
  const here = await open();
  here.answer = fails("silent");
  here.change("1");
  await pass(1);
  // The next attempt would come three seconds from now.
  here.answer = fails("silent", 30);
  here.change("2");
  await pass(1);
  here.answer = async () => null;
  here.change("3");
  await pass(28);
  assert.deepEqual(here.calls, ["1", "2"]);
  await pass(2);
  assert.deepEqual([here.calls, here.word, here.cause], [["1", "2", "3"], "saved", null]);
});

test("attempts come ever more slowly, and after a success quickly again", async () => {
  const here = await open();
  for (let round = 0; round < 2; round += 1) {
    here.answer = fails("silent");
    here.calls.length = 0;
    here.change("1");
    await pass(1);
    // After 4, 8 and 16 seconds.
    await pass(30);
    assert.equal(here.calls.length, 4);
    here.answer = async () => null;
    here.saver.ask();
    await pass(1);
    assert.equal(here.word, "saved");
  }
});

test("what is done while a save is on its way is saved after it", async () => {
  const here = await open();
  /** @type {(more: null) => void} */
  let arrive = () => {};
  here.answer = () =>
    new Promise((done) => {
      arrive = done;
    });
  here.change("1");
  await pass(1);
  here.change("2");
  await pass(1);
  assert.deepEqual([here.calls, here.word], [["1"], "saving"]);
  here.answer = async () => null;
  arrive(null);
  await pass(1);
  assert.deepEqual([here.calls, here.word], [["1", "2"], "saved"]);
});

test("who asks while a save is under way that fails is given another", async () => {
  const here = await open();
  here.answer = () => new Promise((_, refuse) => setTimeout(() => refuse(failure("silent")), 500));
  here.change("1");
  await pass(0.2);
  here.answer = async () => null;
  here.saver.ask();
  await pass(1);
  assert.deepEqual([here.calls, here.word, here.cause], [["1", "1"], "saved", null]);
});

for (const cause of ["ended", "relaunch", "closed"]) {
  test(`after ${cause} only the learner asks again; where that helps, all goes on as before`, async () => {
    const here = await open();
    here.answer = fails(cause);
    here.change("1");
    await pass(1);
    here.answer = async () => null;
    here.change("2");
    await pass(120);
    assert.deepEqual([here.calls, here.word, here.cause], [["1"], "notSaved", cause]);
    here.saver.ask();
    await pass(1);
    here.change("3");
    await pass(1);
    assert.deepEqual([here.calls, here.word, here.cause], [["1", "2", "3"], "saved", null]);
  });
}

test("what was erased is not written again when the page is hidden", async () => {
  const here = await open();
  here.answer = fails("storage");
  here.change("1");
  await pass(1);
  here.answer = async () => null;
  here.saver.erased();
  here.saver.hide();
  await pass(1);
  assert.deepEqual(here.calls, ["1"]);
});

test("an LMS that has ended the session meanwhile is told of when the page is hidden", async () => {
  const here = await open({
    stay() {
      throw failure("ended");
    },
  });
  await pass(61);
  here.saver.hide();
  assert.deepEqual([here.word, here.cause], ["notSaved", "ended"]);
});
