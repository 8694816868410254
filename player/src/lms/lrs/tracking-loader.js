// Speaks with an LRS by scripts that come after the player: there is something to read before there is anything to tell.

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
export function trackingLoader(window, course) {
  const given = readLaunch(window);
  const { endpoint, actor, registration, activity_id: activity, activityId = activity } = given.launch;
  if (!endpoint) return nullLms();
  const who = identity(agent(actor) || {});
  const names = JSON.stringify([course.id, activityId, registration, who, baseOf(endpoint)]);
  const kept = () => deviceStore(() => window.localStorage, `coursepack:untold:${fingerprint(names)}`);
  /** Where the learner was last. */
  const place = kept();
  /** What the device does not keep of what happened before there was anybody to tell. @type {LearnerEvent[]} */
  let untold = [];
  /** @type {Promise<Lms> | null} */
  let coming = null;

  async function come() {
    /** @type {[Connect, Shapes]} */
    const [connect, shapes] = await Promise.all([part(window, "Tracking"), part(window, "Statements")]);
    const there = connect(window, course, given, shapes);
    tell(there);
    return Object.assign(lms, there);
  }

  /** Of this window and of those that were left before; of one that is still open it takes the telling over. @param {Lms} there */
  function tell(there) {
    /** @type {any[]} */
    const left = [...untold];
    const all = kept();
    const found = all.others((each) => left.push(each) > 0);
    left.sort((one, other) => one.at - other.at);
    for (const each of left) {
      if (each.kind) there.record(each);
      const page = course.pages.find(({ id }) => id === each.location);
      if (page) there.hold?.({ ...EMPTY, last: page.slot }, page.id);
    }
    untold = [];
    all.remove(found);
  }

  /** @type {Lms} */
  const lms = {
    ...nullLms(),
    async open() {
      coming = coming || come();
      const { open } = await coming.catch((error) => {
        // On a poor line they may come at the next attempt.
        coming = null;
        throw error;
      });
      return open();
    },
    record(event) {
      const own = kept();
      own.put(event);
      if (!own.isKept()) untold.push(event);
    },
    hold(_, location) {
      place.put({ at: Date.now(), location });
      return place.isKept() && untold.length === 0;
    },
    finish(state, location) {
      lms.hold?.(state, location);
    },
  };
  return lms;
}
