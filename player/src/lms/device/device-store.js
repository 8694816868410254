// What a window leaves in the device's storage for the next one.

import { parsed } from "./progress-record.js";

/**
 * @import { DatabaseCopy } from "./database-copy.js"
 */

/**
 * @param {() => Storage} storage may throw; then nothing is kept
 * @param {string} key each window adds its own part
 * @param {DatabaseCopy} [copy] a second place
 */
export function deviceStore(storage, key, copy) {
  const own = `${key}:${Math.random().toString(36).slice(2, 10)}`;
  let isKept = true;

  return {
    /** Whether the device keeps it. */
    isKept: () => isKept,

    /** @param {object | null} value null: nothing to keep */
    put(value) {
      try {
        if (value === null) this.remove([own]);
        else {
          const text = JSON.stringify(value);
          storage().setItem(own, text);
          copy?.put(own, text);
        }
        isKept = true;
      } catch {
        isKept = false;
      }
    },

    /**
     * Names of what other windows left and is wanted.
     * @param {(left: any) => boolean} isWanted
     * @returns {string[]}
     */
    others(isWanted) {
      /** @type {string[]} */
      const names = [];
      try {
        const all = storage();
        for (let at = 0; at < all.length; at += 1) {
          const name = all.key(at) || "";
          if (name.startsWith(`${key}:`) && name !== own) names.push(name);
        }
        return names.filter((name) => {
          const left = parsed(all.getItem(name) || "");
          return Boolean(left) && isWanted(left);
        });
      } catch {
        // Then nothing can have been kept.
        return [];
      }
    },

    /** @param {string} text that this version cannot read; no other window takes it over */
    spare(text) {
      try {
        storage().setItem(`${key}:unread`, text);
      } catch {
        // No room.
      }
    },

    /** @param {string[]} names */
    remove(names) {
      for (const name of names) {
        storage().removeItem(name);
        copy?.remove(name).catch(() => {});
      }
    },
  };
}
