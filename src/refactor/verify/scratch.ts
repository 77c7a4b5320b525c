/**
 * Copies of the user's folder for a check to work in. The originals are only read. What is big is cloned where the file
 * system can, else linked; nothing is written through such a link: Python's own opening of files is refused by an audit
 * hook, native code by the kernel where it has Landlock, and where it has not, the change is found and told (_watch.py,
 * _tree.py).
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
const linkedFrom = 32 * 1024 * 1024;
/** Once so much was copied, all but small files are linked. */
const mostBytes = 512 * 1024 * 1024;
const smallFile = 64 * 1024;
/** A folder with so many entries is data, and linked as a whole. */
const manyEntries = 500;
const mostFiles = 50_000;

/** What is copied and where the copies stand. */
export interface Layout {
  /** Absolute paths of folders and files, none inside another. */
  readonly pieces: readonly string[];
  /** Nearest folder that holds them all. */
  readonly base: string;
  /** Folders of which a copy is needed however full they are. */
  readonly whole: readonly string[];
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
  return {
    pieces,
    base: pieces.length === 1 ? path.dirname(pieces[0] ?? "/") : sharedFolder(pieces),
    whole: [path.dirname(notebook), pipeline],
  };
}

/** Where a path of the user's stands in a scratch folder. */
export function inScratch(layout: Layout, scratch: string, file: string): string {
  return path.join(scratch, path.relative(layout.base, file));
}

/** Copies all pieces below `scratch`, which must not exist. @throws Problem when there is too much; the signal's reason. */
export async function copyProject(layout: Layout, scratch: string, signal: AbortSignal): Promise<void> {
  const copy: Copy = { files: 0, bytes: 0, whole: layout.whole, signal };
  for (const piece of layout.pieces) {
    const target = inScratch(layout, scratch, piece);
    await mkdir(path.dirname(target), { recursive: true });
    await copyPiece(piece, target, copy);
  }
}

/** How much was copied so far, and the folders that are copied whatever is in them. */
interface Copy {
  files: number;
  bytes: number;
  readonly whole: readonly string[];
  readonly signal: AbortSignal;
}

async function copyPiece(from: string, to: string, copy: Copy): Promise<void> {
  copy.signal.throwIfAborted();
  const stat = await lstat(from);
  if (stat.isDirectory()) {
    const entries = await readdir(from, { withFileTypes: true });
    const isWanted = copy.whole.some((folder) => folder === from || isInside(folder, from));
    const hasCode = entries.some(({ name }) => /\.(?:py|ipynb)$/.test(name));
    if (entries.length >= manyEntries && !isWanted && !hasCode) {
      await symlink(await realpath(from), to);
      return;
    }
    await mkdir(to, { recursive: true });
    for (const entry of entries) {
      const isEnvironment = entry.isDirectory() && existsSync(path.join(from, entry.name, "pyvenv.cfg"));
      if (skipped.has(entry.name) || isEnvironment) continue;
      await copyPiece(path.join(from, entry.name), path.join(to, entry.name), copy);
    }
  } else if (stat.isSymbolicLink()) {
    const target = await readlink(from);
    await symlink(path.isAbsolute(target) ? target : path.resolve(path.dirname(from), target), to);
  } else if (stat.isFile()) {
    await copyOrLink(from, to, stat.size, copy);
  }
}

async function copyOrLink(from: string, to: string, size: number, copy: Copy): Promise<void> {
  const isBig = size >= linkedFrom || (copy.bytes + size > mostBytes && size > smallFile);
  if (isBig) {
    try {
      await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE);
    } catch {
      await rm(to, { force: true });
      await symlink(await realpath(from), to);
    }
    return;
  }
  copy.files += 1;
  copy.bytes += size;
  if (copy.files > mostFiles) {
    throw new Problem(
      `there are more than ${mostFiles} files around the notebook, too many to copy for a check; move what is not needed out of the folder`,
    );
  }
  await copyFile(from, to, constants.COPYFILE_FICLONE);
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
