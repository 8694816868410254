// A strict stand-in for an LMS that speaks SCORM 1.2. It refuses all that the standard lets an LMS refuse, and writes
// every call down. A classic script: it also runs from a file. Section numbers: Run-Time Environment 1.2 (RTE).

/**
 * @typedef {object} Saved12 what an LMS keeps between launches; plain JSON
 * @property {string} [status]
 * @property {string} [location]
 * @property {string} [suspendData]
 * @property {string} [score]
 * @property {string} [totalTime]
 * @property {string} [comments]
 * @property {string} [exit] how the latest launch was left
 * @property {boolean} [launched]
 *
 * @typedef {object} Call12
 * @property {string} name
 * @property {unknown[]} given
 * @property {unknown} result
 * @property {string} error
 *
 * @typedef {object} Options12
 * @property {"normal" | "browse" | "review"} [mode]
 * @property {"credit" | "no-credit"} [credit]
 * @property {string} [mastery] the item's adlcp:masteryscore
 * @property {string} [launchData]
 * @property {string[]} [without] beginnings of optional elements that this LMS does not have
 * @property {boolean} [refuseInitialize]
 * @property {boolean} [refuseCommit]
 * @property {boolean} [refuseSet]
 * @property {boolean} [wipeStatus] forgets the status before this launch
 * @property {boolean} [wipeState] forgets the suspend data before this launch
 * @property {boolean} [booleans] answers true and false instead of "true" and "false"
 */

class StandInLms12 {
  /** RTE 3.3, table of error codes. */
  static ERRORS = {
    0: "No error",
    101: "General exception",
    201: "Invalid argument error",
    202: "Element cannot have children",
    203: "Element not an array. Cannot have count",
    301: "Not initialized",
    401: "Not implemented error",
    402: "Invalid set value, element is a keyword",
    403: "Element is read only",
    404: "Element is write only",
    405: "Incorrect data type",
  };

