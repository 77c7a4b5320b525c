/**
 * What steps declare is what they use: with the rest hidden, the pipelines of small notebooks give the same; with one
 * declared name dropped, they do not. CELLSMITH_CASES may name a file with more notebooks: `[{cells, …}]`.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as z from "zod";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { draftOf, writeFiles } from "../refactor/convertCells.ts";
import { runtime } from "./demo.ts";

const fixtures = path.resolve(import.meta.dirname, "../../fixtures/conversions");
const casesSchema = z.array(z.object({ cells: z.array(z.string()) }));
const answersSchema = z.array(
  z.object({
    runs: z.boolean(),
    same: z.boolean(),
    notMasked: z.array(z.string()),
    noticed: z.record(z.string(), z.boolean()),
  }),
);

interface Measured {
  readonly pipelines: number;
  /** Cells of pipelines that give something else with the rest hidden. */
  readonly different: readonly string[];
  readonly names: number;
  /** Names whose loss nobody noticed, with the cells. */
  readonly needless: readonly string[];
}

function measure(cases: readonly (readonly string[])[]): Measured {
  const scratch = mkdtempSync(path.join(tmpdir(), "cellsmith-signatures-"));
  const drafts = cases
    .map((cells) => ({ cells, draft: draftOf(cells, { split: "cells" }) }))
    .filter(({ draft }) => draft.plan.decisions.length === 0 && draft.plan.steps.length > 1);
  const folders = drafts.map(
    ({ draft }, position) => writeFiles(path.join(scratch, String(position)), draft).folder,
  );
  const python = spawnSync("python3", [path.join(fixtures, "drop_each.py")], {
    input: JSON.stringify({ runtime, folders }),
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, PYTHONHASHSEED: "0" },
  });
  rmSync(scratch, { recursive: true, force: true });
  assert.equal(python.status, 0, python.stderr);
  const answers = answersSchema.parse(JSON.parse(python.stdout)).map((answer, position) => ({
    ...answer,
    text: drafts[position]?.cells.join("\n---\n") ?? "",
  }));
  const running = answers.filter(({ runs }) => runs);
  const names = running.flatMap(({ noticed, text }) =>
    Object.entries(noticed).map(([name, wasNoticed]) => ({ wasNoticed, text: `${name}\n${text}` })),
  );
  return {
    pipelines: running.length,
    different: running.filter(({ same }) => !same).map(({ text }) => text),
    names: names.length,
    needless: names.filter(({ wasNoticed }) => !wasNoticed).map(({ text }) => text),
  };
}

function casesOf(file: string): readonly (readonly string[])[] {
  return casesSchema.parse(JSON.parse(readFileSync(file, "utf8"))).map(({ cells }) => cells);
}

function hold({ pipelines, different, names, needless }: Measured): void {
  assert.deepEqual(different, []);
  const share = 1 - needless.length / names;
  const told = `${pipelines} pipelines, ${names} names, ${(100 * share).toFixed(1)} % noticed`;
  assert.ok(share >= 0.95, `${told}; not noticed:\n\n${needless.join("\n\n")}`);
}

describe("the signatures of steps", function () {
  this.timeout(300_000);
  before(() => loadPythonParser());

  it("name what is needed, and no more", () => {
    const small = casesOf(path.join(fixtures, "small.json"));
    hold(measure(small.filter((_, position) => position % 12 === 3)));
  });

  const more = process.env.CELLSMITH_CASES;
  if (more !== undefined) {
    it(`in the cases of ${path.basename(more)}`, () => {
      hold(measure(casesOf(more)));
    });
  }
});
