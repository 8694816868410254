// The clock that nobody sets back runs beside the one on the wall, as long as a test does not set that.

import { mock } from "node:test";

/** @param {() => number} now */
export function runBy(now) {
  mock.method(performance, "now", now);
}

runBy(() => Date.now());
