// A small course and a seeded source of chance, for the tests.

/** @param {object} changes */
export function makeCourse(changes = {}) {
  // The lock began with a page that the course has no longer.
  const page = (id, slot, part, core = true, minutes = 3) => ({ id, slot, minutes, core, part, bookmark: slot + 1 });
  return {
    id: "a-course",
    fingerprint: 0x5a5a,
    version: "1.0.0",
    title: "A course",
    lang: "en",
    slots: 14,
    marks: "aabbcc",
    positions: 2,
    pages: [
      page("start", 0, null),
      page("p1-a", 1, "p1"),
      page("p1-extra", 2, "p1", false, 10),
      page("p2-a", 3, "p2", true, 2.5),
      page("p3-a", 4, "p3"),
      page("p4-a", 5, "p4"),
      page("p4-check", 6, "p4", true, 5),
    ],
    questions: [
      {
        id: "q1",
        page: "p4-check",
        kind: "choice",
        scored: true,
        answers: [
          { id: "a", slot: 7, right: false },
          { id: "b", slot: 8, right: true },
        ],
      },
      {
        id: "q2",
        page: "p4-check",
        kind: "choice",
        scored: true,
        answers: [
          { id: "a", slot: 9, right: true },
          { id: "b", slot: 10, right: true },
          { id: "c", slot: 11, right: false },
        ],
      },
      {
        id: "q3",
        page: "p1-a",
        kind: "choice",
        scored: true,
        answers: [
          { id: "a", slot: 12, right: true },
          { id: "b", slot: 13, right: false },
        ],
      },
    ],
    parts: [
      { id: "p1", track: false },
      { id: "p2", track: true },
      { id: "p3", track: true },
      { id: "p4", track: false },
    ],
    completion: { rule: "all-core-pages" },
    check: null,
    status: "completed",
    report: { answers: false, media: false },
    commit: "every",
    strings: {},
    ...changes,
  };
}

/**
 * Mulberry32: the same seed gives the same course of events on every machine.
 * @param {number} seed
 */
export function chance(seed) {
  let now = seed;
  const next = () => {
    now = (now + 0x6d2b79f5) | 0;
    let mixed = Math.imul(now ^ (now >>> 15), 1 | now);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    below: (limit) => Math.floor(next() * limit),
    pick: (list) => list[Math.floor(next() * list.length)],
    some: (list) => list.filter(() => next() < 0.5),
  };
}

const slots = (first, count) => Array.from({ length: count }, (_, at) => first + at);

/**
 * Changes of the course: a check with three attempts. Its two questions make one right answer 50 per cent; every page has
 * to be opened, and 80 per cent be reached.
 */
export const GRADED = {
  slots: 40,
  status: "both",
  check: {
    page: "p4-check",
    mastery: 80,
    hand: { feedback: true, review: false, attempts: 3, turn: slots(22, 3), best: slots(25, 14) },
  },
};
