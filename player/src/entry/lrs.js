import { fingerprint } from "../hash.js";
import { copies } from "../lms/copies.js";
import { isWhole, notebook, parsed, read, write } from "../lms/document.js";
import { detailsOf, failure } from "../lms/failure.js";
import { late } from "../lms/late.js";
import { agent, baseOf, identity } from "../lms/launch.js";
import { leftover } from "../lms/leftover.js";
import { nowhere } from "../lms/nowhere.js";
import { queue } from "../lms/queue.js";
import { order } from "../order.js";
import { follow } from "../playing.js";
import { start } from "../start.js";
import { decode, has, isJudged, rights } from "../state.js";

window.coursepackLent = {
  agent,
  baseOf,
  copies,
  decode,
  detailsOf,
  failure,
  fingerprint,
  has,
  identity,
  isJudged,
  isWhole,
  leftover,
  notebook,
  nowhere,
  order,
  parsed,
  queue,
  read,
  rights,
  write,
};
start((course) => late(window, course), follow);
