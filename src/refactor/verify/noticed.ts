/** What runs did outside their scratch copies, as the Python side writes it down while it happens. */
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { Problem } from "../../problem.ts";
import type { Noticed } from "./model.ts";

const lineSchema = z.object({
  kind: z.enum(["network", "shell", "database", "file"]),
  what: z.string(),
  cell: z.number().nullable(),
  stopped: z.boolean(),
  own: z.boolean(),
});

type Line = z.infer<typeof lineSchema>;

const verbs = {
  network: "connects to",
  shell: "runs",
  database: "opens the database",
  file: "writes",
} as const;

/** The check ended because a run was about to reach outside, and nobody had agreed to that. */
export class StoppedCheck extends Problem {
  /** What it was about to do: `churn.ipynb, cell 3, connects to example.org`. */
  readonly what: string;
  /** False where it would write into the user's own folder, of which it has a copy. */
  readonly canBeAgreedTo: boolean;

  constructor(what: string, canBeAgreedTo: boolean) {
    const wayOut = canBeAgreedTo
      ? "the check was stopped there; add --yes if that is all right, or check against the saved outputs"
      : "make the path relative or a setting";
    super(`${what}, outside the check's scratch copy: ${wayOut}`);
    this.what = what;
    this.canBeAgreedTo = canBeAgreedTo;
  }
}

/** @param file one JSON object a line; none where nothing was noticed. @returns each thing once, in order. */
export async function readNoticed(file: string): Promise<readonly Noticed[]> {
  const known = new Map<string, Noticed>();
  for (const { kind, what, cell } of await linesOf(file)) {
    const key = `${kind} ${what}`;
    if (!known.has(key)) known.set(key, { kind, what, number: cell });
  }
  return [...known.values()];
}

/**
 * Ends the check where a run was stopped, whatever its code made of that.
 * @param name of the notebook's file.
 * @throws StoppedCheck that says what it would have done.
 */
export async function throwIfStopped(file: string, name: string): Promise<void> {
  const stopped = (await linesOf(file)).find((line) => line.stopped);
  if (stopped === undefined) return;
  const { kind, what, cell, own } = stopped;
  const who = cell === null ? "the pipeline" : `${name}, cell ${cell},`;
  throw new StoppedCheck(`${who} ${verbs[kind]} ${what}`, !own);
}

async function linesOf(file: string): Promise<readonly Line[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    const parsed = lineSchema.safeParse(jsonOf(line));
    return parsed.success ? [parsed.data] : [];
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
