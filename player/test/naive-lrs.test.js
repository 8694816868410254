// Under each quirk of an LRS a course that is made as many are fails. That ours does not is in quirks.test.js, but for two.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { cmi5 } from "../src/lms/lrs/cmi5.js";
import { readLaunch } from "../src/lms/lrs/launch.js";
import { xapi } from "../src/lms/lrs/xapi.js";
import { has } from "../src/state.js";
import { makeCourse } from "./course.js";
import {
  ACTOR,
  learner,
  makeDevice,
  makeLrs,
  openWindow,
  ROOT,
  SESSION,
  settled,
  shapesOf,
  tinCan,
} from "./lrs-fake.js";

const VERBS = "http://adlnet.gov/expapi/verbs/";
const CATEGORIES = "https://w3id.org/xapi/cmi5/context/categories/";
const DEFINED = ["initialized", "completed", "terminated"];

/**
 * A course that asks for everything once, and believes what it is told.
 * @typedef {object} Ways
 * @property {"POST" | "PUT"} [method] of statements
 * @property {string} [language] of the verbs' display
 * @property {boolean} [prefers] it reads the learner's preferences, as cmi5 wants
 * @property {boolean} [saves] it keeps a state
 * @property {"state" | "statements"} [resumes] from what
 * @property {boolean} [late] it saves once more after the end
 */
class Naive {
  pages = new Set();
  /** It tells the learner that something is wrong. */
  isAlarmed = false;
  /** Statements that an LRS was away for. */
  waiting = [];

  /** @param {any} lrs @param {string} search @param {Ways} ways */
  constructor(lrs, search, ways = {}) {
    this.ways = { method: "PUT", language: "en", prefers: true, saves: true, resumes: "state", ...ways };
    this.lrs = lrs;
    this.launch = new URLSearchParams(search);
    this.registration = this.launch.get("registration");
    this.auth = this.launch.get("auth");
    this.clock = Date.now();
  }

