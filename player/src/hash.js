// Pseudo-random numbers from a text. Not for secrets.

/**
 * FNV-1a over the letters, then the finalizer of MurmurHash3, so that texts which differ in the last letter get distant
 * values. `src/coursepack/progress/pool.py` computes the same.
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
 * @returns {number[]} four of 32 bits: collisions do not occur in practice
 */
export const fingerprint = (text) => [1, 2, 3, 4].map((salt) => hash(salt + text));
