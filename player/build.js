// Bundles every entry of src/entry into templates/player, for browsers of 2020 and later.
// esbuild joins the modules; UglifyJS makes them a fifteenth smaller than esbuild alone, which a phone waits for.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { smaller } from "./smaller.js";

/**
 * A script that comes after another one takes from it what both have. A name that is missing there stops the build.
 * @param {string} source of the script that lends
 * @param {RegExp} list of the names
 * @param {RegExp} modules that they are in
 * @param {string} place
 */
function lent(source, list, modules, place) {
  const names = readFileSync(source, "utf8").match(list)?.[1];
  return {
    name: "lent",
    setup(/** @type {import("esbuild").PluginBuild} */ { onLoad }) {
      onLoad({ filter: modules }, () => ({ contents: `export const ${names} = ${place};` }));
    },
  };
}

const tracking = lent(
  "src/entry/lrs.js",
  /coursepackLent = ({.*?})/s,
  /\/(state|order|progress-record|database-copy|failure|hash|launch|null-lms|outbox)\.js$/,
  "window.coursepackLent",
);
// Where the player has not come there is nothing to take, and nothing to do.
const later = lent(
  "src/hand-over.js",
  /lent: ({.*?})/s,
  /\/(dom|device|shell|look|media|state|tabs)\.js$/,
  "window.coursepackPlayer?.lent || {}",
);
/** @type {Record<string, import("esbuild").Plugin[]>} */
const PLUGINS = { "xapi.js": [tracking], "cmi5.js": [tracking], "later.js": [later] };

// All of them, or those that the command line names.
const named = process.argv.slice(2);
for (const name of named.length ? named : readdirSync("src/entry")) {
  const { outputFiles } = await build({
    entryPoints: [`src/entry/${name}`],
    plugins: PLUGINS[name] || [],
    bundle: true,
    format: "iife",
    target: "es2020",
    charset: "utf8",
    minifySyntax: true,
    legalComments: "none",
    write: false,
  });
  // Of the settings tried, these give the smallest script for SCORM 2004 when compressed. More inlining makes more text.
  const settings = { passes: 4, inline: 1, varify: false, comparisons: false, hoist_funs: true };
  writeFileSync(`../templates/player/${name}`, `${smaller(outputFiles[0].text, settings)}\n`);
}
