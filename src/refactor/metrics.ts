/** Scores that a step computes: numbers with a name, and whether higher or lower is better where that is known. */
import { fieldOf } from "../analysis/parser.ts";
import { assignedValue, type Source, type SourceStatement } from "./source.ts";
import { metricGoals, scalarMetric } from "./tables.ts";

export interface FoundMetric {
  readonly name: string;
  readonly goal: "maximize" | "minimize" | undefined;
}

const scalarTypes: readonly string[] = ["float", "int", "numpy.float64", "numpy.float32", "numpy.int64"];

/** The scores among the names that a step's statements bind, in order. */
export function findMetrics(source: Source, statements: readonly SourceStatement[]): readonly FoundMetric[] {
  const found = new Map<string, FoundMetric>();
  for (const statement of statements) {
    for (const { name } of statement.fact.binds) found.delete(name);
    const assigned = assignedValue(statement.node);
    if (assigned !== undefined && isScore(source, statement, assigned.name)) {
      found.set(assigned.name, { name: assigned.name, goal: goalOf(assigned.name, statement) });
    }
  }
  return [...found.values()];
}

function isScore(source: Source, statement: SourceStatement, name: string): boolean {
  const value = assignedValue(statement.node)?.value;
  if (value === undefined || name.startsWith("_")) return false;
  const metricCalls = statement.fact.calls.filter(({ target }) => scalarMetric.test(target));
  const many = metricCalls.some((call) =>
    call.arguments.some(
      ({ keyword, text }) =>
        (keyword === "average" || keyword === "multioutput") && /None|raw_values/.test(text),
    ),
  );
  if (many) return false;
  const type = source.facts.typeOf(name, statement.cell);
  if (type !== undefined) {
    if (!scalarTypes.includes(type)) return false;
    if (metricCalls.length > 0) return true;
    const known = metricGoals.some((entry) => entry.name.test(name));
    return known && statement.fact.calls.length > 0;
  }
  const callee = value.type === "call" ? (fieldOf(value, "function")?.text ?? "") : "";
  if (metricCalls.some(({ range }) => range.start === value.start && range.end === value.end)) return true;
  return (
    (metricCalls.length > 0 && /^(round|float|np\.sqrt|numpy\.sqrt|math\.sqrt|sqrt)$/.test(callee)) ||
    callee.endsWith(".score")
  );
}

function goalOf(name: string, statement: SourceStatement): FoundMetric["goal"] {
  const calls = statement.fact.calls.map(({ target }) => target.split(".").at(-1) ?? "");
  const known = [name, ...calls].flatMap((text) => metricGoals.filter((entry) => entry.name.test(text)));
  return known[0]?.goal;
}
