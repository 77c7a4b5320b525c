import { type FileHandle, open, stat } from "node:fs/promises";
import { messageOf } from "../problem.ts";
import type { ShapeResult } from "./shape.ts";

/**
 * Opens a regular file for reading, hands it to `use` and closes it. Whatever goes wrong becomes a reason: pipes and
 * devices are not opened at all, since that could wait forever, and a RangeError means that the bytes make no sense.
 */
export async function withFile(
  path: string,
  use: (file: FileHandle, size: number) => Promise<ShapeResult>,
): Promise<ShapeResult> {
  let file: FileHandle | undefined;
  try {
    if (!(await stat(path)).isFile()) return { ok: false, reason: "is not a file" };
    file = await open(path);
    const { size } = await file.stat();
    return size === 0 ? { ok: false, reason: "is empty" } : await use(file, size);
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  } finally {
    await file?.close();
  }
}

/** Reads up to `length` bytes; fewer where the file ends. */
export async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "is not there",
  ENOTDIR: "is not there",
  EACCES: "may not be read",
  EPERM: "may not be read",
};

function reasonOf(error: unknown): string {
  if (error instanceof RangeError) return "is damaged";
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return reasons[code] ?? `cannot be read: ${messageOf(error)}`;
}
