// What all kinds of questions share: nothing is submitted but by Svara, a change of the answer clears the marks, and what
// is told is told once. The fields of a kind are known to its own file alone.

import { all, element, fill, icon, one, say } from "../dom.js";
import { choice } from "./choice.js";
import { likert } from "./likert.js";
import { clearMarks } from "./mark.js";
import { matching } from "./matching.js";
import { move, ordering } from "./ordering.js";
import { fillIn, numeric } from "./typed.js";

/**
 * @import { Course, Question } from "../contract.d.ts"
 */

/**
 * How one kind of question is answered. An answer is told by the ids of the options that it holds.
 * @typedef {object} Kind
 * @property {string} right said of a right answer where the author says nothing
 * @property {string} wrong
 * @property {(form: HTMLFormElement, question: Question) => string[]} read
 * @property {(form: HTMLFormElement, question: Question, chosen: string[]) => void} write fills in an answer that was
 *   given before; with none chosen, all is as at first
 * @property {(form: HTMLFormElement) => HTMLElement | null} empty the first field that is not answered yet
 * @property {(form: HTMLFormElement, question: Question, chosen: string[]) => string} mark marks what was answered; returns
 *   what is better said of an answer that is not all right than that it is not
 * @property {(form: HTMLFormElement, question: Question) => string} solve marks what would have been right, and tells it
 * @property {(form: HTMLFormElement, question: Question) => HTMLElement} again makes ready for another try, which begins at
 *   that field
 * @property {(form: HTMLFormElement) => string} [text] what was written
 * @property {(form: HTMLFormElement, question: Question) => HTMLElement[]} [own] the author's words on what was written
 */

/** @type {Record<Question["kind"], (words: Course["strings"], lang: string) => Kind>} */
const KINDS = { choice, matching, ordering, "fill-in": fillIn, numeric, likert };

/**
 * @param {Course} course
 * @param {(question: Question, chosen: string[], right: boolean | null, text: string) => void} submit
 * @returns what shows, silently, the answers that were given before on a page
 */
export function questions(course, submit) {
  const words = course.strings;
  const byId = new Map(course.questions.map((question) => [question.id, question]));

  /**
   * @param {Element} form
   * @param {"err" | "fb"} name
   */
  const place = (form, name) => /** @type {HTMLElement} */ (one(`[data-${name}]`, form));

  /**
   * Where nothing is right there is nothing to show.
   * @param {Element} form
   * @param {boolean} isOffered
   */
  function offer(form, isOffered) {
    const button = one("[data-show]", form);
    if (button) button.hidden = !isOffered;
  }

  /** @param {Element} form */
  const sendButton = (form) => /** @type {HTMLButtonElement} */ (one("[type=submit]", form));

  /** @param {EventTarget | null} target */
  function around(target) {
    const form = target instanceof Element ? target.closest("form[data-q]") : null;
    const question = form instanceof HTMLFormElement ? byId.get(form.dataset.q || "") : undefined;
    return form instanceof HTMLFormElement && question
      ? { form, question, kind: KINDS[question.kind](words, course.lang) }
      : null;
  }

  /** @param {HTMLFormElement} form */
  function clear(form) {
    clearMarks(form);
    place(form, "err").hidden = true;
    offer(form, false);
    place(form, "fb").replaceChildren();
    sendButton(form).textContent = words.answer;
    delete form.dataset.state;
  }

  /**
   * Null: there is no right answer.
   * @param {Question} question
   * @param {string[]} chosen
   */
  const isRight = (question, chosen) =>
    question.scored ? question.answers.every(({ id, right }) => right === chosen.includes(id)) : null;

  /**
   * The authors' words stand in the page already, for readers without the script.
   * @param {{ form: HTMLFormElement, question: Question, kind: Kind }} asked
   * @param {string[]} chosen
   * @param {boolean | null} right
   */
  function reasons({ form, question, kind }, chosen, right) {
    const name = right ? "right" : "wrong";
    const own = all("[data-feedback-of]", form).filter((each) =>
      (each.dataset.feedbackOf || "").split(" ").some((id) => chosen.includes(id)),
    );
    const written = kind.own ? kind.own(form, question) : [];
    const whole = all(`[data-feedback="${name}"]`, form);
    const texts = [...own, ...written, ...whole].map((each) => each.textContent || "");
    return texts.length > 0 ? texts : [right === null ? words.thanksText : kind[name]];
  }

  /**
   * Shows the form as submitted, and returns what is to be said of it.
   * @param {{ form: HTMLFormElement, question: Question, kind: Kind }} asked
   * @param {string[]} chosen
   */
  function present(asked, chosen) {
    const { form, question, kind } = asked;
    clear(form);
    const right = isRight(question, chosen);
    const part = kind.mark(form, question, chosen);
    const title = right === null ? words.thanks : right ? words.feedbackRight : part || words.feedbackWrong;
    const texts = reasons(asked, chosen, right);
    const look = right === null ? "" : right ? " right" : " wrong";
    place(form, "fb").append(
      element(
        "div",
        { class: `fb${look}` },
        element("strong", {}, icon(right === false ? "cross" : "check"), title),
        ...texts.map((text) => element("p", {}, text)),
      ),
    );
    sendButton(form).textContent = right === false ? words.tryAgain : words.answerAgain;
    offer(form, right === false);
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
      kind.again(form, question).focus();
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
    submit(question, chosen, isRight(question, chosen), kind.text ? kind.text(form) : "");
  });

  document.addEventListener("input", ({ target }) => {
    const asked = around(target);
    if (asked) clear(asked.form);
  });

  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-show], [data-move]") : null;
    const asked = button && around(button);
    if (!asked) return;
    if (button.hasAttribute("data-move")) {
      move(words, button);
      return;
    }
    const { form, question, kind } = asked;
    const solution = kind.solve(form, question);
    offer(form, false);
    // The button is gone, and focus must not fall to the top of the page with it.
    sendButton(form).focus();
    say(`${words.rightAnswer}: ${solution}`);
  });

  /**
   * Questions that were not drawn are hidden, and the others counted anew.
   * @param {HTMLElement[]} forms
   * @param {Question[]} drawn
   */
  function count(forms, drawn) {
    for (const form of forms) {
      const n = 1 + drawn.findIndex(({ id }) => id === form.dataset.q);
      const place = one(".no", form);
      form.toggleAttribute("data-undrawn", n === 0);
      if (place && n > 0) place.textContent = drawn.length > 1 ? fill(words.questionOf, { n, of: drawn.length }) : "";
    }
  }

  /**
   * @param {Element} page
   * @param {Question[]} drawn those of the page that the learner is asked
   * @param {(question: Question) => string[]} chosen
   */
  return function restore(page, drawn, chosen) {
    const forms = all("form[data-q]", page);
    if (drawn.length < forms.length) count(forms, drawn);
    for (const each of forms) {
      const asked = around(each);
      if (!asked) continue;
      const before = chosen(asked.question);
      asked.kind.write(asked.form, asked.question, before);
      if (before.length > 0) present(asked, before);
      else clear(asked.form);
    }
  };
}
