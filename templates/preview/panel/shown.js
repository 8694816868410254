// What the panel shows: a course or a package, and its page.

/**
 * @typedef {object} Course as /course.json tells it
 * @property {string} title
 * @property {string} language
 * @property {string} target
 * @property {string} standard
 * @property {import("./chooser.js").Target[]} targets
 * @property {import("./notes.js").PageNotes[]} pages
 * @property {import("./data.js").Room} room
 * @property {boolean} course false for anybody's package
 * @property {import("./notes.js").Problem[]} problems
 * @property {{ title: string }[]} [units] of a package
 * @property {number | null} [aim]
 */

const LRS = ["xAPI", "cmi5"];

export class Shown {
  /** @type {Course | null} */
  course = null;
  page = { id: "", title: "", language: "" };

  /** Whether it is a course, whose sources can be changed. */
  get isCourse() {
    return this.course?.course === true;
  }

  /** Whether it speaks to an LRS instead of an API. */
  get isLrs() {
    return this.course !== null && LRS.includes(this.course.standard);
  }

  /** What is known of the page that the course is at. */
  get pageNow() {
    return this.course?.pages.find(({ id }) => id === this.page.id);
  }
}
