import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import { CommandId, ViewId } from "../../../src/ids.ts";
import type { Api } from "../../../src/extension.ts";
import type { ExtractedComponent } from "../../../src/refactor/extract/model.ts";

function folder(): string {
  const found = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  assert.ok(found);
  return found;
}

const inNotebooks = (...parts: readonly string[]): string => path.join(folder(), "notebooks", ...parts);

async function until<Value>(
  what: string,
  ask: () => Value | undefined | Promise<Value | undefined>,
): Promise<Value> {
  const end = Date.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const written: string[] = [];

/** Writes a notebook of its own name, one cell a text, and shows it. */
async function open(cells: readonly string[]): Promise<vscode.NotebookEditor> {
  const name = `cells_${written.length}.ipynb`;
  written.push(name);
  const uri = vscode.Uri.file(inNotebooks(name));
  const text = JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "python3", language: "python", display_name: "Python 3" } },
    cells: cells.map((source, index) => ({
      ...{ cell_type: "code", id: `cell-${index}`, metadata: {}, outputs: [], execution_count: null },
      source: source.split(/(?<=\n)/),
    })),
  });
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  return vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(uri));
}

const textOf = (editor: vscode.NotebookEditor): string[] =>
  editor.notebook.getCells().map((cell) => cell.document.getText());

async function actions(
  editor: vscode.NotebookEditor,
  cell: number,
  range: vscode.Range,
  kind: vscode.CodeActionKind,
): Promise<vscode.CodeAction[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    editor.notebook.cellAt(cell).document.uri,
    range,
    kind.value,
  );
  return found;
}

/** Saved first: nobody is there to answer whether to. */
async function clear(): Promise<void> {
  for (const notebook of vscode.workspace.notebookDocuments) if (notebook.isDirty) await notebook.save();
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  const packages = written.map((name) => name.replace(".ipynb", "_components"));
  for (const name of [...written, ...packages]) await rm(inNotebooks(name), { recursive: true, force: true });
}

describe("an open notebook", () => {
  afterEach(async () => {
    await clear();
  });

  it("has squiggles for names that no cell makes, and for nothing else", async () => {
    const editor = await open([
      "df_train = [1]\nlist = 3",
      'pd.read_csv("/home/ines/x.csv")\nprint(df_tran)',
    ]);
    const { uri } = editor.notebook.cellAt(1).document;
    const ours = (): vscode.Diagnostic[] =>
      vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "Cellsmith");
    const found = await until("two squiggles", () => (ours().length === 2 ? ours() : undefined));
    assert.deepEqual(
      found.map(({ message, range }) => [message, range.start.line, range.start.character]),
      [
        ["This cell needs pd, which no cell makes.", 0, 0],
        ["This cell needs df_tran, which no cell makes.", 1, 6],
      ],
    );
    const first = vscode.languages.getDiagnostics(editor.notebook.cellAt(0).document.uri);
    assert.deepEqual(
      first.filter(({ source }) => source === "Cellsmith"),
      [],
    );
  });

  it("offers what mends them, and takes the squiggle away", async () => {
    const editor = await open(["df_train = [1]\nimport os", "print(df_tran, pd)"]);
    const at = new vscode.Range(0, 8, 0, 8);
    const fixes = await until("a fix", async () => {
      const all = await actions(editor, 1, at, vscode.CodeActionKind.QuickFix);
      return all.some(({ title }) => title === "Did you mean df_train?") ? all : undefined;
    });
    const rename = fixes.find(({ title }) => title === "Did you mean df_train?");
    assert.ok(rename?.edit);
    await vscode.workspace.applyEdit(rename.edit);
    const [add] = (
      await actions(editor, 1, new vscode.Range(0, 18, 0, 18), vscode.CodeActionKind.QuickFix)
    ).filter(({ title }) => title.startsWith("Add import"));
    assert.ok(add?.edit);
    await vscode.workspace.applyEdit(add.edit);
    assert.deepEqual(textOf(editor), [
      "df_train = [1]\nimport os\nimport pandas as pd",
      "print(df_train, pd)",
    ]);
    await until("no squiggle", () => {
      const left = vscode.languages.getDiagnostics(editor.notebook.cellAt(1).document.uri);
      return left.some(({ source }) => source === "Cellsmith") ? undefined : true;
    });
  });

  it("moves a cell above the one that needs it, and back in one step", async () => {
    const editor = await open(["x = 1", "print(rate)", "rate = x"]);
    const [fix] = await until("a fix", async () => {
      const all = await actions(editor, 1, new vscode.Range(0, 6, 0, 6), vscode.CodeActionKind.QuickFix);
      const found = all.filter(({ title }) => title.startsWith("Move cell 3 above cell 2"));
      return found.length > 0 ? found : undefined;
    });
    assert.ok(fix?.command);
    const given: readonly unknown[] = fix.command.arguments ?? [];
    await vscode.commands.executeCommand(fix.command.command, ...given);
    assert.deepEqual(textOf(editor), ["x = 1", "rate = x", "print(rate)"]);
    await vscode.commands.executeCommand("undo");
    assert.deepEqual(textOf(editor), ["x = 1", "print(rate)", "rate = x"]);
  });

  it("does not tell of what the user has switched off", async () => {
    const settings = vscode.workspace.getConfiguration("cellsmith");
    await settings.update("diagnostics", { undefinedName: false }, vscode.ConfigurationTarget.Workspace);
    const editor = await open(["print(missing)\nlist = 3"]);
    const at = new vscode.Range(1, 0, 1, 0);
    await until("what is not switched off", async () => {
      const all = await actions(editor, 0, at, vscode.CodeActionKind.QuickFix);
      return all.some(({ title }) => title.startsWith("Rename to list_")) ? true : undefined;
    });
    const told = vscode.languages.getDiagnostics(editor.notebook.cellAt(0).document.uri);
    assert.deepEqual(
      told.filter(({ source }) => source === "Cellsmith"),
      [],
    );
    await settings.update("diagnostics", undefined, vscode.ConfigurationTarget.Workspace);
  });

  it("says the rest in its row of the view", async () => {
    await open(['password = "hunter2-hunter2"\nprint(password)']);
    const extension = vscode.extensions.getExtension<Api>("cellsmith.cellsmith");
    const tree = (await extension?.activate())?.views.tree(ViewId.notebooks);
    const row = await until("the row", async () =>
      (await tree?.getChildren())?.find((node) => node.row.label === written.at(-1)),
    );
    const [cell] = (await tree?.getChildren(row)) ?? [];
    assert.match(cell?.row.description ?? "", /^has the password itself in its text/);
  });
});

