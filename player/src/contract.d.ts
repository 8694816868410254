/** The values that the player's modules pass to each other. */

import type catalogue from "../../src/coursepack/languages/sv/strings.json";

/** What a change of language asks of the player. */
export interface Shown {
  /** Id of the page that is shown. */
  now(): string;
  /** Closes what is open and pauses what plays, before all elements are taken out of the document. */
  leave(): void;
  /** Shows in the elements that have come what has been done, and this page of them. */
  adopt(page: HTMLElement): void;
  say(text: string): void;
}

/** What the player's own script holds ready for `later.js`, and what that one does beside. */
export interface Player {
  course: Course;
  /** How the course looks on this device, as far as the learner has chosen. */
  look: Record<string, string>;
  /** The learner's name in the LMS. May throw. */
  learner(): string;
  /** Takes over what was done in an earlier attempt, or erases it. */
  recall(isWanted: boolean): void;
  /** Stops keeping on this device what is meant for the LMS. */
  forget(): void;
  /** What has been done, as soon as that is known. */
  state?: State;
  /** Nothing is left to do, including passing. */
  isDone?: boolean;
  /** The latest one. */
  session?: Session;
  /** In a session of this window the LMS had a state that could not be read. */
  isUnread?: boolean;
  /** Where a film or sound was left, in seconds; 0: from the beginning. */
  positionOf(slot: number): number;
  leaveAt(slot: number, seconds: number): void;
  /** The learner bookmarks a page, or takes the bookmark away. */
  bookmark(page: Page, isOn: boolean): void;
  /** What was answered to a question. */
  chosen(question: Question): string[];
  /** A choice was made in a scenario, or its end reached. */
  choose(question: Question, held: string[], hasEnded: boolean): void;
  /** Pages that were shown before `later.js` came. */
  waiting: Set<Element>;
  /** Replaced by `later.js`: gives a page that is shown what needs a script and can wait, such as the tools of films. */
  furnish(page: Element): void;
  /** Replaced by `later.js`: notes where films and sounds are that are playing, before the state is saved for the last time. */
  notePlaces(): void;
  /** Replaced by `later.js`: leads the learner to what was sought on the page that is shown, each time one is. */
  lead(page: HTMLElement): void;
  /** Replaced by `later.js`: shows what follows from the state, and is called whenever that or the page changes. */
  renew(): void;
  /** What `later.js` would have a second time. */
  lent: object;
}

/**
 * To be called when the document has loaded, and again with the languages that the learner prefers in the LMS, as tags
 * separated by commas.
 */
export type Speak = (preferred?: string) => void;

declare global {
  interface Window {
    coursepackEditions?: (course: Course, shown: Shown) => Speak;
    coursepackPlayer?: Player;
    coursepackTracking?: import("./lms/lrs/tracking-loader.js").Connect;
    /** What the player's script shares with the script for an LRS, so that it is not loaded twice. */
    coursepackLent?: object;
  }
}

export interface Page {
  id: string;
  slot: number;
  minutes: number;
  core: boolean;
  part: string | null;
  /** How many of its questions with a right answer each learner is asked, where not all are. */
  pool?: number;
  /** Its number among the pages of `course.lock`, where the state has room to bookmark them. */
  bookmark?: number;
}

export interface Question {
  id: string;
  page: string;
  kind: "choice" | "matching" | "ordering" | "fill-in" | "numeric" | "likert" | "scenario";
  /** False: there is no right answer. */
  scored: boolean;
  /**
   * What an answer can hold. Of a matching: `row.target`. Of an ordering: `one.other` when the one is before the
   * other, and `answered`. Of a text or a number: the evaluation. Of a scenario: `scene.choice`, and where one is.
   */
  answers: { id: string; slot: number; right: boolean }[];
  /** How a text or a number is evaluated. */
  key?: TextKey | NumberKey;
  /** Its words as a localized string of SCORM 2004, at most 250 characters; where answers are reported, as is `names`. */
  description?: string;
  /**
   * What answers say, as identifiers of SCORM 2004, by their ids where these differ; that of a target in a matching comes
   * after a full stop.
   */
  names?: Record<string, string>;
}

export interface TextKey {
  /** What is accepted. */
  texts: string[];
  /** Case and spaces count. */
  strict: boolean;
}

