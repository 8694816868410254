// A strict LRS in memory, an LMS that launches by cmi5, and windows on devices that hold their storage.
//
// What the specifications forbid is refused with the reason: xAPI 1.0.3 part 2 (data), part 3 (communication), cmi5.

import { createHash } from "node:crypto";
import { answer, EMPTY, has, result, settle, visit } from "../src/state.js";

export const ROOT = "https://example.org/a-course";
export const ACTOR = { objectType: "Agent", account: { homePage: "https://lms.example.org", name: "a1" }, name: "Ada" };
export const REGISTRATION = "0b9f3a52-6c0b-4b6e-8b0e-2f6a9d1c7e11";
export const ENDPOINT = "https://lrs.example.org/xapi/";
export const AUTH = "Basic bG9naW46c2VjcmV0";

const VERBS = "http://adlnet.gov/expapi/verbs/";
const CATEGORY = "https://w3id.org/xapi/cmi5/context/categories/";
export const SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid";
export const MASTERY = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const IRI = /^[a-z][a-z0-9+.-]*:\S+$/i;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const DURATION = /^P(?=\d|T\d)(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d{1,2})?S)?)?$/;
const TAG = /^[a-z]{2,3}(-[A-Za-z0-9]+)*$/;

export const sha1 = (text) => createHash("sha1").update(text).digest("hex");
/** Turns of the event loop, until whatever was under way is done. */
export const settled = async (turns = 40) => {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((done) => setImmediate(done));
};

/**
 * What the build would write for the course of the tests.
 * @param {object} course
 * @param {{ cmi5?: boolean, report?: object }} options
 */
export function shapesOf(course, { cmi5 = false, report = { answers: true, media: true } } = {}) {
  const activity = (id, type) => ({
    objectType: "Activity",
    id,
    definition: { name: { en: id }, type: `http://adlnet.gov/expapi/activities/${type}` },
  });
  const reference = (id) => ({ objectType: "Activity", id });
  const defined = ["initialized", "completed", "passed", "failed", "terminated"];
  const shape = (name, verb, result, category = []) => {
    const categories = category.map(reference);
    if (cmi5 && defined.includes(name)) categories.push(reference(`${CATEGORY}cmi5`));
    if (cmi5 && ["completed", "passed", "failed"].includes(name)) categories.push(reference(`${CATEGORY}moveon`));
    const grouping =
      defined.includes(name) || ["resumed", "suspended", "progressed"].includes(name) ? [] : [reference(ROOT)];
    const lists = { ...(grouping.length ? { grouping } : {}), ...(categories.length ? { category: categories } : {}) };
    return {
      verb: { id: verb.includes(":") ? verb : VERBS + verb, display: { en: verb } },
      ...(result ? { result } : {}),
      context: { language: "en", ...(Object.keys(lists).length ? { contextActivities: lists } : {}) },
    };
  };
  const video = ["https://w3id.org/xapi/video"];
  const shapes = {
    initialized: shape("initialized", "initialized"),
    experienced: shape("experienced", "experienced"),
    answered: shape("answered", "answered"),
    progressed: shape("progressed", "progressed"),
    completed: shape("completed", "completed", { completion: true }),
    passed: shape("passed", "passed", { success: true }),
    failed: shape("failed", "failed", { success: false }),
    terminated: shape("terminated", "terminated"),
    mediaInitialized: shape("mediaInitialized", "initialized", undefined, video),
    mediaPlayed: shape("mediaPlayed", "https://w3id.org/xapi/video/verbs/played", undefined, video),
    mediaPaused: shape("mediaPaused", "https://w3id.org/xapi/video/verbs/paused", undefined, video),
    mediaSeeked: shape("mediaSeeked", "https://w3id.org/xapi/video/verbs/seeked", undefined, video),
    mediaCompleted: shape("mediaCompleted", "completed", { completion: true }, video),
    mediaTerminated: shape("mediaTerminated", "terminated", undefined, video),
  };
  if (!cmi5) {
    Object.assign(shapes, {
      resumed: shape("resumed", "resumed"),
      suspended: shape("suspended", "suspended"),
      partCompleted: shape("partCompleted", "completed", { completion: true }),
    });
  }
  const placed = (list, type, parent) =>
    Object.fromEntries(
      list.map((each) => [
        each.id,
        { object: activity(`${ROOT}/${each.id}`, type), parent: [reference(parent(each))] },
      ]),
    );
  return {
    course: activity(ROOT, "course"),
    parts: Object.fromEntries(course.parts.map(({ id }) => [id, activity(`${ROOT}/parts/${id}`, "module")])),
    pages: placed(course.pages, "lesson", ({ part }) => (part ? `${ROOT}/parts/${part}` : ROOT)),
    questions: report.answers ? placed(course.questions, "cmi.interaction", ({ page }) => `${ROOT}/${page}`) : {},
    media: report.media
      ? { "media/film.mp4": { object: activity(`${ROOT}/media/film.mp4`, "media"), parent: [reference(ROOT)] } }
      : {},
    shapes,
    report,
  };
}

