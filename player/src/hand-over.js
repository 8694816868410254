// What the player shares with `later.js`, so that it is not loaded twice.

import { openTab } from "./blocks/tabs.js";
import { recall, remember } from "./device.js";
import {
  all,
  around,
  element,
  fill,
  focusOn,
  icon,
  lasting,
  on,
  one,
  opensAnother,
  put,
  reveal,
  say,
  titleOf,
  tongue,
  untranslated,
  verdict,
  wordsOf,
} from "./dom.js";
import { apply } from "./look.js";
import { media, onMedia, placeOf, play, seek } from "./media.js";
import { closeDialogs, isAway, openDialog } from "./shell.js";
import {
  answer,
  asked,
  attemptsLeft,
  best,
  bookmark,
  chosen,
  ENDED,
  has,
  isDone,
  isRight,
  leaveAt,
  masteryOf,
  positionOf,
  turn,
} from "./state.js";

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
    bookmark(page, isOn) {
      saver.note({ kind: "bookmark", at: Date.now(), page: page.id, isOn });
      change((before) => bookmark(before, page, isOn));
    },
    chosen: (question) => chosen(now(), question),
    choose(question, held, hasEnded) {
      const what = { at: Date.now(), question: question.id, chosen: held };
      saver.note(hasEnded ? { kind: "answer", ...what, right: null, text: "" } : { kind: "draft", ...what });
      change((before) => answer(before, question, held));
    },
    waiting,
    furnish: (page) => waiting.add(page),
    notePlaces() {},
    lead() {},
    renew() {},
    lent: {
      all,
      apply,
      around,
      asked,
      attemptsLeft,
      best,
      closeDialogs,
      element,
      ENDED,
      fill,
      focusOn,
      has,
      icon,
      isAway,
      isDone,
      isRight,
      lasting,
      masteryOf,
      media,
      on,
      one,
      onMedia,
      openDialog,
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
      titleOf,
      tongue,
      turn,
      untranslated,
      verdict,
      wordsOf,
    },
  };
}
