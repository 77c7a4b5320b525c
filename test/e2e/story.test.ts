// What a person does on the first day, in order: each part goes on where the one before ended.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sampleWorkbench } from "./sampleWorkbench.ts";
import { until } from "./until.ts";
import { useWorkbench } from "./useWorkbench.ts";

describe("the first day with a notebook", function () {
  this.bail(true);
  const workbench = useWorkbench(() => sampleWorkbench());
  const file = (...parts: string[]): string => join(workbench().folder, ...parts);
  const noOrphans = (): Promise<void> =>
    until(
      "no process of a run is left",
      async () => (await workbench().runProcesses()).length === 0,
      10,
      async () => JSON.stringify(await workbench().runProcesses()),
    );

  describe("a click on the icon", () => {
    it("tells within 3 seconds what the notebooks show and what breaks", async () => {
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
      assert.ok(!existsSync(file(".cellsmith")));
      await workbench().screenshotInThemes("first-minute");
    });
  });

  describe("the notebook becomes a pipeline", () => {
    const conversion = "Convert Notebook to Pipeline";

    it("offered in the explorer's menu and in the notebook's toolbar", async () => {
      const { page, sidebar, editor } = workbench();
      await sidebar.open("Explorer");
      await workbench().openFile("notebooks/churn.ipynb");
      await editor.toolbarAction(conversion).waitFor();
      await page
        .locator(".explorer-folders-view .monaco-list-row", { hasText: "churn.ipynb" })
        .first()
        .click({ button: "right" });
      await workbench().menuEntry(conversion).waitFor();
      await page.keyboard.press("Escape");
      await sidebar.open("Cellsmith");
    });

    it("shows the steps, with what each takes and gives, before anything is written", async () => {
      const started = performance.now();
      await workbench().command(`Cellsmith: ${conversion}`);
      const page = await workbench().webview("#page #steps");
      console.log(`      planned after ${((performance.now() - started) / 1000).toFixed(2)} s`);
      const cells = (step: string): Promise<string[]> =>
        page.locator("table.steps tr.step", { hasText: step }).first().locator("th, td").allInnerTexts();
      const [from, takes, gives, settings] = await cells("evaluate");
      assert.match(from ?? "", /cells 19, 20/);
      const [model, frame, series] = ["GradientBoostingClassifier", "DataFrame", "Series"];
      assert.deepEqual(takes?.split(/\s+/), [
        ...["model", model, "X_test", frame, "y_test", series, "X_train", frame],
      ]);
      assert.deepEqual(gives?.split(/\s+/), [
        ...["proba", "ndarray", "auc", "float", "recall", "float", "importances", series],
      ]);
      assert.equal(settings?.trim(), "threshold");
      assert.equal(await page.getByText("Nothing has been written yet").count(), 1);
      assert.ok(!existsSync(file("pipelines")));
      await workbench().screenshotInThemes("plan");
    });

    it("is written on a click, and its manifest opens", async () => {
      const page = await workbench().webview("#page #steps");
      await page.getByRole("button", { name: /^Write \d+ Files$/ }).click();
      await workbench().tab("pipeline.yaml").waitFor();
      const written = (await readdir(file("pipelines", "churn"), { recursive: true })).map((name) =>
        name.replaceAll("\\", "/"),
      );
      for (const name of [
        "README.md",
        "__init__.py",
        "_runtime.py",
        "_values.py",
        "components/__init__.py",
        "components/evaluate.py",
        "components/load.py",
        "components/prepare.py",
        "components/split.py",
        "components/train.py",
        "pipeline.lock.json",
        "pipeline.yaml",
        "requirements.txt",
        "run.py",
        "tests/test_components.py",
      ]) {
        assert.ok(written.includes(name), `${name} is not among ${written.join(", ")}`);
      }
      await workbench().sidebar.rowSaying("Pipelines", "churn", "7 steps", "not checked").waitFor();
    });
  });

  describe("a script, tracked", () => {
    it("runs from the lens over its main guard, with progress, and is cancelled", async () => {
      const { sidebar, editor } = workbench();
      await sidebar.showOnly("Experiments");
      await workbench().openFile("scripts/train_loop.py");
      const text = await readFile(file("scripts", "train_loop.py"), "utf8");
      await editor.goTo(lineWith(text, "if __name__"));
      // Long enough to be watched on a slow machine.
      await writeFile(file("scripts", "train_loop.py"), text.replace("default=0.06", "default=0.60"));
      await until("the editor shows it", async () => (await workbench().editorText()).includes("0.60"), 10);
      await editor.lens("Run tracked").click();
      const progress = workbench().notification(/Running train_loop\.py.*loss/);
      await progress.waitFor();
      await workbench().screenshot("script-running");
      await sidebar.rowSaying("Experiments", "run 1", "running").waitFor();
      await progress.getByRole("button", { name: "Cancel" }).click();
      await sidebar.rowSaying("Experiments", "run 1", "cancelled").waitFor();
      await progress.waitFor({ state: "hidden" });
      await noOrphans();
      await writeFile(file("scripts", "train_loop.py"), text);
      await until("the editor shows it", async () => (await workbench().editorText()).includes("0.06"), 10);
    });

    it("runs from the editor's run button and leaves its curve at the end of the line", async () => {
      const { sidebar, editor } = workbench();
      await editor.action("Run Tracked").click();
      await sidebar.rowSaying("Experiments", "run 2", "finished", "loss 0.511").waitFor();
      const text = await readFile(file("scripts", "train_loop.py"), "utf8");
      await editor.goTo(lineWith(text, "print(f"));
      const curve = /loss 0\.511 [▁▂▃▄▅▆▇█]{3,} · accuracy 0\.756 [▁▂▃▄▅▆▇█]{3,}/;
      await until(
        "the line shows its curve",
        async () => (await editor.marks()).some((mark) => curve.test(mark)),
        10,
        async () => JSON.stringify(await editor.marks()),
      );
    });

    it("says more in a hover", async () => {
      const hover = await workbench().editor.hover(/^print$/);
      await hover.getByText("40 points, last at 40").first().waitFor();
      await workbench().screenshotAsItIs("script-hover");
    });

    it("leaves what it printed in an output channel", async () => {
      const { sidebar, page } = workbench();
      await sidebar.press(sidebar.rowSaying("Experiments", "run 2", "loss"), "Show Log");
      await page.locator(".part.panel .view-line", { hasText: "step=40" }).first().waitFor();
      await workbench().screenshot("output");
      await workbench().command("View: Hide Panel");
    });
  });

  describe("the pipeline, tracked", () => {
    it("runs from the palette", async () => {
      const { sidebar } = workbench();
      await sidebar.showOnly("Experiments", "Pipelines");
      await sidebar.rowSaying("Pipelines", "churn").click();
      await workbench().tab("pipeline.yaml").waitFor();
      await workbench().command("Cellsmith: Run Tracked");
      await workbench().notification("Running churn").waitFor();
      await sidebar.rowSaying("Experiments", "run 1", "finished", "auc 0.771, recall 0.568").waitFor();
      await sidebar.expand(sidebar.rowSaying("Pipelines", "churn"));
      await sidebar.rowSaying("Pipelines", "step evaluate", "finished", "auc 0.771").waitFor();
    });

    it("shows its numbers beside the steps of the manifest", async () => {
      const { editor } = workbench();
      await editor.lens("auc 0.771, recall 0.568 · run 1").waitFor();
      const text = await readFile(file("pipelines", "churn", "pipeline.yaml"), "utf8");
      await editor.goTo(lineWith(text, "  evaluate:"));
      await until(
        "the step shows its numbers",
        async () => (await editor.marks()).some((mark) => mark.startsWith("auc 0.771 · recall 0.568")),
        10,
        async () => JSON.stringify(await editor.marks()),
      );
    });

    it("compares a second run, with another setting, with the first", async () => {
      const { sidebar, editor } = workbench();
      const manifest = file("pipelines", "churn", "pipeline.yaml");
      const text = await readFile(manifest, "utf8");
      await writeFile(manifest, text.replace("default: 120", "default: 60"));
      await sidebar.press(sidebar.rowSaying("Pipelines", "churn", "7 steps"), "Run Tracked");
      await sidebar.rowSaying("Experiments", "run 2", "finished", "n_estimators=60").waitFor();
      await sidebar.rowSaying("Pipelines", "step evaluate").click();
      await workbench().tab("evaluate.py").waitFor();
      await editor
        .lens(/auc 0\.767 \(−0\.004 against run 1\), recall 0\.583 \(\+0\.01\d against run 1\)/)
        .waitFor();
    });

    it("is checked: the same result as the notebook", async () => {
      await workbench().command("Cellsmith: Check Pipeline");
      await workbench().notification("Checking churn").getByRole("button", { name: "Cancel" }).waitFor();
      const said = workbench().notification("Same result in one process");
      await said.waitFor({ timeout: 90_000 });
      await workbench().screenshot("checked");
      await workbench().sidebar.rowSaying("Pipelines", "churn", "same result in one process").waitFor();
      await said.getByRole("button", { name: "Show Report" }).click();
      await until(
        "the report shows",
        async () => (await workbench().editorText()).includes("Same result"),
        10,
      );
      await workbench().screenshot("report");
      assert.equal(await workbench().page.locator(".tab.dirty").count(), 0, "the report asks to be saved");
      await noOrphans();
    });
  });

  describe("the notebook, tracked", () => {
    it("runs as a whole in the background, from the tree, and is not written to", async () => {
      const { sidebar } = workbench();
      const before = await readFile(file("notebooks", "churn.ipynb"));
      await sidebar.showOnly("Notebooks", "Experiments");
      await sidebar.press(sidebar.rowSaying("Notebooks", "churn.ipynb"), "Run Tracked");
      await workbench().notification("Running churn.ipynb").waitFor();
      await sidebar.rowSaying("Experiments", "run 3", "finished", "AUC 0.771").waitFor();
      assert.deepEqual(await readFile(file("notebooks", "churn.ipynb")), before);
      await noOrphans();
    });

    it("shows the numbers in the status bar of the cell that printed them", async () => {
      const { sidebar, editor } = workbench();
      await sidebar.showOnly("Notebooks");
      await sidebar.expand(sidebar.rowSaying("Notebooks", "churn.ipynb"));
      await sidebar.rowSaying("Notebooks", "cell 19", "AUC 0.771").click();
      await workbench().tab("churn.ipynb").waitFor();
      await editor.cellStatus("AUC 0.771, recall 0.568 · run 3").waitFor();
    });
  });

  describe("the tree", () => {
    it("leads from a run to its numbers, settings, files and plots", async () => {
      const { sidebar, page } = workbench();
      await sidebar.showOnly("Experiments");
      const run = sidebar.rowSaying("Experiments", "run 2", "n_estimators=60");
      await sidebar.expand(run);
      await sidebar.rowSaying("Experiments", "auc 0.767", "against run 1").waitFor();
      await sidebar.expand(sidebar.row("Settings", "Experiments"));
      await sidebar.rowSaying("Experiments", "n_estimators", "was 120 in run 1").waitFor();
      await sidebar.expand(sidebar.row("Files and plots", "Experiments"));
      await workbench().screenshot("run-opened");
      await sidebar.row("plot.png", "Experiments").click();
      await workbench().tab("plot.png").waitFor();
      await run.click();
      await workbench().tab("run 2").waitFor();
      await workbench().screenshot("run-page");
      await page.keyboard.press("Escape");
    });

    it("tells data by content: its version is the file's SHA-256", async () => {
      const { sidebar } = workbench();
      await sidebar.showOnly("Data", "Models");
      const digest = createHash("sha256")
        .update(await readFile(file("data", "customers.csv")))
        .digest("hex");
      await sidebar.expand(sidebar.rowSaying("Data", "customers.csv"));
      await sidebar.rowSaying("Data", `version ${digest.slice(0, 8)}`).waitFor();
      await sidebar.rowSaying("Data", "customers.csv").click();
      await workbench().tab("customers.csv").waitFor();
    });

    it("tells a model's versions with the run that each came from", async () => {
      const { sidebar } = workbench();
      await sidebar.expand(sidebar.rowSaying("Models", "churn.joblib"));
      const version = sidebar.rowSaying("Models", "version 2", "run 2");
      await version.waitFor();
      await workbench().screenshot("data-and-models");
      await version.click();
      await workbench().tab("run 2").waitFor();
    });
  });

  describe("looks as it should", () => {
    for (const theme of ["light", "highContrast", "dark"] as const) {
      it(`in the theme ${theme}`, async () => {
        const { sidebar, editor } = workbench();
        const name = theme === "dark" ? "" : theme === "light" ? "-light" : "-high-contrast";
        await workbench().command("Notifications: Clear All Notifications");
        await workbench().command("View: Close All Editors");
        await workbench().setTheme(theme);
        await sidebar.showOnly("Experiments", "Pipelines");
        await sidebar.rowSaying("Pipelines", "churn").click();
        await workbench().tab("pipeline.yaml").waitFor();
        await editor.goTo(1);
        await editor.lens("Run pipeline").waitFor();
        await workbench().screenshot(`manifest${name}`);
        await workbench().openFile("scripts/train_loop.py");
        await editor.goTo(lineWith(await readFile(file("scripts", "train_loop.py"), "utf8"), "print(f"));
        await editor.lens("Run tracked").waitFor();
        await workbench().screenshot(`script${name}`);
        await sidebar.showOnly("Notebooks");
        await sidebar.rowSaying("Notebooks", "cell 19").click();
        await editor.cellStatus("AUC 0.771").waitFor();
        await workbench().screenshot(`notebook${name}`);
        await sidebar.showOnly("Experiments", "Pipelines");
        await sidebar.rowSaying("Pipelines", "step evaluate").click();
        await editor.lens("against run 1").waitFor();
        await workbench().screenshot(`component${name}`);
      });
    }

    it("on one picture that shows what it is about", async () => {
      const { page, sidebar, editor } = workbench();
      await sidebar.widen(430);
      await sidebar.showOnly("Experiments");
      for (const group of ["Files and plots", "Settings"]) {
        await sidebar.fold(sidebar.row(group, "Experiments"));
      }
      await sidebar.showOnly("Experiments", "Models", "Pipelines");
      await editor.lens("against run 1").waitFor();
      await page.mouse.move(0, 0);
      await workbench().screenshotAsItIs("overview", "css");
    });
  });
});

/** Number, from 1, of the first line that holds a text. */
function lineWith(text: string, part: string): number {
  return text.split("\n").findIndex((line) => line.includes(part)) + 1;
}
