import { xapi } from "../lms/xapi.js";

window.coursepackTracking = xapi;