/** The least and the greatest number that is right; null: there is no end. */
export interface NumberKey {
  min: number | null;
  max: number | null;
}

export type Completion =
  | { rule: "all-core-pages"; questions?: "answered" }
  | { rule: "parts"; parts: string[]; of: string[]; tracks: number }
  | { rule: "check-submitted"; page: string }
  | { rule: "score"; page: string; mastery: number };

/** A final check whose answers are handed in together. */
export interface Hand {
  /** Each answer is marked afterwards. */
  feedback: boolean;
  /** Right answers are shown then. */
  review: boolean;
  /** Null: not limited. */
  attempts: number | null;
  /**
   * Slots of the digits of a number that only grows: by one when the answers are handed in, and by one when a new attempt
   * is begun. It is odd in between.
   */
  turn: number[];
  /** Those of the best score, in hundredths of a per cent. */
  best: number[];
}

export type StatusWord = "completed" | "passed" | "both";

/** What the build writes into the page. */
export interface Course {
  id: string;
  /** Fifteen bits that identify the course and its version, for the support code. */
  fingerprint: number;
  version: string;
  title: string;
  lang: string;
  slots: number;
  /** Hashes of the first four lines of `course.lock`, of the first eight, and so on, two characters each. */
  marks: string;
  /** How many films and sounds the state has room to remember positions of. */
  positions: number;
  /** Slots of the digits of the number that pools are drawn by, the highest first; where there are pools. */
  draw?: number[];
  /** In the recommended order. */
  pages: Page[];
  questions: Question[];
  /** Where answers are reported: ids of questions, each in its place for ever, also of those that the course had once. */
  columns?: string[];
  parts: { id: string; track: boolean }[];
  completion: Completion;
  check: { page: string; mastery: number | null; hand?: Hand } | null;
  status: StatusWord;
  /** What is reported to the LMS besides status, progress and opened pages. */
  report: { answers: boolean; media: boolean };
  /** How often an LMS that is called inside the page is given what was done. */
  commit: "every" | "throttled" | "sparing";
  strings: Omit<(typeof catalogue)["player"], "alarms"> & { alarms: Record<Cause, Alarm> };
}

/** What the learner has done. Values of this type are never changed in place. */
export interface State {
  completed: boolean;
  passed: boolean;
  /** Slot of the last page. */
  last: number | null;
  /** Six slots a number, the lowest slot in the highest bit. */
  bits: readonly number[];
  /** Where films and sounds were left, the one that was played last first. */
  positions: readonly Position[];
  /** Numbers of the pages that are bookmarked. */
  bookmarks: readonly number[];
}

/** In whole seconds, at least 0. */
export type Position = [slot: number, at: number];

export interface Result {
  completed: boolean;
  passed: boolean;
  failed: boolean;
  /** The course requires a pass, which can still be reached: no status is reported that an LMS takes as the end. */
  isOpen: boolean;
  /** Per cent, known once every question of the check is answered. */
  score: number | null;
  /** Share of the core pages that count, 0 to 1; 1 once the course is completed. */
  progress: number;
  /** Core pages of each part that count, in the order of the course. */
  parts: (Count & { id: string })[];
}

export interface Count {
  done: number;
  total: number;
}

export interface Progress extends Count {
  minutesLeft: number;
  parts: Map<string, Count>;
}

export interface Session {
  /** Null: nothing is kept, or nothing that can be read. */
  state: State | null;
  location: string;
  status: "none" | "incomplete" | "completed" | "passed" | "failed";
  /**
   * Whether status and score are reported. In review, or without credit, only what is better than what the LMS has, and it
   * may not count; in browse nothing is kept.
   */
  mode: "normal" | "review" | "browse";
  /** What is done is kept on this device alone. */
  isHere?: boolean;
  /** There is no LMS that anything is sent to. */
  isAlone?: boolean;
  /** The LMS had a state that cannot be read: damaged, of a later format, or of another course. */
  isUnread?: boolean;
  /** This device holds what was done in an attempt that the LMS does not know of; milliseconds since 1970, of its end. */
  earlier?: number;
  /** The score that the LMS asks for, in per cent; null: the one of the course. */
  mastery: number | null;
  /** Where the LMS wants a learner to go who leaves the course by its own link. */
  back?: string;
  /** The learner has set in the LMS that sound starts muted. */
  quiet?: boolean;
  /** The languages that the learner prefers in the LMS, as tags separated by commas, the most preferred first. */
  language?: string | null;
}

