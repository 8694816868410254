// Scenario: scenes with choices, any of which can be tried before continuing. The page holds all scenes as text;
// the script plays one at a time.

import { all, element, fill, icon, on, one, put, say, verdict, wordsOf } from "../dom.js";
import { ENDED } from "../state.js";

/**
 * @import { Course, Question } from "../contract.d.ts"
 * @typedef {{ id: string, to: string }} Choice `id` is that of its scene, a full stop and its own
 */

/** Set when the learner has continued from the latest choice. */
const ONWARD = "onward";

/** @param {string} id of a choice */
const sceneOf = (id) => id.split(".")[0];

/**
 * The learner's choices from the first scene on, and the current scene.
 * @param {Choice[]} choices of the whole scenario
 * @param {string[]} held
 */
export function walk(choices, held) {
  /** @type {string[]} */
  const way = [];
  let at = sceneOf(choices[0].id);
  for (;;) {
    const taken = choices.find(({ id }) => sceneOf(id) === at && held.includes(id));
    // A later version of the course may connect the scenes differently.
    if (!taken || way.includes(taken.id)) break;
    way.push(taken.id);
    at = taken.to;
  }
  const last = way[way.length - 1];
  return { way, at: !last || held.includes(ONWARD) ? at : sceneOf(last) };
}

/**
 * Keeps that an end was reached.
 * @param {string[]} held
 */
export const again = (held) => held.filter((id) => id === ENDED);

/**
 * @param {Choice[]} choices
 * @param {string[]} held
 * @param {string} chosen in the scene where the learner is
 */
export function pick(choices, held, chosen) {
  const before = walk(choices, held).way.filter((id) => sceneOf(id) !== sceneOf(chosen));
  return [...before, chosen, ...again(held)];
}

/**
 * @param {Choice[]} choices
 * @param {string[]} held
 */
export function goOn(choices, held) {
  const { way } = walk(choices, held);
  const to = choices.find(({ id }) => id === way[way.length - 1])?.to || "";
  // A scene that is visited again starts without a choice.
  const met = way.findIndex((id) => sceneOf(id) === to);
  const kept = met < 0 ? way : way.slice(0, met);
  const isEnd = !choices.some(({ id }) => sceneOf(id) === to);
  return [...kept, ...(kept.length > 0 ? [ONWARD] : []), ...(isEnd ? [ENDED] : again(held))];
}

/**
 * @param {Course} course
 * @param {(question: Question, held: string[], hasEnded: boolean) => void} keep
 * @returns restores the learner's place on a page without an announcement
 */
