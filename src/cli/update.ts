/** `cellsmith update DIR`: brings the components up to the notebook, and keeps what was changed by hand. */
import path from "node:path";
import { mergeByGit } from "../git/mergeFile.ts";
import { findInstallation } from "../launch/installation.ts";
import { ExitCode, Problem } from "../problem.ts";
import type { Side } from "../refactor/merge.ts";
import { openPipeline } from "../refactor/openPipeline.ts";
import { optionsFromLock } from "../refactor/planAgain.ts";
import { draftOf, writeDraft } from "../refactor/writeConversion.ts";
import type { CliCommand } from "./command.ts";
import { crossChecked, refuse, withCrossCheck } from "./conversion.ts";

const sides: Readonly<Record<string, Side>> = { mine: "mine", notebook: "theirs" };

export const update: CliCommand = {
  usage: "update DIR [--step NAME] [--prefer mine|notebook] [--json]",
  summary: "Convert again after the notebook changed, keeping what was changed by hand.",
  options: { step: { type: "string" }, prefer: { type: "string" }, json: { type: "boolean" } },
  async run({ positionals, values }, terminal) {
    const [given, ...more] = positionals;
    if (given === undefined || more.length > 0) throw new Problem(`usage: cellsmith ${update.usage}`);
    const prefer = typeof values.prefer === "string" ? values.prefer : undefined;
    const favor = prefer === undefined ? undefined : sides[prefer];
    if (prefer !== undefined && favor === undefined)
      throw new Problem(`--prefer ${prefer}: there are mine and notebook`);
    const folder = path.resolve(given);
    const { lock, notebook, name } = await openPipeline(folder, { mend: true });
    const options = optionsFromLock(lock, notebook, name);
    const { leaveOut = [] } = options;
    const checked = await crossChecked(notebook, { python: undefined, leaveOut, signal: terminal.signal });
    const draft = draftOf(notebook, options);
    const plan = withCrossCheck(draft.plan, checked);
    const json = values.json === true;
    if (plan.decisions.length > 0) return refuse(plan, notebook, json, terminal);
    for (const warning of checked.warnings) terminal.err(`${warning}\n`);
    const only = typeof values.step === "string" ? values.step : undefined;
    if (only !== undefined && !draft.plan.steps.some((step) => step.name === only)) {
      throw new Problem(`--step ${only}: there are ${draft.plan.steps.map((step) => step.name).join(", ")}`);
    }
    const applied = await writeDraft(draft, folder, {
      runtime: findInstallation(import.meta.dirname).runtime,
      again: true,
      merge: mergeByGit,
      favor,
      only,
    });
    const { changed, merged, conflicts, removed, held } = applied;
    if (json) {
      terminal.out(`${JSON.stringify({ changed: [...changed, ...removed], merged, conflicts }, null, 2)}\n`);
    } else {
      const lines = [
        ...changed.map((file) => `updated   ${file}\n`),
        ...removed.map((file) => `removed   ${file}\n`),
        ...merged.map((file) => `merged    ${file}, with what was changed by hand\n`),
        ...held.map((step) => `left      components/${step}.py: changed in the notebook too\n`),
        ...conflicts.map((file) => `kept      ${file}: changed by hand where the notebook changed too\n`),
      ];
      if (conflicts.length > 0) {
        lines.push(
          "Update again with --prefer mine or --prefer notebook to say whose lines to take there, or update in the editor to merge by hand.\n",
        );
      }
      terminal.out(lines.length === 0 ? "nothing to update\n" : lines.join(""));
    }
    return conflicts.length > 0 ? ExitCode.different : ExitCode.done;
  },
};
