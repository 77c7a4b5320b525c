/** What the folder one stands in knows of itself: its notebooks, its runs. Reads only. */
import path from "node:path";
import type { KnownNotebook } from "../datasets/model.ts";
import { readFacts } from "../formats/fileFacts.ts";
import { EmbeddedStore } from "../stores/embedded/embeddedStore.ts";
import type { Run } from "../tracking/model.ts";
import type { Terminal } from "./command.ts";

export interface Knowledge {
  /** Absolute path: the nearest folder upwards that holds runs, else the given one. */
  readonly folder: string;
  readonly notebooks: readonly KnownNotebook[];
  readonly runs: readonly Run[];
}

/** Reads the workspace around `start`; what cannot be read is told on stderr, one line each. */
export async function readKnowledge(start: string, terminal: Terminal): Promise<Knowledge> {
  const folder = await workspaceOf(start);
  const { runs, broken } = await new EmbeddedStore(folder).list();
  for (const { reason } of broken) terminal.err(`${reason}\n`);
  return { folder, notebooks: [], runs };
}

async function workspaceOf(start: string): Promise<string> {
  for (let folder = start; ; folder = path.dirname(folder)) {
    if ((await readFacts(path.join(folder, ".cellsmith")))?.isFolder === true) return folder;
    if (folder === path.dirname(folder)) return start;
  }
}
