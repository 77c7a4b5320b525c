/** One conversion between the first plan and the writing: the user's choices, and what follows from them. Knows no editor. */
import path from "node:path";
import type { Notebook } from "../../notebook/model.ts";
import { Problem } from "../../problem.ts";
import type { PlanView } from "../../protocol/planPage.ts";
import type { Applied } from "../../refactor/apply.ts";
import { folderFacts } from "../../refactor/folderFacts.ts";
import type { PlannedFile } from "../../refactor/model.ts";
import type { Draft, PlanOptions } from "../../refactor/plan.ts";
import { optionsFromLock } from "../../refactor/planAgain.ts";
import { renderConversion } from "../../refactor/renderConversion.ts";
import { draftOf, writeDraft } from "../../refactor/writeConversion.ts";
import { humanPlural } from "../../formats/quantities.ts";
import { planView } from "../webviews/planView.ts";
import { fileStates, type Target, targetNamed } from "./targetFolder.ts";

export interface ConversionInput {
  readonly notebook: Notebook;
  readonly target: Target;
  /** Absolute path of the workspace folder, for how the target is called. */
  readonly workspace: string;
  /** Absolute path of the folder with our Python. */
  readonly runtime: string;
  readonly trusted: boolean;
}

export class Conversion {
  readonly input: ConversionInput;
  #target: Target;
  #options: PlanOptions;
  #draft: Draft;
  #files: readonly PlannedFile[] = [];
  #states: PlanView["files"] = [];

  private constructor(input: ConversionInput) {
    const { notebook, target } = input;
    this.input = input;
    this.#target = target;
    const name = path.basename(target.folder);
    this.#options = target.lock === undefined ? { name } : optionsFromLock(target.lock, notebook, name);
    this.#draft = draftOf(notebook, this.#options);
  }

  /** The Python parser must be loaded. */
  static async plan(input: ConversionInput): Promise<Conversion> {
    const conversion = new Conversion(input);
    await conversion.#render();
    return conversion;
  }

  /** Where it would be written. */
  get target(): Target {
    return this.#target;
  }

  /** What would be written; empty while a decision is open. */
  get files(): readonly PlannedFile[] {
    return this.#files;
  }

  /** Files that were changed by hand since they were written. */
  get edited(): readonly string[] {
    return this.#states.filter(({ state }) => state === "edited").map((file) => file.path);
  }

  view(also: { readonly problem?: string; readonly busy?: string } = {}): PlanView {
    const { notebook, workspace, trusted } = this.input;
    const target = this.#target;
    const relative = path.relative(workspace, target.folder).split(path.sep).join("/");
    const edited = this.edited.length;
    return planView({
      plan: this.#draft.plan,
      notebook,
      to: relative,
      name: target.lock === undefined ? path.basename(target.folder) : undefined,
      files: this.#states,
      trusted,
      leaveOut: new Set(this.#options.leaveOut),
      notice:
        target.lock === undefined
          ? undefined
          : edited === 0
            ? `${relative} was made from this notebook before; its files are brought up to date.`
            : `${relative} was made from this notebook before. ${humanPlural(edited, "file")} changed by hand: the changes are merged, or kept where they cannot be.`,
      ...also,
    });
  }

  async leaveOut(cell: number, out: boolean): Promise<void> {
    const chosen = new Set(this.#options.leaveOut);
    if (out) chosen.add(cell);
    else chosen.delete(cell);
    await this.#change({ ...this.#options, leaveOut: [...chosen].sort((a, b) => a - b) });
  }

  /** @throws Problem where a step cannot be called that. */
  async rename(step: string, name: string): Promise<void> {
    const { steps } = this.#draft.plan;
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) {
      throw new Problem(`A step is a Python function: “${name}” cannot be its name.`);
    }
    if (steps.some((other) => other.name === name)) throw new Problem(`There is a step ${name} already.`);
    const renamed = steps.map((one) => ({ name: one.name === step ? name : one.name, cells: one.cells }));
    await this.#change({ ...this.#options, steps: renamed });
    if (!this.#draft.plan.steps.some((one) => one.name === name)) {
      throw new Problem(`The notebook uses ${name} for something else; choose another name.`);
    }
  }

  /** @throws Problem where a pipeline cannot be called that. */
  async renamePipeline(name: string): Promise<void> {
    if (this.#target.lock !== undefined) throw new Problem("This pipeline has been written; its name stays.");
    this.#target = await targetNamed(this.#target, name);
    await this.#change({ ...this.#options, name });
  }

  /** @param python interpreter whose versions go into requirements.txt; undefined where none may be asked. */
  async write(python: string | undefined): Promise<Applied> {
    const { folder, lock } = this.#target;
    return writeDraft(this.#draft, folder, {
      runtime: this.input.runtime,
      again: lock !== undefined,
      python,
    });
  }

  async #change(options: PlanOptions): Promise<void> {
    this.#options = options;
    this.#draft = draftOf(this.input.notebook, options);
    await this.#render();
  }

  async #render(): Promise<void> {
    const { plan } = this.#draft;
    const { runtime } = this.input;
    const target = this.#target;
    if (plan.decisions.length > 0 || plan.steps.length === 0) {
      this.#files = [];
      this.#states = [];
      return;
    }
    this.#files = renderConversion(this.#draft, await folderFacts(plan.notebook, target.folder, runtime));
    this.#states = await fileStates(target, this.#files);
  }
}
