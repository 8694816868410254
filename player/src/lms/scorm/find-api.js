// Finds the LMS's API object.

import { attempt } from "./attempt.js";

/**
 * @import { Dialect } from "./connection.js"
 */

/** ADL's sample code stops after 7 frames; some LMSs nest deeper. */
const DEEPEST = 500;

/**
 * @param {Window | null} from
 * @returns {Window[]}
 */
function ancestry(from) {
  const line = [];
  for (let at = from; at && line.length <= DEEPEST; ) {
    line.push(at);
    const here = at;
    // A window of another origin throws at almost any access.
    const parent = attempt(() => here.parent);
    at = parent === here ? null : parent;
  }
  return line;
}

/**
 * @param {Window} window
 * @param {Dialect} dialect
 */
export function apiOf(window, dialect) {
  return attempt(() => {
    const found = /** @type {any} */ (window)[dialect.api];
    return found && typeof found[dialect.begin] === "function" ? found : null;
  });
}

/**
 * The windows to search: this one, its parents, then the windows that opened any of them (RTE 3.3 in both versions).
 * @param {Window} from
 */
function places(from) {
  const frames = ancestry(from);
  return [...frames, ...frames.flatMap((frame) => ancestry(attempt(() => frame.opener)))];
}

/**
 * The nearest API object of the dialect.
 * @param {Window} from
 * @param {Dialect} dialect
 */
export function findApi(from, dialect) {
  const home = places(from).find((each) => apiOf(each, dialect));
  return home ? { home, api: apiOf(home, dialect) } : null;
}

/**
 * Whether an API object may still appear. A window of another origin never shows one.
 * @param {Window} from
 * @param {Dialect} dialect
 */
export function mayAppear(from, dialect) {
  return places(from).some((each) => each !== from && attempt(() => [/** @type {any} */ (each)[dialect.api]]));
}
