// Before and after: how much of the picture before is shown is a width in the style, set by a native slider.

import { on } from "../dom.js";

export function sides() {
  on("input", "[data-compare]", (about) => {
    const slider = /** @type {HTMLInputElement} */ (about);
    slider.parentElement?.style.setProperty("--at", `${slider.value}%`);
  });
}
