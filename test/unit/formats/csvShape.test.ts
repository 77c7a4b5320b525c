import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { sniffDelimiter } from "../../../src/formats/csvRecords.ts";
import { readCsvShape } from "../../../src/formats/csvShape.ts";

const utf16 = (text: string): Buffer => Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(text, "utf16le")]);

interface Case {
  readonly what: string;
  readonly text: string | Buffer;
  readonly rows?: number;
  readonly columns?: readonly string[];
  readonly reason?: RegExp;
}

const cases: readonly Case[] = [
  { what: "commas", text: "a,b\n1,2\n3,4\n", rows: 2, columns: ["a", "b"] },
  { what: "no newline at the end", text: "a,b\n1,2\n3,4", rows: 2, columns: ["a", "b"] },
  { what: "CRLF", text: "a,b\r\n1,2\r\n", rows: 1, columns: ["a", "b"] },
  { what: "CR alone", text: "a,b\r1,2\r3,4\r", rows: 2, columns: ["a", "b"] },
  { what: "line breaks in quotes", text: 'a,b\n"1\n2","x\r\ny"\n3,4\n', rows: 2, columns: ["a", "b"] },
  { what: "doubled quotes", text: 'a,b\n"say ""hi""\n",2\n', rows: 1, columns: ["a", "b"] },
  { what: "a quote inside a field", text: 'size,b\n5" pipe,2\n6" pipe,3\n', rows: 2, columns: ["size", "b"] },
  { what: "quoted header with a comma", text: '"a, b",c\n1,2\n', rows: 1, columns: ["a, b", "c"] },
  { what: "blank lines", text: "a,b\n\n1,2\n  \n\n3,4\n\n", rows: 2, columns: ["a", "b"] },
  { what: "rows of nothing but delimiters", text: "a,b\n,\n,\n", rows: 2, columns: ["a", "b"] },
  { what: "decimal commas", text: "a;b\n1,5;2,25\n3,5;4,75\n", rows: 2, columns: ["a", "b"] },
  { what: "tabs", text: "a\tb c\n1\t2\n", rows: 1, columns: ["a", "b c"] },
  { what: "bars", text: "a|b\n1|2\n", rows: 1, columns: ["a", "b"] },
  { what: "one column", text: "name\nAnna\nBo\n", rows: 2, columns: ["name"] },
  { what: "a byte order mark", text: "\uFEFFa,b\n1,2\n", rows: 1, columns: ["a", "b"] },
  { what: "UTF-16", text: utf16("a;ü\n1;2\n"), rows: 1, columns: ["a", "ü"] },
  { what: "Latin-1", text: Buffer.from("größe,b\n1,2\n", "latin1"), rows: 1 },
  { what: "years as columns", text: "land,2019,2020\nAT,1,2\n", rows: 1, columns: ["land", "2019", "2020"] },
  { what: "no header", text: "5.1,3.5,setosa\n4.9,3.0,setosa\n", rows: 2, columns: ["0", "1", "2"] },
  { what: "numbers only", text: "1,2\n3,4\n", rows: 2, columns: ["0", "1"] },
  { what: "a header alone", text: "a,b\n", rows: 0, columns: ["a", "b"] },
  { what: "an open quote", text: 'a,b\n1,2\n"3,4\n5,6\n', reason: /quote in line 3/ },
  { what: "nothing", text: "", reason: /empty/ },
  { what: "blank lines alone", text: "\n\n \n", reason: /no rows/ },
  { what: "bytes", text: Buffer.of(80, 75, 3, 4, 0, 0, 1, 2), reason: /not text/ },
];

describe("formats: CSV", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "cellsmith-csv-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function write(text: string | Buffer): Promise<string> {
    const file = path.join(folder, "data.csv");
    await writeFile(file, text);
    return file;
  }

  for (const { what, text, rows, columns, reason } of cases) {
    it(`reads ${what}`, async () => {
      const result = await readCsvShape(await write(text));
      if (reason !== undefined) {
        assert.ok(!result.ok);
        assert.match(result.reason, reason);
        return;
      }
      assert.ok(result.ok, JSON.stringify(result));
      assert.ok(result.shape.kind === "table");
      assert.equal(result.shape.rows, rows);
      assert.equal(result.shape.sampled, false);
      if (columns !== undefined) assert.deepEqual(result.shape.columns, columns);
    });
  }

  it("counts across the borders of what it reads at once", async () => {
    const row = '"a ""quoted""\nnote",1234567\r\n';
    const file = await write(`note,id\n${row.repeat(100_000)}`);
    const result = await readCsvShape(file);
    assert.ok(result.ok && result.shape.kind === "table");
    assert.deepEqual([result.shape.rows, result.shape.sampled], [100_000, false]);
  });

  it("estimates what is larger than it may read, and says so", async () => {
    const file = await write(`note,id\n${'"x\ny",1234567\n'.repeat(200_000)}`);
    const result = await readCsvShape(file, { maxBytes: 1 << 20 });
    assert.ok(result.ok && result.shape.kind === "table");
    assert.equal(result.shape.sampled, true);
    assert.ok(Math.abs(result.shape.rows - 200_000) < 2000, String(result.shape.rows));
  });

  it("has a reason for what is not a file", async () => {
    assert.deepEqual(await readCsvShape(folder), { ok: false, reason: "is not a file" });
    assert.deepEqual(await readCsvShape(path.join(folder, "gone.csv")), {
      ok: false,
      reason: "is not there",
    });
  });

  it("takes the delimiter that cuts evenly, not the most frequent character", () => {
    assert.equal(sniffDelimiter("a;b\n1,2,3;4,5,6\n1,2;3,4\n", true), ";");
    assert.equal(sniffDelimiter("text\none, two\nthree\n", true), ",");
    assert.equal(sniffDelimiter("text\none, two\nthree\n", true, "\t"), "\t");
  });
});
