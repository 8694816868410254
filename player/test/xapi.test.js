import assert from "node:assert/strict";
import { test } from "node:test";
import validation from "@learninglocker/xapi-validation";
import { NOTHING, read, write } from "../src/lms/device/progress-record.js";
import { readLaunch } from "../src/lms/lrs/launch.js";
import { xapi } from "../src/lms/lrs/xapi.js";
import { chosen, decode, EMPTY, has, visit } from "../src/state.js";
import { chance, makeCourse } from "./course.js";
import {
  ACTOR,
  AUTH,
  learner,
  makeDevice,
  makeLrs,
  openWindow,
  REGISTRATION,
  ROOT,
  settled,
  shapesOf,
  tinCan,
} from "./lrs-fake.js";

const REPORT = { answers: true, media: true };
const PAGES = ["start", "p1-a", "p2-a", "p3-a", "p4-a", "p4-check"];
const judge = validation.default || validation;
const graded = () =>
  makeCourse({
    report: REPORT,
    status: "both",
    completion: { rule: "score", page: "p4-check", mastery: 50 },
    check: { page: "p4-check", mastery: 50 },
  });

const connect = (window, course, now) =>
  xapi(window, course, readLaunch(window), window.coursepackStatements, now, now);

/** The course is launched and opened in a window. */
async function launch({
  lrs = makeLrs(),
  device = makeDevice(),
  course = makeCourse({ report: REPORT }),
  ...more
} = {}) {
  const { search = tinCan(more.changes), hash, state, report = REPORT, now = Date.now } = more;
  const window = openWindow({ lrs, device, search, hash, state, statements: shapesOf(course, { report }) });
  const lms = connect(window, course, now);
  const ada = learner(course, lms, window, now);
  const session = more.isLeftClosed ? undefined : await ada.open();
  return { lrs, device, course, window, lms, ada, session };
}

/** The next clean launch on a device, which sends what is left there. */
async function again({ lrs, device, course }, more = {}) {
  const next = await launch({ lrs, device, course, ...more });
  await next.ada.save();
  return next;
}

async function leave({ ada }) {
  ada.leave();
  await settled();
}

const ids = (list) => list.map(({ object }) => object.id.replace(`${ROOT}/`, ""));

function assertJudged(lrs) {
  for (const each of lrs.statements) assert.deepEqual(judge(each), [], JSON.stringify(each));
}

// Launch

test("without an endpoint nobody launched the course, and nothing throws", async () => {
  const { lms, session, lrs } = await launch({ search: "?lang=en" });
  assert.equal(session, null);
  lms.record({ kind: "page", at: 1, page: "start" });
  lms.finish(decode("1.0.."), "", {});
  assert.equal(lrs.calls.length, 0);
});

for (const [what, changes] of [
  ["no actor", { actor: undefined }],
  ["an actor that is no JSON", { actor: "{" }],
  ["an actor without any identifier", { actor: '{"name":"Ada"}' }],
  ["an actor that is null", { actor: "null" }],
]) {
  test(`a launch with ${what} is none`, async () => {
    const { session, window } = await launch({ changes });
    assert.equal(session, null);
    assert.equal(window.location.search, "");
  });
}

for (const [name, value] of Object.entries({
  mbox: "mailto:ada@example.org",
  mbox_sha1sum: "5f4dcc3b5aa765d61d8327deb882cf99aabbccdd",
  openid: "https://openid.example.org/ada",
  account: { homePage: "https://example.org", name: "ada" },
})) {
  test(`a learner who is known by ${name} is one, and nobody else`, async () => {
    const of = (value) => ({ actor: JSON.stringify({ [name]: value }) });
    const here = await launch({ changes: of(value) });
    assert.equal(here.session?.mode, "normal");
    here.lrs.fault = () => "cut";
    here.ada.visit("p1-a");
    await assert.rejects(here.ada.save());
    here.window.close();
    here.lrs.fault = () => null;
    const bob = name === "account" ? { ...value, name: "bob" } : value.replace(/ada|f/, "b");
    await again(here, { changes: of(bob) });
    assert.deepEqual(here.lrs.said("experienced"), []);
    await again(here, { changes: of(value) });
    assert.deepEqual(ids(here.lrs.said("experienced")), ["p1-a"]);
  });
}

test("a launch by cmi5 is none for this package, and its secrets leave the address too", async () => {
  const lrs = makeLrs();
  const { session, window } = await launch({ lrs, search: lrs.launch() });
  assert.deepEqual([session, window.location.search, lrs.calls.length], [null, "", 0]);
});

test("the launch is taken out of the address, and what else stands there stays", async () => {
  const { window } = await launch({ search: `${tinCan()}&theme=dark`, hash: "#p1-a" });
  assert.deepEqual(window.location, { pathname: "/course/index.html", search: "?theme=dark", hash: "#p1-a" });
});

for (const start of ["#", "#?", "#/?"]) {
  test(`a launch in the hash (${start}) is read, and taken out`, async () => {
    const { window, session } = await launch({ search: "", hash: start + tinCan().slice(1) });
    assert.equal(session.mode, "normal");
    assert.deepEqual([window.location.search, window.location.hash], ["", ""]);
  });
}

test("every new page of the course carries the launch in its history entry, so that a reload finds it", async () => {
  const { window, lrs, device, course } = await launch();
  window.go("#p1-a");
  assert.equal(window.history.state.coursepack.auth, AUTH);
  const reloaded = window.reload();
  const lms = connect(reloaded, course);
  assert.equal((await lms.open()).status, "none");
  assert.equal(lrs.calls[lrs.calls.length - 1].headers.Authorization, AUTH);
  assert.equal(device.kept.size > 0, true);
});

