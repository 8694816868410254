// The panel of `coursepack preview`: the course in a stand-in LMS, and what both say, beside each other. The stage is of
// another origin, since it holds anybody's package; it is spoken to by messages, and what it says is only shown as text.

import { Calls } from "./panel/calls.js";
import { Chooser } from "./panel/chooser.js";
import { IS_MAC, listCommands } from "./panel/commands.js";
import { Data } from "./panel/data.js";
import { byId, dialog, fillNodes, isPressed, make, press } from "./panel/dom.js";
import { isBad } from "./panel/log.js";
import { readMessage } from "./panel/messages.js";
import { drawNotes } from "./panel/notes.js";
import { drawOutline } from "./panel/outline.js";
import { Problems } from "./panel/problems.js";
import { recall, remember } from "./panel/remember.js";
import { get, post, ServerError } from "./panel/server.js";
import { SourceView } from "./panel/source-view.js";
import { place } from "./panel/text.js";
import { filled, n, time, words } from "./panel/words.js";

/**
 * @typedef {object} Course as /course.json tells it
 * @property {string} title
 * @property {string} language
 * @property {string} target
 * @property {string} standard
 * @property {import("./panel/chooser.js").Target[]} targets
 * @property {import("./panel/notes.js").PageNotes[]} pages
 * @property {import("./panel/data.js").Room} room
 * @property {boolean} course false for anybody's package
 * @property {import("./panel/notes.js").Problem[]} problems
 * @property {{ title: string }[]} [units] of a package
 * @property {string | null} [lms]
 * @property {number | null} [aim]
 */

const WIDTHS = ["phone", "tablet", "desktop"];
const TABS = ["calls", "data", "state", "page"];
/** Acts after which the course is launched anew. */
const LAUNCHES = ["resume", "new", "other", "review", "browse", "wipe"];
/** Acts that a package without modes of launch has no use for. */
const MODES = ["review", "browse"];
const LRS = ["xAPI", "cmi5"];

const SITE = document.documentElement.dataset.site ?? "";
const frame = /** @type {HTMLIFrameElement} */ (byId("frame"));

/** @type {Course | null} */
let course = null;
let page = { id: "", title: "" };
/** The last change of a text that can be undone. @type {unknown} */
let undoable = null;
/** Files that the panel has written, and that were not shown since. @type {Set<string>} */
const own = new Set();
let isGone = false;
let isStageReady = false;
let hasProfiles = false;
let requests = 0;
/** What the log says of the next launch, once the learner has left. */
let launching = "";
/** The course was launched, so that there is something to leave. */
let isOpen = false;

const calls = new Calls();
const data = new Data();
const source = new SourceView(open);
const problems = new Problems(open, change);
const chooser = new Chooser(async (target) => {
  if (target === null) return launch();
  const changed = await attempt(() => post("/target", { target }));
  if (changed) await readCourse();
});

// The status line

/** @param {...(Node | string)} parts */
function say(...parts) {
  byId("say").replaceChildren(...parts);
  byId("undo").hidden = true;
}

/** @param {string} text */
const code = (text) => make("code", {}, text);

/**
 * What a request answers; null, and its reason in the status line, if it fails.
 * @param {() => Promise<any>} request
 */
async function attempt(request) {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    say(filled(words.failed, { reason: error.message || words.no_answer }));
    return null;
  }
}

// The stage

/** @param {Record<string, unknown>} message */
const tell = (message) => frame.contentWindow?.postMessage(message, SITE);

function loadStage() {
  isStageReady = false;
  isOpen = false;
  frame.src = `${SITE}/stage`;
}

/** Launches the course in the LMS that is chosen, as a learner who was there before, if there was one. */
function launch() {
  if (!isStageReady || !hasProfiles) return;
  launching = filled(words.log.launch, { lms: chooser.name });
  if (!isOpen) begin();
  isOpen = true;
  tell({ kind: "looks", looks: looks() });
  tell({ kind: "launch", ...chooser.launched, options: {}, fresh: false });
}

/** A launch begins: what is said from now on is of it. */
function begin() {
  calls.launch();
  data.launch();
  calls.note(launching || words.log.left);
  launching = "";
}

const isLrs = () => course !== null && LRS.includes(course.standard);

/** @param {string} name of an act */
async function act(name) {
  const button = byAct(name);
  const on = button.hasAttribute("aria-pressed") ? !isPressed(button) : true;
  if (isLrs() && !(await attempt(() => post("/lrs", { do: name, on })))) return;
  if (button.hasAttribute("aria-pressed")) press(button, on);
  const said = words.log[name] ?? words.log[`${name}_${on ? "on" : "off"}`];
  if (LAUNCHES.includes(name)) launching = said;
  else calls.note(said);
  tell({ kind: "act", name, on });
}

