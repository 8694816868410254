// The units of a package: a list from which each can be launched, with how far the learner has come in it.

import { byId, make } from "./dom.js";
import { words } from "./words.js";

export class Units {
  /** @type {{ title: string }[]} */
  #units = [];
  #chosen = 0;
  /** What the LMS has stored of those that were opened. @type {Map<number, string>} */
  #statuses = new Map();

  /** @param {() => void} launch the one that is chosen */
  constructor(launch) {
    byId("unit-list").addEventListener("click", (event) => {
      const item = /** @type {Element} */ (event.target).closest("li");
      if (!item) return;
      this.#chosen = [...byId("unit-list").children].indexOf(item);
      this.#draw();
      launch();
    });
  }

  /** The number of the one that is chosen, from 0. */
  get chosen() {
    return this.#chosen;
  }

  /** The title of the one that is chosen; empty where there is no choice. */
  get title() {
    return this.#units.length > 1 ? this.#units[this.#chosen].title : "";
  }

  /** @param {{ title: string }[]} units */
  show(units) {
    this.#units = units;
    if (this.#chosen >= units.length) this.#chosen = 0;
    byId("units").hidden = units.length < 2;
    byId("unit-list").replaceChildren(
      ...units.map(({ title }) =>
        make("li", {}, make("button", { type: "button" }, make("b", {}, title), make("small", {}))),
      ),
    );
    this.#draw();
  }

  /** @param {[number, string][]} statuses */
  tell(statuses) {
    this.#statuses = new Map(statuses);
    this.#draw();
  }

  // The buttons stay: one of them may have the focus.
  #draw() {
    for (const [at, button] of byId("unit-list").querySelectorAll("button").entries()) {
      const status = this.#statuses.get(at);
      const isOpen = at === this.#chosen;
      button.setAttribute("aria-current", String(isOpen));
      const told = isOpen ? words.unit_open : status === undefined ? words.unit_none : status || words.unit_opened;
      button.querySelector("small")?.replaceChildren(told);
    }
  }
}