test("a history that cannot be written leaves the launch working", async () => {
  const lrs = makeLrs();
  const course = makeCourse({ report: REPORT });
  const window = openWindow({ lrs, search: tinCan(), statements: shapesOf(course) });
  window.history.replaceState = () => {
    throw new Error("SecurityError");
  };
  assert.equal((await connect(window, course).open()).status, "none");
});

test("credentials are neither in the storage nor in a statement", async () => {
  const here = await launch();
  here.lrs.fault = () => "cut";
  here.ada.visit("p1-a");
  await assert.rejects(here.ada.save(), { cause: "silent" });
  await leave(here);
  here.lrs.fault = () => null;
  await again(here);
  const kept = JSON.stringify([...here.device.kept]) + JSON.stringify(here.lrs.statements);
  assert.ok(!kept.includes(AUTH.slice(6)));
});

test("the journal names no learner", async () => {
  const here = await launch();
  here.ada.visit("p1-a");
  const kept = JSON.stringify([...here.device.kept]);
  assert.ok(kept.includes("experienced") && !kept.includes("Ada") && !kept.includes("lms.example.org"));
});

test("without credentials no header is sent", async () => {
  const lrs = makeLrs();
  lrs.rights.set(undefined, null);
  const { session } = await launch({ lrs, changes: { auth: undefined } });
  assert.equal(session.status, "none");
  assert.ok(lrs.calls.every(({ headers }) => !("Authorization" in headers)));
});

test("a plus sign in the credentials that the LMS did not encode is mended", async () => {
  const lrs = makeLrs();
  lrs.rights.set("Basic ab+c/d==", null);
  const search = `${tinCan({ auth: undefined })}&auth=Basic%20ab+c/d==`;
  assert.equal((await launch({ lrs, search })).session.status, "none");
});

test("an actor in the form of 0.9 is converted", async () => {
  const old = {
    name: ["Ada", "A"],
    account: [{ accountServiceHomePage: "https://lms.example.org", accountName: "a1" }],
  };
  const here = await launch({ changes: { actor: JSON.stringify(old) } });
  here.ada.visit("p1-a");
  await here.ada.save();
  assert.deepEqual(here.lrs.statements[0].actor, {
    name: "Ada",
    account: { homePage: "https://lms.example.org", name: "a1" },
  });
  const mail = await launch({ changes: { actor: '{"name":["Ada"],"mbox":["mailto:ada@example.org"]}' } });
  mail.ada.visit("p1-a");
  await mail.ada.save();
  assert.deepEqual(mail.lrs.statements[0].actor, { name: "Ada", mbox: "mailto:ada@example.org" });
});

test("the activity, registration, platform and grouping of the launch are in every statement, and nothing else", async () => {
  const changes = {
    activity_id: "https://lms.example.org/activity/9",
    activity_platform: "The LMS",
    grouping: "https://lms.example.org/programme/1",
    content_token: "ct",
    unknown: "u",
  };
  const here = await launch({ changes });
  for (const id of PAGES) here.ada.visit(id);
  await here.ada.save();
  for (const { context, object } of here.lrs.statements) {
    assert.equal(context.registration, REGISTRATION);
    assert.equal(context.platform, "The LMS");
    assert.equal(context.contextActivities.grouping[0].id, changes.grouping);
    assert.notEqual(object.id, ROOT);
    assert.equal(context.language, "en");
  }
  const [initialized] = here.lrs.said("initialized");
  assert.equal(initialized.object.id, changes.activity_id);
  const [experienced] = here.lrs.said("experienced");
  assert.equal(experienced.context.contextActivities.grouping[1].id, changes.activity_id);
  assert.ok(here.lrs.documents.has(here.lrs.docKey(REGISTRATION, changes.activity_id)));
  assert.ok(!JSON.stringify(here.lrs.statements).includes("content_token"));
});

for (const registration of [undefined, "not-a-uuid"]) {
  test(`without a registration (${registration}) state and statements go without`, async () => {
    const here = await launch({ changes: { registration } });
    here.ada.visit("p1-a");
    await here.ada.save();
    assert.ok(here.lrs.documents.has(here.lrs.docKey(null)));
    assert.ok(here.lrs.statements.every(({ context }) => !("registration" in context)));
    assert.equal((await again(here, { changes: { registration } })).session.status, "incomplete");
  });
}

// A session

test("a first launch asks for two things and says nothing of its own", async () => {
  const { lrs, session } = await launch();
  await settled();
  const { state, location, status, mode, mastery } = session;
  assert.deepEqual([state, location, status, mode, mastery], [null, "", "none", "normal", null]);
  assert.deepEqual(lrs.calls.map(({ method, resource }) => `${method} ${resource}`).sort(), [
    "GET about",
    "GET activities/state",
  ]);
});

test("a walk through the course is told in its order, and each thing once", async () => {
  const here = await launch();
  for (const id of PAGES) {
    here.ada.visit(id);
    await here.ada.save();
  }
  await leave(here);
  assert.deepEqual(here.lrs.verbs(), [
    "initialized",
    "experienced",
    "progressed",
    "experienced",
    "completed",
    "progressed",
    "experienced",
    "completed",
    "progressed",
    "experienced",
    "completed",
    "progressed",
    "experienced",
    "progressed",
    "experienced",
    "completed",
    "completed",
    "terminated",
  ]);
  assert.deepEqual(ids(here.lrs.said("experienced")), PAGES);
  assert.deepEqual(ids(here.lrs.said("completed")), ["parts/p1", "parts/p2", "parts/p3", "parts/p4", ROOT]);
  const shares = here.lrs.said("progressed").map(({ result }) => Object.values(result.extensions)[0]);
  assert.deepEqual(shares, [16, 33, 50, 66, 83]);
  const times = here.lrs.statements.map(({ timestamp }) => timestamp);
  assert.deepEqual(times, [...new Set(times)].sort());
  assert.equal(new Set(here.lrs.statements.map(({ id }) => id)).size, here.lrs.statements.length);
  assertJudged(here.lrs);
});

