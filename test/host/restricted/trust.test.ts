import assert from "node:assert/strict";
import { extensions, workspace } from "vscode";

describe("Restricted Mode", () => {
  it("opens the folder untrusted, with the extension at work", async () => {
    assert.equal(workspace.isTrusted, false);
    const extension = extensions.getExtension("cellsmith.cellsmith");
    assert.ok(extension, "the extension is not enabled");
    await extension.activate();
    assert.ok(extension.isActive);
  });
});