/** @param {string} name */
const byAct = (name) => /** @type {HTMLButtonElement} */ (document.querySelector(`[data-act="${name}"]`));

/** A save was tried: the one that was to fail has been. */
const disarm = () => press(byAct("fail"), false);

addEventListener("message", (event) => {
  if (event.origin !== SITE || event.source !== frame.contentWindow) return;
  const message = readMessage(event.data);
  if (message) hear(message);
});

/** @param {import("./panel/messages.js").Message} message */
function hear(message) {
  if (message.kind === "ready") {
    isStageReady = true;
    launch();
  } else if (message.kind === "left") begin();
  else if (message.kind === "call") {
    calls.add(message);
    const [element, value] = message.given;
    if (/SetValue$/.test(message.name) && element && !isBad(message)) data.write(element, value ?? "");
    if (/(Commit|Finish|Terminate)$/.test(message.name)) disarm();
  } else if (message.kind === "data") data.hold(message.values, message.state);
  else if (message.kind === "page") at(message.id, message.title);
  else if (message.kind === "open") openFromStage(message.file, message.line);
  else if (message.kind === "edit") editFromStage(message);
  else if (message.kind === "outline") drawOutline(looks().outline ? message.items : null);
  else pressKey(message);
}

/**
 * @param {string} id
 * @param {string} title
 */
function at(id, title) {
  page = { id, title };
  // A document that was loaded again knows nothing of it.
  if (isPressed(byId("edit"))) tellEditing(true);
  data.at(id);
  drawPage();
}

const pageNow = () => course?.pages.find(({ id }) => id === page.id);

function drawPage() {
  const now = pageNow();
  byId("title").textContent = now?.title ?? (page.title || course?.title || "");
  byId("title").lang = course?.language ?? "";
  byId("file").textContent = now?.file ?? "";
  const file = now?.file ?? course?.pages[0]?.file ?? "";
  byId("first-file").textContent = file;
  byId("first").hidden = !course?.course || !file || recall("seen") === course.title;
  drawNotes(now, course?.aim ?? null, open);
}

// The course and its source

/** @param {string} file @param {number} line */
async function open(file, line) {
  const answer = await attempt(() => post("/open", { file, line }));
  if (!answer) return;
  const where = place(file, line);
  if (answer.editor) say(...fillNodes(words.opened, { editor: String(answer.editor), place: code(where) }));
  else {
    await source.show(file, line);
    say(...fillNodes(words.no_editor, { place: code(where) }));
    showPane("course");
  }
}

/** @param {string} file @param {number} line */
function openFromStage(file, line) {
  // Anybody's package may not open files of this computer.
  if (course?.course) open(file, line);
}

/** @param {import("./panel/messages.js").Edit} edit */
async function editFromStage({ mark, old, text }) {
  if (!course?.course || !isPressed(byId("edit"))) return;
  const answer = await attempt(() => post("/edit", { mark, old, text }));
  if (!answer) {
    tell({ kind: "edited", mark, refused: byId("say").textContent, text });
  } else if (answer.refused) {
    const reason = [answer.refused, answer.cure].filter(Boolean).join(" ");
    tell({ kind: "edited", mark, refused: reason, text });
    say(filled(words.refused, { reason }));
  } else {
    tell({ kind: "edited", mark, text });
    wrote(answer);
  }
}

/** @param {{ file: string, line: number, undo: unknown }} answer */
function wrote({ file, line, undo }) {
  say(...fillNodes(words.written, { place: code(place(file, line)) }));
  own.add(file);
  undoable = undo ?? null;
  byId("undo").textContent = words.undo;
  byId("undo").hidden = undoable === null;
}

/** @param {import("./panel/notes.js").Fix} fix */
async function change(fix) {
  const answer = await attempt(() => post("/fix", fix));
  if (answer?.refused) say(filled(words.refused, { reason: [answer.refused, answer.cure].filter(Boolean).join(" ") }));
  else if (answer) wrote(answer);
}

async function undo() {
  if (undoable === null) return;
  const answer = await attempt(() => post("/undo", { undo: undoable }));
  if (!answer) return;
  undoable = null;
  if (answer.refused) say(filled(words.refused, { reason: [answer.refused, answer.cure].filter(Boolean).join(" ") }));
  else {
    own.add(answer.file);
    say(...fillNodes(words.undone, { file: code(String(answer.file)) }));
  }
}

