/**
 * What the analysis says about Python text. It knows units (pieces of a program that run one after the other in one
 * global scope), not notebooks, files or editors. Offsets are UTF-16 offsets into the unit's source.
 */

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A piece of a program; a notebook cell becomes one. */
export interface Unit {
  readonly key: string;
  readonly source: string;
  /** Effects the caller already knows of, such as those of a shell line. */
  readonly effects?: { readonly reads: readonly Effect[]; readonly writes: readonly Effect[] };
}

/**
 * A dependency without a variable: `<rng:numpy>`, `<rng:python>`, `<pyplot>`, `<file:PATH>`, `<env>`, `<cwd>`,
 * `<options:pandas>`, `<star:MODULE>`, `<Out>`, `<stdout>`, `<shell>`, `<network>` …
 */
export type Effect = string;

export interface Binding {
  readonly name: string;
  readonly kind:
    | "assignment"
    | "import"
    | "function"
    | "class"
    | "loop"
    | "with"
    | "except"
    | "walrus"
    | "match"
    | "delete";
  /** False where a branch, loop or try may leave the name unbound. */
  readonly certain: boolean;
}

export interface ImportFact {
  /** The name bound, `*` for a star import. */
  readonly name: string;
  /** Dotted origin: `pandas` for `import pandas as pd`, `sklearn.metrics.recall_score` for a from-import. */
  readonly target: string;
  readonly module: string;
  readonly range: Range;
}

export interface ArgumentFact {
  /** Keyword, or undefined for a positional argument. */
  readonly keyword: string | undefined;
  readonly text: string;
  readonly range: Range;
  /** Set where the argument is a plain literal. */
  readonly literal: Literal | undefined;
}

export type Literal =
  | { readonly type: "int" | "float"; readonly value: number; readonly text: string }
  | { readonly type: "bool"; readonly value: boolean; readonly text: string }
  | { readonly type: "str"; readonly value: string; readonly text: string }
  | { readonly type: "none"; readonly text: string };

export interface CallFact {
  /**
   * The callee through the imports in force: `pandas.read_csv`; for a method of a value whose class is known,
   * `sklearn.ensemble.RandomForestClassifier.fit`; else `?.fit`, or the bare name of a user's function.
   */
  readonly target: string;
  /** Root name of the receiver of a method call (`model` in `model.fit(X)`), if it is a name. */
  readonly receiver: string | undefined;
  readonly arguments: readonly ArgumentFact[];
  readonly range: Range;
}

/** A top-level statement of a unit, in source order. */
export interface StatementFact {
  readonly kind: "import" | "function" | "class" | "assignment" | "expression" | "other";
  /** From its first decorator or token to its last token; comments around it are not part of it. */
  readonly range: Range;
  readonly binds: readonly Binding[];
  /** Global names read when it runs, the globals of functions it calls included. */
  readonly reads: readonly string[];
  /** Names whose object may be changed in place, through any alias known to the program. */
  readonly mutates: readonly string[];
  readonly deletes: readonly string[];
  readonly calls: readonly CallFact[];
  readonly effects: { readonly reads: readonly Effect[]; readonly writes: readonly Effect[] };
  /** Set for `name = literal`. */
  readonly constant: { readonly name: string; readonly literal: Literal; readonly range: Range } | undefined;
  /** For an expression statement: can it do anything but show a value? Only then may a last line be dropped. */
  readonly onlyShows: boolean;
}

/** A function or class bound at the top level of a unit. */
export interface DefinitionFact {
  readonly name: string;
  readonly kind: "function" | "class";
  readonly range: Range;
  /** Global names read when the definition itself runs: decorators, defaults, bases, class bodies. */
  readonly readsAtDefinition: readonly string[];
  /** Global names its body (and nested bodies) reads when called: late-bound. */
  readonly readsWhenCalled: readonly string[];
  /** Globals it rebinds by `global`. */
  readonly rebinds: readonly string[];
  /** Globals whose object its body changes in place. */
  readonly mutates: readonly string[];
  /** Positions or names of parameters that its body may change in place. */
  readonly mutatesParameters: readonly string[];
}

export interface UnitFacts {
  readonly key: string;
  /** Names read before the unit binds them itself, what its calls read included. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly mutates: readonly string[];
  readonly deletes: readonly string[];
  readonly imports: readonly ImportFact[];
  readonly definitions: readonly DefinitionFact[];
  readonly statements: readonly StatementFact[];
}

/**
 * What a unit (or a group of units) needs and hands on, so that with only the inputs visible and only the outputs
 * surviving the program behaves the same. `outputs` are names that a later unit needs and that it binds, or whose
 * object it changes through any alias.
 */
export interface Flow {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly unbinds: readonly string[];
  readonly inputEffects: readonly Effect[];
  readonly outputEffects: readonly Effect[];
}

export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly names: readonly string[];
  readonly effects: readonly Effect[];
}

export type DiagnosticCode =
  | "syntax-error"
  | "undefined-name"
  | "star-import"
  | "dynamic-code"
  | "dynamic-names"
  | "magic"
  | "shell"
  | "output-history"
  | "generator"
  | "open-resource"
  | "maybe-unbound"
  | "async"
  | "unknown";

export interface Diagnostic {
  readonly unit: number;
  /** In the unit, from 0. */
  readonly line: number;
  readonly column: number;
  readonly code: DiagnosticCode;
  /** `error` stands in the way of splitting the unit off; `warning` and `info` do not. */
  readonly severity: "error" | "warning" | "info";
  /** One sentence, in the user's words. */
  readonly message: string;
  /** The name it is about, where it is about one. */
  readonly name?: string;
  /** For a name used too early: the unit that makes it. */
  readonly madeBy?: number;
}

export interface ProgramFacts {
  readonly units: readonly UnitFacts[];
  /** One component per unit. */
  readonly flows: readonly Flow[];
  readonly edges: readonly Edge[];
  readonly diagnostics: readonly Diagnostic[];
  /** Flow of each group when units are put together; groups are lists of unit positions in running order; units in no group do not run. */
  flowsOf(groups: readonly (readonly number[])[]): readonly Flow[];
  /** Names that may be the same object, or share one, as `name` after the given unit ran. */
  aliasesOf(name: string, after: number): readonly string[];
  /**
   * The Python type of the object that `name` holds after the given unit ran, such as `pandas.DataFrame`, `float` or
   * `sklearn.ensemble.RandomForestClassifier`; undefined unless it is certain. Canonical public names, never aliases.
   */
  typeOf(name: string, after: number): string | undefined;
}
