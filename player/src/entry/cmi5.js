import { cmi5 } from "../lms/cmi5.js";
import { follow } from "../playing.js";
import { start } from "../start.js";

start((course) => cmi5(window, course), follow);
