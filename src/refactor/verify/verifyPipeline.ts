/**
 * Shows whether a pipeline does what its notebook does: the notebook is run twice afresh and the pipeline once a mode,
 * each in a copy of the folder, by the same interpreter. The comparing is done in Python; how far two numbers may be
 * apart is what the notebook's own runs show.
 */
import path from "node:path";
import { Check } from "./check.ts";
import type { Comparison, RunMode, Verification, VerifyMode } from "./model.ts";
import { recordChecked } from "./recordChecked.ts";
import { hasRoomBeside } from "./roomBeside.ts";
import { makeScratch, removeScratch } from "./scratch.ts";
import type { Subject, VerifyRequest } from "./subject.ts";
import { verificationOf } from "./verificationOf.ts";

/**
 * Checks a pipeline and writes the outcome into its lock. Leaves no scratch folder and no process behind.
 * @throws Problem with exit code 1 when the notebook itself fails, 2 on what can be put right, 130 when aborted.
 */
export async function verifyPipeline(subject: Subject, request: VerifyRequest): Promise<Verification> {
  const begin = performance.now();
  const scratch = await makeScratch();
  try {
    const check = await Check.prepare(subject, request, scratch);
    const outcomes = await runAll(check, path.basename(subject.notebook.path));
    const verification = verificationOf(subject, outcomes, {
      basis: check.basis,
      noticed: await check.noticed(),
      seconds: (performance.now() - begin) / 1000,
    });
    await recordChecked(subject, verification);
    return verification;
  } finally {
    await removeScratch(scratch);
  }
}

export type Outcomes = ReadonlyMap<RunMode, Comparison>;

const modeWords = {
  "in-process": "in one process",
  isolated: "step by step",
  masked: "with all that its steps do not declare hidden",
} as const;

export function isSame({ compared }: Comparison): boolean {
  return compared.every(({ same }) => same);
}

/** In files, what a step does not declare is not there anyway, so that step by step needs no masked run. */
function runsOf(modes: readonly VerifyMode[], basis: Check["basis"]): readonly RunMode[] {
  return modes.includes("isolated") || basis.kind !== "run" ? modes : [...modes, "masked"];
}

async function runAll(check: Check, notebook: string): Promise<Outcomes> {
  const { modes, tell } = check.request;
  const runs = runsOf(modes, check.basis);
  if (check.basis.kind === "saved outputs") {
    await check.savedOutputs();
    return oneByOne(check, runs);
  }
  tell(`running ${notebook}, once …`);
  await check.notebookRun();
  if (check.meetsNobody && (await hasRoomBeside(check.useFile))) {
    return withMoreRuns(check, notebook, await besideEachOther(check, notebook, runs));
  }
  tell(`running ${notebook}, and once more …`);
  await check.notebookRun();
  return withMoreRuns(check, notebook, await oneByOne(check, runs));
}

async function oneByOne(check: Check, runs: readonly RunMode[]): Promise<Outcomes> {
  const outcomes = new Map<RunMode, Comparison>();
  for (const mode of runs) {
    if (mode === "masked" && ![...outcomes.values()].every(isSame)) break;
    outcomes.set(mode, await pipelineOutcome(check, mode));
  }
  return outcomes;
}

async function pipelineOutcome(check: Check, mode: RunMode): Promise<Comparison> {
  check.request.tell(`running the pipeline ${modeWords[mode]} …`);
  const end = await check.pipelineRun(mode, "folder", check.request.signal);
  check.request.tell("comparing …");
  return check.compare(mode, end);
}

/**
 * The last run goes on while the notebook's second one and the others do. Only *the same* is taken from runs
 * beside each other: at another path, or short of something, one can differ for that alone, so it is done again by itself.
 */
async function besideEachOther(check: Check, notebook: string, runs: readonly RunMode[]): Promise<Outcomes> {
  const { signal, tell } = check.request;
  const last = runs.at(-1);
  if (last === undefined) return new Map();
  const stopping = new AbortController();
  tell(`running ${notebook}, and once more, and beside it the pipeline ${modeWords[last]} …`);
  const early = check
    .pipelineRun(last, "beside", AbortSignal.any([signal, stopping.signal]))
    .catch(() => undefined);
  try {
    const stop = async (): Promise<void> => {
      stopping.abort();
      await early;
    };
    try {
      await check.notebookRun();
    } catch (error) {
      if (signal.aborted) throw error;
      await stop();
      await check.notebookRun();
    }
    const outcomes = new Map<RunMode, Comparison>();
    for (const mode of runs.slice(0, -1)) {
      let outcome = await pipelineOutcome(check, mode);
      if (!isSame(outcome) && !stopping.signal.aborted) {
        await stop();
        outcome = await pipelineOutcome(check, mode);
      }
      outcomes.set(mode, outcome);
    }
    if (last === "masked" && ![...outcomes.values()].every(isSame)) return outcomes;
    const end = await early;
    const outcome = end === undefined ? undefined : await check.compare(last, end);
    outcomes.set(
      last,
      outcome !== undefined && isSame(outcome) ? outcome : await pipelineOutcome(check, last),
    );
    return outcomes;
  } finally {
    stopping.abort();
    await early;
  }
}

/**
 * Two runs that agree by chance on something that varies would make a difference of it. So where the notebook is known
 * to vary and something differs, it is run again before that is said.
 */
async function withMoreRuns(check: Check, notebook: string, outcomes: Outcomes): Promise<Outcomes> {
  const varies = [...outcomes.values()].some(
    (outcome) => outcome.nondeterministic.length > 0 && !isSame(outcome),
  );
  if (!varies) return outcomes;
  check.request.tell(`${notebook} does not repeat itself; running it again, to see how far …`);
  await check.notebookRun();
  await check.notebookRun();
  const again = [...outcomes].map(
    async ([mode, outcome]) => [mode, (await check.compareAgain(mode)) ?? outcome] as const,
  );
  return new Map(await Promise.all(again));
}
