// A strict stand-in for an LMS that speaks SCORM 2004. It refuses all that the standard lets an LMS refuse, and writes
// every call down. A classic script: it also runs from a file. Section numbers: Run-Time Environment, 4th Edition (RTE).

/**
 * @typedef {object} Saved2004 what an LMS keeps between launches; plain JSON
 * @property {string} [exit] how the latest launch was left
 * @property {Record<string, string>} [values] of the latest attempt, by element
 *
 * @typedef {object} Call2004
 * @property {string} name
 * @property {unknown[]} given
 * @property {unknown} result
 * @property {string} error
 *
 * @typedef {object} Options2004
 * @property {3 | 4} [edition] 3: the 4,000 characters of suspend data that the cautious count on; 4: the standard's 64,000
 * @property {"normal" | "browse" | "review"} [mode]
 * @property {"credit" | "no-credit"} [credit]
 * @property {string} [mastery] scaled passing score: minNormalizedMeasure of the item's primary objective
 * @property {string} [threshold] completion threshold: minProgressMeasure of the item
 * @property {string} [launchData]
 * @property {string[]} [objectives] ids of the item's objectives in the manifest
 * @property {boolean} [refuseInitialize]
 * @property {boolean} [refuseCommit]
 * @property {boolean} [refuseEnd]
 * @property {boolean} [refuseSet]
 * @property {string[]} [without] beginnings of elements that this LMS does not have
 * @property {boolean} [wipeStatus] forgets both statuses before this launch
 * @property {boolean} [wipeState] forgets the suspend data before this launch
 * @property {boolean} [booleans] answers true and false instead of "true" and "false"
 * @property {string} [learner] id of who has logged in
 * @property {unknown} [says] every function answers this, whatever is asked, and nothing is kept
 * @property {boolean} [throws] every function throws
 * @property {number} [room] characters that are kept of suspend data set in this session; the rest is cut off without a word
 * @property {boolean} [wipeAtCompletion] forgets suspend data set in this session when the course is completed
 * @property {boolean} [stale] reads the suspend data as it was when the course was launched
 * @property {number} [slow] milliseconds that a commit takes
 */

class StandInLms2004 {
  /** RTE 3.1.7, error codes. */
  static ERRORS = {
    0: "No Error",
    101: "General Exception",
    102: "General Initialization Failure",
    103: "Already Initialized",
    104: "Content Instance Terminated",
    111: "General Termination Failure",
    112: "Termination Before Initialization",
    113: "Termination After Termination",
    122: "Retrieve Data Before Initialization",
    123: "Retrieve Data After Termination",
    132: "Store Data Before Initialization",
    133: "Store Data After Termination",
    142: "Commit Before Initialization",
    143: "Commit After Termination",
    201: "General Argument Error",
    301: "General Get Failure",
    351: "General Set Failure",
    391: "General Commit Failure",
    401: "Undefined Data Model Element",
    402: "Unimplemented Data Model Element",
    403: "Data Model Element Value Not Initialized",
    404: "Data Model Element Is Read Only",
    405: "Data Model Element Is Write Only",
    406: "Data Model Element Type Mismatch",
    407: "Data Model Element Value Out Of Range",
    408: "Data Model Dependency Not Established",
  };

