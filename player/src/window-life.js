// What happens to the window: its address changes, it is hidden, left and shown again.

import { on, opensAnother, whole } from "./dom.js";

/**
 * @import { LearnerState } from "./learner-state.js"
 * @import { Paging } from "./paging.js"
 * @import { Player } from "./contract.d.ts"
 * @import { saving } from "./saving.js"
 */

/**
 * @param {LearnerState} learner
 * @param {Paging} paging
 * @param {ReturnType<typeof saving>} saver
 * @param {Player} player
 * @param {(() => void) | null} leaveMedia
 */
export function watchWindow(learner, paging, saver, player, leaveMedia) {
  window.addEventListener("hashchange", paging.follow);
  // A page that was requested before it had loaded.
  whole().then(() => {
    if (learner.isRestored) paging.follow();
  });
  on("click", "a[href^='#']", (link, event) => {
    if (link.getAttribute("href") !== `#${paging.shown}` || opensAnother(event)) return;
    // Show the page again: the browser itself would only remove focus.
    event.preventDefault();
    paging.again();
  });
  on("click", "[data-retry]", saver.ask);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden") {
      saver.look();
      return;
    }
    player.notePlaces();
    saver.hide();
  });
  window.addEventListener("focus", saver.look);
  window.addEventListener("pagehide", () =>
    saver.leave(() => {
      player.notePlaces();
      if (learner.isAhead) paging.countFirst();
      leaveMedia?.();
    }),
  );
  window.addEventListener("online", saver.retry);
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) saver.back();
  });
  document.addEventListener("play", saver.beat, true);
  if ("scrollRestoration" in history) history.scrollRestoration = "manual";
  // When the document has loaded, a browser moves to the target of the address, and takes focus from a field in use.
  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    if (document.readyState === "interactive" && !relatedTarget)
      /** @type {HTMLElement} */ (target).focus({ preventScroll: true });
  });
}
