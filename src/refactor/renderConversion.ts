/** Turns a draft into all files of a pipeline's folder, in memory. The text depends on the draft and these facts alone. */
import { filesDigest, renderLock, sha256, type Lock } from "../pipeline/lock.ts";
import { manifestSchema, type Manifest } from "../pipeline/manifest.ts";
import { renderManifest } from "../pipeline/renderManifest.ts";
import { vendoredFiles } from "../formats/vendoredFiles.ts";
import { chosenDetails } from "./choices.ts";
import { codeDigest } from "../notebook/codeDigest.ts";
import type { PlannedFile } from "./model.ts";
import type { Draft } from "./plan.ts";
import { renderComponents } from "./renderComponents.ts";
import { importedModules, renderReadme, renderRequirements, renderRunScript } from "./renderProject.ts";
import { renderTests } from "./renderTests.ts";
import { settingValue } from "./literals.ts";
import { firstTellingLine } from "../notebook/tellingLine.ts";

export interface RenderFacts {
  /** What is vendored: `_runtime.py` and what it needs. */
  readonly runtime: readonly PlannedFile[];
  /** Version of Cellsmith, for the lock. */
  readonly version: string;
  /** The notebook and its folder, relative to the pipeline's folder, with forward slashes. */
  readonly notebook: string;
  readonly workdir: string;
  /** False where the pipeline's folder has a name that Python cannot import. */
  readonly importable?: boolean;
  /** The project's own requirements file, relative to the pipeline's folder; without one, one is written. */
  readonly requirements?: string | undefined;
  /** Installed versions by lower-case distribution name, where an interpreter was given. */
  readonly versions?: ReadonlyMap<string, string>;
  /** Python version such as `3.11`, where an interpreter was given. */
  readonly python?: string | undefined;
  /** Modules and packages that lie in the notebook's folder. */
  readonly localModules?: ReadonlySet<string>;
}

/** All files, the lock last. The plan must have no decisions left. */
export function renderConversion(draft: Draft, facts: RenderFacts): readonly PlannedFile[] {
  const components = renderComponents(draft);
  const local = facts.localModules ?? new Set<string>();
  const beside = importedModules(components).some((module) => local.has(module));
  const requirements =
    facts.requirements === undefined
      ? [renderRequirements(draft, components, facts.versions ?? new Map(), local)]
      : [];
  const requirementsPath = facts.requirements ?? "requirements.txt";
  const files: PlannedFile[] = [
    {
      path: "pipeline.yaml",
      text: renderManifest(manifestOf(draft, facts, requirementsPath), {
        workdir: "relative paths in the code start here, as they did in Jupyter",
      }),
    },
    ...components,
    ...renderTests(draft, { workdir: facts.workdir, beside, importable: facts.importable ?? true }),
    renderReadme(draft, { notebook: facts.notebook, requirements: requirementsPath }),
    ...requirements,
    renderRunScript(draft),
    ...facts.runtime,
    { path: "__init__.py", text: "" },
  ];
  return [...files, { path: "pipeline.lock.json", text: renderLock(lockOf(draft, files, facts.version)) }];
}

/** The manifest of a plan. */
export function manifestOf(draft: Draft, facts: RenderFacts, requirements: string): Manifest {
  const { plan } = draft;
  const parameters = plan.settings.map(({ name, type, access, default: literal, description }) => [
    name,
    { type, access, default: settingValue(literal), description },
  ]);
  const steps = plan.steps.map((step) => {
    const inputs = [
      ...step.inputs.map(({ name, from }) => [name, from]),
      ...step.settings.map((name) => [name, `$${name}`]),
    ];
    const outputs = step.outputs.map(({ name, type, format }) => [name, { type, format }]);
    return [
      step.name,
      {
        component: `components/${step.name}.py:${step.name}`,
        ...(inputs.length > 0 ? { inputs: entries(inputs) } : {}),
        ...(outputs.length > 0 ? { outputs: entries(outputs) } : {}),
      },
    ];
  });
  const metrics = plan.metrics.map(({ name, from, goal }) => [name, { from, goal }]);
  return manifestSchema.parse({
    apiVersion: "cellsmith/v1",
    name: plan.pipeline,
    notebook: facts.notebook,
    workdir: facts.workdir,
    ...(parameters.length > 0 ? { parameters: entries(parameters) } : {}),
    steps: entries(steps),
    ...(plan.bundles.length > 0 ? { bundles: plan.bundles } : {}),
    ...(plan.order.length > 0 ? { order: plan.order } : {}),
    ...(metrics.length > 0 ? { metrics: entries(metrics) } : {}),
    environment: { ...(facts.python === undefined ? {} : { python: facts.python }), requirements },
  });
}

/** An object of pairs, without what is undefined in them. */
function entries(pairs: readonly (readonly unknown[])[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map(([key, value]) => [
      String(key),
      typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined))
        : value,
    ]),
  );
}

function lockOf(draft: Draft, files: readonly PlannedFile[], version: string): Lock {
  const { plan, source } = draft;
  const details = chosenDetails(draft.options, source.notebook);
  const left = new Map(plan.leftOut.map(({ cell, reason }) => [cell, reason]));
  const to = new Map(plan.destinations.map((entry) => [entry.cell, entry.to]));
  const recorded: Lock["files"] = Object.fromEntries(
    [...files]
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .map(({ path, text }) => [
        path,
        { sha256: sha256(text), ...(vendoredFiles.includes(path) ? {} : { base: text }) },
      ]),
  );
  const idOf = (cell: number): string => source.cells[cell]?.python.cell.id ?? String(cell);
  return {
    "written by": `cellsmith ${version}`,
    cells: Object.fromEntries(
      source.cells.map(({ index, python: { cell } }) => {
        const why = left.get(index);
        return [
          cell.id,
          {
            "first line": firstTellingLine(cell),
            to: why === undefined ? [...(to.get(index) ?? [])] : [],
            ...(why === undefined ? {} : { why }),
            code: codeDigest(cell.source),
            index,
          },
        ];
      }),
    ),
    files: recorded,
    plan: {
      split: draft.split,
      "left out": source.cells.filter(({ index }) => !draft.kept.has(index)).map(({ index }) => idOf(index)),
      steps: Object.fromEntries(plan.steps.map(({ name, cells }) => [name, cells.map(idOf)])),
      settings: plan.settings.map(({ name, default: literal }) => ({ name, default: settingValue(literal) })),
      notCarriedOver: plan.notCarriedOver.map(({ cell, text }) => ({ cell: idOf(cell), text })),
      ...(details === undefined ? {} : { choices: details }),
    },
    types: Object.fromEntries(
      plan.steps.flatMap(({ name, outputs }) =>
        outputs.flatMap((output) =>
          output.type === undefined ? [] : [[`${name}.${output.name}`, output.type]],
        ),
      ),
    ),
    codecs: Object.fromEntries(
      plan.steps.flatMap(({ name, outputs }) =>
        outputs.map((output) => [`${name}.${output.name}`, output.format]),
      ),
    ),
    checked: {
      "in one process": "not checked",
      "step by step": "not checked",
      digest: filesDigest(recorded),
      "not compared": [
        ...plan.leftOut.map(({ cell }) => idOf(cell)),
        ...plan.notCarriedOver.map(({ text }) => text),
      ],
    },
  };
}