async function readCourse() {
  /** @type {(Course & { course: boolean }) | (Pick<Course, "problems"> & { course: null }) | null} */
  const found = await attempt(() => get("/course.json"));
  if (!found) return;
  byId("empty").hidden = found.course !== null;
  frame.hidden = found.course === null;
  problems.set(found.problems);
  if (found.course === null) return;
  const isOther = course?.target !== found.target;
  course = found;
  document.title = `${document.title.split(":")[0]}: ${found.title}`;
  /** @type {HTMLButtonElement} */ (byId("edit")).disabled = !found.course;
  for (const name of MODES) byAct(name).disabled = found.standard === "xAPI";
  chooser.show(found.targets, found.target, found.standard, found.units ?? []);
  data.measure(found.room, found.course);
  drawPage();
  if (isOther) loadStage();
}

async function readRequests() {
  const found = await attempt(() => get(`/calls.json?since=${requests}`));
  for (const request of found ?? []) {
    // Another answer was faster.
    if (Number(request.n) <= requests) continue;
    requests = Number(request.n);
    calls.request(request);
    if (request.method !== "GET") disarm();
  }
  const held = found?.length && isLrs() ? await attempt(() => get("/documents.json")) : null;
  if (held) data.hold(held.values, held.state);
}

async function start() {
  // The line may still be as an earlier window of the panel left it.
  const [profiles] = await Promise.all([attempt(() => get("/profiles.json")), readCourse(), slowLine()]);
  chooser.offer(profiles ?? [], course?.lms ?? null);
  hasProfiles = true;
  launch();
}

