// The panel of `coursepack preview`: the course in a stand-in LMS, and what both say, beside each other. The stage is of
// another origin, since it holds anybody's package; it is spoken to by messages, and what it says is only shown as text.

import { Calls } from "./panel/calls.js";
import { Chooser, STRICT } from "./panel/chooser.js";
import { IS_MAC, listCommands } from "./panel/commands.js";
import { Data } from "./panel/data.js";
import { byId } from "./panel/dom.js";
import { Editing } from "./panel/editing.js";
import { listen } from "./panel/events.js";
import { Launches } from "./panel/launches.js";
import { isBad } from "./panel/log.js";
import { followLooks, looks, setLine } from "./panel/looks.js";
import { drawNotes } from "./panel/notes.js";
import { drawOutline } from "./panel/outline.js";
import { followOwnProfile } from "./panel/own-profile.js";
import { Problems } from "./panel/problems.js";
import { recall, remember } from "./panel/remember.js";
import { get, post } from "./panel/server.js";
import { Shown } from "./panel/shown.js";
import { Stage } from "./panel/stage.js";
import { followStart, offerStart } from "./panel/start.js";
import { attempt } from "./panel/status.js";
import { Units } from "./panel/units.js";
import {
  followView,
  nextPane,
  setWidth,
  showDialog,
  showPane,
  showTab,
  TABS,
  toggleAlone,
  WIDTHS,
} from "./panel/view.js";
import { time, words } from "./panel/words.js";

/** @typedef {import("./panel/shown.js").Course} Course */

const shown = new Shown();
const stage = new Stage(hear);
const calls = new Calls();
const data = new Data();
const editing = new Editing(stage, shown);
const problems = new Problems(
  (file, line) => editing.open(file, line),
  (fix) => editing.change(fix),
);
const chooser = new Chooser(async (target) => {
  if (target === null) return launches.launch();
  const changed = await attempt(() => post("/target", { target }));
  if (changed) await readCourse();
});
const units = new Units(() => launches.launch());
const launches = new Launches(stage, shown, units, chooser, calls, data);
let requests = 0;

/** @param {import("./panel/messages.js").Message} message of the stage */
function hear(message) {
  if (message.kind === "ready") launches.launch();
  else if (message.kind === "left") launches.begin();
  else if (message.kind === "call") {
    calls.add(message);
    const [element, value] = message.given;
    if (/SetValue$/.test(message.name) && element && !isBad(message)) data.write(element, value ?? "");
    if (/(Commit|Finish|Terminate)$/.test(message.name)) launches.disarm();
  } else if (message.kind === "data") data.hold(message.values, message.state);
  else if (message.kind === "page") at(message);
  else if (message.kind === "units") units.tell(message.statuses);
  else if (message.kind === "open") editing.openFromStage(message);
  else if (message.kind === "edit") editing.edit(message);
  else if (message.kind === "outline") drawOutline(looks().outline ? message.items : null);
  else pressKey(message);
}

/** @param {import("./panel/messages.js").PageShown} page that the course is at */
function at({ id, title, language }) {
  shown.page = { id, title, language };
  editing.tellAgain();
  data.at(id);
  drawPage();
}

function drawPage() {
  const { course, page, pageNow: now } = shown;
  byId("title").textContent = page.title || course?.title || "";
  byId("title").lang = (page.title && page.language) || (course?.language ?? "");
  byId("file").textContent = now?.file ?? "";
  const file = now?.file ?? course?.pages[0]?.file ?? "";
  byId("first-file").textContent = file;
  byId("first").hidden = !course?.course || !file || recall("seen") === course.title;
  drawNotes(now, course?.aim ?? null, (file, line) => editing.open(file, line));
}

async function readCourse() {
  /** @type {(Course & { course: boolean }) | (Pick<Course, "problems"> & { course: null, folder?: string }) | null} */
  const found = await attempt(() => get("/course.json"));
  if (!found) return;
  // Without a course there is a folder, in which one can be opened; one with errors has none.
  const folder = found.course === null ? found.folder : undefined;
  byId("empty").hidden = found.course !== null || folder !== undefined;
  if (folder !== undefined) offerStart(folder);
  stage.frame.hidden = found.course === null;
  problems.set(found.problems);
  /** @type {HTMLButtonElement} */ (byId("edit")).disabled = !found.course;
  if (found.course === null) return;
  const isOther = shown.course !== null && shown.course.target !== found.target;
  shown.course = found;
  document.title = `${document.title.split(":")[0]}: ${found.title}`;
  launches.offer(found.standard);
  chooser.show(found.targets, found.target, found.standard);
  units.show(found.units ?? []);
  data.measure(found.room, found.course);
  drawPage();
  if (isOther) launches.load();
}

