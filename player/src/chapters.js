// The chapters of the course, as the menu lists them.

import { all } from "./dom.js";
import { isDone } from "./state.js";

/**
 * @import { Course, State } from "./contract.d.ts"
 */

/** @typedef {{ part: HTMLElement, pages: string[] }} Chapter its part in the menu, and the ids of its pages */

/** @returns {Chapter[]} */
export function chapters() {
  return all("[data-menu-nav] details[data-part]").flatMap((part) =>
    all("ul", part).map((list) => ({
      part,
      pages: all("[data-page]", list).map(({ dataset }) => dataset.page || ""),
    })),
  );
}

/**
 * Pages of a chapter that are not done: only core pages, if it has any.
 * @param {Course} course
 * @param {State} state
 * @param {Chapter} chapter
 */
export function leftOf(course, state, { pages }) {
  const own = course.pages.filter(({ id }) => pages.includes(id));
  const core = own.filter((page) => page.core);
  return (core.length > 0 ? core : own).filter((page) => !isDone(course, state, page));
}
