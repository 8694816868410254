// Words with values in them, and numbers and times in the language of the panel.

/** @typedef {Record<string, any>} Words the `script` part of languages/<language>/preview.json */

/**
 * A template with its values: `{n} of {of}`.
 * @param {string} template
 * @param {Record<string, string | number>} values
 */
export const fill = (template, values) => template.replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));

/**
 * The form for one or for several.
 * @param {[string, string]} forms
 * @param {number} n
 * @param {string} language
 */
export const counted = ([one, several], n, language) => fill(n === 1 ? one : several, { n: number(n, language) });

/**
 * @param {number} value
 * @param {string} language
 * @param {number} [decimals]
 */
export const number = (value, language, decimals = 0) =>
  value.toLocaleString(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

/**
 * Hours, minutes and seconds.
 * @param {Date} time
 * @param {string} language
 */
export const clock = (time, language) => time.toLocaleTimeString(language, { hour12: false });

/**
 * A text that is cut when it is long.
 * @param {string} text
 * @param {number} most characters
 */
export const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/**
 * A file with its line, if it has one.
 * @param {string} file
 * @param {number | null | undefined} line
 */
export const place = (file, line) => (line ? `${file}:${line}` : file);

/**
 * A sentence that begins with a capital.
 * @param {string} text
 */
export const sentence = (text) => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/**
 * Whether all words of a search are in a text.
 * @param {string} text
 * @param {string} search
 */
export const matches = (text, search) => {
  const lower = text.toLocaleLowerCase();
  return search
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
};
