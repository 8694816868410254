/**
 * Named timers, each of which runs at most once at a time.
 * @template {string} Name
 * @param {() => boolean} isStopped no timer is set then
 */
export function timers(isStopped) {
  /** @type {Partial<Record<Name, ReturnType<typeof setTimeout>>>} */
  const running = {};

  return {
    /** @param {Name} name */
    isSet: (name) => name in running,

    /**
     * A timer that is set already is left as it is.
     * @param {Name} name
     * @param {number} after milliseconds
     * @param {() => void} work
     */
    set(name, after, work) {
      if (name in running || isStopped()) return;
      running[name] = setTimeout(() => {
        delete running[name];
        work();
      }, after);
    },

    /** @param {Name[]} names */
    clear(...names) {
      for (const name of names) {
        clearTimeout(running[name]);
        delete running[name];
      }
    },
  };
}
