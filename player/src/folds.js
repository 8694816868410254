// A button that opens all folds of a block, or closes them.

import { all, on } from "./dom.js";

export function folds() {
  on("click", "[data-unfold]", (button) => {
    button.dataset.unfold = button.dataset.unfold ? "" : "all";
    const block = /** @type {Element} */ (button.closest(".block"));
    for (const fold of all("details", block)) fold.toggleAttribute("open", button.dataset.unfold === "all");
  });
}
