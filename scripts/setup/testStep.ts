import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";

export interface StepResult {
  readonly passed: number;
  readonly failed: number;
}

/** No step takes this long unless something hangs. */
const limitMinutes = 40;

/** Runs one step, showing what it says, and counts its tests. */
export async function runStep(
  [program, ...args]: readonly [string, ...string[]],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<StepResult> {
  const child = spawn(program, args, {
    ...options,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: limitMinutes * 60_000,
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    process.stdout.write(text);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    process.stderr.write(text);
  });
  const passOn = (): void => void child.kill("SIGTERM");
  process.once("SIGTERM", passOn);
  const code = await new Promise<number>((resolve) => {
    child.on("error", (error) => {
      process.stderr.write(`${error.message}\n`);
      resolve(127);
    });
    child.on("close", (status) => {
      resolve(status ?? 1);
    });
  });
  process.off("SIGTERM", passOn);
  return countTests(said, code);
}

/**
 * How many tests passed and failed by what mocha (`3 passing (2s)`, `1 failing`) and pytest (`1 failed, 3 passed in 2s`) write at
 * their end, summed where several ran. A step without tests is one test; an exit code other than 0 is never without a failure.
 */
export function countTests(output: string, code: number): StepResult {
  const text = stripVTControlCharacters(output);
  const total = (pattern: RegExp): number =>
    [...text.matchAll(pattern)].reduce((sum, match) => sum + Number(match[1]), 0);
  const pytest = [...text.matchAll(/^=*\s*((?:\d+ \w+, )*\d+ \w+) in [\d.]+s.*$/gm)].map(
    (match) => match[1] ?? "",
  );
  const ofPytest = (word: RegExp): number =>
    pytest.reduce((sum, line) => sum + Number(word.exec(line)?.[1] ?? 0), 0);
  const passed = total(/^ {2}(\d+) passing \(/gm) + ofPytest(/(\d+) passed/);
  const failed = total(/^ {2}(\d+) failing$/gm) + ofPytest(/(\d+) failed/) + ofPytest(/(\d+) errors?/);
  if (code !== 0 && failed === 0) return { passed, failed: 1 };
  return passed + failed === 0 ? { passed: 1, failed: 0 } : { passed, failed };
}
