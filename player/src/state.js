// What a learner has done, as a value and as the short text that an LMS keeps.

import { drawn } from "./drawn.js";

/**
 * @import { Course, Page, Position, Progress, Question, Result, State } from "./contract.d.ts"
 */

export const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const TEXT = /^1\.([0-3])\.(0|[1-9a-z][0-9a-z]{0,4})?\.([\w-]*)(?:\.([0-9a-z_-]*))?$/;
const POSITION = /^([0-9a-z]{1,5})-([0-9a-z]{1,3})$/;
const BOOKMARKS = /(?:^|_)-([0-9a-v]+)/;

/** Seconds; what goes beyond three digits is not remembered. */
const LONGEST = 36 ** 3 - 1;

/** What a scenario holds once an end was reached; until then it is not answered. */
export const ENDED = "ended";

/** @type {State} */
export const EMPTY = { completed: false, passed: false, last: null, bits: [], positions: [], bookmarks: [] };

/**
 * @param {State} state
 * @param {number} slot
 */
export function has(state, slot) {
  return (((state.bits[Math.floor(slot / 6)] || 0) >> (5 - (slot % 6))) & 1) === 1;
}

/**
 * @param {State} state
 * @param {[slot: number, on: boolean][]} changes
 * @returns {State}
 */
export function change(state, changes) {
  const bits = state.bits.slice();
  for (const [slot, on] of changes) {
    const at = Math.floor(slot / 6);
    const bit = 1 << (5 - (slot % 6));
    while (bits.length <= at) bits.push(0);
    bits[at] = on ? bits[at] | bit : bits[at] & ~bit;
  }
  return { ...state, bits };
}

/**
 * A number whose binary digits stand in slots, the highest first.
 * @param {State} state
 * @param {number[]} [slots]
 */
function number(state, slots = []) {
  return slots.reduce((sum, slot) => 2 * sum + (has(state, slot) ? 1 : 0), 0);
}

/**
 * @param {number[]} slots
 * @param {number} value
 * @returns {[slot: number, on: boolean][]}
 */
function digits(slots, value) {
  return slots.map((slot, at) => [slot, ((value >> (slots.length - 1 - at)) & 1) === 1]);
}

/**
 * The state with a number by which pools are drawn; one that is there stays.
 * @param {Course} course
 * @param {State} state
 * @param {number} chance at least 0, less than 1
 */
export function seeded(course, state, chance) {
  const slots = course.draw || [];
  if (number(state, slots) > 0) return state;
  return change(state, digits(slots, 1 + Math.floor(chance * (2 ** slots.length - 1))));
}

/**
 * How often the final check was handed in, and begun anew: odd when it is handed in.
 * @param {Course} course
 * @param {State} state
 */
export function turn(course, state) {
  return number(state, course.check?.hand?.turn);
}

/**
 * What decides which questions stand on a page and whether they can be answered.
 * @param {Course} course
 * @param {State} state
 */
export function round(course, state) {
  return `${number(state, course.draw)} ${turn(course, state)}`;
}

/** @param {{ id: string }[]} things */
const names = (things) => things.map(({ id }) => id);

/**
 * The questions of a page that the learner is asked, in the order of the page; all of them until there is a number to draw by.
 * @param {Course} course
 * @param {State} state
 * @param {string} page
 */
export function asked(course, state, page) {
  const questions = course.questions.filter((question) => question.page === page);
  const most = course.pages.find(({ id }) => id === page)?.pool;
  const seed = number(state, course.draw);
  if (!most || !seed) return questions;
  const pool = questions.filter(({ scored }) => scored);
  const done = pool.filter((question) => answered(state, [question]));
  const attempt = course.check?.page === page ? turn(course, state) >> 1 : 0;
  const ids = drawn(names(pool), most, seed, attempt, names(done));
  return questions.filter(({ id, scored }) => !scored || ids.includes(id));
}

/**
 * Writes the state as `1.<flags>.<last>.<bits>`, and behind that `.-<bookmarks>_<positions>` as far as there are any: they
 * come last, so that an LMS that keeps too little cuts off what matters least, and in a field of which older players leave
 * out what they do not know. Bits of slots and bookmarks of pages that this version of the course does not know stay as
 * they are: a newer version wrote them, and will read them again.
 * @param {State} state
 */
