// The result of a page's questions once all are answered, and the next steps. A final check that is handed in shows its
// own result, and what to read again.

import { all, element, fill, focusOn, icon, on, one, titleOf, tongue } from "./dom.js";
import { asked, attemptsLeft, best, ENDED, isRight, masteryOf, turn } from "./state.js";

/**
 * @import { Course, Player, Question, State } from "./contract.d.ts"
 */

/**
 * @param {Course} course
 * @param {Player["chosen"]} chosen
 * @returns called when a page is shown or the state changes
 */
export function summaries(course, chosen) {
  const words = course.strings;

  /** @param {Element} page @param {string} id of a question */
  const formOf = (page, id) => one(`form[data-q="${id}"]`, page);

  /** @param {Question} question */
  const isGood = (question) => !question.scored || isRight(question, chosen(question));

  /**
   * Id of the page that teaches what was not right, if there is one.
   * @param {Element} page
   * @param {Question} question
   */
  const rereadOf = (page, question) => (!isGood(question) && formOf(page, question.id)?.dataset.reread) || "";

  /**
   * What to read again when the check was handed in: each page once. Where learners are not told which answers are right,
   * this would tell them.
   * @param {Element} page
   * @param {State} state
   * @param {Question[]} questions
   */
  function readAgain(page, state, questions) {
    one("[data-again]", page)?.remove();
    if (turn(course, state) % 2 === 0 || !course.check?.hand?.feedback) return;
    const ids = new Set(questions.map((question) => rereadOf(page, question)).filter(Boolean));
    if (ids.size === 0) return;
    const links = [...ids].map((id) => element("li", {}, element("a", { href: `#${id}` }, titleOf(id))));
    const list = element("ul", { "aria-labelledby": `again-${page.id}` }, ...links);
    const label = element("p", { class: "label", id: `again-${page.id}` }, words.sum.reread);
    one("[data-result]", page)?.after(element("div", { "data-again": "" }, label, list));
  }

  /**
   * @param {Element} page
   * @param {Question} question
   */
  function row(page, question) {
    const good = isGood(question);
    const form = formOf(page, question.id);
    const legend = one("legend", form || page)?.cloneNode(true);
    const number = one(".no", /** @type {Element} */ (legend));
    number?.remove();
    const again = rereadOf(page, question);
    const word = !question.scored ? words.yourAnswer : good ? words.rowRight : words.rowWrong;
    return element(
      "li",
      good ? {} : { class: "again" },
      icon(good ? "check" : "cross"),
      element(
        "div",
        {},
        element(
          "a",
          { href: `#k-${question.id}`, "data-to": question.id, ...tongue(form) },
          (legend?.textContent || "").trim(),
        ),
        element("span", { class: "sr" }, `. ${word}`),
        ...(again
          ? [element("p", {}, `${words.sum.reread} `, element("a", { href: `#${again}` }, titleOf(again)))]
          : []),
      ),
    );
  }

  /**
   * @param {Element} page
   * @param {State} state
   * @param {Question[]} questions
   */
  function section(page, state, questions) {
    const scored = questions.filter((question) => question.scored);
    const right = scored.filter(isGood).length;
    const { check } = course;
    const mastery = check?.page === page.id ? check.mastery : null;
    const isEnough = mastery === null || state.passed || 100 * right >= mastery * scored.length;
    const title = scored.length > 0 ? fill(words.sum.right, { right, of: scored.length }) : words.sum.answered;
    return element(
      "section",
      { class: "sum-up block", "data-summed": "", "aria-labelledby": `sum-${page.id}` },
      element("h2", { id: `sum-${page.id}`, tabindex: "-1" }, title),
      element("p", {}, isEnough ? words.sum.free : fill(words.sum.mastery, { mastery: mastery || 0 })),
      element("ol", { class: "sums" }, ...questions.map((question) => row(page, question))),
    );
  }

  /** @param {Question} question */
  const isAnswered = (question) =>
    question.kind === "scenario" ? chosen(question).includes(ENDED) : chosen(question).length > 0;

  /** It was handed in, and there is nothing to be won by another attempt, or none is left. @param {State} state */
  const isCheckOver = (state) =>
    turn(course, state) % 2 === 1 &&
    (masteryOf(course) === null ||
      state.passed ||
      best(course, state) >= (masteryOf(course) || 0) ||
      attemptsLeft(course, state) <= 0);

  on("click", "[data-to]", (link, event) => {
    event.preventDefault();
    focusOn(one("legend", formOf(document.body, link.dataset.to || "") || document.body));
  });

  /**
   * @param {Element} page that is shown
   * @param {State} state
   */
  return function show(page, state) {
    const drawn = asked(course, state, page.id);
    const isHandedIn = course.check?.page === page.id && Boolean(course.check.hand);
    if (isHandedIn) readAgain(page, state, drawn);
    const isDone = isHandedIn ? isCheckOver(state) : drawn.every(isAnswered);
    for (const link of all(".next .fwd", page)) link.classList.toggle("later", !isDone);
    const questions = drawn.filter(({ kind }) => kind !== "scenario");
    const isAll = questions.length > 1 && !isHandedIn && questions.every(isAnswered);
    const now = one("[data-summed]", page);
    const next = isAll ? section(page, state, questions) : null;
    if (next && now) {
      // Unchanged: the learner may be reading it.
      if (next.textContent !== now.textContent) now.replaceChildren(...next.childNodes);
    } else if (now) now.remove();
    else if (next) {
      const forms = all("form[data-q]:not([data-undrawn])", page);
      forms[forms.length - 1].after(next);
    }
  };
}
