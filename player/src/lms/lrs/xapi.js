// The adapter for xAPI, with the LRS that the launch names ("Tin Can" launch).

import { client } from "./client.js";
import { agent } from "./launch.js";
import { nullLms } from "./null-lms.js";
import { tracked } from "./tracked.js";

/**
 * @import { Course, Lms } from "../../contract.d.ts"
 * @import { Given } from "./launch.js"
 * @import { Shapes } from "./statements.js"
 */

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * @param {Window} window
 * @param {Course} course
 * @param {Given} given
 * @param {Shapes} shapes
 * @param {() => number} now milliseconds since 1970
 * @param {() => number} clock milliseconds since any time, and never set
 * @returns {Lms}
 */
export function xapi(window, course, { launch }, shapes, now = Date.now, clock = () => performance.now()) {
  const actor = agent(launch.actor);
  // A launch with a fetch URL is one by cmi5, and this package has none of its statements.
  if (!launch.endpoint || !actor || launch.fetch) return nullLms();
  const { registration = "", grouping, activity_platform: platform } = launch;
  const known = UUID.test(registration) ? { registration } : {};
  // Basic credentials have no spaces, but a plus sign that was not encoded is read as one.
  const auth = launch.auth?.replace(/^(\w+ )(.*)$/, (_, scheme, rest) => scheme + rest.replace(/ /g, "+"));
  const lrs = client(window, launch.endpoint, auth, now);
  const context = {
    ...known,
    ...(platform ? { platform } : {}),
    ...(grouping ? { contextActivities: { grouping: [{ id: grouping, objectType: "Activity" }] } } : {}),
  };
  return tracked(
    window,
    course,
    shapes,
    {
      lrs,
      actor,
      registration: known.registration,
      activity: launch.activity_id,
      async join() {
        lrs.negotiate();
        return { context, record: true, mastery: null, judging: {} };
      },
    },
    now,
    clock,
  );
}
