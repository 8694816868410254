// Content notes: what stands behind one is shown to those who choose to go on. Nobody is told what was chosen.

import { on, one } from "../dom.js";

export function notes() {
  on("click", "[data-note] button", (button) => {
    const note = /** @type {HTMLElement} */ (button.closest("[data-note]"));
    const behind = note.nextElementSibling;
    if (!behind) return;
    if ("go" in button.dataset) {
      note.hidden = true;
      behind.classList.add("on");
      one("video, audio, [data-play] h3", behind)?.focus();
    } else if ("sum" in button.dataset) {
      const isShown = one(".summary", note)?.classList.toggle("on");
      button.setAttribute("aria-expanded", String(isShown));
    } else {
      const next = behind.nextElementSibling;
      if (!(next instanceof HTMLElement)) return;
      next.tabIndex = -1;
      next.focus();
    }
  });
}