test("durations: of all learning where the course is completed, of the session where it is left", async () => {
  let now = Date.parse("2026-11-25T00:00:00Z");
  const first = await launch({ now: () => now });
  first.ada.visit("p1-a");
  now += 60000;
  await leave(first);
  assert.equal(first.lrs.said("terminated")[0].result.duration, "PT60S");
  assert.equal(first.lrs.said("suspended")[0].result.duration, "PT60S");
  now += 86400000;
  const second = await launch({ ...first, now: () => now });
  now += 30250;
  for (const id of PAGES) second.ada.visit(id);
  await second.ada.save();
  assert.equal(first.lrs.said("completed").pop().result.duration, "PT90.25S");
  await leave(second);
  assert.equal(first.lrs.said("terminated")[1].result.duration, "PT30.25S");
});

test("a later launch resumes, and tells no page, part or tenth again", async () => {
  const first = await launch();
  for (const id of PAGES.slice(0, 3)) first.ada.visit(id);
  await first.ada.save();
  await leave(first);
  const second = await launch({ lrs: first.lrs, course: first.course });
  assert.deepEqual([second.session.status, second.session.location], ["incomplete", "p2-a"]);
  const before = first.lrs.statements.length;
  second.ada.visit("p1-a");
  second.ada.visit("p3-a");
  await second.ada.save();
  await leave(second);
  assert.deepEqual(first.lrs.verbs().slice(before), [
    "initialized",
    "resumed",
    "experienced",
    "completed",
    "progressed",
    "suspended",
    "terminated",
  ]);
});

test("a course that is completed is neither resumed nor suspended nor completed again", async () => {
  const first = await launch();
  for (const id of PAGES) first.ada.visit(id);
  await leave(first);
  const second = await launch(first);
  assert.equal(second.session.status, "completed");
  second.ada.visit("p1-a");
  await second.ada.save();
  await leave(second);
  const verbs = first.lrs.verbs();
  assert.equal(first.lrs.said("completed").filter(({ object }) => object.id === ROOT).length, 1);
  assert.ok(!verbs.includes("resumed") && !verbs.includes("suspended"));
  assert.equal(first.lrs.doc().sent.completed, first.lrs.said("completed").pop().id);
});

test("a course without anything to pass tells neither passed nor failed", async () => {
  const here = await launch();
  for (const id of PAGES) here.ada.visit(id);
  await leave(here);
  assert.ok(!here.lrs.verbs().includes("passed") && !here.lrs.verbs().includes("failed"));
});

test("failed is told on leaving only, with the score, and passed at once, once, and never failed after it", async () => {
  const first = await launch({ course: graded() });
  first.ada.answer("q1", ["a"]);
  first.ada.answer("q2", ["c"]);
  await first.ada.save();
  assert.ok(!first.lrs.verbs().includes("failed"));
  await leave(first);
  assert.deepEqual(first.lrs.said("failed")[0].result.score, { scaled: 0, raw: 0, min: 0, max: 100 });
  assert.equal(first.lrs.said("failed")[0].result.success, false);
  const second = await again(first);
  second.ada.answer("q1", ["b"]);
  await second.ada.save();
  assert.deepEqual(first.lrs.said("passed")[0].result.score, { scaled: 0.5, raw: 50, min: 0, max: 100 });
  assert.deepEqual(first.lrs.said("completed")[0].result.score, { scaled: 0.5, raw: 50, min: 0, max: 100 });
  second.ada.answer("q1", ["a"]);
  await second.ada.save();
  await leave(second);
  assert.equal(first.lrs.said("passed").length, 1);
  assert.equal(first.lrs.said("failed").length, 1);
  assertJudged(first.lrs);
});

test("an answer is told with its response in xAPI's form, each time, when the course reports answers", async () => {
  const here = await launch();
  here.ada.answer("q2", ["a", "b"]);
  here.ada.answer("q2", ["c"]);
  await here.ada.save();
  assert.deepEqual(
    here.lrs.said("answered").map(({ result }) => result),
    [
      { response: "a[,]b", success: true },
      { response: "c", success: false },
    ],
  );
  assert.equal(here.lrs.said("answered")[0].context.contextActivities.parent[0].id, `${ROOT}/p4-check`);
  assertJudged(here.lrs);
});

test("answers and films are not told when the course does not report them", async () => {
  const here = await launch({ report: { answers: false, media: false } });
  here.ada.answer("q2", ["a", "b"]);
  here.lms.record({ kind: "media", media: "media/film.mp4", event: "started", at: 1 });
  await here.ada.save();
  assert.deepEqual(here.lrs.verbs(), ["initialized"]);
  assert.deepEqual(chosen(decode(here.lrs.doc().state), here.course.questions[1]), ["a", "b"]);
});