/** What the learner sees when a save did not arrive. */
export interface Alarm {
  /** Where it is not the usual one. */
  title?: string;
  /** The device keeps what was done until it can be sent. */
  held?: string;
  /** It does not, or that makes no difference. */
  lost: string;
  /** What is read out in place of title and text. */
  spoken?: string;
}

/**
 * Why a save did not arrive. silent: no answer. unkept: the LMS answers that it kept nothing, as one does that has logged
 * the learner out. ended: logged out, which logging in again in another window mends. relaunch: this launch takes nothing
 * more, and only opening the course from the LMS again helps. closed: so too, since the LMS's window is gone. full: the LMS does not keep all of the state. refused: it does not take a result. storage: the
 * device keeps nothing.
 */
export type Cause = "silent" | "unkept" | "ended" | "relaunch" | "closed" | "full" | "refused" | "storage";

/**
 * An event that may be reported; `at` in milliseconds since 1970. A page is reported when it is first opened. An
 * answer is neither right nor wrong where nothing is; `text` is what was written, a number with a full stop, if it is known.
 * A draft is an answer that was not handed in yet, and is never reported; nor is a bookmark.
 */
export type LearnerEvent =
  | { kind: "page"; at: number; page: string }
  | { kind: "answer"; at: number; question: string; chosen: string[]; right: boolean | null; text: string }
  | { kind: "draft"; at: number; question: string; chosen: string[] }
  | { kind: "bookmark"; at: number; page: string; isOn: boolean }
  | MediaEvent;

export interface MediaEvent {
  kind: "media";
  at: number;
  /** Package path of the file. */
  media: string;
  event: "started" | "played" | "paused" | "seeked" | "ended" | "left";
  /** Seconds, as are `from` and `length`. */
  time: number;
  /** Where a seek began. */
  from?: number;
  length: number;
  /** What was played, as the video profile writes it: `0[.]12.5[,]20[.]33.1`. */
  segments: string;
  /** Share of the length that was played at least once, 0 to 1. */
  progress: number;
  /** Names this playing of the file: a UUID. */
  session: string;
  speed: number;
  volume: number;
}

export interface Lms {
  /** Null: there is no LMS here. Rejects with a cause when there is one that does not let us in. */
  open(): Promise<Session | null>;
  /** Takes note of what happened, also where no session is open. Never throws. */
  record(event: LearnerEvent): void;
  /**
   * Rejects with a cause, and perhaps with `after` (seconds to wait at least), when it did not all arrive. Resolves to
   * the state that is kept when that holds more than was given, from another device or tab; else to null.
   */
  save(state: State, location: string, result: Result): Promise<State | null>;
  /**
   * Keeps on the device what cannot be sent now. Returns whether the device has it, so that it arrives with a later
   * launch; an adapter that cannot do so has none of this. Never throws.
   */
  hold?(state: State, location: string): boolean;
  /** The state as far as the device knows it, when no session could be opened; null when it knows nothing. */
  known?(): State | null;
  /** The state with what this device holds of an earlier attempt. */
  fetch?(): State;
  /** Erases that. */
  drop?(): void;
  /** Erases all that the device holds of this course, and holds nothing more. */
  forget?(): void;
  /** The learner's name in the LMS. Read for a certificate only. May throw. */
  learner?(): string;
  /**
   * Whether the LMS is known to hold what it was given last; one without this is known to when a save resolves. With
   * `again` it is asked once more, if that has not proved vain; throws with a cause when it turns out not to.
   */
  isSure?(again?: boolean): boolean;
  /** Whether this device keeps progress, since the LMS has no place for it. */
  isHere?(): boolean;
  /** Whether the window of the LMS is still there. Calls nothing. */
  isThere?(): boolean;
  /** Milliseconds for which the LMS had better be left alone; one without this need not be. */
  rest?(): number;
  /** Keeps the session in the LMS alive. Throws with a cause. */
  stay?(): void;
  /** Has sent everything when it returns, and is safe to call twice. */
  finish(state: State, location: string, result: Result): void;
}
