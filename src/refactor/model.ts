/** The plan of a conversion: everything that is decided before a single file is rendered. Plain data, editable. */
import type { Literal, Range } from "../analysis/model.ts";

/** A cell, or one of its lines, and why it is not in any step. */
export interface LeftOut {
  /** Code cell, from 0. */
  readonly cell: number;
  readonly reason: string;
}

/** A line that stands in no component although its cell does: a magic, a `df.head()`, a `plt.show()`. */
export interface NotCarriedOver {
  readonly cell: number;
  readonly text: string;
}

export type ParameterType = "int" | "float" | "bool" | "str" | "path";

/** A setting: a literal of the notebook that became a parameter of the pipeline. */
export interface Setting {
  readonly name: string;
  /** The name it has by itself, whatever the user calls it. */
  readonly key: string;
  /** Set where it is a variable of the notebook, whose name it has to keep. */
  readonly variable?: true;
  readonly type: ParameterType;
  readonly access: "read" | "write" | undefined;
  readonly default: Literal;
  readonly description: string | undefined;
  /** The literals in the notebook that the parameter stands for. */
  readonly places: readonly { readonly cell: number; readonly range: Range }[];
  readonly steps: readonly string[];
}

/** A literal that could be a setting and is none. */
export interface MoreSetting {
  readonly key: string;
  readonly text: string;
  readonly cell: number;
}

export interface PlannedOutput {
  readonly name: string;
  /** Certain Python type such as `pandas.DataFrame`, `float`; undefined rather than a guess. */
  readonly type: string | undefined;
  readonly format: string;
  /** Set where a branch or a loop alone binds it: it is handed on as `...` while it has no value. */
  readonly unbound?: true;
}

export interface PlannedStep {
  readonly name: string;
  /** Heading it comes from. */
  readonly heading: string | undefined;
  readonly cells: readonly number[];
  /** Parameter of the function to where its value comes from: `load.df`. */
  readonly inputs: readonly { readonly name: string; readonly from: string }[];
  readonly outputs: readonly PlannedOutput[];
  /** Names of settings, in signature order. */
  readonly settings: readonly string[];
  /** Facts a reader should know, in sentences: `changes df in place`, `writes model_path`. */
  readonly notes: readonly string[];
}

export interface PlannedMetric {
  readonly name: string;
  /** `evaluate.auc`. */
  readonly from: string;
  readonly goal: "maximize" | "minimize" | undefined;
}

/** A cell that cannot be split off as it stands, with its ways out. */
export interface Decision {
  readonly cell: number;
  /** In the cell, from 0. */
  readonly line: number;
  readonly code: string;
  readonly message: string;
  readonly waysOut: readonly ("leave-out" | "keep-together" | "make-setting")[];
}

/** A cell that could be left out: it only looks, and no other cell needs it. */
export interface Proposal {
  readonly cell: number;
  readonly reason: string;
}

export interface ConversionPlan {
  readonly pipeline: string;
  /** Absolute path of the notebook. */
  readonly notebook: string;
  readonly steps: readonly PlannedStep[];
  readonly leftOut: readonly LeftOut[];
  readonly notCarriedOver: readonly NotCarriedOver[];
  readonly settings: readonly Setting[];
  /** Literals that could be settings: switched off, or not taken by themselves. */
  readonly moreSettings: readonly MoreSetting[];
  readonly metrics: readonly PlannedMetric[];
  readonly order: readonly (readonly [string, string])[];
  readonly decisions: readonly Decision[];
  readonly warnings: readonly string[];
  /** Cells that could not be parted, and why. */
  readonly together: readonly { readonly cells: readonly number[]; readonly reason: string }[];
  /** What may be left out if the user says so. */
  readonly proposals: readonly Proposal[];
  /** Outputs that share objects and travel in one file: `[["split.a", "split.b"]]`. */
  readonly bundles: readonly (readonly string[])[];
  /** Where each kept cell's code went: names of steps, `parameters`, `shared`; by code cell, from 0. */
  readonly destinations: readonly { readonly cell: number; readonly to: readonly string[] }[];
}

/** A file to be written, by its POSIX path relative to the pipeline's folder. */
export interface PlannedFile {
  readonly path: string;
  readonly text: string;
}
