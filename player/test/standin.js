// The stand-in LMSs are classic scripts, so that they also run from a file; here they are read as such.

import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";

/**
 * @param {string} script its file
 * @param {string[]} names of its classes
 */
function standIn(script, ...names) {
  const file = new URL(`../../templates/preview/${script}`, import.meta.url);
  const source = `(() => {${readFileSync(file, "utf8")}\nreturn { ${names} }; })()`;
  return runInThisContext(source, { filename: file.pathname });
}

export const { StandInLms12 } = standIn("scorm12.js", "StandInLms12");
export const { StandInLms2004 } = standIn("scorm2004.js", "StandInLms2004");
export const { MoodleServer, MoodleManifest } = standIn("moodle.js", "MoodleServer", "MoodleManifest");
export const { QuirkyLms, QUIRKS } = standIn("quirks.js", "QuirkyLms", "QUIRKS");

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
