import { join } from "node:path";
import type { SuiteLaunch } from "../../scripts/host/suiteLaunch.ts";
import { root } from "../../scripts/setup/paths.ts";

/** One VS Code and the tests that share it: all of `test/host/<name>/`. */
export interface Suite {
  readonly launch: SuiteLaunch;
  /** Folder that is copied for the run and opened; what the tests do to the copy is thrown away. */
  readonly workspace: string;
  /** How often a fresh VS Code may try before a failure counts; for what a busy machine makes slower than it is. */
  readonly attempts?: number;
}

const sample = join(root, "media", "sample");

/** By folder of this one. `run.ts` holds this table against the folders. */
export const suites: Readonly<Record<string, Suite>> = {
  activation: { workspace: sample, launch: { trust: "trusted", settings: {} }, attempts: 3 },
  suite: { workspace: sample, launch: { trust: "trusted", settings: {} } },
  restricted: { workspace: sample, launch: { trust: "restricted", settings: {} } },
};
