// Finds what UglifyJS loses. Version 3.19 takes the first value of a variable for unused where a function changes the
// variable before it reads it, though another function reads it before that.

import { minify } from "uglify-js";

/**
 * How often variables are declared without a value, and how often they are given one later, by name. Their names must be
 * those of the source.
 * @param {object} tree of UglifyJS
 */
function counted(tree) {
  /** @type {Map<string, number>} */
  const bare = new Map();
  /** @type {Map<string, number>} */
  const changed = new Map();
  const count = (/** @type {Map<string, number>} */ of, /** @type {string} */ name) => {
    of.set(name, (of.get(name) || 0) + 1);
  };
  tree.walk({
    visit(/** @type {any} */ node, /** @type {(() => void) | undefined} */ descend) {
      const { TYPE, name, value, left, expression, operator } = node;
      // A value is dropped with `void` where it has side effects.
      if (TYPE === "VarDef" && name.TYPE.startsWith("Symbol") && (!value || value.operator === "void"))
        count(bare, name.name);
      if (TYPE === "Assign" && left.TYPE === "SymbolRef") count(changed, left.name);
      if (/^(\+\+|--)$/.test(operator) && expression?.TYPE === "SymbolRef") count(changed, expression.name);
      descend?.();
      return true;
    },
    push() {},
    pop() {},
  });
  return { bare, changed };
}

/**
 * A script made smaller. Throws if a variable has lost a value.
 * @param {string} source
 * @param {object} compress settings
 */
export function smaller(source, compress) {
  const [given, made] = [false, compress].map((compress) => {
    const { ast, error } = minify(source, { compress, mangle: false, output: { ast: true, code: false } });
    if (error) throw error;
    return counted(ast);
  });
  const lost = [
    ...[...made.bare].filter(([name, times]) => times > (given.bare.get(name) || 0)),
    ...[...given.changed].filter(([name, times]) => times > (made.changed.get(name) || 0)),
  ];
  if (lost.length) throw new Error(`UglifyJS has lost a value of ${lost.map(([name]) => name).join(", ")}`);
  // Not of that tree: of what keeps its names, this makes more text.
  const { code, error } = minify(source, { compress });
  if (error) throw error;
  return code;
}
