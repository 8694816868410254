// What all kinds of questions share: nothing is submitted but by Svara, a change of the answer clears the marks, and what
// is told is told once. The fields of a kind are known to its own file alone.

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
 * @property {(form: HTMLFormElement, id: string) => Element | null} [rowOf] where the author's words on an option stand
 * @property {boolean} [explainsAll] of a right answer the words on every option are shown
 * @property {(form: HTMLFormElement) => string} [text] what was written
 * @property {(form: HTMLFormElement, question: Question) => HTMLElement[]} [own] the author's words on what was written
 */

/** @type {Record<string, (words: Course["strings"], lang: string) => Kind>} */
const KINDS = { choice, matching, ordering, "fill-in": fillIn, numeric, likert };

/**
 * @param {Course} course
 * @param {(question: Question, chosen: string[], right: boolean | null, text: string) => void} submit
 * @param {(question: Question, chosen: string[]) => void} draft of a question that is handed in with others
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
  function askedIn(target) {
    const form = /** @type {HTMLFormElement | null} */ (around(target, "form[data-q]"));
    const question = form && byId.get(form.dataset.q || "");
    return form && question ? { form, question, kind: KINDS[question.kind](words, course.lang) } : null;
  }

  /** The questions beside this one, and itself. @param {Element} form */
  const formsBeside = (form) => all("form[data-q]:not([data-undrawn])", /** @type {Element} */ (form.closest(".page")));

  /**
   * The question that comes after this one; after the last one the first that has no answer yet.
   * @param {Element} form
   */
  function formAfter(form) {
    const forms = formsBeside(form);
    return forms[forms.indexOf(/** @type {HTMLElement} */ (form)) + 1] || forms.find(({ dataset }) => !dataset.state);
  }

  /**
   * The filled button is the next thing to do: to answer, to try again, or to go on.
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
   * Null: there is no right answer.
   * @param {Question} question
   * @param {string[]} chosen
   */
  const judged = (question, chosen) => (question.scored ? isRight(question, chosen) : null);

  /**
   * The authors' words on options. They stand in the page already, for readers without the script.
   * @param {HTMLFormElement} form
   * @param {(id: string) => boolean} isMeant
   */
  const wordsOn = (form, isMeant) =>
    all("[data-feedback-of]", form).filter((each) => (each.dataset.feedbackOf || "").split(" ").some(isMeant));

  /**
   * Shows words on options in their rows.
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
   * What is said of an answer beside that it is right or not: on the options that it holds, and on the whole.
   * @param {{ form: HTMLFormElement, question: Question, kind: Kind }} asked
   * @param {string[]} chosen
   * @param {boolean | null} right
   */
  function reasons({ form, question, kind }, chosen, right) {
    const own = wordsOn(form, (id) => chosen.includes(id)).map(wordsOf);
    const written = kind.own ? kind.own(form, question) : [];
    const whole = [...written, ...all(`[data-feedback="${right ? "right" : "wrong"}"]`, form)].map(wordsOf);
    // What is said for lack of them is about another try.
    if (own.length + whole.length === 0 && !isHandedIn(question))
      whole.push(right === null ? words.thanksText : kind[right ? "right" : "wrong"]);
    return { own, whole };
  }

  /**
   * Shows the form as submitted, and returns what is to be said of it.
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
   * Marks what would have been right, with the words on it, and tells it.
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

  // What is written is judged when it is written out.
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
    // The button is gone, and focus must not fall to the top of the page with it.
    sendButton(form).focus();
    say(`${words.rightAnswer}: ${solution}`);
  });

  /**
   * What was written stands in its field still, which is more than is remembered of it.
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
   * As it was handed in, it stays.
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
     * Shows, silently, the answers that were given before on a page.
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
     * Tells all answers on a page, when there are all; else leads to the first question that has none.
     * @param {Element} page
     * @param {(question: Question) => string[]} chosen
     * @returns numbers of the questions that have none
     */
    tell(page, chosen) {
      const asked = askedOn(page);
      // Rows that nobody has moved are an answer, and a field that is empty may have been written in earlier.
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
