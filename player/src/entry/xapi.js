import { xapi } from "../lms/lrs/xapi.js";

window.coursepackTracking = xapi;
