// What was said between package and LMS, as rows of a table. Without a document, so that it can be tested alone.

/** @typedef {import("./messages.js").Call} Call */
/**
 * @typedef {object} Request to an LRS
 * @property {"request"} kind
 * @property {number} n
 * @property {string} method
 * @property {string} url
 * @property {number} status 0 when no answer came
 * @property {string} body
 * @property {number} ms
 * @property {number} at seconds since the launch
 * @property {any[]} statements that it sent
 *
 * @typedef {{ kind: "note", text: string, at: number }} Note what the author did
 * @typedef {Call | Request | Note} Entry
 * @typedef {"all" | "writes" | "errors"} Show
 *
 * @typedef {object} Row
 * @property {"note" | "get" | "set" | "save" | "other"} kind
 * @property {number} at seconds since the launch
 * @property {string} name
 * @property {[string, string][]} values elements and what was written, or the sentences of statements with nothing beside
 * @property {string} result
 * @property {string} error
 * @property {number} ms
 * @property {boolean} isBad
 * @property {string} body JSON to look at, or empty
 */

export const MOST_ROWS = 2000;

const SLOW = 200;
/** Not set yet: an answer, not a refusal (SCORM 2004 RTE 3.1.7.7). */
const NOT_SET = "403";

/** @param {string} name */
const bare = (name) => name.replace(/^LMS/, "");
/** @param {string} name */
const isGet = (name) => /^Get/.test(bare(name));
/** @param {string} name */
const isSet = (name) => bare(name) === "SetValue";
/** @param {string} name */
const isSave = (name) => /^(Commit|Finish|Terminate)$/.test(bare(name));
/** @param {string} name */
const asksForError = (name) => /^Get(LastError|ErrorString|Diagnostic)$/.test(bare(name));

/**
 * Whether the LMS or the LRS refused something.
 * @param {Entry} entry
 */
export function isBad(entry) {
  if (entry.kind === "note") return false;
  // 404 on reading: nothing has been stored yet.
  if (entry.kind === "request") return entry.status === 0 || (entry.status >= 400 && !isUnset(entry));
  if (asksForError(entry.name)) return false;
  if (isGet(entry.name) && entry.error === NOT_SET) return false;
  return (entry.error !== "0" && entry.error !== "") || (!isGet(entry.name) && entry.result === "false");
}

/** @param {Request} request */
const isUnset = ({ method, status }) => status === 404 && (method === "GET" || method === "HEAD");

/**
 * The element without what all have in common.
 * @param {string} element
 */
const brief = (element) => element.replace(/^cmi\.(core\.)?/, "");

/**
 * @param {Call} call
 * @param {[string, string][]} values
 * @returns {Row}
 */
const rowOfCall = (call, values) => ({
  kind: isSave(call.name) ? "save" : isSet(call.name) ? "set" : isGet(call.name) ? "get" : "other",
  at: call.at,
  name: bare(call.name),
  values,
  result: call.result,
  error: isBad(call) || (isGet(call.name) && call.error === NOT_SET) ? call.error : "",
  ms: call.ms > SLOW ? call.ms : 0,
  isBad: isBad(call),
  body: "",
});

/**
 * @param {Request} request
 * @param {string} language
 * @returns {Row}
 */
const rowOfRequest = (request, language) => ({
  kind: request.method === "GET" ? "get" : "save",
  at: request.at,
  name: request.method,
  values: request.statements.length
    ? request.statements.map((each) => /** @type {[string, string]} */ ([sentence(each, language), ""]))
    : [[request.url, ""]],
  result: String(request.status || "–"),
  error: "",
  ms: request.ms > SLOW ? request.ms : 0,
  isBad: isBad(request),
  body: bodyOf(request.body),
});

/**
 * JSON with indents; any other text as it is.
 * @param {string} body
 */
function bodyOf(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/**
 * A text of an xAPI language map.
 * @param {unknown} map
 * @param {string} language
 */
function inLanguage(map, language) {
  const texts = Object(map);
  const tag = Object.keys(texts).find((each) => each.split("-")[0] === language) ?? Object.keys(texts)[0];
  return tag === undefined ? "" : String(texts[tag]);
}

/** The end of an IRI, which says most. @param {unknown} iri */
const ending = (iri) =>
  String(iri ?? "")
    .split(/[/#]/)
    .filter(Boolean)
    .pop() ?? "";

/**
 * A statement as a sentence: who did what to what, in the words that it brings along.
 * @param {any} statement
 * @param {string} language
 */
export function sentence(statement, language) {
  const { actor, verb, object, result } = Object(statement);
  const who = actor?.name ?? actor?.account?.name ?? actor?.mbox?.replace("mailto:", "") ?? "";
  const did = inLanguage(verb?.display, language) || ending(verb?.id);
  const what = inLanguage(object?.definition?.name, language) || ending(object?.id);
  const scaled = result?.score?.scaled;
  const score = typeof scaled === "number" ? `(${Math.round(100 * scaled)} %)` : "";
  return [who, did, what, score].filter(Boolean).join(" ");
}

/**
 * What a row is searched by.
 * @param {Row} row
 */
const words = (row) => `${row.name} ${row.values.flat().join(" ")} ${row.result} ${row.error}`.toLocaleLowerCase();

/**
 * The rows of a log. For "writes", what was set since the last save is one row with it: a save is what the LMS keeps.
 * @param {Entry[]} entries
 * @param {Show} show
 * @param {string} search
 * @param {string} [language] of the sentences for statements
 * @returns {Row[]}
 */
export function rows(entries, show, search, language = "en") {
  const wanted = search.trim().toLocaleLowerCase();
  /** @type {Row[]} */
  const found = [];
  /** @type {[string, string][]} */
  let held = [];
  /** @param {Row} row */
  const add = (row) => {
    if (!wanted || words(row).includes(wanted)) found.push(row);
  };
  for (const entry of entries) {
    if (entry.kind === "note") {
      const { at, text } = entry;
      found.push({ kind: "note", at, name: text, values: [], result: "", error: "", ms: 0, isBad: false, body: "" });
    } else if (entry.kind === "request") {
      if (show === "all" || (show === "errors" ? isBad(entry) : entry.method !== "GET" || isBad(entry))) {
        add(rowOfRequest(entry, language));
      }
    } else if (show === "all" || (show === "errors" && isBad(entry))) {
      add(rowOfCall(entry, valuesOf(entry)));
    } else if (show === "writes") {
      if (isSet(entry.name) && !isBad(entry)) held.push(...written(entry));
      else if (isSave(entry.name)) {
        add(rowOfCall(entry, held));
        held = [];
      } else if (bare(entry.name) === "Initialize" || isBad(entry)) add(rowOfCall(entry, valuesOf(entry)));
    }
  }
  return found;
}

/**
 * @param {Call} call
 * @returns {[string, string][]}
 */
const valuesOf = ({ given }) => (given[0] ? [[brief(given[0]), given[1] ?? ""]] : []);

/**
 * What a save carries; the time of the session is in each and says nothing.
 * @param {Call} call
 * @returns {[string, string][]}
 */
const written = (call) => (/session_time$/.test(call.given[0] ?? "") ? [] : valuesOf(call));
