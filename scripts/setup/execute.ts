import { spawn } from "node:child_process";

export interface Executed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecuteOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end and keeps what it said. A program that cannot be started gives code 127 and the reason. */
export function execute(
  program: string,
  args: readonly string[],
  options: ExecuteOptions = {},
): Promise<Executed> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", (error) => {
      resolve({ code: 127, stdout, stderr: error.message });
    });
    child.on("close", (code) => {
      resolve({ code: code ?? 1, stdout, stderr });
    });
  });
}

/** The last line that a failed program wrote, for a sentence about it. */
export function lastLine(executed: Executed): string {
  const lines = `${executed.stdout}\n${executed.stderr}`.split("\n").filter((line) => line.trim() !== "");
  return lines.at(-1)?.trim() ?? `it ended with ${executed.code}`;
}
