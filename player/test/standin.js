// The stand-in LMSs are classic scripts, so that they also run from a file; here they are read as such.

import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";

/**
 * @param {string} name of the class
 * @param {string} script its file
 */
function standIn(name, script) {
  const file = new URL(`../../templates/preview/${script}`, import.meta.url);
  return runInThisContext(`(() => {${readFileSync(file, "utf8")}\nreturn ${name}; })()`, { filename: file.pathname });
}

export const StandInLms12 = standIn("StandInLms12", "scorm12.js");
export const StandInLms2004 = standIn("StandInLms2004", "scorm2004.js");
