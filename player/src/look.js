// How the course looks on this device, by the learner's own choice.

import { recall, remember } from "./device.js";

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

/** @param {Chosen} chosen */
export function keep(chosen) {
  remember("look", Object.keys(chosen).length > 0 ? JSON.stringify(chosen) : "");
}

/** @param {Chosen} chosen */
export function apply(chosen) {
  for (const name of ["size", "airy"]) {
    if (chosen[name]) root.style.setProperty(`--${name}`, chosen[name]);
    else root.style.removeProperty(`--${name}`);
  }
  for (const name of ["light", "contrast", "calm", "shift"]) {
    if (chosen[name]) root.dataset[name] = chosen[name];
    else delete root.dataset[name];
  }
}
