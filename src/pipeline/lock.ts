/**
 * The lock, `pipeline.lock.json`: what the tool needs and nobody edits. Written by a conversion, read by `run.py check`,
 * `check`, `update`, `verify` and the editor. Two branches that changed different cells or files must merge line by line
 * (`renderLock`), and what does not is put together by `mendLock`.
 */
import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import * as z from "zod";

const checkState = z.enum(["same", "not checked", "different"]);

const cellSchema = z.object({
  "first line": z.string(),
  /** Names of the steps it went to, or `parameters`; empty where it was left out. */
  to: z.array(z.string()),
  why: z.string().optional(),
  /** SHA-256 over the code's tokens; empty where two branches do not agree: then it counts as changed. */
  code: z.string(),
});

export interface LockCell extends z.infer<typeof cellSchema> {
  /** Code cell, from 0. */
  readonly index: number;
}

export interface LockFile {
  readonly sha256: string;
  /** The text as generated: the base of a three-way merge. Absent for what is vendored, which nobody edits. */
  readonly base?: string;
}

/** The text line by line; or only its digest, beside it where an older version packed the text. */
const fileSchema = z.union([
  z.array(z.string()).transform((lines): LockFile => {
    const base = lines.join("\n");
    return { sha256: sha256(base), base };
  }),
  z.object({ sha256: z.string(), base: z.string().optional() }).transform(({ sha256, base }): LockFile => {
    const text = base === undefined ? undefined : unpackText(base);
    return { sha256, ...(text === undefined ? {} : { base: text }) };
  }),
]);

export const lockSchema = z.object({
  "written by": z.string(),
  /** Ids of the cells as they stood in the notebook. */
  order: z.array(z.string()).optional(),
  cells: z.record(z.string(), cellSchema.extend({ index: z.int().min(0).optional() })),
  files: z.record(z.string(), fileSchema),
  plan: z.record(z.string(), z.unknown()),
  types: z.record(z.string(), z.string()),
  codecs: z.record(z.string(), z.string()),
  checked: z.object({
    "in one process": checkState,
    "step by step": checkState,
    /** Whether the steps declare all that they use and change. */
    signatures: z.enum(["hold", "do not hold"]).optional(),
    /** Checks that are no proof of the whole: against `saved outputs`, on a `sample of 100 rows`. */
    partly: z
      .array(
        z.object({ basis: z.string(), run: z.enum(["in one process", "step by step"]), same: z.boolean() }),
      )
      .optional(),
    with: z.string().optional(),
    /** Over the pipeline's files and over the notebook's cells at that time; about others, nothing of this holds. */
    digest: z.string().default(""),
    cells: z.string().optional(),
    "not compared": z.array(z.string()),
  }),
});

export type Lock = Omit<z.infer<typeof lockSchema>, "order" | "cells"> & {
  readonly cells: Readonly<Record<string, LockCell>>;
};

export type LockResult = { readonly lock: Lock } | { readonly reason: string };

const marks = /^(?:<{7}|\|{7}|>{7})(?: |$)|^={7}$/m;

/** Whether a text has the marks that git leaves where two branches changed the same lines. */
export function hasConflictMarks(text: string): boolean {
  return /^<{7}(?: |$)/m.test(text) && /^>{7}(?: |$)/m.test(text);
}

/** Reads a lock's text. Never throws: what cannot be read is a reason in one sentence. */
export function parseLock(text: string): LockResult {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return {
      reason: hasConflictMarks(text)
        ? "pipeline.lock.json holds both sides of a merge that was not finished; update the pipeline from its notebook to put them together"
        : "pipeline.lock.json is not JSON; convert the notebook again",
    };
  }
  const parsed = lockSchema.safeParse(data);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
    return { reason: `pipeline.lock.json has no usable ${where || "content"}; convert the notebook again` };
  }
  const { order = [], cells, ...rest } = parsed.data;
  const at = new Map(order.map((id, index) => [id, index]));
  const placed = Object.entries(cells).map(([id, cell], position): [string, LockCell] => [
    id,
    { ...cell, index: at.get(id) ?? cell.index ?? order.length + position },
  ]);
  return { lock: { ...rest, cells: Object.fromEntries(placed) } };
}

/**
 * The lock as JSON that git can merge: one entry a line, keys sorted where their order says nothing, the generated texts
 * line by line as the files have them, and nothing that changes whenever anything does. Between two cells stands a line
 * that no update changes: git takes changes of neighbouring lines for a conflict.
 */
