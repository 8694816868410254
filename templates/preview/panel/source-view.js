// Lines of the source, in the view at the foot of the stage and in the overlay of an error.

import { byId, make } from "./dom.js";
import { get, ServerError } from "./server.js";
import { place } from "./text.js";
import { filled, words } from "./words.js";

/** A word of a source: a key, an id, a path. */
const WORD = /[\p{L}\p{N}_./-]+/uy;

/**
 * @param {string} file of the course
 * @param {number} line
 * @returns {Promise<[number, string][]>} numbered lines around it
 */
export const linesOf = async (file, line) =>
  (await get(`/source?${new URLSearchParams({ file, line: String(line) })}`)).lines;

/**
 * A line, with its number and, where `column` says where a mistake is, the word there marked.
 * @param {[number, string]} numbered
 * @param {number} at the line that is asked for
 * @param {number | null} [column] from 1; null for no mistake
 */
export function drawnLine([number, text], at, column) {
  const row = make("div", {}, make("span", {}, String(number)));
  if (number !== at) {
    row.append(text);
    return row;
  }
  row.className = column === undefined ? "at" : "at bad";
  const start = (column ?? 1) - 1;
  WORD.lastIndex = start;
  const word = column ? (WORD.exec(text)?.[0] ?? "") : "";
  row.append(text.slice(0, start), ...(word ? [make("mark", {}, word)] : []), text.slice(start + word.length));
  return row;
}

export class SourceView {
  #view = byId("source");
  #file = "";
  #line = 1;

  /** @param {(file: string, line: number) => void} open in the editor */
  constructor(open) {
    byId("source-close").addEventListener("click", () => this.close());
    byId("source-open").addEventListener("click", () => open(this.#file, this.#line));
  }

  get isOpen() {
    return !this.#view.hidden;
  }

  /**
   * @param {string} file
   * @param {number} line
   */
  async show(file, line) {
    this.#file = file;
    this.#line = line;
    byId("source-place").textContent = place(file, line);
    const lines = byId("source-lines");
    try {
      lines.replaceChildren(...(await linesOf(file, line)).map((each) => drawnLine(each, line)));
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      lines.replaceChildren(filled(words.no_source, { reason: error.message || words.no_answer }));
    }
    this.#view.hidden = false;
    const at = /** @type {HTMLElement | null} */ (lines.querySelector(".at"));
    if (at) lines.scrollTop = at.offsetTop - (lines.clientHeight - at.offsetHeight) / 2;
  }

  close() {
    this.#view.hidden = true;
  }
}
