import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { Api } from "../../../src/extension.ts";
import { CommandId } from "../../../src/ids.ts";

/** The last of the suite's files by name: afterwards the extension is gone. */
describe("deactivation", () => {
  it("leaves nothing registered", async () => {
    const extension = vscode.extensions.getExtension<Api>("cellsmith.cellsmith");
    assert.ok(extension);
    const api = await extension.activate();
    const own = async (): Promise<string[]> => {
      const ids: readonly string[] = Object.values(CommandId);
      return (await vscode.commands.getCommands(true)).filter((id) => ids.includes(id));
    };
    const script = (await vscode.workspace.findFiles("scripts/train_loop.py"))[0];
    assert.ok(script);
    await vscode.workspace.openTextDocument(script);
    const lenses = (): Thenable<vscode.CodeLens[]> =>
      vscode.commands.executeCommand("vscode.executeCodeLensProvider", script);
    assert.notEqual((await own()).length, 0);
    assert.notEqual((await lenses()).length, 0);
    await api.deactivate();
    assert.deepEqual(await own(), []);
    assert.deepEqual(await lenses(), []);
  });
});
