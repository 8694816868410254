// Our package in the words of the tests of quirks, beside that of `naive.js`.

import { open, settled, VERSIONS } from "./learner.js";
import { pass } from "./naive.js";

export const DAY = 86_400_000;
/** The pages of the course, and those of a first visit. */
export const PAGES = ["start", "p1-a", "p2-a", "p3-a", "p4-a", "p4-check"];
export const READ = ["p1-a", "p2-a"];

export class Ours {
  constructor(learner) {
    this.learner = learner;
  }

  static async open(version, lms, device, changes) {
    // It looks for an LMS for a while.
    let learner;
    open(VERSIONS[version], lms, device, changes).then((opened) => {
      learner = opened;
    });
    while (!learner) await pass(500, settled);
    await pass(2000, settled);
    if (learner.session?.earlier) learner.saver.recall(true);
    await pass(2000, settled);
    return new Ours(learner);
  }

  get pages() {
    return new Set(this.learner.opened());
  }

  /** In words, or as a result: a learner who begins again meets a course that was done. */
  get isDone() {
    return this.learner.state.completed;
  }

  /** The learner is told at the launch that it is a review. */
  get isWarned() {
    return this.learner.session.mode === "review";
  }

  get isSaved() {
    return ["saved", "sent"].includes(this.learner.word);
  }

  visit(id) {
    this.learner.visit(id);
  }

  answer(right) {
    this.learner.again();
    this.learner.answer("q1", ["b"]);
    this.learner.answer("q2", right === 2 ? ["a", "b"] : ["c"]);
    this.learner.hand();
  }

  retry() {
    this.learner.saver.ask();
  }

  leave() {
    this.learner.saver.leave(() => {});
  }
}
