// What a window leaves on the device for the next one.

import { parsed } from "./progress-record.js";

/**
 * @import { DatabaseCopy } from "./database-copy.js"
 */

/**
 * @param {() => Storage} storage even to name it may throw; then nothing is kept
 * @param {string} key every window adds a part of its own
 * @param {DatabaseCopy} [copy] where it is kept twice
 */
export function deviceStore(storage, key, copy) {
  const own = `${key}:${Math.random().toString(36).slice(2, 10)}`;
  let isKept = true;

  return {
    /** Whether the device keeps it. */
    isKept: () => isKept,

    /** @param {object | null} value null: there is nothing to keep */
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
     * Names of what other windows left, of that which is wanted.
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
        // Nothing can have been kept there.
        return [];
      }
    },

    /** @param {string} text that is not understood, and no other window takes over */
    spare(text) {
      try {
        storage().setItem(`${key}:unread`, text);
      } catch {
        // There is no room for it.
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