test("a film is told in the words of the video profile", async () => {
  const here = await launch();
  const film = {
    kind: "media",
    media: "media/film.mp4",
    length: 33.1,
    session: "6b1f2a52-6c0b-4b6e-8b0e-2f6a9d1c7e11",
    speed: 1.5,
    volume: 0.8,
  };
  const at = Date.now();
  const tell = (event, seconds, time, segments, progress, more = {}) =>
    here.lms.record({ ...film, event, at: at + 1000 * seconds, time, segments, progress, ...more });
  tell("started", 0, 0, "", 0);
  tell("played", 0, 0, "", 0);
  tell("paused", 12, 12.5, "0[.]12.5", 0.378);
  tell("seeked", 13, 20, "0[.]12.5", 0.378, { from: 12.5 });
  tell("ended", 30, 33.1, "0[.]12.5[,]20[.]33.1", 0.773);
  tell("ended", 60, 33.1, "0[.]33.1", 1);
  tell("ended", 99, 33.1, "0[.]33.1", 1);
  tell("left", 99, 33.1, "0[.]33.1", 1);
  await here.ada.save();
  const base = "https://w3id.org/xapi/video/extensions/";
  const told = here.lrs.statements.slice(1).map(({ verb, result, context }) => {
    const short = (all = {}) =>
      Object.fromEntries(Object.entries(all).map(([name, value]) => [name.replace(base, ""), value]));
    const { extensions, ...rest } = result || {};
    return [verb.id.split("/").pop(), { ...rest, ...short(extensions) }, short(context.extensions)];
  });
  const around = { length: 33.1, "session-id": film.session };
  assert.deepEqual(told, [
    ["initialized", {}, { ...around, speed: "1.5x", volume: 0.8 }],
    ["played", { time: 0 }, around],
    ["paused", { time: 12.5, progress: 0.378, "played-segments": "0[.]12.5" }, around],
    ["seeked", { "time-from": 12.5, "time-to": 20 }, around],
    [
      "completed",
      { completion: true, duration: "PT60S", time: 33.1, progress: 1, "played-segments": "0[.]33.1" },
      around,
    ],
    ["terminated", { time: 33.1, progress: 1, "played-segments": "0[.]33.1" }, around],
  ]);
  for (const { context } of here.lrs.statements.slice(1)) {
    assert.equal(context.contextActivities.category[0].id, "https://w3id.org/xapi/video");
  }
  assertJudged(here.lrs);
});

test("an LRS that speaks only 2.0 is spoken to in 2.0.0 all through", async () => {
  const lrs = makeLrs({ versions: ["2.0.0"] });
  const here = await launch({ lrs });
  here.ada.visit("p1-a");
  await here.ada.save();
  await leave(here);
  const late = lrs.calls.slice(2).filter(({ status }) => status !== 400);
  assert.ok(late.every(({ headers }) => headers["X-Experience-API-Version"] === "2.0.0"));
  assert.ok(lrs.verbs().includes("terminated"));
});

// Two devices, two tabs

test("two devices with the same registration unite their progress, complete together and say so once", async () => {
  const lrs = makeLrs();
  const [one, other] = [await launch({ lrs }), await launch({ lrs })];
  for (const id of PAGES.slice(0, 3)) one.ada.visit(id);
  await one.ada.save();
  for (const id of PAGES.slice(3)) other.ada.visit(id);
  const more = await other.ada.save();
  assert.ok(has(more, 1));
  await other.ada.save();
  await one.ada.save();
  await one.ada.save();
  await leave(one);
  await leave(other);
  assert.equal(lrs.said("completed").filter(({ object }) => object.id === ROOT).length, 1);
  assert.deepEqual(ids(lrs.said("experienced")).sort(), [...PAGES].sort());
  assert.ok(decode(lrs.doc().state).completed);
});

test("the same page on two devices at the same time is told once", async () => {
  const lrs = makeLrs();
  const [one, other] = [await launch({ lrs }), await launch({ lrs })];
  one.ada.visit("p1-a");
  other.ada.visit("p1-a");
  await Promise.all([one.ada.save(), other.ada.save()]);
  assert.equal(lrs.said("experienced").length, 1);
  assert.equal(lrs.said("initialized").length, 2);
});

test("what another device has told already does not take the end of a session along", async () => {
  const lrs = makeLrs();
  let clock = Date.parse("2026-11-25T12:00:00Z");
  const [one, other] = [await launch({ lrs, now: () => clock }), await launch({ lrs, now: () => clock })];
  await one.ada.save();
  await other.ada.save();
  one.ada.visit("p1-a");
  await one.ada.save();
  clock += 60_000;
  other.ada.visit("p1-a");
  await leave(other);
  // The page is told with another time under the same id, and refused: one session was left, by the other device.
  assert.equal(lrs.said("experienced").length, 1);
  assert.equal(lrs.said("terminated").length, 1);
});

test("two tabs on one device share the journal, and nothing is told twice", async () => {
  const one = await launch();
  one.lrs.fault = () => "cut";
  one.ada.visit("p1-a");
  one.ada.answer("q1", ["a"]);
  await assert.rejects(one.ada.save());
  one.lrs.fault = () => null;
  const other = await again(one);
  other.ada.visit("p2-a");
  await other.ada.save();
  await one.ada.save();
  await leave(one);
  await leave(other);
  assert.equal(one.lrs.said("answered").length, 1);
  assert.deepEqual(ids(one.lrs.said("experienced")), ["p1-a", "p2-a"]);
});

test("who erases what the device holds has nothing of it sent, and nothing more kept", async () => {
  const here = await launch();
  here.lrs.fault = () => "cut";
  here.ada.visit("p1-a");
  await here.ada.save().catch(() => {});
  assert.ok(here.device.kept.size > 0);
  here.lms.forget();
  here.ada.visit("p2-a");
  assert.deepEqual([...here.device.kept], []);
  assert.equal(here.lms.hold(decode("1.0.1.g"), "p1-a"), false);
});

test("the journal of another learner on the same device is neither sent nor lost", async () => {
  const device = makeDevice();
  const bob = JSON.stringify({ ...ACTOR, account: { ...ACTOR.account, name: "b2" } });
  const first = await launch({ device });
  first.lrs.fault = () => "cut";
  first.ada.visit("p1-a");
  await leave(first);
  first.lrs.fault = () => null;
  const second = await again(first, { changes: { actor: bob } });
  await leave(second);
  assert.ok(first.lrs.statements.every(({ actor }) => actor.account.name === "b2"));
  assert.deepEqual(first.lrs.said("experienced"), []);
  await again(first);
  assert.deepEqual(ids(first.lrs.said("experienced")), ["p1-a"]);
  assert.equal(first.lrs.said("experienced")[0].actor.account.name, "a1");
});

