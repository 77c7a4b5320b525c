/**
 * Shows whether a pipeline does what its notebook does: the notebook is run twice afresh and the pipeline once a mode,
 * each in a copy of the folder, by the same interpreter. The comparing is done in Python; how far two numbers may be
 * apart is what the notebook's own two runs show.
 */
import path from "node:path";
import { Check } from "./check.ts";
import type { Compared, Comparison, Unrepeated, Verification, VerifyMode } from "./model.ts";
import { notComparedIn } from "./planNotes.ts";
import { recordChecked } from "./recordChecked.ts";
import { hasRoomBeside } from "./roomBeside.ts";
import { makeScratch, removeScratch } from "./scratch.ts";
import { effectsOf, type Subject, type VerifyRequest } from "./subject.ts";

/**
 * Checks a pipeline and writes the outcome into its lock. Leaves no scratch folder and no process behind.
 * @throws Problem with exit code 1 when the notebook itself fails, 2 on what can be put right, 130 when aborted.
 */
export async function verifyPipeline(subject: Subject, request: VerifyRequest): Promise<Verification> {
  const begin = performance.now();
  const scratch = await makeScratch();
  try {
    const check = await Check.prepare(subject, request, scratch);
    const notebook = path.basename(subject.notebook.path);
    request.tell(`running ${notebook}, once …`);
    await check.notebookRun(1);
    const isRoom = effectsOf(subject).length === 0 && (await hasRoomBeside(check.useFile));
    const outcomes = await (isRoom ? besideEachOther : oneByOne)(check, notebook);
    const verification = assemble(subject, outcomes, (performance.now() - begin) / 1000);
    const results = new Map([...outcomes].map(([mode, outcome]) => [mode, isSame(outcome)] as const));
    await recordChecked(request.folder, results, verification.with);
    return verification;
  } finally {
    await removeScratch(scratch);
  }
}

type Outcomes = ReadonlyMap<VerifyMode, Comparison>;

const modeWords = { "in-process": "in one process", isolated: "step by step" } as const;

function isSame({ compared }: Comparison): boolean {
  return compared.every(({ same }) => same);
}

async function oneByOne(check: Check, notebook: string): Promise<Outcomes> {
  check.request.tell(`running ${notebook}, and once more …`);
  await check.notebookRun(2);
  const outcomes = new Map<VerifyMode, Comparison>();
  for (const mode of check.request.modes) outcomes.set(mode, await pipelineOutcome(check, mode));
  return outcomes;
}

async function pipelineOutcome(check: Check, mode: VerifyMode): Promise<Comparison> {
  check.request.tell(`running the pipeline ${modeWords[mode]} …`);
  const end = await check.pipelineRun(mode, "folder", check.request.signal);
  check.request.tell("comparing …");
  return check.compare(mode, end);
}

/**
 * The last mode runs while the notebook's second run and the other mode do. Only *the same* is taken from runs
 * beside each other: at another path, or short of something, one can differ for that alone, so it is done again by itself.
 */
async function besideEachOther(check: Check, notebook: string): Promise<Outcomes> {
  const { modes, signal, tell } = check.request;
  const last = modes.at(-1);
  if (last === undefined) return oneByOne(check, notebook);
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
      await check.notebookRun(2);
    } catch (error) {
      if (signal.aborted) throw error;
      await stop();
      await check.notebookRun(2);
    }
    const outcomes = new Map<VerifyMode, Comparison>();
    for (const mode of modes.slice(0, -1)) {
      let outcome = await pipelineOutcome(check, mode);
      if (!isSame(outcome) && !stopping.signal.aborted) {
        await stop();
        outcome = await pipelineOutcome(check, mode);
      }
      outcomes.set(mode, outcome);
    }
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

function assemble(subject: Subject, outcomes: Outcomes, seconds: number): Verification {
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
