// Keeps progress on the device, for a course that was opened outside an LMS.

/**
 * @import { Cause, Lms, Session } from "../contract.d.ts"
 */

/**
 * @param {string} course its id
 * @param {() => Storage} storage even to name it may throw, in a sandboxed or partitioned frame
 * @returns {Omit<Lms, "open"> & { open: () => Promise<Session>, erase: () => void }}
 */
export function local(course, storage) {
  const key = `coursepack:${course}`;
  /** What lies there, by our own hand. After erasing, leaving the page must not write it again. @type {string | null} */
  let held = null;
  return {
    async open() {
      /** @type {string | null} */
      let state = null;
      try {
        state = storage().getItem(key);
      } catch {
        // The first save tells.
      }
      return { state: state || "", location: "", status: "none", record: true };
    },
    async save(state) {
      try {
        storage().setItem(key, state);
        held = state;
      } catch (error) {
        throw Object.assign(new Error(String(error)), { cause: /** @type {Cause} */ ("storage") });
      }
    },
    finish(state) {
      if (held === null || held === state) return;
      try {
        storage().setItem(key, state);
      } catch {
        // Already told when saving failed.
      }
    },
    erase() {
      held = null;
      try {
        storage().removeItem(key);
      } catch {
        // Nothing can have been kept there.
      }
    },
  };
}
