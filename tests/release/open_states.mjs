// Opens states of old versions of a course with new ones, by the player's own code. Reads from standard input a chain of
// versions, each with the data of its course and its standard, and writes what each learner had before and after each
// update.

import { readFileSync } from "node:fs";

// The player looks at its document when it is loaded.
const element = { addEventListener() {}, dataset: {}, toggleAttribute() {} };
globalThis.document = { documentElement: element, addEventListener() {}, getElementById: () => null, querySelector: () => null };
globalThis.window = globalThis;

const source = process.argv[2];
const { EMPTY, answer, best, bookmark, chosen, decode, draft, encode, handIn, has, leaveAt, result, seeded, settle, turn, visit } =
  await import(`${source}/state.js`);
const { seal, unsealed } = await import(`${source}/lms/scorm/seal.js`);
const { NOTHING, read, write } = await import(`${source}/lms/device/progress-record.js`);
const { lessonStatus } = await import(`${source}/lms/scorm/scorm12.js`);
const { reached } = await import(`${source}/restoring.js`);
const { chance } = await import(`${source}/../test/course.js`);

/** What a learner can notice of a state. */
function marks(course, state) {
  const found = result(course, state);
  return {
    // As `learner-state.js` has it.
    done: found.completed && !found.isOpen,
    failed: found.failed,
    pages: course.pages.filter((page) => has(state, page.slot)).map(({ id }) => id),
    answers: Object.fromEntries(course.questions.map((question) => [question.id, chosen(state, question)]).filter(([, ids]) => ids.length)),
    last: course.pages.find(({ slot }) => slot === state.last)?.id ?? null,
    bookmarks: course.pages.filter((page) => page.bookmark !== undefined && state.bookmarks.includes(page.bookmark)).map(({ id }) => id),
    positions: state.positions.map(([slot]) => slot),
    submissions: course.check?.hand && turn(course, state) > 0 ? best(course, state) : null,
  };
}

/**
 * Learners who have gone on from a state: those who did everything, with each answer, those who did one thing, and others by
 * chance.
 */
function* learners(course, from, dice, media) {
  const { pages, questions } = course;
  const most = Math.max(1, ...questions.map(({ answers }) => answers.length));
  for (let number = 0; number < most; number += 1) {
    yield gone(course, from, pages, questions, ({ answers }) => answers[number % answers.length], media, dice);
  }
  for (const page of pages) yield gone(course, from, [page], [], () => null, [], dice);
  for (const question of questions) yield gone(course, from, [], [question], ({ answers }) => dice.pick(answers), [], dice);
  for (let number = 0; number < 2; number += 1) {
    yield gone(course, from, dice.some(pages), dice.some(questions), ({ answers }) => dice.pick(answers), media, dice);
  }
}

function gone(course, from, pages, questions, chooses, media, dice) {
  let state = settle(course, seeded(course, from, dice.below(1000) / 1000));
  for (const page of pages) state = settle(course, bookmark(visit(state, page), page, true));
  for (const question of questions) {
    const handed = course.check?.hand && course.check.page === question.page;
    const ids = [chooses(question).id];
    state = settle(course, handed ? draft(course, state, question, ids) : answer(state, question, ids));
  }
  if (course.check?.hand && questions.length > 0) state = settle(course, handIn(course, state));
  for (const slot of media) state = leaveAt(state, slot, 5 + dice.below(100), course.positions);
  return state;
}

/** What an LMS has of a learner, and gives to the next version. */
function kept(course, state, standard, count) {
  if (!/scorm/.test(standard)) return { text: write({ ...NOTHING, state, location: location(course, state) }, course) };
  return {
    text: seal(course, encode(state), "AA", count % 60, ""),
    location: location(course, state),
    status: lessonStatus(course.status, result(course, state)),
  };
}

const location = (course, state) => course.pages.find(({ slot }) => slot === state.last)?.id ?? "";

/** The state with which a version begins, as `restoring.js` and the adapters make it. */
function opened(course, { text, location: left, status }, standard) {
  if (!/scorm/.test(standard)) {
    const record = read(text, course);
    const state = record ? record.state : EMPTY;
    return { state: settle(course, reached(state, { status: state.passed ? "passed" : state.completed ? "completed" : "none" })), isRead: record !== null };
  }
  const found = unsealed(course, text);
  const page = course.pages.find(({ id }) => id === left);
  const state = found ? found.state : { ...EMPTY, last: page ? page.slot : null };
  return { state: settle(course, reached(state, { status })), isRead: found !== null };
}

const { versions, seed } = JSON.parse(readFileSync(0, "utf8"));
const dice = chance(seed);
/** States that learners of still older versions have. */
let inherited = [];
const updates = [];
for (let at = 0; at + 1 < versions.length; at += 1) {
  const [old, now] = [versions[at], versions[at + 1]];
  const from = [EMPTY, ...inherited.slice(-2)];
  const states = from.flatMap((state) => [...learners(old.course, state, dice, old.media)]);
  const seen = [];
  inherited = [];
  for (const [count, state] of states.entries()) {
    const after = opened(now.course, kept(old.course, state, old.standard, count), old.standard);
    seen.push({ before: marks(old.course, state), after: marks(now.course, after.state), isRead: after.isRead });
    if (after.isRead && dice.below(3) === 0) inherited.push(decode(encode(after.state)));
  }
  if (now.isNew) inherited = [];
  updates.push(seen);
}
process.stdout.write(JSON.stringify(updates));
