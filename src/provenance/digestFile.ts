import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

export interface FileDigest {
  /** `sha256:` and hex. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Digest of a regular file's content, read in pieces.
 * @returns undefined for what is no regular file, cannot be read, or once `signal` is aborted.
 */
export async function digestFile(file: string, signal?: AbortSignal): Promise<FileDigest | undefined> {
  try {
    // A pipe would be waited for and a folder has no content.
    if (!(await stat(file)).isFile()) return undefined;
    const hash = createHash("sha256");
    let size = 0;
    const stream = createReadStream(file, {
      highWaterMark: 1024 * 1024,
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const chunk of stream) {
      if (!Buffer.isBuffer(chunk)) continue;
      hash.update(chunk);
      size += chunk.length;
    }
    return { digest: `sha256:${hash.digest("hex")}`, size };
  } catch {
    return undefined;
  }
}
