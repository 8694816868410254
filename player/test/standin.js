// The stand-in LMS is a classic script, so that it also runs from a file; here it is read as one.

import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";

const file = new URL("../../templates/preview/scorm12.js", import.meta.url);

export const StandInLms12 = runInThisContext(`(() => {${readFileSync(file, "utf8")}\nreturn StandInLms12; })()`, {
  filename: file.pathname,
});