/** A device: what its windows share. `isFull` and `isRefused` make its storage throw. */
export function makeDevice() {
  const kept = new Map();
  const storageOf = (kept) => ({
    get length() {
      return kept.size;
    },
    key: (at) => [...kept.keys()][at] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem(key, value) {
      if (device.isFull) throw new Error("QuotaExceededError");
      kept.set(key, String(value));
    },
    removeItem: (key) => void kept.delete(key),
  });
  // Of one tab.
  const session = storageOf(new Map());
  const device = { kept, isFull: false, isRefused: false, storage: storageOf(kept), session };
  return device;
}

/**
 * A window that a course was opened in.
 * @param {object} options
 */
export function openWindow({ lrs, device = makeDevice(), search = "", hash = "", state = null, statements = null }) {
  const listeners = {};
  const timers = new Set();
  const window = {
    listeners,
    isGone: false,
    location: { pathname: "/course/index.html", search, hash },
    history: {
      state,
      replaceState(next, _, to) {
        window.history.state = structuredClone(next);
        if (to === undefined) return;
        const { pathname, search, hash } = new URL(to, "https://course.example.org");
        window.location = { pathname, search, hash };
      },
    },
    addEventListener: (name, listener) => {
      listeners[name] = [...(listeners[name] || []), listener];
    },
    get localStorage() {
      if (device.isRefused) throw new Error("SecurityError");
      return device.storage;
    },
    // At once, and so in the same order in every run.
    crypto: { subtle: { digest: async (_, data) => createHash("sha1").update(data).digest() } },
    coursepackStatements: statements,
    fetch: (to, init = {}) => lrs.fetch(to, init, window),
    setTimeout(work, pause) {
      // What waits until others have done waits here as long as others take.
      if (pause < 5000 && !window.isGone) settled(100).then(() => window.isGone || work());
      const timer = window.isGone || pause < 5000 ? undefined : setTimeout(work, pause);
      timers.add(timer);
      return timer;
    },
    clearTimeout: (timer) => clearTimeout(timer),
    /** The page goes: nobody waits for replies any more. */
    close() {
      window.isGone = true;
      for (const timer of timers) clearTimeout(timer);
    },
    /** A new history entry, as every page of the course makes one. */
    go(hash) {
      window.history.state = null;
      window.location = { ...window.location, hash };
      for (const listener of listeners.hashchange || []) listener();
    },
    /** The same tab, loaded again. */
    reload() {
      window.close();
      const { search, hash } = window.location;
      return openWindow({ lrs, device, search, hash, state: window.history.state, statements });
    },
  };
  return window;
}

