/**
 * Writes a manifest as the plain YAML that people and `run.py` read alike: short entries as one-line maps whose columns
 * line up, long ones as blocks, an empty line between sections and steps. The text depends on the manifest alone.
 */
import type { Manifest, ManifestStep } from "./manifest.ts";

const lineLength = 110;
type Scalar = string | number | boolean;
type Entries = readonly (readonly [string, Scalar | undefined])[];

/** @param comments remarks beside top-level keys, such as `workdir`. */
export function renderManifest(manifest: Manifest, comments: Readonly<Record<string, string>> = {}): string {
  const top = (key: string, value: Scalar | undefined): string[] => {
    if (value === undefined) return [];
    const remark = comments[key];
    const line = `${key}: ${renderScalar(value)}`;
    return [remark === undefined ? line : `${line.padEnd(31)} # ${remark}`];
  };
  const sections: string[][] = [
    [
      ...top("apiVersion", manifest.apiVersion),
      ...top("name", manifest.name),
      ...top("notebook", manifest.notebook),
      ...top("workdir", manifest.workdir),
    ],
    section(
      "parameters",
      alignedMaps(
        Object.entries(manifest.parameters ?? {}).map(([name, entry]) => [
          name,
          [
            ["type", entry.type],
            ["access", entry.access],
            ["default", entry.default],
            ["description", entry.description],
          ],
        ]),
        2,
      ),
    ),
    section(
      "steps",
      Object.entries(manifest.steps).flatMap(([name, step], position) => [
        ...(position > 0 ? [""] : []),
        ...renderStep(name, step),
      ]),
    ),
    section(
      "bundles",
      (manifest.bundles ?? []).map((bundle) => `  - [${bundle.join(", ")}]`),
    ),
    section(
      "order",
      (manifest.order ?? []).map((pair) => `  - [${pair.join(", ")}]`),
    ),
    section(
      "metrics",
      alignedMaps(
        Object.entries(manifest.metrics ?? {}).map(([name, metric]) => [
          name,
          [
            ["from", metric.from],
            ["goal", metric.goal],
          ],
        ]),
        2,
      ),
    ),
    section(
      "gates",
      (manifest.gates ?? []).map((gate) => `  - ${renderGate(gate)}`),
    ),
    [
      ...top("expectations", manifest.expectations),
      ...(manifest.environment === undefined
        ? []
        : [`environment: ${flow(Object.entries(manifest.environment))}`]),
    ],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function section(key: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${key}:`, ...lines];
}

function renderStep(name: string, step: ManifestStep): string[] {
  const inputs = Object.entries(step.inputs ?? {});
  const lines = [`  ${name}:`, `    component: ${renderScalar(step.component)}`];
  if (inputs.length > 0) {
    const line = `    inputs: ${flow(inputs)}`;
    if (line.length <= lineLength) lines.push(line);
    else {
      lines.push("    inputs:", ...inputs.map(([key, value]) => `      ${key}: ${renderScalar(value)}`));
    }
  }
  const outputs = Object.entries(step.outputs ?? {}).map(
    ([output, { type, format }]): readonly [string, Entries] => [
      output,
      [
        ["type", type],
        ["format", format],
      ],
    ],
  );
  if (outputs.length > 0) lines.push("    outputs:", ...alignedMaps(outputs, 6));
  if (step.resources !== undefined) lines.push(`    resources: ${flow(Object.entries(step.resources))}`);
  if (step.retries !== undefined) lines.push(`    retries: ${step.retries}`);
  if (step.follows !== undefined) lines.push(`    follows: ${step.follows}`);
  return lines;
}

function renderGate(gate: NonNullable<Manifest["gates"]>[number]): string {
  const { noWorseThan, ...plain } = gate;
  const parts = pairs(Object.entries(plain));
  if (noWorseThan !== undefined) parts.push(`noWorseThan: ${flow(Object.entries(noWorseThan))}`);
  return `{ ${parts.join(", ")} }`;
}

/** `name: { a: b }` lines whose braces line up; an entry too long for a line becomes a block of its own. */
function alignedMaps(rows: readonly (readonly [string, Entries])[], indent: number): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length)) + 1;
  const pad = " ".repeat(indent);
  return rows.flatMap(([name, entries]) => {
    const line = `${pad}${`${name}:`.padEnd(width)} ${flow(entries)}`;
    if (line.length <= lineLength) return [line];
    return [`${pad}${name}:`, ...pairs(entries).map((pair) => `${pad}  ${pair}`)];
  });
}

function flow(entries: Entries): string {
  return `{ ${pairs(entries).join(", ")} }`;
}

function pairs(entries: Entries): string[] {
  return entries.flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${renderScalar(value)}`]));
}

/** Words that some YAML reader takes for something other than text. */
const notText = /^(true|false|null|yes|no|on|off|y|n|~)$/i;

/** A scalar that every YAML reader, and our own, reads back as the same value. */
export function renderScalar(value: Scalar): string {
  if (typeof value === "number") return renderNumber(value);
  if (typeof value === "boolean") return String(value);
  const plain =
    /^[\p{L}_$./][^\s:#,[\]{}"'&*!|>%@`\\\p{C}]*( [^\s:#,[\]{}"'&*!|>%@`\\\p{C}]+)*$/u.test(value) ||
    /^[\p{L}_$./][\p{L}\p{N}_$./-]*:[\p{L}\p{N}_$./-]+$/u.test(value);
  const looksLikeNumber = /^[-+.]?(\d|\.(inf|nan))/i.test(value);
  return plain && !notText.test(value) && !looksLikeNumber ? value : JSON.stringify(value);
}

/** `1e-7` is text to YAML 1.1: the mantissa gets its point, the exponent its sign. */
function renderNumber(value: number): string {
  const text = String(value);
  const [, mantissa, exponent] = /^(-?[\d.]+)e([-+]\d+)$/.exec(text) ?? [];
  if (mantissa === undefined || exponent === undefined) return text;
  return `${mantissa.includes(".") ? mantissa : `${mantissa}.0`}e${exponent}`;
}
