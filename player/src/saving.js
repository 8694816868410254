// When progress is saved. Knows neither the document nor any standard.

import { detailsOf } from "./lms/failure.js";
import { savePace } from "./save-pace.js";
import { saveStatus } from "./save-status.js";
import { sessionOf } from "./session.js";
import { sessionWatch } from "./session-watch.js";
import { timers } from "./timers.js";

/**
 * @import { Course, LearnerEvent, Lms, Result, Session, State } from "./contract.d.ts"
 * @import { Shown } from "./save-status.js"
 */

/**
 * @typedef {object} Learner
 * @property {() => { state: State, location: string, result: Result }} now what to save
 * @property {(session: Session) => Promise<void>} begin a session was opened, for the first time or again
 * @property {() => void} fail no session could be opened; the learner continues without one
 * @property {(state: State) => void} merge progress that was made on another device or in another tab
 * @property {() => boolean} isPlaying a film or a sound is playing
 *
 * @typedef {"notice" | "retry" | "rest" | "look" | "check" | "beat"} Timer
 */

/** Milliseconds: a save that takes longer shows "saving". */
const NOTICEABLE = 300;
/** Milliseconds: opening takes longer than a save, and nothing can be lost yet. */
const SLOW = 2000;
/** Milliseconds after which an LMS is asked again whether it has what it was sent. */
const SECOND_LOOK = 4000;

/**
 * @param {Course} course
 * @param {Lms | null} lms null: the course is meant to be used without one
 * @param {Lms} device where progress is kept when there is no LMS
 * @param {Learner} learner
 * @param {Shown} shown
 * @param {(work: () => void) => void} whenIdle
 */
