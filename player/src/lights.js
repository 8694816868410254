// A cover whose windows light up: one for each chapter that is done, and morning when the course is. The document has
// one copy, which moves to the page that shows it.

import { chapters, leftOf } from "./chapters.js";
import { all, fill, lasting, one } from "./dom.js";

/**
 * @import { Course, State } from "./contract.d.ts"
 */

/** The shapes of the cover that light up. */
export const lamps = () => lasting(".hero svg [data-light]");

/** The highest number of a light. */
export const windows = () => Math.max(0, ...lamps().map(({ dataset }) => Number(dataset.light) || 0));

/**
 * Which windows are lit: that of each chapter that is done, or so many of them as is the share of those chapters.
 * @param {boolean[]} done whether each chapter is
 * @param {number} windows
 */
export function litWindows(done, windows) {
  const share = done.filter(Boolean).length / (done.length || 1);
  return Array.from({ length: windows }, (_, at) =>
    done.length === windows ? done[at] : at < Math.floor(share * windows),
  );
}

/**
 * @param {Course} course
 * @returns to be called whenever a page is shown or the state changes
 */
export function lights(course) {
  /**
   * @param {Element} page that is shown
   * @param {State} state
   * @param {boolean} isComplete
   * @param {number} dark index of the chapter whose light is still to be animated, or -1
   */
  return function show(page, state, isComplete, dark) {
    const [drawing] = lasting(".hero svg");
    const place = one(":not([hidden]) > .hero", page);
    // Off screen it stays as it was, so that learners see the change when they reach it.
    if (!drawing || !place) return;
    if (!place.contains(drawing)) place.replaceChildren(drawing);
    const done = chapters().map((chapter) => leftOf(course, state, chapter).length === 0);
    const isMorning = isComplete && dark < 0;
    const lit = litWindows(
      done.map((isDone, at) => isDone && at !== dark),
      windows(),
    );
    for (const lamp of lamps()) lamp.classList.toggle("on", isMorning || lit[Number(lamp.dataset.light) - 1] === true);
    for (const each of all("[data-dim]", drawing)) each.classList.toggle("on", isMorning);
    const label = fill(course.strings.chaptersDone, { n: done.filter(Boolean).length, of: done.length });
    const title = one("title", drawing)?.textContent || "";
    drawing.setAttribute("aria-label", `${title}${title && !/[.!?]$/.test(title) ? "." : ""} ${label}`.trim());
    // Earlier changes are not animated.
    requestAnimationFrame(() => drawing.setAttribute("data-lit", ""));
  };
}
