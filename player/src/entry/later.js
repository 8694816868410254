// Everything that the first page does not need. Loaded after the player, whose modules it shares.

import { sides } from "../blocks/before-after.js";
import { playables } from "../blocks/playable.js";
import { scenarios } from "../blocks/scenario.js";
import { closing } from "../closing.js";
import { supportCode } from "../code.js";
import { lasting, one } from "../dom.js";
import { doors } from "../doors.js";
import { endings } from "../endings.js";
import { folds } from "../folds.js";
import { keys } from "../keys.js";
import { lights } from "../lights.js";
import { notices } from "../notices.js";
import { pageTools } from "../page-tools.js";
import { printing } from "../printing.js";
import { readAloud } from "../read-aloud.js";
import { watchScrolling } from "../scroll.js";
import { search } from "../search.js";
import { settings } from "../settings.js";
import { summaries } from "../summary.js";

const player = window.coursepackPlayer;

if (player) {
  const { course } = player;
  document.documentElement.setAttribute("data-later", "");
  settings(player.look);
  printing();
  sides();
  folds();
  keys();
  const { furnish, notePlaces } = playables(course, player.positionOf, player.leaveAt);
  const restoreScenarios = scenarios(course, player.choose);
  player.notePlaces = notePlaces;
  player.furnish = (page) => {
    furnish(page);
    restoreScenarios(page, player.chosen);
  };
  const lead = search(course);
  let page = /** @type {HTMLElement} */ (one("[data-now]"));
  player.lead = (next) => {
    page = next;
    watchScrolling(page);
    lead(page);
  };
  watchScrolling(page);
  for (const page of player.waiting) player.furnish(page);
  const tell = notices(player);
  const light = lights(course);
  const end = endings(course, () => player.renew());
  const sumUp = summaries(course, player.chosen);
  const showTools = pageTools(player);
  const showReading = readAloud(course);
  player.renew = () => {
    tell();
    showReading(page);
    showTools(page);
    if (!player.state) return;
    lasting("[data-code]")[0]?.replaceChildren(supportCode(course, player.state, player.isUnread === true));
    doors(course, player.state);
    sumUp(page, player.state);
    const dark = end(page, player.state, player.isDone === true);
    light(page, player.state, player.isDone === true, dark);
    closing(course, player.state, page.id, player.isDone === true, player.learner);
  };
  player.renew();
}
