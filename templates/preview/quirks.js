// LMSs that are strict but for what single ones are known to do. A quirk is a name and what it changes: of the calls, of
// what the LMS keeps when it is sent something, and of what the next launch is given. An LMS is a list of such names. A
// classic script, to be read after scorm12.js and scorm2004.js: it also runs from a file.

/**
 * @typedef {Record<string, string>} Kept values by element, as the LMS keeps them
 * @typedef {"begin" | "end" | "get" | "set" | "commit"} Verb what a call is, in both versions
 * @typedef {(lms: QuirkyLms, given: unknown[], next: () => unknown) => unknown} Answer `next` answers as the LMS would without
 *
 * @typedef {"frame" | "window" | "other origin"} Place in a frame of the LMS's page, in a window that it opens, or in a frame
 *   that has another origin
 *
 * @typedef {Partial<Record<Verb, Answer>> & QuirkParts} Quirk
 * @typedef {object} QuirkParts
 * @property {string} what is told of it
 * @property {"1.2" | "2004"} [only] the version in which it was seen
 * @property {(now: Kept, before: Kept, lms: QuirkyLms, isEnd: boolean) => Kept} [store] what is kept of what is sent
 * @property {(kept: Kept, lms: QuirkyLms) => Kept} [launch] what the next launch is given
 * @property {(status: string, score: string, mastery: number) => string} [judge] the status at the end
 * @property {(lms: QuirkyLms) => void} [leave] the LMS's own page is left before the course is
 * @property {(lms: QuirkyLms) => void} [ended] the learner's session in the LMS ends
 * @property {(apis: Record<string, object>, lms: QuirkyLms) => Record<string, object>} [window] objects in the LMS's window
 * @property {Record<string, any>} [options] of the strict stand-in
 * @property {number} [late] milliseconds after which those objects are there
 * @property {Place} [place] where the course is shown
 */

class QuirkyLms {
  /** @type {Record<string, Record<string, string>>} */
  static CALLS = {
    1.2: {
      begin: "LMSInitialize",
      end: "LMSFinish",
      get: "LMSGetValue",
      set: "LMSSetValue",
      commit: "LMSCommit",
      error: "LMSGetLastError",
    },
    2004: {
      begin: "Initialize",
      end: "Terminate",
      get: "GetValue",
      set: "SetValue",
      commit: "Commit",
      error: "GetLastError",
    },
  };

  /** @type {Record<string, Record<string, string>>} */
  static ELEMENTS = {
    1.2: {
      state: "cmi.suspend_data",
      location: "cmi.core.lesson_location",
      status: "cmi.core.lesson_status",
      success: "",
      score: "cmi.core.score.raw",
      scaled: "",
      progress: "",
      exit: "cmi.core.exit",
      entry: "cmi.core.entry",
      mode: "cmi.core.lesson_mode",
      credit: "cmi.core.credit",
      time: "cmi.core.total_time",
    },
    2004: {
      state: "cmi.suspend_data",
      location: "cmi.location",
      status: "cmi.completion_status",
      success: "cmi.success_status",
      score: "cmi.score.raw",
      scaled: "cmi.score.scaled",
      progress: "cmi.progress_measure",
      exit: "cmi.exit",
      entry: "cmi.entry",
      mode: "cmi.mode",
      credit: "cmi.credit",
      time: "cmi.total_time",
    },
  };

  /** The strict stand-in's names for what SCORM 1.2 keeps. @type {Record<string, string>} */
  static SAVED12 = {
    status: "cmi.core.lesson_status",
    location: "cmi.core.lesson_location",
    suspendData: "cmi.suspend_data",
    score: "cmi.core.score.raw",
    totalTime: "cmi.core.total_time",
    comments: "cmi.comments",
    exit: "cmi.core.exit",
  };

  static MASTERY = "cmi.student_data.mastery_score";
  /** Milliseconds that a request takes, and after which a change is sent by those that wait for more. */
  static REQUEST = 300;
  /** Characters of the state that an LMS keeps which cuts the rest off. */
  static ROOM = 4096;

  /** The launch that was begun last, of all. */
  static newest = 0;

  /**
   * The quirks of a profile that can be played in a version; others are of packages, or of another version.
   * @param {"1.2" | "2004"} version
   * @param {string[]} names
   */
  static playable(version, names) {
    return names.filter((name) => name in QUIRKS && (QUIRKS[name].only ?? version) === version);
  }

