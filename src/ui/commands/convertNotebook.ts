/** A notebook as a pipeline: plans it, shows the plan, writes what was agreed to. Runs none of the notebook. */
import path from "node:path";
import * as vscode from "vscode";
import { openNotebook } from "../../notebook/openNotebook.ts";
import { CommandId, Scheme } from "../../ids.ts";
import { findInstallation } from "../../launch/installation.ts";
import { folderOf } from "../../platform/folders.ts";
import { messageOf, Problem } from "../../problem.ts";
import type { FromPlanPage, PlanView } from "../../protocol/planPage.ts";
import { Conversion } from "../conversion/conversion.ts";
import { targetFor } from "../conversion/targetFolder.ts";
import type { Parts } from "../parts.ts";
import type { Subject } from "../subject.ts";
import { PlanPanel } from "../webviews/planPanel.ts";
import { revealCell } from "../webviews/revealCell.ts";
import { interpreterFor } from "./selectInterpreter.ts";
import { activeSubject, subjectOf } from "./subjectOf.ts";

/** A page that stands open. */
export interface OpenPlan {
  view(): PlanView;
  /** Settles when the page is on screen. */
  readonly shown: Promise<void>;
  /** Does what the page asks for. */
  hear(message: FromPlanPage): Promise<void>;
}

export async function convertNotebookCommand(parts: Parts, argument: unknown): Promise<OpenPlan> {
  const file =
    (await notebookOf(parts, subjectOf(argument))) ??
    (argument === undefined ? await notebookOf(parts, activeSubject()) : undefined) ??
    (await pickNotebook(parts));
  await saveFirst(file);
  const workspace = folderOf(file)?.path ?? path.dirname(file);
  const { runtime } = findInstallation(import.meta.dirname);
  const notebook = await openNotebook(file);
  const target = await targetFor(workspace, file);
  const trusted = vscode.workspace.isTrusted;
  const remembered = parts.memory.get(memoryKey(file));
  const page = new PlanPage(parts, file);
  try {
    const { pause } = page;
    const input = { notebook, target, workspace, runtime, trusted, remembered, pause };
    const conversion = await Conversion.plan(input);
    if (conversion.view().steps.length === 0 && conversion.view().decisions.length === 0) {
      throw new Problem(`${path.basename(file)} has no code that could become a step.`);
    }
    return new PlanSession(parts, conversion, page);
  } catch (error) {
    page.panel.dispose();
    throw error;
  }
}

/** Where choices for a notebook that was not converted yet are kept. */
function memoryKey(notebook: string): string {
  return `plan:${notebook}`;
}

/** The page while nobody knows yet what it will show; closing it or Cancel ends the planning. */
class PlanPage {
  readonly panel: PlanPanel;
  /** Who answers once there is a plan. */
  session: ((message: FromPlanPage) => Promise<void>) | undefined;
  #cancelled = false;

  constructor(parts: Parts, notebook: string) {
    const name = path.basename(notebook);
    this.panel = new PlanPanel(parts.extensionFolder, `${name} → Pipeline`, name, (message) => {
      if (this.session !== undefined) void this.session(message);
      else if (message.type === "cancel") this.#cancelled = true;
    });
  }

  /** Lets the editor breathe, and stops where the user said so. */
  readonly pause = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#cancelled) throw new vscode.CancellationError();
  };
}

/** A script is one too if it has cells. */
async function notebookOf(parts: Parts, subject: Subject | undefined): Promise<string | undefined> {
  if (subject?.kind === "notebook" || subject?.kind === "cell") return subject.path;
  if (subject?.kind !== "file" || !subject.path.endsWith(".py")) return undefined;
  const facts = await parts.files.notebook(subject.path);
  return facts.ok ? subject.path : undefined;
}

async function pickNotebook(parts: Parts): Promise<string> {
  const all = await Promise.all(parts.folders().map(({ path: folder }) => parts.files.notebooks(folder)));
  const items = all
    .flat()
    .filter((facts) => facts.ok)
    .map((facts) => ({
      label: path.basename(facts.path),
      description: facts.insight.headline,
      file: facts.path,
    }));
  if (items.length === 0) throw new Problem("There is no notebook here to convert.");
  const chosen = await vscode.window.showQuickPick(items, {
    placeHolder: "Which notebook should become a pipeline?",
  });
  if (chosen === undefined) throw new vscode.CancellationError();
  return chosen.file;
}

