/** What "code changed" means: the text that Python would run, not outputs, caches or settings. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { vendoredFiles } from "../formats/vendoredFiles.ts";

const notebookCode = z.object({
  cells: z.array(z.object({ cell_type: z.string(), source: z.union([z.string(), z.array(z.string())]) })),
});

/**
 * Digest of a target's code: a pipeline's Python files (its runtime and tests left out), a script's text, or the code
 * cells of a notebook.
 * @param target absolute path.
 * @returns `sha256:` and hex, or undefined where the code cannot be read.
 */
export async function digestCode(
  kind: "pipeline" | "script" | "notebook",
  target: string,
): Promise<string | undefined> {
  try {
    const hash = createHash("sha256");
    for (const [name, text] of await codeOf(kind, target)) {
      hash.update(JSON.stringify([name, text]));
    }
    return `sha256:${hash.digest("hex")}`;
  } catch {
    return undefined;
  }
}

async function codeOf(kind: string, target: string): Promise<readonly (readonly [string, string])[]> {
  if (kind === "script") return [["", await readFile(target, "utf8")]];
  if (kind === "notebook") {
    const { cells } = notebookCode.parse(JSON.parse(await readFile(target, "utf8")));
    return cells
      .filter((cell) => cell.cell_type === "code")
      .map((cell) => ["", typeof cell.source === "string" ? cell.source : cell.source.join("")]);
  }
  const entries = await readdir(target, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".py") && !vendoredFiles.includes(entry.name))
    .map((entry) => path.relative(target, path.join(entry.parentPath, entry.name)))
    .map((name) => name.split(path.sep).join("/"))
    .filter((name) => !/^(tests|out|\.)/.test(name) && !name.includes("/.") && !name.includes("__pycache__/"))
    .sort();
  return Promise.all(
    files.map(async (name) => [name, await readFile(path.join(target, name), "utf8")] as const),
  );
}
