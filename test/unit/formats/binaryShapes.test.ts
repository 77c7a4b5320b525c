import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseNpyHeader } from "../../../src/formats/npyShape.ts";
import { parseParquetFooter } from "../../../src/formats/parquetShape.ts";
import { readShape } from "../../../src/formats/readShape.ts";

/** The first fields of a footer as pyarrow writes them for a frame with an index, a nested column and a plain one. */
function footer(rows: number): Buffer {
  const text = (id: number, value: string): number[] => [(id << 4) | 8, value.length, ...Buffer.from(value)];
  const element = (name: string, children?: number): number[] => [
    ...text(4, name),
    ...(children === undefined ? [] : [(1 << 4) | 5, children * 2]),
    0,
  ];
  const schema = [
    ...element("schema", 3),
    ...element("s", 2),
    ...element("x"),
    ...element("y", 1),
    ...element("z"),
    ...element("b"),
    ...element("__index_level_0__"),
  ];
  const varint: number[] = [];
  for (let rest = rows * 2; rest > 0; rest = Math.floor(rest / 128)) {
    varint.push((rest % 128) + (rest >= 128 ? 128 : 0));
  }
  return Buffer.from([0x15, 4, 0x19, (7 << 4) | 12, ...schema, 0x16, ...varint, 0x19, 0x0c, 0]);
}

const file = (bytes: Buffer, magic = "PAR1"): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([Buffer.from("PAR1"), bytes, length, Buffer.from(magic)]);
};

const npy = (header: string, version = 1): Buffer => {
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(header.length, 0, length.length);
  return Buffer.concat([
    Buffer.from("\x93NUMPY", "latin1"),
    Buffer.of(version, 0),
    length,
    Buffer.from(header),
  ]);
};

describe("formats: Parquet and .npy", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "cellsmith-shape-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function shapeOf(name: string, bytes: Buffer): ReturnType<typeof readShape> {
    const target = path.join(folder, name);
    await writeFile(target, bytes);
    return readShape(target);
  }

  it("reads rows and top-level columns from a footer", async () => {
    assert.deepEqual(await shapeOf("a.parquet", file(footer(12_345_678_901))), {
      ok: true,
      shape: { kind: "table", rows: 12_345_678_901, columns: ["s", "b"], sampled: false },
    });
  });

  for (const [what, bytes, reason] of [
    ["a text", Buffer.from("a,b\n1,2\n3,4\n5,6\n"), /not a Parquet file/],
    ["nothing", Buffer.alloc(0), /empty/],
    ["four bytes", Buffer.from("PAR1"), /not a Parquet file|damaged/],
    ["an encrypted file", file(footer(3), "PARE"), /encrypted/],
    ["a footer longer than the file", file(footer(3)).subarray(20), /damaged/],
    ["a footer of noise", file(Buffer.alloc(40, 0xff)), /damaged/],
    ["a footer without rows", file(Buffer.of(0x15, 4, 0)), /damaged/],
  ] as const) {
    it(`has a reason for ${what} named .parquet`, async () => {
      const result = await shapeOf("b.parquet", bytes);
      assert.ok(result?.ok === false);
      assert.match(result.reason, reason);
    });
  }

  it("answers or gives a RangeError for every damaged footer, and soon", () => {
    const good = footer(2023);
    for (let at = 0; at < good.length; at += 1) {
      for (const byte of [0, 0x0c, 0x19, 0x7f, 0xf9, 0xfb, 0xfc, 0xff]) {
        const bytes = Buffer.from(good);
        bytes[at] = byte;
        try {
          parseParquetFooter(bytes);
        } catch (error) {
          assert.ok(error instanceof RangeError, String(error));
        }
      }
    }
  });

  it("does not follow structs that nest without end", () => {
    assert.throws(() => parseParquetFooter(Buffer.alloc(1 << 20, 0x1c)), RangeError);
    assert.throws(() => parseParquetFooter(Buffer.alloc(1 << 20, 0x19)), RangeError);
  });

  for (const [header, version, type, dimensions] of [
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (500, 2), }", 1, "float64", [500, 2]],
    ["{'descr': '|b1', 'fortran_order': False, 'shape': (7,), }", 2, "bool", [7]],
    ["{'descr': '>i4', 'fortran_order': True, 'shape': (), }", 3, "int32", []],
    ["{'descr': '<U12', 'fortran_order': False, 'shape': (3,), }", 1, "str", [3]],
    ["{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (3,), }", 1, "structured", [3]],
  ] as const) {
    it(`reads the header ${header}`, async () => {
      assert.deepEqual(await shapeOf("a.npy", npy(header, version)), {
        ok: true,
        shape: { kind: "array", type, dimensions },
      });
    });
  }

  it("has a reason for what is not a .npy file", () => {
    for (const bytes of [
      Buffer.from("hello"),
      Buffer.from("\x93NUMPY\x01", "latin1"),
      npy("{'descr': '<f8'}"),
    ]) {
      assert.equal(parseNpyHeader(bytes).ok, false);
    }
  });

  it("says nothing about formats it does not know", async () => {
    assert.equal(await shapeOf("a.xlsx", Buffer.from("PK")), undefined);
  });
});