/** A conversion reads the file; nobody's unsaved work is written without asking. */
async function saveFirst(file: string): Promise<void> {
  const documents = [...vscode.workspace.notebookDocuments, ...vscode.workspace.textDocuments];
  const open = documents.find(({ uri, isDirty }) => isDirty && uri.scheme === "file" && uri.fsPath === file);
  if (open === undefined) return;
  const save = "Save and Convert";
  const message = `${path.basename(file)} has changes that are not saved.`;
  if ((await vscode.window.showWarningMessage(message, save)) !== save) throw new vscode.CancellationError();
  await open.save();
}

class PlanSession implements OpenPlan {
  readonly #parts: Parts;
  readonly #conversion: Conversion;
  readonly #panel: PlanPanel;
  #open = true;
  /** The step whose code stands beside the page, and its first cell, by which it is found under another name. */
  #beside: { readonly step: string; readonly cell: number } | undefined;
  /** One thing after the other, however fast one clicks. */
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: Parts, conversion: Conversion, page: PlanPage) {
    this.#parts = parts;
    this.#conversion = conversion;
    this.#panel = page.panel;
    page.session = (message) => this.hear(message);
    this.#show();
  }

  get shown(): Promise<void> {
    return this.#panel.shown;
  }

  view(): PlanView {
    return this.#conversion.view();
  }

  hear(message: FromPlanPage): Promise<void> {
    this.#turn = this.#turn.then(() => this.#answer(message));
    return this.#turn;
  }

  async #answer(message: FromPlanPage): Promise<void> {
    if (!this.#open) return;
    try {
      await this.#do(message);
    } catch (error) {
      if (!(error instanceof Problem)) this.#parts.log.error("planning a conversion", error);
      this.#show({ problem: messageOf(error) });
    }
  }

  async #do(message: FromPlanPage): Promise<void> {
    switch (message.type) {
      case "ready":
        return;
      case "cancel":
        this.#close();
        return;
      case "edit":
        await this.#conversion.edit(message.edit);
        return this.#edited();
      case "undo":
        await this.#conversion.undo();
        return this.#edited();
      case "redo":
        await this.#conversion.redo();
        return this.#edited();
      case "renamePipeline":
        // The planned files have another address now.
        this.#parts.planned.clear(this.#conversion.target.folder);
        await this.#conversion.renamePipeline(message.name);
        return this.#edited();
      case "showCell": {
        const { notebook } = this.#conversion.input;
        const cell = notebook.cells[message.cell];
        if (cell !== undefined) await revealCell(notebook.path, cell);
        return;
      }
      case "showStep":
        return this.#showStep(message.step);
      case "showFile":
        return this.#showFile(message.path);
      case "write":
        return this.#write(message.check);
    }
  }

  #show(also: { readonly problem?: string; readonly busy?: string } = {}): void {
    const { preview, target } = this.#conversion;
    this.#parts.planned.set(target.folder, preview);
    this.#panel.show(this.#conversion.view(also));
  }

  /** The plan is another one: it is shown, its code follows, and what was chosen is remembered. */
  async #edited(): Promise<void> {
    this.#show();
    const { target, remembered, input, draft } = this.#conversion;
    if (target.lock === undefined) await this.#parts.memory.set(memoryKey(input.notebook.path), remembered);
    const beside = this.#beside;
    if (beside === undefined) return;
    const tab = this.#plannedTab(`components/${beside.step}.py`);
    if (tab === undefined) {
      this.#beside = undefined;
      return;
    }
    const { steps } = draft.plan;
    if (steps.some(({ name }) => name === beside.step)) return;
    const heir = steps.find(({ cells }) => cells.includes(beside.cell));
    if (heir !== undefined) await this.#showStep(heir.name);
    const old = this.#plannedTab(`components/${beside.step}.py`);
    if (old !== undefined) await vscode.window.tabGroups.close(old, true);
  }

  #plannedTab(file: string): vscode.Tab | undefined {
    const uri = this.#parts.planned.uri(this.#conversion.target.folder, file).toString();
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    return tabs.find(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri);
  }

  async #showStep(name: string): Promise<void> {
    const step = this.#conversion.draft.plan.steps.find((one) => one.name === name);
    if (step === undefined) throw new Problem(`There is no step ${name}.`);
    await this.#showFile(`components/${name}.py`);
    this.#beside = { step: name, cell: step.cells[0] ?? 0 };
  }

  /** A new file as it would be; one that is there already beside what it would become. */
  async #showFile(file: string): Promise<void> {
    const { target, preview } = this.#conversion;
    const planned = this.#parts.planned.uri(target.folder, file);
    if (!preview.some((one) => one.path === file))
      throw new Problem("There is no code to show until it is decided what becomes of the cells above.");
    const state = this.#conversion.view().files.find((one) => one.path === file)?.state ?? "new";
    const beside = { viewColumn: vscode.ViewColumn.Beside, preview: true, preserveFocus: true };
    if (state === "new" || state === "same") {
      await vscode.window.showTextDocument(planned, beside);
      return;
    }
    const present = vscode.Uri.file(path.join(target.folder, file));
    const title = `${path.basename(file)}: as it is ↔ as generated`;
    await vscode.commands.executeCommand("vscode.diff", present, planned, title, beside);
  }

  async #write(check: boolean): Promise<void> {
    if (!(await this.#agreed())) return;
    const { workspace, trusted } = this.#conversion.input;
    const { target } = this.#conversion;
    this.#show({ busy: "Writing …" });
    const python = trusted ? await this.#python(workspace) : undefined;
    const applied = await this.#conversion.write(python);
    // From here on the lock remembers.
    await this.#parts.memory.set(memoryKey(this.#conversion.input.notebook.path), undefined);
    this.#close();
    const manifest = path.join(target.folder, "pipeline.yaml");
    this.#parts.files.touched(workspace, manifest, "made");
    await vscode.window.showTextDocument(vscode.Uri.file(manifest), { preview: false });
    this.#tellConflicts(applied.conflicts);
    if (check) {
      const subject: Subject = { kind: "pipeline", path: target.folder };
      void vscode.commands.executeCommand(CommandId.checkPipeline, subject);
    }
  }

  /** Versions for requirements.txt are welcome, but a conversion does without a Python. */
  async #python(workspace: string): Promise<string | undefined> {
    try {
      return await interpreterFor(this.#parts, workspace, path.dirname(this.#conversion.input.notebook.path));
    } catch (error) {
      this.#parts.log.warn(`converting without a Python: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** What was changed by hand is shown before anything is written over or beside it. */
  async #agreed(): Promise<boolean> {
    const { edited, target } = this.#conversion;
    if (edited.length === 0) return true;
    const { folder } = target;
    const detail = `${edited.join("\n")}\n\nChanges that do not touch the same lines are merged; other files are left as they are.`;
    const chosen = await vscode.window.showWarningMessage(
      edited.length === 1 ? "1 file was changed by hand." : `${edited.length} files were changed by hand.`,
      { modal: true, detail },
      "Merge and Write",
      "Show Differences",
    );
    if (chosen === "Show Differences") {
      const changes = edited.map((file) => {
        const present = vscode.Uri.file(path.join(folder, file));
        return [present, present, this.#parts.planned.uri(folder, file)];
      });
      await vscode.commands.executeCommand("vscode.changes", "Changed by hand ↔ as generated", changes);
    }
    return chosen === "Merge and Write";
  }

  #tellConflicts(conflicts: readonly string[]): void {
    if (conflicts.length === 0) return;
    const files = conflicts.join(", ");
    void vscode.window.showWarningMessage(
      `${files} changed in the notebook and by hand in the same lines; left as it was.`,
    );
  }

  #close(): void {
    this.#open = false;
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const planned = tabs.filter(
      ({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === Scheme.planned,
    );
    void vscode.window.tabGroups.close(planned, true);
    this.#parts.planned.clear(this.#conversion.target.folder);
    this.#panel.dispose();
  }
}
