// Under each quirk of Moodle a package that is made as many are fails, and ours does not. Elsewhere the other package does
// well: in a strict LMS, in one that does what the package hopes for, or in a Moodle where what the quirk is about does not
// come to pass. Where the standard allows what Moodle does, it may fail everywhere.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { setClock, takeTime } from "./clock.js";
import { GRADED } from "./course.js";
import { lmsWindow, settled, VERSIONS } from "./learner.js";
import { makeDevice } from "./lrs-fake.js";
import { Naive, pass } from "./naive.js";
import { DAY, Ours, PAGES, READ } from "./ours.js";
import { MoodleServer, QuirkyLms } from "./standin.js";

const sco = (id, given) => ({ id, mastery: "", launchData: "", threshold: "", objectives: [], ...given });

/** A learner's way to an activity, on one device. */
class Way {
  saved = {};
  device = makeDevice();

  /**
   * @param {"1.2" | "2004"} version
   * @param {object} about
   * @param {object} [about.ways] of the naive package
   * @param {object} [about.changes] to our course
   * @param {object} [about.item] what the manifest says
   * @param {object} [about.settings] of the activity
   * @param {string[]} [about.instead] quirks of the LMS that it meets otherwise; without: none
   * @param {object} [about.options] of that one
   * @param {boolean} [about.units] the package has two of them
   * @param {boolean} isOurs
   * @param {boolean} isMet what the quirk is about comes to pass
   */
  constructor(version, about, isOurs, isMet) {
    Object.assign(this, { version, about, isOurs, isMet });
    this.E = QuirkyLms.ELEMENTS[version];
    this.names = QuirkyLms.CALLS[version];
    this.isMoodle = isMet || about.instead === null;
  }

  async launch(launch = {}) {
    const { settings, item, instead, options = {}, units } = this.about;
    this.unit = launch.sco ?? "a";
    if (this.isMoodle) {
      const course = { edition: this.version, scos: (units ? ["a", "b"] : ["a"]).map((id) => sco(id, item)) };
      this.server = new MoodleServer(course, this.saved, settings);
      this.player = this.server.launch(launch);
      this.lms = this.player.api;
    } else {
      const saved = this.saved[this.unit];
      const mode = launch.browse ? { mode: "browse", credit: "no-credit" } : {};
      const given = { ...options, ...mode };
      this.lms = new QuirkyLms(VERSIONS[this.version].StandIn, this.version, instead ?? [], saved, given);
    }
    return this.open();
  }

  /** The package is opened in the page that is there. */
  async open(ways = this.about.ways) {
    if (this.isOurs) {
      this.package = await Ours.open(this.version, this.lms, this.device, this.about.changes);
    } else {
      const around = lmsWindow(VERSIONS[this.version].api, this.lms);
      this.package = new Naive(this.version, around, QuirkyLms, PAGES, ways);
    }
    return this.package;
  }

  /** The unit is shown in the page that is open; other LMSs open another. */
  async turn(id) {
    if (!this.isMoodle) return this.launch({ sco: id });
    this.unit = id;
    this.player.choose(id);
    return this.open();
  }

  async pass(milliseconds = 60_000) {
    await pass(milliseconds, settled);
  }

  async read(pages = READ) {
    for (const id of pages) {
      this.package.visit(id);
      await this.pass();
    }
  }

  /** The LMS's server answers with something else, or does so no longer. @param {boolean} isRefused */
  refuse(isRefused) {
    if (!this.isMoodle) this.lms.become({ refuseCommit: isRefused, refuseEnd: isRefused });
    else if (isRefused) this.server.post = () => false;
    else delete this.server.post;
  }

  /** The network is gone, and no browser says so. */
  cut() {
    if (this.isMoodle) this.lms.become({ offline: true });
    else this.lms.become({ refuseCommit: true, refuseEnd: true, refuseSet: true });
  }

  /** The package is left, and its page stays. */
  async close() {
    this.isUnwarned = this.package.isSaved;
    this.package.leave();
    await settled();
    this.keep();
  }

  /** The LMS's page goes, and the package with it. */
  async leave() {
    if (this.isMoodle) this.player.hide();
    else this.lms.become({ leaving: true });
    await this.close();
    takeTime(Date.now() + DAY);
  }

  keep() {
    const plain = JSON.parse(JSON.stringify(this.lms.saved));
    if (this.isMoodle) this.saved = plain;
    else this.saved[this.unit] = plain;
  }

  /** What the LMS holds of the attempt. */
  held(name) {
    const kept = this.isMoodle ? this.server.saved.attempts.at(-1)[this.unit] : this.lms.kept;
    return kept?.[this.E[name]] ?? "";
  }

  /** What was opened is there, or the learner was told that it might not be. */
  has(pages = READ) {
    const isThere = pages.every((id) => this.package.pages.has(id));
    assert.ok(isThere || !this.isUnwarned, `${pages}: only ${[...this.package.pages]}`);
  }

  /** It is there whatever was told. */
  keeps(pages = READ) {
    assert.deepEqual(
      pages.filter((id) => !this.package.pages.has(id)),
      [],
    );
  }
}

