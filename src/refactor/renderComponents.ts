/** Writes `components/`: one module a step around the cells' own text, and `shared.py` for what two steps use. */
import { fieldOf, namedChildren } from "../analysis/parser.ts";
import { annotationFor, type Annotation } from "./annotations.ts";
import { applyEdits, indent, removal, tidy, withComments, wrapLongCalls, type Edit } from "./cellText.ts";
import { docstringOf } from "./docstring.ts";
import { importsOf, renderImports, type ImportLine } from "./importLines.ts";
import type { PlannedFile, PlannedStep } from "./model.ts";
import { importsFor, namesOf, reachable } from "./moduleNeeds.ts";
import { pyplotName } from "./draftSteps.ts";
import type { Draft, DraftStep } from "./plan.ts";
import { boundNames } from "./roles.ts";
import { calleeOf, walk, type SourceStatement } from "./source.ts";
import { inertPackages, standardLibrary } from "./tables.ts";

const lineLimit = 100;

/** All files of the folder `components`. */
export function renderComponents(draft: Draft): readonly PlannedFile[] {
  const shared = sharedStatements(draft);
  const files = draft.steps.map((step): PlannedFile => ({
    path: `components/${step.step.name}.py`,
    text: renderComponent(draft, step, shared),
  }));
  const common = renderShared(draft, shared);
  return [
    { path: "components/__init__.py", text: "" },
    ...files,
    ...(common === undefined ? [] : [{ path: "components/shared.py", text: common }]),
  ];
}

/** Constants and definitions that two steps use, and what those need: one home, so that a pickled class has one too. */
export function sharedStatements(draft: Draft): ReadonlySet<SourceStatement> {
  const users = new Map<SourceStatement, number>();
  for (const { needs } of draft.steps) {
    for (const statement of [...needs.constants, ...needs.definitions]) {
      users.set(statement, (users.get(statement) ?? 0) + 1);
    }
  }
  const several = [...users].filter(([, count]) => count > 1).map(([statement]) => statement);
  const needed = reachable(draft.roles, new Set(several.flatMap((statement) => [...namesOf(statement)])));
  const movable = [...needed].filter((statement) =>
    ["constant", "definition"].includes(draft.roles.of(statement)),
  );
  return new Set([...several, ...movable]);
}

function renderShared(draft: Draft, shared: ReadonlySet<SourceStatement>): string | undefined {
  if (shared.size === 0) return undefined;
  const own = draft.source.statements.filter((statement) => shared.has(statement));
  const names = new Set(own.flatMap((statement) => [...namesOf(statement)]));
  const blocks = [...reachable(draft.roles, names)].filter(
    (statement) => draft.roles.of(statement) === "import-block",
  );
  const file = draft.plan.notebook.split(/[\\/]/).at(-1) ?? "";
  const head = `"""What several steps use. From ${file}."""`;
  const text = moduleText({
    imports: importsFor(draft.source, draft.roles, names),
    blocks,
    constants: own.filter((statement) => draft.roles.of(statement) === "constant"),
    definitions: own.filter((statement) => draft.roles.of(statement) === "definition"),
    draft,
    tail: "",
  });
  return `${head}${/^(def|class|@|async|#)/.test(text) ? "\n\n\n" : "\n\n"}${text}`;
}

