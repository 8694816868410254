// The view is kept in the address, and by a cookie for the next preview, which has another port. Other servers on this
// machine can read and write the cookie: it holds no secret, and what it says is only chosen from what there is.

const NAME = "coursepack-panel";
const YEAR = 365 * 24 * 60 * 60;

/** @typedef {"width" | "tab" | "lms" | "seen"} Name */

/** @returns {URLSearchParams} */
function kept() {
  const found = document.cookie.split("; ").find((each) => each.startsWith(`${NAME}=`));
  return new URLSearchParams(found?.slice(NAME.length + 1));
}

/**
 * What the address says, or else what was chosen last.
 * @param {Name} name
 */
export const recall = (name) => new URLSearchParams(location.hash.slice(1)).get(name) ?? kept().get(name);

/**
 * @param {Name} name
 * @param {string} value
 */
export function remember(name, value) {
  const values = kept();
  values.set(name, value);
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not in all browsers.
  document.cookie = `${NAME}=${values}; Max-Age=${YEAR}; Path=/; SameSite=Strict`;
  if (name === "seen") return;
  const shown = new URLSearchParams(location.hash.slice(1));
  shown.set(name, value);
  history.replaceState(null, "", `#${shown}`);
}
