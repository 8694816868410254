import { cmi5 } from "../lms/cmi5.js";

window.coursepackTracking = cmi5;
