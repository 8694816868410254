// Steps of which one may fail without stopping the others.

/**
 * @template T
 * @param {() => T} step may fail
 * @returns {T | null} null also for a falsy value
 */
export function attempt(step) {
  try {
    return step() || null;
  } catch {
    return null;
  }
}

/**
 * Takes every step, and then throws the first failure.
 * @param {(() => void)[]} steps
 */
export function all(...steps) {
  /** @type {unknown} */
  let failed = null;
  for (const step of steps) {
    try {
      step();
    } catch (error) {
      failed = failed || error;
    }
  }
  if (failed) throw failed;
}
