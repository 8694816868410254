// Reports what was played of films and sound. Loaded only in packages that can report it.

import { uuid } from "./lms/lrs/statements.js";

/**
 * @import { LearnerEvent, MediaEvent } from "./contract.d.ts"
 */

/**
 * One film or sound since it was first played.
 * @typedef {object} Playing
 * @property {string} media
 * @property {string} session
 * @property {[from: number, to: number][]} segments
 * @property {number | null} from where the running segment began
 * @property {number} at last position
 * @property {number | null} sought position when a seek began that has not ended
 * @property {boolean} isHeld it was asked for, and how long it is has not come yet
 * @property {boolean} isTold
 * @property {boolean} isEnded
 */

/** @param {number} seconds */
const rounded = (seconds) => Math.round(seconds * 1000) / 1000;

/**
 * Share of the length that the segments cover, 0 to 1.
 * @param {readonly (readonly [from: number, to: number])[]} segments
 * @param {number} length
 */
export function covered(segments, length) {
  if (!(length > 0)) return 0;
  let sum = 0;
  let reached = 0;
  for (const [from, to] of [...segments].sort((one, other) => one[0] - other[0])) {
    sum += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return Math.min(1, rounded(sum / length));
}

/**
 * Follows every film and sound of the document.
 * @param {(event: LearnerEvent) => void} note
 * @returns {() => void} to be called when the page is left
 */
export function follow(note) {
  /** @type {Map<HTMLMediaElement, Playing>} */
  const known = new Map();

  /**
   * @param {HTMLMediaElement} medium
   * @param {Playing} playing
   * @param {MediaEvent["event"]} event
   * @param {number} [from]
   */
  function tell(medium, playing, event, from) {
    const length = medium.duration;
    /** @type {[number, number][]} */
    const segments = playing.from === null ? playing.segments : [...playing.segments, [playing.from, playing.at]];
    note({
      kind: "media",
      at: Date.now(),
      media: playing.media,
      event,
      time: rounded(playing.at),
      ...(from === undefined ? {} : { from: rounded(from) }),
      length: rounded(length),
      segments: segments.map(([start, end]) => `${rounded(start)}[.]${rounded(end)}`).join("[,]"),
      progress: covered(segments, length),
      session: playing.session,
      speed: medium.playbackRate,
      volume: medium.muted ? 0 : medium.volume,
    });
  }

  /** @param {Playing} playing */
  function close(playing) {
    if (playing.from !== null && playing.at > playing.from) playing.segments.push([playing.from, playing.at]);
    playing.from = null;
  }

  /**
   * The profile asks for the length from the first statement on, and a browser that loads nothing beforehand learns it
   * only after the learner has pressed the button.
   * @param {HTMLMediaElement} medium
   * @param {Playing} playing
   */
  function begin(medium, playing) {
    playing.isHeld = !Number.isFinite(medium.duration);
    if (playing.isHeld) return;
    if (!playing.isTold) tell(medium, playing, "started");
    playing.isTold = true;
    tell(medium, playing, "played");
  }

  /** @type {Record<string, (medium: HTMLMediaElement, playing: Playing) => void>} */
  const steps = {
    play(medium, playing) {
      playing.at = medium.currentTime;
      playing.from = playing.at;
      begin(medium, playing);
    },
    durationchange(medium, playing) {
      if (playing.isHeld) begin(medium, playing);
    },
    timeupdate(medium, playing) {
      // While a seek is under way the clock shows where it will end.
      if (!medium.seeking) playing.at = medium.currentTime;
    },
    pause(medium, playing) {
      // At the end a browser pauses first; that is no pause of the learner's.
      if (medium.ended || medium.seeking || playing.from === null) return;
      if (playing.isHeld) {
        playing.isHeld = false;
        playing.from = null;
        return;
      }
      playing.at = medium.currentTime;
      close(playing);
      tell(medium, playing, "paused");
    },
    seeking(_medium, playing) {
      playing.isEnded = false;
      // A seek ends with a `timeupdate` of its own, before `seeked`.
      playing.sought = playing.sought ?? playing.at;
      close(playing);
    },
    seeked(medium, playing) {
      const from = playing.sought ?? playing.at;
      playing.sought = null;
      playing.at = medium.currentTime;
      // To go on where one was, as after a change of version, is no move.
      if (playing.isTold && Math.abs(from - playing.at) > 0.1) tell(medium, playing, "seeked", from);
      if (!medium.paused) playing.from = playing.at;
    },
    ended(medium, playing) {
      if (playing.isEnded) return;
      playing.isEnded = true;
      playing.at = medium.duration;
      close(playing);
      tell(medium, playing, "ended");
    },
  };

  for (const [name, step] of Object.entries(steps)) {
    document.addEventListener(
      name,
      ({ target }) => {
        if (!(target instanceof HTMLMediaElement)) return;
        let playing = known.get(target);
        if (!playing) {
          // A version with audio description, or in another language, is the same film. What is behind a content note is not reported.
          const { media } = target.dataset;
          if (name !== "play" || !media) return;
          const nothing = { segments: [], from: null, sought: null, isHeld: false, isTold: false, isEnded: false };
          playing = { media, session: uuid(), at: target.currentTime, ...nothing };
          known.set(target, playing);
        }
        step(target, playing);
      },
      true,
    );
  }

  return () => {
    for (const [medium, playing] of known) {
      if (!playing.isTold) continue;
      if (!medium.paused) playing.at = medium.currentTime;
      close(playing);
      tell(medium, playing, "left");
    }
    known.clear();
  };
}