export function saving(course, lms, device, learner, shown, whenIdle) {
  let isLeft = false;
  /** Logged out, or a new launch is needed: only the learner can start another attempt. */
  let isEnded = false;
  let isBusy = false;
  /** The learner asked for a save while one was under way. */
  let isAsked = false;
  let isDirty = false;
  let isPlanned = false;
  const timer = /** @type {ReturnType<typeof timers<Timer>>} */ (timers(() => isLeft));
  const { set, clear, isSet } = timer;
  const { isBarred, restLeft, saved, retryIn } = savePace(course.commit);
  const { showSaving, showResting, showSaved, showFailed } = saveStatus(course.strings, shown);
  const session = sessionOf(lms, device, begin, (isMissed) => shown.outside(true, isMissed));
  const watch = sessionWatch(
    {
      session: () => (session.isOpen ? session.keeper : null),
      isBusy: () => isBusy,
      isPlaying: learner.isPlaying,
      fail,
      lose() {
        isDirty = true;
      },
    },
    timer,
  );

  /** @param {Session} opened */
  function begin(opened) {
    if (opened.mode === "browse") shown.saved("no", () => course.strings.notSaved);
    return learner.begin(opened);
  }

  /** Stores on the device what the LMS does not accept now, if the adapter can. */
  function hold() {
    const { state, location } = learner.now();
    return session.keeper.hold?.(state, location) || false;
  }

  /** Milliseconds for which the LMS should not be called. */
  const restOf = () => session.keeper.rest?.() || 0;

  /** The part of a result by which the LMS evaluates, and that a learner would have to do again. */
  function judged() {
    const { completed, passed, score } = learner.now().result;
    return `${completed} ${passed} ${score}`;
  }

  const rest = () => restLeft(judged());

  function plan() {
    isDirty = true;
    if (isPlanned || isLeft || session.mode === "browse") return;
    isPlanned = true;
    if (session.isOpen && rest() <= 0) {
      // A slow LMS blocks the page while it is called: the status must be shown before.
      if (restOf() > 0) showSaving();
      else set("notice", NOTICEABLE, showSaving);
    }
    whenIdle(() => {
      isPlanned = false;
      save(false);
    });
  }

  /**
   * @param {boolean} asked by the learner
   * @param {boolean} [isLast] there may be no later time
   */
  async function save(asked, isLast = false) {
    if (isBusy) isAsked = isAsked || asked;
    if (isLeft || isBusy || session.mode === "browse" || (!isDirty && !asked)) return;
    if (!asked && (isEnded || isBarred())) {
      clear("notice");
      hold();
      return;
    }
    const wait = asked || isLast || !session.isOpen ? 0 : rest();
    if (wait > 0) {
      set("rest", wait, () => save(false));
      clear("notice");
      showResting(hold());
      return;
    }
    isBusy = true;
    clear("rest", "check");
    try {
      if (!session.isOpen) await open();
      isDirty = false;
      const { state, location, result } = learner.now();
      const judgement = judged();
      const more = await session.keeper.save(state, location, result);
      isEnded = false;
      clear("retry");
      watch.touch();
      saved(judgement, session.keeper.rest?.());
      confirmSaved();
      if (!isSure()) set("check", SECOND_LOOK, check);
      if (more && !isDirty) learner.merge(more);
      if (more || isDirty) plan();
    } catch (error) {
      isDirty = true;
      fail(error, asked);
    } finally {
      isBusy = false;
      clear("notice");
      if (isAsked) {
        isAsked = false;
        save(true);
      }
    }
  }

  /** @param {boolean} [again] */
  const isSure = (again) => session.keeper.isSure?.(again) ?? true;

  function confirmSaved() {
    // It is unknown whether a result counts that arrives after the attempt has ended.
    showSaved(session.isOnDevice() || session.keeper.isHere?.(), isSure() && session.mode === "normal");
  }

  function check() {
    if (isBusy || isDirty || !session.isOpen) return;
    try {
      if (isSure(true)) confirmSaved();
    } catch (error) {
      fail(error);
    }
  }

  /**
   * @param {unknown} error
   * @param {boolean} [asked] by the learner, who is alerted again
   */
  function fail(error, asked = false) {
    const { cause = "silent", after = 0 } = detailsOf(error);
    // For support: the learner sees other words.
    console.info(`coursepack: ${cause}, ${error}`);
    if (/ended|relaunch|closed/.test(cause)) {
      isEnded = true;
      session.isOpen = false;
    } else if (cause === "silent" || cause === "unkept") retry(1000 * after);
    showFailed(cause, hold(), asked);
  }

  /** @param {number} after milliseconds that the server asks for */
  function retry(after) {
    if (after > 0) clear("retry");
    if (!isSet("retry")) set("retry", retryIn(after), () => save(false));
  }

  async function open() {
    await session.open();
    watch.look();
  }

  return {
    /** @param {LearnerEvent} event */
    note: (event) => session.note(event),

    plan,

    /** The learner's name, where the LMS gives it. May throw. */
    learner: () => session.keeper.learner?.() || "",

    /** The learner asks for a save. */
    ask() {
      clear("notice");
      set("notice", NOTICEABLE, showSaving);
      return save(true);
    },

    /** The device is online again. */
    retry: () => save(false),

    look: watch.look,

    /** The page is hidden: on a phone it may never come back. */
    hide() {
      if (isDirty) save(false, true);
      else watch.hide();
    },

    /** A film or a sound has begun to play. */
    beat: watch.beat,

    /** What was kept on the device was erased. */
    erased() {
      isDirty = false;
    },

    /** Stops keeping on this device what is meant for the LMS. */
    forget: () => session.keeper.forget?.(),

    /** Takes over what was done in an earlier attempt, or erases it. @param {boolean} isWanted */
    recall(isWanted) {
      if (!isWanted) session.keeper.drop?.();
      else if (session.keeper.fetch) learner.merge(session.keeper.fetch());
      plan();
    },

    /** Filters the events that were not handed on yet. @param {(event: LearnerEvent) => boolean} isWanted */
    omit: (isWanted) => session.omit(isWanted),

    async start() {
      isBusy = true;
      set("notice", SLOW, showSaving);
      try {
        await open();
        plan();
      } catch (error) {
        learner.fail();
        session.recordEarly();
        fail(error);
        const known = session.keeper.known?.();
        if (known) learner.merge(known);
      }
      isBusy = false;
      clear("notice");
    },

    /**
     * The page is left. Nothing is called from here on.
     * @param {() => void} last records the last events
     */
    leave(last) {
      if (isLeft) return;
      isLeft = true;
      clear("notice", "retry", "rest", "look", "check", "beat");
      last();
      session.recordEarly();
      const { state, location, result } = learner.now();
      session.keeper.finish(state, location, result);
    },

    /** Back from the browser's cache: the session was finished when the page was left. */
    back() {
      isLeft = false;
      session.isOpen = session.isOnDevice();
      // What was under way then is not any more.
      isBusy = false;
      save(true);
    },
  };
}
