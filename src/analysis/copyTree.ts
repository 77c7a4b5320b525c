/**
 * Copies a tree out of WebAssembly memory, where each question costs a call. Only what cannot be derived is asked for:
 * a node starts where its first child starts and ends where its last child ends, a sign is as long as it is spelled,
 * and what follows another thing without a blank starts where that ends. Rows, columns and texts are found on demand.
 */
import type { Language, Tree, TreeCursor } from "web-tree-sitter";
import type { SyntaxNode } from "./parser.ts";

/** Hidden text lies between and around their children. */
const ragged = new Set(["module", "string_content", "format_specifier", "interpolation", "ERROR"]);

class Text {
  readonly source: string;
  private starts: readonly number[] | undefined;
  private near = 0;

  constructor(source: string) {
    this.source = source;
  }

  rowOf(offset: number): number {
    const starts = this.lineStarts();
    let low = (starts[this.near] ?? 0) <= offset ? this.near : 0;
    if ((starts[low + 1] ?? Infinity) > offset) return low;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    this.near = low;
    return low;
  }

  columnOf(offset: number): number {
    return offset - (this.lineStarts()[this.rowOf(offset)] ?? 0);
  }

  private lineStarts(): readonly number[] {
    if (this.starts !== undefined) return this.starts;
    const starts = [0];
    for (let at = this.source.indexOf("\n"); at >= 0; at = this.source.indexOf("\n", at + 1))
      starts.push(at + 1);
    this.starts = starts;
    return starts;
  }
}

class CopiedNode implements SyntaxNode {
  readonly type: string;
  readonly named: boolean;
  readonly field: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly index: number;
  readonly children: readonly SyntaxNode[];
  private readonly file: Text;
  private kept: readonly SyntaxNode[] | undefined;

  constructor(
    file: Text,
    kind: { readonly type: string; readonly named: boolean; readonly field: string | undefined },
    place: { readonly start: number; readonly end: number; readonly index: number },
    children: readonly SyntaxNode[],
  ) {
    this.type = kind.type;
    this.named = kind.named;
    this.field = kind.field;
    this.start = place.start;
    this.end = place.end;
    this.index = place.index;
    this.children = children;
    this.file = file;
    this.kept = undefined;
  }

  get text(): string {
    return this.file.source.slice(this.start, this.end);
  }

  get row(): number {
    return this.file.rowOf(this.start);
  }

  get column(): number {
    return this.file.columnOf(this.start);
  }

  get parts(): readonly SyntaxNode[] {
    this.kept ??= this.children.every(counts) ? this.children : this.children.filter(counts);
    return this.kept;
  }
}

function counts(node: SyntaxNode): boolean {
  return node.named && node.type !== "comment" && node.type !== "line_continuation";
}

const noChildren: readonly SyntaxNode[] = [];

/** Which types have names, asked once for each. */
const namedTypes = new WeakMap<Language, (boolean | undefined)[]>();

/**
 * Copies a whole tree.
 * @param missing is told of what the parser put in because Python needs it there.
 */
export function copyTree(tree: Tree, source: string, missing: (node: SyntaxNode) => void): SyntaxNode {
  const { language } = tree;
  const named = namedTypes.get(language) ?? [];
  namedTypes.set(language, named);
  const file = new Text(source);
  const cursor: TreeCursor = tree.walk();
  let count = 0;
  const copy = (hint: number, exact: boolean): SyntaxNode => {
    const index = count;
    count += 1;
    const symbol = cursor.nodeTypeId;
    const type = language.types[symbol] ?? "ERROR";
    const isNamed = (named[symbol] ??= type === "ERROR" || language.nodeTypeIsNamed(symbol));
    const fieldId = cursor.currentFieldId;
    const field = fieldId === 0 ? undefined : (language.fields[fieldId] ?? undefined);
    const loose = ragged.has(type);
    const start = exact && !loose && hint >= 0 ? hint : cursor.startIndex;
    let children = noChildren;
    if (cursor.gotoFirstChild()) {
      const list: SyntaxNode[] = [];
      let from = loose || isBlank(source.charCodeAt(start)) ? -1 : start;
      do {
        const child = copy(from, !loose);
        list.push(child);
        from = loose || isBlank(source.charCodeAt(child.end)) || child.end === child.start ? -1 : child.end;
      } while (cursor.gotoNextSibling());
      cursor.gotoParent();
      children = list;
    }
    const last = children.at(-1);
    const end =
      last !== undefined && !loose
        ? last.end
        : !isNamed && source.startsWith(type, start) && !type.startsWith("_")
          ? start + type.length
          : cursor.endIndex;
    const node = new CopiedNode(file, { type, named: isNamed, field }, { start, end, index }, children);
    if (start === end && children.length === 0 && cursor.nodeIsMissing) missing(node);
    return node;
  };
  const root = copy(-1, false);
  cursor.delete();
  return root;
}

function isBlank(code: number): boolean {
  // Blanks, line ends, the backslash of a continued line, and the end of the text.
  return code === 32 || (code >= 9 && code <= 13) || code === 92 || code > 127 || Number.isNaN(code);
}
