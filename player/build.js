// Bundles every entry of src/entry into templates/player, for browsers of 2020 and later.
// esbuild joins the modules; terser makes them a sixteenth smaller than esbuild alone, which a phone waits for.

import { readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { minify } from "terser";

for (const name of readdirSync("src/entry")) {
  const { outputFiles } = await build({
    entryPoints: [`src/entry/${name}`],
    bundle: true,
    format: "iife",
    target: "es2020",
    charset: "utf8",
    legalComments: "none",
    write: false,
  });
  const { code = "" } = await minify(outputFiles[0].text, { ecma: 2020, compress: { passes: 3 } });
  writeFileSync(`../templates/player/${name}`, `${code}\n`);
}
