// What follows from a session's data, and from the state that is restored.

import { whole } from "./dom.js";
import { EMPTY, has } from "./state.js";
import { named } from "./view.js";

/**
 * @import { Course, Session, State } from "./contract.d.ts"
 * @import { LearnerState } from "./learner-state.js"
 * @import { Paging } from "./paging.js"
 * @import { saving } from "./saving.js"
 */

/**
 * The LMS compares scores with its own limit. The course takes that limit over, so that it never contradicts the LMS.
 * @param {Course} course
 * @param {number} mastery
 */
export function demand({ check, completion }, mastery) {
  if (check && check.mastery !== null) check.mastery = mastery;
  if (completion.rule === "score") completion.mastery = mastery;
}

/**
 * The state may have been lost: what the LMS has as reached still counts.
 * @param {State} kept
 * @param {Session} session
 * @returns {State}
 */
export function reached(kept, { status }) {
  const passed = kept.passed || status === "passed";
  return { ...kept, completed: kept.completed || passed || status === "completed", passed };
}

/**
 * @param {Course} course
 * @param {LearnerState} learner
 * @param {Paging} paging
 * @param {Pick<ReturnType<typeof saving>, "omit">} saver
 * @param {() => void} mark shows in the document what has been done
 */
export function restoring(course, learner, paging, saver, mark) {
  /**
   * The first session of this window.
   * @param {Session} session
   */
  async function absorb(session) {
    const page = course.pages.find(({ id }) => id === session.location);
    const kept = session.state || { ...EMPTY, last: page ? page.slot : null };
    const before = reached(kept, session);
    if (!session.state && (learner.isAhead || paging.hasLeft)) paging.countFirst();
    const last = course.pages.find(({ slot }) => slot === kept.last);
    const { hash } = window.location;
    const wanted = hash.length > 1 ? hash : last ? `#${last.id}` : "";
    if (wanted && !named(wanted)) await whole();
    const opened = new Set(course.pages.filter(({ slot }) => has(before, slot)).map(({ id }) => id));
    saver.omit((each) => each.kind !== "page" || !opened.has(each.page));
    const hasMoved = learner.isAhead;
    learner.restore(before);
    paging.resume(last, session.location, hasMoved);
    mark();
    paging.opened();
  }

  return {
    /** @param {Session} session the first one, or another */
    async begin(session) {
      if (learner.isRestored) learner.replace(reached(learner.now, session));
      else await absorb(session);
    },

    /** No session could be opened: the learner goes on without what the LMS may have. */
    fail() {
      mark();
      // The learner did not choose this page, and is taken to the one left last when the LMS opens.
      learner.unchosen(() => {
        paging.countFirst();
        paging.opened();
      });
      // The page in the address may not have loaded yet.
      whole().then(paging.follow);
    },
  };
}
