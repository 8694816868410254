// The chapters of the course, as the menu lists them.

import { all, lasting } from "./dom.js";
import { isDone } from "./state.js";

/**
 * @import { Count, Course, State } from "./contract.d.ts"
 */

/** @typedef {{ part: HTMLElement, pages: string[] }} Chapter its part in the menu, and the ids of its pages */

/** @returns {Chapter[]} */
export function chapters() {
  return lasting("[data-menu-nav] details[data-part]").flatMap((part) =>
    all("ul", part).map((list) => ({
      part,
      pages: all("[data-page]", list).map(({ dataset }) => dataset.page || ""),
    })),
  );
}

/**
 * Of some pages those that count: the core pages, or all where none is.
 * @param {Course} course
 * @param {string[]} ids
 */
function counting(course, ids) {
  const wanted = new Set(ids);
  const own = course.pages.filter(({ id }) => wanted.has(id));
  const core = own.filter((page) => page.core);
  return core.length > 0 ? core : own;
}

/**
 * Pages of a chapter that are not done: only core pages, if it has any.
 * @param {Course} course
 * @param {State} state
 * @param {{ pages: string[] }} chapter
 */
export function leftOf(course, state, { pages }) {
  return counting(course, pages).filter((page) => !isDone(course, state, page));
}

/**
 * @param {Course} course
 * @param {State} state
 * @param {{ pages: string[] }} chapter
 * @returns {Count}
 */
export function countOf(course, state, chapter) {
  const total = counting(course, chapter.pages).length;
  return { done: total - leftOf(course, state, chapter).length, total };
}
