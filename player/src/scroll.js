// What is wider than the page is scrolled by keyboard, too: it takes focus and has a name, as long as it needs to.

import { all, put } from "./dom.js";

const BOXES = ".scroll, semantics > mrow > mrow";

/** @type {ResizeObserver | undefined} */
let watch;

/** @param {ResizeObserverEntry[]} seen */
function fit(seen) {
  for (const box of new Set(seen.map(({ target }) => /** @type {Element} */ (target.closest(BOXES))))) {
    // A formula is named as a whole.
    const name = box.getAttribute("data-name") || box.closest("[aria-label]")?.getAttribute("aria-label") || "";
    box.setAttribute("data-name", name);
    // Whoever has come there already keeps the focus.
    put(box, box.scrollWidth > box.clientWidth || box.matches(":focus"), {
      role: "group",
      tabindex: "0",
      "aria-label": name,
    });
  }
}

/** @param {Element} page that is shown */
export function watchScrolling(page) {
  watch = watch || new ResizeObserver(fit);
  // What is inside can grow and shrink while the box stays as wide as it was.
  for (const box of all(BOXES, page)) for (const each of [box, ...box.children]) watch.observe(each);
}