// Faults

test("an LRS that is away when the course opens: told, what is done is kept, and sent when it is back", async () => {
  const here = await launch({ isLeftClosed: true });
  here.lrs.put(write({ ...NOTHING, state: visit(EMPTY, { slot: 5 }), location: "p4-a", at: 9 }, here.course));
  here.lrs.fault = () => "cut";
  here.ada.visit("start");
  here.ada.visit("p1-a");
  await assert.rejects(here.ada.open(), { cause: "silent" });
  here.lrs.fault = () => null;
  await here.ada.save();
  assert.ok(has(here.ada.state(), 5) && has(decode(here.lrs.doc().state), 1));
  assert.deepEqual(ids(here.lrs.said("experienced")), ["start", "p1-a"]);
});

test("a start without a line that ends without one: the next launch has it all", async () => {
  const here = await launch({ isLeftClosed: true });
  here.lrs.put(write({ ...NOTHING, state: visit(EMPTY, { slot: 5 }), location: "p4-a", at: 9 }, here.course));
  here.lrs.fault = () => "cut";
  here.ada.visit("start");
  await assert.rejects(here.ada.open(), { cause: "silent" });
  here.ada.answer("q1", ["b"]);
  await leave(here);
  here.lrs.fault = () => null;
  const next = await again(here);
  const state = decode(here.lrs.doc().state);
  assert.deepEqual([has(state, 0), has(state, 5), chosen(state, here.course.questions[0])], [true, true, ["b"]]);
  assert.deepEqual(here.lrs.verbs(), ["experienced", "answered", "initialized", "resumed", "progressed"]);
  assert.equal(next.session.location, "p4-a", "the first page came into view by itself");
});

test("a window that is closed at once after an answer", async () => {
  const here = await launch();
  here.ada.visit("p4-check");
  here.ada.answer("q1", ["b"]);
  await leave(here);
  assert.deepEqual(here.lrs.said("answered")[0].result, { response: "b", success: true });
  assert.deepEqual(chosen(decode(here.lrs.doc().state), here.course.questions[0]), ["b"]);
  assert.ok(here.lrs.calls.slice(2).every(({ keepalive }) => keepalive));
  const before = here.lrs.statements.length;
  await again(here);
  assert.equal(here.lrs.statements.length, before + 2, "initialized and resumed");
});

test("a window that is closed while a save is on its way", async () => {
  for (const turns of [0, 1, 2, 3, 4, 5, 8, 12]) {
    const here = await launch();
    here.ada.visit("p1-a");
    here.ada.save().catch(() => {});
    await settled(turns);
    here.ada.answer("q1", ["b"]);
    await leave(here);
    const told = here.lrs.said("answered").length;
    await again(here);
    assert.deepEqual(chosen(decode(here.lrs.doc().state), here.course.questions[0]), ["b"], `after ${turns} turns`);
    assert.deepEqual([told, here.lrs.said("answered").length, here.lrs.said("experienced").length], [1, 1, 1]);
  }
});

test("leaving twice sends once", async () => {
  const here = await launch();
  here.ada.visit("p1-a");
  here.ada.leave();
  const { length } = here.lrs.calls;
  here.ada.leave();
  await settled();
  assert.equal(here.lrs.calls.length, length);
  assert.equal(here.lrs.said("terminated").length, 1);
});

test("back from the browser's cache a new session begins, and nothing is told twice", async () => {
  const here = await launch();
  here.ada.visit("p1-a");
  await here.ada.save();
  await leave(here);
  here.ada.back();
  await here.ada.open();
  here.ada.visit("p2-a");
  await here.ada.save();
  await leave(here);
  const count = (verb) => here.lrs.said(verb).length;
  assert.deepEqual([count("initialized"), count("resumed"), count("terminated"), count("experienced")], [2, 1, 2, 2]);
  const [first] = here.lrs.statements.slice(-1);
  assert.equal(first.verb.id.split("/").pop(), "terminated");
});

for (const [fault, cause] of [
  ["cut", "silent"],
  ["lost", "silent"],
  ["page", "silent"],
  [500, "silent"],
  [502, "silent"],
  [401, "relaunch"],
  [403, "relaunch"],
]) {
  test(`${fault} in mid-course is told as ${cause}; nothing is lost and nothing twice`, async () => {
    const here = await launch();
    here.ada.visit("p1-a");
    await here.ada.save();
    here.lrs.fault = () => fault;
    here.ada.visit("p2-a");
    here.ada.answer("q1", ["b"]);
    await assert.rejects(here.ada.save(), { cause });
    await leave(here);
    here.lrs.fault = () => null;
    await again(here);
    const count = (verb) => here.lrs.said(verb).length;
    assert.deepEqual([count("experienced"), count("answered"), count("terminated")], [2, 1, 1]);
    assert.ok(has(decode(here.lrs.doc().state), 3));
  });

  test(`${fault} to statements only is told as ${cause}; nothing is lost and nothing twice`, async () => {
    const here = await launch();
    here.lrs.fault = ({ resource }) => (resource === "statements" ? fault : null);
    here.ada.visit("p4-a");
    await assert.rejects(here.ada.save(), { cause });
    here.lrs.fault = () => null;
    await here.ada.save();
    assert.deepEqual(here.lrs.verbs(), ["initialized", "experienced", "progressed"]);
  });
}

