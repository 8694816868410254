// Shows above the link to the next page that a chapter, a part or the course is done, with an animation once a visit; or,
// if pages of the chapter are left, a link to the first one. It stands on the last page of the chapter, and on the one
// that the learner did last.

import { chapters, leftOf } from "./chapters.js";
import { all, element, fill, one, titleOf } from "./dom.js";
import { windows } from "./lights.js";

/**
 * @import { Course, State } from "./contract.d.ts"
 */

/** Whether the learner, or by default the device, asks for no motion. */
function isCalm() {
  const { calm } = document.documentElement.dataset;
  return calm === "on" || (calm !== "off" && matchMedia("(prefers-reduced-motion: reduce)").matches);
}

/**
 * @param {Course} course
 * @param {() => void} again to be called when a picture has come into view
 * @returns to be called whenever a page is shown or the state changes; returns the index of the chapter whose light is
 *   still to be animated, or -1
 */
export function endings(course, again) {
  /** Pictures that have been in view. @type {Set<string>} */
  const seen = new Set();
  /** The page on which each chapter was finished during this visit, by its index. @type {Map<number, string>} */
  const finished = new Map();
  /** What was the only thing left of a chapter, as its index and page. */
  let missing = "";

  /**
   * @param {Element} picture
   * @param {string} name
   */
  function watch(picture, name) {
    const watcher = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        watcher.disconnect();
        seen.add(name);
        again();
      },
      { threshold: 0.4 },
    );
    watcher.observe(picture);
  }

  /**
   * @param {Element} page that is shown
   * @param {State} state
   * @param {boolean} isComplete
   */
  return function show(page, state, isComplete) {
    const list = chapters();
    const at = list.findIndex(({ pages }) => pages.includes(page.id));
    if (at < 0) return -1;
    const { part, pages } = list[at];
    const words = course.strings;
    const left = list.map((chapter) => leftOf(course, state, chapter));
    const done = left.filter(({ length }) => length === 0).length;
    const isDone = left[at].length === 0;
    const here = `${at} ${page.id}`;
    if (isDone && missing === here) finished.set(at, page.id);
    missing = left[at].length === 1 ? `${at} ${left[at][0].id}` : "";
    const isLast = page.id === pages[pages.length - 1];
    if (!isLast && !(isDone && finished.get(at) === page.id)) return -1;
    const panels = pages.flatMap((id) => all(`#${id} > [data-ending]`));
    if (panels.length === 0) return -1;
    if (!page.contains(panels[0])) one(".next", page)?.before(...panels);
    const [other] = left[at].filter(({ id }) => id !== page.id);
    const isPartDone = list.every((each, of) => each.part !== part || left[of].length === 0);
    /** @type {Record<string, boolean>} */
    const is = { left: Boolean(other), course: isDone && isComplete, part: isPartDone, chapter: isDone };
    const panel = panels.find(({ dataset }) => is[dataset.ending || ""]);
    const was = panels.find(({ hidden }) => !hidden);
    for (const each of panels) each.hidden = each !== panel;
    if (!panel) return -1;
    const [first, last] = panel.children;
    if (other) {
      const n = left[at].length;
      first.textContent = n === 1 ? words.endings.oneLeft : fill(words.endings.left, { n });
      last.setAttribute("href", `#${other.id}`);
      last.replaceChildren(titleOf(other.id));
      return -1;
    }
    const tally = one("[data-tally]", panel);
    const text = windows() === list.length ? words.endings.light : words.chaptersDone;
    if (tally) tally.textContent = fill(text, { n: done, of: list.length });
    // Only the last chapter of a part or of the course has an ending of its own for that.
    if (tally && isPartDone) {
      const title = one(`[data-part="${part.dataset.part}"] [data-ending="part"] h2`);
      if (title) tally.append(` ${title.textContent}.`);
    }
    if (tally && isComplete) tally.append(" ", element("a", { href: "#klar" }, words.completed));
    const name = `${at} ${panel.dataset.ending}`;
    const isSeen = seen.has(name) || isCalm();
    panel.classList.toggle("seen", isSeen);
    // The picture, since the text can be higher than the window.
    if (!isSeen && panel !== was) watch(first, name);
    return isSeen ? -1 : at;
  };
}
