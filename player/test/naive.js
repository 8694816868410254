// A package as it is often made: it does what the standard's examples show, and trusts that all goes well. Each of its ways
// is one that courses are found to have.

import { mock } from "node:test";

/**
 * @typedef {object} Ways
 * @property {unknown[]} [opening] what the session is begun with
 * @property {"entry" | "status" | "state"} [resumes] by what it knows that a learner has been here
 * @property {"end" | "page"} [saves] when it saves
 * @property {"state" | "location" | "interactions"} [keeps] where it keeps what was opened
 * @property {"notes" | "digits" | "long" | "wide" | "huge"} [writes] how
 * @property {boolean} [checks] it reads back what it has set, and ends if that is something else
 * @property {boolean} [stops] it ends if a call is refused
 * @property {boolean} [asks] it reads the status to know whether the course was done
 * @property {boolean} [commits] with the values; else it leaves that to the end
 * @property {boolean} [ends] the session
 * @property {"at once" | "never" | "when done"} [marks] when it sets a status
 * @property {boolean} [fails] with what was answered wrong
 * @property {"lms"} [judges] by the passing score that the LMS tells
 * @property {boolean} [measures] how much of it was read
 * @property {boolean} [reviews] it sends nothing in a review
 * @property {"percent" | "fraction" | "ratio"} [scores] what it gives as the score
 * @property {boolean} [first] begins the session with the first value that it needs
 * @property {string[]} [looks] for these objects, in this order
 * @property {string} [exit] how it is left
 */

/** @type {Ways} */
const USUAL = {
  opening: [""],
  resumes: "state",
  saves: "page",
  keeps: "state",
  writes: "notes",
  commits: true,
  ends: true,
  marks: "at once",
  exit: "suspend",
};

/** Characters of a state: more than SCORM 1.2 has room for, more bytes than a beacon takes, more than SCORM 2004 has room for. */
const SIZES = { long: 4500, wide: 40_000, huge: 70_000 };

export class Naive {
  /** What was opened, answered and reached, as far as it knows. @type {Set<string>} */
  pages = new Set();
  score = "";
  isDone = false;
  /** It tells the learner that something is wrong. */
  isAlarmed = false;
  isDead = false;

  /**
   * @param {"1.2" | "2004"} version
   * @param {Record<string, any>} around the LMS's window
   * @param {typeof import("./standin.js").QuirkyLms} QuirkyLms the names in both versions
   * @param {string[]} course its pages
   * @param {Ways} ways
   */
  constructor(version, around, QuirkyLms, course, ways = {}) {
    this.ways = { ...USUAL, ...ways };
    this.version = version;
    this.course = course;
    this.E = QuirkyLms.ELEMENTS[version];
    this.own = version === "1.2" ? "API" : "API_1484_11";
    const name = (this.ways.looks ?? [this.own]).find((each) => around[each]) ?? "";
    this.names = QuirkyLms.CALLS[name === "API" ? "1.2" : "2004"];
    this.api = around[name];
    this.begin();
  }

  begin() {
    const { opening = [], resumes, first } = this.ways;
    const E = this.E;
    if (!first) {
      // The answer of the examples: a text.
      this.isDead = this.api[this.names.begin](...opening) !== "true";
      if (this.isDead) return;
    }
    const status = this.get(E.status);
    const isNew = {
      entry: () => this.get(E.entry) !== "resume",
      status: () => ["", "not attempted", "unknown"].includes(status),
      state: () => this.get(E.state) === "",
    }[resumes]();
    this.isDone = ["completed", "passed"].includes(status);
    this.isQuiet = Boolean(this.ways.reviews) && this.get(E.mode) === "review";
    this.score = this.get(E.score);
    if (this.ways.keeps === "location") this.read(this.get(E.location));
    else if (this.ways.keeps === "interactions") {
      this.pages = new Set(this.course.slice(0, Number(this.get("cmi.interactions._count"))));
    } else if (!isNew) this.read(this.get(E.state));
    if (this.ways.marks === "at once" && (isNew || !this.isDone)) this.set(E.status, "incomplete");
  }

  get(element) {
    const { get, error, begin } = this.names;
    const value = this.api[get](element);
    if (!this.ways.first || this.api[error]() !== "301") return value;
    this.api[begin]("");
    return this.api[get](element);
  }

