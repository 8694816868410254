// A cover whose windows light up: one for each chapter that is done, and morning when the course is. The document has
// one copy, which moves to the page that shows it.

import { all, fill, one } from "./dom.js";
import { isDone } from "./state.js";

/**
 * @import { Course, State } from "./contract.d.ts"
 */

/**
 * Which windows are lit: one per completed chapter, or the same share of the windows when their number differs.
 * @param {boolean[]} chapters whether each is done
 * @param {number} windows
 */
export function litWindows(chapters, windows) {
  const share = chapters.filter(Boolean).length / (chapters.length || 1);
  return Array.from({ length: windows }, (_, at) =>
    chapters.length === windows ? chapters[at] : at < Math.floor(share * windows),
  );
}

/**
 * @param {Course} course
 * @returns to be called whenever a page is shown or the state changes
 */
export function lights(course) {
  const pages = new Map(course.pages.map((page) => [page.id, page]));

  /** A chapter is done when its core pages are; one without, when all are. @param {State} state */
  function chaptersDone(state) {
    return all("[data-menu-nav] details[data-part] ul").map((list) => {
      const own = all("[data-page]", list).flatMap((link) => pages.get(link.dataset.page || "") || []);
      const core = own.filter((page) => page.core);
      return (core.length > 0 ? core : own).every((page) => isDone(course, state, page));
    });
  }

  /**
   * @param {State} state
   * @param {boolean} isComplete
   */
  return function show(state, isComplete) {
    const drawing = one(".hero svg");
    const place = one("[data-now] .hero");
    // Off screen it stays as it was, so that learners see the change when they reach it.
    if (!drawing || !place) return;
    if (!place.contains(drawing)) place.replaceChildren(drawing);
    const chapters = chaptersDone(state);
    const lamps = all("[data-light]", drawing);
    const lit = litWindows(chapters, Math.max(0, ...lamps.map(({ dataset }) => Number(dataset.light) || 0)));
    for (const lamp of lamps) lamp.classList.toggle("on", isComplete || lit[Number(lamp.dataset.light) - 1] === true);
    for (const each of all("[data-dim]", drawing)) each.classList.toggle("on", isComplete);
    const label = fill(course.strings.chaptersDone, { n: chapters.filter(Boolean).length, of: chapters.length });
    const title = one("title", drawing)?.textContent || "";
    drawing.setAttribute("aria-label", `${title}${title && !/[.!?]$/.test(title) ? "." : ""} ${label}`.trim());
    // Earlier changes are not animated.
    requestAnimationFrame(() => drawing.setAttribute("data-lit", ""));
  };
}
