// When progress is saved, and what the learner is told of it. Knows neither the document nor any standard.

import { tick } from "./clock.js";

/**
 * @import { Cause, Course, LearnerEvent, Lms, Result, Session, State } from "./contract.d.ts"
 */

/**
 * What the learner sees of it.
 * @typedef {object} Shown
 * @property {(next: "yes" | "wait" | "no", word: () => string) => void} saved the word in the language of the moment
 * @property {(cause: Cause | null, isHeld?: boolean, isAsked?: boolean) => void} alarm
 * @property {(isShown: boolean, isMissed?: boolean) => void} outside
 *
 * @typedef {object} Learner
 * @property {() => { state: State, location: string, result: Result }} now what is to be saved
 * @property {(session: Session) => Promise<void>} begin what is kept has come, for the first time or again
 * @property {() => void} fail nothing has come, and the learner goes on without
 * @property {(state: State) => void} merge progress that was made on another device or in another tab
 * @property {() => boolean} isPlaying a film or a sound is playing
 *
 * @typedef {"notice" | "retry" | "rest" | "look" | "check" | "beat"} Timer
 */

/** Design: a save that takes longer than this says so. */
const NOTICEABLE = 300;
/** Opening takes longer than a save, and nothing that was done is at stake yet. */
const SLOW = 2000;
/** Milliseconds between attempts at saving: doubled each time, up to the longest. */
const FIRST_PAUSE = 4000;
const LONGEST_PAUSE = 60000;
/** Milliseconds after which an LMS is asked once more whether it has what it was sent. */
const SECOND_LOOK = 4000;
/** Milliseconds between looks at whether the LMS's window is still there. They call nothing. */
const LOOK = 5000;
/** Milliseconds: sessions of LMSs end after 20 to 30 minutes without a call, some after 10. */
const BEAT = 4 * 60000;
/**
 * Least milliseconds between saves, by the course's `commit`. What decides a result, what the learner asks for and what
 * is saved when the page is hidden or left does not wait.
 */
const REST = { every: 0, throttled: 60000, sparing: 15 * 60000 };

/**
 * @param {Course} course
 * @param {Lms | null} lms null: the course is meant to be used without one
 * @param {Lms} device where progress is kept when there is no LMS
 * @param {Learner} learner
 * @param {Shown} shown
 * @param {(work: () => void) => void} whenIdle
 */
