import assert from "node:assert/strict";
import { test } from "node:test";
import { local } from "../src/lms/device/local.js";
import { NOTHING, read, write } from "../src/lms/device/progress-record.js";
import { answer, chosen, EMPTY, encode, has, leaveAt, positionOf, result, visit } from "../src/state.js";
import { makeCourse } from "./course.js";
import { makeDevice, openWindow } from "./lrs-fake.js";

const course = makeCourse();
const KEY = "coursepack:a-course";
const page = (id) => course.pages.find((each) => each.id === id);
const question = (id) => course.questions.find((each) => each.id === id);
const at = (...ids) => ids.reduce((state, id) => visit(state, page(id)), EMPTY);

/** A tab on a device. */
function tab(device = makeDevice(), of = course, now = Date.now) {
  const adapter = local(openWindow({ device }), of, now);
  const of_ = (state) => [state, "p1-a", result(of, state)];
  return {
    ...adapter,
    device,
    save: (state) => adapter.save(...of_(state)),
    finish: (state) => adapter.finish(...of_(state)),
  };
}

test("a device without progress opens empty, records, and asks for no mastery", async () => {
  assert.deepEqual(await tab().open(), {
    state: null,
    location: "",
    status: "none",
    mode: "normal",
    mastery: null,
    isHere: true,
    isAlone: true,
    isUnread: false,
  });
});

test("what was saved is there again", async () => {
  const one = tab();
  await one.open();
  assert.equal(await one.save(at("p1-a")), null);
  const session = await tab(one.device).open();
  assert.deepEqual([encode(session.state), session.location, session.status], ["1.0.1.Q", "p1-a", "incomplete"]);
});

test("what was reached is told", async () => {
  const one = tab();
  await one.save({ ...at("p1-a"), completed: true });
  assert.equal((await tab(one.device).open()).status, "completed");
  await one.save({ ...at("p1-a"), completed: true, passed: true });
  assert.equal((await tab(one.device).open()).status, "passed");
});

test("courses do not read each other's progress", async () => {
  const one = tab();
  await one.save(at("p1-a"));
  assert.equal((await tab(one.device, makeCourse({ id: "another" })).open()).state, null);
});

test("the bare state of older versions is read, and united with what is new", async () => {
  const device = makeDevice();
  device.kept.set(KEY, encode(at("p1-a")));
  const one = tab(device);
  assert.equal(encode((await one.open()).state), encode(at("p1-a")));
  await one.save(at("p1-a", "p4-a"));
  const doc = read(device.kept.get(KEY), course);
  assert.ok(has(doc.state, 1) && has(doc.state, 5));
});

test("two tabs do not destroy each other's progress, and each learns of the other", async () => {
  const device = makeDevice();
  const [one, other] = [tab(device), tab(device)];
  await one.open();
  await other.open();
  assert.equal(await one.save(at("p1-a")), null);
  const more = await other.save(at("p4-a"));
  assert.ok(has(more, 1) && has(more, 5));
  assert.equal(more.last, 5, "the place is the tab's own");
  assert.ok(has(await one.save(at("p1-a", "p2-a")), 5));
  const kept = read(device.kept.get(KEY), course).state;
  assert.deepEqual(
    [1, 3, 5].map((slot) => has(kept, slot)),
    [true, true, true],
  );
});

test("of two tabs' answers the later one is kept", async () => {
  const device = makeDevice();
  const [one, other] = [tab(device), tab(device)];
  await one.open();
  await other.open();
  const said = (chosen) => answer(at("p4-check"), question("q1"), chosen);
  one.record({ kind: "answer", at: 100, question: "q1", chosen: ["a"], right: false });
  other.record({ kind: "answer", at: 200, question: "q1", chosen: ["b"], right: true });
  await other.save(said(["b"]));
  const more = await one.save(said(["a"]));
  assert.deepEqual(chosen(more, question("q1")), ["b"]);
  assert.deepEqual(chosen(read(device.kept.get(KEY), course).state, question("q1")), ["b"]);
});

test("leaving the page writes what came after the latest save, and what was never saved", async () => {
  const one = tab();
  await one.open();
  one.finish(at("p1-a"));
  assert.equal(encode((await tab(one.device).open()).state), encode(at("p1-a")));
  const other = tab(one.device);
  await other.open();
  await other.save(at("p1-a"));
  other.finish(at("p1-a", "p2-a"));
  assert.equal(encode((await tab(one.device).open()).state), encode(at("p1-a", "p2-a")));
});

test("a page that is left before it has opened writes over nothing", async () => {
  const one = tab();
  await one.save(at("p1-a", "p4-a"));
  tab(one.device).finish(at("start"));
  const state = read(one.device.kept.get(KEY), course).state;
  assert.deepEqual(
    [0, 1, 5].map((slot) => has(state, slot)),
    [true, true, true],
  );
  assert.equal(state.last, 5, "the first page comes into view by itself");
});

