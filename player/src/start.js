// Starts the player: reads the course, connects its parts, restores what was done.

import { answering } from "./blocks/answering.js";
import { notes } from "./blocks/note.js";
import { tabs } from "./blocks/tabs.js";
import { on, say, whenIdle, whole } from "./dom.js";
import { handOver } from "./hand-over.js";
import { learnerState } from "./learner-state.js";
import { local } from "./lms/device/local.js";
import { apply, believed } from "./look.js";
import { media, pauseForGood, silence, watchMedia } from "./media.js";
import { paging } from "./paging.js";
import { demand, restoring } from "./restoring.js";
import { saving } from "./saving.js";
import { closeDialogs, layout, shell } from "./shell.js";
import { progress, result } from "./state.js";
import { view } from "./view.js";
import { watchWindow } from "./window-life.js";

/**
 * @import { Course, Lms, LearnerEvent, Session, State } from "./contract.d.ts"
 */

/**
 * @param {(course: Course) => Lms | null} connect null: the course is meant to be used without an LMS
 * @param {(note: (event: LearnerEvent) => void) => () => void} [followMedia] reports what is played, where the
 *   course asks for it; returns the function to call when the page is left
 */
export function start(connect, followMedia) {
  const course = /** @type {Course} */ (JSON.parse(document.getElementById("course-data")?.textContent || ""));
  const device = local(window, course);
  const shown = view(course);
  const lms = connect(course);
  // Also when a content security policy blocked the script in the head.
  const look = believed();
  apply(look);

  const learner = learnerState(course);
  /** The learner wants sound to start muted. */
  let isQuiet = false;

  const now = () => ({ state: learner.now, location: pages.location, result: result(course, learner.now) });
  const isPlaying = () => media().some(({ paused }) => !paused);
  const saver = saving(
    course,
    lms,
    device,
    { now, begin, fail: () => restored.fail(), merge, isPlaying },
    shown,
    whenIdle,
  );
  const { note } = saver;
  const leaveMedia = followMedia && course.report.media ? followMedia(note) : null;
  const restoreAnswers = answering(
    course,
    () => learner.now,
    change,
    note,
    () => restore(shown.now),
  );
  const later = handOver(course, look, saver, () => learner.now, change);
  window.coursepackPlayer = later;
  const pages = paging(course, learner, shown, later, { restore, change, note });
  const restored = restoring(course, learner, pages, saver, () => mark(true));

  /** @param {boolean} whole whether the state was replaced, not added to */
  function mark(whole) {
    later.isDone = learner.isDone();
    shown.mark(learner.now, progress(course, learner.now), later.isDone, whole);
    document.documentElement.toggleAttribute("data-complete", later.isDone);
    pages.leadOn();
    later.state = learner.now;
    later.renew();
  }

  /** @param {(state: State) => State} step */
  function change(step) {
    const isLast = learner.change(step);
    mark(false);
    if (isLast) say(course.strings.completedSaid);
    saver.plan();
  }

  /** @param {HTMLElement} page */
  function restore(page) {
    restoreAnswers(page);
    later.furnish(page);
  }

  /** Progress from another device or tab. What is on the screen stays as it is. @param {State} more */
  function merge(more) {
    const isOther = learner.merge(more);
    pages.outdate();
    if (isOther) restore(shown.now);
    mark(true);
  }

  /** @param {Session} session */
  function begin(session) {
    later.session = session;
    if (session.mastery !== null) demand(course, session.mastery);
    if (session.back) shown.leadOut(session.back);
    isQuiet = isQuiet || session.quiet === true;
    whole().then(() => {
      if (session.language) speak?.(session.language);
      if (isQuiet) silence();
    });
    return restored.begin(session);
  }

  function leaveEdition() {
    pauseForGood();
    closeDialogs();
  }

  /** @param {HTMLElement} page the one that is shown */
  function adoptEdition(page) {
    shown.adopt(page);
    layout();
    pages.adopt(page);
    if (isQuiet) silence();
  }

  on("click", "[data-erase]", () => {
    device.erase();
    learner.erase();
    saver.erased();
    pages.erased();
    mark(true);
    say(course.strings.erased);
  });
  watchMedia();
  shell(course, pages.comeBack);
  notes();
  tabs();
  watchWindow(learner, pages, saver, later, leaveMedia);
  pages.begin();
  const speak = window.coursepackEditions?.(course, {
    now: () => shown.now.id,
    leave: leaveEdition,
    adopt: adoptEdition,
    say,
  });
  whole().then(() => speak?.());
  saver.start();
}