  /** RTE 3.4.2, data types. */
  static TYPES = {
    string255: /^[\s\S]{0,255}$/,
    string4096: /^[\s\S]{0,4096}$/,
    identifier: /^[\u0021-\u007e]{1,255}$/,
    decimal: /^-?\d{1,3}(\.\d+)?$/,
    score: /^(100(\.0+)?|\d{1,2}(\.\d+)?)?$/,
    timespan: /^\d{2,4}:[0-5]\d:[0-5]\d(\.\d{1,2})?$/,
    time: /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,2})?$/,
    percent: /^(-1|\d{1,2}|100)$/,
    speed: /^-?(\d{1,2}|100)$/,
    sign: /^(-1|0|1)$/,
    // "not attempted" can be read, never set: RTE 3.4.4, lesson_status.
    status: /^(passed|completed|failed|incomplete|browsed)$/,
    objectiveStatus: /^(passed|completed|failed|incomplete|browsed|not attempted)$/,
    exit: /^(time-out|suspend|logout|)$/,
    interaction: /^(true-false|choice|fill-in|matching|performance|sequencing|likert|numeric)$/,
    result: /^(correct|wrong|unanticipated|neutral|-?\d{1,3}(\.\d+)?)$/,
  };

  /** RTE 3.4.4: access, then the data type of what may be set. Numbers in a name are written n and m. */
  static ELEMENTS = {
    "cmi.core.student_id": ["r"],
    "cmi.core.student_name": ["r"],
    "cmi.core.lesson_location": ["rw", "string255"],
    "cmi.core.credit": ["r"],
    "cmi.core.lesson_status": ["rw", "status"],
    "cmi.core.entry": ["r"],
    "cmi.core.score.raw": ["rw", "score"],
    "cmi.core.score.min": ["rw", "score"],
    "cmi.core.score.max": ["rw", "score"],
    "cmi.core.total_time": ["r"],
    "cmi.core.lesson_mode": ["r"],
    "cmi.core.exit": ["w", "exit"],
    "cmi.core.session_time": ["w", "timespan"],
    "cmi.suspend_data": ["rw", "string4096"],
    "cmi.launch_data": ["r"],
    "cmi.comments": ["rw", "string4096"],
    "cmi.comments_from_lms": ["r"],
    "cmi.objectives.n.id": ["rw", "identifier"],
    "cmi.objectives.n.score.raw": ["rw", "score"],
    "cmi.objectives.n.score.min": ["rw", "score"],
    "cmi.objectives.n.score.max": ["rw", "score"],
    "cmi.objectives.n.status": ["rw", "objectiveStatus"],
    "cmi.student_data.mastery_score": ["r"],
    "cmi.student_data.max_time_allowed": ["r"],
    "cmi.student_data.time_limit_action": ["r"],
    "cmi.student_preference.audio": ["rw", "percent"],
    "cmi.student_preference.language": ["rw", "string255"],
    "cmi.student_preference.speed": ["rw", "speed"],
    "cmi.student_preference.text": ["rw", "sign"],
    "cmi.interactions.n.id": ["w", "identifier"],
    "cmi.interactions.n.objectives.m.id": ["w", "identifier"],
    "cmi.interactions.n.time": ["w", "time"],
    "cmi.interactions.n.type": ["w", "interaction"],
    "cmi.interactions.n.correct_responses.m.pattern": ["w", "string255"],
    "cmi.interactions.n.weighting": ["w", "decimal"],
    "cmi.interactions.n.student_response": ["w", "string255"],
    "cmi.interactions.n.result": ["w", "result"],
    "cmi.interactions.n.latency": ["w", "timespan"],
  };

  static CHILDREN = {
    "cmi.core":
      "student_id,student_name,lesson_location,credit,lesson_status,entry,score,total_time,lesson_mode,exit,session_time",
    "cmi.core.score": "raw,min,max",
    "cmi.objectives": "id,score,status",
    "cmi.objectives.n.score": "raw,min,max",
    "cmi.student_data": "mastery_score,max_time_allowed,time_limit_action",
    "cmi.student_preference": "audio,language,speed,text",
    "cmi.interactions": "id,objectives,time,type,correct_responses,weighting,student_response,result,latency",
  };

  static ARRAYS = [
    "cmi.objectives",
    "cmi.interactions",
    "cmi.interactions.n.objectives",
    "cmi.interactions.n.correct_responses",
  ];

  /** @type {"before" | "running" | "after"} */
  #phase = "before";
  #error = "0";
  #diagnostic = "";
  /** @type {Saved12} */
  #saved;
  /** @type {Options12} */
  #options;
  /** @type {Map<string, string>} */
  #values = new Map();
  /** @type {Call12[]} */
  calls = [];

  /**
   * One launch.
   * @param {Saved12} [saved] what the launch before left
   * @param {Options12} [options]
   */
  constructor(saved = {}, options = {}) {
    this.#options = options;
    this.#saved = { ...saved };
    if (options.wipeStatus) delete this.#saved.status;
    if (options.wipeState) delete this.#saved.suspendData;
    const { status, location, suspendData, score, totalTime, comments, exit, launched } = this.#saved;
    /** @type {Record<string, string>} */
    const first = {
      "cmi._version": "3.4",
      "cmi.core.student_id": "learner-1",
      "cmi.core.student_name": "Learner, First",
      "cmi.core.lesson_location": location || "",
      "cmi.core.credit": options.credit || "credit",
      "cmi.core.lesson_status": status || "not attempted",
      // RTE 3.4.4, entry: "resume" only after the SCO left with "suspend".
      "cmi.core.entry": !launched ? "ab-initio" : exit === "suspend" ? "resume" : "",
      "cmi.core.score.raw": score || "",
      "cmi.core.total_time": totalTime || "0000:00:00.00",
      "cmi.core.lesson_mode": options.mode || "normal",
      "cmi.suspend_data": suspendData || "",
      "cmi.launch_data": options.launchData || "",
      "cmi.comments": comments || "",
      "cmi.student_data.mastery_score": options.mastery || "",
    };
    for (const [element, value] of Object.entries(first)) this.#values.set(element, value);
  }

  /** What the next launch is given: all that was committed, as plain JSON. */
  get saved() {
    return { ...this.#saved };
  }

  /** The calls that ended in an error. */
  get refused() {
    return this.calls.filter((call) => call.error !== "0");
  }

  /** The learner's session in the LMS ends while the course is open. */
  endSession() {
    this.#phase = "after";
  }

  /** @param {unknown[]} given */
  LMSInitialize(...given) {
    return this.#call("LMSInitialize", given, () => {
      this.#empty(given);
      if (this.#phase !== "before") this.#refuse(101, "A launch is initialized once.");
      if (this.#options.refuseInitialize) this.#refuse(101, "Refused as asked.");
      this.#phase = "running";
      this.#saved.launched = true;
    });
  }

  /** @param {unknown[]} given */
  LMSFinish(...given) {
    return this.#call("LMSFinish", given, () => {
      this.#empty(given);
      this.#running();
      // RTE 3.4.4, lesson_status: what the SCO leaves untouched, the LMS sets to "completed".
      if (this.#get("cmi.core.lesson_status") === "not attempted") {
        this.#values.set("cmi.core.lesson_status", "completed");
      }
      const { mastery, mode, credit } = this.#options;
      const score = this.#get("cmi.core.score.raw");
      // RTE 3.4.4, mastery_score: with a score for credit the LMS decides.
      if (mastery && score && (mode || "normal") === "normal" && credit !== "no-credit") {
        this.#values.set("cmi.core.lesson_status", Number(score) >= Number(mastery) ? "passed" : "failed");
      }
      this.#keep();
      const finished = ["passed", "completed"].includes(this.#get("cmi.core.lesson_status"));
      // An attempt that was left for good, unfinished, is over: its data go with it.
      if (this.#get("cmi.core.exit") === "" && !finished) delete this.#saved.suspendData;
      this.#phase = "after";
    });
  }

  /** @param {unknown[]} given */
  LMSCommit(...given) {
    return this.#call("LMSCommit", given, () => {
      this.#empty(given);
      this.#running();
      if (this.#options.refuseCommit) this.#refuse(101, "Refused as asked.");
      this.#keep();
    });
  }

  /** @param {unknown[]} given */
  LMSGetValue(...given) {
    let value = "";
    this.#call(
      "LMSGetValue",
      given,
      () => {
        this.#running();
        const [element] = this.#strings(given, 1);
        value = this.#read(element);
      },
      () => value,
    );
    return value;
  }

  /** @param {unknown[]} given */
  LMSSetValue(...given) {
    return this.#call("LMSSetValue", given, () => {
      this.#running();
      const [element, value] = this.#strings(given, 2);
      if (this.#options.refuseSet) this.#refuse(101, "Refused as asked.");
      this.#write(element, value);
    });
  }

  LMSGetLastError() {
    return this.#told("LMSGetLastError", [], this.#error);
  }

  /** @param {string} code */
  LMSGetErrorString(code) {
    /** @type {Record<string, string>} */
    const errors = StandInLms12.ERRORS;
    return this.#told("LMSGetErrorString", [code], errors[code] || "");
  }

  /** @param {string} code */
  LMSGetDiagnostic(code) {
    return this.#told("LMSGetDiagnostic", [code], this.#diagnostic);
  }

  /**
   * The three functions that tell of errors change none.
   * @param {string} name
   * @param {unknown[]} given
   * @param {string} result
   */
  #told(name, given, result) {
    this.calls.push({ name, given, result, error: "0" });
    return result;
  }

  /**
   * @param {string} name
   * @param {unknown[]} given
   * @param {() => void} action
   * @param {() => unknown} [answer] what was read, when the call is no yes or no
   */
  #call(name, given, action, answer) {
    this.#error = "0";
    this.#diagnostic = "";
    try {
      action();
    } catch (refusal) {
      if (!(refusal instanceof RangeError)) throw refusal;
    }
    const done = this.#error === "0";
    const result = answer ? answer() : this.#options.booleans ? done : String(done);
    this.calls.push({ name, given, result, error: this.#error });
    return result;
  }

  /**
   * @param {keyof typeof StandInLms12.ERRORS} code
   * @param {string} diagnostic
   * @returns {never}
   */
  #refuse(code, diagnostic) {
    this.#error = String(code);
    this.#diagnostic = diagnostic;
    throw new RangeError(diagnostic);
  }

  /** @param {unknown[]} given */
  #empty(given) {
    if (given.length !== 1 || given[0] !== "") this.#refuse(201, "The argument is the empty string.");
  }

  #running() {
    if (this.#phase !== "running") this.#refuse(301, `Called ${this.#phase} the session.`);
  }

  /**
   * @param {unknown[]} given
   * @param {number} count
   * @returns {string[]}
   */
  #strings(given, count) {
    if (given.length !== count || !given.every((each) => typeof each === "string")) {
      this.#refuse(201, `Takes ${count} text${count > 1 ? "s" : ""}.`);
    }
    return /** @type {string[]} */ (given);
  }

  /** @param {string} element */
  #get(element) {
    return this.#values.get(element) || "";
  }

  /**
   * The element's name with its numbers taken out, as the tables have it.
   * @param {string} element
   */
  #general(element) {
    return element.replace(/\.\d+(?=\.)/, ".n").replace(/\.\d+(?=\.)/, ".m");
  }

  /** @param {string} element */
  #known(element) {
    if ((this.#options.without || []).some((start) => element.startsWith(start))) {
      this.#refuse(401, `${element} is not implemented here.`);
    }
    /** @type {Record<string, string[]>} */
    const elements = StandInLms12.ELEMENTS;
    const found = elements[this.#general(element)];
    if (!found) this.#refuse(201, `${element} is no element.`);
    return found;
  }

  /** @param {string} array */
  #count(array) {
    const start = `${array}.`;
    const numbers = [...this.#values.keys()]
      .filter((each) => each.startsWith(start))
      .map((each) => each.slice(start.length).split(".")[0]);
    return new Set(numbers).size;
  }

  /** @param {string} element */
  #read(element) {
    if (element === "cmi._version") return this.#get(element);
    const keyword = /^(.+)\.(_children|_count)$/.exec(element);
    if (keyword) {
      const general = this.#general(`${keyword[1]}.`).slice(0, -1);
      if ((this.#options.without || []).some((start) => keyword[1].startsWith(start))) {
        this.#refuse(401, `${element} is not implemented here.`);
      }
      if (keyword[2] === "_count") {
        if (!StandInLms12.ARRAYS.includes(general)) this.#refuse(203, `${keyword[1]} is not an array.`);
        return String(this.#count(keyword[1]));
      }
      /** @type {Record<string, string>} */
      const children = StandInLms12.CHILDREN;
      if (!(general in children)) this.#refuse(202, `${keyword[1]} has no children.`);
      const missing = (this.#options.without || []).map((each) => each.slice(keyword[1].length + 1));
      return children[general]
        .split(",")
        .filter((child) => !missing.includes(child))
        .join(",");
    }
    const [access] = this.#known(element);
    if (access === "w") this.#refuse(404, `${element} is write only.`);
    const number = /^(cmi\.objectives)\.(\d+)\./.exec(element);
    if (number && Number(number[2]) >= this.#count(number[1])) this.#refuse(201, `${element} does not exist.`);
    return this.#get(element);
  }

  /**
   * @param {string} element
   * @param {string} value
   */
  #write(element, value) {
    if (/(^|\.)_(children|count|version)$/.test(element)) this.#refuse(402, `${element} is a keyword.`);
    const [access, type] = this.#known(element);
    if (access === "r") this.#refuse(403, `${element} is read only.`);
    this.#inOrder(element);
    const whole = element === "cmi.comments" ? this.#get(element) + value : value;
    /** @type {Record<string, RegExp>} */
    const types = StandInLms12.TYPES;
    if (!types[type].test(whole)) {
      this.#refuse(405, `${element} is no ${type}: ${whole.length} characters, ${JSON.stringify(whole.slice(0, 40))}`);
    }
    this.#values.set(element, whole);
  }

  /**
   * Records come without gaps, and each begins with its id (RTE 3.4.4, objectives and interactions).
   * @param {string} element
   */
  #inOrder(element) {
    for (const [start, array, number] of element.matchAll(/(?<=(^.*?))\.(\d+)\./g)) {
      const count = this.#count(array);
      if (Number(number) > count) this.#refuse(201, `${array}${start}: the next number is ${count}.`);
    }
    const record = /^(cmi\.(?:objectives|interactions)\.\d+)\./.exec(element);
    if (record && element !== `${record[1]}.id` && !this.#values.has(`${record[1]}.id`)) {
      this.#refuse(201, `${record[1]}.id comes first.`);
    }
  }

  #keep() {
    const before = this.#saved.totalTime;
    this.#saved = {
      launched: true,
      status: this.#get("cmi.core.lesson_status"),
      location: this.#get("cmi.core.lesson_location"),
      suspendData: this.#get("cmi.suspend_data"),
      score: this.#get("cmi.core.score.raw"),
      comments: this.#get("cmi.comments"),
      exit: this.#get("cmi.core.exit"),
      totalTime: before,
    };
    // The latest session_time counts, so it is added to the time before this launch.
    const session = this.#get("cmi.core.session_time");
    if (session) this.#saved.totalTime = StandInLms12.addTime(this.#get("cmi.core.total_time"), session);
  }

  /**
   * @param {string} first CMITimespan
   * @param {string} second CMITimespan
   */
  static addTime(first, second) {
    const hundredths = [first, second].reduce((sum, span) => {
      const [hours, minutes, seconds] = span.split(":");
      return sum + Number(hours) * 360000 + Number(minutes) * 6000 + Math.round(Number(seconds) * 100);
    }, 0);
    const two = (/** @type {number} */ value) => String(Math.floor(value)).padStart(2, "0");
    const hours = String(Math.floor(hundredths / 360000)).padStart(4, "0");
    return `${hours}:${two((hundredths / 6000) % 60)}:${two((hundredths / 100) % 60)}.${two(hundredths % 100)}`;
  }
}
