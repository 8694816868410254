/** The values that the player's modules hand to one another. */

import type catalogue from "../../templates/strings/sv.json";

export interface Page {
  id: string;
  slot: number;
  minutes: number;
  core: boolean;
  part: string | null;
}

export interface Question {
  id: string;
  page: string;
  multiple: boolean;
  answers: { id: string; slot: number; right: boolean }[];
}

export type Completion =
  | { rule: "all-core-pages" }
  | { rule: "parts"; parts: string[]; of: string[]; tracks: number }
  | { rule: "check-submitted"; page: string }
  | { rule: "score"; page: string; mastery: number };

export type StatusWord = "completed" | "passed" | "both";

/** What the build writes into the page. */
export interface Course {
  id: string;
  version: string;
  title: string;
  lang: string;
  slots: number;
  /** In the recommended order. */
  pages: Page[];
  questions: Question[];
  parts: { id: string; track: boolean }[];
  completion: Completion;
  check: { page: string; mastery: number | null } | null;
  status: StatusWord;
  strings: (typeof catalogue)["player"];
}

/** What the learner has done. Values of this type are never changed in place. */
export interface State {
  completed: boolean;
  passed: boolean;
  /** Slot of the last page. */
  last: number | null;
  /** Six slots a number, the lowest slot in the highest bit. */
  bits: readonly number[];
}

export interface Result {
  completed: boolean;
  passed: boolean;
  failed: boolean;
  /** Per cent, known once every question of the check is answered. */
  score: number | null;
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
  state: string;
  location: string;
  status: "none" | "incomplete" | "completed" | "passed" | "failed";
  /** Whether status and score may be written. */
  record: boolean;
}

/** Why a save did not arrive: no answer, the session is over, or the device keeps nothing. */
export type Cause = "silent" | "ended" | "storage";

export interface Lms {
  /** Null: there is no LMS here. Rejects with a cause when there is one that does not let us in. */
  open(): Promise<Session | null>;
  /** Rejects with a cause when it did not arrive. */
  save(state: string, location: string, result: Result): Promise<void>;
  /** Has sent everything when it returns, and is safe to call twice. */
  finish(state: string, location: string, result: Result): void;
}