describe("Extract to Component", () => {
  afterEach(async () => {
    await clear();
  });

  const cells = ["rows = [3, 1]", "rows.append(2)\nbest = max(rows)\nprint(best)", "print(rows, best)"];

  it("is offered as a refactoring of selected lines", async () => {
    const editor = await open(cells);
    const kind = vscode.CodeActionKind.RefactorExtract;
    const [action] = await actions(editor, 1, new vscode.Range(0, 0, 1, 5), kind);
    assert.equal(action?.title, "Extract to Component");
    assert.equal(action.disabled, undefined);
    assert.equal(action.command?.command, CommandId.extractComponent);
    const refused = await open(["x = 1", "print(globals())"]);
    const [disabled] = await actions(refused, 1, new vscode.Range(0, 0, 0, 3), kind);
    assert.ok(disabled === undefined || disabled.disabled !== undefined);
  });

  it("writes the file and the cell, and one undo takes the cell back", async () => {
    const editor = await open(cells);
    const { uri } = editor.notebook.cellAt(1).document;
    const component = await vscode.commands.executeCommand<ExtractedComponent | undefined>(
      CommandId.extractComponent,
      { cell: uri.toString(), range: new vscode.Range(0, 0, 1, 15), name: "top" },
    );
    const home = `cells_${written.length - 1}_components`;
    assert.equal(component?.file, `${home}/top.py`);
    assert.match(
      await readFile(inNotebooks(home, "top.py"), "utf8"),
      /^def top\(rows: list\)[^]*return best\n$/m,
    );
    assert.ok(existsSync(inNotebooks(home, "__init__.py")));
    assert.deepEqual(textOf(editor), [
      cells[0],
      `from ${home}.top import top\n\nbest = top(rows)\nprint(best)`,
      cells[2],
    ]);
    await vscode.window.showNotebookDocument(editor.notebook);
    await vscode.commands.executeCommand("undo");
    await until("the cell is back", () => (textOf(editor)[1] === cells[1] ? true : undefined));
  });
});
