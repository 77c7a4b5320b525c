/**
 * `npm run bench:conversion [-- time|cases|real] [--limit N] [--json FILE]`: ours beside soorgeon, kale's dependency algorithm,
 * `marimo convert` and `nbconvert`, in one run. Markdown on stdout; exit 1 where ours is silently different.
 * Environments, notebooks and their own runs are kept in .cache/bench (`CELLSMITH_BENCH_CACHE`).
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { installPeers, peerNames } from "../test/bench/conversion/contenders.ts";
import { libraries } from "../test/bench/conversion/corpus.ts";
import { environment } from "../test/bench/conversion/environments.ts";
import { caseTable, measureCases } from "../test/bench/conversion/measureCases.ts";
import { measureReal, realTable } from "../test/bench/conversion/measureReal.ts";
import { measureTime, timeTable } from "../test/bench/conversion/measureTime.ts";
import { cacheFolder, cli } from "../test/bench/conversion/places.ts";

const parts = ["time", "cases", "real"] as const;

const { values, positionals } = parseArgs({
  options: { limit: { type: "string" }, json: { type: "string" } },
  allowPositionals: true,
});
const wanted = parts.filter((part) => positionals.length === 0 || positionals.includes(part));
const unknown = positionals.filter((word) => !parts.some((part) => part === word));
if (unknown.length > 0 || wanted.length === 0) {
  console.error(`there is no part ${unknown.join(", ")}; there are ${parts.join(", ")}`);
  process.exit(2);
}
const limit = values.limit === undefined ? undefined : Number(values.limit);

const notes = `Kale needs a cluster to run: its notebook processor is called directly, a linear chain of one step a cell, cells of imports tagged as such, values by dill.
Soorgeon gets a second-level heading before each cell. Steps of both run in fresh processes with inputs from disk; marimo's and nbconvert's script in one process (printed text alone is compared there and for ours; pictures too for the others and by our own check).`;

// What people install is measured, and never an old one.
execFileSync(process.execPath, [path.join(import.meta.dirname, "build.ts")], { stdio: ["ignore", 2, 2] });
const cache = await cacheFolder();
const scratch = await realpath(await mkdtemp(path.join(tmpdir(), "cellsmith-bench-")));
const document: Record<string, unknown> = { cli: path.basename(cli) };
let different = 0;
try {
  const peers = await installPeers(cache);
  console.log(
    `# Conversion, side by side\n\nOurs: ${path.basename(cli)}, Node ${process.versions.node}. ${notes}\n`,
  );
  for (const name of peerNames) {
    const peer = peers[name];
    if ("missing" in peer) console.log(`${name} could not be installed here: ${peer.missing}\n`);
  }
  if (wanted.includes("time")) {
    const sizes = [
      { cells: 10, rounds: 5 },
      { cells: 50, rounds: 5 },
      { cells: 500, rounds: 3 },
    ];
    const timings = await measureTime(peers, scratch, sizes.slice(0, limit ?? sizes.length));
    document.time = timings;
    console.log(
      `## Time of the whole process (median; × = theirs over ours, paired)\n\n${timeTable(timings)}`,
    );
  }
  if (wanted.includes("cases") || wanted.includes("real")) {
    const installed = await environment(cache, "notebooks", libraries);
    if ("missing" in installed) throw new Error(`the notebooks' libraries: ${installed.missing}`);
    const setting = { python: installed.python, peers, seconds: 60 };
    if (wanted.includes("cases")) {
      const results = await measureCases(setting, scratch, limit ?? Infinity);
      document.cases = results;
      console.log(`## Cases\n\n${caseTable(results)}`);
      different += countDifferent(results);
    }
    if (wanted.includes("real")) {
      const measured = await measureReal(setting, cache, scratch, limit ?? 36);
      document.real = measured;
      console.log(`## Real notebooks\n\n${realTable(measured)}`);
      different += countDifferent(measured.results);
    }
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(document, null, 2)}\n`);
process.exitCode = different > 0 ? 1 : 0;

function countDifferent(
  results: readonly { readonly name: string; readonly judged: { readonly outcome: string } }[],
): number {
  return results.filter(({ name, judged }) => name.startsWith("cellsmith") && judged.outcome === "different")
    .length;
}