  /** @type {{ name: string, given: unknown[], result: unknown, error: string }[]} */
  calls = [];
  error = "0";
  /** What the server refuses from now on, without anybody being told who does not ask. */
  isRefused = false;
  /** The LMS's own page is being left. */
  isLeaving = false;
  /** Elements that were set and not sent. @type {Set<string>} */
  dirty = new Set();
  /** What a quirk remembers. @type {Record<string, any>} */
  memory = {};
  /** The LMS's window goes to another page. */
  away = () => {
    if ("location" in globalThis) globalThis.location.assign("about:blank");
  };
  /** The LMS closes the course. */
  close = () => {
    if ("document" in globalThis) globalThis.document.querySelector("iframe")?.remove();
  };

  /**
   * @param {any} StandIn the strict one of the version
   * @param {"1.2" | "2004"} version
   * @param {string[]} names of quirks
   * @param {object} [saved] as `saved` told it, or what the strict stand-in keeps
   * @param {Record<string, any>} [options] of the strict stand-in
   */
  constructor(StandIn, version, names, saved = {}, options = {}) {
    QuirkyLms.newest += 1;
    this.number = QuirkyLms.newest;
    this.version = version;
    this.elements = QuirkyLms.ELEMENTS[version];
    this.names = QuirkyLms.CALLS[version];
    this.quirks = names.map((name) => {
      const found = QUIRKS[name];
      if (!found || (found.only && found.only !== version)) throw new RangeError(`${version} has no quirk ${name}.`);
      return found;
    });
    this.options = Object.assign({}, options, ...this.quirks.map((quirk) => quirk.options));
    this.isBegun = Object.keys(saved).length > 0;
    this.kept = this.#flat(saved);
    const given = this.quirks.reduce((kept, quirk) => (quirk.launch ? quirk.launch(kept, this) : kept), this.kept);
    // Where a quirk judges, the strict stand-in does not.
    const { mastery, ...rest } = this.options;
    this.mastery = this.quirks.some(({ judge }) => judge) ? mastery : undefined;
    this.inner = new StandIn(this.#shaped(given), this.mastery === undefined ? { mastery, ...rest } : rest);
    this.first = given[this.elements.state] || "";
    /** @type {any} */
    const api = this;
    for (const verb of /** @type {Verb[]} */ (["begin", "end", "get", "set", "commit"])) {
      api[this.names[verb]] = (/** @type {unknown[]} */ ...given) => this.#call(verb, given);
    }
    api[this.names.error] = () => this.error;
  }

  /** What the next launch is given: the form is that of the strict stand-in. */
  get saved() {
    return this.#shaped(this.kept);
  }

  /** The calls that ended in an error. That an element has no value yet (403) is an answer. */
  get refused() {
    return this.calls.filter((call) => call.error !== "0" && call.error !== "403");
  }

  /** What its page holds now, by element, sent or not. @returns {Record<string, string>} */
  get values() {
    return this.inner.values;
  }

  /** What the LMS's window has, by name. */
  get window() {
    const name = this.version === "1.2" ? "API" : "API_1484_11";
    return this.quirks.reduce(
      (apis, quirk) => (quirk.window ? quirk.window(apis, this) : apis),
      /** @type {Record<string, object>} */ ({ [name]: this }),
    );
  }

  /** Where its page has to show the course. @returns {Place} */
  get place() {
    return this.quirks.find((quirk) => quirk.place)?.place ?? "frame";
  }

  /**
   * Puts its objects into the LMS's window, now or later. Returns what takes them out again.
   * @param {object} window
   * @param {(api: object) => object} [shown] what is put there for each
   */
  enter(window, shown = (api) => api) {
    /** @type {string[]} */
    const names = [];
    const put = () => {
      for (const [name, api] of Object.entries(this.window)) {
        names.push(name);
        Reflect.set(window, name, shown(api));
      }
    };
    const late = this.quirks.find((quirk) => quirk.late)?.late;
    const timer = late ? setTimeout(put, late) : put();
    return () => {
      clearTimeout(timer ?? undefined);
      for (const name of names) Reflect.deleteProperty(window, name);
    };
  }

  /** @param {Record<string, any>} changes what it is like from now on */
  become({ leaving = this.isLeaving, ...changes }) {
    if (leaving && !this.isLeaving) for (const quirk of this.quirks) if (quirk.leave) quirk.leave(this);
    this.isLeaving = leaving;
    Object.assign(this.options, changes);
    this.inner.become(changes);
  }

  /** The learner's session in the LMS ends while the course is open. */
  endSession() {
    const ended = this.quirks.find((quirk) => quirk.ended);
    if (ended?.ended) ended.ended(this);
    else this.inner.endSession();
  }

  /**
   * @param {Verb} verb
   * @param {unknown[]} given
   */
  #call(verb, given) {
    this.error = "0";
    const asked = [...given];
    const answer = this.quirks.reduceRight(
      (next, quirk) => {
        const own = quirk[verb];
        return own ? () => own(this, given, next) : next;
      },
      () => this.#plain(verb, given),
    );
    const result = answer();
    this.calls.push({ name: this.names[verb], given: asked, result, error: this.error });
    return result;
  }

