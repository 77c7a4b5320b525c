import { join } from "node:path";
import { root } from "../../scripts/setup/paths.ts";
import { ensurePython } from "../../scripts/setup/python.ts";
import type { WorkbenchOptions } from "./workbench.ts";

/** The Python that runs the sample: `CELLSMITH_TEST_PYTHON`, else the tests' own. */
export async function testPython(): Promise<string> {
  return process.env.CELLSMITH_TEST_PYTHON ?? (await ensurePython());
}

/** The sample workspace in a folder whose name has what folders' names have, with a Python chosen. */
export async function sampleWorkbench(more: Partial<WorkbenchOptions> = {}): Promise<WorkbenchOptions> {
  return {
    workspace: join(root, "media", "sample"),
    folderName: "Büro Kaffee",
    size: { width: 1400, height: 880 },
    python: await testPython(),
    ...more,
  };
}
