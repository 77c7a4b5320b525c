/** `cellsmith verify`: does the pipeline do what its notebook does? */
import path from "node:path";
import { createInterface } from "node:readline/promises";
import { findInterpreter } from "../interpreters/findInterpreter.ts";
import { findInstallation } from "../launch/installation.ts";
import { ExitCode, Problem } from "../problem.ts";
import type { Effect } from "../refactor/verify/effects.ts";
import { basisWords, type Basis, type VerifyMode } from "../refactor/verify/model.ts";
import { renderReport } from "../refactor/verify/report.ts";
import { effectsOf, readSubject } from "../refactor/verify/subject.ts";
import { verifyPipeline } from "../refactor/verify/verifyPipeline.ts";
import type { CliCommand, Terminal } from "./command.ts";

const modes: Readonly<Record<string, readonly VerifyMode[]>> = {
  "in-process": ["in-process"],
  isolated: ["isolated"],
  both: ["in-process", "isolated"],
};

export const verify: CliCommand = {
  usage:
    "verify DIR [--mode in-process|isolated|both] [--against saved-outputs | --sample ROWS] [--python PY] [--yes] [--json]",
  summary:
    "Run the notebook afresh, twice, and its pipeline, in scratch copies, and compare everything they give.",
  options: {
    mode: { type: "string" },
    against: { type: "string" },
    sample: { type: "string" },
    python: { type: "string" },
    yes: { type: "boolean" },
    json: { type: "boolean" },
  },
  async run({ positionals, values }, terminal) {
    const [given, ...more] = positionals;
    if (given === undefined || more.length > 0) throw new Problem(`usage: cellsmith ${verify.usage}`);
    const mode = typeof values.mode === "string" ? values.mode : "in-process";
    const chosen = Object.hasOwn(modes, mode) ? modes[mode] : undefined;
    if (chosen === undefined) {
      throw new Problem(`--mode ${mode}: there is no such mode; there are ${Object.keys(modes).join(", ")}`);
    }
    const folder = path.resolve(given);
    const subject = await readSubject(folder);
    const basis = basisOf(values);
    const agreed = await agree(effectsOf(subject), values.yes === true, terminal);
    const { path: python } = findInterpreter({
      folder: path.dirname(subject.notebook.path),
      workspace: process.cwd(),
      configured: typeof values.python === "string" ? values.python : undefined,
    });
    const verification = await verifyPipeline(subject, {
      folder,
      python,
      runtime: findInstallation(import.meta.dirname).runtime,
      modes: chosen,
      basis,
      agreed,
      signal: terminal.signal,
      tell: (line) => {
        terminal.err(`${line}\n`);
      },
    });
    const { same } = verification;
    if (values.json === true) {
      const { seconds, ...document } = { ...verification, basis: basisWords(verification.basis) };
      terminal.out(`${JSON.stringify({ ...document, seconds: Math.round(seconds) }, null, 2)}\n`);
    } else {
      const numbers = subject.notebook.cells.map(({ number }) => number);
      const notebook = path.basename(subject.notebook.path);
      terminal.out(renderReport(verification, { notebook, numberOf: (cell) => numbers[cell] ?? cell + 1 }));
    }
    return same ? ExitCode.done : ExitCode.different;
  },
};

/** @throws Problem where the flags name no basis, or two. */
function basisOf({ against, sample }: Readonly<Record<string, unknown>>): Basis {
  if (typeof against === "string" && against !== "saved-outputs") {
    throw new Problem(
      `--against ${against}: a check is against a run of the notebook, or against its saved-outputs`,
    );
  }
  if (typeof sample !== "string") return { kind: against === undefined ? "run" : "saved outputs" };
  if (against !== undefined) throw new Problem("--against saved-outputs and --sample: one of them, not both");
  const rows = Number(sample);
  if (!Number.isInteger(rows) || rows < 1) throw new Problem(`--sample ${sample}: a number of rows, from 1`);
  return { kind: "sample", rows };
}

/**
 * Lists what the check would do elsewhere, and asks.
 * @returns whether a person agreed to that.
 * @throws Problem when nobody can be asked or the answer is no.
 */
async function agree(effects: readonly Effect[], yes: boolean, terminal: Terminal): Promise<boolean> {
  if (effects.length === 0) return yes;
  terminal.err("A check runs the notebook. This it would do outside its scratch folder:\n");
  for (const { kind, number, text } of effects) terminal.err(`  ${kind}, cell ${number}: ${text}\n`);
  if (yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new Problem("nothing was run: add --yes if that is all right");
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question("Run it? [y/N] ", { signal: terminal.signal });
  prompt.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new Problem("nothing was run");
  return true;
}
