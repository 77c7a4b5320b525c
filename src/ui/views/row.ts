/** What a tree shows, as plain data. Presenters make rows; `rowTree.ts` shows them; this file knows no editor. */

import type { Subject } from "../subject.ts";

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
  /** What a command gets when it is invoked on the row, and what a click opens. */
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
