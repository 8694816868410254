import { notebook, parsed, read, write } from "../lms/document.js";
import { late } from "../lms/late.js";
import { order } from "../order.js";
import { follow } from "../playing.js";
import { start } from "../start.js";
import { decode, has, isJudged, rights } from "../state.js";

window.coursepackLent = { decode, has, isJudged, notebook, order, parsed, read, rights, write };
start((course) => late(window, course), follow);
