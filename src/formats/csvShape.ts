/** Rows and columns of a CSV file, by streaming it. The first record is taken for the header unless it holds numbers. */
import type { FileHandle } from "node:fs/promises";
import { TextDecoder } from "node:util";
import { firstRecords, RecordCounter, sniffDelimiter } from "./csvRecords.ts";
import type { ReadLimits, ShapeResult } from "./shape.ts";
import { withFile } from "./withFile.ts";

const chunkSize = 1 << 20;
const sniffed = 1 << 16;

/**
 * Counts the rows of a delimited text file and names its columns.
 * @param limits by default 256 MiB and one second; what goes beyond is estimated from what was read, and `sampled` says so.
 */
export function readCsvShape(path: string, limits: ReadLimits = {}): Promise<ShapeResult> {
  const fallback = path.toLowerCase().endsWith(".tsv") ? "\t" : ",";
  return withFile(path, (file, size) => shapeOf(file, size, fallback, limits));
}

async function shapeOf(
  file: FileHandle,
  size: number,
  fallback: string,
  limits: ReadLimits,
): Promise<ShapeResult> {
  const { maxBytes = 256 * chunkSize, maxTime = 1000, signal } = limits;
  const buffer = Buffer.allocUnsafe(chunkSize);
  const { bytesRead } = await file.read(buffer, 0, chunkSize, 0);
  const decoder = decoderFor(buffer.subarray(0, bytesRead));
  if (decoder === undefined) return { ok: false, reason: "is not text" };

  const beginning = new TextDecoder(decoder.encoding).decode(buffer.subarray(0, bytesRead));
  const delimiter = sniffDelimiter(beginning.slice(0, sniffed), size <= sniffed, fallback);
  // A header may be long: thousands of genes, say.
  const header = firstRecords(beginning, delimiter, 1, true)[0];
  if (header === undefined) return { ok: false, reason: "has no rows" };

  const counter = new RecordCounter(delimiter);
  const stop = performance.now() + maxTime;
  let position = 0;
  let chunk: Uint8Array = buffer.subarray(0, bytesRead);
  while (chunk.length > 0) {
    counter.feed(decoder.encoding === "utf-8" ? chunk : Buffer.from(decoder.decode(chunk, { stream: true })));
    position += chunk.length;
    signal?.throwIfAborted();
    if (position >= maxBytes || performance.now() > stop) break;
    const next = await file.read(buffer, 0, chunkSize, position);
    chunk = buffer.subarray(0, next.bytesRead);
  }

  const named = !holdsNumbers(header);
  const columns = named ? header : header.map((_, index) => String(index));
  if (position < size) {
    const rows = roughly((counter.records * size) / position);
    return { ok: true, shape: { kind: "table", rows, columns, sampled: true } };
  }
  const unclosed = counter.end();
  if (unclosed !== undefined)
    return { ok: false, reason: `has a quote in line ${unclosed} that is never closed` };
  return {
    ok: true,
    shape: { kind: "table", rows: counter.records - (named ? 1 : 0), columns, sampled: false },
  };
}

/** Undefined for what is not text. Latin-1 and its relatives pass as UTF-8: only ASCII matters for counting. */
function decoderFor(beginning: Uint8Array): TextDecoder | undefined {
  if (beginning[0] === 0xff && beginning[1] === 0xfe) return new TextDecoder("utf-16le");
  if (beginning[0] === 0xfe && beginning[1] === 0xff) return new TextDecoder("utf-16be");
  return beginning.includes(0) ? undefined : new TextDecoder("utf-8");
}

const number = /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/;

/** `2019` may be the name of a column among others; `5.1` in front, or numbers alone, are data. */
function holdsNumbers(record: readonly string[]): boolean {
  const first = record[0] ?? "";
  return record.every((field) => number.test(field)) || (number.test(first) && first.includes("."));
}

/** To three digits: an estimate must not look like a count. */
function roughly(count: number): number {
  return Number(count.toPrecision(3));
}
