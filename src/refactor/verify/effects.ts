/**
 * A static look for what a check would do to the world outside its scratch folder. Modest on purpose: it names what is
 * plain to see in the text, so that a person is asked; it promises nothing about the rest.
 */
import type { Cell } from "../../notebook/model.ts";

export interface Effect {
  readonly kind: "network" | "shell" | "database";
  /** As people count: position among all cells, from 1. */
  readonly number: number;
  readonly text: string;
}

const signs: readonly { readonly kind: Effect["kind"]; readonly pattern: RegExp }[] = [
  { kind: "shell", pattern: /^\s*(?:\w+\s*=\s*)?!\s*\S|^\s*%%(?:bash|sh|script|cmd)\b|^\s*%(?:sx|system)\b/ },
  { kind: "shell", pattern: /\b(?:os\.(?:system|popen)|subprocess\.\w+)\s*\(/ },
  {
    kind: "database",
    pattern:
      /\b(?:create_engine|sqlite3\.connect|psycopg2?\.connect|pymysql\.connect|pyodbc\.connect|snowflake\.connector\.connect|duckdb\.connect|MongoClient|bigquery\.Client)\s*\(|\.to_sql\s*\(|^\s*%%?sql\b/,
  },
  {
    kind: "network",
    pattern:
      /\b(?:requests\.\w+|httpx\.\w+|urlopen|urlretrieve|boto3\.\w+|smtplib\.\w+|socket\.socket|aiohttp\.\w+|paramiko\.\w+)\s*\(|["'](?:https?|s3|gs|ftp):\/\//,
  },
];

/** One effect a line, in the notebook's order; comments are passed over. */
export function findEffects(cells: readonly Cell[]): readonly Effect[] {
  return cells.flatMap((cell) =>
    cell.source.split("\n").flatMap((line) => {
      if (line.trimStart().startsWith("#")) return [];
      const sign = signs.find(({ pattern }) => pattern.test(line));
      return sign === undefined ? [] : [{ kind: sign.kind, number: cell.number, text: line.trim() }];
    }),
  );
}
