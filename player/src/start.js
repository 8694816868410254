// Starts the player: reads the course, restores what was done, shows pages and saves.

import { sides } from "./blocks/before-after.js";
import { notes } from "./blocks/note.js";
import { questions } from "./blocks/question.js";
import { scenarios } from "./blocks/scenario.js";
import { furnishTabs, openTab, tabs } from "./blocks/tabs.js";
import { finalCheck } from "./check.js";
import { recall, remember } from "./device.js";
import { all, around, element, fill, on, one, opensAnother, reveal, say, whenIdle } from "./dom.js";
import { local } from "./lms/device/local.js";
import { apply, believed } from "./look.js";
import { media, onMedia, pauseForGood, placeOf, play, seek, silence, watchMedia } from "./media.js";
import { demand, firstUnopened, reached } from "./restoring.js";
import { saving } from "./saving.js";
import { watchScrolling } from "./scroll.js";
import { closeDialogs, isAway, layout, shell } from "./shell.js";
import {
  answer,
  asked,
  chosen,
  draft,
  EMPTY,
  has,
  leaveAt,
  positionOf,
  progress,
  result,
  round,
  same,
  seeded,
  settle,
  turn,
  visit,
} from "./state.js";
import { named, view } from "./view.js";

/**
 * @import { Course, Lms, LearnerEvent, Page, Player, Session, State } from "./contract.d.ts"
 */

/** The whole document has loaded. */
function whole() {
  return new Promise((done) => {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", done);
    else done(null);
  });
}

/**
 * @param {(course: Course) => Lms | null} connect null: the course is meant to be used without an LMS
 * @param {(note: (event: LearnerEvent) => void) => () => void} [followMedia] reports what is played, where the
 *   course asks for it; returns what is to be called when the page is left
 */
