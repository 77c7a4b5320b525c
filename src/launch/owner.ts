/** Who owns a run, and whether that process still lives: host, boot, pid and start time together outlast a reused pid. */
import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import type { z } from "zod";
import type { ownerSchema } from "../tracking/events.ts";

export type Owner = z.infer<typeof ownerSchema>;

/** Its time stamp is renewed by the supervisor, for readers who cannot see its process. */
export const heartbeatFile = "alive";
export const heartbeatSeconds = 15;
/** Generous: the clocks of two machines differ, and a laptop may have slept. */
const heartbeatLostSeconds = 300;

/** This process, as it goes into a journal. */
export async function ownerOf(pid: number): Promise<Owner> {
  const [boot, start] = await Promise.all([bootId(), startOf(pid)]);
  return { host: hostname(), boot, pid, start: start ?? "" };
}

/**
 * Whether a run's owner is still there to write its end.
 * @param owner undefined where the journal names none: then the heartbeat decides.
 * @param folder the run's folder.
 */
export async function isOwnerAlive(owner: Owner | undefined, folder: string): Promise<boolean> {
  if (owner?.host !== hostname()) return hasHeartbeat(folder);
  if (owner.boot !== (await bootId())) return false;
  if (!pidExists(owner.pid)) return false;
  const start = await startOf(owner.pid);
  if (start === undefined || owner.start === "") return hasHeartbeat(folder);
  return start === owner.start;
}

/** The same without starting a process, for folders that are not trusted: a reused pid can deceive it. */
export async function seemsOwnerAlive(owner: Owner | undefined, folder: string): Promise<boolean> {
  return owner?.host === hostname() ? pidExists(owner.pid) : hasHeartbeat(folder);
}

async function hasHeartbeat(folder: string): Promise<boolean> {
  for (const name of [heartbeatFile, "run.jsonl"]) {
    const found = await stat(path.join(folder, name)).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs < heartbeatLostSeconds * 1000) return true;
  }
  return false;
}

export function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is a process too.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

let boot: Promise<string> | undefined;

function bootId(): Promise<string> {
  boot ??= readBootId();
  return boot;
}

async function readBootId(): Promise<string> {
  if (process.platform === "linux") {
    return (await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "")).trim();
  }
  if (process.platform === "darwin") return (await output("sysctl", ["-n", "kern.bootsessionuuid"])) ?? "";
  // Windows keeps no such id; the heartbeat tells a reboot.
  return "";
}

/** Start time of a process in the platform's own words, undefined where it cannot be had. */
async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform === "linux") {
    const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
    // The second field is the command's name in brackets and may hold anything, brackets and spaces too: proc(5).
    const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
    // A zombie is gone for us: it will write nothing any more.
    return fields?.[0] === "Z" ? "zombie" : fields?.[19];
  }
  if (process.platform === "darwin") return output("ps", ["-o", "lstart=", "-p", String(pid)]);
  return undefined;
}

function output(file: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(file, args, { timeout: 2000 }, (error, stdout) => {
      resolve(error === null ? stdout.trim() : undefined);
    });
  });
}