  /** RTE 4.1.1.7, data types. Identifiers and times as narrow as the narrowest LMS in use has them. */
  static TYPES = {
    string1000: /^[\s\S]{0,1000}$/,
    string4000: /^[\s\S]{0,4000}$/,
    string64000: /^[\s\S]{0,64000}$/,
    localized250: /^(\{lang=[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*\})?(?!\{lang=)[\s\S]{0,250}$/,
    localized4000: /^(\{lang=[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*\})?(?!\{lang=)[\s\S]{0,4000}$/,
    language: /^([a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*)?$/,
    longIdentifier: /^[^\s[\]{}]{1,3999}[A-Za-z0-9]$/,
    shortIdentifier: /^[\w.]{1,250}$/,
    real: /^-?\d{1,10}(\.\d{1,7})?$/,
    timeinterval: /^P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d{1,2})?S)?)?$/,
    time: /^(19[7-9]\d|20[0-2]\d|203[0-8])(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3])(:[0-5]\d(:[0-5]\d(\.\d{1,2}(Z|[+-]([01]\d|2[0-3])(:[0-5]\d)?)?)?)?)?)?)?)?$/,
    sign: /^(-1|0|1)$/,
    completion: /^(completed|incomplete|not attempted|unknown)$/,
    success: /^(passed|failed|unknown)$/,
    exit: /^(time-out|suspend|logout|normal|)$/,
    interaction: /^(true-false|choice|fill-in|long-fill-in|matching|performance|sequencing|likert|numeric|other)$/,
    result: /^(correct|incorrect|unanticipated|neutral|-?\d{1,10}(\.\d{1,7})?)$/,
    request: /^(continue|previous|exit|exitAll|abandon|abandonAll|suspendAll|_none_|\{target=[^\s{}]+\}(choice|jump))$/,
  };

  /**
   * RTE 4.2: access, then the data type of what may be set, then its range. Numbers in a name are written n and m.
   * @type {Record<string, [access: "r" | "w" | "rw", type?: string, least?: number, most?: number]>}
   */
  static ELEMENTS = {
    "cmi._version": ["r"],
    "cmi.comments_from_learner.n.comment": ["rw", "localized4000"],
    "cmi.comments_from_learner.n.location": ["rw", "localized250"],
    "cmi.comments_from_learner.n.timestamp": ["rw", "time"],
    "cmi.comments_from_lms.n.comment": ["r"],
    "cmi.comments_from_lms.n.location": ["r"],
    "cmi.comments_from_lms.n.timestamp": ["r"],
    "cmi.completion_status": ["rw", "completion"],
    "cmi.completion_threshold": ["r"],
    "cmi.credit": ["r"],
    "cmi.entry": ["r"],
    "cmi.exit": ["w", "exit"],
    "cmi.interactions.n.id": ["rw", "longIdentifier"],
    "cmi.interactions.n.type": ["rw", "interaction"],
    "cmi.interactions.n.objectives.m.id": ["rw", "longIdentifier"],
    "cmi.interactions.n.timestamp": ["rw", "time"],
    "cmi.interactions.n.correct_responses.m.pattern": ["rw", "response"],
    "cmi.interactions.n.weighting": ["rw", "real"],
    "cmi.interactions.n.learner_response": ["rw", "response"],
    "cmi.interactions.n.result": ["rw", "result"],
    "cmi.interactions.n.latency": ["rw", "timeinterval"],
    "cmi.interactions.n.description": ["rw", "localized250"],
    "cmi.launch_data": ["r"],
    "cmi.learner_id": ["r"],
    "cmi.learner_name": ["r"],
    "cmi.learner_preference.audio_level": ["rw", "real", 0, Number.POSITIVE_INFINITY],
    "cmi.learner_preference.language": ["rw", "language"],
    "cmi.learner_preference.delivery_speed": ["rw", "real", 0, Number.POSITIVE_INFINITY],
    "cmi.learner_preference.audio_captioning": ["rw", "sign"],
    "cmi.location": ["rw", "string1000"],
    "cmi.max_time_allowed": ["r"],
    "cmi.mode": ["r"],
    "cmi.objectives.n.id": ["rw", "longIdentifier"],
    "cmi.objectives.n.score.scaled": ["rw", "real", -1, 1],
    "cmi.objectives.n.score.raw": ["rw", "real"],
    "cmi.objectives.n.score.min": ["rw", "real"],
    "cmi.objectives.n.score.max": ["rw", "real"],
    "cmi.objectives.n.success_status": ["rw", "success"],
    "cmi.objectives.n.completion_status": ["rw", "completion"],
    "cmi.objectives.n.progress_measure": ["rw", "real", 0, 1],
    "cmi.objectives.n.description": ["rw", "localized250"],
    "cmi.progress_measure": ["rw", "real", 0, 1],
    "cmi.scaled_passing_score": ["r"],
    "cmi.score.scaled": ["rw", "real", -1, 1],
    "cmi.score.raw": ["rw", "real"],
    "cmi.score.min": ["rw", "real"],
    "cmi.score.max": ["rw", "real"],
    "cmi.session_time": ["w", "timeinterval"],
    "cmi.success_status": ["rw", "success"],
    "cmi.suspend_data": ["rw", "string64000"],
    "cmi.time_limit_action": ["r"],
    "cmi.total_time": ["r"],
    "adl.nav.request": ["rw", "request"],
    "adl.nav.request_valid.continue": ["r"],
    "adl.nav.request_valid.previous": ["r"],
    "adl.nav.request_valid.choice.target": ["r"],
    "adl.nav.request_valid.jump.target": ["r"],
    "adl.data.n.id": ["r"],
    "adl.data.n.store": ["rw", "string64000"],
  };

  /** RTE 4.2, `_children`. @type {Record<string, string>} */
  static CHILDREN = {
    cmi: "_version,comments_from_learner,comments_from_lms,completion_status,completion_threshold,credit,entry,exit,interactions,launch_data,learner_id,learner_name,learner_preference,location,max_time_allowed,mode,objectives,progress_measure,scaled_passing_score,score,session_time,success_status,suspend_data,time_limit_action,total_time",
    "cmi.comments_from_learner": "comment,location,timestamp",
    "cmi.comments_from_lms": "comment,location,timestamp",
    "cmi.interactions":
      "id,type,objectives,timestamp,correct_responses,weighting,learner_response,result,latency,description",
    "cmi.learner_preference": "audio_level,language,delivery_speed,audio_captioning",
    "cmi.objectives": "id,score,success_status,completion_status,progress_measure,description",
    "cmi.objectives.n.score": "scaled,raw,min,max",
    "cmi.score": "scaled,raw,min,max",
    "adl.data": "id,store",
  };

  /** How many records an LMS must keep at least. The last two are not the SCO's to make. @type {Record<string, number>} */
  static ARRAYS = {
    "cmi.comments_from_learner": 250,
    "cmi.interactions": 250,
    "cmi.interactions.n.objectives": 10,
    "cmi.interactions.n.correct_responses": 10,
    "cmi.objectives": 100,
    "cmi.comments_from_lms": 0,
    "adl.data": 0,
  };

  /** What is there before the SCO sets it. @type {Record<string, string>} */
  static DEFAULTS = {
    "cmi._version": "1.0",
    "cmi.completion_status": "unknown",
    "cmi.success_status": "unknown",
    "cmi.learner_id": "learner-1",
    "cmi.learner_name": "Learner, First",
    "cmi.learner_preference.audio_level": "1",
    "cmi.learner_preference.language": "",
    "cmi.learner_preference.delivery_speed": "1",
    "cmi.learner_preference.audio_captioning": "0",
    "cmi.objectives.n.success_status": "unknown",
    "cmi.objectives.n.completion_status": "unknown",
    "cmi.time_limit_action": "continue,no message",
    "cmi.total_time": "PT0H0M0S",
    "adl.nav.request": "_none_",
    "adl.nav.request_valid.continue": "unknown",
    "adl.nav.request_valid.previous": "unknown",
    "adl.nav.request_valid.choice.target": "unknown",
    "adl.nav.request_valid.jump.target": "unknown",
  };

  /**
   * RTE 4.2.9.1 and 4.2.9.2: what an interaction of each type may have for an answer and, where `pattern` is true, for
   * a right one.
   * @type {Record<string, (value: string, pattern: boolean) => boolean>}
   */
  static RESPONSES = {
    "true-false": (value) => /^(true|false)$/.test(value),
    choice: (value) => {
      const ids = StandInLms2004.list(value);
      return new Set(ids).size === ids.length && StandInLms2004.areShort(ids, 36);
    },
    "fill-in": (value, pattern) => {
      const texts = StandInLms2004.list(
        pattern ? value.replace(/^(\{(case|order)_matters=(true|false)\})*/, "") : value,
      );
      return texts.length <= 10 && texts.every((text) => StandInLms2004.TYPES.localized250.test(text));
    },
    "long-fill-in": (value, pattern) =>
      StandInLms2004.TYPES.localized4000.test(pattern ? value.replace(/^\{case_matters=(true|false)\}/, "") : value),
    matching: (value) => {
      const pairs = StandInLms2004.list(value).map((pair) => pair.split("[.]"));
      return pairs.length <= 36 && pairs.every((pair) => pair.length === 2 && StandInLms2004.areShort(pair, 2));
    },
    performance: (value, pattern) => {
      const steps = StandInLms2004.list(pattern ? value.replace(/^\{order_matters=(true|false)\}/, "") : value);
      return steps.length <= 250 && steps.every((step) => /^[\w.]{0,250}\[\.\].{0,250}$/.test(step) && step !== "[.]");
    },
    sequencing: (value) => StandInLms2004.areShort(StandInLms2004.list(value), 36),
    likert: (value) => StandInLms2004.TYPES.shortIdentifier.test(value),
    numeric: (value, pattern) => {
      const limits = pattern ? value.split("[:]") : [value];
      return (
        limits.length === (pattern ? 2 : 1) &&
        limits.every((limit) => (pattern && limit === "") || StandInLms2004.TYPES.real.test(limit))
      );
    },
    other: (value) => StandInLms2004.TYPES.string4000.test(value),
  };

  /** Types of interactions that have one right answer only. */
  static SINGLE = ["true-false", "likert", "numeric", "other"];

  /** @type {"before" | "running" | "after"} */
  #phase = "before";
  #error = "0";
  #diagnostic = "";
  /** @type {Saved2004} */
  #saved;
  /** @type {Options2004} */
  #options;
  /** @type {Map<string, string>} */
  #values = new Map();
  /** @type {string | undefined} */
  #first;
  /** @type {Call2004[]} */
  calls = [];

  /**
   * One launch.
   * @param {Saved2004} [saved] what the launch before left
   * @param {Options2004} [options]
   */
  constructor(saved = {}, options = {}) {
    this.#options = options;
    this.#saved = saved;
    // RTE 4.2.8, exit: an attempt goes on after "suspend" only; after anything else a new one begins, with nothing.
    const resumed = saved.exit === "suspend";
    for (const [element, value] of Object.entries((resumed && saved.values) || {})) this.#values.set(element, value);
    if (options.wipeState) this.#values.delete("cmi.suspend_data");
    if (options.wipeStatus) {
      this.#values.delete("cmi.completion_status");
      this.#values.delete("cmi.success_status");
    }
    /** @type {Record<string, string | undefined>} */
    const first = {
      "cmi.credit": options.credit || "credit",
      "cmi.mode": options.mode || "normal",
      "cmi.entry": resumed ? "resume" : "ab-initio",
      "cmi.launch_data": options.launchData,
      "cmi.scaled_passing_score": options.mastery,
      "cmi.completion_threshold": options.threshold,
      "cmi.learner_id": options.learner,
    };
    for (const [element, value] of Object.entries(first)) if (value !== undefined) this.#values.set(element, value);
    this.#first = this.#values.get("cmi.suspend_data");
    // RTE 4.2.17: the manifest's objectives are there before the SCO is.
    for (const id of options.objectives || []) {
      const count = this.#count("cmi.objectives");
      const known = Array.from({ length: count }, (_, at) => this.#values.get(`cmi.objectives.${at}.id`));
      if (!known.includes(id)) this.#values.set(`cmi.objectives.${count}.id`, id);
    }
  }

  /** What the next launch is given: all that was committed, as plain JSON. */
  get saved() {
    return { ...this.#saved };
  }

  /** What it holds now, by element, sent or not. @returns {Record<string, string>} */
  get values() {
    const own = Object.entries(StandInLms2004.DEFAULTS).filter(([element]) => /^cmi\.(?!.*\.n\.)/.test(element));
    return { ...Object.fromEntries(own), ...Object.fromEntries(this.#values) };
  }

  /** The calls that ended in an error. That an element has no value yet (403) is an answer. */
  get refused() {
    return this.calls.filter((call) => call.error !== "0" && call.error !== "403");
  }

  /** @param {Options2004} changes what it is like from now on */
  become(changes) {
    Object.assign(this.#options, changes);
  }

  /** The learner's session in the LMS ends while the course is open. */
  endSession() {
    this.#phase = "after";
  }

  /** @param {unknown[]} given */
  Initialize(...given) {
    return this.#call("Initialize", given, () => {
      this.#empty(given);
      if (this.#phase === "running") this.#refuse(103, "A launch is initialized once.");
      if (this.#phase === "after") this.#refuse(104, "This launch is over.");
      if (this.#options.refuseInitialize) this.#refuse(102, "Refused as asked.");
      this.#phase = "running";
    });
  }

  /** @param {unknown[]} given */
  Terminate(...given) {
    return this.#call("Terminate", given, () => {
      this.#empty(given);
      this.#running(112, 113);
      if (this.#options.refuseEnd) this.#refuse(111, "Refused as asked.");
      this.#keep();
      this.#phase = "after";
    });
  }

  /** @param {unknown[]} given */
  Commit(...given) {
    return this.#call("Commit", given, () => {
      this.#empty(given);
      this.#running(142, 143);
      if (this.#options.refuseCommit) this.#refuse(391, "Refused as asked.");
      const { slow = 0 } = this.#options;
      for (const until = Date.now() + slow; Date.now() < until; );
      this.#keep();
    });
  }

  /** @param {unknown[]} given */
  GetValue(...given) {
    let value = "";
    return this.#call(
      "GetValue",
      given,
      () => {
        this.#running(122, 123);
        const [element] = this.#strings(given, 1);
        if (element === "") this.#refuse(301, "No element is named.");
        value = this.#read(element);
      },
      () => value,
    );
  }

  /** @param {unknown[]} given */
  SetValue(...given) {
    return this.#call("SetValue", given, () => {
      this.#running(132, 133);
      const [element, value] = this.#strings(given, 2);
      if (element === "") this.#refuse(351, "No element is named.");
      if (this.#options.refuseSet) this.#refuse(351, "Refused as asked.");
      this.#write(element, value);
    });
  }

  GetLastError() {
    return this.#told("GetLastError", [], this.#error);
  }

  /** @param {string} code */
  GetErrorString(code) {
    /** @type {Record<string, string>} */
    const errors = StandInLms2004.ERRORS;
    return this.#told("GetErrorString", [code], errors[code] || "");
  }

  /** @param {string} code */
  GetDiagnostic(code) {
    return this.#told("GetDiagnostic", [code], this.#diagnostic);
  }

  /**
   * The three functions that tell of errors change none.
   * @param {string} name
   * @param {unknown[]} given
   * @param {string} result
   */
  #told(name, given, result) {
    const { says = result, throws } = this.#options;
    if (throws) throw new TypeError("Thrown as asked.");
    this.calls.push({ name, given, result: says, error: "0" });
    return says;
  }

  /**
   * @param {string} name
   * @param {unknown[]} given
   * @param {() => void} action
   * @param {() => unknown} [answer] what was read, when the call is no yes or no
   */
  #call(name, given, action, answer) {
    const { says, throws } = this.#options;
    if (throws || says !== undefined) return this.#told(name, given, "");
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
   * @param {keyof typeof StandInLms2004.ERRORS} code
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

  /**
   * @param {keyof typeof StandInLms2004.ERRORS} before
   * @param {keyof typeof StandInLms2004.ERRORS} after
   */
  #running(before, after) {
    if (this.#phase !== "running") {
      this.#refuse(this.#phase === "before" ? before : after, `Called ${this.#phase} the session.`);
    }
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

  /**
   * The element's name with its numbers and targets taken out, as the tables have it.
   * @param {string} element
   */
  #general(element) {
    return element
      .replace(/\.\{target=[^\s{}]+\}$/, ".target")
      .replace(/\.\d+(?=\.|$)/, ".n")
      .replace(/\.\d+(?=\.|$)/, ".m");
  }

  /** @param {string} element */
  #known(element) {
    const found = StandInLms2004.ELEMENTS[this.#general(element)];
    if (!found) this.#refuse(401, `${element} is no element.`);
    this.#implemented(element);
    return found;
  }

  /** @param {string} element */
  #implemented(element) {
    if ((this.#options.without || []).some((start) => element.startsWith(start))) {
      this.#refuse(402, `${element} is not implemented here.`);
    }
  }

  /** @param {string} array */
  #count(array) {
    const start = `${array}.`;
    const numbers = [...this.#values.keys()]
      .filter((each) => each.startsWith(start))
      .map((each) => each.slice(start.length).split(".")[0]);
    return new Set(numbers).size;
  }

  /**
   * The arrays that contain an element, each with the element's index in it.
   * @param {string} element
   * @returns {[array: string, number: number][]}
   */
  #places(element) {
    return [...element.matchAll(/\.(\d+)(?=\.|$)/g)].map((found) => [element.slice(0, found.index), Number(found[1])]);
  }

  /** @param {string} element */
  #exists(element) {
    for (const [array, number] of this.#places(element)) {
      if (number >= this.#count(array)) this.#refuse(301, `${array} has no number ${number}.`);
    }
  }

  /** @param {string} element */
  #read(element) {
    const keyword = /^(.+)\.(_children|_count)$/.exec(element);
    if (keyword) return this.#readKeyword(keyword[1], keyword[2]);
    const [access] = this.#known(element);
    if (access === "w") this.#refuse(405, `${element} is write only.`);
    this.#exists(element);
    const value =
      this.#derived(element) ?? (element === "cmi.suspend_data" ? this.#state() : this.#values.get(element));
    if (value !== undefined) return value;
    const initial = StandInLms2004.DEFAULTS[this.#general(element)];
    if (initial === undefined) this.#refuse(403, `${element} has no value.`);
    return initial;
  }

  #state() {
    return this.#options.stale ? this.#first : this.#kept();
  }

  #kept() {
    const state = this.#values.get("cmi.suspend_data");
    return state === this.#first ? state : state?.slice(0, this.#options.room);
  }

  /**
   * @param {string} parent
   * @param {string} keyword
   */
  #readKeyword(parent, keyword) {
    const general = this.#general(parent);
    const { ARRAYS, CHILDREN, ELEMENTS } = StandInLms2004;
    if (!Object.keys(ELEMENTS).some((each) => each === general || each.startsWith(`${general}.`))) {
      this.#refuse(401, `${parent} is no element.`);
    }
    this.#implemented(parent);
    this.#exists(parent);
    if (keyword === "_count") {
      if (!(general in ARRAYS)) this.#refuse(301, `${parent} is not an array.`);
      return String(this.#count(parent));
    }
    if (!(general in CHILDREN)) this.#refuse(301, `${parent} has no children.`);
    const missing = (this.#options.without || []).map((each) => each.slice(parent.length + 1));
    return CHILDREN[general]
      .split(",")
      .filter((child) => !missing.includes(child))
      .join(",");
  }

  /**
   * RTE 4.2.4.1 and 4.2.22.1: with a threshold or a passing score the LMS decides, whatever the SCO has set.
   * @param {string} element
   */
  #derived(element) {
    const { mastery, threshold } = this.#options;
    if (element === "cmi.completion_status" && threshold !== undefined) {
      const measure = this.#values.get("cmi.progress_measure");
      return measure === undefined ? "unknown" : Number(measure) >= Number(threshold) ? "completed" : "incomplete";
    }
    if (element === "cmi.success_status" && mastery !== undefined) {
      const scaled = this.#values.get("cmi.score.scaled");
      return scaled === undefined ? "unknown" : Number(scaled) >= Number(mastery) ? "passed" : "failed";
    }
    return undefined;
  }

  /**
   * @param {string} element
   * @param {string} value
   */
  #write(element, value) {
    if (/(^|\.)_(children|count|version)$/.test(element)) this.#refuse(404, `${element} is a keyword.`);
    const [access, type, least, most] = this.#known(element);
    if (access === "r") this.#refuse(404, `${element} is read only.`);
    this.#inOrder(element);
    if (!this.#fits(element, String(type), value)) {
      this.#refuse(406, `${element} is no ${type}: ${value.length} characters, ${JSON.stringify(value.slice(0, 40))}`);
    }
    if (least !== undefined && most !== undefined && (Number(value) < least || Number(value) > most)) {
      this.#refuse(407, `${element} is from ${least} to ${most}: ${value}`);
    }
    this.#alone(element, value);
    this.#values.set(element, value);
  }

  /**
   * @param {string} element
   * @param {string} type
   * @param {string} value
   */
  #fits(element, type, value) {
    if (element === "cmi.suspend_data" && this.#options.edition === 3) return value.length <= 4000;
    /** @type {Record<string, RegExp>} */
    const types = StandInLms2004.TYPES;
    if (type !== "response") return types[type].test(value);
    const kind = this.#values.get(element.replace(/^(cmi\.interactions\.\d+)\..*/, "$1.type"));
    return StandInLms2004.RESPONSES[String(kind)](value, element.endsWith(".pattern"));
  }

  /**
   * Records come without gaps, and what others depend on comes first (RTE 4.1.1.3, 4.2.9, 4.2.17).
   * @param {string} element
   */
  #inOrder(element) {
    for (const [array, number] of this.#places(element)) {
      const count = this.#count(array);
      if (number > count) this.#refuse(351, `${array}: the next number is ${count}.`);
      const most = StandInLms2004.ARRAYS[this.#general(array)];
      if (number >= most) this.#refuse(351, `${array} holds ${most} records.`);
    }
    const record = /^(cmi\.(?:objectives|interactions)\.\d+)\.(.+)$/.exec(element);
    if (!record || record[2] === "id") return;
    if (!this.#values.has(`${record[1]}.id`)) this.#refuse(408, `${record[1]}.id comes first.`);
    if (!/^(learner_response|correct_responses\..*)$/.test(record[2])) return;
    if (!this.#values.has(`${record[1]}.type`)) this.#refuse(408, `${record[1]}.type comes before ${record[2]}.`);
  }

  /**
   * Objectives have ids of their own, for good; an interaction has no answer and no objective twice (RTE 4.2.9, 4.2.17).
   * @param {string} element
   * @param {string} value
   */
  #alone(element, value) {
    const found =
      /^(cmi\.objectives|cmi\.interactions\.\d+\.(?:objectives|correct_responses))\.(\d+)\.(id|pattern)$/.exec(element);
    if (!found) return;
    const [, array, number, name] = found;
    const before = this.#values.get(element);
    if (array === "cmi.objectives" && before !== undefined && before !== value) {
      this.#refuse(351, `${element} is already ${before}.`);
    }
    const others = Array.from({ length: this.#count(array) }, (_, at) => at).filter((at) => at !== Number(number));
    if (others.some((at) => this.#values.get(`${array}.${at}.${name}`) === value)) {
      this.#refuse(351, `${array} has ${value} already.`);
    }
    const kind = this.#values.get(array.replace(/correct_responses$/, "type"));
    if (name === "pattern" && others.length > 0 && StandInLms2004.SINGLE.includes(String(kind))) {
      this.#refuse(351, `${kind} has one right answer.`);
    }
  }

  #keep() {
    /** @type {Record<string, string>} */
    const values = {};
    for (const [element, value] of this.#values) {
      const [access] = StandInLms2004.ELEMENTS[this.#general(element)];
      if (element.startsWith("cmi.") && access === "rw") values[element] = value;
    }
    for (const element of ["cmi.completion_status", "cmi.success_status"]) {
      values[element] = this.#derived(element) ?? (values[element] || StandInLms2004.DEFAULTS[element]);
    }
    const isCompleted = values["cmi.completion_status"] === "completed";
    const state = this.#kept();
    if (state !== undefined) {
      const isWiped = isCompleted && this.#options.wipeAtCompletion && state !== this.#first;
      values["cmi.suspend_data"] = isWiped ? "" : state;
      this.#values.set("cmi.suspend_data", values["cmi.suspend_data"]);
    }
    // The latest session_time counts, so it is added to the time before this launch.
    const before = this.#values.get("cmi.total_time") || StandInLms2004.DEFAULTS["cmi.total_time"];
    const session = this.#values.get("cmi.session_time");
    values["cmi.total_time"] = session ? StandInLms2004.addTime(before, session) : before;
    this.#saved = { exit: this.#values.get("cmi.exit") || "", values };
  }

  /** @param {string} value ids or texts with `[,]` between them */
  static list(value) {
    return value === "" ? [] : value.split("[,]");
  }

  /**
   * @param {string[]} ids
   * @param {number} most
   */
  static areShort(ids, most) {
    return ids.length <= most && ids.every((id) => StandInLms2004.TYPES.shortIdentifier.test(id));
  }

  /**
   * @param {string} first timeinterval
   * @param {string} second timeinterval
   */
  static addTime(first, second) {
    const hundredths = [first, second].reduce((sum, interval) => {
      const part = (/** @type {RegExp} */ sign) => Number((sign.exec(interval) || [])[1] || 0);
      const days = part(/^P.*?(\d+)D/) + 30 * part(/^P[^T]*?(\d+)M/) + 365 * part(/^P(\d+)Y/);
      const minutes = 60 * part(/T(\d+)H/) + part(/T.*?(\d+)M/);
      return sum + 8640000 * days + 6000 * minutes + Math.round(100 * part(/T.*?([\d.]+)S/));
    }, 0);
    const minutes = Math.floor(hundredths / 6000);
    return `PT${Math.floor(minutes / 60)}H${minutes % 60}M${(hundredths % 6000) / 100}S`;
  }
}
