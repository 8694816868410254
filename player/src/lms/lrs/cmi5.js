// The adapter for cmi5 (Quartz). Section numbers are those of its specification.
//
// A session is one launch, and it ends when the page is left: the browser does not say whether the learner closes the page,
// follows a link or loads it again, and nothing may follow `terminated` (7.1, 9.3). So a page that was loaded again, or that
// comes back from the browser's cache, still keeps progress; but its statements wait in the outbox for the next launch, and
// the learner is asked for one. The session continues only if the page crashed, and nothing was ended.

import { parsed } from "../device/progress-record.js";
import { detailsOf, failure } from "../failure.js";
import { client } from "./client.js";
import { agent } from "./launch.js";
import { nullLms } from "./null-lms.js";
import { tracked } from "./tracked.js";

/**
 * @import { Course, Lms } from "../../contract.d.ts"
 * @import { Given } from "./launch.js"
 * @import { Shapes } from "./statements.js"
 */

const EXTENSIONS = "https://w3id.org/xapi/cmi5/context/extensions/";

/**
 * @param {Window} window
 * @param {Course} course
 * @param {Given} given
 * @param {Shapes} shapes
 * @param {() => number} now milliseconds since 1970
 * @param {() => number} clock milliseconds since any time, and never set
 * @returns {Lms}
 */
export function cmi5(window, course, { launch, remember }, shapes, now = Date.now, clock = () => performance.now()) {
  const { endpoint, registration, activityId } = launch;
  const actor = agent(launch.actor);
  if (!endpoint || !launch.fetch || !actor || !registration || !activityId) return nullLms();
  const lrs = client(window, endpoint, undefined, now);
  /** The auth token was refused: asking again cannot help. @type {Error | null} */
  let spent = null;

  /** Gets the auth token, which is given once a launch (8.2). */
  async function authorize() {
    if (spent) throw spent;
    if (!launch.token) {
      const { text } = await lrs.request("POST fetch", launch.fetch, { method: "POST" }).catch((error) => {
        const { status = 500 } = detailsOf(error);
        throw status < 500 && status !== 429 ? refusal("POST fetch") : error;
      });
      const given = /** @type {any} */ (parsed(text)) || {};
      if (given["error-code"]) throw refusal("POST fetch: used or refused");
      const token = given["auth-token"];
      if (typeof token !== "string" || !token) throw failure("silent", "POST fetch: no key");
      remember({ token });
    }
    lrs.authorize(`Basic ${launch.token.replace(/^basic /i, "")}`);
  }

  /** @param {string} message */
  function refusal(message) {
    spent = failure("relaunch", message);
    return spent;
  }

  /** Reads the launch data (10) and the learner's preferences (11). Without launch data there is no session. */
  async function launchData() {
    const agent = JSON.stringify(actor);
    const document = { activityId, agent, registration, stateId: "LMS.LaunchData" };
    const { text } = await lrs.ask("GET", "activities/state", document).catch((error) => {
      if ([403, 404].includes(detailsOf(error).status || 0)) error.cause = "relaunch";
      throw error;
    });
    const data = /** @type {any} */ (parsed(text));
    if (!data || typeof data.contextTemplate !== "object")
      throw failure("silent", "GET LMS.LaunchData: no launch data");
    // Preferences are optional, and may not be readable.
    const profile = { agent, profileId: "cmi5LearnerPreferences" };
    const preferences = await lrs.ask("GET", "agents/profile", profile).catch(() => ({ text: "" }));
    const { audioPreference, languagePreference } = /** @type {any} */ (parsed(preferences.text)) || {};
    return { ...data, quiet: audioPreference === "off", language: languagePreference };
  }

  return tracked(
    window,
    course,
    shapes,
    {
      lrs,
      actor,
      registration,
      activity: activityId,
      async join() {
        await authorize();
        const { contextTemplate, launchMode, masteryScore, returnURL, quiet, language } = await launchData();
        const hasMastery = typeof masteryScore === "number";
        return {
          context: { ...contextTemplate, registration },
          record: launchMode !== "Browse" && launchMode !== "Review",
          quiet,
          language: typeof language === "string" ? language : undefined,
          // A web address, and no script.
          back: /^https?:/i.test(returnURL) ? returnURL : undefined,
          mastery: hasMastery ? Math.round(masteryScore * 1e6) / 1e4 : null,
          judging: hasMastery ? { extensions: { [`${EXTENSIONS}masteryscore`]: masteryScore } } : {},
          session: String(contextTemplate.extensions?.[`${EXTENSIONS}sessionid`] || launch.fetch),
          began: launch.began ? Number(launch.began) : undefined,
          begun: (began) => remember({ began: String(began) }),
        };
      },
    },
    now,
    clock,
  );
}
