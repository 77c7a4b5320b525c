// A week later: the notebook moves on, the pipeline was changed by hand, and both have to come together.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../scripts/setup/paths.ts";
import { sampleWorkbench } from "./sampleWorkbench.ts";
import { until } from "./until.ts";
import { useWorkbench } from "./useWorkbench.ts";

async function converted(folder: string): Promise<void> {
  await cp(join(root, "media", "sample"), folder, { recursive: true });
  const cli = join(root, "dist", "cli.js");
  const out = join(folder, "pipelines", "churn");
  execFileSync(process.execPath, [cli, "convert", join(folder, "notebooks", "churn.ipynb"), "--out", out]);
}

describe("a week later", function () {
  this.bail(true);
  const workbench = useWorkbench(() => sampleWorkbench({ workspace: converted }));
  const file = (...parts: string[]): string => join(workbench().folder, ...parts);
  const component = (): string => file("pipelines", "churn", "components", "prepare.py");
  const replaceIn = async (name: string, from: string, to: string): Promise<void> => {
    const text = await readFile(name, "utf8");
    assert.ok(text.includes(from), `${from} is not in ${name}`);
    await writeFile(name, text.replace(from, to));
  };
  const text = (): Promise<string> => readFile(component(), "utf8");

  it("a changed cell marks its step in the tree, the explorer, the editor and the notebook", async () => {
    const { sidebar, editor } = workbench();
    await sidebar.open("Cellsmith");
    await sidebar.showOnly("Pipelines");
    await sidebar.expand(sidebar.rowSaying("Pipelines", "churn", "not checked"));
    await replaceIn(component(), 'fillna("unknown")', 'fillna("not known")');
    await replaceIn(file("notebooks", "churn.ipynb"), "dt.days // 30", "dt.days // 31");
    await sidebar.rowSaying("Pipelines", "churn", "changed since: cell 11").waitFor();
    const step = sidebar.rowSaying("Pipelines", "step prepare", "changed since: cell 11");
    await step.waitFor();
    await step.click();
    await workbench().tab("prepare.py").waitFor();
    await editor.goTo(lineWith(await text(), "def prepare"));
    await editor.lens("Update prepare from Notebook").waitFor();
    await workbench().screenshotInThemes("changed-component");
    await workbench().openFile("notebooks/churn.ipynb");
    await sidebar.showOnly("Notebooks");
    await sidebar.expand(sidebar.rowSaying("Notebooks", "churn.ipynb"));
    await sidebar.rowSaying("Notebooks", "cell 11").click();
    await editor.cellStatus("changed since: update prepare").waitFor();
    await sidebar.open("Explorer");
    await workbench().openFile("pipelines/churn/components/prepare.py");
    await workbench()
      .page.locator('.explorer-folders-view [class*="monaco-decoration-"]', { hasText: "prepare.py" })
      .first()
      .waitFor();
    await workbench().screenshotInThemes("changed-explorer");
    await sidebar.open("Cellsmith");
  });

  it("an update merges what the notebook and what a hand changed", async () => {
    const { sidebar, editor } = workbench();
    await sidebar.showOnly("Pipelines");
    await editor.lens("Update prepare from Notebook").click();
    await workbench().notification("prepare.py follows churn.ipynb again").waitFor();
    await workbench().screenshot("updated");
    assert.match(await text(), /fillna\("not known"\)/);
    assert.match(await text(), /dt\.days \/\/ 31/);
    await until(
      "the tree says so",
      async () => !(await sidebar.said("Pipelines")).some((row) => row.includes("changed since")),
      10,
    );
    await workbench().command("Notifications: Clear All Notifications");
  });

  it("a conflict opens the merge editor, and nothing is written before it is settled", async () => {
    const { sidebar, page, editor } = workbench();
    await replaceIn(component(), "dt.days // 31", "dt.days // 28");
    await replaceIn(file("notebooks", "churn.ipynb"), "dt.days // 31", "dt.days // 29");
    const mine = await text();
    const step = sidebar.rowSaying("Pipelines", "step prepare", "changed since: cell 11");
    await step.waitFor();
    await sidebar.press(step, "Update from Notebook");
    await page.locator(".merge-editor").waitFor();
    await workbench().waitForText("From the Notebook", ".merge-editor");
    await workbench().waitForText("Changed by Hand", ".merge-editor");
    await workbench().waitForText(/1 Conflict Remaining/, ".editor-group-container.active");
    assert.equal(await text(), mine);
    await workbench().screenshotInThemes("merge-editor");
    await page.locator(".merge-editor").getByText("Accept From the Notebook").first().click();
    await workbench().waitForText(/0 Conflicts Remaining/, ".editor-group-container.active");
    await editor.action("Complete Merge").click();
    await until("the component is merged", async () => (await text()).includes("dt.days // 29"), 10, text);
    assert.match(await text(), /fillna\("not known"\)/);
    await until(
      "the tree says so",
      async () => !(await sidebar.said("Pipelines")).some((row) => row.includes("changed since")),
      10,
    );
    assert.ok(!existsSync(file(".cellsmith", "merging", "pipelines", "churn", "components", "prepare.py")));
  });
});

/** Number, from 1, of the first line that holds a text. */
function lineWith(all: string, part: string): number {
  return all.split("\n").findIndex((line) => line.includes(part)) + 1;
}
