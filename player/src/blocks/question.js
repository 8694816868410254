// What all kinds of questions share: nothing is submitted but by Svara, a change of the answer clears the marks, and what
// is told is told once. The fields of a kind are known to its own file alone.

import { all, element, icon, one, say } from "../dom.js";
import { choice } from "./choice.js";
import { clearMarks } from "./mark.js";

/**
 * @import { Course, Question } from "../contract.d.ts"
 */

/**
 * How one kind of question is answered. An answer is told by the ids of the options that it holds.
 * @typedef {object} Kind
 * @property {(form: HTMLFormElement, question: Question) => string[]} read
 * @property {(form: HTMLFormElement, question: Question, chosen: string[]) => void} write fills in an answer that was
 *   given before; with none chosen, all is as at first
 * @property {(form: HTMLFormElement) => HTMLElement | null} empty the first field that is not answered yet
 * @property {(form: HTMLFormElement, question: Question, chosen: string[]) => void} mark what was answered
 * @property {(form: HTMLFormElement, question: Question) => string} solve marks what would have been right, and tells it
 * @property {(form: HTMLFormElement) => HTMLElement} again makes ready for another try, which begins at that field
 */

/** @type {Record<Question["kind"], (words: Course["strings"]) => Kind>} */
const KINDS = { choice };

/**
 * @param {Course} course
 * @param {(question: Question, chosen: string[], right: boolean) => void} submit
 * @returns what shows, silently, the answers that were given before on a page
 */
export function questions(course, submit) {
  const words = course.strings;
  const byId = new Map(course.questions.map((question) => [question.id, question]));

  /**
   * @param {Element} form
   * @param {"err" | "show" | "fb"} name
   */
  const place = (form, name) => /** @type {HTMLElement} */ (one(`[data-${name}]`, form));

  /** @param {Element} form */
  const sendButton = (form) => /** @type {HTMLButtonElement} */ (one("[type=submit]", form));

  /** @param {EventTarget | null} target */
  function around(target) {
    const form = target instanceof Element ? target.closest("form[data-q]") : null;
    const question = form instanceof HTMLFormElement ? byId.get(form.dataset.q || "") : undefined;
    return form instanceof HTMLFormElement && question ? { form, question, kind: KINDS[question.kind](words) } : null;
  }

  /** @param {HTMLFormElement} form */
  function clear(form) {
    clearMarks(form);
    place(form, "err").hidden = true;
    place(form, "show").hidden = true;
    place(form, "fb").replaceChildren();
    sendButton(form).textContent = words.answer;
    delete form.dataset.state;
  }

  /**
   * @param {Question} question
   * @param {string[]} chosen
   */
  const isRight = (question, chosen) => question.answers.every(({ id, right }) => right === chosen.includes(id));

  /**
   * The authors' words stand in the page already, for readers without the script.
   * @param {HTMLFormElement} form
   * @param {string[]} chosen
   * @param {boolean} right
   */
  function reasons(form, chosen, right) {
    const name = right ? "right" : "wrong";
    const own = all("[data-feedback-of]", form).filter((each) => chosen.includes(each.dataset.feedbackOf || ""));
    const whole = all(`[data-feedback="${name}"]`, form);
    const texts = [...own, ...whole].map((each) => each.textContent || "");
    return texts.length > 0 ? texts : [right ? words.feedbackRightText : words.feedbackWrongText];
  }

  /**
   * Shows the form as submitted, and returns what is to be said of it.
   * @param {{ form: HTMLFormElement, question: Question, kind: Kind }} asked
   * @param {string[]} chosen
   */
  function present({ form, question, kind }, chosen) {
    clear(form);
    kind.mark(form, question, chosen);
    const right = isRight(question, chosen);
    const title = right ? words.feedbackRight : words.feedbackWrong;
    const texts = reasons(form, chosen, right);
    place(form, "fb").append(
      element(
        "div",
        { class: `fb ${right ? "right" : "wrong"}` },
        element("strong", {}, icon(right ? "check" : "cross"), title),
        ...texts.map((text) => element("p", {}, text)),
      ),
    );
    sendButton(form).textContent = right ? words.answerAgain : words.tryAgain;
    place(form, "show").hidden = right;
    form.dataset.state = "answered";
    return [`${title}.`, ...texts].join(" ");
  }

  document.addEventListener("submit", (event) => {
    const asked = around(event.target);
    if (!asked) return;
    event.preventDefault();
    const { form, question, kind } = asked;
    if (form.dataset.state) {
      clear(form);
      kind.again(form).focus();
      return;
    }
    const missing = kind.empty(form);
    if (missing) {
      const error = place(form, "err");
      error.hidden = false;
      say((error.textContent || "").trim());
      missing.focus();
      return;
    }
    const chosen = kind.read(form, question);
    say(present(asked, chosen));
    submit(question, chosen, isRight(question, chosen));
  });

  document.addEventListener("input", ({ target }) => {
    const asked = around(target);
    if (asked) clear(asked.form);
  });

  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-show]") : null;
    const asked = button && around(button);
    if (!asked) return;
    const { form, question, kind } = asked;
    const solution = kind.solve(form, question);
    place(form, "show").hidden = true;
    // The button is gone, and focus must not fall to the top of the page with it.
    sendButton(form).focus();
    say(`${words.rightAnswer}: ${solution}`);
  });

  /**
   * @param {Element} page
   * @param {(question: Question) => string[]} chosen
   */
  return function restore(page, chosen) {
    for (const each of all("form[data-q]", page)) {
      const asked = around(each);
      if (!asked) continue;
      const before = chosen(asked.question);
      asked.kind.write(asked.form, asked.question, before);
      if (before.length > 0) present(asked, before);
      else clear(asked.form);
    }
  };
}
