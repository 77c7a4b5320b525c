import { setImmediate } from "node:timers/promises";

/** Lets everybody else have a turn once a stretch of work has lasted `milliseconds`; await it between small pieces. */
export function createPacer(milliseconds = 6): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < milliseconds) return;
    await setImmediate();
    since = performance.now();
  };
}
