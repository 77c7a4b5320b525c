import type { Run, Scalar } from "./model.ts";

const shownParams = 2;

/**
 * A run is named by what differs from the run before it: `n_estimators=500, code changed`.
 * @param previous the run of the same target before this one, if there is one.
 */
export function nameRun(run: Run, previous: Run | undefined): string {
  if (run.name !== "") return run.name;
  if (previous === undefined) return run.number === 1 ? "first run" : `first run of the ${run.target.kind}`;
  const params = changedParams(run, previous);
  const parts = params.slice(0, shownParams);
  if (params.length > shownParams) parts.push(`${params.length - shownParams} more`);
  if (differs(run.provenance.codeDigest, previous.provenance.codeDigest)) parts.push("code changed");
  parts.push(...changedData(run, previous));
  if (differs(run.provenance.interpreter, previous.provenance.interpreter)) parts.push("other Python");
  return parts.length > 0 ? parts.join(", ") : `same settings as run ${previous.number}`;
}

function changedParams(run: Run, previous: Run): string[] {
  if (!knowsSettings(run) || !knowsSettings(previous)) return [];
  const keys = Object.keys(run.params).filter((key) => run.params[key] !== previous.params[key]);
  const gone = Object.keys(previous.params).filter((key) => !(key in run.params));
  return [
    ...keys.map((key) => `${key}=${shortly(run.params[key] ?? null)}`),
    ...gone.map((key) => `no ${key}`),
  ];
}

/** A pipeline always has its settings; where none is recorded, the run ended before they were. */
function knowsSettings({ target, params }: Run): boolean {
  return target.kind !== "pipeline" || Object.keys(params).length > 0;
}

function changedData(run: Run, previous: Run): string[] {
  const before = new Map(previous.inputs.map((input) => [input.path, input.digest]));
  const changed = run.inputs.filter((input) => differs(input.digest, before.get(input.path)));
  const first = changed[0];
  if (first === undefined) return [];
  return [changed.length === 1 ? `${first.name} changed` : `${changed.length} files changed`];
}

/** What is not known on one side is no difference. */
function differs(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}

function shortly(value: Scalar): string {
  const text = String(value);
  return text.length > 24 ? `…${text.slice(-23)}` : text;
}