export function encode(state) {
  const flags = (state.completed ? 1 : 0) + (state.passed ? 2 : 0);
  const last = state.last === null ? "" : state.last.toString(36);
  let length = state.bits.length;
  while (length > 0 && state.bits[length - 1] === 0) length -= 1;
  const bits = state.bits
    .slice(0, length)
    .map((six) => ALPHABET[six])
    .join("");
  const more = state.positions.map(([slot, at]) => `${slot.toString(36)}-${at.toString(36)}`);
  if (state.bookmarks.length > 0) more.unshift(`-${packed(state.bookmarks)}`);
  return `1.${flags}.${last}.${bits}${more.length > 0 ? `.${more.join("_")}` : ""}`;
}

/**
 * Five numbers a digit of base 32, the lowest in its highest bit.
 * @param {readonly number[]} numbers
 */
function packed(numbers) {
  /** @type {number[]} */
  const fives = [];
  for (const each of numbers) fives[Math.floor(each / 5)] |= 16 >> (each % 5);
  return Array.from(fives, (five) => (five || 0).toString(32)).join("");
}

/** @param {string} digits */
function unpacked(digits) {
  const fives = [...digits].map((digit) => Number.parseInt(digit, 32));
  return Array.from({ length: 5 * fives.length }, (_, at) => at).filter(
    (at) => fives[Math.floor(at / 5)] & (16 >> (at % 5)),
  );
}

/**
 * Whether both are stored as the same text.
 * @param {State} one
 * @param {State} other
 */
export const same = (one, other) => encode(one) === encode(other);

/** @param {string} digits of base 36 */
const value = (digits) => Number.parseInt(digits, 36);

/** @param {string} text whose damaged pieces are left out */
function positions(text) {
  /** @type {Position[]} */
  const read = [];
  for (const each of text.split("_")) {
    const found = POSITION.exec(each);
    if (found) read.push([value(found[1]), value(found[2])]);
  }
  return read;
}

/**
 * Null when the text is of another version or damaged; then only the location is of use.
 * @param {string} text
 * @returns {State | null}
 */
export function decode(text) {
  const found = TEXT.exec(text);
  if (!found) return null;
  const flags = Number(found[1]);
  return {
    completed: (flags & 1) > 0,
    passed: (flags & 2) > 0,
    last: found[2] === undefined ? null : value(found[2]),
    bits: Array.from(found[3], (letter) => ALPHABET.indexOf(letter)),
    positions: positions(found[4] || ""),
    bookmarks: unpacked(BOOKMARKS.exec(found[4] || "")?.[1] || ""),
  };
}

/**
 * Where a film or sound was left, in seconds; 0: at its beginning or end, or nobody knows any more.
 * @param {State} state
 * @param {number} slot
 */
export function positionOf(state, slot) {
  return state.positions.find(([of]) => of === slot)?.[1] || 0;
}

/**
 * @param {State} state
 * @param {number} slot of a film or sound
 * @param {number} seconds
 * @param {number} most positions that there is room for
 * @returns {State}
 */
export function leaveAt(state, slot, seconds, most) {
  const at = Math.floor(seconds);
  /** @type {Position} */
  const position = [slot, at > LONGEST ? 0 : at];
  return { ...state, positions: [position, ...state.positions.filter(([of]) => of !== slot)].slice(0, most) };
}

/**
 * @param {State} state
 * @param {Page} page
 * @param {boolean} isOn
 * @returns {State}
 */
export function bookmark(state, { bookmark: number }, isOn) {
  const others = state.bookmarks.filter((each) => each !== number);
  return { ...state, bookmarks: isOn && number !== undefined ? [...others, number] : others };
}

/**
 * @param {State} state
 * @param {Page} page
 * @returns {State}
 */
export function visit(state, page) {
  return { ...change(state, [[page.slot, true]]), last: page.slot };
}

/**
 * @param {State} state
 * @param {Question} question
 * @param {string[]} chosen ids of the answers
 */
export function answer(state, question, chosen) {
  return change(
    state,
    question.answers.map(({ id, slot }) => [slot, chosen.includes(id)]),
  );
}

/**
 * The answers of the latest submission; none when the question is not answered.
 * @param {State} state
 * @param {Question} question
 */
