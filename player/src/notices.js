// Notices about this launch, and about the data that this device keeps.

import { element, fill, on, one, say } from "./dom.js";
import { masteryOf } from "./state.js";

/**
 * @import { Player, Session } from "./contract.d.ts"
 */

/**
 * All entries on this device whose names have this prefix.
 * @param {string} start
 */
function erase(start) {
  try {
    const storage = window.localStorage;
    const names = Array.from({ length: storage.length }, (_, at) => storage.key(at) || "");
    for (const name of names) if (name.startsWith(start)) storage.removeItem(name);
  } catch {
    // Storage is unavailable.
  }
}

/**
 * @param {Player} player
 * @returns shows new notices; called when the document has changed
 */
export function notices(player) {
  const { course } = player;
  const words = course.strings;
  /** @type {Session | undefined} */
  let session;
  /** An answered question is not asked again. */
  let isAnswered = false;

  /** @param {number} at milliseconds since 1970 */
  const day = (at) => new Date(at).toLocaleDateString(`${course.lang}-GB`, { day: "numeric", month: "long" });

  on("click", "[data-recall]", (button) => {
    isAnswered = true;
    player.recall(button.dataset.recall === "yes");
    show(true);
    one("h1", one("[data-now]") || document)?.focus({ preventScroll: true });
  });
  on("click", "[data-forget]", () => {
    erase(`coursepack:${course.id}:`);
    player.forget();
    say(words.forgotten);
  });

  /** @param {boolean} [isAnew] */
  function show(isAnew = false) {
    const place = one("[data-told]");
    if (!player.session || !place || (player.session === session && place.dataset.told && !isAnew)) return;
    const isNew = player.session !== session;
    session = player.session;
    player.isUnread = player.isUnread || session.isUnread;
    const { mode, status } = session;
    // Where nothing is judged, nothing better can come that would have to count.
    const isOver = mode === "review" && masteryOf(course) === null && /completed|passed/.test(status);
    const earlier = isAnswered ? undefined : session.earlier;
    // Pages that are still to come have such hints, too.
    document.documentElement.toggleAttribute("data-sent", mode === "normal" && !session.isAlone);
    const kept = one("[data-kept]");
    if (kept) kept.hidden = session.isHere === true;
    const told = [
      ...(mode === "normal" || isOver ? [] : [words.told[mode]]),
      ...(player.isUnread ? [words.told.unread] : []),
      ...(earlier ? [words.told.earlier] : []),
    ].map(({ title, text }) => ({ title, text: fill(text, { date: day(earlier || 0) }) }));
    place.dataset.told = mode;
    place.hidden = told.length === 0;
    place.replaceChildren(
      ...told.map(({ title, text }) => element("p", {}, element("strong", {}, title), ` ${text}`)),
      ...Object.entries(earlier ? { yes: words.recall, no: words.drop } : {}).map(([wish, word]) =>
        element("button", { class: "btn", type: "button", "data-recall": wish }, word),
      ),
    );
    if (isNew && told.length > 0) say(told.map(({ title, text }) => `${title} ${text}`).join(" "));
  }

  return show;
}
