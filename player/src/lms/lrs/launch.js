// What the LMS gave along with the address, and who is learning.

/** All that may be secret or personal, and all that would make the address a launch again. */
const NAMES = [
  "endpoint",
  "auth",
  "actor",
  "registration",
  "activity_id",
  "activity_platform",
  "grouping",
  "Accept-Language",
  "content_token",
  "content_endpoint",
  "fetch",
  "activityId",
];

/**
 * @typedef {Record<string, string>} Launch
 * @typedef {ReturnType<typeof readLaunch>} Given
 */

/**
 * @param {string} text
 * @returns {{ launch: Launch | null, rest: string }}
 */
function take(text) {
  const given = new URLSearchParams(text);
  /** @type {Launch} */
  const launch = {};
  for (const name of NAMES) {
    const value = given.get(name);
    if (value) launch[name] = value;
    given.delete(name);
  }
  return launch.endpoint ? { launch, rest: String(given) } : { launch: null, rest: text };
}

/**
 * Reads the launch and takes it out of the address, where it would be copied, bookmarked and sent as referrer. For a
 * reload of the same tab it lives in the history entry, and nowhere else.
 * @param {Window} window
 * @returns {{ launch: Launch, remember: (more: Launch) => void }} an empty launch when there was none
 */
export function readLaunch(window) {
  const { location, history } = window;
  const stored = history.state?.coursepack || {};
  const query = take(location.search);
  const hash = query.launch ? query : take(location.hash.replace(/^#[/?]*/, ""));
  const given = query.launch || hash.launch;
  // The same link again, in an entry that could not be cleaned: what was found out since still holds.
  const isKnown = !given || (given.fetch && given.fetch === stored.fetch);
  /** @type {Launch} */
  const launch = { ...(isKnown ? stored : {}), ...given };

  /** @param {string} [to] */
  function write(to) {
    try {
      history.replaceState({ ...history.state, coursepack: launch }, "", to);
    } catch {
      // Not from disk, and not without an origin: there a reload is a new launch.
    }
  }

  if (query.launch) write(location.pathname + (query.rest && `?${query.rest}`) + location.hash);
  else if (hash.launch) write(location.pathname + location.search);
  if (launch.endpoint) {
    // Every page of the course is an entry of its own.
    window.addEventListener("hashchange", () => write());
  }
  return {
    launch,
    remember(more) {
      Object.assign(launch, more);
      write();
    },
  };
}

/**
 * Where the resources of an LRS lie. What one place did not get is sent to no other, whatever a later launch names; a query
 * may be another with each launch.
 * @param {string} endpoint
 */
export const baseOf = (endpoint) => endpoint.replace(/[?#].*/, "").replace(/\/*$/, "");

/**
 * The learner as the LMS wrote them. The form of 0.9 had lists, and other names in accounts.
 * @param {string | undefined} text
 * @returns {Record<string, any> | null}
 */
export function agent(text) {
  /** @type {Record<string, any>} */
  const actor = {};
  try {
    for (const [name, value] of Object.entries(JSON.parse(text || ""))) {
      actor[name] = Array.isArray(value) && name !== "member" ? value[0] : value;
    }
  } catch {
    return null;
  }
  const { account } = actor;
  if (account?.accountServiceHomePage) {
    actor.account = { homePage: account.accountServiceHomePage, name: account.accountName };
  }
  return identity(actor) ? actor : null;
}

/**
 * What tells this learner from others; a name may change.
 * @param {Record<string, any>} actor
 * @returns {string}
 */
export function identity({ mbox, mbox_sha1sum, openid, account }) {
  return mbox || mbox_sha1sum || openid || (account && `${account.homePage} ${account.name}`) || "";
}
