// Elements of the panel. Text becomes text nodes: nothing of a course or a package is ever read as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} id */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The panel has no #${id}.`);
  return found;
}

/** @param {string} id */
export const input = (id) => /** @type {HTMLInputElement} */ (byId(id));

/** @param {string} id */
export const dialog = (id) => /** @type {HTMLDialogElement} */ (byId(id));

/**
 * An element with attributes and children. An attribute is left out when it is false or null, and empty when true.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | null>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/**
 * A sign of the panel; its word stands beside it.
 * @param {string} name
 * @param {string} [tone]
 */
export function sign(name, tone = name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `i sign ${tone}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/**
 * A template with elements or texts for its values: `Opened in {editor}: {place}`.
 * @param {string} template
 * @param {Record<string, Node | string>} values
 * @returns {(Node | string)[]}
 */
export const fillNodes = (template, values) =>
  template.split(/\{(\w+)\}/).map((part, at) => (at % 2 ? (values[part] ?? "") : part));

/**
 * @param {Element} element
 * @param {boolean} on
 */
export const press = (element, on) => element.setAttribute("aria-pressed", String(on));

/** @param {Element} element */
export const isPressed = (element) => element.getAttribute("aria-pressed") === "true";

/**
 * A text of the author's words, in which what stands between grave accents is code.
 * @param {string} text
 */
export const withCode = (text) => text.split("`").map((part, at) => (at % 2 ? make("code", {}, part) : part));