function renderComponent(draft: Draft, current: DraftStep, shared: ReadonlySet<SourceStatement>): string {
  const { step, needs, figures } = current;
  const known = draft.source.statements.flatMap(({ node }) => importsOf(node));
  const own = (statements: readonly SourceStatement[]): SourceStatement[] =>
    statements.filter((entry) => !shared.has(entry));
  const constants = own(needs.constants);
  const definitions = own(needs.definitions);
  const fromShared = [...needs.constants, ...needs.definitions].filter((statement) => shared.has(statement));
  // What only a shared definition needs is imported there.
  const text = new Set([
    ...needs.text,
    ...[...constants, ...definitions, ...needs.blocks].flatMap((entry) => [...namesOf(entry)]),
  ]);
  const sharedNames = fromShared.flatMap(boundNames).filter((name) => text.has(name));
  const taken = takenNames(draft, current);
  const { signature, imports: typeImports } = renderSignature(draft, step, known, taken);
  const pyplot = pyplotName(draft.source);
  const imports: ImportLine[] = [
    ...importsFor(draft.source, draft.roles, text),
    ...typeImports,
    ...(figures.needsPyplot ? [pyplotImport(known, pyplot)] : []),
    ...sharedNames.map((name): ImportLine => ({
      kind: "from",
      module: ".shared",
      name,
      alias: undefined,
      binds: name,
    })),
  ];
  const doc = docstringOf(draft, current);
  const docLines = doc.includes("\n") ? `"""${doc}\n"""` : `"""${doc}"""`;
  const body = [
    renderImports(needs.sunkImports),
    unboundInputs(draft, step)
      .map((name) => `if ${name} is ...:\n    del ${name}  # it has no value yet`)
      .join("\n"),
    needs.declared.map((name) => `${name} = None`).join("\n"),
    ...needs.sunk.map((statement) => localDefinition(draft, statement)),
    renderBody(draft, current),
  ].filter((part) => part !== "");
  const returned = returnLine(step);
  const parts = [indentDoc(docLines), ...body.map((part) => indent(part))];
  const joined = parts.slice(1).join("\n\n");
  const tail = `${signature}\n${parts[0] ?? ""}${joined === "" ? "" : `\n${joined}`}${returned === "" ? "" : `\n${indent(returned)}`}\n`;
  const blocks = needs.blocks.filter((statement) => boundNames(statement).some((name) => text.has(name)));
  return moduleText({ imports, blocks, constants, definitions, draft, tail });
}

interface ModuleParts {
  readonly imports: readonly ImportLine[];
  readonly blocks: readonly SourceStatement[];
  readonly constants: readonly SourceStatement[];
  readonly definitions: readonly SourceStatement[];
  readonly draft: Draft;
  readonly tail: string;
}

function moduleText({ imports, blocks, constants, definitions, draft, tail }: ModuleParts): string {
  const text = (statement: SourceStatement): string =>
    withComments(draft.source.cells[statement.cell]?.python.python ?? "", statement.node);
  const options = draft.source.statements.filter(
    (statement) => draft.kept.has(statement.cell) && draft.roles.of(statement) === "option",
  );
  const namesFor = (statements: readonly SourceStatement[]): readonly ImportLine[] =>
    importsFor(
      draft.source,
      draft.roles,
      new Set(statements.flatMap((statement) => [...namesOf(statement)])),
    );
  // Where modules are looked for must be said before any is.
  const paths = options.filter(({ node }) => node.text.startsWith("sys.path"));
  const others = options.filter((statement) => !paths.includes(statement));
  const early = paths.length === 0 ? [] : namesFor(paths).filter(({ module }) => module !== "__future__");
  const future = imports.filter(({ module }) => module === "__future__");
  const late = [...imports, ...namesFor(others)].filter(
    (line) => !early.includes(line) && !future.includes(line),
  );
  const head = [
    renderImports([...future, ...early]),
    paths.map(text).join("\n"),
    renderImports([...new Set([...late, ...sideEffectImports(draft, [...early, ...late])])]),
    others.map(text).join("\n"),
    ...blocks.map(text),
    constants.map(text).join("\n"),
  ].filter((part) => part !== "");
  const below = [...definitions.map(text), tail.trimEnd()].filter((part) => part !== "");
  return `${[head.join("\n\n"), ...below].filter((part) => part !== "").join("\n\n\n")}\n`;
}

/**
 * Modules that the notebook imports and never mentions: importing them may do something (register an accessor, set a
 * style), so every module does, unless it imports them anyway.
 */
