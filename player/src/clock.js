/** @returns {number} milliseconds, of a clock that is never set back */
export const tick = () => performance.now();
