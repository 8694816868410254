// The doors of parts and chapters: how far each is open, and the same in words.

import { chapters, countOf } from "./chapters.js";
import { all, fill, icon, lasting, one } from "./dom.js";

/**
 * @import { Count, Course, State } from "./contract.d.ts"
 */

/**
 * How far a door is open: visibly so once begun, fully only when done.
 * @param {Count} count
 */
export function ajar({ done, total }) {
  const share = done / (total || 1);
  return share % 1 ? 0.4 + 0.4 * share : share;
}

/**
 * To be called whenever a page is shown or the state changes.
 * @param {Course} course
 * @param {State} state
 */
export function doors(course, state) {
  const lists = chapters();
  const parts = [...new Set(lists.map(({ part }) => part))].map((part) => ({
    part,
    pages: lists.filter((each) => each.part === part).flatMap(({ pages }) => pages),
  }));
  const words = course.strings;
  const text = words.counted["questions" in course.completion ? "answered" : "opened"].part;

  /** @param {Element} place @param {Count} count */
  const open = (place, count) => one(".door", place)?.style.setProperty("--open", `${ajar(count)}`);

  for (const each of parts) open(each.part, countOf(course, state, each));
  for (const list of lasting("[data-doors]")) {
    const isByChapter = list.dataset.doors === "chapters";
    const groups = isByChapter ? lists : parts;
    for (const [at, item] of all("li", list).entries()) {
      const [all, some, time] = /** @type {HTMLElement[]} */ ([...(one(".how", item)?.children || [])]);
      // The list may have loaded in part; it is filled again when its page is shown.
      if (!time) break;
      const count = countOf(course, state, groups[at]);
      const isDone = count.done === count.total;
      open(item, count);
      all.hidden = count.done > 0;
      some.hidden = count.done === 0;
      time.hidden = isDone;
      if (isDone) some.replaceChildren(icon("check"), words.done[isByChapter ? "chapter" : "part"]);
      else some.textContent = fill(text, { ...count });
    }
  }
  // Who has begun finds them before what was read at the beginning.
  const map = lasting("[data-map]")[0];
  const back = lasting("[data-continue]")[0];
  const [last] = lasting(".start > :is(.go, .languages)").slice(-1);
  if (map && back && last && !back.hidden && last.nextElementSibling !== map) last.after(map);
}
