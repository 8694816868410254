// Search in the whole course. The document is the index: a slow phone reads 400 pages in a tenth of a second, once, while a
// separate index would make every learner load the text twice. Searches are neither sent nor stored, and no browser
// shortcut is taken.

import { openTab } from "./blocks/tabs.js";
import { all, around, element, fill, on, one, opensAnother, say, tongue, untranslated } from "./dom.js";
import { folded, plain, searchMatches } from "./search-match.js";
import { closeDialogs } from "./shell.js";

/**
 * @import { Course } from "./contract.d.ts"
 *
 * @typedef {object} Entry
 * @property {string} id where its link leads
 * @property {(Node | string)[]} part
 * @property {string} title
 * @property {string} text
 * @property {Element | null} named where the title stands, unless it is in the language of the course
 * @property {Element} place where the text stands
 * @property {string} head the title as it is compared
 * @property {string} body the text as it is compared; its letters have the positions of those in `text`
 */

/** Elements whose text is not part of the page. */
const FURNITURE =
  ".page > .eyebrow, .page > h1, .page > .kind, .facts, .street, .btn, .t, .page > .next, [data-ending], .page > .pagefoot, .sr, .gloss, .row, .err, .answers, [data-fb], [data-undrawn], .hand, dialog, svg, semantics > :first-child, .tabs > section > :first-child, .hint, select, .on-paper, .moves, .tools";
const INLINE = /^(A|ABBR|B|BDI|BUTTON|CITE|CODE|EM|I|KBD|MARK|Q|SMALL|SPAN|STRONG|SUB|SUP|math|semantics|annotation)$/;
/** What is announced when a match gets focus. */
const PASSAGE =
  "p, li, dt, dd, h2, h3, h4, td, th, figcaption, summary, legend, label, blockquote, pre, [role=tab], .page";
const SHORTEST = 2;
/** More would not be read: learners type another word instead. */
const MOST = 30;
/** Letters of context around a match. */
const BEFORE = 50;
const AROUND = 170;
/** Milliseconds without typing before the count is announced. */
const PAUSE = 700;

/**
 * The text of an element, with line feeds between its blocks.
 * @param {Node} node
 * @param {string[]} parts to be added to: to join them once is ten times as fast as to join what each element holds
 */
function gather(node, parts) {
  for (let each = node.firstChild; each; each = each.nextSibling) {
    if (each instanceof Text) parts.push(each.data.replace(/\s/g, " "));
    else if (each instanceof Element && !each.matches(FURNITURE)) {
      const edge = INLINE.test(each.nodeName) ? "" : "\n";
      parts.push(edge);
      gather(each, parts);
      parts.push(edge);
    }
  }
  return parts;
}

/** @param {Element | null} place */
function textOf(place) {
  const text = place
    ? gather(place, [])
        .join("")
        .normalize()
        .replace(/\u00ad/g, "")
    : "";
  return text
    .trim()
    .replace(/\s*\n\s*/g, " · ")
    .replace(/ +/g, " ");
}

/**
 * The ranges of the words on a page, in text that is visible or can be unfolded.
 * @param {Element} within
 * @param {string} alphabet
 * @param {RegExp} any
 */
function rangesIn(within, alphabet, any) {
  // A glossary term is followed by its explanation.
  const places = within.nodeName === "DT" && within.nextElementSibling ? [within, within.nextElementSibling] : [within];
  /** @type {Range[]} */
  const ranges = [];
  for (const place of places) {
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = folded(/** @type {Text} */ (node).data, alphabet);
      if (text.search(any) < 0 || node.parentElement?.closest(FURNITURE)) continue;
      for (let match = any.exec(text); match; match = any.exec(text)) {
        const range = new Range();
        range.setStart(node, match.index);
        range.setEnd(node, any.lastIndex);
        ranges.push(range);
      }
    }
  }
  return ranges;
}

/** Marks text without touching the page, where the browser can. @param {Range[]} ranges */
function paint(ranges) {
  if (window.CSS && "highlights" in CSS) CSS.highlights.set("found", new Highlight(...ranges));
}

/**
 * Moves focus to the passage, and returns whether it could: hidden content takes none.
 * @param {Range} range
 */
function leadTo(range) {
  const place = /** @type {HTMLElement} */ (range.startContainer.parentElement?.closest(PASSAGE));
  openTab(place);
  for (let fold = place.closest("details"); fold; fold = fold.parentElement?.closest("details") || null)
    fold.open = true;
  if (place.tabIndex < 0) place.setAttribute("tabindex", "-1");
  place.focus({ preventScroll: true });
  place.scrollIntoView({ block: "center" });
  return document.activeElement === place;
}

/**
 * @param {Course} course
 * @returns called with each page that is shown
 */
