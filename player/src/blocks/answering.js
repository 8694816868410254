// Connects the questions to the state and to reported events, and restores earlier answers on a page.

import { finalCheck } from "../check.js";
import { answer, asked, chosen, draft, same, turn } from "../state.js";
import { questions } from "./question.js";

/**
 * @import { Course, LearnerEvent, State } from "../contract.d.ts"
 */

/**
 * @param {Course} course
 * @param {() => State} now
 * @param {(step: (state: State) => State) => void} change
 * @param {(event: LearnerEvent) => void} note
 * @param {() => void} renew shows the page in view as it is then
 * @returns restores the answers on a page without an announcement
 */
export function answering(course, now, change, note, renew) {
  const asking = questions(
    course,
    (question, answers, right, text) => {
      note({ kind: "answer", at: Date.now(), question: question.id, chosen: answers, right, text });
      change((before) => answer(before, question, answers));
    },
    (question, answers) => {
      const step = (/** @type {State} */ before) => draft(course, before, question, answers);
      if (same(step(now()), now())) return;
      note({ kind: "draft", at: Date.now(), question: question.id, chosen: answers });
      change(step);
    },
  );
  const showCheck = finalCheck(course, asking, now, (step) => {
    change(step);
    renew();
  });

  /** @param {HTMLElement} page */
  return function restore(page) {
    const state = now();
    const isDone = turn(course, state) % 2 === 1;
    const inForms = asked(course, state, page.id).filter(({ kind }) => kind !== "scenario");
    asking.restore(page, inForms, (question) => chosen(state, question), isDone);
    showCheck(page);
  };
}
