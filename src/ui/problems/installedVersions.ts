/** Which versions the notebook's Python has installed. Starts a Python: only in folders that are trusted. */
import path from "node:path";
import * as vscode from "vscode";
import { folderOf } from "../../platform/folders.ts";
import type { Parts } from "../parts.ts";
import type { Versions } from "./problemActions.ts";

/** Asked again and again while the cursor stands on the line; remembered for a minute. */
const patience = 60_000;

export function installedVersions(parts: Parts): Versions {
  const known = new Map<string, { readonly at: number; readonly found: ReturnType<Versions> }>();
  return (notebook, packages) => {
    if (!vscode.workspace.isTrusted) return Promise.resolve(new Map());
    const key = JSON.stringify([path.dirname(notebook), ...packages]);
    const before = known.get(key);
    if (before !== undefined && Date.now() - before.at < patience) return before.found;
    const found = ask(parts, notebook, packages).catch((error: unknown) => {
      parts.log.warn(`versions of ${packages.join(", ")}: ${String(error)}`);
      return new Map<string, string>();
    });
    known.set(key, { at: Date.now(), found });
    return found;
  };
}

async function ask(
  parts: Parts,
  notebook: string,
  packages: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const [{ interpreterFor }, { describeInterpreter }] = await Promise.all([
    import("../commands/selectInterpreter.ts"),
    import("../../interpreters/describeInterpreter.ts"),
  ]);
  const folder = path.dirname(notebook);
  const python = await interpreterFor(parts, folderOf(notebook)?.path ?? folder, folder);
  const described = await describeInterpreter(python, [...packages]);
  return new Map(Object.entries(described.packages).filter(([, version]) => version !== ""));
}
