/**
 * Whether what stands in an editor is still the code that a run executed: by content, for the time of a file changes with
 * every checkout.
 */
import path from "node:path";
import type { Run } from "../../tracking/model.ts";

/** A file as the editor has it. `path` is absolute. */
export interface OpenFile {
  readonly path: string;
  readonly unsaved: boolean;
}

/** Undefined where the run did not record what it executed, or the file is no part of that. */
export async function codeChanged(run: Run, file: OpenFile): Promise<boolean | undefined> {
  const { kind, path: target } = run.target;
  const then = run.provenance.codeDigest;
  const part = file.path === target || (kind === "pipeline" && file.path.startsWith(target + path.sep));
  if (then === undefined || !part) return undefined;
  if (file.unsaved) return true;
  const { digestCode } = await import("../../provenance/digestCode.ts");
  const now = await digestCode(kind, target);
  return now === undefined ? undefined : now !== then;
}
