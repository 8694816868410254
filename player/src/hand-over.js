// What `later.js` is handed over: the player's own part of it, and what it would otherwise have a second time.

import { openTab } from "./blocks/tabs.js";
import { recall, remember } from "./device.js";
import { all, around, element, fill, on, one, opensAnother, put, reveal, say } from "./dom.js";
import { apply } from "./look.js";
import { media, onMedia, placeOf, play, seek } from "./media.js";
import { closeDialogs } from "./shell.js";
import { has, leaveAt, positionOf } from "./state.js";

/**
 * @import { Course, Player, State } from "./contract.d.ts"
 * @import { saving } from "./saving.js"
 */

/**
 * @param {Course} course
 * @param {Player["look"]} look
 * @param {ReturnType<typeof saving>} saver
 * @param {() => State} now
 * @param {(step: (state: State) => State) => void} change
 * @returns {Player}
 */
export function handOver(course, look, saver, now, change) {
  const waiting = new Set();
  return {
    course,
    look,
    learner: saver.learner,
    recall: saver.recall,
    forget: saver.forget,
    positionOf: (slot) => positionOf(now(), slot),
    leaveAt: (slot, at) => change((before) => leaveAt(before, slot, at, course.positions)),
    waiting,
    furnish: (page) => waiting.add(page),
    notePlaces() {},
    lead() {},
    renew() {},
    lent: {
      all,
      apply,
      around,
      closeDialogs,
      element,
      fill,
      has,
      media,
      on,
      one,
      onMedia,
      openTab,
      opensAnother,
      placeOf,
      play,
      put,
      recall,
      remember,
      reveal,
      say,
      seek,
    },
  };
}
