/** What a tree shows, as plain data. Presenters make rows; `rowTree.ts` shows them; this file knows no editor. */

/** What a row is about: what a command gets when it is invoked on the row, and what a click opens. */
export type Subject =
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "notebook"; readonly path: string }
  /** `cell` counts the code cells from 0. */
  | { readonly kind: "cell"; readonly path: string; readonly cell: number }
  | { readonly kind: "cellId"; readonly path: string; readonly id: string }
  /** `number` counts all cells from 1, as people do. */
  | { readonly kind: "cellNumber"; readonly path: string; readonly number: number }
  | { readonly kind: "experiment"; readonly folder: string; readonly name: string }
  | { readonly kind: "run"; readonly folder: string; readonly run: string }
  | { readonly kind: "metric"; readonly folder: string; readonly run: string; readonly metric: string }
  | { readonly kind: "log"; readonly folder: string; readonly run: string }
  /** `path` is the pipeline's folder. */
  | { readonly kind: "pipeline"; readonly path: string }
  | { readonly kind: "step"; readonly path: string; readonly step: string }
  /** `line` counts from 1. */
  | { readonly kind: "file"; readonly path: string; readonly line?: number | undefined };

export type Tone = "good" | "bad" | "warning" | "busy" | "quiet";

export interface Icon {
  /** A codicon. */
  readonly name: string;
  readonly tone?: Tone | undefined;
}

export interface Row {
  /** The same for the same thing at every refresh, and unique in its view. */
  readonly id: string;
  readonly label: string;
  readonly description?: string | undefined;
  readonly icon: Icon;
  /** Markdown, foreign text already escaped. */
  readonly tooltip?: string | undefined;
  /** `viewItem` in the menus' conditions. */
  readonly context?: string | undefined;
  readonly subject?: Subject | undefined;
  /** What a screen reader says, where label and description do not say it. */
  readonly spoken?: string | undefined;
  readonly expanded?: boolean | undefined;
  /** Computed when the row is opened. */
  readonly children?: (() => readonly Row[] | Promise<readonly Row[]>) | undefined;
}

/** A row that stands where something could not be read, and says why. */
export function brokenRow(id: string, label: string, reason: string, subject?: Subject): Row {
  return {
    id,
    label,
    description: reason,
    icon: { name: "warning", tone: "warning" },
    spoken: `${label} cannot be shown: ${reason}`,
    tooltip: undefined,
    context: "broken",
    subject,
  };
}

/** At most `size` rows, and the rest under one more row, so that a tree of ten thousand opens at once. */
export function paged(id: string, noun: string, rows: readonly Row[], size = 200): readonly Row[] {
  if (rows.length <= size + 1) return rows;
  const rest = rows.length - size;
  return [
    ...rows.slice(0, size),
    {
      id: `${id}#after${size}`,
      label: `${rest.toLocaleString("en-US")} more ${noun}`,
      icon: { name: "ellipsis", tone: "quiet" },
      children: () => paged(`${id}#${size}`, noun, rows.slice(size), size),
    },
  ];
}
