/** What can be said about a data file from a look at its edges, without loading it. */

/** `sampled`: the file is larger than the limits allowed to read, so that `rows` is an estimate. */
export interface TableShape {
  readonly kind: "table";
  readonly rows: number;
  /** Names in the file's order. */
  readonly columns: readonly string[];
  readonly sampled: boolean;
}

export interface ArrayShape {
  readonly kind: "array";
  /** NumPy's name, such as `float64`; `structured` for a record array. */
  readonly type: string;
  readonly dimensions: readonly number[];
}

export type Shape = TableShape | ArrayShape;

/** Reading a foreign file never throws: what is wrong with it is one sentence that can follow its name. */
export type ShapeResult =
  { readonly ok: true; readonly shape: Shape } | { readonly ok: false; readonly reason: string };

/** How much may be read, and for how long. Times in milliseconds. */
export interface ReadLimits {
  readonly maxBytes?: number | undefined;
  readonly maxTime?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