export function chosen(state, question) {
  return question.answers.filter(({ slot }) => has(state, slot)).map(({ id }) => id);
}

/**
 * Ids of the answers that are right.
 * @param {Question} question
 */
export function rights(question) {
  return question.answers.filter(({ right }) => right).map(({ id }) => id);
}

/**
 * @param {Question} question
 * @param {string[]} ids of the answers that were chosen
 */
export function isRight({ answers }, ids) {
  return answers.every(({ id, right }) => right === ids.includes(id));
}

/**
 * @param {State} state
 * @param {Question[]} questions
 */
function answered(state, questions) {
  return questions.every(({ kind, answers }) =>
    answers.some(({ id, slot }) => has(state, slot) && (kind !== "scenario" || id === ENDED)),
  );
}

/**
 * Ids of the answers that were chosen, once nothing of them can be changed before they are reported.
 * @param {Course} course
 * @param {State} state
 * @param {Question} question
 */
export function handedIn(course, state, question) {
  const { check } = course;
  const isOpen = check?.hand && check.page === question.page && turn(course, state) % 2 === 0;
  return isOpen || !answered(state, [question]) ? [] : chosen(state, question);
}

/**
 * @param {State} state
 * @param {Question[]} questions
 */
function rightOf(state, questions) {
  return questions.filter((question) => isRight(question, chosen(state, question))).length;
}

/**
 * Questions without a right answer make no score, and no score waits for them.
 * @param {Course} course
 * @param {State} state
 * @param {string} page
 */
function checked(course, state, page) {
  if (course.check?.hand) return turn(course, state) > 0 ? best(course, state) : null;
  const questions = asked(course, state, page).filter(({ scored }) => scored);
  if (questions.length === 0 || !answered(state, questions)) return null;
  return Math.round((10000 * rightOf(state, questions)) / questions.length) / 100;
}

/**
 * What was answered of the final check, and how much of that is right.
 * @param {Course} course
 * @param {State} state
 */
export function tally(course, state) {
  const questions = course.check ? asked(course, state, course.check.page) : [];
  const scored = questions.filter((question) => question.scored && answered(state, [question]));
  return { right: rightOf(state, scored), of: scored.length };
}

/**
 * @param {Course} course
 * @param {State} state
 * @returns {State}
 */
export function handIn(course, state) {
  const hand = course.check?.hand;
  const now = turn(course, state);
  // Handed in elsewhere meanwhile.
  if (!hand || now % 2) return state;
  const { right, of } = tally(course, state);
  const most = Math.max(number(state, hand.best), Math.round((10000 * right) / (of || 1)));
  return change(state, [...digits(hand.turn, now + 1), ...digits(hand.best, most)]);
}

/**
 * The best score of the final check, in per cent.
 * @param {Course} course
 * @param {State} state
 */
export function best(course, state) {
  return number(state, course.check?.hand?.best) / 100;
}

/**
 * How often the final check can be handed in yet.
 * @param {Course} course
 * @param {State} state
 */
export function attemptsLeft(course, state) {
  const hand = course.check?.hand;
  return hand ? (hand.attempts ?? 2 ** (hand.turn.length - 1)) - ((turn(course, state) + 1) >> 1) : 0;
}

/**
 * Begins a new attempt: without answers, and where there is a pool, with other questions.
 * @param {Course} course
 * @param {State} state
 * @returns {State}
 */
export function beginAgain(course, state) {
  const { page, hand } = course.check || {};
  const now = turn(course, state);
  if (!hand || !(now % 2) || attemptsLeft(course, state) <= 0) return state;
  const questions = course.questions.filter((question) => question.page === page && question.scored);
  return change(state, [
    ...questions.flatMap(({ answers }) => answers).map(({ slot }) => /** @type {[number, boolean]} */ ([slot, false])),
    ...digits(hand.turn, now + 1),
  ]);
}

/**
 * An answer that is not handed in yet; one that is stays as it is.
 * @param {Course} course
 * @param {State} state
 * @param {Question} question
 * @param {string[]} chosen
 */
export function draft(course, state, question, chosen) {
  return turn(course, state) % 2 ? state : answer(state, question, chosen);
}

/**
 * Whether a page counts: it was opened, and where the rule asks for it, all of its questions were answered.
 * @param {Course} course
 * @param {State} state
 * @param {Page} page
 */
