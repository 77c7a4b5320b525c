// The part that must run on whatever Node a machine has (20 and up) with nothing installed: standard library only, no types.
// It brings node_modules, and with them Node 24, then hands over to a TypeScript file that brings the rest.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The first version that runs our TypeScript as it is and that the VS Code host accepts. */
const NODE_MAJOR = 24;

const windows = process.platform === "win32";

/** Root folder of the repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * What `node_modules` was made from: another lock file or another kind of machine gives another stamp.
 * @param {string} lockText the text of package-lock.json
 * @param {string} platform as in process.platform
 * @param {string} arch as in process.arch
 */
export function modulesStamp(lockText, platform, arch) {
  return createHash("sha256").update(`${platform}-${arch}\n${lockText}`).digest("hex");
}

/**
 * Whether the installed modules are those the lock file asks for. npm wipes the folder before it installs and the stamp is
 * written last, so an install that broke off never counts.
 * @param {string} folder the repository
 */
export function modulesAreCurrent(folder) {
  const stamp = join(folder, "node_modules", ".cellsmith-stamp");
  return existsSync(stamp) && readFileSync(stamp, "utf8").trim() === stampOf(folder);
}

/** @param {string} folder */
function stampOf(folder) {
  return modulesStamp(
    readFileSync(join(folder, "package-lock.json"), "utf8"),
    process.platform,
    process.arch,
  );
}

/**
 * The search path without folders of node_modules: npm must not run on a Node that it is about to replace.
 * @param {string} path
 */
export function withoutModuleBins(path) {
  return path
    .split(delimiter)
    .filter((entry) => !/[\\/]node_modules[\\/]\.bin[\\/]?$/.test(entry) && !entry.includes("node-gyp-bin"))
    .join(delimiter);
}

/** Runs `npm ci` when the modules are missing or older than the lock file. Returns the sentence to show when it cannot. */
function ensureModules() {
  if (modulesAreCurrent(root)) return undefined;
  const started = performance.now();
  process.stderr.write("Node modules: npm ci …");
  const npm = spawnSync(windows ? "npm.cmd" : "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    encoding: "utf8",
    shell: windows,
    env: { ...process.env, PATH: withoutModuleBins(process.env.PATH ?? "") },
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (npm.error ?? npm.status !== 0) {
    process.stderr.write(` failed after ${seconds} s\n`);
    const said = npm.error?.message ?? reasonOf(npm.stderr);
    return `the node modules cannot be installed: ${said}`;
  }
  writeFileSync(join(root, "node_modules", ".cellsmith-stamp"), `${stampOf(root)}\n`);
  process.stderr.write(` ${seconds} s\n`);
  return undefined;
}

/**
 * The line of npm's output that says most.
 * @param {string} stderr
 */
export function reasonOf(stderr) {
  const lines = stderr
    .split("\n")
    .map((line) => line.replace(/^npm (error|ERR!) ?/, "").trim())
    .filter((line) => line !== "" && !/complete log|^code |^errno|^syscall|Unknown .* config/.test(line));
  return lines[0] ?? "npm failed without a word";
}

/** Node 24: the one running, else the one that came with the modules. */
function findNode() {
  if (Number(process.versions.node.split(".")[0]) >= NODE_MAJOR) return process.execPath;
  const local = join(root, "node_modules", ".bin", windows ? "node.exe" : "node");
  return existsSync(local) ? local : undefined;
}

/**
 * Brings the modules, then runs a TypeScript file of this folder under Node 24 with this command's arguments. Ends this process
 * with that one's exit code.
 * @param {string} script file name in scripts/
 */
export async function bootstrap(script) {
  const problem = ensureModules();
  if (problem !== undefined) return fail(problem);
  const node = findNode();
  if (node === undefined) {
    return fail(
      `Node ${NODE_MAJOR} is needed on ${process.platform}-${process.arch}, this is ${process.versions.node}`,
    );
  }
  const child = spawn(node, [join(root, "scripts", script), ...process.argv.slice(2)], {
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: [join(root, "node_modules", ".bin"), process.env.PATH ?? ""].join(delimiter),
    },
  });
  // The terminal sends Ctrl+C to both; the child decides how to end, this process only waits for it.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  await new Promise((resolve) => {
    child.on("exit", (code, signal) => {
      process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
      resolve(undefined);
    });
  });
}

/** @param {string} sentence */
function fail(sentence) {
  process.stderr.write(`cellsmith: ${sentence}\n`);
  process.exitCode = 1;
}
