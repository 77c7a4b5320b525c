#!/usr/bin/env node
// Stands in for a VS Code executable: `@vscode/test-electron` starts it as it would start the desktop one, and it runs the suite in
// a served VS Code instead, ending with the suite's exit code.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureChromium } from "../setup/chromium.ts";
import { ensureVsCodeHost } from "../setup/vscodeHost.ts";
import { openPage, workbenchUrl } from "./openWorkbench.ts";
import { serveVsCode } from "./serveVsCode.ts";
import { parseLauncherArguments } from "./suiteLaunch.ts";
import { quietSettings } from "./quietSettings.ts";

/** What VS Code says of itself: its connection to its server, and parts that try the network and fail, harmlessly. */
const noise =
  /^(\[[^\]]+\] |Resolv(ing|ed) connection token|Creating a socket|Updating additional builtin|.*open-vsx\.org)/;

/** A suite that says nothing for so long is stuck. */
const silenceLimit = 10 * 60_000;

async function main(): Promise<number> {
  const { extension, tests, folder, launch } = parseLauncherArguments(process.argv.slice(2));
  const chromium = await ensureChromium();
  const host = await ensureVsCodeHost();
  const data = await mkdtemp(join(tmpdir(), "cellsmith-host-"));
  const undo: (() => Promise<unknown>)[] = [() => rm(data, { recursive: true, force: true })];
  const interrupted = new Promise<number>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.once(signal, () => {
        resolve(130);
      });
  });
  try {
    const server = await serveVsCode({
      host,
      dataFolder: data,
      extensionsFolder: join(data, "extensions"),
      trust: launch.trust,
      automated: true,
      settings: { ...quietSettings, ...launch.settings },
      // Sockets of the server and of the built-in extensions go when the folder goes.
      env: { ...process.env, TMPDIR: data },
    });
    undo.unshift(() => server.stop());
    const { browser, page } = await openPage({ chromium, width: 1280, height: 800 });
    undo.unshift(() => browser.close());

    const suite = new Promise<number>((resolve, reject) => {
      const stuck = setTimeout(() => {
        reject(new Error(`The suite has said nothing for ${silenceLimit / 60_000} minutes`));
      }, silenceLimit);
      const log = (type: string, args: unknown): void => {
        stuck.refresh();
        const text = Array.isArray(args) ? args.map(String).join(" ") : String(args);
        if (!noise.test(text))
          process.stdout.write(`${type === "log" || type === "info" ? "" : `${type}: `}${text}\n`);
      };
      const exit = (code: unknown): void => {
        clearTimeout(stuck);
        resolve(typeof code === "number" ? code : 1);
      };
      void page.exposeFunction("codeAutomationLog", log);
      void page.exposeFunction("codeAutomationExit", exit);
      page.on("crash", () => {
        reject(new Error("The page crashed"));
      });
    });
    await page.goto(workbenchUrl(server.url, folder, { folder: extension, testsPath: tests }));
    const gone = server.ended.then(() => {
      throw new Error("The VS Code server ended before the suite did");
    });
    return await Promise.race([suite, interrupted, gone]);
  } finally {
    for (const step of undo) await step();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