  set(element, value) {
    if (this.isDead || this.isQuiet) return;
    const result = this.api[this.names.set](element, value);
    if (this.ways.stops && String(result) !== "true") this.isDead = true;
    if (this.ways.checks && this.api[this.names.get](element) !== value) this.isDead = true;
  }

  write() {
    const pages = [...this.pages];
    if (this.ways.keeps === "location") return pages.join(",");
    if (this.ways.writes === "digits") return this.course.map((id) => Number(this.pages.has(id))).join("");
    const size = SIZES[this.ways.writes];
    const note = size ? (this.ways.writes === "wide" ? "å" : "n").repeat(size) : 'He said "a & b": 100 %';
    return JSON.stringify({ pages, note });
  }

  /** @param {string} text */
  read(text) {
    if (this.ways.keeps === "location") this.pages = new Set(text.split(",").filter(Boolean));
    else if (this.ways.writes === "digits") this.pages = new Set(this.course.filter((_, at) => text[at] === "1"));
    else this.pages = new Set(JSON.parse(text).pages);
  }

  /** @param {string} id */
  visit(id) {
    const isNew = !this.pages.has(id);
    this.pages.add(id);
    if (this.ways.keeps === "interactions" && isNew) {
      const count = this.get("cmi.interactions._count");
      this.set(`cmi.interactions.${count}.id`, id);
      this.set(`cmi.interactions.${count}.type`, "choice");
    }
    if (this.course.every((each) => this.pages.has(each))) this.isDone = true;
    if (this.ways.saves === "page") this.save();
  }

  /** @param {number} right of @param {number} all questions */
  answer(right, all) {
    const share = right / all;
    if (this.ways.scores === "fraction") this.score = String(share);
    // No question was asked yet.
    else if (this.ways.scores === "ratio") this.score = String(0 / 0);
    else this.score = String(100 * share);
    this.hasFailed = Boolean(this.ways.fails) && share < 0.8;
    const mark = this.ways.judges === "lms" ? Number(this.get("cmi.scaled_passing_score")) : 0.8;
    if (share >= mark) this.isPassed = true;
    if (this.ways.saves === "page") this.save();
  }

  /** The learner begins anew. */
  restart() {
    this.pages = new Set();
    this.set(this.E.state, "");
    this.commit();
    this.isAgain = true;
  }

  save() {
    if (this.isDead) return;
    const E = this.E;
    if (this.ways.keeps === "location") this.set(E.location, this.write());
    else if (this.ways.keeps === "state") this.set(E.state, this.write());
    if (this.score) this.set(E.score, this.score);
    if (this.score && this.ways.judges === "lms") this.set(E.scaled, String(Number(this.score) / 100));
    if (this.ways.measures) this.set(E.progress, String(this.pages.size / this.course.length));
    this.mark();
    if (this.ways.commits) this.commit();
  }

  mark() {
    const { marks, asks } = this.ways;
    const E = this.E;
    if (asks && ["not attempted", "unknown"].includes(this.get(E.status))) this.set(E.status, "incomplete");
    else if (marks === "never" || (marks === "when done" && !this.isDone)) return;
    else if (this.isPassed && E.success) this.set(E.success, "passed");
    if (this.hasFailed) this.set(E.success || E.status, "failed");
    else if (this.isPassed && !E.success) this.set(E.status, "passed");
    else if (this.isDone && !asks) this.set(E.status, "completed");
  }

  commit() {
    if (!this.isDead) this.isAlarmed = String(this.api[this.names.commit]("")) !== "true";
  }

  /** Its button "try again". */
  retry() {
    this.commit();
  }

  leave() {
    if (this.isDead) return;
    // Whoever did nothing has nothing to come back to.
    this.set(this.E.exit, this.pages.size || this.isAgain ? this.ways.exit : "");
    const seconds = "0000:01:00";
    this.set(
      this.version === "1.2" ? "cmi.core.session_time" : "cmi.session_time",
      this.version === "1.2" ? seconds : "PT1M",
    );
    if (this.ways.saves === "end") this.save();
    if (this.ways.ends) this.api[this.names.end]("");
    else this.commit();
  }

  /** Whether the learner is told that what they did is kept. */
  get isSaved() {
    return !this.isAlarmed && !this.isDead;
  }
}

/** Lets time pass. @param {number} milliseconds @param {() => Promise<void>} settled */
export async function pass(milliseconds, settled) {
  for (let left = milliseconds; left > 0; left -= 500) {
    mock.timers.tick(Math.min(left, 500));
    await settled();
  }
}
