/** `cellsmith verify`: does the pipeline do what its notebook does? */
import path from "node:path";
import { createInterface } from "node:readline/promises";
import { findInterpreter } from "../interpreters/findInterpreter.ts";
import { findInstallation } from "../launch/installation.ts";
import { ExitCode, Problem } from "../problem.ts";
import type { Effect } from "../refactor/verify/effects.ts";
import type { VerifyMode } from "../refactor/verify/model.ts";
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
  usage: "verify DIR [--mode in-process|isolated|both] [--python PY] [--yes] [--json]",
  summary:
    "Run the notebook afresh, twice, and its pipeline, in scratch copies, and compare everything they give.",
  options: {
    mode: { type: "string" },
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
    await agree(effectsOf(subject), values.yes === true, terminal);
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
      signal: terminal.signal,
      tell: (line) => {
        terminal.err(`${line}\n`);
      },
    });
    const { same, mode: checked, compared, nondeterministic, notCompared } = verification;
    if (values.json === true) {
      const document = {
        same,
        mode: checked,
        compared,
        nondeterministic,
        notCompared,
        with: verification.with,
      };
      terminal.out(`${JSON.stringify(document, null, 2)}\n`);
    } else {
      const numbers = subject.notebook.cells.map(({ number }) => number);
      const notebook = path.basename(subject.notebook.path);
      terminal.out(renderReport(verification, { notebook, numberOf: (cell) => numbers[cell] ?? cell + 1 }));
    }
    return same ? ExitCode.done : ExitCode.different;
  },
};

/** Lists what the check would do elsewhere, and asks. @throws Problem when nobody can be asked or the answer is no. */
async function agree(effects: readonly Effect[], yes: boolean, terminal: Terminal): Promise<void> {
  if (effects.length === 0) return;
  terminal.err("A check runs the notebook. This it would do outside its scratch folder:\n");
  for (const { kind, number, text } of effects) terminal.err(`  ${kind}, cell ${number}: ${text}\n`);
  if (yes) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new Problem("nothing was run: add --yes if that is all right");
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question("Run it? [y/N] ", { signal: terminal.signal });
  prompt.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new Problem("nothing was run");
}
