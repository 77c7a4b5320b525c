/** Python types as annotations, with the import each needs. A type that is not certain gets no annotation. */
import type { ImportLine } from "./importLines.ts";

export interface Annotation {
  readonly text: string;
  readonly imports: readonly ImportLine[];
}

const plainTypes = new Set([
  "int",
  "float",
  "bool",
  "str",
  "bytes",
  "list",
  "dict",
  "set",
  "tuple",
  "frozenset",
  "complex",
  "range",
]);

/**
 * @param type canonical type such as `pandas.DataFrame`.
 * @param known imports that the notebook makes, so that `pd.DataFrame` is written as its author would.
 * @param taken names that mean something else in the module.
 */
export function annotationFor(
  type: string | undefined,
  known: readonly ImportLine[],
  taken: ReadonlySet<string>,
): Annotation | undefined {
  if (type === undefined) return undefined;
  if (plainTypes.has(type)) return taken.has(type) ? undefined : { text: type, imports: [] };
  const [, module, name] = /^([\w.]+)\.(\w+)$/.exec(type) ?? [];
  if (
    module === undefined ||
    name === undefined ||
    /^(builtins|__main__)\b/.test(module) ||
    name.startsWith("_")
  ) {
    return undefined;
  }
  const direct = known.find((line) => line.kind === "from" && line.module === module && line.name === name);
  if (direct !== undefined)
    return taken.has(direct.binds) ? undefined : { text: direct.binds, imports: [direct] };
  const whole = known.find((line) => line.kind === "plain" && line.module === module);
  const habit = habits[module];
  const plain: ImportLine | undefined =
    whole ?? (habit === undefined ? undefined : { kind: "plain", module, alias: habit, binds: habit });
  if (plain?.kind === "plain" && !taken.has(plain.binds)) {
    return { text: `${plain.alias ?? module}.${name}`, imports: [plain] };
  }
  if (taken.has(name)) return undefined;
  return { text: name, imports: [{ kind: "from", module, name, alias: undefined, binds: name }] };
}

/** Modules that everybody imports under one short name. */
const habits: Readonly<Record<string, string>> = { pandas: "pd", numpy: "np", polars: "pl" };
