// Why a request did not do what it was for.

/**
 * @import { Cause } from "../contract.d.ts"
 */

/**
 * @typedef {object} Details
 * @property {number} [status] what the server answered with
 * @property {number} [after] seconds to wait at least
 * @property {boolean} [isThrown] the LMS's own function threw
 * @property {boolean} [isCutOff] nothing was heard, and at once: the line is away, or the browser refused to ask
 */

/**
 * @param {Cause} cause
 * @param {string} message never with what a launch gave: errors end up in consoles
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
