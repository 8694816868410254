// Keeps progress in suspend data, and knows what of it the LMS is known to have (`read-back.js`). The device keeps everything
// too, until a later launch has read it from the LMS (`left-sessions.js`).

import { EMPTY, encode, handedIn, isRight, same } from "../../state.js";
import { NOTHING, progressRecord, read, write } from "../device/progress-record.js";
import { detailsOf, failure } from "../failure.js";
import { all, attempt } from "./attempt.js";
import { inferTimes } from "./infer-times.js";
import { leftSessions } from "./left-sessions.js";
import { otherTabs } from "./other-tabs.js";
import { readBack } from "./read-back.js";
import { newAttempt, unsealed } from "./seal.js";
import { sealedTexts } from "./sealed-texts.js";

/**
 * @import { Course, LearnerEvent, Lms, Result, Session, State } from "../../contract.d.ts"
 * @import { Connection } from "./connection.js"
 * @import { Answered } from "./interactions.js"
 */

/**
 * @typedef {object} Steps how one version reports a result
 * @property {(result: Result) => void} report
 * @property {() => void} setTime
 * @property {(again: boolean) => void} confirm after a commit, and again a while later: throws then if the LMS does not
 *   have the result
 * @property {() => void} setExit the last step before the session is closed
 * @property {Parameters<Connection["resend"]>[0]} [change]
 */

/**
 * @param {Window} window
 * @param {Course} course
 * @param {Connection} line
 * @param {{ state: string, location: string, learner: string }} names of the elements
 * @param {() => number} now milliseconds since 1970
 */
