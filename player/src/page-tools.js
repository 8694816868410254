// Tools for the page in view: bookmark it, copy a link to it, write a mail about it.

import { element, fill, icon, lasting, on, one, say, titleOf } from "./dom.js";

/**
 * @import { Page, Player } from "./contract.d.ts"
 */

/**
 * @param {Player} player
 * @returns called when the page or the state has changed
 */
export function pageTools(player) {
  const { course } = player;
  const words = course.strings;
  /** The page that the message is about. @type {Element | null} */
  let about = null;

  const entry = (/** @type {string | undefined} */ id) => course.pages.find((each) => each.id === id);

  /** @param {string} text */
  function tell(text) {
    lasting("[data-tools-told]")[0]?.replaceChildren(text);
    if (text) say(text);
  }

  on("click", "[data-bookmark]", (button) => {
    const page = entry(one("[data-now]")?.id);
    if (!page) return;
    const isOn = button.getAttribute("aria-pressed") !== "true";
    player.bookmark(page, isOn);
    tell(isOn ? words.bookmarked : words.bookmarkGone);
  });

  on("click", "[data-copy]", async () => {
    // Without the query: a launch may add secrets to it.
    const { origin, pathname } = window.location;
    const link = `${origin}${pathname}#${one("[data-now]")?.id}`;
    try {
      await navigator.clipboard.writeText(link);
      tell(words.linkCopied);
    } catch {
      // A frame needs the permission of the page around it, and a page without https has no clipboard.
      const field = /** @type {HTMLInputElement} */ (one("[data-address]"));
      field.hidden = false;
      field.value = link;
      field.select();
      tell(words.linkNotCopied);
    }
  });

  return (/** @type {HTMLElement} */ page) => {
    const { state, session } = player;
    if (!state) return;
    const isMarked = (/** @type {Page} */ { bookmark = -1 }) => state.bookmarks.includes(bookmark);
    const marked = course.pages.filter(isMarked);
    for (const button of lasting("[data-bookmark]")) {
      button.hidden = entry(page.id)?.bookmark === undefined;
      button.setAttribute("aria-pressed", String(marked.some(({ id }) => id === page.id)));
    }
    // The address of a course in an LMS opens nothing from outside.
    for (const button of lasting("[data-copy]"))
      button.hidden = !session?.isAlone || !/^http/.test(window.location.protocol);
    for (const link of lasting("[data-write]")) {
      const subject = fill(words.feedbackSubject, {
        page: page.dataset.title || "",
        course: course.title,
        version: course.version,
      });
      link.setAttribute("href", `mailto:${link.dataset.write}?subject=${encodeURIComponent(subject)}`);
    }
    if (page !== about) {
      about = page;
      tell("");
      for (const field of lasting("[data-address]")) field.hidden = true;
    }
    const key = String(marked.map(({ id }) => id));
    for (const place of lasting("[data-bookmarks]")) {
      // An unchanged list keeps its focus.
      if (place.dataset.bookmarks === key) continue;
      place.dataset.bookmarks = key;
      place.hidden = marked.length === 0;
      place.lastElementChild?.replaceChildren(
        ...marked.map(({ id }) => element("li", {}, element("a", { href: `#${id}` }, icon("mark"), titleOf(id)))),
      );
    }
  };
}
