/** Shape and type of a NumPy .npy file from its header, after the documentation of numpy.lib.format (versions 1 to 3). */
import type { ShapeResult } from "./shape.ts";
import { readBytes, withFile } from "./withFile.ts";

const maxHeader = 1 << 16;

const kinds: Readonly<Record<string, string>> = {
  b: "bool",
  i: "int",
  u: "uint",
  f: "float",
  c: "complex",
  S: "bytes",
  U: "str",
  O: "object",
  M: "datetime",
  m: "timedelta",
  V: "void",
};

/** Kinds whose size is part of the name, in bits. */
const sized = new Set(["i", "u", "f", "c"]);

/** Reads the header of a .npy file. */
export function readNpyShape(path: string): Promise<ShapeResult> {
  return withFile(path, async (file) => parseNpyHeader(await readBytes(file, 0, maxHeader)));
}

/** Parses the beginning of a .npy file. */
export function parseNpyHeader(bytes: Buffer): ShapeResult {
  if (bytes.toString("latin1", 0, 6) !== "\x93NUMPY") return { ok: false, reason: "is not a .npy file" };
  const damaged: ShapeResult = { ok: false, reason: "has a damaged header" };
  if (bytes.length < 12) return damaged;
  const start = bytes[6] === 1 ? 10 : 12;
  const end = start + (bytes[6] === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  if (end > bytes.length) return damaged;
  const header = bytes.toString(bytes[6] === 3 ? "utf8" : "latin1", start, end);
  const dimensions = /'shape':\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  const descr = /'descr':\s*(?:'([^']*)'|(\[))/.exec(header);
  if (dimensions === undefined || descr === null) return damaged;
  return {
    ok: true,
    shape: {
      kind: "array",
      type: descr[1] === undefined ? "structured" : typeName(descr[1]),
      dimensions: [...dimensions.matchAll(/\d+/g)].map(([digits]) => Number(digits)),
    },
  };
}

/** `<f8` as `float64`. */
function typeName(descr: string): string {
  const [, letter = "", size = ""] = /^[<>|=]?([a-zA-Z])(\d*)/.exec(descr) ?? [];
  const kind = kinds[letter];
  if (kind === undefined) return descr;
  return sized.has(letter) ? `${kind}${Number(size) * 8}` : kind;
}
