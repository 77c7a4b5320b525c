/**
 * A static look for what a check would do to the world outside its scratch folder. Modest on purpose: it names what is
 * plain to see in the text, so that a person is asked; at the rest the running check stops by itself (_watch.py).
 */
import type { Cell } from "../../notebook/model.ts";

export interface Effect {
  readonly kind: "network" | "shell" | "database" | "file";
  /** As people count: position among all cells, from 1. */
  readonly number: number;
  readonly text: string;
}

const written =
  /\b(?:open\(.*["'][rbt]*[wax][rbt+]*["']|to_(?:csv|parquet|excel|json|pickle|feather|hdf|html|latex|stata)\(|savefig\(|save(?:z|z_compressed|txt)?\(|dump\(|write_(?:text|bytes|csv|parquet|image|html)\(|mkdirs?\(|makedirs\(|rmtree\(|unlink\(|os\.(?:remove|rename|replace|rmdir)\(|shutil\.(?:copy\w*|move)\()/;
/** An absolute path, or one that starts at the home folder. */
const elsewhere = /[rfbu]?["'](?:\/(?!\/)[\w.]|~[\w.-]*\/|[A-Za-z]:[\\/])|\bPath\.home\(\)|\bexpanduser\(/;

const signs: readonly { readonly kind: Effect["kind"]; readonly pattern: RegExp }[] = [
  {
    kind: "shell",
    pattern:
      /^\s*(?:\w+\s*=\s*)?!\s*\S|^\s*%%(?:bash|sh|script|cmd|perl|ruby|writefile\s+[/~])\b|^\s*(?:\w+\s*=\s*)?%(?:sx|system|pip|conda|mamba)\b/,
  },
  { kind: "shell", pattern: /\b(?:os\.(?:system|popen)|subprocess\.\w+)\s*\(/ },
  {
    kind: "database",
    pattern:
      /\b(?:create_engine|sqlite3\.connect|psycopg2?\.connect|pymysql\.connect|pyodbc\.connect|snowflake\.connector\.connect|duckdb\.connect|MongoClient|bigquery\.Client)\s*\(|\.to_sql\s*\(|^\s*%%?sql\b/,
  },
  {
    kind: "network",
    pattern:
      /\b(?:requests\.\w+|httpx\.\w+|urlopen|urlretrieve|boto3\.\w+|smtplib\.\w+|socket\.socket|aiohttp\.\w+|paramiko\.\w+)\s*\(|["'](?:https?|s3|gs|ftp|abfss?|hf):\/\//,
  },
  {
    kind: "network",
    pattern:
      /\b(?:sns|seaborn)\.load_dataset\s*\(|\bfetch_(?:openml|california_housing|covtype|20newsgroups\w*|lfw_\w+|olivetti_faces|rcv1|kddcup99|species_distributions|file)\s*\(|\bnltk\.download\s*\(|\.from_pretrained\s*\(|\bdownload\s*=\s*True|\b(?:yf|yfinance)\.(?:download|Ticker)\s*\(|\bkagglehub\.\w+\s*\(|\b(?:hf_hub_download|snapshot_download)\s*\(|\bget_rdataset\s*\(/,
  },
];

/** One effect a line, in the notebook's order; comments are passed over. */
export function findEffects(cells: readonly Cell[]): readonly Effect[] {
  return cells.flatMap((cell) =>
    cell.source.split("\n").flatMap((line) => {
      if (line.trimStart().startsWith("#")) return [];
      const kind =
        signs.find(({ pattern }) => pattern.test(line))?.kind ??
        (written.test(line) && elsewhere.test(line) ? "file" : undefined);
      return kind === undefined ? [] : [{ kind, number: cell.number, text: line.trim() }];
    }),
  );
}
