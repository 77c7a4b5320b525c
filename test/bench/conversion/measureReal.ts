/** Notebooks that nobody here wrote: which of them does each converter bring over, one step a cell? */
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { ours, verified, type Setting } from "./contenders.ts";
import { candidates, examine, type Real } from "./corpus.ts";
import type { Fitness } from "./judge.ts";
import { worst } from "./judge.ts";
import { peersOf } from "./measureCases.ts";
import type { Judged } from "./model.ts";
import { markdownTable, outcomeTable } from "./table.ts";

export interface RealResult {
  readonly notebook: string;
  readonly package: string;
  readonly cells: number;
  readonly name: string;
  readonly judged: Judged;
}

export interface RealMeasured {
  readonly filter: Readonly<Partial<Record<Fitness, number>>>;
  readonly results: readonly RealResult[];
}

export async function measureReal(
  setting: Setting,
  cache: string,
  scratch: string,
  limit: number,
): Promise<RealMeasured> {
  const filter: Partial<Record<Fitness, number>> = {};
  const results: RealResult[] = [];
  let [taken, at] = [0, 0];
  const all = await candidates(cache, setting.python, 5);
  for (const candidate of all) {
    if (taken >= limit) break;
    at += 1;
    const { fitness, real } = await examine(cache, setting.python, candidate, setting.seconds);
    filter[fitness] = (filter[fitness] ?? 0) + 1;
    if (real === undefined) continue;
    taken += 1;
    process.stderr.write(`${taken} of ${limit}: ${path.basename(real.path)} (looked at ${at})\n`);
    results.push(...(await askAll(setting, scratch, real)));
  }
  return { filter, results };
}

async function askAll(setting: Setting, scratch: string, real: Real): Promise<readonly RealResult[]> {
  const folder = path.join(scratch, "real");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const told = (name: string, judged: Judged): RealResult => {
    const { path: notebook, package: from, cells } = real;
    return { notebook: path.basename(notebook), package: from, cells, name, judged };
  };
  const [mine, theirs]: [RealResult[], RealResult[]] = [[], []];
  const askOurs = async (): Promise<void> => {
    const inProcess = ours(false, setting, "cells");
    const printed = await inProcess.judge(real.path, real.shown, folder);
    mine.push(told(inProcess.name, printed));
    const isolated = ours(true, setting, "cells");
    mine.push(told(isolated.name, await isolated.judge(real.path, real.shown, folder)));
    if (printed.outcome === "same") {
      const checked = await verified(setting, folder, "cells");
      mine.push(told("cellsmith, its own check of both", worst([printed, checked])));
    }
  };
  const askPeers = async (): Promise<void> => {
    for (const peer of peersOf(setting)) {
      theirs.push(told(peer.name, await peer.judge(real.path, real.shown, folder)));
    }
  };
  await Promise.all([askOurs(), askPeers()]);
  return [...mine, ...theirs];
}

export function realTable({ filter, results }: RealMeasured): string {
  const names = [...new Set(results.map(({ name }) => name))];
  const counted = names.map((name) => ({
    name,
    judged: results.filter((one) => one.name === name).map(({ judged }) => judged),
  }));
  const reasons = Object.entries(filter).map(([reason, count]) => [reason, String(count)]);
  const rows = results
    .filter(({ judged }) => judged.outcome !== "same")
    .map(({ notebook, name, judged }) => [
      notebook,
      name,
      judged.outcome,
      judged.reason.replaceAll("|", "/"),
    ]);
  const packages = new Set(results.map((one) => one.package));
  return [
    `Real notebooks, one step a cell: ${new Set(results.map((one) => one.notebook)).size} of ${packages.size} packages`,
    "",
    outcomeTable(counted),
    "How they were chosen: at least 5 code cells; off the network; two runs show the same (time of day standing still).",
    "",
    markdownTable(["looked at", "notebooks"], reasons),
    markdownTable(["not the same", "by", "", "why"], rows),
  ].join("\n");
}