export function suspendData(window, course, line, names, now) {
  const progress = progressRecord(course, now);
  const texts = sealedTexts(course);
  const known = readBack(window, course, line, names.state, texts, progress);
  const device = leftSessions(window, course, progress, texts, known, now);
  const tabs = otherTabs(window, course, (told) => {
    const doc = read(String(told.doc), course);
    if (!doc) return;
    progress.take(doc);
    texts.remember(String(told.sealed));
    // Both began without suspend data.
    if (told.attempt < texts.attempt) texts.attempt = told.attempt;
  });
  let hasBegun = false;

  const stateText = () => encode(progress.current().state);

  /** The LMS holds the state as it is now. */
  const isAllThere = () => stateText() === texts.plain;

  /** Sets state and location. The location is optional: the state names the page too. */
  function set() {
    if (!isAllThere() || line.held(names.state) !== texts.sent) {
      known.isSure = false;
      texts.seal(stateText());
      device.hold();
      tabs.tell(() => ({ doc: write(progress.current(), course), sealed: texts.sent, attempt: texts.attempt }));
    }
    try {
      line.set(names.state, texts.sent);
    } catch (error) {
      if (detailsOf(error).cause !== "refused") throw error;
      throw failure("full", String(error));
    } finally {
      attempt(() => line.set(names.location, progress.current().location));
    }
  }

  /**
   * The answers that the LMS does not have. What was written is not kept.
   * @param {State} before that it holds
   * @returns {Answered[]}
   */
  function missing(before) {
    const { state, answered } = progress.current();
    return course.questions.flatMap((question) => {
      const { id, scored } = question;
      const chosen = handedIn(course, state, question);
      if (!chosen[0] || String(chosen) === String(handedIn(course, before, question))) return [];
      const right = scored ? isRight(question, chosen) : null;
      return [{ kind: "answer", at: answered[id] || now(), question: id, chosen, right, text: "" }];
    });
  }

  /**
   * In the first session of this window: what the LMS holds, and what the device does.
   * @param {string} text
   * @param {State} state that was read of it
   * @param {string} location
   * @param {boolean} isNew nothing at all is known of this learner there
   */
  function takeOver(text, state, location, isNew) {
    progress.take({ ...NOTHING, state, location });
    // This version of the course may be able to read it.
    const old = unsealed(course, texts.aside);
    if (old) {
      progress.take({ ...NOTHING, state: old.state });
      texts.aside = "";
    }
    device.adopt(text, location, isNew, isAllThere);
    progress.begin();
  }

  return {
    restore: device.restore,

    /**
     * Opens a session. If the launch takes none, progress is kept for the learner of another SCO in this window before, and
     * what the device has of that learner is shown.
     */
    start() {
      try {
        line.begin();
      } catch (error) {
        device.takeAll();
        throw error;
      }
    },

    /**
     * @param {Session["status"]} status that the LMS has of the learner
     * @param {Session["mode"]} mode
     * @returns {Pick<Session, "state" | "location" | "isUnread" | "earlier"> & { missed: Answered[] }}
     */
    begin(status, mode) {
      device.isIdle = mode === "browse";
      const text = line.get(names.state);
      const found = unsealed(course, text);
      const location = found ? "" : attempt(() => line.get(names.location)) || "";
      if (!device.identify(attempt(() => line.get(names.learner)) || "")) {
        line.drop();
        throw failure("relaunch", names.learner);
      }
      const isNew = text === "" && status === "none";
      const { ours } = texts;
      texts.begin(text, found);
      known.begin(text);
      const isUnread = !found && text !== "";
      if (isUnread) device.holdUnread(text);
      if (!hasBegun) takeOver(text, found ? found.state : EMPTY, location, isNew);
      else if (!isNew) progress.take(inferTimes(course, text, location, progress.current(), ours));
      texts.attempt = texts.attempt || newAttempt(Math.random());
      hasBegun = true;
      if (!device.isIdle) tabs.listen(device.by);
      const kept = progress.current();
      const state = found || !same(kept.state, EMPTY) ? kept.state : null;
      const missed = missing(found ? found.state : EMPTY);
      return { state, location: kept.location, isUnread, earlier: device.earlier, missed };
    },

    /** @param {LearnerEvent} event */
    record(event) {
      progress.record(event);
      // At once, since a window may crash before it saves.
      if (event.kind !== "media") device.hold();
    },

    confirm: known.confirm.bind(known),

    /**
     * The methods that both versions share.
     * @param {Steps} steps
     * @returns {Omit<Lms, "open" | "record">}
     */
    lms: ({ report, setTime, confirm, setExit, change }) => ({
      async save(state, location, result) {
        progress.note(state, location, 0);
        if (!line.isOpen) throw failure("ended", "save");
        all(set, () => {
          if (line.isDoubtful) line.resend(change);
          all(
            () => report(result),
            () => {
              if (!line.isChanged) return;
              attempt(setTime);
              line.commit();
              known.isTaken = true;
              all(
                () => known.look(),
                () => confirm(false),
              );
            },
          );
        });
        return progress.more(state);
      },

      isSure(again) {
        if (again && !known.isSure && line.isOpen && known.isWorthALook()) {
          known.lookAgain();
          confirm(true);
        }
        return known.isProven();
      },

      isThere: line.isThere,
      rest: line.rest,

      stay() {
        attempt(setTime);
        line.commit(true);
        known.look();
      },

      hold(state, location) {
        progress.note(state, location, 0);
        return device.hold();
      },

      known: () => (progress.isBlank() ? null : progress.current().state),

      fetch() {
        device.takeEarlier();
        device.hold();
        device.dropEarlier();
        return progress.current().state;
      },

      drop: device.dropEarlier,

      forget: device.forget,

      finish(state, location, result) {
        if (device.isIdle) {
          line.leave();
          return;
        }
        progress.note(state, location, 0);
        line.leave(
          set,
          () => report(result),
          setTime,
          setExit,
          // Some LMSs refuse to commit while the page unloads, and take everything when the session ends.
          line.commit,
          // What was sent just now may not have arrived, whatever the LMS says.
          () => known.isSure && known.look(),
        );
        // This launch has read all of it from the LMS.
        if (known.isSure && texts.sent === texts.base && isAllThere()) device.clear();
        else device.hold();
        tabs.close();
      },
    }),
  };
}
