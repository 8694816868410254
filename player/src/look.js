// How the course looks on this device, by the learner's own choice.

/** @typedef {Record<string, string>} Chosen what the learner has chosen and the device would not, by name */

const KEY = "coursepack:look";
const root = document.documentElement;

/** @returns {Chosen} */
export function read() {
  try {
    const kept = JSON.parse(window.localStorage.getItem(KEY) || "");
    return Object(kept) === kept ? kept : {};
  } catch {
    // Nothing was kept, or nothing may be.
    return {};
  }
}

/** @param {Chosen} chosen */
export function keep(chosen) {
  try {
    if (Object.keys(chosen).length > 0) window.localStorage.setItem(KEY, JSON.stringify(chosen));
    else window.localStorage.removeItem(KEY);
  } catch {
    // Then it holds for as long as the page is open.
  }
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
