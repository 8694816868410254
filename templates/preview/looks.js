// How the course is looked at: what the author's own computer is not set to. A classic script of the stage, which is of the
// same origin as the package, and so can look into its document.

class Looks {
  static LARGE = "200%";
  /** What an operating system's high contrast does, as far as a page can: its own colours, and no other. */
  static FORCED = `
    *, *::before, *::after { background-color: Canvas !important; background-image: none !important;
      color: CanvasText !important; border-color: CanvasText !important; box-shadow: none !important;
      text-shadow: none !important; }
    a, a * { color: LinkText !important; }
    button, [role=button] { border: 1px solid CanvasText !important; }
    :root { color-scheme: dark !important; }`;
  static SANDBOX = "allow-same-origin allow-forms allow-popups allow-modals allow-downloads";
  /** What a screen reader's lists of a page have: headings, landmarks, pictures, fields, links and buttons. */
  static ITEMS =
    "h1, h2, h3, h4, h5, h6, header, nav, main, aside, footer, [role], img, video, audio, input, select, textarea, a[href], button, summary, fieldset";
  static TOLD = new Set(
    (
      "heading banner navigation main complementary contentinfo region search form img video audio link button textbox radio " +
      "checkbox combobox slider group radiogroup tab tablist dialog alert status"
    ).split(" "),
  );
  static ROLES = {
    header: "banner",
    nav: "navigation",
    main: "main",
    aside: "complementary",
    footer: "contentinfo",
    img: "img",
    a: "link",
    button: "button",
    summary: "button",
    select: "combobox",
    textarea: "textbox",
    fieldset: "group",
  };

  /** @type {Record<string, any>} */
  #looks = { light: "system", scripts: true };
  /** The light that was set here. */
  #lit = "";

  /**
   * @param {HTMLIFrameElement} frame of the course
   * @param {() => Document | null} inside the document of the course, also in a window of its own
   * @param {(message: Record<string, any>) => void} tell the panel
   */
  constructor(frame, inside, tell) {
    this.frame = frame;
    this.inside = inside;
    this.tell = tell;
  }

  /**
   * @param {Record<string, any>} looks as the panel asks for them
   * @returns {boolean} whether the course must be loaded again for them
   */
  set(looks) {
    const hadScripts = this.#looks.scripts !== false;
    const wasSaved = this.isSaved;
    this.#looks = looks;
    const hasScripts = looks.scripts !== false;
    if (hasScripts) this.frame.removeAttribute("sandbox");
    else this.frame.setAttribute("sandbox", Looks.SANDBOX);
    this.apply();
    return hadScripts !== hasScripts || wasSaved !== this.isSaved;
  }

  /** Whether the course finds an LMS. */
  get isSaved() {
    return this.#looks.saved !== false;
  }

  /** Shows the course so. Called again for each document. */
  apply() {
    const { light = "system", large = false, rtl = false, outline = false } = this.#looks;
    // A frame has the scheme of the element around it, as its document sees it.
    this.frame.style.colorScheme = light === "light" || light === "dark" ? light : "";
    const document = this.inside();
    if (!document) return;
    const root = document.documentElement;
    if (large) root.style.fontSize = Looks.LARGE;
    else root.style.removeProperty("font-size");
    this.#light(root, light);
    if (rtl) root.dir = "rtl";
    else if (root.dir === "rtl" && !this.#isRightToLeft) root.dir = "ltr";
    this.#force(document, light === "forced");
    if (outline) this.tell({ kind: "outline", items: this.#outline(document) });
  }

  /**
   * Our own courses have a setting of light, which is followed whatever the computer is set to.
   * @param {HTMLElement} root
   * @param {string} light
   */
  #light(root, light) {
    if (light === "light" || light === "dark") root.dataset.light = this.#lit = light;
    else if (this.#lit) {
      delete root.dataset.light;
      this.#lit = "";
    }
  }

  /** Languages that are written from right to left need no wish for it. */
  get #isRightToLeft() {
    return /^(ar|fa|he|ur|yi)\b/.test(this.inside()?.documentElement.lang ?? "");
  }

  /**
   * @param {Document} document
   * @param {boolean} on
   */
  #force(document, on) {
    const sheets = document.adoptedStyleSheets.filter((each) => !(/** @type {any} */ (each).isForced));
    const { CSSStyleSheet } = /** @type {any} */ (document.defaultView ?? window);
    if (on) {
      const sheet = Object.assign(new CSSStyleSheet(), { isForced: true });
      sheet.replaceSync(Looks.FORCED);
      sheets.push(sheet);
    }
    document.adoptedStyleSheets = sheets;
  }

  /** @param {Document} document */
  #outline(document) {
    const items = [];
    for (const each of document.querySelectorAll(Looks.ITEMS)) {
      const element = /** @type {HTMLElement} */ (each);
      if (!element.checkVisibility({ visibilityProperty: true }) || element.closest("[aria-hidden=true]")) continue;
      const role = Looks.#role(element);
      if (!Looks.TOLD.has(role)) continue;
      items.push({ role, level: Looks.#level(element), name: Looks.#name(element, role) });
    }
    return items;
  }

  /** @param {HTMLElement} element */
  static #role(element) {
    const tag = element.localName;
    const given = element.getAttribute("role");
    if (given) return given;
    if (/^h[1-6]$/.test(tag)) return "heading";
    if (tag === "input") {
      const { type } = /** @type {HTMLInputElement} */ (element);
      return type === "hidden" ? "" : type === "radio" || type === "checkbox" ? type : "textbox";
    }
    if (tag === "img" && element.getAttribute("alt") === "") return "";
    // In an article or a section they are no landmarks (HTML Accessibility API Mappings).
    if ((tag === "header" || tag === "footer") && element.closest("article, section, main")) return "";
    return Looks.ROLES[/** @type {keyof typeof Looks.ROLES} */ (tag)] ?? tag;
  }

  /** @param {HTMLElement} element */
  static #level(element) {
    return Number(element.getAttribute("aria-level") || /^h([1-6])$/.exec(element.localName)?.[1] || 0);
  }

  /**
   * The name, in the order of Accessible Name Computation 1.2, 4.3.2.
   * @param {HTMLElement} element
   * @param {string} role
   */
  static #name(element, role) {
    const by = (element.getAttribute("aria-labelledby") ?? "")
      .split(/\s+/)
      .map((id) => element.ownerDocument.getElementById(id)?.textContent ?? "")
      .join(" ");
    const { labels } = /** @type {HTMLInputElement} */ (element);
    const isFromContent = /^(heading|link|button|tab|option|radio|checkbox|status|alert)$/.test(role);
    const name =
      by.trim() ||
      element.getAttribute("aria-label") ||
      element.getAttribute("alt") ||
      [...(labels ?? [])].map((label) => label.textContent).join(" ") ||
      element.querySelector(":scope > legend")?.textContent ||
      (isFromContent ? element.innerText : "") ||
      element.title;
    return (name ?? "").replace(/\s+/g, " ").trim().slice(0, 200);
  }
}
