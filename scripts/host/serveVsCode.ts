import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { VsCodeHost } from "../setup/vscodeHost.ts";

export interface ServeOptions {
  readonly host: VsCodeHost;
  /** User data, server data and logs; made if missing. Fresh for every test. */
  readonly dataFolder: string;
  readonly extensionsFolder: string;
  /** With `restricted`, a folder opens untrusted as it does for a user; with `trusted`, trust is never asked about. */
  readonly trust: "trusted" | "restricted";
  /** Under automation the page takes a development extension and a test suite, and reports the suite's end. */
  readonly automated: boolean;
  /** What a page must name to be let in; without one, any local process is. */
  readonly token?: string;
  /** The user's settings.json. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly env?: NodeJS.ProcessEnv;
}

export interface ServedVsCode {
  /** Origin of the page, without a trailing slash. */
  readonly url: string;
  /** Settles when the server ends by itself or through `stop`. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * The server runs in a process group of its own under a shell that holds the reading end of a pipe: when this process ends, in
 * whatever way, the pipe closes and the shell ends the whole group.
 */
const groupScript = `exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ cat <&3 >/dev/null; kill -TERM 0; } &
wait $server
kill -KILL 0`;

/** Starts the VS Code server on a free port. Resolves once it listens; rejects with what it said if it does not. */
export async function serveVsCode(options: ServeOptions): Promise<ServedVsCode> {
  const { host, dataFolder } = options;
  const userData = join(dataFolder, "user");
  await mkdir(join(userData, "User"), { recursive: true });
  await mkdir(options.extensionsFolder, { recursive: true });
  await writeFile(join(userData, "User", "settings.json"), JSON.stringify(options.settings, undefined, 2));

  const args = [
    join(host.folder, "out", "server-main.js"),
    ...["--host", "127.0.0.1", "--port", "0", "--accept-server-license-terms"],
    ...(options.token === undefined ? ["--without-connection-token"] : ["--connection-token", options.token]),
    ...["--telemetry-level", "off"],
    ...["--user-data-dir", userData, "--server-data-dir", join(dataFolder, "server")],
    ...["--extensions-dir", options.extensionsFolder],
    ...(options.automated ? ["--enable-smoke-test-driver"] : []),
    ...(options.trust === "trusted" ? ["--disable-workspace-trust"] : []),
  ];
  const server = spawn("sh", ["-c", groupScript, "sh", host.node, ...args], {
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    env: options.env ?? process.env,
  });
  const ended = once(server, "close").then(() => undefined);

  let said = "";
  const port = new Promise<number>((resolve) => {
    const listen = (text: string): void => {
      said += text;
      const found = /agent listening on (\d+)/.exec(said)?.[1];
      if (found !== undefined) resolve(Number(found));
    };
    server.stdout.setEncoding("utf8").on("data", listen);
    server.stderr.setEncoding("utf8").on("data", listen);
  });
  const listening = await Promise.race([port, ended, delay(60_000, undefined, { ref: false })]);
  const stop = async (): Promise<void> => {
    server.stdin.end();
    await Promise.race([ended, delay(3000, undefined, { ref: false })]);
    killGroup(server.pid);
    await ended;
  };
  if (listening === undefined) {
    await stop();
    throw new Error(`The VS Code server did not start: ${said.trim().slice(-500)}`);
  }
  return { url: `http://127.0.0.1:${listening}`, ended, stop };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Already gone, which is what was wanted.
  }
}