  ask(path, parameters, method = "GET", body = undefined) {
    const query = new URLSearchParams(parameters);
    const headers = { Authorization: this.auth, "X-Experience-API-Version": "1.0.3" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    return this.lrs.fetch(`${this.launch.get("endpoint")}${path}?${query}`, { method, headers, body });
  }

  state(stateId, method, body) {
    const where = { activityId: ROOT, agent: JSON.stringify(ACTOR), stateId, registration: this.registration };
    return this.ask("activities/state", where, method, body);
  }

  async open() {
    const fetch = this.launch.get("fetch");
    if (fetch) {
      const key = await (await this.lrs.fetch(fetch, { method: "POST" })).json();
      if (key["error-code"]) {
        this.isAlarmed = true;
        return;
      }
      this.auth = `Basic ${key["auth-token"]}`;
      this.template = (await (await this.state("LMS.LaunchData")).json()).contextTemplate;
      const profile = { agent: JSON.stringify(ACTOR), profileId: "cmi5LearnerPreferences" };
      if (this.ways.prefers) await this.ask("agents/profile", profile);
    }
    if (this.ways.resumes === "statements") await this.replay();
    else if (this.ways.saves) {
      const answer = await this.state("progress");
      if (answer.status === 200) for (const id of (await answer.json()).pages) this.pages.add(id);
    }
    await this.say("initialized");
  }

  /** What was told before, by ids that it makes of the pages. */
  async replay() {
    for (const [at, id] of ["p1-a", "p2-a"].entries()) {
      if ((await this.ask("statements", { statementId: idOf(at) })).ok) this.pages.add(id);
    }
  }

  make(verb, id = randomUUID(), object = ROOT) {
    this.clock += 1000;
    const { extensions, contextActivities: { grouping } = { grouping: [] } } = this.template ?? {};
    const category = DEFINED.includes(verb) && this.template ? [{ id: `${CATEGORIES}cmi5` }] : [];
    if (verb === "completed" && this.template) category.push({ id: `${CATEGORIES}moveon` });
    const lists = { ...(grouping.length ? { grouping } : {}), ...(category.length ? { category } : {}) };
    return {
      id,
      actor: ACTOR,
      verb: { id: VERBS + verb, display: { [this.ways.language]: verb } },
      object: { id: object },
      ...(verb === "initialized"
        ? {}
        : { result: { duration: "PT1S", ...(verb === "completed" ? { completion: true } : {}) } }),
      context: {
        registration: this.registration,
        ...(Object.keys(lists).length ? { contextActivities: lists } : {}),
        ...(extensions ? { extensions: { [SESSION]: extensions[SESSION] } } : {}),
      },
      timestamp: new Date(this.clock).toISOString(),
    };
  }

  say(verb, id, object) {
    return this.send([this.make(verb, id, object)]);
  }

  async send(made) {
    const isPut = this.ways.method === "PUT" && made.length === 1;
    const answer = isPut
      ? await this.ask("statements", { statementId: made[0].id }, "PUT", JSON.stringify(made[0]))
      : await this.ask("statements", {}, "POST", JSON.stringify(made));
    // The LRS is away: later. It does not want it: never.
    if (answer.status >= 500) this.waiting.push(...made);
    return answer;
  }

  async visit(id) {
    this.pages.add(id);
    await this.say("experienced", idOf(["p1-a", "p2-a"].indexOf(id)), `${ROOT}/${id}`);
    await this.save();
  }

  async save() {
    if (this.ways.saves) await this.state("progress", "PUT", JSON.stringify({ pages: [...this.pages] }));
  }

  async leave() {
    for (const each of this.waiting.splice(0)) await this.send([each]);
    await this.say("terminated");
    if (this.ways.late) {
      this.pages.add("last");
      await this.save();
    }
  }
}

/** The same at each launch. @param {number} at */
const idOf = (at) => `00000000-0000-4000-8000-00000000000${at}`;

const CASES = {};
/**
 * @param {string} name of a quirk
 * @param {{ kind?: "xapi" | "cmi5", ways?: Ways, allowed?: boolean }} about
 * @param {(given: { lrs: any, open: () => Promise<Naive>, isMet: boolean }) => Promise<void>} run
 */
function quirk(name, about, run) {
  CASES[name] = { about, run };
}

/** Two pages are read, and the learner comes back. */
async function resume({ lrs, open }) {
  const first = await open();
  for (const id of ["p1-a", "p2-a"]) await first.visit(id);
  await first.leave();
  assert.equal(lrs.said("experienced").length, 2);
  const pages = [...(await open()).pages];
  assert.deepEqual(pages.slice(0, 2), ["p1-a", "p2-a"]);
  if (first.ways.late) assert.ok(pages.includes("last"), "the last page is not there");
}

quirk("cors-off", {}, async (given) => {
  if (given.isMet) given.lrs.fault = () => "cut";
  await resume(given);
});
quirk("error-becomes-412", {}, async (given) => {
  const first = await given.open();
  given.lrs.fault = ({ resource }) => (resource === "statements" ? (given.isMet ? 412 : 503) : null);
  await first.visit("p1-a");
  given.lrs.fault = () => null;
  await first.leave();
  assert.equal(given.lrs.said("experienced").length, 1);
});
quirk("fetch-once", { kind: "cmi5" }, async ({ lrs }) => {
  const search = lrs.launch();
  await new Naive(lrs, search).open();
  // The page is loaded again.
  const again = new Naive(lrs, search);
  await again.open();
  assert.ok(again.isAlarmed);
});
quirk("filtered-statements-faked", { ways: { resumes: "statements" } }, async ({ open }) => {
  const first = await open();
  for (const id of ["p1-a", "p2-a"]) await first.visit(id);
  await first.leave();
  assert.deepEqual([...(await open()).pages], ["p1-a", "p2-a"]);
});
quirk("one-result-per-registration", { kind: "cmi5", allowed: true }, async ({ open }) => {
  for (const session of [1, 2]) {
    const naive = await open();
    assert.ok((await naive.say("completed")).ok, `completed is refused in session ${session}`);
    await naive.leave();
  }
});
for (const name of ["one-state-id", "unknown-state-200", "state-put-needs-if-match", "statements-only-lrs"]) {
  quirk(name, {}, resume);
}
quirk("partial-batch-stored", {}, async ({ lrs, open }) => {
  const naive = await open();
  const [one, other, taken] = [1, 2, 3].map(() => naive.make("experienced"));
  await naive.send([taken]);
  // An id was given twice; the second time it is mended.
  const answer = await naive.send([one, { ...other, id: taken.id }]);
  assert.equal(answer.status, 409);
  await naive.send([one, other]);
  assert.equal(lrs.said("experienced").length, 3);
});
quirk("post-statements-ignored", { ways: { method: "POST" } }, resume);
quirk("prefs-before-statements", { kind: "cmi5", ways: { prefers: false } }, resume);
quirk("token-dies-on-terminated", { kind: "cmi5", ways: { late: true } }, resume);
quirk("token-expires", { kind: "cmi5" }, async ({ lrs, open, isMet }) => {
  const first = await open();
  await first.visit("p1-a");
  lrs.isExpired = isMet;
  await first.visit("p2-a");
  lrs.isExpired = false;
  assert.ok(lrs.said("experienced").length === 2 || first.isAlarmed, "lost without a word");
});
quirk("verb-by-display", { ways: { language: "sv" } }, resume);

async function failure(name, quirks) {
  const { about, run } = CASES[name];
  const lrs = makeLrs({ quirks });
  const open = async () => {
    const naive = new Naive(lrs, about.kind === "cmi5" ? lrs.launch() : tinCan(), about.ways);
    await naive.open();
    return naive;
  };
  try {
    await run({ lrs, open, isMet: quirks.length > 0 });
    return null;
  } catch (error) {
    return error;
  }
}

for (const [name, { about }] of Object.entries(CASES)) {
  test(`${name}: a naive course fails`, async () => {
    assert.ok(await failure(name, [name]), "the naive course gets through");
    if (!about.allowed) assert.equal(await failure(name, []), null);
  });
}

/** Ours in a window. */
async function ours(connect, lrs, device, search) {
  const course = makeCourse();
  const statements = shapesOf(course, { cmi5: connect === cmi5 });
  const window = openWindow({ lrs, device, search, statements });
  const lms = connect(window, course, readLaunch(window), statements);
  return learner(course, lms, window);
}

test("cors-off: ours keeps what was done on the device, and sends it once the LRS lets it", async () => {
  const lrs = makeLrs();
  const device = makeDevice();
  lrs.fault = () => "cut";
  const here = await ours(xapi, lrs, device, tinCan());
  here.visit("p1-a");
  await assert.rejects(here.save());
  here.leave();
  await settled(200);
  lrs.fault = () => null;
  const next = await ours(xapi, lrs, device, tinCan());
  await next.open();
  await next.save();
  assert.ok(has(next.state(), 1));
  assert.equal(lrs.said("experienced").length, 1);
});

test("one-result-per-registration: ours says once that it is completed", async () => {
  const lrs = makeLrs();
  const device = makeDevice();
  for (const session of [1, 2]) {
    const here = await ours(cmi5, lrs, device, lrs.launch());
    await here.open();
    if (session === 1) for (const { id } of makeCourse().pages) here.visit(id);
    await here.save();
    here.leave();
    await settled(200);
  }
  assert.equal(lrs.said("completed").filter(({ object: { id } }) => id === ROOT).length, 1);
  assert.ok(lrs.calls.every(({ status }) => status !== 403));
});

// The credentials are the site's own: whoever reads them can write as anybody, for as long as the site has them.
test("actor-auth-in-url: a naive course says its address to the LRS, and ours says it to nobody", async () => {
  const search = tinCan();
  const key = new URLSearchParams(search).get("auth");
  const isTold = ({ calls }) => calls.some(({ body, url }) => decodeURIComponent(`${body}${url}`).includes(key));
  const lrs = makeLrs();
  const naive = new Naive(lrs, search);
  await naive.open();
  // The page that was opened, by its address.
  await naive.say("experienced", idOf(0), `https://course.example.org/course/index.html${search}`);
  assert.ok(isTold(lrs), "the naive course gets through");

  const other = makeLrs();
  const course = makeCourse();
  const window = openWindow({ lrs: other, search, statements: shapesOf(course) });
  const lms = xapi(window, course, readLaunch(window), window.coursepackStatements);
  const here = learner(course, lms, window);
  await here.open();
  for (const { id } of course.pages) here.visit(id);
  await here.save();
  here.leave();
  await settled(200);
  assert.ok(other.said("experienced").length > 0);
  assert.ok(!isTold(other));
  // Nor is it there to be copied, bookmarked, or sent as a referrer.
  assert.ok(!`${window.location.search}${window.location.hash}`.includes("auth"));
});

test("every quirk of an LRS is tried, with ours too", () => {
  const yaml = readFileSync(new URL("../../src/coursepack/profiles/quirks.yaml", import.meta.url), "utf8");
  const entries = yaml.matchAll(/^([a-z][\w-]*):\n(?: .*\n)*? {2}simulated: lrs\n/gm);
  assert.deepEqual(Object.keys(CASES).sort(), [...entries].map(([, name]) => name).sort());
  const tests = ["quirks.test.js", "naive-lrs.test.js"].map((name) =>
    readFileSync(new URL(name, import.meta.url), "utf8"),
  );
  for (const name of Object.keys(CASES)) {
    assert.ok(
      tests[0].includes(`"${name}"`) || tests[0].includes(`${name}: `) || tests[1].includes(`${name}: ours`),
      name,
    );
  }
});
