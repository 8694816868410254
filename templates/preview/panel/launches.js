// Launches of the course in the stand-in LMS, and what the buttons do to it.

import { isPressed, press } from "./dom.js";
import { looks } from "./looks.js";
import { post } from "./server.js";
import { attempt } from "./status.js";
import { filled, words } from "./words.js";

/** Acts after which the course is launched anew. */
const LAUNCHES = ["resume", "new", "other", "review", "browse", "wipe"];
/** Acts that a package without modes of launch has no use for. */
const MODES = ["review", "browse"];

/** @param {string} name */
const byAct = (name) => /** @type {HTMLButtonElement} */ (document.querySelector(`[data-act="${name}"]`));

export class Launches {
  #stage;
  #shown;
  #units;
  #chooser;
  #calls;
  #data;
  /** It is known which LMS to launch in, and the line to it is as it is chosen. */
  #isAllowed = false;
  /** What the log says of the next launch, once the learner has left. */
  #launching = "";
  /** The course was launched, so that there is something to leave. */
  #isOpen = false;

  /**
   * @param {import("./stage.js").Stage} stage
   * @param {import("./shown.js").Shown} shown
   * @param {import("./units.js").Units} units
   * @param {import("./chooser.js").Chooser} chooser
   * @param {import("./calls.js").Calls} calls
   * @param {import("./data.js").Data} data
   */
  constructor(stage, shown, units, chooser, calls, data) {
    this.#stage = stage;
    this.#shown = shown;
    this.#units = units;
    this.#chooser = chooser;
    this.#calls = calls;
    this.#data = data;
  }

  /** The stage is loaded, on which another package may be. */
  load() {
    this.#isOpen = false;
    this.#stage.load();
  }

  /** What can be done with a package. @param {string} standard of it */
  offer(standard) {
    for (const name of MODES) byAct(name).disabled = standard === "xAPI";
  }

  /** Launches from now on. */
  allow() {
    this.#isAllowed = true;
    this.launch();
  }

  /** Launches the course in the LMS that is chosen, as a learner who was there before, if there was one. */
  launch() {
    if (!this.#stage.isReady || !this.#isAllowed) return;
    const { title, chosen: unit } = this.#units;
    this.#launching = filled(title ? words.log.launch_unit : words.log.launch, {
      lms: this.#chooser.name,
      unit: title,
    });
    if (!this.#isOpen) this.begin();
    this.#isOpen = true;
    this.#stage.tell({ kind: "looks", looks: looks() });
    this.#stage.tell({ kind: "launch", unit, ...this.#chooser.launched, options: {}, fresh: false });
  }

  /** A launch begins: what is said from now on is of it. */
  begin() {
    this.#calls.launch(this.#units.chosen);
    this.#data.launch();
    this.#calls.note(this.#launching || words.log.left);
    this.#launching = "";
  }

  /** @param {string} name of an act */
  async act(name) {
    const button = byAct(name);
    const on = button.hasAttribute("aria-pressed") ? !isPressed(button) : true;
    if (this.#shown.isLrs && !(await attempt(() => post("/lrs", { do: name, on })))) return;
    if (button.hasAttribute("aria-pressed")) press(button, on);
    const said = words.log[name] ?? words.log[`${name}_${on ? "on" : "off"}`];
    if (LAUNCHES.includes(name)) this.#launching = said;
    else this.#calls.note(said);
    this.#stage.tell({ kind: "act", name, on });
  }

  /** A save was tried: the one that was to fail has been. */
  disarm() {
    press(byAct("fail"), false);
  }
}
