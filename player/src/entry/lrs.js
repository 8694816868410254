import { fingerprint } from "../hash.js";
import { databaseCopy } from "../lms/device/database-copy.js";
import { deviceStore } from "../lms/device/device-store.js";
import { isWhole, parsed, progressRecord, read, write } from "../lms/device/progress-record.js";
import { detailsOf, failure } from "../lms/failure.js";
import { agent, baseOf, identity } from "../lms/lrs/launch.js";
import { nullLms } from "../lms/lrs/null-lms.js";
import { outbox } from "../lms/lrs/outbox.js";
import { trackingLoader } from "../lms/lrs/tracking-loader.js";
import { order } from "../order.js";
import { follow } from "../playing.js";
import { start } from "../start.js";
import { has, isJudged, rights } from "../state.js";

window.coursepackLent = {
  agent,
  baseOf,
  databaseCopy,
  detailsOf,
  failure,
  fingerprint,
  has,
  identity,
  isJudged,
  isWhole,
  deviceStore,
  progressRecord,
  nullLms,
  order,
  parsed,
  outbox,
  read,
  rights,
  write,
};
start((course) => trackingLoader(window, course), follow);
