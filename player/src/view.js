// Shows a page and the learner's progress in the rendered document.

import { all, element, fill, icon, lasting, one, put, reveal, say, titleOf, whenIdle, whole } from "./dom.js";
import { hangPosters, pause } from "./media.js";
import { closeDialogs, isAway } from "./shell.js";
import { has, isDone } from "./state.js";

/**
 * @import { Cause, Course, Page, Progress, State } from "./contract.d.ts"
 */

/**
 * The page of a hash: the page itself, or the one that contains the element. The script starts while the document is
 * loading, and a page is complete when the parser has passed it.
 * @param {string} hash
 */
export function named(hash) {
  const target = hash.length > 1 ? document.getElementById(hash.slice(1)) : null;
  const page = target ? /** @type {HTMLElement | null} */ (target.closest(".page")) : null;
  return page && (document.readyState !== "loading" || page.nextElementSibling) ? page : null;
}

/** @param {Course} course */
export function view(course) {
  const words = course.strings;
  /** The words for pages that count, in the current language. */
  const counted = () => words.counted["questions" in course.completion ? "answered" : "opened"];
  const pages = new Map(course.pages.map((page) => [page.id, page]));
  const menu = () => one("[data-menu-nav]") || document;
  /** @type {HTMLElement[] | null} */
  let counts = null;
  /** @type {Map<string, HTMLElement> | null} */
  let links = null;
  /** Ids of the pages whose links differ from the rendered ones. */
  const marked = new Set();
  let now = /** @type {HTMLElement} */ (one(".page[data-now]"));
  let part = "";
  let state = /** @type {State | null} */ (null);
  /** @type {Cause | null} */
  let alarmed = null;
  /** Texts that are not progress, to be shown again in another language. @type {Map<string, () => void>} */
  const told = new Map();

  /**
   * @param {string} name
   * @param {() => void} show
   */
  function tell(name, show) {
    told.set(name, show);
    show();
  }

  function tellAgain() {
    for (const show of told.values()) show();
  }
  // Some places for them may not have loaded when they are first shown.
  whole().then(tellAgain);

  /** @param {string} id */
  function markLink(id) {
    const link = links?.get(id);
    if (!link || !state) return;
    const here = id === now.id;
    put(link, here, { "aria-current": "page" });
    if (here) whenIdle(() => reveal(link, /** @type {Element} */ (link.closest("nav"))));
    const dot = one(".dot", link);
    const word = one(".sr", link);
    const page = pages.get(id);
    if (!dot || !word || !page) return;
    const done = isDone(course, state, page);
    marked.add(id);
    dot.classList.toggle("now", here);
    dot.classList.toggle("done", done && !here);
    if (done && !here) dot.replaceChildren(icon("check"));
    else dot.replaceChildren();
    word.textContent = `. ${here ? words.here : done ? counted().page : has(state, page.slot) ? words.begun : words.notOpened}`;
  }

  /** The whole menu in one pass, once the page can be read and used. */
  function markMenu() {
    links = new Map();
    for (const link of all("[data-page]", menu())) links.set(link.dataset.page || "", link);
    for (const page of course.pages) {
      if (marked.has(page.id) || (state && has(state, page.slot))) markLink(page.id);
    }
    markLink(now.id);
  }

  /** @param {string} to */
  function unfold(to) {
    if (part === to) return;
    part = to;
    for (const each of all("details", menu())) each.toggleAttribute("open", each.dataset.part === to);
  }

  /** @param {number} minutes */
  function duration(minutes) {
    const whole = Math.ceil(minutes);
    const [h, m] = [Math.floor(whole / 60), whole % 60];
    return fill(h === 0 ? words.minutes : m === 0 ? words.hours : words.hoursMinutes, { h, m });
  }

  /** What is left of a part; when nothing is, its length. @param {string} id */
  function left(id) {
    const core = course.pages.filter((page) => page.core && page.part === id);
    const open = core.filter((page) => state && !isDone(course, state, page));
    const minutes = (open.length > 0 ? open : core).reduce((sum, page) => sum + page.minutes, 0);
    return open.length === core.length || open.length === 0
      ? duration(minutes)
      : fill(words.partLeft, { time: duration(minutes) });
  }

  /** @param {string} text */
  const number = (text) => element("span", { class: "num" }, text);

  /** Hidden in a narrow window. @param {(Node | string)[]} content */
  const far = (...content) => element("span", { class: "far" }, ...content);

  return {
    get now() {
      return now;
    },

    /** Another language has taken the place of all elements. @param {HTMLElement} page */
    adopt(page) {
      // A language that was shown before still shows its last page.
      now = one(".page[data-now]") || page;
      counts = links = null;
      part = "";
      if (state) whenIdle(markMenu);
      tellAgain();
    },

    /**
     * @param {HTMLElement} page
     * @param {boolean} byLearner moves focus to the heading; on first load nothing takes focus
     */
    show(page, byLearner) {
      const before = now.id;
      pause();
      closeDialogs();
      now.removeAttribute("data-now");
      page.setAttribute("data-now", "");
      now = page;
      hangPosters(page);
      const name = page.dataset.title;
      const { title } = course;
      if (!isAway()) document.title = name && name !== title ? `${name} – ${title}` : title;
      unfold(page.dataset.part || part || (course.parts[0] || { id: "" }).id);
      markLink(before);
      markLink(page.id);
      // The address names a page, not a position in it; otherwise there is nothing to undo, and no layout is forced.
      if (byLearner || window.location.hash) window.scrollTo(0, 0);
      if (byLearner) one("h1", page)?.focus({ preventScroll: true });
    },

    /**
     * @param {State} next
     * @param {Progress} progress
     * @param {boolean} isComplete
     * @param {boolean} whole whether the state was replaced, not added to
     */
    mark(next, progress, isComplete, whole) {
      state = next;
      if (whole) whenIdle(markMenu);
      else markLink(now.id);
      tell("done", () => {
        const { done, total, minutesLeft } = progress;
        const [noun, ...verb] = counted().after.split(" ");
        /** @type {(Node | string)[]} */
        const line = isComplete
          ? [
              element("a", { href: "#klar" }, words.completed),
              far(done < total ? ` ${fill(counted().part, { done, total })}` : ""),
            ]
          : [
              number(fill(words.progress, { done, total })),
              far(` ${noun}`),
              ` ${verb.join(" ")}`,
              far(
                " ",
                element("span", { "aria-hidden": "true" }, "·"),
                " ",
                number(duration(minutesLeft)),
                ` ${words.leftAfter}`,
              ),
            ];
        one("[data-progress]")?.replaceChildren(...line);
        one(".line")?.style.setProperty("--done", `${isComplete ? 100 : Math.floor((100 * done) / (total || 1))}%`);
        const places = counts || all("[data-part-count], [data-part-left]");
        // Some may not have loaded yet.
        if (document.readyState !== "loading") counts = places;
        for (const place of places) {
          const { partCount, partLeft } = place.dataset;
          const count = progress.parts.get(partCount || partLeft || "");
          if (!count) continue;
          place.textContent = partLeft ? left(partLeft) : fill(counted().menu, { ...count });
        }
      });
    },

    /** @param {Page | "klar" | null} to where the start page leads a learner who has begun; "klar": to the closing page */
    leadBack(to) {
      tell("continue", () => {
        const [row] = lasting("[data-continue]");
        const page = to === "klar" ? null : to;
        const target = page && document.getElementById(page.id);
        if (!row) return;
        row.hidden = to !== "klar" && !target;
        const [link, text] = row.children;
        link.setAttribute("href", `#${page ? page.id : to}`);
        text.replaceChildren();
        if (!page || !target) return;
        // A course of one part is divided by its chapters.
        const place = one(`.eyebrow > ${course.parts.length > 1 ? "b" : "span"}`, target)?.cloneNode(true);
        const where = [...(place?.childNodes || []), ...(place ? [" · "] : []), number(duration(page.minutes))];
        text.append(element("b", {}, titleOf(page.id)), element("span", {}, ...where));
      });
    },

    /** @param {Page | undefined} page where the last page leads, instead of the closing page */
    leadOn(page) {
      tell("left", () => {
        const [link] = lasting("[data-left]");
        if (!link) return;
        link.hidden = !page;
        if (!page) return;
        link.setAttribute("href", `#${page.id}`);
        one("span", link)?.replaceWith(titleOf(page.id));
      });
    },

    /**
     * @param {"yes" | "wait" | "no"} next
     * @param {() => string} word
     */
    saved(next, word) {
      tell("saved", () => {
        for (const place of lasting("[data-save], [data-saved]")) {
          if (place.dataset.state === next && place.textContent === word()) continue;
          place.dataset.state = next;
          place.replaceChildren(icon({ yes: "check", wait: "wait", no: "warn" }[next]), element("span", {}, word()));
        }
      });
    },

    /**
     * @param {Cause | null} cause of the alarm; null when there is none any more
     * @param {boolean} [isHeld] whether what was done lies on the device until it can be sent
     * @param {boolean} [isAsked] the learner asked for a save: announce it even if nothing changed
     */
    alarm(cause, isHeld, isAsked) {
      if (alarmed === cause && !(isAsked && cause)) return;
      alarmed = cause;
      let spoken = words.savedAgain;
      tell("alarm", () => {
        const alarm = one("[data-alarm]");
        if (!alarm) return;
        alarm.hidden = cause === null;
        alarm.dataset.cause = cause || "";
        if (cause === null) return;
        const { title, held, lost, ...said } = words.alarms[cause];
        const why = (isHeld && held) || lost;
        alarm.firstElementChild?.replaceChildren(element("strong", {}, title || words.alarmTitle), ` ${why}`);
        spoken = said.spoken || `${title || `${words.notSaved}.`} ${why}`;
      });
      say(spoken);
    },

    /** @param {string} address of the LMS. Going there leaves the page, and that says all there is to say. */
    leadOut(address) {
      tell("leave", () => {
        for (const link of all("[data-leave]")) {
          link.setAttribute("href", address);
          link.hidden = false;
        }
      });
    },

    /**
     * @param {boolean} shown that progress is kept on this device only
     * @param {boolean} [isMissed] whether an LMS was to be expected
     */
    outside(shown, isMissed = true) {
      tell("outside", () => {
        const notice = one("[data-outside]");
        const missed = one("#d-outside");
        if (!notice || !missed) return;
        notice.hidden = !shown;
        missed.hidden = !isMissed;
        // Without an expected LMS this is no warning, and must not shift the text that is being read.
        if (!isMissed) one(".shell")?.after(notice);
      });
    },
  };
}
