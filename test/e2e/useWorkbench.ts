import { Workbench, type WorkbenchOptions } from "./workbench.ts";

/**
 * One workbench for the tests of a `describe`: started before them, closed after them, photographed when one fails.
 * @returns what gives the workbench inside a test
 */
export function useWorkbench(options: WorkbenchOptions | (() => Promise<WorkbenchOptions>)): () => Workbench {
  let workbench: Workbench | undefined;
  before("open VS Code", async function () {
    this.timeout(120_000);
    workbench = await Workbench.start(typeof options === "function" ? await options() : options);
  });
  afterEach("photograph a failure", async function () {
    if (this.currentTest?.state !== "failed") return;
    await workbench?.screenshot(`failed/${this.currentTest.fullTitle().replaceAll(/\W+/g, "-")}`);
  });
  after("close VS Code", async () => {
    await workbench?.close();
  });
  return () => {
    if (workbench === undefined) throw new Error("VS Code is open only while a test runs");
    return workbench;
  };
}
