// The words of the panel, in its language.

import { clock, counted, fill, number } from "./text.js";

export const language = document.documentElement.lang;

/** @type {import("./text.js").Words} */
export const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

/**
 * @param {string} template
 * @param {Record<string, string | number>} values
 */
export const filled = (template, values) =>
  fill(
    template,
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, typeof value === "number" ? n(value) : value]),
    ),
  );

/**
 * @param {number} value
 * @param {number} [decimals]
 */
export const n = (value, decimals) => number(value, language, decimals);

/**
 * @param {[string, string]} forms
 * @param {number} value
 */
export const count = (forms, value) => counted(forms, value, language);

/** @param {Date} [time] */
export const time = (time = new Date()) => clock(time, language);