/** @param {Record<string, string | undefined>} parameters */
export function query(parameters) {
  const parts = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return `?${parts.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;
}

class Refusal extends Error {
  constructor(status, reason) {
    super(reason);
    this.status = status;
  }
}

function demand(holds, reason, status = 400) {
  if (!holds) throw new Refusal(status, reason);
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

function only(value, names, where) {
  demand(isObject(value), `${where} is no object`);
  for (const name of Object.keys(value)) demand(names.includes(name), `${where} has an unknown property ${name}`);
}

function checkMap(map, where) {
  demand(isObject(map) && Object.keys(map).every((tag) => TAG.test(tag)), `${where} is no language map`);
}

function checkAgent(agent) {
  only(agent, ["objectType", "name", "mbox", "mbox_sha1sum", "openid", "account"], "agent");
  const found = ["mbox", "mbox_sha1sum", "openid", "account"].filter((name) => name in agent);
  demand(found.length === 1, "an agent has exactly one identifier");
  if (agent.mbox !== undefined) demand(/^mailto:[^@\s]+@[^@\s]+$/.test(agent.mbox), "mbox is no mailto");
  if (agent.account !== undefined) {
    only(agent.account, ["homePage", "name"], "account");
    demand(IRI.test(agent.account.homePage) && typeof agent.account.name === "string", "account is not whole");
  }
}

function checkActivity(activity, where) {
  only(activity, ["objectType", "id", "definition"], where);
  demand(IRI.test(activity.id), `${where}: the id is no IRI`);
  if (activity.definition) {
    checkMap(activity.definition.name, `${where}: name`);
    demand(IRI.test(activity.definition.type), `${where}: type is no IRI`);
  }
}

function checkExtensions(extensions) {
  demand(isObject(extensions) && Object.keys(extensions).every((key) => IRI.test(key)), "extension keys are IRIs");
}

/** @param {any} made */
export function checkStatement(made) {
  demand(!/:null[,}\]]|\[null|,null/.test(JSON.stringify(made)), "null is not allowed");
  only(made, ["id", "actor", "verb", "object", "result", "context", "timestamp"], "statement");
  demand(UUID.test(made.id), "the id is no UUID");
  demand(TIME.test(made.timestamp), "the timestamp is not in UTC");
  checkAgent(made.actor);
  only(made.verb, ["id", "display"], "verb");
  demand(IRI.test(made.verb.id), "the verb's id is no IRI");
  checkMap(made.verb.display, "display");
  checkActivity(made.object, "object");
  if (made.result !== undefined) {
    const { score, success, completion, response, duration, extensions } = made.result;
    only(made.result, ["score", "success", "completion", "response", "duration", "extensions"], "result");
    if (score !== undefined) {
      only(score, ["scaled", "raw", "min", "max"], "score");
      demand(score.scaled >= -1 && score.scaled <= 1, "scaled is out of range");
      if (score.raw !== undefined)
        demand(score.min < score.max && score.raw >= score.min && score.raw <= score.max, "raw is out of range");
    }
    for (const flag of [success, completion])
      demand(flag === undefined || typeof flag === "boolean", "flags are boolean");
    demand(response === undefined || typeof response === "string", "response is no string");
    demand(duration === undefined || DURATION.test(duration), `duration ${duration}`);
    if (extensions !== undefined) checkExtensions(extensions);
  }
  if (made.context !== undefined) {
    only(made.context, ["registration", "contextActivities", "platform", "language", "extensions"], "context");
    const { registration, contextActivities = {}, language, extensions } = made.context;
    demand(registration === undefined || UUID.test(registration), "registration is no UUID");
    demand(language === undefined || TAG.test(language), "language");
    only(contextActivities, ["parent", "grouping", "category", "other"], "contextActivities");
    for (const list of Object.values(contextActivities)) {
      demand(Array.isArray(list) && list.length > 0, "contextActivities are lists");
      for (const each of list) checkActivity(each, "context activity");
      demand(new Set(list.map(({ id }) => id)).size === list.length, "a context activity is there twice");
    }
    if (extensions !== undefined) checkExtensions(extensions);
  }
}

/**
 * @param {object} options
 * @param {string[]} [options.versions] that it speaks
 * @param {boolean} [options.hasAbout]
 * @param {boolean} [options.hidesHeaders] CORS lets neither ETag nor Retry-After through
 * @param {boolean} [options.refusesConditions] CORS lets neither If-Match nor If-None-Match through
 * @param {boolean} [options.hashes] the ETag is the SHA-1 of the contents, as 1.0.3 says
 * @param {boolean} [options.tagsPuts] the reply to a PUT has an ETag
 * @param {number} [options.ok] status of a PUT that succeeded
 * @param {boolean} [options.refusesTwice] cmi5's completed and passed are refused when they come twice, whatever their id
 * @param {boolean} [options.isStrict] what ADL's player for cmi5 refuses is refused with 403: whatever comes before `initialized`
 *   was stored or after `terminated`, what may come once and comes again under whatever id, and all before the preferences
 *   were read
 * @param {number} [options.pace] turns that a request takes; one is done at a time, in the order in which they came
 * @param {string[]} [options.quirks] by the names of `coursepack.profiles`
 */
export function makeLrs({
  versions = ["1.0.0", "1.0.3"],
  hasAbout = true,
  hidesHeaders = false,
  refusesConditions = false,
  hashes = true,
  tagsPuts = false,
  ok = 204,
  refusesTwice = false,
  isStrict = false,
  pace = 0,
  quirks = [],
} = {}) {
  const does = (quirk) => quirks.includes(quirk);
  let turn = Promise.resolve();
  /** Ids of statements that are being stored. */
  const storing = new Set();
  /** @type {Map<string, { text: string, tag: string }>} */
  const documents = new Map();
  const statements = [];
  const calls = [];
  let writes = 0;
  /** Bytes that may outlive each window. */
  const inFlight = new Map();
  /** By Authorization header; null: anybody. @type {Map<string, any>} */
  const rights = new Map([[AUTH, null]]);
  /** Fetch URLs of cmi5. @type {Map<string, any>} */
  const keys = new Map();
  const ended = new Set();

  const lrs = {
    documents,
    statements,
    calls,
    rights,
    /** Ids of statements that came while they were being stored: some LRSs keep both. */
    doubles: [],
    /** No key is good any more. */
    isExpired: false,
    /** What goes wrong with a call: null, "cut", "hang", "lost", "late", "page", a status or a whole answer. */
    fault: () => null,
    fetch,
    launch,
    verbs: () => statements.map(({ verb }) => verb.id.split("/").pop()),
    /** @param {string} verb */
    said: (verb) => statements.filter(({ verb: { id } }) => id.endsWith(`/${verb}`)),
    doc: () => [...documents].filter(([key]) => key.includes('"resume"')).map(([, { text }]) => JSON.parse(text))[0],
    docKey: (registration = REGISTRATION, activityId = ROOT, agent = ACTOR) =>
      JSON.stringify([activityId, JSON.stringify(agent), registration ?? null, "resume"]),
    /** Another device writes. @param {string} text */
    put(text, key = lrs.docKey()) {
      writes += 1;
      documents.set(key, { text, tag: hashes ? `"${sha1(text)}"` : `"v${writes}"` });
    },
  };

  async function fetch(to, init, window) {
    const { method = "GET", headers = {}, body, keepalive = false, signal } = init;
    const url = new URL(to);
    const call = { method, resource: url.pathname.replace("/xapi/", ""), headers, body, keepalive, url };
    calls.push(call);
    const size = Buffer.byteLength(body || "");
    const conditional = "If-Match" in headers || "If-None-Match" in headers;
    const fault = refusesConditions && conditional ? "cut" : lrs.fault(call);
    const under = inFlight.get(window) || 0;
    if (keepalive && under + size > 65536) throw new TypeError("Failed to fetch");
    if (keepalive) inFlight.set(window, under + size);
    return transfer(call, fault, keepalive, signal, window).finally(() => {
      if (keepalive) inFlight.set(window, inFlight.get(window) - size);
    });
  }

  async function transfer(call, fault, keepalive, signal, window) {
    await new Promise((done) => setImmediate(done));
    if (fault === "cut" || (window?.isGone && !keepalive)) {
      if (window?.isGone) return new Promise(() => {});
      throw new TypeError("Failed to fetch");
    }
    if (fault === "hang") {
      return new Promise((_, fail) =>
        signal?.addEventListener("abort", () => fail(new DOMException("", "AbortError"))),
      );
    }
    if (fault === "page") return new Response("<!doctype html><title>Log in</title>", { status: 200 });
    if (fault instanceof Response) return fault;
    const response = typeof fault === "number" ? answer(fault, "as told") : await paced(call);
    call.status = response.status;
    await new Promise((done) => setImmediate(done));
    if (fault === "late") await new Promise((done) => setTimeout(done, 20));
    if (fault === "lost" || window?.isGone) {
      if (window?.isGone) return new Promise(() => {});
      throw new TypeError("Failed to fetch");
    }
    return response;
  }

  async function paced(call) {
    if (pace === 0) return handle(call);
    const { method, resource, body } = call;
    const ids = resource === "statements" && method === "POST" ? JSON.parse(body).map(({ id }) => id) : [];
    lrs.doubles.push(...ids.filter((id) => storing.has(id)));
    for (const id of ids) storing.add(id);
    const before = turn;
    let done;
    turn = new Promise((resolve) => {
      done = resolve;
    });
    await before;
    await settled(pace);
    const response = handle(call);
    for (const id of ids) storing.delete(id);
    done();
    return response;
  }

  function answer(status, body, headers = {}) {
    const shown = { "X-Experience-API-Version": "1.0.3", ...headers };
    const isEmpty = status === 204 || body === undefined;
    const response = new Response(isEmpty ? null : typeof body === "string" ? body : JSON.stringify(body), {
      status,
      headers: hidesHeaders ? {} : shown,
    });
    return response;
  }

  function handle(call) {
    try {
      return keys.has(String(call.url)) ? key(call) : route(call);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      call.reason = error.message;
      const isMasked = does("error-becomes-412") && ![304, 404, 409, 412].includes(error.status);
      return answer(isMasked ? 412 : error.status, isMasked ? "Wrong Response" : error.message);
    }
  }

  function route(call) {
    const { method, resource, headers, body } = call;
    if (resource === "about") {
      demand(hasAbout, "no about", 404);
      return answer(200, { version: versions });
    }
    demand(rights.has(headers.Authorization), "authorization", 401);
    const session = rights.get(headers.Authorization);
    demand(!(lrs.isExpired && does("token-expires")), "the key is too old", 401);
    const isOver = session && statements.some((each) => isEnd(each, session));
    demand(!isOver || !does("token-dies-on-terminated"), "the key died", 401);
    demand(!isOver || !isStrict, "the session is over", 403);
    if (does("statements-only-lrs")) demand(resource === "statements", "not found", 404);
    const version = headers["X-Experience-API-Version"];
    demand(versions.includes(version), `version ${version}`);
    demand(body === undefined || headers["Content-Type"] === "application/json", "content type");
    if (resource === "statements") {
      if (method === "GET") {
        const found = statements.find(({ id }) => id === call.url.searchParams.get("statementId"));
        demand(found, "no such statement", 404);
        return answer(200, found);
      }
      if (session && (isStrict || does("prefs-before-statements")))
        demand(session.hasPreferences, "the preferences were not read (11)", 403);
      if (method === "POST" && does("post-statements-ignored")) return answer(200, { success: true });
      if (method === "PUT") {
        demand(call.url.searchParams.get("statementId") === JSON.parse(body).id, "the id is another");
        return post({ ...call, body: `[${body}]` }).ok ? answer(204) : null;
      }
      demand(method === "POST", "method", 405);
      return post(call);
    }
    const parameters = Object.fromEntries(call.url.searchParams);
    delete parameters.tenant;
    if (resource === "agents/profile") {
      only(parameters, ["agent", "profileId"], "parameters");
      checkAgent(JSON.parse(parameters.agent));
      if (session) session.hasPreferences = true;
      if (does("unknown-state-200")) return answer(200, { success: true });
      demand(false, "no such profile", 404);
    }
    demand(resource === "activities/state", `no resource ${resource}`, 404);
    only(parameters, ["activityId", "agent", "stateId", "registration"], "parameters");
    const { activityId, agent, stateId, registration } = parameters;
    demand(activityId && agent && stateId, "a parameter is missing");
    demand(IRI.test(activityId), "activityId");
    checkAgent(JSON.parse(agent));
    demand(registration === undefined || UUID.test(registration), "registration");
    const name = JSON.stringify([activityId, agent, registration ?? null, stateId]);
    const there = documents.get(name);
    const isKept = !does("one-state-id") || ["suspendData", "LMS.LaunchData"].includes(stateId);
    if (!isKept) return answer(200, { success: true });
    if (method === "GET" && !there && does("one-state-id")) return answer(200, {});
    if (does("unknown-state-200") && stateId !== "LMS.LaunchData") return answer(200, { success: true });
    if (method === "GET") {
      demand(there, "no such document", 404);
      return answer(200, there.text, { ETag: there.tag });
    }
    demand(method === "PUT" || method === "POST", "method", 405);
    demand(stateId !== "LMS.LaunchData", "the launch data is the LMS's", 403);
    JSON.parse(body);
    const { "If-Match": match, "If-None-Match": none } = headers;
    demand(none === undefined || (none === "*" && !there), "there is a document", 412);
    demand(match === undefined || there?.tag === match, "the document is another", 412);
    if (method === "PUT" && there && does("state-put-needs-if-match"))
      demand(match, "there is a document already", 409);
    lrs.put(
      method === "POST" && there ? JSON.stringify({ ...JSON.parse(there.text), ...JSON.parse(body) }) : body,
      name,
    );
    return answer(ok, ok === 200 ? "" : undefined, tagsPuts ? { ETag: documents.get(name).tag } : {});
  }

  function post(call) {
    const given = JSON.parse(call.body);
    demand(Array.isArray(given) && given.length > 0, "a batch is a list");
    demand(given.length <= 50, "too many", 413);
    demand(new Set(given.map(({ id }) => id)).size === given.length, "an id is there twice");
    for (const each of given) checkStatement(each);
    const fresh = [];
    const session = rights.get(call.headers.Authorization);
    if (does("verb-by-display")) for (const each of given) demand(each.verb.display.en, "display.en", 500);
    if (does("partial-batch-stored") && given.length > 1) {
      for (const each of given) post({ ...call, body: JSON.stringify([each]) });
      return answer(
        200,
        given.map(({ id }) => id),
      );
    }
    if (isStrict && session) checkStrictly(session, given);
    for (const each of given) {
      // Some LMSs look at what is told before they look at its id.
      if (session && refusesTwice && isTwice(each)) throw new Refusal(403, "twice (9.3)");
      const known = statements.find(({ id }) => id === each.id);
      demand(!known || !does("partial-batch-stored"), `the id ${each.id} is taken`, 409);
      if (!known) fresh.push(each);
      else demand(JSON.stringify(known) === JSON.stringify(each), `the id ${each.id} is taken`, 409);
    }
    if (session) checkSession(session, fresh);
    const isFiltered = ({ verb }) => does("filtered-statements-faked") && verb.id.endsWith("/experienced");
    statements.push(...fresh.filter((each) => !isFiltered(each)));
    return answer(
      200,
      given.map(({ id }) => id),
    );
  }

  /**
   * An LMS launches the course by cmi5.
   * @param {object} data of LMS.LaunchData
   */
  function launch({ launchMode = "Normal", masteryScore, registration = REGISTRATION, actor = ACTOR, ...more } = {}) {
    for (const each of rights.values()) if (each && each.registration === registration) ended.add(each.id);
    const id = `s${keys.size + 1}`;
    const contextTemplate = {
      extensions: { [SESSION]: id },
      contextActivities: { grouping: [{ objectType: "Activity", id: "https://publisher.example.org/au1" }] },
    };
    const session = {
      id,
      token: Buffer.from(`${id}:key`).toString("base64"),
      registration,
      launchMode,
      masteryScore,
      contextTemplate,
    };
    const data = {
      contextTemplate,
      launchMode,
      moveOn: "Completed",
      ...(masteryScore === undefined ? {} : { masteryScore }),
      ...more,
    };
    documents.set(JSON.stringify([ROOT, JSON.stringify(actor), registration, "LMS.LaunchData"]), {
      text: JSON.stringify(data),
      tag: `"${sha1(id)}"`,
    });
    const fetch = `https://lms.example.org/fetch?id=${id}`;
    keys.set(fetch, session);
    return query({ endpoint: ENDPOINT, fetch, actor: JSON.stringify(actor), registration, activityId: ROOT });
  }

  function key({ method, url, body, headers }) {
    demand(method === "POST", "method", 405);
    demand(body === undefined && Object.keys(headers).length === 0, "nothing but a POST");
    const session = keys.get(String(url));
    if (session.isSpent) demand(!does("fetch-once"), "used", 401);
    if (session.isSpent) return answer(200, { "error-code": "1", "error-text": "already in use" });
    session.isSpent = true;
    rights.set(`Basic ${session.token}`, session);
    return answer(200, { "auth-token": session.token });
  }

  function isTwice({ verb, object, context: { registration } }) {
    return (
      /(completed|passed)$/.test(verb.id) &&
      object.id === ROOT &&
      statements.some(
        (each) => each.verb.id === verb.id && each.object.id === ROOT && each.context.registration === registration,
      )
    );
  }

  const isDefined = ({ context }) =>
    (context.contextActivities.category || []).some(({ id }) => id === `${CATEGORY}cmi5`);
  const isOf = ({ context }, { id }) => context.extensions?.[SESSION] === id;
  const isEnd = (each, session) => isOf(each, session) && isDefined(each) && each.verb.id === `${VERBS}terminated`;

  /** As CATAPULT looks at a batch: by what was stored before it, and by no ids. */
  function checkStrictly(session, given) {
    const mine = statements.filter((each) => isOf(each, session) && isDefined(each));
    const earlier = statements.filter((each) => isDefined(each) && each.context.registration === session.registration);
    const has = (list, verb) => list.some((each) => each.verb.id === VERBS + verb);
    const now = [];
    for (const each of given) {
      const verb = each.verb.id.replace(VERBS, "");
      demand(has(mine, "initialized") || verb === "initialized", `${verb} before initialized (9.3)`, 403);
      if (!isDefined(each)) continue;
      demand(!has([...mine, ...now], verb), `${verb} twice in a session (9.3)`, 403);
      if (["completed", "passed"].includes(verb)) demand(!has(earlier, verb), `${verb} twice (9.3)`, 403);
      now.push(each);
    }
  }

  function checkSession(session, fresh) {
    const mine = statements.filter((each) => isOf(each, session));
    const earlier = statements.filter(({ context }) => context.registration === session.registration);
    const has = (list, verb) => list.some((each) => isDefined(each) && each.verb.id === VERBS + verb);
    for (const each of fresh) {
      const verb = each.verb.id.replace(VERBS, "");
      const { extensions = {}, contextActivities } = each.context;
      demand(!ended.has(session.id), "the session was abandoned", 403);
      demand(!has(mine, "terminated"), `${verb} after terminated (9.3)`, 403);
      demand(each.context.registration === session.registration, "registration (9.6.1)", 403);
      demand(extensions[SESSION] === session.id, "session id (9.6.3.1)", 403);
      for (const { id } of session.contextTemplate.contextActivities.grouping) {
        demand(
          (contextActivities.grouping || []).some((one) => one.id === id),
          "context template (10.2.1)",
          403,
        );
      }
      demand(each.actor.account, "actor (9.2)", 403);
      demand(mine.length > 0 || (verb === "initialized" && isDefined(each)), `${verb} before initialized (9.3)`, 403);
      const [first] = mine;
      demand(!first || each.timestamp > first.timestamp, "earlier than initialized (9.3)", 403);
      if (verb === "terminated" && isDefined(each))
        demand(
          mine.every(({ timestamp }) => timestamp < each.timestamp),
          "terminated is not last (9.3)",
          403,
        );
      const moves = (contextActivities.category || []).some(({ id }) => id === `${CATEGORY}moveon`);
      if (isDefined(each)) {
        demand(each.object.id === ROOT, "object (9.4)", 403);
        demand(!has(mine, verb), `${verb} twice in a session (9.3)`, 403);
        if (session.launchMode !== "Normal")
          demand(["initialized", "terminated"].includes(verb), "launch mode (10.2.2)", 403);
        if (["completed", "passed"].includes(verb)) demand(!has(earlier, verb), `${verb} twice (9.3)`, 403);
        if (verb === "failed") demand(!has(earlier, "passed"), "failed after passed (9.3.5)", 403);
        const { success, completion, duration, score } = each.result || {};
        demand((success !== undefined || completion !== undefined) === moves, "moveon (9.6.2.2)", 403);
        demand(score === undefined || verb === "passed" || verb === "failed", "score (9.5.1)", 403);
        demand(score?.raw === undefined || Number.isInteger(score.raw), "raw (9.5.1)", 403);
        demand(verb === "initialized" || duration, "duration (9.5.4)", 403);
        if (["passed", "failed"].includes(verb) && session.masteryScore !== undefined) {
          demand(extensions[MASTERY] === session.masteryScore, "masteryscore (9.6.3.2)", 403);
          if (score) demand(score.scaled >= session.masteryScore === (verb === "passed"), "mastery (9.3.4)", 403);
        }
      } else demand(!moves, "moveon on an allowed statement (9.6.2.2)", 403);
      mine.push(each);
      earlier.push(each);
    }
  }

  return lrs;
}

