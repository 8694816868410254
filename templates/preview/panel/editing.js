// From the course to its source: opening a place, and changing a text where it is.

import { byId, fillNodes, isPressed, press } from "./dom.js";
import { post } from "./server.js";
import { SourceView } from "./source-view.js";
import { attempt, code, say } from "./status.js";
import { place } from "./text.js";
import { showPane } from "./view.js";
import { filled, words } from "./words.js";

/** @param {{ refused: string, cure?: string }} answer */
const reasonOf = ({ refused, cure }) => [refused, cure].filter(Boolean).join(" ");

export class Editing {
  #stage;
  #shown;
  /** The last change of a text that can be undone. @type {unknown} */
  #undoable = null;
  /** Files that the panel has written, and that were not shown since. @type {Set<string>} */
  #own = new Set();

  /**
   * @param {import("./stage.js").Stage} stage
   * @param {import("./shown.js").Shown} shown
   */
  constructor(stage, shown) {
    this.#stage = stage;
    this.#shown = shown;
    this.source = new SourceView((file, line) => this.open(file, line));
    byId("edit").addEventListener("click", () => this.toggle());
    byId("undo").addEventListener("click", () => this.undo());
  }

  /** Files were written here, and are not shown yet. */
  get isWriting() {
    return this.#own.size > 0;
  }

  /**
   * Whether a file that is shown now was written here.
   * @param {string} file
   */
  isOwn(file) {
    return this.#own.delete(file);
  }

  /** @param {string} file @param {number} line */
  async open(file, line) {
    const answer = await attempt(() => post("/open", { file, line }));
    if (!answer) return;
    const where = place(file, line);
    if (answer.editor) say(...fillNodes(words.opened, { editor: String(answer.editor), place: code(where) }));
    else {
      await this.source.show(file, line);
      say(...fillNodes(words.no_editor, { place: code(where) }));
      showPane("course");
    }
  }

  /** @param {import("./messages.js").Open} asked by the stage */
  openFromStage({ file, line }) {
    // Anybody's package may not open files of this computer.
    if (this.#shown.isCourse) this.open(file, line);
  }

  openPage() {
    const now = this.#shown.pageNow;
    if (now) this.open(now.file, 1);
  }

  /** @param {import("./messages.js").Edit} asked by the stage */
  async edit({ mark, old, text }) {
    if (!this.#shown.isCourse || !isPressed(byId("edit"))) return;
    const answer = await attempt(() => post("/edit", { mark, old, text }));
    if (!answer) {
      this.#stage.tell({ kind: "edited", mark, refused: byId("say").textContent, text });
    } else if (answer.refused) {
      const reason = reasonOf(answer);
      this.#stage.tell({ kind: "edited", mark, refused: reason, text });
      say(filled(words.refused, { reason }));
    } else {
      this.#stage.tell({ kind: "edited", mark, text });
      this.#wrote(answer);
    }
  }

  /** @param {{ file: string, line: number, undo: unknown }} answer */
  #wrote({ file, line, undo }) {
    say(...fillNodes(words.written, { place: code(place(file, line)) }));
    this.#own.add(file);
    this.#undoable = undo ?? null;
    byId("undo").textContent = words.undo;
    byId("undo").hidden = this.#undoable === null;
  }

  /** @param {import("./notes.js").Fix} fix */
  async change(fix) {
    const answer = await attempt(() => post("/fix", fix));
    if (answer?.refused) say(filled(words.refused, { reason: reasonOf(answer) }));
    else if (answer) this.#wrote(answer);
  }

  async undo() {
    if (this.#undoable === null) return;
    const answer = await attempt(() => post("/undo", { undo: this.#undoable }));
    if (!answer) return;
    this.#undoable = null;
    if (answer.refused) say(filled(words.refused, { reason: reasonOf(answer) }));
    else {
      this.#own.add(answer.file);
      say(...fillNodes(words.undone, { file: code(String(answer.file)) }));
    }
  }

  toggle() {
    if (!this.#shown.isCourse) return say(words.edit_not);
    const on = !isPressed(byId("edit"));
    press(byId("edit"), on);
    this.#tell(on);
    say(on ? words.edit_on : words.edit_off);
  }

  /** A document that was loaded again knows nothing of it. */
  tellAgain() {
    if (isPressed(byId("edit"))) this.#tell(true);
  }

  /** @param {boolean} on */
  #tell(on) {
    this.#stage.tell({ kind: "editing", on, words: words.editing });
  }
}