const CASES = {};
/**
 * @param {string} name of a quirk
 * @param {object} about as `Way` takes it, and whether the standard allows it
 * @param {(way: Way) => Promise<void>} run
 */
function quirk(name, about, run) {
  CASES[name] = { about, run };
}

/** The learner's line is lost between two pages. */
async function lost(way) {
  await way.launch();
  await way.read(["p1-a"]);
  way.cut();
  await way.read(["p2-a"]);
  await way.leave();
  await way.launch();
  way.has();
}

// It reads back what it has set, and takes that for a proof.
quirk("readback-own-copy", { ways: { checks: true } }, lost);
quirk("beacon-commit-true-offline", {}, lost);
quirk("sent-before-answered", {}, async (way) => {
  await way.launch();
  await way.read(["p1-a"]);
  way.refuse(true);
  await way.read(["p2-a"]);
  way.refuse(false);
  way.package.retry();
  await way.pass();
  await way.leave();
  await way.launch();
  way.has();
});
quirk("failed-finish-ends-session", { ways: { saves: "end" } }, async (way) => {
  await way.launch();
  await way.read();
  way.refuse(true);
  way.package.leave();
  await settled();
  way.refuse(false);
  // Once more.
  way.package.leave();
  await way.leave();
  await way.launch();
  way.keeps();
});
quirk("snapshot-compare", {}, async (way) => {
  // What is taken back is what the launch began with.
  await way.launch();
  if (way.isOurs) {
    way.package.learner.answer("q3", ["a"]);
    await way.pass();
    way.package.learner.answer("q3", []);
    await way.pass();
    await way.leave();
    await way.launch();
    assert.deepEqual(way.package.learner.answers().q3, []);
  } else {
    await way.read();
    way.package.restart();
    await way.leave();
    await way.launch();
    assert.deepEqual([...way.package.pages], []);
  }
});
quirk("api-dead-after-terminate", { units: true }, async (way) => {
  await way.launch();
  await way.read(["p1-a"]);
  await way.close();
  await way.turn("b");
  await way.read(["p2-a"]);
  await way.leave();
  await way.launch({ sco: "b" });
  way.keeps(["p2-a"]);
});
quirk("unit-switch-without-terminate", { units: true }, async (way) => {
  // The unit before is one of somebody who does not end the session.
  await way.launch();
  if (way.isOurs) new Naive(way.version, lmsWindow(VERSIONS[way.version].api, way.lms), QuirkyLms, PAGES);
  way.keep();
  await way.turn("b");
  await way.read(["p2-a"]);
  await way.leave();
  await way.launch({ sco: "b" });
  way.keeps(["p2-a"]);
});
const ANSWERS = { report: { answers: true, media: false } };
quirk("initialize-throws-after-interactions", { ways: { keeps: "interactions" }, changes: ANSWERS }, async (way) => {
  await way.launch();
  await way.read(["p1-a"]);
  if (way.isOurs) way.package.answer(0, 2);
  await way.pass();
  await way.close();
  assert.ok(!way.isMoodle || way.lms.collected.has("a"), "no interaction was sent");
  // It is opened again from the contents beside it.
  await way.turn("a");
  await way.read(["p2-a"]);
  await way.leave();
  await way.launch();
  if (way.isOurs) way.keeps(["p2-a"]);
});
quirk("second-initialize-keeps-entry", { ways: { resumes: "entry" } }, async (way) => {
  await way.launch();
  await way.read(["p1-a"]);
  await way.close();
  await way.turn("a");
  await way.read(["p2-a"]);
  await way.leave();
  await way.launch();
  way.keeps();
});
// It takes a review for what it is called, and sends nothing.
quirk("attempt-closed-by-status", { ways: { fails: true, reviews: true }, changes: GRADED }, async (way) => {
  await way.launch();
  await way.read(PAGES);
  way.package.answer(1, 2);
  await way.pass();
  await way.leave();
  await way.launch();
  if (!way.isOurs) way.package.hasFailed = false;
  way.package.answer(2, 2);
  await way.pass();
  await way.leave();
  assert.equal(way.held(way.E.success ? "success" : "status"), "passed");
});
// It trusts that a review changes nothing.
quirk("mode-ignored-when-storing", { changes: GRADED, instead: ["review-drops-writes"] }, async (way) => {
  await way.launch();
  await way.read(PAGES);
  way.package.answer(2, 2);
  await way.pass();
  await way.leave();
  await way.launch();
  way.package.answer(0, 2);
  await way.pass();
  await way.leave();
  assert.equal(way.held("score"), "100");
  if (way.isMoodle) assert.equal(way.saved.grade, 100);
});
const BY_STATUS = { doneBy: ["completed", "passed"] };
quirk(
  "not-attempted-becomes-completed",
  { ways: { marks: "when done" }, settings: BY_STATUS, allowed: true },
  async (way) => {
    await way.launch({ browse: true });
    await way.pass();
    await way.leave();
    assert.notEqual(way.held("status"), "completed");
    if (way.isMoodle) assert.equal(way.saved.isDone, false);
  },
);
quirk("latest-score-counts", { changes: GRADED, allowed: true }, async (way) => {
  await way.launch();
  for (const right of [1, 0]) {
    way.package.answer(right, 2);
    await way.pass();
  }
  await way.leave();
  assert.equal(way.held("score"), "50");
  if (way.isMoodle) assert.equal(way.saved.grade, 50);
});
// Its manifest has an objective without a measure behind the one that counts; of ours each has the same.
quirk(
  "last-objective-measure",
  {
    ways: { judges: "lms" },
    changes: { ...GRADED, check: { ...GRADED.check, mastery: 50 } },
    item: { objectives: [{ id: "main", measure: 0.5 }] },
    others: {
      objectives: [
        { id: "main", measure: 0.5 },
        { id: "part", measure: 1 },
      ],
    },
    options: { mastery: "0.5" },
  },
  async (way) => {
    if (!way.isOurs) way.about = { ...way.about, item: way.about.others };
    await way.launch();
    await way.read(PAGES);
    way.package.answer(1, 2);
    await way.pass();
    await way.leave();
    assert.equal(way.held("success"), "passed");
  },
);
// It measures what was read, and is done by less.
quirk("threshold-rewrites-completion", { ways: { measures: true }, item: { threshold: "0.8" } }, async (way) => {
  await way.launch();
  await way.read(way.isOurs ? PAGES : READ);
  if (!way.isOurs) {
    way.package.isDone = true;
    way.package.save();
  }
  await way.leave();
  assert.equal(way.held("status"), "completed");
});
// It has two units; ours is one, which is done when all of it is.
quirk("first-unit-completes", { settings: BY_STATUS, instead: null, units: true }, async (way) => {
  if (!way.isMet) way.about = { ...way.about, settings: { ...BY_STATUS, doneByAll: true } };
  if (way.isOurs) way.about = { ...way.about, units: false };
  await way.launch();
  await way.read(way.isOurs ? READ : PAGES);
  await way.leave();
  assert.equal(way.saved.isDone, false);
});
// It keeps more than a beacon takes, and saves when it is left. Left by its own button, all of it arrives.
quirk("beacon-limit", { ways: { saves: "end", writes: "wide" }, instead: null }, async (way) => {
  await way.launch();
  await way.read();
  await (way.isMet ? way.leave() : way.close());
  await way.launch();
  way.keeps();
});