function sideEffectImports(draft: Draft, own: readonly ImportLine[]): readonly ImportLine[] {
  const statements = draft.source.statements.filter((statement) => draft.kept.has(statement.cell));
  const read = new Set(
    statements
      .filter((statement) => draft.roles.of(statement) !== "import")
      .flatMap((statement) => [...namesOf(statement)]),
  );
  const modules = statements
    .filter((statement) => draft.roles.of(statement) === "import")
    .flatMap(({ node }) => importsOf(node))
    .filter((line) => !read.has(line.binds) && line.binds !== "*" && !line.module.endsWith(".experimental"))
    .map(({ module }) => module)
    .filter((module) => {
      const [top = ""] = module.split(".");
      const inert = standardLibrary.has(top) || inertPackages.has(top) || /^(seaborn|__future__|)$/.test(top);
      return !inert && !own.some((line) => line.module === module || line.module.startsWith(`${module}.`));
    });
  return [...new Set(modules)]
    .filter((module, _, all) => !all.some((other) => other.startsWith(`${module}.`)))
    .map((module): ImportLine => ({ kind: "plain", module, alias: undefined, binds: module, unread: true }));
}

function pyplotImport(known: readonly ImportLine[], pyplot: string): ImportLine {
  return (
    known.find((line) => line.binds === pyplot) ?? {
      kind: "plain",
      module: "matplotlib.pyplot",
      alias: "plt",
      binds: "plt",
    }
  );
}

/** Names that mean something of their own in a step's module, so that no type may have them. */
function takenNames(draft: Draft, { step, needs }: DraftStep): ReadonlySet<string> {
  const bound = draft.source.statements
    .filter(({ cell }) => step.cells.includes(cell))
    .flatMap(({ fact }) => fact.binds);
  return new Set([
    ...bound.filter(({ kind }) => kind !== "import").map(({ name }) => name),
    ...step.inputs.map(({ name }) => name),
    ...step.settings,
    ...[...needs.constants, ...needs.definitions].flatMap(boundNames),
    step.name,
  ]);
}

const settingTypes: Readonly<Record<string, string>> = { path: "str" };

function renderSignature(
  draft: Draft,
  step: PlannedStep,
  known: readonly ImportLine[],
  taken: ReadonlySet<string>,
): { readonly signature: string; readonly imports: readonly ImportLine[] } {
  const imports: ImportLine[] = [];
  const use = (annotation: Annotation | undefined): string | undefined => {
    imports.push(...(annotation?.imports ?? []));
    return annotation?.text;
  };
  const annotate = (name: string, type: string | undefined): string =>
    type === undefined ? name : `${name}: ${type}`;
  const typeOfInput = (from: string): string | undefined => {
    const [producer = "", output = ""] = from.split(".");
    const found = draft.plan.steps
      .find(({ name }) => name === producer)
      ?.outputs.find(({ name }) => name === output);
    return found?.type;
  };
  const data = step.inputs.map(({ name, from }) =>
    annotate(name, use(annotationFor(typeOfInput(from), known, taken))),
  );
  const settings = step.settings.map((name) => {
    const setting = draft.plan.settings.find((entry) => entry.name === name);
    const type = setting === undefined ? undefined : (settingTypes[setting.type] ?? setting.type);
    return annotate(name, use(annotationFor(type, known, taken)));
  });
  const returned = step.outputs.map(({ type }) => annotationFor(type, known, taken));
  const whole = returned.every((annotation) => annotation !== undefined) ? returned : [];
  const types = whole.map((annotation) => use(annotation) ?? "");
  const result =
    step.outputs.length === 0
      ? " -> None"
      : types.length === 0
        ? ""
        : ` -> ${types.length === 1 ? (types[0] ?? "") : `tuple[${types.join(", ")}]`}`;
  const all = [...data, ...(settings.length > 0 ? ["*", ...settings] : [])];
  const line = `def ${step.name}(${all.join(", ")})${result}:`;
  const signature =
    line.length <= lineLimit
      ? line
      : `def ${step.name}(\n${all.map((entry) => `    ${entry},`).join("\n")}\n)${result}:`;
  return { signature, imports };
}

