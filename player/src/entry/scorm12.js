import { scorm12 } from "../lms/scorm/scorm12.js";
import { start } from "../start.js";

start((course) => scorm12(window, course));
