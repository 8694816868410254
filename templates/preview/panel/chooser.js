// Which LMS the course is launched in: one of the profiles, or the strict one, with its quirks as boxes.

import { byId, dialog, input, make } from "./dom.js";
import { remember } from "./remember.js";
import { matches } from "./text.js";
import { count, filled, words } from "./words.js";

/**
 * @typedef {object} Quirk
 * @property {string} name
 * @property {string} what
 * @property {string[]} standards
 * @property {string} source
 * @property {string} date
 * @property {string} known how: tried, read, vendor, unknown
 *
 * @typedef {{ id: string, name: string, standards: string[], quirks: Quirk[] }} Profile
 * @typedef {{ id: string, title: string, standard?: string }} Target
 */

/** The one that no profile is about. */
export const STRICT = "strict";

export class Chooser {
  /** @type {Profile[]} */
  #profiles = [{ id: STRICT, name: words.strict, standards: [], quirks: [] }];
  /** @type {Target[]} */
  #targets = [];
  #target = "";
  #standard = "";
  /** The profile that is looked at in the dialog. */
  #seen = STRICT;
  /** The profile and the quirks that the course was launched with. @type {{ id: string, quirks: string[] }} */
  #launched = { id: STRICT, quirks: [] };

  /** @param {(target: string | null) => void} launch with another target, or null for the same */
  constructor(launch) {
    input("search-lms").addEventListener("input", () => this.#filter());
    byId("target").addEventListener("change", () => this.#drawList());
    byId("lms-list").addEventListener("change", (event) =>
      this.#see(/** @type {HTMLInputElement} */ (event.target).value),
    );
    byId("restart").addEventListener("click", () => {
      this.#launched = { id: this.#seen, quirks: this.#checked };
      remember("lms", this.#seen);
      this.#drawButton();
      dialog("lmses").close();
      launch(this.#asked === this.#target ? null : this.#asked);
    });
  }

  /** How to launch: the profile, if its quirks are as they are, and their names. */
  get launched() {
    const { id, quirks } = this.#launched;
    const own = this.#quirksOf(this.#profile(id)).map(({ name }) => name);
    const isWhole = own.length === quirks.length && own.every((name) => quirks.includes(name));
    return { profile: isWhole ? id : "", quirks };
  }

  /** Quirks that concern the package. @param {Profile} profile */
  #quirksOf({ quirks }) {
    const standard = this.#standardAsked;
    return standard ? quirks.filter(({ standards }) => standards.includes(standard)) : quirks;
  }

  get #standardAsked() {
    return this.#targets.find(({ id }) => id === this.#asked)?.standard ?? this.#standard;
  }

  /** The LMS's name. */
  get name() {
    return this.#profile(this.#launched.id).name;
  }

  /**
   * What can be chosen.
   * @param {Profile[]} profiles
   * @param {string} asked the profile of the command line, or else the one used last
   */
  offer(profiles, asked) {
    this.#profiles = [...profiles, this.#profiles[this.#profiles.length - 1]];
    const profile = this.#profile(asked);
    this.#launched = { id: profile.id, quirks: this.#quirksOf(profile).map(({ name }) => name) };
    this.#drawList();
  }

  /** The author's own profile is the one to launch with. @param {Profile} own */
  adopt(own) {
    this.#profiles = [own, ...this.#profiles.filter(({ id }) => id !== own.id)];
    this.#launched = { id: own.id, quirks: this.#quirksOf(own).map(({ name }) => name) };
    remember("lms", own.id);
    this.#drawList();
  }

  /**
   * The package that is shown.
   * @param {Target[]} targets
   * @param {string} target
   * @param {string} standard of it
   */
  show(targets, target, standard) {
    this.#targets = targets;
    this.#target = target;
    this.#standard = standard;
    byId("targets").hidden = targets.length < 2;
    byId("target").replaceChildren(
      ...targets.map(({ id, title }) => make("option", { value: id, selected: id === target }, title)),
    );
    this.#drawList();
  }

  /** The dialog was opened: what is launched is chosen in it, and seen. */
  reveal() {
    input("search-lms").value = "";
    /** @type {HTMLSelectElement} */ (byId("target")).value = this.#target;
    this.#drawList();
    byId("lms-list").querySelector("label:has(:checked)")?.scrollIntoView({ block: "center" });
  }

  /** @param {string} id */
  #profile(id) {
    return this.#profiles.find((each) => each.id === id) ?? this.#profiles[this.#profiles.length - 1];
  }

  get #asked() {
    return /** @type {HTMLSelectElement} */ (byId("target")).value || this.#target;
  }

