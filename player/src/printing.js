// The buttons that print: this page, or the whole course. What paper shows otherwise is up to `shell.js`.

import { all, on } from "./dom.js";

const root = document.documentElement;

/** Pictures of pages that were never shown are not there yet. */
function allPictures() {
  const waiting = all("main img[loading]").map((image) => {
    image.setAttribute("loading", "eager");
    return /** @type {HTMLImageElement} */ (image).decode().catch(() => {});
  });
  return Promise.race([Promise.all(waiting), new Promise((done) => setTimeout(done, 5000))]);
}

export function printing() {
  on("click", "button[data-print]", async (button) => {
    if (button.dataset.print === "all") {
      await allPictures();
      root.dataset.print = "all";
    }
    window.print();
    delete root.dataset.print;
  });
}