export function scenarios(course, keep) {
  const words = course.strings;
  const byId = new Map(course.questions.map((question) => [question.id, question]));
  /** @type {Map<string, string[]>} */
  const known = new Map();

  /** @param {Element} box */
  const choicesOf = (box) =>
    all("[data-choice]", box).map(({ dataset }) => ({ id: dataset.choice || "", to: dataset.to || "" }));

  /**
   * @param {string} selector
   * @param {Element} within
   */
  const text = (selector, within) => wordsOf(one(selector, within));

  /**
   * The way to an end: each question, the choice, and the reason.
   * @param {HTMLElement} box
   * @param {string[]} way
   */
  function summary(box, way) {
    const rows = way.map((id) => {
      const chosen = /** @type {Element} */ (one(`[data-choice="${id}"]`, box));
      const isSafe = one("[data-safe]", chosen) !== null;
      const row = element(
        "li",
        isSafe ? {} : { class: "again" },
        icon(isSafe ? "check" : "info"),
        element(
          "div",
          {},
          element(
            "p",
            {},
            element("b", {}, text("[data-ask]", /** @type {Element} */ (chosen.closest("[data-scene]")))),
          ),
          element("p", {}, text("[data-words]", chosen)),
          element("p", { class: "kind" }, `${text("b", chosen)}. ${text("[data-why]", chosen)}`),
        ),
      );
      return { row, isSafe };
    });
    const safe = rows.filter(({ isSafe }) => isSafe).length;
    return element(
      "section",
      { class: "sum-up" },
      element("h4", {}, words.youDid),
      element("p", {}, fill(words.safeOf, { safe, of: rows.length })),
      element("ol", { class: "sums" }, ...rows.map(({ row }) => row)),
      element("p", {}, words.tryOthers),
    );
  }

  /**
   * Returns what to announce about the choice.
   * @param {HTMLElement} box
   * @param {string[]} held
   */
  function present(box, held) {
    const { way, at } = walk(choicesOf(box), held);
    const play = /** @type {HTMLElement} */ (one("[data-play]", box));
    const scene = /** @type {HTMLElement} */ (one(`[data-scene="${at}"]`, box));
    const told = all("[data-choice]", scene);
    const list = /** @type {HTMLElement} */ (one(".say", play));
    if (play.dataset.play !== at) {
      play.dataset.play = at;
      const story = /** @type {HTMLElement} */ (one(".scene", play));
      const asked = /** @type {HTMLElement} */ (one("h3", play));
      story.textContent = text("[data-story]", scene);
      asked.textContent = text("[data-ask]", scene);
      // A question follows its story; the heading of an end precedes its text.
      if (told.length > 0) asked.before(story);
      else asked.after(story);
      list.replaceChildren(
        ...told.map((each) =>
          element(
            "button",
            { type: "button", "data-pick": each.dataset.choice || "" },
            element("span", {}, text("[data-words]", each)),
            icon("right"),
          ),
        ),
      );
      const number = all("[data-scene]", box).indexOf(scene);
      all(".trail li", play).forEach((step, n) => {
        step.className = n < number ? "done" : "";
        put(step, n === number, { "aria-current": "step" });
      });
    }
    const chosen = told.find(({ dataset }) => way.includes(dataset.choice || ""));
    for (const button of all("button", list))
      button.setAttribute("aria-pressed", String(button.dataset.pick === chosen?.dataset.choice));
    /** @type {HTMLElement} */ (one("[data-go]", play)).hidden = !chosen;
    /** @type {HTMLElement} */ (one("[data-again]", play)).hidden = told.length > 0;
    /** @type {HTMLElement} */ (one(".hint", play)).hidden = told.length === 0;
    const place = /** @type {HTMLElement} */ (one("[data-fb]", play));
    place.replaceChildren();
    one(".sum-up", play)?.remove();
    if (told.length === 0 && way.length > 0) place.after(summary(box, way));
    if (!chosen) return "";
    const [title, why] = [text("b", chosen), text("[data-why]", chosen)];
    const isSafe = one("[data-safe]", chosen);
    place.append(
      element("div", { class: isSafe ? "fb right" : "fb" }, ...verdict(isSafe ? "check" : "info", title, [why])),
    );
    return `${title}. ${why}`;
  }

  on("click", "[data-scenario] button", (button) => {
    const box = /** @type {HTMLElement} */ (button.closest("[data-scenario]"));
    const name = box.dataset.scenario || "";
    const choices = choicesOf(box);
    const before = known.get(name) || [];
    const { pick: chosen } = button.dataset;
    const held = chosen
      ? pick(choices, before, chosen)
      : "go" in button.dataset
        ? goOn(choices, before)
        : again(before);
    known.set(name, held);
    const told = present(box, held);
    if (told) say(told);
    else {
      one("h3", box)?.focus({ preventScroll: true });
      one(".scene", box)?.scrollIntoView({ block: "nearest" });
    }
    // Content behind a content note is kept in this window only.
    const question = byId.get(name);
    if (question) keep(question, held, !told && !one("[data-pick]", box));
  });

  /**
   * @param {Element} page
   * @param {(question: Question) => string[]} held
   */
  return function restore(page, held) {
    for (const box of all("[data-scenario]", page)) {
      const name = box.dataset.scenario || "";
      const question = byId.get(name);
      if (question) known.set(name, held(question));
      present(box, known.get(name) || []);
    }
  };
}
