import { readdir, readFile } from "node:fs/promises";

/** A process that a test's VS Code, or anything it started, left running. */
export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/** Processes that have inherited the scratch folder as their TMPDIR, however far they have detached themselves. */
export async function processesOf(scratch: string): Promise<readonly FoundProcess[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [environment, command] = await Promise.all([nulls(pid, "environ"), nulls(pid, "cmdline")]);
      return environment.includes(`TMPDIR=${scratch}`)
        ? { pid: Number(pid), command: command.join(" ") }
        : undefined;
    }),
  );
  return found.filter((one) => one !== undefined);
}

/** Those that run Python, or that supervise it. */
export async function runProcessesOf(scratch: string): Promise<readonly FoundProcess[]> {
  const all = await processesOf(scratch);
  return all.filter(({ command }) => /^\S*python[\d.]*(\s|$)|supervisor\.js/.test(command));
}

async function nulls(pid: string, file: string): Promise<readonly string[]> {
  try {
    return (await readFile(`/proc/${pid}/${file}`, "utf8")).split("\0");
  } catch {
    // It has ended, or it is somebody else's.
    return [];
  }
}
