/** What is worth knowing about a notebook before somebody else runs it, with what can be done about it. */

export const problemCodes = [
  "undefinedName",
  "definedLater",
  "outOfOrder",
  "nameReused",
  "changedInPlace",
  "shadowedBuiltin",
  "absolutePath",
  "secret",
  "unpinnedInstall",
  "shownOnly",
] as const;

export type ProblemCode = (typeof problemCodes)[number];

/** In a cell's text; lines and columns from 0, the end not included. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface TextEdit {
  /** Code cell, from 0. */
  readonly cell: number;
  readonly place: Place;
  readonly text: string;
}

export type ProblemFix =
  | { readonly kind: "edit"; readonly title: string; readonly edits: readonly TextEdit[] }
  /** Code cells, from 0: the one goes right above the other. */
  | { readonly kind: "move"; readonly title: string; readonly cell: number; readonly above: number }
  /** Puts the installed version behind each package that has none. */
  | {
      readonly kind: "pin";
      readonly title: string;
      readonly cell: number;
      readonly packages: readonly { readonly name: string; readonly place: Place }[];
    };

export interface NotebookProblem {
  readonly code: ProblemCode;
  /** Code cell, from 0. */
  readonly cell: number;
  readonly place: Place;
  /** Without a full stop, starting in lower case where it can stand after the cell's number. */
  readonly message: string;
  readonly fixes: readonly ProblemFix[];
}
