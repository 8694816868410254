// Bundles every entry of src/entry into templates/player, for browsers of 2020 and later.
// esbuild joins the modules; UglifyJS makes them a fifteenth smaller than esbuild alone, which a phone waits for.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { minify } from "uglify-js";

/** Scripts that come after another one, and take from it what both have. */
const LATE = ["xapi.js", "cmi5.js"];
/** A name that is missing there stops the build. */
const LENT = readFileSync("src/entry/lrs.js", "utf8").match(/coursepackLent = ({.*?})/s)?.[1];

const lent = {
  name: "lent",
  setup(/** @type {import("esbuild").PluginBuild} */ { onLoad }) {
    onLoad({ filter: /\/(state|order|document)\.js$/ }, () => ({
      contents: `export const ${LENT} = window.coursepackLent;`,
    }));
  },
};

for (const name of readdirSync("src/entry")) {
  const { outputFiles } = await build({
    entryPoints: [`src/entry/${name}`],
    plugins: LATE.includes(name) ? [lent] : [],
    bundle: true,
    format: "iife",
    target: "es2020",
    charset: "utf8",
    legalComments: "none",
    write: false,
  });
  // More inlining makes more text, and more to unpack.
  const { code, error } = minify(outputFiles[0].text, { compress: { passes: 3, inline: 1 } });
  if (error) throw error;
  writeFileSync(`../templates/player/${name}`, `${code}\n`);
}
