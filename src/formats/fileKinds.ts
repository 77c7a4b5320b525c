/** What a file is for, as far as its name tells. */
import path from "node:path";

const models = new Set([
  ".joblib",
  ".pkl",
  ".pickle",
  ".pt",
  ".pth",
  ".onnx",
  ".h5",
  ".keras",
  ".cbm",
  ".safetensors",
  ".ubj",
  ".skops",
]);

const data = new Set([
  ".csv",
  ".tsv",
  ".parquet",
  ".pq",
  ".feather",
  ".arrow",
  ".npy",
  ".npz",
  ".json",
  ".jsonl",
  ".ndjson",
  ".xlsx",
  ".xls",
]);

/** A trained model, whatever wrote it. */
export function isModelFile(file: string): boolean {
  return models.has(path.extname(file).toLowerCase());
}

/** A table or an array; compressed ones included. */
export function isDataFile(file: string): boolean {
  const plain = file.toLowerCase().replace(/\.(gz|bz2|zip|xz|zst)$/, "");
  return data.has(path.extname(plain));
}
