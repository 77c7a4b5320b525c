/** Taking cells or lines out of a notebook into a function in a file, which the notebook then imports and calls. */

/** What the user selected: whole cells that stand one after the other, or lines of one cell. Code cells from 0. */
export type Selection =
  | { readonly kind: "cells"; readonly first: number; readonly last: number }
  /** Lines from 0, the last one included. */
  | { readonly kind: "lines"; readonly cell: number; readonly firstLine: number; readonly lastLine: number };

export interface ExtractOptions {
  /** Name of the function and its file. */
  readonly name: string;
  /**
   * The package it goes to. Beside the notebook not `components`: that is what every pipeline calls its own, and the one
   * would hide the other.
   */
  readonly package: string;
  /** Lines that make the package importable, where it does not lie beside the notebook. */
  readonly pathLine?: string | undefined;
}

export interface ExtractedComponent {
  readonly name: string;
  /** POSIX path below the folder that holds the package. */
  readonly file: string;
  readonly text: string;
  /** Source of the one cell that takes the place of the selected ones. */
  readonly cell: string;
  /** Code cells that it replaces, the last one included. */
  readonly first: number;
  readonly last: number;
}

/** Either what is written, or why it cannot be done, in one sentence. */
export type Extraction =
  | { readonly ok: true; readonly component: ExtractedComponent }
  | { readonly ok: false; readonly reason: string };