export function search(course) {
  const words = course.strings;
  const list = () => /** @type {HTMLElement} */ (one("[data-hits]"));
  /** By page. Made at the first letter, dropped when the dialog closes. @type {Map<Element, Entry[]>} */
  const read = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let speaking;
  /** The last search. */
  let wanted = /(?!)/g;
  /** The match that the learner is being taken to. @type {{ id: string, any: RegExp } | null} */
  let followed = null;

  /**
   * @param {string} id
   * @param {Iterable<Node | string>} part
   * @param {string} title
   * @param {Element | null} named
   * @param {Element} place
   * @returns {Entry}
   */
  function entry(id, part, title, named, place) {
    const text = textOf(place);
    const [head, body] = [title, text].map((each) => folded(each, words.alphabet));
    return { id, part: [...part], title, named, text, place, head, body };
  }

  /** @param {HTMLElement} page */
  function entriesOf(page) {
    const title = page.dataset.title || "";
    const terms = all("dt[id]", page);
    if (terms.length > 0)
      return terms.map((term) => entry(term.id, [title], textOf(term), term, term.nextElementSibling || term));
    const part = one(".eyebrow b", page)?.cloneNode(true).childNodes || [words.course];
    return [entry(page.id, part, title, untranslated(page.id), page)];
  }

  /** Reads the pages that have arrived and are not indexed yet. */
  function readOn() {
    for (const page of all(".page")) {
      // The last one may be incomplete.
      const isWhole = document.readyState !== "loading" || page.nextElementSibling;
      if (isWhole && !read.has(page)) read.set(page, entriesOf(page));
    }
    return [...read.values()].flat();
  }

  /**
   * @param {string} text
   * @param {string} within the same text as it is compared
   * @param {RegExp} any of the words
   */
  function marked(text, within, any) {
    /** @type {(Node | string)[]} */
    const nodes = [];
    let at = 0;
    for (let match = any.exec(within); match; match = any.exec(within)) {
      nodes.push(text.slice(at, match.index), element("mark", {}, text.slice(match.index, any.lastIndex)));
      at = any.lastIndex;
    }
    return [...nodes, text.slice(at)];
  }

  /**
   * The language of a text at a position.
   * @param {Entry} hit
   * @param {number} at
   */
  function tongueAt({ text, place }, at) {
    const marked = all("[lang]", place).find((each) => {
      const own = each.closest(FURNITURE) ? "" : textOf(each);
      const from = text.indexOf(own);
      return from >= 0 && from <= at && at < from + own.length;
    });
    return tongue(marked || place);
  }

  /**
   * The text around the longest word, or the beginning.
   * @param {Entry} hit
   * @param {string} longest
   * @param {RegExp} any
   */
  function excerpt(hit, longest, any) {
    const { text, body } = hit;
    const at = body.indexOf(longest);
    const from = at > BEFORE ? body.indexOf(" ", at - BEFORE) + 1 : 0;
    const end = text.length > from + AROUND ? body.lastIndexOf(" ", from + AROUND) : text.length;
    const to = Math.max(end, Math.max(at, 0) + longest.length);
    return element(
      "p",
      tongueAt(hit, Math.max(at, 0)),
      from > 0 ? "… " : "",
      ...marked(text.slice(from, to), body.slice(from, to), any),
      to < text.length ? " …" : "",
    );
  }

  /** @param {string} text */
  function tell(text) {
    const write = (/** @type {string} */ place) => one(place)?.replaceChildren(text);
    write("[data-count]");
    clearTimeout(speaking);
    speaking = setTimeout(() => write("[data-count-said]"), PAUSE);
  }

  function show() {
    const field = /** @type {HTMLInputElement} */ (one("[data-find]"));
    const asked = field.value.normalize().trim();
    const sought = folded(asked, words.alphabet).split(/\s+/);
    if (asked.length < SHORTEST) {
      list().replaceChildren();
      tell(words.searchShort);
      return;
    }
    const hits = searchMatches(readOn(), sought);
    const longestFirst = sought.sort((one, other) => other.length - one.length);
    // Headings may contain soft hyphens.
    wanted = new RegExp(longestFirst.map((word) => [...word].map(plain).join("\u00ad?")).join("|"), "g");
    const many = hits.length > MOST ? ` ${fill(words.searchFirst, { n: MOST })}` : "";
    if (hits.length === 0) tell(fill(words.searchNone, { words: asked }));
    else tell((hits.length === 1 ? words.searchOne : fill(words.searchMany, { n: hits.length })) + many);
    list().replaceChildren(
      ...hits
        .slice(0, MOST)
        .map((hit) =>
          element(
            "li",
            {},
            element("small", {}, ...hit.part),
            " ",
            element("a", { href: `#${hit.id}`, ...tongue(hit.named) }, ...marked(hit.title, hit.head, wanted)),
            " ",
            excerpt(hit, longestFirst[0], wanted),
          ),
        ),
    );
  }

  on("input", "[data-find]", show);
  on("keydown", "[data-find]", (_, { key }) => {
    if (key === "Enter") one("a", list())?.focus();
  });
  on("focusin", "[data-find]", (field) => /** @type {HTMLInputElement} */ (field).select());
  const follow = (/** @type {MouseEvent} */ event) => {
    const link = /** @type {HTMLAnchorElement | null} */ (around(event.target, "[data-hits] a"));
    if (!link || opensAnother(event)) return;
    followed = { id: link.hash.slice(1), any: wanted };
    closeDialogs();
  };
  // Runs before the player, which shows the current page again at once.
  document.addEventListener("click", follow, true);
  const showOpen = () => one("#d-search[open]") && show();
  document.addEventListener("DOMContentLoaded", showOpen);
  // The learner may have acted before this script arrived.
  showOpen();
  document.addEventListener("close", () => read.clear(), true);

  /**
   * Marks the matches on the current page, and moves to the first.
   * @param {HTMLElement} page
   */
  return (page) => {
    const hit = followed && document.getElementById(followed.id);
    const ranges = followed && hit && page.contains(hit) ? rangesIn(hit, words.alphabet, followed.any) : [];
    followed = null;
    paint(ranges);
    // Focus skipped the heading, which would have announced the page.
    if (ranges.some(leadTo)) say(page.dataset.title || "");
  };
}