test("a reply that never comes is told after 20 seconds, and the same statements are sent again", async (t) => {
  const here = await launch();
  t.mock.timers.enable({ apis: ["setTimeout"] });
  here.lrs.fault = ({ resource }) => (resource === "statements" ? "hang" : null);
  here.ada.visit("p4-a");
  const saving = here.ada.save();
  const told = assert.rejects(saving, { cause: "silent" });
  await settled();
  t.mock.timers.tick(20000);
  await told;
  here.lrs.fault = () => null;
  await here.ada.save();
  assert.deepEqual(here.lrs.verbs(), ["initialized", "experienced", "progressed"]);
});

test("an LRS that is busy is given the time that it asks for", async () => {
  const here = await launch();
  here.ada.visit("p1-a");
  here.lrs.fault = () => new Response("", { status: 429, headers: { "Retry-After": "30" } });
  await assert.rejects(here.ada.save(), { cause: "silent", after: 30 });
});

test("a server that keeps no documents still gets the statements, and the learner is told", async () => {
  const here = await launch();
  here.lrs.fault = ({ resource }) => (resource === "activities/state" ? 500 : null);
  here.ada.visit("p4-a");
  await assert.rejects(here.ada.save(), { cause: "silent" });
  assert.deepEqual(here.lrs.verbs(), ["initialized", "experienced", "progressed"]);
});

for (const [what, fault] of [
  ["400", 400],
  ["403", 403],
  ["413", 413],
]) {
  test(`one statement that is refused with ${what} is set aside, tried in two more launches, and blocks nothing`, async () => {
    const lrs = makeLrs();
    lrs.fault = ({ resource, body }) => (resource === "statements" && body?.includes("/answered") ? fault : null);
    const here = await launch({ lrs });
    here.ada.visit("p1-a");
    here.ada.answer("q1", ["b"]);
    here.ada.visit("p2-a");
    await here.ada.save();
    assert.deepEqual(ids(lrs.said("experienced")), ["p1-a", "p2-a"]);
    const tries = () =>
      lrs.calls.filter(({ body, resource }) => resource === "statements" && body?.includes("/answered"));
    const { length } = tries();
    here.ada.visit("p3-a");
    await here.ada.save();
    assert.equal(tries().length, length, "not again in this launch");
    await leave(here);
    const second = await again(here);
    assert.equal(JSON.parse(tries().pop().body).length, 1, "alone, so that it spoils no others");
    await leave(second);
    await leave(await again(here));
    assert.equal(tries().length, length + 2);
    await leave(await again(here));
    assert.equal(tries().length, length + 2);
  });
}

test("what the LRS has already is done with, and what it refuses beside that is set aside", async () => {
  const here = await launch();
  here.ada.visit("p1-a");
  here.lrs.fault = ({ resource }) => (resource === "statements" ? "lost" : null);
  await assert.rejects(here.ada.save());
  here.ada.answer("q1", ["b"]);
  here.lrs.fault = ({ resource, body }) => {
    if (resource !== "statements") return null;
    return body?.includes("/answered") ? 403 : 409;
  };
  await here.ada.save();
  const [[, left]] = here.device.kept;
  assert.deepEqual(
    JSON.parse(left).list.map(({ name, refused }) => [name, refused]),
    [["answered", 1]],
  );
});

test("one that was refused is accepted in the next launch when the reason is gone", async () => {
  const lrs = makeLrs();
  lrs.fault = ({ resource, body }) => (resource === "statements" && body?.includes("/answered") ? 403 : null);
  const here = await launch({ lrs });
  here.ada.answer("q1", ["b"]);
  await here.ada.save();
  lrs.fault = () => null;
  await leave(here);
  await again(here);
  assert.equal(lrs.said("answered").length, 1);
});

test("many statements go in several requests, and what is too much at once is halved", async () => {
  const lrs = makeLrs();
  const here = await launch({ lrs });
  for (let at = 0; at < 120; at += 1) here.ada.answer("q2", ["a"]);
  lrs.fault = ({ body }) => (body?.startsWith("[") && JSON.parse(body).length > 15 ? 413 : null);
  await here.ada.save();
  const asked = lrs.calls.filter(({ resource }) => resource === "statements");
  assert.ok(asked.every(({ body }) => Buffer.byteLength(body) <= 24 * 1024 + 2 && JSON.parse(body).length <= 50));
  assert.ok(asked.some(({ status }) => status === 413));
  assert.equal(lrs.said("answered").length, 120);
});

test("a backlog does not keep back what was reached", async () => {
  const here = await launch({ course: graded() });
  for (let at = 0; at < 120; at += 1) here.ada.answer("q2", ["a"]);
  here.ada.answer("q1", ["b"]);
  here.ada.answer("q2", ["a", "b"]);
  await here.ada.save();
  const [first] = here.lrs.calls.filter(({ resource }) => resource === "statements");
  assert.ok(first.body.includes("/completed") && first.body.includes("/passed"));
});

test("leaving with more than a page may still send: the document and the end go, the rest waits and is sent once", async () => {
  const here = await launch();
  here.lrs.fault = () => "cut";
  for (let at = 0; at < 200; at += 1) here.ada.answer("q2", ["a"]);
  await assert.rejects(here.ada.save());
  here.lrs.fault = () => null;
  const before = here.lrs.calls.length;
  await leave(here);
  const last = here.lrs.calls.slice(before);
  assert.ok(last.every(({ keepalive }) => keepalive));
  assert.ok(last.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0) < 60 * 1024);
  assert.deepEqual([here.lrs.said("terminated").length, here.lrs.said("suspended").length], [1, 1]);
  assert.ok(here.lrs.said("answered").length > 10);
  assert.deepEqual(chosen(decode(here.lrs.doc().state), here.course.questions[1]), ["a"]);
  await again(here);
  assert.equal(here.lrs.said("answered").length, 200);
});

