import assert from "node:assert/strict";
import { access } from "node:fs/promises";
import path from "node:path";
import { commands, extensions, Uri, window, workspace } from "vscode";
import type { Api } from "../../../src/extension.ts";
import { CommandId, ViewId } from "../../../src/ids.ts";
import type { OpenPlan } from "../../../src/ui/commands/convertNotebook.ts";

async function api(): Promise<Api> {
  const extension = extensions.getExtension<Api>("cellsmith.cellsmith");
  assert.ok(extension, "the extension is not enabled");
  return extension.activate();
}

function file(...parts: readonly string[]): Uri {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  assert.ok(folder);
  return Uri.joinPath(folder, ...parts);
}

/** What a command says as an error while it is invoked. */
async function saidBy(command: string, argument: unknown): Promise<string[]> {
  const said: string[] = [];
  const real = window.showErrorMessage;
  Object.defineProperty(window, "showErrorMessage", {
    configurable: true,
    value: (message: string) => {
      said.push(message);
      return Promise.resolve(undefined);
    },
  });
  try {
    await commands.executeCommand(command, argument);
  } finally {
    Object.defineProperty(window, "showErrorMessage", { configurable: true, value: real });
  }
  return said;
}

describe("Restricted Mode", () => {
  it("opens the folder untrusted, with the extension at work", async () => {
    assert.equal(workspace.isTrusted, false);
    await api();
    assert.ok(extensions.getExtension("cellsmith.cellsmith")?.isActive);
  });

  it("tells of the notebooks all the same", async () => {
    const { views } = await api();
    const end = Date.now() + 10_000;
    let lines: string[] = [];
    while (Date.now() < end && !lines.some((line) => line.includes("breaks in a fresh run"))) {
      const nodes = await views.tree(ViewId.notebooks).getChildren();
      lines = nodes.map(({ row }) => `${row.label}  ${row.description ?? ""}`);
    }
    assert.match(lines.join("\n"), /^churn\.ipynb {2}AUC 0\.771, recall 0\.568/m);
    assert.match(lines.join("\n"), /^features_draft\.ipynb {2}breaks in a fresh run/m);
  });

  for (const [what, command, target] of [
    ["a script", CommandId.runTracked, ["scripts", "train_loop.py"]],
    ["a notebook", CommandId.runTracked, ["notebooks", "churn.ipynb"]],
    ["a check", CommandId.checkPipeline, ["pipelines", "churn", "pipeline.yaml"]],
  ] as const) {
    it(`does not run ${what}, and says so in a sentence`, async () => {
      assert.deepEqual(await saidBy(command, file(...target)), [
        "Nothing is run in a folder that is not trusted.",
      ]);
      await assert.rejects(access(path.join(file().fsPath, ".cellsmith")));
    });
  }

  it("shows the plan of a conversion, without the offer to check it", async () => {
    const plan = await commands.executeCommand<OpenPlan>(
      CommandId.convertNotebook,
      file("notebooks", "churn.ipynb"),
    );
    assert.deepEqual([plan.view().canWrite, plan.view().canCheck], [true, false]);
    await plan.hear({ type: "cancel" });
  });
});
