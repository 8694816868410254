// The other tabs in which a learner has the course open: each receives what one of them saves.

/** @import { Course } from "../../contract.d.ts" */

/** @typedef {{ doc: string, sealed: string, attempt: string }} Told a progress record, the text that was sent, and its attempt */

/**
 * @param {Window} window
 * @param {Course} course
 * @param {(told: Told) => void} hear
 */
export function otherTabs(window, course, hear) {
  /** @type {BroadcastChannel | null} */
  let channel = null;

  return {
    /** @param {string} by the learner; empty: unknown, and nothing is sent */
    listen(by) {
      const Channel = /** @type {{ BroadcastChannel?: typeof BroadcastChannel }} */ (window).BroadcastChannel;
      if (channel || !by || !Channel) return;
      channel = new Channel(`coursepack:${course.id}:${by}`);
      channel.onmessage = ({ data }) => hear(data);
    },

    /** @param {() => Told} told */
    tell(told) {
      channel?.postMessage(told());
    },

    close() {
      channel?.close();
      channel = null;
    },
  };
}
