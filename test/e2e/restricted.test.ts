import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { sampleWorkbench } from "./sampleWorkbench.ts";
import { useWorkbench } from "./useWorkbench.ts";

describe("in a folder that is not trusted", () => {
  const workbench = useWorkbench(() => sampleWorkbench({ trust: "restricted" }));

  it("everything that files tell can be looked at", async () => {
    const { sidebar } = workbench();
    await sidebar.open("Cellsmith");
    await sidebar.rowSaying("Notebooks", "churn.ipynb", "AUC 0.771").waitFor();
    await sidebar.rowSaying("Data", "customers.csv", "2,023 rows").waitFor();
    await sidebar.welcome("Experiments").getByText("trust this folder first").waitFor();
    await workbench().screenshot("restricted");
  });

  it("nothing runs, and a sentence says why", async () => {
    await workbench().openFile("scripts/train_loop.py");
    assert.deepEqual(
      (await workbench().commandsFor("Cellsmith: ")).filter((title) => /Run Tracked|Check/.test(title)),
      [],
    );
    await workbench().page.locator(".editor-actions").getByRole("button", { name: "More Actions" }).waitFor();
    assert.equal(await workbench().editor.action("Run Tracked").getAttribute("aria-disabled"), "true");
    assert.deepEqual(await workbench().runProcesses(), []);
    assert.ok(!existsSync(join(workbench().folder, ".cellsmith")));
  });
});
