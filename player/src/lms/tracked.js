// What xAPI and cmi5 share: a document that is kept, a journal of statements, and a page that may go at any moment.
//
// Nothing is twice: statements that are made once a registration have an id that follows from what they say, so that an
// LRS takes them once, from whatever window, device or launch they come. Nothing is lost: whatever was not confirmed
// lies in the journal, and is sent again with the same ids.

import { decode, has } from "../state.js";
import { notebook, read, write } from "./document.js";
import { detailsOf, failure } from "./failure.js";
import { identity } from "./launch.js";
import { sha1 } from "./lrs.js";
import { queue } from "./queue.js";
import { shelf } from "./shelf.js";
import { duration, score, shapes, statement, uuid, uuidFrom, within } from "./statements.js";

/**
 * @import { Course, Happening, Lms, MediaHappening, Result } from "../contract.d.ts"
 * @import { Client } from "./lrs.js"
 * @import { Doc } from "./document.js"
 * @import { Entry, Queue } from "./queue.js"
 * @import { Shelf } from "./shelf.js"
 * @import { Json, Shapes } from "./statements.js"
 */

/**
 * What one standard knows of a launch.
 * @typedef {object} Launched
 * @property {Client} lrs
 * @property {Json} actor
 * @property {string | undefined} registration
 * @property {string | undefined} activity in place of the course's own id
 * @property {() => Promise<Terms>} join may be called again after it rejected, and for every session
 *
 * @typedef {object} Terms
 * @property {Json} context in which every statement is made
 * @property {boolean} record whether more is told than that a session began and ended
 * @property {number | null} mastery per cent
 * @property {Json} judging what the context of passed and failed holds as well
 * @property {string} [session] where a session is one launch: its name
 * @property {number} [began] the session began before this window was loaded again
 * @property {(began: number) => void} [begun] told when it begins
 */

/** Statements in one request. */
const BATCH = 50;
/** Browsers send 64 KiB while a page is going, headers not counted. */
const LAST_BYTES = 60 * 1024;
const FRAME = new Set(["initialized", "terminated"]);
/** What is told of a session at its end belongs to that session. */
const BOUND = new Set([...FRAME, "failed"]);
/** These go first when the page is going and not all can. */
const VITAL = new Set([...BOUND, "resumed", "completed", "passed", "suspended"]);
const PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress";
const VIDEO = "https://w3id.org/xapi/video/extensions/";

const MEDIA = {
  started: "mediaInitialized",
  played: "mediaPlayed",
  paused: "mediaPaused",
  seeked: "mediaSeeked",
  ended: "mediaCompleted",
  left: "mediaTerminated",
};

/** @param {string} text */
const bytes = (text) => new TextEncoder().encode(text).length;

/**
 * @param {Window} window
 * @param {Course} course
 * @param {Launched} launched
 * @param {() => number} now milliseconds
 * @returns {Lms}
 */
