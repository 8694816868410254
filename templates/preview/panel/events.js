// What the preview's server tells of: a source that was saved, its problems, requests, and that it is gone.

import { byId, fillNodes } from "./dom.js";
import { code, say } from "./status.js";
import { n, time, words } from "./words.js";

/**
 * @param {object} panel
 * @param {import("./stage.js").Stage} panel.stage
 * @param {import("./editing.js").Editing} panel.editing
 * @param {import("./problems.js").Problems} panel.problems
 * @param {() => Promise<void>} panel.readCourse
 * @param {() => Promise<void>} panel.readRequests
 */
export function listen({ stage, editing, problems, readCourse, readRequests }) {
  let isGone = false;
  const events = new EventSource("/events");
  /**
   * @param {string} name
   * @param {(value: any) => void} take
   */
  const on = (name, take) => events.addEventListener(name, (event) => take(JSON.parse(event.data)));
  on("shown", ({ how, pages, course, file, seconds }) => {
    problems.good(time());
    // What was written here was said when it was, with the way back.
    const isOwn = editing.isOwn(file);
    if (how === "exchange") {
      stage.tell({ kind: "exchange", pages, course });
      if (!isOwn) say(...fillNodes(words.shown, { file: code(String(file)), time: time(), seconds: n(seconds, 2) }));
    } else {
      stage.tell({ kind: "reload" });
      if (!isOwn) say(...fillNodes(words.reloaded, { file: code(String(file)), time: time() }));
    }
    readCourse();
  });
  on("problems", (all) => {
    const hadErrors = problems.isShown;
    const first = problems.set(all);
    const { file, message } = first ?? {};
    if (first) say(...fillNodes(words.cannot, { file: code(file ?? ""), time: time(), message: String(message) }));
    else if (hadErrors && !problems.isShown && !editing.isWriting) say(words.mended);
  });
  on("course", readCourse);
  on("opened", () => location.reload());
  on("calls", readRequests);
  events.addEventListener("open", () => {
    byId("status").classList.remove("gone");
    if (isGone) {
      say(words.back);
      readCourse();
    }
    isGone = false;
  });
  events.addEventListener("error", () => {
    if (isGone) return;
    isGone = true;
    byId("status").classList.add("gone");
    say(words.gone);
  });
}
