// Everything that can be done, searchable: Ctrl K.

import { byId, dialog, input, make } from "./dom.js";
import { matches } from "./text.js";
import { words } from "./words.js";

/** @typedef {{ text: string, key?: string, run: (() => void) | null }} Command `run` is null where only a key does it */

export const IS_MAC = /^Mac/.test(navigator.platform);

/**
 * A key as it is named on this computer.
 * @param {string} key
 */
const named = (key) => (IS_MAC ? key.replace("Ctrl", "⌘").replace("Alt", "⌥") : key);

/** @param {Command[]} commands */
export function listCommands(commands) {
  const box = dialog("commands");
  const search = input("search-commands");
  const lines = commands.map(({ text, key, run }) => {
    const what = run
      ? make("button", { type: "button", class: "command" }, text)
      : make("span", { class: "unpressed" }, text);
    if (run) {
      what.addEventListener("click", () => {
        box.close();
        run();
      });
    }
    const keyed = key ? make("kbd", {}, named(key)) : make("span", { class: "sr" }, words.no_key);
    return { text, row: make("tr", {}, make("td", {}, what), make("td", {}, keyed)) };
  });
  byId("command-list").replaceChildren(...lines.map(({ row }) => row));
  const none = make("p", { class: "muted", hidden: true }, words.no_match);
  box.querySelector(".inside")?.append(none);

  const filter = () => {
    for (const { text, row } of lines) row.hidden = !matches(text, search.value);
    none.hidden = lines.some(({ row }) => !row.hidden);
  };
  search.addEventListener("input", filter);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    /** @type {HTMLButtonElement | null} */ (byId("command-list").querySelector("tr:not([hidden]) button"))?.click();
  });
  box.addEventListener("close", () => {
    search.value = "";
    filter();
  });
}
