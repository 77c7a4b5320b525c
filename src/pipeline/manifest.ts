/**
 * The manifest, `pipeline.yaml` (cellsmith/v1): what people edit. Version 1 only ever grows by optional keys. Keys that
 * start with `x-` are anybody's and are passed over; every other unknown key is an error.
 */
import * as z from "zod";
import { checkReferences } from "./checkReferences.ts";
import { readPlainYaml, type ManifestProblem } from "./plainYaml.ts";

export type { ManifestProblem } from "./plainYaml.ts";

/** Formats in which a value travels between steps as a file; `png` is for people, no step reads it back. */
export const valueFormats = [
  "parquet",
  "npy",
  "npz",
  "json",
  "skops",
  "joblib",
  "pickle",
  "cloudpickle",
  "png",
] as const;

export type ValueFormat = (typeof valueFormats)[number];

const identifier = z.string().regex(/^[\p{L}_][\p{L}\p{N}_]*$/u, "must be a Python name");
const reference = z
  .string()
  .regex(
    /^(\$[\p{L}_][\p{L}\p{N}_]*|[\p{L}_][\p{L}\p{N}_]*\.[\p{L}_][\p{L}\p{N}_]*)$/u,
    "must be step.output or $parameter",
  );
const outputReference = z
  .string()
  .regex(/^[\p{L}_][\p{L}\p{N}_]*\.[\p{L}_][\p{L}\p{N}_]*$/u, "must be step.output");
const relativePath = z
  .string()
  .min(1)
  .regex(/^[^\\]*$/, "must be written with forward slashes");

const parameterSchema = z.strictObject({
  type: z.enum(["int", "float", "bool", "str", "path"]),
  access: z.enum(["read", "write"]).optional().describe("Whether the file is read or written; for type path"),
  default: z.union([z.number(), z.boolean(), z.string()]),
  description: z.string().optional(),
});

const outputSchema = z.strictObject({
  type: z
    .string()
    .min(1)
    .optional()
    .describe("The Python type, where it is certain: pandas.DataFrame, float"),
  format: z.enum(valueFormats).describe("How the value is written when steps run in processes of their own"),
});

const stepSchema = z.strictObject({
  component: z
    .string()
    .regex(/^[^\\:]+\.py:[\p{L}_][\p{L}\p{N}_]*$/u, "must be file.py:function")
    .describe("File and function, such as components/train.py:train"),
  inputs: z.record(identifier, reference).optional().describe("Argument to $parameter or step.output"),
  outputs: z.record(identifier, outputSchema).optional().describe("What the function returns, in order"),
  resources: z
    .strictObject({
      cpu: z.number().positive().optional(),
      gpu: z.number().positive().optional(),
      memory: z.string().optional(),
    })
    .optional(),
  retries: z.int().min(0).optional(),
  follows: z.enum(["notebook", "nothing"]).optional().describe("nothing: the step is on its own"),
});

const gateSchema = z.strictObject({
  metric: identifier,
  min: z.number().optional(),
  max: z.number().optional(),
  noWorseThan: z.strictObject({ model: z.string().min(1), by: z.number().min(0).optional() }).optional(),
});

export const manifestSchema = z.strictObject({
  apiVersion: z.literal("cellsmith/v1"),
  name: z.string().min(1),
  notebook: relativePath.optional().describe("The notebook it was taken from, relative to this file"),
  workdir: relativePath.optional().describe("Where relative paths in the code start, relative to this file"),
  parameters: z.record(identifier, parameterSchema).optional(),
  steps: z.record(identifier, stepSchema),
  bundles: z
    .array(z.array(outputReference).min(2))
    .optional()
    .describe("Values that share objects and travel together in one file"),
  order: z
    .array(z.tuple([identifier, identifier]))
    .optional()
    .describe("[earlier, later], without a value"),
  metrics: z
    .record(
      identifier,
      z.strictObject({ from: outputReference, goal: z.enum(["maximize", "minimize"]).optional() }),
    )
    .optional(),
  gates: z.array(gateSchema).optional(),
  expectations: relativePath.optional(),
  environment: z
    .strictObject({
      python: z.string().optional(),
      requirements: relativePath.optional(),
      image: z.string().optional(),
    })
    .optional(),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestParameter = z.infer<typeof parameterSchema>;
export type ManifestStep = z.infer<typeof stepSchema>;

export type ManifestResult =
  { readonly manifest: Manifest } | { readonly problems: readonly [ManifestProblem, ...ManifestProblem[]] };

/** Reads the text of a `pipeline.yaml`. Never throws; every problem has the line and column (from 1) it stands at. */
export function parseManifest(text: string): ManifestResult {
  const yaml = readPlainYaml(text);
  if (yaml.problems.length > 0) return failed(yaml.problems);
  const parsed = manifestSchema.safeParse(yaml.value);
  if (!parsed.success) return failed(parsed.error.issues.flatMap((issue) => describeIssue(issue, yaml.at)));
  const problems = checkReferences(parsed.data, yaml.at);
  return problems.length > 0 ? failed(problems) : { manifest: parsed.data };
}

function failed(problems: readonly ManifestProblem[]): ManifestResult {
  const [first, ...rest] = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  return { problems: [first ?? { line: 1, column: 1, message: "this is not a pipeline" }, ...rest] };
}

type At = (path: readonly PropertyKey[], part?: "key" | "value") => { line: number; column: number };

function describeIssue(issue: z.core.$ZodIssue, at: At): ManifestProblem[] {
  const where = issue.path.map(String).join(".") || "the pipeline";
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      ...at([...issue.path, key], "key"),
      message: `${where} has no key ${key}; a key of your own starts with x-`,
    }));
  }
  if (issue.code === "invalid_key") {
    const reason = issue.issues[0]?.message ?? "is not a valid name";
    return [{ ...at(issue.path, "key"), message: `${where} ${reason}` }];
  }
  const missing = issue.code === "invalid_type" && issue.message.includes("received undefined");
  const message = missing ? `${where} is missing` : `${where}: ${lowerFirst(issue.message)}`;
  return [{ ...at(missing ? issue.path.slice(0, -1) : issue.path), message }];
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

/** The JSON Schema of the manifest, generated from the zod schema; `media/schema/pipeline.schema.json` holds its text. */
export function manifestJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(manifestSchema, {
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) jsonSchema.patternProperties = { "^x-": {} };
    },
  });
  return { ...schema, title: "Cellsmith pipeline", description: "pipeline.yaml, version cellsmith/v1" };
}
