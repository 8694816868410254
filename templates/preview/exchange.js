// Runs in the document of a course before the player, and in the preview alone: it takes the place of `editions.js` in the
// window, is called by the player in its place, and so gets hold of what exchanges elements that are shown. A course
// without editions has none afterwards either: no call to the LMS is another than without the preview.

(() => {
  const NAME = "coursepackEditions";
  const OWN = "body > :is(.skip, header, section, dialog, .shell, footer)";
  const FIELDS = "input, select, textarea";
  const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

  /** Whether the stage around the course is to let nothing be saved; one of another origin does not say. */
  function isUnsaved() {
    try {
      return Reflect.get(window.parent, "isUnsaved") === true;
    } catch {
      return false;
    }
  }

  // The device keeps nothing either, as in a browser that is told so.
  if (isUnsaved()) {
    for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException("Nothing is kept here.", "SecurityError");
        },
      });
    }
  }

  /** The course's own editions, if it has some. @type {Function | undefined} */
  let editions;
  /** What the player works with. @type {{ course: any, shown: any } | undefined} */
  let player;
  /** Another language was shown, whose elements the player keeps. */
  let hasChanged = false;

  /** @param {any} course @param {any} shown */
  function taken(course, shown) {
    player = { course, shown };
    const { lang } = course;
    new MutationObserver(() => {
      hasChanged = hasChanged || course.lang !== lang;
    }).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
    Reflect.deleteProperty(window, NAME);
    if (!editions) return undefined;
    /** @type {any} */ (window)[NAME] = editions;
    return editions(course, shown);
  }

  Object.defineProperty(window, NAME, {
    configurable: true,
    get: () => taken,
    set(value) {
      editions = value;
    },
  });

  /** @param {Element[]} nodes @param {string} query */
  const within = (nodes, query) => nodes.flatMap((node) => [...node.querySelectorAll(query)]);

  /**
   * What the learner has put into fields and opened, which the player does not restore.
   * @param {Element[]} from
   * @returns writes it into the elements that have taken their places
   */
  function carry(from) {
    const fields = /** @type {HTMLInputElement[]} */ (within(from, FIELDS));
    const before = fields.map((field) => (field.closest("form[data-state], [data-playable]") ? null : field));
    const folds = within(from, "details").map((fold) => fold.hasAttribute("open"));
    return (/** @type {Element[]} */ to) => {
      const now = /** @type {HTMLInputElement[]} */ (within(to, FIELDS));
      for (const [at, field] of now.length === fields.length ? now.entries() : []) {
        const old = before[at];
        const isSame = old && field.type === old.type && field.name === old.name;
        if (!isSame || (field.value === old.value && field.checked === old.checked)) continue;
        field.value = old.value;
        field.checked = old.checked;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
      const all = within(to, "details");
      if (all.length === folds.length) for (const [at, fold] of all.entries()) fold.toggleAttribute("open", folds[at]);
    };
  }

  /**
   * What stands at the top of the window, to be there again afterwards.
   * @param {() => Element | null} page the one that is shown
   */
  function held(page) {
    const { scrollY } = window;
    const blocks = [...(page()?.querySelectorAll("h2, h3, p, li, figure, form, table") || [])];
    const at = scrollY > 0 ? blocks.findIndex((each) => each.getBoundingClientRect().top >= 0) : -1;
    const text = at < 0 ? "" : blocks[at].textContent;
    const top = at < 0 ? 0 : blocks[at].getBoundingClientRect().top;
    return () => {
      window.scrollTo(0, scrollY);
      if (at < 0) return;
      const now = [...(page()?.querySelectorAll("h2, h3, p, li, figure, form, table") || [])];
      const same = now.filter((each) => each.textContent === text);
      const block = same.length === 1 ? same[0] : now.length === blocks.length ? now[at] : null;
      if (block) window.scrollBy(0, block.getBoundingClientRect().top - top);
    };
  }

  /**
   * The place of the focus among what can have it.
   * @param {() => ParentNode} where
   */
  function focused(where) {
    const before = [...where().querySelectorAll(FOCUSABLE)];
    const at = before.indexOf(/** @type {Element} */ (document.activeElement));
    return () => {
      const now = /** @type {HTMLElement[]} */ ([...where().querySelectorAll(FOCUSABLE)]);
      if (at >= 0 && now.length === before.length && document.activeElement !== now[at]) {
        now[at].focus({ preventScroll: true });
      }
    };
  }

  /**
   * Exchanges pages, or all that is shown, for newer ones. Answers, place and focus stay.
   * @param {Element[]} sections new pages with the ids of old ones
   * @param {Element[] | null} whole all elements of the body that have texts; instead of the pages
   * @param {any} data of the player, when they are other ones
   * @returns {boolean} whether that was possible
   */
  function exchange(sections, whole, data) {
    if (!player || hasChanged || document.readyState === "loading") return false;
    const { course, shown } = player;
    const id = shown.now();
    const page = () => document.getElementById(id);
    const olds = whole ? [...document.querySelectorAll(OWN)] : sections.map((each) => document.getElementById(each.id));
    if (olds.length === 0 || olds.some((old) => !old)) return false;
    // Copies are elements of this window; those that another has parsed are not, and `instanceof` tells.
    const news = (whole || sections).map((each) => /** @type {Element} */ (document.importNode(each, true)));
    const back = held(page);
    const focus = focused(() => document);
    for (const each of news.flatMap((node) => [node, ...node.querySelectorAll(".page[data-now]")])) {
      if (each.matches(".page[data-now]") && each.id !== id) each.removeAttribute("data-now");
    }
    const shownAnew = news.map((node) => (node.id === id ? node : node.querySelector(`[id="${CSS.escape(id)}"]`)));
    const mine = shownAnew.find(Boolean);
    mine?.setAttribute("data-now", "");
    if (mine) shown.leave();
    const write = carry(/** @type {Element[]} */ (olds));
    if (whole) {
      /** @type {Element} */ (olds[0]).before(...news);
      for (const old of olds) old?.remove();
    } else {
      for (const [at, old] of olds.entries()) old?.replaceWith(news[at]);
    }
    if (data) {
      course.title = data.title;
      Object.assign(course.strings, data.strings);
      for (const question of course.questions) {
        Object.assign(
          question,
          data.questions.find((/** @type {any} */ each) => each.id === question.id),
        );
      }
    }
    shown.adopt(page());
    write(news);
    focus();
    back();
    return true;
  }

  /** @type {any} */ (window).coursepackExchange = exchange;
})();