export function tracked(window, course, launched, now) {
  const { lrs, actor, registration } = launched;
  const who = identity(actor);
  const book = notebook(course, now);
  /** @type {Shapes} */
  let all;
  let root = "";
  /** @type {Queue | undefined} */
  let journal;
  /** @type {Shelf} */
  let kept;
  /** @type {Terms | undefined} */
  let terms;
  let isOpen = false;
  let hasBegun = false;
  /** Nothing is sent any more: the page was left. */
  let hasLeft = false;
  /** How often. */
  let leaves = 0;
  /** A session of this window has ended. */
  let hasEnded = false;
  /** The session has ended, as the LMS knows, and another begins with another launch only. */
  let isOver = false;
  /** Of the latest statement. */
  let stamped = 0;
  let ticked = 0;
  /** Milliseconds of this session. */
  let spent = 0;
  /** Tenths of the course and parts that were told of earlier. */
  let tenth = 0;
  /** @type {Set<string>} */
  const toldParts = new Set();
  /** Refused in this launch; the next one tries again. @type {Set<Entry>} */
  const resting = new Set();
  /** When each film or sound was started. @type {Map<string, number>} */
  const started = new Map();
  /** What happened before the shapes had come. @type {Happening[]} */
  const untold = [];

  function load() {
    return shapes(window).then(
      (found) => {
        if (journal) return;
        all = found;
        root = launched.activity || all.course.id;
        journal = queue(
          () => window.localStorage,
          `coursepack:${root}:${registration || uuidFrom(who)}`,
          uuidFrom(who),
        );
        kept = shelf(lrs, { activityId: root, agent: JSON.stringify(actor), registration }, (text) =>
          sha1(window, text),
        );
        untold.splice(0).forEach(tell);
        hold(journal);
      },
      (error) => {
        throw failure("silent", String(error));
      },
    );
  }
  // The build's part comes early: a page that is left at once still tells what it can.
  load().catch(() => {});

  /** @param {number} at */
  function stamp(at) {
    stamped = Math.max(at, stamped + 1);
    return new Date(stamped).toISOString();
  }

  /**
   * @param {string} name
   * @param {string} key
   * @param {number} at
   * @param {{ result?: Json, context?: Json }} [filling]
   * @param {string} [id]
   */
  function add(name, key, at, filling, id = uuid()) {
    const made = statement(all, root, name, key, { id, timestamp: stamp(at), ...filling });
    if (made && journal) journal.add({ name, statement: made });
  }

  /**
   * Once a registration.
   * @param {string} name
   * @param {string} key
   * @param {number} at
   * @param {{ result?: Json, context?: Json }} [filling]
   */
  function once(name, key, at, filling) {
    add(name, key, at, filling, uuidFrom([root, registration, who, name, key].join("\n")));
  }

  /** @param {Happening} happening */
  function tell(happening) {
    const { at } = happening;
    if (terms && !terms.record) return;
    if (happening.kind === "page") once("experienced", happening.page, at);
    else if (happening.kind === "media") tellMedia(happening);
    else {
      const { question, chosen, right } = happening;
      add("answered", question, at, { result: { response: chosen.join("[,]"), success: right } });
    }
  }

  /** @param {MediaHappening} happening */
  function tellMedia({ at, media, event, time, from, length, segments, progress, session, speed, volume }) {
    /** @type {Json} */
    const extensions = { [`${VIDEO}length`]: length, [`${VIDEO}session-id`]: session };
    const reached = { [`${VIDEO}time`]: time };
    const covered = { [`${VIDEO}progress`]: progress, [`${VIDEO}played-segments`]: segments };
    /** @type {Record<MediaHappening["event"], Json | undefined>} */
    const results = {
      started: undefined,
      played: reached,
      paused: { ...reached, ...covered },
      seeked: { [`${VIDEO}time-from`]: from, [`${VIDEO}time-to`]: time },
      ended: { ...reached, ...covered },
      left: { ...reached, ...covered },
    };
    if (event === "started") {
      started.set(session, at);
      Object.assign(extensions, { [`${VIDEO}speed`]: `${speed}x`, [`${VIDEO}volume`]: volume });
    }
    /** @type {Json} */
    const result = { extensions: results[event] };
    const filling = { context: { extensions }, ...(results[event] ? { result } : {}) };
    if (event !== "ended") add(MEDIA[event], media, at, filling);
    else if (progress > 0.995) {
      // Watched to the end without leaps. Frames are as long as they are, so the last thousandths are not asked for.
      result.duration = duration(at - (started.get(session) || at));
      once(MEDIA.ended, media, at, filling);
    }
  }

  /** Milliseconds of learning since the last time. */
  function tick() {
    const before = ticked;
    ticked = now();
    if (!isOpen) return 0;
    const passed = Math.max(0, ticked - before);
    spent += passed;
    return passed;
  }

  /**
   * What is in a document of the LRS was told of by whoever put it there.
   * @param {Doc | null} theirs
   */
  function take(theirs) {
    book.take(theirs);
    const state = theirs && decode(theirs.state);
    if (!state) return;
    const core = course.pages.filter((page) => page.core);
    const share = (/** @type {typeof core} */ pages) =>
      pages.length ? pages.filter(({ slot }) => has(state, slot)).length / pages.length : 0;
    tenth = Math.max(tenth, tenths(share(core)));
    for (const { id } of course.parts) if (share(core.filter(({ part }) => part === id)) === 1) toldParts.add(id);
  }

  /** @param {number} share */
  function tenths(share) {
    return Math.floor(10 * share + 1e-9);
  }

  /** @param {Result} result */
  function judge(result) {
    return {
      result: {
        duration: duration(book.doc().time),
        ...(result.score === null ? {} : { score: score(result.score) }),
      },
      context: terms?.judging,
    };
  }

  /** Whether there is anything to pass. */
  function isJudged() {
    return course.status !== "completed" || (course.check !== null && course.check.mastery !== null);
  }

  /** @param {Result} result */
  function derive(result) {
    if (!terms?.record) return;
    const at = now();
    const { sent } = book.doc();
    for (const { id, done, total } of result.parts) {
      if (done < total || total === 0 || toldParts.has(id)) continue;
      toldParts.add(id);
      once("partCompleted", id, at);
    }
    const reached = tenths(result.progress);
    if (reached > tenth && !result.completed) {
      tenth = reached;
      once("progressed", String(reached), at, {
        result: { extensions: { [PROGRESS]: Math.floor(100 * result.progress + 1e-9) } },
      });
    }
    if (result.completed && !sent.completed) {
      const { score, ...rest } = judge(result).result;
      once("completed", "", at, { result: terms.session || score === undefined ? rest : { score, ...rest } });
    }
    if (result.passed && isJudged() && !sent.passed) once("passed", "", at, judge(result));
  }

  /** @param {Entry} entry */
  function complete({ statement: made }) {
    return JSON.stringify({ ...made, actor, context: within(made.context || {}, terms ? terms.context : {}) });
  }

  function waiting() {
    const { record } = /** @type {Terms} */ (terms);
    return journal ? journal.list().filter((entry) => (record || FRAME.has(entry.name)) && !resting.has(entry)) : [];
  }

  /** @param {Entry[]} entries */
  function arrived(entries) {
    for (const { name, statement: made } of entries) {
      if (name === "completed" || name === "passed") book.sent(name, made.id);
    }
    if (journal) journal.drop(entries);
  }

  /** @param {Entry[]} entries */
  function refused(entries) {
    for (const entry of entries) resting.add(entry);
    if (journal) journal.setAside(entries);
  }

  async function deliver() {
    let isLetIn = false;
    /** @type {Entry[]} */
    const denied = [];

    /** @param {Entry[]} batch */
    async function send(batch) {
      if (hasLeft) return;
      try {
        await lrs.ask("POST", "statements", {}, { body: `[${batch.map(complete)}]` });
        isLetIn = true;
        arrived(batch);
      } catch (error) {
        const { status = 0 } = detailsOf(error);
        if (![400, 403, 409, 413].includes(status)) throw error;
        if (batch.length > 1) {
          // Too much at once is halved; what one statement spoils is sent one by one.
          const size = status === 413 ? Math.ceil(batch.length / 2) : 1;
          for (let at = 0; at < batch.length; at += size) await send(batch.slice(at, at + size));
        } else if (status === 409) {
          // The id is known: it arrived earlier.
          isLetIn = true;
          arrived(batch);
        } else if (status === 403) denied.push(...batch);
        else refused(batch);
      }
    }

    while (!hasLeft) {
      const entries = waiting().filter((entry) => !denied.includes(entry));
      const good = entries.filter((entry) => !entry.refused);
      const batch = good.length ? good.slice(0, BATCH) : entries.slice(0, 1);
      if (batch.length === 0) break;
      if (isOver) break;
      await send(batch);
    }
    if (isOver && waiting().some(({ name }) => !BOUND.has(name))) throw failure("relaunch", "The session was ended.");
    // Not one got in: it is not the statements that are wrong.
    if (denied.length > 0 && !isLetIn) throw failure("relaunch", "POST statements: 403");
    refused(denied);
  }

  const text = () => write(book.doc());

  /** @param {Queue} journal */
  function hold(journal) {
    journal.hold(book.isBlank() || kept.holds(text()) ? null : text());
  }

  async function sync() {
    await kept.sync(text, take);
    if (journal) hold(journal);
  }

  /**
   * @param {Entry} entry of another session, whose end nothing may follow: it is told in this one
   * @param {number} at
   * @returns {Entry}
   */
  function again({ from: _, statement: made, ...entry }, at) {
    return { ...entry, statement: { ...made, timestamp: stamp(at) } };
  }

  /**
   * @param {Terms} terms
   * @param {Queue} journal
   * @param {number} at
   */
  function begin(terms, journal, at) {
    const { session, began, begun } = terms;
    const left = journal.list();
    isOpen = true;
    ticked = at;
    spent = began === undefined ? 0 : Math.max(0, at - began);
    if (session === undefined) {
      add("initialized", "", at);
      return;
    }
    const mine = left.filter(({ from }) => began !== undefined && from === session);
    for (const { statement: made } of mine) stamped = Math.max(stamped, Date.parse(made.timestamp));
    journal.replace(mine);
    if (began === undefined) {
      add("initialized", "", at);
      if (begun) begun(stamped);
    } else stamped = Math.max(stamped, began);
    const others = left.filter((entry) => !mine.includes(entry) && !BOUND.has(entry.name));
    journal.replace([...journal.list(), ...others.map((entry) => again(entry, at))]);
    journal.belong(session, isOver);
  }

  return {
    async open() {
      await load();
      const at = now();
      const before = leaves;
      const next = await launched.join();
      const store = /** @type {Queue} */ (journal);
      let wasOver = hasEnded;
      store.adopt((left) => {
        book.take(read(left.doc));
        if (left.isOver && left.session === next.session) wasOver = true;
      }, text);
      take(await kept.read());
      // Left while it opened, and perhaps back since: then it is opened again.
      if (leaves !== before) throw failure("silent", "The page was left.");
      terms = next;
      hasLeft = false;
      const found = book.known();
      if (!isOpen) {
        // A window that was loaded again left its session, unless it broke down; where nothing is kept, who knows?
        const isLost = next.began !== undefined && !store.isKept();
        isOver = next.session !== undefined && (wasOver || isLost);
        begin(next, store, at);
        if (found.status === "incomplete") add("resumed", "", at);
      }
      if (!hasBegun) book.begin();
      hasBegun = true;
      hold(store);
      return { ...found, record: next.record, mastery: next.mastery };
    },

    record(happening) {
      book.record(happening);
      if (journal) {
        tell(happening);
        hold(journal);
      } else untold.push(happening);
    },

    async save(state, location, result) {
      if (!isOpen || !journal) throw failure("ended", "No session is open.");
      book.note(state, location, tick());
      derive(result);
      hold(journal);
      /** @type {unknown} */
      let trouble = null;
      await sync().catch((error) => {
        const { status = 0, cause } = detailsOf(error);
        // A server that answers may still take statements, though it keeps no documents.
        if (cause !== "silent" || [0, 429, 503].includes(status)) throw error;
        trouble = error;
      });
      const { sent } = book.doc();
      await deliver();
      if (book.doc().sent !== sent && !trouble) await sync();
      if (trouble) throw trouble;
      return book.more(state);
    },

    finish(state, location, result) {
      if (hasLeft || !journal) return;
      hasLeft = true;
      leaves += 1;
      book.note(state, location, tick());
      if (isOpen && terms) {
        isOpen = false;
        hasEnded = true;
        derive(result);
        if (!isOver) end(terms, result);
        if (terms.session !== undefined) journal.belong(terms.session, true);
      }
      hold(journal);
      if (terms) leave(journal);
    },
  };

  /**
   * @param {Terms} terms
   * @param {Result} result
   */
  function end(terms, result) {
    const at = now();
    const session = { result: { duration: duration(spent) } };
    if (terms.record && isJudged() && result.failed && !book.doc().sent.passed) add("failed", "", at, judge(result));
    if (!result.completed) add("suspended", "", at, session);
    add("terminated", "", at, session);
  }

  /** @param {Queue} journal */
  function leave(journal) {
    const doc = text();
    let room = LAST_BYTES;
    if (!kept.holds(doc)) {
      const { bytes, arrived } = kept.leave(doc, journal.isKept());
      room -= bytes;
      arrived.then((isThere) => {
        if (isThere && text() === doc) journal.hold(null);
      });
    }
    if (isOver) return;
    const entries = waiting().filter((entry) => !entry.refused);
    /** @type {Set<Entry>} */
    const going = new Set();
    for (const isFirst of [true, false]) {
      for (const entry of entries) {
        const size = bytes(complete(entry)) + 1;
        if (VITAL.has(entry.name) !== isFirst || size >= room || going.size === BATCH) continue;
        room -= size;
        going.add(entry);
      }
    }
    const batch = entries.filter((entry) => going.has(entry));
    if (batch.length === 0) return;
    lrs.ask("POST", "statements", {}, { body: `[${batch.map(complete)}]`, isLast: true }).then(
      () => arrived(batch),
      () => {
        // They lie in the journal.
      },
    );
  }
}
