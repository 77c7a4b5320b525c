/** What the supervisor reads back from the journal of its child once that has ended. */
import { createReadStream } from "node:fs";
import { open, readdir } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import type { RunEvent } from "../tracking/events.ts";
import { parseEvent } from "../tracking/parseEvent.ts";

const wanted = /"t":\s*"(in|art|error)"/;

export interface RecordedFiles {
  /** By path; the first word about each. */
  readonly inputs: ReadonlyMap<string, Extract<RunEvent, { t: "in" }>>;
  readonly artifacts: ReadonlyMap<string, Extract<RunEvent, { t: "art" }>>;
  readonly error: string | undefined;
}

/** The files and the last error of all journals in a run's folder. Never throws. */
export async function readRecorded(folder: string): Promise<RecordedFiles> {
  const inputs = new Map<string, Extract<RunEvent, { t: "in" }>>();
  const artifacts = new Map<string, Extract<RunEvent, { t: "art" }>>();
  let error: { ts: number; message: string } | undefined;
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((entry) => entry.endsWith(".jsonl"))) {
    try {
      const lines = createInterface({ input: createReadStream(path.join(folder, name), "utf8") });
      for await (const line of lines) {
        if (!wanted.test(line)) continue;
        const parsed = parseEvent(line);
        if (parsed.kind !== "event") continue;
        const { event } = parsed;
        if (event.t === "in" && !inputs.has(event.path)) inputs.set(event.path, event);
        if (event.t === "art" && !artifacts.has(event.path)) artifacts.set(event.path, event);
        if (event.t === "error" && event.ts >= (error?.ts ?? 0)) error = event;
      }
    } catch {
      // A journal that cannot be read has nothing to add.
    }
  }
  return { inputs, artifacts, error: error?.message };
}

/** The last bytes of a file as text; "" where there is none. */
export async function endOfFile(file: string, bytes = 16 * 1024): Promise<string> {
  try {
    const handle = await open(file, "r");
    try {
      const { size } = await handle.stat();
      const length = Math.min(size, bytes);
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.toString("utf8");
    } finally {
      await handle.close();
    }
  } catch {
    return "";
  }
}
