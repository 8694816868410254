// The data model of the LMS, with what changed since the launch. Without a document, so that it can be tested alone.

/**
 * @typedef {object} Element
 * @property {string} name
 * @property {string} value
 * @property {string | null} was the value before it changed last; null if it has not changed since the launch
 * @property {number} times how often it was written since the launch
 */

const MOST_ELEMENTS = 2000;

export class Model {
  /** @type {Map<string, Element>} */
  #elements = new Map();

  /** The next values are those of a new launch. */
  launch() {
    this.#elements.clear();
  }

  /**
   * What the LMS holds now. An element that is met for the first time was only read.
   * @param {Record<string, string>} values by element
   */
  hold(values) {
    for (const [name, value] of Object.entries(values)) {
      const before = this.#elements.get(name);
      if (!before) this.#add(name, value, null);
      else if (before.value !== value) Object.assign(before, { was: before.value, value });
    }
    for (const name of this.#elements.keys()) if (!Object.hasOwn(values, name)) this.#elements.delete(name);
  }

  /**
   * The package wrote an element.
   * @param {string} name
   * @param {string} value
   */
  write(name, value) {
    const element = this.#elements.get(name) ?? this.#add(name, "", "");
    if (!element) return;
    if (element.value !== value) Object.assign(element, { was: element.value, value });
    element.times += 1;
  }

  /**
   * @param {string} name
   * @param {string} value
   * @param {string | null} was
   */
  #add(name, value, was) {
    if (this.#elements.size >= MOST_ELEMENTS) return null;
    const element = { name, value, was, times: 0 };
    this.#elements.set(name, element);
    return element;
  }

  /** All elements, in the order in which they were first met. */
  get elements() {
    return [...this.#elements.values()];
  }
}
