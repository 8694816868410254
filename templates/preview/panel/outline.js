// The page as a screen reader goes through it, beside the course.

import { byId, make } from "./dom.js";
import { words } from "./words.js";

/** @typedef {import("./messages.js").OutlineItem} Item */

/** What says nothing without a name. */
const NAMED = /^(heading|img|link|button|textbox|radio|checkbox|combobox|slider|tab|dialog)$/;

/**
 * Shows the outline in place of the notes, or nothing for null.
 * @param {Item[] | null} items
 */
export function drawOutline(items) {
  for (const at of [byId("notes"), byId("panel-page")]) {
    at.querySelector(".outline")?.remove();
    if (items) at.prepend(outline(items));
  }
}

/** @param {Item[]} items */
function outline(items) {
  const list = items.map(({ role, level, name }) => {
    const item = make(
      "li",
      {},
      make("code", {}, level ? `${role} ${level}` : role),
      " ",
      name || (NAMED.test(role) ? words.outline_unnamed : ""),
    );
    item.style.setProperty("--level", String(Math.min(6, level)));
    return item;
  });
  return make(
    "section",
    { class: "outline" },
    make("h2", {}, words.outline_heading),
    list.length ? make("ol", {}, ...list) : make("p", { class: "muted" }, words.outline_none),
  );
}
