// A second copy, in IndexedDB, of what windows leave on the device. Moodle empties the browser's local storage at each login
// (lib/amd/src/storage_validation.js), and with it what was done while the learner was logged out, but not IndexedDB.

/** @typedef {ReturnType<typeof databaseCopy>} DatabaseCopy */

/** Milliseconds to wait for a browser that does not answer. */
const PATIENCE = 1000;
/** Of the database and of its object store. */
const NAME = "coursepack";

/**
 * @param {IDBRequest} request
 * @returns {Promise<any>}
 */
function resultOf(request) {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = fail;
    setTimeout(fail, PATIENCE);
  });
}

/** @param {Window} window may have no database, or none for a frame like this */
export function databaseCopy(window) {
  /** @type {Promise<IDBDatabase> | null} */
  let base = null;

  async function open() {
    const opening = window.indexedDB.open(NAME);
    opening.onupgradeneeded = () => opening.result.createObjectStore(NAME);
    return resultOf(opening);
  }

  /**
   * @param {(store: IDBObjectStore) => IDBRequest} work
   * @returns {Promise<any>} null when nothing can be kept
   */
  async function ask(work) {
    try {
      base = base || open();
      return await resultOf(work((await base).transaction(NAME, "readwrite").objectStore(NAME)));
    } catch {
      return null;
    }
  }

  /** All names with this start. @param {string} start */
  const all = (start) => /** @type {any} */ (window).IDBKeyRange.bound(start, `${start}\uffff`);

  return {
    /**
     * @param {string} name
     * @param {string} text
     */
    put: (name, text) => ask((store) => store.put({ name, text }, name)),

    /** @param {string} name keeps an empty value in local storage until the copy is gone: the page may close meanwhile */
    async remove(name) {
      if (!window.indexedDB) return;
      const storage = window.localStorage;
      storage.setItem(name, "");
      await ask((store) => store.delete(name));
      if (!storage.getItem(name)) storage.removeItem(name);
    },

    /** Erases all names with this start. @param {string} start */
    erase: (start) => ask((store) => store.delete(all(start))),

    /** Puts back into local storage what is missing there, of all names with this start. @param {string} start */
    async restore(start) {
      const found = await ask((store) => store.getAll(all(start)));
      try {
        const storage = window.localStorage;
        for (const { name, text } of found || []) {
          const kept = storage.getItem(name);
          if (kept === null) storage.setItem(name, text);
          else if (!kept) this.remove(name);
        }
      } catch {
        // Nothing can be kept there.
      }
    },
  };
}
