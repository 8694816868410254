// xAPI statements: what the build wrote, completed with learner, time, duration and score.

import { fingerprint } from "../../hash.js";

/**
 * @typedef {Record<string, any>} Json
 * @typedef {object} Shapes what the build wrote into statements.js
 * @property {Json} course
 * @property {Record<string, Json>} parts
 * @property {Record<string, Json>} pages
 * @property {Record<string, Json>} questions
 * @property {Record<string, Json>} media
 * @property {Record<string, Json>} shapes
 * @property {{ answers: boolean, media: boolean }} report
 */

/** What a shape is about, if not the course. @type {Record<string, "pages" | "questions" | "parts">} */
const ABOUT = { experienced: "pages", answered: "questions", partCompleted: "parts" };

/** @param {number[]} bytes sixteen */
function uuidOf(bytes) {
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/**
 * UUID, version 4 (RFC 9562). `randomUUID` would need a secure context.
 * @returns {string}
 */
export function uuid() {
  return uuidOf([...crypto.getRandomValues(new Uint8Array(16))]);
}

/**
 * The same UUID for the same text on every device: a statement that may be made once has this id wherever it is made, and
 * an LRS takes an id once (xAPI 1.0.3 part 2, 2.4.1). Pseudo-random, so version 4 too. Not secret.
 * @param {string} text
 */
export function uuidFrom(text) {
  return uuidOf(fingerprint(text).flatMap((word) => [24, 16, 8, 0].map((by) => (word >>> by) & 255)));
}

/**
 * ISO 8601, with the two decimals that xAPI allows (1.0.3 part 2, 4.6).
 * @param {number} milliseconds
 */
export function duration(milliseconds) {
  // A clock that was set back gives a negative duration.
  return `PT${Math.max(0, Math.round(milliseconds / 10) / 100)}S`;
}

/**
 * @param {number} percent
 * @param {boolean} isWhole raw scores are integers (cmi5 9.5.1)
 * @returns {Json}
 */
export function score(percent, isWhole) {
  const scaled = Math.round(percent * 100) / 10000;
  return isWhole && percent % 1 ? { scaled } : { scaled, raw: percent, min: 0, max: 100 };
}

/**
 * @param {Json | Json[] | undefined} first xAPI allows a single activity in place of a list
 * @param {Json | Json[] | undefined} second
 * @returns {Json[]} each activity once
 */
function activities(first, second) {
  /** @type {Map<string, Json>} */
  const all = new Map();
  for (const each of /** @type {Json[]} */ ([]).concat(first || [], second || [])) {
    if (!all.has(each.id)) all.set(each.id, each);
  }
  return [...all.values()];
}

/**
 * Merges two contexts: lists and extensions are united, and otherwise `over` wins.
 * @param {Json} context
 * @param {Json} over
 * @returns {Json}
 */
export function within(context, over) {
  /** @type {Json} */
  const both = { ...context, ...over };
  const lists = { ...context.contextActivities, ...over.contextActivities };
  for (const name of Object.keys(lists)) {
    lists[name] = activities(over.contextActivities?.[name], context.contextActivities?.[name]);
  }
  if (Object.keys(lists).length > 0) both.contextActivities = lists;
  const extensions = { ...context.extensions, ...over.extensions };
  if (Object.keys(extensions).length > 0) both.extensions = extensions;
  return both;
}

/**
 * A statement without its actor and without what the launch adds to its context; null when the build wrote no shape or no
 * object for it.
 * @param {Shapes} all
 * @param {string} root id of the course in this launch
 * @param {string} name of the shape
 * @param {string} key of a page, a question, a part or a media file
 * @param {{ id: string, timestamp: string, result?: Json, context?: Json }} filling
 * @returns {Json | null}
 */
export function statement(all, root, name, key, { id, timestamp, result, context }) {
  const shape = all.shapes[name];
  const group = name.startsWith("media") ? "media" : ABOUT[name];
  const place = group ? all[group]?.[key] : all.course;
  if (!shape || !place) return null;
  const rooted = (/** @type {Json} */ activity) =>
    activity.id === all.course.id ? { ...activity, id: root } : activity;
  const parents = place.parent ? { contextActivities: { parent: place.parent } } : {};
  const around = within(within(shape.context || {}, parents), context || {});
  for (const [list, members] of Object.entries(around.contextActivities || {})) {
    around.contextActivities[list] = members.map(rooted);
  }
  /** @type {Json} */
  const made = { id, timestamp, verb: shape.verb, object: rooted(place.object || place) };
  const outcome = { ...shape.result, ...result };
  if (Object.keys(outcome).length > 0) made.result = outcome;
  if (Object.keys(around).length > 0) made.context = around;
  return made;
}
