// Under each quirk a package that is made as many are fails, and ours does not: the same visits, the same questions. Without
// the quirk the other package does well, unless the quirk is no more than the standard allows.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { runBy, setClock, takeTime } from "./clock.js";
import { GRADED } from "./course.js";
import { lmsWindow, settled, VERSIONS } from "./learner.js";
import { makeDevice } from "./lrs-fake.js";
import { Naive, pass } from "./naive.js";
import { DAY, Ours, PAGES, READ } from "./ours.js";
import { QUIRKS, QuirkyLms } from "./standin.js";

/** A learner's way to a course in an LMS, on one device. */
class Way {
  saved = {};
  device = makeDevice();

  /**
   * @param {"1.2" | "2004"} version
   * @param {string[]} quirks
   * @param {{ ways?: object, changes?: object, options?: object }} about
   * @param {boolean} isOurs
   * @param {boolean} isMet what the quirk is about comes to pass
   */
  constructor(version, quirks, about, isOurs, isMet) {
    Object.assign(this, { version, quirks, about, isOurs, isMet });
    this.E = QuirkyLms.ELEMENTS[version];
  }

  async launch() {
    const { options = {}, changes = {}, ways } = this.about;
    this.lms = new QuirkyLms(VERSIONS[this.version].StandIn, this.version, this.quirks, this.saved, { ...options });
    this.lms.away = () => {
      this.isAway = true;
    };
    this.isAway = false;
    if (this.isOurs) this.package = await Ours.open(this.version, this.lms, this.device, changes);
    else {
      const around = lmsWindow(VERSIONS[this.version].api, this.lms);
      this.package = new Naive(this.version, around, QuirkyLms, PAGES, ways);
    }
    return this.package;
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

  /** The page goes, and every timer with it. */
  async leave() {
    this.isUnwarned = this.package.isSaved || this.isAway;
    this.lms.become({ leaving: true });
    this.package.leave();
    await settled();
    this.saved = JSON.parse(JSON.stringify(this.lms.saved));
    takeTime(Date.now() + DAY);
  }

  /** What the LMS holds. */
  held(name) {
    return this.lms.kept[this.E[name]] ?? "";
  }

  /** What was opened is there, or the learner was told that it might not be. */
  has(pages = READ) {
    const isThere = pages.every((id) => this.package.pages.has(id));
    assert.ok(isThere || !this.isUnwarned, `${pages}: only ${[...this.package.pages]}`);
    assert.ok(isThere || this.isMet, "nothing came between");
  }

  /** It is there whatever was told. */
  keeps(pages = READ) {
    assert.deepEqual(
      pages.filter((id) => !this.package.pages.has(id)),
      [],
    );
  }
}

/** Two pages are read, and the learner comes back. */
async function resume(way) {
  await way.launch();
  await way.read();
  await way.leave();
  await way.launch();
  way.keeps();
}

/** The learner's session ends between two pages. */
async function ending(way) {
  await way.launch();
  await way.read(["p1-a"]);
  if (way.isMet) way.lms.endSession();
  await way.read(["p2-a"]);
  await way.leave();
  await way.launch();
  way.has();
}

/** All pages are read. */
async function complete(way) {
  await way.launch();
  await way.read(PAGES);
}

/** A first attempt at the check fails, and the learner leaves. */
async function fail(way) {
  await way.launch();
  await way.read(READ);
  way.package.answer(1, 2);
  await way.pass();
  await way.leave();
}

const CASES = {};
/**
 * @param {string | string[]} names of quirks
 * @param {object} about the naive package's ways, changes to our course, the LMS's options, and whether the standard allows it
 * @param {(way: Way) => Promise<void>} run
 */
function quirk(names, about, run) {
  for (const name of [names].flat()) CASES[name] = { about, run };
}

quirk("read-empty-status", { ways: { resumes: "status" } }, resume);
quirk(["entry-never-filled", "entry-always-ab-initio"], { ways: { resumes: "entry" } }, resume);
quirk("entry-always-resume", { ways: { resumes: "entry" } }, async (way) => {
  // Somebody looks in, and does nothing.
  await way.launch();
  await way.leave();
  await resume(way);
});
quirk(["readback-frozen", "readback-while-busy-stale"], { ways: { checks: true } }, async (way) => {
  await way.launch();
  await way.read();
  assert.ok(way.package.isSaved, "it says that nothing is kept");
});
quirk("status-forgotten-on-commit", { ways: { asks: true, marks: "never" } }, async (way) => {
  await way.launch();
  await way.read(PAGES);
  if (!way.isOurs) way.package.set(way.E.status, "completed");
  await way.pass();
  way.package.retry();
  await way.read(["p1-a"]);
  await way.leave();
  assert.equal(way.held("status"), "completed");
});
quirk("interactions-not-readable", { ways: { keeps: "interactions" }, allowed: true }, resume);
quirk("text-to-number", { ways: { writes: "digits" } }, resume);
quirk("backslash-eaten", {}, resume);
quirk("form-unencoded", {}, resume);
quirk("only-suspend-data-kept", { ways: { keeps: "location" } }, async (way) => {
  await way.launch();
  await way.read(["p1-a"]);
  await way.leave();
  await way.launch();
  way.keeps(["p1-a"]);
});
quirk("strict", { ways: { writes: "huge" }, allowed: true }, resume);
quirk("truncating", { ways: { writes: "long" }, allowed: true }, resume);
quirk(["booleans", "string-object-returns"], {}, resume);
quirk("slow", {}, async (way) => {
  // Whoever looks at the clock finds that it goes.
  const { now } = Date;
  let looks = 0;
  Date.now = () => {
    looks += 1;
    return now() + 20 * looks;
  };
  runBy(Date.now);
  await way.launch();
  const before = way.lms.calls.length;
  for (const id of [...PAGES, ...PAGES, ...PAGES]) {
    way.package.visit(id);
    await way.pass(1000);
  }
  const commits = way.lms.calls.slice(before).filter(({ name }) => name === way.lms.names.commit);
  const waited = commits.length * (way.lms.options.slow ?? 0);
  assert.ok(waited <= 5000, `the learner has waited ${waited} ms`);
  await way.leave();
});
quirk("no-optional-elements", { ways: { keeps: "interactions", stops: true } }, async (way) => {
  await way.launch();
  await way.read(PAGES);
  assert.equal(way.held("status"), "completed");
});
quirk(["always-true", "commit-true-though-refused", "login-page-instead-of-answer"], {}, ending);
quirk("session-key-dies", {}, async (way) => {
  await way.launch();
  await way.read(["p1-a"]);
  if (way.isMet) way.lms.endSession();
  await way.read(["p2-a"]);
  await way.leave();
  await way.launch();
  way.keeps();
});
quirk("commit-false-drops-dirty", {}, async (way) => {
  await way.launch();
  await way.read(["p1-a"]);
  way.lms.become({ refuseCommit: true });
  await way.read(["p2-a"]);
  way.lms.become({ refuseCommit: false });
  way.package.retry();
  await way.pass();
  await way.leave();
  await way.launch();
  way.has();
});
quirk("commit-noop-debounced", { ways: { saves: "end" } }, resume);
quirk("post-per-set-unordered", {}, async (way) => {
  await way.launch();
  for (const id of READ) way.package.visit(id);
  await way.pass();
  await way.leave();
  await way.launch();
  way.keeps();
});
quirk("batch-lost-on-bad-value", { ways: { scores: "ratio" } }, async (way) => {
  await way.launch();
  way.package.answer(0, 2);
  await way.read();
  await way.leave();
  await way.launch();
  way.keeps();
});
quirk("init-needs-empty-string", { ways: { opening: [] }, allowed: true }, resume);
quirk("wrong-edition-codes", { ways: { first: true } }, resume);
quirk("both-apis-present", { looks: true }, resume);
quirk("second-launch-kills-first", {}, async (way) => {
  await way.launch();
  await way.read(["p1-a"]);
  const { lms, package: first } = way;
  if (way.isMet) {
    way.saved = lms.saved;
    await way.launch();
  }
  Object.assign(way, { lms, package: first });
  await way.read(["p2-a"]);
  await way.leave();
  await way.launch();
  way.keeps();
});
quirk("state-dropped-unless-suspend", { ways: { exit: "normal" }, allowed: true }, resume);
quirk("state-dropped-when-done", {}, async (way) => {
  await complete(way);
  await way.leave();
  await way.launch();
  await way.pass();
  await way.leave();
  assert.equal(way.held("status"), "completed");
});
quirk("incomplete-demotes", { ways: { resumes: "entry", exit: "" }, allowed: true }, async (way) => {
  await complete(way);
  await way.leave();
  await way.launch();
  await way.leave();
  assert.equal(way.held("status"), "completed");
});
quirk("review-drops-writes", {}, async (way) => {
  await complete(way);
  await way.leave();
  await way.launch();
  way.package.answer(2, 2);
  await way.pass();
  assert.ok(way.held("score") === "100" || way.package.isWarned, "it says that what is dropped is kept");
});
quirk("credit-ends-when-done", { changes: GRADED }, async (way) => {
  await way.launch();
  await way.read(PAGES);
  await way.leave();
  await way.launch();
  way.package.answer(2, 2);
  await way.pass();
  await way.leave();
  const { status, success } = way.E;
  assert.equal(way.lms.kept[success || status], "passed");
  assert.match(way.held("status"), /completed|passed/);
});
quirk("status-only-rises", { ways: { fails: true }, only: "1.2" }, async (way) => {
  await way.launch();
  way.package.answer(1, 2);
  await way.pass();
  if (!way.isOurs) way.package.hasFailed = false;
  await way.read(PAGES);
  await way.leave();
  assert.equal(way.held("status"), "completed");
});
for (const [name, ways] of [
  ["mastery-rewrites-any", {}],
  ["mastery-if-unset", { marks: "never" }],
]) {
  quirk(name, { ways, changes: GRADED, options: { mastery: "80" }, allowed: true }, async (way) => {
    await fail(way);
    assert.notEqual(way.held("status"), "failed");
  });
}
quirk("mastery-rewrites-completed", { changes: GRADED, options: { mastery: "80" }, allowed: true }, async (way) => {
  await way.launch();
  await way.read(PAGES);
  way.package.answer(1, 2);
  await way.pass();
  await way.leave();
  assert.notEqual(way.held("status"), "failed");
});
quirk("unset-becomes-completed", { ways: { marks: "when done" }, allowed: true }, async (way) => {
  await way.launch();
  await way.read();
  await way.leave();
  assert.equal(way.held("status"), "incomplete");
});
quirk("unset-becomes-incomplete", { ways: { marks: "never" } }, async (way) => {
  await complete(way);
  await way.leave();
  assert.equal(way.held("status"), "completed");
});
quirk("completed-not-enough", { changes: { status: "passed" } }, async (way) => {
  await complete(way);
  await way.leave();
  assert.ok(["completed", "passed"].includes(way.held("status")), way.held("status"));
});
quirk("failed-zeroes-score", { ways: { fails: true }, changes: GRADED }, async (way) => {
  await fail(way);
  assert.equal(way.held("score"), "50");
});
quirk("best-score-int", { ways: { scores: "fraction" }, changes: GRADED }, async (way) => {
  await way.launch();
  way.package.answer(1, 2);
  await way.read(PAGES);
  await way.leave();
  await way.launch();
  const score = way.isOurs ? way.held("score") : way.package.score;
  assert.ok(Number(score) > 0, `the score is ${score}`);
});
quirk("empty-not-stored", {}, async (way) => {
  await way.launch();
  await way.read();
  if (way.isOurs) {
    way.package.learner.answer("q3", ["a"]);
    await way.pass();
    way.package.learner.answer("q3", []);
    await way.pass();
    await way.leave();
    await way.launch();
    assert.deepEqual(way.package.learner.answers().q3, []);
  } else {
    way.package.restart();
    await way.leave();
    await way.launch();
    assert.deepEqual([...way.package.pages], []);
  }
});
quirk("beacon-by-event-name", { ways: { saves: "end", ends: false } }, async (way) => {
  await way.launch();
  await way.read();
  if (way.isMet) way.lms.become({ refuseCommit: true });
  await way.leave();
  await way.launch();
  way.keeps();
});
quirk("sync-xhr-blocked-at-dismissal", { ways: { saves: "end" } }, resume);
quirk("forced-finish-on-beforeunload", { ways: { saves: "end", commits: false } }, resume);
quirk("session-time-at-finish", { ways: { ends: false } }, async (way) => {
  await way.launch();
  await way.read();
  await way.leave();
  assert.match(way.held("time"), /[1-9]/);
});

/** What needs windows: tests/browser has them. */
const IN_WINDOWS = [
  "api-late",
  "api-in-opener",
  "close-on-finish",
  "mute",
  "only-api-12",
  "only-api-2004",
  "opener-nulled",
  "parent-of-other-origin",
];

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

const OTHER = { 1.2: ["API_1484_11", "API"], 2004: ["API", "API_1484_11"] };
for (const [name, { about, run }] of Object.entries(CASES)) {
  for (const version of /** @type {const} */ (["1.2", "2004"])) {
    if (
      !standards()
        .get(name)
        ?.includes(version === "1.2" ? "SCORM 1.2" : "SCORM 2004")
    )
      continue;
    if ([QUIRKS[name].only, about.only].some((only) => only && only !== version)) continue;
    test(`${version}: ${name}: a naive package fails, and ours does not`, async () => {
      const given = { ...about, ways: { ...about.ways, ...(about.looks ? { looks: OTHER[version] } : {}) } };
      const naive = (quirks) => new Way(version, quirks, given, false, quirks.length > 0);
      assert.ok(await failure(run, naive([name])), "the naive package gets through");
      if (!about.allowed) assert.equal(await failure(run, naive([])), null);
      assert.equal(await failure(run, new Way(version, [name], given, true, true)), null);
    });
  }
}

test("every quirk of a stand-in LMS is tried", () => {
  assert.deepEqual([...Object.keys(CASES), ...IN_WINDOWS].sort(), Object.keys(QUIRKS).sort());
});