  /**
   * As the strict stand-in answers.
   * @param {Verb} verb
   * @param {unknown[]} given
   */
  #plain(verb, given) {
    if (verb === "get" && given[0] === QuirkyLms.MASTERY && this.mastery !== undefined) return this.mastery;
    if (verb === "end") this.judge();
    const result = this.ask(verb, given);
    if (verb === "set" && this.error === "0") this.dirty.add(String(given[0]));
    if ((verb === "commit" || verb === "end") && this.error === "0") this.receive(verb === "end");
    return result;
  }

  /**
   * Asks the strict stand-in.
   * @param {Verb} verb
   * @param {unknown[]} given
   */
  ask(verb, given) {
    const result = this.inner[this.names[verb]](...given);
    this.error = this.inner[this.names.error]();
    return result;
  }

  /** @param {string} code */
  refuse(code) {
    this.error = code;
    return "false";
  }

  judge() {
    const { status, score, mode, credit } = this.elements;
    const read = (/** @type {string} */ element) => String(this.ask("get", [element]));
    for (const { judge } of this.quirks) {
      if (!judge || this.mastery === undefined || read(score) === "" || read(mode) !== "normal") continue;
      const word = judge(read(status), read(score), Number(this.mastery));
      if (word !== read(status) && read(credit) !== "no-credit") this.ask("set", [status, word]);
    }
  }

  /** The server is sent what was set. @param {boolean} isEnd */
  receive(isEnd) {
    if (this.isRefused) return;
    const now = this.#flat(this.inner.saved);
    const kept = this.quirks.reduce(
      (what, quirk) => (quirk.store ? quirk.store(what, this.kept, this, isEnd) : what),
      now,
    );
    this.kept = kept;
    this.isBegun = true;
    this.dirty.clear();
  }

  /** @param {Kept} values that the server is sent apart */
  receiveOnly(values) {
    if (this.isRefused) return;
    const now = { ...this.kept, ...values };
    this.kept = this.quirks.reduce(
      (what, quirk) => (quirk.store ? quirk.store(what, this.kept, this, false) : what),
      now,
    );
    this.isBegun = true;
  }

  /** @param {any} saved @returns {Kept} */
  #flat(saved) {
    if (this.version === "2004") return { ...saved.values, ...(saved.exit ? { "cmi.exit": saved.exit } : {}) };
    const pairs = Object.entries(QuirkyLms.SAVED12).map(([name, element]) => [element, saved[name]]);
    return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
  }

  /** @param {Kept} kept */
  #shaped(kept) {
    if (this.version === "2004") {
      const { "cmi.exit": exit = "", ...values } = kept;
      return Object.keys(kept).length ? { exit, values } : {};
    }
    const pairs = Object.entries(QuirkyLms.SAVED12).map(([name, element]) => [name, kept[element]]);
    return {
      ...Object.fromEntries(pairs.filter(([, value]) => value !== undefined)),
      ...(this.isBegun ? { launched: true } : {}),
    };
  }
}

/** A status that says that the course is done. @param {string | undefined} word */
const isDone = (word) => word === "completed" || word === "passed";

/** From the least to the most. */
const RISING = ["unknown", "not attempted", "browsed", "incomplete", "completed", "failed", "passed"];

