// The final check, whose answers are submitted together: submission, result, another attempt. It has no time limit.

import { all, element, fill, icon, on, one, say, verdict } from "./dom.js";
import { attemptsLeft, beginAgain, best, chosen, handIn, masteryOf, tally, turn } from "./state.js";

/**
 * @import { Course, Question, State } from "./contract.d.ts"
 */

/**
 * @param {Course} course
 * @param {ReturnType<typeof import("./blocks/question.js").questions>} asking
 * @param {() => State} now
 * @param {(step: (state: State) => State) => void} renew changes the state and updates the questions
 * @returns updates the page of the check
 */
export function finalCheck(course, asking, now, renew) {
  const words = course.strings;
  const given = (/** @type {Question} */ question) => chosen(now(), question);

  /** Rounded down: nearly 80 per cent is not 80. @param {number} number */
  const percent = (number) => (Math.floor(10 * number + 1e-9) / 10).toLocaleString(course.lang);

  /** @param {State} state */
  function attempts(state) {
    const left = attemptsLeft(course, state);
    if (left > 0 && !course.check?.hand?.attempts) return "";
    return left === 1 ? words.attemptLeft : left > 0 ? fill(words.attemptsLeft, { n: left }) : words.attemptsSpent;
  }

  /** @param {State} state */
  function attempt(state) {
    const n = 1 + (turn(course, state) >> 1);
    const of = course.check?.hand?.attempts;
    return of ? fill(words.attemptOf, { n, of }) : n > 1 ? fill(words.attempt, { n }) : "";
  }

  /**
   * The best attempt is the result; the latest one is shown first.
   * @param {State} state
   */
  function result(state) {
    const { right, of } = tally(course, state);
    const score = (100 * right) / (of || 1);
    const most = best(course, state);
    const mastery = masteryOf(course);
    const isPassed = state.passed || (mastery !== null && most >= mastery);
    return {
      isOver: mastery === null || isPassed,
      look: mastery === null ? "" : isPassed ? " right" : " wrong",
      title: mastery === null ? words.handedIn : isPassed ? words.checkPassed : words.checkFailed,
      lines: [
        fill(words.rightOf, { right, of, score: percent(score) }),
        mastery === null || isPassed ? "" : fill(words.masteryIs, { mastery: percent(mastery) }),
        most > score + 0.01 ? fill(words.bestIs, { best: percent(most) }) : "",
        // No better score is possible.
        most < 100 ? attempts(state) : "",
      ].filter(Boolean),
    };
  }

  on("click", "[data-hand]", (button, { detail }) => {
    const page = button.closest(".page");
    // The second click of a double click would start another attempt.
    if (!page || detail > 1) return;
    if (turn(course, now()) % 2) {
      renew((state) => beginAgain(course, state));
      one("form:not([data-undrawn]) :is(input, select, button)", page)?.focus();
      say(attempt(now()));
      return;
    }
    const gaps = asking.tell(page, given);
    const notice = /** @type {HTMLElement} */ (one("[data-gaps]", page));
    if (gaps.length > 0) {
      const text = fill(gaps.length > 1 ? words.gaps : words.gap, { list: gaps.join(", ") });
      notice.replaceChildren(icon("warn"), element("span", {}, text));
      notice.hidden = false;
      say(text);
      return;
    }
    renew((state) => handIn(course, state));
    const box = /** @type {HTMLElement} */ (one("[data-result]", page));
    box.focus();
    const [title, ...lines] = [...box.children].map(({ textContent }) => textContent);
    say([`${title}.`, ...lines].join(" "));
  });

  /** @param {Element} page */
  return function show(page) {
    const box = one("[data-result]", page);
    const button = one("[data-hand]", page);
    const line = one("[data-attempt]", page);
    const gaps = one("[data-gaps]", page);
    if (!box || !button || !line || !gaps) return;
    const state = now();
    const isDone = turn(course, state) % 2 === 1;
    for (const place of all("[data-mastery]", page)) place.textContent = percent(masteryOf(course) || 0);
    gaps.hidden = true;
    box.hidden = !isDone;
    line.textContent = isDone ? "" : attempt(state);
    button.hidden = isDone && attemptsLeft(course, state) <= 0;
    button.textContent = isDone ? words.newAttempt : words.handIn;
    button.classList.add("main");
    if (!isDone) return;
    const { isOver, look, title, lines } = result(state);
    button.classList.toggle("main", !isOver);
    box.className = `fb${look}`;
    box.replaceChildren(...verdict(look === " wrong" ? "cross" : "check", title, lines));
  };
}
