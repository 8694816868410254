// What paper shows that the screen does not, and the buttons that print: this page, or the whole course.

import { all, element, on, one } from "./dom.js";

const root = document.documentElement;

/** Pictures of pages that were never shown are not there yet. */
function allPictures() {
  const waiting = all("main img[loading]").map((image) => {
    image.setAttribute("loading", "eager");
    return /** @type {HTMLImageElement} */ (image).decode().catch(() => {});
  });
  return Promise.race([Promise.all(waiting), new Promise((done) => setTimeout(done, 5000))]);
}

/** What is folded opens on paper, and closes again. */
function unfold() {
  /** @type {HTMLElement[]} */
  let folded = [];
  /** The lines that replace films and sounds. @type {HTMLElement[]} */
  let named = [];
  window.addEventListener("beforeprint", () => {
    const within = root.dataset.print ? "main" : "[data-now]";
    folded = all(`${within} details:not([open]):not(.answers)`);
    for (const each of folded) each.setAttribute("open", "");
    named = all(`${within} :is(video, audio)`).map((media) => {
      const address = one("source", media)?.getAttribute("src") || "";
      const line = element("p", { class: "paper" }, `${media.getAttribute("aria-label")} (${address})`);
      media.parentElement?.after(line);
      return line;
    });
  });
  window.addEventListener("afterprint", () => {
    for (const each of folded) each.removeAttribute("open");
    for (const each of named) each.remove();
    folded = [];
    named = [];
  });
}

export function printing() {
  unfold();
  on("click", "button[data-print]", async (button) => {
    if (button.dataset.print === "all") {
      await allPictures();
      root.dataset.print = "all";
    }
    window.print();
    delete root.dataset.print;
  });
}
