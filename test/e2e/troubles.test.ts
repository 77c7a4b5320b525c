// What goes wrong for people: each gets one clear sentence in the right place, and nothing half-done.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { brokenNotebooks } from "./brokenNotebooks.ts";
import { useWorkbench } from "./useWorkbench.ts";

describe("a folder of broken notebooks and no Python", () => {
  const workbench = useWorkbench({ workspace: brokenNotebooks, python: "/opt/gone/bin/python" });

  for (const [name, ...reason] of [
    ["holiday.ipynb", "its text is not JSON"],
    ["in_r.ipynb", "written in R"],
    ["notes.ipynb", "no code in it"],
    ["typo.ipynb", "cell 7 is not valid Python"],
    ["undefined.ipynb", "cell 2 needs prize, which no cell makes"],
    ["wordy.ipynb", "AUC 0.912"],
  ] as const) {
    it(`says of ${name}: ${reason.join(" ")}`, async () => {
      const { sidebar } = workbench();
      await sidebar.open("Cellsmith");
      await sidebar.showOnly("Notebooks");
      await sidebar.rowSaying("Notebooks", name, ...reason).waitFor();
    });
  }

  it("looks like this", async () => {
    await workbench().screenshotInThemes("broken-notebooks");
  });

  it("names the Python that is not there, and offers to choose another", async () => {
    await workbench().openFile("undefined.ipynb");
    await workbench().command("Cellsmith: Run Tracked");
    const message = workbench().notification(/there is no Python at \/opt\/gone\/bin\/python/i);
    await message.waitFor();
    await workbench().screenshot("missing-python");
    await message.getByRole("button", { name: "Select Interpreter" }).click();
    await workbench().quickPickRow("python").waitFor();
    await workbench().screenshot("select-interpreter");
    await workbench().page.keyboard.press("Escape");
    assert.deepEqual(await workbench().runProcesses(), []);
    assert.ok(!existsSync(join(workbench().folder, ".cellsmith")));
  });

  it("runs no notebook that it cannot read, and says why", async () => {
    await workbench().openFile("in_r.ipynb");
    await workbench().command("Cellsmith: Run Tracked");
    await workbench()
      .notification(/written in R/)
      .waitFor();
    assert.ok(!existsSync(join(workbench().folder, ".cellsmith")));
  });

  it("says in an empty folder what each view is for", async () => {
    const empty = join(workbench().folder, "empty");
    await mkdir(empty);
    await workbench().open(empty);
    const { sidebar } = workbench();
    await sidebar.open("Cellsmith");
    const texts = {
      Notebooks: /There is no notebook in this folder yet/,
      Experiments: /Nothing recorded yet/,
      Data: /No data yet/,
      Models: /No models yet/,
      Pipelines: /No pipeline has been made here yet/,
    };
    for (const [title, text] of Object.entries(texts)) {
      await sidebar.welcome(title).getByText(text).waitFor();
    }
    await workbench().screenshotInThemes("empty-folder");
  });
});
