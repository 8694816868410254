// Content notes: the content behind one is shown to learners who choose to continue. The choice is not reported.

import { on, one } from "../dom.js";

const MEDIUM = "video, audio, [data-play] h3";

export function notes() {
  on("click", "[data-note] button", (button) => {
    const note = /** @type {HTMLElement} */ (button.closest("[data-note]"));
    const behind = note.nextElementSibling;
    if (!behind) return;
    if ("go" in button.dataset || "text" in button.dataset) {
      note.hidden = true;
      behind.classList.add("on");
      behind.classList.toggle("as-text", "text" in button.dataset);
      one("text" in button.dataset ? ".words h2" : MEDIUM, behind)?.focus();
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
  on("click", "[data-instead]", (button) => {
    const behind = button.closest(".noted");
    behind?.classList.remove("as-text");
    one(MEDIUM, behind || document)?.focus();
  });
}
