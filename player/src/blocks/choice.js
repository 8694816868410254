// Single and multiple choice: choosing never submits, and changing the choice clears the marks.

import { all, element, icon, one, say } from "../dom.js";

/**
 * @import { Course, Question } from "../contract.d.ts"
 */

/**
 * @param {Course} course
 * @param {(question: Question, chosen: string[], right: boolean) => void} submit
 */
export function choices(course, submit) {
  const words = course.strings;
  const questions = new Map(course.questions.map((question) => [question.id, question]));

  /**
   * @param {Question} question
   * @param {string[]} chosen
   */
  const isRight = (question, chosen) => question.answers.every(({ id, right }) => right === chosen.includes(id));

  /** @param {Element} form */
  const inputs = (form) => /** @type {HTMLInputElement[]} */ (all("input", form));

  /** @param {Element} form */
  const sendButton = (form) => /** @type {HTMLButtonElement} */ (one("[type=submit]", form));

  /**
   * @param {Element} form
   * @param {"err" | "show" | "fb"} name
   */
  const place = (form, name) => /** @type {HTMLElement} */ (one(`[data-${name}]`, form));

  /** @param {EventTarget | null} target */
  function ofForm(target) {
    const form = target instanceof Element ? target.closest("form[data-q]") : null;
    const question = form instanceof HTMLFormElement ? questions.get(form.dataset.q || "") : undefined;
    return form instanceof HTMLFormElement && question ? { form, question } : null;
  }

  /** @param {HTMLFormElement} form */
  function clear(form) {
    for (const option of all(".opt", form)) option.classList.remove("right", "wrong");
    for (const mark of all(".mark", form)) mark.remove();
    place(form, "err").hidden = true;
    place(form, "show").hidden = true;
    place(form, "fb").replaceChildren();
    sendButton(form).textContent = words.answer;
    delete form.dataset.state;
  }

  /**
   * @param {HTMLInputElement} input
   * @param {boolean} right
   * @param {string} text
   */
  function mark(input, right, text) {
    const option = /** @type {HTMLElement} */ (input.closest(".opt"));
    option.classList.add(right ? "right" : "wrong");
    option.append(element("span", { class: "mark" }, icon(right ? "check" : "cross"), text));
  }

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
   * Shows the form as submitted.
   * @param {HTMLFormElement} form
   * @param {Question} question
   * @param {string[]} chosen
   */
  function present(form, question, chosen) {
    clear(form);
    const right = isRight(question, chosen);
    for (const input of inputs(form)) {
      if (!chosen.includes(input.value)) continue;
      const isRight = question.answers.some((answer) => answer.id === input.value && answer.right);
      mark(input, isRight, isRight ? words.yourAnswerRight : words.yourAnswerWrong);
    }
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
    const found = ofForm(event.target);
    if (!found) return;
    event.preventDefault();
    const { form, question } = found;
    const fields = inputs(form);
    if (form.dataset.state === "answered") {
      clear(form);
      for (const field of fields) field.checked = false;
      fields[0].focus();
      return;
    }
    const chosen = fields.filter((field) => field.checked).map((field) => field.value);
    if (chosen.length === 0) {
      const error = place(form, "err");
      error.hidden = false;
      say((error.textContent || "").trim());
      fields[0].focus();
      return;
    }
    say(present(form, question, chosen));
    submit(question, chosen, isRight(question, chosen));
  });

  document.addEventListener("input", ({ target }) => {
    const found = ofForm(target);
    if (found) clear(found.form);
  });

  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-show]") : null;
    const found = button && ofForm(button);
    if (!found) return;
    const { form, question } = found;
    const rights = question.answers.filter((answer) => answer.right).map((answer) => answer.id);
    const shown = inputs(form).filter((input) => rights.includes(input.value));
    for (const input of shown) {
      const option = /** @type {HTMLElement} */ (input.closest(".opt"));
      if (!option.classList.contains("right")) mark(input, true, words.rightAnswer);
    }
    place(form, "show").hidden = true;
    // The button is gone, and focus must not fall to the top of the page with it.
    sendButton(form).focus();
    say(
      `${words.rightAnswer}: ${shown.map((input) => one("span", input.parentElement || form)?.textContent).join(". ")}`,
    );
  });

  /**
   * Shows what was answered before, silently.
   * @param {Element} page
   * @param {(question: Question) => string[]} chosen
   */
  return function restore(page, chosen) {
    for (const each of all("form[data-q]", page)) {
      const found = ofForm(each);
      if (!found) continue;
      const before = chosen(found.question);
      for (const input of inputs(found.form)) input.checked = before.includes(input.value);
      if (before.length > 0) present(found.form, found.question, before);
      else clear(found.form);
    }
  };
}
