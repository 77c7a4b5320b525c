/** Small cases whose right answer is the notebook's own printed text; one step a cell, for everyone. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { ours, peer, peerNames, readRecord, type Setting } from "./contenders.ts";
import { toNotebook } from "./generate.ts";
import type { Contender, Judged } from "./model.ts";
import { inLanes } from "./lanes.ts";
import { ownCases, runtime, scripts, sealed } from "./places.ts";
import { run } from "./processes.ts";
import { outcomeTable } from "./table.ts";

const casesSchema = z.array(z.object({ cells: z.array(z.string()) }));

export interface CaseResult {
  readonly source: string;
  readonly index: number;
  readonly name: string;
  readonly judged: Judged;
}

/** Our own cases, and those of the file that `CELLSMITH_CASES` names. */
export async function readCases(): Promise<
  readonly { source: string; cells: readonly (readonly string[])[] }[]
> {
  const given = process.env.CELLSMITH_CASES;
  const files = [ownCases, ...(given !== undefined && existsSync(given) ? [given] : [])];
  return Promise.all(
    files.map(async (file) => {
      const parsed = casesSchema.parse(JSON.parse(await readFile(file, "utf8")));
      return { source: path.basename(file, ".json"), cells: parsed.map(({ cells }) => cells) };
    }),
  );
}

export async function measureCases(
  setting: Setting,
  scratch: string,
  limit: number,
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  const everyone = [ours(false, setting, "cells"), ours(true, setting, "cells"), ...peersOf(setting)];
  const todo = (await readCases()).flatMap(({ source, cells: cases }) =>
    cases.slice(0, limit).map((cells, index) => ({ source, cells, index })),
  );
  let done = 0;
  await inLanes(todo, async ({ source, cells, index }, lane) => {
    const folder = path.join(scratch, `case${lane}`);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const notebook = path.join(folder, "case.ipynb");
    await writeFile(notebook, JSON.stringify(toNotebook(cells, false)));
    const script = [setting.python, path.join(scripts, "run_notebook.py"), "ours", runtime] as const;
    const ended = await run([...script, notebook, "record.json"], { cwd: folder, env: sealed, seconds: 60 });
    const record = await readRecord(path.join(folder, "record.json"), ended);
    process.stderr.write(`\r${(done += 1)} of ${todo.length} cases `);
    if ("failed" in record) {
      console.error(`${source} ${index}: the notebook itself fails: ${record.failed}`);
      return;
    }
    for (const contender of everyone) {
      const judged = await contender.judge(notebook, record.cells, folder);
      results.push({ source, index, name: contender.name, judged });
    }
  });
  process.stderr.write("\n");
  return everyone.flatMap(({ name }) =>
    results
      .filter((one) => one.name === name)
      .sort((one, other) => one.source.localeCompare(other.source) || one.index - other.index),
  );
}

export function peersOf(setting: Setting): readonly Contender[] {
  return peerNames.map((name) => peer(name, setting)).filter(({ missing }) => missing === undefined);
}

export function caseTable(results: readonly CaseResult[]): string {
  return [...new Set(results.map(({ source }) => source))]
    .map((source) => {
      const here = results.filter((one) => one.source === source);
      const names = [...new Set(here.map(({ name }) => name))];
      const counted = names.map((name) => ({
        name,
        judged: here.filter((one) => one.name === name).map(({ judged }) => judged),
      }));
      return `Cases of ${source}, one step a cell\n\n${outcomeTable(counted)}`;
    })
    .join("\n");
}