function listen() {
  const events = new EventSource("/events");
  /**
   * @param {string} name
   * @param {(value: any) => void} take
   */
  const on = (name, take) => events.addEventListener(name, (event) => take(JSON.parse(event.data)));
  on("shown", ({ how, pages, course: changed, file, seconds }) => {
    problems.good(time());
    // What was written here was said when it was, with the way back.
    const isOwn = own.delete(file);
    if (how === "exchange") {
      tell({ kind: "exchange", pages, course: changed });
      if (!isOwn) say(...fillNodes(words.shown, { file: code(String(file)), time: time(), seconds: n(seconds, 2) }));
    } else {
      tell({ kind: "reload" });
      if (!isOwn) say(...fillNodes(words.reloaded, { file: code(String(file)), time: time() }));
    }
    readCourse();
  });
  on("problems", (all) => {
    const hadErrors = problems.isShown;
    const first = problems.set(all);
    const { file, message } = first ?? {};
    if (first) say(...fillNodes(words.cannot, { file: code(file ?? ""), time: time(), message: String(message) }));
    else if (hadErrors && !problems.isShown && !own.size) say(words.mended);
  });
  on("course", readCourse);
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

// What is seen

/** @param {string} width */
function setWidth(width) {
  document.body.dataset.width = width;
  for (const each of document.querySelectorAll("button[data-width]"))
    press(each, each.getAttribute("data-width") === width);
  remember("width", width);
}

/** @param {string} pane on a narrow window */
function showPane(pane) {
  document.body.dataset.pane = pane;
  for (const each of document.querySelectorAll("button[data-pane]"))
    press(each, each.getAttribute("data-pane") === pane);
}

/** @param {string} name */
function pickTab(name) {
  for (const each of TABS) {
    const tab = byId(`tab-${each}`);
    tab.setAttribute("aria-selected", String(each === name));
    tab.tabIndex = each === name ? 0 : -1;
    byId(`panel-${each}`).hidden = each !== name;
  }
  remember("tab", name);
  if (name === "state") data.shown();
}

/** @param {string} name */
function showTab(name) {
  showPane("lms");
  document.body.classList.remove("alone");
  press(byId("alone"), false);
  pickTab(name);
  byId(`tab-${name}`).focus();
}

function toggleAlone() {
  const on = !isPressed(byId("alone"));
  press(byId("alone"), on);
  document.body.classList.toggle("alone", on);
}

/** @param {boolean} on */
const tellEditing = (on) => tell({ kind: "editing", on, words: words.editing });

function toggleEdit() {
  if (!course?.course) return say(words.edit_not);
  const on = !isPressed(byId("edit"));
  press(byId("edit"), on);
  tellEditing(on);
  say(on ? words.edit_on : words.edit_off);
}

function looks() {
  /** @param {string} name */
  const isOn = (name) => /** @type {HTMLInputElement} */ (document.querySelector(`#looks [name="${name}"]`)).checked;
  const light = /** @type {HTMLInputElement} */ (document.querySelector("#looks [name=light]:checked")).value;
  return {
    light,
    large: isOn("large"),
    rtl: isOn("rtl"),
    scripts: !isOn("no-scripts"),
    outline: isOn("outline"),
    slow: isOn("slow"),
  };
}

function changeLooks() {
  const chosen = looks();
  frame.style.colorScheme = chosen.light === "light" || chosen.light === "dark" ? chosen.light : "";
  if (!chosen.outline) drawOutline(null);
  tell({ kind: "looks", looks: chosen });
}

/** The line is the server's, which sends the package. */
const slowLine = () => attempt(() => post("/line", { slow: looks().slow }));

// Keys, also those that the course's frame hands on

/** Panes in the order of F6, with the element that takes the focus; on a narrow window, one pane at a time. */
const PANES = [
  { pane: "", of: ".top", to: () => byId("edit") },
  { pane: "", of: "main > .notes", to: () => byId("notes") },
  { pane: "course", of: ".stage", to: () => frame },
  { pane: "lms", of: ".lms", to: () => byId("chooser") },
  { pane: "", of: ".status", to: () => byId("sum-button") },
];

/** @param {number} step */
function nextPane(step) {
  const now = PANES.findIndex(({ of }) => document.activeElement?.closest(of));
  for (let tried = 1; tried <= PANES.length; tried += 1) {
    const { pane, to } = PANES[(now + step * tried + 2 * PANES.length) % PANES.length];
    if (pane) showPane(pane);
    const target = to();
    if (target.checkVisibility() && !(/** @type {HTMLButtonElement} */ (target).disabled)) return target.focus();
  }
}

/** @param {string} id */
function showDialog(id) {
  if (document.querySelector("dialog[open]")) return;
  dialog(id).showModal();
  if (id === "lmses") chooser.reveal();
}

function escape() {
  if (source.isOpen) source.close();
  else if (problems.isShown) problems.fold(true);
}

function openPage() {
  const now = pageNow();
  if (now) open(now.file, 1);
}

/** @param {{ key: string, ctrl: boolean, alt: boolean, shift: boolean }} pressed */
function pressKey({ key, ctrl, alt, shift }) {
  const isInDialog = document.querySelector("dialog[open]") !== null;
  if (ctrl && key.toLowerCase() === "k") showDialog("commands");
  else if (isInDialog) return false;
  else if (alt && key === "Enter") openPage();
  else if (key === "F2") toggleEdit();
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

byId("tab-calls").parentElement?.addEventListener("keydown", (event) => {
  const all = TABS.filter((name) => byId(`tab-${name}`).checkVisibility());
  const now = all.findIndex((name) => byId(`tab-${name}`) === document.activeElement);
  const to = { ArrowRight: now + 1, ArrowLeft: now - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  pickTab(all[to % all.length]);
  byId(`tab-${all[to % all.length]}`).focus();
});

document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("button");
  if (!button) return;
  const { act: name, width, pane, open: opened } = button.dataset;
  if (name) act(name);
  if (width) setWidth(width);
  if (pane) showPane(pane);
  if (opened) showDialog(opened);
  if ("shut" in button.dataset) button.closest("dialog")?.close();
  if (button.getAttribute("role") === "tab") pickTab(button.id.replace("tab-", ""));
});

byId("alone").addEventListener("click", toggleAlone);
byId("edit").addEventListener("click", toggleEdit);
byId("undo").addEventListener("click", undo);
byId("looks").addEventListener("change", (event) => {
  changeLooks();
  if (/** @type {HTMLInputElement} */ (event.target).name === "slow") slowLine();
});
byId("got-it").addEventListener("click", () => {
  if (course) remember("seen", course.title);
  byId("first").hidden = true;
  frame.focus();
});

new ResizeObserver(() => {
  const { clientWidth: width, clientHeight: height } = frame;
  byId("size").textContent = filled(words.size, { width: String(width), height: String(height) });
}).observe(frame);

listCommands([
  { text: words.commands.edit, key: "F2", run: toggleEdit },
  { text: words.save_key, key: "Ctrl ↵", run: null },
  { text: words.commands.undo, run: undo },
  { text: words.commands.source, key: "Alt ↵", run: openPage },
  { text: words.click_key, key: `Alt + ${words.click}`, run: null },
  { text: words.commands.problem, key: "F8", run: () => problems.forward() },
  { text: words.commands.pane, key: "F6", run: () => nextPane(1) },
  { text: words.commands.alone, key: "F9", run: toggleAlone },
  { text: words.commands.close, key: "Esc", run: escape },
  ...WIDTHS.map((width) => ({ text: words.commands[width], run: () => setWidth(width) })),
  { text: words.commands.looks, run: () => showDialog("looks") },
  { text: words.commands.lms, run: () => showDialog("lmses") },
  { text: words.commands.problems, run: () => showDialog("problems") },
  ...TABS.map((tab) => ({ text: words.commands[tab], run: () => showTab(tab) })),
  { text: words.commands.export, run: () => calls.export() },
  ...[.../** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-act]"))].map((button) => ({
    text: button.textContent?.trim() ?? "",
    run: () => button.click(),
  })),
]);

const width = recall("width");
if (width && WIDTHS.includes(width)) setWidth(width);
const tab = recall("tab");
if (tab && TABS.includes(tab)) pickTab(tab);

problems.good(time());
listen();
start();
