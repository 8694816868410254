// Before and after: a native slider sets the visible width of the earlier picture.

import { on } from "../dom.js";

export function sides() {
  on("input", "[data-compare]", (about) => {
    const slider = /** @type {HTMLInputElement} */ (about);
    slider.parentElement?.style.setProperty("--at", `${slider.value}%`);
  });
}