export function isDone(course, state, { id, slot }) {
  const { completion, check } = course;
  if (!has(state, slot) || !("questions" in completion)) return has(state, slot);
  return check?.hand && check.page === id ? turn(course, state) > 0 : answered(state, asked(course, state, id));
}

/**
 * The core pages that are not done, in the recommended order; where the rule names parts, those of the parts that it still
 * asks for.
 * @param {Course} course
 * @param {State} state
 */
export function pagesLeft(course, state) {
  const rule = course.completion;
  const open = course.pages.filter((page) => page.core && !isDone(course, state, page));
  if (rule.rule !== "parts") return open;
  const isOpen = (/** @type {string} */ part) => open.some((page) => page.part === part);
  const isEnough = rule.of.filter((part) => !isOpen(part)).length >= rule.tracks;
  return open.filter(({ part }) => part && (rule.parts.includes(part) || (!isEnough && rule.of.includes(part))));
}

/**
 * @param {Course} course
 * @param {State} state
 */
function isComplete(course, state) {
  const rule = course.completion;
  if (rule.rule === "check-submitted") {
    if (course.check?.hand) return turn(course, state) > 0;
    const questions = asked(course, state, rule.page);
    return questions.length > 0 && answered(state, questions);
  }
  if (rule.rule === "score") return (checked(course, state, rule.page) ?? -1) >= rule.mastery;
  return pagesLeft(course, state).length === 0;
}

/** Per cent that the final check asks for; null: it asks for none. @param {Course} course */
export function masteryOf({ check }) {
  return check ? check.mastery : null;
}

/** Whether there is anything to pass. @param {Course} course */
export function isJudged(course) {
  return course.status !== "completed" || masteryOf(course) !== null;
}

/**
 * What the course's own rules make of the state. What was once reached stays reached, whatever a later version asks.
 * @param {Course} course
 * @param {State} state
 * @returns {Result}
 */
export function result(course, state) {
  const { check } = course;
  const mastery = masteryOf(course);
  const score = check && mastery !== null ? checked(course, state, check.page) : null;
  const mastered = mastery === null || (score !== null && score >= mastery);
  const isSpent = Boolean(check?.hand?.attempts) && attemptsLeft(course, state) <= 0;
  const completed = state.completed || state.passed || isComplete(course, state);
  const passed = state.passed || (completed && mastered);
  const opened = progress(course, state);
  return {
    completed,
    passed,
    progress: completed ? 1 : opened.done / (opened.total || 1),
    parts: course.parts.map(({ id }) => ({ id, ...(opened.parts.get(id) || { done: 0, total: 0 }) })),
    // Where attempts are counted, nothing has failed as long as one is left.
    failed: !passed && score !== null && !mastered && (isSpent || !check?.hand?.attempts),
    isOpen:
      !passed &&
      mastery !== null &&
      (course.status !== "completed" || course.completion.rule === "score") &&
      !(score !== null && !mastered && isSpent),
    // An LMS that compares scores with a mastery score would take the pass back (RTE 1.2 3.4.4, mastery_score).
    score: state.passed && !mastered ? null : score,
  };
}

/**
 * The state with what its result reached noted in it.
 * @param {Course} course
 * @param {State} state
 * @returns {State}
 */
export function settle(course, state) {
  const { completed, passed } = result(course, state);
  // Where nothing could be passed nothing is noted: a later version may ask for a score.
  return { ...state, completed, passed: state.passed || (isJudged(course) && passed) };
}

/**
 * Core pages that count, and what is left. A page that was skipped counts as opened.
 * @param {Course} course
 * @param {State} state
 * @returns {Progress}
 */
export function progress(course, state) {
  /** @type {Progress} */
  const sum = { done: 0, total: 0, minutesLeft: 0, parts: new Map() };
  for (const page of course.pages) {
    if (!page.core) continue;
    const part = sum.parts.get(page.part || "") || { done: 0, total: 0 };
    sum.parts.set(page.part || "", part);
    const done = isDone(course, state, page) ? 1 : 0;
    for (const count of [sum, part]) {
      count.done += done;
      count.total += 1;
    }
    if (!done) sum.minutesLeft += page.minutes;
  }
  return sum;
}
