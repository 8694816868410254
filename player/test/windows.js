// Windows that stand around a course, as far as looking for an LMS in them goes.

/**
 * A window that is neither framed nor opened.
 * @param {string} name of the LMS's object
 * @param {object | undefined} api
 */
export function windowWith(name, api) {
  const window = { [name]: api, opener: null };
  window.parent = window;
  return window;
}

/**
 * A window whose every property throws, as one of another origin does; `parent` alone can be read.
 * @param {object | undefined} parent
 */
export function foreignWindow(parent) {
  return new Proxy(
    {},
    {
      get(_, name) {
        if (name === "parent") return parent;
        throw new Error(`Blocked a frame with origin "x" from accessing ${String(name)}.`);
      },
    },
  );
}

/**
 * A window so many frames below another.
 * @param {number} depth
 * @param {object} top
 */
export function nested(depth, top) {
  let window = top;
  for (let level = 0; level < depth; level += 1) window = { parent: window, opener: null };
  return window;
}
