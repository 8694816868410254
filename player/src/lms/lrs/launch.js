// The launch parameters in the address, and the learner.

/** Parameters that may be secret or personal, or that would make the address a launch again. */
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
 * Reads the launch and removes it from the address, where it would be copied, bookmarked and sent as referrer. For a reload
 * of the same tab it is kept in the history entry only.
 * @param {Window} window
 * @returns {{ launch: Launch, remember: (more: Launch) => void }} the launch is empty when there was none
 */
export function readLaunch(window) {
  const { location, history } = window;
  const stored = history.state?.coursepack || {};
  const query = take(location.search);
  const hash = query.launch ? query : take(location.hash.replace(/^#[/?]*/, ""));
  const given = query.launch || hash.launch;
  // The same link again, in an entry that could not be cleaned: what was added since is still valid.
  const isKnown = !given || (given.fetch && given.fetch === stored.fetch);
  /** @type {Launch} */
  const launch = { ...(isKnown ? stored : {}), ...given };

  /** @param {string} [to] */
  function write(to) {
    try {
      history.replaceState({ ...history.state, coursepack: launch }, "", to);
    } catch {
      // Not possible from disk or without an origin: there a reload is a new launch.
    }
  }

  if (query.launch) write(location.pathname + (query.rest && `?${query.rest}`) + location.hash);
  else if (hash.launch) write(location.pathname + location.search);
  if (launch.endpoint) {
    // Every page of the course has its own entry.
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
 * Base address of an LRS's resources. What one LRS did not get is sent to no other, whatever a later launch names; the query
 * may differ with each launch.
 * @param {string} endpoint
 */
export const baseOf = (endpoint) => endpoint.replace(/[?#].*/, "").replace(/\/*$/, "");

/**
 * The learner as the LMS describes them. Version 0.9 had lists, and other names in accounts.
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
 * What identifies the learner. A name may change.
 * @param {Record<string, any>} actor
 * @returns {string}
 */
export function identity({ mbox, mbox_sha1sum, openid, account }) {
  return mbox || mbox_sha1sum || openid || (account && `${account.homePage} ${account.name}`) || "";
}
