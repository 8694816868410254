import { scorm2004 } from "../lms/scorm/scorm2004.js";
import { start } from "../start.js";

start((course) => scorm2004(window, course));
