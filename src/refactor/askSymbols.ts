/** One question to the user's own Python, in a short process of its own that is given no more than text. */
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { Problem } from "../problem.ts";

export interface SymbolsQuestion {
  /** Absolute path of the interpreter. */
  readonly python: string;
  /** Absolute path of the folder with our Python. */
  readonly runtime: string;
  /** Before the script: Python's own options. */
  readonly flags: readonly string[];
  readonly args: readonly string[];
  readonly input: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly limitMilliseconds: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs `_symbols.py` and gives the last line it prints.
 * @throws Problem when there is no answer in time, or it is cancelled (exit code 130).
 */
export function askSymbols(question: SymbolsQuestion): Promise<unknown> {
  const { python, runtime, flags, args, input, limitMilliseconds, signal } = question;
  return new Promise((resolve, reject) => {
    const child = spawn(python, [...flags, path.join(runtime, "_symbols.py"), ...args], {
      cwd: tmpdir(),
      env: { ...process.env, ...question.env, PYTHONDONTWRITEBYTECODE: "1", PYTHONIOENCODING: "utf-8" },
      stdio: ["pipe", "pipe", "ignore"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    let stdout = "";
    let late = false;
    const stop = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    };
    const timer = setTimeout(() => {
      late = true;
      stop();
    }, limitMilliseconds);
    signal?.addEventListener("abort", stop, { once: true });
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    // It may end before it has read everything; what it prints, or does not, tells more.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    child.once("error", (error) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      reject(new Problem(`${python} cannot be started: ${error.message}`));
    });
    child.once("close", () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      // What an imported module left running goes with it.
      stop();
      const answer = jsonOf(stdout.trimEnd().split("\n").at(-1) ?? "");
      if (signal?.aborted === true) reject(new Problem("cancelled", 130));
      else if (late)
        reject(new Problem(`${python} gave no answer within ${limitMilliseconds / 1000} seconds`));
      else if (answer === undefined) reject(new Problem(`${python} gave no answer`));
      else resolve(answer);
    });
    if (signal?.aborted === true) stop();
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
