// How the course looks on this device, by the learner's own choice.

import { recall } from "./device.js";
import { all } from "./dom.js";

/** @typedef {Record<string, string>} Chosen what the learner has chosen and the device would not, by name */

const root = document.documentElement;

/** @returns {Chosen} */
export function read() {
  try {
    const kept = JSON.parse(recall("look"));
    return Object(kept) === kept ? kept : {};
  } catch {
    return {};
  }
}

/**
 * What of it the panel offers: somebody else may have written there.
 * @returns {Chosen}
 */
export function believed() {
  const inputs = /** @type {HTMLInputElement[]} */ (all("#d-settings input"));
  const isOffered = (/** @type {[string, string]} */ [name, value]) =>
    inputs.some(
      (input) => input.name === name && (input.value === value || (input.type === "checkbox" && value === "off")),
    );
  return Object.fromEntries(Object.entries(read()).filter(isOffered));
}

/** @param {Chosen} chosen */
export function apply(chosen) {
  for (const name of ["size", "airy"]) {
    if (chosen[name]) root.style.setProperty(`--${name}`, chosen[name]);
    else root.style.removeProperty(`--${name}`);
  }
  for (const name of ["light", "contrast", "calm", "shift", "keys"]) {
    if (chosen[name]) root.dataset[name] = chosen[name];
    else delete root.dataset[name];
  }
}
