import { existsSync } from "node:fs";
import path from "node:path";
import { Problem } from "../problem.ts";

/** Where the parts lie that a run starts as processes of their own. */
export interface Installation {
  /** Program that runs JavaScript: Node, or VS Code's own in Node's manner. */
  readonly node: string;
  /** Absolute path of the supervisor's entry. */
  readonly supervisor: string;
  /** Absolute path of the folder with our Python. */
  readonly runtime: string;
}

/**
 * Finds them from a module's own folder: beside it or above, built (`supervisor.js`) or as source.
 * @param folder `import.meta.dirname` of any of our modules.
 */
export function findInstallation(folder: string): Installation {
  for (let at = folder, levels = 0; levels < 4; levels += 1, at = path.dirname(at)) {
    for (const name of ["supervisor.js", "supervisor.ts"]) {
      const supervisor = path.join(at, name);
      if (existsSync(supervisor)) {
        return { node: process.execPath, supervisor, runtime: path.join(at, "runtime") };
      }
    }
  }
  throw new Problem("Cellsmith's supervisor is missing: install Cellsmith again");
}
