// When progress is saved. Knows neither the document nor any standard.

import { tick } from "./clock.js";
import { detailsOf, failure } from "./lms/failure.js";
import { LONGEST_PAUSE, savePace } from "./save-pace.js";
import { saveStatus } from "./save-status.js";
import { timers } from "./timers.js";

/**
 * @import { Course, LearnerEvent, Lms, Result, Session, State } from "./contract.d.ts"
 * @import { Shown } from "./save-status.js"
 */

/**
 * @typedef {object} Learner
 * @property {() => { state: State, location: string, result: Result }} now what is to be saved
 * @property {(session: Session) => Promise<void>} begin a session was opened, for the first time or again
 * @property {() => void} fail no session could be opened, and the learner goes on without
 * @property {(state: State) => void} merge progress that was made on another device or in another tab
 * @property {() => boolean} isPlaying a film or a sound is playing
 *
 * @typedef {"notice" | "retry" | "rest" | "look" | "check" | "beat"} Timer
 */

/** Milliseconds: a save that takes longer shows "saving". */
const NOTICEABLE = 300;
/** Milliseconds: opening takes longer than a save, and nothing can be lost yet. */
const SLOW = 2000;
/** Milliseconds between checks whether the LMS's window is still open. They call nothing. */
const LOOK = 5000;
/** Milliseconds: sessions of LMSs end after 20 to 30 minutes without a call, some after 10. */
const BEAT = 4 * 60000;
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
  /** Where progress is kept; decided when an LMS was found or was not. @type {Lms} */
  let keeper = lms || device;
  let isOpen = false;
  let hasBegun = false;
  let isLeft = false;
  /** @type {Session["mode"]} */
  let mode = "normal";
  /** Logged out, or in need of a new launch: only the learner can ask for another attempt. */
  let isEnded = false;
  let isBusy = false;
  /** The learner asked for a save while one was under way. */
  let isAsked = false;
  let isDirty = false;
  let isPlanned = false;
  /** When the LMS was last called. */
  let touched = 0;
  /** Events before it was known where they go; null once that is known. @type {LearnerEvent[] | null} */
  let early = [];

  const { set, clear, isSet } = /** @type {ReturnType<typeof timers<Timer>>} */ (timers(() => isLeft));
  const { isBarred, restLeft, saved, retryIn } = savePace(course.commit);
  const { showSaving, showResting, showSaved, showFailed } = saveStatus(course.strings, shown);

  function recordEarly() {
    for (const event of early || []) keeper.record(event);
    early = null;
  }

  /** Keeps on the device what the LMS does not take now, if the adapter can. */
  function hold() {
    const { state, location } = learner.now();
    return keeper.hold?.(state, location) || false;
  }

  /** Milliseconds for which the LMS should not be called. */
  const restOf = () => keeper.rest?.() || 0;

  /** The part of a result by which the LMS evaluates, and that a learner would have to do again. */
  function judged() {
    const { completed, passed, score } = learner.now().result;
    return `${completed} ${passed} ${score}`;
  }

  const rest = () => restLeft(judged());

  function plan() {
    isDirty = true;
    if (isPlanned || isLeft || mode === "browse") return;
    isPlanned = true;
    if (isOpen && rest() <= 0) {
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
    if (isLeft || isBusy || mode === "browse" || (!isDirty && !asked)) return;
    if (!asked && (isEnded || isBarred())) {
      clear("notice");
      hold();
      return;
    }
    const wait = asked || isLast || !isOpen ? 0 : rest();
    if (wait > 0) {
      set("rest", wait, () => save(false));
      clear("notice");
      showResting(hold());
      return;
    }
    isBusy = true;
    clear("rest", "check");
    try {
      if (!isOpen) await open();
      isDirty = false;
      const { state, location, result } = learner.now();
      const judgement = judged();
      const more = await keeper.save(state, location, result);
      isEnded = false;
      clear("retry");
      touched = tick();
      saved(judgement, keeper.rest?.());
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
  const isSure = (again) => keeper.isSure?.(again) ?? true;

  function confirmSaved() {
    // It is unknown whether a result counts that arrives after the attempt has ended.
    showSaved(keeper === device || keeper.isHere?.(), isSure() && mode === "normal");
  }

  function check() {
    if (isBusy || isDirty || !isOpen) return;
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
      isOpen = false;
    } else if (cause === "silent" || cause === "unkept") retry(1000 * after);
    showFailed(cause, hold(), asked);
  }

  /** @param {number} after milliseconds that the server asks for */
  function retry(after) {
    if (after > 0) clear("retry");
    if (!isSet("retry")) set("retry", retryIn(after), () => save(false));
  }

  const gone = () => failure("closed", "left");

  async function open() {
    let session = await keeper.open();
    if (!session && hasBegun) throw gone();
    if (!session) {
      keeper = device;
      session = await device.open();
      if (!session) return;
    }
    if (keeper === device) shown.outside(true, lms !== null);
    isOpen = true;
    hasBegun = true;
    ({ mode } = session);
    if (mode === "browse") shown.saved("no", () => course.strings.notSaved);
    await learner.begin(session);
    recordEarly();
    look();
  }

  /** Reports a closed LMS window at once, not only at the next save. */
  function look() {
    clear("look");
    if (!isOpen || !keeper.isThere) return;
    if (!isBusy && !keeper.isThere()) fail(gone());
    else set("look", LOOK, look);
  }

  /** @returns {boolean} whether the LMS knows that the learner is still here */
  function stay() {
    touched = tick();
    try {
      keeper.stay?.();
      return true;
    } catch (error) {
      fail(error);
      return false;
    }
  }

  /** While a film or a sound plays nothing is saved, which may take longer than an LMS's session lasts. */
  function beat() {
    clear("beat");
    if (!learner.isPlaying() || !isOpen || !keeper.stay) return;
    if (!isBusy && tick() - touched >= BEAT && !stay()) {
      isDirty = true;
      return;
    }
    set("beat", Math.max(touched + BEAT - tick(), NOTICEABLE), beat);
  }

  return {
    /** @param {LearnerEvent} event */
    note(event) {
      if (early) early.push(event);
      else keeper.record(event);
    },

    plan,

    /** The learner's name, where the LMS gives it. May throw. */
    learner: () => keeper.learner?.() || "",

    /** The learner asks for a save. */
    ask() {
      clear("notice");
      set("notice", NOTICEABLE, showSaving);
      return save(true);
    },

    /** The device is online again. */
    retry: () => save(false),

    look,

    /** The page is hidden: on a phone it may never come back. */
    hide() {
      if (isDirty) save(false, true);
      else if (!isBusy && isOpen && keeper.stay && tick() - touched >= LONGEST_PAUSE) stay();
    },

    /** A film or a sound has begun to play. */
    beat,

    /** What was kept on the device was erased. */
    erased() {
      isDirty = false;
    },

    /** Stops keeping on this device what is meant for the LMS. */
    forget: () => keeper.forget?.(),

    /** Takes over what was done in an earlier attempt, or erases it. @param {boolean} isWanted */
    recall(isWanted) {
      if (!isWanted) keeper.drop?.();
      else if (keeper.fetch) learner.merge(keeper.fetch());
      plan();
    },

    /** Filters the events that were not handed on yet. @param {(event: LearnerEvent) => boolean} isWanted */
    omit(isWanted) {
      if (early) early = early.filter(isWanted);
    },

    async start() {
      isBusy = true;
      set("notice", SLOW, showSaving);
      try {
        await open();
        plan();
      } catch (error) {
        learner.fail();
        recordEarly();
        fail(error);
        const known = keeper.known?.();
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
      recordEarly();
      const { state, location, result } = learner.now();
      keeper.finish(state, location, result);
    },

    /** Back from the browser's cache: the session was finished when the page was left. */
    back() {
      isLeft = false;
      isOpen = keeper === device;
      // What was under way then is not any more.
      isBusy = false;
      save(true);
    },
  };
}
