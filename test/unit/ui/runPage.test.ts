import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { picturesOf } from "../../../src/ui/documents/picturesOf.ts";
import { runPage } from "../../../src/ui/documents/runPage.ts";
import { folder, now, run } from "./runs.ts";

describe("the plots on a run's page", () => {
  let scratch: string;

  before(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), "cellsmith-plots-"));
    await writeFile(path.join(scratch, "small.png"), "abc");
    await writeFile(path.join(scratch, "huge.png"), Buffer.alloc(600_000));
    await writeFile(path.join(scratch, "drawing.svg"), "<svg/>");
  });

  after(() => rm(scratch, { recursive: true }));

  it("are the small pictures that are still there", async () => {
    const names = ["small.png", "huge.png", "drawing.svg", "gone.png"];
    const artifacts = names.map((name) => ({
      name,
      path: path.join(scratch, name),
      kind: "plot" as const,
      size: undefined,
      digest: undefined,
      step: undefined,
    }));
    const done = run({ artifacts });
    const pictures = Object.fromEntries(await picturesOf(done));
    assert.deepEqual(pictures, { [path.join(scratch, "small.png")]: "data:image/png;base64,YWJj" });
    const page = runPage({
      ...{ run: done, previous: undefined, series: {}, goal: () => undefined, pictures },
      ...{ folder, store: ".cellsmith", now },
    });
    assert.match(page, /^## Plots$\n\n!\[small\\\.?png\]|^## Plots$\n\n!\[small\.png\]/m);
    assert.equal(page.match(/!\[/g)?.length, 1);
  });
});
