import { open } from "node:fs/promises";
import path from "node:path";
import type { RunEvent } from "../tracking/events.ts";
import { parseEvent } from "../tracking/parseEvent.ts";

const longestStart = 256 * 1024;

/** The first event of a run's journal, by which its supervisor is found; undefined while there is none. Never throws. */
export async function readStart(folder: string): Promise<Extract<RunEvent, { t: "run" }> | undefined> {
  try {
    const handle = await open(path.join(folder, "run.jsonl"), "r");
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(longestStart), 0, longestStart, 0);
      const end = buffer.subarray(0, bytesRead).indexOf(10);
      const parsed = parseEvent(buffer.toString("utf8", 0, Math.max(end, 0)));
      return parsed.kind === "event" && parsed.event.t === "run" ? parsed.event : undefined;
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}
