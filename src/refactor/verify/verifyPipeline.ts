/**
 * Shows whether a pipeline does what its notebook does: the notebook is run twice afresh and the pipeline once a mode,
 * each in a copy of the folder at the same path, by the same interpreter. The comparing is done in Python; how far two
 * numbers may be apart is what the notebook's own two runs show.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadPythonParser } from "../../analysis/parser.ts";
import type { Notebook } from "../../notebook/model.ts";
import { parseNotebook } from "../../notebook/readNotebook.ts";
import { parseLock, type Lock } from "../../pipeline/lock.ts";
import { parseManifest, type Manifest } from "../../pipeline/manifest.ts";
import { ExitCode, Problem } from "../../problem.ts";
import { findEffects, type Effect } from "./effects.ts";
import {
  comparisonSchema,
  type Compared,
  type Comparison,
  type Unrepeated,
  type Verification,
  type VerifyMode,
} from "./model.ts";
import { notComparedIn, notebookSettings } from "./planNotes.ts";
import { recordChecked } from "./recordChecked.ts";
import { runPython, type PythonEnd } from "./runPython.ts";
import { copyProject, inScratch, layOut, removeScratch, type Layout } from "./scratch.ts";

export interface VerifyRequest {
  /** Absolute path of the pipeline's folder. */
  readonly folder: string;
  /** Absolute path of the interpreter. */
  readonly python: string;
  /** Absolute path of the folder with our Python. */
  readonly runtime: string;
  readonly modes: readonly VerifyMode[];
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

/**
 * Checks a pipeline and writes the outcome into its lock. Leaves no scratch folder and no process behind.
 * @throws Problem with exit code 1 when the notebook itself fails, 2 on what can be put right, 130 when aborted.
 */
export async function verifyPipeline(subject: Subject, request: VerifyRequest): Promise<Verification> {
  const begin = performance.now();
  const scratch = await realpath(await mkdtemp(path.join(tmpdir(), "cellsmith-check-")));
  try {
    const check = await Check.prepare(subject, request, scratch);
    await check.notebookRun(1);
    await check.notebookRun(2);
    const outcomes = new Map<VerifyMode, Comparison>();
    for (const mode of request.modes) outcomes.set(mode, await check.pipelineRun(mode));
    const verification = assemble(subject, outcomes, (performance.now() - begin) / 1000);
    const results = new Map(
      [...outcomes].map(([mode, { compared }]) => [mode, compared.every(({ same }) => same)] as const),
    );
    await recordChecked(request.folder, results, verification.with);
    return verification;
  } finally {
    await removeScratch(scratch);
  }
}

function assemble(
  subject: Subject,
  outcomes: ReadonlyMap<VerifyMode, Comparison>,
  seconds: number,
): Verification {
  const indexOf = (id: string): number | null => subject.lock.cells[id]?.index ?? null;
  const compared: Compared[] = [];
  const nondeterministic: Unrepeated[] = [];
  for (const [mode, outcome] of outcomes) {
    compared.push(...outcome.compared.map((one) => ({ ...one, cell: indexOf(one.cell), mode })));
    nondeterministic.push(
      ...outcome.nondeterministic.map((one) => ({ ...one, cell: indexOf(one.cell), mode })),
    );
  }
  const [first] = outcomes.keys();
  return {
    same: compared.every(({ same }) => same),
    mode: outcomes.size === 1 && first !== undefined ? first : "both",
    compared,
    nondeterministic,
    notCompared: notComparedIn(subject.lock),
    with: [...outcomes.values()].find((outcome) => outcome.with !== "")?.with ?? "",
    seconds,
  };
}
