// The VS Code that tests and the demo run in where there is no desktop one. The npm package code-server carries the workbench, the
// server and the extension host; only `lib/vscode` of it is used, so only that part's modules are installed. Of its native
// modules, node-pty and the file watcher come compiled; the two compiled here are those that the extension host loads at its
// start and that write the log files behind output channels. The others (kerberos, sqlite3, …) are never loaded by what we do.
import { mkdir, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import * as z from "zod";
import { madeOnce } from "./cache.ts";
import { installDebianPackages } from "./debian.ts";
import { execute, lastLine, type Executed } from "./execute.ts";
import { onPath, root } from "./paths.ts";
import { SetupProblem, during } from "./say.ts";

const version = "4.139.1";
const integrity =
  "sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==";
const compiledHere = ["@vscode/spdlog", "@vscode/native-watchdog"];

const packed = z.tuple([z.object({ filename: z.string(), integrity: z.string() })]);

/** A VS Code server: the folder that holds `out/server-main.js`, and the Node that must run it. */
export interface VsCodeHost {
  readonly folder: string;
  readonly node: string;
}

/** The VS Code server, installed once into the cache. Needs npm's registry the first time and nothing after. */
export async function ensureVsCodeHost(): Promise<VsCodeHost> {
  const name = `code-server-${version}-${process.platform}-${process.arch}-node${process.versions.modules}`;
  const folder = await madeOnce(name, async (unfinished) => {
    await ensureCompiler();
    await during("VS Code for tests and the demo: installing, once", () => install(unfinished));
  });
  return { folder: join(folder, "package", "lib", "vscode"), node: process.execPath };
}

async function ensureCompiler(): Promise<void> {
  if (["g++", "make"].every((name) => onPath(name) !== undefined)) return;
  await installDebianPackages("A C++ compiler", ["g++", "make"]);
}

async function install(folder: string): Promise<void> {
  const env = npmEnvironment();
  const npm = (cwd: string, ...args: string[]): Promise<Executed> => execute("npm", args, { cwd, env });
  await mkdir(folder, { recursive: true });

  const [archive] = packed.parse(
    JSON.parse(succeeded(await npm(folder, "pack", `code-server@${version}`, "--json"))),
  );
  if (archive.integrity !== integrity) {
    throw new SetupProblem(`code-server ${version} from npm is not the package this version was tested with`);
  }
  succeeded(await execute("tar", ["-xzf", archive.filename], { cwd: folder }));
  await rm(join(folder, archive.filename));

  const vscode = join(folder, "package", "lib", "vscode");
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  succeeded(await npm(vscode, "install", "--omit=dev", "--ignore-scripts", ...quiet));
  succeeded(await npm(vscode, "rebuild", ...compiledHere, ...quiet));
  for (const name of compiledHere) {
    succeeded(await execute(process.execPath, ["-e", `require("${name}")`], { cwd: vscode }));
  }
}

/** Node 24 first, with its own headers for what is compiled, whatever the user's npm configuration says. */
function npmEnvironment(): NodeJS.ProcessEnv {
  const home = dirname(dirname(process.execPath));
  return {
    ...process.env,
    npm_config_nodedir: home,
    PATH: [dirname(process.execPath), join(root, "node_modules", ".bin"), process.env.PATH ?? ""].join(
      delimiter,
    ),
  };
}

function succeeded(done: Executed): string {
  if (done.code === 0) return done.stdout;
  throw new SetupProblem(`VS Code for tests and the demo cannot be installed: ${lastLine(done)}`);
}
