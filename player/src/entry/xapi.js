import { xapi } from "../lms/xapi.js";
import { follow } from "../playing.js";
import { start } from "../start.js";

start((course) => xapi(window, course), follow);