export function start(connect, followMedia) {
  const course = /** @type {Course} */ (JSON.parse(document.getElementById("course-data")?.textContent || ""));
  const pages = new Map(course.pages.map((page) => [page.id, page]));
  const bySlot = new Map(course.pages.map((page) => [page.slot, page]));
  const first = one(".page[data-now]")?.id || "";
  const device = local(window, course);
  const shown = view(course);
  const lms = connect(course);
  // Also where a content security policy has refused the script in the head.
  const look = believed();
  apply(look);

  const luck = Math.random();
  const drawn = (/** @type {State} */ from) => seeded(course, from, luck);

  let isRestored = false;
  /** The learner wants sound to start muted. */
  let isQuiet = false;
  let state = drawn(EMPTY);
  /** Changes made before the LMS answered, to be repeated on the state that it kept. @type {((state: State) => State)[]} */
  let early = [];
  /** @type {Page | null} */
  let reading = null;
  let location = "";
  const rendered = new Set();

  const saver = saving(course, lms, device, { now, begin, fail, merge, isPlaying }, shown, whenIdle);
  const { note, plan } = saver;
  const leaveMedia = followMedia && course.report.media ? followMedia(note) : null;
  const asking = questions(
    course,
    (question, answers, right, text) => {
      note({ kind: "answer", at: Date.now(), question: question.id, chosen: answers, right, text });
      change((before) => answer(before, question, answers));
    },
    (question, answers) => {
      const step = (/** @type {State} */ before) => draft(course, before, question, answers);
      if (same(step(state), state)) return;
      note({ kind: "draft", at: Date.now(), question: question.id, chosen: answers });
      change(step);
    },
  );
  const showCheck = finalCheck(
    course,
    asking,
    () => state,
    (step) => {
      change(step);
      restore(shown.now);
    },
  );
  const restoreScenarios = scenarios(course, (question, held, hasEnded) => {
    const what = { at: Date.now(), question: question.id, chosen: held };
    note(hasEnded ? { kind: "answer", ...what, right: null, text: "" } : { kind: "draft", ...what });
    change((before) => answer(before, question, held));
  });
  /** @type {Player} */
  const later = {
    course,
    look,
    learner: saver.learner,
    recall: saver.recall,
    forget: saver.forget,
    positionOf: (slot) => positionOf(state, slot),
    leaveAt: (slot, at) => change((before) => leaveAt(before, slot, at, course.positions)),
    waiting: new Set(),
    furnish: (page) => later.waiting.add(page),
    notePlaces() {},
    lead() {},
    renew() {},
    lent: {
      all,
      apply,
      around,
      closeDialogs,
      element,
      fill,
      has,
      media,
      on,
      one,
      onMedia,
      openTab,
      opensAnother,
      placeOf,
      play,
      recall,
      remember,
      reveal,
      say,
      seek,
    },
  };
  window.coursepackPlayer = later;
  watchMedia();

  function now() {
    return { state, location, result: result(course, state) };
  }

  /** Nothing is left to do, including passing. */
  const isDone = () => state.completed && !result(course, state).isOpen;

  /** @param {boolean} whole */
  function mark(whole) {
    later.isDone = isDone();
    shown.mark(state, progress(course, state), later.isDone, whole);
    document.documentElement.toggleAttribute("data-complete", later.isDone);
    later.state = state;
    later.renew();
  }

  /** @param {(state: State) => State} step */
  function change(step) {
    if (!isRestored) early.push(step);
    const wasDone = isDone();
    state = settle(course, step(state));
    mark(false);
    if (isDone() && !wasDone && isRestored) say(course.strings.completed);
    plan();
  }

  /** The page in view counts as opened. */
  function opened() {
    const { id } = shown.now;
    const page = pages.get(id);
    if (!page) return;
    if (id !== first) reading = page;
    location = id;
    if (id === first) shown.leadBack(reading || firstUnopened(course, state, first));
    if (!has(state, page.slot)) note({ kind: "page", at: Date.now(), page: id });
    if (!has(state, page.slot) || state.last !== page.slot) change((before) => visit(before, page));
  }

  /** @param {HTMLElement} page */
  function restore(page) {
    const isDone = turn(course, state) % 2 === 1;
    const inForms = asked(course, state, page.id).filter(({ kind }) => kind !== "scenario");
    asking.restore(page, inForms, (question) => chosen(state, question), isDone);
    showCheck(page);
    restoreScenarios(page, (question) => chosen(state, question));
    later.furnish(page);
  }

  /**
   * @param {HTMLElement} page
   * @param {boolean} byLearner
   */
  function show(page, byLearner) {
    shown.show(page, byLearner);
    furnishTabs(page);
    watchScrolling(page);
    if (!rendered.has(page.id)) {
      rendered.add(page.id);
      restore(page);
    }
    later.lead(page);
    later.renew();
  }

  function follow() {
    if (isAway()) return;
    const { hash } = window.location;
    const page = named(hash.length > 1 ? hash : `#${first}`);
    if (page === shown.now) later.lead(page);
    if (!page || page === shown.now) return;
    show(page, true);
    if (hash.length > 1 && hash.slice(1) !== page.id) {
      // An element on another page, such as a footnote.
      document.getElementById(hash.slice(1))?.scrollIntoView();
    }
    opened();
  }

  /**
   * Progress from another device or tab. What is on the screen stays as it is.
   * @param {State} more
   */
  function merge(more) {
    const before = round(course, state);
    state = settle(course, { ...more, last: state.last });
    rendered.clear();
    rendered.add(shown.now.id);
    // Other questions are asked, or answers can no longer be changed.
    if (round(course, state) !== before) restore(shown.now);
    mark(true);
  }

  /** @param {Session} session */
  async function begin(session) {
    later.session = session;
    if (session.mastery !== null) demand(course, session.mastery);
    if (session.back) shown.leadOut(session.back);
    isQuiet = isQuiet || session.quiet === true;
    whole().then(() => {
      if (session.language) speak?.(session.language);
      if (isQuiet) silence();
    });
    if (isRestored) state = reached(state, session);
    else await absorb(session);
  }

  function isPlaying() {
    return media().some(({ paused }) => !paused);
  }

  /** No session could be opened: the learner goes on without what the LMS may have. */
  function fail() {
    mark(true);
    // The learner did not choose this page, and is taken to the one left last when the LMS opens.
    const done = [...early];
    countFirst();
    opened();
    early = done;
    // The page in the address may not have loaded yet.
    whole().then(follow);
  }

  /** @param {Session} session */
  async function absorb(session) {
    const page = pages.get(session.location);
    const kept = session.state || { ...EMPTY, last: page ? page.slot : null };
    const before = reached(kept, session);
    if (!session.state && early.length > 0) countFirst();
    const last = kept.last === null ? undefined : bySlot.get(kept.last);
    const wanted = window.location.hash.length > 1 ? window.location.hash : last ? `#${last.id}` : "";
    if (wanted && !named(wanted)) await whole();
    isRestored = true;
    saver.omit((each) => each.kind !== "page" || !has(before, pages.get(each.page)?.slot ?? -1));
    const hasMoved = early.length > 0;
    state = settle(
      course,
      early.reduce((so, step) => step(so), drawn(before)),
    );
    early = [];
    rendered.clear();
    if (last && last.id !== first) reading = last;
    location = last ? last.id : session.location;
    const saved = last && named(`#${last.id}`);
    const linked = named(window.location.hash);
    const here = linked || (!hasMoved && saved) || shown.now;
    if (here !== linked && here.id !== first) window.location.replace(`#${here.id}`);
    if (here !== shown.now) show(here, false);
    else restore(here);
    rendered.add(here.id);
    mark(true);
    opened();
  }

  /** A new learner who went on before the LMS answered has opened the first page that was shown. */
  function countFirst() {
    const page = pages.get(begun);
    if (!page || has(state, page.slot)) return;
    note({ kind: "page", at: Date.now(), page: begun });
    early.unshift((before) => visit(before, page));
    state = { ...visit(state, page), last: state.last };
  }

  function leave() {
    pauseForGood();
    closeDialogs();
  }

  /** The elements of another language have replaced all. @param {HTMLElement} page the one that is shown */
  function adopt(page) {
    shown.adopt(page);
    layout();
    for (const id of rendered) restore(/** @type {HTMLElement} */ (document.getElementById(id)));
    show(page, false);
    if (isQuiet) silence();
  }

  function watchLife() {
    window.addEventListener("hashchange", follow);
    // A page that was requested before it had loaded.
    whole().then(() => {
      if (isRestored) follow();
    });
    on("click", "a[href^='#']", (link, event) => {
      if (link.getAttribute("href") !== `#${shown.now.id}` || opensAnother(event)) return;
      // Show the page again: the browser itself would only remove focus.
      event.preventDefault();
      show(shown.now, true);
    });
    on("click", "[data-retry]", saver.ask);
    on("click", "[data-erase]", () => {
      device.erase();
      state = drawn(EMPTY);
      saver.erased();
      rendered.clear();
      show(shown.now, false);
      mark(true);
      say(course.strings.erased);
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "hidden") {
        saver.look();
        return;
      }
      later.notePlaces();
      saver.hide();
    });
    window.addEventListener("focus", saver.look);
    window.addEventListener("pagehide", () =>
      saver.leave(() => {
        later.notePlaces();
        if (!isRestored && early.length > 0) countFirst();
        leaveMedia?.();
      }),
    );
    window.addEventListener("online", saver.retry);
    window.addEventListener("pageshow", ({ persisted }) => {
      if (persisted) saver.back();
    });
    document.addEventListener("play", saver.beat, true);
  }

  shell(course, () => {
    show(named(window.location.hash) || shown.now, true);
    opened();
  });
  notes();
  sides();
  tabs();
  watchLife();
  if ("scrollRestoration" in history) history.scrollRestoration = "manual";
  // When the document has loaded, a browser moves to the target of the address, and takes focus from a field in use.
  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    if (document.readyState === "interactive" && !relatedTarget)
      /** @type {HTMLElement} */ (target).focus({ preventScroll: true });
  });
  show(named(window.location.hash) || shown.now, false);
  const begun = shown.now.id;
  const speak = window.coursepackEditions?.(course, { now: () => shown.now.id, leave, adopt, say });
  whole().then(() => speak?.());
  saver.start();
}
