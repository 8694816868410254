// A stand-in for Moodle's SCORM activity: not strict, as the other stand-ins are, but peculiar as Moodle 5.1 is. What it
// does was tried in a Moodle and read in its source (mod/scorm); the files in brackets are those of that folder. A classic
// script: it also runs from a file.
//
// A MoodleServer keeps what one learner did in one activity. Each launch is a MoodlePlayer, the page around the course:
// it was made with the server's session key and a copy of all values, and holds the object that the course speaks with.
// The units of a launch share both.

/**
 * @typedef {string | number} MoodleValue where an element has a range, what is set becomes a number
 * @typedef {Record<string, Record<string, string>>} MoodleAttempt values by SCO and element
 *
 * @typedef {object} MoodleState what is kept; plain JSON
 * @property {MoodleAttempt[]} attempts
 * @property {number | null} grade null: there is none
 * @property {boolean} isDone the activity is complete
 * @property {number} key another one after each login
 * @property {boolean} isIn the learner is logged in
 *
 * @typedef {object} MoodleSco what is read of an item in the manifest
 * @property {string} id
 * @property {string} [href] what is launched
 * @property {string} mastery SCORM 1.2: the mastery score
 * @property {string} launchData
 * @property {string} threshold SCORM 2004: the completion threshold
 * @property {{ id: string, measure: number }[]} objectives
 *
 * @typedef {object} MoodlePackage
 * @property {"1.2" | "2004"} edition
 * @property {MoodleSco[]} scos
 *
 * @typedef {object} MoodleSettings of the activity; what is left out is as Moodle has it by default
 * @property {"completed" | "always"} [forceNew] force new attempt; without: no
 * @property {number} [most] attempts; 0: as many as one likes
 * @property {boolean} [lock] after the last attempt
 * @property {boolean} [keepsStatus] the mastery score does not override the status
 * @property {boolean} [forceCompleted]
 * @property {boolean} [auto] goes on to the next unit
 * @property {boolean} [hidePreview]
 * @property {boolean} [standard] SCORM 1.2: texts no longer than the standard has them
 * @property {"scos"} [grading] learning objects; without: highest grade
 * @property {"average" | "first" | "last"} [whichAttempt] to grade; without: the highest
 * @property {string[]} [doneBy] words of which one completes the activity
 * @property {number} [doneAt] the score that does
 * @property {boolean} [doneByAll] every SCO has to have one of them
 *
 * @typedef {object} MoodleLaunch
 * @property {boolean} [browse] the learner pressed "Preview"
 * @property {boolean} [anew] ticked "Start a new attempt"
 * @property {string} [sco] the unit to begin with
 * @property {boolean} [offline]
 * @property {string} [learner] the user name
 */

class MoodleServer {
  /** The quirks that it shows, as profiles name them; others that Moodle has can be played apart too. */
  static QUIRKS = [
    "readback-own-copy",
    "sent-before-answered",
    "snapshot-compare",
    "api-dead-after-terminate",
    "initialize-throws-after-interactions",
    "second-initialize-keeps-entry",
    "unit-switch-without-terminate",
    "failed-finish-ends-session",
    "session-key-dies",
    "attempt-closed-by-status",
    "mode-ignored-when-storing",
    "not-attempted-becomes-completed",
    "latest-score-counts",
    "no-score-is-zero",
    "last-objective-measure",
    "threshold-rewrites-completion",
    "first-unit-completes",
    "beacon-commit-true-offline",
    "beacon-limit",
  ];

  /** @type {MoodleState} */
  static EMPTY = { attempts: [], grade: null, isDone: false, key: 1, isIn: true };

  /** @type {MoodleState} */
  #state;

  /**
   * @param {MoodlePackage} course
   * @param {Partial<MoodleState>} [state] as `saved` told it
   * @param {MoodleSettings} [settings]
   */
  constructor(course, state = {}, settings = {}) {
    this.course = course;
    this.settings = settings;
    this.#state = JSON.parse(JSON.stringify({ ...MoodleServer.EMPTY, ...state }));
  }

