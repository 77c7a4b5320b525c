import assert from "node:assert/strict";
import { join } from "node:path";
import { root } from "../../scripts/setup/paths.ts";
import { useWorkbench } from "./useWorkbench.ts";

describe("the packaged extension, installed", () => {
  const workbench = useWorkbench({ workspace: join(root, "media", "sample") });

  it("has its own place in the activity bar", async () => {
    const { sidebar } = workbench();
    await sidebar.open("Cellsmith");
    await sidebar.section("Notebooks").waitFor();
    await workbench().screenshot("first-look-light", "light");
    await workbench().screenshot("first-look", "dark");
  });

  it("offers its commands in the palette", async () => {
    const titles = await workbench().commandsFor("Cellsmith");
    assert.ok(
      titles.some((title) => title.startsWith("Cellsmith: Convert Notebook")),
      titles.join(", "),
    );
  });
});
