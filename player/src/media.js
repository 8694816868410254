// Plays one film or sound at a time, and explains failures.

import { all, one } from "./dom.js";

/** @type {HTMLMediaElement | null} */
let playing = null;

export function pause() {
  if (playing) playing.pause();
}

/** Before media are removed from the document, where their events would be lost. */
export function pauseForGood() {
  if (!playing || playing.paused) return;
  pause();
  playing.dispatchEvent(new Event("pause"));
}

/** All films and sounds. */
export const media = () => /** @type {HTMLMediaElement[]} */ (all("video, audio"));

/** Switches sound off where the learner wants none; the controls switch it on again. */
export function silence() {
  for (const medium of media()) medium.muted = true;
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
 * @param {"failed" | "stuck"} what
 * @param {boolean} isSo
 */
function tell(medium, what, isSo) {
  const told = one(`[data-${what}]`, medium.closest("[data-playable]") || document);
  if (told) told.hidden = !isSo;
}

/** Where a medium is to go as soon as it knows how long it is. @type {WeakMap<HTMLMediaElement, number>} */
const awaited = new WeakMap();

/** Where a seek that is under way is to end. @type {WeakMap<HTMLMediaElement, number>} */
const sought = new WeakMap();

/**
 * Without range requests seeking is impossible: browsers then restart from the beginning.
 * @param {HTMLMediaElement} medium
 * @param {number} to seconds
 */
function reaches({ seekable, duration }, to) {
  const end = seekable.length > 0 ? seekable.end(seekable.length - 1) : 0;
  return end + 1 >= Math.min(to, duration || to);
}

/**
 * @param {HTMLMediaElement} medium
 * @param {number | null} to seconds; null: wherever it is
 */
export function seek(medium, to) {
  awaited.delete(medium);
  if (to === null) return;
  if (medium.readyState === 0) {
    awaited.set(medium, to);
    // The first frame that is shown is that one, where the server lets it.
    medium.currentTime = to;
    return;
  }
  const can = reaches(medium, to);
  tell(medium, "stuck", !can);
  if (!can) return;
  sought.set(medium, to);
  medium.currentTime = to;
}

/**
 * Chromium says 0 when it was paused while it sought.
 * @param {HTMLMediaElement} medium
 */
function arrive(medium) {
  const to = sought.get(medium) || 0;
  sought.delete(medium);
  if (to > 1 && medium.currentTime === 0) medium.currentTime = to;
}

/**
 * Where a medium is, or will be once it has loaded.
 * @param {HTMLMediaElement} medium
 */
export function placeOf(medium) {
  return awaited.get(medium) ?? sought.get(medium) ?? medium.currentTime;
}

/** @param {HTMLMediaElement} medium */
export function play(medium) {
  // Errors have an event of their own.
  medium.play().catch(() => {});
}

/**
 * Media events do not bubble, but they are captured: no element needs a listener of its own.
 * @param {string} name
 * @param {(medium: HTMLMediaElement) => void} listener
 */
export function onMedia(name, listener) {
  document.addEventListener(name, ({ target }) => target instanceof HTMLMediaElement && listener(target), true);
}

export function watchMedia() {
  onMedia("play", (medium) => {
    if (playing !== medium) pause();
    playing = medium;
  });
  // Where only the pictures are in a format that it lacks, a browser plays the sound to a black picture.
  onMedia("playing", (medium) => tell(medium, "failed", medium instanceof HTMLVideoElement && !medium.videoWidth));
  onMedia("error", (medium) => tell(medium, "failed", true));
  onMedia("loadedmetadata", (medium) => seek(medium, awaited.get(medium) ?? null));
  onMedia("seeked", arrive);
  // By the browser's own controls.
  onMedia("seeking", (medium) => tell(medium, "stuck", !reaches(medium, 2)));
  document.addEventListener(
    "error",
    ({ target }) => {
      if (!(target instanceof HTMLSourceElement)) return;
      const medium = target.closest("video, audio");
      // The browser tries each source in turn; the medium fails only with the last.
      if (medium instanceof HTMLMediaElement && !nextSource(target)) tell(medium, "failed", true);
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
