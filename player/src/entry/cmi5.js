import { cmi5 } from "../lms/lrs/cmi5.js";

window.coursepackTracking = cmi5;