test("leaving with long answers: no more is sent than a browser lets through, and so the end arrives", async () => {
  const here = await launch();
  here.lrs.fault = () => "cut";
  const text = "a".repeat(5000);
  for (let at = 0; at < 30; at += 1) {
    here.lms.record({ kind: "answer", at: Date.now(), question: "q2", chosen: [], right: true, text });
  }
  await assert.rejects(here.ada.save());
  here.lrs.fault = () => null;
  await leave(here);
  assert.equal(here.lrs.said("terminated").length, 1);
  const { length } = here.lrs.said("answered");
  assert.ok(length > 3 && length < 12, `${length}`);
  await again(here);
  assert.equal(here.lrs.said("answered").length, 30);
});

test("a page that is left while it opens begins no session", async () => {
  const here = await launch({ isLeftClosed: true });
  here.lrs.fault = ({ method }) => (method === "GET" ? "late" : null);
  const opening = here.lms.open();
  here.lms.finish(decode("1.0.."), "start", here.ada.result());
  await assert.rejects(opening, { cause: "silent" });
  here.window.close();
  here.lrs.fault = () => null;
  await leave(await again(here));
  assert.deepEqual([here.lrs.said("initialized").length, here.lrs.said("terminated").length], [1, 1]);
});

test("what was not sent of one registration is not told in another of the same learner", async () => {
  const here = await launch();
  here.lrs.fault = () => "cut";
  here.ada.visit("p1-a");
  await assert.rejects(here.ada.save());
  here.window.close();
  here.lrs.fault = () => null;
  await leave(await again(here, { changes: { registration: "6c1fa1a6-2c0f-4b4c-9d6a-6b1f2a9d8e11" } }));
  assert.deepEqual(here.lrs.said("experienced"), []);
  await again(here);
  assert.deepEqual(ids(here.lrs.said("experienced")), ["p1-a"]);
});

test("a device on which the learner did not move leaves the place to the one on which they did", async () => {
  const here = await launch();
  here.ada.visit("p1-a");
  await here.ada.save();
  await leave(here);
  const [one, other] = [await launch(here), await launch({ lrs: here.lrs })];
  other.ada.visit("p2-a");
  await other.ada.save();
  one.ada.answer("q3", ["a"]);
  await one.ada.save();
  const { location, state } = here.lrs.doc();
  assert.deepEqual([location, chosen(decode(state), here.course.questions[2])], ["p2-a", ["a"]]);
});

test("what cannot be sent is held on the device, also before the course could be opened; the next launch has it", async () => {
  const here = await launch({ isLeftClosed: true });
  here.lrs.fault = () => "cut";
  await assert.rejects(here.ada.open(), { cause: "silent" });
  const state = visit(visit(EMPTY, { slot: 1 }), { slot: 5 });
  here.lms.record({ kind: "page", at: Date.now(), page: "p1-a" });
  assert.equal(here.lms.hold(state, "p4-a"), true);
  here.window.close();
  here.lrs.fault = () => null;
  const { session } = await again(here);
  assert.deepEqual([session.location, has(session.state, 5)], ["p4-a", true]);
  assert.deepEqual(ids(here.lrs.said("experienced")), ["p1-a"]);
});

test("where the device keeps nothing, holding says so", async () => {
  const device = makeDevice();
  device.isRefused = true;
  const here = await launch({ device });
  assert.equal(here.lms.hold(decode("1.0.1.Q"), "p1-a"), false);
});

test("what happens in a window that was told to launch again is in the journal at once, in case it breaks down", async () => {
  const here = await launch();
  here.lrs.fault = () => 401;
  here.ada.visit("p1-a");
  await assert.rejects(here.ada.save(), { cause: "relaunch" });
  here.lms.record({ kind: "answer", at: Date.now(), question: "q1", chosen: ["b"], right: true });
  here.window.close();
  here.lrs.fault = () => null;
  await again(here);
  assert.equal(here.lrs.said("answered").length, 1);
  assert.deepEqual(chosen(decode(here.lrs.doc().state), here.course.questions[0]), ["b"]);
});

for (const fault of ["isRefused", "isFull"]) {
  test(`a device that keeps nothing (${fault}): all is sent as long as the window lives`, async () => {
    const device = makeDevice();
    device[fault] = true;
    const here = await launch({ device });
    here.lrs.fault = () => "cut";
    here.ada.visit("p1-a");
    await assert.rejects(here.ada.save());
    here.lrs.fault = () => null;
    here.ada.visit("p2-a");
    await leave(here);
    assert.deepEqual(ids(here.lrs.said("experienced")), ["p1-a", "p2-a"]);
    assert.ok(has(decode(here.lrs.doc().state), 3));
  });
}

test("a completion that did not arrive is told from any other device, once", async () => {
  const lrs = makeLrs();
  const device = makeDevice();
  device.isRefused = true;
  const here = await launch({ lrs, device });
  for (const id of PAGES) here.ada.visit(id);
  lrs.fault = ({ resource }) => (resource === "statements" ? 500 : null);
  await assert.rejects(here.ada.save());
  here.window.close();
  lrs.fault = () => null;
  const other = await launch({ lrs });
  await other.ada.save();
  assert.equal(lrs.said("completed").filter(({ object }) => object.id === ROOT).length, 1);
  await again(other);
  assert.equal(lrs.said("completed").filter(({ object }) => object.id === ROOT).length, 1);
});

test("a clock that was set back: times still go forward, and no duration is negative", async () => {
  let now = Date.parse("2026-11-25T12:00:00Z");
  const here = await launch({ now: () => now });
  here.ada.visit("p1-a");
  now -= 3600000;
  here.ada.visit("p2-a");
  await here.ada.save();
  await leave(here);
  const times = here.lrs.statements.map(({ timestamp }) => timestamp);
  assert.deepEqual(times, [...times].sort());
  assert.equal(here.lrs.said("terminated")[0].result.duration, "PT0S");
  assert.equal(here.lrs.doc().location, "p2-a");
});

