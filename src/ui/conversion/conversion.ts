/** One conversion between the first plan and the writing: the user's choices, and what follows from them. Knows no editor. */
import path from "node:path";
import { analyzeProgram } from "../../analysis/analyzeProgram.ts";
import type { ProgramFacts } from "../../analysis/model.ts";
import type { Notebook, PythonCell } from "../../notebook/model.ts";
import { Problem } from "../../problem.ts";
import type { PlanView } from "../../protocol/planPage.ts";
import type { Applied } from "../../refactor/apply.ts";
import { arrange, shortfall, type PlanEdit } from "../../refactor/arrange.ts";
import { optionsFromMemory, rememberPlan, type RememberedPlan } from "../../refactor/choices.ts";
import { crossCheck } from "../../refactor/crossCheck.ts";
import { folderFacts } from "../../refactor/folderFacts.ts";
import type { PlannedFile } from "../../refactor/model.ts";
import { plainProgram } from "../../refactor/plainCells.ts";
import { draftConversion, type Draft, type PlanOptions } from "../../refactor/plan.ts";
import { optionsFromLock } from "../../refactor/planAgain.ts";
import type { Together } from "../../refactor/reasons.ts";
import { renderConversion } from "../../refactor/renderConversion.ts";
import { writeDraft } from "../../refactor/writeConversion.ts";
import { humanPlural } from "../../formats/quantities.ts";
import { planView } from "../webviews/planView.ts";
import { fileStates, type Target, targetNamed } from "./targetFolder.ts";
import { waysOut, type DecisionWays } from "./waysOut.ts";

export interface ConversionInput {
  readonly notebook: Notebook;
  readonly target: Target;
  /** Absolute path of the workspace folder, for how the target is called. */
  readonly workspace: string;
  /** Absolute path of the folder with our Python. */
  readonly runtime: string;
  readonly trusted: boolean;
  /** Choices that were made for this notebook before and not written. */
  readonly remembered?: unknown;
  /** Called between the parts of a long plan; it may wait, and throw to stop. */
  readonly pause?: () => Promise<void>;
}

/** What one edit brought: the options, and the sentence that says so. */
interface Version {
  readonly options: PlanOptions;
  readonly draft: Draft;
  readonly said: string | undefined;
}

export class Conversion {
  readonly input: ConversionInput;
  readonly #cells: readonly PythonCell[];
  readonly #facts: ProgramFacts;
  #target: Target;
  #now: Version;
  #past: readonly Version[] = [];
  #future: readonly Version[] = [];
  #said: string | undefined;
  #preview: readonly PlannedFile[] = [];
  #states: PlanView["files"] = [];
  #ways: DecisionWays = new Map();
  /** By what is left out: it is the same however the cells are arranged. */
  readonly #together = new Map<string, Together>();

  private constructor(input: ConversionInput, cells: readonly PythonCell[], facts: ProgramFacts) {
    const { notebook, target } = input;
    this.input = input;
    this.#cells = cells;
    this.#facts = facts;
    this.#target = target;
    const name = path.basename(target.folder);
    const remembered = optionsFromMemory(input.remembered, notebook);
    const options =
      target.lock === undefined ? { ...remembered, name } : optionsFromLock(target.lock, notebook, name);
    this.#now = { options, draft: this.#plan(options), said: undefined };
    if (target.lock === undefined && Object.keys(remembered).length > 0)
      this.#said = "Your choices from last time are back.";
  }

  /** The Python parser must be loaded. */
  static async plan(input: ConversionInput): Promise<Conversion> {
    const pause = input.pause ?? ((): Promise<void> => Promise.resolve());
    const { cells, units } = plainProgram(input.notebook);
    await pause();
    const facts = analyzeProgram(units);
    await pause();
    const conversion = new Conversion(input, cells, facts);
    await pause();
    await conversion.#render();
    return conversion;
  }

  /** Where it would be written. */
  get target(): Target {
    return this.#target;
  }

  /** What would be written as far as it can be shown; while a decision is open, the steps that it does not concern are right. */
  get preview(): readonly PlannedFile[] {
    return this.#preview;
  }

  get draft(): Draft {
    return this.#now.draft;
  }