  /** @returns {MoodleState} */
  get saved() {
    return JSON.parse(JSON.stringify(this.#state));
  }

  /** Somebody logs in again, here or elsewhere: pages that are open have the key of before. */
  logIn() {
    this.#state.key += 1;
    this.#state.isIn = true;
  }

  logOut() {
    this.#state.isIn = false;
  }

  /**
   * Enters the activity; null where the learner is not let in (player.php).
   * @param {MoodleLaunch} [launch]
   */
  launch(launch = {}) {
    const { attempts, key } = this.#state;
    const { most = 0, lock } = this.settings;
    const { number, mode } = this.#next(launch);
    // Every attempt counts that was begun, whatever became of it.
    if (lock && most > 0 && attempts.length >= most) return null;
    while (attempts.length < number) attempts.push({});
    return new MoodlePlayer(this, { key, number, mode, kept: this.saved.attempts[number - 1], launch });
  }

  /**
   * @param {MoodleLaunch} launch
   * @returns {{ number: number, mode: "normal" | "review" | "browse" }} lib.php, scorm_check_mode
   */
  #next({ browse, anew }) {
    const { forceNew, most = 0, hidePreview } = this.settings;
    const { attempts } = this.#state;
    const last = Math.max(attempts.length, 1);
    if (browse && !hidePreview) return { number: last, mode: "browse" };
    if (forceNew === "always") return { number: attempts.length + 1, mode: "normal" };
    const { scos, edition } = this.course;
    const element = edition === "1.2" ? "cmi.core.lesson_status" : "cmi.completion_status";
    const isOver = (/** @type {string | undefined} */ word) => /^(completed|passed|failed)$/.test(word || "");
    const isClosed = scos.every(({ id }) => isOver(attempts[last - 1]?.[id]?.[element]));
    if (isClosed && (anew || forceNew) && (most === 0 || last < most)) return { number: last + 1, mode: "normal" };
    return { number: last, mode: isClosed ? "review" : "normal" };
  }

  /**
   * A request of a player (datamodel.php). The mode is not looked at.
   * @param {number} key
   * @param {number} number of the attempt
   * @param {string} sco
   * @param {[element: string, value: MoodleValue][]} values
   * @returns {boolean} whether the answer is "true"
   */
  post(key, number, sco, values) {
    const state = this.#state;
    if (!state.isIn || key !== state.key) return false;
    const attempt = state.attempts[number - 1];
    const kept = attempt[sco] || {};
    attempt[sco] = kept;
    let isGraded = false;
    for (const [element, value] of values) {
      kept[element] = String(value);
      const isScore = /^cmi\.(core\.)?score\.raw$/.test(element);
      const isWord = /^cmi\.(core\.lesson_status|completion_status|success_status)$/.test(element);
      isGraded = isGraded || isScore || (isWord && /^(completed|passed)$/.test(kept[element]));
    }
    const status = "cmi.core.lesson_status";
    if (this.settings.forceCompleted && kept[status] === "incomplete" && kept["cmi.core.score.raw"]) {
      kept[status] = "completed";
    }
    if (isGraded) state.grade = this.#grade();
    state.isDone = state.isDone || this.#isDone();
    return true;
  }

  /** locallib.php, scorm_grade_user */
  #grade() {
    const { most = 0, whichAttempt } = this.settings;
    const { attempts } = this.#state;
    const grades = attempts.map((each) => this.#gradeOf(each));
    if (whichAttempt === "first") return grades[0];
    if (whichAttempt === "last") {
      const ended = attempts.map((each) => Object.values(each).some((values) => this.#isFinished(values)));
      return grades[Math.max(ended.lastIndexOf(true), 0)];
    }
    if (whichAttempt === "average") {
      const scored = attempts.filter((each) => Object.values(each).some((values) => "score" in this.#told(values)));
      return scored.length ? Math.round(grades.reduce((sum, grade) => sum + grade, 0) / scored.length) : 0;
    }
    return Math.max(...grades.slice(0, most || grades.length));
  }

  /** @param {MoodleAttempt} attempt */
  #gradeOf(attempt) {
    const scos = Object.values(attempt);
    if (this.settings.grading === "scos") return scos.filter((values) => this.#isFinished(values)).length;
    return Math.max(0, ...scos.map((values) => Math.round(100 * Number(this.#told(values).score || 0)) / 100));
  }

  /** @param {Record<string, string>} values */
  #told(values) {
    const score = values["cmi.core.score.raw"] ?? values["cmi.score.raw"];
    const status = values["cmi.core.lesson_status"] ?? values["cmi.completion_status"];
    return { status, ...(score === undefined ? {} : { score }) };
  }

  /** @param {Record<string, string>} values */
  #isFinished(values) {
    return /^(completed|passed)$/.test(this.#told(values).status || "");
  }

  /** classes/completion/custom_completion.php: one SCO of any attempt is enough, unless all are asked for. */
  #isDone() {
    const { doneBy, doneAt, doneByAll } = this.settings;
    const told = this.#state.attempts.flatMap((attempt) => Object.entries(attempt));
    const elements = ["cmi.core.lesson_status", "cmi.completion_status", "cmi.success_status"];
    const has = (/** @type {Record<string, string>} */ values, /** @type {string[]} */ words) =>
      elements.some((element) => words.includes(values[element]));
    if (!doneBy && doneAt === undefined && !doneByAll) return false;
    if (doneBy && !told.some(([, values]) => has(values, doneBy))) return false;
    if (doneAt !== undefined && !told.some(([, values]) => Number(this.#told(values).score ?? -1) >= doneAt))
      return false;
    const ended = ["completed", "passed"];
    return (
      !doneByAll || this.course.scos.every(({ id }) => told.some(([of, values]) => of === id && has(values, ended)))
    );
  }
}

/** The page around the course. */
class MoodlePlayer {
  /** What a browser takes of beacons, in bytes. */
  static BEACON = 65536;
  /** What a value costs in one besides itself. */
  static PART = 95;

  /** Requests go as beacons: nobody hears what is answered. */
  isLeaving = false;
  /** There is no line. */
  isOffline = false;

  /**
   * @param {MoodleServer} server
   * @param {{ key: number, number: number, mode: "normal" | "review" | "browse", kept: MoodleAttempt, launch: MoodleLaunch }} made
   */
  constructor(server, { key, number, mode, kept, launch }) {
    this.server = server;
    this.key = key;
    this.attempt = number;
    this.mode = mode;
    this.kept = kept;
    this.learner = launch.learner || "learner-1";
    this.isOffline = Boolean(launch.offline);
    this.sco = launch.sco || server.course.scos[0].id;
    this.api = server.course.edition === "1.2" ? new MoodleApi12(this) : new MoodleApi2004(this);
  }

  /** What the manifest says of the unit that is shown. */
  get item() {
    const found = this.server.course.scos.find(({ id }) => id === this.sco);
    if (!found) throw new RangeError(`There is no ${this.sco}.`);
    return found;
  }

  /** Another unit is shown in the same page, beside the contents or by "Continue". @param {string} sco */
  choose(sco) {
    this.sco = sco;
  }

  /** @param {number} steps */
  turn(steps) {
    const { scos } = this.server.course;
    const next = scos[scos.indexOf(this.item) + steps];
    if (next) this.choose(next.id);
  }

  /** beforeunload, pagehide, or the tab is hidden (request.js). */
  hide() {
    this.isLeaving = true;
  }

  /** pageshow, or the tab is visible again. */
  show() {
    this.isLeaving = false;
  }

  /**
   * The API is called inside an event of this page, such as the click on a unit: request.js takes any event for one of
   * those that end a page, and that lasts until the tab is hidden and shown.
   * @template T
   * @param {() => T} work
   */
  during(work) {
    this.isLeaving = true;
    return work();
  }

  /**
   * request.js, DoRequest.
   * @param {[element: string, value: MoodleValue][]} values
   * @returns {boolean} what is answered is "true"
   */
  send(values) {
    // The event of a page in which the stand-in itself runs.
    const { event } = /** @type {{ event?: Event }} */ (globalThis);
    if (event && event.type !== "beforeunload") this.isLeaving = true;
    if (this.isLeaving && this.#size(values) > MoodlePlayer.BEACON) return false;
    // A request that fails is sent once more, as a beacon. Neither arrives, and nobody hears of it.
    if (this.isOffline) return true;
    const isTaken = this.server.post(this.key, this.attempt, this.sco, values);
    return this.isLeaving || isTaken;
  }

  /** @param {[element: string, value: MoodleValue][]} values */
  #size(values) {
    const bytes = (/** @type {MoodleValue} */ text) => new TextEncoder().encode(String(text)).length;
    return values.reduce((sum, [element, value]) => sum + bytes(element) + bytes(value) + MoodlePlayer.PART, 0);
  }
}

/** What both versions do alike. */
class MoodleApi {
  /** @type {{ name: string, given: unknown[], result: unknown, error: string }[]} */
  calls = [];
  error = "0";
  /** The SCO that the latest session began with. */
  sco = "";
  /** Its values. @type {Map<string, MoodleValue | null>} */
  values = new Map();

  /** @param {MoodlePlayer} player */
  constructor(player) {
    this.player = player;
  }

  /** What the next launch finds. */
  get saved() {
    return this.player.server.saved;
  }

  /** The calls that ended in an error. That an element has no value yet (403) is an answer. */
  get refused() {
    return this.calls.filter((call) => call.error !== "0" && call.error !== "403");
  }

  /** @param {{ offline?: boolean, hidden?: boolean }} changes what the page is like from now on */
  become({ offline = this.player.isOffline, hidden = this.player.isLeaving }) {
    this.player.isOffline = offline;
    this.player.isLeaving = hidden;
  }

  /** The learner's session in the LMS ends while the course is open. */
  endSession() {
    this.player.server.logOut();
  }

  /**
   * @template T
   * @param {string} name
   * @param {unknown[]} given
   * @param {() => T} action
   */
  call(name, given, action) {
    this.error = "0";
    const result = action();
    this.calls.push({ name, given, result, error: this.error });
    return result;
  }

  /** The functions that tell of errors change none. @param {string} name @param {unknown[]} given @param {string} result */
  tell(name, given, result) {
    this.calls.push({ name, given, result, error: "0" });
    return result;
  }

  /** @param {string} code */
  refuse(code) {
    this.error = code;
    return "false";
  }

  /** @param {unknown[]} given */
  isEmpty([given]) {
    if (given === "") return true;
    this.error = "201";
    return false;
  }

  /** What was kept of the SCO when the page was loaded. */
  get kept() {
    return this.player.kept[this.sco] || {};
  }

  /** @param {string} element */
  general(element) {
    return element.replace(/\.\d+(?=\.)/g, ".n");
  }

  /** The records of an array that are there. @param {string} array */
  count(array) {
    const start = `${array}.`;
    const found = [...this.values.keys()].filter(
      (each) => each.startsWith(start) && /^\d+\./.test(each.slice(start.length)),
    );
    return new Set(found.map((each) => each.slice(start.length).split(".")[0])).size;
  }

  /** The arrays that contain an element, each with the element's index in it. @param {string} element @returns {[string, number][]} */
  places(element) {
    return [...element.matchAll(/\.(\d+)(?=\.)/g)].map((found) => [element.slice(0, found.index), Number(found[1])]);
  }

  /** @param {string} element one of a record */
  isRecord(element) {
    return /\.\d+\./.test(element);
  }
}

/** datamodels/scorm_12.js */
class MoodleApi12 extends MoodleApi {
  /** A point in its patterns stands for any character. */
  static TYPES = {
    string: /^[\s\S]{0,64000}$/,
    string255: /^[\s\S]{0,255}$/,
    string4096: /^[\s\S]{0,4096}$/,
    identifier: /^[\u0021-\u007e]{0,255}$/,
    decimal: /^-?\d{0,3}(.\d*)?$/,
    integer: /^-?\d+$/,
    time: /^[0-2]\d:[0-5]\d:[0-5]\d(.\d{1,2})?$/,
    timespan: /^\d{2,4}:\d{2}:\d{2}(.\d{1,2})?$/,
    status: /^(passed|completed|failed|incomplete|browsed)$/,
    objectiveStatus: /^(passed|completed|failed|incomplete|browsed|not attempted)$/,
    exit: /^(time-out|suspend|logout|)$/,
    interaction: /^(true-false|choice|fill-in|matching|performance|sequencing|likert|numeric)$/,
    result: /^(correct|wrong|unanticipated|neutral|\d{0,3}(.\d*)?)$/,
    event: /^(previous|continue)$/,
  };

  /**
   * Access, then the pattern of what may be set, then its range. A word of the standard is read only with 402.
   * @type {Record<string, [access: "r" | "w" | "rw", type?: keyof typeof MoodleApi12.TYPES, least?: number, most?: number]>}
   */
  static ELEMENTS = {
    "cmi.core.student_id": ["r"],
    "cmi.core.student_name": ["r"],
    "cmi.core.lesson_location": ["rw", "string255"],
    "cmi.core.credit": ["r"],
    "cmi.core.lesson_status": ["rw", "status"],
    "cmi.core.entry": ["r"],
    "cmi.core.score.raw": ["rw", "decimal", 0, 100],
    "cmi.core.score.max": ["rw", "decimal", 0, 100],
    "cmi.core.score.min": ["rw", "decimal", 0, 100],
    "cmi.core.total_time": ["r"],
    "cmi.core.lesson_mode": ["r"],
    "cmi.core.exit": ["w", "exit"],
    "cmi.core.session_time": ["w", "timespan"],
    "cmi.suspend_data": ["rw", "string4096"],
    "cmi.launch_data": ["r"],
    "cmi.comments": ["rw", "string4096"],
    "cmi.comments_from_lms": ["r"],
    "cmi.objectives.n.id": ["rw", "identifier"],
    "cmi.objectives.n.score.raw": ["rw", "decimal", 0, 100],
    "cmi.objectives.n.score.min": ["rw", "decimal", 0, 100],
    "cmi.objectives.n.score.max": ["rw", "decimal", 0, 100],
    "cmi.objectives.n.status": ["rw", "objectiveStatus"],
    "cmi.student_data.mastery_score": ["r"],
    "cmi.student_data.max_time_allowed": ["r"],
    "cmi.student_data.time_limit_action": ["r"],
    "cmi.student_preference.audio": ["rw", "integer", -1, 100],
    "cmi.student_preference.language": ["rw", "string255"],
    "cmi.student_preference.speed": ["rw", "integer", -100, 100],
    "cmi.student_preference.text": ["rw", "integer", -1, 1],
    "cmi.interactions.n.id": ["w", "identifier"],
    "cmi.interactions.n.objectives.n.id": ["w", "identifier"],
    "cmi.interactions.n.time": ["w", "time"],
    "cmi.interactions.n.type": ["w", "interaction"],
    "cmi.interactions.n.correct_responses.n.pattern": ["w", "string255"],
    "cmi.interactions.n.weighting": ["w", "decimal", -100, 100],
    "cmi.interactions.n.student_response": ["w", "string255"],
    "cmi.interactions.n.result": ["w", "result"],
    "cmi.interactions.n.latency": ["w", "timespan"],
    "nav.event": ["w", "event"],
  };

  /** @type {Record<string, string>} */
  static KEYWORDS = {
    "cmi._children": "core,suspend_data,launch_data,comments,objectives,student_data,student_preference,interactions",
    "cmi._version": "3.4",
    "cmi.core._children":
      "student_id,student_name,lesson_location,credit,lesson_status,entry,score,total_time,lesson_mode,exit,session_time",
    "cmi.core.score._children": "raw,min,max",
    "cmi.objectives._children": "id,score,status",
    "cmi.objectives.n.score._children": "raw,min,max",
    "cmi.student_data._children": "mastery_score,max_time_allowed,time_limit_action",
    "cmi.student_preference._children": "audio,language,speed,text",
    "cmi.interactions._children": "id,objectives,time,type,correct_responses,weighting,student_response,result,latency",
  };

  static ARRAYS = [
    "cmi.objectives",
    "cmi.interactions",
    "cmi.interactions.n.objectives",
    "cmi.interactions.n.correct_responses",
  ];

  isOpen = false;
  /** How many records each array has. @type {Map<string, number>} */
  counts = new Map();
  /** A record is there, or was refused. */
  isRecorded = false;
  /** SCOs of which records were looked through to be sent. @type {Set<string>} */
  collected = new Set();
  /** Of each SCO what counts as sent: at first what the page was loaded with. @type {Map<string, Map<string, MoodleValue | null>>} */
  sent = new Map();

  /** The first values of the SCO in this page. @returns {Map<string, MoodleValue | null>} */
  first() {
    const { player, kept } = this;
    const { mastery, launchData } = player.item;
    const status = kept["cmi.core.lesson_status"];
    /** @type {Record<string, string>} */
    const given = {
      "cmi.core.student_id": player.learner,
      "cmi.core.student_name": "First Learner",
      "cmi.core.credit": player.mode === "normal" ? "credit" : "no-credit",
      "cmi.core.entry": !status ? "ab-initio" : kept["cmi.core.exit"] === "suspend" ? "resume" : "",
      "cmi.core.lesson_mode": player.mode,
      "cmi.core.total_time": kept["cmi.core.total_time"] || "00:00:00",
      "cmi.core.session_time": "00:00:00",
      "cmi.launch_data": launchData,
      "cmi.student_data.mastery_score": mastery,
      "cmi.student_preference.audio": kept["cmi.student_preference.audio"] || "0",
      "cmi.student_preference.speed": kept["cmi.student_preference.speed"] || "0",
      "cmi.student_preference.text": kept["cmi.student_preference.text"] || "0",
    };
    const single = Object.keys(MoodleApi12.ELEMENTS).filter((element) => !/\.n\./.test(element));
    return new Map(single.map((element) => [element, given[element] ?? kept[element] ?? ""]));
  }

  /** The values are those that were sent last, and the records those of when the page was loaded. */
  load() {
    this.sco = this.player.sco;
    const sent = this.sent.get(this.sco) || this.first();
    this.sent.set(this.sco, sent);
    this.values = new Map([...sent].filter(([element]) => !this.isRecord(element)));
    this.counts = new Map();
    this.isRecorded = false;
    // It sets what records had, where there are none yet: what was not sent is lost all the same.
    if (this.collected.has(this.sco)) throw new TypeError("Cannot set properties of undefined (setting 'id')");
    for (const [element, value] of Object.entries(this.kept)) {
      if (!this.isRecord(element)) continue;
      this.isRecorded = true;
      this.values.set(element, value);
      for (const [array] of this.places(element)) this.counts.set(array, super.count(array));
    }
    if (this.values.get("cmi.core.lesson_status") === "") this.values.set("cmi.core.lesson_status", "not attempted");
  }

  /** A record counts from when anything of it was set, even if that was refused. @param {string} array */
  count(array) {
    return this.counts.get(array) ?? 0;
  }

  /** @param {unknown[]} given */
  LMSInitialize(...given) {
    return this.call("LMSInitialize", given, () => {
      this.load();
      if (!this.isEmpty(given)) return "false";
      if (this.isOpen) return this.refuse("101");
      this.isOpen = true;
      return "true";
    });
  }

  /** @param {unknown[]} given */
  LMSFinish(...given) {
    return this.call("LMSFinish", given, () => {
      if (!this.isEmpty(given)) return "false";
      if (!this.isOpen) return this.refuse("301");
      this.isOpen = false;
      this.judge();
      const total = MoodleApi12.addTime(this.text("cmi.core.total_time"), this.text("cmi.core.session_time"));
      const isTaken = this.store([["cmi.core.total_time", total]]);
      const event = this.values.get("nav.event");
      if (event || this.player.server.settings.auto) {
        setTimeout(() => this.player.turn(event === "previous" ? -1 : 1), 500);
      }
      return isTaken;
    });
  }

  /** At the end alone: StoreData. */
  judge() {
    const status = "cmi.core.lesson_status";
    if (this.values.get(status) === "not attempted") this.values.set(status, "completed");
    const { mastery } = this.player.item;
    const score = this.text("cmi.core.score.raw");
    if (this.player.mode !== "normal" || this.player.server.settings.keepsStatus || mastery === "" || score === "")
      return;
    this.values.set(status, Number.parseFloat(score) >= Number.parseFloat(mastery) ? "passed" : "failed");
  }

  /** @param {unknown[]} given */
  LMSCommit(...given) {
    return this.call("LMSCommit", given, () => {
      if (!this.isEmpty(given)) return "false";
      return this.isOpen ? this.store([]) : this.refuse("301");
    });
  }

  /**
   * What differs from what was sent last is sent, and counts as sent from now on.
   * @param {[element: string, value: MoodleValue][]} more
   */
  store(more) {
    const sent = this.sent.get(this.sco) || new Map();
    if (this.isRecorded) this.collected.add(this.sco);
    /** @type {[element: string, value: MoodleValue][]} */
    const values = [];
    for (const [element, value] of this.values) {
      if (element === "cmi.core.session_time" || element === "nav.event" || value === null) continue;
      if (MoodleApi12.ELEMENTS[this.general(element)][0] === "r" || sent.get(element) === value) continue;
      values.push([element, value]);
      sent.set(element, value);
    }
    return this.player.send([...values, ...more]) ? "true" : this.refuse("101");
  }

  /** @param {unknown[]} given */
  LMSGetValue(...given) {
    return this.call("LMSGetValue", given, () => {
      const value = this.isOpen ? this.read(String(given[0])) : this.refuse("301");
      return this.error === "0" ? value : "";
    });
  }

  /** @param {string} element */
  read(element) {
    const general = this.general(element);
    const { ELEMENTS, KEYWORDS, ARRAYS } = MoodleApi12;
    const keyword = /^(.+)\.(_children|_count)$/.exec(general);
    const isThere = this.places(element).every(([array, number]) => number < this.count(array));
    if (general in KEYWORDS) return isThere ? KEYWORDS[general] : "";
    if (keyword && keyword[2] === "_count" && ARRAYS.includes(keyword[1])) {
      const count = this.count(element.replace(/\._count$/, ""));
      return isThere ? count || (this.isRecord(element) ? 0 : "0") : "";
    }
    if (keyword) return this.refuse(keyword[1] in ELEMENTS ? (keyword[2] === "_count" ? "203" : "202") : "201");
    if (!(general in ELEMENTS)) return this.refuse("201");
    if (ELEMENTS[general][0] === "w") return this.refuse("404");
    return this.values.get(element) ?? "";
  }

  /** @param {unknown[]} given */
  LMSSetValue(...given) {
    return this.call("LMSSetValue", given, () => {
      if (!this.isOpen) return this.refuse("301");
      return this.write(String(given[0]), String(given[1]));
    });
  }

  /**
   * @param {string} element
   * @param {string} value
   */
  write(element, value) {
    const general = this.general(element);
    const { ELEMENTS, KEYWORDS, TYPES } = MoodleApi12;
    if (general in KEYWORDS || /\._count$/.test(general)) return this.refuse("402");
    if (!(general in ELEMENTS)) return this.refuse("201");
    const [access, type = "string", least, most] = ELEMENTS[general];
    if (access === "r") return this.refuse("403");
    const isLong = /^string/.test(type) && !this.player.server.settings.standard;
    if (!TYPES[isLong ? "string" : type].test(value)) return this.refuse("405");
    const places = this.places(element);
    this.isRecorded = this.isRecorded || places.length > 0;
    for (const [array, number] of places) if (number === this.count(array)) this.counts.set(array, number + 1);
    if (places.some(([array, number]) => number > this.count(array))) return this.refuse("201");
    if (least === undefined || most === undefined) {
      this.values.set(element, element === "cmi.comments" ? this.text(element) + value : value);
      return "true";
    }
    const number = Number(value);
    if (!(number >= least && number <= most)) return this.refuse("405");
    this.values.set(element, number);
    return "true";
  }

  /** @param {string} element */
  text(element) {
    return String(this.values.get(element) ?? "");
  }

  LMSGetLastError() {
    return this.tell("LMSGetLastError", [], this.error);
  }

  /** @param {string} code */
  LMSGetErrorString(code) {
    return this.tell("LMSGetErrorString", [code], `Error ${code}`);
  }

  /** @param {string} code */
  LMSGetDiagnostic(code) {
    return this.tell("LMSGetDiagnostic", [code], code || this.error);
  }

  /**
   * @param {string} first
   * @param {string} second
   */
  static addTime(first, second) {
    const hundredths = [first, second].reduce((sum, span) => {
      const [hours, minutes, seconds] = span.split(":").map(Number);
      return sum + 360000 * hours + 6000 * minutes + Math.round(100 * seconds);
    }, 0);
    const two = (/** @type {number} */ value) => String(Math.floor(value)).padStart(2, "0");
    return `${two(hundredths / 360000)}:${two((hundredths / 6000) % 60)}:${two((hundredths / 100) % 60)}.${two(hundredths % 100)}`;
  }
}

/** datamodels/scorm_13.js */
class MoodleApi2004 extends MoodleApi {
  static TYPES = {
    string250: /^[\s\S]{0,250}$/,
    string1000: /^[\s\S]{0,1000}$/,
    string64000: /^[\s\S]{0,64000}$/,
    // A match of nothing is none: what is too long or has a line end is refused so.
    localized250: /^(?=.)(\{lang=([a-zA-Z]{2,3}|i|x)(-[a-zA-Z0-9-]{2,8})?\})?([^{].{0,250})?$|^$/,
    localized4000: /^(?=.)(\{lang=([a-zA-Z]{2,3}|i|x)(-[a-zA-Z0-9-]{2,8})?\})?([^{].{0,4000})?$|^$/,
    language: /^(([a-zA-Z]{2,3}|i|x)(-[a-zA-Z0-9-]{2,8})?)?$/,
    identifier: /^(?:(?!urn:)\S{1,4000}|urn:[A-Za-z0-9-]{1,31}:\S{1,4000})$/,
    decimal: /^-?\d{1,5}(\.\d{1,18})?$/,
    integer: /^-?\d+$/,
    timespan: /^P(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(.\d{1,2})?S)?)?$/,
    time: /^(19[7-9]\d|20[0-2]\d|203[0-8])(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3])(:[0-5]\d(:[0-5]\d(\.\d{1,2}((Z|[+|-]([01]\d|2[0-3]))(:[0-5]\d)?)?)?)?)?)?)?)?$/,
    completion: /^(completed|incomplete|not attempted|unknown)$/,
    success: /^(passed|failed|unknown)$/,
    exit: /^(time-out|suspend|logout|normal|)$/,
    interaction: /^(true-false|choice|(long-)?fill-in|matching|performance|sequencing|likert|numeric|other)$/,
    result: /^(correct|incorrect|unanticipated|neutral|-?\d{1,4}(\.\d{1,18})?)$/,
    request:
      /^(previous|continue|exit|exitAll|abandon|abandonAll|suspendAll)$|^\{target=\S{0,200}[a-zA-Z0-9]\}choice|jump$/,
    response: /^/,
  };

  /** @type {Record<string, [access: "r" | "w" | "rw", type?: keyof typeof MoodleApi2004.TYPES, least?: number, most?: number]>} */
  static ELEMENTS = {
    "cmi._version": ["r"],
    "cmi.comments_from_learner.n.comment": ["rw", "localized4000"],
    "cmi.comments_from_learner.n.location": ["rw", "string250"],
    "cmi.comments_from_learner.n.timestamp": ["rw", "time"],
    "cmi.comments_from_lms.n.comment": ["r"],
    "cmi.comments_from_lms.n.location": ["r"],
    "cmi.comments_from_lms.n.timestamp": ["r"],
    "cmi.completion_status": ["rw", "completion"],
    "cmi.completion_threshold": ["r"],
    "cmi.credit": ["r"],
    "cmi.entry": ["r"],
    "cmi.exit": ["w", "exit"],
    "cmi.interactions.n.id": ["rw", "identifier"],
    "cmi.interactions.n.type": ["rw", "interaction"],
    "cmi.interactions.n.objectives.n.id": ["rw", "identifier"],
    "cmi.interactions.n.timestamp": ["rw", "time"],
    "cmi.interactions.n.correct_responses.n.pattern": ["rw", "response"],
    "cmi.interactions.n.weighting": ["rw", "decimal"],
    "cmi.interactions.n.learner_response": ["rw", "response"],
    "cmi.interactions.n.result": ["rw", "result"],
    "cmi.interactions.n.latency": ["rw", "timespan"],
    "cmi.interactions.n.description": ["rw", "localized250"],
    "cmi.launch_data": ["r"],
    "cmi.learner_id": ["r"],
    "cmi.learner_name": ["r"],
    "cmi.learner_preference.audio_level": ["rw", "decimal", 0, Number.POSITIVE_INFINITY],
    "cmi.learner_preference.language": ["rw", "language"],
    "cmi.learner_preference.delivery_speed": ["rw", "decimal", 0, Number.POSITIVE_INFINITY],
    "cmi.learner_preference.audio_captioning": ["rw", "integer", -1, 1],
    "cmi.location": ["rw", "string1000"],
    "cmi.max_time_allowed": ["r"],
    "cmi.mode": ["r"],
    "cmi.objectives.n.id": ["rw", "identifier"],
    "cmi.objectives.n.score.scaled": ["rw", "decimal", -1, 1],
    "cmi.objectives.n.score.raw": ["rw", "decimal"],
    "cmi.objectives.n.score.min": ["rw", "decimal"],
    "cmi.objectives.n.score.max": ["rw", "decimal"],
    "cmi.objectives.n.success_status": ["rw", "success"],
    "cmi.objectives.n.completion_status": ["rw", "completion"],
    "cmi.objectives.n.progress_measure": ["rw", "decimal", 0, 1],
    "cmi.objectives.n.description": ["rw", "localized250"],
    "cmi.progress_measure": ["rw", "decimal", 0, 1],
    "cmi.scaled_passing_score": ["r"],
    "cmi.score.scaled": ["rw", "decimal", -1, 1],
    "cmi.score.raw": ["rw", "decimal"],
    "cmi.score.min": ["rw", "decimal"],
    "cmi.score.max": ["rw", "decimal"],
    "cmi.session_time": ["w", "timespan"],
    "cmi.success_status": ["rw", "success"],
    "cmi.suspend_data": ["rw", "string64000"],
    "cmi.time_limit_action": ["r"],
    "cmi.total_time": ["r"],
    "adl.nav.request": ["rw", "request"],
  };

  /** @type {Record<string, string>} */
  static CHILDREN = {
    cmi: "_version,comments_from_learner,comments_from_lms,completion_status,credit,entry,exit,interactions,launch_data,learner_id,learner_name,learner_preference,location,max_time_allowed,mode,objectives,progress_measure,scaled_passing_score,score,session_time,success_status,suspend_data,time_limit_action,total_time",
    "cmi.comments_from_learner": "comment,timestamp,location",
    "cmi.comments_from_lms": "comment,timestamp,location",
    "cmi.interactions":
      "id,type,objectives,timestamp,correct_responses,weighting,learner_response,result,latency,description",
    "cmi.learner_preference": "audio_level,audio_captioning,delivery_speed,language",
    "cmi.objectives": "progress_measure,completion_status,success_status,description,score,id",
    "cmi.objectives.n.score": "max,raw,scaled,min",
    "cmi.score": "max,raw,scaled,min",
  };

  static ARRAYS = [
    "cmi.comments_from_learner",
    "cmi.comments_from_lms",
    "cmi.interactions",
    "cmi.interactions.n.objectives",
    "cmi.interactions.n.correct_responses",
    "cmi.objectives",
  ];

  /** What is there before anything is set, where that is not nothing. @type {Record<string, string>} */
  static DEFAULTS = {
    "cmi._version": "1.0",
    "cmi.completion_status": "unknown",
    "cmi.success_status": "unknown",
    "cmi.learner_preference.audio_level": "1",
    "cmi.learner_preference.audio_captioning": "0",
    "cmi.session_time": "PT0H0M0S",
    "cmi.total_time": "PT0H0M0S",
    "adl.nav.request": "_none_",
  };

  /** What a new objective has, and what of it is not sent. @type {Record<string, MoodleValue | null>} */
  static OBJECTIVE = {
    success_status: "unknown",
    completion_status: "unknown",
    progress_measure: null,
    "score.scaled": null,
    "score.raw": null,
    "score.min": null,
    "score.max": null,
  };

  /**
   * Of each kind of interaction: how many items an answer has at most, what divides them, what each of them or of their
   * two halves is, whether they differ; and how many right answers there may be.
   * @type {Record<string, { most: number, by?: string, each: RegExp[], alone?: boolean, rights?: number }>}
   */
  static RESPONSES = {
    "true-false": { most: 1, each: [/^(true|false)$/], rights: 1 },
    choice: { most: 36, by: "[,]", each: [/^[\w.]{1,250}$/], alone: true },
    "fill-in": { most: 10, by: "[,]", each: [/^.{0,280}$/] },
    "long-fill-in": { most: 1, each: [/^/] },
    matching: { most: 36, by: "[,]", each: [/^[\w.]{1,250}$/, /^[\w.]{1,250}$/] },
    performance: { most: 250, by: "[,]", each: [/^[\w.]{0,250}$/, /^-?\d{1,5}(\.\d{1,18})?$|^[\w.]{0,250}$/] },
    sequencing: { most: 36, by: "[,]", each: [/^[\w.]{1,250}$/] },
    likert: { most: 1, each: [/^[\w.]{1,250}$/], rights: 1 },
    numeric: { most: 1, each: [/^-?\d{1,5}(\.\d{1,18})?$/], rights: 1 },
    other: { most: 1, each: [/^[\s\S]{0,4000}$/], rights: 1 },
  };

  /** @type {"new" | "open" | "terminated"} */
  phase = "new";
  /** What the SCO was loaded with: what differs from it is sent, each time. @type {Map<string, MoodleValue | null>} */
  snapshot = new Map();

  /** The values are those of when the page was loaded. */
  load() {
    this.sco = this.player.sco;
    const { player } = this;
    const { threshold, launchData, objectives } = player.item;
    // Only after "suspend" is anything given back.
    const kept = this.kept["cmi.exit"] === "suspend" ? this.kept : {};
    // The measure of each objective is taken in turn, whether it is the primary one or not: the last stays.
    const last = objectives[objectives.length - 1];
    /** @type {Record<string, string>} */
    const given = {
      "cmi.learner_id": player.learner,
      "cmi.learner_name": "First Learner",
      "cmi.mode": player.mode,
      "cmi.credit": player.mode === "normal" ? "credit" : "no-credit",
      "cmi.entry": kept === this.kept ? "resume" : "ab-initio",
      "cmi.completion_threshold": threshold,
      "cmi.launch_data": launchData,
      "cmi.scaled_passing_score": last ? String(last.measure) : "",
      "cmi.session_time": MoodleApi2004.DEFAULTS["cmi.session_time"],
    };
    const single = Object.keys(MoodleApi2004.ELEMENTS).filter((element) => !/\.n\./.test(element));
    this.snapshot = new Map(
      single.map((element) => [element, given[element] ?? kept[element] ?? MoodleApi2004.DEFAULTS[element] ?? ""]),
    );
    const named = objectives.filter(({ id }) => id !== "");
    this.values = new Map([
      ...this.snapshot,
      ...Object.entries(kept).filter(([element]) => this.isRecord(element)),
      ...named.map(({ id }, at) => /** @type {const} */ ([`cmi.objectives.${at}.id`, id])),
    ]);
  }

  /** @param {unknown[]} given */
  Initialize(...given) {
    return this.call("Initialize", given, () => {
      this.load();
      if (!this.isEmpty(given)) return "false";
      if (this.phase !== "new") return this.refuse(this.phase === "open" ? "103" : "104");
      this.phase = "open";
      return "true";
    });
  }

  /** @param {unknown[]} given */
  Terminate(...given) {
    return this.call("Terminate", given, () => {
      if (!this.isEmpty(given)) return "false";
      if (this.phase !== "open") return this.refuse(this.phase === "new" ? "112" : "113");
      const threshold = this.values.get("cmi.completion_threshold");
      const measure = this.values.get("cmi.progress_measure");
      if (this.player.mode === "normal" && threshold && measure) {
        this.values.set("cmi.completion_status", Number(measure) >= Number(threshold) ? "completed" : "incomplete");
      }
      const text = (/** @type {string} */ element) => String(this.values.get(element));
      const total = MoodleApi2004.addTime(text("cmi.total_time"), text("cmi.session_time"));
      if (!this.player.send([["cmi.total_time", total], ...this.changed()])) return this.refuse("101");
      this.phase = "terminated";
      const request = text("adl.nav.request");
      if (/^(continue|previous)$/.test(request) || (request === "_none_" && this.player.server.settings.auto)) {
        setTimeout(() => this.player.turn(request === "previous" ? -1 : 1), 500);
      }
      return "true";
    });
  }

  /** @param {unknown[]} given */
  Commit(...given) {
    return this.call("Commit", given, () => {
      if (!this.isEmpty(given)) return "false";
      if (this.phase !== "open") return this.refuse(this.phase === "new" ? "142" : "143");
      return this.player.send(this.changed()) ? "true" : this.refuse("101");
    });
  }

  /** @returns {[element: string, value: MoodleValue][]} */
  changed() {
    const { ELEMENTS, OBJECTIVE } = MoodleApi2004;
    /** @type {[element: string, value: MoodleValue][]} */
    const values = [];
    for (const [element, value] of this.values) {
      const [access] = ELEMENTS[this.general(element)];
      const before = this.isRecord(element)
        ? OBJECTIVE[element.replace(/^cmi\.objectives\.\d+\./, "")]
        : this.snapshot.get(element);
      if (access !== "r" && value !== null && value !== before && element !== "adl.nav.request")
        values.push([element, value]);
    }
    return values;
  }

  /** @param {unknown[]} given */
  GetValue(...given) {
    return this.call("GetValue", given, () => {
      const element = String(given[0]);
      if (this.phase !== "open") this.refuse(this.phase === "new" ? "122" : "123");
      const value = this.error !== "0" ? "" : element === "" ? this.refuse("301") : this.read(element);
      return this.error === "0" ? value : "";
    });
  }

  /** @param {string} element */
  read(element) {
    const general = this.general(element);
    const { ELEMENTS, CHILDREN, ARRAYS } = MoodleApi2004;
    const keyword = /^(.+)\.(_children|_count)$/.exec(general);
    if (this.places(element).some(([array, number]) => number >= this.count(array))) return this.refuse("301");
    if (keyword && keyword[2] === "_children" && keyword[1] in CHILDREN) return CHILDREN[keyword[1]];
    if (keyword && keyword[2] === "_count" && ARRAYS.includes(keyword[1])) {
      const array = element.replace(/\._count$/, "");
      // A kind of interaction has none before it is known.
      if (/correct_responses$/.test(array) && !this.values.has(array.replace(/correct_responses$/, "type"))) {
        return this.refuse("301");
      }
      return this.count(array) || (this.isRecord(element) ? 0 : "0");
    }
    if (keyword) return this.refuse(keyword[1] in ELEMENTS ? "301" : "401");
    const valid = /^adl\.nav\.request_valid\.(previous|continue|choice\.\{target=\S+\})$/.exec(element);
    const request = this.values.get("adl.nav.request");
    if (valid) return request === "_none_" ? "unknown" : String(request === valid[1]);
    if (!(general in ELEMENTS)) return this.refuse("401");
    if (ELEMENTS[general][0] === "w") return this.refuse("405");
    return this.values.get(element) ?? this.refuse("403");
  }

  /** @param {unknown[]} given */
  SetValue(...given) {
    return this.call("SetValue", given, () => {
      if (this.phase !== "open") return this.refuse(this.phase === "new" ? "132" : "133");
      return given[0] === "" ? this.refuse("351") : this.write(String(given[0]), String(given[1]));
    });
  }

  /**
   * @param {string} element
   * @param {string} value
   */
  write(element, value) {
    const { ELEMENTS, TYPES, OBJECTIVE } = MoodleApi2004;
    const general = this.general(element);
    if (/\._(children|count)$/.test(general)) return this.refuse("404");
    if (!(general in ELEMENTS)) return this.refuse("401");
    const [access, type = "response", least, most] = ELEMENTS[general];
    if (access === "r") return this.refuse("404");
    if (!TYPES[type].test(value)) return this.refuse("406");
    const code = this.isRecord(element) ? this.recordFault(element, general, value) : "0";
    if (code !== "0") return this.refuse(code);
    const start = /^cmi\.objectives\.\d+\.(?=id$)/.exec(element);
    if (start && !this.values.has(element)) {
      for (const [name, first] of Object.entries(OBJECTIVE)) this.values.set(start[0] + name, first);
    }
    if (general === "cmi.interactions.n.type") {
      const rights = element.replace(/type$/, "correct_responses.");
      for (const each of [...this.values.keys()]) if (each.startsWith(rights)) this.values.delete(each);
    }
    const number = Number(value);
    if (least !== undefined && most !== undefined && !(number >= least && number <= most)) return this.refuse("407");
    this.values.set(element, least === undefined ? value : number);
    return "true";
  }

  /**
   * Why a value of a record is not taken; "0": it is.
   * @param {string} element
   * @param {string} general
   * @param {string} value
   */
  recordFault(element, general, value) {
    const places = this.places(element);
    const [outer, inner] = places;
    const isThere = (/** @type {[array: string, number: number]} */ [array, number]) => number < this.count(array);
    const isDeep = element.split(".").length > outer[0].split(".").length + 2;
    if (isDeep && !isThere(outer)) return "408";
    const kind = this.values.get(`${outer[0]}.${outer[1]}.type`);
    if (/\.pattern$/.test(general) && kind === undefined) return "408";
    if (places.some(([array, number]) => number > this.count(array))) return "351";
    // What is not begun by its id is not there; comments begin with anything.
    if (!isThere(inner || outer) && !/\.(id|pattern)$/.test(general) && !/^cmi\.comments/.test(general)) return "408";
    if (general === "cmi.objectives.n.id" || general === "cmi.interactions.n.objectives.n.id") {
      const [array, number] = inner || outer;
      const others = Array.from({ length: this.count(array) }, (_, at) => at).filter((at) => at !== number);
      if (others.some((at) => this.values.get(`${array}.${at}.id`) === value)) return "351";
      const before = this.values.get(element);
      if (!inner && before !== undefined && before !== value) return "351";
    }
    if (!/\.(pattern|learner_response)$/.test(general)) return "0";
    if (kind === undefined) return "408";
    return general.endsWith("pattern")
      ? this.patternFault(String(kind), inner, value)
      : MoodleApi2004.responseFault(String(kind), value);
  }

  /**
   * @param {string} kind
   * @param {[array: string, number: number]} place
   * @param {string} value
   */
  patternFault(kind, [array, number], value) {
    const { rights = Number.POSITIVE_INFINITY } = MoodleApi2004.RESPONSES[kind];
    const count = this.count(array);
    if (number >= rights) return "351";
    if (
      kind === "choice" &&
      Array.from({ length: count }, (_, at) => at).some((at) => this.values.get(`${array}.${at}.pattern`) === value)
    ) {
      return "351";
    }
    if (kind === "numeric") {
      const limits = value.split("[:]");
      if (limits.length > 2) return "351";
      const isNumber = limits.every((each) => MoodleApi2004.TYPES.decimal.test(each));
      return isNumber && Number(limits[0]) <= Number(limits[1] ?? limits[0]) ? "0" : "406";
    }
    const bare = /^(fill-in|long-fill-in|matching|performance|sequencing)$/.test(kind)
      ? value.replace(/^(\{(lang|case_matters|order_matters)=[^}]+\})*/, "")
      : value;
    // A right answer of nothing is taken where it is one text.
    const isNothing = value === "" && MoodleApi2004.RESPONSES[kind].each.length === 1 && kind !== "true-false";
    return isNothing ? "0" : MoodleApi2004.responseFault(kind, bare);
  }

  /**
   * @param {string} kind
   * @param {string} value
   */
  static responseFault(kind, value) {
    const { most, by, each, alone } = MoodleApi2004.RESPONSES[kind];
    const items = by ? value.split(by) : [value];
    if (items.length > most) return "351";
    if (alone && new Set(items).size < items.length) return "406";
    const fits = items.every((item) => {
      const halves = each.length > 1 ? item.split("[.]") : [item];
      return halves.length === each.length && halves.every((half, side) => each[side].test(half));
    });
    return fits ? "0" : "406";
  }

  GetLastError() {
    return this.tell("GetLastError", [], this.error);
  }

  /** @param {string} code */
  GetErrorString(code) {
    return this.tell("GetErrorString", [code], `Error ${code}`);
  }

  /** @param {string} code */
  GetDiagnostic(code) {
    return this.tell("GetDiagnostic", [code], code);
  }

  /**
   * @param {string} first
   * @param {string} second
   */
  static addTime(first, second) {
    const hundredths = [first, second].reduce((sum, interval) => {
      const part = (/** @type {RegExp} */ sign) => Number((sign.exec(interval) || [])[1] || 0);
      const minutes = 1440 * part(/^P.*?(\d+)D/) + 60 * part(/T(\d+)H/) + part(/T.*?(\d+)M/);
      return sum + 6000 * minutes + Math.round(100 * part(/T.*?([\d.]+)S/));
    }, 0);
    const parts = [
      [Math.floor(hundredths / 8640000), "D"],
      [0, "T"],
      [Math.floor(hundredths / 360000) % 24, "H"],
      [Math.floor(hundredths / 6000) % 60, "M"],
      [(hundredths % 6000) / 100, "S"],
    ];
    // Without any time it is "P" alone.
    const written = parts.map(([value, sign]) =>
      sign === "T" ? (hundredths % 8640000 ? sign : "") : value ? `${value}${sign}` : "",
    );
    return `P${written.join("")}`;
  }
}

/** What Moodle reads of a manifest (datamodels/scormlib.php). It knows no namespaces: names stand as they are written. */
class MoodleManifest {
  static TOKEN =
    /<!--[\s\S]*?-->|<[?!][^>]*>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/g;

  /**
   * @typedef {{ name: string, given: Record<string, string>, inner: MoodleNode[], text: string }} MoodleNode
   * @param {string} xml
   * @returns {MoodlePackage}
   */
  static read(xml) {
    const root = MoodleManifest.tree(xml);
    const all = (/** @type {MoodleNode} */ node, /** @type {string} */ name) => MoodleManifest.below(node, name);
    const scos = all(root, "RESOURCE").filter(({ given }) => given["ADLCP:SCORMTYPE"] === "sco");
    const edition = (all(root, "SCHEMAVERSION")[0]?.text || "").trim() === "1.2" ? "1.2" : "2004";
    const items = all(root, "ITEM").filter(({ given }) =>
      scos.some((sco) => sco.given.IDENTIFIER === given.IDENTIFIERREF),
    );
    return {
      edition,
      scos: items.map((item) => {
        const own = (/** @type {string} */ name) => item.inner.find((each) => each.name === name);
        const threshold = own("ADLCP:COMPLETIONTHRESHOLD");
        const sequencing = own("IMSSS:SEQUENCING");
        const objectives = sequencing?.inner.find(({ name }) => name === "IMSSS:OBJECTIVES")?.inner || [];
        return {
          id: item.given.IDENTIFIER,
          href: scos.find((sco) => sco.given.IDENTIFIER === item.given.IDENTIFIERREF)?.given.HREF,
          mastery: own("ADLCP:MASTERYSCORE")?.text.trim() || "",
          launchData: own("ADLCP:DATAFROMLMS")?.text || "",
          // The text of the 3rd edition is not read.
          threshold: threshold ? threshold.given.MINPROGRESSMEASURE || "1.0" : "",
          objectives: objectives
            .filter(({ name }) => /^IMSSS:(PRIMARYOBJECTIVE|OBJECTIVE)$/.test(name))
            .map((objective) => ({
              id: objective.given.OBJECTIVEID || "",
              measure: Number(all(objective, "IMSSS:MINNORMALIZEDMEASURE")[0]?.text ?? 1),
            })),
        };
      }),
    };
  }

  /** @param {string} xml @returns {MoodleNode} */
  static tree(xml) {
    /** @type {MoodleNode} */
    const root = { name: "", given: {}, inner: [], text: "" };
    const open = [root];
    for (const [, end, name, given, isEmpty, text] of xml.matchAll(MoodleManifest.TOKEN)) {
      const outer = open[open.length - 1];
      if (text !== undefined) outer.text += text;
      else if (end) open.pop();
      else if (name) {
        const pairs = [...given.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)];
        const node = {
          name: name.toUpperCase(),
          given: Object.fromEntries(pairs.map((pair) => [pair[1].toUpperCase(), pair[2] ?? pair[3]])),
          inner: [],
          text: "",
        };
        outer.inner.push(node);
        if (!isEmpty) open.push(node);
      }
    }
    return root;
  }

  /** @param {MoodleNode} node @param {string} name @returns {MoodleNode[]} */
  static below(node, name) {
    return node.inner.flatMap((each) => [...(each.name === name ? [each] : []), ...MoodleManifest.below(each, name)]);
  }
}
