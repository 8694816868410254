import assert from "node:assert/strict";
import { test } from "node:test";
import { local } from "../src/lms/local.js";

function storageOf(kept = new Map()) {
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
}

const RESULT = { completed: false, passed: false, failed: false, score: null };

test("what was saved is there again", async () => {
  const storage = storageOf();
  await local("a", () => storage).save("1.0.1.g", "p1", RESULT);
  assert.equal((await local("a", () => storage).open()).state, "1.0.1.g");
});

test("courses do not read each other's progress", async () => {
  const storage = storageOf();
  await local("a", () => storage).save("1.0.1.g", "p1", RESULT);
  assert.equal((await local("b", () => storage).open()).state, "");
});

test("what was erased is gone, and leaving the page does not bring it back", async () => {
  const storage = storageOf();
  const device = local("a", () => storage);
  await device.save("1.0.1.g", "p1", RESULT);
  device.erase();
  device.finish("1.0..", "", RESULT);
  assert.equal(storage.kept.size, 0);
});

test("leaving the page writes what came after the latest save", async () => {
  const storage = storageOf();
  const device = local("a", () => storage);
  await device.save("1.0.1.g", "p1", RESULT);
  device.finish("1.0.2.w", "p2", RESULT);
  assert.equal((await local("a", () => storage).open()).state, "1.0.2.w");
});

test("a device that keeps nothing opens empty, tells at the first save and throws nothing else", async () => {
  const device = local("a", () => {
    throw new Error("SecurityError");
  });
  assert.equal((await device.open()).state, "");
  await assert.rejects(device.save("1.0.1.g", "p1", RESULT), { cause: "storage" });
  device.finish("1.0.1.g", "p1", RESULT);
  device.erase();
});
