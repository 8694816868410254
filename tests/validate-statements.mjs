// Validates the xAPI statements in a JSON list on standard input by Learning Locker's rules, written by others;
// prints a JSON list with what is wrong with each.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { default: validate } = createRequire(new URL("../player/package.json", import.meta.url))(
  "@learninglocker/xapi-validation",
);
const statements = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(statements.map((each) => validate(each))));
