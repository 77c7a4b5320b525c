import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import type { Api } from "../../../src/extension.ts";
import { CommandId, ViewId } from "../../../src/ids.ts";
import type { StartedRun } from "../../../src/launch/startRun.ts";
import type { Run } from "../../../src/tracking/model.ts";
import type { OpenPlan } from "../../../src/ui/commands/convertNotebook.ts";

const python = process.env.CELLSMITH_TEST_PYTHON ?? "python3";

async function api(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>("cellsmith.cellsmith");
  assert.ok(extension);
  return extension.activate();
}

function folder(): string {
  const found = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  assert.ok(found);
  return found;
}

const file = (...parts: readonly string[]): vscode.Uri => vscode.Uri.file(path.join(folder(), ...parts));

/** The rows of a view as a person reads them, children of the first level indented. */
async function rows(view: ViewId): Promise<string[]> {
  const tree = (await api()).views.tree(view);
  const lines: string[] = [];
  for (const node of await tree.getChildren()) {
    lines.push(`${node.row.label}  ${node.row.description ?? ""}`);
    for (const child of await tree.getChildren(node)) {
      lines.push(`  ${child.row.label}  ${child.row.description ?? ""}`);
    }
  }
  return lines;
}

async function until<Value>(
  what: string,
  ask: () => Promise<Value | undefined>,
  seconds = 40,
): Promise<Value> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`${what}: not after ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function runToEnd(target: vscode.Uri): Promise<Run> {
  const started = await vscode.commands.executeCommand<StartedRun | undefined>(CommandId.runTracked, target);
  assert.ok(started, "the run did not start");
  const { parts } = await api();
  return until("the end of the run", async () => {
    const found = await parts.runs.find(folder(), started.id);
    return found === undefined || found.run.status === "RUNNING" ? undefined : found.run;
  });
}

describe("the views", () => {
  before("choose the Python", async () => {
    await vscode.workspace
      .getConfiguration("cellsmith")
      .update("python", python, vscode.ConfigurationTarget.Workspace);
  });

  it("tell of the notebooks within 3 seconds, running nothing", async () => {
    // A notebook that takes longer to read stands there by its name alone until then.
    const lines = await until(
      "the notebooks",
      async () => {
        const shown = await rows(ViewId.notebooks);
        return shown.some((line) => line.includes("breaks in a fresh run")) ? shown : undefined;
      },
      3,
    );
    assert.match(
      lines.join("\n"),
      /^churn\.ipynb {2}AUC 0\.771, recall 0\.568 in its saved output · 14 cells$/m,
    );
    assert.match(lines.join("\n"), /^features_draft\.ipynb .*breaks in a fresh run/m);
    assert.ok(lines.some((line) => /^ {2}\d+ {2}.*reads customers\.csv/.test(line)));
  });

  it("list the data and the models that notebooks name", async () => {
    assert.match((await rows(ViewId.datasets)).join("\n"), /^customers\.csv {2}2,023 rows, 10 columns/m);
    assert.match(
      (await rows(ViewId.models)).join("\n"),
      /^churn\.joblib {2}written by churn\.ipynb, cell 17/m,
    );
  });

  it("open the cell that a row is about", async () => {
    await vscode.commands.executeCommand(CommandId.open, {
      kind: "cellNumber",
      path: file("notebooks", "churn.ipynb").fsPath,
      number: 17,
    });
    const editor = vscode.window.activeNotebookEditor;
    assert.equal(editor?.notebook.uri.path, file("notebooks", "churn.ipynb").path);
    assert.equal(editor.selection.start, 16);
  });
});

describe("a script with cells", () => {
  const script = (): vscode.Uri => file("scripts", "explore.py");

  before("write one", async () => {
    const text =
      '# %%\nimport pandas as pd\n\n# %%\ndf = pd.read_csv("../data/customers.csv")\n\n# %%\nrows = len(df)\n';
    await vscode.workspace.fs.writeFile(script(), Buffer.from(text));
  });

  after(() => vscode.workspace.fs.delete(script()));

  it("stands among the notebooks", async () => {
    await until("its row", async () => {
      const lines = await rows(ViewId.notebooks);
      return lines.find((line) => /^explore\.py {2}reads .*customers\.csv.* · 3 cells$/.test(line));
    });
  });

  it("opens at the line of a cell", async () => {
    await vscode.commands.executeCommand(CommandId.open, { kind: "cell", path: script().fsPath, cell: 1 });
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.path, script().path);
    assert.equal(editor.selection.active.line, 4);
  });

  it("can be converted from its editor", async () => {
    const plan = await vscode.commands.executeCommand<OpenPlan>(CommandId.convertNotebook);
    assert.deepEqual([plan.view().from, plan.view().to], ["explore.py", "pipelines/explore"]);
    await plan.hear({ type: "cancel" });
  });
});

describe("a folder that comes from elsewhere", () => {
  it("brings its notebooks, and takes them away again", async () => {
    const outside = await mkdtemp(path.join(tmpdir(), "cellsmith-outside-"));
    await cp(file("notebooks").fsPath, path.join(outside, "more"), { recursive: true });
    const inside = file("more");
    const count = async (): Promise<number> =>
      (await rows(ViewId.notebooks)).filter((line) => line.startsWith("churn.ipynb")).length;
    assert.equal(await count(), 1);
    await rename(path.join(outside, "more"), inside.fsPath).catch(() =>
      cp(path.join(outside, "more"), inside.fsPath, { recursive: true }),
    );
    await until("two of them", async () => ((await count()) === 2 ? true : undefined), 20);
    await rm(inside.fsPath, { recursive: true });
    await until("one of them", async () => ((await count()) === 1 ? true : undefined), 20);
    await rm(outside, { recursive: true });
  });
});

describe("a notebook that is not in Python", () => {
  it("is refused in a sentence, and leaves no run behind", async () => {
    const uri = file("notebooks", "in_r.ipynb");
    const metadata = { kernelspec: { name: "ir", language: "R" } };
    const cells = [{ cell_type: "code", source: "x <- 1", metadata: {}, outputs: [], execution_count: null }];
    await vscode.workspace.fs.writeFile(
      uri,
      Buffer.from(JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 4 })),
    );
    assert.equal(await vscode.commands.executeCommand(CommandId.runTracked, uri), undefined);
    const { parts } = await api();
    assert.deepEqual(await parts.runs.all(), []);
    await vscode.workspace.fs.delete(uri);
  });
});

describe("a tracked run of a script", () => {
  let run: Run;

  before("run it", async () => {
    run = await runToEnd(file("scripts", "train_loop.py"));
  });

  it("ends well, with its series recorded", () => {
    assert.equal(run.status, "FINISHED");
    assert.equal(run.metrics.loss?.count, 40);
  });

  it("stands in the view with its numbers", async () => {
    const lines = await rows(ViewId.experiments);
    assert.equal(lines[0]?.split("  ")[0], "train_loop");
    assert.match(lines[1] ?? "", /^ {2}run 1 {2}loss 0\.511, accuracy 0\.756 · first run/);
  });

  it("shows its numbers after the line that printed them", async () => {
    const document = await vscode.workspace.openTextDocument(file("scripts", "train_loop.py"));
    await vscode.window.showTextDocument(document);
    const { decorations } = await api();
    const [mark] = await until("the mark", () => {
      const marks = decorations.marks(document.uri);
      return Promise.resolve(marks.length > 0 ? marks : undefined);
    });
    assert.match(mark?.text ?? "", /^loss 0\.511 █\S+ · accuracy 0\.756 \S+$/);
    assert.match(document.lineAt(mark?.line ?? 0).text, /print\(f"loss=/);
  });

  it("offers to run again over the main guard, with the last numbers", async () => {
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      file("scripts", "train_loop.py"),
      10,
    );
    const titles = lenses.map(({ command }) => command?.title);
    assert.equal(titles[0], "$(play-circle)\u00a0Run tracked");
    assert.match(titles[1] ?? "", /^loss 0\.511, accuracy 0\.756 · run 1, /);
  });

  it("has a page", async () => {
    const { runUri } = await import("../../../src/ui/documents/runDocuments.ts");
    const page = await vscode.workspace.openTextDocument(runUri(folder(), run));
    assert.match(page.getText(), /^# train\\_loop, run 1$/m);
    assert.match(page.getText(), /^\| `loss` \| \*\*0\.511\*\* \|/m);
    assert.match(page.getText(), /customers\.csv/);
  });

  it("can be cancelled from its row", async () => {
    const started = await vscode.commands.executeCommand<StartedRun>(
      CommandId.runTracked,
      file("scripts", "train_loop.py"),
    );
    await vscode.commands.executeCommand(CommandId.cancelRun, {
      kind: "run",
      folder: folder(),
      run: started.id,
    });
    const { parts } = await api();
    const status = await until("the end", async () => {
      const found = await parts.runs.find(folder(), started.id);
      return found?.run.status === "RUNNING" ? undefined : found?.run.status;
    });
    assert.equal(status, "KILLED");
  });
});

describe("a tracked run of a notebook", () => {
  it("shows its numbers under the cell that printed them", async () => {
    const run = await runToEnd(file("notebooks", "churn.ipynb"));
    assert.equal(run.status, "FINISHED", run.failure?.message);
    const recorded = Object.values(run.metrics).map(({ key, source }) => [key, source?.cell]);
    assert.deepEqual(recorded, [
      ["AUC", "evaluate"],
      ["recall", "evaluate"],
    ]);
    assert.match(
      (await rows(ViewId.models)).join("\n"),
      /^ {2}version 1 {2}run 1: AUC 0\.771, recall 0\.568/m,
    );
  });
});

describe("pipeline.yaml", () => {
  it("says what is wrong with it, where it is wrong", async () => {
    const uri = file("broken", "pipeline.yaml");
    const text = "apiVersion: cellsmith/v1\nname: broken\nsteps:\n  load:\n    component: load.py\n";
    await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
    await vscode.workspace.openTextDocument(uri);
    const [problem] = await until("a diagnostic", () => {
      const all = vscode.languages.getDiagnostics(uri);
      return Promise.resolve(all.length > 0 ? all : undefined);
    });
    assert.equal(problem?.range.start.line, 4);
    assert.match(problem.message, /file\.py:function/);
    const row = await until("its row", async () =>
      (await rows(ViewId.pipelines)).find((line) => line.startsWith("broken")),
    );
    assert.match(row, /^broken {2}pipeline\.yaml, line 5/);
  });

  it("is left alone where it is another tool's", async () => {
    const uri = file("other", "pipeline.yaml");
    await vscode.workspace.fs.writeFile(uri, Buffer.from("trigger: [main]\n"));
    await vscode.workspace.openTextDocument(uri);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual(vscode.languages.getDiagnostics(uri), []);
  });
});

describe("commands", () => {
  it("are registered as the manifest names them, all of them", async () => {
    const own = (await vscode.commands.getCommands(true)).filter((id) => id.startsWith("cellsmith."));
    const ofViews = new RegExp(
      `^(${Object.values(ViewId)
        .map((id) => id.replace(".", "\\."))
        .join("|")})\\.`,
    );
    assert.deepEqual(own.filter((id) => !ofViews.test(id)).sort(), Object.values(CommandId).sort());
  });
});

describe("nothing of this", () => {
  it("was written outside .cellsmith", async () => {
    const notebook = await readFile(file("notebooks", "churn.ipynb").fsPath, "utf8");
    const original = vscode.extensions.getExtension("cellsmith.cellsmith")?.extensionPath ?? "";
    const sample = path.join(original, "media", "sample", "notebooks", "churn.ipynb");
    assert.equal(notebook, await readFile(sample, "utf8"));
  });
});
