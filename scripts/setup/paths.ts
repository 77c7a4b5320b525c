import { accessSync, constants, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/** Root folder of the repository. */
export const root = dirname(dirname(import.meta.dirname));

/** Everything made by scripts and tests that is neither source nor shipped. */
export const out = join(root, "out");

/** The packaged extension. */
export const vsixFile = join(out, "cellsmith.vsix");

/** The first executable of that name on the search path. */
export function onPath(name: string, path = process.env.PATH ?? ""): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
