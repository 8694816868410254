// What all kinds of questions share: only the answer button submits, a changed answer clears the marks, and each result is
// announced once. Only the file of a kind knows its fields.

import { all, around, element, fill, focusOn, on, one, say, verdict, wordsOf } from "../dom.js";
import { isRight } from "../state.js";
import { choice } from "./choice.js";
import { likert } from "./likert.js";
import { clearMarks, explain } from "./mark.js";
import { matching } from "./matching.js";
import { move, ordering } from "./ordering.js";
import { fillIn, numeric } from "./typed.js";

/**
 * @import { Course, Question } from "../contract.d.ts"
 */

/**
 * One kind of question. An answer is the list of the ids of its options.
 * @typedef {object} Kind
 * @property {string} right default feedback for a right answer
 * @property {string} wrong
 * @property {(form: HTMLFormElement, question: Question) => string[]} read
 * @property {(form: HTMLFormElement, question: Question, chosen: string[]) => void} write restores an earlier
 *   answer; an empty one resets the form
 * @property {(form: HTMLFormElement) => HTMLElement | null} empty the first unanswered field
 * @property {(form: HTMLFormElement, question: Question, chosen: string[]) => string} mark marks the answer; returns
 *   feedback for a partly right answer, if there is any
 * @property {(form: HTMLFormElement, question: Question) => string} solve marks the right answer and returns it as text
 * @property {(form: HTMLFormElement, question: Question) => HTMLElement} again prepares another try; returns the
 *   field to focus
 * @property {(form: HTMLFormElement, id: string) => Element | null} [rowOf] the row that holds an option's feedback
 * @property {boolean} [explainsAll] a right answer shows the feedback of every option
 * @property {(form: HTMLFormElement) => string} [text] the written answer
 * @property {(form: HTMLFormElement, question: Question) => HTMLElement[]} [own] the author's feedback on the written answer
 */

/** @type {Record<string, (words: Course["strings"], lang: string) => Kind>} */
const KINDS = { choice, matching, ordering, "fill-in": fillIn, numeric, likert };

/**
 * @param {Course} course
 * @param {(question: Question, chosen: string[], right: boolean | null, text: string) => void} submit
 * @param {(question: Question, chosen: string[]) => void} draft for a question that is submitted with others
 */
