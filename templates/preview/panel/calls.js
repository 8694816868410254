// The tab of calls: what package and LMS, or LRS, said to each other.

import { byId, input, make, press } from "./dom.js";
import { isBad, MOST_ROWS, rows } from "./log.js";
import { short } from "./text.js";
import { count, filled, language, n, words } from "./words.js";

/** @typedef {import("./log.js").Entry} Entry @typedef {import("./log.js").Row} Row @typedef {import("./log.js").Show} Show */

const MOST_SHOWN = 120;
/** Pixels from the end within which one counts as being there. */
const NEAR = 40;

export class Calls {
  /** @type {(Entry & { unit: number })[]} */
  #entries = [];
  /** @type {Show} */
  #show = "writes";
  #isDrawn = true;
  #shown = 0;
  /** Rows that came while one had scrolled up. */
  #unseen = 0;
  #start = Date.now();
  /** The unit that is open: only what was said of it is shown. */
  #unit = 0;
  #panel = byId("panel-calls");

  constructor() {
    for (const button of document.querySelectorAll("[data-show]")) {
      button.addEventListener("click", () => {
        this.#show = /** @type {Show} */ (button.getAttribute("data-show"));
        for (const each of document.querySelectorAll("[data-show]")) press(each, each === button);
        this.#draw();
        this.#toEnd();
      });
    }
    input("search-calls").addEventListener("input", () => this.#draw());
    byId("new-rows").addEventListener("click", () => this.#toEnd());
    this.#panel.addEventListener("scroll", () => {
      if (this.#isAtEnd) this.#seen();
    });
    byId("export").addEventListener("click", () => this.export());
    this.#draw();
  }

  /** A launch of a unit begins: times are counted from it. @param {number} unit */
  launch(unit) {
    this.#start = Date.now();
    this.#unit = unit;
  }

  /** @param {string} text */
  note(text) {
    this.add({ kind: "note", text, at: this.#since(Date.now()) });
  }

  /** A request to the LRS, as the server tells it. @param {any} request */
  request({ n, method, url, status, body, ms, at, statements = [], unit }) {
    const seconds = this.#since(1000 * at);
    this.add({ kind: "request", n, method, url, status: status ?? 0, body, ms, at: seconds, statements }, unit);
  }

  /** Seconds of the launch. @param {number} at milliseconds since 1970 */
  #since = (at) => Math.max(0, (at - this.#start) / 1000);

  /** @param {Entry} entry @param {number} [unit] that it is of: the one that is open */
  add(entry, unit = this.#unit) {
    this.#entries.push({ ...entry, unit });
    if (this.#entries.length > 2 * MOST_ROWS) this.#entries = this.#entries.slice(-MOST_ROWS);
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    requestAnimationFrame(() => this.#draw());
  }

  /** Saves all that was said as a JSON file. */
  export() {
    const file = new Blob([JSON.stringify(this.#entries.slice(-MOST_ROWS), null, 2)], { type: "application/json" });
    const href = URL.createObjectURL(file);
    make("a", { href, download: "calls.json" }).click();
    URL.revokeObjectURL(href);
  }

  get #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#panel;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  #toEnd() {
    this.#panel.scrollTop = this.#panel.scrollHeight;
    this.#seen();
  }

  #seen() {
    this.#unseen = 0;
    byId("new-rows").hidden = true;
  }

  #draw() {
    this.#isDrawn = true;
    const wasAtEnd = this.#isAtEnd;
    const own = this.#entries.filter(({ unit }) => unit === this.#unit);
    const entries = own.slice(-MOST_ROWS);
    const found = rows(entries, this.#show, input("search-calls").value, language);
    byId("calls").replaceChildren(...found.map(drawn));
    const said = entries.filter(({ kind }) => kind !== "note");
    const none = byId("no-calls");
    none.hidden = found.some(({ kind }) => kind !== "note");
    none.textContent = said.length ? words.no_rows : words.no_calls;
    byId("more-calls").hidden = own.length <= MOST_ROWS;
    byId("more-calls").textContent = filled(words.more_rows, { n: MOST_ROWS });
    const bad = said.filter(isBad).length;
    byId("count-calls").textContent = bad ? count(words.bad_rows, bad) : said.length ? n(said.length) : "";
    byId("count-calls").classList.toggle("bad", bad > 0);
    if (wasAtEnd) this.#toEnd();
    else this.#tellNew(found.length - this.#shown);
    this.#shown = found.length;
  }

  /** @param {number} more */
  #tellNew(more) {
    this.#unseen = Math.max(0, this.#unseen + more);
    byId("new-rows").hidden = this.#unseen === 0;
    byId("new-rows").textContent = count(words.new_rows, this.#unseen);
  }
}

/** @param {Row} row */
function drawn(row) {
  const at = make("td", { class: "t num" }, n(row.at, 2));
  if (row.kind === "note") return make("tr", { class: "say" }, at, make("td", { colspan: 2 }, row.name));
  const what = make("td", {}, make("b", {}, row.name));
  row.values.forEach(([name, value], index) => {
    what.append(index ? ", " : " ", make("span", { class: "k" }, short(name, MOST_SHOWN)));
    if (value) what.append(" ", make("span", { class: "v" }, short(value, MOST_SHOWN)));
  });
  if (row.body) what.append(make("details", {}, make("summary", {}, "JSON"), make("pre", {}, row.body)));
  const result = make("td", { class: "r" }, row.error ? `${row.error} ` : "", short(row.result || "”", 24));
  if (row.ms) result.append(" ", make("span", { class: "num" }, `${n(row.ms)} ms`));
  return make("tr", { class: row.isBad ? `${row.kind} bad` : row.kind }, at, what, result);
}
