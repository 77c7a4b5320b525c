import { spawn } from "node:child_process";
import { Problem } from "../../problem.ts";

const keptText = 64 * 1024;

export interface PythonCall {
  /** Absolute path of the interpreter. */
  readonly python: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

export interface PythonEnd {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  /** Its last 64 KiB. */
  readonly stderr: string;
}

/**
 * Runs Python to its end in a process group of its own, which dies with the signal or with this process.
 * @throws Problem when it cannot be started; the signal's reason when that is aborted.
 */
export function runPython(call: PythonCall): Promise<PythonEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(call.python, call.args, {
      cwd: call.cwd,
      env: { ...call.env, CELLSMITH_OWNER_PID: String(process.pid) },
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr
      .setEncoding("utf8")
      .on("data", (text: string) => (stderr = (stderr + text).slice(-keptText)));
    const stop = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    };
    call.signal.addEventListener("abort", stop, { once: true });
    child.once("error", (error) => {
      reject(new Problem(`cannot start ${call.python}: ${error.message}`));
    });
    child.once("close", (code) => {
      call.signal.removeEventListener("abort", stop);
      // What it left running goes with it.
      stop();
      if (call.signal.aborted) reject(new Problem("cancelled", 130));
      else resolve({ code: code ?? undefined, stdout, stderr });
    });
    if (call.signal.aborted) stop();
  });
}
