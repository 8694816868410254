// Content that is wider than the page can be scrolled by keyboard: it is focusable and named while it overflows.

import { all, put } from "./dom.js";

const BOXES = ".scroll, semantics > mrow > mrow";

/** @type {ResizeObserver | undefined} */
let watch;

/** @param {ResizeObserverEntry[]} seen */
function fit(seen) {
  for (const box of new Set(seen.map(({ target }) => /** @type {Element} */ (target.closest(BOXES))))) {
    // A formula has one name.
    const name = box.getAttribute("data-name") || box.closest("[aria-label]")?.getAttribute("aria-label") || "";
    box.setAttribute("data-name", name);
    // A focused box keeps its focus.
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
  // The content can grow and shrink while the box keeps its width.
  for (const box of all(BOXES, page)) for (const each of [box, ...box.children]) watch.observe(each);
}
