// How the course is looked at, as the dialog says.

import { byId } from "./dom.js";
import { drawOutline } from "./outline.js";
import { post } from "./server.js";
import { attempt } from "./status.js";

/** @param {string} name */
const isOn = (name) => /** @type {HTMLInputElement} */ (document.querySelector(`#looks [name="${name}"]`)).checked;

export function looks() {
  const light = /** @type {HTMLInputElement} */ (document.querySelector("#looks [name=light]:checked")).value;
  return {
    light,
    large: isOn("large"),
    rtl: isOn("rtl"),
    scripts: !isOn("no-scripts"),
    saved: !isOn("no-saving"),
    outline: isOn("outline"),
  };
}

/** The line is the server's, which sends the package. */
export const setLine = () => attempt(() => post("/line", { slow: isOn("slow"), lost: isOn("no-line") }));

/** @param {import("./stage.js").Stage} stage */
function change(stage) {
  const chosen = looks();
  stage.frame.style.colorScheme = chosen.light === "light" || chosen.light === "dark" ? chosen.light : "";
  if (!chosen.outline) drawOutline(null);
  stage.tell({ kind: "looks", looks: chosen });
}

/** @param {import("./stage.js").Stage} stage that is told of changes */
export function followLooks(stage) {
  byId("looks").addEventListener("change", (event) => {
    change(stage);
    if (/** @type {Element} */ (event.target).closest("[data-line]")) setLine();
  });
}
