/**
 * Rows and columns of a Parquet file from its footer alone, after parquet.thrift and README.md of
 * apache/parquet-format: FileMetaData {2: schema, 3: num_rows}, SchemaElement {4: name, 5: num_children}.
 */
import type { ShapeResult } from "./shape.ts";
import { ThriftReader } from "./thriftCompact.ts";
import { readBytes, withFile } from "./withFile.ts";

/** The schema and the row count stand at the front of the footer; the rest describes row groups. */
const maxFooter = 8 << 20;

/** Reads the number of rows and the top-level columns; an unnamed pandas index stored as a column is left out. */
export function readParquetShape(path: string): Promise<ShapeResult> {
  return withFile(path, async (file, size) => {
    const end = await readBytes(file, Math.max(0, size - 8), 8);
    const magic = end.toString("latin1", 4);
    if (magic === "PARE") return { ok: false, reason: "is encrypted" };
    if (magic !== "PAR1") return { ok: false, reason: "is not a Parquet file, or was cut off" };
    const length = end.readUInt32LE(0);
    if (length > size - 12) return { ok: false, reason: "is damaged" };
    return parseParquetFooter(await readBytes(file, size - 8 - length, Math.min(length, maxFooter)));
  });
}

/**
 * Reads the Thrift bytes of a footer.
 * @throws RangeError on damaged bytes.
 */
export function parseParquetFooter(bytes: Buffer): ShapeResult {
  const reader = new ThriftReader(bytes);
  let schema: readonly SchemaElement[] | undefined;
  let rows: number | undefined;
  reader.struct((id) => {
    if (id === 2) schema = readSchema(reader);
    else if (id === 3) rows = reader.integer();
    else return "skip";
    return schema !== undefined && rows !== undefined ? "stop" : "next";
  });
  if (schema === undefined || rows === undefined || rows < 0) throw new RangeError("no schema or no rows");
  return { ok: true, shape: { kind: "table", rows, columns: topLevel(schema), sampled: false } };
}

interface SchemaElement {
  readonly name: string;
  readonly children: number;
}

function readSchema(reader: ThriftReader): readonly SchemaElement[] {
  const { size } = reader.list();
  return Array.from({ length: size }, () => {
    let name = "";
    let children = 0;
    reader.struct((id) => {
      if (id === 4) name = reader.text();
      else if (id === 5) children = reader.integer();
      else return "skip";
      return "next";
    });
    return { name, children };
  });
}

/** The schema is the tree written depth first, the root in front. */
function topLevel(schema: readonly SchemaElement[]): readonly string[] {
  const names: string[] = [];
  let at = 1;
  while (at < schema.length) {
    names.push(schema[at]?.name ?? "");
    for (let open = 1; open > 0 && at < schema.length; at += 1) open += (schema[at]?.children ?? 0) - 1;
  }
  return names.filter((name) => !/^__index_level_\d+__$/.test(name));
}
