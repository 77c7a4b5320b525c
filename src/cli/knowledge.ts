/** What the folder one stands in knows of itself: its notebooks, its runs. Reads only. */
import type { KnownNotebook } from "../datasets/model.ts";
import { EmbeddedStore } from "../stores/embedded/embeddedStore.ts";
import type { Run } from "../tracking/model.ts";
import type { CommandInput, Terminal } from "./command.ts";
import { readingFolder } from "./recordingFolder.ts";

export interface Knowledge {
  /** Absolute path. */
  readonly folder: string;
  readonly notebooks: readonly KnownNotebook[];
  readonly runs: readonly Run[];
}

/**
 * Reads the folder that `--store` names, or the nearest that holds runs. What cannot be read is told on stderr, one
 * line each.
 */
export async function readKnowledge(
  store: CommandInput["values"][string],
  terminal: Terminal,
): Promise<Knowledge> {
  const folder = readingFolder(typeof store === "string" ? store : undefined);
  const { runs, broken } = await new EmbeddedStore(folder).list();
  for (const { id, reason } of broken) terminal.err(`cellsmith: run ${id}: ${reason}\n`);
  return { folder, notebooks: [], runs };
}
