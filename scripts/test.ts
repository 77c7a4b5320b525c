// Every check in order, each by name with its time; a failing one does not hide the others. `--quick` takes those of the working loop,
// `--full` adds the long ones, and names (`npm test -- unit host`) take just those. CPU-heavy steps never run side by side.
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { ensureChromium } from "./setup/chromium.ts";
import { root } from "./setup/paths.ts";
import { ensurePython } from "./setup/python.ts";
import { secondsSince } from "./setup/say.ts";
import { runStep, type StepResult } from "./setup/testStep.ts";
import { ensureVsCodeHost } from "./setup/vscodeHost.ts";

interface Step {
  readonly name: string;
  readonly kind: "quick" | "standard" | "full";
  readonly needs: readonly (keyof typeof bring)[];
  readonly command: readonly [program: string, ...args: string[]];
}

const bring = { python: ensurePython, host: ensureVsCodeHost, chromium: ensureChromium };

const node = process.execPath;
const bin = (name: string): string => join(root, "node_modules", ".bin", name);
const mocha = (folder: string, seconds: number): Step["command"] => [
  bin("mocha"),
  `test/${folder}/**/*.test.ts`,
  ...["--timeout", String(seconds * 1000)],
];

function plan(python: string): readonly Step[] {
  return [
    { name: "lint", kind: "quick", needs: [], command: [bin("eslint"), "."] },
    {
      name: "format",
      kind: "quick",
      needs: [],
      command: [bin("prettier"), "--check", "--log-level=warn", "."],
    },
    { name: "types", kind: "quick", needs: [], command: [bin("tsc"), "-p", ".", "--noEmit"] },
    { name: "types-pages", kind: "quick", needs: [], command: [bin("tsc"), "-p", "media", "--noEmit"] },
    { name: "unit", kind: "quick", needs: ["python"], command: mocha("unit", 20) },
    { name: "build", kind: "quick", needs: [], command: [node, "scripts/build.ts"] },
    { name: "package", kind: "quick", needs: [], command: [node, "scripts/package.ts"] },
    { name: "contract", kind: "quick", needs: ["python"], command: mocha("contract", 60) },
    {
      name: "python",
      kind: "standard",
      needs: ["python"],
      command: [python, "-m", "pytest", "-q", "test/python"],
    },
    {
      name: "host",
      kind: "standard",
      needs: ["python", "host", "chromium"],
      command: [node, "test/host/run.ts"],
    },
    { name: "e2e", kind: "standard", needs: ["python", "host", "chromium"], command: mocha("e2e", 180) },
    { name: "full", kind: "full", needs: ["python", "host", "chromium"], command: mocha("full", 1800) },
    { name: "bench", kind: "full", needs: ["python"], command: mocha("bench", 1800) },
  ];
}

function choose(steps: readonly Step[], args: readonly string[]): readonly Step[] {
  const unknown = args.find(
    (arg) => !["--quick", "--full"].includes(arg) && !steps.some(({ name }) => name === arg),
  );
  if (unknown !== undefined) {
    console.error(`There is no step ${unknown}; the steps are ${steps.map(({ name }) => name).join(", ")}`);
    process.exit(2);
  }
  const named = steps.filter(({ name }) => args.includes(name));
  if (named.length > 0) return named;
  if (args.includes("--quick")) return steps.filter(({ kind }) => kind === "quick");
  if (!args.includes("--full")) return steps.filter(({ kind }) => kind !== "full");
  return steps.filter(({ kind, name }) => kind !== "full" || existsSync(join(root, "test", name)));
}

/** What a step needs and cannot have fails that step alone, with one sentence. */
async function missing(step: Step): Promise<string | undefined> {
  try {
    for (const need of step.needs) await bring[need]();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const started = performance.now();
const python = await ensurePython().catch(() => "python3");
const env = {
  ...process.env,
  CELLSMITH_TEST_PYTHON: python,
  PATH: [dirname(node), dirname(python), process.env.PATH ?? ""]
    .filter((folder) => folder !== ".")
    .join(delimiter),
};
const results: (StepResult & { name: string; took: string })[] = [];
for (const step of choose(plan(python), process.argv.slice(2))) {
  const stepStarted = performance.now();
  console.log(`\n── ${step.name}`);
  const lack = await missing(step);
  if (lack !== undefined) console.log(lack);
  const result =
    lack === undefined ? await runStep(step.command, { cwd: root, env }) : { passed: 0, failed: 1 };
  const took = secondsSince(stepStarted);
  console.log(`── ${step.name}: ${result.failed === 0 ? "passed" : "failed"} in ${took}`);
  results.push({ ...result, name: step.name, took });
}

const sum = (of: "passed" | "failed"): number => results.reduce((total, result) => total + result[of], 0);
console.log("");
for (const { name, passed, failed, took } of results) {
  console.log(
    `${name.padEnd(10)}${took.padStart(9)}  ${passed} passed${failed === 0 ? "" : `, ${failed} failed`}`,
  );
}
console.log(`${"all".padEnd(10)}${secondsSince(started).padStart(9)}\n`);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") === 0 ? 0 : 1;
