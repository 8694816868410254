// The panel "Anpassa": how the course looks on this device. Choices apply at once and are stored on this device only.

import { remember } from "./device.js";
import { all, on } from "./dom.js";
import { apply } from "./look.js";

/** @import { Chosen } from "./look.js" */

/** Defaults, where they have a name. @type {Record<string, () => string>} */
const usual = {
  contrast: () => (matches("(prefers-contrast: more)") ? "high" : "normal"),
  calm: () => (matches("(prefers-reduced-motion: reduce)") ? "on" : "off"),
  shift: () => "on",
  keys: () => "on",
};

/** @param {string} query */
function matches(query) {
  return window.matchMedia(query).matches;
}

/** @param {string} name */
function unchosen(name) {
  return name in usual ? usual[name]() : "";
}

/** @param {Chosen} chosen what is applied already */
export function settings(chosen) {
  function show() {
    for (const input of /** @type {HTMLInputElement[]} */ (all("#d-settings input"))) {
      const value = chosen[input.name] || unchosen(input.name);
      input.checked = value === input.value;
    }
  }

  show();
  // Each language has its own panel.
  on("click", "[data-open=settings]", show);
  on("change", "#d-settings input", (about) => {
    const input = /** @type {HTMLInputElement} */ (about);
    const value = input.type === "checkbox" && !input.checked ? "off" : input.value;
    // The device's own setting is not a choice: it keeps being followed.
    if (value === unchosen(input.name)) delete chosen[input.name];
    else chosen[input.name] = value;
    apply(chosen);
    remember("look", Object.keys(chosen).length > 0 ? JSON.stringify(chosen) : "");
    // Larger text has the effect of a narrower frame.
    window.dispatchEvent(new Event("resize"));
  });
  for (const query of ["(prefers-contrast: more)", "(prefers-reduced-motion: reduce)"]) {
    window.matchMedia(query).onchange = show;
  }
}
