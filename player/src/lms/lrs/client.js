// HTTP client for an LRS. Section numbers are those of xAPI 1.0.3, part 3.

import { parsed } from "../device/progress-record.js";
import { detailsOf, failure } from "../failure.js";
import { baseOf } from "./launch.js";

/** Milliseconds. */
const PATIENCE = 20000;
/** Seconds: a longer wait is not accepted from a server. */
const LONGEST_WAIT = 3600;

/**
 * @typedef {object} Reply
 * @property {Headers} headers
 * @property {string} text
 * @typedef {object} Request
 * @property {string} [body] JSON
 * @property {Record<string, string>} [headers]
 * @property {boolean} [isLast] the page unloads: the reply may never be read
 * @property {boolean} [keepalive] the request outlives the page; the browser limits such requests to 64 KiB
 * @typedef {ReturnType<typeof client>} Client
 */

/**
 * `Retry-After` in seconds, from a number of seconds or a date (RFC 9110 10.2.3). CORS may hide it.
 * @param {string | null} text
 * @param {number} now
 * @returns {number | undefined}
 */
export function retryAfter(text, now) {
  if (!text) return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - now) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), LONGEST_WAIT);
}

/**
 * @param {Window} window
 * @param {string} endpoint with or without a slash at its end, perhaps with a query of its own
 * @param {string | undefined} auth value of the Authorization header
 * @param {() => number} now
 */
export function client(window, endpoint, auth, now) {
  const [, own] = endpoint.replace(/#.*/, "").split(/\?(.*)/);
  const base = baseOf(endpoint);
  let version = "1.0.3";
  /** @type {Promise<void> | null} */
  let about = null;

  /**
   * @param {string} resource
   * @param {Record<string, string | undefined>} parameters
   */
  function address(resource, parameters) {
    const query = own ? [own] : [];
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) query.push(`${name}=${encodeURIComponent(value)}`);
    }
    return `${base}/${resource}${query.length ? "?" : ""}${query.join("&")}`;
  }

  /**
   * @param {string} what
   * @param {string} to
   * @param {RequestInit} how
   * @returns {Promise<Reply>}
   */
  async function request(what, to, how) {
    const stop = new AbortController();
    const timer = window.setTimeout(() => stop.abort(), PATIENCE);
    /** @type {Response} */
    let response;
    let text = "";
    try {
      response = await window.fetch(to, { cache: "no-store", signal: stop.signal, ...how });
      text = await response.text();
    } catch {
      // The error itself may contain the address, and so the learner.
      throw failure("silent", `${what}: no answer`, { isCutOff: !stop.signal.aborted });
    } finally {
      window.clearTimeout(timer);
    }
    const { status, headers } = response;
    if (!response.ok) {
      const after = status === 429 || status === 503 ? retryAfter(headers.get("Retry-After"), now()) : undefined;
      throw failure(status === 401 ? "relaunch" : "silent", `${what}: ${status}`, { status, after });
    }
    // A web page in place of an answer, such as a log-in page of a proxy.
    if (/^\s*</.test(text)) throw failure("silent", `${what}: a page`);
    return { headers, text };
  }

  /**
   * Rejects with a failure.
   * @param {string} method
   * @param {string} resource
   * @param {Record<string, string | undefined>} parameters
   * @param {Request} more
   * @returns {Promise<Reply>}
   */
  async function ask(method, resource, parameters = {}, { body, headers, isLast, keepalive = isLast } = {}) {
    const requested = version;
    try {
      return await request(`${method} ${resource}`, address(resource, parameters), {
        method,
        body,
        keepalive,
        headers: {
          "X-Experience-API-Version": requested,
          ...(auth ? { Authorization: auth } : {}),
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          ...headers,
        },
      });
    } catch (error) {
      if (detailsOf(error).status !== 400 || isLast || resource === "about") throw error;
      // The LRS may not support 1.0 (3.3). The answer of its About resource may still be under way.
      await about;
      if (version === requested) throw error;
      return ask(method, resource, parameters, { body, headers, keepalive });
    }
  }

  return {
    base,
    ask,
    request,

    /** @param {string} header */
    authorize(header) {
      auth = header;
    },

    /** Asks the LRS for its versions (2.8), in parallel to the first requests: most support 1.0.3. */
    negotiate() {
      about =
        about ||
        ask("GET", "about").then(
          ({ text }) => {
            const { version: versions } = /** @type {any} */ (parsed(text) || {});
            const all = Array.isArray(versions) ? versions.map(String) : [];
            if (all.some((each) => each.startsWith("2.")) && !all.some((each) => each.startsWith("1.0")))
              version = "2.0.0";
          },
          () => {
            // The default version is used.
          },
        );
    },
  };
}

/**
 * SHA-1 of the UTF-8 form, as 40 hexadecimal digits; null in an insecure context.
 * @param {Window} window
 * @param {string} text
 */
export async function sha1(window, text) {
  try {
    const digest = await window.crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  } catch {
    return null;
  }
}
