// Speaks with an LRS by scripts that come after the player: there is something to read before there is anything to tell.

import { failure } from "./failure.js";
import { launched } from "./launch.js";

/**
 * @import { Course, Happening, Lms } from "../contract.d.ts"
 * @import { Given } from "./launch.js"
 * @import { Shapes } from "./statements.js"
 *
 * @typedef {(window: Window, course: Course, given: Given, shapes: Shapes) => Lms} Connect
 */

/** @returns {Lms} where nobody launched the course */
export function nowhere() {
  return { open: async () => null, record() {}, save: async () => null, finish() {} };
}

/** Where scripts may only be named by a policy, which a document makes once (Trusted Types). @type {any} */
let policy;

/**
 * What a script of the package puts into the window.
 * @param {any} window
 * @param {"Tracking" | "Statements"} name
 * @returns {Promise<any>}
 */
function part(window, name) {
  const found = () => window[`coursepack${name}`];
  return new Promise((done, fail) => {
    if (found()) {
      done(found());
      return;
    }
    const script = window.document.createElement("script");
    const rules = {
      createScriptURL: (/** @type {string} */ of) => (of === "Tracking" ? "tracking.js" : "statements.js"),
    };
    policy = policy || (window.trustedTypes ? window.trustedTypes.createPolicy("coursepack", rules) : rules);
    script.src = policy.createScriptURL(name);
    script.onload = script.onerror = () =>
      found() ? done(found()) : fail(failure("silent", `${name}: the script did not load.`));
    window.document.head.append(script);
  });
}

/**
 * @param {Window} window
 * @param {Course} course
 * @returns {Lms}
 */
export function late(window, course) {
  const given = launched(window);
  if (!given.launch.endpoint) return nowhere();
  /** What happened before there was anybody to tell. @type {Happening[]} */
  const untold = [];
  /** @type {Promise<Lms> | null} */
  let coming = null;

  async function come() {
    /** @type {[Connect, Shapes]} */
    const [connect, shapes] = await Promise.all([part(window, "Tracking"), part(window, "Statements")]);
    const there = connect(window, course, given, shapes);
    untold.forEach(there.record);
    return Object.assign(lms, there);
  }

  /** @type {Lms} */
  const lms = {
    ...nowhere(),
    async open() {
      coming = coming || come();
      const { open } = await coming.catch((error) => {
        // On a poor line they may come at the next attempt.
        coming = null;
        throw error;
      });
      return open();
    },
    record(happening) {
      untold.push(happening);
    },
  };
  return lms;
}
