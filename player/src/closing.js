// The closing page, whose title changes when the course is complete, and its certificate. The learner's name is read
// only when both are shown; it is written to the page and stored nowhere.

import { element, one, titleOf } from "./dom.js";
import { isDone } from "./state.js";

/**
 * @import { Course, State } from "./contract.d.ts"
 */

/**
 * LMSs write the family name first (RTE 1.2, 3.4.7, cmi.core.student_name).
 * @param {string} name
 */
export function readable(name) {
  const [family, given, ...more] = name.split(",").map((part) => part.trim());
  return given && more.length === 0 ? `${given} ${family}` : name.trim();
}

/**
 * To be called whenever a page is shown or the state changes.
 * @param {Course} course
 * @param {State} state
 * @param {string} page that is shown
 * @param {boolean} isComplete
 * @param {() => string} learner
 */
export function closing(course, state, page, isComplete, learner) {
  const place = one("#klar");
  if (place) place.dataset.title = one(isComplete ? "h1 .then" : "h1 .until", place)?.textContent || "";
  const left = one("#klar [data-remaining]");
  if (left && page === "klar" && !isComplete) {
    const pages = course.pages.filter((each) => each.core && !isDone(course, state, each));
    left.hidden = pages.length === 0;
    left.lastElementChild?.replaceChildren(
      ...pages.map(({ id }) => element("li", {}, element("a", { href: `#${id}` }, titleOf(id)))),
    );
  }
  const name = page === "klar" && isComplete ? one("#klar [data-learner]") : null;
  const note = one("#klar [data-named]");
  const today = one("#klar [data-today]");
  if (!name || !note || !today) return;
  try {
    name.textContent = readable(learner());
  } catch {
    // The line stays empty, to be filled in by hand.
  }
  note.hidden = !name.textContent;
  // As the build writes dates: the day precedes the month in English as well. Other languages ignore the region.
  const form = /** @type {const} */ ({ day: "numeric", month: "long", year: "numeric" });
  today.textContent = new Date().toLocaleDateString(`${course.lang}-GB`, form);
}
