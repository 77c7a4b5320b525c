import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import type { Api } from "../../../src/extension.ts";
import { CommandId, ViewId } from "../../../src/ids.ts";
import type { StartedRun } from "../../../src/launch/startRun.ts";
import type { OpenPlan } from "../../../src/ui/commands/convertNotebook.ts";

function folder(): string {
  const found = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  assert.ok(found);
  return found;
}

async function api(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>("cellsmith.cellsmith");
  assert.ok(extension);
  return extension.activate();
}

async function plan(notebook: string): Promise<OpenPlan> {
  const uri = vscode.Uri.file(path.join(folder(), "notebooks", notebook));
  const open = await vscode.commands.executeCommand<OpenPlan | undefined>(CommandId.convertNotebook, uri);
  assert.ok(open, "no plan was shown");
  await open.shown;
  return open;
}

async function pipelineRows(): Promise<string[]> {
  const tree = (await api()).views.tree(ViewId.pipelines);
  const nodes = await tree.getChildren();
  const children = await Promise.all(nodes.map((node) => tree.getChildren(node)));
  return [...nodes, ...children.flat()].map(({ row }) => `${row.label}  ${row.description ?? ""}`);
}

const pipeline = (...parts: readonly string[]): string => path.join(folder(), "pipelines", "churn", ...parts);

describe("converting the sample's notebook", () => {
  before("choose the Python", async () => {
    await vscode.workspace
      .getConfiguration("cellsmith")
      .update("python", process.env.CELLSMITH_TEST_PYTHON, vscode.ConfigurationTarget.Workspace);
  });

  it("shows the steps before anything is written, and writes nothing when cancelled", async () => {
    const open = await plan("churn.ipynb");
    const { steps, to, canWrite, files } = open.view();
    assert.equal(to, "pipelines/churn");
    assert.equal(canWrite, true);
    const names = steps.map(({ name }) => name);
    for (const name of ["load", "prepare", "split", "train", "evaluate"])
      assert.ok(names.includes(name), name);
    const train = steps.find(({ name }) => name === "train");
    const namesOf = (values: readonly { readonly name: string }[] = []): string[] =>
      values.map(({ name }) => name);
    assert.deepEqual([namesOf(train?.takes), namesOf(train?.gives)], [["X_train", "y_train"], ["model"]]);
    assert.ok(files.every(({ state }) => state === "new"));
    await open.hear({ type: "cancel" });
    assert.equal(existsSync(path.join(folder(), "pipelines")), false);
  });

  it("plans anew when a cell is left out or a step gets another name", async () => {
    const open = await plan("churn.ipynb");
    const [could] = open.view().couldLeave;
    assert.ok(could, "nothing could be left out");
    await open.hear({ type: "edit", edit: { kind: "leaveOut", cell: could.cell.index, leaveOut: true } });
    assert.ok(open.view().leftOut.some(({ cell, byChoice }) => byChoice && cell.index === could.cell.index));
    await open.hear({ type: "undo" });
    assert.ok(!open.view().leftOut.some(({ byChoice }) => byChoice));
    await open.hear({ type: "edit", edit: { kind: "rename", step: "evaluate", name: "score" } });
    assert.ok(open.view().files.some((file) => file.path === "components/score.py"));
    await open.hear({ type: "edit", edit: { kind: "rename", step: "score", name: "not a name" } });
    assert.ok(open.view().steps.some(({ name }) => name === "score"));
    // What was chosen is remembered until it is written.
    await open.hear({ type: "undo" });
    assert.ok(open.view().steps.some(({ name }) => name === "evaluate"));
    await open.hear({ type: "cancel" });
  });

  it("shows the code of a step as it would be written", async () => {
    const open = await plan("churn.ipynb");
    await open.hear({ type: "showStep", step: "evaluate" });
    const shown = vscode.workspace.textDocuments.find((one) =>
      one.uri.path.endsWith("/components/evaluate.py"),
    );
    assert.match(shown?.getText() ?? "", /^def evaluate\(/m);
    assert.equal(shown?.languageId, "python");
    await open.hear({ type: "cancel" });
  });

  it("writes the package and opens its manifest", async () => {
    const open = await plan("churn.ipynb");
    const planned = open.view().files.map((file) => file.path);
    await open.hear({ type: "write", check: false });
    for (const file of planned) assert.ok(existsSync(pipeline(file)), file);
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, pipeline("pipeline.yaml"));
    assert.deepEqual((await readdir(path.join(folder(), "pipelines"))).sort(), ["churn"]);
    assert.match((await pipelineRows()).join("\n"), /^churn {2}\d steps · not checked$/m);
    const all = vscode.languages.getDiagnostics(vscode.Uri.file(pipeline("pipeline.yaml")));
    assert.deepEqual(all, []);
  });

  it("keeps what was changed by hand when it converts again", async () => {
    const file = pipeline("components", "load.py");
    await writeFile(file, `# mine\n${await readFile(file, "utf8")}`);
    const open = await plan("churn.ipynb");
    const view = open.view();
    assert.equal(view.files.find((one) => one.path === "components/load.py")?.state, "edited");
    assert.match(view.notice ?? "", /1 file changed by hand/);
    await open.hear({ type: "cancel" });
    assert.ok((await readFile(file, "utf8")).startsWith("# mine\n"));
  });

  it("does not go where something else lies", async () => {
    await mkdir(path.join(folder(), "pipelines", "features_draft"));
    await writeFile(path.join(folder(), "pipelines", "features_draft", "notes.txt"), "mine");
    const open = await plan("features_draft.ipynb");
    assert.equal(open.view().to, "pipelines/features_draft_2");
    assert.equal(open.view().canWrite, false);
    assert.notEqual(open.view().decisions.length, 0);
    await open.hear({ type: "cancel" });
  });
});

describe("running the pipeline tracked", () => {
  it("puts its numbers over the function, beside the step, and into the view", async function () {
    this.timeout(120_000);
    const { parts, decorations } = await api();
    const component = vscode.Uri.file(pipeline("components", "evaluate.py"));
    const started = await vscode.commands.executeCommand<StartedRun>(CommandId.runTracked, component);
    for (;;) {
      const run = (await parts.runs.find(folder(), started.id))?.run;
      if (run !== undefined && run.status !== "RUNNING") {
        assert.equal(run.status, "FINISHED", run.failure?.message);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await vscode.workspace.openTextDocument(component);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      component,
      10,
    );
    assert.deepEqual(
      lenses.map(({ command }) => command?.title.replace("$(play-circle)\u00a0", "")),
      ["Run pipeline", "auc 0.771, recall 0.568", "follows churn.ipynb"],
    );
    const manifest = await vscode.workspace.openTextDocument(pipeline("pipeline.yaml"));
    await vscode.window.showTextDocument(manifest);
    let texts: string[] = [];
    for (let tries = 0; tries < 100 && texts.length === 0; tries += 1) {
      texts = decorations
        .marks(manifest.uri)
        .map(({ line, text }) => `${manifest.lineAt(line).text.trim()} ${text}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.ok(
      texts.some((text) => text.startsWith("evaluate: auc 0.771 · recall 0.568 · ")),
      texts.join("\n"),
    );
    assert.match((await pipelineRows()).join("\n"), /^evaluate {2}auc 0\.771, recall 0\.568/m);
  });
});
