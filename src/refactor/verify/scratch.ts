/**
 * Copies of the user's folder for a check to work in. The originals are only read; big files are linked, and the
 * Python side refuses to write through to the user's folders.
 */
import { constants, existsSync } from "node:fs";
import { copyFile, lstat, mkdir, mkdtemp, readdir, readlink, realpath, rm, symlink } from "node:fs/promises";
import { homedir, hostname, tmpdir } from "node:os";
import path from "node:path";
import { Problem } from "../../problem.ts";

const markers = [
  ".git",
  "pyproject.toml",
  "setup.py",
  "setup.cfg",
  "requirements.txt",
  "environment.yml",
  ".vscode",
];
const skipped = new Set([
  ...[
    ".git",
    ".hg",
    ".cellsmith",
    "node_modules",
    "__pycache__",
    ".ipynb_checkpoints",
    ".venv",
    ".tox",
    ".conda",
  ],
  ...[".mypy_cache", ".pytest_cache", ".ruff_cache"],
]);
const linkedFrom = 200 * 1024 * 1024;
const mostFiles = 50_000;
const mostBytes = 8 * 1024 ** 3;

/** What is copied and where the copies stand. */
export interface Layout {
  /** Absolute paths of folders and files, none inside another. */
  readonly pieces: readonly string[];
  /** Nearest folder that holds them all. */
  readonly base: string;
}

/**
 * The folder of the project around a notebook, with the pipeline and the files it reads, wherever they are.
 * @param notebook, pipeline, files absolute paths; what does not exist is passed over.
 */
export function layOut(notebook: string, pipeline: string, files: readonly string[]): Layout {
  const wanted = [path.dirname(notebook), pipeline, ...files].filter((file) => existsSync(file));
  const project = projectOf(path.dirname(notebook)) ?? sharedFolder(wanted);
  const all = [...(isTooWide(project) ? [] : [project]), ...wanted];
  const pieces = [...new Set(all)].filter(
    (one) => !all.some((other) => other !== one && isInside(one, other)),
  );
  return { pieces, base: pieces.length === 1 ? path.dirname(pieces[0] ?? "/") : sharedFolder(pieces) };
}

/** Where a path of the user's stands in a scratch folder. */
export function inScratch(layout: Layout, scratch: string, file: string): string {
  return path.join(scratch, path.relative(layout.base, file));
}

/** Copies all pieces below `scratch`, which must not exist. @throws Problem when there is too much; the signal's reason. */
export async function copyProject(layout: Layout, scratch: string, signal: AbortSignal): Promise<void> {
  const budget = { files: 0, bytes: 0 };
  for (const piece of layout.pieces) {
    const target = inScratch(layout, scratch, piece);
    await mkdir(path.dirname(target), { recursive: true });
    await copyPiece(piece, target, budget, signal);
  }
}

async function copyPiece(
  from: string,
  to: string,
  budget: { files: number; bytes: number },
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const stat = await lstat(from);
  if (stat.isDirectory()) {
    await mkdir(to, { recursive: true });
    for (const entry of await readdir(from, { withFileTypes: true })) {
      const isEnvironment = entry.isDirectory() && existsSync(path.join(from, entry.name, "pyvenv.cfg"));
      if (skipped.has(entry.name) || isEnvironment) continue;
      await copyPiece(path.join(from, entry.name), path.join(to, entry.name), budget, signal);
    }
  } else if (stat.isSymbolicLink()) {
    const target = await readlink(from);
    await symlink(path.isAbsolute(target) ? target : path.resolve(path.dirname(from), target), to);
  } else if (stat.isFile() && stat.size >= linkedFrom) {
    await symlink(await realpath(from), to);
  } else if (stat.isFile()) {
    budget.files += 1;
    budget.bytes += stat.size;
    if (budget.files > mostFiles || budget.bytes > mostBytes) {
      throw new Problem(
        "the project's folder is too large to copy for a check; move data that is not needed out of it",
      );
    }
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
}

const prefix = `cellsmith-check-${hostname().replace(/[^A-Za-z0-9]/g, "")}-`;

/**
 * Makes an empty scratch folder, and removes those that a check on this machine left when it was killed.
 * @returns its absolute path, links resolved.
 */
export async function makeScratch(): Promise<string> {
  for (const name of await readdir(tmpdir())) {
    const owner = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (owner === undefined || processExists(Number(owner))) continue;
    await removeScratch(path.join(tmpdir(), name)).catch(() => undefined);
  }
  return realpath(await mkdtemp(path.join(tmpdir(), `${prefix}${process.pid}-`)));
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/** Removes a scratch folder; a program that is just ending may still write into it, so it is tried again. */
export async function removeScratch(scratch: string): Promise<void> {
  await rm(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

function projectOf(folder: string): string | undefined {
  for (let at = folder; path.dirname(at) !== at && !isTooWide(at); at = path.dirname(at)) {
    if (markers.some((marker) => existsSync(path.join(at, marker)))) return at;
  }
  return undefined;
}

function sharedFolder(files: readonly string[]): string {
  const parts = files.map((file) => file.split(path.sep));
  const [first = []] = parts;
  const differs = first.findIndex((part, at) => parts.some((other) => other[at] !== part));
  return (
    first.slice(0, differs < 0 ? first.length : differs).join(path.sep) || path.parse(files[0] ?? "/").root
  );
}

/** A home, the root or the folder of all temporary files is nobody's project. */
function isTooWide(folder: string): boolean {
  return [homedir(), tmpdir(), path.parse(folder).root].some(
    (wide) => wide === folder || isInside(wide, folder),
  );
}

function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== "" && !relative.startsWith("..") && !path.isAbsolute(relative);
}