/** The address that an LMS makes for an xAPI course. @param {Record<string, string | undefined>} changes */
export function tinCan(changes = {}) {
  return query({
    endpoint: ENDPOINT,
    auth: AUTH,
    actor: JSON.stringify(ACTOR),
    registration: REGISTRATION,
    ...changes,
  });
}

/**
 * Does with an adapter what the player does when a learner learns.
 * @param {any} course
 * @param {any} lms
 * @param {any} window
 * @param {() => number} now
 */
export function learner(course, lms, window, now = Date.now) {
  let state = EMPTY;
  let location = "";
  let isOpen = false;
  let isRestored = false;
  let untold = [];
  const early = [];
  let isBusy = false;
  let isDirty = false;
  const page = (id) => course.pages.find((each) => each.id === id);

  function note(event) {
    if (isOpen) lms.record(event);
    else untold.push(event);
  }

  function change(step) {
    isDirty = true;
    if (!isRestored) early.push(step);
    state = settle(course, step(state));
  }

  function tellAll() {
    for (const each of untold.splice(0)) lms.record(each);
  }

  const self = {
    isOpen: () => isOpen,
    state: () => state,
    result: () => result(course, state),
    async open() {
      const session = await lms.open();
      if (!session) return null;
      isOpen = true;
      if (session.mastery !== null && course.check) course.check.mastery = session.mastery;
      if (!isRestored) {
        isRestored = true;
        const before = session.state || EMPTY;
        untold = untold.filter((each) => each.kind !== "page" || !has(before, page(each.page).slot));
        state = settle(
          course,
          early.reduce((so, step) => step(so), before),
        );
      }
      tellAll();
      return session;
    },
    visit(id) {
      location = id;
      if (!has(state, page(id).slot)) note({ kind: "page", at: now(), page: id });
      change((before) => visit(before, page(id)));
    },
    answer(id, chosen) {
      const question = course.questions.find((each) => each.id === id);
      const right = question.answers.every((each) => chosen.includes(each.id) === each.right);
      note({ kind: "answer", at: now(), question: id, chosen, right });
      change((before) => answer(before, question, chosen));
    },
    /** One at a time, as the player does. */
    async save() {
      if (isBusy) return null;
      isBusy = true;
      try {
        if (!isOpen) await self.open();
        isDirty = false;
        const more = await lms.save(state, location, result(course, state));
        if (more && !isDirty) state = settle(course, { ...more, last: state.last });
        return more;
      } catch (error) {
        if (error.cause === "relaunch" || error.cause === "ended") isOpen = false;
        throw error;
      } finally {
        isBusy = false;
      }
    },
    /** Back from the browser's cache. */
    back() {
      window.isGone = false;
      isOpen = false;
    },
    leave() {
      tellAll();
      lms.finish(state, location, result(course, state));
      window.close();
    },
  };
  return self;
}
