// Reads the page aloud, only with voices of the device: any other voice would send the text to a server.

import { lasting, on, one } from "./dom.js";
import { media } from "./media.js";
import { closeDialogs } from "./shell.js";

/**
 * @import { Course } from "./contract.d.ts"
 */

/** @typedef {{ block: HTMLElement, text: string, voice: SpeechSynthesisVoice }} Passage */

/** Elements that are read as one utterance and highlighted meanwhile. */
const BLOCKS = "h1, h2, h3, h4, p, li, dt, dd, th, td, caption, figcaption, summary, legend, label, blockquote";
/** Hidden elements and controls. The button of a term is part of its sentence. */
const UNREAD =
  "[hidden], [aria-hidden=true], .sr, details:not([open]) > :not(summary), button:not([data-term]), select, nav, .tools, .pagefoot, .eyebrow, h1 + .kind, .footnote-ref, [href^='#fnref']";

const root = document.documentElement;

/** @param {string} tag of a language; Android writes `sv_SE` */
const languageOf = (tag) => tag.toLowerCase().split(/[-_]/)[0];

/**
 * @param {Course} course
 * @returns to be called whenever the page or its language has changed
 */
export function readAloud(course) {
  const synth = window.speechSynthesis;
  if (!synth) return () => {};
  const words = course.strings;
  /** The passages being read, from `at`; empty when not reading. @type {Passage[]} */
  let passages = [];
  let at = 0;
  /** The one that is highlighted. @type {HTMLElement | undefined} */
  let marked;
  /** Null while silent. Kept, since browsers may collect an utterance without a reference, and its end event is lost. @type {SpeechSynthesisUtterance | null} */
  let said = null;
  /** @type {Element | null} */
  let page = null;

  /** For the page's language; looked up only when it may change, since some systems have thousands. @type {SpeechSynthesisVoice | undefined} */
  let usual;
  let spoken = "";

  /** @param {string} language */
  function voiceOf(language) {
    const fit = synth
      .getVoices()
      .filter(({ localService, lang }) => localService && languageOf(lang) === languageOf(language));
    return fit.find((voice) => voice.default) || fit[0];
  }

  /** The visible texts of the page, in order. */
  function read() {
    /** @type {Passage[]} */
    const found = [];
    const walker = document.createTreeWalker(/** @type {Node} */ (page), NodeFilter.SHOW_TEXT);
    while (usual && walker.nextNode()) {
      const parent = /** @type {HTMLElement} */ (walker.currentNode.parentElement);
      const block = /** @type {HTMLElement | null} */ (parent.closest(BLOCKS));
      if (!block || parent.closest(UNREAD) || parent.getClientRects().length === 0) continue;
      const last = found[found.length - 1];
      const text = walker.currentNode.nodeValue || "";
      if (last?.block === block) last.text += text;
      else {
        const language = block.closest("[lang]")?.getAttribute("lang") || spoken;
        found.push({ block, text, voice: (language !== spoken && voiceOf(language)) || usual });
      }
    }
    return found.filter(({ text }) => text.trim());
  }

  function show() {
    for (const offer of lasting("[data-aloud]")) offer.hidden = !usual;
    marked?.removeAttribute("data-reading-now");
    marked = passages[at]?.block;
    marked?.setAttribute("data-reading-now", "");
    for (const button of lasting("[data-reading] [data-read=on]"))
      button.textContent = said ? words.readPause : passages.length > 0 ? words.readOn : words.readPage;
  }

  function listen() {
    spoken = root.lang;
    usual = voiceOf(spoken);
    show();
  }

  function hush() {
    said = null;
    synth.cancel();
    show();
  }

  function stop() {
    if (passages.length === 0) return;
    passages = [];
    hush();
  }

  function speak() {
    const passage = passages[at];
    if (!passage) {
      stop();
      return;
    }
    // Soft hyphens are not read.
    const saying = new SpeechSynthesisUtterance(passage.text.replace(/\u00ad/g, ""));
    saying.voice = passage.voice;
    saying.lang = passage.voice.lang;
    saying.onend = () => {
      if (saying !== said) return;
      at += 1;
      speak();
    };
    saying.onerror = () => saying === said && hush();
    said = saying;
    show();
    passage.block.scrollIntoView({ block: "nearest" });
    synth.speak(saying);
  }

  on("click", "[data-read]", (button) => {
    const bar = one("[data-reading]");
    const wish = button.dataset.read;
    if (!bar) return;
    if (wish === "off") {
      stop();
      bar.hidden = true;
      one("h1", page || document)?.focus({ preventScroll: true });
      return;
    }
    bar.hidden = false;
    closeDialogs(true);
    if (said) {
      hush();
      return;
    }
    for (const medium of media()) medium.pause();
    if (passages.length === 0) [passages, at] = [read(), 0];
    speak();
  });
  document.addEventListener("keydown", ({ key }) => key === "Escape" && said && hush());
  document.addEventListener("play", () => said && hush(), true);
  window.addEventListener("pagehide", stop);
  // A voice must not betray a learner who uses the quick exit.
  new MutationObserver(stop).observe(root, { attributeFilter: ["data-away"] });
  // Many browsers load their voices late.
  synth.onvoiceschanged = listen;

  return (/** @type {HTMLElement} */ now) => {
    if (page !== now) {
      page = now;
      stop();
    }
    if (spoken === root.lang) show();
    else listen();
  };
}
