// The panel "Anpassa": how the course looks on this device. It acts at once, and what was chosen is kept here only.

import { all, on } from "./dom.js";
import { apply, keep, read } from "./look.js";

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

/**
 * Called as soon as the script runs, also for a place whose own policy has refused the script in the head.
 * @returns what shows in the panel what is chosen
 */
export function settings() {
  const inputs = () => /** @type {HTMLInputElement[]} */ (all("#d-settings input"));
  const boxes = inputs().filter((input) => input.type === "checkbox");
  const known = inputs()
    .map((input) => `${input.name}=${input.value}`)
    .concat(boxes.map(({ name }) => `${name}=off`));
  // Somebody else may have written there; only what can be chosen is believed.
  const chosen = Object.fromEntries(Object.entries(read()).filter((each) => known.includes(each.join("="))));
  apply(chosen);

  function show() {
    for (const input of inputs()) {
      const value = chosen[input.name] || unchosen(input.name);
      input.checked = value === input.value;
    }
  }

  show();
  on("change", "#d-settings input", (about) => {
    const input = /** @type {HTMLInputElement} */ (about);
    const value = input.type === "checkbox" && !input.checked ? "off" : input.value;
    // What the device does by itself is no choice: the learner goes on following it.
    if (value === unchosen(input.name)) delete chosen[input.name];
    else chosen[input.name] = value;
    apply(chosen);
    keep(chosen);
    // Larger text is as good as a smaller frame.
    window.dispatchEvent(new Event("resize"));
  });
  for (const query of ["(prefers-contrast: more)", "(prefers-reduced-motion: reduce)"]) {
    window.matchMedia(query).onchange = show;
  }
  return show;
}
