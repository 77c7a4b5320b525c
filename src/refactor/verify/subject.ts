/** What is checked, and how. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { loadPythonParser } from "../../analysis/parser.ts";
import type { Notebook } from "../../notebook/model.ts";
import { parseNotebook } from "../../notebook/readNotebook.ts";
import { parseLock, type Lock } from "../../pipeline/lock.ts";
import { parseManifest, type Manifest } from "../../pipeline/manifest.ts";
import { Problem } from "../../problem.ts";
import { findEffects, type Effect } from "./effects.ts";
import type { Basis, VerifyMode } from "./model.ts";

export interface VerifyRequest {
  /** Absolute path of the pipeline's folder. */
  readonly folder: string;
  /** Absolute path of the interpreter. */
  readonly python: string;
  /** Absolute path of the folder with our Python. */
  readonly runtime: string;
  readonly modes: readonly VerifyMode[];
  /** A run of the notebook, if nothing else is said. */
  readonly basis?: Basis;
  /** True where a person agreed to what `effectsOf` lists, and to whatever else the check would stop at. */
  readonly agreed?: boolean;
  readonly signal: AbortSignal;
  /** Gets a line when something starts. */
  readonly tell: (line: string) => void;
}

/** A pipeline with everything a check needs to know of it. */
export interface Subject {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly lock: Lock;
  readonly notebook: Notebook;
}

/** Reads a pipeline's folder. @throws Problem that says what is missing or cannot be read. */
export async function readSubject(folder: string): Promise<Subject> {
  const read = async (name: string): Promise<string> => {
    const text = await readFile(path.join(folder, name), "utf8").catch(() => undefined);
    if (text === undefined)
      throw new Problem(`${folder} is not a pipeline's folder: there is no ${name} in it`);
    return text;
  };
  const parsed = parseManifest(await read("pipeline.yaml"));
  if ("problems" in parsed) {
    const [{ line, message }] = parsed.problems;
    throw new Problem(`pipeline.yaml:${line}: ${message}`);
  }
  const locked = parseLock(await read("pipeline.lock.json"));
  if ("reason" in locked) throw new Problem(locked.reason);
  if (parsed.manifest.notebook === undefined) {
    throw new Problem("pipeline.yaml names no notebook, so there is nothing to check it against");
  }
  const file = path.resolve(folder, parsed.manifest.notebook);
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) throw new Problem(`there is no ${file}`);
  await loadPythonParser();
  const notebook = parseNotebook(text, file);
  if (!notebook.ok) throw new Problem(notebook.reason);
  return { folder, manifest: parsed.manifest, lock: locked.lock, notebook: notebook.notebook };
}

/** What a check would do outside its scratch folder, as far as the notebook's text shows. */
export function effectsOf(subject: Subject): readonly Effect[] {
  return findEffects(subject.notebook.cells);
}
