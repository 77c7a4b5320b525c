// What `npm start` does with the built command line: convert, verify, run tracked. Reads only `--json` output.
import { join } from "node:path";
import * as z from "zod";
import { execute, lastLine } from "./execute.ts";
import { root } from "./paths.ts";
import { SetupProblem, during } from "./say.ts";

export interface Job {
  readonly folder: string;
  readonly python: string;
  /** Relative to the folder, as `pipeline` is. */
  readonly notebook: string;
  readonly pipeline: string;
}

const conversion = z.object({
  components: z.array(z.object({ name: z.string(), cells: z.array(z.number()) })),
  leftOut: z.array(z.unknown()),
});

const verification = z.object({ same: z.boolean(), compared: z.array(z.object({ same: z.boolean() })) });

const metric = z.union([z.number(), z.object({ last: z.number() }).transform(({ last }) => last)]);

const trackedRun = z.object({
  run: z.object({
    id: z.string(),
    experiment: z.string(),
    name: z.string(),
    status: z.string(),
    metrics: z.record(z.string(), metric),
  }),
  steps: z.array(z.object({ name: z.string(), status: z.string(), seconds: z.number().nullish() })),
});

/** A result and how long the command took, in seconds. */
export interface Timed<T> {
  readonly seconds: number;
  readonly result: T;
}

export type Conversion = z.infer<typeof conversion>;
export type Verification = z.infer<typeof verification>;
export type TrackedRun = z.infer<typeof trackedRun>;

export function convert(job: Job): Promise<Timed<Conversion>> {
  const args = ["convert", job.notebook, "--out", job.pipeline, "--python", job.python, "--force"];
  return command("Notebook: converting", job, args, conversion);
}

export function verify(job: Job): Promise<Timed<Verification>> {
  const args = ["verify", job.pipeline, "--python", job.python, "--yes"];
  return command("Pipeline: checking it against the notebook", job, args, verification);
}

export function runTracked(job: Job): Promise<Timed<TrackedRun>> {
  return command(
    "Pipeline: running, tracked",
    job,
    ["run", job.pipeline, "--python", job.python],
    trackedRun,
  );
}

async function command<T>(
  what: string,
  job: Job,
  args: readonly string[],
  shape: z.ZodType<T>,
): Promise<Timed<T>> {
  return during(what, async () => {
    const started = performance.now();
    const cli = join(root, "dist", "cli.js");
    const done = await execute(process.execPath, [cli, ...args, "--json"], { cwd: job.folder });
    const name = args[0] ?? "";
    // The last line on stderr is the command's own sentence about what went wrong.
    if (done.code !== 0)
      throw new SetupProblem(`${name} ended with ${done.code}: ${lastLine({ ...done, stdout: "" })}`);
    const parsed = shape.safeParse(json(done.stdout));
    if (!parsed.success)
      throw new SetupProblem(`${name} gave an unexpected result: ${z.prettifyError(parsed.error)}`);
    return { seconds: (performance.now() - started) / 1000, result: parsed.data };
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the three commands did, for the terminal. */
export function summarize(
  job: Job,
  converted: Timed<Conversion>,
  verified: Timed<Verification>,
  ran: Timed<TrackedRun>,
): string {
  const { run, steps } = ran.result;
  const compared = verified.result.compared;
  const same = compared.filter((one) => one.same).length;
  const cells = converted.result.components.reduce((sum, component) => sum + component.cells.length, 0);
  return [
    "",
    `${job.notebook} → ${job.pipeline}`,
    ...table([
      ["convert", seconds(converted.seconds), `${cells} cells → ${converted.result.components.length} steps`],
      [
        "verify",
        seconds(verified.seconds),
        `${same} of ${compared.length} results the same as the notebook's`,
      ],
      ["run", seconds(ran.seconds), `${run.experiment} / ${run.name}: ${run.status.toLowerCase()}`],
    ]),
    "",
    "Steps",
    ...table(steps.map((step) => [step.name, seconds(step.seconds ?? 0), step.status.toLowerCase()])),
    "",
    "Metrics",
    ...table(
      Object.entries(run.metrics).map(([name, value]) => [name, String(Number(value.toPrecision(6)))]),
    ),
    "",
  ].join("\n");
}

function seconds(value: number): string {
  return `${value.toFixed(2)} s`;
}

/** Columns aligned to the left but the second, which holds numbers. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 1 ? cell.padStart(width) : cell.padEnd(width);
    });
    return `  ${cells.join("  ")}`.trimEnd();
  });
}
