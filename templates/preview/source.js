// Runs in the document of a course, in the preview alone: leads from a text to its place in the source, and lets the author
// change it where it is. It tells the stage around it what is asked for, and the panel does that; see `preview/marks.py`
// for the attributes.

(() => {
  const MARKED = "[data-source]";
  const TEXTS = "[data-edit], [data-fixed]";
  /** Where a click does something else: it leads on, also while texts are edited. */
  const OTHER = "a[href], button, nav, header, footer, .cp-bar";
  /** Where the space bar does something else than write: the text is changed in a field. */
  const FIELD = "img, summary, summary *";
  const root = document.documentElement;
  const WORDS = {
    save: "Save",
    undo: "Undo",
    open: "Open source",
    close: "Close",
    alt: "Alternative text",
    text: "Text",
    changed: "The text is another one on disk now. Yours is here: copy it.",
  };

  /** Whether texts are edited, and the words of the panel's language. */
  let isEditing = false;
  let words = WORDS;
  /** The marked element that was last under the pointer. @type {Element | null} */
  let pointed = null;
  /**
   * The text that is being edited.
   * @type {{ element: HTMLElement, mark: string, place: string, old: string, field: HTMLTextAreaElement | null,
   *   nodes: Node[], bar: HTMLElement, isFixed: boolean } | null}
   */
  let now = null;
  /** The marked element that was last pointed at or got the focus: Alt and Enter open its place. @type {Element | null} */
  let last = null;
  /** What was asked to be written, until there is an answer. @type {{ mark: string, place: string, text: string } | null} */
  let saving = null;
  /** Texts that were left unsaved, by mark, and what they were. @type {Map<string, { text: string, old: string, nodes: Node[] }>} */
  const drafts = new Map();

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    html.cp-alt .cp-pointed { outline: 2px solid var(--accent, Highlight); outline-offset: 4px; cursor: pointer; }
    html.cp-edit .cp-pointed:is(${TEXTS}):not(.cp-now) { outline: 2px dashed var(--accent, Highlight); outline-offset: 4px; cursor: text; }
    .cp-flash { outline: 3px solid var(--lamp, #b26a00) !important; outline-offset: 4px; }
    .cp-draft { outline: 2px dotted var(--lamp, #b26a00); outline-offset: 4px; }
    .cp-now { outline: 3px solid var(--accent, Highlight) !important; outline-offset: 6px; border-radius: 2px; cursor: text; white-space: pre-wrap; }
    .cp-now.cp-refused { outline: 2px dashed var(--ink, CanvasText) !important; }
    cp-text { border-radius: 2px; }
    .cp-bar { display: flex; flex-wrap: wrap; gap: .375rem .75rem; align-items: center; box-sizing: border-box; inline-size: 100%; max-inline-size: 40rem;
      margin-block: .75rem 1rem; padding: .5rem .75rem; border: 1px solid transparent; border-radius: 6px; background: var(--ink, CanvasText);
      color: var(--paper, Canvas); font: .875rem/1.4 var(--text, sans-serif); text-align: start; white-space: normal; }
    .cp-bar code { font: .8125rem ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; color: inherit; background: none; }
    .cp-bar p { flex: 1 1 100%; margin: 0; color: inherit; font: inherit; }
    .cp-bar label { flex: 1 1 100%; color: inherit; font: inherit; }
    .cp-bar textarea { display: block; box-sizing: border-box; inline-size: 100%; min-block-size: 4.5rem; margin-block-start: .25rem; padding: .375rem .5rem;
      border: 1px solid currentColor; border-radius: 5px; background: var(--paper, Canvas); color: var(--ink, CanvasText); font: inherit; }
    .cp-bar button { min-block-size: 2rem; padding: .125rem .625rem; border: 1px solid currentColor; border-radius: 5px; background: none; color: inherit;
      font: inherit; cursor: pointer; }
    .cp-bar button.main { background: var(--paper, Canvas); color: var(--ink, CanvasText); }
    .cp-bar button[aria-disabled=true] { opacity: .7; cursor: default; }
    .cp-bar :focus-visible { outline: 3px solid var(--paper, Canvas); outline-offset: 2px; }
    .cp-bar textarea:focus-visible { outline-color: var(--accent, Highlight); outline-offset: -3px; }
    .cp-bar kbd { font: inherit; }
    @media (pointer: coarse) { .cp-bar button { min-block-size: 2.75rem; } }
    @media print { .cp-bar { display: none; } }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

  /** The stage: around the course, or what opened the window of its own. @type {Window | null} */
  const stage = window.parent === window ? window.opener : window.parent;
  /** @param {Record<string, unknown>} message */
  const tell = (message) => stage?.postMessage(message, window.location.origin);

  /** White space as the source would be read. @param {string | null} text */
  const folded = (text) => (text || "").replace(/[ \t\r\n]+/g, " ").trim();

  /** The element itself, when an event is on text. @param {EventTarget | null} target */
  const elementOf = (target) => (target instanceof Element ? target : null);

  /**
   * The marked element of a place: the one around it, or else the nearest in its block, or before it on its page.
   * @param {Element | null} element
   * @returns {Element | null}
   */
  function markedAt(element) {
    const around = element?.closest(MARKED);
    if (!element || around) return around || null;
    const block = element.closest(".block");
    const inside = element.querySelector(MARKED) || block?.querySelector(MARKED);
    if (inside) return inside;
    const page = element.closest(".page");
    if (!page || page === element) return null;
    const before = [...page.querySelectorAll(MARKED)].filter(
      (each) => each.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING,
    );
    return before.pop() || null;
  }

  /** The text to edit at a place. @param {Element | null} element */
  function textAt(element) {
    const text = element?.closest(TEXTS);
    return text instanceof HTMLElement && text.closest("main") && !element?.closest(OTHER) ? text : null;
  }

  /** @param {Element} element */
  function open(element) {
    const [, file = "", line = ""] = /^(.*):(\d+)$/.exec(element.getAttribute("data-source") || "") || [];
    for (const each of document.querySelectorAll(".cp-flash")) each.classList.remove("cp-flash");
    element.classList.add("cp-flash");
    if (file) tell({ kind: "open", file, line: Number(line) });
  }

  /** @param {Element | null} element */
  function point(element) {
    if (element === pointed) return;
    pointed?.classList.remove("cp-pointed");
    pointed = element;
    pointed?.classList.add("cp-pointed");
    if (pointed) last = pointed;
  }

  /**
   * @param {string} tag
   * @param {Record<string, string>} attributes
   * @param {(string | Node)[]} children
   */
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  /** @param {string} name @param {string} word @param {string} key */
  const button = (name, word, key = "") =>
    make("button", { type: "button", "data-do": name }, word, ...(key ? [" ", make("kbd", {}, key)] : []));

  /** What the author has written. */
  const written = () => (now ? folded(now.field ? now.field.value : now.element.textContent) : "");

  /** Where the bar fits: after the paragraph or item, not inside a line. @param {Element} element */
  function place(element) {
    const outer = element.closest(
      "table, figure, fieldset > legend, details > summary, li, dt, dd, p, h1, h2, h3, h4, h5, h6, label",
    );
    const at = outer?.matches("summary") ? outer.parentElement || outer : outer || element;
    return at.closest(".opts > *, .rows > *, .ticks > *") || at.closest("table")?.parentElement || at;
  }

  /**
   * Makes one text editable, where it is or in a field.
   * @param {HTMLElement} element
   */
  function begin(element) {
    if (now?.element === element) return;
    leave();
    const mark = element.dataset.edit || element.dataset.fixed || "";
    const isFixed = !element.dataset.edit;
    const where = element.dataset.source || "";
    const isPicture = element instanceof HTMLImageElement;
    const draft = drafts.get(mark);
    const old = draft?.old ?? element.dataset.text ?? folded(isPicture ? element.alt : element.textContent);
    const text = draft?.text ?? old;
    const bar = make("div", { class: "cp-bar", role: "group", "aria-label": where });
    now = {
      element,
      mark,
      place: where,
      old,
      field: null,
      nodes: draft?.nodes ?? [...element.childNodes],
      bar,
      isFixed,
    };
    if (isFixed) {
      bar.append(make("p", { role: "alert" }));
    } else if (element.matches(FIELD)) {
      const area = make("textarea", { rows: "2" });
      bar.append(make("label", {}, isPicture ? words.alt : words.text, area));
      now.field = /** @type {HTMLTextAreaElement} */ (area);
      now.field.value = text;
    } else {
      // Soft hyphens are none of the author's, and drafts have no markup.
      const copies = now.nodes.map((node) => node.cloneNode(true));
      element.replaceChildren(...copies);
      for (const each of element.querySelectorAll(".sr")) each.remove();
      // Their addresses are the source's, and here they would lead on.
      for (const each of element.querySelectorAll("a, button")) each.replaceWith(make("u", {}, ...each.childNodes));
      if (text !== folded(element.textContent)) element.replaceChildren(text);
      element.setAttribute("role", "textbox");
      element.setAttribute("aria-label", where);
      element.contentEditable = "true";
      try {
        element.contentEditable = "plaintext-only";
      } catch {
        // Older browsers have only the other.
      }
    }
    element.classList.add("cp-now");
    element.classList.remove("cp-draft");
    bar.append(make("code", {}, where));
    if (!isFixed) {
      const save = button("save", words.save, "Ctrl ↵");
      save.className = "main";
      bar.append(save);
    }
    bar.append(button("undo", isFixed ? words.close : words.undo, "Esc"), button("open", words.open, "Alt ↵"));
    const outer = place(element);
    if (outer.matches("li, dt, dd") && !outer.closest(".opts, .rows, .ticks")) outer.append(bar);
    else outer.after(bar);
    if (isFixed) {
      // The panel knows why.
      tell({ kind: "edit", mark, old, text: old });
      /** @type {HTMLElement | null} */ (bar.querySelector("[data-do=undo]"))?.focus();
    } else (now.field || element).focus();
  }

  /** Gives the text back to the page. What was written stays, marked, unless it is undone. @param {boolean} isUndone */
  function leave(isUndone = false) {
    if (!now) return;
    const { element, mark, old, nodes, bar, field, isFixed } = now;
    const text = written();
    bar.remove();
    now = null;
    element.classList.remove("cp-now", "cp-refused");
    if (isFixed) return;
    if (isUndone || text === old) drafts.delete(mark);
    else drafts.set(mark, { text, old, nodes });
    element.classList.toggle("cp-draft", drafts.has(mark));
    if (field) return;
    for (const name of ["contenteditable", "role", "aria-label"]) element.removeAttribute(name);
    if (!drafts.has(mark)) element.replaceChildren(...nodes);
  }

  function save() {
    if (!now || now.isFixed) return;
    const text = written();
    if (text === now.old) return finish();
    now.bar.querySelector("[data-do=save]")?.setAttribute("aria-disabled", "true");
    saving = { mark: now.mark, place: now.place, text };
    tell({ kind: "edit", mark: now.mark, old: now.old, text });
  }

  /** Ends editing, with the focus on the text for those who use keys. */
  function finish() {
    const element = now?.element;
    leave(true);
    element?.focus({ preventScroll: true });
  }

  /** What came of an edit. @param {{ mark?: unknown, refused?: unknown, text?: unknown }} answer */
  function answered({ mark, refused, text }) {
    const written = saving?.mark === mark ? saving : null;
    if (written) saving = null;
    if (!now || mark !== now.mark) {
      if (written && refused) keep(written.text, String(refused));
      else if (written) {
        focusLater(written.place, written.text);
        exchanged();
      }
      return;
    }
    now.bar.querySelector("[data-do=save]")?.setAttribute("aria-disabled", "false");
    if (!refused) {
      const { element, field, place } = now;
      const shown = String(text ?? "");
      now.old = folded(shown);
      now.nodes = [document.createTextNode(shown)];
      if (field && element instanceof HTMLImageElement) element.alt = shown;
      finish();
      focusLater(place, shown);
      return;
    }
    now.element.classList.add("cp-refused");
    const told = now.bar.querySelector("p") || make("p", { role: "alert" });
    now.bar.prepend(told);
    told.textContent = String(refused);
  }

  /** The text that is to have the focus again once the page has been exchanged. @type {{ place: string, text: string } | null} */
  let awaited = null;

  /** @param {string} place @param {string} text */
  function focusLater(place, text) {
    awaited = { place, text };
  }

  /** After an exchange: the text that was edited is another element now. */
  function exchanged() {
    if (isEditing) reach(true);
    if (pointed && !pointed.isConnected) pointed = null;
    if (awaited) {
      const { place, text } = awaited;
      const same = /** @type {HTMLElement[]} */ ([
        ...document.querySelectorAll(`[data-source="${CSS.escape(place)}"]`),
      ]);
      const element = same.find((each) => (each.dataset.text ?? folded(each.textContent)) === text);
      if (element && document.activeElement === document.body) element.focus({ preventScroll: true });
      if (element) awaited = null;
    }
    if (!now || now.element.isConnected) {
      for (const mark of drafts.keys()) {
        document.querySelector(`main [data-edit="${CSS.escape(mark)}"]`)?.classList.add("cp-draft");
      }
      return;
    }
    const { mark, old } = now;
    const text = written();
    const isFixed = now.isFixed;
    now = null;
    const element = document.querySelector(`main [data-edit="${CSS.escape(mark)}"]`);
    // Written, and shown before there was an answer.
    if (isFixed || saving) return;
    if (element instanceof HTMLElement) {
      if (text !== old) drafts.set(mark, { text, old, nodes: [...element.childNodes] });
      begin(element);
    } else if (text !== old) keep(text);
  }

  /** Shows a text whose place is gone, to be copied. @param {string} text @param {string} [why] */
  function keep(text, why = words.changed) {
    const area = /** @type {HTMLTextAreaElement} */ (make("textarea", { rows: "3", readonly: "" }));
    area.value = text;
    const bar = make("div", { class: "cp-bar", role: "alert" });
    const close = button("undo", words.close, "Esc");
    close.addEventListener("click", () => bar.remove());
    bar.append(make("label", {}, why, area), close);
    document.querySelector("main [data-now], main")?.prepend(bar);
    area.focus();
    area.select();
  }

  /** Texts can be reached by keys while they are edited. @param {boolean} on */
  function reach(on) {
    for (const each of document.querySelectorAll(on ? `main :is(${TEXTS})` : "[data-cp-tab]")) {
      if (on && !each.hasAttribute("tabindex") && textAt(each)) {
        each.setAttribute("tabindex", "0");
        each.setAttribute("data-cp-tab", "");
      } else if (!on) {
        each.removeAttribute("tabindex");
        each.removeAttribute("data-cp-tab");
      }
    }
  }

  /** @param {boolean} on */
  function edit(on) {
    isEditing = on;
    root.classList.toggle("cp-edit", on);
    if (!on) leave();
    reach(on);
  }

  /** @param {boolean} on */
  const hold = (on) => root.classList.toggle("cp-alt", on);

  document.addEventListener(
    "pointermove",
    (event) => {
      // The frame gets no keys before it has the focus.
      hold(event.altKey);
      point(event.altKey ? markedAt(elementOf(event.target)) : elementOf(event.target)?.closest(MARKED) || null);
    },
    { passive: true },
  );
  window.addEventListener("blur", () => hold(false));
  document.addEventListener("focusin", ({ target }) => {
    const element = elementOf(target);
    if (element && !element.matches("main, body, .cp-bar *")) last = markedAt(element) || last;
  });

  document.addEventListener(
    "mousedown",
    (event) => {
      // A list would open, a range would jump, a link would be dragged.
      if (event.altKey && markedAt(elementOf(event.target))) event.preventDefault();
    },
    true,
  );

  document.addEventListener(
    "click",
    (event) => {
      const target = elementOf(event.target);
      const bar = target?.closest(".cp-bar");
      if (bar) {
        act(target?.closest("button")?.getAttribute("data-do") || "");
        if (!target?.closest("textarea")) event.preventDefault();
        event.stopPropagation();
        return;
      }
      const marked = event.altKey ? markedAt(target) : null;
      const text = isEditing && !event.altKey ? textAt(target) : null;
      if (!marked && !text) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (marked) open(marked);
      else if (text) begin(text);
    },
    true,
  );

  /** @param {string} name of a button */
  function act(name) {
    if (!now) return;
    if (name === "save") save();
    else if (name === "undo") finish();
    else if (name === "open") open(now.element);
  }

  window.addEventListener(
    "keydown",
    (event) => {
      const { key, altKey, ctrlKey, metaKey } = event;
      const target = elementOf(event.target);
      if (key === "Alt") hold(true);
      if (key === "Enter" && altKey) {
        const marked = now?.element || last;
        if (marked?.isConnected) {
          event.preventDefault();
          event.stopImmediatePropagation();
          open(marked);
        }
        return;
      }
      const isInside = now && target && (now.element.contains(target) || now.bar.contains(target));
      if (!isInside) {
        const text = key === "Enter" && isEditing && target?.matches(TEXTS) ? textAt(target) : null;
        if (!text) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        begin(text);
      } else if (key === "Escape") {
        event.preventDefault();
        event.stopImmediatePropagation();
        finish();
      } else if (key === "Enter" && (ctrlKey || metaKey)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        save();
      } else if (!/^F\d+$/.test(key) && !((ctrlKey || metaKey) && key.toLowerCase() === "k")) {
        // A text is one line, and the course has keys of its own.
        if (key === "Enter" && !target?.closest("button")) event.preventDefault();
        event.stopPropagation();
      }
    },
    true,
  );
  window.addEventListener("keyup", ({ key }) => key === "Alt" && hold(false), true);

  window.addEventListener("message", ({ data, source, origin }) => {
    if (source !== stage || origin !== window.location.origin) return;
    if (data?.kind === "editing") {
      words = { ...WORDS, ...Object(data.words) };
      edit(data.on === true);
    } else if (data?.kind === "edited") answered(data);
  });

  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver((changes) => {
      const isOurs = (/** @type {Node} */ node) => node instanceof Element && node.matches(".cp-bar");
      const nodes = changes.flatMap(({ addedNodes, removedNodes }) => [...addedNodes, ...removedNodes]);
      if (nodes.some((node) => node instanceof Element && !isOurs(node))) exchanged();
    }).observe(document.body, { childList: true, subtree: true });
  });
})();
