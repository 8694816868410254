// The panel "Anpassa": how the course looks on this device. It acts at once, and what was chosen is kept here only.

import { remember } from "./device.js";
import { all, on } from "./dom.js";
import { apply } from "./look.js";

/** @import { Chosen } from "./look.js" */

/** What holds as long as the learner has chosen nothing, where there is a word for it. @type {Record<string, () => string>} */
const usual = {
  contrast: () => (matches("(prefers-contrast: more)") ? "high" : "normal"),
  calm: () => (matches("(prefers-reduced-motion: reduce)") ? "on" : "off"),
  shift: () => "on",
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
  // Another language has a panel of its own.
  on("click", "[data-open=settings]", show);
  on("change", "#d-settings input", (about) => {
    const input = /** @type {HTMLInputElement} */ (about);
    const value = input.type === "checkbox" && !input.checked ? "off" : input.value;
    // What the device does by itself is no choice: the learner goes on following it.
    if (value === unchosen(input.name)) delete chosen[input.name];
    else chosen[input.name] = value;
    apply(chosen);
    remember("look", Object.keys(chosen).length > 0 ? JSON.stringify(chosen) : "");
    // Larger text is as good as a smaller frame.
    window.dispatchEvent(new Event("resize"));
  });
  for (const query of ["(prefers-contrast: more)", "(prefers-reduced-motion: reduce)"]) {
    window.matchMedia(query).onchange = show;
  }
}
