/** What reads foreign bytes never throws, whatever they are: damaged copies of real files, from a fixed seed. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { analyzeProgram } from "../../src/analysis/analyzeProgram.ts";
import { loadPythonParser } from "../../src/analysis/parser.ts";
import { describeNotebook } from "../../src/notebook/insight.ts";
import { toProgram } from "../../src/notebook/program.ts";
import { parseNotebook } from "../../src/notebook/readNotebook.ts";
import { parseLock } from "../../src/pipeline/lock.ts";
import { parseManifest } from "../../src/pipeline/manifest.ts";
import { parseEvent } from "../../src/tracking/parseEvent.ts";

const rounds = 1500;
const root = path.resolve(import.meta.dirname, "../..");

/** Numbers from 0 to 1 that are the same in every run: a linear congruential generator, constants from Numerical Recipes. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const junk = [
  "",
  "\0",
  "\n",
  '"',
  "{",
  "]",
  "\\u",
  "%%",
  "!",
  "'''",
  "null",
  "-1e999",
  "é\uD800",
  "  ",
  "lambda",
  "#",
];

/** Cuts, doubles or overwrites a few pieces of a text. */
function damaged(text: string, random: () => number): string {
  let result = text;
  for (let times = 1 + Math.floor(random() * 4); times > 0; times -= 1) {
    const start = Math.floor(random() * result.length);
    const end = Math.min(result.length, start + Math.floor(random() ** 3 * 400));
    const insert =
      random() < 0.3 ? result.slice(start, end).repeat(2) : (junk[Math.floor(random() * junk.length)] ?? "");
    result = result.slice(0, start) + insert + result.slice(end);
  }
  return result;
}

function survives(what: string, text: string, read: (text: string) => void): void {
  const random = generator(11);
  for (let round = 0; round < rounds; round += 1) {
    const sample = damaged(text, random);
    try {
      read(sample);
    } catch (error) {
      assert.fail(`${what}, round ${round}: ${String(error)}\n${sample.slice(0, 2000)}`);
    }
  }
}

describe("damaged files", () => {
  before(() => loadPythonParser());

  const notebook = JSON.parse(
    readFileSync(path.join(root, "media/sample/notebooks/churn.ipynb"), "utf8"),
  ) as { cells: { outputs?: unknown }[] };
  for (const cell of notebook.cells) if (cell.outputs !== undefined) cell.outputs = [];

  const look = (text: string, file: string): void => {
    const result = parseNotebook(text, file);
    if (!result.ok) assert.ok(result.reason.length > 10);
    else describeNotebook(result.notebook, analyzeProgram(toProgram(result.notebook).units));
  };

  it("as notebooks are read and analysed, or refused with a reason", () => {
    survives("notebook", JSON.stringify(notebook, null, 1), (text) => {
      look(text, "/w/churn.ipynb");
    });
  });

  it("as scripts with cells are read and analysed, or refused with a reason", () => {
    const script = notebook.cells
      .map((cell) => `# %%\n${String((cell as { source?: unknown }).source)}`)
      .join("\n");
    survives("script", script, (text) => {
      look(text, "/w/churn.py");
    });
  });

  it("as manifests give problems with a place", () => {
    const manifest = readFileSync(path.join(import.meta.dirname, "manifest.yaml"), "utf8");
    survives("manifest", manifest, (text) => {
      const result = parseManifest(text);
      if ("problems" in result) for (const { line } of result.problems) assert.ok(line >= 1);
    });
  });

  it("as locks and journals are passed over", () => {
    const lock = JSON.stringify({
      "written by": "cellsmith 0.1.0",
      cells: {},
      files: {},
      plan: {},
      checked: {},
    });
    survives("lock", lock, (text) => {
      parseLock(text);
    });
    const event = JSON.stringify({ v: 1, t: "m", ts: 1, seq: 0, s: 4, values: { loss: 0.31, auc: "NaN" } });
    survives("event", event, (text) => {
      parseEvent(text);
    });
  });
});
