/** What a selection takes and gives, and what moves to the top of its file. */
import { importsOf, type ImportLine } from "../importLines.ts";
import { namesIn, type SourceStatement } from "../source.ts";
import { builtinNames } from "../tables.ts";
import type { CutOut } from "./cutOut.ts";
import { deferredNames } from "./deferred.ts";

export interface Names {
  /** Arguments by position, in the order in which the text names them. */
  readonly data: readonly string[];
  /** Arguments by keyword: names bound once, to a literal. */
  readonly settings: readonly { readonly name: string; readonly type: string }[];
  readonly outputs: readonly string[];
  /** Every name that the selection binds. */
  readonly bound: ReadonlySet<string>;
  /** Names that the selection's text may look up. */
  readonly text: ReadonlySet<string>;
  readonly imports: readonly ImportLine[];
  /** Import statements of the selection that move to the top of the file. */
  readonly hoisted: readonly SourceStatement[];
  /** Those among them that other cells need as well. */
  readonly keptImports: readonly SourceStatement[];
  /** Functions that need nothing but imports and each other: they move to the top of the file. */
  readonly definitions: readonly SourceStatement[];
}

export function resolveNames(cut: CutOut): Names {
  const { source, first, last } = cut;
  const selected = source.statements.filter(({ cell }) => cell >= first && cell <= last);
  const others = source.statements.filter(({ cell }) => cell < first || cell > last);
  const earlier = others.filter(({ cell }) => cell < first);
  const later = others.filter(({ cell }) => cell > last);
  const flow = flowOf(cut);
  const hoisted = leadingImports(selected);
  const boundByImports = importsKnown(source.statements);
  const hoistedNames = new Set(hoisted.flatMap(({ node }) => importsOf(node).map(({ binds }) => binds)));
  const definitions = movable(selected, new Set([...boundByImports.keys(), ...hoistedNames]));
  const bound = new Set(
    selected
      .filter((statement) => !hoisted.includes(statement) && !definitions.includes(statement))
      .flatMap(({ fact }) => fact.binds.map(({ name }) => name)),
  );
  const reads = selected.flatMap(({ fact }) => fact.reads);
  const text = new Set(selected.flatMap(({ node }) => [...namesIn(node, new Set(reads))]));
  const boundBefore = new Set(earlier.flatMap(({ fact }) => fact.binds.map(({ name }) => name)));
  const deferred = new Set(selected.flatMap(({ node }) => [...deferredNames(node)]));
  const looked = [...text].filter(
    (name) =>
      flow.inputs.includes(name) || reads.includes(name) || (deferred.has(name) && boundBefore.has(name)),
  );
  const ofModule = new Set([
    ...hoistedNames,
    ...definitions.flatMap(({ fact }) => fact.binds.map(({ name }) => name)),
  ]);
  const imported = looked.filter((name) => boundByImports.has(name) && !bound.has(name));
  const given = looked.filter(
    (name) =>
      boundBefore.has(name) &&
      !imported.includes(name) &&
      !ofModule.has(name) &&
      (flow.inputs.includes(name) || !bound.has(name)),
  );
  const settings = given.flatMap((name) => {
    const binders = source.statements.filter(({ fact }) =>
      fact.binds.some((binding) => binding.name === name),
    );
    const literal = binders.length === 1 ? binders[0]?.fact.constant?.literal : undefined;
    return literal === undefined || literal.type === "none" || bound.has(name)
      ? []
      : [{ name, type: literal.type }];
  });
  const outputs = [...bound].filter((name) => flow.outputs.includes(name));
  const laterNames = new Set(later.flatMap(({ node, fact }) => [...namesIn(node, new Set(fact.reads))]));
  const own = importsOfStatements(hoisted);
  const lines = [
    ...own,
    ...imported.flatMap((name) => (hoistedNames.has(name) ? [] : (boundByImports.get(name) ?? []))),
    ...source.statements
      .flatMap(({ node }) => importsOf(node))
      .filter(({ module }) => module === "__future__"),
  ];
  return {
    data: given.filter((name) => !settings.some((setting) => setting.name === name)),
    settings,
    outputs,
    bound,
    text,
    imports: lines.filter(({ binds }) => text.has(binds) || binds === "annotations"),
    hoisted,
    keptImports: hoisted.filter(({ node }) =>
      importsOf(node).some(
        ({ binds }) => laterNames.has(binds) || others.some((one) => deferredNames(one.node).has(binds)),
      ),
    ),
    definitions,
  };
}

