import assert from "node:assert/strict";
import { test } from "node:test";
import { outbox } from "../src/lms/lrs/outbox.js";
import { makeCourse } from "./course.js";
import { makeDevice } from "./lrs-fake.js";

const KEY = "coursepack:https://example.org/a-course:r1";
const entry = (id, more = {}) => ({ name: "experienced", statement: { id }, ...more });
const ids = (journal) => journal.list().map(({ statement }) => statement.id);

/** A window's journal on a device. */
function open(device = makeDevice(), by = "ada", key = KEY) {
  const storage = () => {
    if (device.isRefused) throw new Error("SecurityError");
    return device.storage;
  };
  return outbox(storage, key, by, makeCourse());
}

/** The next window, which takes over what was left. */
function next(device, by = "ada", key = KEY) {
  const journal = open(device, by, key);
  const docs = [];
  journal.adopt(
    (left) => docs.push(left.doc),
    () => "united",
  );
  return { journal, docs };
}

test("what was added is there for the next window, in its order, and moves to it", () => {
  const device = makeDevice();
  const one = open(device);
  one.add(entry("1"));
  one.add(entry("2"));
  const { journal } = next(device);
  assert.deepEqual(ids(journal), ["1", "2"]);
  assert.equal(device.kept.size, 1);
});

test("a statement is there once", () => {
  const device = makeDevice();
  const one = open(device);
  one.add(entry("1"));
  one.add(entry("1"));
  const other = open(device);
  other.add(entry("1"));
  assert.deepEqual(ids(next(device).journal), ["1"]);
});

test("what has arrived leaves nothing behind", () => {
  const device = makeDevice();
  const one = open(device);
  one.add(entry("1"));
  one.hold("doc");
  one.hold(null);
  one.drop(one.list());
  assert.equal(device.kept.size, 0);
});

test("a window that opens once more, since it could not the first time, leaves its own where it is", () => {
  const device = makeDevice();
  const one = open(device);
  one.add(entry("1"));
  one.adopt(
    () => {},
    () => "united",
  );
  assert.deepEqual(ids(next(device).journal), ["1"]);
});

test("the documents of all windows are looked at, and their union is kept", () => {
  const device = makeDevice();
  open(device).hold("one");
  open(device).hold("other");
  const { docs } = next(device);
  assert.deepEqual(docs.sort(), ["one", "other"]);
  assert.deepEqual(next(device).docs, ["united"]);
});

test("a document of a later version stays beside the union that is written", () => {
  const device = makeDevice();
  const later = JSON.stringify({ format: 2, state: "2.0..", location: "a" });
  open(device).hold(later);
  next(device);
  assert.equal(device.kept.get(`${KEY}:unread`), later);
  assert.deepEqual(next(device).docs, ["united"]);
});

test("the journal of another learner, registration or course is left alone", () => {
  const device = makeDevice();
  open(device, "bob").add(entry("1"));
  open(device, "ada", `${KEY}2`).add(entry("2"));
  open(device, "ada", "coursepack:https://example.org/b:r1").add(entry("3"));
  assert.deepEqual(ids(next(device).journal), []);
  assert.equal(device.kept.size, 3);
});

test("garbage and other things in the storage are left alone", () => {
  const device = makeDevice();
  device.kept.set(`${KEY}:a`, "{garbage").set(`${KEY}:b`, "null").set(`${KEY}:c`, '{"by":"ada"}').set("other", "x");
  open(device).add(entry("1"));
  assert.deepEqual(ids(next(device).journal), ["1"], "and hide nothing that is beside them");
  assert.equal(device.kept.size, 5);
});

test("without storage it lives in memory", () => {
  const device = makeDevice();
  device.isRefused = true;
  const { journal } = next(device);
  journal.add(entry("1"));
  assert.deepEqual(ids(journal), ["1"]);
  assert.equal(journal.isKept(), false);
});

test("a storage that is full keeps what it has, and the rest as soon as there is room", () => {
  const device = makeDevice();
  const one = open(device);
  one.add(entry("1"));
  device.isFull = true;
  one.add(entry("2"));
  assert.equal(one.isKept(), false);
  assert.equal(JSON.parse([...device.kept.values()][0]).list.length, 1);
  device.isFull = false;
  one.add(entry("3"));
  assert.equal(one.isKept(), true);
  assert.deepEqual(ids(next(device).journal), ["1", "2", "3"]);
});

test("what other windows left is not taken away from them when it cannot be kept", () => {
  const device = makeDevice();
  open(device).add(entry("1"));
  device.isFull = true;
  const { journal } = next(device);
  assert.deepEqual(ids(journal), ["1"]);
  device.isFull = false;
  assert.deepEqual(ids(next(device).journal), ["1"]);
});

test("what is refused in three launches is given up", () => {
  const device = makeDevice();
  open(device).add(entry("1"));
  for (const left of [["1"], ["1"], []]) {
    const { journal } = next(device);
    const lost = journal.setAside(journal.list());
    assert.deepEqual([ids(journal), lost.length], [left, 1 - left.length]);
  }
});

test("the session that statements were made in is remembered, also when others have ended since", () => {
  const device = makeDevice();
  const one = open(device);
  one.belong("s1", true, 1);
  one.add(entry("1"));
  const { journal } = next(device);
  journal.belong("s2", true, 2);
  assert.equal(next(device).journal.list()[0].from, "s1");
});
