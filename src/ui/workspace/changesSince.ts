/** What has changed in a notebook since its pipeline was written, in words. */
import type { CellChange } from "../../refactor/compareCells.ts";
import type { PipelineFacts } from "../views/pipelineRows.ts";
import { humanPlural } from "../../formats/quantities.ts";
import { listed } from "../words.ts";
import type { WorkspaceFiles } from "./workspaceFiles.ts";

/** A changed cell with the number that people use; one that is gone has none. */
export type NumberedChange = CellChange & { readonly number: number | undefined };

export class ChangesSince {
  readonly all: readonly NumberedChange[];

  constructor(all: readonly NumberedChange[]) {
    this.all = all;
  }

  /** `changed since: cell 16`; of one step, or of the whole pipeline. Undefined where nothing changed. */
  words(step?: string): string | undefined {
    const about = this.#of(step);
    const numbers = about.flatMap(({ number }) => (number === undefined ? [] : [String(number)]));
    const gone = about.length - numbers.length;
    const parts = [
      ...(numbers.length === 0 ? [] : [`${numbers.length === 1 ? "cell" : "cells"} ${listed(numbers)}`]),
      ...(gone === 0 ? [] : [`${humanPlural(gone, "cell")} removed`]),
    ];
    return parts.length === 0 ? undefined : `changed since: ${parts.join(", ")}`;
  }

  /** Id of the first cell of a step that changed and is still there. */
  first(step: string): string | undefined {
    return this.#of(step).find(({ number }) => number !== undefined)?.id;
  }

  #of(step: string | undefined): readonly NumberedChange[] {
    return step === undefined ? this.all : this.all.filter(({ to }) => to.includes(step));
  }
}

const nothing = new ChangesSince([]);

/** Nothing where the pipeline has no notebook or lock, or its notebook cannot be read. */
export async function changesSince(files: WorkspaceFiles, pipeline: PipelineFacts): Promise<ChangesSince> {
  if (!pipeline.ok || pipeline.notebook === undefined || pipeline.lock === undefined) return nothing;
  const facts = await files.notebook(pipeline.notebook);
  if (!facts.ok) return nothing;
  const { compareCells } = await import("../../refactor/compareCells.ts");
  return new ChangesSince(
    compareCells(pipeline.lock, facts.notebook).map((change) => ({
      ...change,
      number: change.change === "gone" ? undefined : facts.notebook.cells[change.cell]?.number,
    })),
  );
}