function flowOf({ source, first, last }: CutOut): { inputs: readonly string[]; outputs: readonly string[] } {
  const all = source.cells.map(({ index }) => index);
  const groups = [all.slice(0, first), all.slice(first, last + 1), all.slice(last + 1)].filter(
    (group) => group.length > 0,
  );
  return source.facts.flowsOf(groups)[first > 0 ? 1 : 0] ?? { inputs: [], outputs: [] };
}

/** Imports above the first other statement of the selection. */
function leadingImports(selected: readonly SourceStatement[]): readonly SourceStatement[] {
  const end = selected.findIndex(({ fact }) => fact.kind !== "import");
  return end < 0 ? selected : selected.slice(0, end);
}

/** Names that nothing but one and the same import binds, wherever in the notebook. */
function importsKnown(statements: readonly SourceStatement[]): ReadonlyMap<string, readonly ImportLine[]> {
  const lines = new Map<string, ImportLine[]>();
  const mixed = new Set<string>();
  for (const { fact, node } of statements) {
    const imports = fact.kind === "import" ? importsOf(node) : [];
    for (const line of imports) {
      const known = lines.get(line.binds) ?? [];
      const same = known.every((other) => textOf(other) === textOf(line) || isPackageOf(other, line));
      if (!same) mixed.add(line.binds);
      if (!known.some((other) => textOf(other) === textOf(line))) known.push(line);
      lines.set(line.binds, known);
    }
    if (fact.kind !== "import") for (const { name } of fact.binds) mixed.add(name);
  }
  return new Map([...lines].filter(([name]) => !mixed.has(name)));
}

/** `import os` and `import os.path` bind one name to one thing. */
function isPackageOf(a: ImportLine, b: ImportLine): boolean {
  return a.kind === "plain" && b.kind === "plain" && a.alias === undefined && b.alias === undefined;
}

function textOf(line: ImportLine): string {
  return line.kind === "plain"
    ? `${line.module} ${line.alias ?? ""}`
    : `${line.module} ${line.name} ${line.alias ?? ""}`;
}

function importsOfStatements(statements: readonly SourceStatement[]): readonly ImportLine[] {
  return statements.flatMap(({ node }) => importsOf(node));
}

/** Plain functions that read nothing but builtins, modules and one another. */
function movable(
  selected: readonly SourceStatement[],
  modules: ReadonlySet<string>,
): readonly SourceStatement[] {
  const bindings = selected.flatMap(({ fact }) => fact.binds.map(({ name }) => name));
  let found = selected.filter(
    ({ fact, definition, node }) =>
      fact.kind === "function" &&
      node.type === "function_definition" &&
      definition?.kind === "function" &&
      definition.rebinds.length === 0 &&
      bindings.filter((name) => name === definition.name).length === 1,
  );
  for (;;) {
    const names = new Set(found.map(({ definition }) => definition?.name ?? ""));
    const next = found.filter(({ definition }) =>
      [
        ...(definition?.readsAtDefinition ?? []),
        ...(definition?.readsWhenCalled ?? []),
        ...(definition?.mutates ?? []),
      ].every(
        (name) =>
          (modules.has(name) || names.has(name) || builtinNames.has(name)) &&
          (!bindings.includes(name) || names.has(name) || modules.has(name)),
      ),
    );
    if (next.length === found.length) return next;
    found = next;
  }
}
