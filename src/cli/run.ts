import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadPythonParser } from "../analysis/parser.ts";
import { findInterpreter } from "../interpreters/findInterpreter.ts";
import { cancelRun, waitForSupervisor } from "../launch/cancelRun.ts";
import { findInstallation } from "../launch/installation.ts";
import { targetAt, type LaunchRequest } from "../launch/planLaunch.ts";
import { startRun } from "../launch/startRun.ts";
import { parseNotebook } from "../notebook/readNotebook.ts";
import { ExitCode, Problem } from "../problem.ts";
import { EmbeddedStore } from "../stores/embedded/embeddedStore.ts";
import { changeOf, previousRun } from "../tracking/compareRuns.ts";
import { formatDelta, formatValue } from "../tracking/formatMetric.ts";
import type { Run, RunList } from "../tracking/model.ts";
import type { CliCommand, CommandInput, Terminal } from "./command.ts";
import { failurePlace } from "./failurePlace.ts";
import { LogTail } from "./logTail.ts";
import { recordingFolder } from "./recordingFolder.ts";
import { goalsOf, runResult } from "./runDocument.ts";
import { VerdictFilter } from "./verdictFilter.ts";

const pollMilliseconds = 50;

/** `cellsmith run`: starts a recorded run, shows what it prints as it prints it, and tells how it ended. */
export const run: CliCommand = {
  usage:
    "run TARGET [--python PY] [--param NAME=VALUE]… [--experiment E] [--name N] [--isolate] [--store FOLDER] [--json] [-- ARGUMENT…]",
  summary: "Run a pipeline's folder, a script or a notebook, and record it.",
  options: {
    python: { type: "string" },
    param: { type: "string", multiple: true },
    experiment: { type: "string" },
    name: { type: "string" },
    isolate: { type: "boolean" },
    store: { type: "string" },
    json: { type: "boolean" },
  },
  run: execute,
};

async function execute(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const isJson = input.values.json === true;
  const request = requestOf(input);
  if (request.target.kind === "notebook") await checkNotebook(request.target.path);
  const started = await startRun(request, findInstallation(import.meta.dirname));
  terminal.err(`cellsmith: recording in ${path.join(request.workspace, ".cellsmith")} as ${started.id}\n`);
  const errors = new VerdictFilter((text) => {
    terminal.err(text);
  });
  const cancelled = await follow(started.folder, isJson, terminal, errors);
  const list = await new EmbeddedStore(request.workspace).list();
  const ended = list.runs.find(({ id }) => id === started.id);
  errors.end(ended?.failure?.message);
  if (ended === undefined) throw new Problem(`the record of the run is gone: ${started.folder}`);
  terminal.err(summaryOf(ended, list, await failurePlace(ended)));
  if (isJson) terminal.out(`${JSON.stringify(runResult(ended, goalsOf(ended)), undefined, 2)}\n`);
  return cancelled && ended.status !== "FINISHED" ? ExitCode.cancelled : exitCodeOf(ended);
}

/** What can never run leaves no run behind. */
async function checkNotebook(file: string): Promise<void> {
  await loadPythonParser();
  const read = parseNotebook(await readFile(file, "utf8"), file);
  if (!read.ok) throw new Problem(read.reason);
}

function requestOf({ positionals, values }: CommandInput): LaunchRequest {
  const [given, ...args] = positionals;
  if (given === undefined) throw new Problem("run what? Give a pipeline's folder, a script or a notebook");
  const target = targetAt(path.resolve(given));
  if (args.length > 0 && target.kind !== "script") {
    throw new Problem(`one target at a time: what is ${args.join(" ")}?`);
  }
  const workspace = recordingFolder(target.path, textOf(values.store));
  const folder = target.kind === "pipeline" ? target.path : path.dirname(target.path);
  const python = textOf(values.python);
  return {
    workspace,
    target,
    // What is typed is meant from where it is typed; what is looked for, from the target up.
    interpreter:
      python === undefined
        ? findInterpreter({ folder, workspace }).path
        : findInterpreter({ folder, workspace: process.cwd(), configured: python }).path,
    params: paramsOf(values.param),
    args,
    experiment: textOf(values.experiment),
    name: textOf(values.name),
    isolate: values.isolate === true,
  };
}

function textOf(value: CommandInput["values"][string]): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function paramsOf(given: CommandInput["values"][string]): Record<string, string> {
  const texts = Array.isArray(given) ? given.map(String) : [];
  return Object.fromEntries(
    texts.map((text) => {
      const sign = text.indexOf("=");
      if (sign < 1) throw new Problem(`--param ${text}: expected NAME=VALUE`);
      return [text.slice(0, sign), text.slice(sign + 1)];
    }),
  );
}

/**
 * Passes on what the run prints until its supervisor is gone.
 * @returns whether it was cancelled from here.
 */
async function follow(
  folder: string,
  isJson: boolean,
  terminal: Terminal,
  errors: VerdictFilter,
): Promise<boolean> {
  const err = (text: string): void => {
    terminal.err(text);
  };
  const out = (text: string): void => {
    terminal.out(text);
  };
  // With --json, stdout is for the document alone.
  const tails = [
    new LogTail(path.join(folder, "stdout.log"), isJson ? err : out),
    new LogTail(path.join(folder, "stderr.log"), (text) => {
      errors.push(text);
    }),
  ];
  const readAll = async (): Promise<void> => {
    for (const tail of tails) await tail.read();
  };
  const over = new AbortController();
  const ended = waitForSupervisor(folder, Number.POSITIVE_INFINITY).finally(() => {
    over.abort();
  });
  let cancelling: Promise<boolean> | undefined;
  while (!over.signal.aborted) {
    await readAll();
    if (terminal.signal.aborted) cancelling ??= cancelRun(folder);
    await Promise.race([ended, sleep(pollMilliseconds)]);
  }
  await cancelling;
  await readAll();
  return cancelling !== undefined;
}

function summaryOf(ended: Run, list: RunList, place: string): string {
  const name = `${ended.experiment}, run ${ended.number} (${ended.name})`;
  const words = { FINISHED: "finished", FAILED: "failed", KILLED: "was cancelled", CRASHED: "crashed" };
  const word = Object.entries(words).find(([status]) => status === ended.status)?.[1] ?? ended.status;
  const seconds = ((ended.ended ?? ended.started) - ended.started) / 1000;
  const step = ended.failure?.step === undefined ? "" : ` at ${ended.failure.step}`;
  const why = ended.failure === undefined ? "" : `: ${`${ended.failure.message} ${place}`.trimEnd()}`;
  const against = previousRun(ended, list.runs);
  const goals = goalsOf(ended);
  const metrics = Object.values(ended.metrics).map((metric) => {
    const change = changeOf(metric.key, ended, against, goals[metric.key]);
    const moved =
      change === undefined ? "" : ` (${formatDelta(change.delta)} against run ${change.against.number})`;
    return `  ${metric.key} ${formatValue(metric.last)}${moved}\n`;
  });
  return `cellsmith: ${name} ${word}${step} after ${seconds.toFixed(1)} s${why}\n${metrics.join("")}`;
}

/** What our Python says with 2 is bad input; a script's own 2 is its author's affair. */
function exitCodeOf(ended: Run): ExitCode {
  if (ended.status === "FINISHED") return ExitCode.done;
  if (ended.status === "KILLED") return ExitCode.cancelled;
  return ended.exit === 2 && ended.target.kind !== "script" ? ExitCode.badInput : ExitCode.failed;
}
