// Loads the scripts for an LRS after the player: the learner can read before there is anything to report.

import { fingerprint } from "../../hash.js";
import { EMPTY } from "../../state.js";
import { deviceStore } from "../device/device-store.js";
import { failure } from "../failure.js";
import { agent, baseOf, identity, readLaunch } from "./launch.js";
import { nullLms } from "./null-lms.js";

/**
 * @import { Course, LearnerEvent, Lms } from "../../contract.d.ts"
 * @import { Given } from "./launch.js"
 * @import { Shapes } from "./statements.js"
 *
 * @typedef {(window: Window, course: Course, given: Given, shapes: Shapes) => Lms} Connect
 */

/** Script addresses need a policy, which a document creates once (Trusted Types). @type {any} */
let policy;

/**
 * The value that a script of the package puts into the window.
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
export function trackingLoader(window, course) {
  const given = readLaunch(window);
  const { endpoint, actor, registration, activity_id: activity, activityId = activity } = given.launch;
  if (!endpoint) return nullLms();
  const learner = identity(agent(actor) || {});
  const names = JSON.stringify([course.id, activityId, registration, learner, baseOf(endpoint)]);
  const newStore = () => deviceStore(() => window.localStorage, `coursepack:untold:${fingerprint(names)}`);
  /** The page where the learner was last. */
  const place = newStore();
  /** Events before the scripts arrived, where the device keeps nothing. @type {LearnerEvent[]} */
  let unsent = [];
  /** @type {Promise<Lms> | null} */
  let coming = null;

  async function come() {
    /** @type {[Connect, Shapes]} */
    const [connect, shapes] = await Promise.all([part(window, "Tracking"), part(window, "Statements")]);
    const there = connect(window, course, given, shapes);
    handOver(there);
    return Object.assign(lms, there);
  }

  /**
   * Hands over the events of this window, and of earlier ones: also of one that is still open, which then sends them no more.
   * @param {Lms} there
   */
  function handOver(there) {
    /** @type {any[]} */
    const left = [...unsent];
    const all = newStore();
    const found = all.others((each) => left.push(each) > 0);
    left.sort((one, other) => one.at - other.at);
    for (const each of left) {
      if (each.kind) there.record(each);
      const page = course.pages.find(({ id }) => id === each.location);
      if (page) there.hold?.({ ...EMPTY, last: page.slot }, page.id);
    }
    unsent = [];
    all.remove(found);
  }

  /** @type {Lms} */
  const lms = {
    ...nullLms(),
    async open() {
      coming = coming || come();
      const { open } = await coming.catch((error) => {
        // On a poor connection they may arrive at the next attempt.
        coming = null;
        throw error;
      });
      return open();
    },
    record(event) {
      const own = newStore();
      own.put(event);
      if (!own.isKept()) unsent.push(event);
    },
    hold(_, location) {
      place.put({ at: Date.now(), location });
      return place.isKept() && unsent.length === 0;
    },
    finish(state, location) {
      lms.hold?.(state, location);
    },
  };
  return lms;
}
