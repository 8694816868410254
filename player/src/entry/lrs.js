import { fingerprint } from "../hash.js";
import { copies } from "../lms/device/database-copy.js";
import { leftover } from "../lms/device/device-store.js";
import { isWhole, notebook, parsed, read, write } from "../lms/device/progress-record.js";
import { detailsOf, failure } from "../lms/failure.js";
import { agent, baseOf, identity } from "../lms/lrs/launch.js";
import { nowhere } from "../lms/lrs/null-lms.js";
import { queue } from "../lms/lrs/outbox.js";
import { late } from "../lms/lrs/tracking-loader.js";
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
