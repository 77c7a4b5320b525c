// Runs mocha inside a real extension host. `CELLSMITH_TEST_HOST=served` (the default) uses the served VS Code; `desktop` uses the one
// that `CELLSMITH_VSCODE` names, else downloads one. Arguments name suites; without any, all run.
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTests } from "@vscode/test-electron";
import { build } from "esbuild";
import { launchArgument } from "../../scripts/host/suiteLaunch.ts";
import { out, root } from "../../scripts/setup/paths.ts";
import { ensurePython } from "../../scripts/setup/python.ts";
import { suites, type Suite } from "./suites.ts";

const compiled = join(out, "host");

/** Every test file below a suite's folder becomes a module of its own, beside the entry that loads them all. */
async function compile(name: string): Promise<string> {
  const folder = join(import.meta.dirname, name);
  const files = await readdir(folder, { recursive: true });
  const tests = files.filter((file) => file.endsWith(".test.ts"));
  if (tests.length === 0) throw new Error(`test/host/${name} holds no *.test.ts`);
  const outdir = join(compiled, name);
  await rm(outdir, { recursive: true, force: true });
  await build({
    entryPoints: [
      { in: join(import.meta.dirname, "suiteEntry.ts"), out: "index" },
      ...tests.map((file) => ({ in: join(folder, file), out: join("tests", file.replace(/\.ts$/, "")) })),
    ],
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    packages: "external",
    external: ["vscode"],
    sourcemap: true,
    logLevel: "warning",
  });
  return join(outdir, "index.js");
}

async function runSuite(name: string, suite: Suite, python: string): Promise<boolean> {
  const extensionTestsPath = await compile(name);
  const scratch = await mkdtemp(join(tmpdir(), `cellsmith-${name}-`));
  const workspace = join(scratch, "workspace");
  await cp(suite.workspace, workspace, { recursive: true });
  const executable = vsCodeExecutable();
  try {
    await runTests({
      ...(executable === undefined ? {} : { vscodeExecutablePath: executable }),
      extensionDevelopmentPath: root,
      extensionTestsPath,
      extensionTestsEnv: { CELLSMITH_TEST_PYTHON: python },
      launchArgs: [workspace, launchArgument(suite.launch)],
    });
    return true;
  } catch (error) {
    console.error(`Suite ${name}: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Undefined where `@vscode/test-electron` is to download one. */
function vsCodeExecutable(): string | undefined {
  const choice = process.env.CELLSMITH_TEST_HOST ?? "served";
  if (choice === "served") return join(root, "scripts", "host", "launch.ts");
  if (choice === "desktop") return process.env.CELLSMITH_VSCODE;
  throw new Error(`CELLSMITH_TEST_HOST is served or desktop, not ${choice}`);
}

/** A folder with tests that no suite names would never run. */
async function refuseForgottenFolders(): Promise<void> {
  const entries = await readdir(import.meta.dirname, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const forgotten = folders.filter((name) => suites[name] === undefined);
  if (forgotten.length > 0) throw new Error(`suites.ts does not name: ${forgotten.join(", ")}`);
}

if (!existsSync(join(root, "dist", "extension.js")))
  throw new Error("dist/extension.js is missing: npm run build");
await refuseForgottenFolders();
const python = await ensurePython();
const chosen = process.argv.slice(2);
for (const [name, suite] of Object.entries(suites)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  console.log(`\nSuite ${name} (${suite.launch.trust})`);
  const attempts = suite.attempts ?? 1;
  let passed = false;
  for (let attempt = 1; attempt <= attempts && !passed; attempt += 1) {
    if (attempt > 1) console.log(`Suite ${name}, attempt ${attempt} of ${attempts}`);
    passed = await runSuite(name, suite, python);
  }
  if (!passed) process.exitCode = 1;
}
