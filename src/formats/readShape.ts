import path from "node:path";
import { readCsvShape } from "./csvShape.ts";
import { readNpyShape } from "./npyShape.ts";
import { readParquetShape } from "./parquetShape.ts";
import type { ReadLimits, ShapeResult } from "./shape.ts";

/** The shape of a data file, by its extension; undefined for a format whose shape nothing here reads. */
export async function readShape(file: string, limits: ReadLimits = {}): Promise<ShapeResult | undefined> {
  switch (path.extname(file).toLowerCase()) {
    case ".csv":
    case ".tsv":
      return readCsvShape(file, limits);
    case ".parquet":
    case ".pq":
      return readParquetShape(file);
    case ".npy":
      return readNpyShape(file);
    default:
      return undefined;
  }
}
