// What no first page needs, which comes after the player and takes from it what both have.

import { sides } from "../blocks/before-after.js";
import { playables } from "../blocks/playable.js";
import { closing } from "../closing.js";
import { supportCode } from "../code.js";
import { one } from "../dom.js";
import { notices } from "../notices.js";
import { printing } from "../printing.js";
import { watchScrolling } from "../scroll.js";
import { search } from "../search.js";
import { settings } from "../settings.js";

const player = window.coursepackPlayer;

if (player) {
  const { course } = player;
  document.documentElement.setAttribute("data-later", "");
  settings(player.look);
  printing();
  sides();
  Object.assign(player, playables(course, player.positionOf, player.leaveAt));
  const lead = search(course);
  player.lead = (page) => {
    watchScrolling(page);
    lead(page);
  };
  watchScrolling(one("[data-now]") || document.body);
  for (const page of player.waiting) player.furnish(page);
  const tell = notices(player);
  player.renew = () => {
    tell();
    if (!player.state) return;
    one("[data-code]")?.replaceChildren(supportCode(course, player.state, player.isUnread === true));
    closing(course, one("[data-now]")?.id || "", player.isDone === true, player.learner);
  };
  player.renew();
}
