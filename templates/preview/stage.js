// The page of the stand-in LMS: it has the API, frames the package, and tells the panel what the two say to each other.
// It is on the package's origin, so a package can do with it what it likes; the panel is on another.

(() => {
  /**
   * @type {{ course: boolean, panel: string, words: Record<"press" | "open" | "blocked" | "is_open", string> }}
   */
  const given = JSON.parse(document.getElementById("given")?.textContent || "{}");
  /** @type {Record<string, "1.2" | "2004">} */
  const VERSIONS = { "SCORM 1.2": "1.2", "SCORM 2004": "2004" };
  const SLOW = 900;
  const ELEMENTS = {
    1.2: { set: "LMSSetValue", get: "LMSGetValue", saves: ["LMSCommit", "LMSFinish"], state: "cmi.suspend_data" },
    2004: { set: "SetValue", get: "GetValue", saves: ["Commit", "Terminate"], state: "cmi.suspend_data" },
  };
  /** Keys of the panel. A frame keeps its keys to itself. */
  const KEYS = ["F2", "F6", "F8", "F9", "Escape"];

  const frame = document.createElement("iframe");
  frame.title = "SCO";
  frame.allow = "fullscreen; autoplay; clipboard-write";
  document.body.append(frame);
  const entrance = /** @type {HTMLElement} */ (document.querySelector("main"));
  const [about, notice] = entrance.querySelectorAll("p");
  const press = /** @type {HTMLButtonElement} */ (entrance.querySelector("button"));
  about.textContent = given.words.press;
  press.textContent = given.words.open;

  /** What each learner left in each unit, or in Moodle in all of them. @type {Map<string, any>} */
  const kept = new Map();
  /** The status of each unit that a learner has opened. @type {Map<string, string>} */
  const statuses = new Map();
  let learner = "learner-1";
  /** The unit that is open, and the one to launch next. */
  let unit = 0;
  let next = 0;
  /**
   * What is launched, as the server tells with each launch: the course may have been saved since.
   * @type {{ url: string, standard: string, edition: number, id: string, title: string, options: Record<string, any>,
   *   manifest: string }}
   */
  let launched = { url: "", standard: "", edition: 4, id: "", title: "", options: {}, manifest: "" };
  /** Of SCORM; empty for other standards. @type {"1.2" | "2004" | ""} */
  let version = "";
  /** How it is launched: the panel chooses. @type {{ quirks: string[], options: Record<string, any>, profile: string }} */
  let chosen = { quirks: [], options: {}, profile: "" };
  /** Faults that are on. */
  const faults = { network: false, slow: false, fail: false };
  /** The stand-in of this launch. @type {any} */
  let lms = null;
  /** The newest message on whether texts are edited: a document that arrives is told too. @type {object | null} */
  let editing = null;
  /** Takes its objects out of the window. */
  let takeOut = () => {};
  /** The course's own window, if the LMS opens one. @type {Window | null} */
  let own = null;
  /** @type {{ show: () => void, hide: () => void } | null} */
  let moodle = null;
  /** @type {Record<string, string>} */
  let values = {};
  let number = 0;
  let launches = 0;
  let began = performance.now();
  let isTold = true;
  /** The document that the course has come to. @type {Document | null} */
  let shown = null;
  /** Where the next one is scrolled to. */
  let scroll = 0;

  /** @param {Record<string, any>} message */
  function tell(message) {
    if (window.parent !== window) window.parent.postMessage(message, given.panel);
  }

  const viewer = new Looks(frame, inside, tell);

  /** What the LMS holds, also where the course does not ask; and what it was asked for. */
  function tellHeld() {
    // What an LRS holds is told by itself.
    if (!version) return;
    /** @type {[string, unknown][]} */
    const pairs = !lms ? [] : moodle ? [...lms.values] : Object.entries(lms.values);
    const texts = pairs.map(([name, value]) => /** @type {const} */ ([name, String(value ?? "")]));
    const held = Object.fromEntries(texts.filter(([name, value]) => value !== "" || name in values));
    tell({ kind: "data", values: { ...values, ...held }, state: held[ELEMENTS[version].state] ?? "" });
  }

  /** The same, once it has nothing else to do. */
  function tellData() {
    if (!isTold) return;
    isTold = false;
    setTimeout(() => {
      isTold = true;
      tellHeld();
    }, 30);
  }

  /** Calls are plain data: a package can give anything. @param {unknown} value */
  function plain(value) {
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : String(value);
  }

  /**
   * An API whose calls are told.
   * @param {any} api
   * @param {any} own the stand-in of the launch
   */
  function watched(api, own) {
    if (Object(api) !== api) return api;
    const { set, get, saves } = ELEMENTS[/** @type {"1.2" | "2004"} */ (version)];
    return new Proxy(api, {
      get(target, name) {
        const value = target[name];
        if (typeof value !== "function" || name === "constructor") return value;
        return (/** @type {unknown[]} */ ...args) => {
          const isFailing = faults.fail && saves.includes(String(name));
          if (isFailing) become(failing(true));
          const start = performance.now();
          const before = own.calls.length;
          let result;
          let error = "";
          try {
            result = value.apply(target, args);
          } catch (thrown) {
            error = String(thrown);
            throw thrown;
          } finally {
            if (isFailing) {
              faults.fail = false;
              become(failing(faults.network));
            }
            const call = own.calls.slice(before).pop();
            error ||= String(call?.error ?? "0");
            if (error === "0" && (name === set || name === get)) {
              values[String(args[0])] = String(name === set ? args[1] : result);
            }
            number += 1;
            tell({
              kind: "call",
              n: number,
              name: String(name),
              given: args.map(plain),
              result: plain(result),
              error,
              ms: Math.round(10 * (performance.now() - start)) / 10,
              at: Math.round(start - began) / 1000,
            });
            tellData();
          }
          return result;
        };
      },
    });
  }

  /** The end of a session saves as a commit does. @param {boolean} on */
  const failing = (on) => ({ refuseCommit: on, refuseEnd: on });

  /** Where it is kept what the learner leaves, and where this launch was given it from. */
  let opened = "";
  const place = () => (chosen.profile === "moodle" ? `${learner} moodle` : `${learner} ${unit}`);

  /** Numbers of the units that the learner has opened, and how far they have come in each. */
  function tellUnits() {
    const own = [...statuses].filter(([key]) => key.startsWith(`${learner} `));
    tell({ kind: "units", statuses: own.map(([key, status]) => [Number(key.split(" ")[1]), status]) });
  }

  /** A new attempt is one of the whole package. */
  function forget() {
    for (const all of [kept, statuses]) {
      for (const key of [...all.keys()].filter((each) => each.startsWith(`${learner} `))) all.delete(key);
    }
  }

  /** How far the learner has come, as the LMS has stored it. */
  function status() {
    const at = version === "1.2" ? ["cmi.core.lesson_status"] : ["cmi.completion_status", "cmi.success_status"];
    const stored = lms instanceof QuirkyLms ? lms.kept : values;
    const words = at.map((name) => stored[name]).filter((word) => word && word !== "unknown");
    return words.join(", ");
  }

  /** @param {Record<string, any>} changes what the LMS is like from now on */
  function become(changes) {
    if (!lms) return;
    if (moodle) lms.become({ offline: changes.refuseCommit ?? changes.refuseSet ?? faults.network });
    else lms.become(changes);
  }

  /** @param {Record<string, any>} options of this launch */
  function start(options) {
    takeOut();
    takeOut = () => {};
    moodle = null;
    values = {};
    opened = place();
    const saved = kept.get(opened) || {};
    /** @type {Record<string, any>} */
    const all = { ...launched.options, ...chosen.options, learner, ...options };
    if (chosen.profile === "moodle") {
      const server = new MoodleServer(MoodleManifest.read(launched.manifest), saved, all.settings);
      const { id } = launched;
      // Moodle knows no unit whose resource is not said to be a SCO.
      const sco = server.course.scos.some((each) => each.id === id) ? id : undefined;
      const player = server.launch({ learner, sco, offline: faults.network, browse: options.mode === "browse" });
      lms = player?.api;
      if (!player) return false;
      moodle = player;
      const name = version === "1.2" ? "API" : "API_1484_11";
      Reflect.set(window, name, watched(lms, lms));
      takeOut = () => Reflect.deleteProperty(window, name);
    } else {
      const StandIn = version === "1.2" ? StandInLms12 : StandInLms2004;
      const more = version === "2004" ? { edition: launched.edition } : {};
      const quirks = QuirkyLms.playable(/** @type {"1.2" | "2004"} */ (version), chosen.quirks);
      lms = new QuirkyLms(StandIn, /** @type {"1.2" | "2004"} */ (version), quirks, saved, { ...more, ...all });
      lms.away = () => view()?.location.replace("about:blank");
      lms.close = () => {
        frame.src = "about:blank";
      };
      const current = lms;
      takeOut = lms.enter(window, (/** @type {object} */ api) => watched(api, current));
      become({ ...failing(faults.network), refuseSet: faults.network, slow: faults.slow ? SLOW : 0 });
    }
    // Before the course begins: what changes is told from here.
    tellHeld();
    return true;
  }

  /** The course finds no LMS, and our own courses no room on the device: nothing can be saved. */
  function startAlone() {
    takeOut();
    takeOut = () => {};
    moodle = null;
    lms = null;
    values = {};
    tellHeld();
  }

  /** @type {Promise<void> | null} */
  let leaving = null;

  /** The learner leaves; another launch in the meantime waits for that. */
  function leave() {
    leaving ??= left().finally(() => {
      leaving = null;
    });
    return leaving;
  }

  /** The course says what it has to say while it goes. */
  async function left() {
    const isFramed = !["", "about:blank"].includes(frame.getAttribute("src") ?? "");
    // An LMS may have closed the course by itself, and knows what it was told.
    if (!isFramed && !own && !lms) return;
    moodle?.hide();
    if (lms instanceof QuirkyLms) lms.become({ leaving: true });
    const closing = own;
    own = null;
    await new Promise((done) => {
      if (isFramed) {
        frame.addEventListener("load", done, { once: true });
        frame.src = "about:blank";
        return;
      }
      if (!closing || closing.closed) return done(undefined);
      try {
        // After all that the course does when it goes.
        closing.addEventListener("pagehide", () => setTimeout(done, 0), { once: true });
      } catch {
        // It has gone to another site.
        done(undefined);
      }
      closing.close();
    });
    if (lms) kept.set(opened, lms.saved);
    if (lms) statuses.set(`${learner} ${unit}`, status());
    lms = null;
    tell({ kind: "left" });
  }

  /**
   * @param {object} how
   * @param {boolean} [how.fresh] a new attempt
   * @param {Record<string, any>} [how.options] of the LMS in this launch
   * @param {string} [how.hash] of the page to open, instead of the one that the LMS kept
   * @param {number} [how.top] where to scroll to
   */
  async function launch({ fresh = false, options = {}, hash = "", top = 0 } = {}) {
    launches += 1;
    const mine = launches;
    await leave();
    if (mine !== launches) return;
    began = performance.now();
    if (fresh) forget();
    unit = next;
    const answer = await fetch("/launch", {
      method: "POST",
      body: JSON.stringify({ unit, quirks: chosen.quirks, fresh, mode: options.mode || "" }),
    });
    // A course with errors has nothing to launch, until it is right.
    if (!answer.ok) return;
    const told = await answer.json();
    if (mine !== launches) return;
    launched = told;
    version = VERSIONS[launched.standard] || "";
    frame.title = launched.title || "SCO";
    Reflect.set(window, "isUnsaved", !viewer.isSaved);
    if (!viewer.isSaved) startAlone();
    else if (version && !start(options)) return;
    if (!statuses.has(`${learner} ${unit}`)) statuses.set(`${learner} ${unit}`, "");
    tellUnits();
    const [address, fragment] = launched.url.split("#");
    // The LMS of xAPI and cmi5 is in the query.
    const reached = viewer.isSaved || version ? address : address.split("?")[0];
    const whole = reached + (hash || (fragment ? `#${fragment}` : ""));
    scroll = top;
    const isApart = lms instanceof QuirkyLms && lms.place === "window";
    entrance.hidden = !isApart;
    frame.hidden = isApart;
    if (isApart) {
      notice.textContent = "";
      press.onclick = () => open(whole);
    } else frame.src = whole;
    tellData();
  }

  /**
   * Opens the course in a window of its own, which browsers only allow when somebody presses a button.
   * @param {string} address
   */
  function open(address) {
    const opened = window.open(address, "_blank", "popup,width=1000,height=700");
    notice.textContent = opened ? given.words.is_open : given.words.blocked;
    if (!opened) return;
    own = opened;
    press.onclick = () => launch();
    const look = setInterval(() => {
      // Nothing tells that a window has come to another document.
      if (own === opened && !opened.closed) return arrive();
      clearInterval(look);
      if (own === opened) launch();
    }, 200);
  }

  /** The window of the course. */
  const view = () => own || frame.contentWindow;

  /** The document of the course, if it is there and may be looked into. */
  function inside() {
    try {
      const place = view();
      return place?.location.origin === window.location.origin ? place.document : null;
    } catch {
      return null;
    }
  }

  /** Keys of the panel, in the course and in the stage around it. @param {KeyboardEvent} event */
  function hear(event) {
    const { key, altKey: alt } = event;
    const ctrl = event.ctrlKey || event.metaKey;
    const isCommands = ctrl && key.toLowerCase() === "k";
    if (event.defaultPrevented || !(isCommands || KEYS.includes(key))) return;
    if (key !== "Escape") event.preventDefault();
    tell({ kind: "key", key: isCommands ? "k" : key, ctrl, alt });
  }

  /** Tells which page the course is at, in which language, and shows it as it is to be looked at. */
  function tellPage() {
    const document = inside();
    if (!document) return;
    const page = /** @type {HTMLElement | null} */ (document.querySelector(".page[data-now]"));
    // A title that is not translated is marked where it is shown.
    const titled = page?.querySelector("h1") || page || document.documentElement;
    const language = titled.closest("[lang]")?.getAttribute("lang") || "";
    tell({ kind: "page", id: page?.id || "", title: page?.dataset.title || document.title, language });
    viewer.apply();
  }

  /** Follows the course into the document that it has come to. Many have one for each page. */
  function arrive() {
    const document = inside();
    if (!document || document === shown || document.readyState !== "complete") return;
    shown = document;
    if (scroll) view()?.scrollTo(0, scroll);
    scroll = 0;
    tellPage();
    if (given.course && editing) view()?.postMessage(editing, window.location.origin);
    if (given.course) {
      const root = document.documentElement;
      new MutationObserver((changes) => {
        const isOther = changes.some(({ target, attributeName: name }) =>
          name === "lang" ? target === root : /** @type {Element} */ (target).hasAttribute("data-now"),
        );
        if (isOther) tellPage();
      }).observe(root, { subtree: true, attributes: true, attributeFilter: ["data-now", "lang"] });
    }
    view()?.addEventListener("keydown", hear);
  }

  /** Reloads the document at the same page and place: the LMS is left and resumed. */
  function reload() {
    const place = inside() && view();
    return launch({ hash: place?.location.hash || "", top: place?.scrollY || 0 });
  }

  /**
   * Shows what was saved without leaving the document; where that cannot be, it is loaded again.
   * @param {Record<string, string>} pages HTML by id; "" is the body, "#en" the text of an edition
   * @param {any} data
   */
  function exchange(pages, data) {
    const document = inside();
    const change = /** @type {any} */ (view())?.coursepackExchange;
    if (!document || !change) return reload();
    // Parsed here: the policy of a course lets no text become elements in its own document.
    const parsed = (/** @type {string} */ html) => new DOMParser().parseFromString(html, "text/html").body;
    const names = Object.keys(pages).filter((name) => name && !name.startsWith("#"));
    const own = "body > :is(.skip, header, section, dialog, .shell, footer)";
    const whole = "" in pages ? [...(parsed(pages[""]).ownerDocument.querySelectorAll(own) || [])] : null;
    const sections = names.map((name) => parsed(pages[name]).firstElementChild);
    if (sections.some((each) => !each)) return reload();
    for (const name of Object.keys(pages).filter((each) => each.startsWith("#"))) {
      const place = document.querySelector(`noscript[data-edition="${CSS.escape(name.slice(1))}"]`);
      if (!place) return reload();
      place.textContent = pages[name];
    }
    if (!whole && sections.length === 0 && !data) return undefined;
    if (!change(sections, whole, data)) return reload();
    tellPage();
    return undefined;
  }

  const ACTS = {
    resume: () => launch(),
    new: () => launch({ fresh: true }),
    other: async () => {
      await leave();
      learner = learner === "learner-1" ? "learner-2" : "learner-1";
      return launch();
    },
    review: () => launch({ options: { mode: "review", credit: "no-credit" } }),
    browse: () => launch({ options: { mode: "browse", credit: "no-credit" } }),
    expire: () => lms?.endSession(),
    network: (/** @type {boolean} */ on) => {
      faults.network = on;
      become({ ...failing(on), refuseSet: on });
    },
    slow: (/** @type {boolean} */ on) => {
      faults.slow = on;
      become({ slow: on ? SLOW : 0 });
    },
    fail: (/** @type {boolean} */ on) => {
      faults.fail = on;
    },
    wipe: () => wipe(),
    leave: () => leave(),
  };

  /** The state is lost in the LMS, and nothing else. */
  async function wipe() {
    await leave();
    const saved = kept.get(place());
    for (const attempt of saved?.attempts || []) {
      for (const each of Object.values(attempt)) delete each["cmi.suspend_data"];
    }
    if (saved?.suspendData) delete saved.suspendData;
    if (saved?.values) delete saved.values["cmi.suspend_data"];
    return launch();
  }

  /** @param {any} message from the panel */
  function obey(message) {
    switch (message?.kind) {
      case "launch":
        chosen = {
          quirks: Array.isArray(message.quirks) ? message.quirks : [],
          options: Object(message.options),
          profile: String(message.profile || ""),
        };
        if (Number.isInteger(message.unit)) next = message.unit;
        launch({ fresh: Boolean(message.fresh) });
        break;
      case "act":
        ACTS[/** @type {keyof typeof ACTS} */ (message.name)]?.(message.on !== false);
        break;
      // What would be there if the window were killed now.
      case "kept":
        tell({ kind: "kept", kept: (lms ? lms.saved : kept.get(opened)) ?? {} });
        break;
      case "exchange":
        exchange(Object(message.pages), message.course);
        break;
      case "reload":
        reload();
        break;
      case "looks":
        if (viewer.set(Object(message.looks))) reload();
        break;
      case "editing":
        editing = message;
        view()?.postMessage(message, window.location.origin);
        break;
      case "edited":
      case "mark":
        view()?.postMessage(message, window.location.origin);
        break;
      default:
    }
  }

  window.addEventListener("message", ({ data, source, origin }) => {
    if (source === window.parent && origin === given.panel) obey(data);
    // The course's own marks speak of places in its source: a package of others has none.
    const isOwn = source === view() && origin === window.location.origin && given.course;
    if (isOwn && ["open", "edit", "key"].includes(data?.kind)) tell(data);
  });
  for (const name of ["beforeunload", "pagehide"]) {
    window.addEventListener(name, () => {
      moodle?.hide();
      if (lms instanceof QuirkyLms) lms.become({ leaving: true });
      own?.close();
    });
  }

  window.addEventListener("keydown", hear);
  frame.addEventListener("load", arrive);

  tell({ kind: "ready" });
  // Without a panel around it, as when its address is opened alone.
  if (window.parent === window) launch();
})();
