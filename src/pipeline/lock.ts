/**
 * The lock, `pipeline.lock.json`: what the tool needs and nobody edits. Written by a conversion, read by `run.py check`,
 * `check`, `update`, `verify` and the editor. One block a cell and a file, so that changes to different steps merge.
 */
import { createHash } from "node:crypto";
import { constants, deflateSync, inflateSync } from "node:zlib";
import * as z from "zod";

const checkState = z.enum(["same", "not checked", "different"]);

const cellSchema = z.object({
  "first line": z.string(),
  /** Names of the steps it went to, or `parameters`; empty where it was left out. */
  to: z.array(z.string()),
  why: z.string().optional(),
  /** SHA-256 over the code's tokens. */
  code: z.string(),
  /** Code cell, from 0. */
  index: z.int().min(0),
});

const fileSchema = z.object({
  sha256: z.string(),
  /** The text as generated, deflate then base64: the base of a three-way merge. Absent for `_runtime.py`. */
  base: z.string().optional(),
});

export const lockSchema = z.object({
  "written by": z.string(),
  cells: z.record(z.string(), cellSchema),
  files: z.record(z.string(), fileSchema),
  plan: z.record(z.string(), z.unknown()),
  types: z.record(z.string(), z.string()),
  codecs: z.record(z.string(), z.string()),
  checked: z.object({
    "in one process": checkState,
    "step by step": checkState,
    with: z.string().optional(),
    digest: z.string(),
    "not compared": z.array(z.string()),
  }),
});

export type Lock = z.infer<typeof lockSchema>;
export type LockCell = z.infer<typeof cellSchema>;
export type LockFile = z.infer<typeof fileSchema>;

/** Reads a lock's text. Never throws: what cannot be read is a reason in one sentence. */
export function parseLock(text: string): { readonly lock: Lock } | { readonly reason: string } {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { reason: "pipeline.lock.json is not JSON; convert the notebook again" };
  }
  const parsed = lockSchema.safeParse(data);
  if (parsed.success) return { lock: parsed.data };
  const where = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
  return { reason: `pipeline.lock.json has no usable ${where || "content"}; convert the notebook again` };
}

/** The lock as text: two-space JSON with a final newline, keys in the order given. */
export function renderLock(lock: Lock): string {
  return `${JSON.stringify(lock, null, 2)}\n`;
}

export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** The digest a check is valid for: over the digests of all generated files, by path. */
export function filesDigest(files: Lock["files"]): string {
  const lines = Object.keys(files)
    .sort()
    .map((path) => `${path} ${files[path]?.sha256 ?? ""}\n`);
  return sha256(lines.join(""));
}

/**
 * A text as it is kept in the lock. Huffman coding only: a search for repeats may find others on another processor, and
 * the same text must give the same bytes everywhere.
 */
export function packText(text: string): string {
  return deflateSync(text, { strategy: constants.Z_HUFFMAN_ONLY }).toString("base64");
}

/** The text behind `packText`; undefined where it is damaged. */
export function unpackText(packed: string): string | undefined {
  try {
    return inflateSync(Buffer.from(packed, "base64")).toString("utf8");
  } catch {
    return undefined;
  }
}
