// What the stage may say. Its window also holds the package, which may be anybody's: what does not have the form of a
// message is left out, and texts are only ever shown as text.

/**
 * @typedef {object} Call a call to the SCORM API
 * @property {"call"} kind
 * @property {string} name
 * @property {string[]} given
 * @property {string} result
 * @property {string} error
 * @property {number} ms how long it took
 * @property {number} at seconds since the launch
 *
 * @typedef {{ kind: "data", values: Record<string, string>, state: string }} Data
 * @typedef {{ kind: "page", id: string, title: string, language: string }} PageShown
 * @typedef {{ kind: "units", statuses: [number, string][] }} UnitsTold those that were opened, by number
 * @typedef {{ kind: "open", file: string, line: number }} Open
 * @typedef {{ kind: "edit", mark: string, old: string, text: string }} Edit
 * @typedef {{ kind: "key", key: string, ctrl: boolean, alt: boolean, shift: boolean }} Key
 * @typedef {{ kind: "outline", items: OutlineItem[] }} Outline
 * @typedef {{ role: string, level: number, name: string }} OutlineItem
 * @typedef {{ kind: "ready" } | { kind: "left" }} Bare
 * @typedef {Call | Data | PageShown | UnitsTold | Open | Edit | Key | Outline | Bare} Message
 */

const MOST_TEXT = 100_000;
const MOST_ITEMS = 2000;

/** @param {unknown} value */
const text = (value) =>
  (typeof value === "string" ? value : value === null || value === undefined ? "" : String(value)).slice(0, MOST_TEXT);

/** @param {unknown} value */
const amount = (value) => (typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : 0);

/** @type {Record<string, (from: Record<string, unknown>) => Message | null>} */
const READERS = {
  ready: () => ({ kind: "ready" }),
  left: () => ({ kind: "left" }),
  call: ({ name, given, result, error, ms, at }) => ({
    kind: "call",
    name: text(name),
    given: (Array.isArray(given) ? given.slice(0, 10) : []).map(text),
    result: text(result),
    error: text(error),
    ms: amount(ms),
    at: amount(at),
  }),
  data: ({ values, state }) => ({
    kind: "data",
    values: Object.fromEntries(
      Object.entries(Object(values))
        .slice(0, MOST_ITEMS)
        .map(([name, value]) => [name, text(value)]),
    ),
    state: text(state),
  }),
  page: ({ id, title, language }) => ({ kind: "page", id: text(id), title: text(title), language: text(language) }),
  units: ({ statuses }) => ({
    kind: "units",
    statuses: (Array.isArray(statuses) ? statuses.slice(0, MOST_ITEMS) : [])
      .filter(Array.isArray)
      .map(([at, status]) => [amount(at), text(status)]),
  }),
  open: ({ file, line }) =>
    typeof file === "string" && Number.isInteger(line) ? { kind: "open", file, line: Number(line) } : null,
  edit: ({ mark, old, text }) =>
    typeof mark === "string" && typeof old === "string" && typeof text === "string"
      ? { kind: "edit", mark, old, text }
      : null,
  key: ({ key, ctrl, alt, shift }) => ({
    kind: "key",
    key: text(key),
    ctrl: ctrl === true,
    alt: alt === true,
    shift: shift === true,
  }),
  outline: ({ items }) => ({
    kind: "outline",
    items: (Array.isArray(items) ? items.slice(0, MOST_ITEMS) : []).map((item) => {
      const { role, level, name } = Object(item);
      return { role: text(role), level: amount(level), name: text(name) };
    }),
  }),
};

/**
 * A message of the stage, or null for anything else.
 * @param {unknown} data
 * @returns {Message | null}
 */
export function readMessage(data) {
  if (typeof data !== "object" || data === null) return null;
  const { kind } = /** @type {Record<string, unknown>} */ (data);
  return typeof kind === "string" && Object.hasOwn(READERS, kind)
    ? READERS[kind](/** @type {Record<string, unknown>} */ (data))
    : null;
}