  /** Choices to be kept for the next time; undefined where there are none. */
  get remembered(): RememberedPlan | undefined {
    const kept = rememberPlan(this.#now.options, this.input.notebook);
    return Object.keys(kept).length === 0 ? undefined : kept;
  }

  /** Files that were changed by hand since they were written. */
  get edited(): readonly string[] {
    return this.#states.filter(({ state }) => state === "edited").map((file) => file.path);
  }

  view(also: { readonly problem?: string; readonly busy?: string } = {}): PlanView {
    const { notebook, workspace, trusted } = this.input;
    const target = this.#target;
    const relative = path.relative(workspace, target.folder).split(path.sep).join("/");
    return planView({
      draft: this.#now.draft,
      notebook,
      to: relative,
      name: target.lock === undefined ? path.basename(target.folder) : undefined,
      files: this.#states,
      trusted,
      together: this.#held(),
      ways: this.#ways,
      canUndo: this.#past.length > 0,
      canRedo: this.#future.length > 0,
      said: this.#said,
      notice: this.#notice(relative),
      ...also,
    });
  }

  /** @throws Problem where it cannot be; then nothing has changed. */
  async edit(edit: PlanEdit): Promise<void> {
    const { draft, options } = this.#now;
    const arranged = arrange(draft, options, edit);
    const next = this.#plan(arranged.options);
    const problem = shortfall(next, edit);
    if (problem !== undefined) throw new Problem(problem);
    this.#past = [...this.#past, this.#now];
    this.#future = [];
    this.#now = { options: arranged.options, draft: next, said: arranged.said };
    this.#said = arranged.said;
    await this.#render();
  }

  async undo(): Promise<void> {
    const before = this.#past.at(-1);
    if (before === undefined) throw new Problem("There is nothing to undo.");
    this.#past = this.#past.slice(0, -1);
    this.#future = [this.#now, ...this.#future];
    this.#said = `Undone: ${this.#now.said ?? ""}`;
    this.#now = before;
    await this.#render();
  }

  async redo(): Promise<void> {
    const [next, ...rest] = this.#future;
    if (next === undefined) throw new Problem("There is nothing to redo.");
    this.#past = [...this.#past, this.#now];
    this.#future = rest;
    this.#now = next;
    this.#said = next.said;
    await this.#render();
  }

  /** @throws Problem where a pipeline cannot be called that. */
  async renamePipeline(name: string): Promise<void> {
    if (this.#target.lock !== undefined) throw new Problem("This pipeline has been written; its name stays.");
    this.#target = await targetNamed(this.#target, name);
    // The name is the folder's, not a version of the plan: whatever is undone, it stays.
    const renamed = (version: Version): Version => {
      const options = { ...version.options, name };
      return { ...version, options, draft: this.#plan(options) };
    };
    this.#now = renamed(this.#now);
    this.#past = this.#past.map(renamed);
    this.#future = this.#future.map(renamed);
    this.#said = `The pipeline is now called ${name}.`;
    await this.#render();
  }

  /**
   * @param python interpreter that reads the cells too and whose versions go into requirements.txt; undefined where none may be asked.
   * @throws Problem where it reads a cell differently; nothing is written then.
   */
  async write(python: string | undefined): Promise<Applied> {
    const { folder, lock } = this.#target;
    const { notebook } = this.input;
    const { refusals } = await crossCheck(notebook, {
      python,
      runtime: this.input.runtime,
      workdir: path.dirname(notebook.path),
      leaveOut: this.#now.options.leaveOut ?? [],
    });
    const [refusal] = refusals;
    if (refusal !== undefined) {
      const { cell, line, message } = refusal;
      throw new Problem(`Cell ${notebook.cells[cell]?.number ?? cell + 1}, line ${line + 1}: ${message}`);
    }
    return writeDraft(this.#now.draft, folder, {
      runtime: this.input.runtime,
      again: lock !== undefined,
      python,
    });
  }

  #plan(options: PlanOptions): Draft {
    return draftConversion(this.input.notebook, this.#cells, this.#facts, options);
  }

  #notice(relative: string): string | undefined {
    if (this.#target.lock === undefined) return undefined;
    const edited = this.edited.length;
    return edited === 0
      ? `${relative} was made from this notebook before; its files are brought up to date.`
      : `${relative} was made from this notebook before. ${humanPlural(edited, "file")} changed by hand: the changes are merged, or kept where they cannot be.`;
  }

  /** Cells that cannot be parted are found where each would be a step of its own. */
  #held(): Together {
    const { leaveOut = [] } = this.#now.options;
    const key = leaveOut.join(" ");
    const known = this.#together.get(key) ?? this.#plan({ split: "cells", leaveOut }).plan.together;
    this.#together.set(key, known);
    return known;
  }

  async #render(): Promise<void> {
    const { draft } = this.#now;
    const { plan } = draft;
    const { runtime } = this.input;
    const target = this.#target;
    this.#ways = waysOut(draft, (edit) => this.#plan(arrange(draft, this.#now.options, edit).options));
    this.#states = [];
    this.#preview = [];
    if (plan.steps.length === 0) return;
    const facts = await folderFacts(plan.notebook, target.folder, runtime);
    try {
      this.#preview = renderConversion(draft, facts);
    } catch (error) {
      // With a decision open there may be code that cannot be written yet; without one that is a fault.
      if (plan.decisions.length === 0) throw error;
    }
    if (plan.decisions.length === 0) this.#states = await fileStates(target, this.#preview);
  }
}
