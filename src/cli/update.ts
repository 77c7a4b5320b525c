/** `cellsmith update DIR`: brings the components up to the notebook, and keeps what was changed by hand. */
import path from "node:path";
import { ExitCode, Problem } from "../problem.ts";
import { optionsFromLock } from "../refactor/planAgain.ts";
import type { CliCommand } from "./command.ts";
import { draftOf, writeDraft } from "../refactor/writeConversion.ts";
import { readPipelineAt, refuse } from "./conversion.ts";
import { findInstallation } from "../launch/installation.ts";

export const update: CliCommand = {
  usage: "update DIR [--json]",
  summary: "Convert again after the notebook changed, keeping what was changed by hand.",
  options: { json: { type: "boolean" } },
  async run({ positionals, values }, terminal) {
    const [given, ...more] = positionals;
    if (given === undefined || more.length > 0) throw new Problem(`usage: cellsmith ${update.usage}`);
    const folder = path.resolve(given);
    const { lock, notebook, name } = await readPipelineAt(folder);
    const draft = draftOf(notebook, optionsFromLock(lock, notebook, name));
    const json = values.json === true;
    if (draft.plan.decisions.length > 0) return refuse(draft.plan, notebook, json, terminal);
    const { changed, merged, conflicts, removed } = await writeDraft(draft, folder, {
      runtime: findInstallation(import.meta.dirname).runtime,
      again: true,
    });
    if (json) {
      terminal.out(`${JSON.stringify({ changed: [...changed, ...removed], merged, conflicts }, null, 2)}\n`);
    } else {
      const lines = [
        ...changed.map((file) => `updated   ${file}\n`),
        ...removed.map((file) => `removed   ${file}\n`),
        ...merged.map((file) => `merged    ${file}, with what was changed by hand\n`),
        ...conflicts.map((file) => `kept      ${file}: changed by hand where the notebook changed too\n`),
      ];
      if (conflicts.length > 0) {
        lines.push(
          `To take the notebook's text, delete ${conflicts.length === 1 ? "that file" : "those files"} and run update again; to see it first, convert to another folder.\n`,
        );
      }
      terminal.out(lines.length === 0 ? "nothing to update\n" : lines.join(""));
    }
    return conflicts.length > 0 ? ExitCode.different : ExitCode.done;
  },
};
