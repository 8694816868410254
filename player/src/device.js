// What this device remembers of how a course is looked at. It says nothing of what was done, and is sent nowhere.

/**
 * @param {string} name
 * @returns {string} empty when nothing was kept, or nothing may be
 */
export function recall(name) {
  try {
    return window.localStorage.getItem(`coursepack:${name}`) || "";
  } catch {
    return "";
  }
}

/**
 * On a device that keeps nothing it holds for as long as the page is open.
 * @param {string} name
 * @param {string} value empty: it is forgotten
 */
export function remember(name, value) {
  try {
    if (value) window.localStorage.setItem(`coursepack:${name}`, value);
    else window.localStorage.removeItem(`coursepack:${name}`);
  } catch {
    // Some browsers throw even when storage is named.
  }
}
