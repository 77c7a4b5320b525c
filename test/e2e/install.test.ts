import assert from "node:assert/strict";
import { join } from "node:path";
import { root } from "../../scripts/setup/paths.ts";
import { useWorkbench } from "./useWorkbench.ts";

describe("the packaged extension, installed", () => {
  const workbench = useWorkbench({ workspace: join(root, "media", "sample") });

  it("offers its commands in the palette", async () => {
    const titles = await workbench().commandsFor("Cellsmith");
    assert.ok(titles.length > 0);
    await workbench().screenshot("first-look", "dark");
    await workbench().screenshot("first-look-light", "light");
  });
});