export function questions(course, submit, draft) {
  const words = course.strings;
  const byId = new Map(course.questions.map((question) => [question.id, question]));

  /**
   * @param {Element} form
   * @param {"err" | "fb"} name
   */
  const place = (form, name) => /** @type {HTMLElement} */ (one(`[data-${name}]`, form));

  /**
   * Questions without a right answer have nothing to reveal.
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
  function askedIn(target) {
    const form = /** @type {HTMLFormElement | null} */ (around(target, "form[data-q]"));
    const question = form && byId.get(form.dataset.q || "");
    return form && question ? { form, question, kind: KINDS[question.kind](words, course.lang) } : null;
  }

  /** This question and its siblings. @param {Element} form */
  const formsBeside = (form) => all("form[data-q]:not([data-undrawn])", /** @type {Element} */ (form.closest(".page")));

  /**
   * The next question; after the last one, the first without an answer.
   * @param {Element} form
   */
  function formAfter(form) {
    const forms = formsBeside(form);
    return forms[forms.indexOf(/** @type {HTMLElement} */ (form)) + 1] || forms.find(({ dataset }) => !dataset.state);
  }

  /**
   * The filled button is the next step: answer, try again or continue.
   * @param {Element} form
   * @param {boolean} isOver answered, and not wrong
   */
  function arrange(form, isOver) {
    const send = sendButton(form);
    const ahead = /** @type {HTMLElement} */ (one("[data-ahead]", form));
    const hadFocus = document.activeElement === send;
    ahead.hidden = !form.hasAttribute("data-state") || formsBeside(form).length < 2;
    ahead.textContent = formAfter(form) ? words.nextQuestion : words.toSum;
    ahead.className = isOver ? "btn main" : "btn bare";
    send.className = isOver ? "btn bare" : "btn main";
    if (isOver) send.before(ahead);
    else send.parentElement?.append(ahead);
    if (isOver && hadFocus && !ahead.hidden) ahead.focus();
  }

  /** @param {Question} question */
  const isHandedIn = ({ page }) => Boolean(course.check?.hand) && course.check?.page === page;

  /** @param {HTMLFormElement} form */
  function clear(form) {
    clearMarks(form);
    place(form, "err").hidden = true;
    offer(form, false);
    place(form, "fb").replaceChildren();
    sendButton(form).textContent = words.answer;
    delete form.dataset.state;
    arrange(form, false);
  }

  /**
   * Null: the question has no right answer.
   * @param {Question} question
   * @param {string[]} chosen
   */
  const judged = (question, chosen) => (question.scored ? isRight(question, chosen) : null);

  /**
   * The feedback on options. It is already in the page, for readers without scripts.
   * @param {HTMLFormElement} form
   * @param {(id: string) => boolean} isMeant
   */
  const wordsOn = (form, isMeant) =>
    all("[data-feedback-of]", form).filter((each) => (each.dataset.feedbackOf || "").split(" ").some(isMeant));

  /**
   * Shows the feedback on options in their rows.
   * @param {{ form: HTMLFormElement, kind: Kind }} asked
   * @param {(id: string) => boolean} isMeant
   */
  function explainRows({ form, kind }, isMeant) {
    for (const each of wordsOn(form, isMeant)) {
      const row = kind.rowOf?.(form, each.dataset.feedbackOf || "");
      if (row) explain(row, wordsOf(each));
    }
  }

  /**
   * The feedback on an answer besides right or wrong: on its options, and on the whole.
   * @param {{ form: HTMLFormElement, question: Question, kind: Kind }} asked
   * @param {string[]} chosen
   * @param {boolean | null} right
   */
  function reasons({ form, question, kind }, chosen, right) {
    const own = wordsOn(form, (id) => chosen.includes(id)).map(wordsOf);
    const written = kind.own ? kind.own(form, question) : [];
    const whole = [...written, ...all(`[data-feedback="${right ? "right" : "wrong"}"]`, form)].map(wordsOf);
    // The default feedback is about another try.
    if (own.length + whole.length === 0 && !isHandedIn(question))
      whole.push(right === null ? words.thanksText : kind[right ? "right" : "wrong"]);
    return { own, whole };
  }

  /**
   * Shows the form as submitted, and returns what to announce.
   * @param {{ form: HTMLFormElement, question: Question, kind: Kind }} asked
   * @param {string[]} chosen
   */
  function present(asked, chosen) {
    const { form, question, kind } = asked;
    clear(form);
    const right = judged(question, chosen);
    const part = kind.mark(form, question, chosen);
    const title = right === null ? words.thanks : right ? words.feedbackRight : part || words.feedbackWrong;
    const { own, whole } = reasons(asked, chosen, right);
    const look = right === null ? "" : right ? " right" : " wrong";
    const told = verdict(right === false ? "cross" : "check", title, kind.rowOf ? whole : [...own, ...whole]);
    explainRows(asked, (id) => chosen.includes(id) || Boolean(right && kind.explainsAll));
    place(form, "fb").append(element("div", { class: `fb${look}` }, ...told));
    sendButton(form).textContent = right === false ? words.tryAgain : words.answerAgain;
    offer(form, right === false);
    form.dataset.state = "answered";
    if (!isHandedIn(question)) arrange(form, right !== false);
    return [`${title}.`, ...own, ...whole].join(" ");
  }

  /**
   * Marks and announces the right answer, with its feedback.
   * @param {{ form: HTMLFormElement, question: Question, kind: Kind }} asked
   */
  function solve(asked) {
    const { form, question, kind } = asked;
    explainRows(asked, (id) => question.answers.some((each) => each.right && each.id === id));
    return kind.solve(form, question);
  }

  document.addEventListener("submit", (event) => {
    const asked = askedIn(event.target);
    if (!asked) return;
    event.preventDefault();
    const { form, question, kind } = asked;
    if (isHandedIn(question)) return;
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
    submit(question, chosen, judged(question, chosen), kind.text ? kind.text(form) : "");
  });

  document.addEventListener("input", ({ target }) => {
    const asked = askedIn(target);
    if (!asked) return;
    clear(asked.form);
    if (!asked.kind.text) keep(asked);
  });

  // A written answer is evaluated when it is complete.
  document.addEventListener("change", ({ target }) => {
    const asked = askedIn(target);
    if (asked?.kind.text) keep(asked);
  });

  on("click", "[data-show], [data-move], [data-ahead]", (button) => {
    const asked = askedIn(button);
    if (!asked) return;
    if (button.hasAttribute("data-ahead")) {
      const next = formAfter(asked.form);
      focusOn(
        next ? one("legend", next) : one("[data-summed] h2", /** @type {Element} */ (asked.form.closest(".page"))),
      );
      return;
    }
    if (button.hasAttribute("data-move")) {
      move(words, button);
      return;
    }
    const { form } = asked;
    const solution = solve(asked);
    offer(form, false);
    // The button is gone; without this, focus would move to the top of the page.
    sendButton(form).focus();
    say(`${words.rightAnswer}: ${solution}`);
  });

  /**
   * The field still holds the written text, of which the state keeps only the evaluation.
   * @param {{ form: HTMLFormElement, question: Question, kind: Kind }} asked
   * @param {string[]} chosen
   */
  function isWritten({ form, question, kind }, chosen) {
    return Boolean(kind.text?.(form)) && String(kind.read(form, question)) === String(chosen);
  }

  /** @param {{ form: HTMLFormElement, question: Question, kind: Kind }} asked */
  function keep({ form, question, kind }) {
    if (isHandedIn(question)) draft(question, kind.empty(form) ? [] : kind.read(form, question));
  }

  /**
   * Hides questions that were not drawn, and renumbers the others.
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
   * A submitted answer can no longer change.
   * @param {{ form: HTMLFormElement, question: Question, kind: Kind }} asked
   * @param {string[]} chosen
   * @param {boolean} isDone
   */
  function hold(asked, chosen, isDone) {
    const { form, question, kind } = asked;
    const hand = /** @type {import("../contract.d.ts").Hand} */ (course.check?.hand);
    clear(form);
    /** @type {HTMLFieldSetElement} */ (one("fieldset", form)).disabled = isDone;
    if (chosen.length === 0) return;
    if (isDone && hand.feedback) {
      present(asked, chosen);
      offer(form, false);
      if (hand.review && judged(question, chosen) === false) solve(asked);
    } else if (kind.text && !kind.text(form)) {
      place(form, "fb").append(element("p", { class: "kind" }, isDone ? words.wroteKept : words.wroteBefore));
    }
  }

  /** @param {Element} page */
  const askedOn = (page) => all("form[data-q]:not([data-undrawn])", page).flatMap((form) => askedIn(form) || []);

  return {
    /**
     * Restores the earlier answers on a page without an announcement.
     * @param {Element} page
     * @param {Question[]} drawn those of the page that the learner is asked
     * @param {(question: Question) => string[]} chosen
     * @param {boolean} isDone they are handed in
     */
    restore(page, drawn, chosen, isDone) {
      const forms = all("form[data-q]", page);
      if (drawn.length < forms.length) count(forms, drawn);
      for (const asked of forms.flatMap((form) => askedIn(form) || [])) {
        const before = chosen(asked.question);
        if (!isWritten(asked, before)) asked.kind.write(asked.form, asked.question, before);
        if (isHandedIn(asked.question)) hold(asked, before, isDone);
        else if (before.length > 0) present(asked, before);
        else clear(asked.form);
      }
    },

    /**
     * Reports all answers on a page if none is missing; otherwise focuses the first unanswered question.
     * @param {Element} page
     * @param {(question: Question) => string[]} chosen
     * @returns the numbers of unanswered questions
     */
    tell(page, chosen) {
      const asked = askedOn(page);
      // Rows that were never moved are an answer, and an empty field may have an earlier one.
      const gaps = asked.filter((each) => {
        const isEmpty = each.kind.empty(each.form);
        if (!isEmpty) keep(each);
        return isEmpty && chosen(each.question).length === 0;
      });
      for (const { form } of gaps) place(form, "err").hidden = false;
      gaps[0]?.kind.empty(gaps[0].form)?.focus();
      for (const { form, question, kind } of gaps.length > 0 ? [] : asked) {
        const ids = chosen(question);
        submit(question, ids, judged(question, ids), kind.text ? kind.text(form) : "");
      }
      return gaps.map((each) => asked.indexOf(each) + 1);
    },
  };
}
