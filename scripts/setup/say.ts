import { performance } from "node:perf_hooks";

/** Something this machine lacks and a person can bring. `message` is one clear sentence, shown as it is. */
export class SetupProblem extends Error {
  override readonly name = "SetupProblem";
}

/** Seconds since a `performance.now()`, as people read them. */
export function secondsSince(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}

/**
 * Does one slow thing under one line on stderr: what it is while it happens, how long it took once done.
 * The work must print nothing itself.
 */
export async function during<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  process.stderr.write(`${what} …`);
  try {
    const result = await work();
    process.stderr.write(` ${secondsSince(started)}\n`);
    return result;
  } catch (error) {
    process.stderr.write(` failed after ${secondsSince(started)}\n`);
    throw error;
  }
}
