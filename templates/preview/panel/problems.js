// Mistakes in the source: the overlay at the foot of the stage, and the list of all problems.

import { byId, dialog, make, withCode } from "./dom.js";
import { told } from "./notes.js";
import { ServerError } from "./server.js";
import { drawnLine, linesOf } from "./source-view.js";
import { place, sentence } from "./text.js";
import { count, filled, words } from "./words.js";

/** @typedef {import("./notes.js").Problem} Problem */

/** Lines of source in the overlay. */
const LINES = 4;

/** @param {Problem} problem */
const isError = ({ severity }) => severity === "error" || severity === "fatal";

export class Problems {
  /** @type {Problem[]} */
  #all = [];
  /** @type {Problem[]} */
  #errors = [];
  #at = 0;
  #overlay = byId("error");
  #open;
  /** When the page behind was shown. */
  #good = "";

  /**
   * @param {(file: string, line: number) => void} open
   * @param {(fix: import("./notes.js").Fix) => void} fix
   */
  constructor(open, fix) {
    this.#open = open;
    byId("error-fold").addEventListener("click", () => this.fold(!this.isFolded));
    byId("error-next").addEventListener("click", () => this.#next());
    byId("error-open").addEventListener("click", () => {
      const { file, line } = this.#errors[this.#at];
      if (file) open(file, line ?? 1);
    });
    byId("error-fix").addEventListener("click", () => {
      const proposed = this.#errors[this.#at].fix;
      if (proposed) fix(proposed);
    });
    this.#drawSum();
  }

  /** @param {string} time when a page was last shown as its source is */
  good(time) {
    this.#good = time;
  }

  get isShown() {
    return !this.#overlay.hidden;
  }

  get isFolded() {
    return this.#overlay.classList.contains("folded");
  }

  /** @param {boolean} on */
  fold(on) {
    this.#overlay.classList.toggle("folded", on);
    byId("error-fold").setAttribute("aria-expanded", String(!on));
  }

  /**
   * All problems of the course as it is now.
   * @param {Problem[]} all
   * @returns {Problem | null} the first error, if it was not there before
   */
  set(all) {
    const before = new Set(this.#errors.map(key));
    this.#all = all;
    this.#errors = all.filter(isError);
    this.#at = 0;
    const isNew = this.#errors.length > 0 && !before.has(key(this.#errors[0]));
    if (isNew) this.fold(false);
    this.#overlay.hidden = !this.#errors.length;
    if (this.#errors.length) this.#draw();
    this.#drawSum();
    return isNew ? this.#errors[0] : null;
  }

  /** F8: the overlay, then the next error; without errors, the list of problems. */
  forward() {
    if (!this.isShown) {
      if (!dialog("problems").open) dialog("problems").showModal();
      return;
    }
    if (this.isFolded) this.fold(false);
    else if (this.#overlay.contains(document.activeElement)) this.#next();
    byId("error-open").focus();
  }

  #next() {
    this.#at = (this.#at + 1) % this.#errors.length;
    this.#draw();
  }

  #draw() {
    const { message, file, line, hint, why, rule, fix } = this.#errors[this.#at];
    byId("error-what").textContent = sentence(message);
    byId("error-place").textContent = file ? place(file, line) : "";
    const several = this.#errors.length > 1;
    byId("error-of").textContent = several ? filled(words.of, { n: this.#at + 1, of: this.#errors.length }) : "";
    byId("error-next").hidden = !several;
    for (const [id, text] of Object.entries({ "error-cure": hint, "error-why": why })) {
      byId(id).hidden = !text;
      byId(id).lastElementChild?.replaceChildren(...withCode(text ?? ""));
    }
    byId("error-open").hidden = !file;
    byId("error-open").textContent = filled(words.open_line, { line: line ?? 1 });
    byId("error-fix").hidden = true;
    byId("error-fix").textContent = fix ? filled(words.fix, { text: fix.text }) : "";
    byId("error-rule").textContent = rule;
    byId("error-behind").textContent = this.#good ? filled(words.behind, { time: this.#good }) : "";
    this.#drawLines(this.#errors[this.#at]);
  }

  /** @param {Problem} problem */
  async #drawLines({ file, line, column, fix }) {
    const at = this.#at;
    const lines = byId("error-lines");
    lines.hidden = true;
    if (!file || !line) return;
    try {
      const all = await linesOf(file, line);
      if (at !== this.#at) return;
      const first = Math.max(0, all.findIndex(([number]) => number === line) - 2);
      lines.replaceChildren(...all.slice(first, first + LINES).map((each) => drawnLine(each, line, column ?? null)));
      lines.hidden = false;
      const text = all.find(([number]) => number === line)?.[1] ?? "";
      byId("error-fix").hidden = !fix || !text.startsWith(fix.old, fix.column - 1);
    } catch (error) {
      // A file that cannot be read is what the error itself says.
      if (!(error instanceof ServerError)) throw error;
    }
  }

  #drawSum() {
    const warnings = this.#all.filter(({ severity }) => severity === "warning").length;
    const sum = filled(words.sum, {
      errors: count(words.errors, this.#errors.length),
      warnings: count(words.warnings, warnings),
    });
    const worst = this.#errors.length ? "error" : warnings ? "warning" : "ok";
    byId("sum").textContent = sum;
    byId("sum-sign").setAttribute("class", `i sign ${worst}`);
    byId("sum-sign").firstElementChild?.setAttribute("href", `#i-${worst}`);
    byId("h-problems").textContent = sum;
    const items = this.#all.map((each) =>
      told(each, (file, line) => {
        dialog("problems").close();
        this.#open(file, line);
      }),
    );
    byId("problem-list").replaceChildren(...(items.length ? items : [make("li", { class: "ok" }, words.no_problems)]));
  }
}

/** @param {Problem} problem */
const key = ({ rule, message, file, line }) => JSON.stringify([rule, message, file, line]);