/** Those that no package is harmed by, or that none can do anything about, and why; what they do is tried all the same. */
const SHOWN = {
  "no-score-is-zero": {
    why: "a package without a test has no score to send: the grade is the administrator's to choose",
    async run(way) {
      await way.launch();
      await way.read(PAGES);
      await way.leave();
      assert.match(way.held("status"), /^(completed|passed)$/);
      assert.equal(way.held("score"), "");
      assert.equal(way.saved.grade, 0);
      // By learning objects it is one of one.
      way.about = { ...way.about, settings: { grading: "scos" } };
      way.saved = {};
      await way.launch();
      await way.read(PAGES);
      await way.leave();
      assert.equal(way.saved.grade, 1);
    },
  },
};

/** In the stand-in for Moodle too, but played apart: in naive.test.js. */
const APART = ["session-key-dies"];

/** The standards of each quirk, as the data says. */
function standards() {
  const yaml = readFileSync(new URL("../../src/coursepack/profiles/quirks.yaml", import.meta.url), "utf8");
  const entries = yaml.matchAll(/^([a-z][\w-]*):\n(?: .*\n)*? {2}standards: \[(.*)\]\n/gm);
  return new Map([...entries].map(([, name, list]) => [name, list]));
}

/** Whether a package does what is asked; why not, otherwise. */
async function failure(run, way) {
  takeTime(Date.UTC(2026, 0, 5, 9));
  try {
    await run(way);
    return null;
  } catch (error) {
    return error;
  }
}

beforeEach(() => setClock(0));

const versionsOf = (name) =>
  /** @type {const} */ (["1.2", "2004"]).filter((version) => standards().get(name)?.includes(`SCORM ${version}`));

for (const [name, { about, run }] of Object.entries(CASES)) {
  for (const version of versionsOf(name)) {
    test(`${version}: ${name}: a naive package fails, and ours does not`, async () => {
      assert.ok(await failure(run, new Way(version, about, false, true)), "the naive package gets through");
      if (!about.allowed) assert.equal(await failure(run, new Way(version, about, false, false)), null);
      assert.equal(await failure(run, new Way(version, about, true, true)), null);
    });
  }
}

for (const [name, { why, run }] of Object.entries(SHOWN)) {
  for (const version of versionsOf(name)) {
    test(`${version}: ${name}: ${why}`, async () => {
      for (const isOurs of [false, true]) assert.equal(await failure(run, new Way(version, {}, isOurs, true)), null);
    });
  }
}

test("every quirk of Moodle is tried", () => {
  assert.deepEqual([...Object.keys(CASES), ...Object.keys(SHOWN), ...APART].sort(), [...MoodleServer.QUIRKS].sort());
});
