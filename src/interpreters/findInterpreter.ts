/** Which Python a folder's code runs with. Looks at files only: nothing is started. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { Problem } from "../problem.ts";

export interface FoundInterpreter {
  /** Absolute path, links not followed: a virtual environment is known by the path it is called by. */
  readonly path: string;
  /** For people: `.venv (this folder)`, `python3 on PATH`. */
  readonly from: string;
}

export interface InterpreterSearch {
  /** Absolute path; the search starts here… */
  readonly folder: string;
  /** …and goes up to here. */
  readonly workspace: string;
  /** The setting or `--python`: a file, an environment's folder, or a command's name. */
  readonly configured?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

const isWindows = process.platform === "win32";
const environmentNames = [".venv", "venv"];

/** @throws Problem when there is none, or the configured one is not there. */
export function findInterpreter(search: InterpreterSearch): FoundInterpreter {
  const env = search.env ?? process.env;
  if (search.configured !== undefined && search.configured.trim() !== "") {
    return configuredInterpreter(search.configured.trim(), search.workspace, env);
  }
  const found =
    inFolders(search.folder, search.workspace) ??
    inEnvironment(env.VIRTUAL_ENV, "the active virtual environment") ??
    inEnvironment(env.CONDA_PREFIX, "the active conda environment") ??
    onPath("python3", env) ??
    onPath("python", env);
  if (found === undefined) {
    throw new Problem(
      "no Python was found: make a .venv in the project, or say which to use (--python, setting cellsmith.python)",
    );
  }
  return found;
}

function configuredInterpreter(text: string, workspace: string, env: NodeJS.ProcessEnv): FoundInterpreter {
  const expanded = text.startsWith("~") ? path.join(homedir(), text.slice(1)) : text;
  const isCommand = !expanded.includes("/") && !expanded.includes(path.sep);
  const file = path.resolve(workspace, expanded);
  if (!existsSync(file)) {
    const named = isCommand ? onPath(expanded, env) : undefined;
    if (named !== undefined) return named;
    throw new Problem(`there is no Python at ${isCommand ? `${text} (nor on PATH)` : file}`);
  }
  if (statSync(file).isDirectory()) {
    const inside = inEnvironment(file, text);
    if (inside !== undefined) return inside;
    throw new Problem(`there is no Python in the folder ${file}`);
  }
  if (!isExecutable(file)) throw new Problem(`${file} is not a program, so it cannot be a Python`);
  return { path: file, from: text };
}

function inFolders(folder: string, workspace: string): FoundInterpreter | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    for (const name of environmentNames) {
      const place = at === workspace ? "this folder" : path.basename(at);
      const found = inEnvironment(path.join(at, name), `${name} (${place})`);
      if (found !== undefined) return found;
    }
    const relative = path.relative(workspace, at);
    if (relative === "" || relative.startsWith("..") || path.dirname(at) === at) return undefined;
  }
}

function inEnvironment(folder: string | undefined, from: string): FoundInterpreter | undefined {
  if (folder === undefined || folder === "") return undefined;
  const places = isWindows
    ? [path.join(folder, "Scripts", "python.exe"), path.join(folder, "python.exe")]
    : [path.join(folder, "bin", "python"), path.join(folder, "bin", "python3")];
  const file = places.find(isExecutable);
  return file === undefined ? undefined : { path: file, from };
}

function onPath(name: string, env: NodeJS.ProcessEnv): FoundInterpreter | undefined {
  const folders = (env.PATH ?? env.Path ?? "")
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder));
  for (const folder of folders) {
    const file = path.join(folder, isWindows ? `${name}.exe` : name);
    // The Microsoft Store's stand-in opens a shop window instead of running anything.
    if (isWindows && folder.includes("WindowsApps")) continue;
    if (isExecutable(file)) return { path: file, from: `${name} on PATH` };
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
