// For a page that was opened without a launch.

/** @import { Lms } from "../../contract.d.ts" */

/** @returns {Lms} that keeps and sends nothing */
export function nullLms() {
  return { open: async () => null, record() {}, save: async () => null, finish() {} };
}
