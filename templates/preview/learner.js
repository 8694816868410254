// What a learner in a rehearsal sees and can do in a document: it is put into each document of the package before its own
// scripts. It changes nothing until it is asked to. A classic script.

(() => {
  // Packages can put others in their place.
  const { setTimeout, requestAnimationFrame } = window;

  /**
   * @typedef {object} Control
   * @property {number} number for `place` and `answer`
   * @property {string} key the same for the same control in each look at the document
   * @property {string} name
   * @property {number} rank what a learner tries first has the lowest
   * @property {boolean} link its key is an address: where it leads is the same everywhere
   *
   * @typedef {object} Question what can be answered and is not
   * @property {number[]} numbers of its answers, or of its field
   * @property {string} key
   * @property {string} kind radio, check, select or text
   */

  const NEXT =
    /^\W*(next|continue|proceed|forward|begin|start|go on|nästa|fortsätt|vidare|framåt|börja|starta|gå vidare)|^[\s>›»→▶]+$/i;
  const SUBMIT =
    /^\W*(submit|check|answer|confirm|done|finish|complete|mark|ok\b|svara|rätta|kontrollera|skicka|lämna in|klar|slutför|markera)/i;
  const BACK =
    /^\W*(back|prev|menu|home|restart|start over|retry|try again|reset|föregående|tillbaka|bakåt|meny|hem\b|börja om|gör om|försök igen|återställ)|\b(again|igen)$|^[\s<‹«←◀]+$/i;
  const LEAVE = /^\W*(exit|quit|close|log ?out|print|avsluta|stäng|lämna kurs|logga ut|skriv ut)/i;
  const ASKED = "a[href], area[href], button, summary, input, select, textarea, [onclick], [tabindex='0']";
  const ROLES = ["button", "link", "tab", "radio", "checkbox", "option", "menuitem", "switch"];
  const CHOICES = ["radio", "checkbox", "option"];
  /** Clocks and counters: a document that shows one is the same a second later. */
  const TIME = /\d{1,2}:\d\d(:\d\d)?/g;
  const MOST_TEXT = 20_000;
  const MOST_CONTROLS = 400;
  const PLAYED = 10_000;

  /** @type {HTMLElement[]} */
  let found = [];
  /** Media that have been played. @type {WeakSet<Element>} */
  const played = new WeakSet();

  /** All elements, also in open shadow roots. @param {Document | ShadowRoot} root @returns {Generator<HTMLElement>} */
  function* elements(root) {
    for (const each of root.querySelectorAll("*")) {
      yield/** @type {HTMLElement} */ (each);
      if (each.shadowRoot) yield* elements(each.shadowRoot);
    }
  }

  /** @param {Element} element */
  function isShown(element) {
    const { width, height } = element.getBoundingClientRect();
    return width > 0 && height > 0 && element.checkVisibility({ visibilityProperty: true });
  }

  /** @param {HTMLElement} element */
  const isOff = (element) =>
    element.matches(":disabled, [aria-disabled=true], [inert], [inert] *, [aria-disabled=true] *");

  /** What stands for a control on the screen: styled ones hide themselves behind their label. @param {HTMLElement} element */
  function face(element) {
    const [label] = /** @type {HTMLInputElement} */ (element).labels ?? [];
    const { width, height } = element.getBoundingClientRect();
    const isHidden = width < 4 || height < 4 || getComputedStyle(element).opacity === "0";
    return isHidden && label ? label : element;
  }

  /** @param {HTMLElement} element */
  function nameOf(element) {
    const { value = "", type = "", labels = null } = /** @type {any} */ (element);
    const picture = element.querySelector("img[alt], [aria-label]");
    const own = ["button", "submit"].includes(type) ? value : "";
    const name =
      element.getAttribute("aria-label") ||
      element.innerText ||
      labels?.[0]?.innerText ||
      own ||
      element.title ||
      picture?.getAttribute("alt") ||
      picture?.getAttribute("aria-label") ||
      element.getAttribute("alt") ||
      element.id;
    return String(name || "").trim().replace(/\s+/g, " ").slice(0, 80); // biome-ignore format: one line
  }

  /** @param {HTMLElement} element */
  function addressOf(element) {
    const href = element.getAttribute("href");
    if (href === null || /^\s*(#?$|javascript:)/i.test(href)) return "";
    return String(/** @type {HTMLAnchorElement} */ (element).href);
  }

  /** Whether a learner would leave the package by it. @param {HTMLElement} element */
  function isElsewhere(element) {
    const address = addressOf(element);
    return Boolean(address) && (!address.startsWith(`${location.origin}/`) || element.hasAttribute("download"));
  }

  /** @param {HTMLElement} element @param {string} name */
  function rankOf(element, name) {
    const hints = `${element.id} ${element.getAttribute("class") ?? ""} ${element.getAttribute("rel") ?? ""}`;
    if (LEAVE.test(name)) return 5;
    if (BACK.test(name)) return 4;
    if (SUBMIT.test(name)) return 1;
    if (NEXT.test(name) || /(^|[\s_-])(next|forward|continue)([\s_-]|$)/i.test(hints)) return 2;
    return 3;
  }

  /** @param {HTMLElement} element */
  function isControl(element) {
    const role = element.getAttribute("role") ?? "";
    if (element.matches(ASKED) || ROLES.includes(role) || element.onclick) return true;
    const { parentElement: around } = element;
    if (!around || getComputedStyle(element).cursor !== "pointer") return false;
    return getComputedStyle(around).cursor !== "pointer" && !element.closest("label, a, button, summary, select");
  }

  /** @param {HTMLElement} element */
  function kindOf(element) {
    const role = element.getAttribute("role") ?? "";
    const { type = "" } = /** @type {HTMLInputElement} */ (element);
    if (element.matches("input")) {
      if (type === "radio") return "radio";
      if (type === "checkbox") return "check";
      return ["button", "submit", "reset", "image", "hidden", "file", "color"].includes(type) ? "" : "text";
    }
    if (element.matches("select")) return "select";
    if (element.matches("textarea")) return "text";
    return role === "checkbox" ? "check" : CHOICES.includes(role) ? "radio" : "";
  }

  /** The answer that a control has, empty for none. @param {HTMLElement} element */
  function answerOf(element) {
    const { checked, value, type } = /** @type {HTMLInputElement} */ (element);
    if (type === "radio" || type === "checkbox") return checked ? "on" : "";
    if (element.matches("select")) {
      const { selectedIndex } = /** @type {HTMLSelectElement} */ (/** @type {unknown} */ (element));
      return selectedIndex > 0 ? String(value) : "";
    }
    if (element.matches("input, textarea")) return type === "range" ? "" : String(value ?? "");
    const state = ["aria-checked", "aria-selected", "aria-pressed"].map((name) => element.getAttribute(name));
    return state.includes("true") ? "on" : "";
  }

  /** What has one answer together with others. @param {HTMLElement} element @param {string} kind radio or check */
  function groupOf(element, kind) {
    const { name } = /** @type {HTMLInputElement} */ (element);
    const around = element.closest("fieldset, [role=radiogroup], [role=group], [role=listbox], form, ul, ol");
    if (kind === "radio" && name) return `radio ${name}`;
    const place = around ? [...document.querySelectorAll(around.tagName)].indexOf(around) : -1;
    return `${kind} ${around?.id || around?.tagName || ""} ${place}`;
  }

  /** All that a learner sees in this document, and could do. */
  function look() {
    found = [];
    /** @type {Control[]} */
    const controls = [];
    /** @type {Map<string, Question & { has: boolean }>} */
    const questions = new Map();
    /** @type {Record<string, string>} */
    const answers = {};
    /** @type {Record<string, string>} */
    const ticks = {};
    /** @type {string[]} */
    const off = [];
    /** @type {Record<string, number>} */
    const times = {};
    /** @type {string[]} */
    const marks = [];
    let media = 0;
    let isSent = false;
    for (const element of elements(document)) {
      const { checked, src = "" } = /** @type {any} */ (element);
      const states = element.getAttributeNames().filter((each) => /^(class|data-|aria-|hidden|open)/.test(each));
      marks.push(...states.map((each) => `${each}=${element.getAttribute(each)}`), String(src), checked ? "on" : "");
      if (element instanceof HTMLMediaElement && !played.has(element) && isShown(element)) media += 1;
      if (found.length >= MOST_CONTROLS || !isControl(element) || !isShown(face(element))) continue;
      if (element.matches("[type=search], [role=searchbox]")) continue;
      const name = nameOf(element);
      const kind = kindOf(element);
      const rank = rankOf(element, name);
      if (rank === 1) isSent = true;
      if (isOff(element)) {
        if (rank === 2) off.push(name);
        continue;
      }
      if (isElsewhere(element)) continue;
      const number = found.push(element) - 1;
      const address = addressOf(element);
      const plain = address || `${location.pathname} ${element.tagName} ${element.id || name}`;
      times[plain] = (times[plain] ?? -1) + 1;
      const key = address || `${plain} ${times[plain]}`;
      if (!kind) {
        controls.push({ number, key, name, rank, link: Boolean(address) });
        continue;
      }
      const mark = `${plain} ${times[plain]}`;
      const group = ["select", "text"].includes(kind) ? `${kind} ${mark}` : groupOf(element, kind);
      const known = questions.get(group) ?? { numbers: [], key: `${location.pathname} ${group}`, kind, has: false };
      known.numbers.push(number);
      const answer = answerOf(element);
      known.has ||= answer !== "";
      questions.set(group, known);
      if (kind === "check") ticks[mark] = answer;
      // What learners write for themselves is often not meant to be kept.
      else if (!element.matches("textarea")) answers[mark] = answer;
    }
    // Nor is what they only tick off.
    if (isSent) Object.assign(answers, ticks);
    const heading = [...document.querySelectorAll("h1, h2")].find(isShown)?.textContent ?? "";
    const text = (document.body?.innerText ?? "").slice(0, MOST_TEXT).replace(TIME, "");
    return {
      path: location.pathname + location.hash,
      title: (heading || document.title).trim().slice(0, 80),
      text,
      controls,
      questions: [...questions.values()].filter(({ has }) => !has),
      answers,
      off,
      media,
      marks: marks.join(" ").slice(0, 5 * MOST_TEXT),
    };
  }

  /** What scrolls and is around an element, in this document. @param {Element} element */
  function around(element) {
    /** @type {Element[]} */
    const all = [];
    for (let each = element.parentElement; each; each = each.parentElement) all.push(each);
    return all;
  }

  /** The element at a point, also in open shadow roots. @param {number} x @param {number} y */
  function at(x, y) {
    let hit = document.elementFromPoint(x, y);
    while (hit?.shadowRoot) {
      const inner = hit.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === hit) break;
      hit = inner;
    }
    return hit;
  }

  /** @param {Element | null} hit @param {HTMLElement} element */
  const isOf = (hit, element) =>
    Boolean(hit) &&
    (element.contains(hit) || hit?.closest("label")?.control === element || hit?.closest("summary") === element);

  /**
   * Where to press for a control, in the window, or why nobody can.
   * @param {number} number
   * @returns {{ x: number, y: number } | { why: "gone" | "outside" | "covered", by: string }}
   */
  function place(number) {
    const element = found[number];
    if (!element?.isConnected) return { why: "gone", by: "" };
    const shown = face(element);
    // What hides its overflow can be scrolled by scripts, and by nobody else.
    const before = around(shown).map((each) => /** @type {const} */ ([each, each.scrollLeft, each.scrollTop]));
    shown.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    for (const [each, left, top] of before) {
      const isRoot = each === document.scrollingElement;
      const styles = [each, ...(isRoot ? [document.body] : [])].map((one) => getComputedStyle(one));
      if (styles.some(({ overflowX }) => /hidden|clip/.test(overflowX))) each.scrollLeft = left;
      if (styles.some(({ overflowY }) => /hidden|clip/.test(overflowY))) each.scrollTop = top;
    }
    /** @type {string} */
    let by = "";
    let isOutside = true;
    for (const { left, top, width, height } of shown.getClientRects()) {
      // A part of it is enough to press.
      for (const [across, down] of [
        [0.5, 0.5],
        [0.2, 0.5],
        [0.8, 0.5],
        [0.5, 0.2],
        [0.5, 0.8],
      ]) {
        // biome-ignore format: pairs
        let [x, y] = [left + across * width, top + down * height];
        if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) continue;
        isOutside = false;
        const hit = at(x, y);
        if (!isOf(hit, element) && !isOf(hit, shown)) {
          by ||= hit ? nameOf(/** @type {HTMLElement} */ (hit)) || hit.tagName.toLowerCase() : "";
          continue;
        }
        /** @type {Window} */
        let view = window;
        let isFree = true;
        while (isFree && view.frameElement) {
          const box = view.frameElement.getBoundingClientRect();
          x += box.left + view.frameElement.clientLeft;
          y += box.top + view.frameElement.clientTop;
          const { ownerDocument } = view.frameElement;
          isFree = ownerDocument.elementFromPoint(x, y) === view.frameElement;
          view = view.parent;
        }
        if (isFree) return { x, y };
      }
    }
    return { why: isOutside ? "outside" : "covered", by };
  }

  /** Writes or chooses in a field, as a learner who types does. @param {number} number @param {number} attempt */
  function fill(number, attempt) {
    const element = /** @type {any} */ (found[number]);
    if (element.matches("select")) {
      element.selectedIndex = 1 + (attempt % Math.max(1, element.options.length - 1));
    } else {
      const texts = { number: "1", email: "a@example.org", date: "2020-01-01", url: "https://example.org/", tel: "1", time: "10:00", month: "2020-01", week: "2020-W01", range: element.max || "100" }; // biome-ignore format: one line
      const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), "value") ?? {};
      const text = texts[/** @type {keyof typeof texts} */ (element.type)] ?? "1";
      element.focus();
      set?.call(element, text);
    }
    element.dispatchEvent(new Event("input", { bubbles: true }));
    element.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Plays all media to their ends; what does not end within some seconds is left. Returns how many were left. */
  async function play() {
    let left = 0;
    for (const element of elements(document)) {
      if (!(element instanceof HTMLMediaElement) || played.has(element) || !isShown(element)) continue;
      played.add(element);
      const isOver = new Promise((done) => {
        element.addEventListener("ended", () => done(true), { once: true });
        element.addEventListener("error", () => done(false), { once: true });
        setTimeout(() => done(false), PLAYED);
      });
      element.muted = true;
      await element.play().catch(() => {});
      if (Number.isFinite(element.duration)) element.currentTime = Math.max(0, element.duration - 0.1);
      if (!(element.ended || (await isOver))) left += 1;
    }
    return left;
  }

  const frame = () => new Promise((done) => requestAnimationFrame(done));

  /** Reads to the end, a screen at a time. */
  async function read() {
    const { scrollingElement: whole } = document;
    const boxes = [...elements(document)].filter((each) => {
      return (
        each === whole ||
        (each.scrollHeight > each.clientHeight + 4 && /auto|scroll/.test(getComputedStyle(each).overflowY))
      );
    });
    for (const box of boxes) {
      for (let screen = 0; screen < 60; screen += 1) {
        const before = box.scrollTop;
        box.scrollBy({ top: Math.max(100, box.clientHeight * 0.8), behavior: "instant" });
        if (box.scrollTop === before) break;
        await frame();
      }
    }
    await frame();
  }

  /** Waits until nothing has changed for a while, and what moves has come to rest. */
  async function settle() {
    const end = performance.now() + 2000;
    let changed = performance.now();
    const observer = new MutationObserver(() => {
      changed = performance.now();
    });
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    const isMoving = () =>
      document
        .getAnimations()
        .some((each) => each.playState === "running" && each.effect?.getComputedTiming().endTime !== Infinity);
    do await new Promise((done) => setTimeout(done, 20));
    while (performance.now() < end && (performance.now() - changed < 60 || isMoving()));
    observer.disconnect();
    return document.readyState === "complete";
  }

  /** How many pixels the document is wider than its window, if a learner can see that. */
  function overflow() {
    const { scrollingElement: whole } = document;
    if (!whole) return 0;
    const styles = [document.documentElement, document.body].filter(Boolean).map((one) => getComputedStyle(one));
    if (styles.some(({ overflowX }) => /hidden|clip/.test(overflowX))) return 0;
    return Math.max(0, whole.scrollWidth - whole.clientWidth);
  }

  Object.defineProperty(window, Symbol.for("coursepack.learner"), {
    value: { look, place, fill, play, read, settle, overflow },
  });
})();
