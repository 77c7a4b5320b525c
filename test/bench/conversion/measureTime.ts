/** Whole-process time of one conversion, everyone on the same notebook in the same round, so that a busy moment hits all alike. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { conversionCommand, peerNames, type Peers } from "./contenders.ts";
import { generatedCells, toNotebook } from "./generate.ts";
import { lastLine, run } from "./processes.ts";
import { markdownTable, median, pairedRatio } from "./table.ts";

export interface Timing {
  readonly cells: number;
  readonly name: string;
  /** One for each round; empty where it failed. */
  readonly seconds: readonly number[];
  readonly failed?: string;
}

export async function measureTime(
  peers: Peers,
  scratch: string,
  sizes: readonly { readonly cells: number; readonly rounds: number }[],
): Promise<readonly Timing[]> {
  const timings: Timing[] = [];
  for (const { cells, rounds } of sizes) {
    const taken = new Map<string, number[]>();
    const failed = new Map<string, string>();
    // The first round only warms the file cache.
    for (let round = 0; round <= rounds; round += 1) {
      for (const name of ["cellsmith", ...peerNames] as const) {
        if (failed.has(name)) continue;
        const command = conversionCommand(name, peers);
        const peer = name === "cellsmith" ? undefined : peers[name];
        if (command === undefined) {
          failed.set(name, peer !== undefined && "missing" in peer ? `not installed: ${peer.missing}` : "");
          continue;
        }
        const folder = path.join(scratch, "time");
        await rm(folder, { recursive: true, force: true });
        await mkdir(folder, { recursive: true });
        const notebook = toNotebook(generatedCells(cells), name === "soorgeon");
        await writeFile(path.join(folder, "notebook.ipynb"), JSON.stringify(notebook));
        const ended = await run(command, { cwd: folder, seconds: 180 });
        if (ended.code !== 0) {
          failed.set(name, ended.timedOut ? "over 180 s" : lastLine(ended.stderr) || lastLine(ended.stdout));
        } else if (round > 0) {
          taken.set(name, [...(taken.get(name) ?? []), ended.seconds]);
        }
      }
    }
    for (const name of ["cellsmith", ...peerNames]) {
      const reason = failed.get(name);
      timings.push({
        cells,
        name,
        seconds: reason === undefined ? (taken.get(name) ?? []) : [],
        ...(reason === undefined ? {} : { failed: reason }),
      });
    }
  }
  return timings;
}

export function timeTable(timings: readonly Timing[]): string {
  const sizes = [...new Set(timings.map(({ cells }) => cells))];
  const rows = ["cellsmith", ...peerNames].map((name) => [
    name,
    ...sizes.map((size) => {
      const of = (who: string): Timing | undefined =>
        timings.find((one) => one.cells === size && one.name === who);
      const [mine, theirs] = [of("cellsmith"), of(name)];
      if (theirs?.failed !== undefined) return theirs.failed.slice(0, 60);
      const seconds = theirs?.seconds ?? [];
      const ratio = name === "cellsmith" ? "" : `, ${pairedRatio(mine?.seconds ?? [], seconds).toFixed(1)}×`;
      return `${median(seconds).toFixed(2)} s${ratio}`;
    }),
  ]);
  return markdownTable(["converts in", ...sizes.map((size) => `${size} cells`)], rows);
}