export function renderLock(lock: Lock): string {
  const { cells, files, types, codecs, checked, plan, ...rest } = lock;
  const ordered = Object.entries(cells).sort(([, a], [, b]) => a.index - b.index);
  const { digest, with: checkedWith, cells: checkedCells, ...states } = checked;
  const isChecked = checked["in one process"] !== "not checked" || checked["step by step"] !== "not checked";
  const document = {
    ...rest,
    order: ordered.map(([id]) => id),
    cells: sorted(
      Object.fromEntries(
        ordered.map(([id, { "first line": line, to, why, code }]) => [
          id,
          { "first line": line, to, ...(why === undefined ? {} : { why }), code },
        ]),
      ),
    ),
    files: sorted(
      Object.fromEntries(
        Object.entries(files).map(([name, file]) => [
          name,
          file.base === undefined ? { sha256: file.sha256 } : file.base.split("\n"),
        ]),
      ),
    ),
    plan,
    types: sorted(types),
    codecs: sorted(codecs),
    checked: {
      ...states,
      ...(isChecked
        ? {
            digest,
            ...(checkedCells === undefined ? {} : { cells: checkedCells }),
            ...(checkedWith === undefined ? {} : { with: checkedWith }),
          }
        : {}),
    },
  };
  return `${printed(document, [])}\n`;
}

/** Expanded down to the entries of entries; a cell is one line below its id. */
function printed(value: unknown, path: readonly string[]): string {
  const [room] = path;
  const indent = "  ".repeat(path.length);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (room === "cells" && path.length === 2) return `\n${indent}  ${spaced(value)}`;
  if (path.length > 2) return spaced(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const lines = Object.entries(value)
    .filter(([, entry]) => entry !== undefined)
    .map(([key, entry]) => {
      const text = printed(entry, [...path, key]);
      return Array.isArray(value)
        ? text
        : `${JSON.stringify(key)}:${text.startsWith("\n") ? "" : " "}${text}`;
    });
  if (lines.length === 0) return `${open}${close}`;
  return `${open}\n${lines.map((line) => `${indent}  ${line}`).join(",\n")}\n${indent}${close}`;
}

/** JSON on one line, with the spaces that people put. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}: ${spaced(entry)}`).join(", ")}}`;
}

function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The lock of a text with the marks of an unfinished merge: both sides, put together. Where they do not agree on a cell,
 * it counts as changed; nothing counts as checked. Undefined where neither side can be read.
 */
export function mendLock(text: string): Lock | undefined {
  const [mine, theirs] = (["mine", "theirs"] as const).map((side) => parseLock(sideOf(text, side)));
  const known = [mine, theirs].flatMap((side) => (side !== undefined && "lock" in side ? [side.lock] : []));
  const [first, second = first] = known;
  if (first === undefined || second === undefined) return undefined;
  const cells = Object.entries({ ...second.cells, ...first.cells }).map(([id, cell]) => {
    const other = second.cells[id];
    const agreed = known.length === 2 && first.cells[id]?.code === other?.code;
    return [id, agreed ? cell : { ...cell, code: "" }] as const;
  });
  return {
    ...second,
    ...first,
    cells: Object.fromEntries(cells),
    files: { ...second.files, ...first.files },
    types: { ...second.types, ...first.types },
    codecs: { ...second.codecs, ...first.codecs },
    checked: {
      "in one process": "not checked",
      "step by step": "not checked",
      digest: "",
      "not compared": first.checked["not compared"],
    },
  };
}

/** One side of every stretch that git could not merge, and all else. */
function sideOf(text: string, side: "mine" | "theirs"): string {
  let inside: "mine" | "base" | "theirs" | undefined;
  return text
    .split("\n")
    .filter((line) => {
      if (!marks.test(line)) return inside === undefined || inside === side;
      inside = line.startsWith("<")
        ? "mine"
        : line.startsWith("|")
          ? "base"
          : line.startsWith("=")
            ? "theirs"
            : undefined;
      return false;
    })
    .join("\n");
}

export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** The digest a check is valid for: over the digests of all generated files, by path. */
export function filesDigest(files: Readonly<Record<string, { readonly sha256: string }>>): string {
  const lines = Object.keys(files)
    .sort()
    .map((path) => `${path} ${files[path]?.sha256 ?? ""}\n`);
  return sha256(lines.join(""));
}

/** A text that an older version deflated; undefined where it is damaged. */
function unpackText(packed: string): string | undefined {
  try {
    return inflateSync(Buffer.from(packed, "base64")).toString("utf8");
  } catch {
    return undefined;
  }
}
