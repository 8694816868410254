// The author's own profile of an LMS: pasted or from a file, checked by the server, and launched in when it is right.

import { byId, dialog, make } from "./dom.js";
import { post, ServerError } from "./server.js";
import { sentence } from "./text.js";
import { filled, words } from "./words.js";

/** @typedef {Pick<import("./notes.js").Problem, "message" | "hint" | "why" | "line">} Fault */

/** What is pasted is as if it were in a file of this name. */
const PASTED = "profile.yaml";

const text = () => /** @type {HTMLTextAreaElement} */ (byId("own-text"));

/** @param {number} line to look at */
function select(line) {
  const lines = text().value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  text().focus();
  text().setSelectionRange(start, start + (lines[line - 1] ?? "").length);
}

/** @param {Fault} fault */
function drawn({ message, hint, why, line }) {
  const item = make("li", { class: "error" });
  if (line) {
    const button = make("button", { type: "button", class: "place" }, filled(words.own_line, { line }));
    button.addEventListener("click", () => select(line));
    item.append(button, " ");
  }
  item.append(sentence(message), make("span", { class: "hint" }, hint || why || ""));
  return item;
}

/** @param {Fault[]} faults */
const show = (faults) => byId("own-problems").replaceChildren(...faults.map(drawn));

/** @param {(profile: import("./chooser.js").Profile) => void} adopt the profile, which is right */
export function followOwnProfile(adopt) {
  let file = PASTED;
  byId("own-file").addEventListener("change", async (event) => {
    const [chosen] = /** @type {HTMLInputElement} */ (event.target).files ?? [];
    if (!chosen) return;
    file = chosen.name;
    text().value = await chosen.text();
    show([]);
  });
  byId("own-check").addEventListener("click", async () => {
    try {
      const { profile, problems = [] } = await post("/profile", { text: text().value, file });
      show(problems);
      if (!profile) return;
      dialog("own").close();
      adopt(profile);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      show([
        { message: filled(words.failed, { reason: error.message || words.no_answer }), hint: "", why: "", line: null },
      ]);
    }
  });
}
