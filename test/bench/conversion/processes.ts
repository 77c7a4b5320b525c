/** Runs a program to its end within limits, in a process group of its own. */
import { spawn } from "node:child_process";

export interface Limits {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** By the clock. */
  readonly seconds: number;
}

export interface Ended {
  /** Undefined when it was ended by a signal or by the limit. */
  readonly code: number | undefined;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Libraries keep to one thread, so that sums come out alike and runs do not disturb each other. */
const quiet = {
  PYTHONHASHSEED: "0",
  PYTHONDONTWRITEBYTECODE: "1",
  PYTHONIOENCODING: "utf-8",
  OMP_NUM_THREADS: "1",
  OPENBLAS_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1",
};

export function run(command: readonly [string, ...string[]], limits: Limits): Promise<Ended> {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(program, args, {
      cwd: limits.cwd,
      env: { ...process.env, ...quiet, ...limits.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let [stdout, stderr, timedOut] = ["", "", false];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const stop = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    };
    const timer = setTimeout(() => {
      timedOut = true;
      stop();
    }, limits.seconds * 1000);
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      stop();
      const seconds = (performance.now() - started) / 1000;
      resolve({ code: timedOut ? undefined : (code ?? undefined), timedOut, stdout, stderr, seconds });
    });
  });
}

/** The line of a failure that says most: the last one that is not empty. */
export function lastLine(text: string): string {
  return (text.trimEnd().split("\n").at(-1) ?? "").trim().slice(0, 200);
}
