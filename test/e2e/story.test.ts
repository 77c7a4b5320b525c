// What a person does on the first day, in order: each part goes on where the one before ended.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { sampleWorkbench } from "./sampleWorkbench.ts";
import { useWorkbench } from "./useWorkbench.ts";

describe("the first day with a notebook", () => {
  const workbench = useWorkbench(() => sampleWorkbench());

  describe("a click on the icon", () => {
    it("tells within 3 seconds what the notebooks show and what breaks", async function () {
      const { sidebar } = workbench();
      const icon = sidebar.icon("Cellsmith");
      await icon.waitFor();
      const started = performance.now();
      await icon.click();
      await sidebar.rowSaying("Notebooks", "churn.ipynb", "AUC 0.771, recall 0.568").waitFor();
      await sidebar
        .rowSaying("Notebooks", "features_draft.ipynb", "breaks in a fresh run: cell 3 needs cutoff")
        .waitFor();
      const seconds = (performance.now() - started) / 1000;
      console.log(`      told after ${seconds.toFixed(2)} s`);
      assert.ok(seconds < 3, `it took ${seconds.toFixed(2)} s`);
    });

    it("lists the data and the models that the notebooks name", async () => {
      const { sidebar } = workbench();
      await sidebar.rowSaying("Data", "customers.csv", "2,023 rows, 10 columns", "read by churn").waitFor();
      await sidebar.rowSaying("Models", "churn.joblib", "written by churn.ipynb, cell 17").waitFor();
    });

    it("started no process and wrote nothing", async () => {
      assert.deepEqual(await workbench().runProcesses(), []);
      assert.ok(!existsSync(join(workbench().folder, ".cellsmith")));
    });
  });
});
