/**
 * The user's Python and everything it starts, held together as one process group.
 * A watcher in that group, which is nobody's child, waits on a pipe whose other end only the supervisor holds: when the
 * supervisor goes, however it goes, the pipe closes and the watcher ends the group. On Windows, which has no such
 * groups, the tree is ended by taskkill and the Python side watches its owner itself.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";

const isWindows = process.platform === "win32";

/** `$@` becomes the process itself, so that its exit and its signals are Python's own. */
const wrapper =
  '( (trap "" INT TERM HUP; read _ <&3; kill -KILL 0) </dev/null >/dev/null 2>&1 & ); exec 3<&-; exec "$@"';

export interface ChildOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute paths of the files that its output is appended to. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildEnd {
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** Why it could not be started at all. */
  readonly error: string | undefined;
}

export interface ChildGroup {
  readonly ended: Promise<ChildEnd>;
  /** Sends a signal to the whole group; nothing happens once it is gone. */
  signal(signal: "SIGINT" | "SIGTERM" | "SIGKILL"): void;
}

export function startChild(options: ChildOptions): ChildGroup {
  const out = openSync(options.stdout, "a");
  const err = openSync(options.stderr, "a");
  const [file, args] = isWindows
    ? [options.file, options.args]
    : ["/bin/sh", ["-c", wrapper, "sh", options.file, ...options.args]];
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    // Files, not pipes: nothing is held in memory, and a slow reader holds up nobody.
    stdio: isWindows ? ["ignore", out, err] : ["ignore", out, err, "pipe"],
    detached: !isWindows,
    windowsHide: true,
  });
  closeSync(out);
  closeSync(err);
  return {
    ended: endOf(child),
    signal: (signal) => {
      signalGroup(child, signal);
    },
  };
}

function endOf(child: ChildProcess): Promise<ChildEnd> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      resolve({ code: undefined, signal: undefined, error: error.message });
    });
    child.once("exit", (code, signal) => {
      resolve({ code: code ?? undefined, signal: signal ?? undefined, error: undefined });
    });
  });
}

function signalGroup(child: ChildProcess, signal: "SIGINT" | "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined) return;
  if (isWindows) {
    const force = signal === "SIGKILL" ? ["/F"] : [];
    spawn("taskkill", ["/PID", String(child.pid), "/T", ...force], { stdio: "ignore", windowsHide: true }).on(
      "error",
      () => child.kill(),
    );
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}
