/** What the folder one stands in knows of itself: its notebooks, its runs. Reads only. */
import { analyzeProgram } from "../analysis/analyzeProgram.ts";
import { loadPythonParser } from "../analysis/parser.ts";
import type { KnownNotebook } from "../datasets/model.ts";
import { readNotebooks } from "../datasets/readNotebooks.ts";
import { scanWorkspace } from "../datasets/scanWorkspace.ts";
import { describeNotebook } from "../notebook/insight.ts";
import { toProgram } from "../notebook/program.ts";
import { EmbeddedStore } from "../stores/embedded/embeddedStore.ts";
import type { Run } from "../tracking/model.ts";
import type { CommandInput, Terminal } from "./command.ts";
import { readingFolder } from "./recordingFolder.ts";

export interface Knowledge {
  /** Absolute path. */
  readonly folder: string;
  readonly notebooks: readonly KnownNotebook[];
  readonly runs: readonly Run[];
  /** Why something is missing from the above, one sentence each. */
  readonly reasons: readonly string[];
}

/** Reads the folder that `--store` names, or the nearest that holds runs. */
export async function readKnowledge(
  store: CommandInput["values"][string],
  terminal: Terminal,
): Promise<Knowledge> {
  await loadPythonParser();
  const folder = readingFolder(typeof store === "string" ? store : undefined);
  const { runs, broken } = await new EmbeddedStore(folder).list();
  const scan = await scanWorkspace(folder, { signal: terminal.signal });
  if (!scan.complete)
    terminal.err("cellsmith: the folder is large: not all of its notebooks were looked for\n");
  const read = await readNotebooks(
    scan.notebooks,
    (notebook) => describeNotebook(notebook, analyzeProgram(toProgram(notebook).units)),
    terminal.signal,
  );
  const reasons = [
    ...broken.map(({ id, reason }) => `run ${id}: ${reason}`),
    ...read.broken.map(({ reason }) => reason),
    ...(scan.complete ? [] : ["the folder is large: not all of its notebooks were looked for"]),
  ];
  return { folder, notebooks: read.notebooks, runs, reasons };
}
