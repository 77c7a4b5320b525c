/** What rendering has to know of the folders around a notebook. The one place of planning that looks at files. */
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { vendoredFiles } from "../formats/vendoredFiles.ts";
import { Problem } from "../problem.ts";
import type { RenderFacts } from "./renderConversion.ts";
import { keywords } from "./tables.ts";
import { version } from "./version.ts";

/**
 * @param notebook absolute path of the notebook.
 * @param folder absolute path of the pipeline's folder to be.
 * @param runtimeFolder absolute path of the folder with `_runtime.py`.
 */
export async function folderFacts(
  notebook: string,
  folder: string,
  runtimeFolder: string,
): Promise<RenderFacts> {
  const runtime = await Promise.all(
    vendoredFiles.map(async (name) => {
      const text = await readFile(path.join(runtimeFolder, name), "utf8").catch(() => undefined);
      if (text === undefined) throw new Problem(`Cellsmith is incomplete: its ${name} is missing`);
      return { path: name, text };
    }),
  );
  const home = path.dirname(notebook);
  const requirements = projectRequirements(home, folder);
  return {
    runtime,
    version,
    notebook: relative(folder, notebook),
    workdir: relative(folder, home),
    requirements: requirements === undefined ? undefined : relative(folder, requirements),
    localModules: localModules(home),
    importable:
      /^[\p{L}_][\p{L}\p{N}_]*$/u.test(path.basename(folder)) && !keywords.has(path.basename(folder)),
  };
}

/** With forward slashes; `.` for the folder itself. */
function relative(from: string, to: string): string {
  return path.relative(from, to).split(path.sep).join("/") || ".";
}

/**
 * The project's own requirements file: beside the notebook or above it, up to the folder that holds both the notebook and the
 * pipeline. A file further up may be anybody's.
 */
function projectRequirements(start: string, folder: string): string | undefined {
  for (let at = start; ; at = path.dirname(at)) {
    const file = path.join(at, "requirements.txt");
    if (existsSync(file) && at !== folder) return file;
    const holdsBoth = !path.relative(at, folder).startsWith("..");
    if (holdsBoth || path.dirname(at) === at) return undefined;
  }
}

/** Names that `import` finds in the notebook's own folder. */
function localModules(folder: string): ReadonlySet<string> {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    const names = entries.flatMap((entry) => {
      if (entry.isFile()) return entry.name.endsWith(".py") ? [entry.name.slice(0, -3)] : [];
      const inside = entry.isDirectory() && /^[A-Za-z_]\w*$/.test(entry.name);
      return inside && readdirSync(path.join(folder, entry.name)).some((name) => name.endsWith(".py"))
        ? [entry.name]
        : [];
    });
    return new Set(names);
  } catch {
    return new Set();
  }
}
