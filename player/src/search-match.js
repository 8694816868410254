// Which texts match the words that a learner searches for, and in what order they are shown.

/**
 * @import { Entry } from "./search.js"
 */

const LETTER = /[\p{L}\p{N}]/u;
/** By distance: what it is worth, the least the best. */
const TITLE = [0, 1, 4, 6];
const TEXT = [2, 3, 5, 6];
const NOWHERE = 6;

/** Escapes a text for a regular expression, with and without the flag `u`. @param {string} text */
export const plain = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/**
 * Folds a text for comparison: lower case, without the marks that make no other letter in the language's alphabet.
 * @param {string} text
 * @param {string} alphabet
 */
export function folded(text, alphabet) {
  return text
    .replace(/[^\x20-\x7e]/g, (letter) =>
      alphabet.includes(letter.toLowerCase()) ? letter : /[‘’]/.test(letter) ? "'" : letter.normalize("NFD")[0],
    )
    .toLowerCase();
}

/**
 * How well a text meets a word: 0 as a whole word, 1 at the beginning of one, 2 inside one, as in compounds; 3 not at all.
 * @param {string} text
 * @param {string} word
 */
function distance(text, word) {
  let nearest = 3;
  for (let at = text.indexOf(word); at >= 0 && nearest > 0; at = text.indexOf(word, at + 1)) {
    const begins = at === 0 || !LETTER.test(text[at - 1]);
    const ends = !LETTER.test(text[at + word.length] || " ");
    nearest = Math.min(nearest, begins ? (ends ? 0 : 1) : 2);
  }
  return nearest;
}

/**
 * The entries that hold every word. Those come first that hold them as words of their own, or at their beginning, and in
 * the title.
 * @param {Entry[]} entries
 * @param {string[]} sought
 */
export function searchMatches(entries, sought) {
  /** @type {Entry[][]} */
  const ranks = [];
  for (const entry of entries) {
    const each = sought.map((word) => Math.min(TITLE[distance(entry.head, word)], TEXT[distance(entry.body, word)]));
    if (Math.max(...each) === NOWHERE) continue;
    const rank = each.reduce((sum, one) => sum + one);
    ranks[rank] = ranks[rank] || [];
    ranks[rank].push(entry);
  }
  return ranks.flat();
}
