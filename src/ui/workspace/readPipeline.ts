/** A pipeline as its files tell it. Reading never throws: a manifest that cannot be used is a reason with its line. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { linesOf } from "../../pipeline/graph.ts";
import { filesDigest, hasConflictMarks, type Lock, parseLock, sha256 } from "../../pipeline/lock.ts";
import { type Manifest, parseManifest } from "../../pipeline/manifest.ts";
import type { PipelineFacts, StepFacts } from "../views/pipelineRows.ts";

/** @param folder absolute path of the folder that holds `pipeline.yaml`. */
export async function readPipeline(folder: string): Promise<PipelineFacts> {
  const text = await readText(path.join(folder, "pipeline.yaml"));
  if (text === undefined) return broken(folder, "pipeline.yaml cannot be read");
  if (hasConflictMarks(text)) {
    const line = text.split("\n").findIndex((one) => one.startsWith("<<<<<<<")) + 1;
    return broken(folder, `pipeline.yaml, line ${line}: both sides of a merge that was not finished`, line);
  }
  const parsed = parseManifest(text);
  if ("problems" in parsed) {
    const [{ line, message }] = parsed.problems;
    return broken(folder, `pipeline.yaml, line ${line}: ${message}`, line);
  }
  const { manifest } = parsed;
  const lockText = await readText(path.join(folder, "pipeline.lock.json"));
  const read = lockText === undefined ? undefined : parseLock(lockText);
  const lock = read !== undefined && "lock" in read ? read.lock : undefined;
  const metrics = Object.entries(manifest.metrics ?? {});
  return {
    ok: true,
    path: folder,
    name: manifest.name,
    notebook: manifest.notebook === undefined ? undefined : path.resolve(folder, manifest.notebook),
    steps: stepsOf(folder, text, manifest, lock),
    goals: Object.fromEntries(
      metrics.flatMap(([name, { goal }]) => (goal === undefined ? [] : [[name, goal] as const])),
    ),
    lock,
    ...(read !== undefined && "reason" in read ? { lockProblem: read.reason } : {}),
    checked: lock === undefined ? "not checked" : await checkedWords(folder, lock),
  };
}

function broken(folder: string, reason: string, line?: number): PipelineFacts {
  return { ok: false, path: folder, reason, line };
}

function stepsOf(folder: string, text: string, manifest: Manifest, lock: Lock | undefined): StepFacts[] {
  const lines = linesOf(text, manifest).steps;
  return Object.entries(manifest.steps).map(([name, step]) => {
    const [file = "", callable = name] = step.component.split(/:(?=[^:]*$)/);
    const inputs = Object.entries(step.inputs ?? {});
    const line = lines.get(name);
    return {
      name,
      file: path.resolve(folder, file),
      function: callable,
      line: line === undefined ? undefined : line - 1,
      takes: inputs.filter(([, from]) => !from.startsWith("$")).map(([input]) => input),
      gives: Object.entries(step.outputs ?? {}).map(([output, { format }]) =>
        format === "png" ? `${name}.png` : output,
      ),
      settings: inputs.filter(([, from]) => from.startsWith("$")).map(([, from]) => from.slice(1)),
      cells: Object.entries(lock?.cells ?? {})
        .filter(([, cell]) => cell.to.includes(name))
        .map(([id, cell]) => ({ id, code: cell.code })),
    };
  });
}

/** What the last check said, if the files are still those it was about. */
async function checkedWords(folder: string, lock: Lock): Promise<string> {
  const { checked } = lock;
  const [inOne, byStep] = [checked["in one process"], checked["step by step"]];
  if (inOne === "not checked" && byStep === "not checked") return "not checked";
  const now = await Promise.all(
    Object.keys(lock.files).map(async (file) => {
      const text = await readText(path.join(folder, file));
      return [file, { sha256: text === undefined ? "" : sha256(text) }] as const;
    }),
  );
  if (filesDigest(Object.fromEntries(now)) !== checked.digest) return "changed since the last check";
  if (inOne === "different" || byStep === "different") return "different from the notebook";
  if (inOne === "same" && byStep === "same") return "same result";
  return inOne === "same" ? "same result in one process" : "same result step by step";
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch {
    return undefined;
  }
}