async function readRequests() {
  const found = await attempt(() => get(`/calls.json?since=${requests}`));
  for (const request of found ?? []) {
    // Another answer was faster.
    if (Number(request.n) <= requests) continue;
    requests = Number(request.n);
    calls.request(request);
    if (request.method !== "GET") launches.disarm();
  }
  const held = found?.length && shown.isLrs ? await attempt(() => get("/documents.json")) : null;
  if (held) data.hold(held.values, held.state);
}

async function start() {
  launches.load();
  const asked = document.documentElement.dataset.lms || recall("lms") || STRICT;
  const offered = Promise.all([attempt(() => get("/profiles.json")), readCourse()]).then(([profiles]) =>
    chooser.offer(profiles ?? [], asked),
  );
  // The line may still be as an earlier window of the panel left it. The strict LMS has no quirks to wait for.
  await Promise.all([setLine(), asked === STRICT || offered]);
  launches.allow();
}

// Keys, also those that the course's frame hands on

function escape() {
  if (editing.source.isOpen) editing.source.close();
  else if (problems.isShown) problems.fold(true);
}

/** @param {{ key: string, ctrl: boolean, alt: boolean, shift: boolean }} pressed */
function pressKey({ key, ctrl, alt, shift }) {
  const isInDialog = document.querySelector("dialog[open]") !== null;
  if (ctrl && key.toLowerCase() === "k") showDialog("commands");
  else if (isInDialog) return false;
  else if (alt && key === "Enter") editing.openPage();
  else if (key === "F2") editing.toggle();
  else if (key === "F6") nextPane(shift ? -1 : 1);
  else if (key === "F8") {
    showPane("course");
    problems.forward();
  } else if (key === "F9") toggleAlone();
  else if (key === "Escape") escape();
  else return false;
  return true;
}

addEventListener("keydown", (event) => {
  const { key, altKey: alt, shiftKey: shift } = event;
  if (pressKey({ key, ctrl: IS_MAC ? event.metaKey : event.ctrlKey, alt, shift })) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const name = /** @type {Element} */ (event.target).closest("button")?.dataset.act;
  if (name) launches.act(name);
});
byId("got-it").addEventListener("click", () => {
  if (shown.course) remember("seen", shown.course.title);
  byId("first").hidden = true;
  stage.frame.focus();
});
byId("lmses").addEventListener("shown", () => chooser.reveal());
byId("panel-state").addEventListener("shown", () => data.shown());

listCommands([
  { text: words.commands.edit, key: "F2", run: () => editing.toggle() },
  { text: words.save_key, key: "Ctrl ↵", run: null },
  { text: words.commands.undo, run: () => editing.undo() },
  { text: words.commands.source, key: "Alt ↵", run: () => editing.openPage() },
  { text: words.click_key, key: `Alt + ${words.click}`, run: null },
  { text: words.commands.problem, key: "F8", run: () => problems.forward() },
  { text: words.commands.pane, key: "F6", run: () => nextPane(1) },
  { text: words.commands.alone, key: "F9", run: toggleAlone },
  { text: words.commands.close, key: "Esc", run: escape },
  ...WIDTHS.map((width) => ({ text: words.commands[width], run: () => setWidth(width) })),
  { text: words.commands.looks, run: () => showDialog("looks") },
  { text: words.commands.lms, run: () => showDialog("lmses") },
  { text: words.commands.own, run: () => showDialog("own") },
  { text: words.commands.problems, run: () => showDialog("problems") },
  ...TABS.map((tab) => ({ text: words.commands[tab], run: () => showTab(tab) })),
  { text: words.commands.export, run: () => calls.export() },
  ...[.../** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-act]"))].map((button) => ({
    text: button.textContent?.trim() ?? "",
    run: () => button.click(),
  })),
]);

followLooks(stage);
followOwnProfile((profile) => {
  chooser.adopt(profile);
  launches.launch();
});
followView();
followStart();
problems.good(time());
listen({ stage, editing, problems, readCourse, readRequests });
start();
