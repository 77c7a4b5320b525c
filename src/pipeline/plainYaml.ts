/**
 * The plain YAML that a pipeline's own Python runtime reads without any package: block and flow maps and lists, plain or
 * quoted scalars on one line, comments. Everything else is a problem that says what to
 * write instead, so that what the editor accepts also runs.
 */
import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from "yaml";

/** A problem in a manifest; line and column count from 1. */
export interface ManifestProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface PlainYaml {
  /** The value, without the keys that start with `x-`. */
  readonly value: unknown;
  readonly problems: readonly ManifestProblem[];
  /** Where the value (or the key) at a path stands; the nearest parent that exists where there is none. */
  readonly at: (path: readonly PropertyKey[], part?: "key" | "value") => { line: number; column: number };
}

const oneDocument = "a pipeline is one plain document: take this line out";
const ownWords: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "this key is here twice",
  MULTIPLE_DOCS: oneDocument,
};

/** Reads YAML text of the plain subset. Never throws. */
export function readPlainYaml(text: string): PlainYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: "1.2", uniqueKeys: true });
  const place = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems: ManifestProblem[] = document.errors.map((error) => ({
    ...place(error.pos[0]),
    message: ownWords[error.code] ?? firstLine(error.message),
  }));
  const complain = (offset: number | undefined, message: string): void => {
    problems.push({ ...place(offset ?? 0), message });
  };
  const sameLine = (from: number, to: number): boolean => !text.slice(from, to).trimEnd().includes("\n");

  const marker = text.search(/^(%|---|\.\.\.)/m);
  if (marker >= 0) complain(marker, oneDocument);
  visit(document, {
    Node(_key, node) {
      const [start = 0, end = start] = node.range ?? [];
      if (isAlias(node) || (!isAlias(node) && node.anchor !== undefined)) {
        complain(start, "anchors (&) and aliases (*) cannot be read by run.py: write the value out");
      } else if (node.tag !== undefined) {
        complain(start, "tags (!) cannot be read by run.py: write the plain value");
      }
      if (isScalar(node)) {
        const block = node.type === "BLOCK_FOLDED" || node.type === "BLOCK_LITERAL";
        if (block || !sameLine(start, end)) {
          complain(
            start,
            "a text over several lines cannot be read by run.py: write it in quotes on one line",
          );
        }
      }
    },
    Pair(_key, pair) {
      if (!isScalar(pair.key) || typeof pair.key.value !== "string") {
        const offset = isScalar(pair.key) || isCollection(pair.key) ? pair.key.range?.[0] : 0;
        if (!(isScalar(pair.key) && pair.key.value === null)) complain(offset, "a key must be plain text");
      }
    },
  });
  if (problems.length === 0 && !isMap(document.contents)) {
    complain(0, "a pipeline starts with apiVersion: cellsmith/v1");
  }
  const at: PlainYaml["at"] = (path, part = "value") => {
    let node: unknown = document.contents;
    let offset = 0;
    for (const [position, key] of path.entries()) {
      let next: unknown;
      if (isMap(node)) {
        const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
        if (pair === undefined) break;
        const keyOffset = isScalar(pair.key) ? pair.key.range?.[0] : undefined;
        offset = keyOffset ?? offset;
        next = pair.value;
        if (part === "key" && position === path.length - 1) break;
      } else if (isSeq(node) && typeof key === "number") {
        next = node.items[key];
      } else {
        break;
      }
      const range = isScalar(next) || isCollection(next) ? next.range : undefined;
      const blockCollection = isCollection(next) && next.flow !== true;
      if (range && !blockCollection) offset = range[0];
      node = next;
    }
    return place(offset);
  };
  const value: unknown = problems.length > 0 ? undefined : withoutExtensions(document.toJS());
  return { value, problems, at };
}

function firstLine(message: string): string {
  return (message.split("\n")[0] ?? message).replace(/ at line \d+, column \d+:?$/, "");
}

function withoutExtensions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutExtensions);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith("x-"))
      .map(([key, entry]) => [key, withoutExtensions(entry)]),
  );
}
