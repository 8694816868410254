// Which page is shown, by the address, and which pages the learner has opened.

import { furnishTabs } from "./blocks/tabs.js";
import { isAway } from "./shell.js";
import { has, pagesLeft, visit } from "./state.js";
import { named } from "./view.js";

/**
 * @import { Course, LearnerEvent, Page, Player, State } from "./contract.d.ts"
 * @import { LearnerState } from "./learner-state.js"
 */

/** @typedef {ReturnType<typeof paging>} Paging */

/**
 * @param {Course} course
 * @param {LearnerState} learner
 * @param {ReturnType<typeof import("./view.js").view>} shown
 * @param {Player} player
 * @param {object} to
 * @param {(page: HTMLElement) => void} to.restore shows what was done on a page
 * @param {(step: (state: State) => State) => void} to.change
 * @param {(event: LearnerEvent) => void} to.note
 */
export function paging(course, learner, shown, player, { restore, change, note }) {
  const pages = new Map(course.pages.map((page) => [page.id, page]));
  const first = shown.now?.id || "";
  /** The page in view, once it is another than the first. @type {Page | null} */
  let reading = null;
  let location = "";
  /** Ids of pages whose progress was restored. */
  const rendered = new Set();
  /** The page that was shown first. @type {Page | undefined} */
  let begun;
  /** The hash of the launch. */
  let launched = "";

  /**
   * @param {HTMLElement} page
   * @param {boolean} byLearner
   */
  function show(page, byLearner) {
    shown.show(page, byLearner);
    furnishTabs(page);
    if (!rendered.has(page.id)) {
      rendered.add(page.id);
      restore(page);
    }
    player.lead(page);
    player.renew();
  }

  /**
   * The next step: the first page that remains, then the check; undefined when nothing is known to remain.
   * @param {string} here id of the page from which the learner is led
   */
  function next(here) {
    const check = pages.get(course.check?.page || "");
    return [...pagesLeft(course, learner.now), ...(check ? [check] : [])].find(({ id }) => id !== here);
  }

  /** Sets the links of the start page and the last page. */
  function leadOn() {
    const last = course.pages[course.pages.length - 1];
    const isDone = learner.isDone();
    const hasBegun = course.pages.some(({ id, slot }) => id !== first && has(learner.now, slot));
    // No link leads to the last page again while another page remains.
    const back = (reading !== last && reading) || (hasBegun && next(first)) || reading;
    shown.leadBack(isDone ? "klar" : back);
    shown.leadOn(isDone ? undefined : next(last.id));
  }

  /** The page in view counts as opened. */
  function opened() {
    const { id } = shown.now;
    const page = pages.get(id);
    if (!page) return;
    if (id !== first) reading = page;
    location = id;
    const state = learner.now;
    leadOn();
    if (!has(state, page.slot)) note({ kind: "page", at: Date.now(), page: id });
    if (!has(state, page.slot) || state.last !== page.slot) change((before) => visit(before, page));
  }

  /** Shows the page that the address names. */
  function follow() {
    if (isAway()) return;
    const { hash } = window.location;
    const page = named(hash.length > 1 ? hash : `#${first}`);
    if (page === shown.now) player.lead(page);
    if (!page || page === shown.now) return;
    show(page, true);
    if (hash.length > 1 && hash.slice(1) !== page.id) {
      // An element on another page, such as a footnote.
      document.getElementById(hash.slice(1))?.scrollIntoView();
    }
    opened();
  }

  return {
    opened,
    follow,
    leadOn,

    begin() {
      show(named(window.location.hash) || shown.now, false);
      begun = pages.get(shown.now.id);
      launched = window.location.hash;
    },

    /** The learner has asked for another page, which may not have loaded yet. */
    get hasLeft() {
      return window.location.hash !== launched;
    },

    /** Id of the page in view. */
    get shown() {
      return shown.now.id;
    },

    /** Id of the learner's latest page, as reported to the LMS. */
    get location() {
      return location;
    },

    /** A new learner who went on before the LMS answered has opened the first page that was shown. */
    countFirst() {
      const page = begun;
      if (!page || has(learner.now, page.slot)) return;
      note({ kind: "page", at: Date.now(), page: page.id });
      learner.changeFirst((before) => visit(before, page));
    },

    /**
     * Shows the page that the address names, or else the one left last; a learner who has moved on meanwhile stays.
     * @param {Page | undefined} last
     * @param {string} kept the location that the LMS kept
     * @param {boolean} hasMoved
     */
    resume(last, kept, hasMoved) {
      rendered.clear();
      if (last && last.id !== first) reading = last;
      location = last ? last.id : kept;
      const saved = last && named(`#${last.id}`);
      const linked = named(window.location.hash);
      const here = linked || (!hasMoved && saved) || shown.now;
      if (here !== linked && here.id !== first) window.location.replace(`#${here.id}`);
      if (here !== shown.now) show(here, false);
      else restore(here);
      rendered.add(here.id);
    },

    /** Progress differs from what the pages show; the page in view stays as it is. */
    outdate() {
      rendered.clear();
      rendered.add(shown.now.id);
    },

    /** Progress was erased. */
    erased() {
      rendered.clear();
      show(shown.now, false);
    },

    /** The elements of another language have replaced all. @param {HTMLElement} page the one that is shown */
    adopt(page) {
      for (const id of rendered) restore(/** @type {HTMLElement} */ (document.getElementById(id)));
      show(page, false);
    },

    /** The page that the learner left by quick exit. */
    comeBack() {
      show(named(window.location.hash) || shown.now, true);
      opened();
    },

    /** Shows the page in view again. */
    again: () => show(shown.now, true),
  };
}
