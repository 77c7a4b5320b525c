/** A notebook as the rest of Cellsmith sees it, whether it came from an .ipynb or a `# %%` script. */

/** A saved output of a code cell, reduced to what we use: its text and which rich forms it has. */
export interface CellOutput {
  readonly kind: "stream" | "display" | "result" | "error";
  /** Plain text: the stream's text, the text/plain form, or `ename: evalue`. At most 64 KiB are kept. */
  readonly text: string;
  /** MIME types present, such as `image/png`. Their data are not kept. */
  readonly mimeTypes: readonly string[];
}

export interface Cell {
  /** Position among the code cells, from 0: what JSON, locks and the command line use. */
  readonly index: number;
  /** Position among all cells, from 1: the number VS Code and people use. */
  readonly number: number;
  /** The nbformat id; where there is none, `digest:` and 16 hex digits of the code digest, with `#2` … for repeats. */
  readonly id: string;
  /** The text as the user wrote it. */
  readonly source: string;
  readonly tags: readonly string[];
  readonly executionCount: number | undefined;
  readonly outputs: readonly CellOutput[];
  /** The nearest markdown heading above, without its hashes. */
  readonly heading: string | undefined;
  /** True for the first code cell under its heading. */
  readonly startsSection: boolean;
  /** Markdown between the previous code cell and this one, headings left out. */
  readonly prose: string;
  /** Where its first line stands in a `# %%` script, from 0; an .ipynb has no such place. */
  readonly line?: number;
}

export interface Notebook {
  readonly path: string;
  readonly format: "ipynb" | "percent";
  /** Lower-case language name of the kernel, `python` where the file does not say. */
  readonly language: string;
  readonly cells: readonly Cell[];
  /** Markdown before the first code cell: title (first heading) and the text under it. */
  readonly title: string | undefined;
  readonly introduction: string;
  readonly markdownCells: number;
}

/** Reading never throws: a bad file is a reason in one sentence. */
export type NotebookResult =
  { readonly ok: true; readonly notebook: Notebook } | { readonly ok: false; readonly reason: string };

/** One IPython-only construct found in a cell: a magic, a shell line, or `name?`. */
export interface Magic {
  readonly kind: "line" | "cell" | "shell" | "shell-assignment" | "magic-assignment" | "help";
  /** `matplotlib`, `time`, `cd` …; `!` for shell. */
  readonly name: string;
  readonly text: string;
  /** Line in the cell, from 0. */
  readonly line: number;
  /**
   * `drop`: leaves results alone, the line is not carried over (%matplotlib, %load_ext autoreload, `df?`).
   * `unwrap`: the rest of the cell or line is ordinary code (%%time, %time).
   * `effect`: does something we can name but not carry over; needs the user's decision.
   */
  readonly treatment: "drop" | "unwrap" | "effect";
}

/** A cell's text as pure Python, line for line: what IPython alone understands is blanked or rewritten in place. */
export interface PythonCell {
  readonly cell: Cell;
  /** Same number of lines as `cell.source`. */
  readonly python: string;
  readonly magics: readonly Magic[];
}

/** A file that a cell reads or writes, by the path as the code says it (relative to the notebook's folder). */
export interface FileUse {
  readonly path: string;
  /** `Cell.number`: what people use. */
  readonly cell: number;
}

export interface WrittenFile extends FileUse {
  readonly kind: "model" | "data" | "plot" | "file";
}

/** A number that a cell printed in its saved outputs: `AUC 0.811`, `loss=0.31`. */
export interface SavedNumber {
  readonly name: string;
  readonly value: number;
  /** As it was printed. */
  readonly text: string;
  readonly cell: number;
}

/** Why a run from top to bottom would stop. `message` names the cell: `cell 9 needs df2, which no cell makes`. */
export interface Break {
  readonly cell: number;
  /** In the cell, from 0. */
  readonly line: number;
  readonly message: string;
}

/** What can be said about a notebook without running anything. Cells by `Cell.number`. */
export interface NotebookInsight {
  /** How many code cells with code there are. */
  readonly cells: number;
  readonly reads: readonly FileUse[];
  readonly writes: readonly WrittenFile[];
  readonly numbers: readonly SavedNumber[];
  readonly breaks: readonly Break[];
  /** Set where the execution counts say that a cell further down ran before one above it: `later` stands lower. */
  readonly outOfOrder: { readonly later: number; readonly earlier: number } | undefined;
  /** One line after the file's name: `10 cells · AUC 0.811, recall 0.556 in its saved output`. */
  readonly headline: string;
}
