import assert from "node:assert/strict";
import { extensions } from "vscode";

const id = "cellsmith.cellsmith";

describe("activation", () => {
  it("takes less than 100 ms, the loading of the code included", async () => {
    const extension = extensions.getExtension(id);
    assert.ok(extension, "the extension is not installed");
    await extension.activate();
    const loading = between("LoadExtensionCode");
    const activating = between("ActivateExtension");
    console.log(`    activation: ${loading} ms to load, ${activating} ms to activate`);
    assert.ok(loading + activating < 100, `${loading} + ${activating} ms`);
  });
});

/** Milliseconds between two of the marks that the extension host sets around every extension: its share, without the queue. */
function between(what: string): number {
  const marks = new Map(performanceMarks().map(({ name, startTime }) => [name, startTime]));
  const start = marks.get(`code/extHost/will${what}/${id}`);
  const end = marks.get(`code/extHost/did${what}/${id}`);
  assert.ok(start !== undefined && end !== undefined, `the extension host set no marks for ${what}`);
  return end - start;
}

interface Mark {
  readonly name: string;
  readonly startTime: number;
}

declare global {
  var MonacoPerformanceMarks: { getMarks(): readonly Mark[] } | undefined;
}

function performanceMarks(): readonly Mark[] {
  return globalThis.MonacoPerformanceMarks?.getMarks() ?? [];
}
