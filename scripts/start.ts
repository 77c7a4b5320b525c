// The main job on a copy of the bundled notebook, as a person would do it on the command line, then VS Code on the result.
//   npm start                    in out/sample-workspace
//   npm start -- FOLDER          in another folder; what is there already stays
//   npm start -- --no-editor     without the last step
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { convert, runTracked, summarize, verify } from "./setup/mainJob.ts";
import { folderUrl } from "./host/openWorkbench.ts";
import { installVsix } from "./host/installVsix.ts";
import { quietSettings } from "./host/quietSettings.ts";
import { serveVsCode } from "./host/serveVsCode.ts";
import { execute, lastLine } from "./setup/execute.ts";
import { onPath, out, root, vsixFile } from "./setup/paths.ts";
import { ensurePython } from "./setup/python.ts";
import { SetupProblem, during } from "./setup/say.ts";
import { ensureVsCodeHost } from "./setup/vscodeHost.ts";

async function build(): Promise<void> {
  await during("Cellsmith: building", async () => {
    const done = await execute(process.execPath, [join(root, "scripts", "build.ts")], { cwd: root });
    if (done.code !== 0) throw new SetupProblem(`Cellsmith cannot be built: ${lastLine(done)}`);
  });
}

/** Copies the sample where it is not there yet, and names the Python to use, so that editor and terminal agree. */
async function prepareWorkspace(folder: string, python: string): Promise<void> {
  await cp(join(root, "media", "sample"), folder, { recursive: true, force: false });
  const settings = join(folder, ".vscode", "settings.json");
  if (existsSync(settings)) return;
  await mkdir(dirname(settings), { recursive: true });
  await writeFile(settings, `${JSON.stringify({ "cellsmith.python": python }, undefined, 2)}\n`);
}

/** The desktop's VS Code where there is one: the extension runs from this repository, nothing is installed into it. */
async function openDesktop(code: string, folder: string): Promise<void> {
  await during("VS Code: opening", async () => {
    const done = await execute(code, [`--extensionDevelopmentPath=${root}`, "--new-window", folder]);
    if (done.code !== 0) throw new SetupProblem(`VS Code cannot be opened: ${lastLine(done)}`);
  });
}

/** A VS Code in the browser with the packaged extension, until Ctrl+C. */
async function openServed(folder: string): Promise<void> {
  const host = await ensureVsCodeHost();
  const data = join(out, "vscode");
  const extensionsFolder = join(data, "extensions");
  await during("VS Code: installing the extension", async () => {
    const done = await execute(process.execPath, [join(root, "scripts", "package.ts")], { cwd: root });
    if (done.code !== 0) throw new SetupProblem(`the extension cannot be packaged: ${lastLine(done)}`);
    await installVsix(host, vsixFile, extensionsFolder);
  });
  const token = randomBytes(16).toString("hex");
  const server = await serveVsCode({
    host,
    dataFolder: data,
    extensionsFolder,
    trust: "trusted",
    automated: false,
    token,
    settings: quietSettings,
  });
  console.log(`\nVS Code: ${folderUrl(server.url, folder, token).href}\nCtrl+C ends it.`);
  const stop = (): void => void server.stop();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  await server.ended;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { "no-editor": { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const folder = resolve(
    process.env.INIT_CWD ?? process.cwd(),
    positionals[0] ?? join(out, "sample-workspace"),
  );
  await build();
  const python = await ensurePython();
  await prepareWorkspace(folder, python);
  const job = {
    folder,
    python,
    notebook: join("notebooks", "churn.ipynb"),
    pipeline: join("pipelines", "churn"),
  };
  const converted = await convert(job);
  const verified = await verify(job);
  const ran = await runTracked(job);
  console.log(summarize(job, converted, verified, ran));
  if (values["no-editor"]) return;
  const code = onPath("code");
  await (code === undefined ? openServed(folder) : openDesktop(code, folder));
}

try {
  await main();
} catch (error) {
  if (!(error instanceof SetupProblem || (error instanceof TypeError && "code" in error))) throw error;
  process.stderr.write(`cellsmith: ${error.message}\n`);
  process.exitCode = 1;
}
