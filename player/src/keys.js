// The question mark shows the help on keys, unless the learner has turned it off (WCAG 2.1.4).

import { around } from "./dom.js";
import { isAway, openDialog } from "./shell.js";

export function keys() {
  document.addEventListener("keydown", ({ key, target, ctrlKey, altKey, metaKey }) => {
    if (key !== "?" || ctrlKey || altKey || metaKey || isAway()) return;
    if (document.documentElement.dataset.keys === "off" || around(target, "input, textarea, select")) return;
    openDialog("keys", /** @type {HTMLElement} */ (document.activeElement || document.body));
  });
}
