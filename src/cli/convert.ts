/** `cellsmith convert NB --out DIR`: a notebook as a pipeline of plain Python. Nothing of the notebook is run. */
import path from "node:path";
import { ExitCode, Problem } from "../problem.ts";
import type { ConversionPlan } from "../refactor/model.ts";
import type { CliCommand } from "./command.ts";
import { mergeByGit } from "../git/mergeFile.ts";
import { findInstallation } from "../launch/installation.ts";
import type { Notebook } from "../notebook/model.ts";
import { firstTellingLine } from "../notebook/tellingLine.ts";
import { humanPlural } from "../formats/quantities.ts";
import { openNotebook } from "../notebook/openNotebook.ts";
import { draftOf, writeDraft } from "../refactor/writeConversion.ts";
import { crossChecked, planDocument, refuse, withCrossCheck } from "./conversion.ts";

const modes = ["auto", "headings", "cells", "tags"] as const;

export const convert: CliCommand = {
  usage:
    "convert NOTEBOOK --out DIR [--split auto|headings|cells|tags] [--leave-out CELL,…] [--python PY] [--force] [--json]",
  summary: "Write a notebook as a pipeline of plain Python, running none of it.",
  options: {
    out: { type: "string" },
    split: { type: "string" },
    "leave-out": { type: "string" },
    python: { type: "string" },
    force: { type: "boolean" },
    json: { type: "boolean" },
  },
  async run({ positionals, values }, terminal) {
    const [file, ...more] = positionals;
    const out = values.out;
    if (file === undefined || more.length > 0 || typeof out !== "string") {
      throw new Problem(`usage: cellsmith ${convert.usage}`);
    }
    const split = modes.find((mode) => mode === (values.split ?? "auto"));
    if (split === undefined) {
      throw new Problem(`--split ${String(values.split)}: there are ${modes.join(", ")}`);
    }
    const notebook = await openNotebook(file);
    const leaveOut = cellsIn(values["leave-out"], notebook.cells.length);
    const folder = path.resolve(out);
    const python = typeof values.python === "string" ? values.python : undefined;
    const checked = await crossChecked(notebook, { python, leaveOut, signal: terminal.signal });
    const { stars } = checked;
    const draft = draftOf(notebook, { split, leaveOut, name: path.basename(folder), stars });
    const plan = withCrossCheck(draft.plan, checked);
    const json = values.json === true;
    if (plan.decisions.length > 0) return refuse(plan, notebook, json, terminal);
    if (draft.plan.steps.length === 0) {
      throw new Problem(`${path.basename(file)} has no code that could become a step`);
    }
    const applied = await writeDraft(draft, folder, {
      runtime: findInstallation(import.meta.dirname).runtime,
      again: values.force === true,
      merge: mergeByGit,
      python,
    });
    const { changed, merged, conflicts, removed } = applied;
    const warnings = [
      ...plan.warnings,
      ...conflicts.map(
        (name) => `${name} was changed by hand where the notebook changed too; it was left as it is.`,
      ),
    ];
    if (json) {
      terminal.out(
        `${JSON.stringify({ ...planDocument({ ...draft.plan, warnings }), folder, changed, merged, conflicts, removed }, null, 2)}\n`,
      );
    } else {
      terminal.out(report({ ...draft.plan, warnings }, notebook, folder));
    }
    return ExitCode.done;
  },
};

/** Code cells from 0, as in every JSON. */
function cellsIn(value: unknown, count: number): readonly number[] {
  if (typeof value !== "string") return [];
  return value.split(",").map((text) => {
    const cell = Number(text.trim());
    if (!Number.isInteger(cell) || cell < 0 || cell >= count) {
      throw new Problem(`--leave-out ${text}: the notebook's code cells are 0 to ${count - 1}`);
    }
    return cell;
  });
}

function report(plan: ConversionPlan, notebook: Notebook, folder: string): string {
  const width = Math.max(...plan.steps.map(({ name }) => name.length));
  const steps = plan.steps.map(({ name, inputs, outputs }) => {
    const takes = inputs.map((input) => input.name).join(", ") || "–";
    const gives = outputs.map((output) => output.name).join(", ") || "–";
    return `  ${name.padEnd(width)}   ${takes} → ${gives}\n`;
  });
  const settings = plan.settings.map(({ name }) => name).join(", ");
  return [
    `${path.relative(process.cwd(), folder) || "."}: ${humanPlural(plan.steps.length, "step")}, not checked yet\n`,
    ...steps,
    ...(settings === "" ? [] : [`  settings: ${settings}\n`]),
    ...plan.leftOut.map(({ cell, reason }) => `  left out: ${cellName(notebook, cell)}, ${reason}\n`),
    ...plan.warnings.map((warning) => `  ${warning}\n`),
  ].join("");
}

/** A cell as people find it: VS Code's number and its first telling line. */
function cellName(notebook: Notebook, index: number): string {
  const cell = notebook.cells[index];
  return cell === undefined ? `cell ${index}` : `cell ${cell.number}  ${firstTellingLine(cell)}`;
}
