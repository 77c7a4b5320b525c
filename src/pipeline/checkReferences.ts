/** What a schema cannot say: every reference has something to refer to, defaults fit their types, and no step waits for itself. */
import { graphOf } from "./graph.ts";
import type { Manifest, ManifestParameter } from "./manifest.ts";
import type { ManifestProblem, PlainYaml } from "./plainYaml.ts";

const scalarTypes = ["int", "float", "bool", "numpy.float64", "numpy.int64"];

/** Every problem of a manifest whose shape is right, with where it stands. */
export function checkReferences(manifest: Manifest, at: PlainYaml["at"]): ManifestProblem[] {
  const problems: ManifestProblem[] = [];
  const complain = (path: readonly PropertyKey[], message: string, part?: "key"): void => {
    problems.push({ ...at(path, part), message });
  };
  const outputOf = (source: string): { type?: string | undefined; format: string } | undefined => {
    const [step = "", output = ""] = source.split(".");
    const outputs = Object.hasOwn(manifest.steps, step) ? manifest.steps[step]?.outputs : undefined;
    return outputs !== undefined && Object.hasOwn(outputs, output) ? outputs[output] : undefined;
  };
  const missing = (source: string): string => {
    const [step = "", output = ""] = source.split(".");
    return Object.hasOwn(manifest.steps, step)
      ? `the step ${step} gives no ${output}; it gives ${list(Object.keys(manifest.steps[step]?.outputs ?? {}))}`
      : `there is no step ${step}; there are ${list(Object.keys(manifest.steps))}`;
  };

  for (const [name, parameter] of Object.entries(manifest.parameters ?? {})) {
    const wrong = wrongDefault(parameter);
    if (wrong !== undefined) complain(["parameters", name, "default"], `${name}: ${wrong}`);
    if (parameter.access !== undefined && parameter.type !== "path") {
      complain(["parameters", name, "access"], `${name}: only a parameter of type path is read or written`);
    }
  }
  for (const [name, step] of Object.entries(manifest.steps)) {
    for (const [input, source] of Object.entries(step.inputs ?? {})) {
      const path = ["steps", name, "inputs", input];
      if (source.startsWith("$")) {
        if (!Object.hasOwn(manifest.parameters ?? {}, source.slice(1))) {
          complain(path, `there is no parameter ${source.slice(1)}`);
        }
      } else if (source.split(".")[0] === name) {
        complain(path, `${name} takes ${input} from itself`);
      } else if (outputOf(source) === undefined) {
        complain(path, missing(source));
      } else if (outputOf(source)?.format === "png") {
        complain(path, `${source} is a png, a result for people: no step can read it back`);
      }
    }
  }
  const { cycle } = graphOf(manifest);
  if (cycle !== undefined) {
    complain(["steps", cycle[0] ?? ""], `these steps wait for each other: ${cycle.join(" → ")}`, "key");
  }
  for (const [row, pair] of (manifest.order ?? []).entries()) {
    for (const [column, step] of pair.entries()) {
      if (!Object.hasOwn(manifest.steps, step)) complain(["order", row, column], missing(`${step}.`));
    }
  }
  for (const [row, bundle] of (manifest.bundles ?? []).entries()) {
    for (const [column, source] of bundle.entries()) {
      if (outputOf(source) === undefined) complain(["bundles", row, column], missing(source));
    }
  }
  for (const [name, metric] of Object.entries(manifest.metrics ?? {})) {
    const output = outputOf(metric.from);
    if (output === undefined) {
      complain(["metrics", name, "from"], missing(metric.from));
    } else if (output.type !== undefined && !scalarTypes.includes(output.type)) {
      complain(["metrics", name, "from"], `${metric.from} is a ${output.type}, a metric is a number`);
    }
  }
  for (const [row, gate] of (manifest.gates ?? []).entries()) {
    if (!Object.hasOwn(manifest.metrics ?? {}, gate.metric)) {
      complain(["gates", row, "metric"], `there is no metric ${gate.metric}`);
    }
    if (gate.min === undefined && gate.max === undefined && gate.noWorseThan === undefined) {
      complain(["gates", row], `the gate on ${gate.metric} needs min, max or noWorseThan`);
    }
  }
  return problems;
}

function wrongDefault({ type, default: value }: ManifestParameter): string | undefined {
  const fits =
    type === "int"
      ? typeof value === "number" && Number.isInteger(value)
      : type === "float"
        ? typeof value === "number"
        : type === "bool"
          ? typeof value === "boolean"
          : typeof value === "string";
  return fits ? undefined : `the default ${JSON.stringify(value)} is not of type ${type}`;
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "nothing" : names.join(", ");
}