/**
 * @param {(lms: QuirkyLms) => string[]} elements
 * @param {string} value
 * @returns {Answer}
 */
const reads = (elements, value) => (lms, given, next) => (elements(lms).includes(String(given[0])) ? value : next());

/** It never says no. @type {Answer} */
const yes = (lms, _, next) => {
  next();
  lms.error = "0";
  return "true";
};

/** What is sent then is lost without a word. @param {QuirkyLms} lms */
const lose = (lms) => {
  lms.isRefused = true;
};

/** What was set since it last sent something. @param {Kept} now @param {Kept} before @param {QuirkyLms} lms */
const sent = (now, before, lms) => ({
  ...before,
  ...Object.fromEntries(
    Object.entries(now).filter(([element]) => lms.dirty.has(element) || element === lms.elements.time),
  ),
});

/** As a form that was not encoded arrives. @param {string} text */
const formed = (text) =>
  text
    .split("&")[0]
    .replace(/\+/g, " ")
    .replace(/%([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));

/** What is set is sent by a timer, and nothing by a commit. @param {QuirkyLms} lms @param {() => void} send */
const later = (lms, send) => {
  clearTimeout(lms.memory.timer);
  lms.memory.timer = setTimeout(send, QuirkyLms.REQUEST);
};

/** Nothing is sent, and the session is never over. @type {Answer} */
const idle = () => "true";

/** @type {Record<string, Quirk>} */
const QUIRKS = {
  strict: {
    what: "it is strict, and nothing else",
  },
  mute: {
    what: "every function says nothing and keeps nothing",
    options: { says: "" },
  },
  booleans: {
    what: "it answers with booleans",
    options: { booleans: true },
  },
  slow: {
    what: "a commit takes long, and nothing happens meanwhile",
    options: { slow: 1000 },
  },
  "no-optional-elements": {
    what: "it has what the standard requires, and no more",
    only: "1.2",
    options: {
      without: ["cmi.interactions", "cmi.objectives", "cmi.comments", "cmi.student_preference", "cmi.student_data"],
    },
  },
  truncating: {
    what: "what is too long for it is cut off without a word",
    set(lms, given, next) {
      if (given[0] === lms.elements.state) given[1] = String(given[1]).slice(0, QuirkyLms.ROOM);
      return next();
    },
  },
  "api-late": {
    what: "its object comes after the course",
    late: 1500,
  },
  "api-in-opener": {
    what: "the course is in a window that it opens",
    place: "window",
  },
  "parent-of-other-origin": {
    what: "the course is in a frame of another origin",
    place: "other origin",
  },
  "session-key-dies": {
    what: "when the session is over, each commit fails",
    ended(lms) {
      lms.memory.isOver = true;
    },
    commit: (lms, _, next) => (lms.memory.isOver ? lms.refuse("101") : next()),
    end: (lms, _, next) => (lms.memory.isOver ? lms.refuse("101") : next()),
  },
  "read-empty-status": {
    what: "status, score and mode read empty, without an error",
    get: reads(({ elements: { status, success, score, scaled, mode } }) => [status, success, score, scaled, mode], ""),
  },
  "entry-never-filled": {
    what: "entry and mode are empty",
    get: reads(({ elements: { entry, mode } }) => [entry, mode], ""),
  },
  "entry-always-ab-initio": {
    what: "a second launch has the state, and begins as the first did",
    get: reads(({ elements: { entry } }) => [entry], "ab-initio"),
  },
  "entry-always-resume": {
    what: "a second launch resumes, however it was left",
    get: (lms, given, next) => (given[0] === lms.elements.entry && lms.isBegun ? "resume" : next()),
  },
  "readback-frozen": {
    what: "the state reads as it was when the course was launched",
    get: (lms, given, next) => (given[0] === lms.elements.state ? lms.first : next()),
  },
  "readback-while-busy-stale": {
    what: "what is set while a request is under way is read when that is over",
    set(lms, given, next) {
      const [element] = given.map(String);
      const { until = 0 } = lms.memory;
      const isBusy = performance.now() < until;
      const stale = isBusy ? (lms.memory.stale ?? {}) : {};
      if (isBusy && !(element in stale)) stale[element] = lms.ask("get", [element]);
      lms.memory = { ...lms.memory, stale, until: isBusy ? until : performance.now() + QuirkyLms.REQUEST };
      return next();
    },
    get(lms, given, next) {
      const { until = 0, stale = {} } = lms.memory;
      const now = next();
      return performance.now() < until && String(given[0]) in stale ? stale[String(given[0])] : now;
    },
  },
  "status-forgotten-on-commit": {
    what: "after each commit the status reads as if nothing was ever attempted",
    commit(lms, _, next) {
      lms.memory.isForgotten = true;
      return next();
    },
    set(lms, given, next) {
      if (given[0] === lms.elements.status) lms.memory.isForgotten = false;
      return next();
    },
    get: (lms, given, next) =>
      given[0] === lms.elements.status && lms.memory.isForgotten
        ? lms.version === "1.2"
          ? "not attempted"
          : "unknown"
        : next(),
  },
  "always-true": {
    what: "every call is true, whatever becomes of it",
    begin: yes,
    set: yes,
    commit: yes,
    end: yes,
    get(lms, _, next) {
      const value = next();
      const isRead = lms.error === "0";
      lms.error = "0";
      return isRead ? value : "";
    },
    ended: lose,
  },
  "commit-true-though-refused": {
    what: "what the server refuses is true all the same",
    commit: yes,
    end: yes,
    ended: lose,
  },
  "commit-false-drops-dirty": {
    what: "after a commit that failed, only what is set again is sent",
    commit(lms, _, next) {
      if (!lms.options.refuseCommit) return next();
      lms.dirty.clear();
      return lms.refuse(lms.version === "1.2" ? "101" : "391");
    },
    store: sent,
  },
  "commit-noop-debounced": {
    what: "what is set is sent some time after the last change; a commit and the end send nothing",
    set(lms, _, next) {
      const result = next();
      later(lms, () => {
        try {
          lms.ask("commit", [""]);
        } catch {
          return;
        }
        if (lms.error === "0") lms.receive(false);
      });
      return result;
    },
    commit: idle,
    end: idle,
    begin: (lms, _, next) => (lms.calls.some(({ name }) => name === lms.names.begin) ? "true" : next()),
  },
  "post-per-set-unordered": {
    what: "each value is sent by itself, and what is sent first may come last",
    set(lms, given, next) {
      const result = next();
      if (lms.error !== "0") return result;
      const [element, value] = given.map(String);
      const waiting = [...(lms.memory.waiting || []), [element, value]];
      lms.memory.waiting = waiting;
      later(lms, () => {
        lms.memory.waiting = [];
        for (const [element, value] of waiting.reverse()) lms.receiveOnly({ [element]: value });
      });
      return result;
    },
    store: (now, before, lms) =>
      lms.memory.waiting?.length
        ? { ...before, [lms.elements.time]: now[lms.elements.time] ?? before[lms.elements.time] ?? "" }
        : now,
  },
  "batch-lost-on-bad-value": {
    what: "a score that is no number, or less than nothing, takes all with it that is sent together",
    set(lms, given, next) {
      const [element, value] = given.map(String);
      const { score, scaled, progress } = lms.elements;
      if (![score, scaled, progress].includes(element) || /^\d+(\.\d+)?$/.test(value)) return next();
      lms.memory.isBad = true;
      return "true";
    },
    store(now, before, lms) {
      const { isBad } = lms.memory;
      lms.memory.isBad = false;
      return isBad ? before : sent(now, before, lms);
    },
  },
  "string-object-returns": {
    what: "it answers with objects, which are not equal to the text that they say",
    begin: (_, __, next) => new String(next()),
    set: (_, __, next) => new String(next()),
    end: (_, __, next) => new String(next()),
  },
  "init-needs-empty-string": {
    what: "it begins with an empty text and nothing else",
    begin: (lms, given, next) => (given.length === 1 && given[0] === "" ? next() : lms.refuse("201")),
  },
  "wrong-edition-codes": {
    what: "calls before the beginning and after the end are refused with the codes of 2004",
    only: "1.2",
    get(lms, _, next) {
      const value = next();
      if (lms.error === "301") lms.error = "122";
      return value;
    },
    set(lms, _, next) {
      const result = next();
      if (lms.error === "301") lms.error = "132";
      return result;
    },
  },
  "only-api-12": {
    what: "there is no object for SCORM 2004",
    only: "2004",
    window: () => ({}),
  },
  "only-api-2004": {
    what: "there is no object for SCORM 1.2",
    only: "1.2",
    window: () => ({}),
  },
  "both-apis-present": {
    what: "there are objects for both versions, and one of them keeps nothing",
    window(apis) {
      const nothing = () => "";
      const names = ["1.2", "2004"].flatMap((version) => Object.values(QuirkyLms.CALLS[version]));
      const other = Object.fromEntries(names.map((name) => [name, nothing]));
      return { API: other, API_1484_11: other, ...apis };
    },
  },
  "state-dropped-unless-suspend": {
    what: 'only after the exit "suspend" are state and status given back',
    only: "2004",
    launch: (kept, lms) => (kept[lms.elements.exit] === "suspend" ? kept : {}),
  },
  "state-dropped-when-done": {
    what: "a course that is done is launched without its state",
    launch(kept, { elements: { state, location, status } }) {
      if (!isDone(kept[status])) return kept;
      const { [state]: _, [location]: __, ...rest } = kept;
      return rest;
    },
  },
  "review-drops-writes": {
    what: "a course that is done is launched for review, and neither status nor score is kept then",
    launch(kept, lms) {
      if (isDone(kept[lms.elements.status])) Object.assign(lms.options, { mode: "review", credit: "no-credit" });
      return kept;
    },
    set(lms, given, next) {
      const { status, success, score, scaled } = lms.elements;
      const isDropped = [status, success, score, scaled].includes(String(given[0]));
      return lms.options.mode === "review" && isDropped ? "true" : next();
    },
  },
  "credit-ends-when-done": {
    what: "a course that is done is launched without credit, and its status stays",
    launch(kept, lms) {
      if (isDone(kept[lms.elements.status])) lms.options.credit = "no-credit";
      return kept;
    },
    store(now, before, { elements: { status, success } }) {
      const { [success]: _, ...rest } = now;
      const kept = [status, success].filter((each) => each in before).map((each) => [each, before[each]]);
      return isDone(before[status]) ? { ...rest, ...Object.fromEntries(kept) } : now;
    },
  },
  "incomplete-demotes": {
    what: "incomplete is kept, whatever was there",
    store: (now) => now,
  },
  "status-only-rises": {
    what: "a status that says less than what is kept is not kept",
    store: (now, before, { elements: { status } }) =>
      RISING.indexOf(now[status]) < RISING.indexOf(before[status]) ? { ...now, [status]: before[status] } : now,
  },
  "mastery-rewrites-any": {
    what: "at the end score and mastery score decide, whatever the status",
    only: "1.2",
    judge: (_, score, mastery) => (Number(score) >= mastery ? "passed" : "failed"),
  },
  "mastery-rewrites-completed": {
    what: "at the end score and mastery score decide what completed is",
    only: "1.2",
    judge: (status, score, mastery) =>
      status === "completed" ? (Number(score) >= mastery ? "passed" : "failed") : status,
  },
  "mastery-if-unset": {
    what: "at the end score and mastery score decide where no status was set",
    only: "1.2",
    judge: (status, score, mastery) =>
      status === "not attempted" ? (Number(score) >= mastery ? "passed" : "failed") : status,
  },
  "unset-becomes-completed": {
    what: "a status that was never set is completed at the end",
    end(lms, _, next) {
      const { status } = lms.elements;
      if (/^(not attempted|unknown)$/.test(lms.ask("get", [status]))) lms.ask("set", [status, "completed"]);
      return next();
    },
  },
  "unset-becomes-incomplete": {
    what: "a status that was never set is incomplete at the end",
    end(lms, _, next) {
      const { status } = lms.elements;
      if (/^(not attempted|unknown)$/.test(lms.ask("get", [status]))) lms.ask("set", [status, "incomplete"]);
      return next();
    },
  },
  "completed-not-enough": {
    what: "only passed completes the course",
    only: "1.2",
    store: (now, before, { elements: { status } }) =>
      now[status] === "completed" ? { ...now, [status]: before[status] === "passed" ? "passed" : "incomplete" } : now,
  },
  "failed-zeroes-score": {
    what: "with failed the score is nothing",
    store: (now, _, { elements: { status, success, score } }) =>
      now[status] === "failed" || now[success] === "failed" ? { ...now, [score]: "0" } : now,
  },
  "best-score-int": {
    what: "the best score is kept, without decimals",
    store(now, before, { elements: { score } }) {
      const whole = (/** @type {string | undefined} */ text) => (text ? Math.trunc(Number(text)) : -1);
      const best = Math.max(whole(now[score]), whole(before[score]));
      return best < 0 ? now : { ...now, [score]: String(best) };
    },
  },
  "empty-not-stored": {
    what: "an empty text and a score of nought are not kept",
    store(now, before, { elements: { score } }) {
      const isNothing = (/** @type {string[]} */ [element, value]) =>
        value === "" || (element === score && Number(value) === 0);
      const left = Object.entries(now)
        .filter(isNothing)
        .map(([element]) => [element, before[element] ?? ""]);
      return { ...now, ...Object.fromEntries(left) };
    },
  },
  "backslash-eaten": {
    what: "each launch takes a level of backslashes from the state",
    launch: (kept, { elements: { state } }) =>
      state in kept ? { ...kept, [state]: kept[state].replace(/\\([\s\S]?)/g, "$1") } : kept,
  },
  "form-unencoded": {
    what: "an ampersand, a plus or a per cent sign damages place and state",
    store: (now, _, { elements: { state, location } }) => {
      const damaged = [state, location].filter((each) => each in now).map((each) => [each, formed(now[each])]);
      return { ...now, ...Object.fromEntries(damaged) };
    },
  },
  "text-to-number": {
    what: "texts that look like numbers come back as such",
    launch: (kept, { elements: { location, state } }) => {
      const numbers = [location, state].filter((each) => /^-?\d+(\.\d+)?$/.test(kept[each] || ""));
      return { ...kept, ...Object.fromEntries(numbers.map((each) => [each, String(Number(kept[each]))])) };
    },
  },
  "interactions-not-readable": {
    what: "each launch begins without interactions",
    launch: (kept) => Object.fromEntries(Object.entries(kept).filter(([each]) => !each.startsWith("cmi.interactions"))),
  },
  "only-suspend-data-kept": {
    what: "state and status are kept, and nothing else; they are given back however it was left",
    store: (now, _, { elements: { state, status, exit } }) => ({
      ...Object.fromEntries([state, status].filter((each) => each in now).map((each) => [each, now[each]])),
      [exit]: "suspend",
    }),
  },
  "beacon-by-event-name": {
    what: "while its page goes it sends without waiting, and says that all is well",
    commit(lms, _, next) {
      const result = next();
      if (!lms.isLeaving) return result;
      lms.error = "0";
      return "true";
    },
  },
  "sync-xhr-blocked-at-dismissal": {
    what: "while its page goes nothing is sent",
    commit: (lms, _, next) => (lms.isLeaving ? lms.refuse("101") : next()),
    end: (lms, _, next) => (lms.isLeaving ? lms.refuse("101") : next()),
  },
  "forced-finish-on-beforeunload": {
    what: "it finishes by itself before its page goes: the course's own end is true and sends nothing",
    leave(lms) {
      lms.judge();
      lms.ask("commit", [""]);
      lms.receive(true);
    },
    end: (lms, _, next) => (lms.isLeaving ? "true" : next()),
  },
  "second-launch-kills-first": {
    what: "a second launch ends what the first may send",
    commit: (lms, _, next) => (lms.number < QuirkyLms.newest ? lms.refuse("101") : next()),
    end: (lms, _, next) => (lms.number < QuirkyLms.newest ? lms.refuse("101") : next()),
  },
  "session-time-at-finish": {
    what: "time is added at the end alone",
    store: (now, before, { elements: { time } }, isEnd) => (isEnd ? now : { ...now, [time]: before[time] ?? "" }),
  },
  "login-page-instead-of-answer": {
    what: "when the session is over, its window goes to another page at the next commit",
    ended: lose,
    commit(lms, _, next) {
      if (!lms.isRefused) return next();
      lms.away();
      return lms.refuse("101");
    },
  },
  "opener-nulled": {
    what: "its window says that nobody opened it",
    window(apis) {
      if ("opener" in globalThis) Object.assign(globalThis, { opener: null });
      return apis;
    },
  },
  "close-on-finish": {
    what: "the course's frame is taken away at its end",
    end(lms, _, next) {
      const result = next();
      setTimeout(() => lms.close());
      return result;
    },
  },
};
