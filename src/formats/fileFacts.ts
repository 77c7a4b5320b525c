import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

/** What the file system says about a path without opening it. */
export interface FileFacts {
  /** In bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
  readonly isFolder: boolean;
}

/** Undefined where there is nothing, or nothing that may be looked at. */
export async function readFacts(path: string): Promise<FileFacts | undefined> {
  try {
    const facts = await stat(path);
    return { size: facts.size, modified: facts.mtimeMs, isFolder: facts.isDirectory() };
  } catch {
    return undefined;
  }
}

/**
 * SHA-256 of a file's content, as runs record it: `sha256:` and hex.
 * @throws what the file system or the signal says.
 */
export async function digestFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal });
  return `sha256:${hash.digest("hex")}`;
}
