/** Literals of Python as values. */
import type { Literal } from "./model.ts";
import { namedChildren, type SyntaxNode } from "./parser.ts";

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  "\n": "",
};

/** The text of a string literal, its parts joined; undefined for bytes and where an f-string holds a value. */
export function stringOf(node: SyntaxNode): string | undefined {
  if (node.type === "concatenated_string") {
    const parts = namedChildren(node).map(stringOf);
    return parts.every((part) => part !== undefined) ? parts.join("") : undefined;
  }
  if (node.type !== "string") return undefined;
  const start = node.children[0]?.text ?? "";
  const prefix = start.replace(/['"]+$/, "").toLowerCase();
  if (prefix.includes("b") || node.children.some((child) => child.type === "interpolation")) return undefined;
  const end = node.children.at(-1)?.text.length ?? 0;
  const body = node.text.slice(start.length, node.text.length - end);
  const text = prefix.includes("f") ? body.replaceAll("{{", "{").replaceAll("}}", "}") : body;
  return prefix.includes("r") ? text : unescape(text);
}

function unescape(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([^]))/g,
    (whole, hex?: string, short?: string, long?: string, octal?: string, character?: string) => {
      const code = hex ?? short ?? long;
      if (code !== undefined) return String.fromCodePoint(Math.min(parseInt(code, 16), 0x10ffff));
      if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
      return character === undefined ? whole : (escapes[character] ?? whole);
    },
  );
}

/** The parts of a string that can be read as they stand, for one whose values are not known. */
export function visibleText(node: SyntaxNode): string {
  if (node.type === "string_content") return node.text;
  return namedChildren(node).map(visibleText).join(" ");
}

/** A plain literal, `-1` included; undefined for anything else. */
export function literalOf(node: SyntaxNode): Literal | undefined {
  const { text } = node;
  switch (node.type) {
    case "true":
    case "false":
      return { type: "bool", value: node.type === "true", text };
    case "none":
      return { type: "none", text };
    case "string":
    case "concatenated_string": {
      const value = stringOf(node);
      return value === undefined ? undefined : { type: "str", value, text };
    }
    case "integer":
    case "float": {
      const value = numberOf(text);
      return value === undefined
        ? undefined
        : { type: node.type === "integer" ? "int" : "float", value, text };
    }
    case "unary_operator": {
      const [argument] = namedChildren(node);
      const inner = argument === undefined ? undefined : literalOf(argument);
      const sign = node.children[0]?.text;
      if ((inner?.type !== "int" && inner?.type !== "float") || (sign !== "-" && sign !== "+"))
        return undefined;
      return { type: inner.type, value: sign === "-" ? -inner.value : inner.value, text };
    }
    case "parenthesized_expression": {
      const [inner] = namedChildren(node);
      return inner === undefined ? undefined : literalOf(inner);
    }
    default:
      return undefined;
  }
}

function numberOf(text: string): number | undefined {
  const value = Number(text.replaceAll("_", ""));
  return Number.isNaN(value) ? undefined : value;
}