/** Inputs that may come without a value. */
function unboundInputs(draft: Draft, step: PlannedStep): readonly string[] {
  return step.inputs
    .filter(({ from }) =>
      draft.plan.steps.some((producer) =>
        producer.outputs.some(({ name, unbound }) => unbound === true && from === `${producer.name}.${name}`),
      ),
    )
    .map(({ name }) => name);
}

function returnLine(step: PlannedStep): string {
  const names = step.outputs.map(({ name, unbound }) =>
    unbound === true ? `locals().get("${name}", ...)` : name,
  );
  if (names.length === 0) return "";
  const line = `return ${names.join(", ")}`;
  return line.length <= lineLimit - 4
    ? line
    : `return (\n${names.map((name) => `    ${name},`).join("\n")}\n)`;
}

function indentDoc(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${line}`))
    .join("\n");
}

/** The step's own lines: its cells in order, a blank line between two of them. */
function renderBody(draft: Draft, { step, figures, needs }: DraftStep): string {
  const parts = step.cells.map((index) => {
    const cell = draft.source.cells[index];
    if (cell === undefined) return "";
    const text = cell.python.python;
    const edits: Edit[] = figures.edits.filter((entry) => entry.cell === index).map(({ edit }) => edit);
    for (const statement of cell.statements) {
      const role = draft.roles.of(statement);
      if (role === "local-definition" && needs.inPlace.includes(statement))
        edits.push(...nonlocalEdits(statement));
      else if (role !== "keep")
        edits.push(removal(text, statement.fact.range, { keepComments: role === "show" }));
      else edits.push(...displayEdits(statement));
    }
    for (const setting of draft.plan.settings) {
      for (const place of setting.places) {
        if (place.cell === index) edits.push({ range: place.range, text: setting.name });
      }
    }
    const edited = tidy(applyEdits(text, edits));
    return wrapLongCalls(edited, lineLimit - 4, new Set(text.split("\n")));
  });
  const body = parts.filter((part) => part !== "").join("\n\n");
  return figures.collects && figures.output !== undefined ? `${figures.output.name} = []\n${body}` : body;
}

/** A function that goes into the step whose values it reads; `global` becomes `nonlocal` there. */
function localDefinition(draft: Draft, statement: SourceStatement): string {
  const text = draft.source.cells[statement.cell]?.python.python ?? "";
  const whole = withComments(text, statement.node);
  const start = text.indexOf(whole);
  const edits = nonlocalEdits(statement).map(({ range, text: word }) => ({
    range: { start: range.start - start, end: range.end - start },
    text: word,
  }));
  return applyEdits(whole, edits);
}

function nonlocalEdits({ node }: SourceStatement): Edit[] {
  return [...walk(node)]
    .filter(({ type }) => type === "global_statement")
    .map(({ start }) => ({ range: { start, end: start + "global".length }, text: "nonlocal" }));
}

/** `display(x)` shows x and gives nothing: what it is given stays where that may do something. */
function displayEdits({ node }: SourceStatement): Edit[] {
  return [...walk(node)]
    .filter((child) => calleeOf(child) === "display")
    .map((call) => {
      const list = fieldOf(call, "arguments");
      const given = (list === undefined ? [] : namedChildren(list)).filter(
        ({ type }) => type !== "comment" && type !== "keyword_argument",
      );
      const alone = [...walk(node)].some(
        (outer) => outer.type === "expression_statement" && namedChildren(outer)[0] === call,
      );
      const doing = given.filter((argument) => [...walk(argument)].some(({ type }) => type === "call"));
      const kept = alone ? doing.map(({ text }) => text) : given.map(({ text }) => text);
      const one = kept.length === 1 ? (kept[0] ?? "None") : `(${kept.join(", ")})`;
      return {
        range: { start: call.start, end: call.end },
        text: kept.length === 0 ? (alone ? "pass" : "None") : one,
      };
    });
}