export function saving(course, lms, device, learner, shown, whenIdle) {
  const words = course.strings;
  /** Where progress is kept; decided when the LMS was found or was not. @type {Lms} */
  let keeper = lms || device;
  let isOpen = false;
  let hasBegun = false;
  let isLeft = false;
  /** @type {Session["mode"]} */
  let mode = "normal";
  /** Logged out, or in need of a new launch: asking the LMS again is left to the learner. */
  let isEnded = false;
  let isBusy = false;
  /** The learner asked for a save while one was under way. */
  let isAsked = false;
  let isDirty = false;
  let isPlanned = false;
  /** What the learner reads is "not saved". */
  let isAlarmed = false;
  /** @type {Partial<Record<Timer, ReturnType<typeof setTimeout>>>} */
  const timers = {};
  let pause = FIRST_PAUSE;
  /** When a server that was asked too often wants to be asked again at the earliest. */
  let barred = 0;
  /** When the LMS may be given what can wait. */
  let rested = 0;
  /** When the LMS was called last. */
  let touched = 0;
  /** What the LMS was told of the result. */
  let told = "";
  /** What happened before it was known whom to tell; null once that is known. @type {LearnerEvent[] | null} */
  let untold = [];

  /**
   * @param {Timer} name
   * @param {number} after
   * @param {() => void} work
   */
  function set(name, after, work) {
    if (timers[name] !== undefined || isLeft) return;
    timers[name] = setTimeout(() => {
      delete timers[name];
      work();
    }, after);
  }

  /** @param {Timer[]} names */
  function clear(...names) {
    for (const name of names) {
      clearTimeout(timers[name]);
      delete timers[name];
    }
  }

  function tellAll() {
    for (const event of untold || []) keeper.record(event);
    untold = null;
  }

  const wait = () => shown.saved("wait", () => words.saving);

  /** What the LMS does not take now lies on the device, where the adapter can see to that. */
  function hold() {
    const { state, location } = learner.now();
    return keeper.hold?.(state, location) || false;
  }

  function plan() {
    isDirty = true;
    if (isPlanned || isLeft || mode === "browse") return;
    isPlanned = true;
    if (isOpen && !isResting()) {
      // An LMS that is known to be slow stops the page while it is called: what it says then must be shown before.
      if (restOf() > 0) wait();
      else set("notice", NOTICEABLE, wait);
    }
    whenIdle(() => {
      isPlanned = false;
      save(false);
    });
  }

  /** How long the LMS wants to be left alone by what it said of itself, in whatever way. */
  const restOf = () => keeper.rest?.() || 0;

  /** What the LMS judges by, and what a learner would have to do again. */
  function judged() {
    const { completed, passed, score } = learner.now().result;
    return `${completed} ${passed} ${score}`;
  }

  const isResting = () => tick() < rested && judged() === told;

  /**
   * @param {boolean} asked by the learner
   * @param {boolean} [isLast] there may be no later time
   */
  async function save(asked, isLast = false) {
    if (isBusy) isAsked = isAsked || asked;
    if (isLeft || isBusy || mode === "browse" || (!isDirty && !asked)) return;
    if (!asked && (isEnded || tick() < barred)) {
      clear("notice");
      hold();
      return;
    }
    if (!asked && !isLast && isOpen && isResting()) {
      set("rest", rested - tick(), () => save(false));
      clear("notice");
      const isHeld = hold();
      if (!isAlarmed) shown.saved("wait", () => (isHeld ? words.savedHere : words.saving));
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
      told = judgement;
      isEnded = false;
      clear("retry");
      pause = FIRST_PAUSE;
      touched = tick();
      rested = keeper.rest ? touched + Math.max(REST[course.commit], restOf()) : 0;
      tellSaved();
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

  function tellSaved() {
    isAlarmed = false;
    shown.alarm(null);
    // Nobody knows what becomes of a result that comes when the attempt has ended.
    const sure = isSure() && mode === "normal";
    const isHere = keeper === device || keeper.isHere?.();
    shown.saved("yes", () => (isHere ? words.savedHere : sure ? words.saved : words.sent));
  }

  function check() {
    if (isBusy || isDirty || !isOpen) return;
    try {
      if (isSure(true)) tellSaved();
    } catch (error) {
      fail(error);
    }
  }

  /**
   * @param {unknown} error
   * @param {boolean} [asked] by the learner, who is then told once more
   */
  function fail(error, asked = false) {
    const { cause = "silent", after = 0 } = /** @type {{ cause?: Cause, after?: number }} */ (
      error instanceof Error ? error : {}
    );
    // For whoever looks for the reason: the learner is told in other words.
    console.info(`coursepack: ${cause}, ${error}`);
    if (cause === "ended" || cause === "relaunch" || cause === "closed") {
      isEnded = true;
      isOpen = false;
    } else if (cause === "silent" || cause === "unkept") retry(after);
    if (cause === "storage") shown.outside(false);
    isAlarmed = true;
    shown.saved("no", () => (cause === "full" ? words.notAllSaved : words.notSaved));
    shown.alarm(cause, hold(), asked);
  }

  /** @param {number} after seconds that the LMS asks for */
  function retry(after) {
    if (after > 0) {
      barred = tick() + 1000 * after;
      clear("retry");
    }
    if (timers.retry !== undefined) return;
    set("retry", Math.max(pause, 1000 * after), () => save(false));
    // Only attempts of our own come ever more slowly; what the learner does meanwhile is tried at once.
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  }

  const gone = () => Object.assign(new Error("left"), { cause: "closed" });

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
    if (mode === "browse") shown.saved("no", () => words.notSaved);
    await learner.begin(session);
    tellAll();
    look();
  }

  /** Tells at once that the LMS's window is gone: nothing else would, before the next save. */
  function look() {
    clear("look");
    if (!isOpen || !keeper.isThere) return;
    if (!isBusy && !keeper.isThere()) fail(gone());
    else set("look", LOOK, look);
  }

  /** A film or a sound may take longer than an LMS waits for a word. Of all else that is done it is told. */
  function beat() {
    clear("beat");
    if (!learner.isPlaying() || !isOpen || !keeper.stay) return;
    if (!isBusy && tick() - touched >= BEAT) {
      touched = tick();
      try {
        keeper.stay();
      } catch (error) {
        isDirty = true;
        fail(error);
        return;
      }
    }
    set("beat", Math.max(touched + BEAT - tick(), NOTICEABLE), beat);
  }

  return {
    /** @param {LearnerEvent} event */
    note(event) {
      if (untold) untold.push(event);
      else keeper.record(event);
    },

    plan,

    /** The learner's name, where the LMS tells it. May throw. */
    learner: () => keeper.learner?.() || "",

    /** The learner wants it now. */
    ask() {
      clear("notice");
      set("notice", NOTICEABLE, wait);
      return save(true);
    },

    /** The device is on line again. */
    retry: () => save(false),

    look,

    /** The page is hidden: on a phone it may never come back. */
    hide() {
      if (isDirty) {
        save(false, true);
        return;
      }
      if (isBusy || !isOpen || !keeper.stay || tick() - touched < LONGEST_PAUSE) return;
      touched = tick();
      try {
        keeper.stay();
      } catch (error) {
        fail(error);
      }
    },

    /** A film or a sound has begun to play. */
    beat,

    /** What was kept on the device is erased. */
    erased() {
      isDirty = false;
    },

    /** Nothing of what the LMS is to have is kept on this device any more. */
    forget: () => keeper.forget?.(),

    /** The learner wants what they did in an earlier attempt, or does not want it. @param {boolean} isWanted */
    recall(isWanted) {
      if (!isWanted) keeper.drop?.();
      else if (keeper.fetch) learner.merge(keeper.fetch());
      plan();
    },

    /** @param {(event: LearnerEvent) => boolean} isWanted of what was not told yet */
    omit(isWanted) {
      if (untold) untold = untold.filter(isWanted);
    },

    async start() {
      isBusy = true;
      set("notice", SLOW, wait);
      try {
        await open();
        plan();
      } catch (error) {
        learner.fail();
        tellAll();
        fail(error);
        const known = keeper.known?.();
        if (known) learner.merge(known);
      }
      isBusy = false;
      clear("notice");
    },

    /**
     * The page is left. Nothing is called from here on.
     * @param {() => void} last what else is to be told
     */
    leave(last) {
      if (isLeft) return;
      isLeft = true;
      clear("notice", "retry", "rest", "look", "check", "beat");
      last();
      tellAll();
      const { state, location, result } = learner.now();
      keeper.finish(state, location, result);
    },

    /** Back from the browser's cache: the session was finished when the page was left. */
    back() {
      isLeft = false;
      isOpen = keeper === device;
      // Whatever was on its way then is not any more.
      isBusy = false;
      save(true);
    },
  };
}
