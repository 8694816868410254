// Film and sound: captions, audio description, sign language, speed, chapters, a text version that follows and seeks,
// and the position to resume from.

import { recall, remember } from "../device.js";
import { all, around, element, fill, on, one, put, reveal } from "../dom.js";
import { media, onMedia, placeOf, play, seek } from "../media.js";
import { plain } from "../search-match.js";

/**
 * @import { Course } from "../contract.d.ts"
 */

/**
 * The lines of a text version, each a button.
 * @typedef {object} Lines
 * @property {HTMLElement} list
 * @property {HTMLElement[]} buttons
 * @property {number[]} starts in seconds
 * @property {number} now index of the current line; -1 when there is none
 */

/**
 * Index of the line at a time: the last one that has started, -1 before the first.
 * @param {readonly number[]} starts in order
 * @param {number} time
 */
export function lineAt(starts, time) {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    // Browsers may seek to slightly before the requested position.
    if (starts[middle] <= time + 0.05) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * The search as an expression for `split`: matches are at odd indices, the text between them at even ones. Null when
 * the search is empty.
 * @param {string} sought
 */
export function splitter(sought) {
  const text = plain(sought.trim());
  return text ? new RegExp(`(${text.replace(/\s+/g, "\\s+")})`, "iu") : null;
}

/** Seconds of playback between two saved positions: the most that a crash can lose. */
const NOTED = 15;

/** @param {number} at seconds */
export function clock(at) {
  const [hours, rest] = [Math.floor(at / 3600), Math.floor(at % 3600)];
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const [minutes, seconds] = [Math.floor(rest / 60), two(rest % 60)];
  return hours ? `${hours}:${two(minutes)}:${seconds}` : `${minutes}:${seconds}`;
}

/**
 * @param {Course} course
 * @param {(slot: number) => number} positionOf seconds; 0: from the beginning
 * @param {(slot: number, seconds: number) => void} leaveAt
 */
export function playables(course, positionOf, leaveAt) {
  const words = course.strings;
  let speed = Number(recall("speed")) || 1;
  // A property, since UglifyJS 3.19 loses the first value of a variable here.
  const preferred = { version: recall("version") };
  /** @type {WeakMap<Element, Lines>} */
  const known = new WeakMap();
  /** Where the pointer went down last: a finger is nowhere else afterwards. @type {Element | null} */
  let touched = null;
  /** Films whose pause is awaited before another version is loaded. @type {WeakSet<HTMLMediaElement>} */
  const leaving = new WeakSet();

  /** Timers that end the wait for the first picture of another version. @type {WeakMap<HTMLMediaElement, number>} */
  const unveiling = new WeakMap();

  /** @param {Element} inner */
  const boxOf = (inner) => inner.closest("[data-playable]");

  /** @param {Element} box */
  const mediumOf = (box) => /** @type {HTMLMediaElement} */ (one("video, audio", box));

  /** @param {HTMLElement} button @param {boolean} on */
  const press = (button, on) => button.setAttribute("aria-pressed", String(on));

  /** @param {HTMLElement} button */
  const isPressed = (button) => button.getAttribute("aria-pressed") === "true";

  /**
   * One line of a list is a tab stop; arrow keys move to the others.
   * @param {Lines} lines
   * @param {HTMLElement | undefined} button
   */
  function stopAt({ buttons }, button) {
    for (const each of buttons) each.tabIndex = each === button ? 0 : -1;
  }

  /** @param {Lines} lines */
  const shown = ({ buttons }) => buttons.filter((each) => !each.parentElement?.hidden);

  /**
   * @param {HTMLMediaElement} medium
   * @param {number} rate
   */
  function setSpeed(medium, rate) {
    // A newly loaded source, such as the other version, keeps the speed.
    medium.defaultPlaybackRate = rate;
    if (medium.playbackRate !== rate) medium.playbackRate = rate;
    const select = one("[data-speed]", boxOf(medium) || document);
    if (!(select instanceof HTMLSelectElement)) return;
    // The browser's own menu offers more speeds than ours.
    if (![...select.options].some(({ value }) => Number(value) === rate))
      select.add(new Option(rate.toLocaleString(course.lang), String(rate)));
    select.value = String(rate);
  }

  /**
   * @param {Element} box
   * @param {number} at seconds
   */
  function tellPlace(box, at) {
    const place = one("[data-place]", box);
    if (place) place.textContent = at > 0 ? fill(words.mediaPlace, { time: clock(at) }) : "";
  }

  /** @param {HTMLMediaElement} medium */
  function noteWhere(medium) {
    const box = boxOf(medium);
    if (!box || !medium.dataset.slot || course.positions === 0 || medium.seeking || medium.readyState === 0) return;
    const slot = Number(medium.dataset.slot);
    const at = medium.ended ? 0 : Math.floor(medium.currentTime);
    if (at === positionOf(slot)) return;
    leaveAt(slot, at);
    tellPlace(box, at);
  }

  /** @param {Element} box */
  function putBack(box) {
    const medium = mediumOf(box);
    // A learner who has started playing stays with that version, and where they are.
    const isUntouched = medium.readyState === 0 && medium.paused;
    if (isUntouched) showVersion(box);
    if (!medium.dataset.slot) return;
    const at = positionOf(Number(medium.dataset.slot));
    if (isUntouched) seek(medium, at || null);
    tellPlace(box, at);
  }

  /** @param {Element} box */
  function equip(box) {
    const medium = mediumOf(box);
    setSpeed(medium, speed);
    const list = one(".lines", box);
    if (list) {
      const rows = all("li", list);
      const buttons = rows.map((row) => {
        const button = element("button", { type: "button" }, /** @type {Element} */ (row.firstElementChild));
        row.prepend(button);
        return button;
      });
      const lines = { list, buttons, starts: rows.map((row) => Number(row.dataset.t)), now: -1 };
      stopAt(lines, buttons[0]);
      // The lines are the tab stops now.
      list.removeAttribute("tabindex");
      list.classList.add("live");
      known.set(box, lines);
    }
    for (const row of all(".chapters li", box))
      row.replaceChildren(element("button", { type: "button", "data-from": row.dataset.t || "" }, ...row.childNodes));
    const track = [...medium.textTracks].find(({ kind }) => kind === "captions");
    if (!track) return;
    const said = one("[data-said]", box);
    const switched = () => {
      const button = one("[data-captions]", box);
      if (button) press(button, track.mode !== "disabled");
      if (said) said.hidden = track.mode === "disabled";
    };
    if (said) {
      // Browsers show no captions for audio.
      track.mode = "hidden";
      track.addEventListener("cuechange", () => {
        const cues = /** @type {VTTCue[]} */ ([...(track.activeCues || [])]);
        said.textContent = cues.map((cue) => cue.getCueAsHTML().textContent).join("\n");
      });
    }
    medium.textTracks.addEventListener("change", switched);
    switched();
  }

  /**
   * Highlights the current line, and scrolls to it unless the learner is using the list.
   * @param {Lines} lines
   * @param {number} at
   */
  function mark(lines, at) {
    if (lines.now === at) return;
    const { list, buttons } = lines;
    buttons[lines.now]?.removeAttribute("aria-current");
    lines.now = at;
    const button = buttons[at];
    if (!button) return;
    button.setAttribute("aria-current", "true");
    if (touched === list || list.matches(":hover") || list.contains(document.activeElement)) return;
    if (button.parentElement?.hidden) return;
    stopAt(lines, button);
    reveal(button, list);
  }

  /**
   * Shows the version that is preferred, or the film itself if there is no such version, at the same position.
   * @param {Element} box
   */
  function showVersion(box) {
    const medium = mediumOf(box);
    const usual = one("source", medium)?.getAttribute("src") || "";
    const chosen = () => one("[data-version][aria-pressed=true]", box)?.dataset.src || usual;
    for (const button of all("[data-version]", box)) press(button, button.dataset.version === preferred.version);
    if (leaving.has(medium) || (medium.getAttribute("src") || usual) === chosen()) return;
    const { paused } = medium;
    const change = () => {
      leaving.delete(medium);
      const at = medium.ended ? 0 : placeOf(medium);
      clearTimeout(unveiling.get(medium));
      if (at > 0 && medium.readyState > 0) {
        medium.preload = "auto";
        medium.dataset.changing = "";
      }
      // Unlike `load`, this loads nothing before a film is played.
      medium.src = chosen();
      seek(medium, at || null);
      if (!paused) play(medium);
    };
    // Pause first: loading would drop the event that ends the played segment.
    if (paused) {
      change();
    } else {
      leaving.add(medium);
      medium.addEventListener("pause", change, { once: true });
      medium.pause();
    }
  }

  /**
   * Browsers may show the first picture of a film before they go to where it is to begin, and for a moment after that.
   * @param {HTMLMediaElement} medium
   */
  function unveil(medium) {
    if (medium.seeking || medium.dataset.changing === undefined) return;
    clearTimeout(unveiling.get(medium));
    const show = () => {
      clearTimeout(unveiling.get(medium));
      delete medium.dataset.changing;
    };
    if (!(medium instanceof HTMLVideoElement) || !medium.requestVideoFrameCallback) return show();
    const at = medium.currentTime;
    const look = (/** @type {number} */ _, /** @type {VideoFrameCallbackMetadata} */ { mediaTime }) =>
      mediaTime > at - 0.25 ? show() : medium.requestVideoFrameCallback(look);
    medium.requestVideoFrameCallback(look);
    // Where a picture stays for longer than that, no other may come.
    unveiling.set(medium, setTimeout(show, 1000));
  }

  /**
   * @param {Lines} lines
   * @param {Element} box
   * @param {string} text
   */
  function find(lines, box, text) {
    const by = splitter(text);
    let hits = 0;
    for (const button of lines.buttons) {
      const row = /** @type {HTMLElement} */ (button.parentElement);
      const said = /** @type {Element} */ (row.lastElementChild);
      for (const each of all("mark", said)) each.replaceWith(...each.childNodes);
      said.normalize();
      row.hidden = by !== null && !by.test(said.textContent || "");
      if (row.hidden) continue;
      hits += 1;
      if (!by) continue;
      const walk = document.createTreeWalker(said, NodeFilter.SHOW_TEXT);
      const texts = /** @type {Text[]} */ ([]);
      while (walk.nextNode()) texts.push(/** @type {Text} */ (walk.currentNode));
      for (const each of texts)
        each.replaceWith(...each.data.split(by).map((part, at) => (at % 2 ? element("mark", {}, part) : part)));
    }
    stopAt(lines, shown(lines)[0]);
    const count = one("[data-lines]", box);
    if (!count) return;
    const counted = hits === 0 ? words.noLines : hits === 1 ? words.oneLine : words.manyLines;
    count.textContent = by ? fill(counted, { n: hits, text: text.trim() }) : "";
  }

  document.addEventListener("pointerdown", ({ target }) => {
    touched = around(target, ".lines");
  });

  on("click", "[data-playable] button", (button) => {
    const box = /** @type {Element} */ (boxOf(button));
    const medium = mediumOf(box);
    const lines = known.get(box);
    const at = lines ? lines.buttons.indexOf(button) : -1;
    if (lines && at >= 0) {
      seek(medium, lines.starts[at]);
      play(medium);
    } else if (button.dataset.from) {
      seek(medium, Number(button.dataset.from));
      play(medium);
    } else if ("captions" in button.dataset) {
      // The button mirrors the track, which the browser's own controls can switch as well.
      medium.textTracks[0].mode = isPressed(button) ? "disabled" : one("[data-said]", box) ? "hidden" : "showing";
    } else if (button.dataset.version) {
      preferred.version = isPressed(button) ? "" : button.dataset.version;
      remember("version", preferred.version);
      showVersion(box);
      for (const each of all("[data-now] [data-ready]")) if (each !== box) putBack(each);
    }
  });

  /** @param {HTMLElement} line */
  const linesAround = (line) => known.get(/** @type {Element} */ (boxOf(line)));

  on("focusin", ".lines button", (button) => {
    const lines = linesAround(button);
    if (lines) stopAt(lines, button);
  });

  on("keydown", ".lines button", (button, event) => {
    const lines = linesAround(button);
    if (!lines) return;
    const rows = shown(lines);
    const at = rows.indexOf(button);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    rows[to]?.focus();
  });

  on("input", "[data-playable]", (box, { target }) => {
    const lines = known.get(box);
    if (target instanceof HTMLInputElement && lines) find(lines, box, target.value);
    if (target instanceof HTMLSelectElement) mediumOf(box).playbackRate = Number(target.value);
  });

  onMedia("ratechange", (medium) => {
    if (medium.playbackRate === speed) return;
    speed = medium.playbackRate;
    for (const each of media()) setSpeed(each, speed);
    remember("speed", String(speed));
  });

  onMedia("timeupdate", (medium) => {
    const box = boxOf(medium) || document.body;
    const lines = known.get(box);
    if (lines) mark(lines, lineAt(lines.starts, medium.currentTime));
    const chapters = all(".chapters button", box);
    const starts = chapters.map(({ dataset }) => Number(dataset.from));
    const now = chapters[lineAt(starts, medium.currentTime)];
    for (const each of chapters) put(each, each === now, { "aria-current": "true" });
    const { slot } = medium.dataset;
    if (slot && Math.abs(medium.currentTime - positionOf(Number(slot))) >= NOTED) noteWhere(medium);
  });
  for (const name of ["loadedmetadata", "seeked"]) onMedia(name, unveil);
  onMedia("pause", noteWhere);
  onMedia("ended", noteWhere);
  onMedia("seeked", (medium) => {
    if (medium.paused) noteWhere(medium);
  });

  return {
    notePlaces() {
      for (const medium of media()) if (!medium.paused) noteWhere(medium);
    },

    /** @param {Element} page that is shown */
    furnish(page) {
      for (const box of all("[data-playable]", page)) {
        if (!("ready" in box.dataset)) {
          box.dataset.ready = "";
          equip(box);
        }
        putBack(box);
      }
    },
  };
}
