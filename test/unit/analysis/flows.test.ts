import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as z from "zod";
import { analyzeProgram } from "../../../src/analysis/analyzeProgram.ts";
import type { Flow } from "../../../src/analysis/model.ts";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { toPython } from "../../../src/notebook/magics.ts";
import { cellOf } from "../notebook/cellOf.ts";
import { flowCases } from "./flowCases.ts";

const sorted = (names: Iterable<string>): string[] => [...names].sort();

function told(flow: Flow | undefined): { takes: string[]; gives: string[] } {
  if (flow === undefined) return { takes: [], gives: [] };
  return {
    takes: sorted([...flow.inputs, ...flow.inputEffects]),
    gives: sorted([...flow.outputs, ...flow.outputEffects, ...flow.unbinds.map((name) => `!${name}`)]),
  };
}

function expected(text: string): { takes: string[]; gives: string[] } {
  const [takes = "", gives = ""] = text.split("->");
  const words = (part: string): string[] => sorted(part.split(" ").filter((word) => word !== ""));
  return { takes: words(takes), gives: words(gives) };
}

const sharedCases = z.array(
  z.object({
    id: z.number(),
    title: z.string(),
    cells: z.array(z.string()),
    expect: z.array(
      z.object({
        inputs: z.array(z.string()),
        outputs: z.array(z.string()),
        unbinds: z.array(z.string()),
        inputEffects: z.array(z.string()),
        outputEffects: z.array(z.string()),
      }),
    ),
  }),
);

describe("flows between units", () => {
  before(() => loadPythonParser());

  for (const { title, units } of flowCases) {
    it(title, () => {
      const facts = analyzeProgram(units.map(([source], at) => ({ key: String(at), source })));
      const errors = facts.diagnostics.filter(
        ({ code }) => code === "undefined-name" || code === "syntax-error",
      );
      assert.deepEqual(errors, []);
      assert.deepEqual(
        units.map((_, at) => told(facts.flows[at])),
        units.map(([, flow]) => expected(flow)),
      );
    });
  }

  it("agrees with every case of a case file, where one is named", function () {
    const file = process.env.CELLSMITH_CASES;
    const cases = file === undefined ? [] : sharedCases.parse(JSON.parse(readFileSync(file, "utf8")));
    for (const { id, title, cells, expect } of cases) {
      const facts = analyzeProgram(
        cells.map((source, at) => ({ key: String(at), source: toPython(cellOf(source)).python })),
      );
      expect.forEach((flow, at) => {
        assert.deepEqual(told(facts.flows[at]), told(flow), `case ${id}, ${title}, cell ${at}`);
      });
    }
  });
});
