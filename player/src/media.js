// One film or sound at a time, and words where it cannot play.

import { all } from "./dom.js";

/** @type {HTMLMediaElement | null} */
let playing = null;

export function pause() {
  if (playing) playing.pause();
}

/** Switches sound off where the learner wants none; the controls switch it on again. */
export function silence() {
  for (const medium of all("video, audio")) if (medium instanceof HTMLMediaElement) medium.muted = true;
}

/**
 * Browsers load a poster even where its film is hidden, so a page gets its posters when it is shown.
 * @param {Element} page
 */
export function hangPosters(page) {
  for (const film of all("video[data-poster]", page)) {
    film.setAttribute("poster", film.dataset.poster || "");
    film.removeAttribute("data-poster");
  }
}

/**
 * @param {HTMLElement} medium
 * @param {boolean} failed
 */
function tell(medium, failed) {
  const next = all("[data-failed]", medium.closest(".page") || document).find(
    (each) => medium.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  if (next) next.hidden = !failed;
}

/** Media events do not bubble, but they are captured: no element needs a listener of its own. */
export function watchMedia() {
  document.addEventListener(
    "play",
    ({ target }) => {
      if (!(target instanceof HTMLMediaElement)) return;
      if (playing !== target) pause();
      playing = target;
    },
    true,
  );
  document.addEventListener(
    "playing",
    ({ target }) => {
      if (target instanceof HTMLMediaElement) tell(target, false);
    },
    true,
  );
  document.addEventListener(
    "error",
    ({ target }) => {
      if (target instanceof HTMLMediaElement) tell(target, true);
      if (!(target instanceof HTMLSourceElement)) return;
      const medium = target.closest("video, audio");
      // The browser tries one source after the other; only the last one's failure is the medium's.
      if (medium instanceof HTMLMediaElement && !nextSource(target)) tell(medium, true);
    },
    true,
  );
}

/** @param {Element} source */
function nextSource(source) {
  for (let next = source.nextElementSibling; next; next = next.nextElementSibling) {
    if (next instanceof HTMLSourceElement) return next;
  }
  return null;
}
