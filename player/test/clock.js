// The clock on the wall, which anybody can set, and the one that runs beside it, which nobody can.

import { mock } from "node:test";

let skew = 0;

/** @param {() => number} now */
export function runBy(now) {
  mock.method(performance, "now", now);
}

/**
 * Time is the test's own.
 * @param {number} now
 */
export function takeTime(now) {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now });
  const passed = Date.now;
  Date.now = () => passed() + skew;
  runBy(passed);
}

/** The wall's clock is set by so much; time goes on. @param {number} milliseconds */
export function setClock(milliseconds) {
  skew = milliseconds;
}

runBy(() => Date.now());
