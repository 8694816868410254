import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const catalogues = new URL("../../src/coursepack/languages/", import.meta.url);
const source = new URL("../src/", import.meta.url);
const languages = readdirSync(catalogues).filter((name) => existsSync(new URL(`${name}/strings.json`, catalogues)));
const words = (language) => JSON.parse(readFileSync(new URL(`${language}/strings.json`, catalogues), "utf8")).player;

const used = new Set(
  readdirSync(source, { recursive: true })
    .filter((name) => name.endsWith(".js"))
    .flatMap((name) => [...readFileSync(new URL(name, source), "utf8").matchAll(/\b(?:words|strings)\.(\w+)/g)])
    .map(([, word]) => word),
);

for (const language of languages) {
  test(`${language}: the player has every word it says, and no other`, () => {
    assert.deepEqual(Object.keys(words(language)).sort(), [...used].sort());
  });

  test(`${language}: the same places to fill in as in Swedish`, () => {
    const places = (text) => JSON.stringify(text).match(/\{\w+\}/g) || [];
    for (const [name, text] of Object.entries(words(language))) {
      assert.deepEqual(places(text).sort(), places(words("sv")[name]).sort(), name);
    }
  });
}
