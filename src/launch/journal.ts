import { openSync, writeSync } from "node:fs";
import type { RunEvent } from "../tracking/events.ts";

type Fields<T> = T extends RunEvent ? Omit<T, "v" | "ts" | "seq"> & { readonly ts?: number } : never;

/** Appends events to one journal file, a line a write. A full or vanished disk never stops the run that is recorded. */
export class Journal {
  readonly #file: number | undefined;
  #seq = 0;

  constructor(file: string) {
    try {
      this.#file = openSync(file, "a");
    } catch {
      this.#file = undefined;
    }
  }

  write(event: Fields<RunEvent>): void {
    if (this.#file === undefined) return;
    const line = JSON.stringify({ v: 1, ts: Date.now(), seq: this.#seq, ...event });
    this.#seq += 1;
    try {
      writeSync(this.#file, `${line}\n`);
    } catch {
      // Nobody could be told: this is where it would be written.
    }
  }
}
