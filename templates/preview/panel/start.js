// Where no course is open: how to make one, and the path of one to open.

import { byId, fillNodes, input, make } from "./dom.js";
import { post, ServerError } from "./server.js";
import { filled, words } from "./words.js";

/** @param {string} reason why nothing is opened, or empty */
function refuse(reason) {
  byId("start-why").textContent = reason;
  input("start-path").setAttribute("aria-invalid", String(reason !== ""));
  if (reason) input("start-path").focus();
}

/** @param {string} folder where a relative path begins */
export function offerStart(folder) {
  const from = byId("start-from");
  from.replaceChildren(...fillNodes(from.dataset.text ?? "", { folder: make("code", {}, folder) }));
  byId("start").hidden = false;
}

export function followStart() {
  byId("start-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { refused = "" } = await post("/show", { path: input("start-path").value });
      refuse(refused);
      // It is another page: of a package, for example, nothing is edited.
      if (!refused) location.reload();
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      refuse(filled(words.failed, { reason: error.message || words.no_answer }));
    }
  });
}
