// Small helpers for a document that is already there. Text goes in as text, never as markup.

/**
 * @param {string} selector
 * @param {ParentNode} within
 * @returns {HTMLElement | null}
 */
export function one(selector, within = document) {
  return within.querySelector(selector);
}

/**
 * @param {string} selector
 * @param {ParentNode} within
 * @returns {HTMLElement[]}
 */
export function all(selector, within = document) {
  return [...within.querySelectorAll(/** @type {"div"} */ (selector))];
}

/** @type {Map<string, HTMLElement[]>} */
const known = new Map();

/**
 * Elements that stay as long as their language: a search of the whole document takes the longer, the more pages it has.
 * @param {string} selector
 */
export function lasting(selector) {
  let found = known.get(selector);
  if (!found?.every(({ isConnected }) => isConnected)) {
    found = all(selector);
    // Some may not have loaded yet.
    if (document.readyState !== "loading") known.set(selector, found);
  }
  return found;
}

/**
 * The words of a place; of a formula those of its annotation, since its signs in a row say something else.
 * @param {Element | null} place
 */
export function wordsOf(place) {
  const copy = /** @type {Element} */ (place?.cloneNode(true));
  for (const signs of all("semantics > :first-child", copy)) signs.remove();
  return copy.textContent || "";
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} content
 */
export function element(tag, attributes, ...content) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

/**
 * The attributes of words that come from a place: none where that is in the language of the course.
 * @param {Element | null} [place]
 * @returns {Record<string, string>}
 */
export function tongue(place) {
  const marked = /** @type {HTMLElement | null | undefined} */ (place?.closest("nav [lang], main [lang]"));
  return marked ? { lang: marked.lang, dir: marked.dir } : {};
}

/** What marks the title of a page that is not translated, in the menu. @param {string} id */
export const untranslated = (id) => one(`[data-page="${id}"] [lang]`, lasting("[data-menu-nav]")[0]);

/** The title of a page, marked with its language where that is another. @param {string} id */
export function titleOf(id) {
  return element("span", tongue(untranslated(id)), document.getElementById(id)?.dataset.title || "");
}

/** Moves focus to words, which take none by themselves. @param {HTMLElement | null} place */
export function focusOn(place) {
  if (!place) return;
  place.tabIndex = -1;
  place.focus();
}

/**
 * Brings something into view within what scrolls around it, and moves nothing else: the page stays where it is.
 * @param {Element} inner
 * @param {Element} outer
 */
export function reveal(inner, outer) {
  const [it, box] = [inner.getBoundingClientRect(), outer.getBoundingClientRect()];
  if (it.top < box.top || it.bottom > box.bottom) outer.scrollTop += it.top - box.top - box.height / 4;
}

/**
 * @param {Element} place
 * @param {boolean} isThere whether it has the attributes or none of them
 * @param {Record<string, string>} attributes
 */
export function put(place, isThere, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (isThere) place.setAttribute(name, value);
    else place.removeAttribute(name);
  }
}

/**
 * The element that an event is about: its target, or an ancestor of it.
 * @param {EventTarget | null} target
 * @param {string} selector
 */
export function around(target, selector) {
  return target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest(selector)) : null;
}

/**
 * Listens on the document, so that elements of any language need no listeners of their own.
 * @template {keyof DocumentEventMap} K
 * @param {K} name of the event
 * @param {string} selector of what it is about
 * @param {(about: HTMLElement, event: DocumentEventMap[K]) => void} listener
 */
export function on(name, selector, listener) {
  document.addEventListener(name, (event) => {
    const about = around(event.target, selector);
    if (about) listener(about, event);
  });
}

/** Whether the browser opens a link in another window or tab. @param {MouseEvent} event */
export const opensAnother = ({ ctrlKey, metaKey, shiftKey }) => ctrlKey || metaKey || shiftKey;

/** @param {string} name a symbol of the document */
export function icon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  const use = document.createElementNS(namespace, "use");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/**
 * A verdict on an answer.
 * @param {string} sign a symbol of the document
 * @param {string} title
 * @param {string[]} texts
 */
export function verdict(sign, title, texts) {
  return [element("strong", {}, icon(sign), title), ...texts.map((text) => element("p", {}, text))];
}

/**
 * @param {string} text with names in braces
 * @param {Record<string, string | number>} values
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** @type {string[]} */
let unsaid = [];

/**
 * Announces a text once, politely. Texts of the same task are announced together.
 * @param {string} text
 */
export function say(text) {
  const region = one("[data-say]");
  if (!region) return;
  unsaid.push(text);
  if (unsaid.length > 1) return;
  region.textContent = "";
  // A live region announces changes: the same text again is none unless the region was empty in between.
  setTimeout(() => {
    region.textContent = unsaid.join(" ");
    unsaid = [];
  }, 60);
}

/** @param {() => void} work when the browser has nothing more urgent, and soon in any case */
export function whenIdle(work) {
  if ("requestIdleCallback" in window) requestIdleCallback(work, { timeout: 1000 });
  else setTimeout(work, 50);
}

/** The whole document has loaded. */
export function whole() {
  return new Promise((done) => {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", done);
    else done(null);
  });
}
