// Requests to the preview's own server.

const token = document.querySelector("meta[name=token]")?.getAttribute("content") ?? "";

/** The server refused a request, or there is none. `message` is its reason, or empty. */
export class ServerError extends Error {}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<any>}
 */
async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new ServerError();
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ServerError(typeof answer.error === "string" ? answer.error : `${response.status}`);
  return answer;
}

/** @param {string} path */
export const get = (path) => ask(path);

/**
 * @param {string} path
 * @param {object} values sent as JSON
 */
export const post = (path, values) =>
  ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Coursepack-Token": token },
    body: JSON.stringify(values),
  });