// Chance

/**
 * Learners with bad lines and impatient hands, on one or two devices; then one clean launch on each.
 * @param {number} seed
 */
async function life(seed) {
  const { below, pick, some } = chance(seed);
  const course = graded();
  course.completion = { rule: "all-core-pages" };
  const options = pick([
    {},
    {},
    { hidesHeaders: true },
    { hashes: false },
    { hashes: false, tagsPuts: true },
    { ok: 200 },
  ]);
  const lrs = makeLrs(options);
  const devices = below(3) === 0 ? [makeDevice(), makeDevice()] : [makeDevice()];
  const done = { pages: new Set(), answers: 0 };
  const chances = below(4) * 10;
  const fault = (call) => {
    if (below(100) >= chances) return null;
    const kind = pick(["cut", "lost", "page", 500, 503, 429, 412, 413, 401, 409]);
    if (kind === 412) return call.method === "PUT" ? 412 : null;
    if (kind === 413 || kind === 409)
      return call.body?.startsWith("[") && JSON.parse(call.body).length > 1 ? kind : null;
    return kind;
  };
  for (let round = 1 + below(4); round > 0; round -= 1) {
    lrs.fault = fault;
    const windows = [];
    for (const device of devices) {
      for (let tabs = 1 + (below(5) === 0 ? 1 : 0); tabs > 0; tabs -= 1) {
        windows.push(await launch({ lrs, device, course, isLeftClosed: true }));
      }
    }
    for (const { ada } of windows) await ada.open().catch(() => {});
    for (let step = below(14); step > 0; step -= 1) {
      const { ada } = pick(windows);
      if (below(3)) {
        const { id } = pick(course.pages);
        ada.visit(id);
        done.pages.add(id);
      } else {
        const question = pick(course.questions);
        ada.answer(question.id, some(question.answers.map(({ id }) => id)));
        done.answers += 1;
      }
      const saving = ada.save().catch(() => {});
      if (below(2)) await saving;
      else await settled(below(6));
    }
    for (const { ada } of windows) {
      ada.leave();
      await settled(below(10));
    }
    await settled();
  }
  lrs.fault = () => null;
  for (const device of devices) {
    const last = await launch({ lrs, device, course });
    await last.ada.save();
    await leave(last);
  }
  return { lrs, course, done };
}

test("whatever goes wrong: after one more clean launch nothing is lost and nothing is twice", async () => {
  for (let seed = 1; seed <= 250; seed += 1) {
    const { lrs, course, done } = await life(seed);
    const doc = read(JSON.stringify(lrs.doc()), course);
    const state = doc.state;
    const told = ids(lrs.said("experienced"));
    assert.deepEqual(told.sort(), [...done.pages].sort(), `seed ${seed}: each page once`);
    for (const id of done.pages)
      assert.ok(has(state, course.pages.find((each) => each.id === id).slot), `seed ${seed} ${id}`);
    assert.equal(lrs.said("answered").length, done.answers, `seed ${seed}: each answer once`);
    // The answers that hold are those of the latest statement.
    for (const question of course.questions) {
      const [last] = lrs
        .said("answered")
        .filter(({ object }) => object.id === `${ROOT}/${question.id}`)
        .sort((one, other) => (one.timestamp < other.timestamp ? 1 : -1));
      if (last && doc.answered[question.id]) {
        const times = lrs.said("answered").filter(({ object }) => object.id === last.object.id);
        const held = chosen(state, question).join("[,]");
        assert.ok(
          times.some(({ result }) => result.response === held),
          `seed ${seed} ${question.id}`,
        );
      }
    }
    const course_ = (verb) => lrs.said(verb).filter(({ object }) => object.id === ROOT).length;
    assert.equal(course_("completed"), state.completed ? 1 : 0, `seed ${seed}: completed`);
    assert.equal(course_("passed"), state.passed ? 1 : 0, `seed ${seed}: passed`);
    assert.equal(lrs.said("initialized").length, lrs.said("terminated").length, `seed ${seed}: sessions`);
    for (const { status, reason } of lrs.calls)
      assert.ok(!reason || [404, 409, 412].includes(status), `seed ${seed}: ${reason}`);
  }
});

test("a course of one learner in one window at a time: the latest answer is the one that holds", async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const { below, pick, some } = chance(seed);
    const lrs = makeLrs();
    const device = makeDevice();
    const course = graded();
    const latest = new Map();
    let clock = Date.parse("2026-11-25T12:00:00Z");
    const now = () => {
      clock += 1000;
      return clock;
    };
    for (let round = 0; round < 3; round += 1) {
      lrs.fault = () => (below(3) === 0 ? pick(["cut", "lost", 500, 401]) : null);
      const here = await launch({ lrs, device, course, now, isLeftClosed: true });
      await here.ada.open().catch(() => {});
      for (let step = 1 + below(4); step > 0; step -= 1) {
        const question = pick(course.questions);
        const ids = some(question.answers.map(({ id }) => id));
        here.ada.answer(question.id, ids);
        latest.set(question.id, ids);
        const saving = here.ada.save().catch(() => {});
        if (below(2)) await saving;
      }
      await leave(here);
    }
    lrs.fault = () => null;
    const { ada } = await again({ lrs, device, course }, { now });
    for (const [id, ids] of latest) {
      const question = course.questions.find((each) => each.id === id);
      assert.deepEqual(chosen(ada.state(), question), ids, `seed ${seed} ${id}`);
      assert.deepEqual(chosen(decode(lrs.doc().state), question), ids, `seed ${seed} ${id}`);
    }
  }
});
