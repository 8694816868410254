// The tabs of data and state: what the LMS holds, and what its state means.

import { byId, make, sign } from "./dom.js";
import { Model } from "./model.js";
import { post, ServerError } from "./server.js";
import { count, filled, n, words } from "./words.js";

/** @typedef {{ limit: number | null, most: number | null } | null} Room characters that a standard and a course need */

export class Data {
  #model = new Model();
  #raw = "";
  /** @type {Room} */
  #room = null;
  /** Whether states can be read: those of a course. */
  #isCourse = false;
  #here = "";
  /** @type {string | null} the state that was decoded last */
  #decoded = null;
  #isDrawn = true;

  constructor() {
    this.#draw();
  }

  /** A launch begins: changes are counted from it. */
  launch() {
    this.#model.launch();
    this.#raw = "";
    this.#later();
  }

  /** @param {Record<string, string>} values @param {string} state */
  hold(values, state) {
    this.#model.hold(values);
    this.#raw = state;
    this.#later();
  }

  /** @param {string} name @param {string} value */
  write(name, value) {
    this.#model.write(name, value);
    this.#later();
  }

  /** @param {Room} room @param {boolean} isCourse */
  measure(room, isCourse) {
    this.#room = room;
    this.#isCourse = isCourse;
    // The course may have changed under the state.
    this.#decoded = null;
    this.#later();
  }

  /** @param {string} page the learner is on */
  at(page) {
    this.#here = page;
    this.#decoded = null;
    this.#later();
  }

  /** The tab of the state is shown now. */
  shown() {
    this.#later();
  }

  #later() {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#isDrawn = true;
    const elements = this.#model.elements;
    byId("data").replaceChildren(...elements.map(drawn));
    byId("no-data").textContent = elements.length ? "" : words.no_data;
    const changed = elements.filter(isChanged).length;
    byId("count-data").textContent = changed ? n(changed) : "";
    this.#drawRoom();
    byId("raw").textContent = this.#raw || words.no_state;
    if (!byId("panel-state").hidden && this.#decoded !== this.#raw) this.#decode();
  }

  #drawRoom() {
    const { limit = null, most = null } = this.#room ?? {};
    const { length } = this.#raw;
    byId("gauge").hidden = !limit;
    byId("gauge-most").hidden = !most;
    if (limit) {
      byId("gauge-used").style.width = `${Math.min(100, (100 * length) / limit)}%`;
      byId("gauge-most").style.insetInlineStart = `${Math.min(100, (100 * (most ?? 0)) / limit)}%`;
    }
    const used = limit ? filled(words.room, { n: length, limit }) : filled(words.no_limit, { n: length });
    byId("room").textContent = most ? `${used} ${filled(words.room_most, { most })}` : used;
  }

  async #decode() {
    const raw = this.#raw;
    this.#decoded = raw;
    byId("decoded").hidden = true;
    if (!raw || !this.#isCourse) {
      byId("means").textContent = this.#isCourse ? words.state_none : words.state_strange;
      return;
    }
    try {
      const answer = await post("/state", { raw });
      // Another state may have come in the meantime.
      if (raw === this.#raw) this.#tell(answer);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      byId("means").textContent = filled(words.failed, { reason: error.message || words.no_answer });
    }
  }

  /** @param {any} answer as `coursepack state --json` says it */
  #tell(answer) {
    const { pages = [], questions = [], means = "", message = "" } = answer;
    byId("means").textContent = message || [opened(pages), means].filter(Boolean).join(" ");
    byId("decoded").hidden = Boolean(message);
    byId("pages").replaceChildren(
      ...pages.map((/** @type {any} */ { id, title, opened: isOpened }) =>
        make(
          "li",
          { class: isOpened ? null : "no" },
          isOpened ? sign("ok") : sign("ring", "unknown"),
          make(
            "span",
            {},
            String(title),
            make("span", { class: "sr" }, `, ${isOpened ? words.opened_page : words.unopened_page}`),
          ),
          make("code", {}, id === this.#here ? `${id} (${words.here})` : String(id)),
        ),
      ),
    );
    const answered = questions.filter((/** @type {any} */ each) => each.answered);
    byId("answers").replaceChildren(
      ...answered.map((/** @type {any} */ { id, question, right }) =>
        make(
          "li",
          {},
          make("span", {}, String(question)),
          make("span", {}, right === null ? words.answered : right ? words.right : words.wrong),
          make("code", {}, String(id)),
        ),
      ),
    );
    if (!answered.length) byId("answers").append(make("li", { class: "no" }, words.no_answers));
  }
}

/** @param {{ opened: boolean }[]} pages */
const opened = (pages) =>
  filled(words.opened_pages, { n: pages.filter((each) => each.opened).length, of: pages.length });

/** @param {import("./model.js").Element} element */
const isChanged = ({ was, times }) => was !== null || times > 0;

/** @param {import("./model.js").Element} element */
function drawn(element) {
  const { name, value, was, times } = element;
  const shown = make("td", {}, make("b", {}, value || words.empty));
  if (isChanged(element)) {
    const told = [
      ...(was === null ? [] : [filled(words.was, { value: was || words.empty })]),
      ...(times ? [count(words.written_times, times)] : []),
    ];
    shown.append(make("span", { class: "was" }, told.join(", ")));
  }
  return make("tr", { class: isChanged(element) ? "new" : null }, make("td", {}, name), shown);
}
