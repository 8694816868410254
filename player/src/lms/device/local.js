// Keeps progress on the device, for a course that was opened outside an LMS.

import { decode, same } from "../../state.js";
import { failure } from "../failure.js";
import { isWhole, progressRecord, read, write } from "./progress-record.js";

/**
 * @import { Course, Lms, Session, State } from "../../contract.d.ts"
 */

/**
 * @param {Window} window accessing its storage may throw, in a sandboxed or partitioned frame
 * @param {Course} course
 * @param {() => number} now milliseconds
 * @returns {Omit<Lms, "open"> & { open: () => Promise<Session>, erase: () => void }}
 */
export function local(window, course, now = Date.now) {
  const key = `coursepack:${course.id}`;
  let progress = progressRecord(course, now);
  /** The window's state when it was last kept. @type {State | null} */
  let kept = null;
  let isErased = false;
  let isUnread = false;

  /** What is kept. If it is damaged or of a later version, a copy is kept beside what will be written. */
  function found() {
    const storage = window.localStorage;
    const text = storage.getItem(key) || "";
    const record = read(text, course);
    // A bare state is whole too.
    isUnread = text !== "" && !decode(text) && !isWhole(text, record);
    if (isUnread) storage.setItem(`${key}:unread`, text);
    return record;
  }

  /**
   * Reads, merges and writes in one step, so that two tabs unite what they know.
   * @param {State} state
   * @param {string} location
   */
  function keep(state, location) {
    progress.take(found());
    progress.note(state, location, 0);
    window.localStorage.setItem(key, write(progress.current(), course));
    kept = state;
    isErased = false;
  }

  return {
    async open() {
      try {
        progress.take(found());
      } catch {
        // The first save reports it.
      }
      progress.begin();
      return { ...progress.session(), mode: "normal", mastery: null, isHere: true, isAlone: true, isUnread };
    },

    record(event) {
      progress.record(event);
    },

    async save(state, location) {
      try {
        keep(state, location);
      } catch (error) {
        throw failure("storage", String(error));
      }
      return progress.more(state);
    },

    finish(state, location) {
      // Leaving the page must not write again what was erased.
      if (isErased || (kept && same(kept, state))) return;
      try {
        keep(state, location);
      } catch {
        // Already reported when saving failed.
      }
    },

    erase() {
      progress = progressRecord(course, now);
      isErased = true;
      try {
        for (const name of [key, `${key}:unread`]) window.localStorage.removeItem(name);
      } catch {
        // Nothing can have been kept there.
      }
    },
  };
}
