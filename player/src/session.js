// Where progress is kept, and the session there. Events wait until that is known.

import { gone } from "./session-watch.js";

/**
 * @import { LearnerEvent, Lms, Session } from "./contract.d.ts"
 */

/**
 * @param {Lms | null} lms null: the course is meant to be used without one
 * @param {Lms} device where progress is kept when there is no LMS
 * @param {(session: Session) => Promise<void>} begin a session was opened, for the first time or again
 * @param {(isMissed: boolean) => void} tellOutside progress is kept on the device; whether an LMS was to be expected
 */
export function sessionOf(lms, device, begin, tellOutside) {
  let hasBegun = false;
  /** Null once it is known where they go. @type {LearnerEvent[] | null} */
  let early = [];

  return {
    /** Decided when an LMS was found or was not. */
    keeper: lms || device,
    isOpen: false,
    /** @type {Session["mode"]} */
    mode: "normal",

    isOnDevice() {
      return this.keeper === device;
    },

    async open() {
      let session = await this.keeper.open();
      if (!session && hasBegun) throw gone();
      if (!session) {
        this.keeper = device;
        session = await device.open();
        if (!session) return;
      }
      if (this.isOnDevice()) tellOutside(lms !== null);
      this.isOpen = hasBegun = true;
      this.mode = session.mode;
      await begin(session);
      this.recordEarly();
    },

    /** @param {LearnerEvent} event */
    note(event) {
      if (early) early.push(event);
      else this.keeper.record(event);
    },

    recordEarly() {
      for (const event of early || []) this.keeper.record(event);
      early = null;
    },

    /** Filters the events that wait. @param {(event: LearnerEvent) => boolean} isWanted */
    omit(isWanted) {
      if (early) early = early.filter(isWanted);
    },
  };
}
