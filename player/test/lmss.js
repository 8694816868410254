// All the LMSs that the tests know: the strict ones, each quirk by itself, those that a profile describes by its quirks, and
// Moodle in several settings.

import { readdirSync, readFileSync } from "node:fs";
import { VERSIONS } from "./learner.js";
import { MoodleServer, QUIRKS, QuirkyLms } from "./standin.js";

/**
 * The state in what an LMS keeps, as the player writes it.
 * @param {string} text with or without what stands behind it
 */
function plain(text = "") {
  const fields = text.split(".");
  return fields.slice(0, fields[4] ? 5 : 4).join(".");
}

/**
 * @param {"1.2" | "2004"} version
 * @param {(saved: any) => Record<string, string>} values of the latest attempt, by element
 */
function told(version, values) {
  const elements = QuirkyLms.ELEMENTS[version];
  const read = (name) => (saved) => values(saved)[elements[name]] || "";
  return {
    ...VERSIONS[version],
    version,
    state: (saved) => plain(read("state")(saved)),
    raw: read("state"),
    status: read("status"),
    success: read("success"),
    score: read("score"),
  };
}

/** @param {any} saved by the strict stand-in */
const strictValues = {
  1.2: (saved) =>
    Object.fromEntries(Object.entries(QuirkyLms.SAVED12).map(([name, element]) => [element, saved[name]])),
  2004: ({ values = {} }) => values,
};

/**
 * @param {string} name
 * @param {"1.2" | "2004"} version
 * @param {string[]} quirks
 * @param {object} given options of every launch
 */
function quirky(name, version, quirks, given = {}) {
  const { StandIn } = VERSIONS[version];
  return {
    ...told(version, strictValues[version]),
    name: `${name}, ${version}`,
    mastery: given.mastery || "",
    has: (quirk) => quirks.includes(quirk),
    launch: (saved, options) => new QuirkyLms(StandIn, version, quirks, saved, { ...given, ...options }),
  };
}

const SCO = { id: "course", mastery: "", launchData: "", threshold: "", objectives: [] };

/**
 * @param {string} name
 * @param {"1.2" | "2004"} version
 * @param {object} sco what its manifest says
 * @param {object} settings of the activity
 */
function moodle(name, version, sco = {}, settings = {}) {
  const course = { edition: version, scos: [{ ...SCO, ...sco }] };
  return {
    ...told(version, ({ attempts = [] }) => attempts.at(-1)?.course || {}),
    name: `${name}, ${version}`,
    isMoodle: true,
    mastery: sco.mastery || "",
    has: () => false,
    grade: ({ grade }) => grade,
    launch: (saved, options) => new MoodleServer(course, saved, settings).launch(options).api,
  };
}

/** The quirks that each profile names. */
function profiles() {
  const folder = new URL("../../src/coursepack/profiles/data/", import.meta.url);
  return readdirSync(folder).flatMap((file) => {
    const [, list] = /^quirks:\n((?: +- .+\n)+)/m.exec(readFileSync(new URL(file, folder), "utf8")) || [];
    return list ? [[file.replace(/\.yaml$/, ""), list.match(/[\w-]+(?=\n)/g)]] : [];
  });
}

/** Whether a course of that version is launched there, and finds its object. */
const isSpoken = (version, quirks) => !quirks.includes(version === "1.2" ? "only-api-2004" : "only-api-12");

/** Nothing reaches these, or they are of windows or of a clock that a test cannot take. */
const ELSEWHERE = ["mute", "slow", "api-late", "api-in-opener", "parent-of-other-origin"];

const MASTERY = /^mastery-/;
const editions = /** @type {const} */ (["1.2", "2004"]);

/** A quirk alone. */
export const SINGLE = editions.flatMap((version) =>
  Object.entries(QUIRKS)
    .filter(([name, { only = version }]) => only === version && isSpoken(version, [name]) && !ELSEWHERE.includes(name))
    .map(([name]) => quirky(name, version, [name], MASTERY.test(name) ? { mastery: "80" } : {})),
);

/** As profiles describe them. */
export const PROFILED = profiles().flatMap(([name, all]) =>
  editions
    .filter((version) => name !== "moodle" && isSpoken(version, all))
    .map((version) => [version, QuirkyLms.playable(version, all)])
    .filter(([, quirks]) => quirks.length > 0)
    .map(([version, quirks]) => quirky(name, version, quirks)),
);

const PASSING = { objectives: [{ id: "obj-course", measure: 0.8 }] };

export const MOODLES = [
  moodle("Moodle", "1.2"),
  moodle("Moodle with a mastery score", "1.2", { mastery: "80" }),
  moodle("Moodle that begins anew when completed", "1.2", {}, { forceNew: "completed" }),
  moodle("Moodle by the standard's limits", "1.2", {}, { standard: true }),
  moodle("Moodle", "2004", PASSING),
  moodle("Moodle that begins anew when completed", "2004", PASSING, { forceNew: "completed" }),
];

export const LMSS = [...editions.map((version) => quirky("strict", version, [])), ...SINGLE, ...PROFILED, ...MOODLES];
