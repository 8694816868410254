// Numbers that follow from a text and look like chance. No secret is in them.

/**
 * Each letter as in FNV-1a, and the end of MurmurHash3 behind them: texts that differ in their last letter only come to
 * lie far apart. `src/coursepack/progress/pool.py` reckons in the same way.
 * @param {string} text
 * @returns {number} of 32 bits
 */
export function hash(text) {
  let sum = text.length;
  for (let at = 0; at < text.length; at += 1) {
    sum = Math.imul(sum ^ text.charCodeAt(at), 0x85ebca6b);
    sum ^= sum >>> 15;
  }
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35);
  return (sum ^ (sum >>> 16)) >>> 0;
}

/**
 * @param {string} text
 * @returns {number[]} four of 32 bits: nobody meets the same for two texts
 */
export const fingerprint = (text) => [1, 2, 3, 4].map((salt) => hash(salt + text));
