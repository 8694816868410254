// Which parts of the panel are seen: the width of the course, panes, tabs and dialogs.

import { byId, dialog, isPressed, press } from "./dom.js";
import { recall, remember } from "./remember.js";
import { filled, words } from "./words.js";

export const WIDTHS = ["phone", "tablet", "desktop"];
export const TABS = ["calls", "data", "state", "page"];

/** Panes in the order of F6, with the element that takes the focus; on a narrow window, one pane at a time. */
const PANES = [
  { pane: "", of: ".top", to: "edit" },
  { pane: "", of: "main > .notes", to: "notes" },
  { pane: "course", of: ".stage", to: "frame" },
  { pane: "lms", of: ".lms", to: "chooser" },
  { pane: "", of: ".status", to: "sum-button" },
];

/** @param {string} width */
export function setWidth(width) {
  document.body.dataset.width = width;
  for (const each of document.querySelectorAll("button[data-width]"))
    press(each, each.getAttribute("data-width") === width);
  remember("width", width);
}

/** @param {string} pane on a narrow window */
export function showPane(pane) {
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
  byId(`panel-${name}`).dispatchEvent(new Event("shown"));
}

/** @param {string} name */
export function showTab(name) {
  showPane("lms");
  document.body.classList.remove("alone");
  press(byId("alone"), false);
  pickTab(name);
  byId(`tab-${name}`).focus();
}

export function toggleAlone() {
  const on = !isPressed(byId("alone"));
  press(byId("alone"), on);
  document.body.classList.toggle("alone", on);
}

/** @param {number} step */
export function nextPane(step) {
  const now = PANES.findIndex(({ of }) => document.activeElement?.closest(of));
  for (let tried = 1; tried <= PANES.length; tried += 1) {
    const { pane, to } = PANES[(now + step * tried + 2 * PANES.length) % PANES.length];
    if (pane) showPane(pane);
    const target = byId(to);
    if (target.checkVisibility() && !(/** @type {HTMLButtonElement} */ (target).disabled)) return target.focus();
  }
}

/** @param {string} id */
export function showDialog(id) {
  if (document.querySelector("dialog[open]")) return;
  dialog(id).showModal();
  dialog(id).dispatchEvent(new Event("shown"));
}

/** @param {KeyboardEvent} event */
function moveTab(event) {
  const all = TABS.filter((name) => byId(`tab-${name}`).checkVisibility());
  const now = all.findIndex((name) => byId(`tab-${name}`) === document.activeElement);
  const to = { ArrowRight: now + 1, ArrowLeft: now - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  pickTab(all[to % all.length]);
  byId(`tab-${all[to % all.length]}`).focus();
}

/** Buttons that change the view do so from now on, and it is as it was the last time. */
export function followView() {
  byId("tab-calls").parentElement?.addEventListener("keydown", moveTab);
  document.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (!button) return;
    const { width, pane, open: opened } = button.dataset;
    if (width) setWidth(width);
    if (pane) showPane(pane);
    if ("shut" in button.dataset) button.closest("dialog")?.close();
    if (opened) showDialog(opened);
    if (button.getAttribute("role") === "tab") pickTab(button.id.replace("tab-", ""));
  });
  byId("alone").addEventListener("click", toggleAlone);
  const frame = byId("frame");
  new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = frame;
    byId("size").textContent = width ? filled(words.size, { width: String(width), height: String(height) }) : "";
  }).observe(frame);
  const width = recall("width");
  if (width && WIDTHS.includes(width)) setWidth(width);
  const tab = recall("tab");
  if (tab && TABS.includes(tab)) pickTab(tab);
}
