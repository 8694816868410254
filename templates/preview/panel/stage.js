// The stage: the stand-in LMS's page, in a frame. It is of another origin, and is spoken to by messages.

import { byId } from "./dom.js";
import { readMessage } from "./messages.js";

const SITE = document.documentElement.dataset.site ?? "";

export class Stage {
  frame = /** @type {HTMLIFrameElement} */ (byId("frame"));
  /** Whether it is loaded, and can be told something. */
  isReady = false;

  /** @param {(message: import("./messages.js").Message) => void} hear what it says */
  constructor(hear) {
    addEventListener("message", (event) => {
      if (event.origin !== SITE || event.source !== this.frame.contentWindow) return;
      const message = readMessage(event.data);
      if (message?.kind === "ready") this.isReady = true;
      if (message) hear(message);
    });
  }

  /** @param {Record<string, unknown>} message */
  tell(message) {
    this.frame.contentWindow?.postMessage(message, SITE);
  }

  load() {
    this.isReady = false;
    this.frame.src = `${SITE}/stage`;
  }
}