  get #checked() {
    return [
      .../** @type {NodeListOf<HTMLInputElement>} */ (dialog("lmses").querySelectorAll("[name=quirk]:checked")),
    ].map(({ value }) => value);
  }

  /** Those that know the standard of the target that is asked for. */
  get #fitting() {
    const standard = this.#standardAsked;
    return this.#profiles.filter(({ standards }) => !standards.length || !standard || standards.includes(standard));
  }

  #drawButton() {
    const profile = this.#profile(this.#launched.id);
    const { name } = profile;
    const quirks = this.#quirksOf(profile);
    byId("lms-name").textContent = this.#standard ? `${name} · ${this.#standard}` : name;
    byId("lms-known").textContent = this.#launched.id === STRICT ? words.strict_known : known(quirks);
  }

  #drawList() {
    const fitting = this.#fitting;
    if (!fitting.some(({ id }) => id === this.#launched.id)) this.#launched = { id: STRICT, quirks: [] };
    this.#drawButton();
    byId("lms-list").replaceChildren(
      ...fitting
        .map((profile) => ({ ...profile, quirks: this.#quirksOf(profile) }))
        .map(({ id, name, quirks }) =>
          make(
            "label",
            {},
            make("input", { type: "radio", name: "lms", value: id, checked: id === this.#launched.id }),
            make("span", {}, name, make("small", {}, id === STRICT ? words.strict_known : known(quirks))),
          ),
        ),
      make("p", { class: "muted", id: "no-lms", hidden: true }, words.no_match),
    );
    this.#filter();
    this.#see(this.#launched.id);
  }

  #filter() {
    const labels = [...byId("lms-list").querySelectorAll("label")];
    for (const label of labels) label.hidden = !matches(label.textContent ?? "", input("search-lms").value);
    byId("no-lms").hidden = labels.some(({ hidden }) => !hidden);
  }

  /** @param {string} id */
  #see(id) {
    this.#seen = id;
    const { name } = this.#profile(id);
    const quirks = this.#quirksOf(this.#profile(id));
    const isLaunched = id === this.#launched.id;
    /** @param {Quirk} quirk */
    const isOn = (quirk) => (isLaunched ? this.#launched.quirks.includes(quirk.name) : quirks.includes(quirk));
    const own = new Set(quirks.map((each) => each.name));
    const others = new Map(
      this.#fitting.flatMap((profile) =>
        this.#quirksOf(profile)
          .filter((each) => !own.has(each.name))
          .map((each) => [each.name, each]),
      ),
    );
    const added = [...others.values()].filter(isOn);
    byId("lms-title").textContent = name;
    byId("lms-about").textContent = id === STRICT ? words.strict_about : known(quirks);
    byId("lms-quirks").replaceChildren(
      ...quirks.map((each) => box(each, isOn(each), from(each))),
      ...added.map((each) => box(each, true, words.added)),
    );
    byId("other-quirks").replaceChildren(
      ...[...others.values()].filter((each) => !isOn(each)).map((each) => box(each, false, from(each))),
    );
    byId("lms-others").hidden = !byId("other-quirks").childElementCount;
    byId("restart").textContent = filled(words.restart, { lms: name });
  }
}

/**
 * How much is known: the number of quirks, and how.
 * @param {Quirk[]} quirks
 */
function known(quirks) {
  if (!quirks.length) return words.no_quirks;
  const ways = [...new Set(quirks.map((each) => words.known[each.known]).filter(Boolean))];
  return `${count(words.quirks, quirks.length)}${ways.length ? `: ${ways.join(", ")}` : ""}`;
}

/** @param {Quirk} quirk */
const from = (quirk) => [words.known[quirk.known], quirk.source, quirk.date].filter(Boolean).join(", ");

/**
 * @param {Quirk} quirk
 * @param {boolean} isOn
 * @param {string} source
 */
const box = ({ name, what }, isOn, source) =>
  make(
    "label",
    {},
    make("input", { type: "checkbox", name: "quirk", value: name, checked: isOn }),
    make("span", {}, what, make("small", {}, source)),
  );