test("what was erased is gone, and leaving the page does not bring it back", async () => {
  const one = tab();
  await one.open();
  await one.save(at("p1-a"));
  one.erase();
  one.finish(EMPTY);
  assert.equal(one.device.kept.size, 0);
});

test("after erasing nothing of before comes back with the next save", async () => {
  const one = tab();
  await one.open();
  await one.save(at("p1-a"));
  one.erase();
  assert.equal(await one.save(at("p4-a")), null);
  assert.equal(encode((await tab(one.device).open()).state), encode(at("p4-a")));
});

test("what is done after erasing is kept, also what was done last", async () => {
  const one = tab();
  await one.open();
  one.erase();
  await one.save(at("p1-a"));
  one.finish(at("p1-a", "p2-a"));
  assert.equal(encode((await tab(one.device).open()).state), encode(at("p1-a", "p2-a")));
});

test("a tab in which nothing was played meanwhile leaves the place that a film has in another", async () => {
  const device = makeDevice();
  const state = at("p1-a");
  const place = async () => positionOf((await tab(device).open()).state, 20);
  await tab(device).save(leaveAt(state, 20, 30, 2));
  const [one, other] = [tab(device), tab(device)];
  for (const each of [one, other]) await each.open();
  await other.save(leaveAt(state, 20, 60, 2));
  const mine = leaveAt(at("p1-a", "p2-a"), 20, 30, 2);
  await one.save(mine);
  assert.equal(await place(), 60);
  assert.equal(await one.save(leaveAt(mine, 20, 90, 2)), null);
  await other.save(leaveAt(state, 20, 10, 2));
  await one.save(visit(leaveAt(mine, 20, 90, 2), page("p3-a")));
  assert.equal(await place(), 10);
});

test("a tab that has nothing new to say does not bring back what was erased in another", async () => {
  const one = tab();
  await one.open();
  await one.save(at("p1-a"));
  tab(one.device).erase();
  one.finish(at("p1-a"));
  assert.equal(one.device.kept.size, 0);
});

for (const fault of ["isRefused", "isFull"]) {
  test(`a device that keeps nothing (${fault}) opens empty, tells at every save and throws nothing else`, async () => {
    const one = tab();
    one.device[fault] = true;
    assert.equal((await one.open()).state, null);
    one.record({ kind: "page", at: 1, page: "p1-a" });
    await assert.rejects(one.save(at("p1-a")), { cause: "storage" });
    one.finish(at("p1-a"));
    one.erase();
  });
}

test("what a later version wrote is told, and kept beside what is written now", async () => {
  const later = '{"format":2,"state":"2.x","location":"p2-a"}';
  const device = makeDevice();
  device.kept.set(KEY, later);
  const here = tab(device);
  const session = await here.open();
  assert.deepEqual([session.isUnread, session.location], [true, "p2-a"]);
  await here.save(at("p1-a"));
  assert.equal(device.kept.get(`${KEY}:unread`), later);
  assert.equal(JSON.parse(device.kept.get(KEY)).state, encode(at("p1-a")));
  here.erase();
  assert.deepEqual([...device.kept], []);
});

test("what another course kept under the same id is told, kept aside and not taken over", async () => {
  const device = makeDevice();
  const other = write({ ...NOTHING, state: at("p2-a"), location: "p2-a" }, { marks: "xxyyzz" });
  device.kept.set(KEY, other);
  const here = tab(device);
  const session = await here.open();
  assert.deepEqual([session.isUnread, session.state, session.location], [true, null, ""]);
  await here.save(at("p1-a"));
  assert.equal(device.kept.get(`${KEY}:unread`), other);
  assert.equal(JSON.parse(device.kept.get(KEY)).state, encode(at("p1-a")));
});

test("garbage in the storage is as good as nothing", async () => {
  const device = makeDevice();
  device.kept.set(KEY, "{garbage");
  const one = tab(device);
  assert.equal((await one.open()).state, null);
  await one.save(at("p1-a"));
  assert.equal(encode((await tab(device).open()).state), encode(at("p1-a")));
});

test("a clock that was set back loses neither place nor answers", async () => {
  let now = 5000;
  const one = tab(makeDevice(), course, () => now);
  await one.open();
  one.record({ kind: "answer", at: now, question: "q1", chosen: ["a"], right: false });
  await one.save(answer(at("p4-check"), question("q1"), ["a"]));
  now = 10;
  const other = tab(one.device, course, () => now);
  await other.open();
  other.record({ kind: "answer", at: now, question: "q1", chosen: ["b"], right: true });
  await other.save(answer(at("p4-check", "p4-a"), question("q1"), ["b"]));
  const state = (await tab(one.device).open()).state;
  assert.deepEqual([state.last, chosen(state, question("q1"))], [5, ["b"]]);
});

test("an empty document is nothing", async () => {
  const device = makeDevice();
  device.kept.set(KEY, write(NOTHING, course));
  assert.equal((await tab(device).open()).status, "none");
});
