/** Finds what Cellsmith has something to say about in a folder: notebooks, `# %%` scripts, pipelines. */
import { type Dirent } from "node:fs";
import { open, readdir } from "node:fs/promises";
import path from "node:path";

export interface WorkspaceScan {
  /** Absolute paths of `.ipynb` files and of Python scripts with cells, sorted. */
  readonly notebooks: readonly string[];
  /** Absolute paths of folders with a `pipeline.yaml`, sorted. */
  readonly pipelines: readonly string[];
  /** False where the folder is larger than the limits allowed to look at. */
  readonly complete: boolean;
}

export interface ScanLimits {
  readonly maxEntries?: number | undefined;
  readonly maxDepth?: number | undefined;
  /** In milliseconds. */
  readonly maxTime?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Folders that hold other people's code, or copies. Hidden ones are not entered either. */
const ignored = new Set([
  "node_modules",
  "__pycache__",
  "site-packages",
  "venv",
  "env",
  "dist",
  "build",
  "target",
]);

/** Where a script's first cell is looked for. */
const headLength = 1 << 16;

/**
 * Walks a folder breadth first, so that what lies near the top is found even in a folder too large to walk.
 * Links are not followed and unreadable folders are passed over.
 * @throws the signal's reason when it aborts.
 */
export async function scanWorkspace(folder: string, limits: ScanLimits = {}): Promise<WorkspaceScan> {
  const { maxEntries = 50_000, maxDepth = 12, maxTime = 3000, signal } = limits;
  const stop = performance.now() + maxTime;
  const notebooks: string[] = [];
  const pipelines: string[] = [];
  let entries = 0;
  let complete = true;
  let level = [folder];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) {
      complete = false;
      break;
    }
    const next: string[] = [];
    for (const current of level) {
      signal?.throwIfAborted();
      if (entries > maxEntries || performance.now() > stop) {
        complete = false;
        break;
      }
      const children = await list(current);
      entries += children.length;
      // A virtual environment may have any name.
      if (children.some((child) => child.name === "pyvenv.cfg")) continue;
      if (children.some((child) => child.name === "pipeline.yaml")) pipelines.push(current);
      for (const child of children) {
        const file = path.join(current, child.name);
        if (child.isDirectory() && !child.name.startsWith(".") && !ignored.has(child.name)) next.push(file);
        else if (child.isFile() && (await isNotebook(file))) notebooks.push(file);
      }
    }
    level = complete ? next : [];
  }
  return { notebooks: notebooks.toSorted(), pipelines: pipelines.toSorted(), complete };
}

async function list(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

async function isNotebook(file: string): Promise<boolean> {
  if (file.endsWith(".ipynb")) return true;
  return file.endsWith(".py") && /^# ?%%/m.test(await readHead(file));
}

async function readHead(file: string): Promise<string> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(headLength), 0, headLength, 0);
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return "";
  }
}
