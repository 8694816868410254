// Errors with the cause that the learner is shown.

/**
 * @import { Cause } from "../contract.d.ts"
 */

/**
 * @typedef {object} Details
 * @property {number} [status] HTTP status
 * @property {number} [after] seconds to wait at least
 * @property {boolean} [isThrown] the LMS's own function threw
 * @property {boolean} [isCutOff] failed at once without an answer: the network is down, or the browser refused the request
 */

/**
 * @param {Cause} cause
 * @param {string} message never contains launch parameters: errors end up in consoles
 * @param {Details} details
 */
export function failure(cause, message, details = {}) {
  return Object.assign(new Error(message), { cause }, details);
}

/**
 * @param {unknown} error
 * @returns {Details & { cause?: Cause }}
 */
export function detailsOf(error) {
  return error instanceof Error ? /** @type {any} */ (error) : {};
}
