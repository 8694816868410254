// Tabs: one panel of several is shown. In print, and until the script runs, all are shown below their headings.

import { all, on, one, put } from "../dom.js";

/** @param {Element} tab */
const tabsBeside = (tab) => all("[role=tab]", /** @type {Element} */ (tab.parentElement));

/** @param {Element} tab */
function choose(tab) {
  for (const each of tabsBeside(tab)) {
    const isChosen = each === tab;
    each.setAttribute("aria-selected", String(isChosen));
    each.tabIndex = isChosen ? 0 : -1;
    const panel = /** @type {HTMLElement} */ (document.getElementById(each.getAttribute("aria-controls") || ""));
    // The browser's own search finds content that is hidden this way. Its box remains, with no size.
    if (isChosen) panel.hidden = false;
    else panel.setAttribute("hidden", "until-found");
    put(panel, isChosen, { role: "tabpanel", tabindex: "0", "aria-labelledby": each.id });
  }
}

/**
 * Shows the panel that contains an element, and returns whether it was hidden.
 * @param {Element | null} place
 */
export function openTab(place) {
  const panel = place?.closest(".tabs > [hidden]");
  if (!panel) return false;
  choose(/** @type {Element} */ (one(`[aria-controls="${panel.id}"]`)));
  return true;
}

/**
 * Sets up the tabs of a page, each once.
 * @param {Element} page
 */
export function furnishTabs(page) {
  for (const first of all("[role=tab]:first-child:not([aria-selected])", page)) choose(first);
}

export function tabs() {
  on("focusin", "[role=tab]", choose);
  on("click", "[role=tab]", (tab) => {
    choose(tab);
    // Not every browser does this itself.
    tab.focus();
  });
  on("keydown", "[role=tab]", (tab, event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const beside = tabsBeside(tab);
    const at = beside.indexOf(tab);
    const on = getComputedStyle(tab).direction === "rtl" ? -1 : 1;
    /** @type {Record<string, number>} */
    const to = { ArrowRight: at + on, ArrowLeft: at - on, ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    if (!(event.key in to)) return;
    event.preventDefault();
    beside[(to[event.key] + beside.length) % beside.length].focus();
  });
  document.addEventListener("beforematch", ({ target }) => openTab(/** @type {Element} */ (target)));
  window.addEventListener("hashchange", () => {
    const place = document.getElementById(location.hash.slice(1));
    if (openTab(place)) place?.scrollIntoView();
  });
}
