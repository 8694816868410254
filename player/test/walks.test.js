// Random walks through a course, in an LMS that fails in every way, with windows that die at any moment. What was done
// is there again at the next launch on this device, and what is told of it meanwhile is true. A seed leads to the same walk.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { setClock, takeTime } from "./clock.js";
import { chance } from "./course.js";
import { open, settled, VERSIONS } from "./learner.js";
import { LMSS } from "./lmss.js";
import { makeDevice } from "./lrs-fake.js";

// `make soak` walks further, and elsewhere.
const STEPS = Number(process.env.COURSEPACK_STEPS ?? 1500);
/** In each of all LMSs. */
const SHARE = Math.ceil(STEPS / 15);
const SEED = Number(process.env.COURSEPACK_SEED ?? 0);
/** Slots of films. The course has room for the positions of both. */
const FILMS = [20, 21];
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LEARNERS = ["anna", "bo"];
const FAULTS = [
  { refuseCommit: true },
  { throws: true },
  { refuseSet: true },
  { stale: true },
  { room: 8 },
  { wipeAtCompletion: true },
];
/** Moodle knows no others; the browser knows of this one. */
const LINES = [{ offline: true }];
const WELL = {
  offline: false,
  refuseCommit: false,
  throws: false,
  refuseSet: false,
  stale: false,
  room: undefined,
  wipeAtCompletion: false,
};

async function pass(milliseconds) {
  for (let left = milliseconds; left > 0; left -= 500) {
    mock.timers.tick(Math.min(left, 500));
    await settled();
  }
}

function kill() {
  takeTime(performance.now() + 1000);
}

/** What a learner knows to have done. */
const nothing = () => ({
  opened: new Set(),
  answers: { q1: [], q2: [], q3: [] },
  positions: [0, 0],
  bookmarks: new Set(),
});

function compare(learner, done, why) {
  assert.deepEqual(new Set(learner.opened()), done.opened, why);
  assert.deepEqual(learner.answers(), done.answers, why);
  assert.deepEqual(learner.positions(...FILMS), done.positions, why);
  assert.deepEqual(new Set(learner.bookmarks()), done.bookmarks, why);
}

/** An LMS that says true whatever its server says, and reads from its own page, cannot be seen through. */
const LIES = ["always-true", "commit-true-though-refused", "commit-noop-debounced", "post-per-set-unordered"];
const isHonest = ({ has = () => false }) => !LIES.some(has);

/**
 * The state in the LMS and in this window, without the place where it may differ: an LMS that lies may have another window's, and
 * a learner of these walks who has opened no page since the launch is nowhere, while a course always shows a page.
 */
function both(version, lms, text) {
  const [, , place] = text.split(".");
  return [version.state(lms.saved), text].map((each) =>
    isHonest(version) && place ? each : each.split(".").slice(3).join("."),
  );
}

async function walk(version, seed, commit, steps = STEPS) {
  const { StandIn, launch: start = (...given) => new StandIn(...given) } = version;
  const { below, pick, some } = chance(seed);
  const device = makeDevice();
  const saved = { anna: {}, bo: {} };
  const done = { anna: nothing(), bo: nothing() };
  let who = "anna";
  let lms;
  let learner;
  let step = 0;
  const why = (what) => `seed ${seed}, step ${step}, ${who}: ${what}`;
  const launch = async () => {
    // An LMS fails in mid-course; one that does not even open has a test of its own.
    lms = start(saved[who], { learner: who, ...WELL });
    learner = await open(version, lms, device, { commit });
    await settled();
    if (learner.session?.earlier) learner.saver.recall(true);
    compare(learner, done[who], why("launched"));
  };
  const leave = () => {
    saved[who] = lms.saved;
    // Whoever launches it again has logged in.
    if (version.isMoodle) saved[who] = { ...saved[who], isIn: true };
    kill();
  };
  const become = (changes) => {
    lms.become(changes);
    learner.window.navigator.onLine = !changes.offline;
  };
  await launch();
  for (; step < steps; step += 1) {
    const kind = below(100);
    if (kind < 30) {
      const { id } = pick(learner.course.pages);
      done[who].opened.add(id);
      learner.visit(id);
    } else if (kind < 50) {
      const question = pick(learner.course.questions);
      const ids = some(question.answers.map(({ id }) => id));
      done[who].answers[question.id] = ids;
      learner.answer(question.id, ids);
    } else if (kind < 55) {
      const { id } = pick(learner.course.pages);
      const isOn = below(2) > 0;
      done[who].bookmarks[isOn ? "add" : "delete"](id);
      learner.bookmark(id, isOn);
    } else if (kind < 60) {
      const film = below(2);
      done[who].positions[film] = below(600);
      learner.play(FILMS[film], done[who].positions[film]);
      // It is kept with the next save, and not before.
      await pass(1000);
    } else if (kind < 78) await pass(pick([100, 1000, 10_000, 60_000]));
    else if (kind < 80) setClock(pick([-DAY, -HOUR, -30_000, 0, 30_000, HOUR, DAY]));
    else if (kind < 84) become(pick(version.isMoodle ? LINES : FAULTS));
    else if (kind < 89) become(WELL);
    else if (kind < 90) lms.endSession();
    else if (kind < 91) learner.around.closed = true;
    else if (kind < 93) learner.saver.hide();
    else if (kind < 95) learner.saver.ask();
    else if (kind < 97) {
      // The page is left as it should be.
      learner.saver.leave(() => {});
      leave();
      await launch();
    } else {
      // The browser is killed, and perhaps somebody else sits down.
      leave();
      if (below(2)) who = pick(LEARNERS);
      await launch();
    }
    await settled();
    compare(learner, done[who], why("at work"));
    const isSaved = () => {
      const [held, own] = both(version, lms, learner.text);
      return held === own;
    };
    if (learner.word === "saved" && isHonest(version) && !isSaved()) {
      // Something was done since, and the word follows within a moment.
      await pass(1000);
      assert.ok(learner.word !== "saved" || isSaved(), why(learner.word));
    }
  }
  // In the end an LMS that works has everything, and once that was read again the device nothing of this learner.
  for (const last of LEARNERS) {
    leave();
    who = last;
    await launch();
    await pass(60_000);
    learner.saver.ask();
    await pass(10_000);
    assert.ok(["saved", "sent"].includes(learner.word), why(`at the end: ${learner.word}`));
    assert.equal(...both(version, lms, learner.text), why("at the end"));
    leave();
    await launch();
  }
  // That an LMS was once found to say what is not true stays known there. Where a state is not given back, nothing proves it.
  const left = [...device.kept.keys()].filter((name) => !name.endsWith(":untrue"));
  assert.deepEqual(version.has?.("state-dropped-when-done") ? [] : left, []);
}

for (const [name, version] of Object.entries(VERSIONS)) {
  for (const [seed, commit] of [
    [1, "every"],
    [2, "every"],
    [3, "throttled"],
    [4, "sparing"],
  ]) {
    test(`${name}: ${STEPS} steps, seed ${SEED + seed}, commit ${commit}`, async () => {
      setClock(0);
      takeTime(Date.UTC(2026, 0, 5, 9));
      await walk(version, SEED + seed, commit);
    });
  }
}

// Where a course that is completed begins anew, or without its state, there is another test of that.
for (const [at, lms] of LMSS.filter(({ name }) => !/begins anew/.test(name)).entries()) {
  test(`${lms.name}: ${SHARE} steps, seed ${SEED + at}`, async () => {
    setClock(0);
    takeTime(Date.UTC(2026, 0, 5, 9));
    await walk(lms, SEED + at, "every", SHARE);
  });
}
