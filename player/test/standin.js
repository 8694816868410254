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

/**
 * An LMS that others wrote, and what it refuses from now on.
 * @param {object} api
 * @param {string} [answer] a code that is no refusal
 */
export function watched(api, answer = "0") {
  const refused = [];
  const seen = new Proxy(api, {
    get(target, name) {
      const value = target[name];
      if (
        typeof value !== "function" ||
        !/^(LMS)?(Initialize|Finish|Terminate|GetValue|SetValue|Commit)$/.test(String(name))
      ) {
        return value;
      }
      return (...given) => {
        const result = value.apply(target, given);
        const code = String(target.lastErrorCode);
        if (!["0", answer].includes(code)) refused.push([name, ...given, code]);
        return result;
      };
    },
  });
  return { api: seen, refused };
}
