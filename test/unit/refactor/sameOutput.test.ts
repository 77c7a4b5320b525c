/**
 * Small notebooks, each an odd corner of Python, one cell a step: the pipeline must print what the cells print in one
 * namespace, or the conversion must be refused. CELLSMITH_CASES may name a file with more: `[{cells, …}]`.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as z from "zod";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { toProgram } from "../../../src/notebook/program.ts";
import type { SplitMode } from "../../../src/refactor/cuts.ts";
import { draftOf, notebookOf, writeFiles } from "./convertCells.ts";

const fixtures = path.resolve(import.meta.dirname, "../../fixtures/conversions");
const schema = z.array(z.object({ cells: z.array(z.string()), expect: z.unknown() }));
const outcome = z.object({ out: z.string(), code: z.number() });
const answers = z.array(z.object({ notebook: outcome, pipeline: outcome }));

interface Case {
  readonly cells: readonly string[];
  readonly expect: "same" | "refused" | undefined;
}

function read(file: string): Case[] {
  return schema.parse(JSON.parse(readFileSync(file, "utf8"))).map(({ cells, expect }) => ({
    cells,
    expect: expect === "same" || expect === "refused" ? expect : undefined,
  }));
}

/** Runs all cases that are not refused, in one Python. */
function differences(
  cases: readonly Case[],
  split: SplitMode,
): { refused: Case[]; different: string[]; steps: number } {
  const scratch = mkdtempSync(path.join(tmpdir(), "cellsmith-same-"));
  const drafts = cases.map((entry) => ({ entry, draft: draftOf(entry.cells, { split }) }));
  const refused = drafts.filter(({ draft }) => draft.plan.decisions.length > 0).map(({ entry }) => entry);
  const running = drafts.filter(({ draft }) => draft.plan.decisions.length === 0);
  const input = running.map(({ entry, draft }, position) => ({
    ...writeFiles(path.join(scratch, String(position)), draft),
    cells: toProgram(notebookOf(entry.cells)).cells.map(({ python }) => python),
  }));
  const python = spawnSync("python3", [path.join(fixtures, "run_both.py")], {
    input: JSON.stringify(input),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  assert.equal(python.status, 0, python.stderr);
  const results = answers.parse(JSON.parse(python.stdout));
  const different = results.flatMap(({ notebook, pipeline }, position) =>
    pipeline.code === 0 && pipeline.out === notebook.out
      ? []
      : [
          `${running[position]?.entry.cells.join("\n---\n") ?? ""}\n=> ${JSON.stringify({ notebook, pipeline })}`,
        ],
  );
  rmSync(scratch, { recursive: true, force: true });
  return { refused, different, steps: running.reduce((sum, { draft }) => sum + draft.plan.steps.length, 0) };
}

describe("a pipeline prints what its notebook prints", function () {
  this.timeout(120_000);
  const small = read(path.join(fixtures, "small.json"));
  before(() => loadPythonParser());

  it("with one cell a step", () => {
    const { refused, different, steps } = differences(small, "cells");
    assert.deepEqual(different, []);
    const unexpected = refused.filter(({ expect }) => expect !== "refused").map(({ cells }) => cells);
    assert.deepEqual(unexpected, []);
    assert.equal(refused.length, small.filter(({ expect }) => expect === "refused").length);
    assert.ok(steps > 200, `cells were put together where they need not be: ${steps} steps`);
  });

  it("with steps as the planner cuts them", () => {
    const some = small.filter((_, position) => position % 3 === 0);
    assert.deepEqual(differences(some, "auto").different, []);
  });

  const more = process.env.CELLSMITH_CASES;
  if (more !== undefined) {
    it(`in the cases of ${path.basename(more)}`, () => {
      for (const split of ["cells", "auto"] as const)
        assert.deepEqual(differences(read(more), split).different, []);
    });
  }
});
