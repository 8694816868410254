// The status line: what happened last.

import { byId, make } from "./dom.js";
import { ServerError } from "./server.js";
import { filled, words } from "./words.js";

/** @param {...(Node | string)} parts */
export function say(...parts) {
  byId("say").replaceChildren(...parts);
  byId("undo").hidden = true;
}

/** @param {string} text */
export const code = (text) => make("code", {}, text);

/**
 * What a request answers; null, and its reason in the status line, if it fails.
 * @param {() => Promise<any>} request
 */
export async function attempt(request) {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    say(filled(words.failed, { reason: error.message || words.no_answer }));
    return null;
  }
}
